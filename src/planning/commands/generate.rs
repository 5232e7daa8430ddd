//! Making interventions of what is due: each échéance once, whoever asks and however often.
//!
//! All of a plan's turn is one transaction: the échéance is taken (its (plan, k) is unique), its intervention is
//! made, and the plan counts on. There is one writer, so two turns of a plan come one after the other and the
//! second finds nothing due; the unique key says the same once more.

use std::time::Duration;

use serde_json::json;

use super::course::Course;
use super::due::GENERATION;
use super::french;
use super::place::{Placed, place};
use crate::equipements::StatutEquipement;
use crate::events::Event;
use crate::ids::PlanningId;
use crate::interventions::{CompetenceDemandee, Preventive, create_preventive};
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::phrase::{Language, Phrase};
use crate::phrase;
use crate::planning::model::{EcheanceGeneree, EcheancesGenerees, Planning, StatutEcheance, StatutPlanning};
use crate::planning::rules::{self, Due, Explication, Sort};
use crate::planning::store;

/// What a turn of one plan made.
#[derive(Debug, Default)]
pub struct Generated {
    pub generees: u32,
    pub reportees: u32,
    pub manquees: u32,
    /// Why the plan generates nothing, if something keeps it from it.
    pub ignoree: Option<Phrase>,
    /// What was generated.
    pub items: Vec<EcheanceGeneree>,
}

/// Generates what is due of a plan now. Nothing due, nothing done.
///
/// # Errors
/// [`Error::NotFound`] without such a plan; whatever fails undoes the turn, and the next begins where this one did.
pub fn generate(tx: &Tx<'_>, id: PlanningId) -> Result<Generated> {
    let mut turn = Turn { tx, course: Course::load(tx, id)?, done: Generated::default() };
    if let Some(why) = obstacle(&turn.course.plan) {
        turn.wait_until_tomorrow()?;
        return Ok(Generated { ignoree: Some(why), ..Generated::default() });
    }
    turn.run()?;
    Ok(turn.done)
}

/// The same at somebody's wish.
pub fn generate_now(tx: &Tx<'_>, id: PlanningId, language: Language) -> Result<EcheancesGenerees> {
    let Generated { items, manquees, reportees, ignoree, .. } = generate(tx, id)?;
    let empechement = ignoree.map(|why| why.text(language).to_owned());
    Ok(EcheancesGenerees { items, manquees, reportees, empechement })
}

/// What keeps a plan from generating, if anything does.
pub fn obstacle(plan: &Planning) -> Option<Phrase> {
    let code = &plan.equipement_code;
    match plan.statut {
        StatutPlanning::Suspendu => {
            Some(phrase!("Le plan est suspendu.", "The plan is suspended.", "الخطة معلّقة."))
        }
        StatutPlanning::Termine => {
            Some(phrase!("Le plan est terminé.", "The plan has ended.", "الخطة منتهية."))
        }
        StatutPlanning::Actif if plan.equipement_statut == StatutEquipement::Retire => Some(phrase!(
            "L’équipement {code} est retiré.",
            "Equipment {code} is retired.",
            "المعدّة \u{2068}{code}\u{2069} مسحوبة."
        )),
        StatutPlanning::Actif => None,
    }
}

/// Generates the échéance that waited for the plan's open intervention, once nothing is open.
pub(super) fn release(tx: &Tx<'_>, id: PlanningId) -> Result<()> {
    let mut turn = Turn { tx, course: Course::load(tx, id)?, done: Generated::default() };
    if obstacle(&turn.course.plan).is_none() {
        turn.release()?;
    }
    Ok(())
}

struct Turn<'t, 'c> {
    tx: &'t Tx<'c>,
    course: Course,
    done: Generated,
}

impl Turn<'_, '_> {
    fn run(&mut self) -> Result<()> {
        self.release()?;
        let (due, next) = self.due()?;
        let sorts = rules::sorts(&due, self.course.plan.rattrapage);
        let mut missed = Vec::new();
        let mut next = next;
        for (Due { explication, .. }, sort) in due.iter().zip(sorts) {
            match sort {
                Sort::Missed => missed.push(explication),
                Sort::Merged => self.merge(explication)?,
                Sort::MadeUpFor => self.make(explication)?,
                Sort::Due => {
                    // What has to wait keeps its place, and so do those behind it.
                    if !self.make_or_postpone(explication)? {
                        next = explication.k;
                        break;
                    }
                }
            }
        }
        self.miss(&missed)?;
        self.count_on(next)
    }

