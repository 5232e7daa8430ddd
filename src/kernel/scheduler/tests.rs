//! The scheduler's promises, on a real database and a clock that the test sets.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::civil::time;
use rusqlite::{Connection, named_params};
use tempfile::TempDir;

use super::*;
use crate::kernel::app::{App, Options};
use crate::kernel::clock::{Clock, Instant};
use crate::kernel::error::Error;

/// 08:00 UTC.
const MORNING: i64 = 1_926_230_400;
const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// A server whose clocks a test sets: the wall's, and the one that only goes forward.
struct Bench {
    folder: TempDir,
    app: App,
    wall: Arc<AtomicI64>,
    monotonic: i64,
}

impl Bench {
    fn new(jobs: &'static [Job]) -> Self {
        let (folder, wall) = (tempfile::tempdir().unwrap(), Arc::new(AtomicI64::new(MORNING)));
        let app = open(folder.path(), &wall, jobs);
        Self { folder, app, wall, monotonic: 0 }
    }

    /// Stops the server and starts it `seconds` later.
    async fn restart_after(&mut self, seconds: i64) {
        self.app.close().await;
        self.wall.fetch_add(seconds, Ordering::Relaxed);
        self.app = open(self.folder.path(), &self.wall, self.app.scheduler().jobs());
        self.monotonic = 0;
    }

    /// Sets the wall clock alone.
    fn set_back(&self, seconds: i64) {
        self.wall.fetch_sub(seconds, Ordering::Relaxed);
    }

    /// Lets time pass, and wakes the scheduler.
    async fn tick_after(&mut self, seconds: i64) {
        self.wall.fetch_add(seconds, Ordering::Relaxed);
        self.monotonic += seconds;
        tick(&self.app, Duration::from_secs(self.monotonic as u64)).await.unwrap();
    }

    async fn texts(&self, sql: &'static str) -> Vec<String> {
        let system = System::new(&self.app, "test");
        system.read(move |db| db.all(sql, [], |row| row.get(0))).await.unwrap()
    }

    /// What the jobs did, in order.
    async fn deeds(&self) -> Vec<String> {
        self.texts("select nom from clients order by id").await
    }

    async fn standing(&self, job: &'static str) -> Standing {
        let (system, app) = (System::new(&self.app, "test"), self.app.clone());
        let standings = system.read(move |db| app.scheduler().standings(db)).await.unwrap().0;
        standings.into_iter().find(|standing| standing.job.name == job).unwrap()
    }

    async fn runs(&self) -> Vec<String> {
        self.texts(
            "select job || ' ' || done || ' ' || skipped || iif(error_fr is null, '', ' échec') || iif(by_hand, ' main', '')
             from job_runs order by id",
        )
        .await
    }
}

fn open(folder: &Path, wall: &Arc<AtomicI64>, jobs: &'static [Job]) -> App {
    let options = Options {
        data_dir: folder.to_owned(),
        public_url: String::new(),
        tls: None,
        trusted_proxies: Vec::new(),
        sign_in_burst: 1,
        metrics_token: None,
        files: Default::default(),
        smtp: None,
        timetable: Timetable { jobs, ..Timetable::EMPTY },
    };
    let hand = wall.clone();
    App::open(options, Clock::from_fn(move || Instant::from_second(hand.load(Ordering::Relaxed)))).unwrap()
}

const fn job(name: &'static str, every: Every, run: fn(System) -> Run) -> Job {
    Job { name, label: ("", "", ""), every, needs_clock: false, when: None, run }
}

/// Work that leaves a trace.
async fn act(system: System, deed: &'static str) -> Result<Done> {
    let write = system.write(move |tx| {
        tx.unrecorded("what the test keeps");
        tx.execute(
            "insert into clients (nom, created_at, updated_at) values (:nom, 0, 0)",
            named_params! { ":nom": deed },
        )
    });
    write.await.map(Done::all)
}

async fn write(bench: &Bench, deed: &'static str) {
    act(System::new(&bench.app, "test"), deed).await.unwrap();
}

fn is_waiting(db: &Reader<'_>) -> Result<bool> {
    db.one("select exists (select 1 from clients where nom = 'à faire')", [], |row| row.get(0))
}

