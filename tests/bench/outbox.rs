//! The whole way: a request to the real executable, the outbox, the mail server.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{Figures, Shot, fire, pace};
use crate::server::{self, Server};
use crate::smtp::{At, Mode, Sink};

pub struct Plan {
    pub messages: usize,
    pub seconds: u64,
    pub interventions: u64,
}

/// Messages and reads a second while requests are watched.
const PACE: u32 = 200;

/// Connections that each of the two uses.
const CONNECTIONS: u32 = 8;

/// A machine's own mood changes from minute to minute: what is compared is measured in turn.
const ROUNDS: u64 = 4;

/// The same writes without mail, with it, and with a mail server that hangs (on a plant of its own, for what could
/// not be sent is tried again).
const CONDITIONS: [(&str, &str, bool); 3] = [
    ("to the inbox, no mail", "app", false),
    ("by mail", "email", false),
    ("by mail, the server hangs", "email", true),
];

/// A server with its mail server, and someone who writes to themselves.
struct Plant {
    server: Server,
    sink: Sink,
    bearer: String,
    me: Value,
    _data: TempDir,
}

impl Plant {
    async fn new(interventions: u64, mode: Mode) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        server::seed(data.path(), interventions);
        let sink = Sink::start(mode).await;
        let settings = format!(
            "smtp_host = '127.0.0.1'\nsmtp_port = {}\nsmtp_security = 'none'\nsmtp_from = 'gmao@usine.test'\n",
            sink.port()
        );
        std::fs::write(data.path().join("config.toml"), settings).expect("a file");
        let server = Server::start(data.path(), &[]);
        let bearer = server.sign_in().await;
        let me = server.json("/api/v1/auth/me", &bearer).await["id"].clone();
        Self { server, sink, bearer, me, _data: data }
    }

    fn message(&self, canal: &str) -> Shot {
        let body =
            json!({"user_id": self.me, "type": "information", "canal": canal, "contenu": "Arrêt de ligne."});
        Shot::post("/api/v1/notifications/", &self.bearer, &body)
    }

    fn list(&self) -> Shot {
        Shot::get("/api/v1/interventions/?page_size=50", &self.bearer)
    }

    async fn pace(&self, shot: &Shot, seconds: Duration) -> Figures {
        pace(self.server.address(), shot, CONNECTIONS, PACE, seconds).await
    }
}

pub async fn run(plan: &Plan) {
    let well = Plant::new(plan.interventions, Mode::Accept).await;
    let ill = Plant::new(plan.interventions, Mode::Hang(At::Mail)).await;
    throughput(plan, &well).await;

    println!(
        "\n{PACE} writes a second, {ROUNDS} rounds of {} s, taken in turn; {PACE} reads a second:",
        plan.seconds
    );
    println!(
        "{:<28}{:>10}{:>10}{:>11}{:>10}{:>10}{:>8}",
        "", "read p50", "p99 ms", "write p50", "p99 ms", "mails/s", "errors"
    );
    for (name, wave) in in_turn(plan, &well, &ill, false).await {
        println!(
            "{name:<28}{:>10.2}{:>10.2}{:>11.2}{:>10.2}{:>10.0}{:>8}",
            wave.reads.percentile(0.5),
            wave.reads.percentile(0.99),
            wave.writes.percentile(0.5),
            wave.writes.percentile(0.99),
            wave.mails as f64 / (plan.seconds * ROUNDS) as f64,
            wave.reads.errors + wave.writes.errors
        );
    }
    println!("as many reads as {CONNECTIONS} clients can:");
    for (name, wave) in in_turn(plan, &well, &ill, true).await {
        let (per_second, p99) = (wave.reads.per_second(), wave.reads.percentile(0.99));
        println!("{name:<28}{per_second:>10.0} reads/s, p99 {p99:.2} ms");
    }
}

/// What was measured under one condition.
struct Wave {
    reads: Figures,
    writes: Figures,
    mails: usize,
}

/// Measures every condition again and again, with as many reads as go or at the same pace as the writes.
async fn in_turn(plan: &Plan, well: &Plant, ill: &Plant, flat_out: bool) -> Vec<(&'static str, Wave)> {
    let seconds = Duration::from_secs(plan.seconds);
    let mut waves: Vec<(&str, Wave)> = Vec::new();
    for _ in 0..ROUNDS {
        for (n, (name, canal, hangs)) in CONDITIONS.into_iter().enumerate() {
            let plant = if hangs { ill } else { well };
            let (list, message, before) = (plant.list(), plant.message(canal), plant.sink.messages().len());
            let reads = async {
                match flat_out {
                    true => {
                        fire(plant.server.address(), vec![vec![list.clone()]; CONNECTIONS as usize], seconds)
                            .await
                    }
                    false => plant.pace(&list, seconds).await,
                }
            };
            let (reads, writes) = tokio::join!(reads, plant.pace(&message, seconds));
            let mails = plant.sink.messages().len() - before;
            if n < waves.len() {
                let (_, sum) = waves.remove(n);
                let sum = Wave {
                    reads: sum.reads.and(reads),
                    writes: sum.writes.and(writes),
                    mails: sum.mails + mails,
                };
                waves.insert(n, (name, sum));
            } else {
                waves.push((name, Wave { reads, writes, mails }));
            }
        }
    }
    waves
}

/// As many messages as wanted, as fast as they are accepted, until the last one is with the mail server.
async fn throughput(plan: &Plan, plant: &Plant) {
    let each = plan.messages / CONNECTIONS as usize;
    let count = each * CONNECTIONS as usize;
    let started = Instant::now();
    let rounds = vec![vec![plant.message("email"); each]; CONNECTIONS as usize];
    let written = fire(plant.server.address(), rounds, Duration::ZERO).await;
    let accepted = started.elapsed();
    plant.sink.wait_for(count).await;
    let delivered = count as f64 / started.elapsed().as_secs_f64();
    println!(
        "\n{count} messages from request to the mail server's 250: {delivered:.0}/s (accepted at {:.0}/s, {} errors)",
        count as f64 / accepted.as_secs_f64(),
        written.errors,
    );
}