    /// What is due, and the number after it.
    fn due(&self) -> Result<(Vec<Due>, i64)> {
        let Self { tx, course, .. } = self;
        let (plan, now) = (&course.plan, tx.now());
        let skipped = store::skipped(tx, plan.id, plan.prochain_k)?;
        let mut due = Vec::new();
        let mut next = plan.prochain_k;
        for explication in course.foreseen(plan.prochain_k, &skipped) {
            if course.due_from(&explication).is_none_or(|from| from > now) {
                break;
            }
            next = explication.k + 1;
            let over = rules::over_from(explication.date, plan.tolerance_jours, &course.zone);
            let missed = over.is_some_and(|over| over <= now);
            let merged = course.cadence.is_merged(&explication);
            due.push(Due { explication, missed, merged });
        }
        Ok((due, next))
    }

    /// Generates, or lets wait while an intervention of the plan is open; false when even that must wait, for the
    /// day of the one that waits already has not passed.
    fn make_or_postpone(&mut self, echeance: &Explication) -> Result<bool> {
        let Self { tx, course, .. } = self;
        if course.plan.cumul {
            return self.make(echeance).map(|()| true);
        }
        let pending = store::pending(tx, course.plan.id)?;
        if !pending.open {
            return self.make(echeance).map(|()| true);
        }
        if let Some(waiting) = pending.waiting {
            if waiting.date.0 >= course.today(tx.now()) {
                return Ok(false);
            }
            self.give_up(&waiting)?;
        }
        self.postpone(echeance).map(|()| true)
    }

    fn release(&mut self) -> Result<()> {
        let pending = store::pending(self.tx, self.course.plan.id)?;
        match pending.waiting {
            Some(waiting) if self.course.plan.cumul || !pending.open => self.generate(&waiting),
            _ => Ok(()),
        }
    }

    /// Takes an échéance and makes its intervention.
    fn make(&mut self, echeance: &Explication) -> Result<()> {
        if store::claim(self.tx, self.course.plan.id, echeance)? { self.generate(echeance) } else { Ok(()) }
    }

    /// Makes the intervention of an échéance that is ours.
    fn generate(&mut self, echeance: &Explication) -> Result<()> {
        let Self { tx, course, .. } = self;
        let plan = &course.plan;
        let needs: Vec<_> = store::competences(tx, plan.id)?
            .into_iter()
            .map(|need| CompetenceDemandee { competence_id: need.competence_id, niveau: need.niveau })
            .collect();
        let over = rules::over_from(echeance.date, plan.tolerance_jours, &course.zone)
            .ok_or_else(|| Error::Internal(anyhow::anyhow!("an échéance at the end of the calendar")))?;
        let asked = |place, lead, remarque| Preventive {
            planning_id: plan.id,
            titre: plan.titre.clone(),
            description: plan.description.clone(),
            equipement_id: plan.equipement_id,
            site_id: plan.site_id,
            zone: course.zone.clone(),
            priorite: plan.priorite,
            duree_estimee_min: plan.duree_estimee_min,
            date_limite: over.minus(Duration::from_secs(1)),
            competences: needs.clone(),
            gamme_id: plan.gamme_id,
            place,
            lead,
            remarque,
        };
        let (place, lead, mut unplaced) = match place(tx, course, echeance.date, &needs)? {
            Placed::Nobody => (None, None, None),
            Placed::At(technicien, slot) => (Some((technicien, slot)), None, None),
            Placed::WithoutSlot(technicien, why) => (None, Some(technicien), Some(why)),
            Placed::Impossible(why) => (None, None, Some(why)),
        };
        let told = |why: &Option<Phrase>| why.as_ref().map(|why| french(why).to_owned());
        let created = match tx.attempt(|| create_preventive(tx, asked(place, lead, told(&unplaced)))) {
            // The rules of booking have the last word; without a slot those of time do not apply.
            Err(Error::Conflict(conflict)) if place.is_some() => {
                let lead = plan.technicien_id.filter(|_| conflict.code != "non_qualifie");
                unplaced = Some(conflict.detail);
                create_preventive(tx, asked(None, lead, told(&unplaced)))?
            }
            created => created?,
        };
        let made = EcheanceGeneree {
            k: echeance.k,
            date: echeance.date,
            statut: StatutEcheance::Generee,
            intervention_id: created.intervention.id,
            numero: created.intervention.numero,
        };
        store::set_generated(tx, plan.id, made.k, made.intervention_id)?;
        tx.record(Event::EcheanceGeneree(plan.id), Change::created(&made)?)?;
        if let Some(why) = unplaced {
            let why = json!({
                "k": made.k, "date": made.date, "intervention_id": made.intervention_id, "numero": made.numero,
                "technicien_id": plan.technicien_id, "motif": french(&why), "parti": plan.technicien_parti,
            });
            tx.record(Event::PlanningSansCreneau(plan.id), Change::created(&why)?)?;
        }
        self.done.generees += 1;
        self.done.items.push(made);
        Ok(())
    }

