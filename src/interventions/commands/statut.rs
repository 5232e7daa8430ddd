//! Through the workflow, and out of it: validation.

use std::time::Duration;

use super::{codes, record_machine, require_ordered, reread};
use crate::events::Event;
use crate::ids::InterventionId;
use crate::interventions::access::{Readable, Workable};
use crate::interventions::model::{
    ChangementStatut, EquipementRendu, Intervention, InterventionDetail, StatutIntervention, TypeHistorique,
};
use crate::interventions::rules::{self, Caller, Effect, Need, Refusal, Transition};
use crate::interventions::store;
use crate::kernel::clock::Instant;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Invalid, Result};
use crate::kernel::input::IfMatch;
use crate::kernel::phrase::{Language, Phrase};
use crate::{phrase, techniciens};

/// How long ago a step may have been made that the server hears of now.
pub const LATEST: Duration = Duration::from_secs(7 * 86_400);

/// A clock of a phone may be a little ahead of the server's.
pub const AHEAD: Duration = Duration::from_secs(300);

/// Two instants that two clocks tell are in order if they are no further apart.
const SKEW: Duration = Duration::from_secs(60);

/// Takes an intervention where the workflow lets this caller.
///
/// # Errors
/// 409 `ordre_impossible` for a step that would have come before the last one; 409 when the workflow does not lead there
/// now, 403 when it does for others only, 409 `checklist_incomplete` or `chronometre_en_cours` for what must be done
/// first, 422 for what must be written first.
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
    let at = done_at(tx, &before, asked.fait_le)?;
    after.date_remise_en_service = asked.date_remise_en_service.or(after.date_remise_en_service);
    let taken = Taken { step, at, left: asked.equipement_statut, resumes: asked.reprise_travaux };
    for effect in step.effects {
        let machine = taken.apply(tx, *effect, &before, &mut after)?;
        record_machine(tx, after.equipement_id, machine)?;
    }
    require_ordered(&after)?;
    store::update(tx, &before, &after)?;
    let kind = match step.effects.contains(&Effect::Reopen) {
        true => TypeHistorique::Reouverture,
        false => TypeHistorique::Statut,
    };
    let steps = (Some(step.from), Some(step.to));
    let elsewhen = Some(at).filter(|at| *at != tx.now());
    store::add_history_of(tx, after.id, kind, steps, asked.remarque.as_deref(), elsewhen)?;
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

/// When a step was made: now, or when its author says.
fn done_at(tx: &Tx<'_>, before: &Intervention, said: Option<Instant>) -> Result<Instant> {
    let now = tx.now();
    let Some(said) = said else { return Ok(now) };
    if said > now.plus(AHEAD) || said < now.minus(LATEST) {
        let days = LATEST.as_secs() / 86_400;
        let message = phrase!(
            "au plus {days} jours avant maintenant ({now}), et pas après",
            "at most {days} days before now ({now}), and not after"
        );
        return Err(Error::invalid("fait_le", "valeur_invalide", message));
    }
    let said = said.min(now);
    let before = store::last_step(tx, before.id)?.max(before.date_debut_reelle);
    match before {
        Some(before) if said.plus(SKEW) < before => Err(Error::conflict(
            "ordre_impossible",
            phrase!(
                "Fait le {said} : l’étape précédente est du {before}.",
                "Done on {said}: the step before is of {before}."
            ),
        )
        .with("fait_le", said)
        .with("precedent", before)),
        _ => Ok(before.map_or(said, |before| said.max(before.min(now)))),
    }
}

/// A step, and what its author says of it.
struct Taken {
    step: &'static Transition,
    /// When it was made.
    at: Instant,
    /// How the machine is left.
    left: Option<EquipementRendu>,
    /// Whether work on the machine begins again.
    resumes: bool,
}

impl Taken {
    /// Does what a step does beside changing the statut; tells what became of the machine.
    fn apply(
        &self,
        tx: &Tx<'_>,
        effect: Effect,
        before: &Intervention,
        after: &mut Intervention,
    ) -> Result<Option<store::MachineChange>> {
        let for_papers = self.step.from == StatutIntervention::Termine && !self.resumes;
        match effect {
            Effect::FreeSlots => store::free_slots(tx, after.id, self.at).map(|()| None),
            Effect::Reopen => {
                if !for_papers {
                    rules::date(after, effect, self.at);
                }
                store::release_slots(tx, after.id)?;
                if self.step.from == StatutIntervention::Annule {
                    plan_anew(tx, after)?;
                }
                Ok(None)
            }
            Effect::Start | Effect::Finish => {
                rules::date(after, effect, self.at);
                Ok(None)
            }
            Effect::StopMachine if for_papers || !after.arret_equipement => Ok(None),
            Effect::StopMachine => {
                rules::date(after, effect, self.at);
                // Several works on a stopped machine share its stop.
                if before.date_arret.is_none() {
                    after.date_arret =
                        store::shared_stop(tx, after)?.into_iter().chain(after.date_arret).min();
                }
                store::set_machine(tx, after.equipement_id, EquipementRendu::Maintenance)
            }
            Effect::ReturnMachine => self.give_back(tx, before, after),
        }
    }

