//! How much memory the server takes while people work, and how much of it stays.
//!
//! `cargo bench --bench memory [-- --interventions 200000 --sign-ins 500 --plans 10001 --rows 100000 --photos 50
//! --readers 32 --rest 60 --limit 256 --cgroup /sys/fs/cgroup/…]`
//!
//! The executable runs in a memory cgroup of its own (as root, or below one that is yours). One thing is done after
//! another, while some connections read. What is told is its share of the machine's memory (PSS). It fails when the
//! kernel killed the server, when something was not answered as it should, or when too much was taken or kept.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what a benchmark is for")]

mod cage;
#[expect(dead_code, reason = "other benchmarks use more of it")]
mod client;
#[expect(dead_code, reason = "shared with the other benchmarks")]
mod server;
mod work;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cage::Cage;
use client::{Shot, fire};
use rusqlite::{Connection, named_params};
use server::Server;
use tokio::runtime::Runtime;
use work::{Caller, Outcome};

/// MiB that the server may have a minute after anything, and meanwhile: what is left of 256 is for the kernel, which
/// counts what it keeps of files and connections in the same cgroup.
const MOST_KEPT: f64 = 60.0;
const MOST_MEANWHILE: f64 = 224.0;

/// After a start, before anybody works.
const SETTLED: Duration = Duration::from_secs(5);

struct Plan {
    interventions: u64,
    sign_ins: u64,
    plans: i64,
    rows: u64,
    photos: u32,
    readers: usize,
    rest: Duration,
    limit_mib: u64,
    cgroup: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        arguments.iter().position(|argument| argument == name).and_then(|i| arguments.get(i + 1))
    };
    let number = |name: &str, default: u64| {
        value(name).map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
    };
    let plan = Plan {
        interventions: number("--interventions", 200_000),
        sign_ins: number("--sign-ins", 500),
        plans: number("--plans", 10_001) as i64,
        rows: number("--rows", 100_000),
        photos: number("--photos", 50) as u32,
        readers: number("--readers", 32) as usize,
        rest: Duration::from_secs(number("--rest", 60)),
        limit_mib: number("--limit", 256),
        cgroup: value("--cgroup").map(PathBuf::from),
    };
    match run(&plan) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("\n{fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(plan: &Plan) -> Result<(), String> {
    let cage = Cage::new(plan.limit_mib, plan.cgroup.as_deref())?;
    // Beside what is built, which is on a disk: files in a /tmp that is memory would count as the server's.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
    server::seed(folder.path(), plan.interventions);
    sow(folder.path(), plan.plans);
    let mut command = cage.command(env!("CARGO_BIN_EXE_erp-interventions"));
    // All sign-ins come from one address.
    command.env("ERP_SIGN_IN_BURST", "1000000");
    let server = Server::start_by(command, folder.path(), &[]);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let mut bench = Bench { cage, server, runtime, readers: plan.readers, peak: 0.0 };

    println!(
        "{} interventions, {} plans, {} MiB at most, {} connections that read",
        plan.interventions, plan.plans, plan.limit_mib, plan.readers
    );
    println!("{:<26}{:>8}{:>12}{:>12}  ", "", "s", "most MiB", "then MiB");
    bench.rest("after the start", SETTLED)?;
    let sign_ins = plan.sign_ins;
    bench.step(&format!("{sign_ins} sign-ins, 50 at once"), |caller| work::sign_ins(caller, sign_ins))?;
    for format in ["csv", "xlsx", "json"] {
        bench.step(&format!("export, {format}"), |caller| work::export(caller, format))?;
    }
    bench.step("calendar, 4 at once", work::calendar)?;
    bench.step(&format!("import of {} rows", plan.rows), |caller| work::import(caller, plan.rows))?;
    bench.step(&format!("{} photos of 12 MP", plan.photos), |caller| work::photos(caller, plan.photos))?;
    let kept = bench.rest(&format!("{} s later", plan.rest.as_secs()), plan.rest)?;
    bench.judge(kept)
}

struct Bench {
    // Goes before the group that it is in.
    server: Server,
    cage: Cage,
    runtime: Runtime,
    readers: usize,
    /// MiB.
    peak: f64,
}

