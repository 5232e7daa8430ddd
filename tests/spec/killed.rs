//! kill -9 under load, again and again: what was acknowledged is there, what was not is there once or not at
//! all, and the books agree. `KILLS=200 cargo test --test spec killed` for the long version.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::damaged_log::kept_logs;
use crate::plant::{PASSWORD, Plant};
use crate::server_process::{ServerProcess, printed, run, said};

const CLIENTS: usize = 8;

/// One operation of a client: sent, and perhaps answered.
#[derive(Clone)]
struct Operation {
    /// Idempotency key and title: found again in the database by it.
    key: String,
    /// A file attached to this intervention, or else a new intervention.
    attached_to: Option<i64>,
    answered: Option<u16>,
}

// D2, D13, U4, I7, I9
#[tokio::test(flavor = "multi_thread")]
async fn killed_under_load_the_server_loses_nothing_it_acknowledged_and_doubles_nothing() {
    let kills = std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(8);
    let plant = Plant::new();
    plant.set_time("2026-01-01T00:00:00Z");
    let data = plant.stop().await;

    let mut operations: Vec<Operation> = Vec::new();
    for round in 0..kills {
        let server = ServerProcess::start(data.path(), &[]);
        let token = sign_in(&server);
        replay_unanswered(&server, &token, &mut operations);
        operations.extend(work_until_killed(server, &token, round));
    }
    let server = ServerProcess::start(data.path(), &[]);
    let token = sign_in(&server);
    replay_unanswered(&server, &token, &mut operations);

    let acknowledged = operations.iter().filter(|operation| operation.answered == Some(201)).count();
    assert_eq!(acknowledged, operations.len(), "every operation is answered in the end");
    assert!(acknowledged > kills * CLIENTS, "the load was a load: {acknowledged}");
    let database = Connection::open(data.path().join("erp.sqlite3")).expect("the database opens");
    for operation in &operations {
        let count =
            |sql| database.query_row(sql, [&operation.key], |row| row.get::<_, i64>(0)).expect("a count");
        let (rows, entries) = match operation.attached_to {
            None => (
                "select count(*) from interventions where titre = ?1",
                "select count(*) from journal where action = 'intervention.creation' and json_extract(apres, '$.titre') = ?1",
            ),
            Some(_) => (
                "select count(*) from documents where nom_fichier = ?1 || '.txt'",
                "select count(*) from journal where action = 'document.creation' and json_extract(apres, '$.nom_fichier') = ?1 || '.txt'",
            ),
        };
        assert_eq!((count(rows), count(entries)), (1, 1), "{}", operation.key);
    }
    let files = operations.iter().filter(|operation| operation.attached_to.is_some()).count();
    assert!(files > kills, "files were among the load: {files}");
    let arriving = std::fs::read_dir(data.path().join("documents/tmp")).expect("a folder").count();
    assert_eq!(arriving, 0, "nothing is left of what was arriving");
    assert_eq!(kept_logs(data.path()), [""; 0], "a kill is never taken for a damaged log");
    let check = run(data.path(), &["check", "--all"]);
    assert!(check.status.success(), "{}{}", printed(&check), said(&check));
}

/// Eight clients create interventions and attach a file to each, as fast as they can until the server dies
/// under them.
fn work_until_killed(mut server: ServerProcess, token: &str, round: usize) -> Vec<Operation> {
    let done = Arc::new(Mutex::new(Vec::new()));
    let over = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (done, over) = (done.clone(), over.clone());
            let (address, token) = (server.address().to_owned(), token.to_owned());
            std::thread::spawn(move || {
                let mut attached_to = None;
                for number in 0.. {
                    let key = format!("kill-{round}-{client}-{number}");
                    let mut operation = Operation { key, attached_to, answered: None };
                    let id = operation.send(&address, &token);
                    let answered = operation.answered;
                    attached_to = id.filter(|_| attached_to.is_none());
                    done.lock().expect("no panic").push(operation);
                    if answered.is_none() || over.load(Ordering::Relaxed) {
                        return;
                    }
                }
            })
        })
        .collect();
    // A different moment each round, from before the first answer to well into the load.
    std::thread::sleep(Duration::from_millis(50 + (round as u64 * 137) % 450));
    server.signal("KILL");
    server.wait();
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.join().expect("a client");
    }
    let done = done.lock().expect("no panic");
    done.clone()
}

/// What a client does that never got an answer: the same request, the same key.
fn replay_unanswered(server: &ServerProcess, token: &str, operations: &mut [Operation]) {
    for operation in operations.iter_mut().filter(|operation| operation.answered.is_none()) {
        operation.send(server.address(), token);
    }
}

impl Operation {
    /// Sends it, notes the status, and returns the id of what was made.
    fn send(&mut self, address: &str, token: &str) -> Option<i64> {
        let (path, kind, body) = match self.attached_to {
            None => {
                let body = json!({"titre": self.key, "type_intervention": "corrective", "equipement_id": 1});
                ("interventions", "application/json", body.to_string())
            }
            Some(id) => {
                let part = |disposition: &str, content: &str| {
                    format!("--limite\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
                };
                let file =
                    part(&format!("name=\"file\"; filename=\"{}.txt\"", self.key), &self.key.repeat(4000));
                let body = part("name=\"intervention_id\"", &id.to_string()) + &file + "--limite--\r\n";
                ("documents", "multipart/form-data; boundary=limite", body)
            }
        };
        let head = format!(
            "POST /api/v1/{path}/ HTTP/1.1\r\nHost: erp\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {}\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.key,
            body.len()
        );
        let (status, reply) = exchange(address, &(head + &body))?;
        self.answered = Some(status);
        reply["id"].as_i64()
    }
}

fn sign_in(server: &ServerProcess) -> String {
    let form = format!("username=responsable&password={}", PASSWORD.replace(' ', "+"));
    let head = format!(
        "POST /api/v1/auth/token HTTP/1.1\r\nHost: erp\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        form.len()
    );
    let (status, body) = exchange(server.address(), &(head + &form)).expect("an answer");
    assert_eq!(status, 200, "{body}");
    body["access_token"].as_str().expect("a token").to_owned()
}

/// One request on a connection of its own; `None` when the server died before its whole answer came.
fn exchange(address: &str, request: &str) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}
