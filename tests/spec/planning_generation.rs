//! From échéances to interventions: each exactly once, whoever asks and whatever was missed.

use erp_interventions::ids::PlanningId;
use erp_interventions::jobs;
use erp_interventions::kernel::app::System;
use erp_interventions::planning;
use serde_json::{Value, json};

use crate::interventions::{go, value};
use crate::planning::{echeances, planned, told};
use crate::plant::{Plant, Reply};

async fn generate(plant: &Plant, path: &str) -> Reply {
    plant.responsable().post(&format!("{path}/generer"), json!({})).await.expect(200)
}

/// What was generated, by number.
fn made(reply: &Reply) -> Vec<i64> {
    let items = reply["items"].as_array().expect("a list");
    items.iter().map(|item| item["k"].as_i64().expect("a number")).collect()
}

fn intervention(reply: &Reply) -> String {
    format!("interventions/{}", reply["items"][0]["intervention_id"])
}

/// Youssef does it, now.
async fn finish(plant: &Plant, path: &str) {
    plant.responsable().patch(path, json!({"technicien_id": 1})).await.expect(200);
    go(&plant.technicien(), path, "en_cours").await.expect(200);
    go(&plant.technicien(), path, "termine").await.expect(200);
    jobs::catch_up(&plant.app).await.expect("followed");
}

/// A daily plan from today, in its third day with nothing generated.
async fn two_days_missed(plant: &Plant, further: Value) -> String {
    let mut body = json!({"frequence": "journalier", "date_debut": "2031-01-15"});
    for (field, value) in further.as_object().expect("an object") {
        body[field] = value.clone();
    }
    let path = planned(plant, body).await;
    plant.set_time("2031-01-17T12:00:00Z");
    path
}

#[tokio::test]
async fn what_is_due_becomes_a_preventive_intervention_with_all_that_the_plan_says() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let b1v = responsable.post("techniciens/competences", json!({"nom": "B1V"})).await.expect(201).id();
    let path = planned(
        &plant,
        json!({"date_debut": "2031-01-15", "description": "Graisse NLGI 2", "tolerance_jours": 2,
            "duree_estimee_min": 45, "priorite": "haute",
            "competences_requises": [{"competence_id": b1v, "niveau": 2}]}),
    )
    .await;

    let generated = generate(&plant, &path).await;
    let again = generate(&plant, &path).await;

    let item = json!({"k": 0, "date": "2031-01-15", "statut": "generee", "intervention_id": 1, "numero": "INT-2031-000001"});
    assert_eq!((&generated["items"], &again["items"]), (&json!([item]), &json!([])));
    let work = responsable.get("interventions/1").await.expect(200);
    for (field, expected) in [
        ("titre", json!("Graissage des roulements")),
        ("description", json!("Graisse NLGI 2")),
        ("type_intervention", json!("preventive")),
        ("statut", json!("planifie")),
        ("priorite", json!("haute")),
        ("equipement_id", json!(1)),
        ("planning_id", json!(1)),
        ("duree_estimee_min", json!(45)),
        ("technicien_id", Value::Null),
        // To the last second of the 17th; Casablanca keeps UTC in Ramadan.
        ("date_limite", json!("2031-01-17T23:59:59Z")),
        ("competences_requises", json!([{"competence_id": b1v, "nom": "B1V", "niveau": 2}])),
    ] {
        assert_eq!(work[field], expected, "{field}");
    }
    assert_eq!(responsable.get("interventions/?planning_id=1").await["total"], 1);
    let plan = responsable.get(&path).await.expect(200);
    assert_eq!((&plan["prochain_k"], &plan["prochaine_date"]), (&json!(1), &json!("2031-02-15")));
    let list = responsable.get(&format!("{path}/echeances")).await.expect(200);
    assert_eq!(list["items"][0]["numero"], "INT-2031-000001");
    assert_eq!(value(&plant, "select count(*) from journal where action = 'planning.generation'"), "1");
}

