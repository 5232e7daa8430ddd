//! Time: entered by hand or by a timer, each person in one place.

use std::time::Duration;

use serde_json::{Value, json};

use crate::interventions::{go, leak_with, led_by_youssef, value};
use crate::plant::{Person, Plant, Reply};

const HOUR: Duration = Duration::from_secs(3600);

/// The day before the tests' present, from one hour to another.
fn yesterday(from: u32, to: u32) -> Value {
    json!({"debut": format!("2031-01-14T{from:02}:00:00Z"), "fin": format!("2031-01-14T{to:02}:00:00Z")})
}

fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

async fn under_way(plant: &Plant) -> String {
    let path = led_by_youssef(plant).await;
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    path
}

async fn start(person: &Person<'_>, path: &str, body: Value) -> Reply {
    person.post(&format!("{path}/temps/demarrer"), body).await
}

async fn enter(person: &Person<'_>, path: &str, body: Value) -> Reply {
    person.post(&format!("{path}/temps"), body).await
}

#[tokio::test]
async fn elapsed_time_counts_a_moment_once_and_man_hours_count_each_person() {
    let plant = Plant::new();
    let path = under_way(&plant).await;

    for (technicien, from, to) in [(1, 8, 12), (2, 9, 10), (2, 11, 13)] {
        let body = with(yesterday(from, to), "technicien_id", json!(technicien));
        enter(&plant.responsable(), &path, body).await.expect(201);
    }

    let listed = plant.technicien().get(&format!("{path}/temps")).await.expect(200);
    assert_eq!(listed["resume"]["ecoule_min"], 5 * 60);
    assert_eq!(listed["resume"]["homme_min"], 7 * 60);
    assert_eq!(listed["resume"]["par_nature"], json!([{"nature": "travail", "homme_min": 7 * 60}]));
    assert_eq!(listed["total"], 3);
    assert_eq!(plant.technicien().get(&path).await["temps_passe_min"], 7 * 60);
    assert_eq!(plant.technicien().get("interventions/").await["items"][0]["temps_passe_min"], 7 * 60);
}

#[tokio::test]
async fn a_timer_runs_from_its_start_to_its_stop_at_the_rate_of_its_start() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    let started = start(&plant.technicien(), &path, json!({"nature": "deplacement"})).await.expect(201);
    plant.responsable().patch("techniciens/1", json!({"taux_horaire": 500})).await.expect(200);
    plant.advance(Duration::from_secs(25 * 60));

    let meanwhile = plant.technicien().get(&path).await.expect(200);
    let stopped =
        plant.technicien().post("temps/arreter", json!({"remarque": "Sur place"})).await.expect(200);

    assert_eq!((&started["en_cours"], &started["fin"]), (&json!(true), &Value::Null));
    assert_eq!(started.header("location"), format!("/api/v1/temps/{}", started.id()));
    assert_eq!(meanwhile["temps_passe_min"], 25);
    assert_eq!((&stopped["minutes"], &stopped["nature"]), (&json!(25), &json!("deplacement")));
    assert_eq!(
        (&stopped["fin"], &stopped["remarque"]),
        (&json!("2031-01-15T08:25:00Z"), &json!("Sur place"))
    );
    let paid = plant.responsable().get(&format!("temps/{}", started.id())).await.expect(200);
    assert_eq!((&paid["taux_horaire"], &paid["cout"]), (&json!(180.0), &json!(75.0)));
    let told = "select group_concat(action order by id) from journal where entite = 'temps'";
    assert_eq!(value(&plant, told), "temps.demarrage,temps.arret");
}

#[tokio::test]
async fn a_second_timer_is_refused_with_the_one_that_runs_unless_it_is_to_be_stopped() {
    let plant = Plant::new();
    let (first, second) = (under_way(&plant).await, under_way(&plant).await);
    start(&plant.technicien(), &first, json!({})).await.expect(201);

    let refused = start(&plant.technicien(), &second, json!({})).await.expect(409);
    let switched = start(&plant.technicien(), &second, json!({"arreter_en_cours": true})).await.expect(201);

    assert_eq!(refused.code(), "chronometre_en_cours");
    assert_eq!(refused["chronometres"][0]["numero"], "INT-2031-000001");
    assert_eq!(refused["chronometres"][0]["technicien_nom"], "Youssef Technicien");
    let running = plant.technicien().get("temps/?en_cours=true").await.expect(200);
    assert_eq!(running.ids(), [switched.id()]);
}

