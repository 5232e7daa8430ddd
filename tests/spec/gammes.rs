//! Checklists: written and published, gone through on an intervention, and what a measure out of tolerance leads to.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::documents::{add_to, picture};
use crate::interventions::{go, leak_with, value};
use crate::notifications::{read_all, tell};
use crate::plant::{Plant, Reply};

const ALREADY_FINISHED: &str = "2031-01-15T09:00:00Z";

/// Three steps: a box and a measure that are mandatory, a text that is not.
fn steps() -> Value {
    json!([
        {"type": "case", "libelle": "Arrêts d’urgence essayés", "obligatoire": true},
        {"type": "mesure", "libelle": "Température du palier", "obligatoire": true,
         "unite": "°C", "min": 10, "max": 70, "cible": 50},
        {"type": "texte", "libelle": "Observations"},
    ])
}

/// A published gamme with [`steps`]: its id, and those of its operations.
async fn monthly_check(plant: &Plant) -> (i64, [i64; 3]) {
    let body = json!({"nom": "Contrôle mensuel", "operations": steps()});
    let created = plant.responsable().post("gammes/", body).await.expect(201);
    let published =
        plant.responsable().post(&format!("gammes/{}/publication", created.id()), json!({})).await;
    let published = published.expect(200);
    let id = |i: usize| published["publiee"]["operations"][i]["id"].as_i64().expect("an id");
    (created.id(), [id(0), id(1), id(2)])
}

/// An intervention of Youssef's with this gamme, under way: its address.
async fn under_way_with(plant: &Plant, gamme: i64) -> String {
    let body = leak_with(json!({"technicien_id": 1, "gamme_id": gamme}));
    let created = plant.responsable().post("interventions/", body).await.expect(201);
    let path = format!("interventions/{}", created.id());
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    path
}

async fn answer(plant: &Plant, path: &str, operation: i64, body: Value) -> Reply {
    plant.technicien().put(&format!("{path}/checklist/{operation}"), body).await
}

fn labels(version: &Value) -> Vec<&str> {
    let operations = version["operations"].as_array().expect("operations");
    operations.iter().filter_map(|operation| operation["libelle"].as_str()).collect()
}

#[tokio::test]
async fn a_published_version_never_changes_and_the_next_one_is_a_draft_until_it_is_published() {
    let plant = Plant::new();
    let (id, [tick, measure, _]) = monthly_check(&plant).await;
    let other = json!({"nom": "Une autre", "operations": [{"type": "case", "libelle": "Fait"}]});
    let other = plant.responsable().post("gammes/", other).await.expect(201);
    plant.responsable().post(&format!("gammes/{}/publication", other["id"]), json!({})).await.expect(200);
    let renamed = json!({"operations": [
        {"id": measure, "type": "mesure", "libelle": "Température du palier côté accouplement", "max": 65},
        {"id": tick, "type": "case", "libelle": "Arrêts d’urgence essayés"},
    ]});

    let edited = plant.responsable().put(&format!("gammes/{id}/operations"), renamed).await.expect(200);

    assert_eq!((&edited["version_publiee"], &edited["a_brouillon"]), (&json!(1), &json!(true)));
    assert_eq!(labels(&edited["publiee"])[1], "Température du palier");
    assert_eq!(labels(&edited["brouillon"])[0], "Température du palier côté accouplement");
    let published =
        plant.responsable().post(&format!("gammes/{id}/publication"), json!({})).await.expect(200);
    assert_eq!((&published["version_publiee"], &published["brouillon"]), (&json!(2), &Value::Null));
    assert_eq!(published["publiee"]["publiee_par"], "Rachid Responsable");
    let first = plant.technicien().get(&format!("gammes/{id}/versions/1")).await.expect(200);
    assert_eq!(labels(&first.body), ["Arrêts d’urgence essayés", "Température du palier", "Observations"]);
    let versions = plant.technicien().get(&format!("gammes/{id}/versions")).await.expect(200);
    let numbers: Vec<_> =
        versions["items"].as_array().expect("a list").iter().map(|v| &v["numero"]).collect();
    assert_eq!(numbers, [2, 1]);
    plant.technicien().get(&format!("gammes/{id}/versions/3")).await.expect(404);
}

