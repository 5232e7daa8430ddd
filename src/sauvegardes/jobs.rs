//! The backup of each night, and what becomes of the older ones.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::{default_path, make, rules};
use crate::failure::Failure;
use crate::kernel::app::System;
use crate::kernel::error::{Error, Result};
use crate::kernel::scheduler::Done;

/// A draft that nobody has written to for this long is nobody's.
const ABANDONED: Duration = Duration::from_hours(24);

/// Makes a backup, then removes those that are no longer kept. One that fails removes none.
pub async fn nightly(system: System) -> Result<Done> {
    let (data_dir, now) = (system.app().options().data_dir.clone(), system.app().now());
    let work = move || -> std::result::Result<(), Failure> {
        let made = make(&data_dir, &default_path(&data_dir, now), &|_, _| {})?;
        tracing::info!(file = %made.path.display(), bytes = made.bytes, missing = made.manifest.manquants.len(), "backed up");
        prune(&data_dir.join(rules::FOLDER));
        Ok(())
    };
    let outcome = tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)?;
    outcome.map_err(|failure| Error::Internal(anyhow::anyhow!("{}", failure.lines().join(" "))))?;
    Ok(Done::all(1))
}

/// Removes the backups that are no longer kept, and what a plug pulled during one left. What is not named like one
/// stays.
fn prune(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_draft = entry.file_name().to_str().is_some_and(|name| name.ends_with(rules::DRAFT));
        let written = entry.metadata().and_then(|data| data.modified()).ok();
        // A younger one may be under way: somebody's on the command line.
        if is_draft && written.and_then(|at| at.elapsed().ok()).is_some_and(|age| age > ABANDONED) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
    let files: BTreeMap<_, _> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((rules::made_at(entry.file_name().to_str()?)?, entry.path())))
        .collect();
    for moment in rules::expired(&files.keys().copied().collect()) {
        if let Err(cause) = std::fs::remove_file(&files[&moment]) {
            tracing::warn!(file = %files[&moment].display(), %cause, "an old backup could not be removed");
        }
    }
}
