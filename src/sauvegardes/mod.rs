//! Backups: the database and its documents in one file that is read again before it counts; and bringing one back.
//!
//! A backup is a tar compressed with Zstandard: `manifest.json` first, then `db.sqlite` (a consistent copy that SQLite
//! makes while others write), then each document under the SHA-256 of its bytes. Signing keys stay out of it, so
//! that whoever finds a backup cannot sign in with it.

mod archive;
mod brouillon;
mod commands;
mod dossier;
mod exercice;
mod jobs;
mod make;
mod manifest;
mod model;
mod restore;
mod routes;
mod rules;
mod store;

pub use brouillon::forget_cut_off;
pub use dossier::newest;
pub use jobs::{drills, is_drill_asked, nightly, watch};
pub use make::{Made, default_path, make};
pub use manifest::Manifest;
pub use restore::{Restored, refuse_after_cut_restore, restore, settle};
pub use routes::router;
pub use rules::is_late;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::rules::{DAILY, WEEKLY};
}
