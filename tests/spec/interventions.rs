//! Interventions: created, changed, withdrawn, commented, validated; who sees which.

use serde_json::{Value, json};

use crate::plant::{Person, Plant, Reply};

/// A plain request for work on the pump of Casablanca.
pub fn leak() -> Value {
    json!({"titre": "Fuite au presse-étoupe", "type_intervention": "corrective", "equipement_id": 1})
}

/// The same with further fields.
pub fn leak_with(further: Value) -> Value {
    let mut body = leak();
    for (field, value) in further.as_object().expect("an object") {
        body[field] = value.clone();
    }
    body
}

/// An intervention on the pump that Youssef leads; its address.
pub async fn led_by_youssef(plant: &Plant) -> String {
    let created =
        plant.responsable().post("interventions/", leak_with(json!({"technicien_id": 1}))).await.expect(201);
    format!("interventions/{}", created.id())
}

/// Takes an intervention to a statut, with what any step asks for.
pub async fn go(person: &Person<'_>, path: &str, statut: &str) -> Reply {
    let mut body = json!({"statut": statut, "remarque": "Parce que"});
    if statut == "termine" {
        body["compte_rendu"] = json!("Garniture remplacée");
    }
    person.patch(&format!("{path}/statut"), body).await
}

/// One value of the database, as text.
pub fn value(plant: &Plant, sql: &str) -> String {
    let text = format!("select cast(({sql}) as text)");
    let found: Option<String> =
        plant.database().query_row(&text, [], |row| row.get(0)).expect("a readable value");
    found.unwrap_or_default()
}

#[tokio::test]
async fn a_new_intervention_is_numbered_planned_and_remembered() {
    let plant = Plant::new();

    let created = plant.responsable().post("interventions/", leak()).await.expect(201);

    let path = format!("interventions/{}", created.id());
    assert_eq!(created.header("location"), format!("/api/v1/{path}"));
    assert_eq!(created["numero"], "INT-2031-000001");
    assert_eq!((&created["statut"], &created["priorite"]), (&json!("planifie"), &json!("normale")));
    assert_eq!(created["equipement_nom"], "Pompe de relevage");
    assert_eq!((&created["site_id"], &created["client_id"]), (&json!(1), &json!(1)));
    assert_eq!((&created["a_planifier"], &created["en_retard"]), (&json!(true), &json!(false)));
    assert_eq!(created["declaree_le"], created["date_creation"]);
    assert_eq!(created["transitions"], json!(["annule"]), "nobody could start it");
    assert_eq!(plant.responsable().get(&path).await.expect(200).body, created.body);
    let history = plant.responsable().get(&format!("{path}/historique")).await.expect(200);
    let line = &history["items"][0];
    assert_eq!((&line["type"], &line["de"]), (&json!("creation"), &Value::Null));
    assert_eq!((&line["vers"], &line["auteur"]), (&json!("planifie"), &json!("Rachid Responsable")));
    assert_eq!(value(&plant, "select group_concat(action) from journal"), "intervention.creation");
}

#[tokio::test]
async fn numbers_have_no_gap_and_begin_again_with_the_year_of_the_site() {
    let plant = Plant::new();
    plant.database().execute_batch("update sites set fuseau = 'Europe/Paris'").expect("a move");
    let responsable = plant.responsable();
    responsable.post("interventions/", leak()).await.expect(201);
    responsable.post("interventions/", leak_with(json!({"technicien_id": 99}))).await.expect(422);

    let second = responsable.post("interventions/", leak()).await.expect(201);
    // Half past midnight of the new year in Paris.
    plant.set_time("2033-12-31T23:30:00Z");
    let next_year = plant.responsable().post("interventions/", leak()).await.expect(201);

    assert_eq!(
        (&second["numero"], &next_year["numero"]),
        (&json!("INT-2031-000002"), &json!("INT-2034-000001"))
    );
}

// A16
#[tokio::test]
async fn the_server_alone_sets_numbers_dates_and_statuts() {
    let plant = Plant::new();

    for forbidden in ["statut", "numero", "date_creation", "date_debut_reelle", "validee_par", "version", "x"]
    {
        let refused =
            plant.responsable().post("interventions/", leak_with(json!({forbidden: 1}))).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], forbidden);
    }
}

