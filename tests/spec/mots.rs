//! One name: what nobody sees in a text is taken off at the door, and a text is found however it is spelt.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use erp_interventions::kernel::words::{AS_TYPED, PROSE, one_line, prose, tidied};
use serde_json::{Map, Value, json};

use crate::plant::{Person, Plant, Reply};

/// Characters from which a text has room for several lines.
const ROOMY: i64 = 500;

fn document() -> Value {
    serde_json::to_value(erp_interventions::routes::document()).expect("the document is JSON")
}

/// What one error of a refusal says: field, code, sentence.
fn error(refused: &Reply) -> (&str, &str, &str) {
    let text = |name: &str| refused["errors"][0][name].as_str().unwrap_or("");
    (text("champ"), text("code"), text("message"))
}

/// The schemas of all JSON bodies, by operation.
fn bodies(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        item.as_object().expect("operations").iter().map(move |(method, one)| (method, path, one))
    });
    operations
        .filter_map(|(method, path, one)| {
            let schema = &one["requestBody"]["content"]["application/json"]["schema"];
            schema.is_object().then(|| (format!("{method} {path}"), schema))
        })
        .collect()
}

/// A body with `text` wherever its schema has a text that people write, and the longest of its texts by member.
fn sample(document: &Value, schema: &Value, text: &str, roomy: &mut BTreeSet<String>) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).expect("what it refers to");
        return sample(document, target, text, roomy);
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[choice].as_array() {
            let mut samples = parts.iter().map(|part| sample(document, part, text, roomy));
            return samples.rfind(|sample| !sample.is_null()).unwrap_or(Value::Null);
        }
    }
    let is = |kind: &str| {
        schema["type"] == kind
            || schema["type"].as_array().is_some_and(|all| all.iter().any(|one| one == kind))
    };
    if let Some(members) = schema["properties"].as_object() {
        let mut body = Map::new();
        for (name, member) in members {
            if member["maxLength"].as_i64().is_some_and(|most| most >= ROOMY) {
                roomy.insert(name.clone());
            }
            body.insert(name.clone(), sample(document, member, text, roomy));
        }
        return body.into();
    }
    if is("array") {
        return json!([sample(document, &schema["items"], text, roomy)]);
    }
    if is("string") && schema["enum"].is_null() { json!(text) } else { Value::Null }
}

/// Every text of a value, with the names of the members around it.
fn texts<'v>(value: &'v Value, within: &[&'v str]) -> Vec<(Vec<&'v str>, &'v str)> {
    match value {
        Value::String(text) => vec![(within.to_vec(), text)],
        Value::Array(items) => items.iter().flat_map(|item| texts(item, within)).collect(),
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| texts(member, &[within, &[name.as_str()]].concat()))
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_text_of_every_body_is_tidied_except_those_that_are_named() {
    let document = document();
    let typed = " x  y\u{200b} e\u{301} ";
    let (mut roomy, mut seen) = (BTreeSet::new(), 0);

    for (operation, schema) in bodies(&document) {
        let body = sample(&document, schema, typed, &mut roomy).to_string();
        let kept: Value = serde_json::from_slice(&tidied(body.as_bytes())).expect("still JSON");
        for (members, text) in texts(&kept, &[]) {
            let is_in = |list: &[&str]| members.iter().any(|member| list.contains(member));
            let wanted = if is_in(AS_TYPED) {
                typed
            } else if is_in(PROSE) {
                "x  y\u{200b} é"
            } else {
                "x y é"
            };
            assert_eq!(text, wanted, "{operation} {members:?}");
            seen += 1;
        }
    }

    assert!(seen > 150, "{seen} texts");
    let named: BTreeSet<String> = [PROSE, AS_TYPED].concat().into_iter().map(str::to_owned).collect();
    let forgotten: Vec<_> = roomy.difference(&named).collect();
    assert!(forgotten.is_empty(), "texts with room for several lines that lose them: {forgotten:?}");
}

#[tokio::test]
async fn a_name_with_blanks_around_it_is_the_name() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let nfd = "Atelier\u{a0} de\u{200b} bobinage e\u{301}lectrique ";
    let new = json!({"code": " PRESSE  9\t", "nom": nfd, "type": "presse ", "site_id": 1,
        "fabricant": " SKF ", "localisation": "\u{feff}Hall  2"});
    let made = responsable.post("equipements/", new).await.expect(201);
    for (member, kept) in [
        ("code", "PRESSE 9"),
        ("nom", "Atelier de bobinage électrique"),
        ("type", "presse"),
        ("fabricant", "SKF"),
        ("localisation", "Hall 2"),
    ] {
        assert_eq!(made[member], kept);
    }
    let path = format!("equipements/{}", made.id());
    let changed = responsable.patch(&path, json!({"modele": " B  2 "})).await.expect(200);
    assert_eq!(changed["modele"], "B 2");

    for (list, one, other) in [
        ("techniciens/competences/", json!({"nom": "plomberie"}), json!({"nom": " Plomberie\u{200b} "})),
        ("fournisseurs/", json!({"nom": "Roulements du Nord"}), json!({"nom": "roulements  du Nord "})),
        (
            "pieces/",
            json!({"reference": "RLT 6308", "designation": "Roulement"}),
            json!({"reference": " rlt  6308", "designation": "Roulement"}),
        ),
        ("gammes/", json!({"nom": "Révision"}), json!({"nom": "Re\u{301}vision "})),
    ] {
        responsable.post(list, one).await.expect(201);
        let refused = responsable.post(list, other).await.expect(409);
        assert_eq!(refused.code(), "doublon", "{list}");
    }
}

