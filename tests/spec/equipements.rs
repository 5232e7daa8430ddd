//! The équipements, their tree and their labels.

use qrcode::QrCode;
use qrcode::render::svg;
use serde_json::{Value, json};

use crate::interventions::leak_with;
use crate::plant::{Person, Plant, Reply};

/// A part of `parent` on site 1; its id.
async fn part(person: &Person<'_>, code: &str, parent: i64) -> i64 {
    let new = json!({"code": code, "nom": code, "type": "organe", "site_id": 1, "parent_id": parent});
    person.post("equipements/", new).await.expect(201).id()
}

fn codes(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().filter_map(|item| item["code"].as_str()).collect()
}

fn first_error(reply: &Reply) -> (&str, &str) {
    let error = &reply["errors"][0];
    (error["champ"].as_str().unwrap_or(""), error["code"].as_str().unwrap_or(""))
}

#[tokio::test]
async fn an_equipement_is_created_changed_retired_and_deleted() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let new = json!({"code": "CASA-FOUR-01", "nom": "Four tunnel", "type": "four", "site_id": 1,
        "date_mise_en_service": "2024-02-29", "valeur_remplacement": 125000.5,
        "attributs": {"puissance_kw": 15}});

    let created = responsable.post("equipements/", new).await.expect(201);
    let path = format!("equipements/{}", created.id());
    let retired = responsable
        .patch(&path, json!({"statut": "retire", "localisation": "Hall B", "valeur_remplacement": null}))
        .await
        .expect(200);
    responsable.delete(&path).await.expect(204);

    assert_eq!(created.header("location"), format!("/api/v1/{path}"));
    let place = json!(["CASA", "Usine de Casablanca", 1]);
    assert_eq!(json!([created["site_code"], created["site_nom"], created["client_id"]]), place);
    assert_eq!((&created["criticite"], &created["statut"]), (&json!("standard"), &json!("operationnel")));
    assert_eq!((&created["valeur_remplacement"], &created["version"]), (&json!(125000.5), &json!(1)));
    assert_eq!((&retired["statut"], &retired["valeur_remplacement"]), (&json!("retire"), &Value::Null));
    assert_eq!((&retired["attributs"]["puissance_kw"], retired.header("etag")), (&json!(15), "\"2\""));
    responsable.get(&path).await.expect(404);
    let next = json!({"code": "CASA-FOUR-02", "nom": "Four", "type": "four", "site_id": 1});
    let next = responsable.post("equipements/", next).await.expect(201);
    assert_ne!(next.id(), created.id(), "an id is never given twice: the journal would mix the two");
    let facts: Vec<String> = plant
        .database()
        .prepare("select action from journal where entite = 'equipement' order by id")
        .and_then(|mut sql| sql.query_map([], |row| row.get(0))?.collect())
        .expect("the journal");
    assert_eq!(
        facts,
        ["equipement.creation", "equipement.modification", "equipement.suppression", "equipement.creation"]
    );
}

#[tokio::test]
async fn only_those_who_run_the_plant_change_equipements() {
    let plant = Plant::new();
    let new = json!({"code": "X", "nom": "X", "type": "x", "site_id": 1});

    for person in [plant.technicien(), plant.client()] {
        person.post("equipements/", new.clone()).await.expect(403);
        person.patch("equipements/1", json!({"nom": "X"})).await.expect(403);
        person.delete("equipements/1").await.expect(403);
    }

    assert_eq!(plant.responsable().get("equipements/1").await["version"], 1);
}

#[tokio::test]
async fn a_client_sees_the_equipements_of_its_own_sites_and_no_other() {
    let plant = Plant::new();
    let client = plant.client();

    let list = client.get("equipements").await.expect(200);
    let asked = client.get("equipements?client_id=2&site_id=2").await.expect(200);
    let found = client.get("equipements?q=metier").await.expect(200);

    assert_eq!((list.ids(), &list["total"]), (vec![1], &json!(1)));
    assert_eq!((asked.ids(), &asked["total"]), (vec![], &json!(0)));
    assert_eq!((found.ids(), &found["total"]), (vec![], &json!(0)));
    for tail in ["", "/arbre", "/qr.svg"] {
        let foreign = client.get(&format!("equipements/2{tail}")).await.expect(404);
        let absent = client.get(&format!("equipements/999{tail}")).await.expect(404);
        assert_eq!((foreign.code(), &foreign["detail"]), (absent.code(), &absent["detail"]));
    }
}

