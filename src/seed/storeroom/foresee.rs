//! What the interventions and the workshop will want of the storeroom, and when.

use std::collections::HashMap;

use super::{Happening, Shelf, Storeroom, fits};
use crate::ids::EquipementId;
use crate::kernel::clock::Instant;
use crate::seed::job::{ATTENTE_PIECES, EN_COURS, PLANIFIE, Step};
use crate::seed::teller::{DAY, HOUR, MINUTE, later};

impl Storeroom<'_> {
    /// What the interventions and the workshop will want, and when.
    pub(super) fn foresee(&mut self, kinds: &HashMap<EquipementId, &str>) {
        for (job, told) in self.jobs.iter().enumerate() {
            let named = told.story.part.and_then(|part| self.shelf_of(part));
            let step = |to: &str, after: Instant| {
                let reached = |step: &&Step| step.to == Some(to) && step.date > after;
                told.history.iter().find(reached).map(|step| step.date)
            };
            let waits = step(ATTENTE_PIECES, told.creation);
            match (named, waits, told.debut) {
                (Some(shelf), Some(from), _) => {
                    self.at(from, shelf, Happening::Wait { job });
                    if let Some(to) = step(EN_COURS, from) {
                        let early = (to.as_second() - from.as_second()) / 3;
                        self.at(later(to, -early.min(4 * HOUR)), shelf, Happening::Supply);
                        self.at(to, shelf, Happening::GoOn { job });
                    } else if job % 3 == 0 {
                        self.at(later(self.end, -5 * HOUR), shelf, Happening::Supply);
                    }
                }
                (Some(shelf), None, Some(start)) => {
                    let quantite = self.shelves[shelf].per_use;
                    let brings_back = told.fin.is_some() && self.random.chance(8);
                    self.at(later(start, 5 * MINUTE), shelf, Happening::Take { job, quantite, brings_back });
                }
                (Some(shelf), None, None) if told.statut == PLANIFIE && told.technicien.is_some() => {
                    self.at(told.touched(), shelf, Happening::Reserve { job });
                }
                _ => {}
            }
            if let (Some(start), "preventive") = (told.debut, told.story.kind) {
                let kind = kinds.get(&told.equipement).copied().unwrap_or_default();
                let wanted: Vec<_> = (0..self.shelves.len())
                    .filter_map(|shelf| Some((shelf, self.shelves[shelf].preventive?)))
                    .filter(|(shelf, _)| fits(self.shelves[*shelf].kinds, kind))
                    .collect();
                for _ in 0..2 {
                    if let Some((shelf, quantite)) =
                        self.random.pick(&wanted).filter(|_| self.random.chance(55))
                    {
                        let take = Happening::Take { job, quantite, brings_back: false };
                        self.at(later(start, 5 * MINUTE), shelf, take);
                    }
                }
            }
        }
        for week in 0..104 {
            for shelf in 0..self.shelves.len() {
                let Shelf { kinds, story, .. } = self.shelves[shelf];
                let percent = if kinds == "-" {
                    45
                } else if kinds == "*" && story.is_none() {
                    9
                } else {
                    0
                };
                if self.random.chance(percent) {
                    let day = week * 7 + self.random.between(0, 4);
                    self.at(later(self.since, day * DAY + 9 * HOUR), shelf, Happening::Consume);
                }
            }
        }
    }

    pub(super) fn at(&mut self, moment: Instant, shelf: usize, what: Happening) {
        if moment <= self.end {
            let number = self.to_come.len() + self.moved.len();
            let free = (number..).find(|number| !self.to_come.contains_key(&(moment, *number)));
            self.to_come.insert((moment, free.unwrap_or(number)), (shelf, what));
        }
    }
}