impl Bench {
    /// Does something while some read, and prints what it took.
    fn step(&mut self, name: &str, work: impl FnOnce(&Caller) -> Outcome) -> Result<(), String> {
        let sign_in = |who| self.runtime.block_on(self.server.sign_in_as(who));
        // An access token lives for ten minutes only.
        let (admin, responsable) = (sign_in("admin"), sign_in("responsable"));
        let caller = Caller { address: self.server.address(), bearer: admin };
        let over = Arc::new(AtomicBool::new(false));
        let reading = self.runtime.spawn(read(caller.address, responsable, self.readers, over.clone()));
        let started = Instant::now();
        let (outcome, most) = self.watched(|| work(&caller));
        let took = started.elapsed();
        over.store(true, Ordering::Relaxed);
        let read = self.runtime.block_on(reading);
        let then = self.server.share_mib();
        let said = outcome.as_deref().unwrap_or_else(|fault| fault);
        println!("{name:<26}{:>8.1}{most:>12.1}{then:>12.1}  {said}", took.as_secs_f64());
        self.check_alive()?;
        outcome.map_err(|fault| format!("{name}: {fault}"))?;
        match read {
            Ok(0) => Ok(()),
            Ok(errors) => Err(format!("{name}: {errors} reads were not answered 200")),
            Err(cause) => Err(format!("{name}: a reader lost its connection: {cause}")),
        }
    }

    /// Lets nobody do anything; the MiB in the end.
    fn rest(&mut self, name: &str, time: Duration) -> Result<f64, String> {
        let ((), most) = self.watched(|| std::thread::sleep(time));
        self.check_alive()?;
        let then = self.server.share_mib();
        println!("{name:<26}{:>8.1}{most:>12.1}{then:>12.1}", time.as_secs_f64());
        Ok(then)
    }

    /// Does something; the most MiB that the server had meanwhile.
    fn watched<T>(&mut self, work: impl FnOnce() -> T) -> (T, f64) {
        let (server, over) = (&self.server, AtomicBool::new(false));
        let (outcome, most) = std::thread::scope(|threads| {
            let watcher = threads.spawn(|| {
                let mut most = 0.0_f64;
                while !over.load(Ordering::Relaxed) {
                    // Of a process that has just ended there is none.
                    most = most.max(server.share_mib());
                    std::thread::sleep(Duration::from_millis(10));
                }
                most
            });
            let outcome = work();
            over.store(true, Ordering::Relaxed);
            (outcome, watcher.join().expect("the watcher"))
        });
        self.peak = self.peak.max(most);
        (outcome, most)
    }

    fn check_alive(&mut self) -> Result<(), String> {
        match (self.server.ended(), self.cage.kills()) {
            (None, 0) => Ok(()),
            (Some(status), 0) => Err(format!("the server ended: {status}")),
            (_, kills) => Err(format!("killed for want of memory ({kills})")),
        }
    }

    fn judge(&self, kept: f64) -> Result<(), String> {
        let counted = self.cage.peak_mib().map_or("?".to_owned(), |mib| format!("{mib:.1}"));
        println!("\nmost at any moment        : {:.1} MiB, of {MOST_MEANWHILE}", self.peak);
        println!("kept in the end           : {kept:.1} MiB, of {MOST_KEPT}");
        println!("most in its cgroup        : {counted} MiB, with the files that the kernel keeps for later");
        match () {
            () if kept.is_nan() || kept > MOST_KEPT => {
                Err(format!("{kept:.1} MiB are kept, {MOST_KEPT} may be"))
            }
            () if self.peak > MOST_MEANWHILE => {
                Err(format!("{:.1} MiB were taken, {MOST_MEANWHILE} may be", self.peak))
            }
            () => Ok(()),
        }
    }
}

/// Reads as people do until it is over; how many reads were not answered 200.
async fn read(
    address: std::net::SocketAddr,
    bearer: String,
    connections: usize,
    over: Arc<AtomicBool>,
) -> usize {
    let get = |path: &str| Shot::get(path, &bearer);
    let round = vec![
        get("/api/v1/interventions/?page_size=50"),
        get("/api/v1/interventions/?q=pompe&page_size=50"),
        get("/api/v1/equipements/?q=pompe&page_size=20"),
        get("/api/v1/interventions/1"),
    ];
    let mut errors = 0;
    while !over.load(Ordering::Relaxed) {
        errors += fire(address, vec![round.clone(); connections], Duration::from_millis(200)).await.errors;
    }
    errors
}

/// Plans on the seeded machines, of every day from the day after tomorrow on.
fn sow(data: &Path, plans: i64) {
    let database = Connection::open(data.join("erp.sqlite3")).expect("the database opens");
    erp_interventions::kernel::db::teach(&database).expect("functions");
    database
        .execute(
            "with recursive n (i) as (select 1 union all select i + 1 from n where i < :plans)
             insert into plannings (titre, equipement_id, frequence, date_debut, prochaine_date, a_generer_le, mode,
                 facteur_decalage, duree_estimee_min, priorite, rattrapage, report_feries, report_week_ends,
                 cree_par, created_at, updated_at)
             select 'Ronde ' || i, 1 + i % 2000, 'journalier', day, day, unixepoch(day), 'calendaire', 0, 15,
                 'normale', 'derniere', 'aucun', 'aucun', 2, 0, 0
             from (select i, date('now', '+2 days') as day from n)",
            named_params! { ":plans": plans },
        )
        .expect("plans");
}
