//! The answer to a demande: the intervention that it becomes, the one that is under way for it, or why not.

use super::reread;
use crate::demandes::access::Answerable;
use crate::demandes::model::{Acceptation, Demande, DemandeDetail};
use crate::demandes::store;
use crate::events::Event;
use crate::ids::InterventionId;
use crate::interventions::{self, NewIntervention, Origin, Readable, TypeIntervention};
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// Accepts: the intervention is made here and now, with nothing typed again. Once more when that was cancelled: what
/// was answered before stays in the journal.
///
/// # Errors
/// 422 for what the body refers to, 409 when the technicien cannot take it, or when the work named is over.
pub fn accept(tx: &Tx<'_>, answerable: Answerable, asked: Acceptation) -> Result<DemandeDetail> {
    let before = answerable.into_demande();
    let intervention = match asked.intervention_id {
        Some(id) => same_problem(tx, &before, id, &asked)?,
        None => {
            let new = as_intervention(&before, asked);
            interventions::create(tx, new, Origin::Demande(before.id, &before.numero))?.intervention.id
        }
    };
    store::accept(tx, before.id, intervention)?;
    let reread = reread(tx, before.id)?;
    tx.record(Event::DemandeAcceptee(before.id), Change::between(&before, &reread.demande)?)?;
    Ok(reread)
}

/// Refuses, and says why.
pub fn refuse(tx: &Tx<'_>, answerable: Answerable, motif: &str) -> Result<DemandeDetail> {
    let before = answerable.into_demande();
    store::refuse(tx, before.id, motif)?;
    let reread = reread(tx, before.id)?;
    tx.record(Event::DemandeRefusee(before.id), Change::between(&before, &reread.demande)?)?;
    Ok(reread)
}

fn as_intervention(demande: &Demande, asked: Acceptation) -> NewIntervention {
    let titre = asked.titre.unwrap_or_else(|| demande.titre.clone());
    let type_intervention = asked.type_intervention.unwrap_or(TypeIntervention::Corrective);
    NewIntervention {
        description: demande.description.clone(),
        priorite: Some(asked.priorite.unwrap_or(demande.urgence)),
        date_limite: asked.date_limite,
        technicien_id: asked.technicien_id,
        arret_equipement: Some(demande.arret_equipement),
        survenue_le: demande.survenue_le,
        declaree_le: Some(demande.date_creation),
        symptome_code_id: demande.symptome_code_id,
        ..NewIntervention::new(titre, type_intervention, demande.equipement_id)
    }
}

/// The work under way that answers this demande too. On the same site: the requester will read how far it is.
fn same_problem(
    tx: &Tx<'_>,
    demande: &Demande,
    id: InterventionId,
    asked: &Acceptation,
) -> Result<InterventionId> {
    if let Some(champ) = asked.own_field() {
        let message = phrase!(
            "ne se donne pas pour une intervention qui existe déjà",
            "is not given for work that exists already"
        );
        return Err(Error::invalid(champ, "champ_inconnu", message));
    }
    let work = match Readable::of(tx, id) {
        Err(Error::NotFound) => return Err(Error::unknown_reference("intervention_id")),
        found => found?.into_intervention(),
    };
    if work.site_id != demande.site_id {
        let message = phrase!("se passe sur un autre site", "takes place on another site");
        return Err(Error::invalid("intervention_id", "autre_site", message));
    }
    if !work.statut.is_live() {
        return Err(Error::conflict(
            "intervention_close",
            phrase!(
                "Cette intervention est close : elle ne répond plus à une demande.",
                "This intervention is closed: it no longer answers a request."
            ),
        )
        .with("statut", work.statut));
    }
    Ok(work.id)
}
