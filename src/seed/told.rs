//! What people of the demo plant were told of its last days: each recent fact goes through the matrix as it would
//! have gone, then time has passed over the messages.

use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use super::store::{self, Fact};
use crate::clients::plant_zone;
use crate::events::Event;
use crate::ids::InterventionId;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::follow::Told;
use crate::notifications;

/// What is older was read and deleted long ago.
const RECENT: Duration = Duration::from_secs(3 * 86_400);

/// The hour of reminders, alerts and digests.
const MORNING: i8 = 7;

/// Tells what happened lately; the data is there.
pub fn tell(tx: &Tx<'_>) -> Result<()> {
    let zone = plant_zone(tx)?;
    let mut facts = store::recent_facts(tx, tx.now().minus(RECENT))?;
    let morning = last_morning(tx.now(), &zone)?;
    facts.extend(alerts(tx, morning, &zone)?);
    facts.sort_by_key(|fact| fact.date);
    for fact in facts {
        tell_one(tx, fact)?;
    }
    store::age_messages(tx, morning)
}

fn tell_one(tx: &Tx<'_>, fact: Fact) -> Result<()> {
    let Fact { action, id, date, user_id, apres } = fact;
    // The journal is true: what it says is that this was sown.
    let sown = json!({ "fait": action, "entite_id": id, "date": date });
    tx.record(Event::DonneesSemees, Change::created(&sown)?)?;
    // Nobody was booked before.
    let avant = json!({ "technicien_id": null });
    let told = Told { id: store::last_entry(tx)?, date, user_id, action, entite_id: Some(id), avant, apres };
    notifications::tell(tx, &told)
}

/// Reminders and overdue alerts of this morning. The server gives none again that day.
fn alerts(tx: &Tx<'_>, morning: Instant, zone: &TimeZone) -> Result<Vec<Fact>> {
    let today = morning.in_zone(zone).date();
    let (tomorrow, after) = (today.saturating_add(1.day()), today.saturating_add(2.days()));
    let midnight = |day| Instant::start_of(day, zone).map_err(|cause| Error::Internal(cause.into()));
    let slots = store::work_with_slots(tx, midnight(tomorrow)?, midnight(after)?)?;
    let late = store::late_work(tx, morning)?;
    let alert = |genre: &'static str, day: Date| {
        move |id: InterventionId| {
            store::insert_alert(tx, id, genre, Day(day))?;
            Ok(Fact {
                action: format!("intervention.{genre}"),
                id: id.0,
                date: morning,
                user_id: None,
                apres: json!({ "jour": day.to_string() }),
            })
        }
    };
    let reminders = slots.into_iter().map(alert("rappel", tomorrow));
    reminders.chain(late.into_iter().map(alert("retard", today))).collect()
}

/// The last seven o'clock that has passed.
fn last_morning(now: Instant, zone: &TimeZone) -> Result<Instant> {
    let today = now.in_zone(zone).date();
    let at = |day: Date| {
        let moment = day.at(MORNING, 0, 0, 0).to_zoned(zone.clone());
        moment.map(|moment| Instant::from(moment.timestamp())).map_err(|cause| Error::Internal(cause.into()))
    };
    let morning = at(today)?;
    if morning <= now { Ok(morning) } else { at(today.saturating_sub(1.day())) }
}
