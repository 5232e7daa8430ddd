//! Demandes: asked, changed, withdrawn, accepted, refused, followed; who sees which.

use serde_json::{Value, json};

use crate::documents::{add_to, picture};
use crate::interventions::{go, leak, leak_with, value};
use crate::plant::{Person, Plant, Reply};

/// What somebody in front of the pump of Casablanca types.
fn drip() -> Value {
    json!({"titre": "La pompe goutte", "equipement_id": 1})
}

fn drip_with(further: Value) -> Value {
    let mut body = drip();
    body.as_object_mut().expect("an object").extend(further.as_object().expect("an object").clone());
    body
}

/// A demande on the pump; its address.
async fn filed_by(person: &Person<'_>) -> String {
    format!("demandes/{}", person.post("demandes/", drip()).await.expect(201).id())
}

async fn accept(person: &Person<'_>, path: &str, body: Value) -> Reply {
    person.post(&format!("{path}/acceptation"), body).await
}

async fn refuse(person: &Person<'_>, path: &str) -> Reply {
    person.post(&format!("{path}/refus"), json!({"motif": "Remplacement commandé"})).await
}

/// The ids that a query finds, smallest first.
async fn found(person: &Person<'_>, query: &str) -> Vec<i64> {
    let list = person.get(&format!("demandes/?tri=numero&{query}")).await.expect(200);
    assert_eq!(list["total"], list.ids().len(), "{query}");
    list.ids()
}

#[tokio::test]
async fn a_new_demande_is_numbered_told_to_its_author_and_remembered() {
    let plant = Plant::new();
    let further = json!({"description": "Flaque sous la garniture", "urgence": "haute", "arret_equipement": true,
        "survenue_le": "2031-01-15T07:30:00Z"});

    let filed = plant.client().post("demandes/", drip_with(further)).await.expect(201);

    let path = format!("demandes/{}", filed.id());
    assert_eq!(filed.header("location"), format!("/api/v1/{path}"));
    assert_eq!((&filed["numero"], &filed["statut"]), (&json!("DEM-2031-000001"), &json!("nouvelle")));
    assert_eq!((&filed["urgence"], &filed["arret_equipement"]), (&json!("haute"), &json!(true)));
    assert_eq!(filed["equipement_code"], "CASA-POMPE-01");
    assert_eq!(filed["demandeur"], json!({"id": 5, "nom": "Chaïma Cliente"}));
    assert_eq!((&filed["intervention_id"], &filed["doublons"]), (&Value::Null, &json!([])));
    assert_eq!(filed["actions"], json!(["modifier", "retirer"]));
    let read = plant.responsable().get(&path).await.expect(200);
    assert_eq!(read["actions"], json!(["accepter", "refuser"]));
    assert_eq!(
        value(&plant, "select group_concat(action) from journal"),
        "demande.creation,equipement.modification"
    );
}

#[tokio::test]
async fn numbers_have_no_gap_and_begin_again_with_the_year_of_the_site() {
    let plant = Plant::new();
    plant.database().execute_batch("update sites set fuseau = 'Europe/Paris'").expect("a move");
    filed_by(&plant.client()).await;
    plant.client().post("demandes/", drip_with(json!({"equipement_id": 99}))).await.expect(422);

    let second = plant.client().post("demandes/", drip()).await.expect(201);
    // Half past midnight of the new year in Paris.
    plant.set_time("2033-12-31T23:30:00Z");
    let next_year = plant.client().post("demandes/", drip()).await.expect(201);

    let numbers = (&second["numero"], &next_year["numero"]);
    assert_eq!(numbers, (&json!("DEM-2031-000002"), &json!("DEM-2034-000001")));
}

// A16
#[tokio::test]
async fn the_server_alone_sets_numbers_authors_and_answers() {
    let plant = Plant::new();

    for forbidden in ["statut", "numero", "demandeur", "demandeur_id", "intervention_id", "motif_refus", "x"]
    {
        let refused = plant.client().post("demandes/", drip_with(json!({forbidden: 1}))).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], forbidden);
    }
}

// A14
#[tokio::test]
async fn a_client_reports_on_its_own_machines_only_and_others_look_absent() {
    let plant = Plant::new();

    let foreign = plant.client().post("demandes/", drip_with(json!({"equipement_id": 2}))).await.expect(422);
    let absent = plant.client().post("demandes/", drip_with(json!({"equipement_id": 99}))).await.expect(422);
    plant.technicien().post("demandes/", drip_with(json!({"equipement_id": 2}))).await.expect(201);

    assert_eq!(foreign["errors"], absent["errors"]);
    assert_eq!(foreign["errors"][0]["champ"], "equipement_id");
    plant.client().get("demandes/doublons?equipement_id=2").await.expect(404);
}

