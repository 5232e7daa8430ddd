//! SQL of the backups.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, named_params};

use crate::kernel::clock::Instant;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::kernel::files::Digest;

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
