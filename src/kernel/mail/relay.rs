//! The mail server: a few connections to it, and one message at a time over each.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands;
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};

use super::letter::{Letter, Mailbox};
use super::lines::LineByLine;
use super::trouble::{Exchange, Failed, Trouble, late, shown, trouble};
use super::{Security, Smtp};
use crate::kernel::db::StartError;
use crate::phrase;

/// Connections to the mail server, and so messages under way, at once. Mail servers mind more.
pub const CONNECTIONS: usize = 4;

/// A connection that nobody uses is kept this long, for the next message of the same batch.
const IDLE: Duration = Duration::from_secs(5);

/// Given to the server to answer our goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// The reply to DATA that asks for the message.
const GO_AHEAD: u16 = 354;

/// What has just been done, for whoever looks on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Connecting to this host and port.
    Connecting(String, u16, Security),
    /// Connected; over TLS with a verified certificate unless `Security::None`.
    Connected(Security),
    /// Signed in under this name.
    SignedIn(String),
    /// The server accepts this recipient.
    RecipientAccepted,
    /// The server has taken the message, with these words.
    Taken(String),
}

/// The mail server that the settings name.
pub(super) struct Relay {
    smtp: Smtp,
    tls: Option<TlsParameters>,
    /// How we introduce ourselves.
    hello: ClientId,
    turns: Semaphore,
    idle: Mutex<Idle>,
}

/// Connections that wait for the next message.
#[derive(Default)]
struct Idle {
    connections: Vec<(AsyncSmtpConnection, Instant)>,
    /// A task looks after them.
    is_swept: bool,
}

impl Relay {
    pub fn new(smtp: Smtp) -> Result<Self, StartError> {
        let tls = match smtp.security {
            Security::None => None,
            Security::Starttls | Security::Tls => Some(tls_of(&smtp)?),
        };
        Ok(Self {
            smtp,
            tls,
            hello: ClientId::default(),
            turns: Semaphore::new(CONNECTIONS),
            idle: Mutex::default(),
        })
    }

    pub fn from(&self) -> &Mailbox {
        &self.smtp.from
    }

