//! An SMTP server in this process that keeps what it is given, and misbehaves when told to.
//!
//! It speaks the protocol as RFC 5321 has it: lines end in CR LF only, replies of several lines, transparency of
//! dots, STARTTLS and implicit TLS with a certificate made for the test. What it took is kept byte by byte, so that
//! a test sees what really went over the wire.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A place in the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Before the greeting.
    Connect,
    Ehlo,
    Starttls,
    Auth,
    Mail,
    Rcpt,
    /// The DATA command.
    Data,
    /// The end of the message: it is kept, whatever is answered.
    Message,
}

/// How the server behaves on connections and commands from now on.
#[derive(Clone, Copy, Debug)]
pub enum Mode {
    Accept,
    /// Gives this answer there, such as `"451 4.3.0 later"`; lines are separated by `\n`.
    Answer(At, &'static str),
    /// Says nothing more from there on, and keeps the connection open.
    Hang(At),
    /// Closes the connection there instead of answering.
    Close(At),
    /// Resets the connection there.
    Reset(At),
    /// Thinks this long about every answer.
    Slow(Duration),
    /// Sends every answer a byte at a time, with this pause between two.
    Dribble(Duration),
}

/// How connections are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    None,
    Starttls,
    Tls,
}

/// A message that was taken.
#[derive(Clone, Debug)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// The message as it was sent, dots restored.
    pub data: Vec<u8>,
    /// It came over TLS.
    pub secure: bool,
    /// What was sent to sign in, still encoded.
    pub signed_in: Option<String>,
}

impl Received {
    /// The message as text; what it says in headers and bodies may be encoded.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.data).into_owned()
    }

    /// The value of a header, folded lines joined.
    pub fn header(&self, name: &str) -> Option<String> {
        let text = self.text();
        let head = text.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
        let wanted =
            |line: &&str| line.split_once(':').is_some_and(|(key, _)| key.eq_ignore_ascii_case(name));
        let mut lines = head.split("\r\n").filter(wanted);
        let value = lines.next()?.split_once(':')?.1.trim().to_owned();
        assert!(lines.next().is_none(), "{name} stands twice");
        Some(value)
    }
}

/// The server. It stops when it is dropped.
pub struct Sink {
    port: u16,
    state: Arc<State>,
    authority: String,
    task: AbortHandle,
}

struct State {
    mode: Mutex<Mode>,
    protection: Protection,
    tls: Option<TlsAcceptor>,
    /// Sent in clear together with « 220 ready » to STARTTLS, as somebody in between would.
    injected: Mutex<&'static str>,
    received: watch::Sender<Vec<Received>>,
    /// Every command line, in order, and « (connection) » for each that was opened.
    commands: Mutex<Vec<String>>,
}

impl Sink {
    /// A server without TLS on a free port of this machine.
    pub async fn start(mode: Mode) -> Self {
        Self::start_with(mode, Protection::None, "localhost").await
    }

    /// A server whose certificate, by an authority of its own, is for `name`.
    pub async fn start_with(mode: Mode, protection: Protection, name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (authority, tls) = certified(name);
        let state = Arc::new(State {
            mode: Mutex::new(mode),
            protection,
            tls: (protection != Protection::None).then_some(tls),
            injected: Mutex::new(""),
            received: watch::Sender::new(Vec::new()),
            commands: Mutex::default(),
        });
        let task = tokio::spawn(accept(listener, state.clone())).abort_handle();
        Self { port, state, authority, task }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// PEM of the authority that made the certificate.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    pub fn set_mode(&self, mode: Mode) {
        *lock(&self.state.mode) = mode;
    }

    /// Adds these bytes in clear to the answer to STARTTLS.
    pub fn inject_before_tls(&self, bytes: &'static str) {
        *lock(&self.state.injected) = bytes;
    }

    /// What was taken so far.
    pub fn messages(&self) -> Vec<Received> {
        self.state.received.borrow().clone()
    }

