//! The workflow of an intervention: who may take it from where to where, and what follows.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::interventions::{go, leak_with, led_by_youssef, value};
use crate::plant::Plant;

const STATUTS: [&str; 5] = ["planifie", "en_cours", "attente_pieces", "termine", "annule"];
const PEOPLE: [&str; 5] = ["admin", "responsable", "technicien", "technicien2", "client"];

/// The steps that lead to a statut.
fn way_to(statut: &str) -> &'static [&'static str] {
    match statut {
        "planifie" => &[],
        "en_cours" => &["en_cours"],
        "attente_pieces" => &["en_cours", "attente_pieces"],
        "termine" => &["en_cours", "termine"],
        _ => &["annule"],
    }
}

/// An intervention that Youssef leads, in this statut.
async fn in_statut(plant: &Plant, statut: &str) -> String {
    let path = led_by_youssef(plant).await;
    for step in way_to(statut) {
        go(&plant.responsable(), &path, step).await.expect(200);
    }
    path
}

async fn stopping_the_pump(plant: &Plant) -> String {
    let body = leak_with(json!({"technicien_id": 1, "arret_equipement": true}));
    let created = plant.responsable().post("interventions/", body).await.expect(201);
    format!("interventions/{}", created.id())
}

fn pump(plant: &Plant) -> String {
    value(plant, "select statut from equipements where id = 1")
}

// A15, D5, D12
#[tokio::test]
async fn every_step_for_everyone_is_as_the_table_says() {
    let plant = Plant::new();
    let mut table = String::from(
        "Who may take an intervention from where to where: the answer to PATCH …/statut, with what it asks for.\n\
         technicien leads it, technicien2 does not, the équipement is the client's.\n\n",
    );
    let _ = write!(table, "{:<15} {:<15}", "de", "vers");
    for person in PEOPLE {
        let _ = write!(table, " {person:<24}");
    }
    table.push('\n');

    for from in STATUTS {
        for to in STATUTS {
            let _ = write!(table, "{from:<15} {to:<15}");
            for person in PEOPLE {
                let path = in_statut(&plant, from).await;
                let reply = go(&plant.person(person), &path, to).await;
                let _ =
                    write!(table, " {:<24}", format!("{} {}", reply.status.as_u16(), reply.code()).trim());
                let now = plant.responsable().get(&path).await.expect(200);
                assert_eq!(
                    now["statut"],
                    if reply.status == 200 { to } else { from },
                    "{from} {to} {person}"
                );
                if reply.status == 409 {
                    let offered = plant.person(person).get(&path).await.expect(200)["transitions"].clone();
                    assert_eq!(reply["transitions"], offered, "{from} {to} {person}");
                }
            }
            table.push('\n');
        }
    }

    let table: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/spec/workflow.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file, &table).expect("the table is written");
    }
    assert_eq!(table, std::fs::read_to_string(file).expect("the table"), "run with UPDATE=1 to accept");
}

#[tokio::test]
async fn what_may_be_done_next_is_what_succeeds() {
    let plant = Plant::new();

    for from in STATUTS {
        for person in ["responsable", "technicien", "client"] {
            let path = in_statut(&plant, from).await;
            let offered = plant.person(person).get(&path).await.expect(200)["transitions"].clone();
            for to in STATUTS {
                let path = in_statut(&plant, from).await;
                let succeeded = go(&plant.person(person), &path, to).await.status == 200;
                let is_offered = offered.as_array().expect("a list").contains(&json!(to));
                assert_eq!(succeeded, is_offered, "{from} {to} {person}");
            }
        }
    }
}

