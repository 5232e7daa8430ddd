//! Bringing a schema up to date: every change, its record and the new number are one transaction.
//!
//! A process may be killed at any instant of it. What its successor finds is either the database as it was, byte for
//! byte in what counts, or the new one; never one whose changes are there and whose record is not.

use std::collections::BTreeSet;
use std::path::Path;

use refinery_core::traits::sync::{Migrate, Query, Transaction};
use refinery_core::{Migration, Runner, Target};
use rusqlite::{Connection, TransactionBehavior};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::setup::{APPLICATION_ID, StartError, prepare, schema_of};
use crate::phrase;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Refinery's own record of what was applied.
const HISTORY: &str = "refinery_schema_history";

/// The schema this executable works with: the number of its newest migration.
pub fn schema_version() -> i32 {
    runner().get_migrations().iter().map(Migration::version).max().unwrap_or(0)
}

/// Brings the database behind `connection` up to date.
///
/// # Errors
/// A migration failed, or the file is half way in a manner that nobody can name: then it is as it was.
pub(super) fn migrate(path: &Path, connection: &mut Connection) -> Result<(), StartError> {
    if schema_of(connection)? >= schema_version() {
        return Ok(());
    }
    let shown = path.display();
    let is_new = objects(connection).is_ok_and(|objects| objects.is_empty());
    let before = schema_of(connection)?;
    upgrade(connection, schema_version()).map_err(|cause| {
        if is_new {
            return StartError::because(
                phrase!(
                    "La base {shown} n’a pas pu être créée : vérifiez la place et les droits du disque. Rien n’y est encore ; relancez le serveur ensuite.",
                    "The database {shown} could not be created: check the room and the rights on the disk. Nothing is in it yet; start the server again afterwards."
                ),
                cause,
            );
        }
        StartError::because(
            phrase!(
                "La mise à jour de la base {shown} a échoué ; l’ancienne est intacte, remettez l’ancien exécutable.",
                "Upgrading the database {shown} failed; the old one is untouched, put the old executable back."
            ),
            cause,
        )
    })?;
    if (1..WITH_NAMES_TIDIED).contains(&before) {
        tell_of_names(connection)?;
    }
    Ok(())
}

/// The migration that tidied the names of before, and wrote down what became of each.
const WITH_NAMES_TIDIED: i32 = 27;

/// Names that were two rows' and are told one by one.
const MOST_TOLD: i64 = 100;

/// Says in the log how many names are others now. Which they are stands in the table, and each that somebody may have to
/// look at in the log as well.
fn tell_of_names(db: &Connection) -> rusqlite::Result<()> {
    let mut counts = db.prepare("select issue, count(*) from textes_repris group by issue")?;
    let counts = counts.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    for count in counts {
        let (outcome, names) = count?;
        tracing::warn!(outcome, names, "names were tidied by the upgrade; see the table textes_repris");
    }
    let mut doubles = db.prepare(
        "select tableau, ligne_id, colonne, avant, apres, issue from textes_repris where issue <> 'repris'
         order by id limit ?1",
    )?;
    let doubles = doubles.query_map([MOST_TOLD], |row| {
        let text = |column| row.get::<_, String>(column);
        Ok((text(0)?, row.get::<_, i64>(1)?, text(2)?, text(3)?, text(4)?, text(5)?))
    })?;
    for double in doubles {
        let (table, id, column, from, to, outcome) = double?;
        tracing::warn!(table, id, column, from, to, outcome, "two rows had one name");
    }
    Ok(())
}

fn upgrade(connection: &mut Connection, to: i32) -> anyhow::Result<()> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    adopt(&tx)?;
    runner().set_target(Target::Version(to)).run(&mut Within(&tx))?;
    let orphans: i64 = tx.query_row("select count(*) from pragma_foreign_key_check", [], |row| row.get(0))?;
    anyhow::ensure!(orphans == 0, "{orphans} rows refer to nothing after the migration");
    // Both stand in the file's first page, which the transaction writes like any other.
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", to)?;
    tx.commit()?;
    Ok(())
}

/// Earlier executables recorded a migration in a second transaction: one that was cut off in between left its changes
/// without their record. What is there tells which it was, and it is recorded now.
fn adopt(db: &Connection) -> anyhow::Result<()> {
    let theirs = objects(db)?;
    if theirs.is_empty() {
        return Ok(());
    }
    let recorded = last_recorded(db)?;
    if theirs == objects(&built(recorded)?)? {
        return Ok(());
    }
    let Some(next) =
        runner().get_migrations().iter().map(Migration::version).filter(|version| *version > recorded).min()
    else {
        // Not ours to judge here: whoever added an index to their own file has reasons.
        return Ok(());
    };
    if theirs == objects(&built(next)?)? {
        tracing::warn!(migration = next, "an upgrade was cut off before its record; it is recorded now");
        runner().set_target(Target::FakeVersion(next)).run(&mut Within(db))?;
    }
    Ok(())
}

