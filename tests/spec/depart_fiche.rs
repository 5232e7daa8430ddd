//! A closed sheet: nothing is given to it any more, by hand, by a plan or by an import; a technicien becomes responsable
//! and comes back to the same sheet; who may close what, and what stays as it was for others.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::depart::{CLAIRE, YOUSSEF, booked, by_meter, close, line, lines, read};
use crate::interventions::{go, leak, led_by_youssef, value};
use crate::notifications::{read_all, tell, titles};
use crate::planning::{greasing_with, planned};
use crate::plant::{PASSWORD, Plant, Reply};
use crate::sign_in::sign_in;

async fn count(plant: &Plant, meter: &str, valeur: f64) {
    let meter = meter.split("/plans").next().expect("a meter").to_owned();
    plant.admin().post(&format!("{meter}/releves"), json!({"valeur": valeur})).await.expect(201);
}

#[tokio::test]
async fn a_closed_sheet_is_given_nothing() {
    let plant = Plant::new();
    let path = format!(
        "interventions/{}",
        plant.responsable().post("interventions/", leak()).await.expect(201).id()
    );
    close(&plant.responsable(), YOUSSEF, Value::Null).await.expect(200);
    let responsable = plant.responsable();
    let slot = json!({"technicien_id": 1, "debut": "2031-01-16T09:00:00Z", "fin": "2031-01-16T10:00:00Z"});

    let booked =
        responsable.put(&format!("{path}/affectations"), json!({"affectations": [slot]})).await.expect(409);
    let led = responsable.patch(&path, json!({"technicien_id": 1})).await.expect(409);
    let plan = responsable.post("planning/", greasing_with(json!({"technicien_id": 1}))).await.expect(422);
    let meter = by_meter_named(&plant, 1).await.expect(422);
    let timer =
        responsable.post(&format!("{path}/temps/demarrer"), json!({"technicien_id": 1})).await.expect(422);

    for refused in [&booked, &led] {
        assert_eq!((refused.code(), &refused["obstacles"][0]["type"]), ("non_qualifie", &json!("ferme")));
    }
    for refused in [&plan, &meter, &timer] {
        assert_eq!(refused["errors"][0]["champ"], "technicien_id");
        assert_eq!(
            refused["errors"][0]["message"],
            "la fiche de Youssef Technicien est fermée : nommez quelqu’un d’autre"
        );
    }
    // Whatever the application believes, the database says no as well.
    let direct = plant.database().execute("update plannings set technicien_id = 1", []);
    assert!(direct.is_ok(), "there is none");
    planned(&plant, json!({})).await;
    let direct = plant.database().execute("update plannings set technicien_id = 1", []);
    assert!(direct.expect_err("refused").to_string().contains("fiche_fermee"));
    let absence = json!({"debut": "2031-02-01", "fin": "2031-02-02"});
    let away = responsable.post("techniciens/1/absences", absence).await.expect(409);
    assert_eq!(away.code(), "fiche_fermee");
    // What is over may still be written down.
    let worked = json!({"technicien_id": 1, "debut": "2031-01-14T08:00:00Z", "fin": "2031-01-14T09:00:00Z"});
    responsable.post(&format!("{path}/temps"), worked).await.expect(201);
}

async fn by_meter_named(plant: &Plant, technicien: i64) -> Reply {
    let meter = json!({"equipement_id": 1, "nom": "Marche", "unite": "h"});
    let meter = plant.responsable().post("compteurs/", meter).await.expect(201).id();
    let plan = json!({"titre": "Vidange", "pas": 250, "technicien_id": technicien});
    plant.responsable().post(&format!("compteurs/{meter}/plans"), plan).await
}

#[tokio::test]
async fn a_closed_account_is_named_by_no_plan_and_a_plan_that_names_one_can_still_be_put_right() {
    let plant = Plant::new();
    let plan = planned(&plant, json!({"technicien_id": 1})).await;
    // As closing an account left it before.
    plant.database().execute("update users set is_active = 0 where id = 3", []).expect("a leave");
    let responsable = plant.responsable();

    let refused = responsable.post("planning/", greasing_with(json!({"technicien_id": 1}))).await.expect(422);
    let renamed = responsable.patch(&plan, json!({"titre": "Graissage"})).await.expect(200);
    let paused = responsable.patch(&plan, json!({"statut": "suspendu"})).await.expect(200);
    let resumed = responsable.patch(&plan, json!({"statut": "actif"})).await.expect(422);
    let given =
        responsable.patch(&plan, json!({"statut": "actif", "technicien_id": CLAIRE})).await.expect(200);

    assert_eq!(
        refused["errors"][0]["message"],
        "le compte de Youssef Technicien est désactivé : nommez quelqu’un d’autre"
    );
    assert_eq!((&renamed["technicien_parti"], &paused["technicien_parti"]), (&json!(true), &json!(true)));
    assert_eq!(resumed["errors"][0]["champ"], "technicien_id");
    assert_eq!(given["technicien_parti"], false);
}

