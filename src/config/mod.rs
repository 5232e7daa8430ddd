//! Settings: read once, validated, passed down.
//!
//! The command line wins over the environment (`ERP_*`), which wins over `config.toml` in the data directory,
//! which wins over a default that works on a laptop. A name nobody knows or a value that cannot be is refused,
//! all of them at once: a setting that is silently ignored is found out on the day it was needed.

mod mail;
mod sources;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use tracing::Level;

use crate::kernel::app::Options;
use crate::kernel::auth::HiddenText;
use crate::kernel::files::FileLimits;
use crate::kernel::phrase::Phrase;
use crate::kernel::server::Limits;
use crate::kernel::tls::Source;
use crate::kernel::tls::authority::Authority;
use crate::logs::LogFormat;
use crate::{jobs, phrase};

pub use mail::MailSettings;
pub use sources::Origin;
use sources::{Sources, data_dir};

/// Sign-ins that one address may try at once, unless set otherwise: a whole plant behind one router.
pub const SIGN_IN_BURST: u32 = 300;

/// Shorter secrets can be guessed.
const LEAST_SECRET: usize = 16;

/// A petabyte.
const MOST_FREE_MB: u64 = 1_000_000_000;

const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

/// What the command line says of settings, as it was typed.
#[derive(Debug, Default)]
pub struct Typed {
    pub data_dir: Option<PathBuf>,
    pub listen: Option<String>,
    pub plain_http: bool,
}

/// A value, and where it came from.
#[derive(Clone, Debug)]
pub struct Setting<T> {
    pub name: &'static str,
    pub value: T,
    pub origin: Origin,
}

/// Every setting, validated.
#[derive(Clone, Debug)]
pub struct Settings {
    pub data_dir: Setting<PathBuf>,
    /// Address and port; port 0 takes a free one.
    pub listen: Setting<SocketAddr>,
    /// Address under which people reach the server, without a final slash; that of `listen` if unset.
    pub public_url: Setting<Option<String>>,
    /// Whether the local authority's certificate is used once it was made.
    pub tls: Setting<TlsMode>,
    /// The plant's own certificate and its key, in PEM; both or neither.
    pub tls_certificate: Setting<Option<PathBuf>>,
    pub tls_key: Setting<Option<PathBuf>>,
    /// Passwords may travel in clear on a network.
    pub plain_http: Setting<bool>,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Setting<Vec<IpAddr>>,
    /// Sign-in attempts that one address may make at once, then one every two seconds.
    pub sign_in_burst: Setting<u32>,
    /// Connections open at once, all clients together.
    pub connections: Setting<usize>,
    /// Connections open at once from one address.
    pub connections_per_address: Setting<usize>,
    /// Opens `/metrics` to scrapers that are not on this machine.
    pub metrics_token: Setting<Option<HiddenText>>,
    /// MiB that one document may have.
    pub document_max_mb: Setting<u64>,
    /// MB that documents leave free on the disk; when unset, one in twenty of it, but 500 at least and 5000 at most.
    pub document_free_mb: Setting<Option<u64>>,
    pub mail: MailSettings,
    pub log_format: Setting<LogFormat>,
    pub log_level: Setting<Level>,
}

impl Settings {
    /// Reads every source.
    ///
    /// # Errors
    /// One sentence for each unknown name and each wrong value, saying what is allowed.
    pub fn load(typed: Typed) -> Result<Self, Vec<Phrase>> {
        Self::from_sources(typed, std::env::vars_os().collect())
    }

