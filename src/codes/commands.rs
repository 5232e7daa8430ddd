//! What can be done with codes.

use super::model::{Code, CodePatch, Nature, NewCode, Reglages, ReglagesPatch};
use super::store;
use crate::attaches::{self, Parent};
use crate::events::Event;
use crate::ids::{CodeId, EquipementId};
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{IfMatch, replace};
use crate::phrase;

pub fn create(tx: &Tx<'_>, new: &NewCode) -> Result<Code> {
    let code = store::code(tx, store::insert(tx, new)?)?;
    tx.record(Event::CodeCree(code.id), Change::created(&code)?)?;
    Ok(code)
}

pub fn update(tx: &Tx<'_>, id: CodeId, patch: CodePatch, expected: IfMatch) -> Result<Code> {
    let before = store::code(tx, id)?;
    expected.check(before.version)?;
    let mut code = before.clone();
    replace(&mut code.code, patch.code);
    replace(&mut code.libelle, patch.libelle);
    replace(&mut code.types_equipement, patch.types_equipement);
    replace(&mut code.actif, patch.actif);
    store::update(tx, &code)?;
    let after = store::code(tx, id)?;
    tx.record(Event::CodeModifie(id), Change::between(&before, &after)?)?;
    Ok(after)
}

/// Refused (409) once something refers to it: it is no longer offered instead.
pub fn delete(tx: &Tx<'_>, id: CodeId, expected: IfMatch) -> Result<()> {
    let before = store::code(tx, id)?;
    expected.check(before.version)?;
    let advice = phrase!(
        "Mettez plutôt « actif » à false, il ne sera plus proposé.",
        "Set \"actif\" to false instead, it will no longer be offered."
    );
    attaches::require_free(tx, Parent::Code, id.0, "utilise", advice)?;
    store::delete(tx, id)?;
    tx.record(Event::CodeSupprime(id), Change::deleted(&before)?)
}

pub fn set_reglages(tx: &Tx<'_>, patch: &ReglagesPatch, expected: IfMatch) -> Result<Reglages> {
    let before = store::reglages(tx)?;
    expected.check(before.version)?;
    let mut reglages = before.clone();
    replace(&mut reglages.codes_obligatoires, patch.codes_obligatoires);
    store::set_reglages(tx, &reglages)?;
    let after = store::reglages(tx)?;
    tx.record(Event::ReglagesCodesModifies, Change::between(&before, &after)?)?;
    Ok(after)
}

/// Refuses (422 on `champ`) a code that does not exist, is of another nature, is no longer offered, or is meant
/// for other types than that of the équipement.
pub fn require_fitting(
    db: &Reader<'_>,
    champ: &str,
    nature: Nature,
    id: CodeId,
    equipement: EquipementId,
) -> Result<()> {
    let fitness = store::fitness(db, id, equipement)?.filter(|fitness| fitness.nature == nature);
    let Some(fitness) = fitness else { return Err(Error::unknown_reference(champ)) };
    if !fitness.actif {
        let message = phrase!("n’est plus proposé", "is no longer offered");
        return Err(Error::invalid(champ, "inactif", message));
    }
    require_applicable(champ, fitness.applies)
}

/// Refuses (422 on `champ`) a code that was chosen before and is not meant for the équipement as it is now: another one,
/// or of another type.
pub fn require_still_fitting(
    db: &Reader<'_>,
    champ: &str,
    id: CodeId,
    equipement: EquipementId,
) -> Result<()> {
    require_applicable(champ, store::fitness(db, id, equipement)?.is_none_or(|fitness| fitness.applies))
}

fn require_applicable(champ: &str, applies: bool) -> Result<()> {
    if applies {
        return Ok(());
    }
    let message = phrase!("ne concerne pas ce type d’équipement", "is not for this type of equipment");
    Err(Error::invalid(champ, "autre_type", message))
}
