//! Builds what the executable embeds: each folder under `assets/` with a `package.json` becomes a `dist/`.
//!
//! The result is kept beside its sources and shared by every profile: a hash of the inputs says whether it
//! still holds, so that an ordinary `cargo build` costs nothing here.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::{Command, Output},
    time::SystemTime,
};

/// Stamp of a `dist/` that holds only placeholders.
const PLACEHOLDER: &str = "placeholder";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=UI_SKIP_BUILD");
    println!("cargo:rustc-check-cfg=cfg(ui_placeholder)");
    build_site("assets/apidocs", &["docs.html", "redoc.html"]);
    build_site("assets/interface", &["index.html"]);
}

/// Builds `folder` with npm unless its `dist/` is up to date.
///
/// With `UI_SKIP_BUILD=1` nothing is built: the `placeholders` are written if there is no `dist/` at all,
/// for `cargo check` on a machine without Node. `cfg(ui_placeholder)` then tells the tests.
fn build_site(folder: &str, placeholders: &[&str]) {
    let folder = Path::new(folder);
    let dist = folder.join("dist");
    let stamp = dist.join(".stamp");
    let inputs = inputs(folder);
    // Only what is an input: cargo compares the times of every file below a folder it is given, and
    // node_modules or dist would make it build again each time. A missing stamp counts as changed.
    for path in inputs.iter().chain([&stamp]) {
        println!("cargo:rerun-if-changed={}", path.display());
    }

    // Two cargo (an editor's and ours) may come here at once.
    let lock = fs::File::create(folder.join(".build.lock")).expect("create the lock file");
    lock.lock().expect("lock the folder");

    if env::var("UI_SKIP_BUILD").is_ok_and(|skip| skip == "1") {
        if read(&stamp).is_empty() {
            fs::create_dir_all(&dist).expect("create dist");
            for name in placeholders {
                let page = "<!doctype html><title>erp-interventions</title>Built with UI_SKIP_BUILD=1.\n";
                fs::write(dist.join(name), page).expect("write a placeholder");
            }
            fs::write(&stamp, PLACEHOLDER).expect("write the stamp");
        }
    } else {
        let wanted = hash(&inputs);
        if read(&stamp) != wanted {
            require_node();
            install(folder);
            npm(folder, &["run", "build"]);
            fs::write(&stamp, wanted).expect("write the stamp");
            // Cargo reruns us for a file newer than our own start, as this one is: date it back. Placeholders
            // keep their date, so that a profile built from the real files notices them.
            let stamp = fs::File::options().write(true).open(&stamp).expect("open the stamp");
            stamp.set_modified(SystemTime::UNIX_EPOCH).expect("date the stamp back");
        }
    }
    if read(&stamp) == PLACEHOLDER {
        println!("cargo:rustc-cfg=ui_placeholder");
    }
}

/// Every source file of a site, and the folders that hold them so that a new file is noticed.
fn inputs(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("list a folder").path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default();
        if ["node_modules", "dist", ".build.lock", "schema.d.ts"].iter().any(|made| name == *made) {
            continue;
        }
        if path.is_dir() {
            found.extend(inputs(&path));
        }
        found.push(path);
    }
    found
}

/// A hash of names and contents. It only has to tell two states of a working copy apart.
fn hash(paths: &[PathBuf]) -> String {
    let mut hasher = DefaultHasher::new();
    for path in paths.iter().filter(|path| path.is_file()) {
        path.hash(&mut hasher);
        fs::read(path).expect("read an input").hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// `npm ci`, which takes a minute, only when the lock file is not the one last installed from.
fn install(folder: &Path) {
    let stamp = folder.join("node_modules/.stamp");
    let wanted = hash(&[folder.join("package-lock.json")]);
    if read(&stamp) != wanted {
        npm(folder, &["ci"]);
        fs::write(stamp, wanted).expect("write the stamp");
    }
}

/// The content of a stamp, empty if there is none.
fn read(stamp: &Path) -> String {
    fs::read_to_string(stamp).unwrap_or_default()
}

fn require_node() {
    let version =
        Command::new("node").arg("--version").output().map(|output| text(&output)).unwrap_or_default();
    let mut numbers =
        version.trim().trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    if (numbers.next(), numbers.next()) < (Some(20), Some(19)) {
        let found = if version.is_empty() { "none" } else { version.trim() };
        panic!(
            "Node >= 20.19 with npm is needed to build (found: {found}); the resulting executable needs nothing. \
             To check the Rust code without it, set UI_SKIP_BUILD=1."
        );
    }
}

fn npm(folder: &Path, arguments: &[&str]) {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let shown = arguments.join(" ");
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("npm, which comes with Node, could not be started: {error}"));
    assert!(output.status.success(), "npm {shown} failed in {}:\n{}", folder.display(), text(&output));
}

fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat()
}
