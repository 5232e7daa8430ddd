//! The README's table of what each part of the trade is tested by: every command runs tests, and none is left out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).expect("a file")
}

/// The commands of the table, each with its line.
fn commands() -> Vec<(String, String)> {
    let readme = read("README.md");
    let lines = readme.lines().skip_while(|line| !line.starts_with("| domain | commands |")).skip(2);
    let rows = lines.take_while(|line| line.starts_with('|'));
    rows.flat_map(|line| {
        line.split('`').skip(1).step_by(2).map(|command| (line.to_owned(), command.to_owned()))
    })
    .collect()
}

/// The modules of the specification that hold tests; what they share is not among them.
fn modules() -> BTreeSet<String> {
    let main = read("tests/spec/main.rs");
    let all = main.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
    all.filter(|name| holds_tests(&spec_sources(name))).map(str::to_owned).collect()
}

fn spec_sources(module: &str) -> Vec<PathBuf> {
    let file = root().join(format!("tests/spec/{module}.rs"));
    if file.exists() { vec![file] } else { below(&root().join("tests/spec").join(module)) }
}

/// The Rust sources of a folder, at any depth.
fn below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

fn holds_tests(sources: &[PathBuf]) -> bool {
    let says = |text: &str| ["#[test]", "#[tokio::test", "proptest!"].iter().any(|mark| text.contains(mark));
    sources.iter().any(|path| says(&fs::read_to_string(path).expect("a source")))
}

/// The sources that a filter of the library's tests stands for, such as `db::`.
fn library_sources(filter: &str) -> Vec<PathBuf> {
    let name = filter.trim_end_matches("::");
    ["src", "src/kernel"].iter().flat_map(|folder| below(&root().join(folder).join(name))).collect()
}

#[test]
fn every_command_of_the_table_names_tests_that_are_there() {
    let known = modules();
    let commands = commands();
    assert!(commands.len() > 25, "the table was looked for in the wrong place");
    for (line, command) in &commands {
        let words: Vec<&str> = command.split(' ').collect();
        match words.as_slice() {
            ["cargo", "test", "--test", "spec", "--", filters @ ..] => {
                assert!(!filters.is_empty(), "all of the specification: {line}");
                for filter in filters {
                    let module = filter.strip_suffix("::").expect("a module");
                    assert!(known.contains(module), "{filter} names no tests: {line}");
                }
            }
            ["cargo", "test", "--lib", filter] => {
                assert!(holds_tests(&library_sources(filter)), "{filter} names no tests: {line}");
            }
            ["SERVER", "node", "--test", files @ ..] => {
                assert!(!files.is_empty(), "{line}");
                assert!(files.iter().all(|file| root().join(file).exists()), "{command}");
            }
            ["npm", "--prefix", folder, "test", "--", filters @ ..] => {
                for filter in filters {
                    let files = below(&root().join(folder).join(filter));
                    let is_test = |path: &PathBuf| path.to_string_lossy().contains(".test.ts");
                    assert!(files.iter().any(is_test), "{filter} holds no tests: {line}");
                }
            }
            _ => panic!("not a way to run tests: {command}"),
        }
    }
}

#[test]
fn the_table_leaves_no_tests_out() {
    let text = commands().into_iter().map(|(_, command)| command).collect::<Vec<_>>().join(" ");
    let named: BTreeSet<&str> = text.split(' ').filter_map(|word| word.strip_suffix("::")).collect();
    let left_out: Vec<_> = modules().into_iter().filter(|module| !named.contains(module.as_str())).collect();
    assert_eq!(left_out, Vec::<String>::new());
    let pages = fs::read_dir(root().join("tests/web")).expect("the browser's tests");
    for page in pages.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()) {
        assert!(!page.ends_with(".test.mjs") || text.contains(&page), "{page}");
    }
}
