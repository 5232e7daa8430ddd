//! Ends that are taken back: a cancellation by mistake, with its échéance, its threshold and its demande; a demande
//! whose work was cancelled.

use erp_interventions::jobs;
use serde_json::{Value, json};

use crate::interventions::{go, leak_with, led_by_youssef, value};
use crate::planning::{echeances, planned, told};
use crate::plant::{Plant, Reply};

async fn catch_up(plant: &Plant) {
    jobs::catch_up(&plant.app).await.expect("the journal is followed");
}

async fn cancel(plant: &Plant, work: &str) -> Reply {
    let reply = go(&plant.responsable(), work, "annule").await.expect(200);
    catch_up(plant).await;
    reply
}

async fn generate(plant: &Plant, path: &str) -> String {
    let made = plant.responsable().post(&format!("{path}/generer"), json!({})).await.expect(200);
    format!("interventions/{}", made["items"][0]["intervention_id"])
}

#[tokio::test]
async fn a_cancellation_is_taken_back_with_a_reason_and_books_nobody() {
    let plant = Plant::new();
    let slot = json!({"technicien_id": 1, "date_debut_prevue": "2031-01-16T09:00:00Z",
        "date_fin_prevue": "2031-01-16T10:00:00Z"});
    let created = plant.responsable().post("interventions/", leak_with(slot)).await.expect(201);
    let work = format!("interventions/{}", created.id());
    go(&plant.responsable(), &work, "annule").await.expect(200);

    let unexplained =
        plant.responsable().patch(&format!("{work}/statut"), json!({"statut": "planifie"})).await;
    let refused = go(&plant.technicien(), &work, "planifie").await;
    let back = go(&plant.responsable(), &work, "planifie").await.expect(200);

    assert_eq!(unexplained.expect(422)["errors"][0]["champ"], "remarque");
    refused.expect(403);
    assert_eq!((&back["statut"], &back["technicien_id"]), (&json!("planifie"), &json!(1)));
    assert_eq!(back["affectations"][0]["liberee"], true);
    // What had a slot waits for another where people plan.
    assert_eq!((&back["date_debut_prevue"], &back["a_planifier"]), (&Value::Null, &json!(true)));
    let waiting = plant.responsable().get("interventions/?a_planifier=true").await.expect(200);
    assert_eq!(waiting.ids(), [created.id()]);
    assert_eq!(back["transitions"], json!(["en_cours", "annule"]));
    let history = plant.responsable().get(&format!("{work}/historique")).await;
    let last = history["items"].as_array().and_then(|lines| lines.last().cloned()).expect("a line");
    assert_eq!(
        (&last["type"], &last["de"], &last["vers"]),
        (&json!("reouverture"), &json!("annule"), &json!("planifie"))
    );
    go(&plant.technicien(), &work, "en_cours").await.expect(200);
}

#[tokio::test]
async fn work_of_somebody_who_has_left_meanwhile_waits_for_somebody_else() {
    let plant = Plant::new();
    let work = led_by_youssef(&plant).await;
    cancel(&plant, &work).await;
    plant.responsable().post("techniciens/1/fermeture", json!({})).await.expect(200);

    let back = go(&plant.responsable(), &work, "planifie").await.expect(200);

    assert_eq!(back["technicien_id"], Value::Null);
    let waiting = plant.responsable().get("interventions/?sans_technicien=true").await.expect(200);
    assert_eq!(waiting.ids(), [back.id()]);
}

#[tokio::test]
async fn work_that_had_begun_is_not_deleted_because_it_was_cancelled_and_taken_back() {
    let plant = Plant::new();
    let work = led_by_youssef(&plant).await;
    go(&plant.technicien(), &work, "en_cours").await.expect(200);
    cancel(&plant, &work).await;
    go(&plant.responsable(), &work, "planifie").await.expect(200);

    let refused = plant.responsable().delete(&work).await.expect(409);

    assert_eq!(refused.code(), "deja_commencee");
    plant.responsable().get(&work).await.expect(200);
}

#[tokio::test]
async fn work_that_had_begun_begins_anew_and_counts_from_its_first_beginning() {
    let plant = Plant::new();
    let work = led_by_youssef(&plant).await;
    go(&plant.technicien(), &work, "en_cours").await.expect(200);
    go(&plant.responsable(), &work, "annule").await.expect(200);
    plant.set_time("2031-01-16T08:00:00Z");

    go(&plant.responsable(), &work, "planifie").await.expect(200);
    let begun = go(&plant.technicien(), &work, "en_cours").await.expect(200);
    let finished = go(&plant.technicien(), &work, "termine").await.expect(200);

    assert_eq!(begun["date_debut_reelle"], "2031-01-15T08:00:00Z");
    assert_eq!(finished["date_fin_reelle"], "2031-01-16T08:00:00Z");
}

#[tokio::test]
async fn its_echeance_comes_back_with_it() {
    let plant = Plant::new();
    let path = planned(&plant, json!({"date_debut": "2031-01-15", "frequence": "annuel"})).await;
    let work = generate(&plant, &path).await;
    cancel(&plant, &work).await;
    let lost = echeances(&plant, &path, "2031-02-01").await;

    go(&plant.responsable(), &work, "planifie").await.expect(200);
    catch_up(&plant).await;

    assert_eq!(lost, told(&[(0, "2031-01-15", "annulee")]));
    assert_eq!(echeances(&plant, &path, "2031-02-01").await, told(&[(0, "2031-01-15", "generee")]));
    plant.responsable().patch(&work, json!({"technicien_id": 1})).await.expect(200);
    go(&plant.technicien(), &work, "en_cours").await.expect(200);
    go(&plant.technicien(), &work, "termine").await.expect(200);
    catch_up(&plant).await;
    assert_eq!(echeances(&plant, &path, "2031-02-01").await, told(&[(0, "2031-01-15", "faite")]));
}