#[tokio::test]
async fn an_import_of_plans_and_of_open_work_that_name_a_closed_sheet_says_so_by_line() {
    let plant = Plant::new();
    close(&plant.responsable(), YOUSSEF, Value::Null).await.expect(200);
    let import = async |table: &str, file: &str| {
        let request =
            Request::post(format!("/api/v1/admin/imports/{table}")).header("content-type", "text/csv");
        let request = request.body(Body::from(file.to_owned())).expect("a request");
        plant.admin().send_raw(request).await.expect(200)
    };

    let plans = import(
        "plans",
        "titre;equipement;frequence;date_debut;technicien\n\
         Graissage;CASA-POMPE-01;mensuel;2031-02-01;technicien2\nVidange;CASA-POMPE-01;mensuel;2031-02-01;technicien\n",
    )
    .await;
    let open = import(
        "interventions",
        "titre;type_intervention;equipement;technicien\nFuite;corrective;CASA-POMPE-01;technicien\n",
    )
    .await;
    let done = import(
        "interventions",
        "titre;type_intervention;equipement;technicien;statut;date_debut_reelle;date_fin_reelle;compte_rendu\n\
         Fuite;corrective;CASA-POMPE-01;technicien;termine;2030-12-01;2030-12-02;Fait\n",
    )
    .await;

    for (report, at) in [(&plans, 3), (&open, 2)] {
        let error = &report["erreurs"][0];
        assert_eq!((&report["reussi"], &error["ligne"]), (&json!(false), &json!(at)), "{}", report.body);
        assert_eq!(error["colonne"], "technicien");
        assert!(
            error["message"].as_str().expect("a text").contains("Youssef Technicien est fermée"),
            "{error}"
        );
    }
    assert_eq!(value(&plant, "select count(*) from plannings"), "0");
    assert_eq!(done["reussi"], true, "{}", done.body);
}

#[tokio::test]
async fn a_plan_whose_technicien_has_gone_meanwhile_makes_work_for_nobody_and_says_so() {
    let plant = Plant::new();
    let plan = planned(&plant, json!({"technicien_id": 1, "date_debut": "2031-01-15"})).await;
    let meter = by_meter(&plant).await;
    read_all(&plant).await;
    // As closing an account left them before.
    plant.database().execute("update users set is_active = 0 where id = 3", []).expect("a leave");

    plant.admin().post(&format!("{plan}/generer"), json!({})).await.expect(200);
    count(&plant, &meter, 300.0).await;
    tell(&plant).await;

    for path in ["interventions/1", "interventions/2"] {
        assert_eq!(read(&plant, path).await["technicien_id"], Value::Null, "{path}");
        let history = read(&plant, &format!("{path}/historique")).await;
        let why = history["items"][0]["remarque"].as_str().expect("a reason");
        assert!(why.ends_with("Le compte de Youssef Technicien est désactivé."), "{why}");
    }
    for path in [&plan, &meter] {
        assert_eq!(read(&plant, path).await["technicien_parti"], true);
    }
    let inbox = plant.responsable().get("notifications/?type=information").await.expect(200);
    let waiting: Vec<_> = inbox["items"]
        .as_array()
        .expect("messages")
        .iter()
        .filter(|one| one["titre"].as_str().is_some_and(|titre| titre.ends_with("attend un créneau")))
        .collect();
    assert_eq!(waiting.len(), 2, "{}", inbox.body);
    for one in waiting {
        let contenu = one["contenu"].as_str().expect("a text");
        assert!(contenu.contains("Le technicien du plan est parti"), "{contenu}");
    }
}