#[tokio::test]
async fn the_database_itself_keeps_what_was_published_and_answered() {
    let plant = Plant::new();
    let (gamme, [tick, ..]) = monthly_check(&plant).await;
    let path = under_way_with(&plant, gamme).await;
    answer(&plant, &path, tick, json!({"coche": true})).await.expect(200);
    let database = plant.database();

    for sql in [
        "update gamme_version_operations set libelle = 'x'",
        "delete from gamme_version_operations",
        "insert into gamme_version_operations select 1, 1, 1, 9, 'x', null, 0, null, null, null, null",
        "update gamme_versions set publiee_le = null, publiee_par = null",
        "delete from gamme_versions",
        "update gamme_operations set type = 'texte'",
        "update checklist_reponses set coche = 0",
        "delete from checklist_reponses",
        "update interventions set gamme_version = 7",
        "update interventions set gamme_id = null, gamme_version = null",
        "update interventions set statut = 'termine', compte_rendu = 'x', date_fin_reelle = date_debut_reelle",
        "insert into checklist_reponses (intervention_id, gamme_id, gamme_version, operation_id, date, auteur)
             values (1, 1, 7, 1, 0, 'x')",
    ] {
        database.execute(sql, []).expect_err(sql);
    }

    assert_eq!(value(&plant, "select count(*) from checklist_reponses"), "1");
}

#[tokio::test]
async fn renaming_a_step_loses_nothing_and_work_keeps_the_words_it_was_given() {
    let plant = Plant::new();
    let (gamme, [tick, measure, text]) = monthly_check(&plant).await;
    let path = under_way_with(&plant, gamme).await;
    answer(&plant, &path, measure, json!({"valeur": 52.5})).await.expect(200);
    let renamed = json!({"operations": [
        {"id": measure, "type": "mesure", "libelle": "Palier, côté accouplement", "obligatoire": true, "max": 50},
        {"id": tick, "type": "case", "libelle": "Arrêts d’urgence essayés"},
        {"id": text, "type": "texte", "libelle": "Observations"},
    ]});
    plant.responsable().put(&format!("gammes/{gamme}/operations"), renamed).await.expect(200);

    plant.responsable().post(&format!("gammes/{gamme}/publication"), json!({})).await.expect(200);

    let before = plant.technicien().get(&format!("{path}/checklist")).await.expect(200);
    assert_eq!((&before["gamme_version"], &before["gamme_nom"]), (&json!(1), &json!("Contrôle mensuel")));
    assert_eq!(before["operations"][1]["libelle"], "Température du palier");
    assert_eq!(
        before["operations"][1]["reponse"]["hors_tolerance"], false,
        "it was within the version's own"
    );
    let next = under_way_with(&plant, gamme).await;
    let after = plant.technicien().get(&format!("{next}/checklist")).await.expect(200);
    assert_eq!(after["gamme_version"], 2);
    assert_eq!(
        (&after["operations"][0]["id"], &before["operations"][1]["id"]),
        (&json!(measure), &json!(measure))
    );
}

#[tokio::test]
async fn work_takes_the_version_published_when_the_gamme_is_attached_and_a_newer_one_only_when_asked() {
    let plant = Plant::new();
    let (gamme, [tick, ..]) = monthly_check(&plant).await;
    let path = under_way_with(&plant, gamme).await;
    let shorter = json!({"operations": [{"id": tick, "type": "case", "libelle": "Essais"}]});
    plant.responsable().put(&format!("gammes/{gamme}/operations"), shorter).await.expect(200);
    plant.responsable().post(&format!("gammes/{gamme}/publication"), json!({})).await.expect(200);

    let kept = plant.responsable().patch(&path, json!({"titre": "Autre titre"})).await.expect(200);
    let newer = plant.responsable().patch(&path, json!({"gamme_id": gamme})).await.expect(200);
    answer(&plant, &path, tick, json!({"coche": true})).await.expect(200);
    let refused = plant.responsable().patch(&path, json!({"gamme_id": null})).await.expect(409);

    assert_eq!((&kept["gamme_version"], &newer["gamme_version"]), (&json!(1), &json!(2)));
    assert_eq!(refused.code(), "checklist_commencee");
    plant.technicien().patch(&path, json!({"gamme_id": gamme})).await.expect(403);
    let listed = plant.responsable().get(&format!("interventions/?gamme_id={gamme}")).await.expect(200);
    assert_eq!(listed["total"], 1);
}