#[tokio::test]
async fn a_text_of_several_lines_keeps_them_and_a_password_keeps_its_blanks() {
    let plant = Plant::new();
    let text = "1.  Vanne fermée\n\n    - e\u{301}vent\n2.  Purge";
    let new = json!({"titre": " Fuite  au joint ", "description": format!("\n{text} \n"), "equipement_id": 1,
        "type_intervention": "corrective", "priorite": "haute"});
    let made = plant.responsable().post("interventions/", new).await.expect(201);
    assert_eq!(made["titre"], "Fuite au joint");
    assert_eq!(made["description"], prose(text).as_ref());
    assert!(made["description"].as_str().expect("a text").contains("\n\n    - évent"));

    let password = " Vanne  rouge 1987 ";
    let new = json!({"username": "nouveau", "full_name": " Nour  Nouveau", "email": "nour@plant.test",
        "role": "technicien", "password": password});
    let user = plant.admin().post("users/", new).await.expect(201);
    assert_eq!(user["full_name"], "Nour Nouveau");
    for (given, status) in [(password, 200), (&*one_line(password), 401)] {
        let form =
            serde_html_form::to_string([("username", " nouveau "), ("password", given)]).expect("a form");
        let request = Request::post("/api/v1/auth/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .expect("a request");
        plant.nobody().send_raw(request).await.expect(status);
    }
}

/// The ids that a list finds by these words.
async fn found(person: &Person<'_>, list: &str, words: &str) -> Vec<i64> {
    let query = serde_html_form::to_string([("q", words)]).expect("a query");
    person.get(&format!("{list}?{query}")).await.expect(200).ids()
}

#[tokio::test]
async fn a_machine_is_found_however_its_name_is_spelt() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    for (n, (name, asked, not)) in [
        ("Cœur de pompe", &["coeur", "CŒUR", "cœ"][..], "cour"),
        ("Boeuf séché", &["bœuf", "séche\u{301}", "seche"], "bouf"),
        ("Straße Nord", &["strasse", "STRASSE", "straß"], "strate"),
        ("Vérin Ø63", &["o63", "Ø63", "63", "ø 63", "ver o63"], "64"),
        ("Vis M8×30", &["M8x30", "m8×30", "M8 30", "m8 x 30", "30"], "M9x30"),
        ("Filtre 5 µm", &["5um", "5µm", "5 μm", "um"], "6um"),
        ("مروحة أحمد", &["احمد", "أحمد", "مروحه", "اَحْـــمَد"], "محمود"),
        ("مستشفى ١٢", &["مستشفي", "12", "١٢"], "13"),
        ("Ｐｏｍｐｅ ﬁltrante", &["filtrante", "ﬁltr"], "filtrer"),
    ]
    .into_iter()
    .enumerate()
    {
        let new = json!({"code": format!("N-{n}"), "nom": name, "type": "essai", "site_id": 1});
        let id = responsable.post("equipements/", new).await.expect(201).id();
        let part = json!({"reference": format!("P-{n}"), "designation": name});
        let part = responsable.post("pieces/", part).await.expect(201).id();
        let skill = responsable.post("techniciens/competences/", json!({"nom": name})).await.expect(201).id();
        for words in asked {
            assert_eq!(found(&responsable, "equipements/", words).await, [id], "{words} in {name}");
            assert!(found(&responsable, "pieces/", words).await.contains(&part), "{words} in {name}");
            if !words.contains(' ') {
                let list = found(&responsable, "techniciens/competences/", words).await;
                assert!(list.contains(&skill), "{words} in the short list");
            }
        }
        assert_eq!(found(&responsable, "equipements/", not).await, [0; 0], "{not} in {name}");
        // What was found by the old name is found by the new one only.
        responsable.patch(&format!("equipements/{id}"), json!({"nom": "Autre"})).await.expect(200);
        assert_eq!(found(&responsable, "equipements/", asked[0]).await, [0; 0], "{name}");
    }
}

