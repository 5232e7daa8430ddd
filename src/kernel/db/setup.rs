//! Opening the database: the settings that make its promises true, and the migrations.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::kernel::phrase::Phrase;
use crate::phrase;

/// Written in the file's header, so that no other program's database is ever taken for ours ("ERPi").
const APPLICATION_ID: i32 = 0x4552_5069;

/// SQLite before 3.51.3 has a race that can corrupt a WAL database while it is reset.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Bytes up to which a file is read whole at start (a tenth of a second); a larger one is left to `check`.
const EXAMINED_AT_START: u64 = 64 * 1024 * 1024;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The schema this executable works with: the number of its newest migration.
pub fn schema_version() -> i32 {
    embedded::migrations::runner()
        .get_migrations()
        .iter()
        .map(refinery::Migration::version)
        .max()
        .unwrap_or(0)
}

/// Why the server does not start: a sentence for whoever keeps it alive, saying what and what to do.
#[derive(Debug)]
pub struct StartError {
    pub what: Phrase,
    pub cause: Option<anyhow::Error>,
}

impl StartError {
    pub fn new(what: Phrase) -> Self {
        Self { what, cause: None }
    }

    pub fn because(what: Phrase, cause: impl Into<anyhow::Error>) -> Self {
        Self { what, cause: Some(cause.into()) }
    }
}

impl From<rusqlite::Error> for StartError {
    fn from(cause: rusqlite::Error) -> Self {
        Self::because(
            phrase!(
                "La base de données ne répond pas comme prévu.",
                "The database does not answer as expected."
            ),
            cause,
        )
    }
}

/// Opens the one connection that writes, and examines the file before anything touches it.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StartError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        let version = rusqlite::version();
        return Err(StartError::new(phrase!(
            "SQLite {version} est trop ancien : il faut 3.51.3 au moins.",
            "SQLite {version} is too old: at least 3.51.3 is needed."
        )));
    }
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .and_then(|connection| {
        prepare(&connection)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "wal_autocheckpoint", 1000)?;
        connection.pragma_update(None, "journal_size_limit", 67_108_864)?;
        // macOS acknowledges a plain fsync before the disk has the bytes; elsewhere this is a no-op.
        connection.pragma_update(None, "fullfsync", true)?;
        Ok(connection)
    })
    .map_err(|cause| unopenable(path, cause))?;
    match whose(&connection, path)? {
        Owner::Nobody => connection.pragma_update(None, "application_id", APPLICATION_ID)?,
        Owner::Us => refuse_damaged(&connection, path)?,
    }
    Ok(connection)
}

/// Opens an existing database to read it only, whatever else has it open; a file that is not ours is refused.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, StartError> {
    refuse_absent(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .and_then(|connection| prepare_reader(&connection).map(|()| connection))
        .map_err(|cause| unopenable(path, cause))?;
    whose(&connection, path)?;
    Ok(connection)
}

/// Refuses a path where there is no file, for what would make no sense on a new database.
pub fn refuse_absent(path: &Path) -> Result<(), StartError> {
    let shown = path.display();
    if path.exists() {
        return Ok(());
    }
    Err(StartError::new(phrase!(
        "Il n’y a pas de base {shown}. Est-ce le bon dossier ? Dites lequel avec --data-dir.",
        "There is no database {shown}. Is it the right folder? Say which with --data-dir."
    )))
}

/// Opens one of the connections that only read.
pub(super) fn prepare_reader(connection: &Connection) -> rusqlite::Result<()> {
    prepare(connection)?;
    connection.pragma_update(None, "query_only", true)
}

/// Settings that every connection has.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // An I/O error on a mapped file would be a signal, not an error.
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -16_000)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_prepared_statement_cache_capacity(256);
    // Accent- and case-insensitive text for the small lists that need no full-text index. Used in queries
    // only, never in the schema: the file stays readable by any SQLite.
    connection.create_scalar_function(
        "fold",
        1,
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
        |context| Ok(context.get_raw(0).as_str_or_null()?.map(crate::kernel::page::fold)),
    )
}

/// To whom a file's contents belong, when they may be ours.
enum Owner {
    /// Empty: made just now, or by a first start that was cut short.
    Nobody,
    Us,
}

