//! The documents: photos, reports, notices that people attach to an intervention, an équipement, a demande or a
//! plan.
//!
//! A document is read by whoever sees what it is attached to, and by nobody else. Its bytes are in the kernel's
//! store of files; what is kept here is whose it is and what it is called. It is never changed: another version
//! is another document.

mod access;
mod commands;
mod jobs;
mod miniature;
mod model;
mod routes;
mod rules;
mod store;

pub use commands::{Kept, bring_in, keep_file};
pub use jobs::{sweep, verify};
pub use model::{Document, DocumentFilters, NewDocument, Rattachement, TypeMime};
pub use routes::{router, uploads};
pub use store::{are_kept, document, faceted, list};

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::miniature::{AT_ONCE, MOST_PIXELS, WAITING};
    pub use super::rules::{DESCRIPTION, MOST_A_DAY, MOST_OF_ONE};
}