#[tokio::test]
async fn the_work_of_a_plan_takes_the_version_published_when_it_is_generated() {
    let plant = Plant::new();
    let (gamme, [tick, ..]) = monthly_check(&plant).await;
    let monthly = json!({
        "titre": "Contrôle", "equipement_id": 1, "frequence": "mensuel", "date_debut": "2031-01-15",
        "gamme_id": gamme, "cumul": true,
    });
    let plan = plant.responsable().post("planning/", monthly).await.expect(201);
    let generate = async || {
        let made =
            plant.responsable().post(&format!("planning/{}/generer", plan.id()), json!({})).await.expect(200);
        let id = made["items"][0]["intervention_id"].as_i64().expect("an intervention");
        plant.responsable().get(&format!("interventions/{id}")).await.expect(200)
    };
    let first = generate().await;
    let shorter = json!({"operations": [{"id": tick, "type": "case", "libelle": "Essais"}]});
    plant.responsable().put(&format!("gammes/{gamme}/operations"), shorter).await.expect(200);
    plant.responsable().post(&format!("gammes/{gamme}/publication"), json!({})).await.expect(200);
    plant.responsable().patch(&format!("gammes/{gamme}"), json!({"statut": "archivee"})).await.expect(200);

    plant.set_time("2031-02-15T08:00:00Z");
    let second = generate().await;

    assert_eq!((&plan["gamme_id"], &first["gamme_id"]), (&json!(gamme), &json!(gamme)));
    assert_eq!((&first["gamme_version"], &second["gamme_version"]), (&json!(1), &json!(2)));
    let other = json!({
        "titre": "Autre", "equipement_id": 1, "frequence": "annuel", "date_debut": "2031-03-01", "gamme_id": gamme,
    });
    let refused = plant.responsable().post("planning/", other).await.expect(409);
    assert_eq!(refused.code(), "gamme_archivee");
    let address = format!("planning/{}", plan.id());
    plant.responsable().patch(&address, json!({"gamme_id": gamme, "titre": "Renommé"})).await.expect(200);
    let without = plant.responsable().patch(&address, json!({"gamme_id": null})).await.expect(200);
    assert_eq!(without["gamme_id"], Value::Null);
}

#[tokio::test]
async fn only_a_published_gamme_in_force_is_given_to_work() {
    let plant = Plant::new();
    let draft = plant.responsable().post("gammes/", json!({"nom": "Ronde", "operations": steps()})).await;
    let draft = draft.expect(201).id();
    let (archived, _) = monthly_check(&plant).await;
    plant.responsable().patch(&format!("gammes/{archived}"), json!({"statut": "archivee"})).await.expect(200);

    for (gamme, status, code) in
        [(draft, 409, "gamme_non_publiee"), (archived, 409, "gamme_archivee"), (99, 422, "donnees_invalides")]
    {
        let refused = plant.responsable().post("interventions/", leak_with(json!({"gamme_id": gamme}))).await;
        let refused = refused.expect(status);
        assert!(refused.code() == code || refused["errors"][0]["champ"] == "gamme_id", "{}", refused.body);
    }

    let offered = plant.technicien().get("gammes/?statut=active&publiee=true").await.expect(200);
    assert_eq!(offered["total"], 0);
}

#[tokio::test]
async fn a_gamme_is_deleted_before_its_first_publication_and_archived_after() {
    let plant = Plant::new();
    let (published, _) = monthly_check(&plant).await;
    let draft = plant.responsable().post("gammes/", json!({"nom": "Ronde", "operations": steps()})).await;
    let draft = draft.expect(201).id();

    plant.responsable().delete(&format!("gammes/{draft}")).await.expect(204);
    let refused = plant.responsable().delete(&format!("gammes/{published}")).await.expect(409);

    assert_eq!(refused.code(), "publiee");
    plant.responsable().get(&format!("gammes/{draft}")).await.expect(404);
    let actions = "select group_concat(action order by id) from journal where entite = 'gamme'";
    assert_eq!(value(&plant, actions), "gamme.creation,gamme.publication,gamme.creation,gamme.suppression");
}

#[tokio::test]
async fn nothing_is_published_twice_or_empty_and_no_two_gammes_have_one_name() {
    let plant = Plant::new();
    let (published, _) = monthly_check(&plant).await;
    let empty = plant.responsable().post("gammes/", json!({"nom": "Ronde"})).await.expect(201).id();

    let again = plant.responsable().post(&format!("gammes/{published}/publication"), json!({})).await;
    let nothing = plant.responsable().post(&format!("gammes/{empty}/publication"), json!({})).await;
    let namesake = plant.responsable().post("gammes/", json!({"nom": "CONTROLE MENSUEL"})).await;

    assert_eq!((again.expect(409).code(), nothing.expect(409).code()), ("sans_brouillon", "brouillon_vide"));
    assert_eq!(namesake.expect(409).body["champ"], "nom");
}