#[tokio::test]
async fn what_must_be_written_first_is_asked_for() {
    let plant = Plant::new();

    for (from, to, champ) in [
        ("en_cours", "attente_pieces", "remarque"),
        ("en_cours", "termine", "compte_rendu"),
        ("planifie", "annule", "remarque"),
        ("en_cours", "annule", "remarque"),
        ("attente_pieces", "annule", "remarque"),
        ("termine", "en_cours", "remarque"),
        ("annule", "planifie", "remarque"),
    ] {
        let path = in_statut(&plant, from).await;
        for blank in [json!({"statut": to}), json!({"statut": to, champ: "  "})] {
            let refused = plant.responsable().patch(&format!("{path}/statut"), blank).await.expect(422);
            assert_eq!(refused["errors"][0]["champ"], champ);
        }
        assert_eq!(plant.responsable().get(&path).await["statut"], from);
    }
}

#[tokio::test]
async fn a_report_written_beforehand_is_enough_to_finish() {
    let plant = Plant::new();
    let path = in_statut(&plant, "en_cours").await;
    plant.technicien().patch(&path, json!({"compte_rendu": "Garniture remplacée"})).await.expect(200);

    let done =
        plant.technicien().patch(&format!("{path}/statut"), json!({"statut": "termine"})).await.expect(200);

    assert_eq!(done["compte_rendu"], "Garniture remplacée");
}

#[tokio::test]
async fn nobody_starts_work_that_nobody_does() {
    let plant = Plant::new();
    let created = plant.responsable().post("interventions/", leak_with(json!({}))).await.expect(201);
    let path = format!("interventions/{}", created.id());

    let refused = go(&plant.responsable(), &path, "en_cours").await.expect(409);

    assert_eq!((refused.code(), &refused["transitions"]), ("transition_refusee", &json!(["annule"])));
}

// D2
#[tokio::test]
async fn the_history_tells_every_step_and_ends_where_the_intervention_stands() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    for statut in ["en_cours", "attente_pieces", "en_cours", "termine"] {
        go(&plant.technicien(), &path, statut).await.expect(200);
    }

    go(&plant.responsable(), &path, "en_cours").await.expect(200);

    let history = plant.responsable().get(&format!("{path}/historique")).await.expect(200);
    let steps: Vec<_> = history["items"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| (line["type"].clone(), line["de"].clone(), line["vers"].clone()))
        .collect();
    let step = |kind: &str, de: Value, vers: Value| (json!(kind), de, vers);
    assert_eq!(
        steps,
        [
            step("creation", Value::Null, json!("planifie")),
            step("affectation", Value::Null, Value::Null),
            step("statut", json!("planifie"), json!("en_cours")),
            step("statut", json!("en_cours"), json!("attente_pieces")),
            step("statut", json!("attente_pieces"), json!("en_cours")),
            step("statut", json!("en_cours"), json!("termine")),
            step("reouverture", json!("termine"), json!("en_cours")),
        ]
    );
    assert_eq!(value(&plant, "select count(*) from journal where action = 'intervention.statut'"), "5");
}

// D9, D10
#[tokio::test]
async fn the_database_itself_refuses_to_forget_people_work_and_history() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    plant.client().post(&format!("{path}/commentaires"), json!({"texte": "Vu"})).await.expect(201);
    let database = plant.database();

    for sql in [
        "delete from users where id = 2",
        "delete from interventions",
        "delete from historique",
        "update historique set remarque = 'x'",
        "delete from equipements where id = 1",
        "delete from techniciens where id = 1",
        "delete from clients where id = 1",
        "delete from sites where id = 1",
    ] {
        database.execute(sql, []).expect_err(sql);
    }

    plant.responsable().get(&path).await.expect(200);
}