#[tokio::test]
async fn it_stays_cancelled_once_the_next_of_its_plan_was_made_unless_they_pile_up() {
    for cumul in [false, true] {
        let plant = Plant::new();
        let daily = json!({"date_debut": "2031-01-15", "frequence": "journalier", "cumul": cumul});
        let path = planned(&plant, daily).await;
        let work = generate(&plant, &path).await;
        cancel(&plant, &work).await;
        plant.set_time("2031-01-16T08:00:00Z");
        let next = generate(&plant, &path).await;
        let numero = plant.responsable().get(&next).await["numero"].clone();

        let back = go(&plant.responsable(), &work, "planifie").await;

        if cumul {
            back.expect(200);
            continue;
        }
        let refused = back.expect(409);
        assert_eq!((refused.code(), &refused["interventions"]), ("deja_remplacee", &json!([numero])));
        cancel(&plant, &next).await;
        go(&plant.responsable(), &work, "planifie").await.expect(200);
    }
}

async fn read(plant: &Plant, meter: &str, valeur: f64) {
    let reading = json!({"valeur": valeur, "explication": if valeur > 0.0 { Some("exact") } else { None }});
    plant.responsable().post(&format!("{meter}/releves"), reading).await.expect(201);
}

#[tokio::test]
async fn work_that_a_meter_asked_for_comes_back_and_answers_what_its_meter_passes_next() {
    for replaced in [false, true] {
        let plant = Plant::new();
        let meter = json!({"equipement_id": 1, "nom": "Heures de marche", "unite": "h"});
        let meter =
            format!("compteurs/{}", plant.responsable().post("compteurs/", meter).await.expect(201).id());
        read(&plant, &meter, 0.0).await;
        let plan = json!({"titre": "Vidange", "pas": 250});
        plant.responsable().post(&format!("{meter}/plans"), plan).await.expect(201);
        read(&plant, &meter, 260.0).await;
        cancel(&plant, "interventions/1").await;
        if replaced {
            read(&plant, &meter, 510.0).await;
        }

        let back = go(&plant.responsable(), "interventions/1", "planifie").await;

        if replaced {
            let refused = back.expect(409);
            assert_eq!(
                (refused.code(), &refused["interventions"]),
                ("deja_remplacee", &json!(["INT-2031-000002"]))
            );
        } else {
            back.expect(200);
            read(&plant, &meter, 510.0).await;
            assert_eq!(value(&plant, "select group_concat(statut) from seuils"), "generee,absorbee");
            assert_eq!(value(&plant, "select count(*) from interventions"), "1");
        }
    }
}

async fn filed(plant: &Plant) -> String {
    let body = json!({"equipement_id": 1, "titre": "La pompe goutte"});
    format!("demandes/{}", plant.technicien().post("demandes/", body).await.expect(201).id())
}

async fn accept(plant: &Plant, path: &str, body: Value) -> Reply {
    plant.responsable().post(&format!("{path}/acceptation"), body).await
}

#[tokio::test]
async fn a_demande_whose_work_was_cancelled_is_accepted_tied_or_refused_anew() {
    for answer in ["accept", "tie", "refuse"] {
        let plant = Plant::new();
        let path = filed(&plant).await;
        accept(&plant, &path, json!({})).await.expect(200);
        let too_early = accept(&plant, &path, json!({})).await.expect(409);
        cancel(&plant, "interventions/1").await;
        let offered = plant.responsable().get(&path).await.expect(200);
        let own = plant.technicien().get(&path).await["actions"].clone();

        let other = led_by_youssef(&plant).await;
        let answered = match answer {
            "accept" => accept(&plant, &path, json!({})).await.expect(200),
            "tie" => accept(&plant, &path, json!({"intervention_id": 2})).await.expect(200),
            _ => plant
                .responsable()
                .post(&format!("{path}/refus"), json!({"motif": "Remplacée en mars"}))
                .await
                .expect(200),
        };

        assert_eq!((too_early.code(), own), ("deja_traitee", json!([])));
        assert_eq!(offered["actions"], json!(["accepter", "refuser"]));
        let (statut, work) = match answer {
            "accept" => ("acceptee", json!(3)),
            "tie" => ("acceptee", json!(2)),
            _ => ("refusee", Value::Null),
        };
        assert_eq!((&answered["statut"], &answered["intervention_id"]), (&json!(statut), &work), "{answer}");
        assert!(answered["version"].as_i64() > offered["version"].as_i64(), "{answer}");
        assert_eq!(answered["actions"], json!([]));
        let told = "select count(*) from journal where action in ('demande.acceptation', 'demande.refus')";
        assert_eq!(value(&plant, told), "2", "the first answer stays in the journal");
        let back = go(&plant.responsable(), "interventions/1", "planifie").await.expect(409);
        let code = if answer == "refuse" { "demande_traitee" } else { "deja_remplacee" };
        assert_eq!(back.code(), code, "{answer}");
        drop(other);
    }
}

#[tokio::test]
async fn work_of_a_demande_is_taken_back_as_long_as_that_has_no_other_answer() {
    let plant = Plant::new();
    let path = filed(&plant).await;
    accept(&plant, &path, json!({})).await.expect(200);
    cancel(&plant, "interventions/1").await;

    go(&plant.responsable(), "interventions/1", "planifie").await.expect(200);

    assert_eq!(plant.technicien().get(&path).await["intervention"]["statut"], "planifie");
    accept(&plant, &path, json!({})).await.expect(409);
}
