//! How long a wake-up of the scheduler takes in a large plant, and what reads feel of it.
//!
//! `cargo bench --bench planning [-- --plans 100000 --due 1000 --interventions 20000 --connections 4]`
//!
//! Half of the plans name a technicien, for whom a free slot is looked for. Reads are measured before, for as long as
//! a wake-up takes, and then while one runs: what is to be compared is the two.

#![expect(clippy::print_stdout, reason = "what a benchmark is for")]

#[expect(dead_code, reason = "shared with the other benchmark")]
mod client;
#[expect(dead_code, reason = "shared with the other benchmark")]
mod server;

use std::path::Path;
use std::time::{Duration, Instant};

use client::{Shot, fire};
use rusqlite::{Connection, named_params};
use serde_json::Value;
use server::Server;

const ROUNDS: i64 = 5;

struct Plan {
    plans: i64,
    due: i64,
    interventions: u64,
    connections: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, default: u64| {
        let value = arguments.iter().position(|argument| argument == name).and_then(|i| arguments.get(i + 1));
        value.map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
    };
    let plan = Plan {
        plans: number("--plans", 100_000) as i64,
        due: number("--due", 1000) as i64,
        interventions: number("--interventions", 20_000),
        connections: number("--connections", 4) as usize,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(run(&plan));
}

async fn run(plan: &Plan) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    server::seed(folder.path(), plan.interventions);
    sow(folder.path(), plan.plans);
    let server = Server::start(folder.path(), &[]);
    let (responsable, admin) = (server.sign_in().await, server.sign_in_as("admin").await);
    println!("{} plans, {} due at each of {ROUNDS} wake-ups", plan.plans, plan.due);

    let reads = |path: &str| Shot::get(path, &responsable);
    let round = vec![
        reads("/api/v1/interventions/?page_size=50"),
        reads("/api/v1/interventions/?statut=en_cours&page_size=50"),
        reads("/api/v1/equipements/?q=pompe&page_size=20"),
        reads("/api/v1/planning/taches?page_size=5"),
    ];
    let rounds = || vec![round.clone(); plan.connections];
    // Once alone: how long it takes, and everything warm.
    let alone = wake(&server, folder.path(), plan, &admin, 0).await;
    println!("{:<28}{:>8} ms for {} échéances", "alone", alone.as_millis(), plan.due);
    let idle = fire(server.address(), rounds(), Duration::from_secs(5)).await;
    println!(
        "{:<28}{:>17} p50 {:>6.2} ms, p99 {:>6.2} ms",
        "reads, nothing else",
        "",
        idle.percentile(0.5),
        idle.percentile(0.99)
    );
    for number in 1..ROUNDS {
        let (took, during) = tokio::join!(
            wake(&server, folder.path(), plan, &admin, number),
            fire(server.address(), rounds(), alone)
        );
        println!(
            "{:<28}{:>8} ms       p50 {:>6.2} ms, p99 {:>6.2} ms, {:.2} of idle, {} errors",
            "with reads",
            took.as_millis(),
            during.percentile(0.5),
            during.percentile(0.99),
            during.percentile(0.99) / idle.percentile(0.99),
            during.errors
        );
    }
    println!("memory: {:.1} MiB", server.memory_mib());
}

/// Plans on the seeded machines, none of them due for a month.
fn sow(data: &Path, plans: i64) {
    let seeding = Instant::now();
    let mut database = Connection::open(data.join("erp.sqlite3")).expect("the database opens");
    erp_interventions::kernel::db::teach(&database).expect("functions");
    let transaction = database.transaction().expect("a transaction");
    transaction
        .execute(
            "with recursive n (i) as (select 1 union all select i + 1 from n where i < :plans)
             insert into plannings (titre, equipement_id, frequence, date_debut, prochaine_date, a_generer_le, mode,
                 facteur_decalage, duree_estimee_min, technicien_id, priorite, rattrapage, report_feries,
                 report_week_ends, cree_par, created_at, updated_at)
             select 'Plan ' || i, 1 + i % 2000, 'mensuel', day, day, unixepoch(day), 'calendaire', 0, 15,
                 iif(i % 2 = 0, 1 + i % 50, null), 'normale', 'derniere', 'aucun', 'aucun', 2, 0, 0
             from (select i, date('now', '+' || (31 + i % 300) || ' days') as day from n)",
            named_params! { ":plans": plans },
        )
        .expect("plans");
    transaction.commit().expect("a commit");
    println!("{plans} plans sown in {:.1} s", seeding.elapsed().as_secs_f64());
}

/// Makes some plans due, has the scheduler wake, and waits until its run is noted; returns how long that took.
async fn wake(server: &Server, data: &Path, plan: &Plan, admin: &str, number: i64) -> Duration {
    let runs = async || server.json("/api/v1/planning/taches?tache=generation&page_size=3", admin).await;
    let last = runs().await["items"][0]["id"].as_i64().unwrap_or(0);
    let database = Connection::open(data.join("erp.sqlite3")).expect("the database opens");
    let changed = database
        .execute(
            "update plannings set date_debut = date('now'), prochaine_date = date('now'), a_generer_le = unixepoch() - 1
             where id > :from and id <= :to",
            named_params! { ":from": number * plan.due, ":to": (number + 1) * plan.due },
        )
        .expect("due plans");
    assert_eq!(changed as i64, plan.due);
    server.post("/api/v1/planning/taches/generation/lancer", admin).await;
    loop {
        let runs = runs().await;
        let runs = runs["items"].as_array().expect("runs");
        let ours = |run: &&Value| run["id"].as_i64() > Some(last) && run["faites"].as_i64() >= Some(plan.due);
        if let Some(run) = runs.iter().find(ours) {
            assert_eq!(run["resultat"], "reussie", "{run}");
            return Duration::from_millis(run["duree_ms"].as_u64().expect("a duration"));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
