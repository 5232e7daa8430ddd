//! Time and cost: who spent which minutes on which intervention, by timer or by hand; what was bought outside;
//! and what all of it costs, for an intervention and for a machine over a period.
//!
//! One person is in one place: one running timer each, and no two entries of theirs overlap. Several people's may,
//! so there are two sums: man-minutes count each person's, elapsed minutes count a moment once. An entry carries
//! the hourly rate of the day it was made. Techniciens and clients see minutes, never money.

mod access;
mod commands;
mod model;
mod routes;
mod rules;
mod store;

pub use commands::stop_of;
pub use model::{NatureTemps, Temps};
pub use routes::router;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::model::REMARK;
}
