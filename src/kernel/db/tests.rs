//! The writer's promises, tried on a real file.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use rusqlite::{Connection, params};
use tempfile::TempDir;

use super::limits::{
    LIKE_LENGTH, QUEUE_PER_PERSON, SQL_COLUMNS, SQL_DEPTH, SQL_LENGTH, SQL_PARTS, SQL_VALUES, VALUE_BYTES,
};
use super::reserve::Reserve;
use super::writer::{Need, Writer};
use super::{Change, Db, Fact, Tools, Tx, setup};
use crate::ids::UserId;
use crate::kernel::auth::{Actor, Refusals, Who};
use crate::kernel::clock::Instant;
use crate::kernel::error::{Error, Result};
use crate::kernel::metrics::Metrics;
use crate::kernel::zones::Zones;

struct Noted;

impl Fact for Noted {
    fn action(&self) -> &'static str {
        "test.note"
    }

    fn entite(&self) -> &'static str {
        "test"
    }

    fn entite_id(&self) -> Option<i64> {
        None
    }
}

fn open() -> (TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("erp.sqlite3"), tools()).unwrap();
    (folder, db)
}

fn tools() -> Tools {
    Tools::new(Metrics::new(), Zones::embedded(), Refusals::new())
}

fn system() -> Arc<Who> {
    let now = Instant::from_second(1_900_000_000);
    Arc::new(Who { actor: Actor::system("test"), now, address: None, request_id: None })
}

fn add(tx: &Tx<'_>, nom: &str) -> Result<i64> {
    let id =
        tx.insert("insert into clients (nom, created_at, updated_at) values (?1, 0, 0)", params![nom])?;
    tx.record(Noted, Change::none())?;
    Ok(id)
}

async fn names(db: &Db) -> Vec<String> {
    db.read(system(), |db| db.all("select nom from clients order by id", [], |row| row.get(0))).await.unwrap()
}

#[test]
fn a_first_start_cut_off_while_it_made_the_file_begins_again() {
    let folder = tempfile::tempdir().unwrap();
    let (making, path) = (folder.path().join("making.sqlite3"), folder.path().join("erp.sqlite3"));
    let connection = Connection::open(&making).unwrap();
    let begun = "pragma cache_size = 5; begin; create table t (bytes blob);
                 insert into t select randomblob(9000) from (values (1), (2), (3), (4), (5), (6), (7), (8))";
    connection.execute_batch(begun).unwrap();
    for (from, to) in [("making.sqlite3", "erp.sqlite3"), ("making.sqlite3-journal", "erp.sqlite3-journal")] {
        std::fs::copy(folder.path().join(from), folder.path().join(to)).unwrap();
    }
    assert!(path.metadata().unwrap().len() > 0, "pages of it went to the file");

    let pending = super::pending_migrations(&path);

    assert!(matches!(pending, Ok(0)), "{pending:?}");
    assert!(Db::open(&path, tools()).is_ok());
}

#[tokio::test]
async fn a_write_that_panics_is_undone_and_harms_no_other() {
    let (_folder, db) = open();

    let panicked = db
        .write(system(), |tx| -> Result<()> {
            add(tx, "perdu")?;
            panic!("a fault in a handler")
        })
        .await;
    db.write(system(), |tx| add(tx, "gardé")).await.unwrap();

    assert!(matches!(panicked, Err(Error::Internal(_))));
    assert_eq!(names(&db).await, ["gardé"]);
}

#[tokio::test]
async fn a_write_that_fails_late_leaves_nothing_not_even_its_journal_entry() {
    let (_folder, db) = open();

    let refused = db.write(system(), |tx| add(tx, "perdu").and(Err::<(), _>(Error::Stale))).await;

    assert!(matches!(refused, Err(Error::Stale)));
    let entries: i64 =
        db.read(system(), |db| db.one("select count(*) from journal", [], |row| row.get(0))).await.unwrap();
    assert_eq!((entries, names(&db).await.len()), (0, 0));
}

#[tokio::test]
async fn a_write_that_records_nothing_is_refused_unless_it_says_why() {
    let (_folder, db) = open();
    let insert = "insert into clients (nom, created_at, updated_at) values ('x', 0, 0)";

    let silent = db.write(system(), move |tx| tx.insert(insert, [])).await;
    let explained = db
        .write(system(), move |tx| {
            tx.unrecorded("a test");
            tx.insert(insert, [])
        })
        .await;

    assert!(matches!(silent, Err(Error::Internal(_))));
    assert!(explained.is_ok());
    assert_eq!(names(&db).await.len(), 1);
}

