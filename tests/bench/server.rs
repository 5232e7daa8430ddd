//! The real executable, as a child process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_erp-interventions");

/// Fills an empty data directory.
pub fn seed(data: &Path, interventions: u64) {
    let count = interventions.to_string();
    let status = Command::new(EXECUTABLE)
        .args(["seed", "--profile", "volume", "--interventions", &count, "--data-dir"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the executable runs");
    assert!(status.success(), "seeding failed");
}

pub fn executable_bytes() -> u64 {
    std::fs::metadata(EXECUTABLE).expect("the executable").len()
}

pub struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts the server on a free port; returns once `/health/ready` has answered 200.
    pub fn start(data: &Path, further: &[&str]) -> Self {
        Self::start_by(Command::new(EXECUTABLE), data, further)
    }

    /// Starts the server by a command that becomes the executable.
    pub fn start_by(mut command: Command, data: &Path, further: &[&str]) -> Self {
        let mut process = command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .args(further)
            .env("ERP_LOG_LEVEL", "warn")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the executable runs");
        let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| line.split("http://").nth(1)?.split(['/', ' ']).next()?.parse().ok())
            .expect("the server says its address");
        let server = Self { process, address };
        while !server.is_ready() {
            std::thread::sleep(Duration::from_millis(1));
        }
        server
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Resident memory now, in MiB.
    pub fn memory_mib(&self) -> f64 {
        self.mib("status", "VmRSS:")
    }

    /// Its share of the machine's memory now, in MiB: pages shared with other processes count in part.
    pub fn share_mib(&self) -> f64 {
        self.mib("smaps_rollup", "Pss:")
    }

    fn mib(&self, file: &str, name: &str) -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{}/{file}", self.process.id())).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().expect("our own child")
    }

    /// An access token of the demo's responsable.
    pub async fn sign_in(&self) -> String {
        self.sign_in_as("responsable").await
    }

    /// An access token of one of the demo's accounts.
    pub async fn sign_in_as(&self, username: &str) -> String {
        let form = format!("username={username}&password=Demo-2026!");
        let reply =
            self.request("POST", "/api/v1/auth/token", "application/x-www-form-urlencoded", "", &form).await;
        let reply: Value = serde_json::from_slice(&reply).expect("JSON");
        reply["access_token"].as_str().unwrap_or_else(|| panic!("no token in {reply}")).to_owned()
    }

    /// What a GET answers.
    pub async fn json(&self, path: &str, bearer: &str) -> Value {
        let reply = self.request("GET", path, "application/json", bearer, "").await;
        serde_json::from_slice(&reply).expect("JSON")
    }

    /// A POST without a body.
    pub async fn post(&self, path: &str, bearer: &str) {
        self.request("POST", path, "application/json", bearer, "").await;
    }

    /// The ids of a list's first page.
    pub async fn ids(&self, bearer: &str, path: &str) -> Vec<i64> {
        let reply = self.json(path, bearer).await;
        let items = reply["items"].as_array().unwrap_or_else(|| panic!("no items in {reply}"));
        items.iter().filter_map(|item| item["id"].as_i64()).collect()
    }

    /// SQL statements run since the start.
    pub async fn statements(&self) -> u64 {
        let page = self.request("GET", "/metrics", "text/plain", "", "").await;
        let page = String::from_utf8_lossy(&page).into_owned();
        let line =
            page.lines().find(|line| line.starts_with("erp_sql_statements_total ")).expect("the counter");
        line.split(' ').nth(1).and_then(|count| count.parse().ok()).expect("a number")
    }

    fn is_ready(&self) -> bool {
        use std::io::{Read, Write};
        let Ok(mut stream) = std::net::TcpStream::connect(self.address) else { return false };
        let mut reply = String::new();
        stream
            .write_all(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .is_ok()
            && stream.read_to_string(&mut reply).is_ok()
            && reply.starts_with("HTTP/1.1 200")
    }

    async fn request(&self, method: &str, path: &str, kind: &str, bearer: &str, body: &str) -> Bytes {
        let stream = tokio::net::TcpStream::connect(self.address).await.expect("the server listens");
        let (mut sender, driver) = http1::handshake(TokioIo::new(stream)).await.expect("an HTTP connection");
        tokio::spawn(driver);
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("content-type", kind);
        if !bearer.is_empty() {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        let request = request.body(Full::new(Bytes::from(body.to_owned()))).expect("a request");
        let response = sender.send_request(request).await.expect("an answer");
        response.into_body().collect().await.expect("a whole answer").to_bytes()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