    fn postpone(&mut self, echeance: &Explication) -> Result<()> {
        let id = self.course.plan.id;
        let why = "L’intervention précédente du plan est encore ouverte.";
        if store::keep(self.tx, id, echeance, StatutEcheance::Reportee, Some(why), None)? {
            self.done.reportees += 1;
            self.tx.record(Event::EcheanceReportee(id), Change::created(&told(echeance, why))?)?;
        }
        Ok(())
    }

    /// What waited in vain until the next fell due.
    fn give_up(&mut self, waiting: &Explication) -> Result<()> {
        let id = self.course.plan.id;
        let why = "Reportée jusqu’à l’échéance suivante sans que l’intervention précédente soit close.";
        store::set_statut(self.tx, id, waiting.k, StatutEcheance::Manquee, Some(why), None)?;
        self.done.manquees += 1;
        self.record_missed(&[waiting], why)
    }

    fn merge(&mut self, echeance: &Explication) -> Result<()> {
        let (id, next) = (self.course.plan.id, echeance.k + 1);
        let why = format!("Tombe le même jour que l’échéance {next}, qui vaut pour les deux.");
        if store::keep(self.tx, id, echeance, StatutEcheance::Sautee, Some(&why), Some(GENERATION))? {
            self.tx.record(Event::EcheanceSautee(id), Change::created(&told(echeance, &why))?)?;
        }
        Ok(())
    }

    fn miss(&mut self, missed: &[&Explication]) -> Result<()> {
        if missed.is_empty() {
            return Ok(());
        }
        let why = "Son jour et sa tolérance étaient passés quand le plan a été examiné.";
        for echeance in missed {
            store::keep(self.tx, self.course.plan.id, echeance, StatutEcheance::Manquee, Some(why), None)?;
        }
        self.done.manquees += missed.len() as u32;
        self.record_missed(missed, why)
    }

    fn record_missed(&self, missed: &[&Explication], why: &str) -> Result<()> {
        let [Some(first), Some(last)] = [missed.first(), missed.last()] else { return Ok(()) };
        let change = json!({
            "nombre": missed.len(), "de_k": first.k, "a_k": last.k, "du": first.date, "au": last.date, "motif": why,
        });
        self.tx.record(Event::EcheancesManquees(self.course.plan.id), Change::created(&change)?)
    }

    /// The plan goes on from number `k`.
    fn count_on(&self, k: i64) -> Result<()> {
        let Self { tx, course, .. } = self;
        let mut progress = course.next(tx, k)?;
        if progress.a_generer_le.is_some_and(|due| due <= tx.now())
            && let Some(waiting) = store::pending(tx, course.plan.id)?.waiting
        {
            // It waits behind an échéance that waits itself, until the day of that one is over.
            progress.a_generer_le = rules::over_from(waiting.date, 0, &course.zone);
        }
        let before = course.plan.progress();
        if progress != before {
            store::set_progress(tx, course.plan.id, &progress)?;
        }
        let Generated { generees, reportees, manquees, .. } = self.done;
        if generees + reportees + manquees > 0 || progress.prochaine_date != before.prochaine_date {
            return store::new_version(tx, course.plan.id);
        }
        tx.unrecorded("only when to look again has changed");
        Ok(())
    }

    /// Nothing can be done of a plan that should: it is looked at again tomorrow.
    fn wait_until_tomorrow(&self) -> Result<()> {
        let Self { tx, course, .. } = self;
        if course.plan.a_generer_le.is_none_or(|due| due > tx.now()) {
            return Ok(());
        }
        let tomorrow = course.today(tx.now()).tomorrow().ok().and_then(|day| start(day, course));
        let Some(tomorrow) = tomorrow else { return Ok(()) };
        tx.unrecorded("only when to look again has changed");
        store::look_again(tx, course.plan.id, tomorrow)
    }
}

fn start(day: jiff::civil::Date, course: &Course) -> Option<Instant> {
    Instant::start_of(day, &course.zone).ok()
}

/// An échéance that makes nothing, for the journal.
pub(super) fn told(echeance: &Explication, why: &str) -> serde_json::Value {
    let (k, date): (i64, Day) = (echeance.k, echeance.date);
    json!({ "k": k, "date": date, "motif": why })
}
