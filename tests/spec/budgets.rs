//! What one person may cause that stays: changes, sign-ins, refusals, mails; and the numbers that nobody goes beyond.

use std::collections::BTreeSet;
use std::time::Duration;

use erp_interventions::ids::UserId;
use erp_interventions::kernel::app::{CHANGES_BURST, CHANGES_REFILL, SIGN_INS_BURST, SIGN_INS_REFILL};
use erp_interventions::kernel::{money, quantity};
use erp_interventions::{
    agenda, compteurs, gammes, interventions, notifications, pieces, planning, routes, signatures,
};
use serde_json::{Value, json};

use crate::interventions::{go, led_by_youssef};
use crate::notifications::tell;
use crate::plant::{PASSWORD, Person, Plant, Reply};

/// Asks for changes that are none, until their budget is spent.
async fn spend(person: &Person<'_>) {
    for _ in 0..CHANGES_BURST {
        person.post("filters/vues", json!({})).await.expect(422);
    }
}

/// What answers an operation of the document, with nothing in its body.
async fn call(person: &Person<'_>, method: &str, path: &str) -> Reply {
    let part = |part: &str| if part.starts_with('{') { "1".to_owned() } else { part.to_owned() };
    let filled = path.split('/').map(part).collect::<Vec<_>>().join("/");
    let body = (method != "DELETE").then(|| json!({}));
    person.send(method, &filled, &[], body).await
}

