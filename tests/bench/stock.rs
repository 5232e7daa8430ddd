//! Whether reading the stock stays as fast when the ledger grows a hundred times longer.
//!
//! `cargo bench --bench stock [-- --seconds 3 --connections 4 --parts 20000 --movements 1000000]`
//!
//! Two servers on two plants that differ in nothing but the length of their ledger are measured in turns, for a
//! machine drifts. It fails when a part, a page of the stock list or a part's last movement takes more than
//! twice as long beside the long ledger as beside the short one.

#![expect(clippy::print_stdout, reason = "what a benchmark is for")]

#[allow(dead_code, reason = "shared with the other benchmarks")]
mod client;
#[allow(dead_code, reason = "shared with the other benchmarks")]
mod server;

use std::path::Path;
use std::time::{Duration, Instant};

use client::{Shot, fire};
use rusqlite::Connection;
use server::Server;

/// Lines of the short ledger.
const SHORT: u64 = 10_000;

/// The longest that a read may take beside the long ledger, in times that beside the short one.
const LIMIT: f64 = 2.0;

/// Turns; the median of each figure counts.
const TURNS: usize = 5;

struct Plan {
    seconds: u64,
    connections: usize,
    parts: u64,
    movements: u64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, default: u64| {
        let value = arguments.iter().position(|argument| argument == name).and_then(|i| arguments.get(i + 1));
        value.map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
    };
    let plan = Plan {
        seconds: number("--seconds", 3),
        connections: number("--connections", 4) as usize,
        parts: number("--parts", 20_000),
        movements: number("--movements", 1_000_000),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(run(&plan));
}

async fn run(plan: &Plan) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let plants = [SHORT, plan.movements].map(|lines| {
        let data = folder.path().join(lines.to_string());
        let started = Instant::now();
        server::seed(&data, 100);
        fill(&data, plan.parts, lines);
        println!("{lines} movements of {} parts in {:.0} s", plan.parts, started.elapsed().as_secs_f64());
        Server::start(&data, &[])
    });
    let bearers = [plants[0].sign_in().await, plants[1].sign_in().await];
    // Parts of which both ledgers have a line.
    let each = |tail: &str| -> Vec<String> {
        (0..200).map(|i| format!("/api/v1/pieces/{}{tail}", part_of(i, plan.parts))).collect()
    };
    let pages: [(&str, Vec<String>); 4] = [
        ("a part's stock", each("")),
        ("a page of the stock list", vec!["/api/v1/pieces/?page_size=50".to_owned()]),
        ("its page of what is low", vec!["/api/v1/pieces/?sous_seuil=true&page_size=50".to_owned()]),
        ("a part's last movement", each("/mouvements?page_size=1")),
    ];
    println!("\n{} connections, {TURNS} turns of {} s", plan.connections, plan.seconds);
    println!(
        "{:<28}{:>12}{:>12}{:>12}{:>12}{:>8}",
        "median ms", "short p50", "long p50", "short p99", "long p99", "ratio"
    );
    let mut slow = Vec::new();
    for (name, paths) in pages {
        let mut figures = [Vec::new(), Vec::new()];
        for _ in 0..TURNS {
            for (place, server) in plants.iter().enumerate() {
                let shots = |connection: usize| {
                    let mine = paths.iter().cycle().skip(connection * 50).take(paths.len());
                    mine.map(|path| Shot::get(path, &bearers[place])).collect()
                };
                let rounds = (0..plan.connections).map(shots).collect();
                let wave = fire(server.address(), rounds, Duration::from_secs(plan.seconds)).await;
                assert_eq!(wave.errors, 0, "{name}");
                figures[place].push((wave.percentile(0.50), wave.percentile(0.99)));
            }
        }
        let median = |place: usize, figure: fn(&(f64, f64)) -> f64| {
            let mut all: Vec<f64> = figures[place].iter().map(figure).collect();
            all.sort_by(f64::total_cmp);
            all[TURNS / 2]
        };
        let ratio = median(1, |it| it.0) / median(0, |it| it.0);
        println!(
            "{name:<28}{:>12.2}{:>12.2}{:>12.2}{:>12.2}{ratio:>8.2}",
            median(0, |it| it.0),
            median(1, |it| it.0),
            median(0, |it| it.1),
            median(1, |it| it.1),
        );
        if ratio > LIMIT {
            slow.push(name);
        }
    }
    assert!(slow.is_empty(), "more than {LIMIT} times slower beside the long ledger: {slow:?}");
}

/// The part of the ledger's line at this place: it goes round all of them, far from one to the next.
fn part_of(place: u64, parts: u64) -> u64 {
    place * 7919 % parts + 1
}

/// Parts, a tenth of them low whatever the ledger, and a ledger that goes round them: ten come in, one goes out, and
/// again. It is [`part_of`] in SQL.
fn fill(data: &Path, parts: u64, lines: u64) {
    let mut database = Connection::open(data.join("erp.sqlite3")).expect("the database opens");
    erp_interventions::kernel::db::teach(&database).expect("functions");
    let tx = database.transaction().expect("a transaction");
    tx.execute(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < ?1)
         insert into pieces (reference, reference_key, designation, emplacement, seuil_min, prix_unitaire,
             created_at, updated_at)
         select printf('REF-%06d', i), printf('ref-%06d', i), 'Pièce ' || i, printf('A-%03d', i % 400),
             iif(i % 10, 0, 1000000000), 100000, 0, 0 from n",
        [parts as i64],
    )
    .expect("parts");
    tx.execute(
        "with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < ?1)
         insert into mouvements (piece_id, type, quantite, cout_unitaire, valeur, date, auteur)
         select i * 7919 % ?2 + 1, iif(i / ?2 % 2, 'sortie', 'entree'), iif(i / ?2 % 2, -1000, 10000), 100000,
             iif(i / ?2 % 2, -1000, 10000), i, 'banc' from n",
        [lines as i64, parts as i64],
    )
    .expect("movements");
    tx.commit().expect("a commit");
    database.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).expect("a checkpoint");
}
