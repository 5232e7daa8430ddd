//! The web interface and the API that it is typed by.

use std::{env, fs};

/// `UI_SKIP_BUILD=1 UPDATE=1 cargo test --test spec the_interface_is_typed` writes it anew.
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/interface/openapi.json");

#[test]
fn the_interface_is_typed_by_the_document_of_today() {
    let today = serde_json::to_value(erp_interventions::routes::document()).unwrap();
    if env::var_os("UPDATE").is_some() {
        fs::write(DOCUMENT, serde_json::to_string_pretty(&today).unwrap() + "\n").unwrap();
    }

    let kept: serde_json::Value = serde_json::from_str(&fs::read_to_string(DOCUMENT).unwrap()).unwrap();

    assert!(
        kept == today,
        "write it anew: UI_SKIP_BUILD=1 UPDATE=1 cargo test --test spec the_interface_is_typed"
    );
}