/// Method and path of whatever changes something.
fn changes() -> Vec<(String, String)> {
    let document = serde_json::to_value(routes::document()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let methods = ["post", "put", "patch", "delete"];
    let found = paths.iter().flat_map(|(path, item)| {
        let given = methods.iter().filter(|method| item.get(**method).is_some());
        given.map(|method| (method.to_uppercase(), path.clone()))
    });
    let found: Vec<_> = found.collect();
    assert!(found.len() > 60, "the whole API");
    found
}

#[tokio::test]
async fn whoever_does_not_run_the_plant_waits_after_600_changes_whatever_they_change() {
    let plant = Plant::new();
    for name in ["client", "technicien"] {
        let person = plant.person(name);
        spend(&person).await;

        let refused = person.post("filters/vues", json!({})).await.expect(429);
        assert_eq!(refused.code(), "trop_de_tentatives");
        assert_eq!(refused.header("retry-after"), CHANGES_REFILL.as_secs().to_string());
        // Who they are is still asked and told, and they can always throw a thief out.
        let mut spared = BTreeSet::new();
        let mut operations = changes();
        // Signing out comes last, for nobody is signed in after it.
        operations.sort_by_key(|(_, path)| path.ends_with("/logout"));
        for (method, path) in operations {
            let status = call(&person, &method, &path).await.status.as_u16();
            let is_open =
                ["refresh", "setup", "token"].iter().any(|open| path.ends_with(&format!("auth/{open}")));
            assert!(status != 401 || is_open, "{method} {path} as {name}");
            if ![403, 429].contains(&status) {
                spared.insert(format!("{method} {path}"));
            }
        }
        let expected = [
            "DELETE /api/v1/auth/sessions",
            "DELETE /api/v1/auth/sessions/{id}",
            "POST /api/v1/auth/logout",
            "POST /api/v1/auth/refresh",
            "POST /api/v1/auth/setup",
            "POST /api/v1/auth/token",
        ];
        assert_eq!(spared.iter().map(String::as_str).collect::<Vec<_>>(), expected, "{name}");
    }
}

#[tokio::test]
async fn a_budget_of_changes_comes_back_and_who_runs_the_plant_has_none() {
    let plant = Plant::new();
    let technicien = plant.technicien();
    spend(&technicien).await;
    technicien.post("filters/vues", json!({})).await.expect(429);

    plant.advance(CHANGES_REFILL);

    technicien.post("filters/vues", json!({})).await.expect(422);
    technicien.post("filters/vues", json!({})).await.expect(429);
    technicien.get("filters/vues").await.expect(200);
    plant.client().post("filters/vues", json!({})).await.expect(422);
    let responsable = plant.responsable();
    spend(&responsable).await;
    responsable.post("filters/vues", json!({})).await.expect(422);
}

#[tokio::test]
async fn refusals_are_written_in_the_journal_as_long_as_the_budget_lasts_and_counted_after() {
    let plant = Plant::new();
    let client = plant.client();
    let entries = || -> (i64, i64) {
        plant
            .database()
            .query_row(
                "select count(*), coalesce(sum(coalesce(json_extract(apres, '$.count'), 1)), 0)
                 from journal where action = 'acces.refuse'",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .expect("a count")
    };
    client.get("audit/").await.expect(403);
    assert_eq!(entries(), (1, 1));

    // One of the budget is the refusal's.
    for _ in 1..CHANGES_BURST {
        client.post("filters/vues", json!({})).await.expect(422);
    }
    client.get("audit/").await.expect(403);
    client.get("users/").await.expect(403);

    assert_eq!(entries(), (1, 1));
    plant.advance(2 * CHANGES_REFILL);
    client.get("audit/").await.expect(403);
    client.get("users/").await.expect(403);
    assert_eq!(entries(), (3, 5));
}

#[tokio::test]
async fn a_person_who_signs_in_without_end_waits() {
    let plant = Plant::new();
    let id: i64 = plant
        .database()
        .query_row("select id from users where username = 'technicien'", [], |row| row.get(0))
        .expect("an id");
    let sign_in = async || {
        let request = axum::http::Request::post("/api/v1/auth/token")
            .header("content-type", "application/x-www-form-urlencoded");
        let form = format!("username=technicien&password={}", PASSWORD.replace(' ', "+"));
        plant.nobody().send_raw(request.body(form.into()).expect("a request")).await
    };
    // As if so many had succeeded: each costs a password's time.
    for _ in 1..SIGN_INS_BURST {
        plant.app.sign_ins().take(UserId(id), plant.app.now()).expect("room");
    }
    sign_in().await.expect(200);

    assert_eq!(sign_in().await.expect(429).code(), "trop_de_tentatives");

    plant.advance(SIGN_INS_REFILL);
    sign_in().await.expect(200);
}

/// Mails to somebody, sent at once and kept for their digest.
fn mails(plant: &Plant, username: &str) -> (i64, i64) {
    plant
        .database()
        .query_row(
            "select count(*) filter (where v.statut <> 'groupe'), count(*) filter (where v.statut = 'groupe')
             from envois v join notifications n on n.id = v.notification_id
             join users u on u.id = n.user_id where v.canal = 'email' and u.username = ?1",
            [username],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .expect("counts")
}

#[tokio::test]
async fn what_one_person_does_mails_another_twenty_times_an_hour_and_then_in_the_digest() {
    let plant = Plant::new();
    let file = async |person: &Person<'_>, equipement: i64| {
        person.post("demandes/", json!({"equipement_id": equipement, "titre": "Fuite"})).await.expect(201);
    };
    let most = notifications::limits::MAILS_OF_ONE;
    for _ in 0..most + 3 {
        file(&plant.client(), 1).await;
    }
    tell(&plant).await;
    assert_eq!(mails(&plant, "responsable"), (most, 3));

    file(&plant.person("client2"), 2).await;
    tell(&plant).await;
    assert_eq!(mails(&plant, "responsable"), (most + 1, 3), "another's are not fewer for it");

    plant.advance(Duration::from_secs(3601));
    file(&plant.client(), 1).await;
    tell(&plant).await;
    assert_eq!(mails(&plant, "responsable"), (most + 2, 3));
}

#[tokio::test]
async fn a_number_beyond_its_limit_is_refused_under_its_field() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let job = json!({"titre": "Fuite", "type_intervention": "corrective", "equipement_id": 1});
    let plan =
        json!({"titre": "Graissage", "equipement_id": 1, "frequence": "mensuel", "date_debut": "2031-01-31"});
    let compteur = responsable
        .post("compteurs/", json!({"equipement_id": 1, "nom": "Heures", "unite": "h"}))
        .await
        .expect(201)
        .id();
    let gamme = responsable.post("gammes/", json!({"nom": "Ronde"})).await.expect(201).id();
    let piece = responsable
        .post("pieces/", json!({"reference": "J1", "designation": "Joint"}))
        .await
        .expect(201)
        .id();
    let with = |base: &Value, field: &str, value: Value| {
        let mut body = base.clone();
        body[field] = value;
        body
    };
    let measure =
        |max: f64| json!({"operations": [{"type": "mesure", "libelle": "T", "unite": "°C", "max": max}]});
    let minutes =
        [interventions::limits::LONGEST_MIN, planning::limits::LONGEST_MIN, compteurs::limits::LONGEST_MIN];
    let counted = |quantite: f64| json!({"type": "entree", "quantite": quantite, "cout_unitaire": 1});
    let plans = format!("compteurs/{compteur}/plans");
    let operations = format!("gammes/{gamme}/operations");
    let mouvements = format!("pieces/{piece}/mouvements");
    let meter_plan = json!({"titre": "Vidange", "pas": 250});

    for (method, path, body, field, code) in [
        (
            "POST",
            "interventions/",
            with(&job, "duree_estimee_min", json!(minutes[0] + 1)),
            "duree_estimee_min",
            "trop_grand",
        ),
        (
            "POST",
            "planning/",
            with(&plan, "duree_estimee_min", json!(minutes[1] + 1)),
            "duree_estimee_min",
            "trop_grand",
        ),
        (
            "POST",
            &plans,
            with(&meter_plan, "duree_estimee_min", json!(minutes[2] + 1)),
            "duree_estimee_min",
            "trop_grand",
        ),
        (
            "POST",
            "fournisseurs/",
            json!({"nom": "Loin", "delai_jours": pieces::limits::LONGEST_DAYS + 1}),
            "delai_jours",
            "trop_grand",
        ),
        ("PUT", &operations, measure(gammes::limits::LARGEST * 2.0), "operations[0].max", "trop_grand"),
        ("POST", &mouvements, counted(quantity::MAX_UNITS + 1.0), "quantite", "valeur_invalide"),
        (
            "POST",
            &mouvements,
            json!({"type": "entree", "quantite": 1, "cout_unitaire": money::MAX_UNITS + 1.0}),
            "cout_unitaire",
            "valeur_invalide",
        ),
    ] {
        let refused = responsable.send(method, path, &[], Some(body)).await.expect(422);
        assert_eq!(
            (&refused.body["errors"][0]["champ"], &refused.body["errors"][0]["code"]),
            (&json!(field), &json!(code)),
            "{path}"
        );
    }
    for (path, body) in [
        ("interventions/", with(&job, "duree_estimee_min", json!(minutes[0]))),
        (&plans, with(&meter_plan, "duree_estimee_min", json!(minutes[2]))),
    ] {
        responsable.post(path, body).await.expect(201);
    }
    // Ten times the greatest entry fill the books.
    let entries = pieces::limits::MAX_STOCK as f64 / 1000.0 / quantity::MAX_UNITS;
    for _ in 0..entries as u32 {
        responsable
            .post(&mouvements, json!({"type": "entree", "quantite": quantity::MAX_UNITS, "cout_unitaire": 0}))
            .await
            .expect(201);
    }
    let refused = responsable
        .post(&mouvements, json!({"type": "entree", "quantite": 1, "cout_unitaire": 0}))
        .await
        .expect(422);
    assert_eq!(refused.body["errors"][0]["code"], "trop_grand");
}

#[tokio::test]
async fn a_slot_of_more_than_a_day_and_a_stroke_off_the_paper_are_refused() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let id = responsable
        .post(
            "interventions/",
            json!({"titre": "Fuite", "type_intervention": "corrective", "equipement_id": 1}),
        )
        .await
        .expect(201)
        .id();
    let slot = |seconds: i64| {
        let debut: jiff::Timestamp = "2031-02-03T08:00:00Z".parse().expect("an instant");
        let fin = debut + jiff::SignedDuration::from_secs(seconds);
        json!({"affectations": [{"technicien_id": 1, "debut": debut.to_string(), "fin": fin.to_string()}]})
    };
    let path = format!("interventions/{id}/affectations");

    responsable.put(&path, slot(agenda::limits::LONGEST_SLOT + 60)).await.expect(422);
    let job = led_by_youssef(&plant).await;
    go(&plant.technicien(), &job, "en_cours").await.expect(200);
    let to = |x: f64| json!({"nom": "Chef", "image": format!("M0 0 L{x} 9")});
    let sign = format!("{job}/signature");
    responsable.post(&sign, to(signatures::limits::COORDINATE + 1.0)).await.expect(422);
    responsable.post(&sign, to(signatures::limits::COORDINATE)).await.expect(201);

    assert_ne!(responsable.put(&path, slot(agenda::limits::LONGEST_SLOT)).await.status, 422);
}
