//! Maintenance management (GMAO) that a plant runs itself.

#[macro_use]
pub mod kernel;

pub mod agenda;
pub mod assets;
pub mod audit;
pub mod check;
pub mod cli;
pub mod clients;
pub mod config;
pub mod equipements;
pub mod events;
pub mod failure;
pub mod ids;
pub mod jobs;
pub mod logs;
pub mod openapi;
pub mod permissions;
pub mod routes;
pub mod seed;
pub mod serve;
pub mod start;
pub mod techniciens;
pub mod terminal;
pub mod users;
