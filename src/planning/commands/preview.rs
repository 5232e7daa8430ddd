//! What a plan would do, before it is saved or after.

use jiff::ToSpan;

use super::course::Course;
use super::echeances::HORIZON_MONTHS;
use super::place::USUAL_MIN;
use super::plans::draft;
use crate::agenda::{self, Interval};
use crate::ids::{CompetenceId, PlanningId, TechnicienId};
use crate::interventions::check_competences;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::Reader;
use crate::kernel::error::{Error, Result};
use crate::kernel::phrase::Language;
use crate::planning::model::{Apercu, NewPlanning, Prevision};
use crate::planning::rules::{self, Booked};
use crate::planning::store;
use crate::techniciens;

/// Rows of a preview; a daily plan of 24 months has 731.
pub const MOST_PREVIEWED: usize = 1000;

/// # Errors
/// 422 for what the body refers to, or when its fields contradict one another: as creating would say.
pub fn preview(db: &Reader<'_>, new: NewPlanning, language: Language) -> Result<Apercu> {
    let competences = new.competences_requises.clone();
    let course = Course::of(db, draft(db, new)?)?;
    check_competences(db, &competences)?;
    let needs: Vec<_> = competences.iter().map(|need| (need.competence_id, need.niveau)).collect();
    // One that began long ago is shown from today on.
    let today = course.today(db.now());
    let long_ago = course.cadence.debut < today.saturating_sub(HORIZON_MONTHS.months());
    let first = if long_ago { course.cadence.first_from(today) } else { Some(0) };
    look_ahead(db, &course, first, &needs, language)
}

/// The same of a plan that is kept, from its next échéance on.
pub fn preview_saved(db: &Reader<'_>, id: PlanningId, language: Language) -> Result<Apercu> {
    let course = Course::load(db, id)?;
    let needs: Vec<_> =
        store::competences(db, id)?.iter().map(|need| (need.competence_id, need.niveau)).collect();
    let first = course.plan.prochaine_date.map(|_| course.plan.prochain_k);
    look_ahead(db, &course, first, &needs, language)
}

fn look_ahead(
    db: &Reader<'_>,
    course: &Course,
    first: Option<i64>,
    needs: &[(CompetenceId, i64)],
    language: Language,
) -> Result<Apercu> {
    let (plan, today) = (&course.plan, course.today(db.now()));
    let until = course.cadence.debut.max(today).saturating_add(HORIZON_MONTHS.months());
    let skipped = store::skipped(db, plan.id, plan.prochain_k)?;
    let foreseen: Vec<_> = first
        .into_iter()
        .flat_map(|first| course.foreseen(first, &skipped))
        .take_while(|next| next.date.0 <= until)
        .filter(|next| !course.cadence.is_merged(next))
        .take(MOST_PREVIEWED)
        .collect();
    let dates: Vec<Day> = foreseen.iter().map(|next| next.date).collect();
    let from = dates.first().map_or(today, |first| first.0.min(course.cadence.debut.max(today)));
    let window = (start(from, course)?, start(until.saturating_add(1.day()), course)?);
    let people = match plan.technicien_id {
        Some(technicien) => vec![technicien],
        None if needs.is_empty() => Vec::new(),
        None => techniciens::qualified(db, needs, Day(today))?,
    };
    let booked = people.into_iter().map(|person| booked(db, person, window)).collect::<Result<Vec<_>>>()?;
    let minutes = plan.duree_estimee_min.unwrap_or(USUAL_MIN);
    let prevision = |next: &rules::Explication| Prevision {
        k: next.k,
        date: next.date,
        explication: next.text(language),
    };
    Ok(Apercu {
        echeances: foreseen.iter().map(prevision).collect(),
        charge: rules::charge(&dates, minutes, &booked, (from, until), &course.zone),
    })
}

fn booked(db: &Reader<'_>, technicien: TechnicienId, window: Interval) -> Result<Booked> {
    let taken = agenda::booked(db, technicien, window)?;
    let times = |absent: bool| {
        let kind = taken.iter().filter(move |taken| taken.absence_id.is_some() == absent);
        kind.map(|taken| (taken.debut, taken.fin)).collect::<Vec<_>>()
    };
    let worked = agenda::working_windows(db, technicien, window)?;
    Ok(Booked { technicien, present: agenda::free(worked, times(true)), slots: times(false) })
}

fn start(day: jiff::civil::Date, course: &Course) -> Result<Instant> {
    Instant::start_of(day, &course.zone).map_err(|cause| Error::Internal(cause.into()))
}
