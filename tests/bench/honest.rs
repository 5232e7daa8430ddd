//! The honest person: what they ask, and how long each answer took them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::attacker::request;

/// Between two requests: people look at what they got.
const PAUSE: Duration = Duration::from_millis(10);

/// Whoever waits for longer has given up.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Honest {
    pub address: SocketAddr,
    /// Of a responsable.
    pub bearer: String,
    /// What they change.
    pub intervention: i64,
}

/// What it was like.
#[derive(Default)]
pub struct Felt {
    /// Milliseconds, sorted.
    latencies: Vec<f64>,
    /// Requests that were not answered 2xx.
    pub lost: usize,
    /// Of those, how many ended how.
    pub why: String,
    /// Milliseconds that a sign-in in the middle took, or the status that refused it.
    pub sign_in: String,
}

impl Felt {
    pub fn count(&self) -> usize {
        self.latencies.len()
    }

    pub fn percentile(&self, part: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get((last as f64 * part) as usize).copied().unwrap_or(f64::NAN)
    }
}

impl Honest {
    /// Works until `end`.
    pub fn work(&self, end: Instant) -> Felt {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let middle = end - end.saturating_duration_since(Instant::now()) / 2;
            let (mut felt, sign_in) = tokio::join!(self.rounds(end), self.sign_in(middle));
            felt.latencies.sort_by(f64::total_cmp);
            felt.sign_in = sign_in;
            felt
        })
    }

    async fn rounds(&self, end: Instant) -> Felt {
        let (mut felt, mut lost) = (Felt::default(), BTreeMap::<String, usize>::new());
        let path = format!("/api/v1/interventions/{}", self.intervention);
        for number in 0_u64.. {
            if Instant::now() >= end {
                break;
            }
            let change = json!({"description": format!("Vu au tour {number}")}).to_string();
            let round = [
                request("GET", "/api/v1/interventions/?page_size=50", &self.bearer, "", ""),
                request("GET", &path, &self.bearer, "", ""),
                request("PATCH", &path, &self.bearer, "application/json", change),
            ];
            let mut connection = None;
            for shot in round {
                let asked = Instant::now();
                let outcome = timeout(PATIENCE, self.ask(&mut connection, shot)).await;
                felt.latencies.push(asked.elapsed().as_secs_f64() * 1000.0);
                match outcome {
                    Ok(Ok(200..300)) => {}
                    Ok(Ok(status)) => *lost.entry(status.to_string()).or_default() += 1,
                    Ok(Err(cause)) => {
                        connection = None;
                        *lost.entry(cause).or_default() += 1;
                    }
                    Err(_) => {
                        connection = None;
                        *lost.entry("nothing in 30 s".to_owned()).or_default() += 1;
                    }
                }
                sleep(PAUSE).await;
            }
        }
        felt.lost = lost.values().sum();
        felt.why = lost.iter().map(|(why, count)| format!("{count} × {why}")).collect::<Vec<_>>().join(", ");
        felt
    }

    /// Somebody comes to work.
    async fn sign_in(&self, when: Instant) -> String {
        tokio::time::sleep_until(when.into()).await;
        let asked = Instant::now();
        let form = "username=technicien&password=Demo-2026!";
        let shot = request("POST", "/api/v1/auth/token", "", "application/x-www-form-urlencoded", form);
        match timeout(PATIENCE, self.ask(&mut None, shot)).await {
            Ok(Ok(200)) => format!("{:.0}", asked.elapsed().as_secs_f64() * 1000.0),
            Ok(Ok(status)) => format!("({status})"),
            Ok(Err(_)) | Err(_) => "(none)".to_owned(),
        }
    }

    /// One request over the connection, which is made if there is none.
    async fn ask(
        &self,
        connection: &mut Option<http1::SendRequest<Full<Bytes>>>,
        shot: Request<Full<Bytes>>,
    ) -> Result<u16, String> {
        if connection.is_none() {
            let stream = TcpStream::connect(self.address).await.map_err(|cause| cause.to_string())?;
            stream.set_nodelay(true).map_err(|cause| cause.to_string())?;
            let (sender, driver) =
                http1::handshake(TokioIo::new(stream)).await.map_err(|cause| cause.to_string())?;
            tokio::spawn(driver);
            *connection = Some(sender);
        }
        let sender = connection.as_mut().expect("it was just made");
        let response = sender.send_request(shot).await.map_err(|cause| cause.to_string())?;
        let status = response.status().as_u16();
        response.into_body().collect().await.map_err(|cause| cause.to_string())?;
        Ok(status)
    }
}
