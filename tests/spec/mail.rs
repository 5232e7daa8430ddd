//! Mail: what goes over the wire, and what is made of each way in which a server can fail.

use std::time::{Duration, Instant};

use erp_interventions::kernel::app::Options;
use erp_interventions::kernel::auth::HiddenText;
use erp_interventions::kernel::clock::Clock;
use erp_interventions::kernel::mail::{CONNECTIONS, Mail, Mailbox, Outgoing, Security, SendError, Smtp};
use erp_interventions::kernel::scheduler::Timetable;

use crate::plant::{NOW, Plant, smtp};
use crate::smtp::{At, Mode, Protection, Sink};

const PASSWORD: &str = "mot-de-passe-du-relais";

/// A mail part that sends to `smtp`, with its data directory.
fn mail(smtp: Smtp) -> Mail {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options {
        data_dir: folder.path().to_owned(),
        public_url: "http://gmao.test".to_owned(),
        tls: None,
        trusted_proxies: Vec::new(),
        sign_in_burst: 1,
        metrics_token: None,
        files: Default::default(),
        smtp: Some(smtp),
        timetable: Timetable::EMPTY,
    };
    let now = serde_json::from_value(NOW.into()).expect("an instant");
    Mail::open(&options, Clock::from_fn(move || now)).expect("mail opens")
}

/// The same with an authority to trust.
fn trusting(sink: &Sink, smtp: Smtp) -> Mail {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), sink.authority()).expect("a PEM file");
    mail(Smtp { ca_file: Some(file.path().to_owned()), ..smtp })
}

fn signing_in(smtp: Smtp) -> Smtp {
    Smtp { credentials: Some(("gmao".to_owned(), HiddenText::new(PASSWORD.to_owned()))), ..smtp }
}

fn message(id: &str) -> Outgoing {
    Outgoing {
        message_id: format!("{id}@gmao.test"),
        to: Mailbox::new("Amina Benali", "amina@usine.test"),
        subject: "Intervention affectée".to_owned(),
        text: "Bonjour Amina,\n\nFuite d’huile au vérin.\n".to_owned(),
        html: "<p>Bonjour Amina,</p>\n<p>Fuite d’huile au vérin.</p>\n".to_owned(),
    }
}

#[track_caller]
fn is_transient(outcome: Result<(), SendError>) -> String {
    match outcome {
        Err(SendError::Transient(why)) => why,
        other => panic!("worth trying later, but {other:?}"),
    }
}

#[track_caller]
fn is_permanent(outcome: Result<(), SendError>) -> String {
    match outcome {
        Err(SendError::Permanent(why)) => why,
        other => panic!("of no use to try again, but {other:?}"),
    }
}

#[tokio::test]
async fn a_message_arrives_whole_with_the_headers_that_mail_needs() {
    let sink = Sink::start(Mode::Accept).await;
    let plant = Plant::mailing_to(sink.port());

    plant.app.mail().send(&message("n1")).await.expect("taken");

    let received = &sink.wait_for(1).await[0];
    assert_eq!(
        (received.from.as_str(), received.to.as_slice()),
        ("gmao@usine.test", &["amina@usine.test".to_owned()][..])
    );
    let header = |name| received.header(name).unwrap_or_else(|| panic!("no {name} in\n{}", received.text()));
    assert_eq!(header("Message-ID"), "<n1@gmao.test>");
    assert_eq!(header("Date"), "Wed, 15 Jan 2031 08:00:00 +0000");
    assert_eq!(header("To"), "\"Amina Benali\" <amina@usine.test>");
    assert!(header("From").starts_with("=?utf-8?b?") && header("From").ends_with(" <gmao@usine.test>"));
    assert!(header("Subject").contains("=?utf-8?b?"), "{}", header("Subject"));
    assert_eq!(header("Auto-Submitted"), "auto-generated");
    assert!(header("Content-Type").starts_with("multipart/alternative;"));
    let text = received.text();
    let (plain, html) = (
        text.find("Content-Type: text/plain; charset=utf-8"),
        text.find("Content-Type: text/html; charset=utf-8"),
    );
    assert!(plain.is_some() && plain < html, "the part that readers prefer comes last\n{text}");
    assert!(text.is_ascii() && text.contains("Fuite d=E2=80=99huile au v=C3=A9rin."), "{text}");
}

