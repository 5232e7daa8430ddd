//! The shape of the house: who may import what, and how large a room may grow. These sentences are
//! conventions that a compiler does not hold; this file does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What stands below the slices, and what stands above them.
const NOT_SLICES: &[&str] = &["kernel"];

struct Source {
    /// Path below `src/`, with `/`.
    path: String,
    text: String,
}

impl Source {
    /// Lines of code: no comments, no tests.
    fn code(&self) -> impl Iterator<Item = &str> {
        let code = self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        code.lines().filter(|line| !line.trim_start().starts_with("//"))
    }

    fn says(&self, text: &str) -> bool {
        self.code().any(|line| line.contains(text))
    }

    fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The slice that the file belongs to.
    fn slice(&self) -> Option<&str> {
        let (folder, _) = self.path.split_once('/')?;
        (!NOT_SLICES.contains(&folder)).then_some(folder)
    }

    fn is_store(&self) -> bool {
        self.file_name() == "store.rs" || self.path.contains("/store/")
    }

    fn is_rules(&self) -> bool {
        (self.file_name() == "rules.rs" || self.path.contains("/rules/")) && !self.is_test()
    }

    fn is_test(&self) -> bool {
        self.file_name() == "tests.rs"
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    assert!(found.len() > 30, "the sources are where they should be");
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("src").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source file");
            let path = path.strip_prefix(root).expect("below src").to_string_lossy().replace('\\', "/");
            found.push(Source { path, text });
        }
    }
}

#[track_caller]
fn nobody(sentence: &str, offenders: impl Iterator<Item = String>) {
    let offenders: Vec<_> = offenders.collect();
    assert!(offenders.is_empty(), "{sentence}:\n  {}", offenders.join("\n  "));
}

#[test]
fn sql_is_written_in_store_files_only() {
    let sources = sources();
    let offenders = sources
        .iter()
        .filter(|source| source.slice().is_some() && !source.is_store() && !source.is_test())
        .filter(|source| source.says("rusqlite"));
    nobody("rusqlite outside a slice's store", offenders.map(|source| source.path.clone()));
}

#[test]
fn only_routes_know_http() {
    let sources = sources();
    let knows = |source: &&Source| source.says("axum");
    let offenders = sources
        .iter()
        .filter(|source| source.slice().is_some() && !source.path.contains("/routes"))
        .filter(knows);
    nobody("axum outside a slice's routes", offenders.map(|source| source.path.clone()));
}

#[test]
fn rules_are_pure() {
    let sources = sources();
    let forbidden = ["axum", "rusqlite", "tokio", "Clock", "getrandom", "std::time::Instant", "std::fs"];
    let offenders = sources.iter().filter(|source| source.is_rules()).flat_map(|source| {
        forbidden.iter().filter(|word| source.says(word)).map(|word| format!("{}: {word}", source.path))
    });
    nobody("a rule that is not a function of its arguments", offenders);
}

#[test]
fn the_kernel_knows_nothing_of_maintenance() {
    let sources = sources();
    let slices: BTreeSet<&str> = sources.iter().filter_map(Source::slice).collect();
    let offenders = sources.iter().filter(|source| source.path.starts_with("kernel/")).flat_map(|source| {
        let above = slices.iter().copied().chain(["permissions", "events", "routes", "config", "cli"]);
        above
            .filter(|name| source.says(&format!("crate::{name}")))
            .map(|name| format!("{} imports {name}", source.path))
            .collect::<Vec<_>>()
    });
    nobody("the kernel imports what stands above it", offenders);
}

#[test]
fn slices_meet_at_their_front_doors_and_never_in_a_circle() {
    let sources = sources();
    let slices: BTreeSet<String> = sources.iter().filter_map(Source::slice).map(str::to_owned).collect();
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut back_doors = Vec::new();
    for source in &sources {
        let Some(own) = source.slice() else { continue };
        for other in slices.iter().filter(|other| *other != own) {
            if !source.says(&format!("crate::{other}::")) {
                continue;
            }
            imports.entry(own.to_owned()).or_default().insert(other.clone());
            let rooms = ["access", "commands", "model", "routes", "rules", "store"];
            for room in rooms.iter().filter(|room| source.says(&format!("crate::{other}::{room}"))) {
                back_doors.push(format!("{} goes into {other}::{room}", source.path));
            }
        }
    }

    nobody("a slice enters another by the back door", back_doors.into_iter());
    while let Some(done) = slices.iter().find(|slice| {
        imports.get(*slice).is_some_and(BTreeSet::is_empty) || {
            // A slice that imports nothing more leaves the graph.
            imports.values().any(|others| others.contains(*slice)) && !imports.contains_key(*slice)
        }
    }) {
        imports.remove(done);
        for others in imports.values_mut() {
            others.remove(done);
        }
    }
    assert!(imports.is_empty(), "slices import one another in a circle: {imports:?}");
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    let sources = sources();
    let offenders = sources.iter().filter(|source| source.text.lines().count() > 500);
    nobody("split it by the questions it answers", offenders.map(|source| source.path.clone()));
}