    /// The machine is left as its people say, or else given back by the last of those who stopped it.
    fn give_back(
        &self,
        tx: &Tx<'_>,
        before: &Intervention,
        after: &mut Intervention,
    ) -> Result<Option<store::MachineChange>> {
        let machine = after.equipement_id;
        if let Some(left) = self.left.filter(|left| *left != EquipementRendu::Operationnel) {
            return store::set_machine(tx, machine, left);
        }
        // Reopened for its papers, it had given the machine back, or left it as it was said then.
        let had_ended = before.date_fin_reelle.is_some();
        if self.left.is_none() && (had_ended || !after.arret_equipement) {
            return Ok(None);
        }
        let is_cancelled = self.step.to == StatutIntervention::Annule;
        if self.left.is_none() && store::is_stopped_by_others(tx, after)? {
            return Ok(None);
        }
        rules::date(after, Effect::ReturnMachine, self.at);
        if is_cancelled && store::is_reported_by_others(tx, after)? {
            return store::set_machine(tx, machine, EquipementRendu::Panne);
        }
        end_shared_stops(tx, after)?;
        match self.left {
            Some(left) => store::set_machine(tx, machine, left),
            None => store::return_machine(tx, after),
        }
    }
}

/// Nobody is booked for cancelled work that is taken back: what had a slot waits for another, and what was led by
/// somebody who has left meanwhile waits for somebody else.
fn plan_anew(tx: &Tx<'_>, work: &mut Intervention) -> Result<()> {
    if !store::affectations(tx, work.id)?.is_empty() {
        (work.date_debut_prevue, work.date_fin_prevue) = (None, None);
    }
    if let Some(lead) = work.technicien_id
        && techniciens::technicien(tx, lead)?.ferme_le.is_some()
    {
        work.technicien_id = None;
    }
    Ok(())
}

/// What was finished while the machine stayed down for other work is one stop with it, and ends with it.
fn end_shared_stops(tx: &Tx<'_>, given_back: &Intervention) -> Result<()> {
    for id in store::open_stops(tx, given_back)? {
        // Whoever gives the machine back need not see what else stopped it.
        let before = Readable::made(tx, id)?.into_intervention();
        let mut after = before.clone();
        after.date_remise_en_service = given_back.date_remise_en_service.max(before.date_arret);
        store::update(tx, &before, &after)?;
        let after = Readable::made(tx, id)?.into_intervention();
        tx.record(Event::InterventionModifiee(id), Change::between(&before, &after)?)?;
    }
    Ok(())
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
    if asked.reprise_travaux && step.from != StatutIntervention::Termine {
        let message = phrase!("ne se dit qu’en rouvrant", "is said when reopening only");
        wrong.push(Invalid { champ: "reprise_travaux".to_owned(), code: "champ_inconnu", message });
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}

/// Why the workflow does not lead there, and where it does.
fn refused(refusal: Refusal, intervention: &Intervention, to: StatutIntervention, caller: Caller) -> Error {
    let (from, to) = (intervention.statut.label(), to.label());
    let [from_fr, from_en, from_ar] = Language::ALL.map(|language| from.text(language));
    let [to_fr, to_en, to_ar] = Language::ALL.map(|language| to.text(language));
    let sentence = match refusal {
        Refusal::NoSuchStep => phrase!(
            "Une intervention « {from_fr} » ne passe pas à « {to_fr} ».",
            "An intervention in \"{from_en}\" does not go to \"{to_en}\".",
            "لا ينتقل التدخل من «{from_ar}» إلى «{to_ar}»."
        ),
        Refusal::NotTheirs => {
            return Error::Forbidden(phrase!(
                "Seul un responsable fait passer une intervention de « {from_fr} » à « {to_fr} ».",
                "Only a manager takes an intervention from \"{from_en}\" to \"{to_en}\".",
                "المسؤول وحده ينقل التدخل من «{from_ar}» إلى «{to_ar}»."
            ));
        }
        Refusal::SansTechnicien => phrase!(
            "Affectez d’abord un technicien.",
            "Assign a technician first.",
            "أسند التدخل إلى تقني أولًا."
        ),
        Refusal::Validated => frozen(),
    };
    Error::conflict("transition_refusee", sentence)
        .with("transitions", rules::transitions(intervention, caller))
}

fn frozen() -> Phrase {
    phrase!(
        "Cette intervention est validée : elle est figée.",
        "This intervention is validated: it is frozen.",
        "صودق على هذا التدخل: لم يعد يتغيّر."
    )
}
