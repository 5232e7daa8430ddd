//! Whoever attacks: connections from addresses of their own, and what came back of all that they sent.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout_at};

/// How long whoever finds no place waits before they try again: an attacker in a hurry, who still needs their processor.
const RETRY: Duration = Duration::from_millis(50);

/// What there is to attack, and with what.
pub struct Target {
    pub address: SocketAddr,
    /// Of a client, the least of all accounts.
    pub client: String,
    pub technicien: String,
    pub admin: String,
    /// A calendar's secret link, as a path.
    pub feed: String,
    /// What the client sees.
    pub intervention: i64,
    pub equipement: i64,
    /// The client's own.
    pub demande: i64,
    /// When an attack ends.
    pub end: Instant,
}

/// Answers by their status; 0 for what got none.
#[derive(Clone, Default)]
pub struct Tally(Arc<Mutex<BTreeMap<u16, u64>>>);

impl Tally {
    pub fn add(&self, status: u16) {
        *self.0.lock().expect("no panic").entry(status).or_default() += 1;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.0.lock().expect("no panic");
        let word = |(status, count): (&u16, &u64)| match status {
            0 => format!("{count} unanswered"),
            status => format!("{count}×{status}"),
        };
        f.write_str(&counts.iter().map(word).collect::<Vec<_>>().join(" "))
    }
}

/// The addresses that an attacker has, none of them the honest person's.
pub fn from(number: usize) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 1, u8::try_from(number % 250).unwrap_or(0) + 1)
}

pub async fn connect(to: SocketAddr, from: Ipv4Addr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

pub fn request(
    method: &str,
    path: &str,
    bearer: &str,
    kind: &str,
    body: impl Into<Bytes>,
) -> Request<Full<Bytes>> {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
    if !bearer.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
    }
    if !kind.is_empty() {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    request.body(Full::new(body.into())).expect("a request")
}

/// Sends one request after another over so many connections from so many addresses, as fast as they are answered, until
/// the end or until `most` were sent. `make` gives the n-th of them.
pub async fn volley<M>(target: &Target, connections: usize, addresses: usize, most: u64, make: M) -> Tally
where
    M: Fn(u64) -> Request<Full<Bytes>> + Send + Sync + 'static,
{
    let (tally, make, next) = (Tally::default(), Arc::new(make), Arc::new(Mutex::new(0_u64)));
    let mut tasks = JoinSet::new();
    for number in 0..connections {
        let (tally, make, next) = (tally.clone(), make.clone(), next.clone());
        let (to, from, end) = (target.address, from(number % addresses), target.end);
        let one = async move {
            loop {
                let _ = converse(to, from, most, &tally, &next, make.as_ref()).await;
                if *next.lock().expect("no panic") >= most {
                    return;
                }
                sleep(RETRY).await;
            }
        };
        tasks.spawn(async move {
            let _ = timeout_at(end.into(), one).await;
        });
    }
    while tasks.join_next().await.is_some() {}
    tally
}

/// One connection, for as long as it lasts.
async fn converse<M: Fn(u64) -> Request<Full<Bytes>>>(
    to: SocketAddr,
    from: Ipv4Addr,
    most: u64,
    tally: &Tally,
    next: &Mutex<u64>,
    make: &M,
) -> Result<(), ()> {
    let lost = |()| tally.add(0);
    let stream = connect(to, from).await.map_err(|_| ()).map_err(lost)?;
    let (mut sender, driver) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| ())?;
    tokio::spawn(driver);
    loop {
        let number = {
            let mut next = next.lock().expect("no panic");
            if *next >= most {
                return Ok(());
            }
            *next += 1;
            *next
        };
        let response = sender.send_request(make(number)).await.map_err(|_| ()).map_err(lost)?;
        let status = response.status().as_u16();
        response.into_body().collect().await.map_err(|_| ()).map_err(lost)?;
        tally.add(status);
        sender.ready().await.map_err(|_| ())?;
    }
}

/// Opens so many connections from so many addresses, says `first` on each, then one more byte each second; what the
/// server says is read and thrown away. Whoever is sent away comes back until the end.
pub async fn drip(target: &Target, connections: usize, addresses: usize, first: &str) -> Tally {
    hold(target, connections, addresses, first, Some(b"a")).await
}

/// The same, and says nothing more.
pub async fn sit(target: &Target, connections: usize, addresses: usize, first: &str) -> Tally {
    hold(target, connections, addresses, first, None).await
}

async fn hold(
    target: &Target,
    connections: usize,
    addresses: usize,
    first: &str,
    drop: Option<&'static [u8]>,
) -> Tally {
    let (tally, first): (_, Arc<str>) = (Tally::default(), first.into());
    let mut tasks = JoinSet::new();
    for number in 0..connections {
        let (to, from, end) = (target.address, from(number % addresses), target.end);
        let (tally, first) = (tally.clone(), first.clone());
        tasks.spawn(async move {
            let one = async {
                loop {
                    let status = linger(to, from, first.as_bytes(), drop).await.unwrap_or(0);
                    tally.add(status);
                    sleep(RETRY).await;
                }
            };
            let _ = timeout_at(end.into(), one).await;
        });
    }
    while tasks.join_next().await.is_some() {}
    tally
}

/// Until the server ends it: the status that it gave, if any.
async fn linger(to: SocketAddr, from: Ipv4Addr, first: &[u8], drop: Option<&[u8]>) -> io::Result<u16> {
    let stream = connect(to, from).await?;
    let (mut reading, mut writing) = stream.into_split();
    writing.write_all(first).await?;
    let say = async {
        loop {
            sleep(Duration::from_secs(1)).await;
            if let Some(drop) = drop {
                writing.write_all(drop).await?;
            }
        }
    };
    let hear = async {
        let (mut status, mut block) = (0, [0; 4096]);
        loop {
            match reading.read(&mut block).await? {
                0 => return Ok(status),
                count if status == 0 => {
                    let text = String::from_utf8_lossy(&block[..count]).into_owned();
                    status = text.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
                }
                _ => {}
            }
        }
    };
    tokio::select! {
        ended = say => ended,
        heard = hear => heard,
    }
}

/// Writes requests without end and reads no answer; how many bytes could be written in all.
pub async fn shout(target: &Target, connections: usize, addresses: usize, request: &str) -> u64 {
    let written = Arc::new(Mutex::new(0_u64));
    let block: Arc<[u8]> = request.repeat(64).into_bytes().into();
    let mut tasks = JoinSet::new();
    for number in 0..connections {
        let (to, from, end) = (target.address, from(number % addresses), target.end);
        let (written, block) = (written.clone(), block.clone());
        tasks.spawn(async move {
            let one = async {
                loop {
                    if let Ok(mut stream) = connect(to, from).await {
                        while stream.write_all(&block).await.is_ok() {
                            *written.lock().expect("no panic") += block.len() as u64;
                        }
                    }
                    sleep(RETRY).await;
                }
            };
            let _ = timeout_at(end.into(), one).await;
        });
    }
    while tasks.join_next().await.is_some() {}
    *written.lock().expect("no panic")
}
