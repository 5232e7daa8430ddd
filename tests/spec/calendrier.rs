//! The calendar on a page and on a phone: who sees whose days, and what a secret link opens.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::Request;
use erp_interventions::kernel::server::PeerAddress;
use serde_json::{Value, json};

use crate::interventions::{go, leak_with, value};
use crate::plant::{Person, Plant, Reply};
use crate::server_process::ServerProcess;

const JANUARY: &str = "planning/calendrier?du=2031-01-01&au=2031-01-31";

/// Books technicien `who` on a new intervention on `machine`, on a day of January from this hour for two hours.
async fn booked(plant: &Plant, titre: &str, machine: i64, who: i64, day: u8, hour: u8) -> String {
    let new = leak_with(json!({"titre": titre, "equipement_id": machine, "priorite": "haute"}));
    let path =
        format!("interventions/{}", plant.responsable().post("interventions/", new).await.expect(201).id());
    book(plant, &path, who, day, hour).await;
    path
}

async fn book(plant: &Plant, path: &str, who: i64, day: u8, hour: u8) {
    let at = |hour: u8| format!("2031-01-{day:02}T{hour:02}:00:00Z");
    let slot = json!({"technicien_id": who, "debut": at(hour), "fin": at(hour + 2)});
    let body = json!({"affectations": [slot]});
    plant.responsable().put(&format!("{path}/affectations"), body).await.expect(200);
}

async fn away(plant: &Plant, who: i64, debut: &str, fin: &str, motif: Option<&str>) {
    let body = json!({"debut": debut, "fin": fin, "motif": motif});
    plant.responsable().post(&format!("techniciens/{who}/absences"), body).await.expect(201);
}

/// Youssef and Claire booked, and both away.
async fn busy_plant() -> Plant {
    let plant = Plant::new();
    booked(&plant, "Vidange", 2, 2, 21, 8).await;
    booked(&plant, "Fuite", 1, 1, 20, 9).await;
    away(&plant, 1, "2031-01-22", "2031-01-23", Some("Congé annuel")).await;
    away(&plant, 2, "2031-01-24T12:00:00Z", "2031-01-24T15:00:00Z", None).await;
    plant
}

fn titles(reply: &Reply) -> Vec<&str> {
    reply["items"].as_array().expect("entries").iter().filter_map(|item| item["titre"].as_str()).collect()
}

/// The address of a new link of somebody's, below the server's own.
async fn link(person: &Person<'_>) -> String {
    let made = person.post("planning/calendrier/jeton", json!({})).await.expect(201);
    let url = made["url"].as_str().expect("an address");
    url.strip_prefix("http://127.0.0.1:8000").expect("of this server").to_owned()
}

/// Reads a feed by its address alone, strictly: every line ends as it should and is short enough, every component
/// is closed by its own name, every event has what RFC 5545 requires. The events, as names and values.
async fn feed(plant: &Plant, address: &str) -> Vec<Vec<(String, String)>> {
    let reply = plant.nobody().get(address).await.expect(200);
    assert_eq!(reply.header("content-type"), "text/calendar; charset=utf-8");
    let text = String::from_utf8(reply.bytes).expect("UTF-8");
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']), "{text}");
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    let (mut open, mut events, mut event) = (Vec::new(), Vec::new(), Vec::new());
    for line in text.replace("\r\n ", "").split_terminator("\r\n") {
        let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("no property: {line}"));
        match name {
            "BEGIN" => open.push(value.to_owned()),
            "END" => {
                assert_eq!(open.pop().as_deref(), Some(value));
                if value == "VEVENT" {
                    events.push(std::mem::take(&mut event));
                }
            }
            _ if open.last().is_some_and(|component| component == "VEVENT") => {
                event.push((name.to_owned(), value.to_owned()));
            }
            _ => assert_eq!(open, ["VCALENDAR"], "{line}"),
        }
    }
    assert!(open.is_empty(), "{open:?}");
    for event in &events {
        for required in ["UID", "DTSTAMP", "SEQUENCE", "STATUS", "SUMMARY"] {
            assert_eq!(event.iter().filter(|(name, _)| name == required).count(), 1, "{required} {event:?}");
        }
    }
    events
}

fn property<'e>(event: &'e [(String, String)], name: &str) -> &'e str {
    event.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

