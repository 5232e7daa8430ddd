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

pub use routes::router;