#[tokio::test]
async fn the_label_of_a_machine_leads_to_it_whatever_its_case() {
    let plant = Plant::new();

    let scanned = plant.client().get("equipements/?code=casa-pompe-01").await.expect(200);
    let foreign = plant.client().get("equipements/?code=TANGER-METIER-01").await.expect(200);
    let part = plant.client().get("equipements/?code=CASA-POMPE").await.expect(200);

    assert_eq!((scanned.ids(), foreign.ids(), part.ids()), (vec![1], vec![], vec![]));
}

#[tokio::test]
async fn a_failure_that_has_not_happened_yet_is_not_reported() {
    let plant = Plant::new();
    let path = filed_by(&plant.client()).await;
    let future = json!({"survenue_le": "2031-01-15T08:00:01Z"});

    let refused = plant.client().post("demandes/", drip_with(future.clone())).await.expect(422);
    plant.set_time("2031-01-16T08:00:00Z");
    let later = plant.client().patch(&path, future).await.expect(422);

    assert_eq!(refused["errors"][0]["champ"], "survenue_le");
    assert_eq!(later["errors"][0]["champ"], "survenue_le", "nothing is reported before it happens");
}

// A14
#[tokio::test]
async fn each_sees_the_demandes_that_are_theirs_and_no_other() {
    let plant = Plant::new();
    let of_client = filed_by(&plant.client()).await;
    let of_youssef = filed_by(&plant.technicien()).await;
    let loom = plant.person("client2").post("demandes/", drip_with(json!({"equipement_id": 2}))).await;
    let loom = format!("demandes/{}", loom.expect(201).id());

    for (person, seen, hidden) in [
        ("responsable", vec![&of_client, &of_youssef, &loom], vec![]),
        ("client", vec![&of_client, &of_youssef], vec![&loom]),
        ("client2", vec![&loom], vec![&of_client, &of_youssef]),
        ("technicien", vec![&of_youssef], vec![&of_client, &loom]),
        ("technicien2", vec![], vec![&of_client, &of_youssef, &loom]),
    ] {
        let person = plant.person(person);
        assert_eq!(found(&person, "").await.len(), seen.len());
        assert_eq!(person.get("filters/demandes").await.expect(200)["total"], seen.len());
        for path in seen {
            person.get(path).await.expect(200);
        }
        for path in hidden {
            let (foreign, absent) = (person.get(path).await.expect(404), person.get("demandes/999").await);
            assert_eq!(foreign["detail"], absent["detail"]);
            person.patch(path, json!({"titre": "X"})).await.expect(404);
            person.delete(path).await.expect(404);
        }
    }
}

// A14
#[tokio::test]
async fn a_client_knows_the_names_of_its_own_people_only() {
    let plant = Plant::new();
    let (own, youssef_s) = (filed_by(&plant.client()).await, filed_by(&plant.technicien()).await);
    refuse(&plant.responsable(), &own).await.expect(200);

    let client = plant.client();
    let (own, foreign) = (client.get(&own).await.expect(200), client.get(&youssef_s).await.expect(200));
    let listed = client.get("demandes/?tri=numero").await.expect(200);
    let reported = client.get("demandes/doublons?equipement_id=1").await.expect(200);

    assert_eq!((&own["demandeur"]["nom"], &own["traitee_par"]), (&json!("Chaïma Cliente"), &Value::Null));
    assert_eq!((&foreign["demandeur"], &listed["items"][1]["demandeur"]), (&Value::Null, &Value::Null));
    let hint = &reported["items"][0];
    assert_eq!((&hint["signale_par"], &hint["numero"]), (&Value::Null, &json!("DEM-2031-000002")));
    assert_eq!(hint["message"], "Déjà signalé le 15/01/2031 à 08:00.");
    let told = plant.responsable().get(&youssef_s).await.expect(200);
    assert_eq!(told["demandeur"]["nom"], "Youssef Technicien");
}

#[tokio::test]
async fn its_author_changes_a_new_demande_and_nobody_else_does() {
    let plant = Plant::new();
    let path = filed_by(&plant.client()).await;
    let change = json!({"titre": "La pompe fuit", "urgence": "urgente", "description": "Ça empire"});

    let changed = plant.client().patch(&path, change.clone()).await.expect(200);
    let stale = [("if-match", "\"1\"")];
    plant.client().send("PATCH", &path, &stale, Some(json!({"titre": "X"}))).await.expect(412);
    plant.responsable().patch(&path, change.clone()).await.expect(403);
    plant.responsable().delete(&path).await.expect(403);

    assert_eq!((&changed["titre"], &changed["urgence"]), (&json!("La pompe fuit"), &json!("urgente")));
    assert_eq!((&changed["version"], changed.header("etag")), (&json!(2), "\"2\""));
    let emptied = plant.client().patch(&path, json!({"description": null})).await.expect(200);
    assert_eq!(emptied["description"], Value::Null);
    let foreign = plant.client().patch(&path, json!({"equipement_id": 2})).await.expect(422);
    assert_eq!(foreign["errors"][0]["champ"], "equipement_id");
    assert_eq!(value(&plant, "select count(*) from journal where action = 'demande.modification'"), "2");
}