#[tokio::test]
async fn a_batch_shares_few_connections() {
    let sink = Sink::start(Mode::Accept).await;
    let mail = mail(smtp(sink.port()));

    let messages: Vec<_> = (0..40).map(|n| message(&format!("n{n}"))).collect();
    let outcomes = futures_util::future::join_all(messages.iter().map(|message| mail.send(message))).await;

    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let ids: std::collections::BTreeSet<_> =
        sink.messages().iter().filter_map(|received| received.header("Message-ID")).collect();
    assert_eq!(ids.len(), 40);
    assert!(sink.connections() <= CONNECTIONS, "{}", sink.connections());
}

// O3
#[tokio::test]
async fn a_line_break_in_a_header_is_refused_and_nothing_leaves() {
    let sink = Sink::start(Mode::Accept).await;
    let mail = mail(smtp(sink.port()));
    let victim = "\r\nBcc: tous@usine.test";
    let good = || message("n1");

    let mut wrong = Vec::new();
    for evil in [victim, "\nX-A: b", "\rX-A: b", "a\0b", "a\u{b}b", "a\u{85}b"] {
        wrong.push(Outgoing { subject: format!("Vérin{evil}"), ..good() });
        wrong.push(Outgoing { message_id: format!("n1{evil}@gmao.test"), ..good() });
        wrong.push(Outgoing { to: Mailbox::new(format!("Amina{evil}"), "amina@usine.test"), ..good() });
        wrong.push(Outgoing { to: Mailbox::new("Amina", format!("amina@usine.test{evil}")), ..good() });
        wrong.push(Outgoing { to: Mailbox::new("Amina", format!("\"amina{evil}\"@usine.test")), ..good() });
    }
    wrong.push(Outgoing { to: Mailbox::new("Amina", "amina@usine.test> NOTIFY=NEVER"), ..good() });
    wrong.push(Outgoing { to: Mailbox::new("Amina", "amina@usine.test, b@usine.test"), ..good() });
    wrong.push(Outgoing { message_id: "n1@gmao.test> <x@y".to_owned(), ..good() });
    wrong.push(Outgoing { message_id: "sans-machine".to_owned(), ..good() });
    for message in &wrong {
        is_permanent(mail.send(message).await);
    }

    assert_eq!((sink.messages().len(), sink.connections()), (0, 0));
}

// O3
#[tokio::test]
async fn a_hostile_name_or_body_stays_what_it_is() {
    let sink = Sink::start(Mode::Accept).await;
    let mail = mail(smtp(sink.port()));
    let hostile = Outgoing {
        to: Mailbox::new("\"Amina\" <tous@usine.test>, \\ (x) <script>", "amina@usine.test"),
        subject: "=?utf-8?q?=0D=0ABcc:_tous@usine.test?= <script>alert(1)</script> ".repeat(20),
        text: "a\r\n.\r\nMAIL FROM:<x@y>\n.\nQUIT\r.\rQUIT\n..\n.b\n".to_owned() + &"long ".repeat(500),
        html: "x".repeat(5000),
        ..message("n1")
    };

    mail.send(&hostile).await.expect("taken");
    mail.send(&message("n2")).await.expect("the conversation is still in step");

    assert_eq!(sink.commands().iter().filter(|line| line.starts_with("MAIL")).count(), 2);
    let received = &sink.messages()[0];
    assert_eq!(received.to, ["amina@usine.test"]);
    let (head, body) =
        received.text().split_once("\r\n\r\n").map(|(a, b)| (a.to_owned(), b.to_owned())).expect("a body");
    assert!(!head.to_ascii_lowercase().contains("\nbcc"), "{head}");
    assert!(received.header("To").is_some_and(|to| to.ends_with("<amina@usine.test>")), "{head}");
    for line in received.data.split_inclusive(|byte| *byte == b'\n') {
        assert!(line.ends_with(b"\r\n") && line.len() <= 1000, "{:?}", String::from_utf8_lossy(line));
        assert_eq!(line.iter().filter(|byte| **byte == b'\r').count(), 1, "a lone carriage return");
    }
    assert!(body.contains("a\r\n.\r\nMAIL FROM:<x@y>\r\n.\r\nQUIT\r\n.\r\nQUIT\r\n..\r\n.b\r\n"), "{body}");
}

