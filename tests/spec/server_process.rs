//! The real executable in a process of its own, killed at the latest when the test ends.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longer than any start or stop takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The executable, in an environment without settings.
pub fn command(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_erp-interventions"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// Runs a command that ends by itself on a data directory.
pub fn run(data_dir: &Path, arguments: &[&str]) -> Output {
    command(arguments).arg("--data-dir").arg(data_dir).output().expect("the executable runs")
}

/// Runs a command that asks for a password on its standard input.
pub fn run_with_password(data_dir: &Path, arguments: &[&str], password: &str) -> Output {
    let mut child = command(arguments)
        .args(["--password-stdin", "--data-dir"])
        .arg(data_dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the executable runs");
    let line = format!("{password}\n");
    child.stdin.take().expect("a pipe").write_all(line.as_bytes()).expect("the password is read");
    child.wait_with_output().expect("the executable ends")
}

/// What a command said on stderr.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a command said on stdout.
pub fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A server on a free port of this machine.
pub struct ServerProcess {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// The line that says where it listens.
    pub first_line: String,
    address: String,
    log: PathBuf,
}

impl ServerProcess {
    /// Starts the server on `data_dir` and waits until it says where it listens.
    pub fn start(data_dir: &Path, arguments: &[&str]) -> Self {
        let mut serve = command(["serve", "--data-dir"]);
        serve
            .arg(data_dir)
            .args(arguments)
            // The machine's own network, unless another is asked for.
            .args(if arguments.contains(&"--listen") { &[][..] } else { &["--listen", "127.0.0.1:0"] });
        Self::spawn(serve, data_dir.with_extension("log"))
    }

    /// Runs what becomes a server, and waits until it says where it listens.
    pub fn spawn(mut command: Command, log: PathBuf) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(File::create(&log).expect("a file for the log"))
            .spawn()
            .expect("the executable runs");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut first_line = String::new();
        stdout.read_line(&mut first_line).expect("a line");
        let address = first_line.trim().rsplit("://").next().unwrap_or_default().to_owned();
        let server = Self { child, stdout, first_line, address, log };
        assert!(!server.first_line.is_empty(), "no start: {}", server.log());
        server
    }

    /// Where it listens, as `127.0.0.1:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote on stderr so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until the log says `text`.
    pub fn wait_for_log(&self, text: &str) {
        wait_until(|| self.log().contains(text).then_some(()), || self.log());
    }

    /// The next line it prints.
    pub fn next_line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("a line");
        line
    }

    /// The status of a GET.
    pub fn get(&self, path: &str) -> u16 {
        self.request("GET", path, "", "").0
    }

    /// Signs in; the status, and the access token if there is one.
    pub fn sign_in(&self, username: &str, password: &str) -> (u16, Option<String>) {
        let form = format!("username={username}&password={}", password.replace(' ', "+"));
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        let (status, body) = self.request("POST", "/api/v1/auth/token", kind, &form);
        (status, body["access_token"].as_str().map(str::to_owned))
    }

    /// A request with further header lines; status, and body as JSON, null when it is not.
    pub fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, Value) {
        let mut stream = self.connect();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: erp\r\nConnection: close\r\n\
             Content-Length: {length}\r\n{headers}\r\n{body}"
        )
        .expect("sent");
        read(stream)
    }

    /// A request whose body does not come before [`SlowRequest::finish`]. It has reached its handler.
    pub fn slow_request(&self) -> SlowRequest {
        let mut stream = self.connect();
        // One of the few bodies that are read before anyone is known.
        let head = "POST /api/v1/auth/refresh HTTP/1.1\r\nHost: erp\r\nContent-Length: 2\r\n\
                    Content-Type: application/json\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n";
        stream.write_all(head.as_bytes()).expect("sent");
        let mut go_on = [0; 25];
        stream.read_exact(&mut go_on).expect("the server asks for the body");
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        SlowRequest(stream)
    }

    /// Sends a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits for the process to end.
    pub fn wait(&mut self) -> ExitStatus {
        let log = self.log.clone();
        let child = &mut self.child;
        let ended = || child.try_wait().expect("our own child");
        wait_until(ended, || std::fs::read_to_string(log).unwrap_or_default())
    }

    /// Asks the server to stop and waits; returns how it ended and what it printed after the first line.
    pub fn stop(mut self) -> (ExitStatus, String) {
        self.signal("TERM");
        let status = self.wait();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("text");
        (status, rest)
    }

    /// A connection on which nothing has been said.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        stream
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request under way.
pub struct SlowRequest(TcpStream);

impl SlowRequest {
    /// Sends the rest; returns the answer's status.
    pub fn finish(mut self) -> u16 {
        self.0.write_all(b"{}").expect("sent");
        read(self.0).0
    }
}

/// Asks again until there is an answer: a process, unlike a clock, cannot be frozen.
fn wait_until<T>(mut look: impl FnMut() -> Option<T>, log: impl FnOnce() -> String) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        if started.elapsed() > PATIENCE {
            panic!("waited in vain: {}", log());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn read(mut stream: TcpStream) -> (u16, Value) {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status.unwrap_or_else(|| panic!("{answer:?}")), serde_json::from_str(body).unwrap_or_default())
}