#[tokio::test]
async fn a_withdrawn_demande_keeps_its_number_and_is_answered_no_more() {
    let plant = Plant::new();
    let path = filed_by(&plant.client()).await;

    plant.client().delete(&path).await.expect(204);

    let left = plant.responsable().get(&path).await.expect(200);
    assert_eq!((&left["statut"], &left["actions"]), (&json!("retiree"), &json!([])));
    let refused = accept(&plant.responsable(), &path, json!({})).await.expect(409);
    assert_eq!((refused.code(), &refused["statut"]), ("deja_traitee", &json!("retiree")));
    plant.client().patch(&path, json!({"titre": "X"})).await.expect(409);
    plant.client().delete(&path).await.expect(409);
    assert_eq!(plant.client().post("demandes/", drip()).await.expect(201)["numero"], "DEM-2031-000002");
    assert_eq!(value(&plant, "select count(*) from journal where action = 'demande.retrait'"), "1");
}

#[tokio::test]
async fn accepting_makes_the_intervention_with_nothing_typed_again() {
    let plant = Plant::new();
    let further = json!({"description": "Flaque", "urgence": "haute", "arret_equipement": true,
        "survenue_le": "2031-01-15T07:30:00Z", "symptome_code_id": 1});
    let filed = plant.client().post("demandes/", drip_with(further)).await.expect(201);
    let path = format!("demandes/{}", filed.id());
    plant.set_time("2031-01-15T10:00:00Z");

    // No body at all: nothing to add.
    let accepted =
        plant.responsable().send("POST", &format!("{path}/acceptation"), &[], None).await.expect(200);

    assert_eq!((&accepted["statut"], &accepted["actions"]), (&json!("acceptee"), &json!([])));
    assert_eq!(accepted["traitee_par"]["nom"], "Rachid Responsable");
    assert_eq!(accepted["date_traitement"], "2031-01-15T10:00:00Z");
    assert_eq!(accepted["intervention"]["numero"], "INT-2031-000001");
    let work = format!("interventions/{}", accepted["intervention_id"]);
    let made = plant.responsable().get(&work).await.expect(200);
    for field in
        ["titre", "description", "equipement_id", "arret_equipement", "survenue_le", "symptome_code_id"]
    {
        assert_eq!(made[field], filed[field], "{field}");
    }
    assert_eq!((&made["priorite"], &made["type_intervention"]), (&json!("haute"), &json!("corrective")));
    assert_eq!((&made["declaree_le"], &made["demande_id"]), (&filed["date_creation"], &filed["id"]));
    assert_eq!(
        (&made["statut"], &made["date_creation"]),
        (&json!("planifie"), &json!("2031-01-15T10:00:00Z"))
    );
    let history = plant.responsable().get(&format!("{work}/historique")).await.expect(200);
    assert_eq!(history["items"][0]["remarque"], "Demande DEM-2031-000001");
    assert_eq!(
        value(&plant, "select group_concat(action) from journal"),
        "demande.creation,equipement.modification,intervention.creation,demande.acceptation"
    );
}

#[tokio::test]
async fn a_responsable_says_better_what_the_work_is_and_who_does_it() {
    let plant = Plant::new();
    let path = filed_by(&plant.client()).await;
    let better = json!({"titre": "Garniture à changer", "priorite": "basse", "type_intervention": "diagnostic",
        "technicien_id": 1, "date_limite": "2031-01-20"});

    let accepted = accept(&plant.responsable(), &path, better).await.expect(200);

    assert_eq!(accepted["titre"], "La pompe goutte", "what was asked stays as it was asked");
    let work = format!("interventions/{}", accepted["intervention_id"]);
    let made = plant.technicien().get(&work).await.expect(200);
    assert_eq!((&made["titre"], &made["priorite"]), (&json!("Garniture à changer"), &json!("basse")));
    assert_eq!((&made["type_intervention"], &made["technicien_id"]), (&json!("diagnostic"), &json!(1)));
    assert_eq!(made["date_limite"], "2031-01-20T23:59:59Z");
}