#[tokio::test]
async fn a_technicien_sees_every_equipement_but_not_what_it_is_worth() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    responsable.patch("equipements/1", json!({"valeur_remplacement": 990})).await.expect(200);

    let list = plant.technicien().get("equipements").await.expect(200);
    let one = plant.technicien().get("equipements/1").await.expect(200);
    let clients = plant.client().get("equipements/1").await.expect(200);

    assert_eq!(list.ids(), [1, 2]);
    assert_eq!(list["items"][0]["valeur_remplacement"], Value::Null);
    assert_eq!((&one["valeur_remplacement"], &clients["valeur_remplacement"]), (&Value::Null, &Value::Null));
    assert_eq!(responsable.get("equipements/1").await["valeur_remplacement"], 990.0);
}

#[tokio::test]
async fn equipements_are_found_by_the_beginning_of_a_word_without_accents() {
    let plant = Plant::new();
    plant
        .responsable()
        .patch("equipements/2", json!({"fabricant": "Échangeurs Réunis", "criticite": "critique"}))
        .await
        .expect(200);

    for (query, ids) in [
        ("q=ECHANG", vec![2]),
        ("q=relev pompe", vec![1]),
        ("q=\"casa-pompe\"", vec![1]),
        ("q=pompe&type=metier", vec![]),
        ("criticite=critique&criticite=important", vec![2]),
        ("type=pompe", vec![1]),
        ("tri=-code", vec![2, 1]),
        ("tri=-criticite", vec![2, 1]),
        ("statut=retire", vec![]),
    ] {
        let query = query.replace(' ', "%20").replace('"', "%22");
        let list = plant.responsable().get(&format!("equipements?{query}")).await.expect(200);
        assert_eq!(list.ids(), ids, "{query}");
    }
}

// D11
#[tokio::test]
async fn two_equipements_cannot_share_a_code_whatever_its_case_and_accents() {
    let plant = Plant::new();
    let new = json!({"code": "casa-pömpe-01", "nom": "Une autre", "type": "pompe", "site_id": 1});

    let refused = plant.responsable().post("equipements/", new).await.expect(409);

    assert_eq!((refused.code(), &refused["champ"]), ("doublon", &json!("code")));
}

#[tokio::test]
async fn what_an_equipement_cannot_be_is_refused_by_field() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let many: serde_json::Map<String, Value> = (0..51).map(|i| (i.to_string(), json!(1))).collect();

    for (field, value, code) in [
        ("code", json!("CASA\u{7}1"), "format"),
        ("nom", json!(" "), "champ_requis"),
        ("type", json!(""), "champ_requis"),
        ("site_id", json!(999), "introuvable"),
        ("parent_id", json!(999), "introuvable"),
        ("parent_id", json!(2), "autre_site"),
        ("criticite", json!("grave"), "valeur_invalide"),
        ("valeur_remplacement", json!(-1), "valeur_invalide"),
        ("attributs", json!({"note": "x".repeat(16 * 1024)}), "trop_long"),
        ("attributs", many.into(), "trop_long"),
        ("client_id", json!(1), "champ_inconnu"),
    ] {
        let mut new = json!({"code": "X", "nom": "X", "type": "x", "site_id": 1});
        new[field] = value.clone();
        let refused = responsable.post("equipements/", new).await.expect(422);
        assert_eq!(first_error(&refused), (field, code), "{value}");
        let refused = responsable.patch("equipements/1", json!({field: value})).await.expect(422);
        assert_eq!(first_error(&refused), (field, code));
    }
}

#[tokio::test]
async fn a_tree_shows_what_hangs_below_and_what_stands_above() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let motor = part(&responsable, "MOTEUR", 1).await;
    part(&responsable, "ROULEMENT-B", motor).await;
    part(&responsable, "ROULEMENT-A", motor).await;
    part(&responsable, "GARNITURE", 1).await;

    let whole = plant.client().get("equipements/1/arbre").await.expect(200);
    let middle = plant.client().get(&format!("equipements/{motor}/arbre")).await.expect(200);

    assert_eq!(whole["code"], "CASA-POMPE-01");
    assert_eq!((&whole["ancetres"], &whole["complet"]), (&json!([]), &json!(true)));
    assert_eq!(codes(&whole["enfants"]), ["GARNITURE", "MOTEUR"]);
    assert_eq!(codes(&whole["enfants"][1]["enfants"]), ["ROULEMENT-A", "ROULEMENT-B"]);
    assert_eq!(whole["enfants"][0]["statut"], "operationnel");
    assert_eq!(codes(&middle["ancetres"]), ["CASA-POMPE-01"]);
    assert_eq!(codes(&middle["enfants"]), ["ROULEMENT-A", "ROULEMENT-B"]);
}

