//! Symptôme, cause and remède codes: the plant's list, and the interventions that carry them.

use serde_json::{Value, json};

use crate::interventions::{leak_with, led_by_youssef, value};
use crate::plant::{Person, Plant, Reply};

fn new_code(nature: &str, code: &str) -> Value {
    json!({"nature": nature, "code": code, "libelle": format!("Libellé {code}")})
}

/// The id of a code of the list that the plant begins with.
async fn code(plant: &Plant, nature: &str, code: &str) -> i64 {
    let found = plant.responsable().get(&format!("codes/?nature={nature}&q={code}")).await.expect(200);
    found.ids()[0]
}

async fn require_codes(plant: &Plant) {
    plant.admin().patch("codes/reglages", json!({"codes_obligatoires": true})).await.expect(200);
}

async fn finish(person: &Person<'_>, path: &str, further: Value) -> Reply {
    let mut body = json!({"statut": "termine", "compte_rendu": "Garniture remplacée"});
    body.as_object_mut().expect("an object").extend(further.as_object().expect("an object").clone());
    person.patch(&format!("{path}/statut"), body).await
}

#[tokio::test]
async fn a_plant_begins_with_a_list_of_each_nature() {
    let plant = Plant::new();

    let list = plant.technicien().get("codes/?page_size=200").await.expect(200);

    let items = list["items"].as_array().expect("a list");
    let of = |nature: &str| items.iter().filter(|item| item["nature"] == nature).count();
    assert!(of("symptome") >= 12 && of("cause") >= 12 && of("remede") >= 12, "{}", list.body);
    assert!(items.iter().all(|item| item["actif"] == true && item["types_equipement"] == json!([])));
}

#[tokio::test]
async fn a_responsable_makes_the_list_the_plant_s_own() {
    let plant = Plant::new();
    let responsable = plant.responsable();

    let mut new = new_code("cause", "Cavitation");
    new["types_equipement"] = json!(["Pompe"]);
    let created = responsable.post("codes/", new).await.expect(201);
    let path = format!("codes/{}", created.id());
    let changed = responsable.patch(&path, json!({"libelle": "Cavitation à l’aspiration"})).await.expect(200);
    let stale = [("if-match", "\"1\"")];
    responsable.send("PATCH", &path, &stale, Some(json!({"actif": false}))).await.expect(412);

    assert_eq!(created.header("location"), format!("/api/v1/{path}"));
    assert_eq!((&changed["libelle"], &changed["version"]), (&json!("Cavitation à l’aspiration"), &json!(2)));
    for (query, found) in [("pompe", true), ("POMPE", true), ("moteur", false)] {
        let list = responsable.get(&format!("codes/?q=cavit&type_equipement={query}")).await.expect(200);
        assert_eq!(list.ids() == [created.id()], found, "{query}");
    }
    responsable.delete(&path).await.expect(204);
    responsable.get(&path).await.expect(404);
    let told = "select group_concat(action) from journal where entite = 'code'";
    assert_eq!(value(&plant, told), "code.creation,code.modification,code.suppression");
    plant.technicien().post("codes/", new_code("cause", "X")).await.expect(403);
}

// D11
#[tokio::test]
async fn two_codes_of_a_nature_cannot_be_spelt_alike_and_two_of_different_natures_can() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    responsable.post("codes/", new_code("cause", "Cavitation")).await.expect(201);

    let refused = responsable.post("codes/", new_code("cause", "CAVITATION")).await.expect(409);
    responsable.post("codes/", new_code("remede", "Cavitation")).await.expect(201);

    assert_eq!((refused.code(), &refused["champ"]), ("doublon", &json!("code")));
}

