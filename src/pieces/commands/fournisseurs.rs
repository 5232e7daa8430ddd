//! Suppliers.

use crate::attaches::{self, Parent};
use crate::events::Event;
use crate::ids::FournisseurId;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::Result;
use crate::kernel::input::{IfMatch, replace};
use crate::phrase;
use crate::pieces::model::{Fournisseur, FournisseurPatch, NewFournisseur};
use crate::pieces::store;

pub fn create_fournisseur(tx: &Tx<'_>, new: NewFournisseur) -> Result<Fournisseur> {
    let NewFournisseur { nom, contact, email, telephone, adresse, delai_jours } = new;
    let now = tx.now();
    let draft = Fournisseur {
        id: FournisseurId(0),
        nom,
        contact,
        email,
        telephone,
        adresse,
        delai_jours,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let fournisseur = store::fournisseur(tx, store::insert_fournisseur(tx, &draft)?)?;
    tx.record(Event::FournisseurCree(fournisseur.id), Change::created(&fournisseur)?)?;
    Ok(fournisseur)
}

pub fn update_fournisseur(
    tx: &Tx<'_>,
    id: FournisseurId,
    patch: FournisseurPatch,
    expected: IfMatch,
) -> Result<Fournisseur> {
    let before = store::fournisseur(tx, id)?;
    expected.check(before.version)?;
    let mut fournisseur = before.clone();
    replace(&mut fournisseur.nom, patch.nom);
    replace(&mut fournisseur.contact, patch.contact);
    replace(&mut fournisseur.email, patch.email);
    replace(&mut fournisseur.telephone, patch.telephone);
    replace(&mut fournisseur.adresse, patch.adresse);
    replace(&mut fournisseur.delai_jours, patch.delai_jours);
    store::update_fournisseur(tx, &fournisseur)?;
    let after = store::fournisseur(tx, id)?;
    tx.record(Event::FournisseurModifie(id), Change::between(&before, &after)?)?;
    Ok(after)
}

/// Refused (409) while parts come from it.
pub fn delete_fournisseur(tx: &Tx<'_>, id: FournisseurId, expected: IfMatch) -> Result<()> {
    let before = store::fournisseur(tx, id)?;
    expected.check(before.version)?;
    let advice = phrase!("Donnez-leur d’abord un autre fournisseur.", "Give them another supplier first.");
    attaches::require_free(tx, Parent::Fournisseur, id.0, "utilise", advice)?;
    store::delete_fournisseur(tx, id)?;
    tx.record(Event::FournisseurSupprime(id), Change::deleted(&before)?)
}
