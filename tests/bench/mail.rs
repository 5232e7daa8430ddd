//! How fast mail leaves, and what requests notice of it.
//!
//! `cargo bench --bench mail [-- --messages 2000 --seconds 5 --interventions 20000]`
//!
//! First `Mail::send` alone, then the whole way through the real executable. Client, server and mail server share
//! this machine, so that what slows requests may also be the measuring itself: the same writes without mail are
//! measured beside it.

#![expect(clippy::print_stdout, reason = "what a benchmark is for")]

mod client;
mod outbox;
#[expect(dead_code, reason = "other benchmarks use more of it")]
mod server;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../spec/smtp.rs"]
mod smtp;

use std::time::{Duration, Instant};

use erp_interventions::kernel::app::Options;
use erp_interventions::kernel::clock::Clock;
use erp_interventions::kernel::mail::{Mail, Mailbox, Notice, Outgoing, Security, Smtp};
use erp_interventions::kernel::phrase::Language;
use erp_interventions::kernel::scheduler::Timetable;
use futures_util::stream::{self, StreamExt};
use smtp::{Mode, Protection, Sink};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, default: u64| {
        let value = arguments.iter().position(|argument| argument == name).and_then(|i| arguments.get(i + 1));
        value.map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
    };
    let messages = number("--messages", 2000) as usize;
    let plan = outbox::Plan {
        messages,
        seconds: number("--seconds", 5),
        interventions: number("--interventions", 20_000),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        sending(messages).await;
        outbox::run(&plan).await;
    });
}

async fn sending(messages: usize) {
    println!(
        "{messages} messages each, rendered and sent\n{:<12}{:>10}{:>12}{:>14}",
        "", "at once", "mails/s", "connections"
    );
    for (name, protection, security) in [
        ("in clear", Protection::None, Security::None),
        ("STARTTLS", Protection::Starttls, Security::Starttls),
        ("TLS", Protection::Tls, Security::Tls),
    ] {
        for at_once in [1, 4, 32] {
            let sink = Sink::start_with(Mode::Accept, protection, "localhost").await;
            let (mail, _folder) = mail_to(&sink, security);
            let started = Instant::now();
            stream::iter(0..messages).for_each_concurrent(at_once, |n| send(&mail, n)).await;
            let per_second = messages as f64 / started.elapsed().as_secs_f64();
            assert_eq!(sink.messages().len(), messages);
            println!("{name:<12}{at_once:>10}{per_second:>12.0}{:>14}", sink.connections());
        }
    }
}

fn mail_to(sink: &Sink, security: Security) -> (Mail, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let authority = folder.path().join("autorite.pem");
    std::fs::write(&authority, sink.authority()).expect("a file");
    let smtp = Smtp {
        host: "localhost".to_owned(),
        port: sink.port(),
        security,
        credentials: None,
        from: Mailbox::new("GMAO", "gmao@usine.test"),
        ca_file: Some(authority),
        timeout: Duration::from_secs(10),
    };
    let options = Options {
        data_dir: folder.path().to_owned(),
        public_url: "http://127.0.0.1:8000".to_owned(),
        tls: None,
        trusted_proxies: Vec::new(),
        sign_in_burst: 1,
        metrics_token: None,
        files: Default::default(),
        smtp: Some(smtp),
        timetable: Timetable::EMPTY,
    };
    (Mail::open(&options, Clock::system()).expect("mail opens"), folder)
}

async fn send(mail: &Mail, n: usize) {
    let notice = Notice {
        destinataire: "Youssef El Amrani".to_owned(),
        titre: format!("Intervention INT-2031-{n:06} affectée"),
        contenu: "Fuite d’huile au vérin de la presse.".to_owned(),
        details: vec![("Équipement".to_owned(), "CASA-PRESSE-01".to_owned())],
        lien: Some("http://127.0.0.1:8000/interventions/1".to_owned()),
        motif: "cette intervention vous est affectée".to_owned(),
        preferences: "http://127.0.0.1:8000/preferences".to_owned(),
    };
    let rendered = mail.templates().render("notification", Language::French, &notice).expect("rendered");
    let message = Outgoing {
        message_id: format!("n{n}@usine.test"),
        to: Mailbox::new("Youssef El Amrani", "youssef@usine.test"),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
    };
    mail.send(&message).await.expect("taken");
}
