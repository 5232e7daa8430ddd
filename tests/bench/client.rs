//! A small HTTP client that measures: one keep-alive connection per task, each firing its own round of requests.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// One request, ready to be sent again and again.
#[derive(Clone)]
pub struct Shot {
    method: &'static str,
    path: String,
    bearer: String,
    body: Bytes,
}

impl Shot {
    pub fn get(path: &str, bearer: &str) -> Self {
        Self { method: "GET", path: path.to_owned(), bearer: bearer.to_owned(), body: Bytes::new() }
    }

    pub fn patch(path: &str, bearer: &str, body: &Value) -> Self {
        Self { method: "PATCH", body: body.to_string().into(), ..Self::get(path, bearer) }
    }

    pub fn post(path: &str, bearer: &str, body: &Value) -> Self {
        Self { method: "POST", ..Self::patch(path, bearer, body) }
    }

    fn request(&self) -> Request<Full<Bytes>> {
        Request::builder()
            .method(self.method)
            .uri(&self.path)
            .header(header::HOST, "localhost")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.bearer))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(self.body.clone()))
            .expect("a request")
    }
}

/// What a wave of requests took.
pub struct Figures {
    /// Milliseconds of each answered request, sorted.
    latencies: Vec<f64>,
    elapsed: Duration,
    /// Requests that were not answered 2xx.
    pub errors: usize,
}

impl Figures {
    /// Both waves as one.
    pub fn and(mut self, other: Self) -> Self {
        self.latencies.extend(other.latencies);
        self.latencies.sort_by(f64::total_cmp);
        Self {
            latencies: self.latencies,
            elapsed: self.elapsed + other.elapsed,
            errors: self.errors + other.errors,
        }
    }

    pub fn per_second(&self) -> f64 {
        (self.latencies.len() - self.errors) as f64 / self.elapsed.as_secs_f64()
    }

    /// Milliseconds within which this part of the requests was answered.
    pub fn percentile(&self, part: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get((last as f64 * part) as usize).copied().unwrap_or(f64::NAN)
    }
}

/// Fires each round over its own connection, again and again, until `duration` is over (one round at least).
pub async fn fire(address: SocketAddr, rounds: Vec<Vec<Shot>>, duration: Duration) -> Figures {
    let started = Instant::now();
    let connections = rounds.into_iter().filter(|round| !round.is_empty());
    gather(started, connections.map(|round| connection(address, round, started + duration, None))).await
}

/// Sends `per_second` requests a second over `connections`, whatever the answers take: a request that had to wait
/// for the one before is as late as its user would see it.
pub async fn pace(
    address: SocketAddr,
    shot: &Shot,
    connections: u32,
    per_second: u32,
    duration: Duration,
) -> Figures {
    let started = Instant::now();
    let period = Duration::from_secs(1) * connections / per_second;
    let one = |n| {
        let pace = Some((started + period * n / connections, period));
        connection(address, vec![shot.clone()], started + duration, pace)
    };
    gather(started, (0..connections).map(one)).await
}

async fn gather<F>(started: Instant, connections: impl Iterator<Item = F>) -> Figures
where
    F: Future<Output = (Vec<f64>, usize)> + Send + 'static,
{
    let connections: Vec<_> = connections.map(tokio::spawn).collect();
    let (mut latencies, mut errors) = (Vec::new(), 0);
    for connection in connections {
        let (mine, failed) = connection.await.expect("a connection's task");
        latencies.extend(mine);
        errors += failed;
    }
    let elapsed = started.elapsed();
    latencies.sort_by(f64::total_cmp);
    Figures { latencies, elapsed, errors }
}

/// Fires a round again and again until `end`; at its pace (first request, time between two) if it has one.
async fn connection(
    address: SocketAddr,
    round: Vec<Shot>,
    end: Instant,
    mut pace: Option<(Instant, Duration)>,
) -> (Vec<f64>, usize) {
    let stream = TcpStream::connect(address).await.expect("the server listens");
    stream.set_nodelay(true).expect("a socket option");
    let (mut sender, driver) = http1::handshake(TokioIo::new(stream)).await.expect("an HTTP connection");
    let driver = tokio::spawn(driver);
    let (mut latencies, mut errors) = (Vec::new(), 0);
    loop {
        for shot in &round {
            let sent = match &mut pace {
                None => Instant::now(),
                Some((next, period)) => {
                    let due = *next;
                    *next += *period;
                    tokio::time::sleep_until(due.into()).await;
                    due
                }
            };
            let response = sender.send_request(shot.request()).await.expect("an answer");
            let is_success = response.status().is_success();
            response.into_body().collect().await.expect("a whole answer");
            latencies.push(sent.elapsed().as_secs_f64() * 1000.0);
            errors += usize::from(!is_success);
        }
        if Instant::now() >= end {
            break;
        }
    }
    driver.abort();
    (latencies, errors)
}
