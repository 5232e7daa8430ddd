//! What any serious small server needs: HTTP, SQLite, time, people. Knows nothing of maintenance.
//!
//! Three invariants live here, so that no slice can break them:
//! - nobody touches data without a guard: [`auth::Allowed`], [`auth::Anyone`] and [`app::System`] are the
//!   only holders of the database handle;
//! - a change and its record are one transaction: [`db::Tx::record`];
//! - one writer thread, many readers: [`db`].

pub mod answer;
pub mod app;
pub mod auth;
pub mod clock;
pub mod context;
pub mod data_dir;
pub mod db;
pub mod error;
pub mod facet;
pub mod files;
pub mod follow;
pub mod health;
pub mod input;
pub mod mail;
pub mod metrics;
pub mod money;
pub mod page;
mod party;
pub mod phrase;
pub mod problem;
pub mod quantity;
pub mod refusal;
pub mod scheduler;
mod select;
pub mod server;
pub mod streams;
pub mod tls;
pub mod turns;
pub mod upload;
#[macro_use]
pub mod types;
pub mod words;
pub mod zones;
