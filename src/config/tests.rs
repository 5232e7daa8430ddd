//! Which source wins, and what is said of what is wrong.

use std::path::Path;

use tempfile::TempDir;

use super::{Origin, Settings, Typed};
use crate::kernel::phrase::Language;

fn folder(config: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.toml"), config).unwrap();
    folder
}

fn load(data_dir: &Path, listen: Option<&str>, variables: &[(&str, &str)]) -> Result<Settings, String> {
    let typed = Typed { data_dir: Some(data_dir.to_owned()), listen: listen.map(str::to_owned) };
    let environment = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
    Settings::from_sources(typed, environment).map_err(|wrong| {
        wrong.iter().map(|phrase| phrase.text(Language::English)).collect::<Vec<_>>().join("\n")
    })
}

#[test]
fn the_command_line_wins_over_the_environment_which_wins_over_the_file() {
    let folder = folder(
        "listen = '127.0.0.1:1'\nconnections = 7\nsign_in_burst = 9\ntrusted_proxies = ['::1', '10.0.0.1']",
    );
    let variables = [("ERP_LISTEN", "127.0.0.1:2"), ("ERP_CONNECTIONS", "8"), ("HOME", "/elsewhere")];

    let settings = load(folder.path(), Some("127.0.0.1:3"), &variables).unwrap();

    assert_eq!((settings.listen.value.port(), settings.listen.origin), (3, Origin::CommandLine("--listen")));
    let from_environment = Origin::Environment("ERP_CONNECTIONS".to_owned());
    assert_eq!((settings.connections.value, settings.connections.origin), (8, from_environment));
    assert_eq!((settings.sign_in_burst.value, settings.sign_in_burst.origin), (9, Origin::File));
    assert_eq!(settings.trusted_proxies.value.len(), 2);
    assert_eq!(settings.connections_per_address.origin, Origin::Default);
}

#[test]
fn every_wrong_value_and_unknown_name_is_said_with_what_is_allowed() {
    let folder = folder("conections = 7\nlog_level = 'loud'\nconnections = 0");
    let variables = [("ERP_LISTENN", "x"), ("ERP_PUBLIC_URL", "gmao.usine.ma")];

    let said = load(folder.path(), Some("8000"), &variables).unwrap_err();

    for sentence in [
        "conections (config.toml): unknown setting. The settings are: listen, public_url,",
        "ERP_LISTENN: unknown setting",
        "log_level (config.toml): \"loud\" refused, expected: one of: error, warn,",
        "connections (config.toml): \"0\" refused, expected: a whole number from 1 to 65536",
        "ERP_PUBLIC_URL: \"gmao.usine.ma\" refused",
        "--listen: \"8000\" refused, expected: an address and a port",
    ] {
        assert!(said.contains(sentence), "{sentence}\nis not in\n{said}");
    }
}

#[test]
fn a_secret_shows_neither_when_it_is_wrong_nor_when_it_is_right() {
    let refused = load(folder("metrics_token = 'trop-court'").path(), None, &[]).unwrap_err();
    let broken = load(folder("metrics_token = 'trop-court").path(), None, &[]).unwrap_err();

    let accepted = load(folder("metrics_token = 'assez-long-pour-servir'").path(), None, &[]).unwrap();

    assert!(refused.contains("metrics_token (config.toml): expected: at least 16"), "{refused}");
    assert!(broken.contains("line 1: invalid TOML"), "{broken}");
    let shown = format!("{accepted:?} {:?}", accepted.rows());
    assert!(!format!("{refused}{broken}").contains("trop-court") && !shown.contains("assez-long"), "{shown}");
}

#[test]
fn the_data_directory_is_the_service_s_then_the_user_s() {
    let of = |variables: &[(&str, &str)]| {
        let environment = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        super::data_dir(None, &environment).map(|setting| setting.value)
    };
    let home = ("HOME", "/home/amina");

    let service = of(&[home, ("STATE_DIRECTORY", "/var/lib/erp-interventions")]).unwrap();
    let said =
        of(&[("STATE_DIRECTORY", "/var/lib/erp-interventions"), ("ERP_DATA_DIR", "/donnees")]).unwrap();

    assert_eq!(service, Path::new("/var/lib/erp-interventions"));
    assert_eq!(said, Path::new("/donnees"));
    #[cfg(unix)]
    assert_eq!(of(&[home]).unwrap(), Path::new("/home/amina/.local/share/erp-interventions"));
    assert!(of(&[]).is_err());
}
