//! Who is told what: an inbox for each person, e-mails, and live events.
//!
//! Invariants:
//! - what happened is told from the journal, so nothing is told that was undone and nothing is forgotten;
//! - one fact tells a person once, by each channel once, whatever restarts in between;
//! - nobody is told of what they may not see, nor of what they did themselves;
//! - a server for e-mail that is slow, refuses or is not there slows nobody down.
//!
//! [`tell`] follows the journal through THE matrix (`rules.rs`) and writes messages and deliveries; [`deliver`]
//! sends the deliveries; `alerts` notes what the calendar makes a fact: work due tomorrow, or late.

mod access;
mod alarm;
mod alerts;
mod commands;
mod delivery;
mod digest;
mod feed;
mod model;
mod routes;
mod rules;
mod sentences;
mod store;
mod telling;

pub use alarm::alarm;
pub use alerts::{overdue, reminders};
pub use delivery::{Mailer, deliver, deliver_due};
pub use digest::digests;
pub use model::{Canal, FrequenceEmail, Preference, StatutEnvoi, TypeNotification};
pub use routes::router;
pub use rules::{Fait, Line, MATRIX, Relation, default_for};
pub use telling::{FOLLOWER, tell};

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::feed::MOST_NEWS;
    pub use super::rules::{ATTEMPTS, MAILS_OF_ONE};
    pub use super::store::DIGEST_ITEMS;
}
