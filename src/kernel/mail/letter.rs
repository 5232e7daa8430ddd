//! A message as it goes over the wire: headers that hold no line break, a text and an HTML part.

use std::fmt;
use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox as Named, Message, MultiPart};

use crate::kernel::clock::Instant;
use crate::kernel::phrase::Phrase;
use crate::phrase;

/// Tells the other side's answering machines to leave it alone (RFC 3834).
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// Longest Message-ID that fits on a header line.
const LONGEST_ID: usize = 200;

/// A person or a service, and the address of its mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// As it is shown; may be empty.
    pub name: String,
    pub address: String,
}

impl Mailbox {
    pub fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: name.into(), address: address.into() }
    }

    /// Reads `gmao@usine.ma` or `GMAO de l’usine <gmao@usine.ma>`; `None` when it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let named = || {
            let (name, address) = text.trim().strip_suffix('>')?.rsplit_once('<')?;
            Some(Self::new(name.trim().trim_matches('"').trim(), address.trim()))
        };
        let read = named().unwrap_or_else(|| Self::new("", text.trim()));
        read.checked().is_ok().then_some(read)
    }

    /// The mailbox, if nothing in it could be taken for something else.
    fn checked(&self) -> Result<Named, Phrase> {
        let name = one_line(&self.name, phrase!("Le nom", "The name"))?;
        let address = one_line(&self.address, phrase!("L’adresse", "The address"))?;
        let address: Address = address.parse().map_err(|_| {
            phrase!("« {address} » n’est pas une adresse e-mail.", "\"{address}\" is no e-mail address.")
        })?;
        let name = name.trim();
        Ok(Named::new((!name.is_empty()).then(|| name.to_owned()), address))
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() {
            f.write_str(&self.address)
        } else {
            write!(f, "{} <{}>", self.name, self.address)
        }
    }
}

/// One message to one person.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Of this message for ever, however often it is tried: `unique-part@host`, in angle brackets or not.
    pub message_id: String,
    pub to: Mailbox,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// A message ready to go.
pub(super) struct Letter {
    pub envelope: Envelope,
    /// What follows DATA, up to and with the line that ends it.
    pub data: String,
}

impl Letter {
    /// Writes a message down.
    ///
    /// # Errors
    /// What cannot be written safely: a control character in a header, an address or identifier that is none.
    pub fn new(from: &Mailbox, message: &Outgoing, now: Instant) -> Result<Self, Phrase> {
        let subject = one_line(&message.subject, phrase!("L’objet", "The subject"))?;
        let builder = Message::builder()
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_second().max(0).unsigned_abs()))
            .message_id(Some(format!("<{}>", identifier(&message.message_id)?)))
            .from(from.checked()?)
            .to(message.to.checked()?)
            .subject(subject)
            .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()));
        let parts = MultiPart::alternative_plain_html(lines(&message.text), lines(&message.html));
        let written = builder.multipart(parts).map_err(|error| {
            phrase!(
                "Le message ne peut pas être écrit ({error}).",
                "The message cannot be written ({error})."
            )
        })?;
        // Headers and bodies were encoded: what is not ASCII is an address, and that is UTF-8.
        let text = String::from_utf8_lossy(&written.formatted()).into_owned();
        Ok(Self { envelope: written.envelope().clone(), data: transparent(&text) })
    }
}

/// A message as DATA sends it (RFC 5321, 4.5.2): a dot before each line that begins with one, a lone dot at the end.
fn transparent(message: &str) -> String {
    let mut data = String::with_capacity(message.len() + message.len() / 64 + 8);
    for line in message.split_inclusive("\r\n") {
        if line.starts_with('.') {
            data.push('.');
        }
        data.push_str(line);
    }
    if !data.ends_with("\r\n") {
        data.push_str("\r\n");
    }
    data + ".\r\n"
}

/// `text`, if it can stand in a header.
fn one_line(text: &str, what: Phrase) -> Result<&str, Phrase> {
    use crate::kernel::phrase::Language::{English, French};
    if !text.contains(char::is_control) {
        return Ok(text);
    }
    let (fr, en) = (what.text(French), what.text(English));
    let shown = text.escape_debug();
    Err(phrase!(
        "{fr} contient un saut de ligne ou un autre caractère de commande : « {shown} ».",
        "{en} holds a line break or another control character: \"{shown}\"."
    ))
}

/// A Message-ID without its angle brackets.
fn identifier(text: &str) -> Result<&str, Phrase> {
    let bare = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
    let plain = |c: char| c.is_ascii_graphic() && !"<>()[]\\,;:\"".contains(c);
    let is_one = bare.len() <= LONGEST_ID
        && bare.chars().all(plain)
        && bare.split('@').filter(|part| !part.is_empty()).count() == 2
        && bare.matches('@').count() == 1;
    if is_one {
        return Ok(bare);
    }
    let shown = text.escape_debug();
    Err(phrase!("« {shown} » ne peut pas être un Message-ID.", "\"{shown}\" cannot be a Message-ID."))
}

/// The same lines, all ended alike: a lone carriage return is one line break to one server, none to the next.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "")
}
