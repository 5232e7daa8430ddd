//! What the calendar makes a fact: slots of tomorrow, limits that are past.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::named_params;

use crate::ids::{InterventionId, TechnicienId};
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::notifications::rules::Slot;

/// When an alarm of this kind was last raised.
pub fn last_alarm(db: &Reader<'_>, entite: &str, action: &str) -> Result<Option<Instant>> {
    let sql = "select max(date) from journal where entite = ?1 and action = ?2";
    db.one(sql, [entite, action], |row| row.get(0))
}

/// Live interventions of a zone's sites with a slot that begins on `day`, that nobody was reminded of yet.
pub fn starting(
    db: &Reader<'_>,
    (fuseau, zone): &(String, TimeZone),
    day: Date,
    most: usize,
) -> Result<Vec<InterventionId>> {
    let (from, to) = bounds(day, zone)?;
    db.all(
        "select distinct a.intervention_id
         from affectations a
         join interventions i on i.id = a.intervention_id
         join sites s on s.id = i.site_id
         where a.liberee_le is null and a.debut >= :from and a.debut < :to and s.fuseau = :fuseau
           and i.statut in ('planifie', 'en_cours', 'attente_pieces') and i.supprimee_le is null
           and not exists (select 1 from alertes where intervention_id = i.id and genre = 'rappel' and jour = :day)
         order by 1 limit :most",
        named_params! { ":from": from, ":to": to, ":fuseau": fuseau, ":day": Day(day), ":most": most as i64 },
        |row| row.get(0),
    )
}

/// Live interventions of a zone's sites past their limit, that nobody was alerted of on `day` yet.
pub fn late(db: &Reader<'_>, fuseau: &str, day: Date, most: usize) -> Result<Vec<InterventionId>> {
    db.all(
        "select i.id
         from interventions i
         join sites s on s.id = i.site_id
         where i.date_limite is not null and i.date_limite < :now and s.fuseau = :fuseau
           and i.statut in ('planifie', 'en_cours', 'attente_pieces') and i.supprimee_le is null
           and not exists (select 1 from alertes where intervention_id = i.id and genre = 'retard' and jour = :day)
         order by i.date_limite, i.id limit :most",
        named_params! { ":now": db.now(), ":fuseau": fuseau, ":day": Day(day), ":most": most as i64 },
        |row| row.get(0),
    )
}

/// Notes that an alert is given; whether it was not already.
pub fn alert(tx: &Tx<'_>, id: InterventionId, genre: &str, day: Date) -> Result<bool> {
    let rows = tx.execute(
        "insert into alertes (intervention_id, genre, jour) values (:id, :genre, :day) on conflict do nothing",
        named_params! { ":id": id, ":genre": genre, ":day": Day(day) },
    )?;
    Ok(rows == 1)
}

/// Who is booked on an intervention from a moment of this civil day, earliest first.
pub fn slots_on(
    db: &Reader<'_>,
    id: InterventionId,
    day: &str,
    zone: &TimeZone,
) -> Result<Vec<(TechnicienId, Slot)>> {
    let day = day.parse().map_err(|cause: jiff::Error| Error::Internal(cause.into()))?;
    let (from, to) = bounds(day, zone)?;
    db.all(
        "select technicien_id, debut, fin from affectations
         where intervention_id = :id and liberee_le is null and debut >= :from and debut < :to order by debut",
        named_params! { ":id": id, ":from": from, ":to": to },
        |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))),
    )
}

fn bounds(day: Date, zone: &TimeZone) -> Result<(Instant, Instant)> {
    let start = |day| Instant::start_of(day, zone).map_err(|cause| Error::Internal(cause.into()));
    Ok((start(day)?, start(day.saturating_add(1.day()))?))
}
