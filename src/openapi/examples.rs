//! What a planner would send, an example for each operation that takes JSON: `examples.json`, by method and path.
//! A test sends every one to a demo plant, so none can grow old.

use std::collections::BTreeMap;
use std::mem;

use serde_json::{Value, json};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{OpenApi as Document, RefOr};

/// The bodies, by operation, such as `post /api/v1/clients/`.
pub fn bodies() -> BTreeMap<String, Value> {
    serde_json::from_str(include_str!("examples.json")).expect("the examples are JSON: a test reads them")
}

/// Puts the examples into the document.
pub(super) fn show(document: &mut Document) {
    let mut bodies = bodies();
    for (path, item) in &mut document.paths.paths {
        let operations = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            if let Some(body) = bodies.remove(&format!("{method} {path}")) {
                show_body(operation, &body);
            }
            for parameter in operation.parameters.iter_mut().flatten() {
                if let RefOr::T(parameter) = parameter {
                    show_place(parameter);
                }
            }
        }
    }
}

/// A form's fields are an object too: what takes a form shows the same as what takes JSON.
fn show_body(operation: &mut Operation, example: &Value) {
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    for (kind, content) in &mut body.content {
        let is_object = ["application/json", "application/x-www-form-urlencoded"].contains(&kind.as_str());
        if let (true, RefOr::T(content)) = (is_object, content) {
            content.example = Some(example.clone());
        }
    }
}

/// What has a number is shown by one.
fn show_place(parameter: &mut Parameter) {
    let is_number = matches!(parameter.schema, Some(RefOr::Ref(_)));
    if parameter.parameter_in == ParameterIn::Path && is_number {
        let bare = mem::replace(parameter, Parameter::new(""));
        *parameter = ParameterBuilder::from(bare).example(Some(json!(1))).build();
    }
}
