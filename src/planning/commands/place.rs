//! When the plan's technicien does it.

use jiff::civil::Time;

use super::course::Course;
use crate::agenda::{self, Slot};
use crate::ids::TechnicienId;
use crate::interventions::CompetenceDemandee;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::kernel::phrase::{ARABIC_DAY, Phrase};
use crate::phrase;
use crate::planning::model::Planning;
use crate::techniciens;

/// Minutes booked for a plan that estimates none.
pub const USUAL_MIN: i64 = 60;

pub enum Placed {
    /// The plan names nobody.
    Nobody,
    At(TechnicienId, Slot),
    /// It names somebody who can, but has no time for it that day; why.
    WithoutSlot(TechnicienId, Phrase),
    /// It names somebody who cannot; why.
    Impossible(Phrase),
}

/// The first time on an échéance's day at which its technicien is at work and free, from the hour that the plan
/// asks for on. What should have been done by now is placed today, from now on.
pub fn place(db: &Reader<'_>, course: &Course, date: Day, needs: &[CompetenceDemandee]) -> Result<Placed> {
    let plan = &course.plan;
    let Some(technicien) = plan.technicien_id else { return Ok(Placed::Nobody) };
    let nom = plan.technicien_nom.as_deref().unwrap_or_default();
    let day = date.0.max(course.today(db.now()));
    let required: Vec<_> = needs.iter().map(|need| (need.competence_id, need.niveau)).collect();
    if let Some(obstacle) = techniciens::obstacles(db, technicien, &required, Day(day))?.first() {
        return Ok(Placed::Impossible(obstacle.sentence(nom)));
    }
    let minutes = plan.duree_estimee_min.unwrap_or(USUAL_MIN);
    let slot = match window(course, day, db.now()) {
        Some(window) => agenda::first_free(db, technicien, window, minutes)?,
        None => None,
    };
    Ok(slot.map_or_else(
        || Placed::WithoutSlot(technicien, nowhere(plan, nom, Day(day), minutes)),
        |slot| Placed::At(technicien, slot),
    ))
}

/// When work may begin on a day.
fn window(course: &Course, day: jiff::civil::Date, now: Instant) -> Option<agenda::Interval> {
    let hour = course.plan.heure_debut.map_or(Time::midnight(), |hour| hour.0);
    let start: Instant = day.to_datetime(hour).to_zoned(course.zone.clone()).ok()?.timestamp().into();
    let end = Instant::start_of(day.tomorrow().ok()?, &course.zone).ok()?;
    Some((if start < now { agenda::round_up(now) } else { start }, end))
}

fn nowhere(plan: &Planning, nom: &str, day: Day, minutes: i64) -> Phrase {
    let from = plan.heure_debut.map_or(String::new(), |hour| format!(" à partir de {hour}"));
    let from_en = plan.heure_debut.map_or(String::new(), |hour| format!(" from {hour} on"));
    let from_ar = plan.heure_debut.map_or(String::new(), |hour| format!(" ابتداءً من الساعة {hour}"));
    let (date, date_ar) = (day.0.strftime("%d/%m/%Y"), day.0.strftime(ARABIC_DAY));
    phrase!(
        "{nom} n’a pas {minutes} min de libres dans ses heures le {date}{from}.",
        "{nom} has no {minutes} min free within working hours on {day}{from_en}.",
        "ليس لدى \u{2068}{nom}\u{2069} وقت كافٍ (\u{2068}{minutes} min\u{2069}) ضمن ساعات عمله يوم \u{2068}{date_ar}\u{2069}{from_ar}."
    )
}
