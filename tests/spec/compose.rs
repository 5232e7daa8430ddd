//! The Compose file beside the container file: the two speak of the same container, and its health check works.

use std::fs;
use std::path::{Path, PathBuf};

use crate::server_process::{ServerProcess, run, said};

fn install_file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("install").join(name);
    fs::read_to_string(path).expect("a file of install")
}

/// What follows an instruction of the container file.
fn instruction(file: &str, name: &str) -> String {
    let line = file.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
    line.unwrap_or_else(|| panic!("no {name}")).trim().to_owned()
}

/// The lines of a mapping or list that stands under `path`, without their indentation. As much of YAML as the file has:
/// two spaces a level, no anchors, no flow but one list on a line.
fn under(file: &str, path: &[&str]) -> Vec<String> {
    let mut lines: Vec<String> =
        file.lines().filter(|line| !line.trim_start().starts_with('#')).map(str::to_owned).collect();
    for name in path {
        let start = lines.iter().position(|line| line.trim_end() == format!("{name}:"));
        let start = start.unwrap_or_else(|| panic!("no {name} in {lines:?}"));
        let inner = lines[start + 1..].iter().map_while(|line| line.strip_prefix("  ").map(str::to_owned));
        lines = inner.collect();
    }
    lines
}

/// The value of a key of that mapping.
fn value(file: &str, path: &[&str], key: &str) -> String {
    let found =
        under(file, path).iter().find_map(|line| line.strip_prefix(&format!("{key}: ")).map(str::to_owned));
    found.unwrap_or_else(|| panic!("no {key} under {path:?}"))
}

#[test]
fn the_compose_file_speaks_of_the_container_that_the_container_file_makes() {
    let (container, compose) = (install_file("Containerfile"), install_file("compose.yml"));
    let erp = ["services", "erp"];
    let build = ["services", "erp", "build"];

    let context: PathBuf = value(&compose, &build, "context").into();
    let named = Path::new(env!("CARGO_MANIFEST_DIR")).join("install").join(context).join(value(
        &compose,
        &build,
        "dockerfile",
    ));
    assert!(named.exists(), "{named:?}");
    let argument = instruction(&container, "ARG");
    let (name, default) = argument.split_once('=').expect("a default");
    assert_eq!(value(&compose, &["services", "erp", "build", "args"], name), default);

    let data = instruction(&container, "VOLUME");
    assert!(under(&compose, &["services", "erp", "volumes"]).contains(&format!("- erp:{data}")));
    assert!(under(&compose, &["volumes"]).contains(&"erp:".to_owned()), "the volume has a name of its own");
    let port = instruction(&container, "EXPOSE");
    assert!(under(&compose, &["services", "erp", "ports"]).contains(&format!("- \"{port}:{port}\"")));
    assert!(container.contains(&format!("ERP_DATA_DIR={data} ERP_LISTEN=0.0.0.0:{port}")), "{container}");

    let entry = instruction(&container, "ENTRYPOINT");
    let executable = entry.trim_matches(['[', ']', '"']);
    let health = ["services", "erp", "healthcheck"];
    assert_eq!(value(&compose, &health, "test"), format!("[\"CMD\", \"{executable}\", \"health\"]"));
    assert_eq!(value(&compose, &erp, "restart"), "unless-stopped");
    let grace = value(&compose, &erp, "stop_grace_period");
    assert!(grace.trim_end_matches('s').parse::<u32>().expect("seconds") >= 30, "{grace}");
}

#[test]
fn the_health_command_tells_a_server_that_is_ready_from_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("donnees");
    let server = ServerProcess::start(&data, &[]);
    let address = server.address().to_owned();

    let ready = run(&data, &["health", "--listen", &address]);
    assert!(ready.status.success(), "{}", said(&ready));
    server.stop();

    let gone = run(&data, &["health", "--listen", &address]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(said(&gone).contains(&address), "{}", said(&gone));
}
