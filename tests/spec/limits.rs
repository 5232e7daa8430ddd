//! What bounds what a caller can cause, as a table that a reviewer reads: `limits.txt`. The other numbers of the source
//! stand in `numbers.txt`, what the API's document leaves without a bound in `unbounded.txt`: a new one fails here until
//! it is a limit or is written down. `UPDATE=1 cargo test --test spec limits` rewrites them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use erp_interventions::{limits, routes};
use serde_json::Value;

use crate::permissions::compare;

#[test]
fn every_limit_is_printed_with_its_number_and_its_answer() {
    let mut table = String::from("# what | how many | for each | answer beyond | constant\n");
    for limit in limits::all() {
        let limits::Limit { what, how_many, whom, answer, constant, file } = limit;
        let _ = writeln!(table, "{what} | {how_many} | {whom:?} | {answer} | {constant} in src/{file}");
        let source = std::fs::read_to_string(src().join(file)).expect("the file that the limit names");
        let names = [format!("const {constant}:"), format!("{constant}: ")];
        assert!(names.iter().any(|name| source.contains(name)), "{constant} is not in src/{file}");
    }

    compare("limits.txt", &table);
}

/// Whoever writes a number says whether it bounds what a caller can cause.
#[test]
fn every_number_of_the_source_is_a_limit_or_is_known_to_be_none() {
    let listed: BTreeSet<_> =
        limits::all().iter().map(|limit| format!("{} in src/{}", limit.constant, limit.file)).collect();
    let mut numbers = BTreeSet::new();
    collect(&src(), &mut |path, text| {
        let path = path.strip_prefix(src()).expect("below src").to_string_lossy().replace('\\', "/");
        // Sown data asks nobody.
        if path.starts_with("seed/") || path.ends_with("tests.rs") {
            return;
        }
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        numbers.extend(code.lines().filter_map(number).map(|name| format!("{name} in src/{path}")));
    });
    assert!(numbers.len() > 100, "the sources are where they should be");

    let others: String = numbers.difference(&listed).map(|number| format!("{number}\n")).collect();
    compare("numbers.txt", &others);
}

/// The name of a constant that counts something.
fn number(line: &str) -> Option<&str> {
    let (visibility, rest) = line.trim_start().split_once("const ")?;
    let (name, kind) = rest.split_once(": ")?;
    let kind = kind.split(' ').next().unwrap_or_default();
    let counts = ["usize", "u64", "u32", "u16", "u8", "i64", "i32", "f64", "Duration", "NonZeroUsize"];
    let is_constant = visibility.is_empty() || visibility.starts_with("pub");
    (is_constant && counts.contains(&kind)).then_some(name)
}

#[test]
fn every_field_of_a_body_has_a_bound_in_the_api_s_document() {
    let document = serde_json::to_value(routes::document()).expect("JSON");
    let mut unbounded = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            for (_, body) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                let schema = &body["schema"];
                let named = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
                let place = named.map_or(format!("{} {path}", method.to_uppercase()), str::to_owned);
                walk(&document, schema, &place, &mut unbounded);
            }
        }
    }

    let table: String = unbounded.iter().map(|place| format!("{place}\n")).collect();
    compare("unbounded.txt", &table);
}

/// The kernel bounds a whole query string, its bytes and its values: nobody reads one past it.
#[test]
fn every_query_string_is_read_where_it_is_bounded() {
    let mut readers = BTreeSet::new();
    collect(&src(), &mut |path, text| {
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        if ["uri.query()", "uri().query()", "extract::Query", "RawQuery"]
            .iter()
            .any(|read| code.contains(read))
        {
            let path = path.strip_prefix(src()).expect("below src").to_string_lossy().replace('\\', "/");
            readers.insert(path);
        }
    });
    // The context hashes it and the routes hand it on: neither takes it apart.
    let readers: Vec<_> = readers.iter().map(String::as_str).collect();
    assert_eq!(readers, ["kernel/context.rs", "kernel/page.rs", "routes.rs"]);
}

/// Adds what has no bound in a schema: texts, lists and numbers whose size nothing says.
fn walk(document: &Value, schema: &Value, place: &str, unbounded: &mut BTreeSet<String>) {
    if place.matches(['.', '[']).count() > 8 {
        return;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).expect("a schema");
        return walk(document, target, place, unbounded);
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        for one in schema[key].as_array().into_iter().flatten() {
            walk(document, one, place, unbounded);
        }
    }
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect::<Vec<_>>(),
    };
    let is_one_of = schema["enum"].is_array() || schema["const"].is_string();
    let is_of_a_form = ["date", "date-time", "binary"].iter().any(|form| schema["format"] == *form);
    if kinds.contains(&"string") && !is_one_of && !is_of_a_form && schema["maxLength"].is_null() {
        unbounded.insert(format!("{place}: text"));
    }
    if kinds.contains(&"array") {
        if schema["maxItems"].is_null() {
            unbounded.insert(format!("{place}: list"));
        }
        walk(document, &schema["items"], &format!("{place}[]"), unbounded);
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        walk(document, member, &format!("{place}.{name}"), unbounded);
    }
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn collect(folder: &Path, found: &mut impl FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).expect("src") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found(&path, &std::fs::read_to_string(&path).expect("a source file"));
        }
    }
}