    /// Hands a letter over, within the deadline.
    pub async fn deliver(
        self: &Arc<Self>,
        letter: &Letter,
        tell: &mut (dyn FnMut(Step) + Send),
    ) -> Result<(), Trouble> {
        let _turn = self.turns.acquire().await.expect("the semaphore is never closed");
        let deadline = self.smtp.deadline();
        match timeout(deadline, self.attempt(letter, tell)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Trouble::transient(late(&self.smtp, None, deadline))),
        }
    }

    async fn attempt(
        self: &Arc<Self>,
        letter: &Letter,
        tell: &mut (dyn FnMut(Step) + Send),
    ) -> Result<(), Trouble> {
        let words = |(exchange, failed): (Exchange, Failed)| trouble(&self.smtp, exchange, &failed);
        if let Some(mut connection) = self.take_idle() {
            match self.sender(&mut connection, letter).await {
                Ok(()) => return self.hand_over(connection, letter, tell).await.map_err(words),
                Err(refused) if refused.1.is_refusal() => return Err(words(refused)),
                // It died while it waited, and nothing was said over it yet.
                Err(_) => {}
            }
        }
        let mut connection = self.connect(tell).await.map_err(words)?;
        self.sender(&mut connection, letter).await.map_err(words)?;
        self.hand_over(connection, letter, tell).await.map_err(words)
    }

    async fn connect(
        &self,
        tell: &mut (dyn FnMut(Step) + Send),
    ) -> Result<AsyncSmtpConnection, (Exchange, Failed)> {
        let Smtp { host, port, security, .. } = &self.smtp;
        let address = (host.as_str(), *port);
        tell(Step::Connecting(host.clone(), *port, *security));
        let mut connection = self
            .exchange(Exchange::Connect, async {
                if *security == Security::Tls {
                    let limit = Some(self.smtp.timeout / 2);
                    return AsyncSmtpConnection::connect_tokio1(
                        address,
                        limit,
                        &self.hello,
                        self.tls.clone(),
                        None,
                    )
                    .await
                    .map_err(Failed::Smtp);
                }
                let stream = self.reach().await.map_err(Failed::Network)?;
                AsyncSmtpConnection::connect_with_transport(Box::new(LineByLine(stream)), &self.hello)
                    .await
                    .map_err(Failed::Smtp)
            })
            .await?;
        if *security == Security::Starttls {
            let tls = self.tls.clone().expect("made for every security but none");
            // Refused by lettre when the server does not offer it: we never go on in clear.
            let upgrade = async { connection.starttls(tls, &self.hello).await.map_err(Failed::Smtp) };
            self.exchange(Exchange::Starttls, upgrade).await?;
        }
        tell(Step::Connected(*security));
        if let Some((user, password)) = &self.smtp.credentials {
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            let sign_in =
                async { connection.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(Failed::Smtp) };
            self.exchange(Exchange::SignIn, sign_in).await?;
            tell(Step::SignedIn(user.clone()));
        }
        Ok(connection)
    }

    /// Connects to the first of the host's addresses that answers. Each gets half the time: one that swallows all
    /// (IPv6 without a way out) leaves the rest to the next.
    async fn reach(&self) -> io::Result<TcpStream> {
        let mut failed = io::ErrorKind::NotFound.into();
        for address in lookup_host((self.smtp.host.as_str(), self.smtp.port)).await? {
            match timeout(self.smtp.timeout / 2, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => failed = error,
                Err(_) => failed = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(failed)
    }

    /// Names the sender: the first word about a message.
    async fn sender(
        &self,
        connection: &mut AsyncSmtpConnection,
        letter: &Letter,
    ) -> Result<(), (Exchange, Failed)> {
        let mut parameters = Vec::new();
        // All else is encoded: what is not ASCII can only be an address.
        if !letter.data.is_ascii() {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err((Exchange::Recipient, Failed::NoAccents));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let command = commands::Mail::new(letter.envelope.from().cloned(), parameters);
        let reply = async { done(connection.command(command).await) };
        self.exchange(Exchange::Sender, reply).await.map(drop)
    }

    /// The rest of the message. A connection on which anything went wrong is closed, never used again: its next
    /// reply might belong to what went wrong.
    async fn hand_over(
        self: &Arc<Self>,
        mut connection: AsyncSmtpConnection,
        letter: &Letter,
        tell: &mut (dyn FnMut(Step) + Send),
    ) -> Result<(), (Exchange, Failed)> {
        for recipient in letter.envelope.to() {
            let command = commands::Rcpt::new(recipient.clone(), Vec::new());
            let reply = async { done(connection.command(command).await) };
            self.exchange(Exchange::Recipient, reply).await?;
        }
        tell(Step::RecipientAccepted);
        let reply = async {
            let reply = connection.command(commands::Data).await.map_err(Failed::Smtp)?;
            if reply.has_code(GO_AHEAD) { Ok(()) } else { Err(out_of_turn(&reply)) }
        };
        self.exchange(Exchange::Data, reply).await?;
        // In one piece, as a command: lettre's own way sends the final dot by itself, and the operating system
        // keeps that back until the server has acknowledged the rest, which takes 40 ms.
        let reply = async { done(connection.command(&letter.data).await) };
        let taken = self.exchange(Exchange::Message, reply).await?;
        tell(Step::Taken(shown(&self.smtp, &words_of(&taken))));
        self.park(connection);
        Ok(())
    }

    /// One exchange, within its time.
    async fn exchange<T>(
        &self,
        exchange: Exchange,
        work: impl Future<Output = Result<T, Failed>>,
    ) -> Result<T, (Exchange, Failed)> {
        let outcome = timeout(self.smtp.timeout, work).await;
        outcome.unwrap_or(Err(Failed::TimedOut)).map_err(|failed| (exchange, failed))
    }

    fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        // The freshest; those that are too old are the sweeper's.
        self.idle()
            .connections
            .pop()
            .filter(|(_, since)| since.elapsed() < IDLE)
            .map(|(connection, _)| connection)
    }

    fn park(self: &Arc<Self>, connection: AsyncSmtpConnection) {
        let mut idle = self.idle();
        idle.connections.push((connection, Instant::now()));
        if !idle.is_swept {
            idle.is_swept = true;
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    /// Takes out what has idled for too long; nothing once nothing is left to look after.
    fn expired(&self) -> Option<Vec<AsyncSmtpConnection>> {
        let mut idle = self.idle();
        if idle.connections.is_empty() {
            idle.is_swept = false;
            return None;
        }
        let old = idle.connections.extract_if(.., |(_, since)| since.elapsed() >= IDLE);
        Some(old.map(|(connection, _)| connection).collect())
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says goodbye on connections that nobody uses any more, until there are none.
async fn sweep(relay: Weak<Relay>) {
    loop {
        sleep(IDLE / 2).await;
        let Some(expired) = relay.upgrade().and_then(|relay| relay.expired()) else { return };
        for mut connection in expired {
            // Whatever the server answers, the connection is closed.
            let _ = timeout(GOODBYE, connection.quit()).await;
        }
    }
}

/// The reply, if it says « done » (2xx); lettre takes « go on » (3xx) for a yes as well.
fn done(reply: Result<Response, smtp::Error>) -> Result<Response, Failed> {
    let reply = reply.map_err(Failed::Smtp)?;
    if (200..300).contains(&u16::from(reply.code())) { Ok(reply) } else { Err(out_of_turn(&reply)) }
}

fn out_of_turn(reply: &Response) -> Failed {
    Failed::OutOfTurn(words_of(reply))
}

fn words_of(reply: &Response) -> String {
    let words = reply.message().collect::<Vec<_>>().join(" ");
    format!("{} {words}", u16::from(reply.code()))
}

fn tls_of(smtp: &Smtp) -> Result<TlsParameters, StartError> {
    let mut builder = TlsParameters::builder(smtp.host.clone());
    if let Some(path) = &smtp.ca_file {
        let shown = path.display();
        let unusable = |cause: anyhow::Error| {
            StartError::because(
                phrase!(
                    "smtp_ca_file : {shown} n’est pas un fichier PEM avec le certificat d’une autorité.",
                    "smtp_ca_file: {shown} is not a PEM file with an authority's certificate."
                ),
                cause,
            )
        };
        let pem = std::fs::read(path).map_err(|cause| unusable(cause.into()))?;
        // A file without one would be accepted, and trust nothing.
        if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
            return Err(unusable(anyhow::anyhow!("no certificate in it")));
        }
        builder = builder
            .add_root_certificate(Certificate::from_pem(&pem).map_err(|cause| unusable(cause.into()))?);
    }
    builder.build_rustls().map_err(|cause| {
        let host = &smtp.host;
        StartError::because(
            phrase!(
                "smtp_host : TLS avec {host} n’est pas possible.",
                "smtp_host: TLS with {host} is not possible."
            ),
            cause,
        )
    })
}
