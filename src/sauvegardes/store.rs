//! SQL of the backups.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, Row, named_params};

use super::exercice::Rehearsed;
use super::model::{Ecart, Exercice};
use crate::ids::ExerciceId;
use crate::kernel::clock::Instant;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::files::Digest;
use crate::kernel::phrase::{Language, Phrase};

/// Rows of every table of ours.
pub fn counts(db: &Reader<'_>) -> Result<BTreeMap<String, i64>> {
    let tables: Vec<String> = db.all(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name",
        [],
        |row| row.get(0),
    )?;
    let count = |table: String| {
        // A name from the schema, between quotes that it cannot end.
        let sql = format!("select count(*) from \"{}\"", table.replace('"', "\"\""));
        db.one(&sql, [], |row| row.get(0)).map(|rows| (table, rows))
    };
    tables.into_iter().map(count).collect()
}

/// The files that documents refer to, those deleted a short while ago among them, with their sizes.
pub fn documents(db: &Reader<'_>) -> Result<Vec<(Digest, u64)>> {
    db.all("select sha256, max(taille) from documents group by sha256 order by sha256", [], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
    })
}

/// What SQLite finds wrong with the file or with what refers to what.
pub fn damage(db: &Reader<'_>) -> Result<Option<String>> {
    let said: Vec<String> = db.all("pragma integrity_check(1)", [], |row| row.get(0))?;
    if let Some(line) = said.into_iter().find(|line| line != "ok") {
        return Ok(Some(line));
    }
    db.maybe("select \"table\" || ' → ' || parent from pragma_foreign_key_check limit 1", [], |row| {
        row.get(0)
    })
}

/// Makes a restored database harmless: whoever was signed in signs in again, and mail that was waiting then is
/// not sent now, for it may have gone out since.
pub fn settle(path: &Path, now: Instant) -> rusqlite::Result<()> {
    let connection = Connection::open(path)?;
    connection.execute(
        "update sessions set ended_at = :now, ended_why = 'restauration' where ended_at is null",
        named_params! { ":now": now.as_second() },
    )?;
    connection.execute(
        "update envois set statut = 'non_envoye', prochain_essai = null,
             derniere_erreur = 'retenu par une restauration : relancez-le s’il n’est pas parti'
         where statut in ('a_envoyer', 'en_cours')",
        [],
    )?;
    connection.close().map_err(|(_, cause)| cause)
}

/// The last drill of each backup, by the name of its file.
pub fn last_drills(db: &Reader<'_>, language: Language) -> Result<HashMap<String, Exercice>> {
    let sql = "select * from exercices where id in (select max(id) from exercices group by sauvegarde)";
    let drills = db.all(sql, [], |row| exercice(row, language))?;
    Ok(drills.into_iter().map(|drill| (drill.sauvegarde.clone(), drill)).collect())
}

pub fn drill(db: &Reader<'_>, id: ExerciceId, language: Language) -> Result<Exercice> {
    db.one("select * from exercices where id = ?1", [id], |row| exercice(row, language))
}

/// The drill that waits longest, and the backup that it is of.
pub fn next_drill(db: &Reader<'_>) -> Result<Option<(ExerciceId, String)>> {
    let sql = "select id, sauvegarde from exercices where termine_le is null order by id limit 1";
    db.maybe(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub fn is_asked(db: &Reader<'_>, nom: &str) -> Result<bool> {
    let sql = "select exists (select 1 from exercices where sauvegarde = ?1 and termine_le is null)";
    db.one(sql, [nom], |row| row.get(0))
}

pub fn insert_drill(tx: &Tx<'_>, nom: &str) -> Result<ExerciceId> {
    let sql = "insert into exercices (sauvegarde, demande_le) values (?1, ?2)";
    tx.insert(sql, rusqlite::params![nom, tx.now()]).map(ExerciceId)
}

pub fn end_drill(
    tx: &Tx<'_>,
    id: ExerciceId,
    took: Duration,
    outcome: &Result<Rehearsed, Phrase>,
) -> Result<()> {
    let (rehearsed, wrong) = match outcome {
        Ok(rehearsed) => (Some(rehearsed), rehearsed.wrong.as_ref()),
        Err(why) => (None, Some(why)),
    };
    let manifest = rehearsed.map(|rehearsed| &rehearsed.manifest);
    let changed = rehearsed.map(|rehearsed| &rehearsed.changed);
    tx.execute(
        "update exercices set termine_le = :now, duree_ms = :took, octets = :octets, documents = :documents,
             ecarts = coalesce(:ecarts, ecarts), erreur_fr = :fr, erreur_en = :en
         where id = :id",
        named_params! {
            ":id": id,
            ":now": tx.now(),
            ":took": i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
            ":octets": manifest.map(|manifest| i64::try_from(manifest.bytes()).unwrap_or(i64::MAX)),
            ":documents": manifest.map(|manifest| manifest.fichiers.len() as i64 - 1),
            ":ecarts": changed.and_then(|changed| serde_json::to_string(changed).ok()),
            ":fr": wrong.map(|why| why.text(Language::French)),
            ":en": wrong.map(|why| why.text(Language::English)),
        },
    )?;
    Ok(())
}

/// When the first thing was written here.
pub fn beginning(db: &Reader<'_>) -> Result<Option<Instant>> {
    db.maybe("select date from journal order by id limit 1", [], |row| row.get(0))
}

fn exercice(row: &Row<'_>, language: Language) -> rusqlite::Result<Exercice> {
    let changed: serde_json::Value = row.get("ecarts")?;
    let changed: BTreeMap<String, (i64, i64)> = serde_json::from_value(changed).unwrap_or_default();
    let ecart = |(table, (sauvegarde, maintenant))| Ecart { table, sauvegarde, maintenant };
    Ok(Exercice {
        id: row.get("id")?,
        sauvegarde: row.get("sauvegarde")?,
        demande_le: row.get("demande_le")?,
        termine_le: row.get("termine_le")?,
        duree_ms: row.get("duree_ms")?,
        octets: row.get("octets")?,
        documents: row.get("documents")?,
        ecarts: changed.into_iter().map(ecart).collect(),
        erreur: row.get(match language {
            Language::French | Language::Arabic => "erreur_fr",
            Language::English => "erreur_en",
        })?,
    })
}