/// Refuses a file that is not ours or comes from a newer version.
fn whose(connection: &Connection, path: &Path) -> Result<Owner, StartError> {
    let (id, tables) = connection
        .pragma_query_value(None, "application_id", |row| row.get::<_, i32>(0))
        .and_then(|id| {
            let tables: i64 =
                connection.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
            Ok((id, tables))
        })
        .map_err(|cause| damaged(path, cause))?;
    if tables == 0 {
        return Ok(Owner::Nobody);
    }
    let shown = path.display();
    if id != APPLICATION_ID {
        return Err(StartError::new(phrase!(
            "Le fichier {shown} n’est pas une base d’erp-interventions.",
            "The file {shown} is not a database of erp-interventions."
        )));
    }
    let (schema, ours) = (schema_of(connection)?, schema_version());
    if schema > ours {
        return Err(StartError::new(phrase!(
            "La base {shown} vient d’une version plus récente (schéma {schema}, cet exécutable connaît {ours}). Utilisez l’exécutable plus récent, ou la copie faite avant la mise à jour dans « backups ».",
            "The database {shown} comes from a newer version (schema {schema}, this executable knows {ours}). Use the newer executable, or the copy made before the upgrade in \"backups\"."
        )));
    }
    Ok(Owner::Us)
}

/// Looks for damage, in a file small enough for a start to wait for it.
fn refuse_damaged(connection: &Connection, path: &Path) -> Result<(), StartError> {
    if std::fs::metadata(path).is_ok_and(|file| file.len() > EXAMINED_AT_START) {
        return Ok(());
    }
    let verdict: String = connection
        .query_row("pragma quick_check(1)", [], |row| row.get(0))
        .map_err(|cause| damaged(path, cause))?;
    if verdict == "ok" { Ok(()) } else { Err(damaged(path, anyhow::anyhow!("quick_check: {verdict}"))) }
}

fn unopenable(path: &Path, cause: rusqlite::Error) -> StartError {
    if matches!(cause.sqlite_error_code(), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)) {
        return damaged(path, cause);
    }
    let shown = path.display();
    StartError::because(
        phrase!(
            "Impossible d’ouvrir la base {shown}. Vérifiez que le fichier et son dossier appartiennent à l’utilisateur du service, et que le disque n’est ni plein ni en lecture seule.",
            "Cannot open the database {shown}. Check that the file and its folder belong to the service's user, and that the disk is neither full nor read-only."
        ),
        cause,
    )
}

fn damaged(path: &Path, cause: impl Into<anyhow::Error>) -> StartError {
    let shown = path.display();
    StartError::because(
        phrase!(
            "La base {shown} est abîmée. Ne la modifiez pas : restaurez la dernière sauvegarde dans un autre dossier.",
            "The database {shown} is damaged. Leave it as it is: restore the last backup into another folder."
        ),
        cause,
    )
}

/// How many migrations the database at `path` still needs; zero for a database that does not exist yet.
///
/// # Errors
/// A file that is not ours, is damaged or comes from a newer version is refused as it is at [`open_writer`].
pub fn pending_migrations(path: &Path) -> Result<i32, StartError> {
    if !path.exists() {
        return Ok(0);
    }
    let schema = schema_of(&open_read_only(path)?)?;
    Ok(if schema == 0 { 0 } else { schema_version() - schema })
}

/// Copies the database consistently to `backups/avant-migration-<schema>.sqlite3` beside it. An older copy
/// of that name stays: it may be the last one from before an upgrade that was cut short.
pub fn copy_before_migration(path: &Path) -> Result<PathBuf, StartError> {
    let connection = open_read_only(path)?;
    let schema = schema_of(&connection)?;
    let folder = path.with_file_name("backups");
    let copy = (1..)
        .map(|n| if n == 1 { String::new() } else { format!("-{n}") })
        .map(|n| folder.join(format!("avant-migration-{schema}{n}.sqlite3")))
        .find(|copy| !copy.exists())
        .expect("there are more numbers than files");
    let draft = copy.with_extension("partiel");
    let write = || -> anyhow::Result<()> {
        std::fs::create_dir_all(&folder)?;
        copy_out(&connection, &draft)?;
        std::fs::File::options().write(true).open(&draft)?.sync_all()?;
        std::fs::rename(&draft, &copy)?;
        Ok(())
    };
    write().map_err(|cause| {
        let shown = copy.display();
        StartError::because(
            phrase!(
                "Impossible de copier la base vers {shown} avant la mise à jour ; rien n’a été modifié.",
                "Cannot copy the database to {shown} before the upgrade; nothing was changed."
            ),
            cause,
        )
    })?;
    Ok(copy)
}

