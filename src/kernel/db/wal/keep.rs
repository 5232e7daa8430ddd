//! A damaged log is kept under another name before SQLite goes over it.

use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::{beside, examine, log_of};
use crate::kernel::data_dir::{private_file, sync_folder};
use crate::kernel::db::reserve::Reserve;
use crate::kernel::db::setup::StartError;
use crate::phrase;

/// What follows the name of the log in the names of its copies.
const COPY: &str = ".abime-";

/// The copies of damaged logs beside the database at `path`, which somebody is to look at and remove.
pub fn kept_logs(path: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(log)) = (path.parent(), log_of(path).file_name().map(ToOwned::to_owned)) else {
        return Vec::new();
    };
    let beginning = format!("{}{COPY}", log.to_string_lossy());
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_copy = |name: &str| {
        name.strip_prefix(&beginning).is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut found: Vec<_> = entries
        .filter(|entry| entry.file_name().to_str().is_some_and(is_copy))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// Keeps a damaged log under another name before SQLite goes over it, once, and says where in the log of the server.
/// Returns whether there was damage.
///
/// # Errors
/// The copy cannot be written: then nothing was touched.
pub(in crate::kernel::db) fn keep_if_damaged(path: &Path, reserve: &Reserve) -> Result<bool, StartError> {
    let found = match examine(path) {
        Ok(found) => found,
        // SQLite will say it in its own words.
        Err(cause) => {
            tracing::warn!(%cause, "the write-ahead log could not be examined");
            return Ok(false);
        }
    };
    let Some(damage) = found.damage else { return Ok(false) };
    let kept = loop {
        match keep(path) {
            Err(cause) if cause.kind() == ErrorKind::StorageFull && reserve.give() => {}
            kept => break kept,
        }
    };
    let shown = log_of(path).display().to_string();
    let copy = kept.map_err(|cause| {
        StartError::because(
            phrase!(
                "Le journal {shown} de la base est abîmé, et il n’y a pas la place d’en garder une copie : faites de la place, ou copiez-le ailleurs puis supprimez-le. Rien n’a été touché.",
                "The log {shown} of the database is damaged, and there is no room to keep a copy of it: make room, or copy it elsewhere and delete it. Nothing was touched."
            ),
            cause,
        )
    })?;
    tracing::error!(
        frame = damage.frame,
        commits = damage.commits,
        copy = %copy.display(),
        "the write-ahead log was damaged while nobody wrote it: changes that people were told are saved are missing. \
         Run \"check\", compare with the last backup, enter again what is missing, then move the copy away; \
         and have the disk examined"
    );
    Ok(true)
}

/// Refuses a database without a page whose log holds commits: SQLite would delete that log.
pub(in crate::kernel::db) fn refuse_log_without_database(path: &Path) -> Result<(), StartError> {
    if path.metadata().is_ok_and(|file| file.len() > 0) || !examine(path).is_ok_and(|found| found.whole > 0) {
        return Ok(());
    }
    let (shown, log) = (path.display(), log_of(path));
    let log = log.display();
    Err(StartError::new(phrase!(
        "La base {shown} est vide ou absente, mais son journal {log} ne l’est pas. Remettez la base à sa place, ou restaurez la dernière sauvegarde ; pour commencer une usine vide, déplacez ce journal.",
        "The database {shown} is empty or absent, but its log {log} is not. Put the database back in its place, or restore the last backup; to begin an empty plant, move that log away."
    )))
}

/// Copies the log, or finds the copy that an earlier start made of it.
fn keep(path: &Path) -> io::Result<PathBuf> {
    let log = log_of(path);
    for copy in kept_logs(path) {
        if is_same(&log, &copy)? {
            return Ok(copy);
        }
    }
    let draft = beside(&log, ".partiel");
    let copy = (1..)
        .map(|n| beside(&log, &format!("{COPY}{n}")))
        .find(|path| !path.exists())
        .expect("there are more numbers than files");
    let write = || {
        let _ = fs::remove_file(&draft);
        let mut file = private_file(&draft)?;
        io::copy(&mut File::open(&log)?, &mut file)?;
        file.sync_all()?;
        fs::rename(&draft, &copy)?;
        copy.parent().map_or(Ok(()), sync_folder)
    };
    write().inspect_err(|_| drop(fs::remove_file(&draft)))?;
    Ok(copy)
}

fn is_same(one: &Path, other: &Path) -> io::Result<bool> {
    let (one, other) = (File::open(one)?, File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut one, mut other) = (BufReader::new(one).bytes(), BufReader::new(other).bytes());
    loop {
        match (one.next().transpose()?, other.next().transpose()?) {
            (None, None) => return Ok(true),
            (one, other) if one != other => return Ok(false),
            _ => {}
        }
    }
}
