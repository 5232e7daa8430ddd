//! Meters: readings early and late, why one is lower, and work that falls due by them.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::plant::{Person, Plant, Reply};

const DAY: Duration = Duration::from_secs(86_400);

/// A counter on équipement 1, which rolls over at 10,000. Nobody knows its pace: any reading may be right.
async fn hours(plant: &Plant) -> String {
    let body = json!({"equipement_id": 1, "nom": "Marche", "unite": "u", "capacite": 10_000});
    let created = plant.responsable().post("compteurs/", body).await.expect(201);
    format!("compteurs/{}", created.id())
}

async fn read(person: &Person<'_>, path: &str, valeur: f64) -> Reply {
    person.post(&format!("{path}/releves"), json!({"valeur": valeur})).await
}

async fn explained(person: &Person<'_>, path: &str, valeur: f64, why: &str) -> Reply {
    person.post(&format!("{path}/releves"), json!({"valeur": valeur, "explication": why})).await
}

/// A plan every 250 h from where the meter stands.
async fn every_250_h(plant: &Plant, path: &str) -> String {
    let body = json!({"titre": "Vidange du compresseur", "pas": 250});
    let created = plant.responsable().post(&format!("{path}/plans"), body).await.expect(201);
    format!("{path}/plans/{}", created.id())
}

async fn seuils(plant: &Plant, plan: &str) -> Vec<(i64, String, i64)> {
    let listed = plant.responsable().get(&format!("{plan}/seuils?tri=k")).await.expect(200);
    let row = |seuil: &Value| {
        let statut = seuil["statut"].as_str().expect("there").to_owned();
        (seuil["k"].as_i64().expect("there"), statut, seuil["intervention_id"].as_i64().expect("there"))
    };
    listed["items"].as_array().expect("there").iter().map(row).collect()
}

