//! Mail: messages from templates, handed to the SMTP server that the settings name.
//!
//! - **Nobody waits for ever.** Connecting, each command and the message itself have a time-out, and all of them
//!   together a deadline: a server that accepts and then says nothing, or a byte a second, costs one attempt.
//! - **Never in clear over a network.** TLS is required unless the server is this very machine; a certificate that
//!   does not match is refused; what a network puts in front of STARTTLS is not believed.
//! - **Nothing is smuggled.** A line break in a name, an address or a subject refuses the message.
//! - **A mail may arrive twice, never not at all**: whoever calls keeps it until [`Mail::send`] said it was taken,
//!   and repeats it under the same Message-ID.
//!
//! What is said to whom, and how often it is tried again, is decided elsewhere: this part only carries.

mod letter;
mod lines;
mod relay;
mod templates;
mod trouble;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use letter::{Mailbox, Outgoing};
pub use relay::{CONNECTIONS, Step};
pub use templates::{Broken, Digest, DigestEntry, Notice, Rendered, Templates, Trial};

use super::app::Options;
use super::auth::HiddenText;
use super::clock::Clock;
use super::db::StartError;
use super::phrase::{Language, Phrase};
use crate::phrase;
use letter::Letter;
use relay::Relay;
use trouble::Trouble;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::templates::FUEL;
}

crate::words! {
    /// How the connection to the mail server is protected.
    pub enum Security {
        Starttls = "starttls" ("STARTTLS (port 587)", "STARTTLS (port 587)"),
        Tls = "tls" ("TLS dès la connexion (port 465)", "TLS from the start (port 465)"),
        None = "none" ("Aucune, sur cette machine seulement", "None, on this machine only"),
    }
}

/// Where mail goes, from the settings.
#[derive(Clone, Debug)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// User name and password.
    pub credentials: Option<(String, HiddenText)>,
    /// Whom messages come from.
    pub from: Mailbox,
    /// PEM file with the authority of a plant's own mail server; trusted besides the public ones.
    pub ca_file: Option<PathBuf>,
    /// Given to each exchange with the server; a whole message gets [`Smtp::deadline`].
    pub timeout: Duration,
}

impl Smtp {
    /// How long one attempt to send one message can take at most.
    pub fn deadline(&self) -> Duration {
        self.timeout * 3
    }
}

/// Why a message was not taken, in a French sentence fit to be kept and shown. Never holds the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// Worth trying later: the network, a time-out, « not now » (4xx), or settings that have to be put right.
    Transient(String),
    /// Not worth trying again: this recipient or this very message was refused (5xx).
    Permanent(String),
}

impl std::fmt::Display for SendError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::Transient(why) | Self::Permanent(why)) = self;
        f.write_str(why)
    }
}

/// Sends mail, or knows that it cannot.
pub struct Mail {
    relay: Option<Arc<Relay>>,
    templates: Templates,
    clock: Clock,
}

impl Mail {
    /// Prepares sending as `options` say; connects to nothing yet.
    ///
    /// # Errors
    /// The authority's file cannot be used, or the host cannot be one.
    pub fn open(options: &Options, clock: Clock) -> Result<Self, StartError> {
        let relay = options.smtp.clone().map(Relay::new).transpose()?.map(Arc::new);
        let templates = Templates::new(&options.data_dir, &options.public_url);
        Ok(Self { relay, templates, clock })
    }

    /// Whether the settings name a mail server. Without one nothing is sent, and nothing is wrong.
    pub fn is_configured(&self) -> bool {
        self.relay.is_some()
    }

    pub fn templates(&self) -> &Templates {
        &self.templates
    }

    /// Hands one message to the mail server, and returns once the server has taken responsibility for it.
    ///
    /// At most [`CONNECTIONS`] messages are under way at once; further calls wait for their turn, and their
    /// deadline begins when it comes. Dropping the future abandons the attempt, whose outcome is then unknown.
    ///
    /// # Errors
    /// [`SendError`] says whether it is worth trying again. An error after the message was handed over does not
    /// mean that it was not taken: hence the stable Message-ID.
    pub async fn send(&self, message: &Outgoing) -> Result<(), SendError> {
        self.send_telling(message, &mut |_| ()).await.map_err(|trouble| {
            let why = trouble.what.text(Language::French).to_owned();
            if trouble.is_permanent { SendError::Permanent(why) } else { SendError::Transient(why) }
        })
    }

    /// As [`Mail::send`], telling each step to whoever looks on.
    ///
    /// # Errors
    /// As [`Mail::send`], in both languages.
    pub async fn send_telling(
        &self,
        message: &Outgoing,
        tell: &mut (dyn FnMut(Step) + Send),
    ) -> Result<(), Trouble> {
        let Some(relay) = &self.relay else {
            return Err(Trouble::transient(not_configured()));
        };
        let letter = Letter::new(relay.from(), message, self.clock.now()).map_err(Trouble::permanent)?;
        relay.deliver(&letter, tell).await
    }
}

/// What is said where mail is wanted and no server is named.
pub fn not_configured() -> Phrase {
    phrase!("Aucun serveur d’e-mails n’est réglé (smtp_host).", "No e-mail server is set (smtp_host).")
}