#[tokio::test]
async fn a_technicien_becomes_responsable_and_a_technicien_again_on_the_same_sheet() {
    let plant = Plant::new();
    let done = led_by_youssef(&plant).await;
    go(&plant.technicien(), &done, "en_cours").await.expect(200);
    go(&plant.technicien(), &done, "termine").await.expect(200);
    let work = booked(&plant, 1, "16").await;
    let admin = plant.admin();

    let raised = admin.patch("users/3", json!({"role": "responsable", "remis_a": CLAIRE})).await.expect(200);

    assert_eq!((&raised["role"], &raised["technicien_id"]), (&json!("responsable"), &Value::Null));
    assert_eq!(raised["fiche_fermee_id"], 1);
    assert_eq!(lines(&raised["remise"]), [line("interventions", "INT-2031-000002", "remis")]);
    assert_eq!(read(&plant, &work).await["technicien_id"], CLAIRE);
    assert_eq!(read(&plant, &done).await["technicien_nom"], "Youssef Technicien");
    plant.technicien().get("auth/me").await.expect(401);
    let reply = sign_in(&plant, "technicien", PASSWORD).await.expect(200);
    let youssef = plant.bearer(reply["access_token"].as_str().expect("a token"));
    assert_eq!(youssef.get("interventions/").await.expect(200)["total"], 2, "the whole plant");
    youssef.post("interventions/", leak()).await.expect(201);

    let early = plant.responsable().delete("techniciens/1/fermeture").await.expect(409);
    let back = admin.patch("users/3", json!({"role": "technicien"})).await.expect(200);
    let second = plant.responsable().post("techniciens/", json!({"user_id": 3})).await.expect(409);
    let opened = plant.responsable().delete("techniciens/1/fermeture").await.expect(200);

    assert_eq!(early.code(), "autre_role");
    assert_eq!((&back["technicien_id"], back.body.get("remise")), (&Value::Null, None));
    assert_eq!((second.code(), &second["technicien_id"]), ("fiche_fermee", &json!(1)));
    assert_eq!(
        (&opened["id"], &opened["ferme_le"], &opened["matricule"]),
        (&json!(1), &Value::Null, &json!("T-001"))
    );
    assert_eq!(admin.get("users/3").await["technicien_id"], 1);
    let reply = sign_in(&plant, "technicien", PASSWORD).await.expect(200);
    let youssef = plant.bearer(reply["access_token"].as_str().expect("a token"));
    youssef.get(&done).await.expect(200);
    assert_eq!(read(&plant, &work).await["technicien_id"], CLAIRE, "what went to others stays theirs");
}

#[tokio::test]
async fn to_whom_it_goes_is_said_only_where_something_can_go() {
    let plant = Plant::new();
    let admin = plant.admin();

    let renamed = admin.patch("users/3", json!({"full_name": "Youssef T.", "remis_a": 2})).await.expect(422);
    let other = admin.patch("users/2", json!({"role": "admin", "remis_a": null})).await.expect(422);

    for refused in [&renamed, &other] {
        assert_eq!(refused["errors"][0]["champ"], "remis_a");
    }
}

#[tokio::test]
async fn an_account_that_is_opened_again_brings_the_sheet_that_was_closed_with_it() {
    let plant = Plant::new();
    let work = booked(&plant, 1, "16").await;
    let admin = plant.admin();
    close(&admin, "users/3", Value::Null).await.expect(200);
    let inactive = plant.responsable().delete("techniciens/1/fermeture").await.expect(409);

    let back = admin.send("PATCH", "users/3/activate", &[], None).await.expect(200);
    let slot = json!({"technicien_id": 1, "debut": "2031-01-16T09:00:00Z", "fin": "2031-01-16T10:00:00Z"});
    plant
        .responsable()
        .put(&format!("{work}/affectations"), json!({"affectations": [slot]}))
        .await
        .expect(200);

    assert_eq!(inactive.code(), "compte_ferme");
    assert_eq!((&back["is_active"], &back["technicien_id"]), (&json!(true), &json!(1)));
    // One that was closed by itself stays closed.
    close(&plant.responsable(), YOUSSEF, Value::Null).await.expect(200);
    admin.delete("users/3").await.expect(204);
    let back = admin.send("PATCH", "users/3/activate", &[], None).await.expect(200);
    assert_eq!((&back["technicien_id"], &back["fiche_fermee_id"]), (&Value::Null, &json!(1)));
}

#[tokio::test]
async fn without_a_sheet_the_account_works_on_nothing_and_is_told_of_nothing() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    close(&plant.responsable(), YOUSSEF, Value::Null).await.expect(200);
    read_all(&plant).await;

    go(&plant.technicien(), &path, "attente_pieces").await.expect(404);
    plant.technicien().post(&format!("{path}/temps/demarrer"), json!({})).await.expect(404);
    go(&plant.responsable(), &path, "attente_pieces").await.expect(200);
    tell(&plant).await;

    assert_eq!(plant.technicien().get("interventions/").await.expect(200)["total"], 0);
    assert_eq!(plant.technicien().get("auth/me").await.expect(200)["technicien_id"], Value::Null);
    assert!(titles(&plant, "technicien").await.is_empty());
}

