//! The backup of each night, what becomes of the older ones, restore drills, and the alarm when a night went by
//! without.

use std::path::{Path, PathBuf};
use std::time::Instant as Started;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::brouillon::forget_cut_off;
use super::exercice::{self, Rehearsed};
use super::{Made, commands, default_path, dossier, make, rules, store};
use crate::events::Event;
use crate::failure::Failure;
use crate::ids::ExerciceId;
use crate::kernel::app::System;
use crate::kernel::db::{Change, Reader};
use crate::kernel::error::{Error, Result};
use crate::kernel::phrase::{ARABIC_DAY, Language, Phrase};
use crate::kernel::scheduler::Done;
use crate::phrase;

/// The backup of this day is restored to see that it can be.
const DRILL_DAY: Weekday = Weekday::Sunday;

/// Makes a backup, then removes those that are no longer kept; on Sundays, asks for its restore drill. One that fails
/// removes none, and raises the alarm.
pub async fn nightly(system: System) -> Result<Done> {
    let (data_dir, now) = (system.app().options().data_dir.clone(), system.app().now());
    let work = move || -> std::result::Result<Made, Failure> {
        let made = make(&data_dir, &default_path(&data_dir, now), &|_, _| {})?;
        tracing::info!(file = %made.path.display(), bytes = made.bytes, missing = made.manifest.manquants.len(), "backed up");
        prune(&data_dir);
        Ok(made)
    };
    let made = match blocking(work).await? {
        Ok(made) => made,
        Err(failure) => {
            tracing::error!(cause = failure.lines().join(" "), "the backup failed");
            let why = failure.phrase();
            alarm(&system, why.clone()).await?;
            return Err(Error::conflict("sauvegarde", why));
        }
    };
    let missing = made.manifest.manquants.len();
    if missing > 0 {
        let why = phrase!(
            "Dans la sauvegarde de la nuit, {missing} document(s) manquent : leurs fichiers sont perdus ou altérés. Lancez « check --all ».",
            "{missing} document(s) are not in last night's backup: their files are lost or altered. Run \"check --all\".",
            "الوثائق الناقصة في النسخة الاحتياطية الليلية: {missing}. ملفاتها مفقودة أو تالفة. شغّل «\u{2068}check --all\u{2069}»."
        );
        alarm(&system, why).await?;
    }
    if now.in_zone(&TimeZone::UTC).weekday() == DRILL_DAY {
        let nom = made.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        system.write(move |tx| commands::ask(tx, &nom, Language::French).map(|_| ())).await?;
    }
    Ok(Done::all(1))
}

/// Raises the alarm when the newest backup is older than a night should leave it.
pub async fn watch(system: System) -> Result<Done> {
    let (data_dir, now) = (&system.app().options().data_dir, system.app().now());
    // A new installation has until after its first night.
    let since = match dossier::newest(data_dir) {
        Some(newest) => Some(newest),
        None => system.read(store::beginning).await?,
    };
    let Some(since) = since.filter(|since| rules::is_late(Some(*since), now)) else {
        return Ok(Done::all(0));
    };
    let day = since.in_zone(&TimeZone::UTC).date();
    let (fr, en, ar) = (day.strftime("%d/%m/%Y"), day.strftime("%-d %b %Y"), day.strftime(ARABIC_DAY));
    let why = phrase!(
        "Aucune sauvegarde n’a réussi depuis le {fr}. Voyez la page « Sauvegardes » : la tâche dit ce qui l’empêche.",
        "No backup has succeeded since {en}. See the page \"Backups\": the job says what keeps it from it.",
        "لم تنجح أي نسخة احتياطية منذ \u{2068}{ar}\u{2069}. انظر صفحة «النسخ الاحتياطية»: تقول المهمة ما يمنعها."
    );
    alarm(&system, why).await?;
    Ok(Done::all(0))
}

/// Whether a restore drill waits.
pub fn is_drill_asked(db: &Reader<'_>) -> Result<bool> {
    store::next_drill(db).map(|next| next.is_some())
}

/// Does the restore drills that were asked for.
pub async fn drills(system: System) -> Result<Done> {
    let mut done = 0;
    while !system.app().is_stopping() {
        let Some((id, nom)) = system.read(store::next_drill).await? else { break };
        drill(&system, id, nom).await?;
        done += 1;
    }
    Ok(Done::all(done))
}

async fn drill(system: &System, id: ExerciceId, nom: String) -> Result<()> {
    let data_dir = system.app().options().data_dir.clone();
    let started = Started::now();
    let outcome = blocking(move || match commands::find(&data_dir, &nom) {
        Ok(path) => exercice::rehearse(&path, &data_dir),
        Err(_) => Err(Failure::Refused(phrase!(
            "{nom} n’existe plus.",
            "{nom} exists no more.",
            "\u{2068}{nom}\u{2069} لم تعد موجودة."
        ))),
    });
    let outcome: std::result::Result<Rehearsed, Phrase> = outcome.await?.map_err(|failure| {
        tracing::error!(cause = failure.lines().join(" "), "the restore drill failed");
        failure.phrase()
    });
    let took = started.elapsed();
    system
        .write(move |tx| {
            store::end_drill(tx, id, took, &outcome)?;
            let drill = store::drill(tx, id, Language::French)?;
            tx.record(Event::ExerciceTermine(id), Change::created(&drill)?)?;
            match outcome.map_or_else(Some, |rehearsed| rehearsed.wrong) {
                Some(why) => commands::alarm(tx, &why),
                None => Ok(()),
            }
        })
        .await
}

async fn alarm(system: &System, why: Phrase) -> Result<()> {
    system.write(move |tx| commands::alarm(tx, &why)).await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|panicked| Error::Internal(panicked.into()))
}

/// Removes the backups that are no longer kept, and what a plug pulled during one left. What is not named like one
/// stays.
fn prune(data_dir: &Path) {
    forget_cut_off(data_dir);
    let files = dossier::made(data_dir);
    for moment in rules::expired(&files.keys().copied().collect()) {
        remove(&files[&moment]);
    }
}

fn remove(path: &PathBuf) {
    if let Err(cause) = std::fs::remove_file(path) {
        tracing::warn!(file = %path.display(), %cause, "an old backup could not be removed");
    }
}