#[tokio::test]
async fn a_title_that_no_one_can_read_is_refused() {
    let plant = Plant::new();

    for title in ["", "   ", "\u{0}", "\u{0}Fuite"] {
        let refused =
            plant.responsable().post("interventions/", leak_with(json!({"titre": title}))).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], "titre");
    }
}

#[tokio::test]
async fn what_a_body_refers_to_must_exist() {
    let plant = Plant::new();

    for (field, wrong) in [
        ("equipement_id", json!(99)),
        ("technicien_id", json!(99)),
        ("competences_requises", json!([{"competence_id": 99}])),
    ] {
        let refused =
            plant.responsable().post("interventions/", leak_with(json!({field: wrong}))).await.expect(422);
        let champ = refused["errors"][0]["champ"].as_str().expect("a field");
        assert!(champ.starts_with(field), "{champ}");
    }
}

#[tokio::test]
async fn dates_in_the_wrong_order_are_refused() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;

    for (patch, champ) in [
        (
            json!({"date_debut_prevue": "2031-01-16T10:00:00Z", "date_fin_prevue": "2031-01-16T10:00:00Z"}),
            "date_fin_prevue",
        ),
        (
            json!({"date_arret": "2031-01-16T10:00:00Z", "date_remise_en_service": "2031-01-16T09:00:00Z"}),
            "date_remise_en_service",
        ),
        (json!({"survenue_le": "2031-01-15T08:00:01Z"}), "declaree_le"),
    ] {
        let refused = plant.responsable().patch(&path, patch).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], champ);
    }
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_name_and_leaves_one_journal_entry() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;

    let changed = plant
        .responsable()
        .patch(&path, json!({"priorite": "urgente", "date_limite": "2031-01-15T07:00:00Z"}))
        .await
        .expect(200);

    assert_eq!(changed["titre"], "Fuite au presse-étoupe");
    assert_eq!((&changed["priorite"], &changed["en_retard"]), (&json!("urgente"), &json!(true)));
    assert_eq!(changed.header("etag"), "\"2\"");
    let after =
        value(&plant, "select group_concat(apres) from journal where action = 'intervention.modification'");
    assert!(after.contains("urgente") && !after.contains("titre"), "{after}");
}

// D14
#[tokio::test]
async fn a_change_based_on_an_older_version_changes_nothing() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    plant.responsable().patch(&path, json!({"priorite": "haute"})).await.expect(200);
    let old = [("if-match", "\"1\"")];
    let responsable = plant.responsable();

    responsable.send("PATCH", &path, &old, Some(json!({"priorite": "basse"}))).await.expect(412);
    let start = Some(json!({"statut": "en_cours"}));
    responsable.send("PATCH", &format!("{path}/statut"), &old, start).await.expect(412);
    let nobody = Some(json!({"affectations": []}));
    responsable.send("PUT", &format!("{path}/affectations"), &old, nobody).await.expect(412);
    responsable.send("DELETE", &path, &old, None).await.expect(412);

    let unchanged = responsable.get(&path).await.expect(200);
    assert_eq!((&unchanged["priorite"], &unchanged["statut"]), (&json!("haute"), &json!("planifie")));
}

// A15
#[tokio::test]
async fn a_technicien_fills_in_the_report_of_their_own_intervention_and_nothing_else() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    let report = json!({"symptome": "Goutte", "cause": "Usure", "remede": "Joint", "compte_rendu": "Fait"});

    let written = plant.technicien().patch(&path, report.clone()).await.expect(200);
    let forbidden = plant.technicien().patch(&path, json!({"cause": "Choc", "priorite": "basse"})).await;
    let foreign = plant.person("technicien2").patch(&path, report.clone()).await;
    let client = plant.client().patch(&path, report).await;

    assert_eq!((&written["cause"], &written["priorite"]), (&json!("Usure"), &json!("normale")));
    forbidden.expect(403);
    foreign.expect(404);
    client.expect(403);
    assert_eq!(plant.responsable().get(&path).await["cause"], "Usure");
}