#[tokio::test]
async fn a_client_sees_what_it_saw() {
    let plant = Plant::new();
    let path = booked(&plant, 1, "16").await;
    let asked = json!({"equipement_id": 1, "titre": "Bruit", "urgence": "haute"});
    let asked = plant.client().post("demandes/", asked).await.expect(201).id();
    let view = json!({"nom": "Les nôtres", "liste": "interventions", "parametres": {}, "partagee": true});
    plant.client().post("filters/vues", view).await.expect(201);
    let before = plant.client().get("interventions/").await.expect(200);

    close(&plant.admin(), "users/3", json!(CLAIRE)).await.expect(200);
    let seen = plant.client().get(&path).await.expect(200);
    let theirs = plant.admin().get("users/5/a_remettre").await.expect(200);
    let closed = close(&plant.admin(), "users/5", Value::Null).await.expect(200);

    assert_eq!(before["total"], 1);
    assert_eq!(
        (&seen["statut"], &seen["technicien_nom"]),
        (&json!("planifie"), &json!("Claire Technicienne"))
    );
    assert_eq!(theirs["total"], 0, "a demande stays its requester's");
    let kinds: Vec<_> =
        theirs["lots"].as_array().expect("kinds").iter().map(|lot| lot["type"].clone()).collect();
    assert_eq!(kinds, [json!("vues"), json!("demandes")]);
    assert_eq!((&closed["fiche_fermee"], &closed["compte_ferme"]), (&Value::Null, &json!(true)));
    assert_eq!(
        value(&plant, "select user_id from vues where nom = 'Les nôtres'"),
        "5",
        "within its organisation"
    );
    assert_eq!(value(&plant, &format!("select demandeur_id from demandes where id = {asked}")), "5");
}

#[tokio::test]
async fn shared_views_find_a_free_name_with_whoever_takes_them_over() {
    let plant = Plant::new();
    let view = json!({"nom": "Pannes", "liste": "interventions", "parametres": {}, "partagee": true});
    let own = json!({"nom": "À moi", "liste": "interventions", "parametres": {}, "partagee": false});
    for person in [plant.technicien(), plant.person("technicien2")] {
        person.post("filters/vues", view.clone()).await.expect(201);
    }
    plant.technicien().post("filters/vues", own).await.expect(201);

    let closed = close(&plant.admin(), "users/3", json!(CLAIRE)).await.expect(200);

    assert_eq!(lines(&closed.body), [line("vues", "Pannes (Youssef Technicien)", "remis")]);
    let hers = plant.person("technicien2").get("filters/vues").await.expect(200);
    assert!(hers["items"].as_array().expect("views").iter().all(|view| view["mienne"] == true));
    assert_eq!(hers["total"], 2, "{}", hers.body);
    assert_eq!(value(&plant, "select nom from vues where user_id = 3"), "À moi");
}

#[tokio::test]
async fn the_last_administrator_does_not_leave_and_their_work_stays_theirs() {
    let plant = Plant::new();
    let view = json!({"nom": "Pannes", "liste": "interventions", "parametres": {}, "partagee": true});
    plant.admin().post("filters/vues", view).await.expect(201);

    let refused = close(&plant.admin(), "users/1", Value::Null).await.expect(409);

    assert_eq!(refused.code(), "dernier_admin");
    assert_eq!(value(&plant, "select group_concat(user_id) from vues"), "1");
}

#[tokio::test]
async fn leaving_is_the_business_of_those_who_run_the_plant() {
    let plant = Plant::new();

    for name in ["technicien", "client"] {
        let person = plant.person(name);
        person.get("techniciens/1/a_remettre").await.expect(403);
        close(&person, YOUSSEF, Value::Null).await.expect(403);
        person.delete("techniciens/1/fermeture").await.expect(403);
    }
    for name in ["responsable", "technicien", "client"] {
        let person = plant.person(name);
        person.get("users/3/a_remettre").await.expect(403);
        close(&person, "users/3", Value::Null).await.expect(403);
    }
    plant.nobody().get("techniciens/1/a_remettre").await.expect(401);
    plant.responsable().get("techniciens/99/a_remettre").await.expect(404);
    close(&plant.responsable(), "techniciens/99", Value::Null).await.expect(404);

    assert_eq!(value(&plant, "select count(*) from techniciens where ferme_le is not null"), "0");
}
