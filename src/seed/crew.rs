//! The techniciens while their days are being filled: when each works, what they know, what they have booked.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::people::Hand;
use crate::agenda::{Horaire, Interval, free};
use crate::ids::{TechnicienId, UserId};
use crate::kernel::clock::Instant;

const DAY: Duration = Duration::from_secs(86_400);

/// Slots begin on a quarter hour.
const QUARTER: i64 = 900;

/// Nobody waits longer than two weeks for a place in a diary.
const LOOKS_AHEAD_DAYS: u32 = 14;

pub struct Worker {
    pub id: TechnicienId,
    pub user: UserId,
    pub username: &'static str,
    pub name: &'static str,
    /// Place in the plant's grounds.
    pub site: usize,
    zone: TimeZone,
    horaire: Horaire,
    /// Key and last day of each compétence.
    skills: Vec<(&'static str, Option<Date>)>,
    /// Disjoint booked times and absences, end by start.
    busy: BTreeMap<Instant, Instant>,
}

impl Worker {
    pub fn new(
        (id, user): (TechnicienId, UserId),
        hand: &Hand,
        zone: TimeZone,
        horaire: Horaire,
        skills: Vec<(&'static str, Option<Date>)>,
        absences: impl IntoIterator<Item = Interval>,
    ) -> Self {
        let busy = absences.into_iter().collect();
        Self {
            id,
            user,
            username: hand.username,
            name: hand.name,
            site: hand.site,
            zone,
            horaire,
            skills,
            busy,
        }
    }

    /// Whether they may do what needs this compétence on the day of a slot.
    pub fn may(&self, competence: Option<&str>, at: Instant) -> bool {
        competence.is_none_or(|needed| self.skills_at(at).contains(&needed))
    }

    /// The compétences that count on a day.
    pub fn skills_at(&self, at: Instant) -> Vec<&'static str> {
        let day = at.in_zone(&self.zone).date();
        let valid = self.skills.iter().filter(|(_, until)| until.is_none_or(|last| day <= last));
        valid.map(|(key, _)| *key).collect()
    }

    /// Whether something is in the diary for this moment.
    pub fn is_taken(&self, at: Instant) -> bool {
        self.busy.range(..=at).next_back().is_some_and(|(_, end)| *end > at)
    }

    /// The first slot of this many minutes, at `from` or later.
    pub fn first_free(&self, from: Instant, minutes: i64) -> Option<Interval> {
        (0..LOOKS_AHEAD_DAYS).find_map(|days| {
            let start = from.plus(DAY * days);
            // Windows longer than the day looked at, so that a shift is not cut at its end.
            self.free_in((start, start.plus(DAY * 2))).into_iter().find_map(|(start, end)| {
                let start = next_quarter(start);
                let fin = start.plus(Duration::from_secs(minutes.unsigned_abs() * 60));
                (fin <= end).then_some((start, fin))
            })
        })
    }

    /// The slot that they have been working in since half an hour or more: now, or when they last worked.
    pub fn under_way(&self, now: Instant, minutes: i64) -> Option<Interval> {
        let before = (now.minus(DAY * 7), now.minus(Duration::from_secs(30 * 60)));
        let (opened, until) = *self.free_in(before).last()?;
        let start = next_quarter(opened.max(until.minus(Duration::from_secs(45 * 60))));
        let (from, end) = *self.free_in((start, start.plus(DAY))).first()?;
        let fin = end.min(start.plus(Duration::from_secs(minutes.unsigned_abs() * 60)));
        (from == start && start < until && start < fin).then_some((start, fin))
    }

    /// Whether they work and have nothing else in the whole slot.
    pub fn is_free(&self, slot: Interval) -> bool {
        self.free_in(slot) == [slot]
    }

    pub fn book(&mut self, (start, end): Interval) {
        self.busy.insert(start, end);
    }

    fn free_in(&self, (from, to): Interval) -> Vec<Interval> {
        let booked = self.busy.range(..to).rev().take_while(|(_, end)| **end > from);
        let booked = booked.map(|(start, end)| (*start, *end)).collect();
        free(self.horaire.windows(from, to, &self.zone), booked)
    }
}

fn next_quarter(instant: Instant) -> Instant {
    Instant::from_second((instant.as_second() + QUARTER - 1).div_euclid(QUARTER) * QUARTER)
}
