//! A plan with its calendar at hand, and where it stands on it.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::ids::PlanningId;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::planning::model::{Planning, Report, Sens, StatutPlanning};
use crate::planning::rules::{self, Cadence, Explication, Feries, Shift};
use crate::planning::store::{self, Progress};

pub struct Course {
    pub plan: Planning,
    pub zone: TimeZone,
    pub cadence: Cadence,
}

impl Course {
    pub fn load(db: &Reader<'_>, id: PlanningId) -> Result<Self> {
        Self::of(db, store::planning(db, id)?)
    }

    pub fn of(db: &Reader<'_>, plan: Planning) -> Result<Self> {
        let feries = match plan.report {
            Report { feries: Sens::Aucun, .. } => Feries::default(),
            _ => store::feries(db, &plan.pays)?,
        };
        let zone = db.zone(&plan.fuseau)?;
        Ok(Self::with(plan, feries, zone))
    }

    pub fn with(plan: Planning, feries: Feries, zone: TimeZone) -> Self {
        let cadence = Cadence {
            debut: plan.date_debut.0,
            fin: plan.date_fin.map(|Day(fin)| fin),
            frequence: plan.frequence,
            intervalle: plan.intervalle,
            report: plan.report,
            shift: Shift { days: plan.decalage_jours, from: plan.decalage_k },
            feries,
        };
        Self { plan, zone, cadence }
    }

    /// The civil day at the site.
    pub fn today(&self, now: Instant) -> Date {
        now.in_zone(&self.zone).date()
    }

    /// From when this échéance is to be generated; never, at the end of the calendar.
    pub fn due_from(&self, echeance: &Explication) -> Option<Instant> {
        rules::due_from(echeance.date, self.plan.anticipation_jours, &self.zone)
    }

    /// The échéances without a row, from number `k` on.
    pub fn foreseen(&self, k: i64, skipped: &BTreeSet<i64>) -> impl Iterator<Item = Explication> {
        self.cadence.from(k).filter(move |echeance| !skipped.contains(&echeance.k))
    }

    /// Writes where the plan stands now that it or its échéances have changed. Tells whether that differs.
    pub fn refresh(tx: &Tx<'_>, id: PlanningId) -> Result<bool> {
        let mut course = Self::load(tx, id)?;
        let (days, from, derniere_date) = store::totals(tx, id)?;
        course.cadence.shift = Shift { days, from };
        let before = course.plan.progress();
        let mut after = course.next(tx, course.plan.prochain_k)?;
        after.derniere_date = derniere_date;
        if let Some(due) = after.a_generer_le
            && due > tx.now()
        {
            // What waited for an open intervention waits no longer.
            let pending = store::pending(tx, id)?;
            if pending.waiting.is_some() && (course.plan.cumul || !pending.open) {
                after.a_generer_le = Some(tx.now());
            }
        }
        if before != after {
            store::set_progress(tx, id, &after)?;
        }
        Ok(before != after)
    }

    /// Where a plan stands when `k` is the first number that was not looked at.
    pub fn next(&self, db: &Reader<'_>, k: i64) -> Result<Progress> {
        let mut k = k;
        let skipped = store::skipped(db, self.plan.id, k)?;
        while skipped.contains(&k) {
            k += 1;
        }
        let next = self.cadence.at(k).filter(|_| self.plan.statut != StatutPlanning::Termine);
        let active = self.plan.statut == StatutPlanning::Actif;
        Ok(Progress {
            prochain_k: k,
            prochaine_date: next.as_ref().map(|next| next.date),
            derniere_date: self.plan.derniere_date,
            decalage_jours: self.cadence.shift.days,
            decalage_k: self.cadence.shift.from,
            a_generer_le: next.filter(|_| active).and_then(|next| self.due_from(&next)),
        })
    }
}

impl Planning {
    pub(super) fn progress(&self) -> Progress {
        Progress {
            prochain_k: self.prochain_k,
            prochaine_date: self.prochaine_date,
            derniere_date: self.derniere_date,
            decalage_jours: self.decalage_jours,
            decalage_k: self.decalage_k,
            a_generer_le: self.a_generer_le,
        }
    }
}
