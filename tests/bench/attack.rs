//! What one honest person feels while somebody else attacks, and what the attack leaves in memory.
//!
//! `cargo bench --bench attack [-- --interventions 20000 --seconds 6 --rest 2 --only NAME]`
//!
//! Everything is measured in one run: first the honest person alone, then beside each attack in turn, which comes from
//! addresses of its own (127.0.1.x) and uses the same processors. The person is a responsable who reads a list, opens an
//! intervention and changes it, on a new connection each time, and once signs in. What to quote are the ratios to the
//! person alone, and how many of their requests were not answered 2xx.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what a benchmark is for")]

mod attacker;
mod attacks;
mod honest;
#[expect(dead_code, reason = "shared with the other benchmarks")]
mod server;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use attacker::{Target, request};
use attacks::Attack;
use axum::body::Bytes;
use honest::{Felt, Honest};
use http_body_util::BodyExt;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use server::Server;
use tokio::runtime::Runtime;

/// Times the p99 of the person alone, beyond which the run fails: the attacker has as much of each processor as the server.
const MOST_SLOWER: f64 = 10.0;
/// … and milliseconds that nobody calls slow.
const NOT_SLOW: f64 = 100.0;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        arguments.iter().position(|argument| argument == name).and_then(|i| arguments.get(i + 1))
    };
    let number = |name: &str, default: u64| {
        value(name).map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
    };
    let seconds = Duration::from_secs(number("--seconds", 6));
    let rest = Duration::from_secs(number("--rest", 2));
    let only = value("--only").map_or("", String::as_str);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
    server::seed(folder.path(), number("--interventions", 20_000));
    let server = Server::start(folder.path(), &[]);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let mut bench = Bench { server, runtime, seconds, rest };

    println!(
        "{:<32}{:>7}{:>9}{:>9}{:>7}{:>7}{:>7}{:>12}{:>8}{:>8}{:>8}  the attacker's answers",
        "", "honest", "p50 ms", "p99 ms", "×p50", "×p99", "lost", "sign-in ms", "MiB", "most", "then"
    );
    let alone = bench.beside("nobody else", None, None).1;
    let attacks = attacks::ALL.iter().filter(|(name, _)| name.contains(only));
    let faults: Vec<_> =
        attacks.filter_map(|(name, attack)| bench.beside(name, Some(*attack), Some(&alone)).0).collect();
    if faults.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("\n{}", faults.join("\n"));
    ExitCode::FAILURE
}

struct Bench {
    server: Server,
    runtime: Runtime,
    seconds: Duration,
    rest: Duration,
}

impl Bench {
    /// Lets the person work beside an attack, and prints what they felt; says what must not be.
    fn beside(&mut self, name: &str, attack: Option<Attack>, alone: Option<&Felt>) -> (Option<String>, Felt) {
        let (target, honest) = self.runtime.block_on(self.prepare());
        let before = self.server.share_mib();
        let over = AtomicBool::new(false);
        let (server, seconds) = (&self.server, self.seconds);
        let (felt, said, most) = std::thread::scope(|threads| {
            let watcher = threads.spawn(|| watch(server, &over));
            let target = Target { end: Instant::now() + seconds, ..target };
            // On threads of their own: the person does not wait for the attacker's tasks.
            let end = target.end;
            let person = threads.spawn(move || honest.work(end));
            let said = attack.map_or_else(String::new, |attack| self.runtime.block_on(attack(&target)));
            let felt = person.join().expect("the honest person");
            over.store(true, Ordering::Relaxed);
            (felt, said, watcher.join().expect("the watcher"))
        });
        std::thread::sleep(self.rest);
        let then = self.server.share_mib();
        let (p50, p99) = (felt.percentile(0.50), felt.percentile(0.99));
        let times = |part| alone.map_or(1.0, |alone| felt.percentile(part) / alone.percentile(part));
        println!(
            "{name:<32}{:>7}{p50:>9.2}{p99:>9.2}{:>7.1}{:>7.1}{:>7}{:>12}{before:>8.1}{most:>8.1}{then:>8.1}  {said}",
            felt.count(),
            times(0.50),
            times(0.99),
            felt.lost,
            felt.sign_in,
        );
        let fault = match self.server.ended() {
            Some(status) => panic!("{name}: the server ended: {status}"),
            None if felt.lost > 0 => {
                Some(format!("{name}: {} of the honest requests lost: {}", felt.lost, felt.why))
            }
            None if times(0.99) > MOST_SLOWER && p99 > NOT_SLOW => {
                Some(format!("{name}: p99 of {p99:.0} ms, {:.0} times that of the person alone", times(0.99)))
            }
            None => None,
        };
        (fault, felt)
    }

    /// Signs everybody in, and finds what there is to attack.
    async fn prepare(&self) -> (Target, Honest) {
        let server = &self.server;
        let (client, technicien) = (server.sign_in_as("client").await, server.sign_in_as("technicien").await);
        let (responsable, admin) = (server.sign_in().await, server.sign_in_as("admin").await);
        let address = server.address();
        let link = ask(address, "POST", "/api/v1/planning/calendrier/jeton", &responsable, None).await;
        let url = link["url"].as_str().expect("a link");
        let feed = url[url.find("/api/").expect("a path")..].to_owned();
        let theirs = server.ids(&client, "/api/v1/interventions/?page_size=1").await;
        let equipements = server.ids(&client, "/api/v1/equipements/?page_size=1").await;
        let mut demandes = server.ids(&client, "/api/v1/demandes/?page_size=1").await;
        if demandes.is_empty() {
            let body = json!({"equipement_id": equipements[0], "titre": "Fuite"});
            let filed = ask(address, "POST", "/api/v1/demandes/", &client, Some(&body)).await;
            demandes.extend(filed["id"].as_i64());
        }
        let open = server.ids(&responsable, "/api/v1/interventions/?statut=planifie&page_size=1").await;
        let honest = Honest { address, bearer: responsable, intervention: open[0] };
        let target = Target {
            address,
            client,
            technicien,
            admin,
            feed,
            intervention: theirs[0],
            equipement: equipements[0],
            demande: demandes[0],
            end: Instant::now(),
        };
        (target, honest)
    }
}

/// The most memory that the server had until it was over.
fn watch(server: &Server, over: &AtomicBool) -> f64 {
    let mut most = 0.0_f64;
    while !over.load(Ordering::Relaxed) {
        most = most.max(server.share_mib());
        std::thread::sleep(Duration::from_millis(100));
    }
    most
}

async fn ask(address: SocketAddr, method: &str, path: &str, bearer: &str, body: Option<&Value>) -> Value {
    let stream = tokio::net::TcpStream::connect(address).await.expect("the server listens");
    let (mut sender, driver) = http1::handshake(TokioIo::new(stream)).await.expect("an HTTP connection");
    tokio::spawn(driver);
    let kind = if body.is_some() { "application/json" } else { "" };
    let body = body.map_or_else(Bytes::new, |body| body.to_string().into());
    let response = sender.send_request(request(method, path, bearer, kind, body)).await.expect("an answer");
    let reply = response.into_body().collect().await.expect("a whole answer").to_bytes();
    serde_json::from_slice(&reply).expect("JSON")
}