#[tokio::test]
async fn a_demande_whose_technicien_cannot_take_it_stays_new() {
    let plant = Plant::new();
    let path = filed_by(&plant.client()).await;
    plant.responsable().patch("techniciens/1", json!({"disponibilite": "indisponible"})).await.expect(200);

    let refused = accept(&plant.responsable(), &path, json!({"technicien_id": 1})).await.expect(409);
    let unknown = accept(&plant.responsable(), &path, json!({"technicien_id": 99})).await.expect(422);

    assert_eq!((refused.code(), &unknown["errors"][0]["champ"]), ("non_qualifie", &json!("technicien_id")));
    assert_eq!(plant.client().get(&path).await["statut"], "nouvelle");
    assert_eq!(value(&plant, "select count(*) from interventions"), "0");
}

#[tokio::test]
async fn a_symptome_that_is_no_longer_offered_keeps_no_demande_from_being_accepted() {
    let plant = Plant::new();
    let filed = plant.client().post("demandes/", drip_with(json!({"symptome_code_id": 1}))).await.expect(201);
    plant.responsable().patch("codes/1", json!({"actif": false})).await.expect(200);
    plant.client().post("demandes/", drip_with(json!({"symptome_code_id": 1}))).await.expect(422);

    let path = format!("demandes/{}", filed.id());
    let accepted = accept(&plant.responsable(), &path, json!({})).await.expect(200);

    let work = format!("interventions/{}", accepted["intervention_id"]);
    assert_eq!(plant.responsable().get(&work).await.expect(200)["symptome_code_id"], 1);
}

#[tokio::test]
async fn a_refusal_says_why_and_its_author_reads_it() {
    let plant = Plant::new();
    let path = filed_by(&plant.client()).await;

    for wordless in [json!({}), json!({"motif": "  "})] {
        let refused = plant.responsable().post(&format!("{path}/refus"), wordless).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], "motif");
    }
    refuse(&plant.responsable(), &path).await.expect(200);

    let read = plant.client().get(&path).await.expect(200);
    assert_eq!((&read["statut"], &read["motif_refus"]), (&json!("refusee"), &json!("Remplacement commandé")));
    assert_eq!(read["intervention_id"], Value::Null);
    let again = accept(&plant.responsable(), &path, json!({})).await.expect(409);
    assert_eq!((again.code(), &again["statut"]), ("deja_traitee", &json!("refusee")));
    let written = "select apres ->> '$.motif_refus' from journal where action = 'demande.refus'";
    assert_eq!(value(&plant, written), "Remplacement commandé");
}

#[tokio::test]
async fn only_those_who_run_the_plant_answer() {
    let plant = Plant::new();
    let path = filed_by(&plant.technicien()).await;

    for person in ["technicien", "client"] {
        accept(&plant.person(person), &path, json!({})).await.expect(403);
        refuse(&plant.person(person), &path).await.expect(403);
    }
    let own = filed_by(&plant.responsable()).await;

    let offered = plant.responsable().get(&own).await.expect(200)["actions"].clone();
    assert_eq!(offered, json!(["accepter", "refuser", "modifier", "retirer"]));
}

#[tokio::test]
async fn of_two_who_answer_at_once_one_wins_and_the_other_is_told() {
    let plant = Plant::new();
    let (admin, responsable) = (plant.admin(), plant.responsable());

    for _ in 0..5 {
        let path = filed_by(&plant.client()).await;
        let (accepted, again, refused) = tokio::join!(
            accept(&responsable, &path, json!({})),
            accept(&admin, &path, json!({})),
            refuse(&admin, &path)
        );
        let mut statuses = [&accepted, &again, &refused].map(|reply| reply.status.as_u16());
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409]);
    }

    let made = "select (select count(*) from interventions) = (select count(*) from demandes where statut = 'acceptee')";
    assert_eq!(value(&plant, made), "1");
}

#[tokio::test]
async fn a_phone_that_sends_twice_files_and_accepts_once() {
    let plant = Plant::new();
    let key = |key: &'static str| [("idempotency-key", key)];
    let (client, responsable) = (plant.client(), plant.responsable());

    let first = client.send("POST", "demandes/", &key("depot"), Some(drip())).await.expect(201);
    let second = client.send("POST", "demandes/", &key("depot"), Some(drip())).await.expect(201);
    let path = format!("demandes/{}/acceptation", first.id());
    let accepted = responsable.send("POST", &path, &key("oui"), Some(json!({}))).await.expect(200);
    let replayed = responsable.send("POST", &path, &key("oui"), Some(json!({}))).await.expect(200);

    assert_eq!((first.body, accepted.body), (second.body, replayed.body));
    let counts = "select (select count(*) from demandes) || ',' || (select count(*) from interventions)";
    assert_eq!(value(&plant, counts), "1,1");
}

