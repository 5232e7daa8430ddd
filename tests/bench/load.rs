//! How fast it is, against the limits of the machine it runs on.
//!
//! `cargo bench --bench load [-- --interventions 100000 --seconds 5 --connections 32]`
//!
//! Everything is measured in one run, for machines differ and drift: an axum hello-world under the same client
//! is the limit of the HTTP stack, a bare rusqlite query on the same file the limit of the store, and one
//! client that waits for each answer is « one commit per request ». Ratios are what to quote.

#![expect(clippy::print_stdout, reason = "what a benchmark is for")]

#[expect(dead_code, reason = "other benchmarks use more of it")]
mod client;
mod limits;
#[expect(dead_code, reason = "shared with the other benchmark")]
mod server;

use std::path::Path;
use std::time::{Duration, Instant};

use client::{Figures, Shot, fire};
use serde_json::{Value, json};
use server::Server;

struct Plan {
    interventions: u64,
    seconds: u64,
    connections: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|argument| argument == "--hello-world") {
        return limits::hello_world();
    }
    let number = |name: &str, default: u64| {
        let value = arguments.iter().position(|argument| argument == name).and_then(|i| arguments.get(i + 1));
        value.map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
    };
    let plan = Plan {
        interventions: number("--interventions", 100_000),
        seconds: number("--seconds", 5),
        connections: number("--connections", 32) as usize,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(run(&plan));
}

async fn run(plan: &Plan) {
    start_up();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let seeding = Instant::now();
    server::seed(folder.path(), plan.interventions);
    println!("\n{} interventions seeded in {:.1} s", plan.interventions, seeding.elapsed().as_secs_f64());
    under_load(plan, folder.path()).await;
}

/// Time from a cold process to its first 200 on `/health/ready`, and its memory when idle.
fn start_up() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    drop(Server::start(folder.path(), &["--demo"]));
    let mut ready = Vec::new();
    let mut memory = 0.0;
    for _ in 0..11 {
        let started = Instant::now();
        let server = Server::start(folder.path(), &["--demo"]);
        ready.push(started.elapsed());
        std::thread::sleep(Duration::from_millis(300));
        memory = server.memory_mib();
    }
    ready.sort();
    println!(
        "start to ready, demo data : median {:.0} ms, worst {:.0} ms of {}",
        ms(ready[5]),
        ms(ready[10]),
        ready.len()
    );
    println!("memory when idle          : {memory:.1} MiB");
    println!("executable                : {:.1} MB", server::executable_bytes() as f64 / 1e6);
}

async fn under_load(plan: &Plan, data: &Path) {
    let server = Server::start(data, &[]);
    let bearer = server.sign_in().await;
    let get = |path: &str| Shot::get(path, &bearer);

    let hello = limits::HelloWorld::start();
    let wave = |shots: Vec<Vec<Shot>>| fire(server.address(), shots, Duration::from_secs(plan.seconds));
    let same = |shot: Shot| vec![vec![shot]; plan.connections];
    let limit = fire(hello.address(), same(Shot::get("/", "")), Duration::from_secs(plan.seconds)).await;

    let list = wave(same(get("/api/v1/interventions/?page_size=50"))).await;
    let filter = wave(same(get("/api/v1/interventions/?statut=en_cours&priorite=haute&page_size=50"))).await;
    let search = wave(same(get("/api/v1/interventions/?q=pompe&page_size=50"))).await;
    let ids = server.ids(&bearer, "/api/v1/interventions/?page_size=200").await;
    let detail =
        wave(spread(&ids, plan.connections, |id| vec![get(&format!("/api/v1/interventions/{id}"))])).await;

    let bare_list = limits::bare_query(data, limits::LIST, plan.seconds);
    let bare_filter = limits::bare_query(data, limits::FILTER, plan.seconds);
    let bare_detail = limits::bare_query(data, limits::DETAIL, plan.seconds);

    println!(
        "\n{} connections, {} s each, {} interventions",
        plan.connections, plan.seconds, plan.interventions
    );
    println!(
        "{:<24}{:>10}{:>10}{:>10}{:>8}{:>14}{:>14}",
        "", "req/s", "p50 ms", "p99 ms", "errors", "of hello", "of bare SQL"
    );
    let row = |name: &str, figures: &Figures, bare: Option<f64>| {
        let of_bare = bare.map_or(String::new(), |bare| format!("{:.2}", figures.per_second() / bare));
        println!(
            "{name:<24}{:>10.0}{:>10.2}{:>10.2}{:>8}{:>14.2}{of_bare:>14}",
            figures.per_second(),
            figures.percentile(0.50),
            figures.percentile(0.99),
            figures.errors,
            figures.per_second() / limit.per_second(),
        );
    };
    row("axum hello-world", &limit, None);
    row("list of 50", &list, Some(bare_list));
    row("filtered list of 50", &filter, Some(bare_filter));
    row("full-text list of 50", &search, None);
    row("detail", &detail, Some(bare_detail));
    println!(
        "bare rusqlite, same file: list {bare_list:.0}/s, filter {bare_filter:.0}/s, detail {bare_detail:.0}/s"
    );
    let before = server.statements().await;
    fire(server.address(), vec![vec![get("/api/v1/interventions/?page_size=50")]], Duration::ZERO).await;
    println!("SQL statements for one list request: {}", server.statements().await - before);

    status_changes(plan, &server, &bearer).await;
    println!("memory after the load: {:.1} MiB", server.memory_mib());
}

/// Durable changes a second: many clients share commits, one client pays one commit for each request.
async fn status_changes(plan: &Plan, server: &Server, bearer: &str) {
    let open = server.ids(bearer, "/api/v1/interventions/?statut=en_cours&page_size=200").await;
    let change =
        |id: i64, body: Value| Shot::patch(&format!("/api/v1/interventions/{id}/statut"), bearer, &body);
    let there_and_back = |id: i64| {
        let wait = json!({"statut": "attente_pieces", "remarque": "Joint commandé"});
        vec![change(id, wait), change(id, json!({"statut": "en_cours"}))]
    };
    let seconds = Duration::from_secs(plan.seconds);
    // Whole rounds only, so that each wave finds every intervention en_cours again.
    let alone = fire(server.address(), spread(&open, 1, there_and_back), seconds).await;
    let many = fire(server.address(), spread(&open, plan.connections, there_and_back), seconds).await;

    println!(
        "\n{:<34}{:>10}{:>10}{:>10}{:>8}",
        "durable status changes", "req/s", "p50 ms", "p99 ms", "errors"
    );
    for (name, figures) in
        [("1 client (a commit per request)", &alone), ("many clients (group commit)", &many)]
    {
        println!(
            "{name:<34}{:>10.0}{:>10.2}{:>10.2}{:>8}",
            figures.per_second(),
            figures.percentile(0.50),
            figures.percentile(0.99),
            figures.errors
        );
    }
    let bare = limits::bare_commits(plan.seconds);
    println!("bare rusqlite, one row and one FULL commit at a time: {bare:.0}/s");
    println!("group commit: {:.1} times a commit per request", many.per_second() / alone.per_second());
}

/// Deals `ids` out to `connections`, and makes each connection's round of shots.
fn spread(ids: &[i64], connections: usize, shots: impl Fn(i64) -> Vec<Shot>) -> Vec<Vec<Shot>> {
    let mine = |connection: usize| ids.iter().skip(connection).step_by(connections);
    (0..connections).map(|connection| mine(connection).flat_map(|id| shots(*id)).collect()).collect()
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