#[tokio::test]
async fn an_operation_that_cannot_be_is_refused_by_its_place_and_the_draft_stays_as_it_was() {
    let plant = Plant::new();
    let (gamme, [tick, ..]) = monthly_check(&plant).await;
    let (_, [foreign, ..]) = {
        let other = plant.responsable().post("gammes/", json!({"nom": "Ronde", "operations": steps()})).await;
        let other = other.expect(201);
        (other.id(), [other["brouillon"]["operations"][0]["id"].as_i64().expect("an id"), 0, 0])
    };

    for (operation, champ) in [
        (json!({"id": tick, "type": "texte", "libelle": "Essais"}), "operations[0].type"),
        (json!({"id": foreign, "type": "case", "libelle": "Essais"}), "operations[0].id"),
        (json!({"type": "case", "libelle": "Essais", "unite": "V"}), "operations[0].unite"),
        (json!({"type": "mesure", "libelle": "Jeu", "min": 2, "max": 1}), "operations[0].max"),
        (json!({"type": "mesure", "libelle": "Jeu", "max": 1, "cible": 2}), "operations[0].cible"),
        (json!({"type": "case", "libelle": "  "}), "operations[0].libelle"),
        (json!({"type": "case", "libelle": "Essais", "rang": 3}), "operations[0].rang"),
    ] {
        let body = json!({"operations": [operation]});
        let refused = plant.responsable().put(&format!("gammes/{gamme}/operations"), body).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], champ);
    }

    assert_eq!(plant.responsable().get(&format!("gammes/{gamme}")).await["a_brouillon"], false);
}

// D14
#[tokio::test]
async fn a_draft_that_someone_else_changed_meanwhile_is_not_overwritten() {
    let plant = Plant::new();
    let (gamme, _) = monthly_check(&plant).await;
    let path = format!("gammes/{gamme}/operations");
    let seen =
        plant.responsable().get(&format!("gammes/{gamme}")).await.expect(200).header("etag").to_owned();
    let body = |libelle: &str| json!({"operations": [{"type": "case", "libelle": libelle}]});
    plant.admin().put(&path, body("De l’administratrice")).await.expect(200);

    let late =
        plant.responsable().send("PUT", &path, &[("if-match", &seen)], Some(body("Du responsable"))).await;

    late.expect(412);
    let draft = plant.responsable().get(&format!("gammes/{gamme}")).await.expect(200);
    assert_eq!(labels(&draft["brouillon"]), ["De l’administratrice"]);
}

#[tokio::test]
async fn an_answer_says_who_and_when_and_one_that_changes_leaves_the_former_behind_it() {
    let plant = Plant::new();
    let (gamme, [_, measure, _]) = monthly_check(&plant).await;
    let path = under_way_with(&plant, gamme).await;
    answer(&plant, &path, measure, json!({"valeur": 58, "remarque": "Capteur neuf"})).await.expect(200);
    plant.set_time("2031-01-15T08:20:00Z");

    let changed = answer(&plant, &path, measure, json!({"valeur": 5.8e1})).await.expect(200);
    let again = answer(&plant, &path, measure, json!({"valeur": 58})).await.expect(200);
    let corrected =
        plant.responsable().put(&format!("{path}/checklist/{measure}"), json!({"valeur": 57.5})).await;

    assert_eq!(
        (&changed["version"], &again["version"]),
        (&json!(2), &json!(2)),
        "the same again is no answer"
    );
    let corrected = corrected.expect(200);
    assert_eq!((&corrected["reponse"]["valeur"], &corrected["repondue"]), (&json!(57.5), &json!(true)));
    assert_eq!(corrected["reponse"]["auteur"], "Rachid Responsable");
    let former = &corrected["precedentes"];
    assert_eq!(
        (&former[0]["auteur"], &former[0]["date"]),
        (&json!("Youssef Technicien"), &json!("2031-01-15T08:20:00Z"))
    );
    assert_eq!((&former[1]["remarque"], &former[1]["valeur"]), (&json!("Capteur neuf"), &json!(58.0)));
    assert_eq!(value(&plant, "select count(*) from journal where action = 'intervention.checklist'"), "3");
    let read = plant.technicien().get(&format!("{path}/checklist/{measure}")).await.expect(200);
    assert_eq!(&read.body["precedentes"], former);
    assert!(read.header("etag").starts_with("\"3-"), "{}", read.header("etag"));
}

