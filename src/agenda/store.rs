//! SQL of the agenda. It reads other slices' tables, for it stands below all of them.

use std::time::Duration;

use jiff::tz::TimeZone;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Row, named_params};

use super::horaire::Horaire;
use super::model::{Conflit, Slot, Suggestion};
use super::rules::{self, Interval};
use crate::clients::plant_zone;
use crate::ids::{InterventionId, TechnicienId};
use crate::kernel::clock::Instant;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;

const DAY: Duration = Duration::from_secs(86_400);

/// How far ahead a free slot is looked for.
const HORIZON: Duration = Duration::from_secs(14 * 86_400);

/// Who is booked for longest in this time comes last.
const LOAD_PERIOD: Duration = Duration::from_secs(7 * 86_400);

/// What stands in the way of a slot, earliest first; slots of `except` do not count.
pub fn conflicts(
    db: &Reader<'_>,
    technicien: TechnicienId,
    slot: Slot,
    except: Option<InterventionId>,
) -> Result<Vec<Conflit>> {
    occupations(db, technicien, (slot.debut, slot.fin), except)
}

/// Everything that a person is booked for or absent in a window, earliest first.
pub fn booked(db: &Reader<'_>, technicien: TechnicienId, window: Interval) -> Result<Vec<Conflit>> {
    occupations(db, technicien, window, None)
}

/// The wall clock of where a person works, which their hours and days are of: that of their site, or of most sites for
/// whom none is kept.
///
/// # Errors
/// `NotFound` when there is no such technicien.
pub fn person_zone(db: &Reader<'_>, technicien: TechnicienId) -> Result<TimeZone> {
    let name: Option<String> = db.one(
        "select s.fuseau from techniciens t left join sites s on s.id = t.site_id where t.id = :id",
        named_params! { ":id": technicien },
        |row| row.get(0),
    )?;
    name.map_or_else(|| plant_zone(db), |name| db.zone(&name))
}

/// Whether a part of the slot lies outside the person's working hours; false when none are kept.
///
/// # Errors
/// `NotFound` when there is no such technicien.
pub fn outside_hours(db: &Reader<'_>, technicien: TechnicienId, slot: Slot) -> Result<bool> {
    let Some(horaire) = horaire(db, technicien)? else { return Ok(false) };
    Ok(!horaire.covers(slot, &person_zone(db, technicien)?))
}

/// When a person works in a window: their own hours, or Monday to Friday 08:00 to 18:00 when none are kept.
///
/// # Errors
/// `NotFound` when there is no such technicien.
pub fn working_windows(
    db: &Reader<'_>,
    technicien: TechnicienId,
    (from, to): Interval,
) -> Result<Vec<Interval>> {
    let horaire = horaire(db, technicien)?.unwrap_or_else(Horaire::office);
    Ok(horaire.windows(from, to, &person_zone(db, technicien)?))
}

/// Free slots of this many minutes for these people: the first of each, least loaded first, then the second of
/// each, and so on up to `count`; in order of time. They lie within working hours, begin on a quarter hour at or after
/// `from`, and end within 14 days. Empty when `minutes` is not the length of a slot (1 minute to 24 hours).
pub fn suggestions(
    db: &Reader<'_>,
    techniciens: &[TechnicienId],
    minutes: i64,
    from: Instant,
    count: usize,
) -> Result<Vec<Suggestion>> {
    if !(1..=24 * 60).contains(&minutes) {
        return Ok(Vec::new());
    }
    let window = (from, from.plus(HORIZON));
    let mut found = Vec::new();
    for &technicien_id in techniciens {
        let busy: Vec<Interval> =
            booked(db, technicien_id, window)?.iter().map(|booked| (booked.debut, booked.fin)).collect();
        let load = rules::minutes(rules::clip(&busy, (from, from.plus(LOAD_PERIOD))));
        let free = rules::free(working_windows(db, technicien_id, window)?, busy);
        let places = rules::places(&free, minutes, count).into_iter().enumerate();
        found.extend(places.map(|(rank, (debut, fin))| (rank, load, debut, technicien_id, fin)));
    }
    found.sort_unstable();
    found.truncate(count);
    // Chosen by who has the least to do, told by when.
    found.sort_by_key(|&(rank, load, debut, ..)| (debut, rank, load));
    let suggestion = |(_, _, debut, technicien_id, fin)| Suggestion { technicien_id, debut, fin };
    Ok(found.into_iter().map(suggestion).collect())
}

/// The first time that begins in a window and at which someone is at work and free for so many minutes: the
/// beginning of the window itself, or else a quarter hour. `None` as well when that is not the length of a slot.
///
/// # Errors
/// `NotFound` when there is no such technicien.
pub fn first_free(
    db: &Reader<'_>,
    technicien: TechnicienId,
    (from, to): Interval,
    minutes: i64,
) -> Result<Option<Slot>> {
    if !(1..=24 * 60).contains(&minutes) || from >= to {
        return Ok(None);
    }
    let length = Duration::from_secs(minutes.unsigned_abs() * 60);
    let reach = (from, to.plus(length));
    let busy = booked(db, technicien, reach)?.iter().map(|booked| (booked.debut, booked.fin)).collect();
    let free = rules::free(working_windows(db, technicien, reach)?, busy);
    let at_once = (from, from.plus(length));
    let fits = |place: &Interval| free.iter().any(|(start, end)| *start <= place.0 && place.1 <= *end);
    let place = if fits(&at_once) { Some(at_once) } else { rules::places(&free, minutes, 1).pop() };
    Ok(place.filter(|(debut, _)| *debut < to).and_then(|(debut, fin)| Slot::new(debut, fin).ok()))
}

fn occupations(
    db: &Reader<'_>,
    technicien: TechnicienId,
    (from, to): Interval,
    except: Option<InterventionId>,
) -> Result<Vec<Conflit>> {
    // A slot lasts 24 h at most, which bounds how far back the index must be read.
    db.all(
        "select a.technicien_id, a.intervention_id, i.numero, null as absence_id, a.debut, a.fin
         from affectations a join interventions i on i.id = a.intervention_id
         where a.technicien_id = :technicien and a.liberee_le is null
           and a.debut > :day_before and a.debut < :to and a.fin > :from
           and i.statut in ('planifie', 'en_cours', 'attente_pieces') and i.supprimee_le is null
           and (:except is null or a.intervention_id <> :except)
         union all
         select technicien_id, null, null, id, debut, fin
         from absences where technicien_id = :technicien and debut < :to and fin > :from
         order by debut, fin",
        named_params! {
            ":technicien": technicien, ":from": from, ":to": to, ":day_before": from.minus(DAY),
            ":except": except,
        },
        conflit_row,
    )
}

fn horaire(db: &Reader<'_>, technicien: TechnicienId) -> Result<Option<Horaire>> {
    let id = named_params! { ":id": technicien };
    db.one("select horaire from techniciens where id = :id", id, |row| row.get(0))
}

fn conflit_row(row: &Row<'_>) -> rusqlite::Result<Conflit> {
    Ok(Conflit {
        technicien_id: row.get("technicien_id")?,
        intervention_id: row.get("intervention_id")?,
        numero: row.get("numero")?,
        absence_id: row.get("absence_id")?,
        debut: row.get("debut")?,
        fin: row.get("fin")?,
    })
}

impl ToSql for Horaire {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let json = serde_json::to_string(self);
        json.map(Into::into).map_err(|cause| rusqlite::Error::ToSqlConversionFailure(Box::new(cause)))
    }
}

impl FromSql for Horaire {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map_err(|cause| FromSqlError::Other(Box::new(cause)))
    }
}
