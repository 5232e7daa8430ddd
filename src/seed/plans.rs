//! The preventive plans of the demo plant, `data/plans.txt`, and what came of each of their échéances in two years:
//! most were done in time, some late, a few were missed while the server was off, one was skipped, and one waits
//! behind work that drags on.
//!
//! A plan is a paragraph. Its first line says machine, fréquence and intervalle, days ago that it began, factor
//! (hundredths), tolerance, anticipation, minutes, compétence, technicien, hour, priorité, what days off do, whether
//! the machine stops, and what is special about it (`-` for nothing). Then follow titre, description and report.

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::job::Job;
use super::plant::Machine;
use super::store::{self, Echeance, Plan, Progress};
use super::stories::{Story, given};
use super::teller::{DAY, HOUR, MINUTE, Teller, later};
use crate::agenda::Interval;
use crate::ids::PlanningId;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::planning::{
    Cadence, Centiemes, Explication, Frequence, Report, Sens, Shift, StatutEcheance, due_from, late_days,
    over_from, shift,
};

const PLANS: &str = include_str!("data/plans.txt");

/// Days ago that the server was off.
const OFF: (i64, i64) = (402, 383);

/// Days ago that the suspended plan was suspended.
const SUSPENDED: i64 = 100;

/// What is special about a plan.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Ordinary,
    /// One of its échéances was skipped, a year ago.
    Skipped,
    /// One of its interventions was cancelled, half a year ago.
    Cancelled,
    /// The last but one was never done, and the last waits for it.
    Dragging,
    Suspended,
}

/// A plan while its two years are being told.
struct Tale {
    id: PlanningId,
    story: Story,
    machine: Machine,
    priorite: &'static str,
    /// Place in the crew.
    named: Option<usize>,
    hour: Option<Time>,
    tolerance: i64,
    anticipation: i64,
    factor: Centiemes,
    fate: Fate,
    cadence: Cadence,
    zone: TimeZone,
    echeances: Vec<Echeance>,
}

/// A plan and what came of it.
type Told = (PlanningId, Vec<Echeance>);

impl Teller {
    /// Stores the plans, and returns with their échéances the interventions that were made of them.
    pub fn plans(&mut self, tx: &Tx<'_>) -> Result<(Vec<Told>, Vec<Job>)> {
        store::insert_feries(tx)?;
        let (mut plans, mut jobs) = (Vec::new(), Vec::new());
        let lines: Vec<&'static str> = PLANS.lines().collect();
        for paragraph in lines.split(|line| line.is_empty()) {
            let mut tale = self.begin(tx, paragraph).ok_or_else(|| {
                Error::Internal(anyhow::anyhow!("not a plan: {}", paragraph.first().unwrap_or(&"")))
            })??;
            jobs.extend(self.tell_plan(&mut tale));
            store::set_progress(tx, tale.id, &tale.progress())?;
            plans.push((tale.id, tale.echeances));
        }
        Ok((plans, jobs))
    }

