//! Which source wins, and what is said of what is wrong.

use std::path::Path;

use tempfile::TempDir;

use super::{Origin, Settings, Typed};
use crate::kernel::mail::Mailbox;
use crate::kernel::phrase::Language;

fn folder(config: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.toml"), config).unwrap();
    folder
}

fn load(data_dir: &Path, listen: Option<&str>, variables: &[(&str, &str)]) -> Result<Settings, String> {
    let typed =
        Typed { data_dir: Some(data_dir.to_owned()), listen: listen.map(str::to_owned), plain_http: false };
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

#[test]
fn mail_is_off_until_a_server_is_named_and_then_takes_the_usual_port() {
    let folder = folder("");
    let of = |variables: &[(&str, &str)]| load(folder.path(), None, variables).unwrap().mail.smtp();
    let from = ("ERP_SMTP_FROM", "GMAO de l’usine <gmao@usine.ma>");
    let host = ("ERP_SMTP_HOST", "smtp.usine.ma");

    let off = of(&[from]);
    let starttls = of(&[from, host]).unwrap();
    let tls = of(&[from, host, ("ERP_SMTP_SECURITY", "tls"), ("ERP_SMTP_CA_FILE", "usine.pem")]).unwrap();
    let local = of(&[from, ("ERP_SMTP_HOST", "::1"), ("ERP_SMTP_SECURITY", "none")]).unwrap();
    let chosen = of(&[from, host, ("ERP_SMTP_PORT", "2525")]).unwrap();

    assert!(off.is_none());
    assert_eq!([starttls.port, tls.port, local.port, chosen.port], [587, 465, 25, 2525]);
    assert_eq!(starttls.from, Mailbox::new("GMAO de l’usine", "gmao@usine.ma"));
    assert_eq!(tls.ca_file.unwrap(), folder.path().join("usine.pem"));
}

#[test]
fn mail_in_clear_over_a_network_and_half_a_sign_in_are_refused() {
    let folder = folder("smtp_security = 'none'\nsmtp_host = '192.168.1.9'\nsmtp_user = 'gmao'");
    let wrong = self::folder(
        "smtp_host = 'smtp.usine.ma:587'\nsmtp_port = 0\nsmtp_security = 'ssl'\nsmtp_timeout_s = 0",
    );

    let contradictions = load(folder.path(), None, &[]).unwrap_err();
    let wrong = load(wrong.path(), None, &[("ERP_SMTP_FROM", "gmao")]).unwrap_err();

    for sentence in [
        "smtp_from: a mail server is set (smtp_host), but not the sender's address",
        "smtp_security: \"none\" would send passwords and messages in clear to 192.168.1.9",
        "smtp_user and smtp_password go together",
    ] {
        assert!(contradictions.contains(sentence), "{sentence}\nis not in\n{contradictions}");
    }
    for sentence in [
        "smtp_host (config.toml): \"smtp.usine.ma:587\" refused, expected: a machine's name",
        "smtp_port (config.toml): \"0\" refused",
        "smtp_security (config.toml): \"ssl\" refused, expected: one of: starttls, tls, none",
        "smtp_timeout_s (config.toml): \"0\" refused, expected: a whole number from 1 to 300",
        "ERP_SMTP_FROM: \"gmao\" refused, expected: an address",
    ] {
        assert!(wrong.contains(sentence), "{sentence}\nis not in\n{wrong}");
    }
    assert!(!wrong.contains("not the sender's address"), "once is enough: {wrong}");
}

#[test]
fn the_mail_password_shows_nowhere() {
    let folder = folder("smtp_host = 'smtp.usine.ma'\nsmtp_from = 'gmao@usine.ma'\nsmtp_user = 'gmao'");

    let settings = load(folder.path(), None, &[("ERP_SMTP_PASSWORD", "ouvre-toi")]).unwrap();

    let options = settings.options(settings.listen.value);
    let shown = format!("{settings:?} {options:?} {:?}", settings.rows());
    assert!(!shown.contains("ouvre-toi"), "{shown}");
    assert!(
        settings.rows().contains(&["smtp_password", "********", "$ERP_SMTP_PASSWORD"].map(str::to_owned))
    );
}