#[tokio::test]
async fn a_tree_that_is_too_deep_to_show_says_so() {
    let plant = Plant::new();
    plant
        .database()
        .execute_batch(
            "with recursive n (i) as (select 101 union all select i + 1 from n where i < 140)
             insert into equipements (id, code, code_key, nom, type, site_id, parent_id, created_at, updated_at)
             select i, 'N' || i, 'n' || i, 'n', 'x', 1, nullif(i - 1, 100), 0, 0 from n",
        )
        .expect("a chain of forty");

    let cut = plant.responsable().get("equipements/101/arbre").await.expect(200);
    let whole = plant.responsable().get("equipements/108/arbre").await.expect(200);

    assert_eq!((&cut["complet"], &whole["complet"]), (&json!(false), &json!(true)));
    let levels = |tree: &Value| {
        std::iter::successors(Some(tree.clone()), |node| node["enfants"].get(0).cloned()).count() - 1
    };
    assert_eq!((levels(&cut.body), levels(&whole.body)), (32, 32));
    assert_eq!(whole["ancetres"].as_array().map(Vec::len), Some(7));
}

#[tokio::test]
async fn nothing_can_become_a_part_of_itself() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let motor = part(&responsable, "MOTEUR", 1).await;
    let bearing = part(&responsable, "ROULEMENT", motor).await;

    let own = responsable.patch("equipements/1", json!({"parent_id": 1})).await.expect(409);
    let deep = responsable.patch("equipements/1", json!({"parent_id": bearing})).await.expect(409);

    assert_eq!((own.code(), deep.code()), ("cycle", "cycle"));
    assert_eq!(responsable.get("equipements/1").await["parent_id"], Value::Null);
}

#[tokio::test]
async fn an_equipement_that_moves_to_another_site_takes_its_parts_along() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let motor = part(&responsable, "MOTEUR", 1).await;
    let bearing = part(&responsable, "ROULEMENT", motor).await;

    let alone = responsable.patch(&format!("equipements/{motor}"), json!({"site_id": 2})).await.expect(422);
    responsable.patch("equipements/1", json!({"site_id": 2})).await.expect(200);

    assert_eq!(first_error(&alone), ("parent_id", "autre_site"));
    assert_eq!(responsable.get(&format!("equipements/{bearing}")).await["site_id"], 2);
    assert_eq!(plant.client().get("equipements").await["total"], 0);
    let recorded: i64 = plant
        .database()
        .query_row("select count(*) from journal where action = 'equipement.modification'", [], |row| {
            row.get(0)
        })
        .expect("the journal");
    assert_eq!(recorded, 3, "one entry for each équipement that moved");
}

// D10
#[tokio::test]
async fn an_equipement_with_parts_or_interventions_is_retired_not_deleted() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    part(&responsable, "MOTEUR", 1).await;
    responsable.post("interventions/", leak_with(json!({"equipement_id": 2}))).await.expect(201);

    for id in [1, 2] {
        let refused = responsable.delete(&format!("equipements/{id}")).await.expect(409);
        assert_eq!(refused.code(), "utilise");
        assert!(refused["detail"].as_str().is_some_and(|text| text.contains("retire")), "{}", refused.body);
    }

    assert_eq!(responsable.get("equipements").await["total"], 3);
}

#[tokio::test]
async fn the_work_done_on_an_equipement_is_shown_to_those_who_may_see_it() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let led =
        responsable.post("interventions/", leak_with(json!({"technicien_id": 1}))).await.expect(201).id();
    let other = json!({"type_intervention": "diagnostic"});
    let unled = responsable.post("interventions/", leak_with(other)).await.expect(201).id();
    responsable.post("interventions/", leak_with(json!({"equipement_id": 2}))).await.expect(201);

    let all = responsable.get("equipements/1/interventions?tri=date_creation").await.expect(200);
    let diagnostics =
        responsable.get("equipements/1/interventions?type_intervention=diagnostic").await.expect(200);
    let own = plant.technicien().get("equipements/1/interventions").await.expect(200);
    let foreign = plant.client().get("equipements/2/interventions").await.expect(404);
    let absent = plant.client().get("equipements/999/interventions").await.expect(404);

    assert_eq!((all.ids(), &all["total"]), (vec![led, unled], &json!(2)));
    assert_eq!(diagnostics.ids(), [unled]);
    assert_eq!((own.ids(), &own["total"]), (vec![led], &json!(1)), "a technicien sees their own");
    assert_eq!(foreign["detail"], absent["detail"]);
    responsable.get("equipements/1/interventions?equipement_id=2").await.expect(422);
}

