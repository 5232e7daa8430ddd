//! Leaving: an account that closes, a sheet that closes, a technicien who becomes something else.
//!
//! Whoever leaves has work, a timer, plans. They are named, it is asked to whom they go, and all of it is one
//! transaction: slots and leads go to somebody else where they can and are free then (under the rules of booking, never
//! double), what they cannot take goes back to the pool, and the answer says which and why. What was done keeps its
//! names; a sheet is opened again rather than made anew.
//!
//! This slice stands above all that a person can have: what may take it from them (`PATCH` and `DELETE` of an account)
//! is here and not with the accounts.

mod commands;
mod model;
mod routes;
mod store;

pub use commands::close_account;
pub use routes::router;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::commands::MOST_AT_ONCE;
    pub use super::store::NAMED;
}
