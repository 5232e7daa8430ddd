//! Facts that nobody makes but the calendar: a slot is tomorrow, a limit is past. Each is noted once for an
//! intervention and a civil day of its site; the journal tells people, as it does of anything else. What fell into
//! the server's absence is not made up for: only today counts.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;

use super::{rules, store};
use crate::clients::zones;
use crate::events::Event;
use crate::ids::InterventionId;
use crate::kernel::app::System;
use crate::kernel::db::{Change, Reader};
use crate::kernel::error::Result;

/// Alerts of one transaction: few enough that other writes hardly wait.
const STRETCH: usize = 100;

/// Notes the work that is booked for tomorrow; how much of it. Once a day: who is booked later that day has just
/// been told so.
pub async fn reminders(system: System) -> Result<usize> {
    let mut count = 0;
    for zone in system.read(zones).await? {
        let day = system.app().now().in_zone(&zone.1).date().saturating_add(1.day());
        let find = move |db: &Reader<'_>| store::starting(db, &zone, day, STRETCH);
        count += note(&system, "rappel", day, find, Event::InterventionRappelee).await?;
    }
    Ok(count)
}

/// Notes the live work whose limit is past, once a day; how much of it.
pub async fn overdue(system: System) -> Result<usize> {
    let mut count = 0;
    for (fuseau, zone) in system.read(zones).await? {
        let Some(today) = rules::alert_day(system.app().now(), &zone) else { continue };
        let find = move |db: &Reader<'_>| store::late(db, &fuseau, today, STRETCH);
        count += note(&system, "retard", today, find, Event::InterventionEnRetard).await?;
    }
    Ok(count)
}

/// Notes what is found, a stretch at a time, until nothing more is.
async fn note(
    system: &System,
    genre: &'static str,
    day: Date,
    find: impl Fn(&Reader<'_>) -> Result<Vec<InterventionId>> + Clone + Send + 'static,
    event: fn(InterventionId) -> Event,
) -> Result<usize> {
    let mut count = 0;
    while !system.app().is_stopping() {
        let found = system.read(find.clone()).await?;
        if found.is_empty() {
            break;
        }
        count += found.len();
        system
            .write(move |tx| {
                found.into_iter().try_for_each(|id| match store::alert(tx, id, genre, day)? {
                    true => tx.record(event(id), Change::created(&json!({ "jour": day.to_string() }))?),
                    false => Ok(()),
                })
            })
            .await?;
    }
    Ok(count)
}