fn last_recorded(db: &Connection) -> anyhow::Result<i32> {
    let exists: bool =
        db.query_row("select exists(select 1 from sqlite_schema where name = ?1)", [HISTORY], |row| {
            row.get(0)
        })?;
    if !exists {
        return Ok(0);
    }
    Ok(db.query_row(&format!("select coalesce(max(version), 0) from {HISTORY}"), [], |row| row.get(0))?)
}

/// A database in memory as our migrations up to `schema` make it.
pub(super) fn built(schema: i32) -> anyhow::Result<Connection> {
    let mut ours = Connection::open_in_memory()?;
    prepare(&ours)?;
    if schema > 0 {
        runner().set_target(Target::Version(schema)).run(&mut ours)?;
    }
    Ok(ours)
}

/// Names and texts of what a schema is made of, without what SQLite and refinery keep for themselves.
pub(super) fn objects(connection: &Connection) -> rusqlite::Result<BTreeSet<(String, String)>> {
    connection
        .prepare(
            "select name, type || ' ' || coalesce(sql, '') from sqlite_schema
             where name not like 'sqlite\\_%' escape '\\' and name <> ?1",
        )?
        .query_map([HISTORY], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

fn runner() -> Runner {
    embedded::migrations::runner()
}

/// A connection inside a transaction that somebody else began and will end: refinery begins one of its own for each
/// step otherwise.
struct Within<'c>(&'c Connection);

impl Transaction for Within<'_> {
    type Error = rusqlite::Error;

    fn execute<'a, T: Iterator<Item = &'a str>>(&mut self, queries: T) -> rusqlite::Result<usize> {
        let mut count = 0;
        for query in queries {
            self.0.execute_batch(query)?;
            count += 1;
        }
        Ok(count)
    }
}

impl Query<Vec<Migration>> for Within<'_> {
    fn query(&mut self, query: &str) -> rusqlite::Result<Vec<Migration>> {
        let unreadable = |cause: Box<dyn std::error::Error + Send + Sync>| {
            rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, cause)
        };
        self.0
            .prepare(query)?
            .query_map([], |row| {
                let (applied_on, checksum): (String, String) = (row.get(2)?, row.get(3)?);
                let applied_on =
                    OffsetDateTime::parse(&applied_on, &Rfc3339).map_err(|cause| unreadable(cause.into()))?;
                let checksum =
                    checksum.parse().map_err(|cause: std::num::ParseIntError| unreadable(cause.into()))?;
                Ok(Migration::applied(row.get(0)?, row.get(1)?, applied_on, checksum))
            })?
            .collect()
    }
}

