//! Gammes: checklists that are written once, published, and gone through on each intervention that has one.
//!
//! A published version never changes; an intervention keeps the version that was published when the gamme was
//! attached to it, so an answer always stands under the words that it answered. An operation is the same through
//! all versions: renaming one loses nothing. An answer that changes leaves its former ones behind it, and a
//! measure out of tolerance proposes corrective work, once.

mod commands;
mod model;
mod routes;
mod rules;
mod store;

pub use model::{GammeFilters, StatutCorrective, StatutGamme, TypeOperation};
pub use routes::router;
pub use store::list;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::model::LARGEST;
}
