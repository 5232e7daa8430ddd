//! What an administrator can do with backups, and what is noted of them.

use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use serde_json::json;

use super::model::{Exercice, Sauvegarde, Sauvegardes};
use super::{dossier, rules, store};
use crate::events::Event;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::phrase::{Language, Phrase};
use crate::{notifications, phrase};

/// The backups in the data directory, newest first.
pub fn list(db: &Reader<'_>, data_dir: &Path, language: Language) -> Result<Sauvegardes> {
    let mut drills = store::last_drills(db, language)?;
    let made = dossier::made(data_dir);
    let en_retard = rules::is_late(made.keys().last().copied().map(rules::instant), db.now());
    let item = |(stamp, path): (DateTime, PathBuf)| {
        let faite_le = rules::instant(stamp);
        let nom = path.file_name()?.to_str()?.to_owned();
        let octets = path.metadata().ok()?.len();
        Some(Sauvegarde { exercice: drills.remove(&nom), nom, faite_le, octets })
    };
    let items: Vec<_> = made.into_iter().rev().filter_map(item).collect();
    let dossier = data_dir.join(rules::FOLDER).display().to_string();
    Ok(Sauvegardes { total: items.len(), items, en_retard, dossier })
}

/// The file of a backup.
///
/// # Errors
/// 404 for a name that no backup has: no other file is ever served.
pub fn find(data_dir: &Path, nom: &str) -> Result<PathBuf> {
    dossier::made(data_dir)
        .into_values()
        .find(|path| path.file_name().is_some_and(|name| name == nom))
        .ok_or(Error::NotFound)
}

/// Notes that somebody took a backup away.
pub fn taken_away(tx: &Tx<'_>, nom: &str, octets: u64) -> Result<()> {
    tx.record(Event::SauvegardeTelechargee, Change::created(&json!({ "nom": nom, "octets": octets }))?)
}

/// Asks for a restore drill; the job does it.
///
/// # Errors
/// 409 while one of the same backup waits or is under way.
pub fn ask(tx: &Tx<'_>, nom: &str, language: Language) -> Result<Exercice> {
    if store::is_asked(tx, nom)? {
        let detail = phrase!(
            "Un exercice de cette sauvegarde est déjà demandé.",
            "A drill of this backup is already asked for."
        );
        return Err(Error::conflict("deja_en_cours", detail));
    }
    let id = store::insert_drill(tx, nom)?;
    tx.record(Event::ExerciceDemande(id), Change::created(&json!({ "sauvegarde": nom }))?)?;
    store::drill(tx, id, language)
}

/// Raises the alarm about backups, once a day at most: those who keep the server are told by mail.
pub fn alarm(tx: &Tx<'_>, why: &Phrase) -> Result<()> {
    notifications::alarm(tx, Event::SauvegardeEnAlerte, why)
}
