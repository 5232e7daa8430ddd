//! What the past and the present of the demo plant have in common: how work is asked for, who takes it, what
//! people say about it.

use std::time::Duration;

use super::job::{Comment, Job};
use super::plant::{Machine, Plant};
use super::random::Random;
use super::stories::Story;
use crate::agenda::Interval;
use crate::kernel::clock::Instant;

pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 3600;
pub const DAY: i64 = 86_400;

const STOPPED: &[(i64, &str)] = &[(25, "urgente"), (45, "haute"), (30, "normale")];
const RUNNING: &[(i64, &str)] = &[(15, "haute"), (55, "normale"), (30, "basse")];
const PLANNED: &[(i64, &str)] = &[(5, "haute"), (70, "normale"), (25, "basse")];

const REPORTERS: &[&str] = &[
    "Signalé par le conducteur de ligne.",
    "Signalé à la relève de poste.",
    "Relevé pendant la ronde.",
    "Demandé par la production, à coordonner avec le chef d’équipe.",
    "Constaté par le service qualité.",
];

/// Among the plant's own people.
const NOTES: &[&str] = &[
    "Il ne reste qu’une pièce en magasin, réapprovisionnement demandé.",
    "Accès difficile : prévoir l’escabeau et un second collègue la prochaine fois.",
    "Vu avec l’équipe suivante, elle surveille.",
    "À refaire proprement au prochain arrêt programmé.",
    "Le fournisseur est prévenu, réponse attendue demain.",
    "Deuxième fois en trois mois : à proposer en fiche d’amélioration.",
];

const ANSWERS: &[&str] = &[
    "Intervention calée avec la production pendant le changement de format.",
    "Nous vous prévenons dès la remise en service.",
    "La machine peut tourner à cadence réduite en attendant.",
    "Consignation prévue, merci de libérer la zone.",
];

const FROM_CLIENTS: &[&str] = &[
    "Merci de prévenir le chef d’équipe avant l’arrêt.",
    "La ligne doit repartir avant 14 h pour la commande export.",
    "Le défaut est revenu ce matin pendant dix minutes.",
    "Pouvez-vous confirmer le créneau ?",
    "Photo prise par l’opérateur, elle est au bureau de ligne.",
];

pub struct Teller {
    pub plant: Plant,
    pub random: Random,
}

impl Teller {
    /// Tells a part of the story by a chance of its own, so that it changes nothing of the rest.
    pub fn aside<T>(&mut self, seed: u64, tell: impl FnOnce(&mut Self) -> T) -> T {
        let rest = std::mem::replace(&mut self.random, Random::new(seed));
        let told = tell(self);
        self.random = rest;
        told
    }

    /// A machine and what happens to it.
    pub fn story(&mut self) -> Option<(Machine, Story)> {
        let weighted: Vec<_> = self.plant.machines.iter().map(|machine| (machine.weight, *machine)).collect();
        let machine = self.random.weighted(&weighted)?;
        Some((machine, self.plant.stories.tell(&mut self.random, machine.kind)?))
    }

    /// The responsable of the site writes it down.
    pub fn ask(&mut self, machine: Machine, story: Story, at: Instant) -> Job {
        let ground = self.plant.ground(machine);
        let (by, zone) = (ground.responsable, ground.zone.clone());
        let urgencies = match story.kind {
            "corrective" if story.stops => STOPPED,
            "corrective" | "diagnostic" => RUNNING,
            _ => PLANNED,
        };
        let priorite = self.random.weighted(urgencies).unwrap_or("normale");
        let mut job = Job::created(story, machine.id, priorite, by, at, zone);
        job.gamme = self.plant.gammes.given(story.titre, at);
        job.competence = story.competence.and_then(|key| self.plant.competence(key));
        if story.kind == "corrective" && self.random.chance(75) {
            job.broke(Duration::from_secs(self.random.between(3, 90).unsigned_abs() * 60));
        }
        if story.is_failure() && self.random.chance(60) {
            let reporter = self.random.pick(REPORTERS).unwrap_or_default();
            job.description = format!("{} {reporter}", story.symptome);
        }
        let days = match (story.is_failure(), priorite) {
            (false, _) => 30,
            (_, "urgente") => 1,
            (_, "haute") => 4,
            (_, "normale") => 12,
            _ => 35,
        };
        let limite = (at.as_second() / HOUR) * HOUR + days * DAY;
        job.limite = self.random.chance(80).then_some(Instant::from_second(limite));
        job
    }