    /// Stores a plan as it was written two years ago.
    fn begin(&self, tx: &Tx<'_>, paragraph: &[&'static str]) -> Option<Result<Tale>> {
        let [head, titre, description, compte_rendu] = *paragraph else { return None };
        let mut fields = head.split(" | ");
        let mut field = || fields.next().unwrap_or_default();
        let number = |text: &str| text.parse::<i64>().ok();
        let code = field();
        let machine = *self.plant.machines.iter().find(|machine| machine.code == code)?;
        let frequence: Frequence = field().parse().ok()?;
        let (intervalle, ago, factor) = (number(field())?, number(field())?, Centiemes(number(field())?));
        let (tolerance, anticipation, minutes) = (number(field())?, number(field())?, number(field())?);
        let (competence, username, hour) = (given(field()), given(field()), given(field()));
        let (priorite, moves, stops) = (field(), given(field()), field() == "arret");
        let fate = match field() {
            "saute" => Fate::Skipped,
            "annule" => Fate::Cancelled,
            "traine" => Fate::Dragging,
            "suspendu" => Fate::Suspended,
            _ => Fate::Ordinary,
        };
        let sens: Sens = moves.unwrap_or("aucun").parse().ok()?;
        let named =
            username.and_then(|name| self.plant.crew.iter().position(|worker| worker.username == name));
        let ground = self.plant.ground(machine);
        let debut = self.today(&ground.zone).checked_sub(ago.days()).ok()?;
        let plan = Plan {
            titre,
            description,
            machine: machine.id,
            frequence,
            intervalle,
            debut: Day(debut),
            factor,
            tolerance,
            anticipation,
            minutes,
            hour,
            technicien: named.map(|index| self.plant.crew[index].id),
            competence: competence.and_then(|key| self.plant.competence(key)),
            gamme: self.plant.gammes.of(titre),
            priorite,
            sens,
            suspended: fate == Fate::Suspended,
            cree_par: ground.responsable,
            creation: Instant::start_of(debut, &ground.zone)
                .ok()?
                .minus(std::time::Duration::from_secs(10 * 86_400)),
        };
        let story = Story {
            kind: "preventive",
            competence,
            minutes: (minutes, minutes),
            stops,
            part: None,
            codes: None,
            titre,
            symptome: description,
            cause: None,
            remede: None,
            compte_rendu,
        };
        let begun = || {
            Ok(Tale {
                id: store::insert_plan(tx, &plan)?,
                story,
                machine,
                priorite,
                named,
                hour: hour.and_then(|hour| hour.parse().ok()),
                tolerance,
                anticipation,
                factor,
                fate,
                cadence: Cadence {
                    debut,
                    fin: None,
                    frequence,
                    intervalle,
                    report: Report { feries: sens, week_ends: sens },
                    shift: Shift::default(),
                    feries: store::feries(tx, ground.pays)?,
                },
                zone: ground.zone.clone(),
                echeances: Vec::new(),
            })
        };
        Some(begun())
    }

    /// Échéance after échéance, until the first that is not due yet.
    fn tell_plan(&mut self, tale: &mut Tale) -> Vec<Job> {
        let now = self.plant.now;
        let until = if tale.fate == Fate::Suspended { later(now, -SUSPENDED * DAY) } else { now };
        let mut jobs: Vec<Job> = Vec::new();
        let mut open = false;
        for k in 0.. {
            let Some((echeance, due, next_due)) = tale.at(k).filter(|(_, due, _)| *due <= until) else {
                break;
            };
            if open {
                tale.wait(echeance, due);
                continue;
            }
            let (is_missed, due) = self.was_off(tale, &echeance, due);
            if is_missed {
                tale.keep(echeance, StatutEcheance::Manquee, Some(MISSED), due);
                continue;
            }
            let days_ago = due_days_ago(due, now);
            if tale.fate == Fate::Skipped && (350..=380).contains(&days_ago) {
                tale.keep(echeance, StatutEcheance::Sautee, Some("Ligne arrêtée pour transformation."), due);
                continue;
            }
            let mut job = self.ask_for(tale, &echeance, due);
            if tale.fate == Fate::Cancelled && (170..=200).contains(&days_ago) {
                let given_up = self.office_moment(tale.machine, later(due, DAY), later(due, 3 * DAY));
                job.cancel(given_up, job.cree_par, "Machine arrêtée pour transformation, à reprogrammer.");
                tale.keep(echeance, StatutEcheance::Annulee, Some(CANCELLED), given_up);
            } else if tale.fate == Fate::Dragging && tale.at(k + 2).is_none_or(|(_, due, _)| due > until) {
                self.plan_in_vain(tale, &mut job, &echeance);
                tale.keep(echeance, StatutEcheance::Generee, None, due);
                open = true;
            } else if let Some(done) = self.work_on(tale, &mut job, &echeance, next_due) {
                match done {
                    Some(end) => tale.finish(echeance, end),
                    None => {
                        tale.keep(echeance, StatutEcheance::Generee, None, due);
                        open = true;
                    }
                }
            } else {
                // Nobody was free in time: as if the server had been off.
                tale.keep(echeance, StatutEcheance::Manquee, Some(MISSED), due);
                continue;
            }
            jobs.push(job);
        }
        jobs
    }

    /// Whether this one was missed while the server was off; if it was the last of those, it was made up for when
    /// the server came back.
    fn was_off(&self, tale: &Tale, echeance: &Explication, due: Instant) -> (bool, Instant) {
        let [off, on] = [OFF.0, OFF.1].map(|days| later(self.plant.now, -days * DAY));
        let over = |date| over_from(date, tale.tolerance, &tale.zone);
        if due < off || over(echeance.date).is_none_or(|over| over > on) {
            return (false, due);
        }
        let next_missed = tale.cadence.at(echeance.k + 1).and_then(|next| over(next.date));
        (next_missed.is_some_and(|over| over <= on), on)
    }

    fn ask_for(&self, tale: &Tale, echeance: &Explication, due: Instant) -> Job {
        let by = self.plant.ground(tale.machine).responsable;
        let mut job = Job::created(tale.story, tale.machine.id, tale.priorite, by, due, tale.zone.clone());
        job.gamme = self.plant.gammes.given(tale.story.titre, due);
        job.competence = tale.story.competence.and_then(|key| self.plant.competence(key));
        job.limite = over_from(echeance.date, tale.tolerance, &tale.zone).map(|over| later(over, -1));
        job.generated_for(tale.id, echeance.k);
        job
    }

    /// Somebody does it, by now or soon: `Some(Some(end))` when it is done, `Some(None)` when it is planned or waits
    /// to be, `None` when it could only have been done after the next fell due.
    fn work_on(
        &mut self,
        tale: &Tale,
        job: &mut Job,
        echeance: &Explication,
        next_due: Instant,
    ) -> Option<Option<Instant>> {
        let now = self.plant.now;
        let start = tale.start(echeance.date)?;
        let in_time = start > now || !self.random.chance(14);
        let late = if in_time { 0 } else { self.random.between(1, tale.patience()) };
        let wanted = later(start, late * DAY).max(later(job.creation, 10 * MINUTE));
        let minutes = tale.story.minutes.0;
        let taken = match tale.named {
            Some(index) => {
                let worker = &self.plant.crew[index];
                let slot = worker.first_free(wanted, minutes)?;
                worker.may(tale.story.competence, slot.0).then_some((index, slot))
            }
            None => self.taker(tale.machine, tale.story, wanted, minutes),
        };
        let Some((index, slot)) = taken else { return (start > later(now, -2 * DAY)).then_some(None) };
        if slot.1 >= later(now, -HOUR) {
            // To come. On its day only, else it waits for the responsable to find somebody.
            let on_its_day = slot.0.in_zone(&tale.zone).date() == echeance.date.0;
            if on_its_day && (tale.named.is_some() || self.random.chance(50)) {
                self.give(tale, job, (index, slot), later(now, -HOUR));
            }
            return Some(None);
        }
        if slot.1 >= next_due {
            return None;
        }
        self.give(tale, job, (index, slot), slot.0);
        let user = self.plant.crew[index].user;
        let late = self.random.between(0, 10) * MINUTE;
        job.start(later(slot.0, late), user);
        job.finish(slot.1, user);
        self.approve(job, tale.machine, slot.1);
        self.talk(job, tale.machine, Some(index), slot.1);
        Some(Some(slot.1))
    }

    /// Its slot is over and nobody came.
    fn plan_in_vain(&mut self, tale: &Tale, job: &mut Job, echeance: &Explication) {
        let Some(start) = tale.start(echeance.date) else { return };
        let Some((index, slot)) = self.taker(tale.machine, tale.story, start, tale.story.minutes.0) else {
            return;
        };
        if slot.1 < self.plant.now {
            self.give(tale, job, (index, slot), slot.0);
        }
    }

    /// The scheduler books whom the plan names, the responsable whoever they find before `latest`.
    fn give(&mut self, tale: &Tale, job: &mut Job, (index, slot): (usize, Interval), latest: Instant) {
        if tale.named.is_none() {
            let at = self.office_moment(tale.machine, job.creation, latest.max(job.creation));
            return self.assign(job, (index, slot), at);
        }
        let worker = &mut self.plant.crew[index];
        worker.book(slot);
        job.assign(worker.id, worker.name, slot, job.creation, None);
    }

    fn today(&self, zone: &TimeZone) -> Date {
        self.plant.now.in_zone(zone).date()
    }
}

