//! The équipements: what breaks, is maintained, and stands in a tree on a site.
//!
//! A tree never leaves its site (a moved équipement takes what hangs below it along) and nothing stands above
//! itself. An équipement with a past is not deleted but retired.

mod access;
mod commands;
mod model;
mod routes;
mod rules;
mod store;

pub use commands::{create, delete};
pub use model::{Criticite, Equipement, EquipementFilters, StatutEquipement};
pub use routes::router;
pub use store::{equipement, facets, list, seen};

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::rules::{MAX_ATTRIBUTS, MAX_ATTRIBUTS_BYTES, MAX_DEPTH, MAX_NODES};
}