// D11
#[tokio::test]
async fn of_twenty_timers_started_at_once_by_one_person_one_runs() {
    let plant = Plant::new();
    let (first, second) = (under_way(&plant).await, under_way(&plant).await);
    let youssef = plant.technicien();

    let starts = (0..20).map(|i| start(&youssef, if i % 2 == 0 { &first } else { &second }, json!({})));
    let replies = futures_util::future::join_all(starts).await;

    let statuses: Vec<_> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 19);
    assert_eq!(value(&plant, "select count(*) from temps"), "1");
}

#[tokio::test]
async fn a_timer_is_stopped_once_and_by_those_who_may() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    let id = start(&plant.technicien(), &path, json!({})).await.expect(201).id();
    plant.advance(HOUR);

    let stopped = plant.responsable().post(&format!("temps/{id}/arreter"), json!({})).await.expect(200);
    plant.advance(HOUR);
    let again = plant.responsable().post(&format!("temps/{id}/arreter"), json!({})).await.expect(200);
    let none = plant.technicien().post("temps/arreter", json!({})).await.expect(409);
    let not_a_hand = plant.responsable().post("temps/arreter", json!({})).await.expect(409);

    assert_eq!((&stopped["minutes"], again.body), (&json!(60), stopped.body.clone()));
    assert_eq!((none.code(), not_a_hand.code()), ("aucun_chronometre", "aucun_chronometre"));
}

#[tokio::test]
async fn someone_taken_off_the_job_can_still_stop_their_own_timer() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    start(&plant.technicien(), &path, json!({})).await.expect(201);
    plant.responsable().patch(&path, json!({"technicien_id": 2})).await.expect(200);

    plant.technicien().get(&path).await.expect(404);
    let stopped = plant.technicien().post("temps/arreter", json!({})).await.expect(200);

    plant.technicien().get(&format!("temps/{}", stopped.id())).await.expect(200);
    plant.technicien().get(&format!("{path}/temps")).await.expect(404);
}

// D5
#[tokio::test]
async fn work_is_neither_finished_nor_cancelled_while_somebody_s_timer_runs_on_it() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    let id = start(&plant.responsable(), &path, json!({"technicien_id": 2})).await.expect(201).id();

    let finishing = go(&plant.technicien(), &path, "termine").await.expect(409);
    let cancelling = go(&plant.responsable(), &path, "annule").await.expect(409);

    for refused in [&finishing, &cancelling] {
        assert_eq!(refused.code(), "chronometre_en_cours");
        assert_eq!(refused["chronometres"][0]["technicien_nom"], "Claire Technicienne");
        assert_eq!(refused["chronometres"][0]["id"], id);
    }
    assert!(finishing["detail"].as_str().is_some_and(|detail| detail.contains("Claire Technicienne")));
    plant.responsable().post(&format!("temps/{id}/arreter"), json!({})).await.expect(200);
    go(&plant.technicien(), &path, "termine").await.expect(200);
}

#[tokio::test]
async fn a_forgotten_timer_counts_twelve_hours_and_asks_to_be_corrected() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    let id = start(&plant.technicien(), &path, json!({})).await.expect(201).id();
    plant.advance(40 * HOUR);

    let running = plant.technicien().get(&format!("temps/{id}")).await.expect(200);
    let so_far = plant.technicien().get(&path).await.expect(200);
    let to_check = plant.responsable().get("temps/?a_verifier=true").await.expect(200);
    let stopped = plant.technicien().post("temps/arreter", json!({})).await.expect(200);
    let still = plant.responsable().get("temps/?a_verifier=true").await.expect(200);
    let corrected =
        plant.technicien().patch(&format!("temps/{id}"), json!({"fin": "2031-01-15T12:00:00Z"})).await;

    assert_eq!((&running["minutes"], &running["a_verifier"]), (&json!(720), &json!(true)));
    let in_the_end = plant.technicien().get(&path).await.expect(200);
    assert_eq!((&so_far["temps_passe_min"], &in_the_end["temps_passe_min"]), (&json!(720), &json!(240)));
    assert_eq!((to_check.ids(), still.ids()), (vec![id], vec![id]));
    assert_eq!((&stopped["fin"], &stopped["a_verifier"]), (&json!("2031-01-15T20:00:00Z"), &json!(true)));
    let corrected = corrected.expect(200);
    assert_eq!((&corrected["minutes"], &corrected["a_verifier"]), (&json!(240), &json!(false)));
}