    /// Seconds from the request to the earliest start.
    pub fn patience(&mut self, job: &Job) -> i64 {
        match (job.story.is_failure(), job.priorite) {
            (false, _) => self.random.between(3 * DAY, 14 * DAY),
            (_, "urgente") => self.random.between(10 * MINUTE, HOUR),
            (_, "haute") => self.random.between(HOUR, 20 * HOUR),
            (_, "normale") => self.random.between(3 * HOUR, 5 * DAY),
            _ => self.random.between(2 * DAY, 15 * DAY),
        }
    }

    /// Minutes the work takes, on quarter hours.
    pub fn minutes(&mut self, story: Story) -> i64 {
        self.random.between(story.minutes.0 / 15, story.minutes.1 / 15) * 15
    }

    /// Who takes it and when: the sooner of two people of the site who may.
    pub fn taker(
        &mut self,
        machine: Machine,
        story: Story,
        from: Instant,
        minutes: i64,
    ) -> Option<(usize, Interval)> {
        let able: Vec<usize> = (0..self.plant.crew.len())
            .filter(|index| {
                let worker = &self.plant.crew[*index];
                worker.site == machine.site && worker.may(story.competence, from)
            })
            .collect();
        let asked = [self.random.pick(&able)?, self.random.pick(&able)?];
        let offers = asked.into_iter().filter_map(|index| {
            let worker = &self.plant.crew[index];
            let slot = worker.first_free(from, minutes)?;
            worker.may(story.competence, slot.0).then_some((index, slot))
        });
        offers.min_by_key(|(_, slot)| slot.0)
    }

    /// Books the lead; at times somebody helps.
    pub fn assign(&mut self, job: &mut Job, (index, slot): (usize, Interval), at: Instant) {
        let by = job.cree_par;
        let worker = &mut self.plant.crew[index];
        worker.book(slot);
        job.assign(worker.id, worker.name, slot, at, by);
        let (site, long) = (worker.site, slot.1.minutes_since(slot.0) >= 90);
        if long && self.random.chance(18) {
            let others = self.plant.crew.iter_mut().enumerate();
            let free = |(other, worker): &(usize, &mut super::crew::Worker)| {
                *other != index && worker.site == site && worker.is_free(slot)
            };
            if let Some((_, helper)) = others.into_iter().find(free) {
                helper.book(slot);
                job.reinforce(helper.id, helper.name, slot, at, by);
            }
        }
    }

    /// A moment between two others, by day unless there is no day between.
    pub fn office_moment(&mut self, machine: Machine, from: Instant, to: Instant) -> Instant {
        let moment = Instant::from_second(self.random.between(from.as_second(), to.as_second()));
        let local = moment.in_zone(&self.plant.ground(machine).zone);
        let to_eight = match local.hour() {
            hour @ 0..7 => 8 - i64::from(hour),
            hour @ 19.. => 32 - i64::from(hour),
            _ => 0,
        };
        let by_day = later(moment, to_eight * HOUR);
        if by_day <= to { by_day } else { moment }
    }

    /// People comment, from the request until `until`.
    pub fn talk(&mut self, job: &mut Job, machine: Machine, worker: Option<usize>, until: Instant) {
        if !self.random.chance(35) {
            return;
        }
        let ground = self.plant.ground(machine);
        let (client, responsable) = (ground.client, ground.responsable);
        for _ in 0..self.random.between(1, 3) {
            let (user, texts, internal) = match (self.random.between(1, 3), worker) {
                (1, Some(index)) => (self.plant.crew[index].user, NOTES, true),
                (2, _) => (client, FROM_CLIENTS, false),
                _ => (responsable, ANSWERS, false),
            };
            let date = self.random.between(job.creation.as_second(), until.as_second());
            let text = self.random.pick(texts).unwrap_or_default();
            if job.comments.iter().all(|comment| comment.text != text) {
                job.comments.push(Comment { date: Instant::from_second(date), user, text, internal });
            }
        }
        job.comments.sort_by_key(|comment| comment.date);
    }
}

/// `seconds` after `instant`.
pub fn later(instant: Instant, seconds: i64) -> Instant {
    Instant::from_second(instant.as_second() + seconds)
}
