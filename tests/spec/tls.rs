//! HTTPS of the server's own: made by one command, trusted by who learnt its authority, and nothing in clear by
//! accident.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use erp_interventions::kernel::clock::Clock;
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::server_process::{ServerProcess, printed, run, said};

/// A data directory with a local authority for these names.
fn data_with_authority(names: &[&str]) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut arguments = vec!["tls", "init"];
    names.iter().for_each(|name| arguments.extend(["--nom", name]));
    let output = run(&folder.path().join("data"), &arguments);
    assert!(output.status.success(), "{}", said(&output));
    (folder, printed(&output))
}

/// What a client that trusts only `authority` is answered when it asks for a path.
fn get(server: &ServerProcess, authority: &Path, name: &str, path: &str) -> Result<String, String> {
    let mut trusted = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(authority).expect("a certificate");
    trusted.add(certificate).expect("an authority");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut stream = StreamOwned::new(connection, server.connect());
    let request = format!("GET {path} HTTP/1.1\r\nHost: gmao\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(|error| error.to_string())?;
    let mut answer = Vec::new();
    // A server may close without saying so first.
    let _ = stream.read_to_end(&mut answer);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn in_clear(server: &ServerProcess, path: &str) -> Vec<u8> {
    in_clear_and(server, path, "fr")
}

fn in_clear_and(server: &ServerProcess, path: &str, language: &str) -> Vec<u8> {
    let mut stream: TcpStream = server.connect();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: gmao.usine.ma:8443\r\nAccept-Language: {language}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    answer
}

#[test]
fn after_one_command_whoever_trusts_the_authority_gets_https_under_each_name() {
    let (folder, told) = data_with_authority(&["gmao.usine.ma", "192.168.1.20"]);
    let data = folder.path().join("data");

    let server = ServerProcess::start(&data, &[]);

    assert!(server.first_line.contains("https://127.0.0.1:"), "{}", server.first_line);
    assert!(told.contains("SHA-256 : ") && told.contains("gmao.usine.ma, 192.168.1.20, localhost"), "{told}");
    let authority = data.join("tls/autorite.pem");
    for name in ["gmao.usine.ma", "192.168.1.20", "localhost", "127.0.0.1"] {
        let answer = get(&server, &authority, name, "/health");
        assert!(answer.as_ref().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")), "{name}: {answer:?}");
        let stays = |answer: &String| answer.contains("strict-transport-security: max-age=31536000");
        assert!(answer.as_ref().is_ok_and(stays), "{name}: {answer:?}");
    }
    let other = get(&server, &authority, "autre.usine.ma", "/health");
    assert!(other.is_err(), "not under a name that is not its own: {other:?}");
    let check = run(&data, &["check", "--all"]);
    assert!(check.status.success(), "{}", printed(&check));
}

#[test]
fn who_does_not_know_the_authority_is_not_answered() {
    let (folder, _) = data_with_authority(&["gmao.usine.ma"]);
    let (stranger, _) = data_with_authority(&["gmao.usine.ma"]);
    let server = ServerProcess::start(&folder.path().join("data"), &[]);

    let answer = get(&server, &stranger.path().join("data/tls/autorite.pem"), "gmao.usine.ma", "/health");

    assert!(answer.is_err(), "{answer:?}");
}

#[test]
fn who_comes_in_clear_gets_the_way_to_https_and_the_authority_to_trust_and_nothing_else() {
    let (folder, told) = data_with_authority(&["gmao.usine.ma"]);
    let data = folder.path().join("data");
    let server = ServerProcess::start(&data, &[]);

    let elsewhere = String::from_utf8(in_clear(&server, "/api/v1/users/me?x=1")).expect("text");
    let pages = ["fr", "en-GB,en;q=0.9", "ar-MA,fr;q=0.8"]
        .map(|language| String::from_utf8(in_clear_and(&server, "/autorite", language)).expect("text"));
    let certificate = in_clear(&server, "/autorite.crt");

    assert!(elsewhere.starts_with("HTTP/1.1 308"), "{elsewhere}");
    assert!(elsewhere.contains("location: https://gmao.usine.ma:8443/api/v1/users/me?x=1"), "{elsewhere}");
    let fingerprint = told.lines().find_map(|line| line.strip_prefix("SHA-256 : ")).expect("a fingerprint");
    for (page, language) in pages.iter().zip(["lang=\"fr\"", "lang=\"en\"", "lang=\"ar\" dir=\"rtl\""]) {
        assert!(page.contains(language), "{language} in {page}");
        assert!(page.contains(fingerprint) && page.contains("<svg"), "{page}");
        assert!(page.contains(&format!("http://{}/autorite", server.address())), "{page}");
        for left in ["{qr}", "{https}", "{style}", "{adresse}", "{empreinte}", "{autorite}"] {
            assert!(!page.contains(left), "{left} in {page}");
        }
    }
    let der = CertificateDer::from_pem_file(data.join("tls/autorite.pem")).expect("a certificate");
    assert!(certificate.ends_with(&der), "the bytes of the authority");
}

#[test]
fn other_names_are_taken_up_and_phones_need_learn_nothing_anew() {
    let (folder, first) = data_with_authority(&["gmao.usine.ma"]);
    let data = folder.path().join("data");
    let trusted = fs::read(data.join("tls/autorite.pem")).expect("the authority");

    let again = run(&data, &["tls", "init", "--nom", "gmao2.usine.ma"]);

    assert!(again.status.success(), "{}", said(&again));
    assert_eq!(fs::read(data.join("tls/autorite.pem")).expect("the authority"), trusted);
    let shown = printed(&run(&data, &["tls", "show"]));
    assert_eq!(shown.lines().nth(1), first.lines().nth(1), "the same fingerprint");
    assert!(shown.contains(" : gmao2.usine.ma, localhost"), "{shown}");
    let server = ServerProcess::start(&data, &[]);
    assert!(get(&server, &data.join("tls/autorite.pem"), "gmao2.usine.ma", "/health").is_ok());
}

#[test]
fn the_plant_s_own_certificate_is_served_and_one_that_does_not_fit_its_key_is_said() {
    let (theirs, _) = data_with_authority(&["gmao.usine.ma"]);
    let (other, _) = data_with_authority(&["autre"]);
    let at = |folder: &TempDir, name: &str| folder.path().join("data/tls").join(name).display().to_string();
    let ours = tempfile::tempdir().expect("a folder");
    let data = ours.path().join("data");
    fs::create_dir(&data).expect("a folder");
    let settings =
        |key: &str| format!("tls_certificate = '{}'\ntls_key = '{key}'\n", at(&theirs, "serveur.pem"));

    fs::write(data.join("config.toml"), settings(&at(&other, "serveur.pem"))).expect("settings");
    let refused = run(&data, &["serve", "--listen", "127.0.0.1:0"]);
    fs::write(data.join("config.toml"), settings(&at(&theirs, "serveur.pem"))).expect("settings");
    let server = ServerProcess::start(&data, &[]);

    assert_eq!(refused.status.code(), Some(78), "{}", said(&refused));
    assert!(said(&refused).contains("serveur.pem"), "{}", said(&refused));
    let authority = theirs.path().join("data/tls/autorite.pem");
    assert!(get(&server, &authority, "gmao.usine.ma", "/health").is_ok());
    assert!(in_clear(&server, "/autorite").starts_with(b"HTTP/1.1 404"), "there is no authority to trust");
    let page = get(&server, &authority, "gmao.usine.ma", "/metrics").expect("from this machine");
    let end =
        page.lines().find_map(|line| line.strip_prefix("erp_certificate_end_seconds ")).expect("a gauge");
    let days = (end.parse::<i64>().expect("seconds") - Clock::system().now().as_second()) / 86_400;
    assert!((395..=397).contains(&days), "as the certificate says of itself: {days} days");
}

#[test]
fn nothing_travels_in_clear_on_a_network_unless_it_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");

    let refused = run(&data, &["serve", "--listen", "0.0.0.0:0"]);
    let asked = ServerProcess::start(&data, &["--listen", "0.0.0.0:0", "--plain-http"]);
    let wrong = run(&data, &["tls", "init", "--nom", "http://gmao"]);

    assert_eq!(refused.status.code(), Some(2));
    for way in ["tls init", "public_url", "--plain-http"] {
        assert!(said(&refused).contains(way), "{}", said(&refused));
    }
    asked.wait_for_log("passwords travel in clear");
    assert_eq!(wrong.status.code(), Some(2), "{}", said(&wrong));
}