#[tokio::test]
async fn a_job_that_panics_or_fails_is_noted_harms_no_other_and_runs_again_at_its_time() {
    static JOBS: &[Job] = &[
        job("panique", Every::Hour, |_| panic!("a fault in a job")),
        job("échoue", Every::Hour, |_| Box::pin(async { Err(Error::NotFound) })),
        job("travaille", Every::Hour, |system| Box::pin(act(system, "fait"))),
    ];
    let mut bench = Bench::new(JOBS);

    bench.tick_after(0).await;
    bench.tick_after(HOUR - 1).await;
    let first = bench.texts("select job from job_runs where error_fr is not null order by job").await;
    bench.tick_after(1).await;

    assert_eq!(first, ["panique", "échoue"]);
    assert_eq!(bench.runs().await.len(), 6);
    assert_eq!(bench.deeds().await, ["fait", "fait"]);
    let told = bench.texts("select error_fr from job_runs where job = 'panique' limit 1").await;
    assert!(!told[0].contains("fault"), "the cause is for the log: {told:?}");
}

#[tokio::test]
async fn a_minute_without_work_writes_nothing_and_one_with_work_leaves_a_row() {
    static JOBS: &[Job] = &[Job {
        when: Some(is_waiting),
        ..job("travaille", Every::Minute, |system| {
            Box::pin(async move {
                system
                    .write(|tx| tx.bookkeeping(|| tx.execute("delete from clients", [])))
                    .await
                    .map(Done::all)
            })
        })
    }];
    let mut bench = Bench::new(JOBS);
    bench.tick_after(0).await;
    let watcher = Connection::open(bench.folder.path().join("erp.sqlite3")).unwrap();
    // Changes with each commit of another connection.
    let version = || watcher.pragma_query_value(None, "data_version", |row| row.get::<_, i64>(0)).unwrap();
    let before = version();

    for _ in 0..59 {
        bench.tick_after(MINUTE).await;
    }
    let after = version();
    write(&bench, "à faire").await;
    bench.tick_after(1).await;

    assert_eq!(after, before, "59 minutes in which nothing was written");
    assert_eq!(bench.runs().await, ["travaille 1 0"], "and it did not wait for the minute");
}

#[tokio::test]
async fn a_job_that_cannot_do_what_there_is_waits_for_its_time() {
    static JOBS: &[Job] = &[Job {
        when: Some(|_| Ok(true)),
        ..job("bute", Every::Minute, |_| {
            Box::pin(async {
                let why = Phrase::new("parce que", "because");
                Ok(Done { done: 1, skipped: vec![Skipped { entite: "client", id: 7, why }] })
            })
        })
    }];
    let mut bench = Bench::new(JOBS);

    for _ in 0..10 {
        bench.tick_after(1).await;
    }
    let within_a_minute = bench.runs().await;
    bench.tick_after(MINUTE).await;

    assert_eq!(within_a_minute, ["bute 1 1"]);
    assert_eq!(bench.runs().await.len(), 2);
    let system = System::new(&bench.app, "test");
    let within = |seconds| system.read(move |db| lately_skipped(db, "bute", Duration::from_secs(seconds)));
    assert!(within(HOUR as u64).await.unwrap().contains(&7));
}

// b5
#[tokio::test]
async fn a_doubted_clock_holds_the_jobs_that_need_it_until_it_is_believed_again() {
    static JOBS: &[Job] = &[
        Job { needs_clock: true, ..job("datée", Every::Hour, |system| Box::pin(act(system, "datée"))) },
        job("autre", Every::Hour, |system| Box::pin(act(system, "autre"))),
    ];
    for (leap, back) in [(-2 * DAY, 2 * DAY), (400 * DAY, -400 * DAY)] {
        let mut bench = Bench::new(JOBS);
        bench.tick_after(0).await;

        bench.set_back(-leap);
        bench.tick_after(HOUR).await;
        let doubted = bench.deeds().await;
        let (held, free) = (bench.standing("datée").await, bench.standing("autre").await);
        let page = bench.app.metrics().render();
        bench.set_back(-back);
        bench.tick_after(HOUR).await;

        assert_eq!(doubted[2..], ["autre"]);
        assert_eq!((held.is_held, held.next, free.is_held), (true, None, false));
        assert!(page.contains("\nerp_clock_doubted 1\n"), "{page}");
        assert!(bench.deeds().await[3..].contains(&"datée".to_owned()), "{leap}");
    }
}

// b5
#[tokio::test]
async fn the_clock_s_mark_outlives_the_process_and_a_gap_ahead_is_downtime() {
    static JOBS: &[Job] =
        &[Job { needs_clock: true, ..job("datée", Every::Hour, |system| Box::pin(act(system, "datée"))) }];
    let mut bench = Bench::new(JOBS);
    bench.tick_after(0).await;

    bench.restart_after(-2 * DAY).await;
    bench.tick_after(HOUR).await;
    let earlier = bench.deeds().await;
    bench.restart_after(40 * DAY).await;
    bench.tick_after(0).await;

    assert_eq!(earlier, ["datée"], "before the mark nothing is done");
    assert_eq!(bench.deeds().await, ["datée", "datée"]);
}

