//! Maintenance management (GMAO) that a plant runs itself: one executable over one SQLite file.
//!
//! ```text
//! cli ─► serve, check, seed ─► routes, jobs ─► the slices of the trade ─► permissions, events ─► kernel ─► ids
//! ```
//!
//! - [`kernel`] is what any serious small server needs: HTTP, SQLite, time, people. It knows nothing of maintenance.
//! - Each slice of the trade has the same rooms: `routes` (HTTP), `commands` (what can be done), `rules` (pure),
//!   `access` (who sees which row), `store` (SQL), `model` (types). Slices meet at their front door, `mod.rs`.
//! - Six lists say everything there is: [`routes`], [`permissions`], [`events`], [`ids`], [`jobs`], [`limits`].

#[macro_use]
pub mod kernel;

// The lists.
pub mod events;
pub mod ids;
pub mod jobs;
pub mod limits;
pub mod permissions;
pub mod routes;

// The slices of the trade, those that others stand on first.
pub mod agenda;
pub mod attaches;
pub mod audit;
pub mod calendrier;
pub mod clients;
pub mod codes;
pub mod compteurs;
pub mod demandes;
pub mod depart;
pub mod documents;
pub mod equipements;
pub mod filters;
pub mod gammes;
pub mod interventions;
pub mod notifications;
pub mod pieces;
pub mod planning;
pub mod sauvegardes;
pub mod signatures;
pub mod taches;
pub mod techniciens;
pub mod temps;
pub mod users;

// What looks at all of them.
pub mod echanges;
pub mod etat;

// The executable.
pub mod assets;
pub mod autorite;
pub mod check;
pub mod cli;
pub mod config;
pub mod failure;
pub mod logs;
pub mod openapi;
pub mod seed;
pub mod serve;
pub mod start;
pub mod supervisor;
pub mod terminal;
pub mod unpacked;
