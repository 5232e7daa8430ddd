//! Finding things: lists with facets, every closed list of words, one search over all that the caller sees,
//! and saved views.
//!
//! What is found is found by the slices' own lists, under their own rules of who sees what.

mod access;
mod commands;
mod model;
mod routes;
mod rules;
mod search;
mod store;

pub use commands::hand_over;
pub use routes::router;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::commands::MOST_VIEWS;
    pub use super::rules::{MAX_BYTES, MAX_PARAMETRES};
    pub use super::search::PER_TYPE;
}