#[tokio::test]
async fn a_second_report_of_the_same_problem_joins_the_work_under_way() {
    let plant = Plant::new();
    let (first, second) = (filed_by(&plant.client()).await, filed_by(&plant.technicien()).await);
    let work = accept(&plant.responsable(), &first, json!({})).await.expect(200)["intervention_id"].clone();

    let joined = accept(&plant.responsable(), &second, json!({"intervention_id": work})).await.expect(200);

    assert_eq!((&joined["statut"], &joined["intervention_id"]), (&json!("acceptee"), &work));
    assert_eq!(value(&plant, "select count(*) from interventions"), "1");
    assert_eq!(found(&plant.responsable(), &format!("intervention_id={work}")).await, [1, 2]);
    let made = plant.responsable().get(&format!("interventions/{work}")).await.expect(200);
    assert_eq!(made["demande_id"], 1, "it came from the first");
}

#[tokio::test]
async fn a_demande_joins_open_work_on_its_own_site_only_and_adds_nothing_to_it() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let path = filed_by(&plant.client()).await;
    let elsewhere = responsable.post("interventions/", leak_with(json!({"equipement_id": 2}))).await.id();
    let over = responsable.post("interventions/", leak()).await.id();
    go(&responsable, &format!("interventions/{over}"), "annule").await.expect(200);
    let open = responsable.post("interventions/", leak()).await.id();

    let refused = [
        accept(&responsable, &path, json!({"intervention_id": 99})).await.expect(422),
        accept(&responsable, &path, json!({"intervention_id": elsewhere})).await.expect(422),
        accept(&responsable, &path, json!({"intervention_id": open, "priorite": "haute"})).await.expect(422),
    ];
    let closed = accept(&responsable, &path, json!({"intervention_id": over})).await.expect(409);

    let fields = refused.map(|reply| reply["errors"][0]["champ"].clone());
    assert_eq!(fields, ["intervention_id", "intervention_id", "priorite"]);
    assert_eq!((closed.code(), &closed["statut"]), ("intervention_close", &json!("annule")));
    accept(&responsable, &path, json!({"intervention_id": open})).await.expect(200);
}

// A14
#[tokio::test]
async fn whoever_asked_follows_the_work_to_its_end_without_what_is_internal() {
    let plant = Plant::new();
    // Claire asks, Youssef works.
    let path = filed_by(&plant.person("technicien2")).await;
    let accepted = accept(&plant.responsable(), &path, json!({"technicien_id": 1})).await.expect(200);
    let work = format!("interventions/{}", accepted["intervention_id"]);
    plant.person("technicien2").get(&work).await.expect(404);
    let before = plant.person("technicien2").get(&path).await.expect(200);
    let etag = before.header("etag").to_owned();
    go(&plant.technicien(), &work, "en_cours").await.expect(200);
    let remark = |texte: &str, interne: bool| json!({"texte": texte, "interne": interne});
    let comments = format!("{work}/commentaires");
    plant.technicien().post(&comments, remark("Pièce reçue", false)).await.expect(201);
    plant.technicien().post(&comments, remark("Le client force la vanne", true)).await.expect(201);
    plant.set_time("2031-01-15T11:00:00Z");

    go(&plant.technicien(), &work, "termine").await.expect(200);
    let known = [("if-none-match", etag.as_str())];
    let followed = plant.person("technicien2").send("GET", &path, &known, None).await.expect(200);

    let progress = &followed["intervention"];
    assert_eq!((&progress["numero"], &progress["statut"]), (&json!("INT-2031-000001"), &json!("termine")));
    assert_eq!(progress["date_debut_reelle"], "2031-01-15T08:00:00Z");
    assert_eq!(progress["date_fin_reelle"], "2031-01-15T11:00:00Z");
    let said: Vec<_> =
        followed["commentaires"].as_array().expect("remarks").iter().map(|said| &said["texte"]).collect();
    assert_eq!(said, ["Pièce reçue"]);
    assert_eq!(followed["commentaires"][0]["auteur"], "Youssef Technicien");
    for hidden in ["force la vanne", "Garniture remplacée"] {
        assert!(!String::from_utf8_lossy(&followed.bytes).contains(hidden), "{hidden}");
    }
    let fresh = [("if-none-match", followed.header("etag"))];
    plant.person("technicien2").send("GET", &path, &fresh, None).await.expect(304);
}

