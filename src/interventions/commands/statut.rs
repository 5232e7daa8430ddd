//! Through the workflow, and out of it: validation.

use super::{codes, record_machine, require_ordered, reread};
use crate::events::Event;
use crate::ids::InterventionId;
use crate::interventions::access::Workable;
use crate::interventions::model::{
    ChangementStatut, EquipementRendu, Intervention, InterventionDetail, StatutIntervention, TypeHistorique,
};
use crate::interventions::rules::{self, Caller, Effect, Need, Refusal, Transition};
use crate::interventions::store;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Invalid, Result};
use crate::kernel::input::IfMatch;
use crate::kernel::phrase::{Language, Phrase};
use crate::phrase;

/// Takes an intervention where the workflow lets this caller.
///
/// # Errors
/// 409 when the workflow does not lead there now, 403 when it does for others only, 409 `checklist_incomplete` or
/// `chronometre_en_cours` for what must be done first, 422 for what must be written first.
pub fn change_statut(
    tx: &Tx<'_>,
    workable: Workable,
    asked: ChangementStatut,
    expected: IfMatch,
) -> Result<InterventionDetail> {
    let (before, caller) = workable.into_parts();
    expected.check(before.version)?;
    let step = rules::transition(&before, asked.statut, caller)
        .map_err(|refusal| refused(refusal, &before, asked.statut, caller))?;
    require_done(tx, step, before.id)?;
    let mut after = before.clone();
    after.statut = step.to;
    write_report(&mut after, &asked);
    codes::check(tx, Some(&before), &after)?;
    require_written(tx, step, &after, &asked)?;
    after.date_remise_en_service = asked.date_remise_en_service.or(after.date_remise_en_service);
    for effect in step.effects {
        let machine = apply(tx, *effect, &mut after, asked.equipement_statut)?;
        record_machine(tx, after.equipement_id, machine)?;
    }
    require_ordered(&after)?;
    store::update(tx, &before, &after)?;
    let kind = match step.effects.contains(&Effect::Reopen) {
        true => TypeHistorique::Reouverture,
        false => TypeHistorique::Statut,
    };
    let steps = (Some(step.from), Some(step.to));
    store::add_history(tx, after.id, kind, steps, asked.remarque.as_deref())?;
    let reread = reread(tx, after.id)?;
    tx.record(Event::StatutChange(after.id), Change::between(&before, &reread.intervention)?)?;
    Ok(reread)
}

/// Accepts finished work, once and for all.
///
/// # Errors
/// 409 unless it is `termine` and not yet validated.
pub fn validate(tx: &Tx<'_>, workable: Workable, remarque: Option<&str>) -> Result<InterventionDetail> {
    let before = workable.into_intervention();
    if before.statut != StatutIntervention::Termine {
        return Err(Error::conflict(
            "non_terminee",
            phrase!("Seule une intervention terminée se valide.", "Only finished work can be validated."),
        ));
    }
    if before.date_validation.is_some() {
        return Err(Error::conflict("validee", frozen()));
    }
    store::validate(tx, before.id)?;
    store::add_history(tx, before.id, TypeHistorique::Validation, (None, None), remarque)?;
    let reread = reread(tx, before.id)?;
    tx.record(Event::InterventionValidee(before.id), Change::between(&before, &reread.intervention)?)?;
    Ok(reread)
}

/// Does what a step does beside changing the statut; tells what became of the machine.
fn apply(
    tx: &Tx<'_>,
    effect: Effect,
    after: &mut Intervention,
    left: Option<EquipementRendu>,
) -> Result<Option<store::MachineChange>> {
    let machine = after.equipement_id;
    match effect {
        Effect::ReturnMachine if left.is_some_and(|left| left != EquipementRendu::Operationnel) => {}
        effect => rules::date(after, effect, tx.now()),
    }
    match effect {
        Effect::Start | Effect::Finish => Ok(None),
        Effect::FreeSlots => store::free_slots(tx, after.id).map(|()| None),
        Effect::Reopen => store::release_slots(tx, after.id).map(|()| None),
        Effect::StopMachine if after.arret_equipement => {
            store::set_machine(tx, machine, EquipementRendu::Maintenance)
        }
        Effect::ReturnMachine if left.is_none() && after.arret_equipement => store::return_machine(tx, after),
        Effect::StopMachine | Effect::ReturnMachine => {
            left.map_or(Ok(None), |left| store::set_machine(tx, machine, left))
        }
    }
}

fn write_report(after: &mut Intervention, asked: &ChangementStatut) {
    for (field, given) in [
        (&mut after.symptome, &asked.symptome),
        (&mut after.cause, &asked.cause),
        (&mut after.remede, &asked.remede),
        (&mut after.compte_rendu, &asked.compte_rendu),
    ] {
        if given.is_some() {
            field.clone_from(given);
        }
    }
    for (field, given) in [
        (&mut after.symptome_code_id, asked.symptome_code_id),
        (&mut after.cause_code_id, asked.cause_code_id),
        (&mut after.remede_code_id, asked.remede_code_id),
    ] {
        *field = given.or(*field);
    }
}

