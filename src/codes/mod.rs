//! The words in which failures are counted: symptôme, cause and remède codes, and whether finishing a corrective
//! intervention asks for them. The plant makes the list its own; a code that is in use is not deleted but no
//! longer offered.
//!
//! Codes know nothing of the interventions that carry them: like compétences, they stand below.

mod access;
mod commands;
mod model;
mod routes;
mod store;

pub use commands::{require_fitting, require_still_fitting};
pub use model::Nature;
pub use routes::router;
pub use store::are_required;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::model::MAX_TYPES;
}
