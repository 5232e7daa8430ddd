//! Deliveries: what leaves, when, how often it is tried, and what happens when it cannot leave.

use std::future::Future;
use std::sync::Mutex;
use std::time::Duration;

use erp_interventions::kernel::app::System;
use erp_interventions::kernel::mail::{Outgoing, SendError};
use erp_interventions::notifications::{self, Mailer, deliver_due};
use serde_json::{Value, json};

use crate::interventions::{go, leak, led_by_youssef, value};
use crate::notifications::tell;
use crate::plant::{Plant, Reply};
use crate::smtp::{At, Mode, Sink};

/// Somebody who carries mail away, or says why not.
struct Carrier {
    answer: fn() -> Result<(), SendError>,
    /// Never comes back from a delivery.
    hangs: bool,
    carried: Mutex<Vec<Outgoing>>,
}

impl Carrier {
    fn answering(answer: fn() -> Result<(), SendError>) -> Self {
        Self { answer, hangs: false, carried: Mutex::default() }
    }

    fn carried(&self) -> Vec<Outgoing> {
        self.carried.lock().expect("no panic").clone()
    }
}

impl Mailer for Carrier {
    fn is_configured(&self) -> bool {
        true
    }

    fn send(&self, message: &Outgoing) -> impl Future<Output = Result<(), SendError>> + Send {
        self.carried.lock().expect("no panic").push(message.clone());
        let (answer, hangs) = (self.answer, self.hangs);
        async move { if hangs { std::future::pending().await } else { answer() } }
    }
}

fn busy() -> Result<(), SendError> {
    Err(SendError::Transient("451 4.3.0 plus tard".to_owned()))
}

fn unknown() -> Result<(), SendError> {
    Err(SendError::Permanent("550 5.1.1 inconnu".to_owned()))
}

fn system(plant: &Plant) -> System {
    System::new(&plant.app, "envois")
}

/// Hands over what is due, to the plant's own mail server.
async fn deliver(plant: &Plant) {
    deliver_due(&system(plant), plant.app.mail()).await.expect("deliveries");
}

async fn deliver_by(plant: &Plant, carrier: &Carrier) {
    deliver_due(&system(plant), carrier).await.expect("deliveries");
}

/// An e-mail to Youssef, waiting to be sent; its delivery.
async fn write(plant: &Plant) -> String {
    let body = json!({"user_id": 3, "type": "information", "canal": "email", "contenu": "Bonjour"});
    plant.responsable().post("notifications/", body).await.expect(201).header("location").to_owned()
}

async fn envoi(plant: &Plant, path: &str) -> Reply {
    plant.responsable().get(path).await.expect(200)
}

// O2, I8
#[tokio::test]
async fn an_assignment_reaches_its_technicien_by_e_mail_once() {
    let sink = Sink::start(Mode::Accept).await;
    let plant = Plant::mailing_to(sink.port());
    led_by_youssef(&plant).await;
    tell(&plant).await;

    deliver(&plant).await;
    deliver(&plant).await;

    let received = sink.messages();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].to, ["technicien@plant.test"]);
    let id = value(&plant, "select message_id from envois where canal = 'email'");
    assert_eq!(received[0].header("Message-ID"), Some(format!("<{id}@127.0.0.1>")));
    assert!(received[0].text().contains("http://127.0.0.1:8000/interventions/1"), "{}", received[0].text());
    let sent = plant.responsable().get("notifications/envois?canal=email").await.expect(200);
    let sent = &sent["items"][0];
    assert_eq!((&sent["statut"], &sent["essais"]), (&json!("envoye"), &json!(1)));
    assert_eq!((&sent["destinataire"], &sent["type"]), (&json!("Youssef Technicien"), &json!("affectation")));
    assert_eq!((&sent["envoye_le"], &sent["prochain_essai"]), (&json!("2031-01-15T08:00:00Z"), &Value::Null));
}