// b9: a server that fails, at each place and in each way, and what is made of it
#[tokio::test]
async fn b9_what_is_refused_for_now_is_worth_trying_later_and_what_is_refused_for_good_is_not() {
    let sink = Sink::start(Mode::Accept).await;
    let mail = mail(signing_in(smtp(sink.port())));
    let fails = [
        // Not now.
        (Mode::Answer(At::Connect, "421 4.3.2 trop de connexions"), false),
        (Mode::Answer(At::Mail, "451 4.3.0 plus tard"), false),
        (Mode::Answer(At::Rcpt, "450 4.2.1 liste grise\n"), false),
        (Mode::Answer(At::Data, "451 4.3.0 plus tard"), false),
        (Mode::Answer(At::Message, "452 4.3.1 disque plein"), false),
        // Never, but not because of this message: the settings, or the server, have to be put right.
        (Mode::Answer(At::Connect, "554 5.7.1 adresse bloquée"), false),
        (Mode::Answer(At::Ehlo, "550 5.7.1 qui êtes-vous"), false),
        (Mode::Answer(At::Auth, "535 5.7.8 mauvais mot de passe"), false),
        (Mode::Answer(At::Mail, "553 5.1.8 expéditeur refusé"), false),
        (Mode::Answer(At::Rcpt, "530 5.7.0 identifiez-vous"), false),
        // This recipient, this message.
        (Mode::Answer(At::Rcpt, "550-5.1.1 Inconnu ici.\n550 5.1.1 Voyez l’annuaire."), true),
        (Mode::Answer(At::Message, "554 5.7.1 contenu refusé"), true),
        // Not the protocol.
        (Mode::Answer(At::Connect, "HTTP/1.1 400 Bad Request"), false),
        (Mode::Answer(At::Data, "250 ok"), false),
        (Mode::Answer(At::Message, "354 go on"), false),
        // Gone.
        (Mode::Close(At::Connect), false),
        (Mode::Close(At::Mail), false),
        (Mode::Close(At::Data), false),
        (Mode::Reset(At::Connect), false),
        (Mode::Reset(At::Rcpt), false),
        (Mode::Reset(At::Message), false),
    ];

    for (mode, expected) in fails {
        sink.set_mode(mode);
        let outcome = mail.send(&message("n1")).await;

        let why = if expected { is_permanent(outcome) } else { is_transient(outcome) };
        assert!(why.contains(&format!("127.0.0.1:{}", sink.port())), "{mode:?}: {why}");
        if let Mode::Answer(_, words) = mode {
            let last = words.trim_end().rsplit(' ').next().expect("a word");
            assert!(why.contains(last) || words.starts_with("HTTP"), "{mode:?} is told: {why}");
        }
    }
    sink.set_mode(Mode::Accept);
    mail.send(&message("n1")).await.expect("nothing of all that lasts");
}

// b9
#[tokio::test]
async fn b9_a_server_that_hangs_costs_one_time_out_wherever_it_hangs() {
    let sinks = [At::Connect, At::Ehlo, At::Auth, At::Mail, At::Rcpt, At::Data, At::Message];
    let quick = |port| Smtp { timeout: Duration::from_millis(200), ..signing_in(smtp(port)) };

    let attempts = sinks.map(|at| async move {
        let sink = Sink::start(Mode::Hang(at)).await;
        let started = Instant::now();
        let why = is_transient(mail(quick(sink.port())).send(&message("n1")).await);
        (at, started.elapsed(), why)
    });
    let outcomes = futures_util::future::join_all(attempts).await;

    for (at, elapsed, why) in outcomes {
        assert!(
            elapsed >= Duration::from_millis(200) && elapsed < Duration::from_millis(900),
            "{at:?} {elapsed:?}"
        );
        assert!(why.contains("pas de réponse") && why.contains("0.2 s"), "{at:?}: {why}");
    }
}

// b9
#[tokio::test]
async fn b9_a_server_that_answers_a_byte_at_a_time_costs_one_time_out() {
    let sink = Sink::start(Mode::Dribble(Duration::from_millis(20))).await;
    let timeout = Duration::from_millis(300);

    let started = Instant::now();
    let why = is_transient(mail(Smtp { timeout, ..smtp(sink.port()) }).send(&message("n1")).await);

    assert!(started.elapsed() >= timeout && started.elapsed() < 3 * timeout, "{:?}", started.elapsed());
    assert!(why.contains("pas de réponse à la connexion en 0.3 s"), "{why}");
}

