//! The calendar: who is booked on what, who is away, and what preventive maintenance will bring; on a page, and as an
//! iCalendar feed for a phone.
//!
//! Admin and responsable see the whole plant, a technicien their own days, a client none. A feed is opened by a
//! secret link instead of a session; whoever the link is, their rights are read at each request like anyone's.

mod access;
mod commands;
mod ical;
mod model;
mod routes;
mod rules;
mod store;

pub use commands::end_link;
pub use model::TypeEvenement;
pub use routes::router;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::commands::{AT_ONCE, MOST_OF_FEED, MOST_SHOWN, WAITING};
    pub use super::rules::LONGEST_PERIOD_DAYS;
}
