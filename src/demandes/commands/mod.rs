//! What can be done with demandes.

mod answer;
mod doublons;
mod file;

pub use answer::{accept, refuse};
pub use doublons::doublons;
pub use file::{MOST_A_DAY, MOST_UNANSWERED, file, update, withdraw};

use super::access::Readable;
use super::model::DemandeDetail;
use super::store;
use crate::ids::DemandeId;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;

/// A demande, what its requester follows, and what the caller may do.
pub fn detail(db: &Reader<'_>, readable: Readable) -> Result<DemandeDetail> {
    let (demande, actions) = readable.into_parts();
    let (motif_annulation, commentaires) = match demande.intervention_id {
        Some(id) => (store::motif_annulation(db, id)?, store::mots_publics(db, id)?),
        None => (None, Vec::new()),
    };
    Ok(DemandeDetail { demande, actions, motif_annulation, commentaires })
}

/// What the caller gets back after a change.
fn reread(db: &Reader<'_>, id: DemandeId) -> Result<DemandeDetail> {
    detail(db, Readable::of(db, id)?)
}
