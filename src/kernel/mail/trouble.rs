//! Why a message was not taken, in words, without the secret.

use std::time::Duration;

use lettre::transport::smtp;

use super::Smtp;
use crate::kernel::phrase::{Language, Phrase};
use crate::phrase;

/// What of a server's words is kept: enough to understand, not enough to fill a disk.
const KEPT: usize = 400;

/// Stands where the password, or what carries it, would have shown.
const MASK: &str = "********";

/// A failed attempt.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// Trying the same message again would fail the same way.
    pub is_permanent: bool,
    pub what: Phrase,
}

impl Trouble {
    pub(super) fn transient(what: Phrase) -> Self {
        Self { is_permanent: false, what }
    }

    pub(super) fn permanent(what: Phrase) -> Self {
        Self { is_permanent: true, what }
    }
}

/// An exchange with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exchange {
    /// Connection, TLS where it comes first, greeting and EHLO.
    Connect,
    Starttls,
    SignIn,
    Sender,
    Recipient,
    Data,
    Message,
}

impl Exchange {
    fn name(self) -> Phrase {
        match self {
            Self::Connect => phrase!("à la connexion", "when connecting"),
            Self::Starttls => phrase!("au passage à TLS (STARTTLS)", "when switching to TLS (STARTTLS)"),
            Self::SignIn => phrase!("à l’identification", "when signing in"),
            Self::Sender => phrase!("à l’adresse de l’expéditeur", "at the sender's address"),
            Self::Recipient => phrase!("à l’adresse du destinataire", "at the recipient's address"),
            Self::Data => phrase!("avant le message", "before the message"),
            Self::Message => phrase!("après le message", "after the message"),
        }
    }

    /// Whether a 5xx here is about this message. What is refused earlier would be refused to every message: a
    /// wrong password or sender is put right in the settings, and the messages that wait are then worth sending.
    fn is_about_the_message(self) -> bool {
        matches!(self, Self::Recipient | Self::Data | Self::Message)
    }
}

/// How an exchange failed, before it is put in words.
#[derive(Debug)]
pub(super) enum Failed {
    TimedOut,
    /// The server answered, but not what the protocol has at this place.
    OutOfTurn(String),
    /// The recipient's address goes beyond ASCII, and the server does not take such.
    NoAccents,
    Network(std::io::Error),
    Smtp(smtp::Error),
}

impl Failed {
    /// Whether the server said no. If it did not, a connection kept from before may simply have died.
    pub fn is_refusal(&self) -> bool {
        // 421: « closing », which is how a server ends a connection that idled for too long.
        matches!(self, Self::Smtp(error) if error.status().is_some_and(|code| u16::from(code) != 421))
    }
}

/// Puts a failure in words.
pub(super) fn trouble(smtp: &Smtp, exchange: Exchange, failed: &Failed) -> Trouble {
    let place = exchange.name();
    let (fr, en) = (place.text(Language::French), place.text(Language::English));
    let (host, port) = (&smtp.host, smtp.port);
    let error = match failed {
        Failed::Smtp(error) => error,
        Failed::TimedOut => return Trouble::transient(late(smtp, Some(&place), smtp.timeout)),
        Failed::OutOfTurn(reply) => {
            let reply = shown(smtp, reply);
            return Trouble::transient(phrase!(
                "{host}:{port} a répondu hors de propos {fr} : {reply}",
                "{host}:{port} answered out of turn {en}: {reply}"
            ));
        }
        // It never will.
        Failed::NoAccents => {
            return Trouble::permanent(phrase!(
                "{host}:{port} n’accepte pas d’adresse avec des accents.",
                "{host}:{port} takes no address with accents."
            ));
        }
        Failed::Network(error) => {
            return Trouble::transient(phrase!(
                "{host}:{port} ne se laisse pas joindre ({error}).",
                "{host}:{port} cannot be reached ({error})."
            ));
        }
    };
    let said = shown(smtp, &error.to_string());
    if let Some(code) = error.status().map(u16::from) {
        let reply = said.split_once(": ").map_or("", |(_, words)| words);
        // 53x: the server wants a sign-in, whichever command it says so at (RFC 4954).
        let is_permanent = code >= 500 && exchange.is_about_the_message() && !(530..540).contains(&code);
        let what = phrase!(
            "{host}:{port} refuse {fr} : {code} {reply}",
            "{host}:{port} refuses {en}: {code} {reply}"
        );
        return Trouble { is_permanent, what };
    }
    Trouble::transient(if said.contains("STARTTLS is not supported") {
        phrase!(
            "{host}:{port} ne propose pas STARTTLS, et rien ne part en clair. S’il parle TLS dès la connexion (port 465 d’ordinaire), réglez smtp_security sur tls.",
            "{host}:{port} does not offer STARTTLS, and nothing is sent in clear. If it speaks TLS from the start (port 465 as a rule), set smtp_security to tls."
        )
    } else if said.contains("No compatible authentication") {
        phrase!(
            "{host}:{port} ne propose aucune identification connue (PLAIN, LOGIN). S’il n’en demande pas, retirez smtp_user et smtp_password.",
            "{host}:{port} offers no sign-in that is known (PLAIN, LOGIN). If it wants none, remove smtp_user and smtp_password."
        )
    } else if said.contains("certificate") {
        phrase!(
            "{host}:{port} : le certificat du serveur est refusé {fr} ({said}). Si l’usine a sa propre autorité, donnez son certificat dans smtp_ca_file.",
            "{host}:{port}: the server's certificate is refused {en} ({said}). If the plant has its own authority, give its certificate in smtp_ca_file."
        )
    } else {
        phrase!("{host}:{port} : échec {fr} ({said}).", "{host}:{port}: failed {en} ({said}).")
    })
}

/// Too slow: in one exchange, or in all of them.
pub(super) fn late(smtp: &Smtp, place: Option<&Phrase>, given: Duration) -> Phrase {
    let (host, port, seconds) = (&smtp.host, smtp.port, given.as_secs_f32());
    let at = |language| place.map_or_else(String::new, |place| format!(" {}", place.text(language)));
    let (fr, en) = (at(Language::French), at(Language::English));
    phrase!(
        "{host}:{port} : pas de réponse{fr} en {seconds} s.",
        "{host}:{port}: no answer{en} within {seconds} s."
    )
}

/// A server's words without the password (some repeat the command they did not like), on one line, cut.
pub(super) fn shown(smtp: &Smtp, words: &str) -> String {
    let mut words = words.to_owned();
    if let Some((user, password)) = &smtp.credentials {
        for secret in secrets(user, password.reveal()) {
            words = words.replace(&secret, MASK);
        }
    }
    let line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(KEPT).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The password as itself, and as AUTH PLAIN and AUTH LOGIN send it.
fn secrets(user: &str, password: &str) -> [String; 3] {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    [
        BASE64_STANDARD.encode(format!("\0{user}\0{password}")),
        BASE64_STANDARD.encode(password),
        password.to_owned(),
    ]
}