impl Migrate for Within<'_> {}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::PathBuf;
    use std::sync::{Arc, Mutex, OnceLock};

    use rusqlite::hooks::{AuthContext, Authorization};

    use super::super::setup::open_writer;
    use super::*;

    /// What a disk holds of a database at one moment.
    #[derive(Clone)]
    struct Cut {
        database: Vec<u8>,
        log: Vec<u8>,
    }

    impl Cut {
        fn of(path: &Path) -> Self {
            let read = |path: PathBuf| std::fs::read(path).unwrap_or_default();
            Self { database: read(path.to_owned()), log: read(log_of(path)) }
        }

        /// The same, as a disk on which somebody starts again.
        fn put(&self, path: &Path) {
            for old in [path.to_owned(), log_of(path), path.with_extension("sqlite3-shm")] {
                let _ = std::fs::remove_file(old);
            }
            std::fs::write(path, &self.database).unwrap();
            if !self.log.is_empty() {
                std::fs::write(log_of(path), &self.log).unwrap();
            }
        }
    }

    fn log_of(path: &Path) -> PathBuf {
        path.with_extension("sqlite3-wal")
    }

    /// Upgrades the database at `path`; every state that its disk was in before one of the statements.
    fn cuts_of(path: &Path) -> Vec<Cut> {
        let cuts = Arc::new(Mutex::new(Vec::new()));
        let mut connection = open_writer(path).unwrap();
        // Pages go to the disk as they are made: more to be cut off.
        connection.pragma_update(None, "cache_size", 10).unwrap();
        let (kept, at, mut seen) = (cuts.clone(), path.to_owned(), HashSet::new());
        let before_each = move |_: AuthContext<'_>| {
            let state = [&at, &log_of(&at)].map(|file| {
                let data = file.metadata().ok()?;
                Some((data.len(), data.modified().ok()?))
            });
            if seen.insert(state) {
                kept.lock().unwrap().push(Cut::of(&at));
            }
            Authorization::Allow
        };
        connection.authorizer(Some(before_each)).unwrap();
        migrate(path, &mut connection).unwrap();
        connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>).unwrap();
        // Killed: the log is not folded into the file.
        let mut cuts = std::mem::take(&mut *cuts.lock().unwrap());
        cuts.push(Cut::of(path));
        cuts
    }

    /// Those of the cuts that there is time for, spread over all of them; with `ALL_CUTS=1` every one.
    fn some(cuts: Vec<Cut>) -> impl Iterator<Item = (usize, Cut)> {
        const TRIED: usize = 8;
        let step = if std::env::var_os("ALL_CUTS").is_some() { 1 } else { cuts.len().div_ceil(TRIED) };
        let last = cuts.len() - 1;
        cuts.into_iter().enumerate().filter(move |(at, _)| at % step == 0 || *at == last)
    }

    fn newest() -> &'static BTreeSet<(String, String)> {
        static NEWEST: OnceLock<BTreeSet<(String, String)>> = OnceLock::new();
        NEWEST.get_or_init(|| objects(&built(schema_version()).unwrap()).unwrap())
    }

    fn is_whole(path: &Path, why: &str) {
        let mut connection = open_writer(path).unwrap_or_else(|error| panic!("{why}: {error:?}"));
        migrate(path, &mut connection).unwrap_or_else(|error| panic!("{why}: {error:?}"));
        assert_eq!(schema_of(&connection).unwrap(), schema_version(), "{why}");
        assert!(objects(&connection).unwrap() == *newest(), "{why}: another schema");
    }

    /// What a statement finds, one text for each row.
    fn texts(db: &Connection, sql: &str) -> Vec<String> {
        let mut rows = db.prepare(sql).expect("a statement");
        let texts = rows.query_map([], |row| row.get(0)).expect("rows");
        texts.collect::<rusqlite::Result<_>>().expect("texts")
    }

    #[test]
    fn an_upgrade_makes_one_of_two_names_where_it_can_and_writes_down_what_it_did() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("erp.sqlite3");
        let mut connection = open_writer(&path).expect("a database");
        upgrade(&mut connection, WITH_NAMES_TIDIED - 1).expect("the schema of before");
        connection.execute_batch(include_str!("doubles.sql")).expect("names of before");

        migrate(&path, &mut connection).expect("an upgrade");

        let names =
            "select id || ' ' || nom || ' ' || nom_key || coalesce(' ' || description, '') from competences";
        assert_eq!(
            texts(&connection, names),
            ["1 plomberie plomberie tuyaux", "3 gaz gaz chaud", "4 gaz (4) gaz (4) froid"]
        );
        let held = "select technicien_id || ' ' || competence_id from technicien_competences";
        assert_eq!(texts(&connection, held), ["1 1"]);
        let suppliers = "select id || ' ' || nom || ' ' || email from fournisseurs";
        assert_eq!(texts(&connection, suppliers), ["1 SKF vente@skf.test"]);
        let parts = "select reference || ' ' || reference_key || ' ' || fournisseur_id || ' ' || designation from pieces";
        assert_eq!(texts(&connection, parts), ["R-1 r-1 1 Joint", "R-1 (2) r-1 (2) 1 Joint é"]);
        let told = "select tableau || ' ' || ligne_id || ' ' || colonne || ' ' || issue || coalesce(' ' || garde_id, '')
                    from textes_repris order by id";
        assert_eq!(
            texts(&connection, told),
            [
                "competences 2 nom fusionne 1",
                "competences 3 nom repris",
                "competences 4 nom renomme",
                "fournisseurs 2 nom fusionne 1",
                "pieces 2 reference renomme",
                "users 2 full_name repris",
                "pieces 2 designation repris",
            ]
        );
        let found = "select rowid || '' from pieces_fts where pieces_fts match '\"joint\"* AND \"e\"*'";
        assert_eq!(texts(&connection, found), ["2"]);
    }

    #[test]
    fn an_upgrade_keeps_prices_to_the_ten_thousandth_and_every_value_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("erp.sqlite3");
        let mut connection = open_writer(&path).expect("a database");
        upgrade(&mut connection, 31).expect("the schema of before");
        connection.execute_batch(include_str!("prices.sql")).expect("a storeroom of before");
        let lines =
            "select json_array(id, type, quantite, valeur, date, annule_id, intervention_id, emplacement)
                     from mouvements order by id";
        let levels =
            "select piece_id || ' ' || stock || ' ' || valeur || ' ' || dernier_id from stocks order by 1";
        let costs = "select cout_unitaire || '' from mouvements order by id";
        let before = (texts(&connection, lines), texts(&connection, levels), texts(&connection, costs));

        migrate(&path, &mut connection).expect("an upgrade");

        assert_eq!((texts(&connection, lines), texts(&connection, levels)), (before.0, before.1));
        let hundredfold: Vec<_> = before.2.iter().map(|cost| format!("{cost}00")).collect();
        assert_eq!(texts(&connection, costs), hundredfold);
        let prices = "select coalesce(prix_unitaire, '-') || ' ' || version from pieces order by id";
        assert_eq!(texts(&connection, prices), ["1855000 8", "- 3", "100000000000000 1"]);
        // 40.01 for four; of what is gone the cost in centimes is all that is known.
        let averages = "select coalesce(cump, '-') || '' from stocks order by piece_id";
        assert_eq!(texts(&connection, averages), ["100025", "33300", "-"]);
        let cost = "select cout || '' from intervention_couts_pieces";
        assert_eq!(texts(&connection, cost), ["2000"]);
        let history = "select id || ' ' || date || ' ' || fait_le || ' ' || type from historique";
        assert_eq!(texts(&connection, history), ["7 5 4 creation"]);
        for refused in
            ["update mouvements set motif = 'x'", "delete from mouvements", "delete from historique"]
        {
            connection.execute_batch(refused).expect_err(refused);
        }
        let next = "insert into mouvements (piece_id, type, quantite, cout_unitaire, valeur, date, auteur)
                    values (2, 'entree', 1000, 125, 1, 9, 'x') returning id || ''";
        assert_eq!(texts(&connection, next), ["10"]);
    }

    // A5
    #[test]
    fn a_first_start_cut_off_between_any_two_statements_starts_again() {
        let folder = tempfile::tempdir().unwrap();
        let cuts = cuts_of(&folder.path().join("erp.sqlite3"));

        assert!(cuts.len() > 5, "{}", cuts.len());
        let path = folder.path().join("again.sqlite3");
        for (at, cut) in cuts.into_iter().enumerate() {
            cut.put(&path);
            is_whole(&path, &format!("cut {at}"));
        }
    }

    // D4
    #[test]
    fn an_upgrade_cut_off_between_any_two_statements_is_done_or_not_begun() {
        let folder = tempfile::tempdir().unwrap();
        for schema in 1..schema_version() {
            let path = folder.path().join(format!("{schema}.sqlite3"));
            let mut connection = open_writer(&path).unwrap();
            upgrade(&mut connection, schema).unwrap();
            connection
                .execute("insert into clients (nom, created_at, updated_at) values ('Atlas', 1, 1)", [])
                .expect("a row from before");
            drop(connection);

            let cuts = cuts_of(&path);

            let again = folder.path().join("again.sqlite3");
            for (at, cut) in some(cuts) {
                let why = format!("schema {schema}, cut {at}");
                cut.put(&again);
                let found = schema_of(&open_writer(&again).unwrap()).unwrap();
                assert!(found == schema || found == schema_version(), "{why}: {found}");
                is_whole(&again, &why);
                let rows: i64 = Connection::open(&again)
                    .unwrap()
                    .query_row("select count(*) from clients", [], |row| row.get(0))
                    .unwrap();
                assert_eq!(rows, 1, "{why}");
            }
        }
    }

    #[test]
    fn what_earlier_executables_left_half_way_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let migrations = runner().get_migrations().clone();
        for half in &migrations {
            let path = folder.path().join(format!("{}.sqlite3", half.version()));
            let mut connection = open_writer(&path).unwrap();
            connection.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
            if half.version() > 1 {
                runner().set_target(Target::Version(half.version() - 1)).run(&mut connection).unwrap();
            }
            // Applied, and killed before its record: `user_version` is that of nothing yet.
            connection.execute_batch(half.sql().unwrap()).unwrap();
            drop(connection);

            is_whole(&path, &format!("{half}"));
        }
        let path = folder.path().join("unnumbered.sqlite3");
        let mut connection = open_writer(&path).unwrap();
        connection.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        runner().run(&mut connection).unwrap();
        drop(connection);
        is_whole(&path, "recorded and not numbered");
    }

    #[test]
    fn every_migration_can_be_told_by_the_schema_it_makes() {
        let mut seen = HashSet::from([BTreeSet::new()]);
        for migration in runner().get_migrations() {
            let schema = objects(&built(migration.version()).unwrap()).unwrap();
            assert!(seen.insert(schema), "{migration} changes rows only: half way, nobody could tell it");
        }
    }

    #[test]
    fn a_failed_upgrade_leaves_the_database_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erp.sqlite3");
        let mut connection = open_writer(&path).unwrap();
        upgrade(&mut connection, 5).unwrap();
        // In the way of a later migration.
        connection.execute_batch("create table pieces (id integer primary key)").unwrap();
        let before = objects(&connection).unwrap();

        assert!(migrate(&path, &mut connection).is_err());

        assert_eq!(objects(&connection).unwrap(), before);
        assert_eq!((schema_of(&connection).unwrap(), last_recorded(&connection).unwrap()), (5, 5));
    }
}