// b9: each answer comes in time, and the whole would still take for ever
#[tokio::test]
async fn b9_a_server_that_is_slow_each_time_costs_no_more_than_the_deadline() {
    let sink = Sink::start(Mode::Slow(Duration::from_millis(220))).await;
    let slow = Smtp { timeout: Duration::from_millis(500), ..signing_in(smtp(sink.port())) };
    let deadline = slow.deadline();

    let started = Instant::now();
    let why = is_transient(mail(slow).send(&message("n1")).await);

    assert!(started.elapsed() < deadline + Duration::from_millis(200), "{:?}", started.elapsed());
    assert!(why.contains("pas de réponse en 1.5 s"), "{why}");
}

// b9
#[tokio::test]
async fn b9_a_server_that_dies_before_its_250_gets_the_same_message_again_under_the_same_id() {
    let sink = Sink::start(Mode::Close(At::Message)).await;
    let mail = mail(smtp(sink.port()));

    let first = mail.send(&message("n1")).await;
    sink.set_mode(Mode::Accept);
    let second = mail.send(&message("n1")).await;

    is_transient(first);
    assert_eq!(second, Ok(()));
    let ids: Vec<_> = sink.messages().iter().map(|received| received.header("Message-ID")).collect();
    assert_eq!(ids, [Some("<n1@gmao.test>".to_owned()), Some("<n1@gmao.test>".to_owned())]);
}

#[tokio::test]
async fn an_attempt_that_is_abandoned_leaves_no_half_conversation_behind() {
    let sink = Sink::start(Mode::Hang(At::Message)).await;
    let mail = mail(smtp(sink.port()));
    let abandoned = message("n1");

    let attempt = tokio::time::timeout(Duration::from_millis(200), mail.send(&abandoned)).await;
    sink.set_mode(Mode::Accept);
    mail.send(&message("n2")).await.expect("taken");

    assert!(attempt.is_err());
    assert_eq!(sink.connections(), 2, "the abandoned connection is not used again");
}

#[tokio::test]
async fn a_connection_that_died_while_it_waited_costs_no_attempt() {
    let sink = Sink::start(Mode::Accept).await;
    let mail = mail(smtp(sink.port()));
    for mode in [Mode::Close(At::Mail), Mode::Answer(At::Mail, "421 4.4.2 trop longtemps inactif")] {
        sink.set_mode(Mode::Accept);
        mail.send(&message("n1")).await.expect("taken, and the connection kept");
        let before = sink.messages().len();

        sink.set_mode(mode);
        let second = message("n2");
        let sending = mail.send(&second);
        let recovery = async {
            // The kept connection dies of the second message's MAIL; the server is well again for the next.
            while sink.commands().iter().filter(|line| line.starts_with("MAIL")).count() <= before {
                tokio::task::yield_now().await;
            }
            sink.set_mode(Mode::Accept);
        };
        let (outcome, ()) = tokio::join!(sending, recovery);

        assert_eq!(outcome, Ok(()), "{mode:?}");
    }
}

#[tokio::test]
async fn connections_that_nobody_needs_any_more_are_ended_politely() {
    let sink = Sink::start(Mode::Accept).await;
    let mail = mail(smtp(sink.port()));
    mail.send(&message("n1")).await.expect("taken");

    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(10)).await;
    tokio::time::resume();

    let is_over = async {
        while sink.commands().last().is_none_or(|line| line != "QUIT") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), is_over).await.expect("a goodbye");
}

#[tokio::test]
async fn nobody_listening_and_nobody_of_that_name_are_said_in_words() {
    let port = Sink::start(Mode::Accept).await.port();
    tokio::task::yield_now().await;

    let closed = is_transient(mail(smtp(port)).send(&message("n1")).await);
    let nowhere = Smtp { host: "nulle-part.invalid".to_owned(), ..smtp(25) };
    let unknown = is_transient(mail(nowhere).send(&message("n1")).await);

    assert!(closed.contains("ne se laisse pas joindre"), "{closed}");
    assert!(unknown.contains("nulle-part.invalid:25"), "{unknown}");
}

