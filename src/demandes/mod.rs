//! Demandes: anybody asks for work on an équipement they see, from its label too; a responsable accepts it, which
//! makes the intervention with nothing typed again, or says why not.
//!
//! An answer is given once, and again only when the work that it made was cancelled. Whoever asked follows the work to
//! its end through their demande, even where they do not see the intervention itself: its number, its statut, its dates
//! and what is said in public.

mod access;
mod commands;
mod model;
mod routes;
mod rules;
mod store;

pub use access::{Scope, check_attachable};
pub use model::{Demande, DemandeFilters, StatutDemande};
pub use routes::router;
pub use store::{demande, faceted, list, requesters, seen_by};

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::commands::{MOST_A_DAY, MOST_UNANSWERED};
    pub use super::model::TEXT;
    pub use super::store::SHOWN;
}
