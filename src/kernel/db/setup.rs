//! Opening the database: the settings that make its promises true, and the migrations.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::migrate::{built, objects, schema_version};
use super::reserve::Reserve;
use super::wal::{beside, refuse_log_without_database};
use crate::kernel::data_dir::{private_builder, private_file, sync_folder};
use crate::kernel::phrase::Phrase;
use crate::kernel::words;
use crate::phrase;

/// Written in the file's header, so that no other program's database is ever taken for ours ("ERPi").
pub(super) const APPLICATION_ID: i32 = 0x4552_5069;

/// SQLite before 3.51.3 has a race that can corrupt a WAL database while it is reset.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Bytes up to which a file is read whole at start (a tenth of a second); a larger one is left to `check`.
const EXAMINED_AT_START: u64 = 64 * 1024 * 1024;

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
    refuse_log_without_database(path)?;
    // Its owner's alone whatever the umask; SQLite gives its log the same rights.
    match private_file(path) {
        Err(cause) if cause.kind() != ErrorKind::AlreadyExists => return Err(unwritable(path, cause)),
        _ => {}
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
    if matches!(whose(&connection, path)?, Owner::Us) {
        refuse_damaged(&connection, path)?;
    }
    Ok(connection)
}

/// Opens an existing database to read it only, whatever else has it open; a file that is not ours is refused.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, StartError> {
    refuse_absent(path)?;
    refuse_log_without_database(path)?;
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
    connection.set_limit(Limit::SQLITE_LIMIT_VARIABLE_NUMBER, SQL_VALUES)?;
    connection.pragma_update(None, "query_only", true)
}

/// What SQLite itself may be asked: far above what any statement of ours needs, far below where one costs seconds. What a
/// caller sends is bounded before it gets here; this holds whatever was forgotten. Characters of a statement, columns of
/// a row or a result, depth of an expression, parts of a compound `select`, bound values of what only reads, characters of
/// a `like` pattern.
pub const SQL_LENGTH: i32 = 4 * 1024 * 1024;
pub const SQL_COLUMNS: i32 = 200;
pub const SQL_DEPTH: i32 = 500;
pub const SQL_PARTS: i32 = 100;
pub const SQL_VALUES: i32 = 1000;
pub const LIKE_LENGTH: i32 = 4096;

/// Bytes of a value or a row: a whole import's report, and no gigabyte.
pub const VALUE_BYTES: i32 = 64 * 1024 * 1024;

fn limit(connection: &Connection) -> rusqlite::Result<()> {
    for (limit, most) in [
        (Limit::SQLITE_LIMIT_SQL_LENGTH, SQL_LENGTH),
        (Limit::SQLITE_LIMIT_COLUMN, SQL_COLUMNS),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, SQL_DEPTH),
        (Limit::SQLITE_LIMIT_COMPOUND_SELECT, SQL_PARTS),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LIKE_LENGTH),
        (Limit::SQLITE_LIMIT_LENGTH, VALUE_BYTES),
        // Only a copy attaches anything: `vacuum into` does.
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
    ] {
        connection.set_limit(limit, most)?;
    }
    Ok(())
}

/// KiB of pages that each connection keeps for itself, as long as it is open: eight connections at most. The kernel
/// keeps the file for all of them together, and gives that memory back when somebody needs it.
const PAGE_CACHE_KIB: i64 = 4_000;

/// Settings that every connection has.
pub(super) fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    limit(connection)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // An I/O error on a mapped file would be a signal, not an error.
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -PAGE_CACHE_KIB)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_prepared_statement_cache_capacity(256);
    teach(connection)
}

