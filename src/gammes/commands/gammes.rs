//! Writing and publishing checklists.

use crate::attaches::{self, Parent};
use crate::events::Event;
use crate::gammes::model::{GammeDetail, GammePatch, NewGamme, OperationDemandee, OperationsDemandees};
use crate::gammes::{rules, store};
use crate::ids::GammeId;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{IfMatch, replace};
use crate::phrase;

/// A new gamme, with the draft of its first version.
///
/// # Errors
/// 422 for operations that cannot be, 409 `doublon` for a name that another has.
pub fn create(tx: &Tx<'_>, new: &NewGamme) -> Result<GammeDetail> {
    let id = store::insert(tx, new)?;
    store::insert_version(tx, id, 1)?;
    write(tx, id, 1, &new.operations)?;
    let gamme = store::gamme(tx, id)?;
    tx.record(Event::GammeCreee(id), Change::created(&gamme)?)?;
    Ok(gamme)
}

pub fn update(tx: &Tx<'_>, id: GammeId, patch: GammePatch, expected: IfMatch) -> Result<GammeDetail> {
    let before = store::gamme(tx, id)?;
    expected.check(before.gamme.version)?;
    let mut gamme = before.gamme.clone();
    replace(&mut gamme.nom, patch.nom);
    replace(&mut gamme.description, patch.description);
    replace(&mut gamme.statut, patch.statut);
    store::update(tx, &gamme)?;
    modified(tx, &before)
}

/// Replaces the operations of the draft, which begins here where there is none.
///
/// # Errors
/// 422 for operations that cannot be.
pub fn set_operations(
    tx: &Tx<'_>,
    id: GammeId,
    body: &OperationsDemandees,
    expected: IfMatch,
) -> Result<GammeDetail> {
    let before = store::gamme(tx, id)?;
    expected.check(before.gamme.version)?;
    let numero = match &before.brouillon {
        Some(draft) => draft.resume.numero,
        None => {
            let next = store::last_version(tx, id)? + 1;
            store::insert_version(tx, id, next)?;
            next
        }
    };
    write(tx, id, numero, &body.operations)?;
    store::update(tx, &before.gamme)?;
    modified(tx, &before)
}

/// Publishes the draft: work is given it from now on, and it never changes again.
///
/// # Errors
/// 409 `sans_brouillon` when nothing waits to be published, 409 `brouillon_vide` when it has no operation.
pub fn publish(tx: &Tx<'_>, id: GammeId) -> Result<GammeDetail> {
    let before = store::gamme(tx, id)?;
    let Some(draft) = &before.brouillon else {
        return Err(Error::conflict(
            "sans_brouillon",
            phrase!("Cette gamme n’a pas de brouillon à publier.", "This checklist has no draft to publish."),
        ));
    };
    if draft.operations.is_empty() {
        return Err(Error::conflict(
            "brouillon_vide",
            phrase!("Ajoutez d’abord une opération.", "Add an operation first."),
        ));
    }
    store::publish(tx, id, draft.resume.numero)?;
    store::update(tx, &before.gamme)?;
    let after = store::gamme(tx, id)?;
    tx.record(Event::GammePubliee(id), Change::between(&before, &after)?)?;
    Ok(after)
}

/// Deletes a gamme that was never published.
///
/// # Errors
/// 409 `publiee` for any other: it is archived instead.
pub fn delete(tx: &Tx<'_>, id: GammeId, expected: IfMatch) -> Result<()> {
    let before = store::gamme(tx, id)?;
    expected.check(before.gamme.version)?;
    if before.publiee.is_some() {
        return Err(Error::conflict(
            "publiee",
            phrase!(
                "Une gamme publiée ne se supprime pas : donnez-lui le statut « archivee ».",
                "A published checklist is not deleted: give it the statut \"archivee\"."
            ),
        ));
    }
    let advice = phrase!("Archivez-la plutôt.", "Archive it instead.");
    attaches::require_free(tx, Parent::Gamme, id.0, "utilise", advice)?;
    store::delete(tx, id)?;
    tx.record(Event::GammeSupprimee(id), Change::deleted(&before)?)
}

fn modified(tx: &Tx<'_>, before: &GammeDetail) -> Result<GammeDetail> {
    let after = store::gamme(tx, before.gamme.id)?;
    tx.record(Event::GammeModifiee(after.gamme.id), Change::between(before, &after)?)?;
    Ok(after)
}

/// Words the operations of a draft anew.
fn write(tx: &Tx<'_>, id: GammeId, numero: i64, operations: &[OperationDemandee]) -> Result<()> {
    let wrong = rules::wrong_operations(operations);
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let known = store::operation_types(tx, id)?;
    store::clear_draft(tx, id, numero)?;
    for (i, wording) in operations.iter().enumerate() {
        let operation = match wording.id {
            None => store::add_operation(tx, id, wording.r#type)?,
            Some(operation) => match known.get(&operation) {
                None => return Err(Error::unknown_reference(format!("operations[{i}].id"))),
                Some(kind) if *kind != wording.r#type => {
                    return Err(Error::invalid(
                        format!("operations[{i}].type"),
                        "valeur_invalide",
                        phrase!(
                            "cette opération est « {kind} » pour toujours ; ajoutez-en une autre",
                            "this operation is \"{kind}\" for ever; add another one"
                        ),
                    ));
                }
                Some(_) => operation,
            },
        };
        store::set_operation(tx, (id, numero), (operation, i + 1), wording)?;
    }
    store::drop_unused_operations(tx, id)
}
