//! What comes over the socket and is no honest request: it is refused, nobody else notices, and no file or
//! other host ever shows in an answer. What hyper itself refuses (400, 431) has neither body nor headers.

use std::io::{Read, Write};
use std::iter::repeat_with;
use std::net::TcpStream;
use std::thread;
use std::time::Instant;

use tempfile::TempDir;

use crate::server_process::{ServerProcess, run_with_password};

const PASSWORD: &str = "une phrase de passe";

/// A server with one account, an administrator's.
fn plant(arguments: &[&str]) -> (TempDir, ServerProcess, String) {
    let dir = TempDir::new().expect("a temporary directory");
    let data_dir = dir.path().join("data");
    let person = ["--full-name", "Amina Idrissi", "--email", "amina@erp.test", "--role", "admin", "amina"];
    let create = [&["admin", "create-user"], person.as_slice()].concat();
    assert!(run_with_password(&data_dir, &create, PASSWORD).status.success());
    let server = ServerProcess::start(&data_dir, arguments);
    let (_, token) = server.sign_in("amina", PASSWORD);
    (dir, server, token.expect("a token"))
}

/// All that comes back until the server closes. It may close before it has heard everything.
fn say(server: &ServerProcess, bytes: impl AsRef<[u8]>) -> String {
    let mut stream = server.connect();
    let _ = stream.write_all(bytes.as_ref());
    hear(stream)
}

fn hear(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let ended = stream.read_to_end(&mut answer);
    assert!(!ended.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock), "left waiting");
    String::from_utf8_lossy(&answer).to_ascii_lowercase()
}

fn statuses(answer: &str) -> Vec<u16> {
    let after = answer.split("http/1.1 ").skip(1);
    after.map(|rest| rest[..3].parse().expect("a status")).collect()
}

/// One answer, with one of these statuses; where it is our own, it has our headers.
fn expect_one(answer: &str, allowed: &[u16], what: &str) {
    let got = statuses(answer);
    assert!(matches!(got[..], [one] if allowed.contains(&one)), "{what}: {answer:?}");
    if !answer.ends_with("\r\n\r\n") {
        assert!(answer.contains("x-content-type-options: nosniff"), "{what}: {answer}");
        assert!(answer.contains("content-security-policy: "), "{what}: {answer}");
    }
}

#[test]
fn heads_that_trickle_in_keep_nobody_out() {
    let (_dir, server, _) = plant(&[]);

    let mut slow: Vec<TcpStream> = repeat_with(|| server.connect()).take(300).collect();
    for round in 0..3 {
        for stream in &mut slow {
            // The first of them have had to leave meanwhile.
            let _ = stream.write_all(if round == 0 { b"GET /health HTTP/1.1\r\nX-" } else { b"a" });
        }
        assert_eq!(server.get("/health"), 200);
    }

    assert_eq!(server.get("/health/ready"), 200);
}

