//! The second factor of a sign-in: codes of an authenticator application (TOTP, RFC 6238), and recovery codes for who
//! has lost it.
//!
//! Invariants:
//! - a code is good once, and wrong ones make the name wait like wrong passwords;
//! - a secret is shown once, while it is set up; recovery codes once, when they are made; neither is in the journal;
//! - where it is asked for, an admin or responsable without it can do nothing but set it up.

mod commands;
mod model;
mod routes;
mod rules;
mod store;

pub use commands::{SecondFactor, reset, second_factor};
pub use routes::router;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::rules::RECOVERY_CODES;
}
