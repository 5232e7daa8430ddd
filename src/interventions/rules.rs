//! The workflow as a table, and the arithmetic of dates that comes with it. Pure: `now` is an argument.

use super::model::{Intervention, StatutIntervention, TypeIntervention};
use crate::kernel::clock::Instant;

use StatutIntervention::{Annule, AttentePieces, EnCours, Planifie, Termine};

/// What a caller is to one intervention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Admin and responsable.
    Plant,
    /// A technicien who leads it or is booked on it.
    Assigned,
    /// Everybody else who sees it.
    Onlooker,
}

/// What must be so before a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Technicien,
    NotValidated,
    Remarque,
    /// A remark, unless a part is awaited: then that is why.
    RemarqueOuPiece,
    CompteRendu,
    /// The three codes of a corrective intervention, if the plant asks for them.
    Codes,
    /// Every mandatory operation of its checklist has an answer.
    Checklist,
    /// Nobody's timer runs on it.
    SansChronometre,
    /// No other work took its place.
    RienALaPlace,
}

/// What a transition does beside changing the statut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Work begins; only the first time counts.
    Start,
    /// The machine is taken out of service, when the work stops it.
    StopMachine,
    /// Nobody is booked beyond now: slots under way end, later ones are released.
    FreeSlots,
    /// Work is over.
    Finish,
    /// The machine is given back.
    ReturnMachine,
    /// It is to be done after all, or goes on; who was booked before is booked no longer. What it stopped, and when it
    /// ended, stays as it was unless work on the machine begins again.
    Reopen,
}

#[derive(Debug)]
pub struct Transition {
    pub from: StatutIntervention,
    pub to: StatutIntervention,
    pub who: &'static [Caller],
    pub needs: &'static [Need],
    pub effects: &'static [Effect],
}

const WORKERS: &[Caller] = &[Caller::Assigned, Caller::Plant];
const PLANT: &[Caller] = &[Caller::Plant];

const fn step(
    from: StatutIntervention,
    to: StatutIntervention,
    who: &'static [Caller],
    needs: &'static [Need],
    effects: &'static [Effect],
) -> Transition {
    Transition { from, to, who, needs, effects }
}

/// THE workflow: what is not here cannot happen.
pub const WORKFLOW: &[Transition] = {
    use Effect::{Finish, FreeSlots, Reopen, ReturnMachine, Start, StopMachine};
    use Need::{
        Checklist, Codes, CompteRendu, NotValidated, Remarque, RemarqueOuPiece, RienALaPlace,
        SansChronometre, Technicien,
    };
    &[
        step(Planifie, EnCours, WORKERS, &[Technicien], &[Start, StopMachine]),
        step(EnCours, AttentePieces, WORKERS, &[RemarqueOuPiece], &[FreeSlots]),
        step(AttentePieces, EnCours, WORKERS, &[], &[]),
        step(
            EnCours,
            Termine,
            WORKERS,
            &[Checklist, SansChronometre, CompteRendu, Codes],
            &[Finish, FreeSlots, ReturnMachine],
        ),
        step(Planifie, Annule, PLANT, &[SansChronometre, Remarque], &[FreeSlots]),
        step(EnCours, Annule, PLANT, &[SansChronometre, Remarque], &[FreeSlots, ReturnMachine]),
        step(AttentePieces, Annule, PLANT, &[SansChronometre, Remarque], &[FreeSlots, ReturnMachine]),
        step(Termine, EnCours, PLANT, &[Remarque, NotValidated], &[Reopen, StopMachine]),
        // What had begun begins anew: its slots stay released, its parts are asked for again.
        step(Annule, Planifie, PLANT, &[Remarque, RienALaPlace], &[Reopen]),
    ]
};

/// Why a transition cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No line of the table leads there.
    NoSuchStep,
    /// One does, but not for this caller.
    NotTheirs,
    SansTechnicien,
    Validated,
}