#[test]
fn a_request_that_cannot_be_understood_is_refused_and_the_server_lives_on() {
    let (_dir, server, token) = plant(&[]);
    let get = |path: &str, headers: &str| {
        let fixed = "Host: erp\r\nConnection: close\r\n";
        format!("GET {path} HTTP/1.1\r\n{fixed}{headers}\r\n").into_bytes()
    };
    let list = |query: &[u8]| {
        let rest =
            format!(" HTTP/1.1\r\nHost: erp\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n");
        [b"GET /api/v1/sites/", query, rest.as_bytes()].concat()
    };
    let line = |line: &str| format!("{line}\r\nHost: erp\r\nConnection: close\r\n\r\n").into_bytes();
    let post = |headers: &str, body: &str| {
        let fixed = "Host: erp\r\nConnection: close\r\nContent-Type: application/json\r\n";
        format!("POST /api/v1/auth/refresh HTTP/1.1\r\n{fixed}{headers}\r\n{body}").into_bytes()
    };
    let json = |body: &str| post(&format!("Content-Length: {}\r\n", body.len()), body);
    let chunked = |body: &str| post("Transfer-Encoding: chunked\r\n", body);

    let cases: &[(&str, Vec<u8>, &[u16])] = &[
        ("a head of 64 KiB", get("/health", &format!("X: {}\r\n", "x".repeat(65_536))), &[431, 400]),
        ("a path of 64 KiB", get(&format!("/{}", "x".repeat(65_536)), ""), &[414, 431, 400]),
        ("200 headers", get("/health", &"X: x\r\n".repeat(200)), &[431, 400]),
        ("a folded header", get("/health", "X: one\r\n two\r\n"), &[400]),
        ("a header with NUL", get("/health", "X: a\0b\r\n"), &[400]),
        ("a space before the colon", get("/health", "Content-Length : 0\r\n"), &[400]),
        ("bare line feeds", b"GET /health HTTP/1.1\nHost: erp\nConnection: close\n\n".to_vec(), &[200, 400]),
        ("HTTP/0.9", b"GET /health\r\n\r\n".to_vec(), &[400]),
        ("CONNECT", line("CONNECT elsewhere.example:443 HTTP/1.1"), &[400, 404, 405]),
        ("TRACE", line("TRACE /health HTTP/1.1"), &[405]),
        ("a method of their own", line("PILLAGE /health HTTP/1.1"), &[405]),
        ("the absolute form", line("GET http://elsewhere.example/health HTTP/1.1"), &[200]),
        ("the home page with one more slash", get("//", ""), &[200]),
        ("a path with a dot", get("/./health", ""), &[404]),
        ("a path of one encoded slash", get("/%2f", ""), &[404]),
        ("a path upwards", get("/..", ""), &[404]),
        ("an encoded path upwards", get("/%2e%2e/health", ""), &[404]),
        ("a path that is no UTF-8", list(b"\xff"), &[400, 404]),
        ("an encoded path that is no UTF-8", list(b"%ff"), &[404]),
        ("a query that is no UTF-8", list(b"?q=\xff"), &[400, 422]),
        ("an encoded query that is no UTF-8", list(b"?q=%ff"), &[422]),
        ("a query with NUL", list(b"?q=%00"), &[422]),
        ("an empty filter", list(b"?client_id="), &[422]),
        ("an id beyond all numbers", list(b"99999999999999999999999"), &[404]),
        ("a filter beyond all numbers", list(b"?client_id=99999999999999999999999"), &[422]),
        ("a long search", list(format!("?q={}", "x".repeat(20_000)).as_bytes()), &[422]),
        ("two lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}"), &[400]),
        ("two lengths on a line", post("Content-Length: 2, 3\r\n", "{}"), &[400]),
        ("a negative length", post("Content-Length: -1\r\n", "{}"), &[400]),
        ("chunked, but not last", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), &[400]),
        ("a chunk without a size", chunked("x\r\n{}\r\n0\r\n\r\n"), &[400]),
        ("a chunk beyond all sizes", chunked("fffffffffffffffff\r\n{}"), &[400]),
        // Only the head is sent: the answer does not wait for the body.
        ("a body of 1 GB", post("Content-Length: 1000000000\r\n", ""), &[413]),
        ("a chunk too large", chunked(&format!("{:x}\r\n{}", 300_000, "x".repeat(300_000))), &[413]),
        ("a compressed body", post("Content-Encoding: gzip\r\nContent-Length: 2\r\n", "\x1f\x1b"), &[415]),
        ("deep JSON", json(&"[".repeat(10_000)), &[400, 422]),
        ("deep JSON in a field", json(&format!("{{\"refresh_token\":{}", "[".repeat(10_000))), &[400, 422]),
        ("half a character", json(r#"{"refresh_token":"\ud800"}"#), &[400, 422]),
        ("a field given twice", json(r#"{"refresh_token":"a","refresh_token":"b"}"#), &[400, 422]),
        ("a number where text is", json(r#"{"refresh_token":1e999}"#), &[400, 422]),
    ];
    for (what, request, allowed) in cases {
        expect_one(&say(&server, request), allowed, what);
        assert_eq!(server.get("/health"), 200, "after {what}");
    }

    let upgrade =
        get("/health", "Upgrade: websocket\r\nSec-WebSocket-Key: AAAA\r\nSec-WebSocket-Version: 13\r\n");
    expect_one(&say(&server, upgrade), &[200], "an upgrade");
}

#[test]
fn a_request_with_two_ends_is_the_last_of_its_connection() {
    let (_dir, server, _) = plant(&[]);
    let post = "POST /api/v1/auth/refresh HTTP/1.1\r\nHost: erp\r\nContent-Type: application/json\r\n";
    let next = "GET /health HTTP/1.1\r\nHost: erp\r\nConnection: close\r\n\r\n";

    for both in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 500\r\n",
    ] {
        let answer = say(&server, format!("{post}{both}\r\n2\r\n{{}}\r\n0\r\n\r\n{next}"));

        // By its chunks, as a proxy in front would: and nothing after it is taken for a request.
        assert_eq!(statuses(&answer), [422], "{both}: {answer}");
        assert!(answer.contains("champ_requis"), "{both}: {answer}");
    }
}

#[test]
fn ten_thousand_requests_at_once_on_one_connection_are_all_answered() {
    let (_dir, server, _) = plant(&[]);
    let mut stream = server.connect();
    let answers = stream.try_clone().expect("the same socket");

    let reading = thread::spawn(|| hear(answers));
    stream.write_all("GET /health HTTP/1.1\r\nHost: erp\r\n\r\n".repeat(9_999).as_bytes()).expect("sent");
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: erp\r\nConnection: close\r\n\r\n").expect("sent");

    assert_eq!(reading.join().expect("answers").matches("http/1.1 200").count(), 10_000);
}

#[test]
fn no_path_leads_to_a_file() {
    let (_dir, server, _) = plant(&[]);
    let mut tried = 0;

    for root in ["/docs/assets", "/pages"] {
        for up in ["..", "%2e%2e", ".%2E", "%252e%252e", "....", "..;", "%c0%ae%c0%ae", ""] {
            for slash in ["/", "//", "%2f", "\\", "%5c", "%252f", "%c0%af"] {
                for file in ["etc/passwd", "erp.sqlite3"] {
                    let path = format!("{root}/{}{file}", format!("{up}{slash}").repeat(6));
                    let answer = say(
                        &server,
                        format!("GET {path} HTTP/1.1\r\nHost: erp\r\nConnection: close\r\n\r\n"),
                    );
                    expect_one(&answer, &[400, 404], &path);
                    assert!(!answer.contains("root:") && !answer.contains("sqlite format"), "{path}");
                    tried += 1;
                }
            }
        }
    }

    assert!(tried >= 200);
}

#[test]
fn a_forged_host_shows_in_no_answer() {
    let (_dir, server, token) = plant(&[]);
    let forged = "Host: elsewhere.example\r\nX-Forwarded-Host: elsewhere.example\r\nX-Forwarded-Proto: gopher\r\n\
                  Forwarded: host=elsewhere.example\r\nX-Original-URL: /elsewhere.example\r\nConnection: close\r\n";
    let site = r#"{"code": "CASA", "nom": "Casablanca"}"#;

    for (line, body, status) in [
        ("GET / HTTP/1.1", "", 200),
        ("GET /docs HTTP/1.1", "", 200),
        ("GET /openapi.json HTTP/1.1", "", 200),
        ("GET /nowhere HTTP/1.1", "", 404),
        ("GET http://elsewhere.example/api/v1/auth/me/ HTTP/1.1", "", 200),
        ("POST /api/v1/sites HTTP/1.1", site, 201),
    ] {
        let length = body.len();
        let answer = say(
            &server,
            format!(
                "{line}\r\n{forged}Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
                 Content-Length: {length}\r\n\r\n{body}"
            ),
        );

        expect_one(&answer, &[status], line);
        assert!(!answer.contains("elsewhere") && !answer.contains("gopher"), "{line}: {answer}");
    }
}

#[test]
fn a_forged_origin_does_not_loosen_the_brake_on_sign_in() {
    let dir = TempDir::new().expect("a temporary directory");
    let data_dir = dir.path().join("data");
    std::fs::create_dir(&data_dir).expect("a directory");
    std::fs::write(data_dir.join("config.toml"), "sign_in_burst = 5\n").expect("written");
    let server = ServerProcess::start(&data_dir, &[]);

    let started = Instant::now();
    let tries: String = (0..1000)
        .map(|i| {
            let form = format!("username=u{i}&password=x");
            let (a, b, length) = (i / 250, i % 250, form.len());
            let last = if i == 999 { "Connection: close\r\n" } else { "" };
            format!(
                "POST /api/v1/auth/token HTTP/1.1\r\nHost: erp\r\nX-Forwarded-For: 10.0.{a}.{b}\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n{last}\r\n{form}"
            )
        })
        .collect();
    let mut stream = server.connect();
    let answers = stream.try_clone().expect("the same socket");
    let reading = thread::spawn(|| hear(answers));
    stream.write_all(tries.as_bytes()).expect("sent");
    let statuses = statuses(&reading.join().expect("answers"));

    // One more every two seconds, however long this took.
    let most = 5 + 1 + started.elapsed().as_secs() as usize / 2;
    let (refused, tried): (Vec<u16>, Vec<u16>) = statuses.iter().partition(|status| **status == 429);
    assert_eq!(refused.len() + tried.len(), 1000);
    assert!(tried.len() <= most, "{} tries in {:?}", tried.len(), started.elapsed());
}
