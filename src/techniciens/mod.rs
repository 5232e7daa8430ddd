//! The people of the shop floor: what they know, when they work, when they are away, and whether they can be
//! given a job.
//!
//! A technicien is a user of role `technicien` with a trade: the account says who they are and whether they
//! may sign in, this slice the rest.

mod access;
mod commands;
mod model;
mod routes;
mod rules;
mod store;

pub use commands::{
    close, create, create_competence, delete, gone, reopen, reopen_with_account, require_there,
};
pub use model::{Disponibilite, NewCompetence, Obstacle, Technicien, TechnicienFilters};
pub use routes::router;
pub use store::{facets, list, obstacles, qualified, technicien};

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::rules::{LONGEST_ABSENCE_DAYS, LONGEST_PERIOD_DAYS};
}