#[tokio::test]
async fn those_who_run_the_plant_see_everyone_s_days_with_all_that_a_calendar_shows() {
    let plant = busy_plant().await;

    let calendar = plant.responsable().get(JANUARY).await.expect(200);

    assert_eq!(titles(&calendar), ["Fuite", "Vidange", "Congé annuel", "Absence"]);
    assert_eq!(
        (&calendar["du"], &calendar["au"]),
        (&json!("2031-01-01T00:00:00Z"), &json!("2031-02-01T00:00:00Z"))
    );
    assert_eq!(calendar["complet"], true);
    let (slot, away) = (&calendar["items"][0], &calendar["items"][2]);
    for (member, value) in [
        ("type", json!("intervention")),
        ("debut", json!("2031-01-20T09:00:00Z")),
        ("fin", json!("2031-01-20T11:00:00Z")),
        ("journee_entiere", json!(false)),
        ("technicien_id", json!(1)),
        ("technicien_nom", json!("Youssef Technicien")),
        ("site_nom", json!("Usine de Casablanca")),
        ("equipement_code", json!("CASA-POMPE-01")),
        ("priorite", json!("haute")),
        ("numero", json!("INT-2031-000002")),
        ("statut", json!("planifie")),
        ("role", json!("principal")),
        ("absence_id", Value::Null),
    ] {
        assert_eq!(slot[member], value, "{member}");
    }
    assert_eq!((&away["type"], &away["journee_entiere"]), (&json!("absence"), &json!(true)));
    assert_eq!(calendar["items"][3]["journee_entiere"], false);
}

#[tokio::test]
async fn a_technicien_sees_their_own_days_and_of_others_as_little_as_of_nobody() {
    let plant = busy_plant().await;
    let technicien = plant.technicien();

    let own = technicien.get(JANUARY).await.expect(200);
    let named = technicien.get(&format!("{JANUARY}&technicien_id=1&technicien_id=2")).await.expect(200);
    let other = technicien.get(&format!("{JANUARY}&technicien_id=2")).await.expect(200);
    let nobody = technicien.get(&format!("{JANUARY}&technicien_id=99")).await.expect(200);

    assert_eq!(titles(&own), ["Fuite", "Congé annuel"]);
    assert_eq!(named.body, own.body);
    assert_eq!((&other["items"], &other.body), (&json!([]), &nobody.body));
    plant.client().get(JANUARY).await.expect(403);
}

#[tokio::test]
async fn the_calendar_is_narrowed_by_person_and_by_site() {
    let plant = busy_plant().await;
    let responsable = plant.responsable();

    let claire = responsable.get(&format!("{JANUARY}&technicien_id=2")).await.expect(200);
    let casablanca = responsable.get(&format!("{JANUARY}&site_id=1")).await.expect(200);
    let both = responsable.get(&format!("{JANUARY}&site_id=1&technicien_id=2")).await.expect(200);

    assert_eq!(titles(&claire), ["Vidange", "Absence"]);
    assert_eq!(titles(&casablanca), ["Fuite"], "an absence is at no site");
    assert!(titles(&both).is_empty());
}

#[tokio::test]
async fn finished_work_stays_in_the_calendar_and_what_was_given_up_leaves_it() {
    let plant = Plant::new();
    let done = booked(&plant, "Faite", 1, 1, 15, 8).await;
    let cancelled = booked(&plant, "Annulée", 1, 1, 17, 8).await;
    let deleted = booked(&plant, "Supprimée", 1, 1, 18, 8).await;
    let moved = booked(&plant, "Déplacée", 1, 1, 19, 8).await;

    go(&plant.technicien(), &done, "en_cours").await.expect(200);
    plant.set_time("2031-01-15T09:00:00Z");
    go(&plant.technicien(), &done, "termine").await.expect(200);
    go(&plant.responsable(), &cancelled, "annule").await.expect(200);
    plant.responsable().delete(&deleted).await.expect(204);
    book(&plant, &moved, 2, 20, 8).await;

    let calendar = plant.responsable().get(JANUARY).await.expect(200);
    assert_eq!(titles(&calendar), ["Faite", "Déplacée"]);
    assert_eq!(calendar["items"][0]["fin"], "2031-01-15T09:00:00Z", "what was really worked");
    assert_eq!(titles(&plant.technicien().get(JANUARY).await.expect(200)), ["Faite"]);
}

