//! The HTTP/1.1 accept loop: every connection the product takes goes through here.
//!
//! `axum::serve` gives a client all the time it likes to send a request's head and all the
//! connections it likes to do so. A few hundred half-written requests (slowloris) then hold every
//! file descriptor of the process and the plant is locked out. Hence these invariants:
//!
//! - **A normal client gets in during an attack.** At capacity the newcomer takes the place of the
//!   connection that has been waiting longest: first those that never sent a whole request, then the
//!   idle keep-alive ones, then those that send their request's body too slowly, last those whose client stopped
//!   reading its response. Only when every connection is at work is the newcomer refused, with a 503 it can read.
//! - **An attacker's newcomers take their own places**: nobody leaves for an address that has as many connections.
//! - **A connection at work is left alone**, from the moment its request's head is read until its
//!   response is handed over to the network (but for the last few dozen KiB, see [`connections`]), unless its handler
//!   waits for a client who is slow.
//! - **An evicted connection never starts a request, nor is given the end of one's body**: both are decided under the
//!   same lock, so no order is carried out for a client who will never hear of it.
//! - **Streams take nobody's place**: a reply that stays open leaves the ordinary places ([`LongLived`]).
//! - **Nothing one connection does ends another**: each is a task of its own, panics included, and
//!   no accept error ends the loop or makes it spin.
//! - **A stop is bounded**: requests under way get [`Limits::drain`], then what remains is cut.
//!
//! Bounding the time a request takes once its head is read (a slow upload, a slow handler) is up
//! to the service's own layers. Upgrades (WebSocket) and HTTP/2 are not served.

mod connections;
mod seats;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, body::Body, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    select,
    sync::watch,
    task::{AbortHandle, JoinSet},
    time::{sleep, timeout},
};
use tower::ServiceExt;

use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

use super::metrics::Metrics;
use super::tls::Tls;
pub use connections::LongLived;
use connections::{Connections, Evicted, Seat};

/// How much the server lets its clients take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections open at once, all clients together, beside the streams that stay open.
    pub connections: usize,
    /// Connections open at once from one address (one /64 network in IPv6).
    pub connections_per_address: usize,
    /// Time a client has to send a whole request head, counted from the opening of the connection
    /// or the end of the preceding request: so it also bounds an idle keep-alive. A client that
    /// reads nothing of its response for as long counts as waiting.
    pub header_timeout: Duration,
    /// Size of a request's head, in bytes; a longer one is answered 431. At least 8 KiB.
    pub max_header_bytes: usize,
    /// Time the requests under way have to end once the server is asked to stop.
    pub drain: Duration,
    /// Reverse proxies: they speak for many clients, so `connections_per_address` spares them.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            connections_per_address: 128,
            header_timeout: Duration::from_secs(10),
            max_header_bytes: 32 * 1024,
            drain: Duration::from_secs(10),
            trusted_proxies: Vec::new(),
        }
    }
}

/// The other end of the connection, found in each request's extensions. Behind a reverse proxy it
/// is the proxy. An IPv4 client of a dual-stack listener appears under its IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);

/// How a stop went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections still open after [`Limits::drain`], cut with their request.
    pub cut: usize,
}

/// Serves `app` on `listener` until `shutdown` completes, then lets the requests under way end. Connections that
/// find no place are counted in `metrics`.
///
/// # Errors
///
/// None at present: an accept error is logged and outlived.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    tls: Option<Tls>,
    limits: Limits,
    metrics: Metrics,
    shutdown: impl Future<Output = ()>,
) -> io::Result<Drained> {
    let app: Router = app.with_state(()); // prepares the routes once instead of per request
    let door = Arc::new(Door { app, tls, handshake: limits.header_timeout });
    let http = http(&limits);
    let connections = Connections::new(&limits);
    // Nothing is ever sent: dropping `stop` is the order to stop.
    let (stop, stopping) = watch::channel(());
    let mut tasks = JoinSet::new();
    let mut refusals = Refusals::default();
    let mut refusal_warning = Warning::default();
    let mut accept_warning = Warning::default();
    let mut shutdown = pin!(shutdown);

    loop {
        let accepted = select! {
            () = &mut shutdown => break,
            Some(ended) = tasks.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a connection's task failed");
                }
                continue;
            }
            Some(_) = refusals.tasks.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
                if let Some((seat, evicted)) = connections.admit(peer.ip()) {
                    let (http, door, stopping) = (http.clone(), door.clone(), stopping.clone());
                    let peer = PeerAddress(peer);
                    tasks.spawn(converse(http, stream, peer, door, seat, evicted, stopping));
                } else {
                    refusal_warning.say(|| {
                        tracing::warn!(%peer, "connection refused: all are busy with a request");
                    });
                    metrics.refuse(NO_PLACE);
                    refusals.add(refuse(stream, door.clone()));
                }
            }
            Err(error) if is_of_one_client(&error) => {}
            Err(error) => {
                accept_warning.say(|| tracing::warn!(%error, "cannot accept connections"));
                // Most likely out of file descriptors: free one, and let the process breathe
                // rather than spin on an error that will not clear by itself. (The system may
                // report it with no client at the door: one eviction too many, and no more.)
                connections.evict();
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }

    drop(listener);
    drop(stop);
    let all_ended = async { while tasks.join_next().await.is_some() {} };
    let _ = timeout(limits.drain, all_ended).await;
    Ok(Drained { cut: tasks.len() }) // dropping `tasks` cuts them
}