// O2
#[tokio::test]
async fn nothing_is_told_of_what_was_refused() {
    let sink = Sink::start(Mode::Accept).await;
    let plant = Plant::mailing_to(sink.port());
    let path = format!("interventions/{}", plant.responsable().post("interventions/", leak()).await.id());
    let slot = json!({"technicien_id": 1, "debut": "2031-01-16T08:00:00Z", "fin": "2031-01-16T09:00:00Z"});
    let twice = json!({"affectations": [slot, slot]});

    plant.responsable().put(&format!("{path}/affectations"), twice).await.expect(409);
    tell(&plant).await;
    deliver(&plant).await;

    assert_eq!(sink.messages().len(), 0);
    assert_eq!(value(&plant, "select count(*) from notifications where user_id = 3"), "0");
}

#[tokio::test]
async fn without_a_mail_server_an_e_mail_is_marked_unsent_and_can_be_sent_once_there_is_one() {
    let plant = Plant::new();
    let path = write(&plant).await;

    deliver(&plant).await;

    let unsent = envoi(&plant, &path).await;
    assert_eq!((&unsent["statut"], &unsent["prochain_essai"]), (&json!("non_envoye"), &Value::Null));
    assert!(
        unsent["derniere_erreur"].as_str().is_some_and(|why| why.contains("smtp_host")),
        "{}",
        unsent.body
    );
    let again = plant.responsable().post(&format!("{path}/relancer"), json!({})).await.expect(200);
    assert_eq!((&again["statut"], &again["essais"]), (&json!("a_envoyer"), &json!(0)));
    let carrier = Carrier::answering(|| Ok(()));
    deliver_by(&plant, &carrier).await;
    assert_eq!(carrier.carried().len(), 1);
    assert_eq!(envoi(&plant, &path).await["statut"], "envoye");
}

// b9
#[tokio::test]
async fn what_cannot_be_sent_is_tried_again_ever_later_and_given_up_after_twelve_times() {
    let plant = Plant::new();
    let path = write(&plant).await;
    let carrier = Carrier::answering(busy);

    let mut minutes = Vec::new();
    loop {
        deliver_by(&plant, &carrier).await;
        // Before its time it is left alone.
        deliver_by(&plant, &carrier).await;
        let now = envoi(&plant, &path).await;
        if now["statut"] != "a_envoyer" {
            break;
        }
        assert_eq!(now["derniere_erreur"], "451 4.3.0 plus tard");
        let wait = "select (prochain_essai - ?1) / 60 from envois";
        let wait: i64 = plant
            .database()
            .query_row(wait, [plant.app.now().as_second()], |row| row.get(0))
            .expect("a delivery");
        minutes.push(wait);
        plant.advance(Duration::from_secs(60 * wait.unsigned_abs()));
    }

    assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
    let given_up = envoi(&plant, &path).await;
    assert_eq!((&given_up["statut"], &given_up["essais"]), (&json!("echec"), &json!(12)));
    let carried = carrier.carried();
    assert_eq!(carried.len(), 12);
    assert!(carried.iter().all(|message| message.message_id == carried[0].message_id), "one Message-ID");
    let failed = plant.responsable().get("notifications/envois?statut=echec").await.expect(200);
    assert_eq!(failed["total"], 1);
    plant.responsable().post(&format!("{path}/relancer"), json!({})).await.expect(200);
    let carrier = Carrier::answering(|| Ok(()));
    deliver_by(&plant, &carrier).await;
    assert_eq!(carrier.carried()[0].message_id, carried[0].message_id);
    let entry = "select avant || apres from journal where action = 'envoi.relance'";
    assert!(value(&plant, entry).contains("echec"), "{}", value(&plant, entry));
}

#[tokio::test]
async fn what_a_server_refuses_for_good_is_not_tried_again() {
    let plant = Plant::new();
    let path = write(&plant).await;
    let carrier = Carrier::answering(unknown);

    deliver_by(&plant, &carrier).await;

    let refused = envoi(&plant, &path).await;
    assert_eq!((&refused["statut"], &refused["essais"]), (&json!("echec"), &json!(1)));
    assert_eq!(refused["derniere_erreur"], "550 5.1.1 inconnu");
}

#[tokio::test]
async fn only_what_failed_or_was_not_sent_is_tried_again_by_hand() {
    let plant = Plant::new();
    let path = write(&plant).await;

    let refused = plant.responsable().post(&format!("{path}/relancer"), json!({})).await.expect(409);

    assert_eq!((refused.code(), &refused["statut"]), ("envoi_non_relancable", &json!("a_envoyer")));
    plant.responsable().post("notifications/envois/99/relancer", json!({})).await.expect(404);
    plant.technicien().post(&format!("{path}/relancer"), json!({})).await.expect(403);
    plant.client().get("notifications/envois").await.expect(403);
}

