//! The people who may sign in, and how they do ([`auth`]).
//!
//! Invariants:
//! - an account is never deleted, only deactivated, and at least one active administrator remains;
//! - a new password, a new role or a deactivation ends the sessions of before, at their next request;
//! - no password and no hash is ever in a reply, a log or the journal.

mod auth;
mod commands;
mod double;
mod model;
mod routes;
mod rules;
mod store;

pub use auth::{purge, record_counted, revoke_sessions};
pub use commands::{
    Withdrawn, activate, create, deactivate, find, hash_new, hash_reset, reset_password, unlock, update_any,
    withdraw,
};
pub use double::reset as reset_second_factor;
pub use model::{Langue, NewUser, PasswordHash, User, UserFilters, UserPatch};
pub use routes::router;
pub use store::{all, has_users, user, users};

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::auth::limits::*;
    pub use super::double::limits::RECOVERY_CODES;
}
