//! What the server does with documents by itself: it removes the files that nobody refers to any more, and looks
//! at every file once a week.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::store;
use crate::events::Event;
use crate::ids::DocumentId;
use crate::kernel::app::System;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::Result;
use crate::kernel::files::Digest;
use crate::kernel::scheduler::{Done, Skipped};
use crate::phrase;

/// How long a deleted document keeps its file.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// Files younger than this may belong to a row that is about to be committed.
const NEW: Duration = Duration::from_secs(3600);

/// Every file is looked at once in this time.
const CYCLE: Duration = Duration::from_secs(7 * 24 * 3600);

/// Files of one stretch of the looking, and the rest after each of them: the disk is there for people first.
const STRETCH: u32 = 100;
const REST: Duration = Duration::from_millis(50);

/// Removes the files of documents deleted a day ago, and those that never got a row.
pub async fn sweep(system: System) -> Result<Done> {
    let before = system.app().now().minus(KEPT);
    system
        .write(move |tx| {
            tx.unrecorded("its deletion was recorded a day ago");
            store::forget(tx, before)
        })
        .await?;
    let (files, before) = (system.files(), system.app().now().minus(NEW));
    let old = files.written_before(before).await?;
    // Asked before uploads are held up: most often there is nothing to remove.
    let candidates = system.read(move |db| store::without_row(db, &old)).await?;
    if candidates.is_empty() {
        return Ok(Done::default());
    }
    let sweeping = files.sweeping().await;
    let candidates = candidates.into_iter().collect();
    let orphans = system.read(move |db| store::without_row(db, &candidates)).await?;
    files.remove(&sweeping, orphans, before).await.map(Done::all)
}

/// Looks at the files that were not looked at for a week.
pub async fn verify(system: System) -> Result<Done> {
    let mut done = Done::default();
    let since = system.app().now().minus(CYCLE);
    loop {
        let files = system.read(move |db| store::unverified(db, since, STRETCH)).await?;
        for (digest, bytes) in &files {
            let flaw = system.files().examine(*digest, bytes.unsigned_abs()).await;
            // What cannot be read is lost as well, and keeps nobody from reading the others.
            let (digest, is_damaged) = (*digest, !matches!(flaw, Ok(None)));
            if is_damaged {
                tracing::error!(%digest, ?flaw, "a document's file is not what was handed in");
            }
            let found = system.write(move |tx| note(tx, digest, is_damaged)).await?;
            done.done += 1;
            done.skipped.extend(found.into_iter().map(damaged));
            sleep(REST).await;
        }
        if files.len() < STRETCH as usize {
            return Ok(done);
        }
    }
}

/// What is found damaged is said once, to those who read the journal.
fn note(tx: &Tx<'_>, digest: Digest, is_damaged: bool) -> Result<Vec<DocumentId>> {
    tx.unrecorded("that a file was looked at changes nothing");
    let found = store::note_verified(tx, digest, is_damaged)?;
    for &id in &found {
        tx.record(Event::DocumentAltere(id), Change::created(&json!({ "sha256": digest }))?)?;
    }
    Ok(found)
}

fn damaged(id: DocumentId) -> Skipped {
    let why = phrase!(
        "son fichier manque ou a été altéré",
        "its file is missing or was altered",
        "ملفه ناقص أو تغيّر"
    );
    Skipped { entite: "document", id: id.0, why }
}
