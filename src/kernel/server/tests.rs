//! Over real loopback sockets. Waits are on events, or long enough for the slowest machine; only
//! the checks that something did *not* happen rest on a short wait, and those cannot fail wrongly.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use axum::{
    Extension, Router,
    body::{Body, Bytes},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tokio::sync::{oneshot, watch};

use crate::kernel::metrics::Metrics;

use super::{Drained, Limits, LongLived, PeerAddress, seats::GRACE, serve};

const AMPLE: Duration = Duration::from_secs(30);
const BIG: usize = 32 * 1024 * 1024; // more than the sockets' buffers hold

#[test]
fn a_normal_request_is_answered_and_its_connection_kept() {
    let server = Server::start(Limits::default());
    let mut client = server.connect();
    let address = client.0.local_addr().unwrap().to_string();
    for _ in 0..2 {
        let response = client.get("/peer");
        assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
        assert!(response.ends_with(&address), "{response}");
    }
}

#[test]
fn a_client_that_sends_its_header_slowly_is_cut() {
    let server = Server::start(Limits { header_timeout: Duration::from_millis(200), ..Limits::default() });
    let mut client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: plant\r\nX-Slow: ");
    let start = Instant::now();
    while client.stays_open_for(Duration::from_millis(20)) {
        assert!(start.elapsed() < AMPLE, "still there");
        let _ = client.0.write_all(b"a");
    }
}

#[test]
fn a_slow_handler_is_not_taken_for_a_slow_header() {
    let server = Server::start(Limits { header_timeout: Duration::from_millis(500), ..Limits::default() });
    let mut client = server.connect_busy();
    assert!(client.stays_open_for(Duration::from_millis(1500)));
    server.release();
    assert!(client.response().ends_with("done"));
}

#[test]
fn a_header_beyond_the_limit_is_refused() {
    let server = Server::start(Limits { max_header_bytes: 8 * 1024, ..Limits::default() });
    let mut client = server.connect();
    let filler = "a".repeat(16 * 1024);
    client.send(&format!("GET / HTTP/1.1\r\nX-Long: {filler}\r\n\r\n"));
    assert!(client.response().starts_with("HTTP/1.1 431 "));
}

#[test]
fn at_capacity_a_newcomer_takes_the_place_of_the_oldest_silent_connection() {
    let server = Server::start(Limits { connections: 4, ..Limits::default() });
    let mut silent = [(); 4].map(|()| server.connect());
    let mut newcomer = server.connect();
    assert!(newcomer.get("/").ends_with("hello"));
    assert!(silent[0].is_closed());
    for other in &mut silent[1..] {
        assert!(other.stays_open_for(Duration::from_millis(50)));
    }
}

#[test]
fn a_flood_of_half_written_headers_keeps_nobody_out() {
    let server =
        Server::start(Limits { connections: 16, connections_per_address: 1000, ..Limits::default() });
    let mut flood = Vec::new();
    for _ in 0..10 {
        flood.extend((0..20).map(|_| {
            let mut attacker = server.connect();
            // Fails when the attacker has been shown out already.
            let _ = attacker.0.write_all(b"GET / HTTP/1.1\r\nHost:");
            attacker
        }));
        assert!(server.connect().get("/").ends_with("hello"));
    }
}

#[test]
fn a_connection_that_has_served_outlives_one_that_never_said_anything() {
    let server = Server::start(Limits { connections: 3, ..Limits::default() });
    let mut regular = server.connect();
    regular.get("/");
    let mut silent = server.connect();
    let mut third = server.connect();
    third.get("/"); // connections are taken in turn: `silent` has its place by now
    thread::sleep(GRACE);
    let mut newcomer = server.connect();
    assert!(silent.is_closed());
    assert!(newcomer.get("/").ends_with("hello"));
    assert!(regular.get("/").ends_with("hello"));
}

#[test]
fn when_every_connection_is_busy_the_newcomer_is_told_to_come_back() {
    let server = Server::start(Limits { connections: 2, ..Limits::default() });
    let mut busy = [(); 2].map(|()| server.connect_busy());
    let response = server.connect().get("/");
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 503 Service Unavailable"), "{head}");
    for header in [
        "Retry-After: 1",
        "Connection: close",
        "X-Content-Type-Options: nosniff",
        "Content-Type: application/problem+json",
    ] {
        assert!(head.lines().any(|line| line == header), "{header}: {head}");
    }
    let problem: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(problem["status"], 503);
    assert_eq!(problem["code"], "trop_de_connexions");

    server.release();
    for client in &mut busy {
        assert!(client.response().ends_with("done"));
    }
    assert!(server.connect().get("/").ends_with("hello"));
}

