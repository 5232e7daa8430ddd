//! A restore drill: all that a restore does, but beside the data, and then an examination instead of a swap.

use std::collections::BTreeMap;
use std::path::Path;

use super::manifest::Manifest;
use super::restore::{Draft, unpack};
use super::{rules, store};
use crate::check;
use crate::failure::Failure;
use crate::kernel::clock::Clock;
use crate::kernel::db::{self, Inspection};
use crate::kernel::files::Folder;
use crate::kernel::phrase::{Language, Phrase};
use crate::phrase;

/// What a drill found.
#[derive(Debug)]
pub struct Rehearsed {
    pub manifest: Manifest,
    /// Rows by table in the backup and now, where they differ.
    pub changed: BTreeMap<String, (i64, i64)>,
    /// What is wrong in the restored data, the first of it.
    pub wrong: Option<Phrase>,
}

/// Where backups are unpacked for a drill, in their folder.
const SCRATCH: &str = "exercice";

/// Restores the backup at `from` into a folder of its own, examines it there, compares it with the data now, and
/// removes it.
///
/// # Errors
/// It could not be restored: not whole, not ours, or no room for it.
pub fn rehearse(from: &Path, data_dir: &Path) -> Result<Rehearsed, Failure> {
    let mut scratch = data_dir.join(rules::FOLDER).join(SCRATCH).into_os_string();
    scratch.push(rules::DRAFT);
    let draft = Draft::at(scratch.into())?;
    let room = Folder::of(data_dir).room(None).unwrap_or(0);
    let fits = |manifest: &Manifest| match manifest.bytes() {
        bytes if bytes > room => Err(Failure::Refused(phrase!(
            "L’exercice demande {bytes} octets libres ; le disque en a {room} au-delà de sa réserve.",
            "The drill needs {bytes} free bytes; the disk has {room} beyond its reserve."
        ))),
        _ => Ok(()),
    };
    let manifest = unpack(from, &draft, fits, &|_, _| {})?;
    let now = counts(data_dir)?;
    let changed = manifest.lignes.iter().filter_map(|(table, then)| {
        let now = now.get(table).copied().unwrap_or(0);
        (now != *then).then(|| (table.clone(), (*then, now)))
    });
    Ok(Rehearsed { changed: changed.collect(), wrong: wrong(&draft, &manifest)?, manifest })
}

fn counts(data_dir: &Path) -> Result<BTreeMap<String, i64>, Failure> {
    let inspection = Inspection::open(&data_dir.join(db::FILE_NAME), Clock::system().now())?;
    Ok(store::counts(&inspection.reader())?)
}

/// The first thing that an examination finds wrong, and how many there are.
pub(super) fn wrong(draft: &Draft, manifest: &Manifest) -> Result<Option<Phrase>, Failure> {
    // The examination knows the newest schema only; the backup of an older one was compared with its own.
    if manifest.schema != db::schema_version() {
        return Ok(None);
    }
    let wrong: Vec<_> = check::run(draft.path())?.into_iter().flat_map(|examined| examined.wrong).collect();
    let others = wrong.len().saturating_sub(1);
    Ok(wrong.into_iter().next().map(|first| {
        let [fr, en, ar] = Language::ALL.map(|language| first.what.text(language));
        match others {
            0 => first.what,
            _ => phrase!(
                "{fr} (et {others} autre(s))",
                "{en} (and {others} more)",
                "{ar} (أخطاء أخرى: {others})"
            ),
        }
    }))
}