#[tokio::test]
async fn null_withdraws_an_answer_and_another_kind_of_answer_is_refused() {
    let plant = Plant::new();
    let (gamme, [tick, measure, text]) = monthly_check(&plant).await;
    let path = under_way_with(&plant, gamme).await;
    answer(&plant, &path, text, json!({"texte": "Courroie à surveiller"})).await.expect(200);

    let withdrawn = answer(&plant, &path, text, json!({"texte": null})).await.expect(200);

    assert_eq!((&withdrawn["repondue"], &withdrawn["reponse"]), (&json!(false), &Value::Null));
    assert_eq!(withdrawn["precedentes"][0]["texte"], "Courroie à surveiller");
    for (operation, body, champ) in [
        (tick, json!({"valeur": 1}), "valeur"),
        (tick, json!({}), "coche"),
        (measure, json!({"valeur": "chaud"}), "valeur"),
        (measure, json!({"valeur": 50, "coche": true}), "coche"),
        (text, json!({"texte": " "}), "texte"),
        (text, json!({"texte": "Vu", "auteur": "Un autre"}), "auteur"),
    ] {
        let refused = answer(&plant, &path, operation, body).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], champ);
    }
    answer(&plant, &path, 99, json!({"coche": true})).await.expect(404);
}

#[tokio::test]
async fn a_photo_of_this_work_answers_and_is_kept_as_long_as_it_does() {
    let plant = Plant::new();
    let look = json!([{"type": "photo", "libelle": "Plaque après remontage", "obligatoire": true}]);
    let body = json!({"nom": "Ronde", "operations": look});
    let gamme = plant.responsable().post("gammes/", body).await.expect(201);
    let operation = gamme["brouillon"]["operations"][0]["id"].as_i64().expect("an id");
    plant.responsable().post(&format!("gammes/{}/publication", gamme.id()), json!({})).await.expect(200);
    let path = under_way_with(&plant, gamme.id()).await;
    let other = plant.responsable().post("interventions/", leak_with(json!({}))).await.expect(201).id();
    let (own, youssef) =
        (path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id"), plant.technicien());
    let attach = async |id: i64, name: &str, bytes: &[u8]| {
        add_to(&plant.responsable(), ("intervention_id", id), name, bytes).await.expect(201).id()
    };
    let (first, second) =
        (attach(own, "un.png", &picture(8, 8)).await, attach(own, "deux.png", &picture(9, 9)).await);
    let (note, foreign) =
        (attach(own, "note.txt", b"Vu").await, attach(other, "trois.png", &picture(7, 7)).await);

    for wrong in [note, foreign, 99] {
        let refused = answer(&plant, &path, operation, json!({"document_id": wrong})).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], "document_id");
    }
    let answered = answer(&plant, &path, operation, json!({"document_id": first})).await.expect(200);
    let kept = plant.responsable().delete(&format!("documents/{first}")).await.expect(409);
    answer(&plant, &path, operation, json!({"document_id": second})).await.expect(200);

    assert_eq!((&answered["repondue"], &answered["reponse"]["document_id"]), (&json!(true), &json!(first)));
    assert_eq!(kept.code(), "repond");
    plant.responsable().delete(&format!("documents/{first}")).await.expect(204);
    let item = youssef.get(&format!("{path}/checklist/{operation}")).await.expect(200);
    assert_eq!(item["precedentes"][0]["document_id"], first, "that there was one is remembered");
    for sql in [
        format!("update documents set supprime_le = 1 where id = {second}"),
        format!(
            "insert into checklist_reponses (intervention_id, gamme_id, gamme_version, operation_id, document_id,
                 date, auteur) values ({own}, {}, 1, {operation}, {foreign}, 0, 'x')",
            gamme.id()
        ),
    ] {
        plant.database().execute(&sql, []).expect_err(&sql);
    }
    go(&youssef, &path, "termine").await.expect(200);
}

// D5
#[tokio::test]
async fn work_is_not_finished_before_every_mandatory_operation_is_answered() {
    let plant = Plant::new();
    let (gamme, [tick, measure, _]) = monthly_check(&plant).await;
    let path = under_way_with(&plant, gamme).await;
    answer(&plant, &path, measure, json!({"valeur": 52})).await.expect(200);
    answer(&plant, &path, measure, json!({"valeur": null})).await.expect(200);
    answer(&plant, &path, tick, json!({"coche": false})).await.expect(200);

    let refused = go(&plant.technicien(), &path, "termine").await.expect(409);
    answer(&plant, &path, measure, json!({"valeur": 52})).await.expect(200);
    let nearly = go(&plant.responsable(), &path, "termine").await.expect(409);
    answer(&plant, &path, tick, json!({"coche": false, "remarque": "Ligne en production"})).await.expect(200);
    let finished = go(&plant.technicien(), &path, "termine").await.expect(200);

    assert_eq!(refused.code(), "checklist_incomplete");
    assert_eq!(
        refused["operations"],
        json!([{"id": tick, "rang": 1, "libelle": "Arrêts d’urgence essayés"},
               {"id": measure, "rang": 2, "libelle": "Température du palier"}])
    );
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("Température du palier")));
    assert_eq!(nearly["operations"][0]["id"], tick);
    assert_eq!(finished["statut"], "termine");
}

