//! Live events: one's own messages, and changes of what one sees now. Nothing else, and no longer than one may.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::Request;
use axum::response::Response;
use erp_interventions::kernel::app::System;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::double::set_up;
use crate::interventions::{go, leak, led_by_youssef};
use crate::notifications::tell;
use crate::plant::{PASSWORD, Person, Plant};
use crate::server_process::ServerProcess;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody who listens.
struct Listener {
    body: Body,
    buffer: String,
    /// The last `id:` received.
    id: String,
}

/// An event: its name and data.
type Heard = (String, Value);

impl Listener {
    async fn open(person: &Person<'_>, last_event_id: Option<&str>) -> Self {
        let response = ask(person, last_event_id).await;
        assert_eq!(response.status(), 200);
        let mut listener = Self { body: response.into_body(), buffer: String::new(), id: String::new() };
        // The greeting: from here on everything is told.
        listener.block().await.expect("a greeting");
        listener
    }

    /// The next event; `None` when the stream is over.
    async fn next(&mut self) -> Option<Heard> {
        loop {
            let block = self.block().await?;
            let field = |name: &str| {
                let line = block.lines().find_map(|line| line.strip_prefix(name));
                line.map(|value| value.trim_start().to_owned())
            };
            if let Some(name) = field("event:") {
                let data = field("data:").unwrap_or_default();
                return Some((name, serde_json::from_str(&data).expect("JSON")));
            }
        }
    }

    /// The next change: what, which, and what happened.
    async fn change(&mut self) -> (String, i64, String) {
        let (name, data) = self.next().await.expect("an event");
        assert_eq!(name, "changement", "{data}");
        let text = |member: &str| data[member].as_str().expect("text").to_owned();
        (text("entite"), data["id"].as_i64().expect("an id"), text("action"))
    }

    /// Lines up to the next empty one.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.buffer = rest;
                if let Some(id) = block.lines().find_map(|line| line.strip_prefix("id:")) {
                    self.id = id.trim().to_owned();
                }
                return Some(block);
            }
            let frame =
                tokio::time::timeout(PATIENCE, self.body.frame()).await.expect("something in time")?;
            let data: Bytes = frame.expect("a whole frame").into_data().expect("data");
            self.buffer.push_str(std::str::from_utf8(&data).expect("UTF-8"));
        }
    }
}

async fn ask(person: &Person<'_>, last_event_id: Option<&str>) -> Response {
    let mut request = Request::get("/api/v1/evenements").header("accept-encoding", "gzip");
    if let Some(id) = last_event_id {
        request = request.header("last-event-id", id);
    }
    person.respond(request.body(Body::empty()).expect("a request")).await
}

fn of(entite: &str, id: i64, action: &str) -> (String, i64, String) {
    (entite.to_owned(), id, action.to_owned())
}

/// Something that everybody sees, to know that nothing came before it.
async fn rename_pump(plant: &Plant, nom: &str) {
    plant.responsable().patch("equipements/1", json!({"nom": nom})).await.expect(200);
}

#[tokio::test]
async fn a_listener_hears_of_their_new_messages_and_of_what_changes() {
    let plant = Plant::new();
    let mut youssef = Listener::open(&plant.technicien(), None).await;

    led_by_youssef(&plant).await;
    let change = youssef.next().await;
    tell(&plant).await;
    let message = youssef.next().await.expect("an event");

    let created = json!({"entite": "intervention", "id": 1, "action": "creation", "version": 1});
    assert_eq!(change, Some(("changement".to_owned(), created)));
    assert_eq!(message.0, "notification");
    assert_eq!(message.1["titre"], "INT-2031-000001 vous est affectée");
    assert_eq!((&message.1["non_lues"], &message.1["lue"]), (&json!(1), &json!(false)));
}