    /// What was taken, once that is `count` messages.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        let mut received = self.state.received.subscribe();
        let wait = received.wait_for(|messages| messages.len() >= count);
        let messages = tokio::time::timeout(Duration::from_secs(20), wait).await;
        messages.unwrap_or_else(|_| panic!("fewer than {count} messages")).expect("the sink is alive").clone()
    }

    /// Every command line so far, in order.
    pub fn commands(&self) -> Vec<String> {
        lock(&self.state.commands).clone()
    }

    /// Connections opened so far.
    pub fn connections(&self) -> usize {
        self.commands().iter().filter(|line| *line == OPENED).count()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

const OPENED: &str = "(connection)";

async fn accept(listener: TcpListener, state: Arc<State>) {
    // Its connections end with it.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                let state = state.clone();
                connections.spawn(async move {
                    lock(&state.commands).push(OPENED.to_owned());
                    stream.set_nodelay(true).expect("a socket option");
                    // The client may leave at any time; that is not the server's fault.
                    let _ = connection(stream, &state).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Why a conversation ends.
enum End {
    Gone,
    /// Without so much as a goodbye.
    Reset,
    Starttls,
}

impl From<std::io::Error> for End {
    fn from(_: std::io::Error) -> Self {
        Self::Gone
    }
}

async fn connection(mut stream: TcpStream, state: &State) -> std::io::Result<()> {
    let end = match &state.tls {
        Some(tls) if state.protection == Protection::Tls => {
            let mut stream = tls.accept(stream).await?;
            Talk::new(&mut stream, state, true).run(true).await;
            return Ok(());
        }
        _ => Talk::new(&mut stream, state, false).run(true).await,
    };
    match (end, &state.tls) {
        (End::Starttls, Some(tls)) => {
            let mut stream = tls.accept(stream).await?;
            Talk::new(&mut stream, state, true).run(false).await;
        }
        (End::Reset, _) => stream.set_zero_linger()?,
        _ => {}
    }
    Ok(())
}

/// One conversation.
struct Talk<'s, S> {
    stream: &'s mut S,
    state: &'s State,
    secure: bool,
    /// Read and not yet used.
    pending: Vec<u8>,
    signed_in: Option<String>,
    from: Option<String>,
    to: Vec<String>,
}

impl<'s, S: AsyncRead + AsyncWrite + Unpin> Talk<'s, S> {
    fn new(stream: &'s mut S, state: &'s State, secure: bool) -> Self {
        Self { stream, state, secure, pending: Vec::new(), signed_in: None, from: None, to: Vec::new() }
    }

    async fn run(mut self, greets: bool) -> End {
        match self.talk(greets).await {
            Ok(end) | Err(end) => end,
        }
    }

    async fn talk(&mut self, greets: bool) -> Result<End, End> {
        if greets {
            self.answer(At::Connect, "220 sink ESMTP").await?;
        }
        loop {
            let line = self.line().await?;
            lock(&self.state.commands).push(line.clone());
            let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
            let path = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            match verb.as_str() {
                "EHLO" => {
                    let offered = match self.state.protection {
                        Protection::Starttls if !self.secure => "250-sink\n250-SIZE 35882577\n250 STARTTLS",
                        _ => "250-sink\n250-8BITMIME\n250 AUTH PLAIN LOGIN",
                    };
                    self.answer(At::Ehlo, offered).await?;
                }
                "STARTTLS" if self.state.tls.is_some() => {
                    let injected = *lock(&self.state.injected);
                    if !injected.is_empty() {
                        self.stream.write_all(format!("220 ready\r\n{injected}").as_bytes()).await?;
                    } else if !self.answer(At::Starttls, "220 ready").await? {
                        continue;
                    }
                    return Ok(End::Starttls);
                }
                "AUTH" => {
                    if self.answer(At::Auth, "235 2.7.0 welcome").await? {
                        self.signed_in = Some(line.clone());
                    }
                }
                "MAIL" => {
                    if self.answer(At::Mail, "250 2.1.0 sender ok").await? {
                        (self.from, self.to) = (Some(path()), Vec::new());
                    }
                }
                "RCPT" if self.from.is_some() => {
                    if self.answer(At::Rcpt, "250 2.1.5 recipient ok").await? {
                        self.to.push(path());
                    }
                }
                "DATA" if !self.to.is_empty() => {
                    if self.answer(At::Data, "354 go ahead").await? {
                        self.message().await?;
                    }
                }
                "NOOP" | "RSET" => self.say("250 2.0.0 ok").await?,
                "QUIT" => {
                    self.say("221 2.0.0 bye").await?;
                    return Ok(End::Gone);
                }
                _ => self.say("503 5.5.1 not now").await?,
            }
        }
    }

    /// Takes a message up to the line with a lone dot, keeps it, and answers.
    async fn message(&mut self) -> Result<(), End> {
        let mut data = Vec::new();
        loop {
            let line = self.bytes_of_line().await?;
            match line.strip_prefix(b".") {
                Some(b"\r\n") => break,
                Some(rest) => data.extend_from_slice(rest),
                None => data.extend_from_slice(&line),
            }
        }
        let message = Received {
            from: self.from.take().unwrap_or_default(),
            to: std::mem::take(&mut self.to),
            data,
            secure: self.secure,
            signed_in: self.signed_in.clone(),
        };
        self.state.received.send_modify(|received| received.push(message));
        self.answer(At::Message, "250 2.0.0 taken as 4711").await.map(drop)
    }

    /// Answers, or does what the mode says at this place. Returns whether that was the usual answer.
    async fn answer(&mut self, at: At, usual: &str) -> Result<bool, End> {
        let mode = *lock(&self.state.mode);
        match mode {
            Mode::Answer(place, words) if place == at => self.say(words).await.map(|()| false),
            Mode::Hang(place) if place == at => std::future::pending().await,
            Mode::Close(place) if place == at => Err(End::Gone),
            Mode::Reset(place) if place == at => Err(End::Reset),
            _ => self.say(usual).await.map(|()| true),
        }
    }

    async fn say(&mut self, words: &str) -> Result<(), End> {
        let words = words.replace('\n', "\r\n") + "\r\n";
        let mode = *lock(&self.state.mode);
        if let Mode::Slow(pause) = mode {
            tokio::time::sleep(pause).await;
        }
        if let Mode::Dribble(pause) = mode {
            for byte in words.bytes() {
                self.stream.write_all(&[byte]).await?;
                self.stream.flush().await?;
                tokio::time::sleep(pause).await;
            }
        } else {
            self.stream.write_all(words.as_bytes()).await?;
            self.stream.flush().await?;
        }
        Ok(())
    }

    async fn line(&mut self) -> Result<String, End> {
        let line = self.bytes_of_line().await?;
        Ok(String::from_utf8_lossy(&line[..line.len() - 2]).into_owned())
    }

    /// Up to and with CR LF: nothing else ends a line.
    async fn bytes_of_line(&mut self) -> Result<Vec<u8>, End> {
        loop {
            if let Some(place) = self.pending.windows(2).position(|pair| pair == b"\r\n") {
                return Ok(self.pending.drain(..place + 2).collect());
            }
            if self.stream.read_buf(&mut self.pending).await? == 0 {
                return Err(End::Gone);
            }
        }
    }
}

/// An authority (PEM), and a server certificate for `name` made by it.
fn certified(name: &str) -> (String, TlsAcceptor) {
    let authority_key = KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::new(Vec::new()).expect("an authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&authority_key).expect("a certificate").pem();
    let issuer = Issuer::new(authority, authority_key);

    let key = KeyPair::generate().expect("a key");
    let server = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    let certificate = server.signed_by(&key, &issuer).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a certificate and its key");
    (authority_pem, TlsAcceptor::from(Arc::new(config)))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics while holding it")
}