// b9
#[tokio::test]
async fn whoever_dies_between_handing_over_and_noting_it_hands_over_again_under_the_same_message_id() {
    let sink = Sink::start(Mode::Accept).await;
    let plant = Plant::mailing_to(sink.port());
    write(&plant).await;
    let carrier = Carrier { hangs: true, ..Carrier::answering(busy) };
    {
        let system = system(&plant);
        let dying = deliver_due(&system, &carrier);
        let handed_over = async {
            while carrier.carried().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = dying => panic!("it never comes back"),
            () = handed_over => {}
        }
    }
    assert_eq!(value(&plant, "select statut from envois"), "en_cours");

    let plant = plant.restart().await;
    let running = tokio::spawn(notifications::deliver(plant.app.clone()));

    let received = sink.wait_for(1).await;
    let id = received[0].header("Message-ID").expect("a Message-ID");
    assert_eq!(id, format!("<{}>", carrier.carried()[0].message_id));
    plant.app.announce_stop();
    running.await.expect("it ends when the server stops");
    assert_eq!(value(&plant, "select statut || ' ' || essais from envois"), "envoye 2");
}

// b9
#[tokio::test]
async fn a_server_that_dies_before_its_answer_gets_the_message_again_under_the_same_message_id() {
    let sink = Sink::start(Mode::Close(At::Message)).await;
    let plant = Plant::mailing_to(sink.port());
    write(&plant).await;
    deliver(&plant).await;
    sink.set_mode(Mode::Accept);
    plant.advance(Duration::from_secs(60));

    deliver(&plant).await;
    plant.advance(Duration::from_secs(86_400));
    deliver(&plant).await;

    let ids: Vec<_> = sink.messages().iter().map(|message| message.header("Message-ID")).collect();
    assert_eq!(ids.len(), 2, "one more than the deaths, and no more");
    assert_eq!(ids[0], ids[1]);
}

// O2
#[tokio::test]
async fn while_a_mail_server_hangs_people_read_and_write_as_ever() {
    let plant = Plant::new();
    for _ in 0..50 {
        write(&plant).await;
    }
    let carrier = Carrier { hangs: true, ..Carrier::answering(busy) };
    let system = system(&plant);
    let hanging = deliver_due(&system, &carrier);

    let working = async {
        while carrier.carried().is_empty() {
            tokio::task::yield_now().await;
        }
        for _ in 0..20 {
            plant.responsable().post("interventions/", leak()).await.expect(201);
            plant.responsable().get("interventions/").await.expect(200);
        }
        tell(&plant).await;
    };
    tokio::select! {
        _ = hanging => panic!("it never comes back"),
        () = working => {}
    }

    assert_eq!(plant.client().get("notifications/").await["total"], 20);
    assert!(carrier.carried().len() < 50, "a few at a time");
}

#[tokio::test]
async fn one_that_hangs_keeps_nobody_from_being_marked() {
    /// Never comes back from the first.
    struct Stuck(Mutex<usize>);

    impl Mailer for Stuck {
        fn is_configured(&self) -> bool {
            true
        }

        fn send(&self, _: &Outgoing) -> impl Future<Output = Result<(), SendError>> + Send {
            let mut sent = self.0.lock().expect("no panic");
            *sent += 1;
            let is_first = *sent == 1;
            async move { if is_first { std::future::pending().await } else { Ok(()) } }
        }
    }

    let plant = Plant::new();
    for _ in 0..10 {
        write(&plant).await;
    }
    let (system, stuck) = (system(&plant), Stuck(Mutex::default()));

    let marked = async {
        while value(&plant, "select count(*) from envois where statut = 'envoye'") != "9" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        _ = deliver_due(&system, &stuck) => panic!("it never comes back"),
        done = tokio::time::timeout(Duration::from_secs(20), marked) => done.expect("nine are marked"),
    }

    assert_eq!(value(&plant, "select count(*) from envois where statut = 'en_cours'"), "1");
}