#[tokio::test]
async fn a_stream_is_what_browsers_and_proxies_expect() {
    let plant = Plant::new();

    let response = ask(&plant.technicien(), None).await;

    let header =
        |name: &str| response.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
    assert_eq!(header("content-type").as_deref(), Some("text/event-stream"));
    assert_eq!(header("cache-control").as_deref(), Some("no-store"));
    assert_eq!(header("x-accel-buffering").as_deref(), Some("no"));
    assert_eq!(header("content-encoding"), None, "never compressed: an event would wait for the next");
    assert_eq!(ask(&plant.nobody(), None).await.status(), 401);
}

// A14
#[tokio::test]
async fn nobody_hears_of_what_they_do_not_see() {
    let plant = Plant::new();
    let mut claire = Listener::open(&plant.person("technicien2"), None).await;
    let mut client = Listener::open(&plant.client(), None).await;
    let mut other_client = Listener::open(&plant.person("client2"), None).await;

    led_by_youssef(&plant).await;
    plant.admin().post("techniciens/competences", json!({"nom": "Soudage"})).await.expect(201);
    plant.admin().patch("users/2", json!({"full_name": "Rachida"})).await.expect(200);
    rename_pump(&plant, "Pompe").await;

    // The first that each hears of is what they see.
    assert_eq!(claire.change().await, of("competence", 1, "creation"));
    assert_eq!(claire.change().await, of("equipement", 1, "modification"));
    assert_eq!(client.change().await, of("intervention", 1, "creation"));
    assert_eq!(client.change().await, of("equipement", 1, "modification"));
    plant.responsable().patch("equipements/2", json!({"nom": "Métier"})).await.expect(200);
    assert_eq!(other_client.change().await, of("equipement", 2, "modification"));
}

// A14
#[tokio::test]
async fn an_internal_comment_is_not_even_a_change_to_a_client() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    let mut client = Listener::open(&plant.client(), None).await;
    let mut youssef = Listener::open(&plant.technicien(), None).await;
    let comments = format!("{path}/commentaires");

    plant.responsable().post(&comments, json!({"texte": "Cher", "interne": true})).await.expect(201);

    assert_eq!(youssef.change().await, of("intervention", 1, "commentaire"));
    rename_pump(&plant, "Pompe").await;
    assert_eq!(client.change().await, of("equipement", 1, "modification"));
    plant.responsable().post(&comments, json!({"texte": "Demain"})).await.expect(201);
    assert_eq!(client.change().await, of("intervention", 1, "commentaire"));
}

// A14
#[tokio::test]
async fn whoever_is_taken_off_a_job_hears_no_more_of_it_from_then_on() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    let mut youssef = Listener::open(&plant.technicien(), None).await;

    plant.responsable().patch(&path, json!({"technicien_id": 2})).await.expect(200);
    go(&plant.person("technicien2"), &path, "en_cours").await.expect(200);
    rename_pump(&plant, "Pompe").await;

    assert_eq!(youssef.change().await, of("equipement", 1, "modification"));
}

#[tokio::test]
async fn many_changes_of_one_thing_are_one() {
    let plant = Plant::new();
    led_by_youssef(&plant).await;
    let id = Listener::open(&plant.technicien(), None).await.id;
    for number in 0..5 {
        plant
            .responsable()
            .patch("interventions/1", json!({"titre": format!("Fuite {number}")}))
            .await
            .expect(200);
    }
    rename_pump(&plant, "Pompe").await;

    let mut late = Listener::open(&plant.technicien(), Some(&id)).await;

    let (name, change) = late.next().await.expect("an event");
    assert_eq!((name.as_str(), &change["version"]), ("changement", &json!(6)));
    assert_eq!(late.change().await, of("equipement", 1, "modification"));
}

