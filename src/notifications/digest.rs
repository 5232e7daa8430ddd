//! The daily digest: one e-mail a day with what gathered, at the hour that each person chose.

use super::{rules, store};
use crate::clients::plant_zone;
use crate::kernel::app::System;
use crate::kernel::clock::Day;
use crate::kernel::error::Result;

/// Makes the digests whose hour has come; how many. One that was made is made no second time, wherever the clock
/// goes.
pub async fn digests(system: System) -> Result<usize> {
    let due = system
        .read(|db| {
            let zone = plant_zone(db)?;
            let due = |(user, oldest, hour)| Some((user, rules::digest_due(oldest, hour, db.now(), &zone)?));
            Ok(store::waiting_for_digest(db)?.into_iter().filter_map(due).collect::<Vec<_>>())
        })
        .await?;
    if due.is_empty() {
        return Ok(0);
    }
    system
        .write(move |tx| {
            tx.unrecorded("a digest repeats messages that name their entries");
            let mut made = 0;
            for (user, day) in due {
                made += usize::from(store::digest(tx, user, Day(day))?);
            }
            Ok(made)
        })
        .await
}