#[tokio::test]
async fn a_closed_account_gets_no_more_mail() {
    let plant = Plant::new();
    let path = write(&plant).await;
    plant.admin().delete("users/3").await.expect(204);
    let carrier = Carrier::answering(|| Ok(()));

    deliver_by(&plant, &carrier).await;

    assert_eq!(carrier.carried().len(), 0);
    assert_eq!(envoi(&plant, &path).await["statut"], "non_envoye");
}

#[tokio::test]
async fn the_log_channel_is_a_line_of_the_server_s_log() {
    let plant = Plant::new();
    let body = json!({"user_id": 3, "type": "information", "canal": "log", "contenu": "Bonjour"});
    let path =
        plant.responsable().post("notifications/", body).await.expect(201).header("location").to_owned();

    deliver(&plant).await;

    assert_eq!(envoi(&plant, &path).await["statut"], "envoye");
}

#[tokio::test]
async fn a_digest_gathers_a_day_s_messages_into_one_mail_at_the_hour_one_chose() {
    let plant = Plant::new();
    let choice = json!({"heure_resume": 7, "types": [
        {"type": "information", "app": true, "email": "quotidien"},
        {"type": "changement_statut", "app": true, "email": "quotidien"},
    ]});
    plant.client().put("notifications/preferences", choice).await.expect(200);
    let path = led_by_youssef(&plant).await;
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    tell(&plant).await;
    let carrier = Carrier::answering(|| Ok(()));
    let to_client = || {
        let carried = carrier.carried();
        carried.into_iter().filter(|message| message.to.address == "client@atlas.test").collect::<Vec<_>>()
    };
    let gather = async || {
        notifications::digests(System::new(&plant.app, "resumes")).await.expect("digests");
        deliver_by(&plant, &carrier).await;
    };

    gather().await;
    assert_eq!(to_client().len(), 0, "its hour is tomorrow at seven");
    plant.set_time("2031-01-16T06:59:00Z");
    gather().await;
    assert_eq!(to_client().len(), 0);
    plant.set_time("2031-01-16T07:00:00Z");
    gather().await;
    gather().await;

    let mails = to_client();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("Nouvelle intervention INT-2031-000001"), "{}", mails[0].text);
    assert!(mails[0].text.contains("passe à « En cours »"), "{}", mails[0].text);
    let grouped = plant.responsable().get("notifications/envois?statut=groupe&user_id=5").await.expect(200);
    assert_eq!(grouped["total"], 2);
    assert!(grouped["items"][0]["resume_id"].is_i64());
    // Nothing new, no mail; what is new comes the next morning.
    plant.set_time("2031-01-17T07:00:00Z");
    gather().await;
    assert_eq!(to_client().len(), 1);
    go(&plant.technicien(), &path, "attente_pieces").await.expect(200);
    tell(&plant).await;
    gather().await;
    plant.set_time("2031-01-16T07:30:00Z");
    gather().await;
    assert_eq!(to_client().len(), 1, "a clock set back makes no second digest of a day");
    plant.set_time("2031-01-18T12:00:00Z");
    gather().await;
    assert_eq!(to_client().len(), 2);
}

// O3
#[tokio::test]
async fn a_title_can_neither_add_a_header_nor_run_in_a_reader() {
    let sink = Sink::start(Mode::Accept).await;
    let plant = Plant::mailing_to(sink.port());
    let evil = "Bonjour\r\nBcc: pirate@example.test\r\n\r\n<script>alert(1)</script>";
    let body = json!({
        "user_id": 3, "type": "information", "canal": "email", "titre": evil,
        "contenu": "<script>alert(2)</script>\r\n.\r\nMAIL FROM:<pirate@example.test>"
    });
    plant.responsable().post("notifications/", body).await.expect(201);

    deliver(&plant).await;

    let received = sink.messages();
    assert_eq!(received.len(), 1, "one message, however its content reads");
    assert_eq!((received[0].to.len(), received[0].header("Bcc")), (1, None));
    assert!(!received[0].text().contains("<script>alert(1)</script>\r\n</"), "{}", received[0].text());
    assert_eq!(value(&plant, "select statut from envois"), "envoye");
}
