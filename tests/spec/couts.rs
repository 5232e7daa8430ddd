//! What work costs, to the cent, and who may know it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::interventions::{go, leak_with, led_by_youssef, value};
use crate::plant::{Plant, Reply};

fn hours(day: &str, from: &str, to: &str, technicien: i64) -> Value {
    json!({
        "technicien_id": technicien, "debut": format!("{day}T{from}:00Z"), "fin": format!("{day}T{to}:00Z"),
    })
}

async fn enter(plant: &Plant, path: &str, body: Value) -> Reply {
    plant.responsable().post(&format!("{path}/temps"), body).await.expect(201)
}

async fn buy(plant: &Plant, path: &str, montant: f64, date: &str) -> Reply {
    let body = json!({"designation": "Rebobinage", "fournisseur": "Bobinage du Nord", "montant": montant, "date": date});
    plant.responsable().post(&format!("{path}/prestations"), body).await.expect(201)
}

/// Two seals at 12.55, taken now for an intervention.
async fn take_two_seals(plant: &Plant, path: &str) {
    let seal =
        plant.responsable().post("pieces/", json!({"reference": "JNT-35", "designation": "Joint"})).await;
    let ledger = format!("pieces/{}/mouvements", seal.expect(201).id());
    let id: i64 = path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
    for body in [
        json!({"type": "entree", "quantite": 5, "cout_unitaire": 12.55}),
        json!({"type": "sortie", "quantite": 2, "intervention_id": id}),
    ] {
        plant.responsable().post(&ledger, body).await.expect(201);
    }
}

async fn on_machine(plant: &Plant, equipement: i64, kind: &str) -> String {
    let body = leak_with(json!({"equipement_id": equipement, "type_intervention": kind, "technicien_id": 1}));
    format!("interventions/{}", plant.responsable().post("interventions/", body).await.expect(201).id())
}

#[tokio::test]
async fn an_intervention_costs_its_labour_and_what_was_bought_to_the_cent() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    enter(&plant, &path, hours("2031-01-14", "08:00", "09:30", 1)).await;
    let mut travel = hours("2031-01-14", "07:00", "07:20", 2);
    travel["nature"] = json!("deplacement");
    enter(&plant, &path, travel).await;
    buy(&plant, &path, 1234.56, "2031-01-14").await;
    take_two_seals(&plant, &path).await;

    let cost = plant.responsable().get(&format!("{path}/couts")).await.expect(200);

    // 90 min at 180.00, 20 min at 195.00.
    assert_eq!(cost["main_d_oeuvre"], 270.0 + 65.0);
    assert_eq!((&cost["prestations"], &cost["pieces"]), (&json!(1234.56), &json!(25.10)));
    assert_eq!((&cost["total"], &cost["homme_min"]), (&json!(1594.66), &json!(110)));
    assert_eq!(
        cost["par_nature"],
        json!([{"nature": "travail", "homme_min": 90, "cout": 270.0},
               {"nature": "deplacement", "homme_min": 20, "cout": 65.0}])
    );
    assert_eq!(
        cost["par_technicien"],
        json!([{"technicien_id": 2, "technicien_nom": "Claire Technicienne", "homme_min": 20, "cout": 65.0},
               {"technicien_id": 1, "technicien_nom": "Youssef Technicien", "homme_min": 90, "cout": 270.0}])
    );
    let detail = plant.responsable().get(&path).await.expect(200);
    let listed = plant.responsable().get("interventions/").await.expect(200);
    assert_eq!((&detail["cout_total"], &listed["items"][0]["cout_total"]), (&cost["total"], &cost["total"]));
}