#[tokio::test]
async fn one_person_s_entries_never_overlap_and_two_people_s_may() {
    let plant = Plant::new();
    let (first, second) = (under_way(&plant).await, under_way(&plant).await);
    enter(&plant.technicien(), &first, yesterday(8, 12)).await.expect(201);

    let refused = enter(&plant.technicien(), &second, yesterday(11, 13)).await.expect(409);
    enter(&plant.technicien(), &second, yesterday(12, 13)).await.expect(201);
    let claire = with(yesterday(9, 11), "technicien_id", json!(2));
    enter(&plant.responsable(), &first, claire).await.expect(201);
    let moved =
        plant.technicien().patch("temps/2", json!({"debut": "2031-01-14T11:59:59Z"})).await.expect(409);
    start(&plant.technicien(), &first, json!({})).await.expect(201);
    plant.advance(HOUR);
    let meanwhile = json!({"debut": "2031-01-15T08:10:00Z", "fin": "2031-01-15T08:20:00Z"});
    let running = enter(&plant.technicien(), &second, meanwhile).await.expect(409);

    for refused in [&refused, &moved, &running] {
        assert_eq!(refused.code(), "chevauchement");
        assert_eq!(refused["conflits"][0]["numero"], "INT-2031-000001");
    }
    assert_eq!(
        (&refused["conflits"][0]["debut"], &refused["conflits"][0]["fin"]),
        (&yesterday(8, 12)["debut"], &yesterday(8, 12)["fin"])
    );
    assert_eq!(running["conflits"][0]["fin"], Value::Null, "the timer goes on");
}

#[tokio::test]
async fn an_entry_is_over_ends_after_it_begins_and_lasts_a_day_at_most() {
    let plant = Plant::new();
    let path = under_way(&plant).await;

    for (debut, fin) in [
        ("2031-01-14T08:00:00Z", "2031-01-14T08:00:00Z"),
        ("2031-01-14T08:00:00Z", "2031-01-14T07:00:00Z"),
        ("2031-01-13T08:00:00Z", "2031-01-14T08:00:01Z"),
        ("2031-01-15T07:00:00Z", "2031-01-15T08:00:01Z"),
    ] {
        let refused =
            enter(&plant.technicien(), &path, json!({"debut": debut, "fin": fin})).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], "fin", "{debut} {fin}");
    }

    for (member, wrong) in [("nature", json!("sieste")), ("taux_horaire", json!(1)), ("minutes", json!(60))] {
        let refused =
            enter(&plant.technicien(), &path, with(yesterday(8, 9), member, wrong)).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], member);
    }
    assert_eq!(value(&plant, "select count(*) from temps"), "0");
}

// D9
#[tokio::test]
async fn the_database_itself_refuses_two_timers_an_overlap_and_time_that_runs_backwards() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    enter(&plant.technicien(), &path, yesterday(8, 12)).await.expect(201);
    start(&plant.technicien(), &path, json!({})).await.expect(201);
    let database = plant.database();
    let row = |debut: &str, fin: &str| {
        format!(
            "insert into temps (intervention_id, technicien_id, debut, fin, saisi_par, created_at, updated_at)
             values (1, 1, unixepoch('{debut}'), unixepoch({fin}), 'x', 0, 0)"
        )
    };

    for sql in [
        row("2031-01-15 07:00", "null"),
        row("2031-01-15 09:00", "null"),
        row("2031-01-14 11:00", "'2031-01-14 13:00'"),
        row("2031-01-14 09:00", "'2031-01-14 10:00'"),
        row("2031-01-14 07:00", "'2031-01-14 06:00'"),
        row("2031-01-12 07:00", "'2031-01-13 08:00'"),
        "update temps set fin = fin + 86400 where id = 1".to_owned(),
        "update interventions set statut = 'annule'".to_owned(),
        "delete from interventions".to_owned(),
        "delete from techniciens where id = 1".to_owned(),
    ] {
        database.execute(&sql, []).expect_err(&sql);
    }

    database.execute(&row("2031-01-14 12:00", "'2031-01-14 13:00'"), []).expect("touching is allowed");
}

// A15
#[tokio::test]
async fn a_technicien_enters_their_own_time_while_the_work_goes_on_and_a_responsable_anyone_s_until_validation()
 {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    let claire = with(yesterday(8, 9), "technicien_id", json!(2));
    enter(&plant.technicien(), &path, claire.clone()).await.expect(403);
    let of_claire = enter(&plant.responsable(), &path, claire).await.expect(201).id();
    let own = enter(&plant.technicien(), &path, yesterday(8, 9)).await.expect(201).id();
    plant.technicien().patch(&format!("temps/{of_claire}"), json!({"nature": "attente"})).await.expect(403);
    plant
        .person("technicien2")
        .patch(&format!("temps/{own}"), json!({"nature": "attente"}))
        .await
        .expect(404);
    plant.client().patch(&format!("temps/{own}"), json!({"nature": "attente"})).await.expect(403);
    let unnamed = enter(&plant.responsable(), &path, yesterday(10, 11)).await.expect(422);
    assert_eq!(unnamed["errors"][0]["champ"], "technicien_id");

    go(&plant.technicien(), &path, "termine").await.expect(200);
    let late =
        plant.technicien().patch(&format!("temps/{own}"), json!({"nature": "attente"})).await.expect(409);
    let too_late = start(&plant.technicien(), &path, json!({})).await.expect(409);
    plant.responsable().patch(&format!("temps/{own}"), json!({"nature": "attente"})).await.expect(200);
    plant.responsable().post(&format!("{path}/validation"), json!({})).await.expect(200);
    let frozen = plant.responsable().delete(&format!("temps/{own}")).await.expect(409);

    assert_eq!((late.code(), too_late.code(), frozen.code()), ("lecture_seule", "lecture_seule", "validee"));
}

