//! The API's document, by which others make their clients: it is what OpenAPI 3.1 asks for.
//! `tests/openapi/run` has validators and generators that are not ours judge it too.

use std::collections::BTreeSet;
use std::iter;

use serde_json::Value;

/// What a JSON value can be.
const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

#[test]
fn each_answer_is_described() {
    let document = document();

    let undescribed: Vec<String> = answers(&document)
        .filter(|(_, answer)| answer["description"].as_str().is_none_or(str::is_empty))
        .map(|(place, _)| place)
        .collect();

    assert_eq!(undescribed, [""; 0]);
}

#[test]
fn no_default_is_null() {
    let document = document();

    let nulls: Vec<String> = all(&document, "#".to_owned())
        .into_iter()
        .filter(|(_, value)| value.get("default").is_some_and(Value::is_null))
        .map(|(place, _)| place)
        .collect();

    assert_eq!(nulls, [""; 0]);
}

#[test]
fn what_is_of_several_schemas_at_once_can_exist() {
    let document = document();

    let impossible: Vec<String> = all(&document, "#".to_owned())
        .into_iter()
        .filter(|(_, value)| value["allOf"].is_array() && types(&document, value).is_empty())
        .map(|(place, _)| place)
        .collect();

    assert_eq!(impossible, [""; 0]);
}

#[test]
fn a_file_is_a_file_and_not_a_list_of_numbers() {
    let document = document();

    let numbers: Vec<String> = all(&document, "#".to_owned())
        .into_iter()
        .filter(|(_, value)| value["type"] == "array" && value["items"]["format"] == "int32")
        .map(|(place, _)| place)
        .collect();

    assert_eq!(numbers, [""; 0]);
}

#[test]
fn a_table_comes_and_goes_in_each_of_its_forms() {
    let document = document();
    let export = &document["paths"]["/api/v1/admin/exports/{tableau}"]["get"]["responses"]["200"];
    let import = &document["paths"]["/api/v1/admin/imports/{tableau}"]["post"]["requestBody"];

    let forms = |of: &Value| of["content"].as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();

    let expected =
        ["application/json", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv"]
            .map(str::to_owned);
    assert_eq!(forms(export), BTreeSet::from(expected));
    assert_eq!(forms(import), forms(export));
}

fn document() -> Value {
    serde_json::to_value(erp_interventions::routes::document()).expect("the document is JSON")
}

/// Every answer of every operation, by method, path and status.
fn answers(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        item.as_object().expect("operations").iter().map(move |(method, operation)| (method, path, operation))
    });
    operations.filter(|(.., operation)| operation.is_object()).flat_map(|(method, path, operation)| {
        let answers = operation["responses"].as_object().expect("answers");
        answers.iter().map(move |(status, answer)| (format!("{method} {path} {status}"), answer))
    })
}

/// Every object of the document, by its place.
fn all(value: &Value, place: String) -> Vec<(String, &Value)> {
    match value {
        Value::Object(fields) => {
            let below = fields.iter().flat_map(|(name, value)| all(value, format!("{place}/{name}")));
            iter::once((place.clone(), value)).chain(below).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(n, value)| all(value, format!("{place}/{n}"))).collect()
        }
        _ => Vec::new(),
    }
}

/// What a value that a schema accepts can be.
fn types<'a>(document: &'a Value, schema: &'a Value) -> BTreeSet<&'a str> {
    let mut accepted: BTreeSet<&str> = match &schema["type"] {
        Value::String(one) => BTreeSet::from([one.as_str()]),
        Value::Array(several) => several.iter().map(|one| one.as_str().expect("a word")).collect(),
        _ => BTreeSet::from(TYPES),
    };
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).expect("what it refers to");
        let theirs = types(document, target);
        accepted.retain(|one| theirs.contains(one));
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        let theirs = types(document, part);
        accepted.retain(|one| theirs.contains(one));
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(parts) = schema[choice].as_array() {
            let theirs: BTreeSet<&str> = parts.iter().flat_map(|part| types(document, part)).collect();
            accepted.retain(|one| theirs.contains(one));
        }
    }
    accepted
}