#[tokio::test]
async fn whoever_comes_back_hears_what_they_missed_once() {
    let plant = Plant::new();
    let mut youssef = Listener::open(&plant.technicien(), None).await;
    rename_pump(&plant, "Pompe A").await;
    youssef.change().await;
    let id = youssef.id.clone();
    drop(youssef);
    led_by_youssef(&plant).await;
    tell(&plant).await;

    let mut again = Listener::open(&plant.technicien(), Some(&id)).await;

    assert_eq!(again.next().await.expect("an event").0, "notification");
    assert_eq!(again.change().await, of("intervention", 1, "creation"));
    rename_pump(&plant, "Pompe B").await;
    assert_eq!(again.change().await, of("equipement", 1, "modification"));
    // The same id once more gives the same; the newest gives nothing old.
    let mut third = Listener::open(&plant.technicien(), Some(&again.id)).await;
    plant.responsable().patch("sites/1", json!({"nom": "Usine"})).await.expect(200);
    assert_eq!(third.change().await, of("site", 1, "modification"));
}

#[tokio::test]
async fn whoever_missed_too_much_or_comes_from_another_time_reads_everything_again() {
    let plant = Plant::new();
    let entries = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 1001)
        insert into journal (date, acteur, action, entite, entite_id, empreinte)
        select 0, 'test', 'equipement.modification', 'equipement', 1, x'00' from n";
    plant.database().execute(entries, []).expect("a long journal");

    for id in ["0-0", "1002-0", "1001-7", "hier", ""] {
        let mut youssef = Listener::open(&plant.technicien(), Some(id)).await;

        assert_eq!(youssef.next().await, Some(("recharger".to_owned(), json!({}))), "{id}");
        assert_eq!(youssef.id, "1001-0");
    }
    let mut near = Listener::open(&plant.technicien(), Some("1000-0")).await;
    assert_eq!(near.change().await, of("equipement", 1, "modification"));
}

// A7
#[tokio::test]
async fn a_stream_ends_with_the_right_to_it() {
    for end in ["account", "session", "password"] {
        let plant = Plant::new();
        let mut claire = Listener::open(&plant.person("technicien2"), None).await;

        match end {
            "account" => plant.admin().delete("users/4").await.expect(204),
            "session" => plant.person("technicien2").post("auth/logout", json!({})).await.expect(204),
            _ => plant.admin().post("users/4/reset-password", json!({})).await.expect(200),
        };

        assert_eq!(claire.next().await, None, "{end}");
    }
}

// A7
#[tokio::test]
async fn a_stream_ends_with_the_role_or_before_a_second_factor_that_is_owed() {
    for end in ["role", "second factor"] {
        let plant = Plant::new();
        set_up(&plant, &plant.admin()).await;
        let mut rachid = Listener::open(&plant.responsable(), None).await;

        match end {
            "role" => {
                plant.admin().patch("users/2", json!({"role": "client", "client_id": 1})).await.expect(200)
            }
            _ => plant.admin().put("auth/double/exigence", json!({"exigee": true})).await.expect(200),
        };

        assert_eq!(rachid.next().await, None, "{end}");
        // Nor is another opened with the rights of before.
        assert_ne!(ask(&plant.responsable(), None).await.status(), 200, "{end}");
    }
}

// A14
#[tokio::test]
async fn whoever_loses_a_site_or_a_machine_hears_of_its_past_only() {
    for (path, field) in [("sites/1", "client_id"), ("equipements/1", "site_id")] {
        let plant = Plant::new();
        let past = led_by_youssef(&plant).await;
        go(&plant.technicien(), &past, "en_cours").await.expect(200);
        go(&plant.technicien(), &past, "termine").await.expect(200);
        let open = led_by_youssef(&plant).await;
        let mut old = Listener::open(&plant.client(), None).await;
        let mut new = Listener::open(&plant.person("client2"), None).await;

        plant.responsable().patch(path, json!({field: 2})).await.expect(200);
        go(&plant.technicien(), &open, "en_cours").await.expect(200);
        let remark = json!({"texte": "Facturé"});
        plant.responsable().post(&format!("{past}/commentaires"), remark).await.expect(201);
        plant.responsable().patch("equipements/2", json!({"nom": "Métier"})).await.expect(200);

        // The first that the old client hears of is what it still sees.
        assert_eq!(old.change().await, of("intervention", 1, "commentaire"), "{path}");
        let mut heard = Vec::new();
        while heard.last().is_none_or(|last| *last != ("equipement".to_owned(), 2)) {
            let (entite, id, _) = new.change().await;
            heard.push((entite, id));
        }
        let told = |id| heard.contains(&("intervention".to_owned(), id));
        assert!(told(2) && !told(1), "{path} {heard:?}");
    }
}