// A14
#[tokio::test]
async fn a_client_reads_the_symptomes_and_no_other_code() {
    let plant = Plant::new();
    let (symptome, cause) = (code(&plant, "symptome", "NOI").await, code(&plant, "cause", "USURE").await);
    let client = plant.client();

    let list = client.get("codes/?page_size=200").await.expect(200);
    client.get(&format!("codes/{symptome}")).await.expect(200);
    client.get(&format!("codes/{cause}")).await.expect(404);

    let items = list["items"].as_array().expect("a list");
    assert!(!items.is_empty() && items.iter().all(|item| item["nature"] == "symptome"));
    assert_eq!(client.get("codes/?nature=cause").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn whoever_does_the_work_chooses_the_codes_and_the_list_is_filtered_by_them() {
    let plant = Plant::new();
    let (symptome, cause) = (code(&plant, "symptome", "ELP").await, code(&plant, "cause", "USURE").await);
    let remede = code(&plant, "remede", "REMPLACER").await;
    let path = led_by_youssef(&plant).await;
    plant.technicien().patch(&path, json!({"symptome_code_id": symptome})).await.expect(200);
    plant.technicien().patch(&format!("{path}/statut"), json!({"statut": "en_cours"})).await.expect(200);

    let chosen = json!({"cause_code_id": cause, "remede_code_id": remede});
    let finished = finish(&plant.technicien(), &path, chosen).await.expect(200);

    assert_eq!(finished["symptome_code_libelle"], "Fuite du produit");
    assert_eq!(
        (&finished["cause_code_id"], &finished["cause_code_libelle"]),
        (&json!(cause), &json!("Usure"))
    );
    assert_eq!(finished["remede_code_libelle"], "Pièce remplacée");
    let responsable = plant.responsable();
    responsable.post("interventions/", leak_with(json!({"cause_code_id": cause + 1}))).await.expect(201);
    for (query, found) in [
        (format!("cause_code_id={cause}"), 1),
        (format!("cause_code_id={cause}&cause_code_id={}", cause + 1), 2),
        (format!("symptome_code_id={symptome}&remede_code_id={remede}"), 1),
        (format!("remede_code_id={}", remede + 1), 0),
    ] {
        let list = responsable.get(&format!("interventions/?{query}")).await.expect(200);
        assert_eq!(list["total"], found, "{query}");
    }
}

#[tokio::test]
async fn a_code_of_another_nature_another_type_or_no_longer_offered_is_refused_by_field() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let cause = code(&plant, "cause", "USURE").await;
    let (old, for_looms) = (code(&plant, "symptome", "NOI").await, code(&plant, "symptome", "VIB").await);
    responsable.patch(&format!("codes/{old}"), json!({"actif": false})).await.expect(200);
    let looms = json!({"types_equipement": ["metier"]});
    responsable.patch(&format!("codes/{for_looms}"), looms).await.expect(200);

    for (id, wrong) in
        [(cause, "introuvable"), (999, "introuvable"), (old, "inactif"), (for_looms, "autre_type")]
    {
        let body = leak_with(json!({"symptome_code_id": id}));
        let refused = responsable.post("interventions/", body).await.expect(422);
        let error = &refused["errors"][0];
        assert_eq!((&error["champ"], &error["code"]), (&json!("symptome_code_id"), &json!(wrong)), "{id}");
    }
    let on_loom = leak_with(json!({"symptome_code_id": for_looms, "equipement_id": 2}));
    responsable.post("interventions/", on_loom).await.expect(201);
}

#[tokio::test]
async fn codes_are_looked_at_again_on_another_machine_and_when_the_machine_s_type_was_changed() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let loom = responsable.get("equipements/2").await.expect(200);
    let mut new = new_code("symptome", "Casse de fil");
    new["types_equipement"] = json!([loom["type"]]);
    let for_looms = responsable.post("codes/", new).await.expect(201).id();
    let body = leak_with(json!({"symptome_code_id": for_looms, "equipement_id": 2, "technicien_id": 1}));
    let work = format!("interventions/{}", responsable.post("interventions/", body).await.expect(201).id());

    let moved = responsable.patch(&work, json!({"equipement_id": 1})).await.expect(422);
    responsable.patch(&format!("{work}/statut"), json!({"statut": "en_cours"})).await.expect(200);
    responsable.patch("equipements/2", json!({"type": "Chaudière"})).await.expect(200);
    responsable.patch(&work, json!({"titre": "Fil cassé"})).await.expect(200);
    let ended = finish(&responsable, &work, json!({})).await.expect(422);

    for refused in [moved, ended] {
        let error = &refused["errors"][0];
        assert_eq!((&error["champ"], &error["code"]), (&json!("symptome_code_id"), &json!("autre_type")));
    }
    let noise = code(&plant, "symptome", "NOI").await;
    finish(&responsable, &work, json!({"symptome_code_id": noise})).await.expect(200);
}