#[tokio::test]
async fn each_entry_is_rounded_half_up_to_the_minute_and_to_the_cent() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    // An hour at 100.30: a minute costs 167.1666… cents, 3 minutes 501.5.
    plant.responsable().patch("techniciens/1", json!({"taux_horaire": 100.30})).await.expect(200);

    for (fin, minutes, cout) in [
        ("2031-01-14T08:00:29Z", 0, 0.0),
        ("2031-01-14T08:00:30Z", 1, 1.67),
        ("2031-01-14T08:03:00Z", 3, 5.02),
    ] {
        let body = json!({"technicien_id": 1, "debut": "2031-01-14T08:00:00Z", "fin": fin});
        let entered = enter(&plant, &path, body).await;
        assert_eq!((&entered["minutes"], &entered["cout"]), (&json!(minutes), &json!(cout)), "{fin}");
        plant.responsable().delete(&format!("temps/{}", entered.id())).await.expect(204);
    }
}

#[tokio::test]
async fn a_running_timer_costs_nothing_yet_and_time_without_a_rate_says_so() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    plant.responsable().patch("techniciens/1", json!({"taux_horaire": null})).await.expect(200);
    enter(&plant, &path, hours("2031-01-14", "08:00", "09:30", 1)).await;
    plant.technicien().post(&format!("{path}/temps/demarrer"), json!({})).await.expect(201);
    plant.advance(Duration::from_secs(3600));

    let cost = plant.responsable().get(&format!("{path}/couts")).await.expect(200);

    assert_eq!(
        (&cost["total"], &cost["homme_min"], &cost["sans_taux_min"]),
        (&json!(0.0), &json!(90), &json!(90))
    );
    assert_eq!(plant.responsable().get(&path).await["cout_total"], Value::Null, "no cost is known");
}

// A14
#[tokio::test]
async fn what_work_costs_is_hidden_from_techniciens_and_clients() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    enter(&plant, &path, hours("2031-01-14", "08:00", "09:30", 1)).await;
    let bought = buy(&plant, &path, 100.0, "2031-01-14").await.id();

    for person in ["technicien", "client"] {
        let person = plant.person(person);
        let detail = person.get(&path).await.expect(200);
        assert_eq!((&detail["cout_total"], &detail["temps_passe_min"]), (&Value::Null, &json!(90)));
        assert_eq!(person.get("interventions/").await["items"][0]["cout_total"], Value::Null);
        for hidden in ["couts", "prestations", &format!("prestations/{bought}")] {
            person.get(&format!("{path}/{hidden}")).await.expect(403);
        }
        person.get("equipements/1/couts").await.expect(403);
        person
            .post(&format!("{path}/prestations"), json!({"designation": "x", "montant": 1}))
            .await
            .expect(403);
    }
    let done = go(&plant.technicien(), &path, "en_cours").await.expect(200);
    assert_eq!(done["cout_total"], Value::Null);
}

#[tokio::test]
async fn a_service_is_added_read_and_removed_until_the_work_is_validated() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    let first = buy(&plant, &path, 99.9, "2031-01-10").await;
    let today = plant
        .responsable()
        .post(&format!("{path}/prestations"), json!({"designation": "Grue", "montant": 5}))
        .await;

    let tomorrow = json!({"designation": "Grue", "montant": 5, "date": "2031-01-16"});
    let refused = plant.responsable().post(&format!("{path}/prestations"), tomorrow).await.expect(422);
    plant.responsable().delete(&format!("{path}/prestations/{}", first.id())).await.expect(204);
    plant.responsable().delete(&format!("{path}/prestations/{}", first.id())).await.expect(404);

    assert_eq!(refused["errors"][0]["champ"], "date");
    let today = today.expect(201);
    assert_eq!(today["date"], "2031-01-15");
    let location = today.header("location").to_owned();
    assert_eq!(plant.responsable().get(&location).await.expect(200).body, today.body);
    assert_eq!(plant.responsable().get(&format!("{path}/prestations")).await.expect(200).ids(), [today.id()]);
    for statut in ["en_cours", "termine"] {
        go(&plant.responsable(), &path, statut).await.expect(200);
    }
    buy(&plant, &path, 1.0, "2031-01-15").await;
    plant.responsable().post(&format!("{path}/validation"), json!({})).await.expect(200);
    let frozen = plant.responsable().delete(&location).await.expect(409);
    assert_eq!(frozen.code(), "validee");
    let told = "select group_concat(action order by id) from journal where entite = 'prestation'";
    let (added, removed) = ("prestation.creation", "prestation.suppression");
    assert_eq!(value(&plant, told), format!("{added},{added},{removed},{added}"));
}