#[test]
fn a_refused_newcomer_still_sending_its_request_can_read_why() {
    let server = Server::start(Limits { connections: 1, ..Limits::default() });
    let _busy = server.connect_busy();
    let mut newcomer = server.connect();
    for piece in ["GET / HTTP/1.1\r\n", "Host: plant\r\n", "\r\n"] {
        thread::sleep(Duration::from_millis(50));
        newcomer.send(piece); // fails if the connection was reset
    }
    assert!(newcomer.response().starts_with("HTTP/1.1 503 "));
}

#[test]
fn a_connection_is_busy_until_its_response_is_read() {
    let server = Server::start(Limits { connections: 1, ..Limits::default() });
    let mut reader = server.connect();
    reader.send("GET /big HTTP/1.1\r\nHost: plant\r\n\r\n");
    reader.0.read_exact(&mut [0; 1]).unwrap();
    assert!(server.connect().get("/").starts_with("HTTP/1.1 503 "));
    assert!(reader.response().len() > BIG);
}

#[test]
fn a_client_that_does_not_read_its_response_makes_way_in_the_end() {
    let server =
        Server::start(Limits { connections: 1, header_timeout: Duration::from_secs(1), ..Limits::default() });
    let mut idler = server.connect();
    idler.send("GET /big HTTP/1.1\r\nHost: plant\r\n\r\n");
    idler.0.read_exact(&mut [0; 1]).unwrap();
    let start = Instant::now();
    while !server.connect().get("/").ends_with("hello") {
        assert!(start.elapsed() < AMPLE, "still in the way");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn slow_bodies_make_way_and_are_never_handed_over_whole() {
    let server = Server::start(Limits { connections: 2, ..Limits::default() });
    let mut slow = [(); 2].map(|()| {
        let mut client = server.connect();
        client.send("POST /body HTTP/1.1\r\nHost: plant\r\nContent-Length: 4000\r\n\r\nx");
        client
    });
    let start = Instant::now();
    while !server.connect().get("/").ends_with("hello") {
        assert!(start.elapsed() < AMPLE, "still in the way");
        thread::sleep(Duration::from_millis(50));
    }
    // Which of the two had to leave is the scheduler's: the second may not have been heard when the newcomer came.
    while slow.iter_mut().all(|client| client.stays_open_for(Duration::from_millis(20))) {
        assert!(start.elapsed() < 2 * AMPLE, "nobody had to leave");
    }
    assert!(server.entered.try_recv().is_err(), "its handler got no whole body");
}

#[test]
fn a_reply_that_stays_open_takes_nobodys_place() {
    let server = Server::start(Limits { connections: 1, ..Limits::default() });
    let mut stream = server.connect();
    stream.send("GET /stream HTTP/1.1\r\nHost: plant\r\n\r\n");
    stream.0.read_exact(&mut [0; 1]).unwrap();
    assert!(server.connect().get("/").ends_with("hello"));
    assert!(server.metrics.refused_lately().is_empty());
}

#[test]
fn one_address_beyond_its_share_loses_its_own_oldest_connection() {
    let server = Server::start(Limits { connections_per_address: 2, ..Limits::default() });
    let mut oldest = server.connect();
    let mut other = server.connect();
    let mut newcomer = server.connect();
    assert!(newcomer.get("/").ends_with("hello"));
    assert!(oldest.is_closed());
    assert!(other.get("/").ends_with("hello"));
}

#[test]
fn a_trusted_proxy_is_not_held_to_the_share_of_one_address() {
    let server = Server::start(Limits {
        connections_per_address: 2,
        trusted_proxies: vec!["::ffff:127.0.0.1".parse().unwrap()],
        ..Limits::default()
    });
    let mut clients = [(); 6].map(|()| server.connect());
    for client in &mut clients {
        assert!(client.get("/").ends_with("hello"));
    }
}

#[test]
fn a_panic_ends_its_own_connection_only_and_frees_its_place() {
    let server = Server::start(Limits { connections: 2, ..Limits::default() });
    let mut busy = server.connect_busy();
    let mut broken = server.connect();
    broken.send("GET /panic HTTP/1.1\r\nHost: plant\r\n\r\n");
    assert!(broken.is_closed());
    assert!(server.connect().get("/").ends_with("hello"));
    server.release();
    assert!(busy.response().ends_with("done"));
}

/// Needs a process of its own, as it starves it of file descriptors.
#[cfg(unix)]
#[test]
fn out_of_file_descriptors_the_server_frees_one_for_the_newcomer() {
    const STARVED: &str = "TEST_RUNS_STARVED_OF_FILES";
    if std::env::var_os(STARVED).is_none() {
        let test = thread::current().name().unwrap().to_owned();
        let run = std::process::Command::new("sh")
            .args(["-c", r#"ulimit -n 64 && exec "$0" --exact "$1""#])
            .arg(std::env::current_exe().unwrap())
            .arg(test)
            .env(STARVED, "yes")
            .output()
            .unwrap();
        let output = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success(), "{output}");
        assert!(output.contains("1 passed"), "{output}");
        return;
    }
    let server = Server::start(Limits::default());
    let mut silent = server.connect();
    let _also_silent = server.connect();
    let mut regular = server.connect();
    regular.get("/");
    let mut files: Vec<_> = std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();
    files.pop(); // for the newcomer's own end
    let mut newcomer = server.connect();
    assert!(newcomer.get("/").ends_with("hello"));
    assert!(silent.is_closed());
    assert!(regular.get("/").ends_with("hello"));
}

#[test]
fn a_stop_ends_idle_connections_at_once_and_lets_a_request_finish() {
    let mut server = Server::start(Limits { drain: AMPLE, header_timeout: 2 * AMPLE, ..Limits::default() });
    let mut silent = server.connect();
    let mut idle = server.connect();
    idle.get("/");
    let mut busy = server.connect_busy();
    server.stop();
    assert!(silent.is_closed());
    assert!(idle.is_closed());
    assert!(TcpStream::connect(server.address).is_err());
    assert!(busy.stays_open_for(Duration::from_millis(50)));
    server.release();
    let response = busy.response();
    assert!(response.ends_with("done"), "{response}");
    assert!(busy.is_closed());
    assert_eq!(server.drained(), Drained { cut: 0 });
}

#[test]
fn a_stop_cuts_what_outlasts_the_drain() {
    let mut server = Server::start(Limits { drain: Duration::from_millis(200), ..Limits::default() });
    let mut busy = server.connect_busy();
    server.stop();
    assert_eq!(server.drained(), Drained { cut: 1 });
    assert!(busy.is_closed());
}

/// A server in a runtime of its own, so that the tests can use plain blocking sockets.
struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    drained: mpsc::Receiver<Drained>,
    entered: mpsc::Receiver<()>,
    released: watch::Sender<bool>,
    metrics: Metrics,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    fn start(limits: Limits) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let (entry, entered) = mpsc::channel();
        let (end, drained) = mpsc::channel();
        let (released, release) = watch::channel(false);
        let entry_of_wait = entry.clone();
        let wait = async move || {
            entry_of_wait.send(()).unwrap();
            let _ = release.clone().wait_for(|released| *released).await;
            "done"
        };
        let entry_of_body = entry.clone();
        let whole_body = async move |body: Bytes| {
            entry_of_body.send(()).unwrap();
            body.len().to_string()
        };
        let app = Router::new()
            .route("/body", post(whole_body))
            .route("/stream", get(stream))
            .route("/", get(async || "hello"))
            .route("/peer", get(peer))
            .route("/wait", get(wait))
            .route("/big", get(async || vec![b'x'; BIG]))
            .route("/panic", get(panic));
        let metrics = Metrics::new();
        let counted = metrics.clone();
        runtime.spawn(async move {
            let shutdown = async { _ = stopped.await };
            let result = serve(listener, app, None, limits, counted, shutdown).await;
            let _ = end.send(result.unwrap());
        });
        Self { address, stop: Some(stop), drained, entered, released, metrics, _runtime: runtime }
    }

    fn connect(&self) -> Client {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(AMPLE)).unwrap();
        Client(stream)
    }

    /// A client whose request is in its handler, until [`Self::release`].
    fn connect_busy(&self) -> Client {
        let mut client = self.connect();
        client.send("GET /wait HTTP/1.1\r\nHost: plant\r\n\r\n");
        self.entered.recv_timeout(AMPLE).unwrap();
        client
    }

    fn release(&self) {
        self.released.send_replace(true);
    }

    fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    fn drained(&self) -> Drained {
        self.drained.recv_timeout(AMPLE).unwrap()
    }
}

struct Client(TcpStream);

impl Client {
    fn get(&mut self, path: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: plant\r\n\r\n"));
        self.response()
    }

    fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).unwrap();
    }

    /// The next response, whole: its head then as many bytes as announced.
    fn response(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let found = name.eq_ignore_ascii_case("content-length");
            found.then(|| value.parse().unwrap())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        self.0.read_exact(&mut body).unwrap();
        head + &String::from_utf8(body).unwrap()
    }

    fn is_closed(&mut self) -> bool {
        !self.stays_open_for(AMPLE)
    }

    fn stays_open_for(&mut self, time: Duration) -> bool {
        self.0.set_read_timeout(Some(time)).unwrap();
        let read = self.0.read(&mut [0]);
        self.0.set_read_timeout(Some(AMPLE)).unwrap();
        match read {
            Ok(0) => false,
            Ok(_) => panic!("something was received"),
            Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        }
    }
}

async fn peer(Extension(PeerAddress(peer)): Extension<PeerAddress>) -> String {
    peer.to_string()
}

async fn panic() {
    panic!("on purpose");
}

async fn stream() -> Response {
    let silence = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
    let mut response = Body::from_stream(silence).into_response();
    response.extensions_mut().insert(LongLived);
    response
}
