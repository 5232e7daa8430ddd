//! The database's log after an unclean end: what a kill leaves is taken as it is, and damage is said until somebody has
//! looked at it.

use std::path::Path;

use serde_json::{Value, json};

use crate::plant::{PASSWORD, Plant};
use crate::server_process::{ServerProcess, printed, run};

/// The names of the copies that were kept of damaged logs.
pub fn kept_logs(data: &Path) -> Vec<String> {
    let names = std::fs::read_dir(data).expect("a folder").flatten().map(|entry| entry.file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| name.contains("abime")).collect()
}

/// Works, each write acknowledged, and dies.
fn work_and_die(data: &Path, writes: usize) -> String {
    let mut server = ServerProcess::start(data, &[]);
    let (_, token) = server.sign_in("responsable", PASSWORD);
    let headers =
        format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", token.expect("a token"));
    for n in 0..writes {
        let body = json!({"titre": format!("n° {n}"), "type_intervention": "corrective", "equipement_id": 1});
        let (status, reply) = server.request("POST", "/api/v1/interventions/", &headers, &body.to_string());
        assert_eq!(status, 201, "{reply}");
    }
    server.signal("KILL");
    server.wait();
    server.log()
}

fn ready(server: &ServerProcess) -> Value {
    server.request("GET", "/health/ready", "", "").1["status"].clone()
}

/// What « État » says of the database.
fn told(server: &ServerProcess) -> Vec<String> {
    let (_, token) = server.sign_in("admin", PASSWORD);
    let headers = format!("Authorization: Bearer {}\r\n", token.expect("a token"));
    let etat = server.request("GET", "/api/v1/admin/etat", &headers, "").1;
    let all = etat["anomalies"].as_array().expect("a list").iter().filter(|one| one["code"] == "base");
    all.map(|one| one["message"].as_str().expect("a text").to_owned()).collect()
}

#[tokio::test]
async fn a_damaged_log_is_said_at_start_in_etat_by_ready_and_by_check_until_its_copy_is_moved() {
    let plant = Plant::new();
    plant.set_time("2026-01-01T00:00:00Z");
    let data = plant.stop().await;
    work_and_die(data.path(), 20);
    let log = data.path().join("erp.sqlite3-wal");
    let mut bytes = std::fs::read(&log).expect("a log");
    let frames = (bytes.len() - 32) / 4120;
    bytes[32 + frames / 2 * 4120 + 1000] ^= 1;
    std::fs::write(&log, &bytes).expect("damaged");

    let before = run(data.path(), &["check"]);
    let server = ServerProcess::start(data.path(), &[]);

    assert_eq!(before.status.code(), Some(1));
    assert!(
        printed(&before).contains("son bloc") && printed(&before).contains("écriture(s)"),
        "{}",
        printed(&before)
    );
    assert!(server.log().contains("log was damaged"), "{}", server.log());
    let copies = kept_logs(data.path());
    assert_eq!(copies, ["erp.sqlite3-wal.abime-1"]);
    let copy = data.path().join(&copies[0]);
    assert!(std::fs::read(&copy).expect("a copy") == bytes, "as it was found");
    let messages = told(&server);
    assert!(messages.len() == 1 && messages[0].contains(&copies[0]), "{messages:?}");
    assert_eq!(ready(&server), "degrade");
    drop(server);
    let server = ServerProcess::start(data.path(), &[]);
    assert!(!server.log().contains("log was damaged"), "once: {}", server.log());
    assert_eq!((kept_logs(data.path()), ready(&server)), (copies, json!("degrade")));
    let after = run(data.path(), &["check"]);
    assert!(printed(&after).contains("abime-1"), "{}", printed(&after));
    std::fs::remove_file(copy).expect("somebody looked at it");
    assert_eq!((told(&server), ready(&server)), (Vec::new(), json!("ok")));
}

#[tokio::test]
async fn a_killed_server_leaves_a_log_that_is_never_called_damaged() {
    let plant = Plant::new();
    plant.set_time("2026-01-01T00:00:00Z");
    let data = plant.stop().await;

    for round in 0..20 {
        let said = work_and_die(data.path(), round % 4);
        assert!(!said.contains("log was damaged"), "{round}: {said}");
    }

    let check = run(data.path(), &["check"]);
    assert_eq!((check.status.code(), kept_logs(data.path())), (Some(0), Vec::new()), "{}", printed(&check));
}
