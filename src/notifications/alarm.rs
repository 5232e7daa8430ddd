//! Telling those who keep the server that it is in trouble, before its users do.

use std::time::Duration;

use serde_json::json;

use super::store;
use crate::events::Event;
use crate::kernel::db::{Change, Fact, Tx};
use crate::kernel::error::Result;
use crate::kernel::phrase::{Language, Phrase};

/// Alarms of one kind are this far apart at least: one a day, whatever hour the first came at.
const BETWEEN: Duration = Duration::from_hours(23);

/// Raises an alarm, of its kind once a day at most: the administrators are told by mail.
pub fn alarm(tx: &Tx<'_>, event: Event, why: &Phrase) -> Result<()> {
    let lately = tx.now().minus(BETWEEN);
    if store::last_alarm(tx, event.entite(), event.action())?.is_some_and(|last| last > lately) {
        return Ok(());
    }
    let said = json!({
        "fr": why.text(Language::French), "en": why.text(Language::English), "ar": why.arabic(),
    });
    tx.record(event, Change::created(&said)?)
}