// b5
#[tokio::test]
async fn somebody_s_word_frees_the_jobs_and_none_waits_for_a_future_that_was_wrong() {
    static JOBS: &[Job] = &[Job {
        needs_clock: true,
        ..job("nuit", Every::Day(time(2, 0, 0, 0)), |system| Box::pin(act(system, "nuit")))
    }];
    let mut bench = Bench::new(JOBS);
    // A first start with a wrong date, believed for want of anything to compare it with.
    bench.set_back(-400 * DAY);
    bench.tick_after(0).await;
    bench.tick_after(18 * HOUR).await;
    bench.set_back(400 * DAY);
    bench.tick_after(MINUTE).await;
    let held = bench.standing("nuit").await.is_held;

    let (system, app) = (System::new(&bench.app, "test"), bench.app.clone());
    system.write(move |tx| app.scheduler().believe_clock(tx)).await.unwrap();
    bench.tick_after(DAY).await;
    bench.restart_after(0).await;
    bench.tick_after(0).await;

    assert!(held);
    assert_eq!(bench.deeds().await, ["nuit", "nuit"]);
    assert!(!bench.standing("nuit").await.is_held, "the word was kept");
}

#[tokio::test]
async fn a_night_missed_while_the_server_was_off_is_made_up_for_once() {
    static JOBS: &[Job] =
        &[job("nuit", Every::Day(time(2, 0, 0, 0)), |system| Box::pin(act(system, "nuit")))];
    let mut bench = Bench::new(JOBS);
    bench.tick_after(0).await;
    let first_day = bench.deeds().await;

    // On during the day only: it never sees 02:00.
    for _ in 0..3 {
        bench.restart_after(DAY).await;
        bench.tick_after(0).await;
        bench.tick_after(MINUTE).await;
    }

    assert!(first_day.is_empty());
    assert_eq!(bench.deeds().await, ["nuit"; 3]);
}

#[tokio::test]
async fn a_job_runs_by_hand_beside_its_times_and_never_twice_at_once() {
    static JOBS: &[Job] = &[job("travaille", Every::Hour, |system| Box::pin(act(system, "fait")))];
    let mut bench = Bench::new(JOBS);
    bench.tick_after(0).await;
    let check = async |name: &'static str| {
        let (system, app) = (System::new(&bench.app, "test"), bench.app.clone());
        system.read(move |db| app.scheduler().check_launch(db, name)).await
    };

    check("travaille").await.unwrap();
    let unknown = check("autre").await;
    bench.app.scheduler().launch(&JOBS[0]);
    let twice = check("travaille").await;
    bench.tick_after(1).await;

    assert!(matches!(unknown, Err(Error::NotFound)));
    assert!(matches!(twice, Err(Error::Conflict(conflict)) if conflict.code == "deja_en_cours"));
    assert_eq!(bench.runs().await, ["travaille 1 0", "travaille 1 0 main"]);
    assert!(!bench.standing("travaille").await.is_running);
}

#[tokio::test]
async fn the_oldest_runs_are_forgotten() {
    static JOBS: &[Job] = &[job("travaille", Every::Hour, |system| Box::pin(act(system, "fait")))];
    let mut bench = Bench::new(JOBS);
    let system = System::new(&bench.app, "test");
    let fill = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 600)
         insert into job_runs (job, started_at, duration_ms) select iif(i > 10, 'travaille', 'autre'), i, 0 from n";
    system.write(move |tx| tx.bookkeeping(|| tx.execute(fill, []))).await.unwrap();

    bench.tick_after(0).await;

    let left = bench.texts("select job || ' ' || count(*) from job_runs group by job order by job").await;
    assert_eq!(left, ["autre 10", "travaille 500"]);
    assert_eq!(
        bench.texts("select cast(max(started_at) as text) from job_runs").await,
        [MORNING.to_string()]
    );
}

#[tokio::test]
async fn the_server_s_own_loop_runs_what_a_write_made_due_and_ends_when_it_stops() {
    static JOBS: &[Job] = &[Job {
        when: Some(is_waiting),
        ..job("travaille", Every::Minute, |system| {
            Box::pin(async move {
                let done = "update clients set nom = 'fait' where nom = 'à faire'";
                system.write(move |tx| tx.bookkeeping(|| tx.execute(done, []))).await.map(Done::all)
            })
        })
    }];
    let bench = Bench::new(JOBS);
    let mut commits = bench.app.commits();
    let clock = tokio::spawn(keep_time(bench.app.clone()));

    write(&bench, "à faire").await;
    while bench.runs().await.is_empty() {
        commits.changed().await.unwrap();
    }
    bench.app.announce_stop();
    nudge(&bench.app);

    clock.await.unwrap();
    assert_eq!(bench.deeds().await, ["fait"]);
}