const MISSED: &str = "Son jour et sa tolérance étaient passés quand le plan a été examiné.";
const CANCELLED: &str = "L’intervention a été annulée.";
const WAITS: &str = "L’intervention précédente du plan est encore ouverte.";
const WAITED: &str = "Reportée jusqu’à l’échéance suivante sans que l’intervention précédente soit close.";

impl Tale {
    /// Échéance k, from when it is due, and from when the next is.
    fn at(&self, k: i64) -> Option<(Explication, Instant, Instant)> {
        let (this, next) = (self.cadence.at(k)?, self.cadence.at(k + 1)?);
        let due = |date| due_from(date, self.anticipation, &self.zone);
        Some((this.clone(), due(this.date)?, due(next.date)?))
    }

    /// When work should begin on a day.
    fn start(&self, Day(day): Day) -> Option<Instant> {
        let hour = self.hour.unwrap_or(Time::constant(7, 0, 0, 0));
        Some(day.to_datetime(hour).to_zoned(self.zone.clone()).ok()?.timestamp().into())
    }

    /// Days that the plant may let it wait.
    fn patience(&self) -> i64 {
        let days = match self.cadence.frequence {
            Frequence::Journalier => 1,
            Frequence::Hebdomadaire => 7,
            Frequence::Mensuel => 30,
            Frequence::Trimestriel | Frequence::Semestriel | Frequence::Annuel => 60,
        };
        (days * self.cadence.intervalle / 4).max(1)
    }

