//! Having an intervention acknowledged, and looking at who did.

use super::model::{Empreinte, NewSignature, Signature, Travail};
use super::{rules, store};
use crate::events::Event;
use crate::interventions::{Intervention, Readable, StatutIntervention, Workable};
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// Adds a signature; from now on it is the one that counts.
///
/// # Errors
/// 422 for what is no image, 409 `rien_a_signer` before the work began or once it was cancelled, 409 `validee`
/// once it is frozen.
pub fn sign(tx: &Tx<'_>, workable: Workable, new: &NewSignature) -> Result<Signature> {
    if tx.actor().user_id.is_none() {
        return Err(Error::unauthenticated());
    }
    let intervention = workable.into_intervention();
    require_signable(&intervention)?;
    let image = rules::image(&new.image).map_err(|why| Error::invalid("image", "valeur_invalide", why))?;
    let signed = (intervention.id, intervention.version);
    let travail = store::travail(tx, intervention.id, tx.now())?;
    let empreinte = empreinte(tx, &intervention, Some(&travail))?;
    let id = store::insert(tx, signed, new, &image, &empreinte)?;
    let signature = last(tx, &intervention)?.ok_or(Error::NotFound)?;
    tx.record(Event::SignatureAjoutee(id), Change::created(&signature)?)?;
    Ok(signature)
}

/// The signature that counts; `None` when nobody signed.
pub fn signature(db: &Reader<'_>, readable: &Readable) -> Result<Option<Signature>> {
    last(db, readable.intervention())
}

fn last(db: &Reader<'_>, intervention: &Intervention) -> Result<Option<Signature>> {
    let Some((mut signature, signed)) = store::last(db, intervention.id)? else { return Ok(None) };
    let travail = match signed.avec_travail {
        true => Some(store::travail(db, intervention.id, signature.date)?),
        false => None,
    };
    signature.couvre_version_actuelle = signed.empreinte == empreinte(db, intervention, travail.as_ref())?;
    Ok(Some(signature))
}

fn empreinte(db: &Reader<'_>, intervention: &Intervention, travail: Option<&Travail>) -> Result<Empreinte> {
    Ok(rules::empreinte(intervention, store::reouvertures(db, intervention.id)?, travail))
}

fn require_signable(intervention: &Intervention) -> Result<()> {
    if matches!(intervention.statut, StatutIntervention::Planifie | StatutIntervention::Annule) {
        return Err(Error::conflict(
            "rien_a_signer",
            phrase!(
                "On signe un travail en cours ou terminé.",
                "What is signed is work in progress or finished."
            ),
        ));
    }
    if intervention.date_validation.is_some() {
        return Err(Error::conflict(
            "validee",
            phrase!(
                "Cette intervention est validée : elle est figée.",
                "This intervention is validated: it is frozen."
            ),
        ));
    }
    Ok(())
}
