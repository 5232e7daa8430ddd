//! kill -9 at any instant of a first start, an upgrade or a restore: the next start serves what was there, or what was
//! brought. `KILLS=200 cargo test --test spec killed_starts` for the long version.
//!
//! Wherever two facts are written that must agree, one of them decides, and it comes last:
//!
//! | place | the two facts | how they are one |
//! | --- | --- | --- |
//! | a new or upgraded database | the schema; its records, `application_id`, `user_version` | one transaction (`db/migrate.rs`, cut between every two statements) |
//! | a file that is being made | the file; SQLite's rollback journal, before there is a log | undone by the next start before it looks (`db/setup.rs`): a look that only reads cannot, and was refused |
//! | before an upgrade | the copy in `backups`; the upgraded database | the copy is written aside, synced, named and its folder synced before the database changes; one that is enough is not made again |
//! | a commit | the log; what people were told | synced before the answer; what was synced and no longer verifies is told (`db/wal.rs`) |
//! | database and log | two files | a log with commits without its database is refused, for SQLite would delete it (`db/wal.rs`) |
//! | a damaged log | its copy; the log that SQLite goes over | copied, synced and named before SQLite opens; the same damage is not copied twice (`db/wal/keep.rs`) |
//! | signing keys | `secrets/jwt-1`, `secrets/refresh-1` | need not agree: each is whole or not there, and what is not there is made |
//! | local authority | `autorite.cle`, `autorite.pem`; `serveur.pem` (certificate and key in one file); `etat.json` | written in this order, each whole, the folder synced after each; without `etat.json` there is no authority and all is made anew, with it nothing of it is replaced but the server's certificate (`tls/authority.rs`) |
//! | renewed certificate | `serveur.pem`; its last day in `etat.json` | the state comes last: while it tells of the old, the next look makes another |
//! | demonstration | files; rows | files first, then every row in one transaction; files without rows are swept |
//! | documents, imports with documents | file; row | the file is synced and named before its row is committed, and removed after it: a file without a row is swept |
//! | a backup | the archive; its listing | the listing is the folder; the archive gets its name when it was read again |
//! | a restore drill | its folder; its row | the folder is made empty at the next, and the row waits until it has a result |
//! | a restore | the new data; the old | unpacked beside under a mark, settled, examined, then the folders change places in one step; where a system has no such step, a start that finds the data aside refuses and names it |
//! | a restored database | sessions and mail of then; their end | ended in the draft, before it has its place |
//! | first administrator | the account; the code that lets in | the code is in memory only and dies with the process |
//! | a job, a follower of the journal | its work; its mark | one transaction for each stretch |
//! | a mail | the mail server has it; its row | the row is marked before and after: killed in between it is sent again, with the same Message-ID |
//! | `LOCK`, `reserve` | none | the kernel's lock decides, not the file; a reserve of any length is filled up |

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::plant::Plant;
use crate::server_process::{ServerProcess, command, printed, run, said};

mod embedded {
    refinery::embed_migrations!("migrations");
}

fn kills() -> u64 {
    std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(20)
}

/// Starts the executable and kills it `after` that long, if it has not ended by itself.
fn start_and_kill(arguments: &[&str], data: &Path, after: Duration) {
    let mut child = command(arguments)
        .arg("--data-dir")
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the executable runs");
    std::thread::sleep(after);
    let _ = child.kill();
    child.wait().expect("it ended");
}

/// A different moment each round, from the first milliseconds to after the work is done.
fn moment(round: u64, last: u64) -> Duration {
    Duration::from_micros(2000 + (round * 7919) % (last * 1000))
}

/// Serves, and all that an examination looks at is well.
fn assert_serves(data: &Path, why: &str) {
    let server = ServerProcess::start(data, &[]);
    assert_eq!(server.get("/health/ready"), 200, "{why}: {}", server.log());
    drop(server);
    let check = run(data, &["check", "--all"]);
    assert!(check.status.success(), "{why}: {}{}", printed(&check), said(&check));
}

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

// A5
#[test]
fn a_first_start_that_is_killed_starts_again() {
    for round in 0..kills() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("erp");

        start_and_kill(&SERVE, &data, moment(round, 400));

        assert_serves(&data, &format!("round {round}"));
    }
}

/// Puts a database of an earlier schema, another each round, with a client into `data`; says which schema.
pub fn of_schema(data: &Path, round: u64) -> i64 {
    let migrations = embedded::migrations::runner().get_migrations().clone();
    let newest = migrations.len() as u64 - 1;
    let mut connection = Connection::open(data.join("erp.sqlite3")).expect("a database");
    erp_interventions::kernel::db::teach(&connection).expect("functions");
    let schema = migrations[(round % newest) as usize].version();
    let target = refinery::Target::Version(schema);
    embedded::migrations::runner().set_target(target).run(&mut connection).expect("an earlier schema");
    connection
        .execute_batch(&format!(
            "pragma journal_mode = wal; pragma application_id = 1163022441; pragma user_version = {schema};
             insert into clients (nom, created_at, updated_at) values ('Atlas', 1, 1)"
        ))
        .expect("a row from before");
    i64::from(schema)
}