/// Copies the database at `path` consistently to `to`, while others read and write it. What stood there is replaced.
/// It is for work to go on from, and may not be on the disk yet: to sync so much at once would hold up every commit.
///
/// # Errors
/// It is not ours, or the copy could not be written: then nothing is left of it.
pub fn copy(path: &Path, to: &Path) -> Result<(), StartError> {
    let connection = open_read_only(path)?;
    copy_out(&connection, to).map_err(|cause| {
        let _ = std::fs::remove_file(to);
        let shown = to.display();
        StartError::because(
            phrase!(
                "La base n’a pas pu être copiée vers {shown} : vérifiez la place et les droits du disque.",
                "The database could not be copied to {shown}: check the room and the rights on the disk."
            ),
            cause,
        )
    })
}

fn copy_out(connection: &Connection, to: &Path) -> anyhow::Result<()> {
    let _ = std::fs::remove_file(to);
    // It forbids writing any file, the copy too.
    connection.pragma_update(None, "query_only", false)?;
    // It goes through the database once, from end to end, and so does what it writes: nothing is read twice.
    connection.pragma_update(None, "cache_size", -2_000)?;
    connection.execute("vacuum into ?1", [to.to_string_lossy()])?;
    Ok(())
}

/// Triggers, views, tables and indexes of the database at `path` that our migrations up to its schema do not make as
/// they are there, and those that it lacks: nobody's code comes in with a database.
///
/// # Errors
/// It cannot be read, or is not ours.
pub fn foreign_objects(path: &Path) -> Result<Vec<String>, StartError> {
    let theirs = open_read_only(path)?;
    let schema = schema_of(&theirs)?;
    let mut ours = Connection::open_in_memory()?;
    prepare(&ours)?;
    embedded::migrations::runner()
        .set_target(refinery::Target::Version(schema))
        .run(&mut ours)
        .map_err(|cause| StartError::because(phrase!("Schéma inconnu.", "Unknown schema."), cause))?;
    let (theirs, ours) = (objects(&theirs)?, objects(&ours)?);
    Ok(theirs.symmetric_difference(&ours).map(|(name, _)| name.clone()).collect())
}

/// Names and texts of what a schema is made of.
fn objects(connection: &Connection) -> rusqlite::Result<std::collections::BTreeSet<(String, String)>> {
    connection
        .prepare("select name, type || ' ' || coalesce(sql, '') from sqlite_schema where name not like 'sqlite_stat%'")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Brings the schema up to date. Each migration is one transaction; a failed one leaves the one before it.
pub(super) fn migrate(path: &Path, mut connection: Connection) -> Result<Connection, StartError> {
    let shown = path.display();
    let failed = |cause: anyhow::Error| {
        StartError::because(
            phrase!(
                "La mise à jour de la base {shown} a échoué ; l’ancienne est intacte, remettez l’ancien exécutable.",
                "Upgrading the database {shown} failed; the old one is untouched, put the old executable back."
            ),
            cause,
        )
    };
    if schema_of(&connection)? < schema_version() {
        embedded::migrations::runner().run(&mut connection).map_err(|cause| failed(cause.into()))?;
        let orphans: i64 =
            connection.query_row("select count(*) from pragma_foreign_key_check", [], |row| row.get(0))?;
        if orphans > 0 {
            return Err(failed(anyhow::anyhow!("{orphans} rows refer to nothing after the migration")));
        }
        connection.pragma_update(None, "user_version", schema_version())?;
    }
    Ok(connection)
}

pub(super) fn schema_of(connection: &Connection) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
