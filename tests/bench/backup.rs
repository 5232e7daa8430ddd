//! What a backup costs those who work meanwhile: the latency of durable changes, and the memory of the server.
//!
//! `cargo bench --bench backup [-- --interventions 1000000 --megabytes 1000 --connections 32]`
//!
//! The same load runs before and during the backup, in one run, for machines differ and drift. Then the backup is
//! brought back in one command and examined.

#![expect(clippy::print_stdout, reason = "what a benchmark is for")]

#[expect(dead_code, reason = "other benchmarks use more of it")]
mod client;
#[expect(dead_code, reason = "shared with the other benchmarks")]
mod server;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use client::{Figures, Shot, fire};
use rusqlite::Connection;
use serde_json::json;
use server::Server;
use sha2::{Digest, Sha256};

const MB: usize = 1_000_000;

/// Bytes of one document.
const DOCUMENT: usize = 2 * MB;

/// No backup takes this long.
const PATIENCE: Duration = Duration::from_secs(600);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, default: u64| {
        let value = arguments.iter().position(|argument| argument == name).and_then(|i| arguments.get(i + 1));
        value.map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
    };
    let (interventions, megabytes) = (number("--interventions", 100_000), number("--megabytes", 200));
    let connections = number("--connections", 32) as usize;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    server::seed(&data, interventions);
    add_documents(&data, megabytes as usize * MB);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(run(&data, connections));
    let bytes =
        fs::read_dir(data.join("backups")).expect("a folder").flatten().map(|file| file.path()).next();
    let file = bytes.expect("a backup");
    let size = fs::metadata(&file).expect("a file").len();

    let target = folder.path().join("restored");
    let started = Instant::now();
    let restored = Command::new(env!("CARGO_BIN_EXE_erp-interventions"))
        .arg("restore")
        .arg(&file)
        .arg("--data-dir")
        .arg(&target)
        .output()
        .expect("the executable runs");
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    println!("size of the backup        : {:.0} MB", size as f64 / MB as f64);
    println!("restored and verified in  : {:.1} s", started.elapsed().as_secs_f64());
}

async fn run(data: &Path, connections: usize) {
    let server = Arc::new(Server::start(data, &[]));
    let bearer = server.sign_in_as("admin").await;
    let open = server.ids(&bearer, "/api/v1/interventions/?statut=en_cours&page_size=200").await;
    let rounds = || -> Vec<Vec<Shot>> {
        let change =
            |id: i64, body| Shot::patch(&format!("/api/v1/interventions/{id}/statut"), &bearer, &body);
        let there_and_back = |id: i64| {
            let wait = json!({"statut": "attente_pieces", "remarque": "Joint commandé"});
            [change(id, wait), change(id, json!({"statut": "en_cours"}))]
        };
        let mine = |connection: usize| open.iter().skip(connection).step_by(connections);
        (0..connections)
            .map(|connection| mine(connection).flat_map(|id| there_and_back(*id)).collect())
            .collect()
    };
    fire(server.address(), rounds(), Duration::from_secs(2)).await;
    let before = fire(server.address(), rounds(), Duration::from_secs(10)).await;
    let (memory, peak) = (server.memory_mib(), Arc::new(std::sync::Mutex::new(0.0_f64)));

    let stop = Arc::new(AtomicBool::new(false));
    let watcher = {
        let (server, peak, stop) = (server.clone(), peak.clone(), stop.clone());
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let now = server.memory_mib();
                let mut peak = peak.lock().expect("nobody panics");
                *peak = peak.max(now);
                drop(peak);
                std::thread::sleep(Duration::from_millis(5));
            }
        })
    };
    server.post("/api/v1/planning/taches/sauvegarde/lancer", &bearer).await;
    let started = Instant::now();
    let mut during: Option<Figures> = None;
    loop {
        assert!(started.elapsed() < PATIENCE, "no backup was made");
        let more = fire(server.address(), rounds(), Duration::from_secs(2)).await;
        during = Some(match during {
            Some(figures) => figures.and(more),
            None => more,
        });
        let listed = server.json("/api/v1/admin/sauvegardes/", &bearer).await;
        if listed["total"] == 1 {
            break;
        }
    }
    let took = started.elapsed();
    stop.store(true, Ordering::Relaxed);
    watcher.join().expect("the watcher");
    let during = during.expect("a wave");
    println!(
        "{:<26}{:>10}{:>10}{:>10}{:>8}",
        "durable status changes", "req/s", "p50 ms", "p99 ms", "errors"
    );
    for (name, figures) in [("before the backup", &before), ("during the backup", &during)] {
        println!(
            "{name:<26}{:>10.0}{:>10.2}{:>10.2}{:>8}",
            figures.per_second(),
            figures.percentile(0.50),
            figures.percentile(0.99),
            figures.errors
        );
    }
    println!("p99 during / before       : {:.2}", during.percentile(0.99) / before.percentile(0.99));
    let peak = *peak.lock().expect("nobody panics");
    println!("memory before, peak       : {memory:.1}, {peak:.1} MiB (+ {:.1})", peak - memory);
    println!("backup took               : {:.1} s", took.as_secs_f64());
}

/// Puts documents into a data directory that no server works on, as the server would have.
fn add_documents(data: &Path, bytes: usize) {
    let database = Connection::open(data.join("erp.sqlite3")).expect("a database");
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for number in 0..bytes / DOCUMENT {
        let mut content = Vec::with_capacity(DOCUMENT);
        while content.len() < DOCUMENT {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            content.extend_from_slice(&random.to_le_bytes());
        }
        let digest = Sha256::digest(&content);
        let name: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let folder = data.join("documents").join(&name[..2]);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(&name[2..]), &content).expect("a file");
        database
            .execute(
                "insert into documents (equipement_id, nom_fichier, type_mime, taille, sha256, ajoute_par, date_ajout, verifie_le)
                 values (1, ?1, 'text/plain', ?2, ?3, 1, 1767225600, 1767225600)",
                rusqlite::params![format!("{number}.txt"), content.len() as i64, name],
            )
            .expect("a row");
    }
}