#[tokio::test]
async fn whoever_asked_reads_why_the_work_was_cancelled() {
    let plant = Plant::new();
    let path = filed_by(&plant.technicien()).await;
    let accepted = accept(&plant.responsable(), &path, json!({})).await.expect(200);
    let work = format!("interventions/{}", accepted["intervention_id"]);

    let kept = plant.responsable().delete(&work).await.expect(409);
    let moved = plant.responsable().patch(&work, json!({"equipement_id": 2})).await.expect(409);
    go(&plant.responsable(), &work, "annule").await.expect(200);

    assert_eq!((kept.code(), moved.code()), ("issue_d_une_demande", "issue_d_une_demande"));
    let told = plant.technicien().get(&path).await.expect(200);
    assert_eq!(
        (&told["intervention"]["statut"], &told["motif_annulation"]),
        (&json!("annule"), &json!("Parce que"))
    );
}

#[tokio::test]
async fn a_new_demande_is_told_what_was_reported_before_most_alike_first() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    filed_by(&plant.technicien()).await;
    let asked = plant.client().post("demandes/", drip_with(json!({"titre": "Bruit au moteur"}))).await;
    let asked = format!("demandes/{}", asked.expect(201).id());
    accept(&responsable, &asked, json!({})).await.expect(200);
    let other =
        responsable.post("interventions/", leak_with(json!({"titre": "Vibrations"}))).await.expect(201);
    let refused = filed_by(&plant.client()).await;
    refuse(&responsable, &refused).await.expect(200);
    plant.client().delete(&filed_by(&plant.client()).await).await.expect(204);
    responsable.post("interventions/", leak_with(json!({"equipement_id": 2}))).await.expect(201);

    let query = "demandes/doublons?equipement_id=1&titre=Du%20bruit%20dans%20le%20moteur";
    let hint = responsable.get(query).await.expect(200);
    let english = [("accept-language", "en")];
    let translated = responsable.send("GET", query, &english, None).await.expect(200);
    let filed = responsable
        .post("demandes/", drip_with(json!({"titre": "Du bruit dans le moteur"})))
        .await
        .expect(201);

    let told = |reply: &Reply, list: &str| -> Vec<(String, i64)> {
        let items = reply[list].as_array().expect("a list").clone();
        let text = |item: &Value| item["numero"].as_str().expect("a number").to_owned();
        items.iter().map(|item| (text(item), item["ressemblance"].as_i64().expect("a number"))).collect()
    };
    let hinted = told(&hint, "items");
    assert_eq!(hinted[0], ("DEM-2031-000002".to_owned(), 100), "told as it was asked, not as work");
    let mut others: Vec<_> = hinted[1..].to_vec();
    others.sort();
    let expected = ["DEM-2031-000001", "INT-2031-000002"].map(|numero| (numero.to_owned(), 0));
    assert_eq!(others, expected);
    assert_eq!(told(&filed, "doublons"), hinted, "and not itself");
    let first = &hint["items"][0];
    assert_eq!(first["message"], "Déjà signalé par Chaïma Cliente le 15/01/2031 à 08:00.");
    assert_eq!((&first["statut_libelle"], &first["intervention_id"]), (&json!("Planifiée"), &json!(1)));
    assert_eq!(
        translated["items"][0]["message"],
        "Already reported by Chaïma Cliente on 15/01/2031 at 08:00."
    );
    assert_eq!(other["numero"], "INT-2031-000002");
}

// A14
#[tokio::test]
async fn nobody_is_told_of_reports_that_they_do_not_see() {
    let plant = Plant::new();
    filed_by(&plant.client()).await;
    plant.responsable().post("interventions/", leak_with(json!({"technicien_id": 1}))).await.expect(201);

    let hint = async |person: &str| {
        let reply = plant.person(person).get("demandes/doublons?equipement_id=1").await.expect(200);
        reply["items"].as_array().expect("a list").iter().map(|item| item["type"].clone()).collect::<Vec<_>>()
    };

    assert_eq!(hint("technicien").await, ["intervention"], "assigned to them");
    assert_eq!(hint("technicien2").await, Vec::<Value>::new());
    assert_eq!(hint("client").await.len(), 2);
}

// A14
#[tokio::test]
async fn a_photo_of_a_demande_is_seen_with_the_work_that_answers_it_and_is_not_copied() {
    let plant = Plant::new();
    let asked = filed_by(&plant.client()).await;
    let photo = add_to(&plant.client(), ("demande_id", 1), "pompe.png", &picture(4, 4)).await.expect(201);
    let path = format!("documents/{}", photo.id());
    plant.technicien().get(&path).await.expect(404);

    let accepted = accept(&plant.responsable(), &asked, json!({"technicien_id": 1})).await.expect(200);

    let of_work = format!("documents/?intervention_id={}", accepted["intervention_id"]);
    for person in ["technicien", "responsable", "client"] {
        let listed = plant.person(person).get(&of_work).await.expect(200);
        assert_eq!(
            (listed.ids(), &listed["items"][0]["demande_id"]),
            (vec![photo.id()], &json!(1)),
            "{person}"
        );
        plant.person(person).get(&format!("{path}/contenu")).await.expect(200);
        assert_eq!(plant.person(person).get("documents/?demande_id=1").await.ids(), [photo.id()]);
    }
    for hidden in ["technicien2", "client2"] {
        plant.person(hidden).get(&path).await.expect(404);
        assert_eq!(plant.person(hidden).get(&of_work).await.expect(200).ids(), Vec::<i64>::new());
    }
    assert_eq!(value(&plant, "select count(*) from documents"), "1");
}