// A14
#[tokio::test]
async fn an_intervention_is_seen_by_its_people_its_owner_and_the_plant_only() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    let absent = plant.client().get("interventions/999").await.expect(404);

    for (person, sees) in [
        ("admin", true),
        ("responsable", true),
        ("technicien", true),
        ("technicien2", false),
        ("client", true),
        ("client2", false),
    ] {
        let person_there = plant.person(person);
        let status = if sees { 200 } else { 404 };
        for address in [path.clone(), format!("{path}/historique"), format!("{path}/commentaires")] {
            let reply = person_there.get(&address).await.expect(status);
            assert!(sees || reply["detail"] == absent["detail"], "{person} {address}");
        }
        let list = person_there.get("interventions/").await.expect(200);
        assert_eq!(list["total"], i64::from(sees), "{person}");
        let said = person_there.post(&format!("{path}/commentaires"), json!({"texte": "Vu"})).await;
        said.expect(if sees { 201 } else { 404 });
    }
}

// A14
#[tokio::test]
async fn a_technicien_who_is_replaced_no_longer_sees_it_at_once() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    plant.technicien().get(&path).await.expect(200);

    plant.responsable().patch(&path, json!({"technicien_id": 2})).await.expect(200);

    plant.technicien().get(&path).await.expect(404);
    let seen = plant.person("technicien2").get(&path).await.expect(200);
    assert_eq!(seen["technicien_nom"], "Claire Technicienne");
    let history = plant.responsable().get(&format!("{path}/historique")).await.expect(200);
    assert_eq!(history["items"][2]["remarque"], "Claire Technicienne, sans créneau");
    assert_eq!(value(&plant, "select count(*) from journal where action = 'intervention.affectation'"), "1");
}

#[tokio::test]
async fn a_planned_intervention_is_deleted_for_everyone_and_its_number_is_kept() {
    let plant = Plant::new();
    let slot = json!({
        "technicien_id": 1,
        "date_debut_prevue": "2031-01-16T09:00:00Z",
        "duree_estimee_min": 60
    });
    let created = plant.responsable().post("interventions/", leak_with(slot.clone())).await.expect(201);
    let path = format!("interventions/{}", created.id());

    plant.responsable().delete(&path).await.expect(204);

    for person in ["admin", "responsable", "technicien", "client"] {
        plant.person(person).get(&path).await.expect(404);
        assert_eq!(plant.person(person).get("interventions/").await["total"], 0, "{person}");
    }
    plant.responsable().delete(&path).await.expect(404);
    let again = plant.responsable().post("interventions/", leak_with(slot)).await.expect(201);
    assert_eq!(again["numero"], "INT-2031-000002", "the slot is free, the number is not");
    assert_eq!(value(&plant, "select count(*) from journal where action = 'intervention.suppression'"), "1");
}

#[tokio::test]
async fn work_that_began_cannot_be_deleted_nor_moved_to_another_machine_nor_left_without_anyone() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    let responsable = plant.responsable();

    let deleted = responsable.delete(&path).await.expect(409);
    let moved = responsable.patch(&path, json!({"equipement_id": 2})).await.expect(409);
    let abandoned = responsable.patch(&path, json!({"technicien_id": null})).await.expect(409);

    assert_eq!(
        (deleted.code(), moved.code(), abandoned.code()),
        ("deja_commencee", "deja_commencee", "sans_technicien")
    );
}

#[tokio::test]
async fn finished_work_is_read_only_but_for_remarks() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    for statut in ["en_cours", "termine"] {
        go(&plant.technicien(), &path, statut).await.expect(200);
    }

    let late = plant.technicien().patch(&path, json!({"cause": "Autre"})).await.expect(409);
    let booked = plant.responsable().put(&format!("{path}/affectations"), json!({"affectations": []})).await;
    let remark = plant.client().post(&format!("{path}/commentaires"), json!({"texte": "Merci"})).await;

    assert_eq!((late.code(), booked.expect(409).code()), ("lecture_seule", "lecture_seule"));
    remark.expect(201);
}