#[tokio::test]
async fn a_finished_checklist_is_frozen_until_the_work_is_reopened() {
    let plant = Plant::new();
    let (gamme, [tick, measure, text]) = monthly_check(&plant).await;
    let path = under_way_with(&plant, gamme).await;
    answer(&plant, &path, tick, json!({"coche": true})).await.expect(200);
    answer(&plant, &path, measure, json!({"valeur": 52})).await.expect(200);
    plant.set_time(ALREADY_FINISHED);
    go(&plant.technicien(), &path, "termine").await.expect(200);

    let late = answer(&plant, &path, text, json!({"texte": "Oublié"})).await.expect(409);
    let database = plant.database().execute(
        "insert into checklist_reponses (intervention_id, gamme_id, gamme_version, operation_id, texte, date, auteur)
         select intervention_id, gamme_id, gamme_version, ?1, 'Oublié', ?2, 'x' from checklist_reponses limit 1",
        [text, plant.app.now().as_second()],
    );
    let unpublished = plant.responsable().patch(&path, json!({"gamme_id": null})).await.expect(409);

    assert_eq!((late.code(), unpublished.code()), ("lecture_seule", "lecture_seule"));
    database.expect_err("the trigger");
    go(&plant.responsable(), &path, "en_cours").await.expect(200);
    answer(&plant, &path, text, json!({"texte": "Oublié"})).await.expect(200);
}

#[tokio::test]
async fn the_progress_of_a_checklist_counts_what_is_answered_and_what_still_keeps_the_work_open() {
    let plant = Plant::new();
    let (gamme, [tick, measure, _]) = monthly_check(&plant).await;
    let path = under_way_with(&plant, gamme).await;

    answer(&plant, &path, measure, json!({"valeur": 82})).await.expect(200);
    answer(&plant, &path, tick, json!({"coche": false})).await.expect(200);

    let list = plant.technicien().get(&format!("{path}/checklist")).await.expect(200);
    assert_eq!(
        list["progression"],
        json!({"total": 3, "repondues": 1, "obligatoires_restantes": 1, "hors_tolerance": 1})
    );
    let plain = plant.responsable().post("interventions/", leak_with(json!({}))).await.expect(201).id();
    let none = plant.responsable().get(&format!("interventions/{plain}/checklist")).await.expect(200);
    assert_eq!((&none["gamme_id"], &none["operations"]), (&Value::Null, &json!([])));
}

#[tokio::test]
async fn a_measure_out_of_tolerance_is_kept_and_leads_to_one_corrective_intervention() {
    let plant = Plant::new();
    let (gamme, [_, measure, _]) = monthly_check(&plant).await;
    let path = under_way_with(&plant, gamme).await;
    let item = format!("{path}/checklist/{measure}");

    let hot = answer(&plant, &path, measure, json!({"valeur": 82.5, "remarque": "Sent le chaud"}))
        .await
        .expect(200);
    answer(&plant, &path, measure, json!({"valeur": 84})).await.expect(200);
    let asked = plant.technicien().post(&format!("{item}/corrective"), json!({})).await.expect(202);
    let created = plant.responsable().post(&format!("{item}/corrective"), json!({})).await.expect(201);
    let again = plant.responsable().post(&format!("{item}/corrective"), json!({})).await.expect(200);

    assert_eq!((&hot["reponse"]["valeur"], &hot["reponse"]["hors_tolerance"]), (&json!(82.5), &json!(true)));
    assert_eq!((&hot["corrective"]["statut"], &asked["statut"]), (&json!("proposee"), &json!("proposee")));
    assert_eq!((&created["type_intervention"], &created["equipement_id"]), (&json!("corrective"), &json!(1)));
    assert_eq!(created["titre"], "Hors tolérance : Température du palier");
    assert_eq!(created["symptome"], "Température du palier : 84 °C (de 10 à 70 °C)");
    assert!(created["description"].as_str().is_some_and(|text| text.contains("INT-2031-000001")));
    assert_eq!(again.id(), created.id());
    let shown = plant.responsable().get(&item).await.expect(200);
    assert_eq!(
        (&shown["corrective"]["statut"], &shown["corrective"]["numero"]),
        (&json!("creee"), &created["numero"])
    );
    let hidden = plant.technicien().get(&item).await.expect(200);
    assert_eq!(
        (&hidden["corrective"]["statut"], &hidden["corrective"]["numero"]),
        (&json!("creee"), &Value::Null)
    );
    let told = "select group_concat(action || ' ' || n) from (select action, count(*) as n from journal
        where action in ('intervention.hors_tolerance', 'intervention.corrective') group by 1 order by 1)";
    assert_eq!(value(&plant, told), "intervention.corrective 1,intervention.hors_tolerance 1");
    assert_eq!(value(&plant, "select count(*) from interventions"), "2");
}