    fn from_sources(typed: Typed, environment: sources::Environment) -> Result<Self, Vec<Phrase>> {
        let data_dir = data_dir(typed.data_dir, &environment).map_err(|phrase| vec![phrase])?;
        let mut from = Sources::open(&data_dir.value, environment)?;
        from.typed("listen", "--listen", typed.listen);
        from.typed("plain_http", "--plain-http", typed.plain_http.then(|| "true".to_owned()));
        let file = || phrase!("le chemin d’un fichier PEM", "the path of a PEM file");
        let path = |text: &str| (!text.is_empty()).then(|| Some(PathBuf::from(text)));
        let settings = Self {
            listen: from.take(
                "listen",
                SocketAddr::from(([127, 0, 0, 1], 8000)),
                phrase!(
                    "une adresse et un port, comme 127.0.0.1:8000, 0.0.0.0:8000 ou [::1]:8000",
                    "an address and a port, such as 127.0.0.1:8000, 0.0.0.0:8000 or [::1]:8000"
                ),
                |text| text.parse().ok(),
            ),
            public_url: from.take(
                "public_url",
                None,
                phrase!(
                    "une adresse web, comme https://gmao.usine.ma",
                    "a web address, such as https://gmao.usine.ma"
                ),
                |text| web_address(text).map(Some),
            ),
            tls: from.take("tls", TlsMode::Auto, one_of(TlsMode::ALL), |text| text.parse().ok()),
            tls_certificate: from.take("tls_certificate", None, file(), path),
            tls_key: from.take("tls_key", None, file(), path),
            plain_http: from.take("plain_http", false, one_of(&["true", "false"]), |text| text.parse().ok()),
            trusted_proxies: from.take(
                "trusted_proxies",
                Vec::new(),
                phrase!(
                    "des adresses IP séparées par des virgules, comme 127.0.0.1,::1",
                    "IP addresses separated by commas, such as 127.0.0.1,::1"
                ),
                addresses,
            ),
            sign_in_burst: from.number("sign_in_burst", SIGN_IN_BURST, 1..=1_000_000),
            connections: from.number("connections", 512, 1..=65_536),
            connections_per_address: from.number("connections_per_address", 128, 1..=65_536),
            metrics_token: from.secret("metrics_token", LEAST_SECRET),
            document_max_mb: from.number("document_max_mb", 25, 1..=2048),
            document_free_mb: from.take(
                "document_free_mb",
                None,
                phrase!("un nombre entier de 0 à 1000000000", "a whole number from 0 to 1000000000"),
                |text| text.parse().ok().filter(|mb| *mb <= MOST_FREE_MB).map(Some),
            ),
            mail: MailSettings::take(&mut from, &data_dir.value),
            log_format: from
                .take("log_format", LogFormat::Auto, one_of(LogFormat::ALL), |text| text.parse().ok()),
            log_level: from.take("log_level", Level::INFO, one_of(&LEVELS), |text| {
                LEVELS.contains(&text).then(|| text.parse().ok())?
            }),
            data_dir,
        };
        if settings.tls_certificate.value.is_some() != settings.tls_key.value.is_some() {
            from.refuse(phrase!(
                "tls_certificate et tls_key vont ensemble : le certificat et sa clé.",
                "tls_certificate and tls_key go together: the certificate and its key."
            ));
        }
        from.finish()?;
        Ok(settings)
    }

    /// What the kernel must know, once the server has its address.
    pub fn options(&self, listening_on: SocketAddr) -> Options {
        Options {
            data_dir: self.data_dir.value.clone(),
            public_url: self.public_url(listening_on),
            tls: self.tls_source(),
            trusted_proxies: self.trusted_proxies.value.clone(),
            sign_in_burst: self.sign_in_burst.value,
            metrics_token: self.metrics_token.value.clone(),
            files: FileLimits {
                largest: self.document_max_mb.value * 1024 * 1024,
                floor: self.document_free_mb.value.map(|mb| mb * 1_000_000),
            },
            smtp: self.mail.smtp(),
            timetable: jobs::TIMETABLE,
        }
    }

    /// Where the certificate of HTTPS comes from: the plant's own, or else that of the local authority if there is one.
    pub fn tls_source(&self) -> Option<Source> {
        match (&self.tls_certificate.value, &self.tls_key.value, self.tls.value) {
            (Some(certificate), Some(key), _) => {
                Some(Source::Files { certificate: certificate.clone(), key: key.clone() })
            }
            (_, _, TlsMode::Auto) => Authority::of(&self.data_dir.value).map(Source::Local),
            (_, _, TlsMode::Off) => None,
        }
    }