/// What must be done on the machine before this step is.
fn require_done(tx: &Tx<'_>, step: &Transition, id: InterventionId) -> Result<()> {
    for need in step.needs {
        match need {
            Need::Checklist => {
                let missing = store::unanswered(tx, id)?;
                if !missing.is_empty() {
                    let names: Vec<_> = missing.iter().map(|operation| operation.libelle.as_str()).collect();
                    let names = names.join(" ; ");
                    return Err(Error::conflict(
                        "checklist_incomplete",
                        phrase!(
                            "Opérations obligatoires sans réponse : {names}.",
                            "Mandatory operations without an answer: {names}."
                        ),
                    )
                    .with("operations", missing));
                }
            }
            Need::SansChronometre => {
                let running = store::running_timers(tx, id)?;
                if !running.is_empty() {
                    let names: Vec<_> = running.iter().map(|timer| timer.technicien_nom.as_str()).collect();
                    let names = names.join(", ");
                    return Err(Error::conflict(
                        "chronometre_en_cours",
                        phrase!(
                            "Arrêtez d’abord le chronomètre de {names}.",
                            "First stop the timer of {names}."
                        ),
                    )
                    .with("chronometres", running));
                }
            }
            Need::RienALaPlace => require_unreplaced(tx, id)?,
            Need::Technicien
            | Need::NotValidated
            | Need::Remarque
            | Need::RemarqueOuPiece
            | Need::CompteRendu
            | Need::Codes => {}
        }
    }
    Ok(())
}

/// Nothing took the place of what was cancelled: neither the next work of its plan, nor another answer to the
/// demande that it was made for.
fn require_unreplaced(tx: &Tx<'_>, id: InterventionId) -> Result<()> {
    let others = store::replacements(tx, id)?;
    if !others.is_empty() {
        let numeros = others.join(", ");
        return Err(Error::conflict(
            "deja_remplacee",
            phrase!(
                "{numeros} l’a remplacée depuis : menez celle-là, ou annulez-la d’abord.",
                "{numeros} has taken its place since: go on with that one, or cancel it first."
            ),
        )
        .with("interventions", others));
    }
    if let Some(demande) = store::answered_otherwise(tx, id)? {
        return Err(Error::conflict(
            "demande_traitee",
            phrase!(
                "La demande {demande}, dont elle venait, a reçu une autre réponse depuis.",
                "Request {demande}, which it came from, has had another answer since."
            ),
        )
        .with("demande", demande));
    }
    Ok(())
}

/// What must be written for this step is, and nothing that belongs to another.
fn require_written(
    tx: &Tx<'_>,
    step: &Transition,
    after: &Intervention,
    asked: &ChangementStatut,
) -> Result<()> {
    let blank = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    let awaits_a_part = after.pieces_disponibles == Some(false);
    let required = |champ: &str| {
        let message = phrase!("est requis", "is required");
        Invalid { champ: champ.to_owned(), code: "champ_requis", message }
    };
    let mut wrong = Vec::new();
    for (need, champ, is_missing) in [
        (Need::Remarque, "remarque", blank(&asked.remarque)),
        (Need::RemarqueOuPiece, "remarque", blank(&asked.remarque) && !awaits_a_part),
        (Need::CompteRendu, "compte_rendu", blank(&after.compte_rendu)),
    ] {
        if step.needs.contains(&need) && is_missing {
            wrong.push(required(champ));
        }
    }
    if step.needs.contains(&Need::Codes) {
        wrong.extend(codes::missing(tx, after)?.into_iter().map(required));
    }
    for (champ, is_given) in [
        ("equipement_statut", asked.equipement_statut.is_some()),
        ("date_remise_en_service", asked.date_remise_en_service.is_some()),
    ] {
        if is_given && step.to != StatutIntervention::Termine {
            let message = phrase!("ne se dit qu’en terminant", "is said when finishing only");
            wrong.push(Invalid { champ: champ.to_owned(), code: "champ_inconnu", message });
        }
    }
    if asked.pieces.is_some() && step.to != StatutIntervention::Annule {
        let message = phrase!("ne se dit qu’en annulant", "is said when cancelling only");
        wrong.push(Invalid { champ: "pieces".to_owned(), code: "champ_inconnu", message });
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}

/// Why the workflow does not lead there, and where it does.
fn refused(refusal: Refusal, intervention: &Intervention, to: StatutIntervention, caller: Caller) -> Error {
    let (from, to) = (intervention.statut.label(), to.label());
    let (from_fr, to_fr) = (from.text(Language::French), to.text(Language::French));
    let (from_en, to_en) = (from.text(Language::English), to.text(Language::English));
    let sentence = match refusal {
        Refusal::NoSuchStep => phrase!(
            "Une intervention « {from_fr} » ne passe pas à « {to_fr} ».",
            "An intervention in \"{from_en}\" does not go to \"{to_en}\"."
        ),
        Refusal::NotTheirs => {
            return Error::Forbidden(phrase!(
                "Seul un responsable fait passer une intervention de « {from_fr} » à « {to_fr} ».",
                "Only a manager takes an intervention from \"{from_en}\" to \"{to_en}\"."
            ));
        }
        Refusal::SansTechnicien => phrase!("Affectez d’abord un technicien.", "Assign a technician first."),
        Refusal::Validated => frozen(),
    };
    Error::conflict("transition_refusee", sentence)
        .with("transitions", rules::transitions(intervention, caller))
}

fn frozen() -> Phrase {
    phrase!(
        "Cette intervention est validée : elle est figée.",
        "This intervention is validated: it is frozen."
    )
}
