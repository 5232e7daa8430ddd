//! The meters themselves.

use crate::attaches::{self, Parent};
use crate::compteurs::access::Readable;
use crate::compteurs::model::{Compteur, CompteurDetail, CompteurPatch, NewCompteur, TypeCompteur};
use crate::compteurs::{rules, store};
use crate::equipements;
use crate::events::Event;
use crate::ids::CompteurId;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{IfMatch, replace};
use crate::phrase;

/// # Errors
/// 422 for the équipement, or a gauge with a capacity; 409 `doublon` for a name that the équipement has.
pub fn create(tx: &Tx<'_>, new: &NewCompteur) -> Result<CompteurDetail> {
    equipements::equipement(tx, new.equipement_id).map_err(|error| match error {
        Error::NotFound => Error::unknown_reference("equipement_id"),
        other => other,
    })?;
    if new.r#type == Some(TypeCompteur::Jauge) && new.capacite.is_some() {
        return Err(no_capacity());
    }
    let created = detail(tx, &Readable::of(tx, store::insert_compteur(tx, new)?)?)?;
    tx.record(Event::CompteurCree(created.compteur.id), Change::created(&created)?)?;
    Ok(created)
}

/// # Errors
/// 409 `deja_releve` for a unit that readings are in, 412, 422.
pub fn update(
    tx: &Tx<'_>,
    id: CompteurId,
    patch: CompteurPatch,
    expected: IfMatch,
) -> Result<CompteurDetail> {
    let before = detail(tx, &Readable::of(tx, id)?)?;
    expected.check(before.compteur.version)?;
    let mut compteur: Compteur = before.compteur.clone();
    replace(&mut compteur.nom, patch.nom);
    replace(&mut compteur.unite, patch.unite);
    replace(&mut compteur.capacite, patch.capacite);
    replace(&mut compteur.statut, patch.statut);
    if compteur.r#type == TypeCompteur::Jauge && compteur.capacite.is_some() {
        return Err(no_capacity());
    }
    if compteur.unite != before.compteur.unite && store::has_releves(tx, id)? {
        return Err(Error::conflict(
            "deja_releve",
            phrase!(
                "Des relevés sont dans cette unité, elle ne change plus : retirez ce compteur et créez-en un autre.",
                "Readings are in this unit, it no longer changes: retire this meter and create another."
            ),
        ));
    }
    store::update_compteur(tx, &compteur)?;
    let after = detail(tx, &Readable::of(tx, id)?)?;
    tx.record(Event::CompteurModifie(id), Change::between(&before, &after)?)?;
    Ok(after)
}

/// Removes a meter that was never read.
///
/// # Errors
/// 409 `deja_releve` once it was, or has plans; 412.
pub fn delete(tx: &Tx<'_>, id: CompteurId, expected: IfMatch) -> Result<()> {
    let before = Readable::of(tx, id)?;
    let before = before.compteur();
    expected.check(before.version)?;
    let advice = phrase!(
        "Ils restent dans les livres : retirez le compteur.",
        "They stay in the books: retire the meter."
    );
    attaches::require_free(tx, Parent::Compteur, id.0, "deja_releve", advice)?;
    store::delete_compteur(tx, id)?;
    tx.record(Event::CompteurSupprime(id), Change::deleted(before)?)
}

/// A meter with how fast it counts.
pub fn detail(db: &Reader<'_>, readable: &Readable) -> Result<CompteurDetail> {
    let compteur = readable.compteur().clone();
    Ok(CompteurDetail {
        usage_par_jour: pace(db, &compteur)?.map(|pace| (pace * 10.0).round() / 10.0),
        compteur,
    })
}

/// Units a day over the last 90 days.
pub(super) fn pace(db: &Reader<'_>, compteur: &Compteur) -> Result<Option<f64>> {
    if compteur.r#type == TypeCompteur::Jauge {
        return Ok(None);
    }
    let now = db.now();
    Ok(rules::pace(&store::since(db, compteur.id, now.minus(rules::WINDOW))?, now))
}

fn no_capacity() -> Error {
    let message = phrase!("une jauge ne repart pas de zéro", "a gauge does not start again from zero");
    Error::invalid("capacite", "valeur_invalide", message)
}