// D17
#[tokio::test]
async fn an_echeance_is_due_from_midnight_at_its_site_less_the_days_of_anticipation() {
    let plant = Plant::new();
    // In April Paris is two hours ahead.
    plant.responsable().patch("sites/1", json!({"fuseau": "Europe/Paris"})).await.expect(200);
    let path = planned(&plant, json!({"date_debut": "2031-04-20", "anticipation_jours": 5})).await;
    let due = async |time: &str| {
        plant.set_time(time);
        let system = System::new(&plant.app, "planification");
        system.read(|db| planning::due(db, 10)).await.expect("readable")
    };

    assert_eq!(due("2031-04-14T21:59:59Z").await, []);
    assert_eq!(made(&generate(&plant, &path).await), [0_i64; 0]);
    assert_eq!(due("2031-04-14T22:00:00Z").await, [PlanningId(1)]);
    assert_eq!(made(&generate(&plant, &path).await), [0]);
    assert_eq!(due("2031-04-14T22:00:00Z").await, []);
}

#[tokio::test]
async fn of_what_was_missed_the_latest_is_made_up_for_and_the_others_are_written_down() {
    let plant = Plant::new();
    let path = two_days_missed(&plant, json!({})).await;

    let generated = generate(&plant, &path).await;

    assert_eq!((made(&generated), &generated["manquees"]), (vec![2], &json!(2)));
    assert_eq!(
        echeances(&plant, &path, "2031-01-18").await,
        told(&[
            (0, "2031-01-15", "manquee"),
            (1, "2031-01-16", "manquee"),
            (2, "2031-01-17", "generee"),
            (3, "2031-01-18", "prevue"),
        ])
    );
    let list = plant.responsable().get(&format!("{path}/echeances")).await.expect(200);
    assert!(list["items"][0]["motif"].as_str().expect("why").contains("étaient passés"));
    let told = value(&plant, "select apres from journal where action = 'planning.manquees'");
    assert!(told.contains(r#""nombre":2"#) && told.contains(r#""a_k":1"#), "{told}");
}

#[tokio::test]
async fn when_every_time_has_passed_the_latest_is_still_made_up_for() {
    let plant = Plant::new();
    let monthly = json!({"frequence": "mensuel", "date_debut": "2030-11-10"});
    let path = planned(&plant, monthly).await;

    let generated = generate(&plant, &path).await;

    assert_eq!((made(&generated), &generated["manquees"]), (vec![2], &json!(2)));
    assert_eq!(generated["items"][0]["date"], "2031-01-10");
    assert_eq!(plant.responsable().get(&intervention(&generated)).await["en_retard"], true);
}

#[tokio::test]
async fn a_plan_may_want_everything_made_up_for_or_nothing() {
    for (rattrapage, expected, missed) in [("toutes", vec![0, 1, 2], 0), ("aucune", vec![2], 2)] {
        let plant = Plant::new();
        let path = two_days_missed(&plant, json!({"rattrapage": rattrapage, "cumul": true})).await;

        let generated = generate(&plant, &path).await;

        assert_eq!((made(&generated), &generated["manquees"]), (expected, &json!(missed)), "{rattrapage}");
    }
    let plant = Plant::new();
    let weekly = json!({"frequence": "hebdomadaire", "date_debut": "2031-01-01", "rattrapage": "aucune"});
    let path = planned(&plant, weekly).await;
    plant.set_time("2031-01-16T08:00:00Z");

    assert_eq!(made(&generate(&plant, &path).await), [0_i64; 0]);
    plant.set_time("2031-01-22T08:00:00Z");
    assert_eq!(made(&generate(&plant, &path).await), [3]);
}

#[tokio::test]
async fn all_that_was_missed_is_made_up_for_even_by_a_plan_that_does_not_pile_up() {
    let plant = Plant::new();
    let path = two_days_missed(&plant, json!({"rattrapage": "toutes"})).await;

    let generated = generate(&plant, &path).await;

    assert_eq!((made(&generated), &generated["reportees"]), (vec![0, 1], &json!(1)));
}

#[tokio::test]
async fn within_its_tolerance_an_echeance_is_late_and_not_missed() {
    let plant = Plant::new();
    let path = two_days_missed(&plant, json!({"tolerance_jours": 1, "cumul": true})).await;

    let generated = generate(&plant, &path).await;

    assert_eq!((made(&generated), &generated["manquees"]), (vec![1, 2], &json!(1)));
}

#[tokio::test]
async fn while_one_is_open_the_next_waits_and_a_newer_one_takes_its_place() {
    let plant = Plant::new();
    let path = planned(&plant, json!({"frequence": "journalier", "date_debut": "2031-01-15"})).await;
    let first = generate(&plant, &path).await;
    plant.set_time("2031-01-16T08:00:00Z");
    let second = generate(&plant, &path).await;
    plant.set_time("2031-01-17T08:00:00Z");
    let third = generate(&plant, &path).await;

    let waiting = echeances(&plant, &path, "2031-01-17").await;
    finish(&plant, &intervention(&first)).await;

    assert_eq!((made(&second), &second["reportees"]), (vec![], &json!(1)));
    assert_eq!((&third["reportees"], &third["manquees"]), (&json!(1), &json!(1)));
    assert_eq!(
        waiting,
        told(&[(0, "2031-01-15", "generee"), (1, "2031-01-16", "manquee"), (2, "2031-01-17", "reportee")])
    );
    assert_eq!(
        echeances(&plant, &path, "2031-01-17").await,
        told(&[(0, "2031-01-15", "faite"), (1, "2031-01-16", "manquee"), (2, "2031-01-17", "generee")])
    );
    assert_eq!(made(&generate(&plant, &path).await), [0_i64; 0]);
}

#[tokio::test]
async fn one_that_waits_in_advance_is_not_given_up_before_its_day() {
    let plant = Plant::new();
    let early = json!({"frequence": "hebdomadaire", "date_debut": "2031-01-15", "anticipation_jours": 14});
    let path = planned(&plant, early).await;

    let generated = generate(&plant, &path).await;

    // The third would be due too, but the second has its day still to come.
    assert_eq!(
        (made(&generated), &generated["reportees"], &generated["manquees"]),
        (vec![0], &json!(1), &json!(0))
    );
    let system = System::new(&plant.app, "planification");
    assert_eq!(system.read(|db| planning::due(db, 10)).await.expect("readable"), []);
    plant.set_time("2031-01-23T08:00:00Z");
    let later = generate(&plant, &path).await;
    assert_eq!((&later["reportees"], &later["manquees"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn a_plan_that_may_pile_up_does() {
    let plant = Plant::new();
    let daily = json!({"frequence": "journalier", "date_debut": "2031-01-15", "cumul": true});
    let path = planned(&plant, daily).await;
    generate(&plant, &path).await;

    plant.set_time("2031-01-16T08:00:00Z");

    assert_eq!(made(&generate(&plant, &path).await), [1]);
}

#[tokio::test]
async fn a_plan_that_may_pile_up_from_now_on_waits_no_more() {
    let plant = Plant::new();
    let path = planned(&plant, json!({"frequence": "journalier", "date_debut": "2031-01-15"})).await;
    generate(&plant, &path).await;
    plant.set_time("2031-01-16T08:00:00Z");
    generate(&plant, &path).await;

    plant.responsable().patch(&path, json!({"cumul": true})).await.expect(200);

    let system = System::new(&plant.app, "planification");
    assert_eq!(system.read(|db| planning::due(db, 10)).await.expect("readable"), [PlanningId(1)]);
    assert_eq!(made(&generate(&plant, &path).await), [1]);
    assert_eq!(system.read(|db| planning::due(db, 10)).await.expect("readable"), []);
}

#[tokio::test]
async fn one_that_waits_can_be_skipped_and_then_waits_no_more() {
    let plant = Plant::new();
    let path = planned(&plant, json!({"frequence": "journalier", "date_debut": "2031-01-15"})).await;
    let first = generate(&plant, &path).await;
    plant.set_time("2031-01-16T08:00:00Z");
    generate(&plant, &path).await;

    let skip = json!({"motif": "Machine à l’arrêt"});
    plant.responsable().post(&format!("{path}/echeances/1/sauter"), skip).await.expect(200);
    finish(&plant, &intervention(&first)).await;

    assert_eq!(
        echeances(&plant, &path, "2031-01-16").await,
        told(&[(0, "2031-01-15", "faite"), (1, "2031-01-16", "sautee")])
    );
}

#[tokio::test]
async fn days_that_a_week_end_pushes_together_make_one_intervention() {
    let plant = Plant::new();
    // The 17th is a Friday.
    let daily =
        json!({"frequence": "journalier", "date_debut": "2031-01-17", "report": {"week_ends": "apres"}});
    let path = planned(&plant, daily).await;
    plant.set_time("2031-01-17T08:00:00Z");
    finish(&plant, &intervention(&generate(&plant, &path).await)).await;

    plant.set_time("2031-01-20T08:00:00Z");
    let monday = generate(&plant, &path).await;

    assert_eq!(made(&monday), [3]);
    assert_eq!(
        echeances(&plant, &path, "2031-01-20").await[1..],
        told(&[(1, "2031-01-20", "sautee"), (2, "2031-01-20", "sautee"), (3, "2031-01-20", "generee")])
    );
}

// D3
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn however_many_ask_at_once_an_echeance_is_generated_once() {
    let plant = Plant::new();
    let path = planned(&plant, json!({"date_debut": "2031-01-15"})).await;

    let asked = (0..16).map(|_| generate(&plant, &path));
    let replies = futures_util::future::join_all(asked).await;

    let all: Vec<i64> = replies.iter().flat_map(made).collect();
    assert_eq!(all, [0]);
    assert_eq!(value(&plant, "select count(*) from interventions"), "1");
    assert_eq!(value(&plant, "select count(*) from echeances"), "1");
}

// D3
#[tokio::test]
async fn a_generation_that_fails_leaves_nothing_and_stops_no_other_plan() {
    let plant = Plant::new();
    let broken = planned(&plant, json!({"titre": "Impossible", "date_debut": "2031-01-15"})).await;
    let sound = planned(&plant, json!({"date_debut": "2031-01-15"})).await;
    plant
        .database()
        .execute_batch(
            "create trigger fault before insert on interventions when new.titre = 'Impossible'
             begin select raise(abort, 'a fault of the disk'); end",
        )
        .expect("a fault");

    let failed = plant.responsable().post(&format!("{broken}/generer"), json!({})).await;
    let other = generate(&plant, &sound).await;

    assert_eq!(failed.status.as_u16(), 409);
    assert_eq!(made(&other), [0]);
    assert_eq!(other["items"][0]["numero"], "INT-2031-000001", "no number was lost");
    assert_eq!(value(&plant, "select group_concat(planning_id) from echeances"), "2");
    plant.database().execute_batch("drop trigger fault").expect("mended");
    assert_eq!(made(&generate(&plant, &broken).await), [0]);
}

// D3
#[tokio::test]
async fn the_books_themselves_refuse_a_second_echeance_and_a_freed_one() {
    let plant = Plant::new();
    let path = planned(&plant, json!({"date_debut": "2031-01-15"})).await;
    let other = planned(&plant, json!({"date_debut": "2031-01-15"})).await;
    generate(&plant, &path).await;
    generate(&plant, &other).await;
    let database = plant.database();

    for (sql, reason) in [
        (
            "insert into echeances (planning_id, k, date, explication, statut, created_at, updated_at)
             values (1, 0, '2031-01-15', '{}', 'prevue', 0, 0)",
            "UNIQUE",
        ),
        ("delete from echeances", "echeances_are_kept"),
        ("update echeances set k = 7", "echeances_keep_their_place"),
        ("update echeances set date = '2031-01-16'", "echeances_keep_their_place"),
        ("update echeances set intervention_id = null, statut = 'manquee'", "echeances_keep_their_intervention"),
        (
            "insert into echeances (planning_id, k, date, explication, statut, intervention_id, created_at, updated_at)
             values (1, 1, '2031-01-15', '{}', 'generee', 2, 0, 0)",
            "intervention_of_another_plan",
        ),
        ("update interventions set planning_id = null", "interventions_keep_their_plan"),
        ("delete from plannings", "FOREIGN KEY"),
    ] {
        let refused = database.execute(sql, []).expect_err(sql).to_string();
        assert!(refused.contains(reason), "{sql}: {refused}");
    }
    let foreign = "insert into interventions (numero, titre, type_intervention, equipement_id, planning_id,
        date_creation, declaree_le, updated_at) values ('X', 'X', 'preventive', 1, 99, 0, 0, 0)";
    assert!(database.execute(foreign, []).is_err());
}

#[tokio::test]
async fn a_retired_machine_gets_no_work_and_the_plan_says_why() {
    let plant = Plant::new();
    let path = planned(&plant, json!({"date_debut": "2031-01-15"})).await;
    plant.responsable().patch("equipements/1", json!({"statut": "retire"})).await.expect(200);

    let resting = generate(&plant, &path).await;
    let system = System::new(&plant.app, "planification");
    let told = system.write(|tx| planning::generate(tx, PlanningId(1))).await.expect("no failure");

    let why = "L’équipement CASA-POMPE-01 est retiré.";
    assert_eq!((&resting["items"], &resting["empechement"]), (&json!([]), &json!(why)));
    assert_eq!(plant.responsable().get(&path).await["empechement"], why);
    assert!(told.ignoree.is_some());
    // It is looked at again tomorrow, not at each tick.
    assert_eq!(system.read(|db| planning::due(db, 10)).await.expect("readable"), []);
    plant.responsable().patch("equipements/1", json!({"statut": "operationnel"})).await.expect(200);
    jobs::catch_up(&plant.app).await.expect("followed");
    assert_eq!(made(&generate(&plant, &path).await), [0]);
}

#[tokio::test]
async fn finishing_moves_the_next_date_of_a_sliding_plan_and_reopening_takes_that_back() {
    let plant = Plant::new();
    let sliding = json!({"date_debut": "2031-01-15", "mode": "glissant", "tolerance_jours": 3});
    let path = planned(&plant, sliding).await;
    let work = intervention(&generate(&plant, &path).await);
    let plan = async || plant.responsable().get(&path).await.expect(200);

    plant.set_time("2031-01-25T08:00:00Z");
    finish(&plant, &work).await;

    let done = plan().await;
    assert_eq!(
        (&done["prochaine_date"], &done["derniere_date"]),
        (&json!("2031-02-25"), &json!("2031-01-25"))
    );
    assert_eq!(
        done["explication"],
        "Tous les mois depuis le 15/01/2031, 2ᵉ échéance : 15/02/2031 ; + 10 jours de décalage depuis la 1ʳᵉ échéance : 25/02/2031."
    );
    let list = plant.responsable().get(&format!("{path}/echeances")).await.expect(200);
    let first = &list["items"][0];
    assert_eq!((&first["statut"], &first["date_fin"]), (&json!("faite"), &json!("2031-01-25")));
    assert_eq!(first["decalage_jours"], 10);

    let again = json!({"statut": "en_cours", "remarque": "Fuite revenue", "reprise_travaux": true});
    plant.responsable().patch(&format!("{work}/statut"), again).await.expect(200);
    jobs::catch_up(&plant.app).await.expect("followed");
    let reopened = plan().await;
    assert_eq!(
        (&reopened["prochaine_date"], &reopened["derniere_date"]),
        (&json!("2031-02-15"), &Value::Null)
    );
    assert_eq!(echeances(&plant, &path, "2031-02-01").await, told(&[(0, "2031-01-15", "generee")]));

    plant.set_time("2031-01-27T08:00:00Z");
    go(&plant.technicien(), &work, "termine").await.expect(200);
    jobs::catch_up(&plant.app).await.expect("followed");
    assert_eq!(plan().await["prochaine_date"], "2031-02-27");
    let journal = value(&plant, "select group_concat(action) from journal where entite = 'planning'");
    let told =
        "planning.creation,planning.generation,planning.realisation,planning.reprise,planning.realisation";
    assert_eq!(journal, told);
}

#[tokio::test]
async fn work_reopened_for_its_papers_leaves_the_next_date_of_a_sliding_plan() {
    let plant = Plant::new();
    let sliding = json!({"date_debut": "2031-01-15", "mode": "glissant", "tolerance_jours": 3});
    let path = planned(&plant, sliding).await;
    let work = intervention(&generate(&plant, &path).await);
    plant.set_time("2031-01-25T08:00:00Z");
    finish(&plant, &work).await;
    jobs::catch_up(&plant.app).await.expect("followed");

    go(&plant.responsable(), &work, "en_cours").await.expect(200);
    plant.set_time("2031-01-27T08:00:00Z");
    go(&plant.technicien(), &work, "termine").await.expect(200);
    jobs::catch_up(&plant.app).await.expect("followed");

    let plan = plant.responsable().get(&path).await.expect(200);
    assert_eq!(
        (&plan["prochaine_date"], &plan["derniere_date"]),
        (&json!("2031-02-25"), &json!("2031-01-25"))
    );
}

#[tokio::test]
async fn within_the_tolerance_or_by_the_calendar_finishing_late_moves_nothing() {
    for further in [json!({"mode": "glissant", "tolerance_jours": 10}), json!({"mode": "calendaire"})] {
        let plant = Plant::new();
        let path = planned(&plant, json!({"date_debut": "2031-01-15"})).await;
        plant.responsable().patch(&path, further).await.expect(200);
        let work = intervention(&generate(&plant, &path).await);

        plant.set_time("2031-01-25T08:00:00Z");
        finish(&plant, &work).await;

        assert_eq!(plant.responsable().get(&path).await["prochaine_date"], "2031-02-15");
    }
}

// D3
#[tokio::test]
async fn cancelling_or_deleting_the_work_cancels_its_echeance_and_frees_nothing() {
    for cancels in [true, false] {
        let plant = Plant::new();
        let path = planned(&plant, json!({"date_debut": "2031-01-15"})).await;
        let work = intervention(&generate(&plant, &path).await);

        if cancels {
            go(&plant.responsable(), &work, "annule").await.expect(200);
        } else {
            plant.responsable().delete(&work).await.expect(204);
        }
        jobs::catch_up(&plant.app).await.expect("followed");

        assert_eq!(echeances(&plant, &path, "2031-02-01").await, told(&[(0, "2031-01-15", "annulee")]));
        assert_eq!(made(&generate(&plant, &path).await), [0_i64; 0]);
        let list = plant.responsable().get(&format!("{path}/echeances")).await.expect(200);
        assert_eq!(list["items"][0]["intervention_id"].is_null(), !cancels);
    }
}

#[tokio::test]
async fn an_ended_plan_cancels_what_waited() {
    let plant = Plant::new();
    let path = planned(&plant, json!({"frequence": "journalier", "date_debut": "2031-01-15"})).await;
    let first = generate(&plant, &path).await;
    plant.set_time("2031-01-16T08:00:00Z");
    generate(&plant, &path).await;

    plant.responsable().patch(&path, json!({"statut": "termine"})).await.expect(200);
    finish(&plant, &intervention(&first)).await;

    assert_eq!(
        echeances(&plant, &path, "2031-01-20").await,
        told(&[(0, "2031-01-15", "faite"), (1, "2031-01-16", "annulee")])
    );
    assert_eq!(
        value(&plant, "select apres ->> '$.k' from journal where action = 'planning.annulation'"),
        "1"
    );
}

#[tokio::test]
async fn resuming_after_a_long_rest_makes_up_for_the_latest_only() {
    let plant = Plant::new();
    let path = planned(&plant, json!({"frequence": "journalier", "date_debut": "2031-01-15"})).await;
    plant.responsable().patch(&path, json!({"statut": "suspendu"})).await.expect(200);
    plant.set_time("2031-02-14T08:00:00Z");

    plant.responsable().patch(&path, json!({"statut": "actif"})).await.expect(200);
    let resumed = generate(&plant, &path).await;

    assert_eq!((made(&resumed), &resumed["manquees"]), (vec![30], &json!(30)));
}

mod places {
    //! Where the plan names a technicien.

    use super::*;

    /// A plan for Youssef, who works on Wednesday mornings, due today; what was generated.
    async fn for_youssef(plant: &Plant, further: Value) -> Reply {
        let hours = json!({"horaire": {"mercredi": [["08:00", "12:00"]]}});
        plant.responsable().patch("techniciens/1", hours).await.expect(200);
        let mut body = json!({"date_debut": "2031-01-15", "technicien_id": 1, "duree_estimee_min": 90});
        for (field, value) in further.as_object().expect("an object") {
            body[field] = value.clone();
        }
        let path = planned(plant, body).await;
        let generated = generate(plant, &path).await;
        plant.responsable().get(&intervention(&generated)).await.expect(200)
    }

    fn slot(work: &Reply) -> (&str, &str) {
        let text = |field: &str| work["affectations"][0][field].as_str().unwrap_or("");
        (text("debut"), text("fin"))
    }

    /// Why nobody was booked.
    fn reason(plant: &Plant) -> String {
        value(plant, "select apres ->> '$.motif' from journal where action = 'planning.sans_creneau'")
    }

    #[tokio::test]
    async fn the_work_takes_the_first_time_at_which_its_technicien_is_free_that_day() {
        let plant = Plant::new();
        plant.set_time("2031-01-15T07:00:00Z");
        let busy = json!({"titre": "Fuite", "type_intervention": "corrective", "equipement_id": 1,
            "technicien_id": 1, "date_debut_prevue": "2031-01-15T08:00:00Z", "duree_estimee_min": 60});
        plant.responsable().post("interventions/", busy).await.expect(201);

        let work = for_youssef(&plant, json!({})).await;

        assert_eq!(
            (&work["technicien_id"], slot(&work)),
            (&json!(1), ("2031-01-15T09:00:00Z", "2031-01-15T10:30:00Z"))
        );
        plant.technicien().get("interventions/2").await.expect(200);
        assert_eq!(reason(&plant), "");
    }

    #[tokio::test]
    async fn the_hour_wanted_is_kept_to_the_minute_when_it_is_free() {
        let plant = Plant::new();

        let work = for_youssef(&plant, json!({"heure_debut": "09:10"})).await;

        assert_eq!(slot(&work), ("2031-01-15T09:10:00Z", "2031-01-15T10:40:00Z"));
    }

    #[tokio::test]
    async fn what_should_have_begun_already_is_placed_from_now_on() {
        let plant = Plant::new();
        plant.set_time("2031-01-15T09:07:00Z");

        let work = for_youssef(&plant, json!({"heure_debut": "08:00"})).await;

        assert_eq!(slot(&work).0, "2031-01-15T09:15:00Z");
    }

    #[tokio::test]
    async fn whoever_cannot_is_not_booked_and_the_reason_is_written_down() {
        let absent = json!({"debut": "2031-01-15", "fin": "2031-01-15"});
        let plant = Plant::new();
        plant.responsable().post("techniciens/1/absences", absent).await.expect(201);
        let work = for_youssef(&plant, json!({})).await;
        assert_eq!(
            (&work["technicien_id"], &work["affectations"]),
            (&json!(1), &json!([])),
            "leads, unbooked"
        );
        let history = plant.responsable().get("interventions/1/historique").await.expect(200);
        assert_eq!(history["items"][0]["remarque"], reason(&plant));
        assert_eq!(
            reason(&plant),
            "Youssef Technicien n’a pas 90 min de libres dans ses heures le 15/01/2031."
        );

        let plant = Plant::new();
        for_youssef(&plant, json!({"heure_debut": "11:00"})).await;
        assert!(reason(&plant).ends_with("le 15/01/2031 à partir de 11:00."), "{}", reason(&plant));

        let plant = Plant::new();
        plant.responsable().post("techniciens/competences", json!({"nom": "B1V"})).await.expect(201);
        let work = for_youssef(&plant, json!({"competences_requises": [{"competence_id": 1}]})).await;
        assert_eq!(work["technicien_id"], Value::Null, "leads nothing that they cannot do");
        assert_eq!(reason(&plant), "Youssef Technicien ne peut pas le faire : « B1V » manque.");

        let plant = Plant::new();
        let unavailable = json!({"disponibilite": "indisponible"});
        plant.responsable().patch("techniciens/1", unavailable).await.expect(200);
        for_youssef(&plant, json!({})).await;
        assert_eq!(reason(&plant), "Youssef Technicien est indisponible.");

        let plant = Plant::new();
        let leave = "create trigger leaves after insert on plannings begin
            update users set is_active = 0 where id = 3; end";
        plant.database().execute(leave, []).expect("an account closed between plan and date");
        for_youssef(&plant, json!({})).await;
        assert_eq!(reason(&plant), "Le compte de Youssef Technicien est désactivé.");
    }

    #[tokio::test]
    async fn what_is_longer_than_a_slot_waits_for_somebody_to_cut_it_up() {
        let plant = Plant::new();

        let work = for_youssef(&plant, json!({"duree_estimee_min": 3000})).await;

        assert_eq!((&work["technicien_id"], &work["affectations"]), (&json!(1), &json!([])));
    }

    // D17
    #[tokio::test]
    async fn hours_are_those_of_the_wall_clock_on_the_night_that_it_changes() {
        let plant = Plant::new();
        plant.database().execute_batch("update sites set fuseau = 'Europe/Paris'").expect("a move");
        let hours = json!({"horaire": {"dimanche": [["01:00", "06:00"]]}});
        plant.responsable().patch("techniciens/1", hours).await.expect(200);
        let sunday = json!({"date_debut": "2031-03-30", "technicien_id": 1, "duree_estimee_min": 120,
            "heure_debut": "01:00"});
        let path = planned(&plant, sunday).await;
        plant.set_time("2031-03-29T23:00:00Z");

        let work = plant.responsable().get(&intervention(&generate(&plant, &path).await)).await.expect(200);

        // From 01:00 to 04:00 on the wall, which is two hours: there is none between 02:00 and 03:00.
        assert_eq!(slot(&work), ("2031-03-30T00:00:00Z", "2031-03-30T02:00:00Z"));
        assert_eq!(work["date_limite"], "2031-03-30T21:59:59Z");
    }
}

#[tokio::test]
async fn what_is_upcoming_is_foreseen_for_all_plans_by_date_and_narrowed() {
    use erp_interventions::kernel::clock::Day;
    use erp_interventions::planning::UpcomingFilters;
    let plant = Plant::new();
    planned(&plant, json!({"date_debut": "2031-01-15", "frequence": "hebdomadaire", "technicien_id": 2}))
        .await;
    planned(&plant, json!({"equipement_id": 2, "date_debut": "2031-01-20"})).await;
    let paused = planned(&plant, json!({"date_debut": "2031-01-21"})).await;
    plant.responsable().patch(&paused, json!({"statut": "suspendu"})).await.expect(200);
    generate(&plant, "planning/1").await;
    plant.responsable().post("planning/1/echeances/2/sauter", json!({"motif": "Arrêt"})).await.expect(200);
    let day = |text: &str| -> Day { serde_json::from_value(json!(text)).expect("a day") };
    let (from, to) = (day("2031-01-15"), day("2031-02-05"));
    let system = System::new(&plant.app, "calendrier");
    let upcoming = async |filters: UpcomingFilters| {
        let read = system.read(move |db| {
            let feries = planning::feries_of_sites(db, &[])?;
            planning::upcoming(db, (from, to), &filters, &feries, 100)
        });
        let found = read.await.expect("readable");
        found.iter().map(|it| (it.planning_id.0, it.k, it.date.to_string())).collect::<Vec<_>>()
    };

    let all = upcoming(UpcomingFilters::default()).await;
    let claire = erp_interventions::ids::TechnicienId(2);
    let hers = upcoming(UpcomingFilters { technicien_id: vec![claire], ..UpcomingFilters::default() }).await;

    let expect = |rows: &[(i64, i64, &str)]| -> Vec<(i64, i64, String)> {
        rows.iter().map(|(plan, k, date)| (*plan, *k, (*date).to_owned())).collect()
    };
    assert_eq!(all, expect(&[(2, 0, "2031-01-20"), (1, 1, "2031-01-22"), (1, 3, "2031-02-05")]));
    assert_eq!(hers, expect(&[(1, 1, "2031-01-22"), (1, 3, "2031-02-05")]));
}