#[tokio::test]
async fn what_plans_will_bring_stands_in_the_calendar_until_it_is_an_intervention() {
    let plant = Plant::new();
    let plan = json!({
        "titre": "Graissage", "equipement_id": 1, "frequence": "hebdomadaire", "date_debut": "2031-01-15",
        "technicien_id": 1, "priorite": "basse"
    });
    plant.responsable().post("planning", plan).await.expect(201);
    let address = link(&plant.technicien()).await;

    let before = plant.technicien().get(JANUARY).await.expect(200);
    plant.responsable().post("planning/1/generer", json!({})).await.expect(200);
    let after = plant.technicien().get(JANUARY).await.expect(200);

    let days = |reply: &Reply| -> Vec<String> {
        let items = reply["items"].as_array().expect("entries").iter();
        items.map(|item| format!("{} {}", item["type"].as_str().unwrap_or(""), item["debut"])).collect()
    };
    assert_eq!(days(&before), ["15", "22", "29"].map(|day| format!("echeance \"2031-01-{day}T00:00:00Z\"")));
    assert_eq!(days(&after)[1..], days(&before)[1..]);
    assert!(days(&after)[0].starts_with("intervention"), "{:?}", days(&after));
    let foreseen = &before["items"][1];
    for (member, value) in [
        ("titre", json!("Graissage")),
        ("journee_entiere", json!(true)),
        ("date", json!("2031-01-22")),
        ("planning_id", json!(1)),
        ("k", json!(1)),
        ("equipement_code", json!("CASA-POMPE-01")),
        ("site_nom", json!("Usine de Casablanca")),
        ("technicien_nom", json!("Youssef Technicien")),
        ("priorite", json!("basse")),
        ("intervention_id", Value::Null),
    ] {
        assert_eq!(foreseen[member], value, "{member}");
    }
    let claire = plant.person("technicien2").get(JANUARY).await.expect(200);
    assert!(titles(&claire).is_empty());
    let tentative = feed(&plant, &address).await;
    let tentative =
        tentative.iter().find(|event| property(event, "STATUS") == "TENTATIVE").expect("an échéance");
    assert_eq!(property(tentative, "DTSTART;VALUE=DATE"), "20310122");
    assert_eq!(
        (property(tentative, "DTEND;VALUE=DATE"), property(tentative, "TRANSP")),
        ("20310123", "TRANSPARENT")
    );
}

#[tokio::test]
async fn the_calendar_names_the_public_holidays_of_the_sites_it_shows() {
    let plant = Plant::new();
    let paris = json!({"fuseau": "Europe/Paris", "pays": "FR"});
    plant.responsable().patch("sites/2", paris).await.expect(200);
    let holidays = async |query: &str| {
        let summer = format!("planning/calendrier?du=2031-07-10&au=2031-07-31{query}");
        plant.responsable().get(&summer).await.expect(200)["jours_feries"].clone()
    };

    let (all, casablanca) = (holidays("").await, holidays("&site_id=1").await);

    let throne = json!({"date": "2031-07-30", "pays": "MA", "nom": "Fête du trône"});
    assert_eq!(all, json!([{"date": "2031-07-14", "pays": "FR", "nom": "Fête nationale"}, throne]));
    assert_eq!(casablanca, json!([throne]));
}

#[tokio::test]
async fn a_period_touches_what_begins_before_it_and_is_at_most_400_days() {
    let plant = busy_plant().await;
    let responsable = plant.responsable();

    let middle = "planning/calendrier?du=2031-01-20T10:00:00Z&au=2031-01-20T10:30:00Z";
    let before = "planning/calendrier?du=2031-01-20T08:00:00Z&au=2031-01-20T09:00:00Z";
    let (middle, before) =
        (responsable.get(middle).await.expect(200), responsable.get(before).await.expect(200));
    let usual = responsable.get("planning/calendrier").await.expect(200);

    assert_eq!((titles(&middle), titles(&before)), (vec!["Fuite"], vec![]));
    assert_eq!(
        (&usual["du"], &usual["au"]),
        (&json!("2031-01-15T00:00:00Z"), &json!("2031-02-15T00:00:00Z"))
    );
    responsable.get("planning/calendrier?du=2031-01-01&au=2032-02-04").await.expect(200);
    for wrong in ["du=2031-01-01&au=2032-02-06", "du=2031-01-02&au=2031-01-01", "du=2031-01-01&jour=3"] {
        responsable.get(&format!("planning/calendrier?{wrong}")).await.expect(422);
    }
}