#[tokio::test]
async fn writes_that_wait_together_share_a_commit_and_fail_alone() {
    let (_folder, db) = open();
    let (release, held) = channel::<()>();
    let blocker = tokio::spawn({
        let db = db.clone();
        async move {
            db.write(system(), move |tx| {
                held.recv().ok();
                add(tx, "premier")
            })
            .await
        }
    });

    let waiting: Vec<_> = (0..20)
        .map(|i| {
            let db = db.clone();
            tokio::spawn(async move {
                db.write(system(), move |tx| {
                    let id = add(tx, &format!("{i}"))?;
                    if i % 4 == 0 { Err(Error::Stale) } else { Ok(id) }
                })
                .await
            })
        })
        .collect();
    tokio::task::yield_now().await;
    release.send(()).unwrap();
    blocker.await.unwrap().unwrap();
    let mut refused = 0;
    for write in waiting {
        refused += usize::from(write.await.unwrap().is_err());
    }

    assert_eq!(refused, 5);
    assert_eq!(names(&db).await.len(), 16);
    let chain = db.read(system(), |db| super::Chain::default().walk_on(db)).await.unwrap();
    assert_eq!((chain.entries(), chain.broken()), (16, None));
}

#[tokio::test]
async fn a_full_queue_answers_busy_and_loses_nothing_it_accepted() {
    let (_folder, db) = open();
    let (release, held) = channel::<()>();
    let mut writes = vec![tokio::spawn({
        let db = db.clone();
        async move {
            db.write(system(), move |tx| {
                held.recv().ok();
                add(tx, "premier")
            })
            .await
        }
    })];
    tokio::task::yield_now().await;

    for i in 0..400 {
        let db = db.clone();
        writes
            .push(tokio::spawn(async move { db.write(system(), move |tx| add(tx, &format!("{i}"))).await }));
    }
    tokio::task::yield_now().await;
    release.send(()).unwrap();
    let (mut accepted, mut busy) = (0, 0);
    for write in writes {
        match write.await.unwrap() {
            Ok(_) => accepted += 1,
            Err(Error::Busy(..)) => busy += 1,
            Err(other) => panic!("{other:?}"),
        }
    }

    assert!(busy > 0, "401 writes against a queue of 256");
    assert_eq!(names(&db).await.len(), accepted);
}

#[tokio::test]
async fn a_read_stays_in_the_moment_it_began() {
    let (_folder, db) = open();
    db.write(system(), |tx| add(tx, "avant")).await.unwrap();
    let (begun, wait_begun) = channel::<()>();
    let (release, held) = channel::<()>();
    let count =
        |db: &super::Reader<'_>| db.one("select count(*) from clients", [], |row| row.get::<_, i64>(0));

    let reading = tokio::spawn({
        let db = db.clone();
        async move {
            db.read(system(), move |db| {
                let first = count(db)?;
                begun.send(()).ok();
                held.recv().ok();
                Ok((first, count(db)?))
            })
            .await
        }
    });
    tokio::task::spawn_blocking(move || wait_begun.recv()).await.unwrap().unwrap();
    db.write(system(), |tx| add(tx, "pendant")).await.unwrap();
    release.send(()).unwrap();

    assert_eq!(reading.await.unwrap().unwrap(), (1, 1));
    assert_eq!(names(&db).await.len(), 2);
}

#[tokio::test]
async fn a_write_refused_because_another_process_writes_was_never_carried_out() {
    let (folder, db) = open();
    let path = folder.path().join("erp.sqlite3");
    let impatient = setup::open_writer(&path).unwrap();
    impatient.busy_timeout(Duration::ZERO).unwrap();
    let writer = Writer::start(impatient, tools(), Arc::new(Reserve::beside(&path)));
    let other = Connection::open(&path).unwrap();
    other.execute_batch("begin immediate").unwrap();

    let refused = writer
        .run(system(), Need::Work, move |tx| {
            other.execute_batch("rollback")?;
            add(tx, "fantôme")
        })
        .await;
    writer.run(system(), Need::Work, |tx| add(tx, "gardé")).await.unwrap();

    assert!(matches!(refused, Err(Error::Busy(..))), "{refused:?}");
    assert_eq!(names(&db).await, ["gardé"]);
}

#[tokio::test]
async fn an_attempt_that_fails_undoes_itself_and_nothing_else() {
    let (_folder, db) = open();

    db.write(system(), |tx| {
        add(tx, "avant")?;
        let failed = tx.attempt(|| {
            add(tx, "tenté")?;
            Err::<(), _>(Error::NotFound)
        });
        assert!(matches!(failed, Err(Error::NotFound)));
        tx.attempt(|| add(tx, "réussi"))
    })
    .await
    .unwrap();

    assert_eq!(names(&db).await, ["avant", "réussi"]);
}

#[tokio::test]
async fn each_connection_has_its_page_cache_to_itself() {
    let (_folder, db) = open();
    let listed = db.read(system(), |db| db.all("pragma compile_options", [], |row| row.get::<_, String>(0)));
    let options = listed.await.unwrap();
    assert!(options.iter().any(|option| option == "ENABLE_FTS5"), "{options:?}");
    // A lock that all of them would wait for, and memory up to the sum of their limits: .cargo/config.toml.
    assert!(!options.iter().any(|option| option == "ENABLE_MEMORY_MANAGEMENT"), "{options:?}");
}

/// Begins a long read, which looks for rows until it is cut.
fn endless(db: &Db) -> impl Future<Output = Result<i64>> + use<> {
    let db = db.clone();
    async move {
        let sql = "with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n";
        db.read_long(system(), |db| db.one(sql, [], |row| row.get(0))).await
    }
}