// D10
#[tokio::test]
async fn a_code_that_was_used_is_no_longer_offered_instead_of_deleted() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let symptome = code(&plant, "symptome", "NOI").await;
    let body = leak_with(json!({"symptome_code_id": symptome}));
    let created = responsable.post("interventions/", body).await.expect(201);
    let (path, work) = (format!("codes/{symptome}"), format!("interventions/{}", created.id()));

    let refused = responsable.delete(&path).await.expect(409);
    responsable.patch(&path, json!({"actif": false})).await.expect(200);

    assert_eq!(refused.code(), "utilise");
    let kept = responsable.patch(&work, json!({"titre": "Bruit à la pompe"})).await.expect(200);
    assert_eq!(kept["symptome_code_libelle"], "Bruit anormal", "chosen while it was offered");
}

#[tokio::test]
async fn where_the_plant_asks_for_codes_a_corrective_intervention_is_not_finished_without() {
    let plant = Plant::new();
    let (symptome, cause) = (code(&plant, "symptome", "ELP").await, code(&plant, "cause", "USURE").await);
    let remede = code(&plant, "remede", "REMPLACER").await;
    let path = led_by_youssef(&plant).await;
    plant.technicien().patch(&format!("{path}/statut"), json!({"statut": "en_cours"})).await.expect(200);
    require_codes(&plant).await;

    let refused = finish(&plant.technicien(), &path, json!({"symptome_code_id": symptome})).await.expect(422);
    let all = json!({"symptome_code_id": symptome, "cause_code_id": cause, "remede_code_id": remede});
    let finished = finish(&plant.technicien(), &path, all).await.expect(200);

    let missing: Vec<_> =
        refused["errors"].as_array().expect("errors").iter().map(|error| &error["champ"]).collect();
    assert_eq!(missing, ["cause_code_id", "remede_code_id"]);
    assert_eq!(refused["errors"][0]["code"], "champ_requis");
    assert_eq!(finished["statut"], "termine");
}

#[tokio::test]
async fn other_work_is_finished_without_codes_all_the_same() {
    let plant = Plant::new();
    require_codes(&plant).await;
    let diagnosis = leak_with(json!({"technicien_id": 1, "type_intervention": "diagnostic"}));
    let created = plant.responsable().post("interventions/", diagnosis).await.expect(201);
    let path = format!("interventions/{}", created.id());
    plant.technicien().patch(&format!("{path}/statut"), json!({"statut": "en_cours"})).await.expect(200);

    finish(&plant.technicien(), &path, json!({})).await.expect(200);
}

#[tokio::test]
async fn an_administrator_alone_decides_that_codes_are_asked_for() {
    let plant = Plant::new();

    plant.responsable().patch("codes/reglages", json!({"codes_obligatoires": true})).await.expect(403);
    let before = plant.technicien().get("codes/reglages").await.expect(200);
    require_codes(&plant).await;

    assert_eq!((&before["codes_obligatoires"], &before["version"]), (&json!(false), &json!(1)));
    let after = plant.technicien().get("codes/reglages").await.expect(200);
    assert_eq!((&after["codes_obligatoires"], &after["version"]), (&json!(true), &json!(2)));
    assert!(after.header("etag").starts_with("\"2-"), "{}", after.header("etag"));
    assert_eq!(value(&plant, "select count(*) from journal where action = 'code.reglages'"), "1");
}

#[tokio::test]
async fn the_database_itself_refuses_a_code_of_another_nature() {
    let plant = Plant::new();
    let cause = code(&plant, "cause", "USURE").await;
    led_by_youssef(&plant).await;
    let database = plant.database();

    for sql in [
        format!("update interventions set symptome_code_id = {cause}"),
        format!("update codes set nature = 'remede' where id = {cause}"),
        "update interventions set remede_code_id = 999".to_owned(),
    ] {
        database.execute(&sql, []).expect_err(&sql);
    }
}