#[tokio::test]
async fn a_checklist_costs_as_many_statements_with_three_corrective_interventions_as_with_one() {
    let plant = Plant::new();
    let measure =
        |palier| json!({"type": "mesure", "libelle": format!("Palier {palier}"), "unite": "°C", "max": 70});
    let body = json!({"nom": "Paliers", "operations": [measure(1), measure(2), measure(3)]});
    let gamme = plant.responsable().post("gammes/", body).await.expect(201).id();
    let published =
        plant.responsable().post(&format!("gammes/{gamme}/publication"), json!({})).await.expect(200);
    let path = under_way_with(&plant, gamme).await;
    let mut costs = Vec::new();

    for operation in published["publiee"]["operations"].as_array().expect("a list") {
        let operation = operation["id"].as_i64().expect("an id");
        answer(&plant, &path, operation, json!({"valeur": 90})).await.expect(200);
        let address = format!("{path}/checklist/{operation}/corrective");
        plant.responsable().post(&address, json!({})).await.expect(201);
        let before = plant.app.metrics().statements.get();
        let read = plant.responsable().get(&format!("{path}/checklist")).await.expect(200);
        costs.push(plant.app.metrics().statements.get() - before);
        let operations = read["operations"].as_array().expect("a list");
        let named = operations.iter().filter(|operation| operation["corrective"]["numero"].is_string());
        assert_eq!(named.count(), costs.len());
    }

    assert!(costs.iter().all(|cost| *cost == costs[0]), "{costs:?}");
}

#[tokio::test]
async fn a_measure_typed_wrong_and_corrected_proposes_nothing() {
    let plant = Plant::new();
    let (gamme, [_, measure, text]) = monthly_check(&plant).await;
    let path = under_way_with(&plant, gamme).await;
    answer(&plant, &path, measure, json!({"valeur": 525})).await.expect(200);

    let corrected = answer(&plant, &path, measure, json!({"valeur": 52.5})).await.expect(200);

    assert_eq!(
        (&corrected["corrective"], &corrected["reponse"]["hors_tolerance"]),
        (&Value::Null, &json!(false))
    );
    for operation in [measure, text] {
        let address = format!("{path}/checklist/{operation}/corrective");
        let refused = plant.responsable().post(&address, json!({})).await.expect(409);
        assert_eq!(refused.code(), "dans_la_tolerance");
    }
}

#[tokio::test]
async fn those_who_run_the_plant_are_told_of_a_measure_out_of_tolerance_once() {
    let plant = Plant::new();
    let (gamme, [_, measure, _]) = monthly_check(&plant).await;
    let path = under_way_with(&plant, gamme).await;
    read_all(&plant).await;

    answer(&plant, &path, measure, json!({"valeur": 82.5})).await.expect(200);
    answer(&plant, &path, measure, json!({"valeur": 84})).await.expect(200);
    tell(&plant).await;

    for (person, told) in [("admin", 1), ("responsable", 1), ("technicien", 0), ("client", 0)] {
        let inbox = plant.person(person).get("notifications/?lue=false").await.expect(200);
        assert_eq!(inbox["total"], told, "{person}");
        if told == 1 {
            assert_eq!(inbox["items"][0]["titre"], "Mesure hors tolérance sur INT-2031-000001");
            let said = inbox["items"][0]["contenu"].as_str().unwrap_or_default();
            assert!(said.ends_with("Température du palier : 82,5 °C (de 10 à 70 °C)"), "{said}");
        }
    }
}

// D11
#[tokio::test]
async fn of_many_who_ask_for_the_corrective_work_at_once_one_creates_it() {
    let plant = Plant::new();
    let (gamme, [_, measure, _]) = monthly_check(&plant).await;
    let path = under_way_with(&plant, gamme).await;
    answer(&plant, &path, measure, json!({"valeur": 82})).await.expect(200);
    let (address, responsable) = (format!("{path}/checklist/{measure}/corrective"), plant.responsable());

    let replies =
        futures_util::future::join_all((0..16).map(|_| responsable.post(&address, json!({})))).await;

    let created = replies.iter().filter(|reply| reply.status == 201).count();
    let ids: BTreeSet<_> = replies.iter().map(Reply::id).collect();
    assert_eq!((created, ids.len()), (1, 1));
    assert!(replies.iter().all(|reply| [200, 201].contains(&reply.status.as_u16())));
}