#[tokio::test]
async fn one_person_cannot_take_all_the_streams() {
    let plant = Plant::new();
    let mut open = Vec::new();
    for _ in 0..6 {
        open.push(Listener::open(&plant.technicien(), None).await);
    }

    let refused = ask(&plant.technicien(), None).await;

    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(ask(&plant.client(), None).await.status(), 200, "others are not concerned");
    open.pop();
    assert_eq!(ask(&plant.technicien(), None).await.status(), 200);
}

#[tokio::test]
async fn many_who_listen_leave_the_database_to_those_who_ask() {
    let plant = Plant::new();
    let mut listeners = Vec::new();
    for person in ["admin", "responsable", "technicien", "technicien2", "client", "client2"] {
        for _ in 0..6 {
            listeners.push(Listener::open(&plant.person(person), None).await);
        }
    }

    for _ in 0..20 {
        plant.responsable().post("interventions/", leak()).await.expect(201);
        plant.responsable().get("interventions/").await.expect(200);
    }

    for listener in listeners.iter_mut().take(12) {
        assert_eq!(listener.change().await.0, "intervention");
    }
}

#[tokio::test]
async fn every_stream_ends_when_the_server_stops() {
    let plant = Plant::new();
    let mut youssef = Listener::open(&plant.technicien(), None).await;

    plant.app.announce_stop();

    assert_eq!(youssef.next().await, None);
}

// b7
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_no_listener_and_what_is_sent_arrives_at_once() {
    let plant = Plant::new();
    plant.set_time("2026-01-01T00:00:00Z");
    let data = plant.stop().await;
    let server = ServerProcess::start(data.path(), &[]);
    let (_, token) = server.sign_in("responsable", PASSWORD);
    let bearer = format!("Authorization: Bearer {}\r\n", token.expect("a token"));
    let mut stream = server.connect();
    write!(stream, "GET /api/v1/evenements HTTP/1.1\r\nHost: erp\r\n{bearer}\r\n").expect("sent");
    let mut read_until = |text: &str| {
        let (mut seen, mut piece) = (String::new(), [0; 4096]);
        while !seen.contains(text) {
            let length = stream.read(&mut piece).expect("something in time");
            assert_ne!(length, 0, "over after {seen}");
            seen.push_str(&String::from_utf8_lossy(&piece[..length]));
        }
    };
    read_until("erp-interventions");

    let json = "Content-Type: application/json\r\n";
    let (status, _) =
        server.request("PATCH", "/api/v1/sites/1", &format!("{bearer}{json}"), r#"{"nom":"Usine"}"#);
    assert_eq!(status, 200);
    read_until(r#""entite":"site""#);

    let asked = Instant::now();
    let (ended, _) = server.stop();
    assert!(ended.success(), "{ended}");
    assert!(asked.elapsed() < Duration::from_secs(8), "{:?}: the drain was waited for", asked.elapsed());
}

#[tokio::test]
async fn alerts_and_what_only_the_audit_keeps_are_no_changes() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    plant.responsable().patch(&path, json!({"date_limite": "2031-01-14T18:00:00Z"})).await.expect(200);
    let mut youssef = Listener::open(&plant.technicien(), None).await;

    let system = System::new(&plant.app, "retards");
    assert_eq!(erp_interventions::notifications::overdue(system).await.expect("alerts"), 1);
    rename_pump(&plant, "Pompe").await;

    assert_eq!(youssef.change().await, of("equipement", 1, "modification"));
}