// A14, A15
#[tokio::test]
async fn only_whoever_asked_and_those_who_run_the_plant_add_to_a_demande() {
    let plant = Plant::new();
    let photo = picture(4, 4);
    filed_by(&plant.technicien()).await;
    let loom = drip_with(json!({"equipement_id": 2}));
    plant.person("client2").post("demandes/", loom).await.expect(201);
    plant.responsable().post("interventions/", leak()).await.expect(201);

    add_to(&plant.technicien(), ("demande_id", 1), "a.png", &photo).await.expect(201);
    add_to(&plant.responsable(), ("demande_id", 1), "b.png", &photo).await.expect(201);
    add_to(&plant.client(), ("demande_id", 1), "c.png", &photo).await.expect(403);
    let foreign = add_to(&plant.client(), ("demande_id", 2), "d.png", &photo).await.expect(422);
    let absent = add_to(&plant.client(), ("demande_id", 99), "d.png", &photo).await.expect(422);
    add_to(&plant.client(), ("intervention_id", 1), "e.png", &photo).await.expect(403);
    add_to(&plant.client(), ("equipement_id", 1), "f.png", &photo).await.expect(403);

    assert_eq!(foreign["errors"], absent["errors"]);
    assert_eq!(foreign["errors"][0]["champ"], "demande_id");
    assert_eq!(value(&plant, "select count(*) from documents"), "2");
}

#[tokio::test]
async fn nothing_more_is_added_to_a_demande_that_was_refused() {
    let plant = Plant::new();
    let path = filed_by(&plant.client()).await;
    refuse(&plant.responsable(), &path).await.expect(200);

    let refused = add_to(&plant.client(), ("demande_id", 1), "a.png", &picture(4, 4)).await.expect(409);

    assert_eq!(refused.code(), "deja_traitee");
}

#[tokio::test]
async fn each_filter_keeps_what_it_names_and_facets_count_it() {
    let plant = Plant::new();
    let urgent = json!({"urgence": "urgente", "arret_equipement": true});
    plant.client().post("demandes/", drip_with(urgent)).await.expect(201);
    let loom = json!({"equipement_id": 2, "titre": "Chaîne cassée"});
    plant.technicien().post("demandes/", drip_with(loom)).await.expect(201);
    let third = filed_by(&plant.responsable()).await;
    refuse(&plant.responsable(), &third).await.expect(200);
    let responsable = plant.responsable();

    for (query, expected) in [
        ("", vec![1, 2, 3]),
        ("statut=nouvelle", vec![1, 2]),
        ("statut=refusee&statut=acceptee", vec![3]),
        ("urgence=urgente", vec![1]),
        ("equipement_id=2", vec![2]),
        ("site_id=1", vec![1, 3]),
        ("client_id=2", vec![2]),
        ("arret_equipement=true", vec![1]),
        ("miennes=true", vec![3]),
        ("miennes=false", vec![1, 2]),
        ("cree_du=2031-01-15&cree_au=2031-01-15", vec![1, 2, 3]),
        ("cree_du=2031-01-16", vec![]),
        ("q=chaine", vec![2]),
        ("q=pompe", vec![1, 3]),
        ("q=metier+casse", vec![2]),
        ("q=DEM-2031-000003", vec![3]),
    ] {
        assert_eq!(found(&responsable, query).await, expected, "{query}");
    }
    responsable.get("demandes/?status=nouvelle").await.expect(422);
    for (order, first) in [("-urgence", 1), ("titre", 2), ("-statut", 3), ("equipement_nom,-numero", 2)] {
        assert_eq!(responsable.get(&format!("demandes/?tri={order}")).await.ids()[0], first, "{order}");
    }
    let faceted = responsable.get("filters/demandes?arret_equipement=false").await.expect(200);
    assert_eq!(
        faceted["facettes"]["statut"],
        json!([{"valeur": "nouvelle", "libelle": "Nouvelle", "nombre": 1},
               {"valeur": "refusee", "libelle": "Refusée", "nombre": 1}])
    );
    assert_eq!(faceted["facettes"]["site_id"][0]["nombre"], 1);
}

