//! Signatures: whoever answers for the machine acknowledges the work, on the technicien's phone.
//!
//! A signature is tied to what the intervention said when it was given, the answers of its checklist, the time spent and
//! the parts used included. Finishing and validating the work does not change that; anything else does, and then the
//! signature says that it covers it no longer.

mod commands;
mod model;
mod routes;
mod rules;
mod store;

pub use routes::router;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::rules::{COORDINATE, PATH_BYTES, PNG_BYTES, PNG_SIDE};
}