#[tokio::test]
async fn dates_and_time_spent_follow_the_steps_and_not_the_pauses() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    for (time, statut) in [
        ("2031-01-15T09:00:00Z", "en_cours"),
        ("2031-01-15T09:30:00Z", "attente_pieces"),
        ("2031-01-15T14:00:00Z", "en_cours"),
        ("2031-01-15T14:45:00Z", "termine"),
    ] {
        plant.set_time(time);
        go(&plant.technicien(), &path, statut).await.expect(200);
    }
    let finished = plant.responsable().get(&path).await.expect(200);
    plant.set_time("2031-01-16T08:00:00Z");

    go(&plant.responsable(), &path, "en_cours").await.expect(200);
    plant.set_time("2031-01-16T08:10:00Z");
    let reopened = plant.responsable().get(&path).await.expect(200);

    assert_eq!(finished["prise_en_charge_le"], "2031-01-15T08:00:00Z", "when it was assigned");
    assert_eq!(finished["date_debut_reelle"], "2031-01-15T09:00:00Z");
    assert_eq!(finished["date_fin_reelle"], "2031-01-15T14:45:00Z");
    assert_eq!(finished["temps_passe_min"], 30 + 45);
    assert_eq!(reopened["date_debut_reelle"], finished["date_debut_reelle"]);
    assert_eq!(reopened["date_fin_reelle"], finished["date_fin_reelle"], "for its papers");
    assert_eq!(reopened["temps_passe_min"], 30 + 45, "papers are no work");
    let listed = plant.responsable().get("interventions/").await.expect(200);
    assert_eq!(listed["items"][0]["temps_passe_min"], 30 + 45);
}

#[tokio::test]
async fn a_machine_that_the_work_stops_is_under_maintenance_until_the_end() {
    let plant = Plant::new();
    let path = stopping_the_pump(&plant).await;

    let started = go(&plant.technicien(), &path, "en_cours").await.expect(200);
    let meanwhile = pump(&plant);
    plant.set_time("2031-01-15T10:00:00Z");
    let finished = go(&plant.technicien(), &path, "termine").await.expect(200);

    assert_eq!((meanwhile.as_str(), pump(&plant).as_str()), ("maintenance", "operationnel"));
    assert_eq!(started["date_arret"], "2031-01-15T08:00:00Z");
    assert_eq!(finished["date_remise_en_service"], "2031-01-15T10:00:00Z");
    assert_eq!(
        value(&plant, "select group_concat(apres) from journal where action = 'equipement.modification'"),
        r#"{"statut":"panne"},{"statut":"maintenance"},{"statut":"operationnel"}"#
    );
}

#[tokio::test]
async fn a_machine_that_still_does_not_run_is_left_as_the_technicien_says() {
    let plant = Plant::new();
    let path = stopping_the_pump(&plant).await;
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    let broken =
        json!({"statut": "termine", "compte_rendu": "Arbre à remplacer", "equipement_statut": "panne"});

    let finished = plant.technicien().patch(&format!("{path}/statut"), broken).await.expect(200);

    assert_eq!((pump(&plant).as_str(), &finished["date_remise_en_service"]), ("panne", &Value::Null));
}

#[tokio::test]
async fn a_machine_stays_stopped_as_long_as_another_work_stops_it() {
    let plant = Plant::new();
    let (first, second) = (stopping_the_pump(&plant).await, stopping_the_pump(&plant).await);
    for path in [&first, &second] {
        go(&plant.technicien(), path, "en_cours").await.expect(200);
    }

    go(&plant.technicien(), &first, "termine").await.expect(200);
    let after_first = pump(&plant);
    go(&plant.responsable(), &second, "annule").await.expect(200);

    assert_eq!((after_first.as_str(), pump(&plant).as_str()), ("maintenance", "operationnel"));
}

#[tokio::test]
async fn work_that_does_not_stop_the_machine_leaves_it_alone() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    plant.database().execute("update equipements set statut = 'panne' where id = 1", []).expect("broken");

    for statut in ["en_cours", "termine"] {
        go(&plant.technicien(), &path, statut).await.expect(200);
    }

    assert_eq!(pump(&plant), "panne");
}

#[tokio::test]
async fn work_that_is_taken_up_again_stops_its_machine_again() {
    let plant = Plant::new();
    let path = stopping_the_pump(&plant).await;
    for statut in ["en_cours", "termine"] {
        go(&plant.technicien(), &path, statut).await.expect(200);
    }

    let again = json!({"statut": "en_cours", "remarque": "Fuit encore", "reprise_travaux": true});
    let reopened = plant.responsable().patch(&format!("{path}/statut"), again).await.expect(200);

    assert_eq!((pump(&plant).as_str(), &reopened["date_remise_en_service"]), ("maintenance", &Value::Null));
    assert_eq!(reopened["date_fin_reelle"], Value::Null);
}