#[tokio::test]
async fn starttls_and_tls_carry_the_message_and_the_password_out_of_sight() {
    for (protection, security) in
        [(Protection::Starttls, Security::Starttls), (Protection::Tls, Security::Tls)]
    {
        let sink = Sink::start_with(Mode::Accept, protection, "localhost").await;
        let to = Smtp { host: "localhost".to_owned(), security, ..signing_in(smtp(sink.port())) };
        let mail = trusting(&sink, to);

        mail.send(&message("n1")).await.expect("taken");

        let received = &sink.messages()[0];
        assert!(received.secure, "{security:?}");
        let signed_in = received.signed_in.as_deref().expect("signed in");
        assert_eq!(signed_in, "AUTH PLAIN AGdtYW8AbW90LWRlLXBhc3NlLWR1LXJlbGFpcw==");
        let before_tls = sink
            .commands()
            .iter()
            .take_while(|line| *line != "STARTTLS")
            .filter(|line| line.starts_with("AUTH"))
            .count();
        assert!(security == Security::Tls || before_tls == 0, "{:?}", sink.commands());
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_the_server_s_is_refused_and_nothing_is_said() {
    for (protection, security) in
        [(Protection::Starttls, Security::Starttls), (Protection::Tls, Security::Tls)]
    {
        let other = Sink::start_with(Mode::Accept, protection, "autre.usine.test").await;
        let stranger = Sink::start_with(Mode::Accept, protection, "localhost").await;
        let to =
            |sink: &Sink| Smtp { host: "localhost".to_owned(), security, ..signing_in(smtp(sink.port())) };

        let wrong_name = is_transient(trusting(&other, to(&other)).send(&message("n1")).await);
        let unknown = is_transient(mail(to(&stranger)).send(&message("n1")).await);

        for why in [&wrong_name, &unknown] {
            assert!(why.contains("certificat") && why.contains("smtp_ca_file"), "{why}");
        }
        assert!(wrong_name.contains("autre.usine.test"), "it says whose it is: {wrong_name}");
        for sink in [other, stranger] {
            assert!(!sink.commands().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
        }
    }
}

#[tokio::test]
async fn without_starttls_on_offer_nothing_is_sent_in_clear() {
    let sink = Sink::start(Mode::Accept).await;
    let to =
        Smtp { host: "localhost".to_owned(), security: Security::Starttls, ..signing_in(smtp(sink.port())) };

    let why = is_transient(mail(to).send(&message("n1")).await);

    assert!(why.contains("ne propose pas STARTTLS"), "{why}");
    assert!(!sink.commands().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
}

/// Lines that somebody between us and the server adds in clear to « 220 ready » are not what the server says.
#[tokio::test]
async fn answers_injected_before_tls_are_not_believed() {
    let sink = Sink::start_with(Mode::Accept, Protection::Starttls, "localhost").await;
    sink.inject_before_tls(
        "250-faux\r\n250 8BITMIME\r\n250 ok\r\n250 ok\r\n354 go ahead\r\n250 2.0.0 taken\r\n",
    );
    let to = Smtp { host: "localhost".to_owned(), security: Security::Starttls, ..smtp(sink.port()) };

    let outcome = trusting(&sink, to).send(&message("n1")).await;

    is_transient(outcome);
    assert_eq!(sink.messages().len(), 0);
}

#[tokio::test]
async fn a_server_that_repeats_the_password_does_not_make_us_tell_it() {
    let echo =
        "501 5.5.4 AUTH PLAIN AGdtYW8AbW90LWRlLXBhc3NlLWR1LXJlbGFpcw== (mot-de-passe-du-relais) refused";
    let sink = Sink::start(Mode::Answer(At::Auth, echo)).await;
    let to = signing_in(smtp(sink.port()));
    let shown = format!("{to:?}");

    let why = is_transient(mail(to).send(&message("n1")).await);

    assert!(why.contains("501 5.5.4") && why.contains("refused"), "{why}");
    for secret in [PASSWORD, "AGdtYW8AbW90LWRlLXBhc3NlLWR1LXJlbGFpcw"] {
        assert!(!why.contains(secret) && !shown.contains(secret), "{why} {shown}");
    }
}

#[tokio::test]
async fn an_address_with_accents_needs_a_server_that_takes_it() {
    let sink = Sink::start(Mode::Accept).await;
    let accented = Outgoing { to: Mailbox::new("Zoé", "zoé@usine.test"), ..message("n1") };

    let why = is_permanent(mail(smtp(sink.port())).send(&accented).await);

    assert!(why.contains("accents"), "{why}");
    assert_eq!(sink.messages().len(), 0);
}