// A14
#[tokio::test]
async fn minutes_are_for_all_who_see_the_work_and_money_for_those_who_run_the_plant() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    let entry = with(yesterday(8, 9), "remarque", json!("Clé oubliée à l’atelier"));
    let id = enter(&plant.technicien(), &path, entry).await.expect(201).id();
    let address = format!("temps/{id}");

    for (person, remark, rate) in [
        ("admin", json!("Clé oubliée à l’atelier"), json!(180.0)),
        ("responsable", json!("Clé oubliée à l’atelier"), json!(180.0)),
        ("technicien", json!("Clé oubliée à l’atelier"), Value::Null),
        ("client", Value::Null, Value::Null),
    ] {
        let read = plant.person(person).get(&address).await.expect(200);
        let listed = plant.person(person).get(&format!("{path}/temps")).await.expect(200);
        for seen in [&read.body, &listed["items"][0]] {
            assert_eq!(seen["minutes"], 60, "{person}");
            assert_eq!(
                (&seen["remarque"], &seen["taux_horaire"], &seen["cout"]),
                (&remark, &rate, &rate),
                "{person}"
            );
        }
    }

    plant.person("technicien2").get(&address).await.expect(404);
    plant.person("client2").get(&address).await.expect(404);
    plant.client().get("temps/").await.expect(403);
    assert_eq!(plant.person("technicien2").get("temps/").await.expect(200)["total"], 0);
    assert_eq!(plant.responsable().get("temps/?du=2031-01-14&au=2031-01-14").await.expect(200).ids(), [id]);
    assert_eq!(plant.responsable().get("temps/?du=2031-01-15").await.expect(200)["total"], 0);
}

// c5
#[tokio::test]
async fn a_phone_that_repeats_its_request_starts_one_timer_and_enters_time_once() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    let youssef = plant.technicien();
    let twice = async |address: String, key: &'static str, body: Value| {
        let key = [("idempotency-key", key)];
        let first = youssef.send("POST", &address, &key, Some(body.clone())).await.expect(201);
        let again = youssef.send("POST", &address, &key, Some(body)).await.expect(201);
        assert_eq!((again.header("idempotent-replayed"), &again.bytes), ("true", &first.bytes));
    };

    twice(format!("{path}/temps"), "saisie", yesterday(8, 9)).await;
    twice(format!("{path}/temps/demarrer"), "depart", json!({})).await;

    assert_eq!(value(&plant, "select count(*) from temps"), "2");
}

// D14
#[tokio::test]
async fn an_entry_changed_meanwhile_is_not_overwritten_and_a_deleted_one_is_remembered() {
    let plant = Plant::new();
    let path = under_way(&plant).await;
    let id = enter(&plant.technicien(), &path, yesterday(8, 9)).await.expect(201).id();
    let address = format!("temps/{id}");
    plant.responsable().patch(&address, json!({"nature": "attente"})).await.expect(200);
    let stale = [("if-match", "\"1\"")];

    plant.technicien().send("PATCH", &address, &stale, Some(json!({"remarque": "x"}))).await.expect(412);
    plant.technicien().send("DELETE", &address, &stale, None).await.expect(412);
    plant.technicien().delete(&address).await.expect(204);

    plant.technicien().get(&address).await.expect(404);
    let told = "select avant ->> '$.nature' from journal where action = 'temps.suppression'";
    assert_eq!(value(&plant, told), "attente");
}

#[tokio::test]
async fn planned_work_that_somebody_travelled_for_is_cancelled_not_deleted() {
    let plant = Plant::new();
    let created = plant.responsable().post("interventions/", leak_with(json!({"technicien_id": 1}))).await;
    let path = format!("interventions/{}", created.expect(201).id());
    let travel = with(yesterday(7, 8), "nature", json!("deplacement"));
    enter(&plant.technicien(), &path, travel).await.expect(201);

    let refused = plant.responsable().delete(&path).await.expect(409);

    assert_eq!(refused.code(), "deja_commencee");
    go(&plant.responsable(), &path, "annule").await.expect(200);
}
