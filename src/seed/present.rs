//! What is open now, so that every screen has something to show: work under way, waiting for parts, planned
//! for the coming days, late, and not yet given to anyone.

use std::collections::BTreeSet;

use super::job::Job;
use super::plant::Machine;
use super::stories::Story;
use super::teller::{DAY, HOUR, MINUTE, Teller, later};
use crate::agenda::Interval;
use crate::ids::EquipementId;
use crate::kernel::clock::Instant;

/// The technicien that one can sign in as.
const OURS: usize = 0;

/// Stories drawn until one fits a person.
const DRAWS: usize = 500;

/// Open work being gathered; a machine is stopped by one intervention at a time.
#[derive(Default)]
struct Open {
    jobs: Vec<Job>,
    down: BTreeSet<EquipementId>,
}

impl Teller {
    /// About forty open interventions, and what ours has finished this morning. The diaries are still empty.
    pub fn present(&mut self) -> Vec<Job> {
        let now = self.plant.now;
        let mut open = Open::default();
        for index in 0..self.plant.crew.len() {
            self.under_way(&mut open, index);
        }
        self.done_today(&mut open);
        for days in [0, 0, 1, 2, 5, 6] {
            self.planned(&mut open, OURS, later(now, days * DAY));
        }
        for index in (0..self.plant.crew.len()).chain([OURS]) {
            self.planned_in_vain(&mut open, index);
            self.waiting(&mut open, index);
            let some_day = self.random.between(HOUR, 12 * DAY);
            self.planned(&mut open, index, later(now, some_day));
        }
        for broken in [true, true, false, false, false, false, false, false] {
            self.nobody_yet(&mut open, broken);
        }
        open.jobs
    }

    fn under_way(&mut self, open: &mut Open, index: usize) -> Option<()> {
        let worker = &self.plant.crew[index];
        if worker.is_taken(self.plant.now) {
            return None;
        }
        let slot = worker.under_way(self.plant.now, 180)?;
        let mut job = self.asked(open, index, slot, |story| story.kind != "ameliorative")?;
        let user = self.plant.crew[index].user;
        job.start(later(slot.0, 5 * MINUTE), user);
        open.jobs.push(job);
        Some(())
    }

    fn done_today(&mut self, open: &mut Open) -> Option<()> {
        let zone = &self.plant.grounds[self.plant.crew[OURS].site].zone;
        let morning = Instant::start_of(self.plant.now.in_zone(zone).date(), zone).ok()?;
        let slot = self.plant.crew[OURS].first_free(morning, 30)?;
        if slot.1 > self.plant.now {
            return None;
        }
        let mut job = self.asked(open, OURS, slot, |story| !story.stops)?;
        let user = self.plant.crew[OURS].user;
        job.start(slot.0, user);
        job.finish(slot.1, user);
        open.jobs.push(job);
        Some(())
    }

    fn planned(&mut self, open: &mut Open, index: usize, from: Instant) -> Option<()> {
        let slot = self.plant.crew[index].first_free(later(from, 10 * MINUTE), 90)?;
        let job = self.asked(open, index, slot, waits_well)?;
        open.jobs.push(job);
        Some(())
    }

    /// The slot is over and nobody came.
    fn planned_in_vain(&mut self, open: &mut Open, index: usize) -> Option<()> {
        let past = later(self.plant.now, -self.random.between(2 * DAY, 6 * DAY));
        let slot = self.plant.crew[index].first_free(past, 60)?;
        if slot.1 >= self.plant.now || self.random.chance(60) {
            return None;
        }
        let mut job = self.asked(open, index, slot, waits_well)?;
        job.limite = Some(slot.1);
        open.jobs.push(job);
        Some(())
    }

    fn waiting(&mut self, open: &mut Open, index: usize) -> Option<()> {
        let past = later(self.plant.now, -self.random.between(3 * DAY, 12 * DAY));
        let slot = self.plant.crew[index].first_free(past, 60)?;
        if slot.1 >= later(self.plant.now, -HOUR) {
            return None;
        }
        let mut job = self.asked(open, index, slot, |story| story.part.is_some())?;
        let user = self.plant.crew[index].user;
        job.start(slot.0, user);
        job.wait(slot.1, user, job.story.part.unwrap_or_default());
        open.jobs.push(job);
        Some(())
    }

    /// Asked for, given to nobody; half of it should be done by now.
    fn nobody_yet(&mut self, open: &mut Open, broken: bool) -> Option<()> {
        let fits = |_: &Machine, story: &Story| {
            if broken { story.kind == "corrective" && story.stops } else { waits_well(story) }
        };
        let (machine, story) = self.draw(open, fits)?;
        let days = if broken { 1 } else { 20 };
        let now = self.plant.now;
        let at = self.office_moment(machine, later(now, -days * DAY), later(now, -HOUR));
        let mut job = self.ask(machine, story, at);
        if !broken && self.random.chance(50) {
            job.limite = Some(later(at, now.minutes_since(at) * MINUTE / 2));
        }
        self.talk(&mut job, machine, None, self.plant.now);
        open.jobs.push(job);
        Some(())
    }

    /// An intervention that a person has been booked on.
    fn asked(
        &mut self,
        open: &mut Open,
        index: usize,
        slot: Interval,
        wanted: impl Fn(&Story) -> bool,
    ) -> Option<Job> {
        let worker = &self.plant.crew[index];
        let (site, skills) = (worker.site, worker.skills_at(slot.0));
        let (machine, story) = self.draw(open, |machine, story| {
            machine.site == site && story.competence.is_none_or(|key| skills.contains(&key)) && wanted(story)
        })?;
        let known = slot.0.min(self.plant.now);
        let at = self.office_moment(machine, later(known, -6 * DAY), later(known, -2 * HOUR));
        let assigned = self.office_moment(machine, at, known);
        let mut job = self.ask(machine, story, at);
        self.assign(&mut job, (index, slot), assigned);
        self.talk(&mut job, machine, Some(index), self.plant.now);
        Some(job)
    }

    fn draw(&mut self, open: &mut Open, fits: impl Fn(&Machine, &Story) -> bool) -> Option<(Machine, Story)> {
        (0..DRAWS).find_map(|_| {
            let (machine, story) = self.story()?;
            let possible = !machine.retired && fits(&machine, &story);
            (possible && (!story.stops || open.down.insert(machine.id))).then_some((machine, story))
        })
    }
}

/// Work that does not keep a broken machine waiting.
fn waits_well(story: &Story) -> bool {
    !(story.kind == "corrective" && story.stops)
}
