//! Maintenance management (GMAO) that a plant runs itself.

#[macro_use]
pub mod kernel;

pub mod agenda;
pub mod assets;
pub mod clients;
pub mod events;
pub mod ids;
pub mod openapi;
pub mod permissions;
pub mod routes;
pub mod seed;