#[tokio::test]
async fn the_search_over_everything_finds_the_demandes_that_one_sees() {
    let plant = Plant::new();
    filed_by(&plant.client()).await;

    let seen = plant.client().get("filters/recherche?q=goutte").await.expect(200);
    let hidden = plant.technicien().get("filters/recherche?q=goutte").await.expect(200);

    let result = &seen["items"][0];
    let expected = (&json!("demande"), &json!("DEM-2031-000001 La pompe goutte"));
    assert_eq!((&result["type"], &result["libelle"]), expected);
    assert_eq!(hidden["items"], json!([]));
    let values = plant.client().get("filters/valeurs").await.expect(200);
    let words: Vec<_> =
        values["statut_demande"].as_array().expect("words").iter().map(|word| &word["valeur"]).collect();
    assert_eq!(words, ["nouvelle", "acceptee", "refusee", "retiree"]);
}

// D15
#[tokio::test]
async fn a_list_costs_at_most_six_statements_whatever_it_shows() {
    let plant = Plant::new();
    let sql = "
        with recursive n (i) as (select 1 union all select i + 1 from n where i < 300)
        insert into demandes (numero, equipement_id, titre, demandeur_id, date_creation, updated_at)
        select printf('DEM-2030-%06d', i), 1 + i % 2, 'Panne ' || (i % 7), 3 + i % 4, 1900000000 + i, 0 from n";
    plant.database().execute(sql, []).expect("many demandes");

    for (person, query) in [
        ("responsable", "page_size=200"),
        ("responsable", "q=panne+pompe&site_id=1&cree_du=2030-01-01&tri=equipement_nom"),
        ("technicien", "page_size=200"),
        ("client", "statut=nouvelle&page_size=200"),
    ] {
        for path in ["demandes/", "filters/demandes"] {
            let person = plant.person(person);
            let before = plant.app.metrics().statements.get();
            let list = person.get(&format!("{path}?{query}")).await.expect(200);
            let spent = plant.app.metrics().statements.get() - before;

            assert!(!list.ids().is_empty(), "{query}");
            assert!(spent <= 6, "{spent} statements for {path}?{query}");
        }
    }
}

// D9, D10
#[tokio::test]
async fn the_database_itself_refuses_to_forget_or_rewrite_an_answer() {
    let plant = Plant::new();
    let (accepted, refused) = (filed_by(&plant.client()).await, filed_by(&plant.client()).await);
    accept(&plant.responsable(), &accepted, json!({})).await.expect(200);
    refuse(&plant.responsable(), &refused).await.expect(200);
    filed_by(&plant.client()).await;
    let database = plant.database();

    for sql in [
        "delete from demandes where id = 3",
        "update demandes set motif_refus = 'Autre' where id = 2",
        "update demandes set statut = 'nouvelle', intervention_id = null, date_traitement = null where id = 1",
        "update demandes set statut = 'acceptee', date_traitement = 0 where id = 3",
        "update demandes set statut = 'refusee', date_traitement = 0 where id = 3",
        "update interventions set demande_id = 3",
        "update interventions set supprimee_le = 0",
        "insert into interventions (numero, titre, type_intervention, equipement_id, demande_id, date_creation,
             declaree_le, updated_at) values ('X', 'X', 'corrective', 1, 1, 0, 0, 0)",
        "insert into interventions (numero, titre, type_intervention, equipement_id, demande_id, date_creation,
             declaree_le, updated_at) values ('X', 'X', 'corrective', 1, 99, 0, 0, 0)",
    ] {
        database.execute(sql, []).expect_err(sql);
    }
}

#[tokio::test]
async fn a_hundred_demandes_wait_for_an_answer_and_two_hundred_are_filed_in_a_day() {
    let plant = Plant::new();
    let client = plant.client();
    let mut first = String::new();
    for n in 0..100 {
        let path = filed_by(&client).await;
        if n == 0 {
            first = path;
        }
    }

    let unanswered = client.post("demandes/", drip()).await.expect(409);
    plant.responsable().post("demandes/", drip()).await.expect(201);
    client.delete(&first).await.expect(204);
    for _ in 0..100 {
        let path = filed_by(&client).await;
        client.delete(&path).await.expect(204);
    }
    let today = client.post("demandes/", drip()).await.expect(429);
    plant.advance(std::time::Duration::from_secs(24 * 3600));

    assert_eq!((unanswered.code(), &unanswered["maximum"]), ("trop_de_demandes", &json!(100)));
    assert_eq!((today.code(), today.header("retry-after")), ("trop_de_tentatives", "3600"));
    filed_by(&plant.client()).await;
}