// D14
#[tokio::test]
async fn of_two_phones_that_answer_one_operation_the_later_is_told_when_it_looked_before() {
    let plant = Plant::new();
    let (gamme, [_, measure, text]) = monthly_check(&plant).await;
    let path = under_way_with(&plant, gamme).await;
    let (item, youssef) = (format!("{path}/checklist/{measure}"), plant.technicien());
    let blind = [("if-match", "\"0\"")];

    let (one, other) = tokio::join!(
        youssef.send("PUT", &item, &blind, Some(json!({"valeur": 51}))),
        youssef.send("PUT", &item, &blind, Some(json!({"valeur": 52})))
    );
    let free = format!("{path}/checklist/{text}");
    let (first, second) = tokio::join!(
        youssef.put(&free, json!({"texte": "Un"})),
        youssef.put(&free, json!({"texte": "Deux"}))
    );

    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    first.expect(200);
    second.expect(200);
    let kept = youssef.get(&free).await.expect(200);
    let texts: BTreeSet<_> =
        [&kept["reponse"], &kept["precedentes"][0]].map(|given| given["texte"].to_string()).into();
    assert_eq!(texts.len(), 2, "both are kept");
}

// A14, A15
#[tokio::test]
async fn a_checklist_is_answered_by_those_on_the_job_and_read_by_those_who_see_it() {
    let plant = Plant::new();
    let (gamme, [tick, ..]) = monthly_check(&plant).await;
    let path = under_way_with(&plant, gamme).await;
    let item = format!("{path}/checklist/{tick}");
    answer(&plant, &path, tick, json!({"coche": true, "remarque": "Bouton 3 dur"})).await.expect(200);

    let ticked = json!({"coche": true});
    plant.person("technicien2").put(&item, ticked.clone()).await.expect(404);
    plant.person("technicien2").get(&format!("{path}/checklist")).await.expect(404);
    plant.person("client2").get(&format!("{path}/checklist")).await.expect(404);
    plant.client().put(&item, ticked).await.expect(403);
    plant.client().get("gammes/").await.expect(403);

    let seen = plant.client().get(&item).await.expect(200);
    assert_eq!((&seen["reponse"]["coche"], &seen["reponse"]["remarque"]), (&json!(true), &Value::Null));
    assert_eq!(plant.responsable().get(&item).await["reponse"]["remarque"], "Bouton 3 dur");
}

// c5
#[tokio::test]
async fn a_phone_that_repeats_its_request_publishes_and_creates_once() {
    let plant = Plant::new();
    let key = [("idempotency-key", "une-gamme")];
    let body = json!({"nom": "Ronde", "operations": steps()});

    let first = plant.responsable().send("POST", "gammes/", &key, Some(body.clone())).await.expect(201);
    let again = plant.responsable().send("POST", "gammes/", &key, Some(body)).await.expect(201);

    assert_eq!((again.header("idempotent-replayed"), again.id()), ("true", first.id()));
    assert_eq!(value(&plant, "select count(*) from gammes"), "1");
}

#[tokio::test]
async fn planned_work_with_answers_is_cancelled_not_deleted() {
    let plant = Plant::new();
    let (gamme, [tick, ..]) = monthly_check(&plant).await;
    let body = leak_with(json!({"technicien_id": 1, "gamme_id": gamme}));
    let path =
        format!("interventions/{}", plant.responsable().post("interventions/", body).await.expect(201).id());
    answer(&plant, &path, tick, json!({"coche": true})).await.expect(200);

    let refused = plant.responsable().delete(&path).await.expect(409);

    assert_eq!(refused.code(), "deja_commencee");
}

#[tokio::test]
async fn gammes_are_found_by_those_who_read_them_and_their_words_are_listed() {
    let plant = Plant::new();
    monthly_check(&plant).await;

    let found = plant.technicien().get("filters/recherche?q=mensuel").await.expect(200);
    let hidden = plant.client().get("filters/recherche?q=mensuel").await.expect(200);
    let words = plant.client().get("filters/valeurs").await.expect(200);

    assert_eq!((&found["items"][0]["type"], &hidden["items"]), (&json!("gamme"), &json!([])));
    assert_eq!(words["type_operation"][1], json!({"valeur": "mesure", "libelle": "Mesure"}));
    assert_eq!(words["statut_gamme"].as_array().map(Vec::len), Some(2));
}