// D15
#[tokio::test]
async fn the_calendar_costs_at_most_six_statements_whatever_it_shows() {
    let plant = busy_plant().await;

    for (person, query) in
        [("responsable", ""), ("responsable", "&technicien_id=1&site_id=1"), ("technicien", "")]
    {
        let before = plant.app.metrics().statements.get();
        plant.person(person).get(&format!("{JANUARY}{query}")).await.expect(200);
        let spent = plant.app.metrics().statements.get() - before;

        assert!(spent <= 6, "{spent} statements for {person} {query}");
    }
}

#[tokio::test]
async fn a_link_opens_its_owner_s_calendar_to_a_phone_without_a_session() {
    let plant = busy_plant().await;
    let none = plant.technicien().get("planning/calendrier/jeton").await.expect(200);

    let (youssef, plant_wide) = (link(&plant.technicien()).await, link(&plant.responsable()).await);

    let own = feed(&plant, &youssef).await;
    let summaries: Vec<_> = own.iter().map(|event| property(event, "SUMMARY")).collect();
    assert_eq!(summaries, ["INT-2031-000002 Fuite", "Congé annuel"]);
    assert_eq!(property(&own[0], "DTSTART"), "20310120T090000Z");
    assert_eq!(property(&own[0], "LOCATION"), "Usine de Casablanca");
    assert_eq!(property(&own[0], "DESCRIPTION"), "CASA-POMPE-01 Pompe de relevage\\nPlanifiée\\nHaute");
    assert_eq!(property(&own[1], "DTSTART;VALUE=DATE"), "20310122");
    assert_eq!(property(&own[1], "DTEND;VALUE=DATE"), "20310124");
    let all = feed(&plant, &plant_wide).await;
    assert_eq!(all.len(), 4);
    assert_eq!(property(&all[1], "SUMMARY"), "INT-2031-000001 Vidange (Claire Technicienne)");
    assert_eq!(feed(&plant, &format!("{plant_wide}&technicien_id=2")).await.len(), 2);
    assert!(feed(&plant, &format!("{youssef}&technicien_id=2")).await.is_empty());
    assert_eq!(none.body, json!({"existe": false, "cree_le": null}));
    let some = plant.technicien().get("planning/calendrier/jeton").await.expect(200);
    assert_eq!(some.body, json!({"existe": true, "cree_le": "2031-01-15T08:00:00Z"}));
}

#[tokio::test]
async fn a_link_opens_nothing_once_replaced_revoked_or_when_its_owner_lost_the_right() {
    let plant = busy_plant().await;
    let person = plant.person("technicien2");
    let first = link(&person).await;

    let second = link(&person).await;
    plant.nobody().get(&first).await.expect(404);
    feed(&plant, &second).await;
    person.delete("planning/calendrier/jeton").await.expect(204);
    plant.nobody().get(&second).await.expect(404);
    person.delete("planning/calendrier/jeton").await.expect(404);
    let third = link(&person).await;
    plant.database().execute_batch("update users set is_active = 0 where id = 4").expect("a leave");
    let inactive = plant.nobody().get(&third).await.expect(404);
    plant
        .database()
        .execute_batch("update users set is_active = 1, role = 'client', client_id = 1 where id = 4")
        .expect("a change");
    plant.nobody().get(&third).await.expect(404);
    let absent = plant.nobody().get("planning/calendrier.ics").await.expect(404);

    let told = |reply: &Reply| (reply["code"].clone(), reply["detail"].clone());
    assert_eq!(told(&inactive), told(&absent), "what is wrong with a link is nobody's business");
    plant.client().post("planning/calendrier/jeton", json!({})).await.expect(403);
}