#[tokio::test]
async fn a_machine_costs_what_was_spent_on_it_in_the_period_whoever_did_it() {
    let plant = Plant::new();
    let (repair, check) =
        (on_machine(&plant, 1, "corrective").await, on_machine(&plant, 1, "preventive").await);
    let elsewhere = on_machine(&plant, 2, "corrective").await;
    enter(&plant, &repair, hours("2031-01-10", "23:30", "23:59", 1)).await;
    enter(&plant, &repair, hours("2031-01-11", "08:00", "09:00", 1)).await;
    enter(&plant, &check, hours("2031-01-12", "08:00", "10:00", 2)).await;
    enter(&plant, &elsewhere, hours("2031-01-12", "08:00", "10:00", 1)).await;
    buy(&plant, &repair, 50.0, "2031-01-10").await;
    buy(&plant, &repair, 70.0, "2031-01-12").await;
    buy(&plant, &check, 90.0, "2031-01-13").await;

    let cost = plant.responsable().get("equipements/1/couts?du=2031-01-11&au=2031-01-12").await.expect(200);

    assert_eq!((&cost["main_d_oeuvre"], &cost["prestations"]), (&json!(180.0 + 390.0), &json!(70.0)));
    assert_eq!((&cost["total"], &cost["homme_min"]), (&json!(640.0), &json!(180)));
    assert_eq!((&cost["nombre_interventions"], &cost["au"]), (&json!(2), &json!("2031-01-13T00:00:00Z")));
    let by_type = |i: usize, member: &str| cost["par_type"][i][member].clone();
    assert_eq!((by_type(0, "type_intervention"), by_type(0, "total")), (json!("corrective"), json!(250.0)));
    assert_eq!((by_type(1, "type_intervention"), by_type(1, "total")), (json!("preventive"), json!(390.0)));
    take_two_seals(&plant, &repair).await;
    let today = plant.responsable().get("equipements/1/couts?du=2031-01-15&au=2031-01-15").await.expect(200);
    assert_eq!((&today["pieces"], &today["total"]), (&json!(25.1), &json!(25.1)));
    // Up to now, exclusive: what moves this very second is not yet in it.
    let year = plant.responsable().get("equipements/1/couts").await.expect(200);
    assert_eq!((&year["prestations"], &year["pieces"]), (&json!(210.0), &json!(0.0)));
    plant.responsable().get("equipements/1/couts?du=2031-01-12&au=2031-01-11").await.expect(422);
    plant.responsable().get("equipements/1/couts?annee=2031").await.expect(422);
    plant.responsable().get("equipements/99/couts").await.expect(404);
}

#[tokio::test]
async fn what_hangs_below_a_machine_counts_when_asked_for_and_never_twice() {
    let plant = Plant::new();
    let part = |code: &str, parent: i64| json!({"code": code, "nom": code, "type": "moteur", "site_id": 1, "parent_id": parent});
    let motor = plant.responsable().post("equipements/", part("CASA-M", 1)).await.expect(201).id();
    let bearing = plant.responsable().post("equipements/", part("CASA-M-R", motor)).await.expect(201).id();
    for (machine, day) in [(1, "2031-01-10"), (motor, "2031-01-11"), (bearing, "2031-01-12")] {
        let path = on_machine(&plant, machine, "corrective").await;
        enter(&plant, &path, hours(day, "08:00", "09:00", 1)).await;
        buy(&plant, &path, 100.0, day).await;
    }

    let total = async |address: String| plant.responsable().get(&address).await.expect(200)["total"].clone();

    assert_eq!(total("equipements/1/couts".to_owned()).await, 280.0);
    assert_eq!(total("equipements/1/couts?descendants=true".to_owned()).await, 840.0);
    assert_eq!(total(format!("equipements/{motor}/couts?descendants=true")).await, 560.0);
}