/// The line of the table that takes an intervention there, for this caller, as things stand.
pub fn transition(
    intervention: &Intervention,
    to: StatutIntervention,
    caller: Caller,
) -> Result<&'static Transition, Refusal> {
    let from = intervention.statut;
    let step = WORKFLOW.iter().find(|step| (step.from, step.to) == (from, to)).ok_or(Refusal::NoSuchStep)?;
    if !step.who.contains(&caller) {
        return Err(Refusal::NotTheirs);
    }
    for need in step.needs {
        match need {
            Need::Technicien if intervention.technicien_id.is_none() => return Err(Refusal::SansTechnicien),
            Need::NotValidated if intervention.date_validation.is_some() => return Err(Refusal::Validated),
            // What the caller can still do about it is asked for when they try.
            Need::Technicien
            | Need::NotValidated
            | Need::Remarque
            | Need::RemarqueOuPiece
            | Need::CompteRendu
            | Need::Codes
            | Need::Checklist
            | Need::SansChronometre
            | Need::RienALaPlace => {}
        }
    }
    Ok(step)
}

/// Where this caller may take an intervention now.
pub fn transitions(intervention: &Intervention, caller: Caller) -> Vec<StatutIntervention> {
    let reachable = |to: &StatutIntervention| transition(intervention, *to, caller).is_ok();
    StatutIntervention::ALL.iter().copied().filter(reachable).collect()
}

/// Whether an intervention says of its machine that it is down already, and is not only to be stopped for the work.
pub fn reports_stop(intervention: &Intervention) -> bool {
    use TypeIntervention::{Corrective, Diagnostic};
    let broke_down = matches!(intervention.type_intervention, Corrective | Diagnostic);
    intervention.arret_equipement && (broke_down || intervention.survenue_le.is_some())
}

/// Since when the machine of an intervention that begins `now` stands: since it failed, or was reported to.
pub fn stopped_since(intervention: &Intervention, now: Instant) -> Instant {
    match intervention.survenue_le {
        Some(failed) => failed.min(now),
        None if reports_stop(intervention) => intervention.declaree_le.min(now),
        None => now,
    }
}

/// The dates of an intervention that follow from an effect which came to pass `now`.
pub fn date(intervention: &mut Intervention, effect: Effect, now: Instant) {
    let stops = intervention.arret_equipement;
    match effect {
        Effect::Start => {
            intervention.prise_en_charge_le.get_or_insert(now);
            intervention.date_debut_reelle.get_or_insert(now);
        }
        Effect::StopMachine if stops => {
            let since = stopped_since(intervention, now);
            intervention.date_arret.get_or_insert(since);
            intervention.date_remise_en_service = None;
        }
        Effect::Finish => {
            // A clock that was set back must not end a job before it began.
            let end = intervention.date_debut_reelle.map(|start| start.max(now));
            // Reopened for its papers, it has ended already.
            intervention.date_fin_reelle = intervention.date_fin_reelle.or(end);
        }
        Effect::ReturnMachine if stops => {
            if let Some(stopped) = intervention.date_arret {
                intervention.date_remise_en_service.get_or_insert(now.max(stopped));
            }
        }
        Effect::Reopen => intervention.date_fin_reelle = None,
        Effect::StopMachine | Effect::ReturnMachine | Effect::FreeSlots => {}
    }
}

/// The first pair of dates in the wrong order: the field to correct, and the one it must not precede.
pub fn misordered(intervention: &Intervention) -> Option<(&'static str, &'static str)> {
    let i = intervention;
    let planned = matches!((i.date_debut_prevue, i.date_fin_prevue), (Some(from), Some(to)) if to <= from);
    let stopped = matches!((i.date_arret, i.date_remise_en_service), (Some(from), Some(to)) if to < from);
    let declared = i.survenue_le.is_some_and(|failure| i.declaree_le < failure);
    [
        (planned, ("date_fin_prevue", "date_debut_prevue")),
        (stopped, ("date_remise_en_service", "date_arret")),
        (declared, ("declaree_le", "survenue_le")),
    ]
    .into_iter()
    .find_map(|(wrong, fields)| wrong.then_some(fields))
}
