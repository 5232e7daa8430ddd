//! SQL of demandes: reading (`rows`), lists (`list`), writing (`write`).

mod list;
mod rows;
mod write;

pub use list::{faceted, list, open_on};
pub use rows::{SHOWN, demande, motif_annulation, mots_publics, requesters, seen_by};
pub use write::{accept, filed_since, insert, next_number, refuse, unanswered_of, update, withdraw};
