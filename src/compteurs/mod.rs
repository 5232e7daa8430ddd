//! Meters: what an équipement has run, made or covered, and the plans that fall due by it.
//!
//! A reading has its own instant and may be entered late; what a meter has counted in all follows from its readings
//! in the order of those instants, through replacements and displays that start again from zero. The thresholds that
//! a reading passes are written with it, in one transaction with the intervention that they ask for: never lost,
//! never doubled.

mod access;
mod commands;
mod model;
mod routes;
mod rules;
mod store;

pub use commands::{PlanCompteurRemis, hand_over};
pub use routes::router;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::commands::{MOST_AT_ONCE, MOST_WRONG};
    pub use super::model::LONGEST_MIN;
}
