//! Maintenance management (GMAO) that a plant runs itself.

#[macro_use]
pub mod kernel;

pub mod agenda;
pub mod assets;
pub mod audit;
pub mod clients;
pub mod equipements;
pub mod events;
pub mod filters;
pub mod ids;
pub mod interventions;
pub mod openapi;
pub mod permissions;
pub mod routes;
pub mod techniciens;
pub mod users;