    fn finish(&mut self, echeance: Explication, end: Instant) {
        let (k, fin) = (echeance.k, Day(end.in_zone(&self.zone).date()));
        let added = shift(late_days(echeance.date, 0, fin), self.tolerance, self.factor);
        self.keep(echeance, StatutEcheance::Faite, None, end);
        if let Some(last) = self.echeances.last_mut() {
            (last.fin, last.decalage) = (Some(fin), added);
        }
        if added != 0 {
            self.cadence.shift = Shift { days: self.cadence.shift.days + added, from: Some(k) };
        }
    }

    /// It waits for the open one; what waited before is given up.
    fn wait(&mut self, echeance: Explication, due: Instant) {
        for waited in self.echeances.iter_mut().filter(|it| it.statut == StatutEcheance::Reportee) {
            (waited.statut, waited.motif) = (StatutEcheance::Manquee, Some(WAITED));
        }
        self.keep(echeance, StatutEcheance::Reportee, Some(WAITS), due);
    }

    fn keep(
        &mut self,
        explication: Explication,
        statut: StatutEcheance,
        motif: Option<&'static str>,
        at: Instant,
    ) {
        self.echeances.push(Echeance { explication, statut, motif, fin: None, decalage: 0, at });
    }

    fn progress(&self) -> Progress {
        let next = self.cadence.at(self.echeances.len() as i64);
        let date = next.map(|next| next.date);
        Progress {
            prochain_k: self.echeances.len() as i64,
            prochaine_date: date,
            derniere_date: self.echeances.iter().filter_map(|echeance| echeance.fin).max(),
            shift: self.cadence.shift,
            a_generer_le: date
                .filter(|_| self.fate != Fate::Suspended)
                .and_then(|date| due_from(date, self.anticipation, &self.zone)),
        }
    }
}

fn due_days_ago(due: Instant, now: Instant) -> i64 {
    now.minutes_since(due) * MINUTE / DAY
}
