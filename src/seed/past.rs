//! Two years of finished work, with its waits for parts, its second attempts and its cancellations.

use super::job::Job;
use super::plant::{MEMORY, Machine};
use super::stories::Story;
use super::teller::{DAY, HOUR, MINUTE, Teller, later};
use crate::agenda::Interval;
use crate::kernel::clock::Instant;

const CANCELLED_BECAUSE: &[&str] = &[
    "Doublon d’une intervention déjà ouverte.",
    "Machine arrêtée pour transformation, à reprogrammer.",
    "Défaut disparu après le redémarrage, plus rien à faire.",
    "Reportée par la production à la prochaine campagne.",
];

const REOPENED_BECAUSE: &[&str] = &[
    "Le défaut est revenu à la prise de poste.",
    "Fuite légère constatée après deux heures de marche.",
    "Réglage à reprendre, la qualité a bloqué un lot.",
];

impl Teller {
    /// About this many finished interventions.
    pub fn past(&mut self, count: usize) -> Vec<Job> {
        // Some attempts find nobody free, or would end in the future.
        let attempts = count * 3;
        (0..attempts).filter_map(|_| self.finished()).take(count).collect()
    }

    fn finished(&mut self) -> Option<Job> {
        let (machine, story) = self.story()?;
        let at = self.moment(machine, story)?;
        let mut job = self.ask(machine, story, at);
        let wanted = later(at, self.patience(&job));
        let minutes = self.minutes(story);
        let (index, slot) = self.taker(machine, story, wanted, minutes)?;
        if slot.1 >= later(self.plant.now, -HOUR) {
            return None;
        }
        let assigned = self.office_moment(machine, at, slot.0);
        if self.random.chance(4) {
            return Some(self.cancelled(job, machine, index, slot));
        }
        self.assign(&mut job, (index, slot), assigned);
        let user = self.plant.crew[index].user;
        let late = self.random.between(0, 10) * MINUTE;
        job.start(later(slot.0, late), user);
        let end = self.wait_for_parts(&mut job, machine, index, slot);
        job.finish(end, user);
        let end = self.try_again(&mut job, index).unwrap_or(end);
        self.approve(&mut job, machine, end);
        self.talk(&mut job, machine, Some(index), end);
        Some(job)
    }

    /// When it is asked for: failures at any hour but mostly by day, planned work in the morning.
    fn moment(&mut self, machine: Machine, story: Story) -> Option<Instant> {
        let (now, zone) = (self.plant.now, self.plant.ground(machine).zone.clone());
        let remembered = now.minus(MEMORY);
        let day = Instant::from_second(self.random.between(remembered.as_second() + DAY, now.as_second()));
        let day = day.in_zone(&zone).date();
        let sunday = day.weekday() == jiff::civil::Weekday::Sunday;
        if sunday && (!story.is_failure() || self.random.chance(60)) {
            return None;
        }
        let hour = match (story.is_failure(), self.random.chance(85)) {
            (false, _) => self.random.between(8 * 60, 11 * 60),
            (true, true) => self.random.between(6 * 60, 20 * 60),
            (true, false) => self.random.between(0, 24 * 60 - 1),
        };
        let moment = later(Instant::start_of(day, &zone).ok()?, hour * MINUTE);
        // A machine that was retired half a year ago needed work before.
        let last = later(now, if machine.retired { -180 * DAY } else { -HOUR });
        (moment > later(remembered, 2 * HOUR) && moment < last).then_some(moment)
    }

    /// Nobody keeps the slot of what was given up before it began.
    fn cancelled(&mut self, mut job: Job, machine: Machine, index: usize, slot: Interval) -> Job {
        let by = job.cree_par;
        let mut known = job.creation;
        if self.random.chance(50) {
            known = self.office_moment(machine, known, slot.0);
            let worker = &self.plant.crew[index];
            job.assign(worker.id, worker.name, slot, known, by);
        }
        let given_up = self.office_moment(machine, known, slot.0);
        let why = self.random.pick(CANCELLED_BECAUSE).unwrap_or_default();
        job.cancel(given_up, by, why);
        job
    }

    /// The work may stop for a part; returns when it is over.
    fn wait_for_parts(&mut self, job: &mut Job, machine: Machine, index: usize, slot: Interval) -> Instant {
        let waits = job.story.kind == "corrective" && self.random.chance(20);
        let (Some(part), true) = (job.story.part, waits) else { return slot.1 };
        let delivered = later(slot.1, self.random.between(18 * HOUR, 9 * DAY));
        let Some(second) = self.second_slot(job, index, delivered) else { return slot.1 };
        let user = self.plant.crew[index].user;
        job.wait(slot.1, user, part);
        let known = self.office_moment(machine, slot.1, delivered);
        self.assign(job, (index, second), known);
        job.resume(second.0, user);
        second.1
    }

    /// What comes back is done again; returns when that is over.
    fn try_again(&mut self, job: &mut Job, index: usize) -> Option<Instant> {
        if !job.story.is_failure() || !self.random.chance(3) {
            return None;
        }
        let back = later(job.fin?, self.random.between(2 * HOUR, 2 * DAY));
        let second = self.second_slot(job, index, later(back, HOUR))?;
        let why = self.random.pick(REOPENED_BECAUSE).unwrap_or_default();
        job.reopen(back, job.cree_par, why);
        self.assign(job, (index, second), later(back, 20 * MINUTE));
        job.finish(second.1, self.plant.crew[index].user);
        Some(second.1)
    }

    /// Another slot of the same person, if it is over by now.
    fn second_slot(&mut self, job: &Job, index: usize, from: Instant) -> Option<Interval> {
        let minutes = self.minutes(job.story);
        let worker = &self.plant.crew[index];
        let slot = worker.first_free(from, minutes)?;
        let done = slot.1 < later(self.plant.now, -HOUR);
        (done && worker.may(job.story.competence, slot.0)).then_some(slot)
    }

    /// The responsable reads the report within three days.
    pub fn approve(&mut self, job: &mut Job, machine: Machine, end: Instant) {
        let read = self.office_moment(machine, later(end, HOUR), later(end, 3 * DAY));
        if read <= self.plant.now && self.random.chance(94) {
            job.validate(read, job.cree_par);
        }
    }
}
