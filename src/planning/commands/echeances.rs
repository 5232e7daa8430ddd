//! The échéances of a plan, kept and foreseen; and leaving one out.

use std::collections::{BinaryHeap, HashMap, VecDeque};

use jiff::ToSpan;
use jiff::civil::Date;

use super::course::Course;
use crate::events::Event;
use crate::ids::PlanningId;
use crate::kernel::clock::Day;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Listing, MAX_PAGE, MAX_PAGE_SIZE};
use crate::kernel::phrase::Language;
use crate::phrase;
use crate::planning::model::{
    Echeance, EcheanceQuery, Planning, Report, Sens, StatutEcheance, StatutPlanning, Upcoming,
    UpcomingFilters,
};
use crate::planning::rules::{Explication, Feries, FeriesParPays};
use crate::planning::store;

/// How far ahead échéances are foreseen when nobody says.
pub const HORIZON_MONTHS: i32 = 24;

/// Nobody plans beyond this.
pub const LONGEST_HORIZON_YEARS: i32 = 10;

/// Échéances of a list of which no page is asked for: every one that can be foreseen of a daily plan, and a year of those
/// that have come.
pub const MOST_LISTED: usize = 4000;

/// The échéances of a plan: those that have come, as they were kept, then those to come. Without a page, the latest
/// 4,000; no more than what is given is in memory.
///
/// # Errors
/// 404 without such a plan, 422 for a horizon beyond ten years or a page out of range.
pub fn echeances(
    db: &Reader<'_>,
    id: PlanningId,
    query: &EcheanceQuery,
    language: Language,
) -> Result<Listing<Echeance>> {
    let mut wanted = Wanted::of(query)?;
    let course = Course::load(db, id)?;
    let until = horizon(&course, course.today(db.now()), query.jusqu_au)?;
    let from = course.plan.prochain_k;
    let skipped = store::skipped(db, id, from)?;
    let mut foreseen = course.foreseen(from, &skipped).take_while(|next| next.date.0 <= until).peekable();
    let is_over = course.plan.statut == StatutPlanning::Termine;
    let is_shown = |statut| query.statut.is_empty() || query.statut.contains(&statut);
    let shows_foreseen = !is_over && is_shown(StatutEcheance::Prevue);
    store::each_echeance(db, id, language, |kept| {
        while shows_foreseen && let Some(next) = foreseen.next_if(|next| next.k < kept.k) {
            wanted.pass(|| prevue(&next, language));
        }
        if is_shown(kept.statut) {
            wanted.pass(|| kept);
        }
    })?;
    if shows_foreseen {
        foreseen.for_each(|next| wanted.pass(|| prevue(&next, language)));
    }
    Ok(wanted.listing())
}

/// Leaves an échéance out, before it is generated.
///
/// # Errors
/// 404 beyond the plan or ten years, 409 `deja_passee` once it has its intervention or is over.
pub fn skip(tx: &Tx<'_>, id: PlanningId, k: i64, motif: &str, language: Language) -> Result<Echeance> {
    let course = Course::load(tx, id)?;
    let by = tx.actor().user_id.map_or(Ok(tx.actor().name.clone()), |user| store::full_name(tx, user))?;
    let sautee = StatutEcheance::Sautee;
    match store::echeance(tx, id, k, Language::French)? {
        Some(waiting) if waiting.statut == StatutEcheance::Reportee => {
            store::set_statut(tx, id, k, sautee, Some(motif), Some(&by))?;
        }
        Some(over) => return Err(refused(&over)),
        None => {
            let today = course.today(tx.now());
            let last = course.cadence.debut.max(today).saturating_add(LONGEST_HORIZON_YEARS.years());
            let foreseen = course.cadence.at(k).filter(|foreseen| foreseen.date.0 <= last);
            let foreseen = foreseen.filter(|_| course.plan.statut != StatutPlanning::Termine);
            store::keep(tx, id, &foreseen.ok_or(Error::NotFound)?, sautee, Some(motif), Some(&by))?;
        }
    }
    if Course::refresh(tx, id)? {
        store::new_version(tx, id)?;
    }
    let skipped = store::echeance(tx, id, k, language)?.ok_or(Error::NotFound)?;
    tx.record(Event::EcheanceSautee(id), Change::created(&skipped)?)?;
    Ok(skipped)
}