/// Our functions on texts: `fold` (what names are unique by), `plain` and `indexed` (what is searched), `tidy` (what is
/// kept). The triggers that keep the full-text indexes call `indexed`: any SQLite reads the file, and only who knows
/// this function writes what it searches. Harmless, or such a trigger might not call it.
///
/// # Errors
/// SQLite refuses them.
pub fn teach(connection: &Connection) -> rusqlite::Result<()> {
    type Named = (&'static str, fn(&str) -> String);
    let texts: [Named; 4] = [
        ("fold", words::key),
        ("plain", words::plain),
        ("indexed", words::indexed),
        ("tidy", |text| words::one_line(text).into_owned()),
    ];
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    texts.into_iter().try_for_each(|(name, function)| {
        connection.create_scalar_function(name, 1, flags, move |context| {
            Ok(context.get_raw(0).as_str_or_null()?.map(function))
        })
    })
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
    unwritable(path, cause)
}

fn unwritable(path: &Path, cause: impl Into<anyhow::Error>) -> StartError {
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
    // The index of the log is made now, which needs room also on a full disk.
    Reserve::beside(path).make_way();
    undo_cut_off_beginning(path)?;
    let schema = schema_of(&open_read_only(path)?)?;
    Ok(if schema == 0 { 0 } else { schema_version() - schema })
}

/// Undoes what a first start had begun that was cut off while it made the file: that is before the file has a log, and
/// the journal that it left can be undone by who writes only.
fn undo_cut_off_beginning(path: &Path) -> Result<(), StartError> {
    if !beside(path, "-journal").exists() || beside(path, "-wal").exists() {
        return Ok(());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
        .and_then(|connection| connection.query_row("select count(*) from sqlite_schema", [], |_| Ok(())))
        .map_err(|cause| unopenable(path, cause))
}

/// Copies the database consistently to `backups/avant-migration-<schema>.sqlite3` beside it. An older copy of that name
/// stays, and is enough when nothing was recorded since: an upgrade that is tried again makes no other.
pub fn copy_before_migration(path: &Path) -> Result<PathBuf, StartError> {
    let connection = open_read_only(path)?;
    let schema = schema_of(&connection)?;
    let folder = path.with_file_name("backups");
    let named = |n: u32| {
        let n = if n == 1 { String::new() } else { format!("-{n}") };
        folder.join(format!("avant-migration-{schema}{n}.sqlite3"))
    };
    let free = (1..).find(|n| !named(*n).exists()).expect("there are more numbers than files");
    if free > 1 && is_copy_of(&named(free - 1), &connection) {
        return Ok(named(free - 1));
    }
    let copy = named(free);
    let draft = copy.with_extension("partiel");
    let write = || -> anyhow::Result<()> {
        private_builder().recursive(true).create(&folder)?;
        copy_out(&connection, &draft)?;
        std::fs::File::options().write(true).open(&draft)?.sync_all()?;
        std::fs::rename(&draft, &copy)?;
        // The file's name is to be on the disk before the database changes, and the folder's as well.
        sync_folder(&folder)?;
        folder.parent().map_or(Ok(()), sync_folder)?;
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

/// Whether nothing was recorded since `copy` was made: the schema is the same, and the journals end with the same entry.
fn is_copy_of(copy: &Path, connection: &Connection) -> bool {
    let Ok(copy) = open_read_only(copy) else { return false };
    let schemas = (schema_of(&copy).ok(), schema_of(connection).ok());
    schemas.0.is_some() && schemas.0 == schemas.1 && journal_end(&copy) == journal_end(connection)
}

/// The last entry of the journal; none when nothing was recorded yet, or the schema is older than the journal.
fn journal_end(connection: &Connection) -> Option<(i64, Vec<u8>)> {
    let last = "select id, empreinte from journal order by id desc limit 1";
    connection.query_row(last, [], |row| Ok((row.get(0)?, row.get(1)?))).ok()
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
    drop(private_file(to)?);
    // It forbids writing any file, the copy too.
    connection.pragma_update(None, "query_only", false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 1)?;
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
    let ours = built(schema)
        .map_err(|cause| StartError::because(phrase!("Schéma inconnu.", "Unknown schema."), cause))?;
    let (theirs, ours) = (objects(&theirs)?, objects(&ours)?);
    Ok(theirs.symmetric_difference(&ours).map(|(name, _)| name.clone()).collect())
}

/// Whether the database at `path` answers yes.
///
/// # Errors
/// It cannot be read, or is not ours.
pub fn holds(path: &Path, question: &str) -> Result<bool, StartError> {
    let asked = open_read_only(path)?.query_row(question, [], |row| row.get(0));
    asked.map_err(|cause| StartError::because(phrase!("Schéma inconnu.", "Unknown schema."), cause))
}

pub(super) fn schema_of(connection: &Connection) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