#[tokio::test]
async fn a_machine_reported_stopped_is_broken_down_and_its_stop_begins_when_it_failed() {
    let plant = Plant::new();
    let failed = json!({"technicien_id": 1, "arret_equipement": true, "survenue_le": "2031-01-13T08:00:00Z"});
    let created = plant.responsable().post("interventions/", leak_with(failed)).await.expect(201);
    let path = format!("interventions/{}", created.id());
    let reported = pump(&plant);

    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    let under_way = pump(&plant);
    let finished = go(&plant.technicien(), &path, "termine").await.expect(200);

    assert_eq!(
        (reported.as_str(), under_way.as_str(), pump(&plant).as_str()),
        ("panne", "maintenance", "operationnel")
    );
    assert_eq!(finished["date_arret"], "2031-01-13T08:00:00Z");
    assert_eq!(finished["date_remise_en_service"], "2031-01-15T08:00:00Z", "a stop of two days");
}

#[tokio::test]
async fn a_demande_that_says_the_machine_is_down_shows_it_and_the_work_stops_it_since_then() {
    let plant = Plant::new();
    let down = json!({"titre": "Ne démarre plus", "equipement_id": 1, "arret_equipement": true});
    let filed = plant.client().post("demandes/", down).await.expect(201);
    let reported = pump(&plant);
    plant.set_time("2031-01-15T12:00:00Z");
    let accepted = format!("demandes/{}/acceptation", filed.id());
    plant.responsable().post(&accepted, json!({"technicien_id": 1})).await.expect(200);

    let started = go(&plant.technicien(), "interventions/1", "en_cours").await.expect(200);

    assert_eq!(reported, "panne");
    assert_eq!(started["date_arret"], "2031-01-15T08:00:00Z");
}

#[tokio::test]
async fn planned_work_that_will_stop_the_machine_stops_it_when_it_begins() {
    let plant = Plant::new();
    let body = json!({"technicien_id": 1, "arret_equipement": true, "type_intervention": "preventive"});
    let created = plant.responsable().post("interventions/", leak_with(body)).await.expect(201);
    let planned = pump(&plant);
    plant.set_time("2031-01-15T12:00:00Z");

    let started =
        go(&plant.technicien(), &format!("interventions/{}", created.id()), "en_cours").await.expect(200);

    assert_eq!((planned.as_str(), &started["date_arret"]), ("operationnel", &json!("2031-01-15T12:00:00Z")));
}

#[tokio::test]
async fn reopening_for_papers_changes_neither_the_stop_nor_the_end_nor_the_machine() {
    let plant = Plant::new();
    let path = stopping_the_pump(&plant).await;
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    plant.set_time("2031-01-15T12:00:00Z");
    go(&plant.technicien(), &path, "termine").await.expect(200);
    plant.set_time("2031-01-17T21:00:00Z");

    let reopened = go(&plant.responsable(), &path, "en_cours").await.expect(200);
    let meanwhile = pump(&plant);
    plant.set_time("2031-01-17T22:00:00Z");
    let finished = go(&plant.responsable(), &path, "termine").await.expect(200);

    for shown in [&reopened, &finished] {
        assert_eq!(
            (&shown["date_arret"], &shown["date_remise_en_service"], &shown["date_fin_reelle"]),
            (&json!("2031-01-15T08:00:00Z"), &json!("2031-01-15T12:00:00Z"), &json!("2031-01-15T12:00:00Z"))
        );
    }
    assert_eq!(meanwhile, "operationnel");
    let misplaced = json!({"statut": "annule", "remarque": "Non", "reprise_travaux": true});
    let other = stopping_the_pump(&plant).await;
    let refused = plant.responsable().patch(&format!("{other}/statut"), misplaced).await.expect(422);
    assert_eq!(refused["errors"][0]["champ"], "reprise_travaux");
}