#[tokio::test]
async fn a_filter_by_text_takes_every_spelling_and_its_facet_counts_them_as_one() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let mut made = Vec::new();
    for (code, r#type) in [("A", "Électropompe"), ("B", "electropompe"), ("C", "Convoyeur")] {
        let new = json!({"code": code, "nom": code, "type": r#type, "site_id": 1});
        made.push(responsable.post("equipements/", new).await.expect(201).id());
    }

    let list = responsable.get("equipements/?type=%20ELECTROPOMPE%20&tri=code").await.expect(200);

    assert_eq!(list.ids(), made[..2]);
    let faceted = responsable.get("filters/equipements?type=electropompe").await.expect(200);
    let facet = faceted["facettes"]["type"].as_array().expect("a facet");
    assert_eq!((facet.len(), &facet[0]["nombre"]), (1, &json!(2)));
}

#[tokio::test]
async fn what_is_unknown_is_told_with_what_is_near() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let mut new = json!({"reference": "R-1", "designation": "Joint"});
    new["desination"] = json!("x");
    let refused = responsable.post("pieces/", new).await.expect(422);
    let (champ, code, message) = error(&refused);
    assert_eq!((champ, code), ("desination", "champ_inconnu"));
    assert!(message.ends_with(" ; vouliez-vous dire « designation » ?"), "{message}");

    for (path, near) in [
        ("equipements/?tri=-critcite", Some("criticite")),
        ("equipements/?statut=operationel", Some("operationnel")),
        ("equipements/?sit_id=1", Some("site_id")),
        ("equipements/?zzz=1", None),
    ] {
        let english = [("accept-language", "en")];
        let refused = responsable.send("GET", path, &english, None).await.expect(422);
        let message = error(&refused).2;
        match near {
            Some(near) => assert!(message.ends_with(&format!("; did you mean \"{near}\"?")), "{message}"),
            None => assert!(!message.contains("did you mean"), "{message}"),
        }
    }
    let refused = responsable.patch("equipements/1", json!({"criticite": "Critique"})).await.expect(422);
    assert!(error(&refused).2.ends_with("vouliez-vous dire « critique » ?"), "{}", refused.body);
}

#[tokio::test]
async fn what_is_no_word_of_a_list_is_told_of_its_field() {
    let plant = Plant::new();

    for value in [json!(null), json!(5), json!([])] {
        let refused = plant.admin().patch("users/2", json!({"role": value})).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], "role", "{}", refused.body);
    }
}

#[tokio::test]
async fn a_change_without_a_body_is_told_so() {
    let plant = Plant::new();
    let typed = [("content-type", "application/json")];

    for headers in [&[][..], &typed] {
        let refused = plant.responsable().send("PATCH", "equipements/1", headers, None).await.expect(400);
        let detail = refused["detail"].as_str().expect("a sentence");
        assert!(detail.contains("n’a pas de corps") && !detail.contains("compress"), "{detail}");
    }
}

#[tokio::test]
async fn a_table_names_its_columns_and_words_as_people_write_them() {
    let plant = Plant::new();
    let admin = plant.admin();
    let import = async |table: &str, csv: &str| {
        let request =
            Request::post(format!("/api/v1/admin/imports/{table}")).header("content-type", "text/csv");
        admin.send_raw(request.body(Body::from(csv.to_owned())).expect("a request")).await
    };

    let file = "CODE;Nom;Type;Site;Criticité;Statut;Numéro série\n\
        'A-1; 't  Hof ;pompe; casa;Non critique;Opérationnel;'=1\n";
    let kept = import("equipements", file).await.expect(200);
    assert!(kept["import_id"].is_i64(), "{}", kept.body);
    let made = &plant.responsable().get("equipements/?q=hof").await.expect(200).body["items"][0];
    for (member, value) in [
        ("code", "'A-1"),
        ("nom", "'t Hof"),
        ("criticite", "non_critique"),
        ("statut", "operationnel"),
        ("numero_serie", "=1"),
    ] {
        assert_eq!(made[member], value);
    }

    let file = "titre;type_intervention;equipement;statut\nReprise;Corrective;CASA-POMPE-01;Terminé\n";
    let tried = import("interventions?essai=true", file).await.expect(200);
    let mut refused = tried["erreurs"].as_array().expect("a list").iter();
    assert!(refused.all(|one| one["colonne"] != "statut"), "{}", tried.body);
    let refused = import("equipements", "code;nomm;type;site\nX;Y;pompe;CASA\n").await.expect(422);
    assert!(error(&refused).2.ends_with("vouliez-vous dire « nom » ?"), "{}", refused.body);
}