#[test]
fn every_file_opens_with_what_it_is() {
    let sources = sources();
    nobody(
        "no module documentation",
        sources.iter().filter(|source| !source.text.starts_with("//!")).map(|source| source.path.clone()),
    );
}

// A4
#[test]
fn only_administration_first_setup_and_sown_data_make_an_account() {
    let sources = sources();
    let makers = sources.iter().filter(|source| source.says("insert into users"));
    assert_eq!(
        makers.map(|source| source.path.as_str()).collect::<Vec<_>>(),
        ["seed/store/plant.rs", "users/store.rs"]
    );
}

// A19
#[test]
fn every_route_of_the_api_comes_with_its_document() {
    let sources = sources();
    let bare = |source: &&Source| source.says(".route(\"") || source.says(".nest(");
    // These serve pages, not the API.
    let pages = ["assets.rs", "autorite.rs"];
    let offenders = sources
        .iter()
        .filter(|source| !pages.contains(&source.path.as_str()) && !source.is_test())
        .filter(bare);
    let offenders = offenders.filter(|source| {
        // The document cannot be in itself.
        source.path != "routes.rs" || source.code().filter(|line| line.contains(".route(")).count() > 1
    });
    nobody("a route that OpenAPI does not know", offenders.map(|source| source.path.clone()));
}

// D16
#[test]
fn nothing_switches_the_product_into_a_test_mode() {
    let cargo = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .expect("Cargo.toml");
    assert!(!cargo.contains("[features]"), "a feature could leave a control out");
    let sources = sources();
    let switches = ["debug_assertions", "cfg(not(test", "cfg(feature", "std::env::var("];
    let offenders = sources.iter().filter(|source| !source.is_test()).flat_map(|source| {
        switches.iter().filter(|word| source.says(word)).map(|word| format!("{}: {word}", source.path))
    });
    nobody("a switch beside the settings", offenders);
}

// A4
#[test]
fn the_only_literal_password_is_the_demo_s() {
    let sources = sources();
    let holders: Vec<_> = sources
        .iter()
        .filter(|source| source.text.contains("Demo-2026!"))
        .map(|source| &source.path)
        .collect();
    assert!(holders.len() <= 1, "{holders:?}");
    let offenders = sources.iter().filter(|source| !source.is_test()).flat_map(|source| {
        let literal = |line: &&str| {
            let line = line.to_ascii_lowercase();
            line.contains("password: \"") || line.contains("password = \"") || line.contains("secret: \"")
        };
        source.code().filter(literal).map(|line| format!("{}: {line}", source.path)).collect::<Vec<_>>()
    });
    nobody("a literal secret", offenders);
}

/// In the API document they would be one, and half of the routes would promise the other's fields.
#[test]
fn no_two_types_of_the_api_share_a_name() {
    let sources = sources();
    let mut homes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for source in &sources {
        let mut is_described = false;
        for line in source.text.lines() {
            is_described |= line.starts_with("#[derive(") && line.contains("ToSchema");
            let name = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "));
            let Some(name) =
                name.and_then(|rest| rest.split(|letter: char| !letter.is_alphanumeric()).next())
            else {
                continue;
            };
            if std::mem::take(&mut is_described) {
                homes.entry(name).or_default().insert(&source.path);
            }
        }
    }
    assert!(homes.len() > 100, "the types were looked for in the wrong place");
    let shared = homes.iter().filter(|(_, homes)| homes.len() > 1);
    nobody("types of the API with one name", shared.map(|(name, homes)| format!("{name}: {homes:?}")));
}