#[tokio::test]
async fn a_technicien_reads_a_meter_and_a_client_only_looks() {
    let plant = Plant::new();
    let path = hours(&plant).await;

    let entered = read(&plant.technicien(), &path, 1250.5).await.expect(201);
    read(&plant.client(), &path, 1251.0).await.expect(403);
    let seen = plant.client().get(&path).await.expect(200);

    assert_eq!((&entered["cumul"], &entered["nature"]), (&json!(1250.5), &json!("releve")));
    assert_eq!((&seen["dernier_releve"], &seen["cumul"]), (&json!(1250.5), &json!(1250.5)));
    plant.person("client2").get(&path).await.expect(404);
    assert_eq!(plant.person("client2").get("compteurs/").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn a_lower_reading_asks_whether_it_is_rollover_replacement_or_error() {
    let plant = Plant::new();
    let path = hours(&plant).await;
    read(&plant.technicien(), &path, 9990.0).await.expect(201);

    let asked = read(&plant.technicien(), &path, 15.0).await.expect(409);
    let rolled = explained(&plant.technicien(), &path, 15.0, "rebouclage").await.expect(201);
    let replaced = explained(&plant.technicien(), &path, 0.0, "remplacement").await.expect(201);

    assert_eq!(asked.code(), "releve_en_baisse");
    assert_eq!(asked["precedent"]["valeur"], 9990);
    assert_eq!(asked["explications"], json!(["rebouclage", "remplacement", "erreur"]));
    assert_eq!((&rolled["nature"], &rolled["cumul"]), (&json!("rebouclage"), &json!(10_015)));
    assert_eq!((&replaced["nature"], &replaced["cumul"]), (&json!("remplacement"), &json!(10_015)));
    assert_eq!(read(&plant.technicien(), &path, 40.0).await.expect(201)["cumul"], 10_055);
}

#[tokio::test]
async fn an_error_sets_the_higher_readings_before_aside_and_they_stay_in_the_books() {
    let plant = Plant::new();
    let path = hours(&plant).await;
    read(&plant.technicien(), &path, 1000.0).await.expect(201);
    let wrong = read(&plant.technicien(), &path, 1900.0).await.expect(201);

    explained(&plant.technicien(), &path, 1090.0, "erreur").await.expect(201);

    let counted = plant.responsable().get(&format!("{path}/releves?annule=false&tri=date")).await.expect(200);
    let values: Vec<_> = counted["items"].as_array().unwrap().iter().map(|row| &row["valeur"]).collect();
    assert_eq!(values, [&json!(1000), &json!(1090)]);
    let annulled = plant.responsable().get(&format!("{path}/releves?annule=true")).await.expect(200);
    assert_eq!(annulled.ids(), [wrong.id()]);
    assert_eq!(annulled["items"][0]["cumul"], Value::Null);
}

#[tokio::test]
async fn a_reading_that_shows_more_than_the_meter_can_have_run_asks_why() {
    let plant = Plant::new();
    let body = json!({"equipement_id": 1, "nom": "Heures de marche", "unite": "h"});
    let path = format!("compteurs/{}", plant.responsable().post("compteurs/", body).await.expect(201).id());
    read(&plant.technicien(), &path, 1200.0).await.expect(201);
    let plan = every_250_h(&plant, &path).await;
    plant.advance(2 * DAY);

    let leap = read(&plant.technicien(), &path, 5000.0).await.expect(409);
    let replaced = explained(&plant.technicien(), &path, 5000.0, "remplacement").await.expect(201);
    plant.advance(10 * DAY);
    read(&plant.technicien(), &path, 5260.0).await.expect(201);
    let right = explained(&plant.technicien(), &path, 6000.0, "exact").await.expect(201);

    assert_eq!((leap.code(), &leap["precedent"]["valeur"]), ("releve_saut", &json!(1200)));
    assert_eq!(leap["explications"], json!(["remplacement", "exact"]));
    assert_eq!((&replaced["cumul"], &replaced["seuils"]), (&json!(1200), &json!([])));
    assert_eq!((&right["nature"], &right["cumul"]), (&json!("releve"), &json!(2200)));
    assert!(!seuils(&plant, &plan).await.is_empty());
}

#[tokio::test]
async fn a_meter_of_anything_else_is_asked_about_beyond_ten_times_its_pace() {
    let plant = Plant::new();
    let body = json!({"equipement_id": 1, "nom": "Cycles", "unite": "cycles"});
    let path = format!("compteurs/{}", plant.responsable().post("compteurs/", body).await.expect(201).id());
    read(&plant.technicien(), &path, 0.0).await.expect(201);
    plant.advance(10 * DAY);
    read(&plant.technicien(), &path, 1000.0).await.expect(201);
    plant.advance(DAY);

    let busy = read(&plant.technicien(), &path, 1900.0).await.expect(201);
    let leap = read(&plant.technicien(), &path, 90_000.0).await.expect(409);

    assert_eq!((&busy["cumul"], leap.code()), (&json!(1900), "releve_saut"));
}

#[tokio::test]
async fn a_reading_entered_late_takes_its_place_in_time() {
    let plant = Plant::new();
    let path = hours(&plant).await;
    let at = async |date: &str, valeur: f64| {
        plant.technicien().post(&format!("{path}/releves"), json!({"valeur": valeur, "date": date})).await
    };
    at("2031-01-01T08:00:00Z", 100.0).await.expect(201);
    at("2031-01-10T08:00:00Z", 300.0).await.expect(201);

    at("2031-01-05T08:00:00Z", 200.0).await.expect(201);
    let above = at("2031-01-06T08:00:00Z", 350.0).await.expect(409);
    let below = at("2031-01-06T08:00:00Z", 150.0).await.expect(409);
    let future = at("2032-01-01T08:00:00Z", 400.0).await.expect(422);

    assert_eq!((above.code(), above["suivant"]["valeur"].clone()), ("releve_incoherent", json!(300)));
    assert_eq!((below.code(), below["explications"].clone()), ("releve_en_baisse", json!(["erreur"])));
    assert_eq!(future["errors"][0]["champ"], "date");
    let listed = plant.responsable().get(&format!("{path}/releves?tri=date")).await.expect(200);
    let values: Vec<_> = listed["items"].as_array().unwrap().iter().map(|row| row["cumul"].clone()).collect();
    assert_eq!(values, [json!(100), json!(200), json!(300)]);
    assert_eq!(plant.client().get(&path).await.expect(200)["dernier_releve"], 300);
}

#[tokio::test]
async fn a_gauge_goes_up_and_down_and_no_plan_goes_by_it() {
    let plant = Plant::new();
    let body = json!({"equipement_id": 1, "nom": "Pression", "unite": "bar", "type": "jauge"});
    let created = plant.responsable().post("compteurs/", body).await.expect(201);
    let path = format!("compteurs/{}", created.id());

    for valeur in [6.5, 4.2, 7.0] {
        read(&plant.technicien(), &path, valeur).await.expect(201);
    }
    let plan = json!({"titre": "Contrôle", "pas": 10});
    let refused = plant.responsable().post(&format!("{path}/plans"), plan).await.expect(409);

    assert_eq!(plant.client().get(&path).await.expect(200)["cumul"], 7);
    assert_eq!(refused.code(), "jauge");
    explained(&plant.technicien(), &path, 1.0, "rebouclage").await.expect(422);
}

#[tokio::test]
async fn a_threshold_passed_makes_one_intervention_with_the_reading() {
    let plant = Plant::new();
    let path = hours(&plant).await;
    read(&plant.technicien(), &path, 1000.0).await.expect(201);
    let plan = every_250_h(&plant, &path).await;

    let before = read(&plant.technicien(), &path, 1249.0).await.expect(201);
    let passed = read(&plant.technicien(), &path, 1250.0).await.expect(201);
    let after = read(&plant.technicien(), &path, 1260.0).await.expect(201);

    assert_eq!((&before["seuils"], &after["seuils"]), (&json!([]), &json!([])));
    assert_eq!((&passed["seuils"][0]["k"], &passed["seuils"][0]["valeur"]), (&json!(1), &json!(1250)));
    assert_eq!(passed["seuils"][0]["numero"], Value::Null, "it is not theirs to see");
    let made_of = seuils(&plant, &plan).await;
    let work = made_of[0].2;
    assert_eq!(made_of, [(1, "generee".to_owned(), work)]);
    let made = plant.responsable().get(&format!("interventions/{work}")).await.expect(200);
    assert_eq!(
        (&made["titre"], &made["type_intervention"]),
        (&json!("Vidange du compresseur"), &json!("preventive"))
    );
    assert_eq!(plant.responsable().get(&plan).await["prochain_seuil"], 1500);
}

#[tokio::test]
async fn a_jump_over_two_thresholds_makes_one_intervention_and_records_the_other_as_absorbed() {
    let plant = Plant::new();
    let path = hours(&plant).await;
    read(&plant.technicien(), &path, 1000.0).await.expect(201);
    let plan = every_250_h(&plant, &path).await;

    let passed = read(&plant.responsable(), &path, 1510.0).await.expect(201);

    let work = passed["seuils"][1]["intervention_id"].as_i64().unwrap();
    assert_eq!(
        seuils(&plant, &plan).await,
        [(1, "absorbee".to_owned(), work), (2, "generee".to_owned(), work)]
    );
    assert_eq!(plant.responsable().get("interventions/?type_intervention=preventive").await["total"], 1);
}

#[tokio::test]
async fn what_falls_due_while_the_last_is_still_to_be_done_is_answered_by_it() {
    let plant = Plant::new();
    let path = hours(&plant).await;
    read(&plant.technicien(), &path, 0.0).await.expect(201);
    let plan = every_250_h(&plant, &path).await;
    let first = read(&plant.responsable(), &path, 250.0).await.expect(201);
    let open = first["seuils"][0]["intervention_id"].as_i64().unwrap();

    read(&plant.technicien(), &path, 500.0).await.expect(201);
    let cancel = json!({"statut": "annule", "remarque": "Machine à l’arrêt"});
    plant.responsable().patch(&format!("interventions/{open}/statut"), cancel).await.expect(200);
    let third = read(&plant.responsable(), &path, 750.0).await.expect(201);

    let next = third["seuils"][0]["intervention_id"].as_i64().unwrap();
    assert_ne!(next, open);
    assert_eq!(
        seuils(&plant, &plan).await,
        [(1, "generee".to_owned(), open), (2, "absorbee".to_owned(), open), (3, "generee".to_owned(), next),]
    );
}

#[tokio::test]
async fn a_wrong_reading_loses_no_threshold() {
    let plant = Plant::new();
    let path = hours(&plant).await;
    read(&plant.technicien(), &path, 1000.0).await.expect(201);
    let plan = every_250_h(&plant, &path).await;
    let wrong = read(&plant.responsable(), &path, 1700.0).await.expect(201);
    let mistaken = wrong["seuils"][1]["intervention_id"].as_i64().unwrap();

    let annul = format!("{path}/releves/{}/annuler", wrong.id());
    let annulled = plant.responsable().post(&annul, json!({"motif": "Chiffres inversés"})).await.expect(200);
    let cancel = json!({"statut": "annule", "remarque": "Relevé faux"});
    plant.responsable().patch(&format!("interventions/{mistaken}/statut"), cancel).await.expect(200);
    let right = read(&plant.responsable(), &path, 1260.0).await.expect(201);

    assert_eq!(annulled["seuils"][0]["statut"], "annulee");
    let work = right["seuils"][0]["intervention_id"].as_i64().unwrap();
    assert_ne!(work, mistaken);
    let counted: Vec<_> =
        seuils(&plant, &plan).await.into_iter().filter(|(_, statut, _)| statut != "annulee").collect();
    assert_eq!(counted, [(1, "generee".to_owned(), work)]);
    assert_eq!(
        plant.responsable().post(&annul, json!({"motif": "Encore"})).await.expect(409).code(),
        "deja_annule"
    );
}

#[tokio::test]
async fn a_digit_too_many_is_refused_whole() {
    let plant = Plant::new();
    let body = json!({"equipement_id": 1, "nom": "Cycles", "unite": "cycles"});
    let path = format!("compteurs/{}", plant.responsable().post("compteurs/", body).await.expect(201).id());
    read(&plant.technicien(), &path, 1000.0).await.expect(201);
    every_250_h(&plant, &path).await;

    let refused = read(&plant.technicien(), &path, 126_000.0).await.expect(409);

    assert_eq!(refused.code(), "saut_invraisemblable");
    assert_eq!(plant.responsable().get(&format!("{path}/releves")).await["total"], 1);
    assert_eq!(plant.responsable().get("interventions/?type_intervention=preventive").await["total"], 0);
}

// E1
#[tokio::test]
async fn twenty_readings_at_once_pass_a_threshold_once() {
    let plant = Plant::new();
    let path = hours(&plant).await;
    let first = json!({"valeur": 0, "date": "2031-01-01T08:00:00Z"});
    plant.technicien().post(&format!("{path}/releves"), first).await.expect(201);
    let plan = every_250_h(&plant, &path).await;

    let technicien = plant.technicien();
    let replies = join_all((0..20).map(|more| {
        let body = json!({"valeur": 260 + more, "date": format!("2031-01-14T08:{more:02}:00Z")});
        let path = format!("{path}/releves");
        let technicien = &technicien;
        async move { technicien.post(&path, body).await }
    }))
    .await;

    assert!(replies.iter().any(|reply| reply.status == 201));
    assert_eq!(seuils(&plant, &plan).await.len(), 1);
    assert_eq!(plant.responsable().get("interventions/?type_intervention=preventive").await["total"], 1);
}

#[tokio::test]
async fn the_next_threshold_has_the_day_that_the_use_of_ninety_days_says_and_why() {
    let plant = Plant::new();
    let path = hours(&plant).await;
    read(&plant.technicien(), &path, 1000.0).await.expect(201);
    plant.advance(DAY * 60);
    read(&plant.technicien(), &path, 1120.0).await.expect(201);

    let plan = json!({"titre": "Vidange", "pas": 250, "depart": 1000, "anticipation": 10});
    let plan = plant.responsable().post(&format!("{path}/plans"), plan).await.expect(201);

    // 2 h a day, 130 h to go: 65 days from 16 March.
    assert_eq!(plan["date_estimee"], "2031-05-20");
    let why = plan["explication"].as_str().unwrap();
    assert_eq!(why, "Seuil 1 : 1000 u + 1 × 250 u = 1250 u ; relevé à 1120 u, 2 u par jour depuis 90 jours.");
    assert_eq!(plant.client().get(&path).await.expect(200)["usage_par_jour"], 2.0);
    plant.client().get(&format!("{path}/plans")).await.expect(403);
}

#[tokio::test]
async fn a_suspended_plan_acts_on_nothing_and_makes_up_for_it_when_taken_up_again() {
    let plant = Plant::new();
    let path = hours(&plant).await;
    read(&plant.technicien(), &path, 0.0).await.expect(201);
    let plan = every_250_h(&plant, &path).await;
    plant.responsable().patch(&plan, json!({"statut": "suspendu"})).await.expect(200);

    read(&plant.technicien(), &path, 600.0).await.expect(201);
    let meanwhile = seuils(&plant, &plan).await;
    plant.responsable().patch(&plan, json!({"statut": "actif"})).await.expect(200);

    assert_eq!(meanwhile, []);
    let made: Vec<_> = seuils(&plant, &plan).await.into_iter().map(|(k, statut, _)| (k, statut)).collect();
    assert_eq!(made, [(1, "absorbee".to_owned()), (2, "generee".to_owned())]);
    let moved = plant.responsable().patch(&plan, json!({"pas": 500})).await.expect(409);
    assert_eq!(moved.code(), "deja_utilise");
    plant.responsable().delete(&plan).await.expect(409);
}

#[tokio::test]
async fn the_books_of_a_meter_are_not_rewritten() {
    let plant = Plant::new();
    let path = hours(&plant).await;
    read(&plant.technicien(), &path, 1000.0).await.expect(201);
    every_250_h(&plant, &path).await;
    read(&plant.technicien(), &path, 1250.0).await.expect(201);

    let database = plant.database();
    for forbidden in [
        "delete from releves",
        "update releves set valeur = 1",
        "delete from seuils",
        "update seuils set k = 9",
        "update compteur_plans set pas = 9000",
    ] {
        assert!(database.execute(forbidden, []).is_err(), "{forbidden}");
    }
    plant.responsable().delete(&path).await.expect(409);
}
