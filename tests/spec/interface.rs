//! The web interface and the API that it is typed by.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use serde_json::Value;

/// `UI_SKIP_BUILD=1 UPDATE=1 cargo test --test spec the_interface_is_typed` writes it anew.
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/interface/openapi.json");

#[test]
fn the_interface_is_typed_by_the_document_of_today() {
    let today = serde_json::to_value(erp_interventions::routes::document()).unwrap();
    if env::var_os("UPDATE").is_some() {
        fs::write(DOCUMENT, serde_json::to_string_pretty(&today).unwrap() + "\n").unwrap();
    }

    let kept: Value = serde_json::from_str(&fs::read_to_string(DOCUMENT).unwrap()).unwrap();

    assert!(
        kept == today,
        "write it anew: UI_SKIP_BUILD=1 UPDATE=1 cargo test --test spec the_interface_is_typed"
    );
}

/// The texts of the interface in one language.
fn texts(language: &str, page: &str) -> Value {
    let path = format!("{}/assets/interface/src/textes/{language}/{page}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).expect("texts")).expect("JSON")
}

/// Of the sources, the string literals of stable codes that follow one of these beginnings.
fn codes(folder: &Path, beginnings: &[&str], found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            codes(&path, beginnings, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).expect("a source");
            for beginning in beginnings {
                let literals =
                    text.split(beginning).skip(1).filter_map(|after| after.trim_start().strip_prefix('"'));
                found.extend(literals.filter_map(|literal| literal.split('"').next()).map(str::to_owned));
            }
        }
    }
    found.retain(|code| {
        !code.is_empty() && code.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
    });
}

/// The server speaks French and English; who reads Arabic reads what a refusal's code stands for.
#[test]
fn every_refusal_has_its_words_in_arabic() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let words = texts("ar", "erreurs");
    let mut refusals = BTreeSet::new();
    codes(&sources, &["conflict(", "Unauthenticated(", "Owing(", "Gone(", "Busy("], &mut refusals);
    let mut fields = BTreeSet::new();
    codes(&sources, &["code: ", "rule("], &mut fields);
    assert!(refusals.len() > 70 && fields.len() > 5, "{refusals:?} {fields:?}");
    refusals.extend(
        ["introuvable", "interdit", "invalide", "version_depassee", "erreur_interne"].map(str::to_owned),
    );

    let missing = |page: &str, wanted: BTreeSet<String>| {
        wanted.into_iter().filter(|code| !words[page][code].is_string()).collect::<Vec<_>>()
    };
    assert_eq!(missing("codes", refusals), Vec::<String>::new());
    assert_eq!(missing("champs", fields), Vec::<String>::new());
}

/// A refusal that no form shows beside its field still calls it by its label.
#[test]
fn every_field_of_a_body_has_a_name_for_people() {
    let document = serde_json::to_value(erp_interventions::routes::document()).expect("JSON");
    let schemas = &document["components"]["schemas"];
    let mut fields = BTreeSet::new();
    let operations = document["paths"].as_object().expect("paths").values().filter_map(Value::as_object);
    for body in operations.flat_map(|methods| methods.values()).map(|operation| &operation["requestBody"]) {
        let kinds = body["content"].as_object().into_iter().flat_map(|kinds| kinds.values());
        for kind in kinds {
            members(&kind["schema"], schemas, 0, &mut fields);
        }
    }
    assert!(fields.len() > 100, "{fields:?}");
    for language in ["fr", "en", "ar"] {
        let names = texts(language, "champs");
        let missing: Vec<_> = fields.iter().filter(|field| !names[*field].is_string()).collect();
        assert_eq!(missing, Vec::<&String>::new(), "{language}");
    }
}

/// The names of a schema's members, and of theirs.
fn members(schema: &Value, schemas: &Value, depth: u8, found: &mut BTreeSet<String>) {
    if depth > 6 {
        return;
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        members(&schemas[name], schemas, depth + 1, found);
    }
    for kind in ["allOf", "anyOf", "oneOf"] {
        for part in schema[kind].as_array().into_iter().flatten() {
            members(part, schemas, depth + 1, found);
        }
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        found.insert(name.clone());
        members(member, schemas, depth + 1, found);
    }
    if schema["items"].is_object() {
        members(&schema["items"], schemas, depth + 1, found);
    }
}