/// The stable code of a connection that found no place, as its 503 says it.
pub const NO_PLACE: &str = "trop_de_connexions";

const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Refused clients to whom it is being said at one time.
const REFUSALS: usize = 256;
const REFUSAL_TIME: Duration = Duration::from_secs(1);
const REFUSAL: &str = r#"{"type":"about:blank","title":"Service Unavailable","status":503,"code":"trop_de_connexions","detail":"Trop de connexions simultanées ; réessayez dans un instant."}"#;

/// Clients who are being told that there is no place. Beyond [`REFUSALS`] the one who has had the longest to read it
/// makes way: only a flood of thousands a second is closed before it could read.
#[derive(Default)]
struct Refusals {
    tasks: JoinSet<()>,
    oldest_first: VecDeque<AbortHandle>,
}

impl Refusals {
    fn add(&mut self, refusal: impl Future<Output = io::Result<()>> + Send + 'static) {
        while self.tasks.try_join_next().is_some() {}
        self.oldest_first.retain(|task| !task.is_finished());
        if self.oldest_first.len() >= REFUSALS
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            oldest.abort();
        }
        self.oldest_first.push_back(self.tasks.spawn(async {
            let _ = timeout(REFUSAL_TIME, refusal).await;
        }));
    }
}

/// A warning that repeats itself once a minute at most, lest an attack also fill the disk.
#[derive(Default)]
struct Warning {
    last: Option<Instant>,
}

impl Warning {
    fn say(&mut self, log: impl FnOnce()) {
        let silent = Duration::from_secs(60);
        if self.last.is_none_or(|last| last.elapsed() >= silent) {
            self.last = Some(Instant::now());
            log();
        }
    }
}

fn http(limits: &Limits) -> http1::Builder {
    const LEAST_BUFFER: usize = 8 * 1024; // hyper panics below
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(limits.max_header_bytes.max(LEAST_BUFFER))
        .keep_alive(true);
    http
}

/// What is behind a connection.
struct Door {
    app: Router,
    /// Without it, connections are as they come.
    tls: Option<Tls>,
    /// How long a handshake may take.
    handshake: Duration,
}

impl Door {
    /// Makes the connection secure where it should be. Answers it with who serves it: whoever comes without TLS to
    /// where there should be is told where to go.
    async fn open(&self, stream: TcpStream) -> io::Result<(Stream, Router)> {
        let Some(tls) = &self.tls else { return Ok((Either::Left(stream), self.app.clone())) };
        let (stream, is_secure) = timeout(self.handshake, tls.accept(stream)).await??;
        Ok((stream, if is_secure { self.app.clone() } else { tls.plain.clone() }))
    }
}

type Stream = Either<TcpStream, TlsStream<TcpStream>>;

/// Serves one connection until its client leaves, it is evicted, or the server stops.
async fn converse(
    http: http1::Builder,
    stream: TcpStream,
    peer: PeerAddress,
    door: Arc<Door>,
    seat: Seat,
    mut evicted: Evicted,
    mut stopping: watch::Receiver<()>,
) {
    // Without this a small response waits for the acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    let opened = select! {
        biased;
        _ = &mut evicted => return,
        opened = door.open(stream) => opened,
        _ = stopping.changed() => return,
    };
    let (stream, app) = match opened {
        Ok(opened) => opened,
        Err(error) => return tracing::debug!(peer = %peer.0, %error, "no handshake"),
    };
    let service = service_fn(move |request: Request<Incoming>| {
        let exchange = seat.begin();
        let app = app.clone();
        async move {
            let exchange = exchange.ok_or(io::ErrorKind::ConnectionAborted)?;
            let mut request = request.map(|body| exchange.receive(body));
            request.extensions_mut().insert(peer);
            let Ok(response) = app.oneshot(request.map(Body::new)).await;
            if response.extensions().get::<LongLived>().is_some() {
                exchange.stay_open();
            }
            io::Result::Ok(response.map(|body| exchange.send(body)))
        }
    });
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let ended = select! {
        biased;
        _ = evicted => Ok(()), // the socket closes as `connection` is dropped
        ended = connection.as_mut() => ended,
        _ = stopping.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(peer = %peer.0, %error, "connection ended early");
    }
}

/// Answers 503 without reading the request, so that it costs next to nothing (but for a handshake, where the answer
/// could not be read without).
async fn refuse(stream: TcpStream, door: Arc<Door>) -> io::Result<()> {
    let response = format!(
        "HTTP/1.1 503 Service Unavailable\r\n\
         Content-Type: application/problem+json\r\n\
         Content-Length: {}\r\n\
         Retry-After: 1\r\n\
         X-Content-Type-Options: nosniff\r\n\
         Connection: close\r\n\r\n{REFUSAL}",
        REFUSAL.len()
    );
    let (mut stream, _) = door.open(stream).await?;
    stream.write_all(response.as_bytes()).await?;
    stream.shutdown().await?;
    // Closing on an unread request would reset the connection, and the answer be lost with it.
    let mut ignored = [0; 1024];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}

/// Whether an accept error tells of a client gone already rather than of the server's state.
fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