#[tokio::test]
async fn a_label_is_an_svg_that_opens_the_equipement() {
    let plant = Plant::new();

    let label = plant.client().get("equipements/1/qr.svg").await.expect(200);

    assert_eq!(label.header("content-type"), "image/svg+xml");
    assert_eq!(label.header("x-content-type-options"), "nosniff");
    let image = String::from_utf8(label.bytes).expect("text");
    assert!(image.starts_with("<?xml") && image.ends_with("</svg>") && image.contains("<path "), "{image}");
    let jeton = plant.client().get("equipements/1").await.expect(200)["jeton"].clone();
    let address = format!("http://127.0.0.1:8000/e/{}", jeton.as_str().expect("an identifier"));
    let expected = QrCode::new(address).expect("a code");
    assert_eq!(image, expected.render::<svg::Color<'_>>().module_dimensions(8, 8).build());
}

/// What a label leads to: how, which machine, its present code, and who else had the code.
async fn read_label(person: &Person<'_>, lue: &str) -> Value {
    let read = person.get(&format!("equipements/etiquette?lue={lue}")).await.expect(200);
    let others: Vec<_> =
        read["aussi"].as_array().expect("a list").iter().map(|one| &one["code_actuel"]).collect();
    json!([read["par"], read["equipement"]["id"], read["code_actuel"], others])
}

#[tokio::test]
async fn a_label_leads_on_whatever_its_machine_is_called_later() {
    let plant = Plant::new();
    let (responsable, client) = (plant.responsable(), plant.client());
    let jeton = client.get("equipements/1").await.expect(200)["jeton"].as_str().expect("text").to_owned();
    let label = client.get("equipements/1/qr.svg").await.expect(200).bytes;

    responsable.patch("equipements/1", json!({"code": "CASA-P-1", "nom": "Pompe"})).await.expect(200);

    assert_eq!(jeton.len(), 16);
    assert_eq!(
        client.get("equipements/1/qr.svg").await.expect(200).bytes,
        label,
        "the same is printed again"
    );
    assert_eq!(read_label(&client, &jeton.to_uppercase()).await, json!(["jeton", 1, "CASA-P-1", []]));
    assert_eq!(read_label(&client, "casa-p-1").await, json!(["code", 1, "CASA-P-1", []]));
    assert_eq!(read_label(&client, "casa-pompe-01").await, json!(["ancien_code", 1, "CASA-P-1", []]));
    client.get("equipements/etiquette?lue=CASA-POMPE").await.expect(404);
    client.get("equipements/etiquette?lue=TANGER-METIER-01").await.expect(404);
    let refused = responsable.patch("equipements/1", json!({"jeton": "x"})).await.expect(422);
    assert_eq!(first_error(&refused), ("jeton", "champ_inconnu"));
    let rewrite = plant.database().execute("update equipements set jeton = 'x' where id = 1", []);
    assert!(rewrite.is_err(), "the database says so last");
    // Called again as before, it is found as before.
    responsable.patch("equipements/1", json!({"code": "CASA-POMPE-01"})).await.expect(200);
    assert_eq!(read_label(&client, "casa-pompe-01").await, json!(["code", 1, "CASA-POMPE-01", []]));
}

#[tokio::test]
async fn a_code_that_was_given_away_names_both_machines() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    responsable.patch("equipements/1", json!({"code": "VIEILLE"})).await.expect(200);
    let new = json!({"code": "CASA-POMPE-01", "nom": "Pompe neuve", "type": "pompe", "site_id": 1});
    let given = responsable.post("equipements/", new).await.expect(201).id();

    assert_eq!(
        read_label(&plant.client(), "CASA-POMPE-01").await,
        json!(["code", given, "CASA-POMPE-01", ["VIEILLE"]])
    );
    // Nobody has it any more: whoever had it last comes first.
    plant.advance(std::time::Duration::from_secs(60));
    responsable.patch(&format!("equipements/{given}"), json!({"code": "NEUVE"})).await.expect(200);
    let last = json!(["ancien_code", given, "NEUVE", ["VIEILLE"]]);
    assert_eq!(read_label(&plant.client(), "CASA-POMPE-01").await, last);
    // On the site of another client it names theirs only.
    responsable.patch(&format!("equipements/{given}"), json!({"site_id": 2})).await.expect(200);
    let theirs = json!(["ancien_code", 1, "VIEILLE", []]);
    assert_eq!(read_label(&plant.client(), "CASA-POMPE-01").await, theirs);
    // Thrown away before it did anything, it takes its former codes along.
    responsable.delete(&format!("equipements/{given}")).await.expect(204);
    assert_eq!(read_label(&responsable, "CASA-POMPE-01").await, theirs);
}