fn is_waiting(read: &mut (impl Future + Unpin)) -> bool {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    std::pin::Pin::new(read).poll(&mut context).is_pending()
}

#[tokio::test]
async fn long_reads_have_two_places_of_their_own_and_give_them_back_when_nobody_waits() {
    let (_folder, db) = open();
    let (mut one, mut two) = (Box::pin(endless(&db)), Box::pin(endless(&db)));
    assert!(is_waiting(&mut one) && is_waiting(&mut two));

    let third = db.read_long(system(), |_| Ok(())).await;

    assert!(matches!(third, Err(Error::Busy(..))), "{third:?}");
    assert_eq!((db.readers_busy(), names(&db).await.len()), (0, 0));
    drop((one, two));
    while db.read_long(system(), |_| Ok(())).await.is_err() {
        tokio::task::yield_now().await;
    }
}

fn person(id: i64) -> Arc<Who> {
    let now = Instant::from_second(1_900_000_000);
    Arc::new(Who { actor: Actor::proven(UserId(id), "test"), now, address: None, request_id: None })
}

#[tokio::test]
async fn one_person_s_waiting_writes_are_bounded_and_another_s_get_in() {
    let (_folder, db) = open();
    let (release, wait) = channel();
    let mut busy = Box::pin(db.write(system(), move |_| {
        let _ = wait.recv();
        Ok(())
    }));
    assert!(is_waiting(&mut busy));
    let mut theirs: Vec<_> =
        (0..QUEUE_PER_PERSON).map(|_| Box::pin(db.write(person(1), |_| Ok(())))).collect();
    assert!(theirs.iter_mut().all(is_waiting));

    let refused = db.write(person(1), |_| Ok(())).await;
    let mut another = Box::pin(db.write(person(2), |_| Ok(())));

    assert!(matches!(refused, Err(Error::TooMany(..))), "{refused:?}");
    assert!(is_waiting(&mut another));
    // Whoever hangs up still has their writes in the queue.
    drop(theirs);
    assert!(matches!(db.write(person(1), |_| Ok(())).await, Err(Error::TooMany(..))));
    release.send(()).unwrap();
    another.await.unwrap();
    db.write(person(1), |_| Ok(())).await.unwrap();
}

#[tokio::test]
async fn what_was_given_up_before_it_began_is_not_done_later() {
    let (_folder, db) = open();
    let (release, wait) = channel();
    let mut busy = Box::pin(db.write(system(), move |_| {
        let _ = wait.recv();
        Ok(())
    }));
    assert!(is_waiting(&mut busy));
    let (done, was_done) = channel();
    let mut given_up = Box::pin(db.write(person(1), move |_| {
        let _ = done.send(());
        Ok(())
    }));
    assert!(is_waiting(&mut given_up));

    drop(given_up);
    release.send(()).unwrap();
    busy.await.unwrap();
    db.write(person(1), |_| Ok(())).await.unwrap();

    assert!(was_done.recv().is_err(), "it was done though nobody waited");
}

#[tokio::test]
async fn sqlite_itself_is_asked_nothing_that_is_too_long_too_deep_or_too_much() {
    let (_folder, db) = open();
    let asked = async |sql: String| {
        db.read(system(), move |db| db.maybe(&sql, [], |row| row.get::<_, i64>(0))).await.is_ok()
    };
    let deep = |terms: i32| format!("select {}", vec!["1"; terms as usize].join(" and "));
    let parts = |parts: i32| vec!["select 1"; parts as usize].join(" union all ");
    let bytes = |bytes: i32| format!("select length(zeroblob({bytes}))");
    let long = |length: i32| format!("select{}1", " ".repeat(length as usize - 7));
    let like = |length: i32| format!("select 'x' like '{}'", "%".repeat(length as usize));
    let columns = |count: i32| format!("select {}", vec!["1"; count as usize].join(", "));

    for (what, least, most) in [
        ("depth", deep(SQL_DEPTH - 1), deep(SQL_DEPTH + 1)),
        ("parts", parts(SQL_PARTS), parts(SQL_PARTS + 1)),
        ("bytes", bytes(VALUE_BYTES), bytes(VALUE_BYTES + 1)),
        ("length", long(SQL_LENGTH), long(SQL_LENGTH + 1)),
        ("pattern", like(LIKE_LENGTH), like(LIKE_LENGTH + 1)),
        ("columns", columns(SQL_COLUMNS), columns(SQL_COLUMNS + 1)),
    ] {
        assert!(asked(least).await && !asked(most).await, "{what}");
    }
    let bound = async |count: i32| {
        let values = vec![1; count as usize];
        let sql = format!("select 1 in ({})", vec!["?"; values.len()].join(", "));
        db.read(system(), move |db| {
            db.one(&sql, rusqlite::params_from_iter(values), |row| row.get::<_, i64>(0))
        })
        .await
        .is_ok()
    };
    assert!(bound(SQL_VALUES).await && !bound(SQL_VALUES + 1).await, "values");
    assert!(!asked("attach ':memory:' as other".to_owned()).await);
}