#[tokio::test]
async fn a_client_neither_reads_nor_writes_internal_remarks() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    let remarks = format!("{path}/commentaires");
    let internal = json!({"texte": "Le client exagère", "interne": true});
    plant.technicien().post(&remarks, internal.clone()).await.expect(201);
    plant.technicien().post(&remarks, json!({"texte": "Pièce commandée"})).await.expect(201);

    let refused = plant.client().post(&remarks, internal).await.expect(422);
    let seen = plant.client().get(&remarks).await.expect(200);
    let searched = plant.client().get(&format!("{remarks}?q=exagere")).await.expect(200);
    let all = plant.responsable().get(&remarks).await.expect(200);

    assert_eq!(refused["errors"][0]["champ"], "interne");
    assert_eq!((&seen["total"], &searched["total"], &all["total"]), (&json!(1), &json!(0), &json!(2)));
    assert_eq!(seen["items"][0]["texte"], "Pièce commandée");
    assert_eq!(all["items"][0]["auteur"], "Youssef Technicien");
    assert_eq!(value(&plant, "select count(*) from journal where action = 'commentaire.creation'"), "2");
}

#[tokio::test]
async fn finished_work_is_validated_once_by_a_responsable_and_then_frozen() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    let validation = format!("{path}/validation");
    let early = plant.responsable().post(&validation, json!({})).await.expect(409);
    for statut in ["en_cours", "termine"] {
        go(&plant.technicien(), &path, statut).await.expect(200);
    }

    plant.technicien().post(&validation, json!({})).await.expect(403);
    let done = plant.responsable().post(&validation, json!({"remarque": "Vu sur place"})).await.expect(200);
    let twice = plant.admin().send("POST", &validation, &[], None).await.expect(409);
    let reopened = go(&plant.responsable(), &path, "en_cours").await.expect(409);

    assert_eq!(
        (early.code(), twice.code(), reopened.code()),
        ("non_terminee", "validee", "transition_refusee")
    );
    assert_eq!((&done["validee_par"], &done["transitions"]), (&json!(2), &json!([])));
    assert_eq!(done["validee_par_nom"], "Rachid Responsable");
    let history = plant.responsable().get(&format!("{path}/historique")).await.expect(200);
    let last = history["items"].as_array().and_then(|items| items.last()).expect("a line").clone();
    assert_eq!((&last["type"], &last["remarque"]), (&json!("validation"), &json!("Vu sur place")));
}

#[tokio::test]
async fn creating_twice_with_one_idempotency_key_creates_once() {
    let plant = Plant::new();
    let key = [("idempotency-key", "telephone-7")];
    let responsable = plant.responsable();

    let first = responsable.send("POST", "interventions/", &key, Some(leak())).await.expect(201);
    let second = responsable.send("POST", "interventions/", &key, Some(leak())).await.expect(201);

    assert_eq!(first.body, second.body);
    assert_eq!(second.header("idempotent-replayed"), "true");
    assert_eq!(value(&plant, "select count(*) from interventions"), "1");
}

#[tokio::test]
async fn one_person_writes_three_hundred_remarks_a_day_and_others_go_on() {
    let plant = Plant::new();
    let work = plant.responsable().post("interventions/", leak()).await.expect(201).id();
    let remarks = format!("interventions/{work}/commentaires");
    plant
        .database()
        .execute_batch(&format!(
            "insert into commentaires (intervention_id, date, user_id, texte)
             with recursive n (i) as (select 1 union all select i + 1 from n where i < 299)
             select {work}, unixepoch('2031-01-15 08:00:00') - i, 5, 'Merci' from n"
        ))
        .expect("remarks");
    plant.set_time("2031-01-15T08:00:00Z");

    plant.client().post(&remarks, json!({"texte": "La dernière"})).await.expect(201);
    let refused = plant.client().post(&remarks, json!({"texte": "Une de trop"})).await.expect(429);
    plant.responsable().post(&remarks, json!({"texte": "Vu"})).await.expect(201);
    plant.advance(std::time::Duration::from_secs(24 * 3600));

    assert_eq!((refused.code(), refused.header("retry-after")), ("trop_de_tentatives", "3600"));
    plant.client().post(&remarks, json!({"texte": "Le lendemain"})).await.expect(201);
}