// D4
#[test]
fn an_upgrade_that_is_killed_is_done_or_not_begun() {
    for round in 0..kills() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("erp");
        fs::create_dir(&data).expect("a folder");
        let database = data.join("erp.sqlite3");
        let schema = of_schema(&data, round);

        start_and_kill(&SERVE, &data, moment(round, 400));

        assert_serves(&data, &format!("round {round}, from schema {schema}"));
        let clients: i64 = Connection::open(&database)
            .expect("opens")
            .query_row("select count(*) from clients", [], |row| row.get(0))
            .expect("a count");
        assert_eq!(clients, 1, "round {round}, from schema {schema}");
        let copies = fs::read_dir(data.join("backups")).map_or(0, |entries| {
            entries
                .flatten()
                .filter(|entry| entry.path().extension().is_some_and(|end| end == "sqlite3"))
                .count()
        });
        assert!(copies <= 1, "round {round}: a start that is tried again makes no other copy: {copies}");
    }
}

/// A stopped plant with so many interventions.
async fn plant(interventions: usize) -> TempDir {
    let plant = Plant::new();
    plant.set_time("2026-01-01T00:00:00Z");
    for n in 0..interventions {
        let body = json!({"titre": format!("n° {n}"), "equipement_id": 1, "type_intervention": "corrective"});
        plant.responsable().post("interventions/", body).await.expect(201);
    }
    plant.stop().await
}

fn interventions(data: &Path) -> i64 {
    Connection::open(data.join("erp.sqlite3"))
        .expect("opens")
        .query_row("select count(*) from interventions", [], |row| row.get(0))
        .expect("a count")
}

/// What lies beside the data.
fn beside(data: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(data.parent().expect("a parent")).expect("a folder").flatten();
    let named = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().contains("restauration");
    all.map(|entry| entry.path()).filter(named).collect()
}

/// A data directory whose place is its own: what a restore leaves beside it is seen.
fn settle(from: TempDir) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("erp");
    fs::rename(from.keep(), &data).expect("moved");
    (folder, data)
}

// d2
#[tokio::test]
async fn a_restore_that_is_killed_is_done_or_not_begun_and_takes_no_backup_along() {
    let (folder, data) = settle(plant(1).await);
    let file = folder.path().join("une.tar.zst");
    let file = file.to_str().expect("a path");
    assert!(run(&data, &["backup", file]).status.success());
    let database = Connection::open(data.join("erp.sqlite3")).expect("opens");
    erp_interventions::kernel::db::teach(&database).expect("functions");
    database.execute("update interventions set titre = 'Changée'", []).expect("changed");
    drop(database);
    fs::create_dir_all(data.join("backups")).expect("a folder");
    fs::write(data.join("backups/ancienne.tar.zst"), "ancienne").expect("written");

    for round in 0..kills() {
        start_and_kill(&["restore", file], &data, moment(round, 700));

        let kept = fs::read_to_string(data.join("backups/ancienne.tar.zst"));
        assert_eq!(kept.expect("the older backup is there"), "ancienne", "round {round}");
        assert_serves(&data, &format!("round {round}"));
        assert_eq!(interventions(&data), 1, "round {round}");
    }
    let again = run(&data, &["restore", file]);
    assert!(again.status.success(), "{}", said(&again));
    let drafts = beside(&data).into_iter().filter(|path| path.join("BROUILLON").exists()).count();
    assert_eq!(drafts, 0, "what killed restores left is gone: {:?}", beside(&data));
}

#[tokio::test]
async fn where_a_cut_restore_left_the_data_beside_its_place_no_empty_plant_begins() {
    let (_folder, data) = settle(plant(1).await);
    let aside = data.with_file_name("erp.avant-restauration-1");
    fs::rename(&data, &aside).expect("put aside, and cut");

    let output = run(&data, &SERVE);

    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("erp.avant-restauration-1"), "{}", said(&output));
    assert!(!data.join("erp.sqlite3").exists());
    assert!(!data.exists(), "the place is free for what is to be put there");

    fs::create_dir(&data).expect("made by hand");
    fs::rename(&aside, data.join("erp.avant-restauration-1")).expect("put inside instead");
    let inside = run(&data, &SERVE);
    assert_eq!(inside.status.code(), Some(1), "{}", said(&inside));
    assert!(said(&inside).contains("erp.avant-restauration-1"), "{}", said(&inside));

    fs::rename(data.join("erp.avant-restauration-1"), &aside).expect("taken out");
    fs::remove_dir_all(&data).expect("nothing else is in it");
    fs::rename(&aside, &data).expect("as it was told");
    assert_serves(&data, "put back");
}

#[tokio::test]
async fn a_backup_of_books_that_do_not_agree_is_refused_unless_it_is_wanted_as_it_is() {
    let (folder, data) = settle(plant(1).await);
    let file = folder.path().join("fausse.tar.zst");
    let file = file.to_str().expect("a path");
    let database = Connection::open(data.join("erp.sqlite3")).expect("opens");
    let names = "select name, sql from sqlite_schema where type = 'trigger' and tbl_name = 'journal'";
    let guards: Vec<(String, String)> = database
        .prepare(names)
        .expect("triggers")
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("triggers")
        .map(Result::unwrap)
        .collect();
    for (name, _) in &guards {
        database.execute_batch(&format!("drop trigger {name}")).expect("dropped");
    }
    database.execute("update journal set acteur = 'personne' where id = 1", []).expect("forged");
    for (_, sql) in &guards {
        database.execute_batch(sql).expect("as it was");
    }
    drop(database);
    assert!(run(&data, &["backup", file]).status.success());

    let refused = run(&data, &["restore", file]);
    let taken = run(&data, &["restore", file, "--despite-check"]);

    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("--despite-check"), "{}", said(&refused));
    assert!(taken.status.success(), "{}", said(&taken));
    assert!(printed(&taken).contains("non examinés"), "{}", printed(&taken));
}
