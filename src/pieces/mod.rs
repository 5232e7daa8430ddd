//! The storeroom: parts, their suppliers, and a ledger of everything that comes in and goes out.
//!
//! - The stock of a part is the sum of its ledger. The database keeps it beside the ledger and lets nothing but a
//!   new line move it, never below zero and never below what is reserved.
//! - Every line carries what it was worth when it was written: issues go out at the weighted average cost (CUMP),
//!   returns come back at what they went out for. A mistake is undone by a line that says so, and a receipt's wrong
//!   price put right by one that says what each line since is worth more: the ledger is read at that
//!   (`mouvements_corriges`).
//! - An intervention asks for parts: what is there is set aside for it, what is not is awaited, and what arrives
//!   goes to whoever asked first. A part has one `emplacement`; moving it moves all of it.

mod access;
mod commands;
mod model;
mod routes;
mod rules;
mod store;

pub use commands::{FOLLOWER, Misvalued, create, misvalued, post, withdraw};
pub use model::{Piece, PieceFilters, StatutInventaire, StatutPiece, StatutReservation, TypeMouvement};
pub use routes::router;
pub use rules::{Level, Line, back, counted, in_at, out, proposed, reversal};
pub use store::{facets, list};

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::commands::MAX_REJOUES;
    pub use super::model::{LONGEST_DAYS, MAX_EQUIPEMENTS, MAX_LIGNES, MAX_LISTEES};
    pub use super::rules::MAX_STOCK;
}