/// The échéances of all active plans that fall between two civil days (both included) and have no row yet, by date:
/// the first `most` of them.
///
/// No more than `most` are in memory: once there are as many, a plan is looked at up to the latest of them only.
pub fn upcoming(
    db: &Reader<'_>,
    (from, to): (Day, Day),
    filters: &UpcomingFilters,
    feries: &FeriesParPays,
    most: usize,
) -> Result<Vec<Upcoming>> {
    let plans = store::active_until(db, to, filters, most)?;
    let skipped = store::skipped_of(db, &plans.iter().map(|plan| plan.id).collect::<Vec<_>>())?;
    let none = Default::default();
    let mut first = BinaryHeap::with_capacity(most + 1);
    let mut known = HashMap::with_capacity(plans.len());
    for plan in plans {
        let feries = match plan.report {
            Report { feries: Sens::Aucun, .. } => Feries::default(),
            _ => feries.of(&plan.pays),
        };
        let zone = db.zone(&plan.fuseau)?;
        let course = Course::with(plan, feries, zone);
        let id = course.plan.id;
        let Some(start) = course.cadence.first_from(from.0) else { continue };
        let left_out = skipped.get(&id).unwrap_or(&none);
        for next in course.foreseen(start.max(course.plan.prochain_k), left_out) {
            if next.date > to {
                break;
            }
            if course.cadence.is_merged(&next) {
                continue;
            }
            let place = (next.date, id, next.k);
            // The dates of one plan only grow.
            if first.len() == most && first.peek().is_none_or(|last| place > *last) {
                break;
            }
            first.push(place);
            if first.len() > most {
                first.pop();
            }
        }
        known.insert(id, course.plan);
    }
    let all = first.into_sorted_vec().into_iter();
    Ok(all.filter_map(|(date, id, k)| Some(to_come(known.get(&id)?, date, k))).collect())
}

fn to_come(plan: &Planning, date: Day, k: i64) -> Upcoming {
    Upcoming {
        planning_id: plan.id,
        titre: plan.titre.clone(),
        equipement_id: plan.equipement_id,
        equipement_code: plan.equipement_code.clone(),
        equipement_nom: plan.equipement_nom.clone(),
        site_id: plan.site_id,
        site_nom: plan.site_nom.clone(),
        technicien_id: plan.technicien_id,
        technicien_nom: plan.technicien_nom.clone(),
        priorite: plan.priorite,
        duree_estimee_min: plan.duree_estimee_min,
        k,
        date,
        version: plan.version,
        updated_at: plan.updated_at,
    }
}

/// The last day that is looked at: as asked for, or 24 months after today or the plan's beginning.
fn horizon(course: &Course, today: Date, asked: Option<Day>) -> Result<Date> {
    let start = course.cadence.debut.max(today);
    let last = start.saturating_add(LONGEST_HORIZON_YEARS.years());
    match asked {
        Some(Day(asked)) if asked > last => {
            let last = Day(last);
            let message = phrase!("au plus tard le {last}", "{last} at the latest");
            Err(Error::invalid("jusqu_au", "trop_grand", message))
        }
        Some(Day(asked)) => Ok(asked),
        None => Ok(start.saturating_add(HORIZON_MONTHS.months())),
    }
}

fn prevue(next: &Explication, language: Language) -> Echeance {
    Echeance {
        k: next.k,
        date: next.date,
        statut: StatutEcheance::Prevue,
        intervention_id: None,
        numero: None,
        explication: next.text(language),
        motif: None,
        auteur: None,
        date_fin: None,
        decalage_jours: 0,
    }
}

/// What is wanted of échéances that pass by one after another.
struct Wanted {
    /// `None` for the latest.
    page: Option<i64>,
    page_size: usize,
    passed: usize,
    kept: VecDeque<Echeance>,
}

impl Wanted {
    fn of(query: &EcheanceQuery) -> Result<Self> {
        let within = |champ: &str, value: Option<i64>, most: i64| match value {
            Some(value) if !(1..=most).contains(&value) => {
                Err(Error::invalid(champ, "valeur_invalide", phrase!("de 1 à {most}", "from 1 to {most}")))
            }
            _ => Ok(()),
        };
        within("page", query.page, MAX_PAGE)?;
        within("page_size", query.page_size, MAX_PAGE_SIZE)?;
        let is_paged = query.page.or(query.page_size).is_some();
        let page_size = if is_paged { query.page_size.unwrap_or(50) as usize } else { MOST_LISTED };
        let page = is_paged.then(|| query.page.unwrap_or(1));
        Ok(Self { page, page_size, passed: 0, kept: VecDeque::new() })
    }

    fn pass(&mut self, one: impl FnOnce() -> Echeance) {
        let at = self.passed;
        self.passed += 1;
        match self.page {
            Some(page) if at / self.page_size + 1 == page as usize => self.kept.push_back(one()),
            Some(_) => {}
            None => {
                if self.kept.len() == self.page_size {
                    self.kept.pop_front();
                }
                self.kept.push_back(one());
            }
        }
    }

    fn listing(self) -> Listing<Echeance> {
        Listing {
            items: self.kept.into(),
            total: self.passed as i64,
            total_exact: true,
            page: self.page.unwrap_or(1),
            page_size: self.page_size as i64,
            next_cursor: None,
        }
    }
}

fn refused(over: &Echeance) -> Error {
    let (k, statut) = (over.k, over.statut.label());
    let [fr, en, ar] = Language::ALL.map(|language| statut.text(language).to_lowercase());
    Error::conflict(
        "deja_passee",
        phrase!(
            "L’échéance {k} est {fr} : seule une échéance à venir ou reportée se saute. Annulez son intervention s’il y en a une.",
            "Échéance {k} is {en}: only one to come or postponed can be skipped. Cancel its intervention if it has one.",
            "الاستحقاق رقم {k}: {ar}. لا يُتخطّى إلا استحقاق قادم أو مؤجل. ألغِ تدخله إن وُجد."
        ),
    )
    .with("statut", over.statut)
}
