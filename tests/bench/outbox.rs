//! The whole way: a request to the real executable, the outbox, the mail server.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

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

pub async fn run(plan: &Plan) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    server::seed(folder.path(), plan.interventions);
    let sink = Sink::start(Mode::Accept).await;
    set_up(folder.path(), sink.port());
    let server = Server::start(folder.path(), &[]);
    let bearer = server.sign_in().await;
    let me = server.get(&bearer, "/api/v1/auth/me").await;
    let message = |canal: &str| {
        let body = json!({"user_id": me["id"], "type": "information", "canal": canal, "contenu": "Arrêt de la ligne 2."});
        Shot::post("/api/v1/notifications/", &bearer, &body)
    };
    let list = Shot::get("/api/v1/interventions/?page_size=50", &bearer);

    throughput(plan, &server, &sink, &message("email")).await;

    println!("\nrequests while {PACE} messages a second are written ({} s each)", plan.seconds);
    println!(
        "{:<30}{:>10}{:>10}{:>10}{:>10}{:>12}{:>8}",
        "", "read p50", "p99 ms", "write p50", "p99 ms", "mails/s", "errors"
    );
    for (name, canal, mode) in [
        ("no messages", None, Mode::Accept),
        ("to the inbox, no mail", Some("app"), Mode::Accept),
        ("by mail", Some("email"), Mode::Accept),
        ("by mail, the server hangs", Some("email"), Mode::Hang(At::Connect)),
    ] {
        sink.set_mode(mode);
        let before = sink.messages().len();
        let seconds = Duration::from_secs(plan.seconds);
        let reads = pace(server.address(), &list, CONNECTIONS, PACE, seconds);
        let writes = async {
            match canal {
                Some(canal) => {
                    Some(pace(server.address(), &message(canal), CONNECTIONS, PACE, seconds).await)
                }
                None => None,
            }
        };
        let (reads, writes) = tokio::join!(reads, writes);
        let mailed = (sink.messages().len() - before) as f64 / plan.seconds as f64;
        row(name, &reads, writes.as_ref(), mailed);
    }

    println!("\nreads as fast as 8 clients can, while {PACE} messages a second are written");
    for (name, canal, mode) in [
        ("to the inbox, no mail", "app", Mode::Accept),
        ("by mail", "email", Mode::Accept),
        ("by mail, the server hangs", "email", Mode::Hang(At::Connect)),
    ] {
        sink.set_mode(mode);
        let seconds = Duration::from_secs(plan.seconds);
        let rounds = vec![vec![list.clone()]; CONNECTIONS as usize];
        let message = message(canal);
        let writes = pace(server.address(), &message, CONNECTIONS, PACE, seconds);
        let (reads, _) = tokio::join!(fire(server.address(), rounds, seconds), writes);
        println!("{name:<30}{:>10.0} reads/s, p99 {:.2} ms", reads.per_second(), reads.percentile(0.99));
    }
}

/// As many messages as wanted, as fast as they are accepted, until the last one is with the mail server.
async fn throughput(plan: &Plan, server: &Server, sink: &Sink, message: &Shot) {
    let each = plan.messages / CONNECTIONS as usize;
    let started = Instant::now();
    let rounds = vec![vec![message.clone(); each]; CONNECTIONS as usize];
    let written = fire(server.address(), rounds, Duration::ZERO).await;
    let accepted = started.elapsed();
    let count = each * CONNECTIONS as usize;
    while sink.messages().len() < count && started.elapsed() < Duration::from_secs(120) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let delivered = sink.messages().len();
    println!(
        "\n{delivered} of {count} messages from request to the mail server's 250: {:.0}/s (accepted at {:.0}/s, {} errors), {} connections",
        delivered as f64 / started.elapsed().as_secs_f64(),
        count as f64 / accepted.as_secs_f64(),
        written.errors,
        sink.connections(),
    );
}

fn set_up(data: &Path, port: u16) {
    let settings = format!(
        "smtp_host = '127.0.0.1'\nsmtp_port = {port}\nsmtp_security = 'none'\nsmtp_from = 'gmao@usine.test'\n"
    );
    std::fs::write(data.join("config.toml"), settings).expect("a file");
}

fn row(name: &str, reads: &Figures, writes: Option<&Figures>, mailed: f64) {
    let of = |figures: Option<&Figures>, part| figures.map_or(f64::NAN, |figures| figures.percentile(part));
    println!(
        "{name:<30}{:>10.2}{:>10.2}{:>10.2}{:>10.2}{mailed:>12.0}{:>8}",
        reads.percentile(0.5),
        reads.percentile(0.99),
        of(writes, 0.5),
        of(writes, 0.99),
        reads.errors + writes.map_or(0, |writes| writes.errors)
    );
}