#[tokio::test]
async fn several_works_on_a_stopped_machine_share_one_stop() {
    let plant = Plant::new();
    let (first, second) = (stopping_the_pump(&plant).await, stopping_the_pump(&plant).await);
    go(&plant.technicien(), &first, "en_cours").await.expect(200);
    plant.set_time("2031-01-15T09:00:00Z");
    let joined = go(&plant.technicien(), &second, "en_cours").await.expect(200);
    plant.set_time("2031-01-15T10:00:00Z");

    let waiting = go(&plant.technicien(), &first, "termine").await.expect(200);
    plant.set_time("2031-01-15T11:00:00Z");
    let last = go(&plant.technicien(), &second, "termine").await.expect(200);

    assert_eq!(joined["date_arret"], "2031-01-15T08:00:00Z");
    assert_eq!(waiting["date_remise_en_service"], Value::Null, "the other still stops it");
    let first = plant.responsable().get(&first).await.expect(200);
    for shown in [&first, &last] {
        assert_eq!(shown["date_remise_en_service"], "2031-01-15T11:00:00Z");
    }
}

#[tokio::test]
async fn what_was_done_without_reception_counts_from_when_it_was_done() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    plant.set_time("2031-01-15T11:00:00Z");
    let done = |statut: &str, at: &str| json!({"statut": statut, "compte_rendu": "Resserré", "fait_le": at});
    let send = async |body: Value| plant.technicien().patch(&format!("{path}/statut"), body).await;

    send(json!({"statut": "en_cours", "fait_le": "2031-01-15T09:00:00Z"})).await.expect(200);
    let before = send(done("termine", "2031-01-15T08:30:00Z")).await.expect(409);
    let ahead = send(done("termine", "2031-01-15T11:05:01Z")).await.expect(422);
    let old = send(done("termine", "2031-01-08T10:59:59Z")).await.expect(422);
    let finished = send(done("termine", "2031-01-15T09:00:22Z")).await.expect(200);

    assert_eq!(
        (&finished["date_debut_reelle"], &finished["date_fin_reelle"]),
        (&json!("2031-01-15T09:00:00Z"), &json!("2031-01-15T09:00:22Z"))
    );
    assert_eq!(
        (before.code(), &before["fait_le"], &before["precedent"]),
        ("ordre_impossible", &json!("2031-01-15T08:30:00Z"), &json!("2031-01-15T09:00:00Z"))
    );
    for refused in [ahead, old] {
        assert_eq!(refused["errors"][0]["champ"], "fait_le");
    }
    let history = plant.responsable().get(&format!("{path}/historique")).await.expect(200);
    let last = history["items"].as_array().and_then(|items| items.last()).expect("a line");
    assert_eq!(
        (&last["date"], &last["fait_le"]),
        (&json!("2031-01-15T11:00:00Z"), &json!("2031-01-15T09:00:22Z"))
    );
}

#[tokio::test]
async fn how_the_machine_is_left_is_said_when_finishing_only() {
    let plant = Plant::new();
    let path = in_statut(&plant, "planifie").await;
    let early = json!({"statut": "en_cours", "equipement_statut": "panne"});

    let refused = plant.technicien().patch(&format!("{path}/statut"), early).await.expect(422);

    assert_eq!(refused["errors"][0]["champ"], "equipement_statut");
}

// D8
#[tokio::test]
async fn of_two_people_who_finish_and_cancel_at_once_one_succeeds() {
    let plant = Plant::new();
    let path = in_statut(&plant, "en_cours").await;
    let (technicien, responsable) = (plant.technicien(), plant.responsable());

    let (finished, cancelled) =
        tokio::join!(go(&technicien, &path, "termine"), go(&responsable, &path, "annule"));

    let mut statuses = [finished.status.as_u16(), cancelled.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}