#[tokio::test]
async fn a_link_ends_with_the_password_and_while_its_owner_owes_a_second_factor() {
    let plant = Plant::new();
    let address = link(&plant.responsable()).await;
    let owed = |owed: i64| {
        plant.database().execute("update securite set double_exigee = ?", [owed]).expect("a rule");
    };

    owed(1);
    plant.nobody().get(&address).await.expect(404);
    owed(0);
    plant.nobody().get(&address).await.expect(200);
    plant
        .database()
        .execute_batch(
            "update users set auth_version = auth_version + 1 where role = 'responsable';
             update sessions set auth_version = (select u.auth_version from users u where u.id = user_id)",
        )
        .expect("another password");

    plant.nobody().get(&address).await.expect(404);
    let again = plant.responsable().get("planning/calendrier/jeton").await.expect(200);
    assert_eq!(again["existe"], false);
    let another = link(&plant.responsable()).await;
    plant.nobody().get(&another).await.expect(200);
}

#[tokio::test]
async fn a_link_s_secret_is_kept_nowhere() {
    let data = {
        let plant = busy_plant().await;
        plant.set_time("2026-01-01T00:00:00Z");
        plant.stop().await
    };
    let plant = Plant::copy_of(data.path());
    let key = [("idempotency-key", "lien")];
    let made =
        plant.technicien().send("POST", "planning/calendrier/jeton", &key, Some(json!({}))).await.expect(201);
    let url = made["url"].as_str().expect("an address");
    let secret = url.split("jeton=").nth(1).expect("a secret").to_owned();
    let events = value(
        &plant,
        "select group_concat(action || ' ' || entite_id) from journal where action like 'user.lien%'",
    );
    let data = plant.stop().await;

    let server = ServerProcess::start(data.path(), &[]);
    let read = server.get(&format!("/api/v1/planning/calendrier.ics?jeton={secret}"));
    server.get(&format!("/api/v1/planning/calendrier.ics?jeton={secret}&rien=1"));
    let log = server.log();
    drop(server);

    assert_eq!((read, events.as_str()), (200, "user.lien_calendrier 3"));
    assert!(log.contains("/api/v1/planning/calendrier.ics"), "the access log names the route: {log}");
    assert!(!log.contains(&secret), "{log}");
    for file in std::fs::read_dir(data.path()).expect("the data") {
        let path = file.expect("an entry").path();
        let bytes = if path.is_file() { std::fs::read(&path).expect("a file") } else { Vec::new() };
        let holds = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!holds, "{} holds the secret", path.display());
    }
}

#[tokio::test]
async fn a_feed_is_sent_again_only_when_it_changed_and_what_moves_stays_the_same_entry() {
    let plant = Plant::new();
    let path = booked(&plant, "Fuite", 1, 1, 20, 9).await;
    let address = link(&plant.technicien()).await;
    let first = plant.nobody().get(&address).await.expect(200);
    let before = feed(&plant, &address).await;

    let tag = [("if-none-match", first.header("etag"))];
    plant.set_time("2031-01-15T20:00:00Z");
    let same = plant.nobody().send("GET", &address, &tag, None).await.expect(304);
    book(&plant, &path, 1, 21, 14).await;
    let moved = plant.nobody().send("GET", &address, &tag, None).await.expect(200);

    assert!(same.bytes.is_empty() && moved.header("etag") != first.header("etag"));
    let after = feed(&plant, &address).await;
    assert_eq!((before.len(), after.len()), (1, 1));
    assert_eq!(property(&after[0], "UID"), property(&before[0], "UID"));
    let sequence =
        |events: &[Vec<(String, String)>]| property(&events[0], "SEQUENCE").parse::<i64>().expect("a number");
    assert!(sequence(&after) > sequence(&before));
    assert_eq!(property(&after[0], "DTSTART"), "20310121T140000Z");
}

#[tokio::test]
async fn one_address_cannot_read_feeds_without_end() {
    let plant = Plant::new();
    let address: SocketAddr = "192.0.2.7:4000".parse().expect("an address");
    let read = async || {
        let request = Request::get("/api/v1/planning/calendrier.ics?jeton=x");
        let mut request = request.body(Body::empty()).expect("a request");
        request.extensions_mut().insert(PeerAddress(address));
        plant.nobody().send_raw(request).await
    };
    for _ in 0..300 {
        read().await.expect(404);
    }

    let refused = read().await.expect(429);

    assert_eq!(refused.header("retry-after"), "1");
}
