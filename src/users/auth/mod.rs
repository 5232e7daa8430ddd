//! Signing in, and the sessions that follow from it.
//!
//! A session is one sign-in on one device. It lives while its refresh token is exchanged for the next one in
//! time; each token is used once, and one that comes back later ends the session, for someone has a copy.
//! After five wrong passwords from one place a name waits there, longer each time, whether it is somebody's or not;
//! after fifty from everywhere within an hour, on every device but those that the person signed in on lately.

mod commands;
mod model;
mod routes;
mod rules;
mod store;

pub use commands::{
    failed_because, forget_failures, own_account, own_id, record_counted, revoke_session, revoke_sessions,
};
pub use model::{Attempt, Session};
pub use routes::{prove, router};
pub use store::{end_sessions, purge, sessions};

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::commands::NAME_KEPT;
    pub use super::rules::{FAILURES_ALLOWED, FAILURES_ANYWHERE, IDLE_LIFE, LONGEST_WAIT, MAX_SESSIONS};
    pub use super::store::{COUNTED, KEPT, MOST_NAMES, USED_TOKENS};
}
