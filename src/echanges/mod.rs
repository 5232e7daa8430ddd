//! Tables in from files and out into them: équipements, users, techniciens, pièces, interventions, plans; as CSV, XLSX
//! or JSON. What the files are is the same in both directions, so that what was taken out can be brought in elsewhere.
//!
//! Invariants:
//! - an import is all or nothing: one wrong row, and nothing of the file is kept; each is named by its line;
//! - every row goes through the command that a person's request would: no rule is passed over;
//! - a dry run does all of it, and then undoes it;
//! - an import can be taken back as long as nothing was changed or hung on its rows;
//! - no cell that goes out can be taken for a formula.
//!
//! [`tableaux`] is THE list of the tables and their columns.

mod commands;
mod ecriture;
mod encodage;
mod lecture;
mod lignes;
mod model;
mod papiers;
mod patience;
mod predecesseur;
mod routes;
mod rules;
mod store;
mod tableaux;

pub use commands::{Intake, Undone, export, import};
pub use lecture::{read, read_export};
pub use model::{ErreurLigne, Format, Rapport};
pub use papiers::keep as keep_documents;
pub use patience::Patience;
pub use predecesseur::{DOCUMENTS, Reprise, TABLES, take_over};
pub use routes::{router, tables};
pub use tableaux::{TABLEAUX, Tableau, named};

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::commands::{LISTED, MOST_OUT, TRIES};
    pub use super::lecture::{MOST_COLUMNS, MOST_NAMED, MOST_ROWS, MOST_UNPACKED};
    pub use super::patience::{LONGEST, LONGEST_ALONE};
    pub use super::routes::LARGEST;
}