    /// Refuses to let passwords travel in clear on a network by accident.
    ///
    /// # Errors
    /// It would: the sentence says what can be done.
    pub fn refuse_clear(&self) -> Result<(), Phrase> {
        let listen = self.listen.value;
        let is_behind = self.public_url.value.as_ref().is_some_and(|url| url.starts_with("https://"));
        if listen.ip().is_loopback() || self.plain_http.value || is_behind || self.tls_source().is_some() {
            return Ok(());
        }
        Err(phrase!(
            "Sur {listen} les mots de passe passeraient en clair. Faites « erp-interventions tls init », ou mettez un proxy HTTPS devant et son adresse dans public_url, ou ajoutez --plain-http si c’est voulu.",
            "On {listen} passwords would travel in clear. Run \"erp-interventions tls init\", or put an HTTPS proxy in front and its address into public_url, or add --plain-http if you mean it."
        ))
    }

    /// How much the server lets its clients take.
    pub fn limits(&self) -> Limits {
        Limits {
            connections: self.connections.value,
            connections_per_address: self.connections_per_address.value,
            trusted_proxies: self.trusted_proxies.value.clone(),
            ..Limits::default()
        }
    }

    /// Name, value as people may see it, and origin of every setting.
    pub fn rows(&self) -> Vec<[String; 3]> {
        fn row<T>(setting: &Setting<T>, shown: impl FnOnce(&T) -> String) -> [String; 3] {
            [setting.name.to_owned(), shown(&setting.value), setting.origin.to_string()]
        }
        let before = [
            row(&self.data_dir, |path| path.display().to_string()),
            row(&self.listen, SocketAddr::to_string),
            row(&self.public_url, |_| self.public_url(self.listen.value)),
            row(&self.tls, TlsMode::to_string),
            row(&self.tls_certificate, |path| {
                path.as_ref().map_or_else(String::new, |path| path.display().to_string())
            }),
            row(&self.tls_key, |path| {
                path.as_ref().map_or_else(String::new, |path| path.display().to_string())
            }),
            row(&self.plain_http, bool::to_string),
            row(&self.trusted_proxies, |all| all.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(",")),
            row(&self.sign_in_burst, u32::to_string),
            row(&self.connections, usize::to_string),
            row(&self.connections_per_address, usize::to_string),
            row(&self.metrics_token, |token| if token.is_some() { "********" } else { "" }.to_owned()),
            row(&self.document_max_mb, u64::to_string),
            row(&self.document_free_mb, |mb| mb.map_or_else(String::new, |mb| mb.to_string())),
        ];
        let after = [
            row(&self.log_format, LogFormat::to_string),
            row(&self.log_level, |level| level.as_str().to_ascii_lowercase()),
        ];
        before.into_iter().chain(self.mail.rows()).chain(after).collect()
    }

    fn public_url(&self, listening_on: SocketAddr) -> String {
        self.public_url.value.clone().unwrap_or_else(|| {
            let tls = self.tls_source();
            let scheme = if tls.is_some() { "https" } else { "http" };
            let named = tls.and_then(|source| match source {
                // By the name that the certificate is for.
                Source::Local(authority) if !listening_on.ip().is_loopback() => {
                    authority.state().ok()?.noms.into_iter().next()
                }
                _ => None,
            });
            let host = named.unwrap_or_else(|| match listening_on.ip() {
                // "Every address" is no address to go to.
                any if any.is_unspecified() => "127.0.0.1".to_owned(),
                IpAddr::V4(v4) => v4.to_string(),
                IpAddr::V6(v6) => format!("[{v6}]"),
            });
            match (listening_on.port(), scheme) {
                (443, "https") | (80, "http") => format!("{scheme}://{host}"),
                (port, _) => format!("{scheme}://{host}:{port}"),
            }
        })
    }
}

words! {
    /// Whether HTTPS is the server's own.
    pub enum TlsMode {
        Auto = "auto" ("S’il y a un certificat", "If there is a certificate"),
        Off = "off" ("Non", "No"),
    }
}

fn web_address(text: &str) -> Option<String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]".contains(c);
    (host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[') && host.chars().all(plain))
        .then(|| text.trim_end_matches('/').to_owned())
}

fn addresses(text: &str) -> Option<Vec<IpAddr>> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect()
}

fn one_of(words: &[impl std::fmt::Display]) -> Phrase {
    let words = words.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    phrase!("l’un de : {words}", "one of: {words}")
}

#[cfg(test)]
mod tests;
