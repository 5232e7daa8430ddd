//! The settings of mail, and what must hold between them.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::sources::Sources;
use super::{Setting, one_of};
use crate::kernel::auth::HiddenText;
use crate::kernel::mail::{Mailbox, Security, Smtp};
use crate::phrase;

/// Where mail goes; none is sent while `host` is unset.
#[derive(Clone, Debug)]
pub struct MailSettings {
    pub host: Setting<Option<String>>,
    /// That of `security` if unset: 587, 465 or 25.
    pub port: Setting<Option<u16>>,
    pub security: Setting<Security>,
    pub user: Setting<Option<String>>,
    pub password: Setting<Option<HiddenText>>,
    pub from: Setting<Option<Mailbox>>,
    /// PEM file of an authority to trust besides the public ones; below the data directory unless absolute.
    pub ca_file: Setting<Option<PathBuf>>,
    /// Seconds given to each exchange with the server.
    pub timeout_s: Setting<u16>,
}

impl MailSettings {
    /// Reads them, and refuses those that contradict one another.
    pub(super) fn take(from: &mut Sources, data_dir: &Path) -> Self {
        let settings = Self {
            host: from.take(
                "smtp_host",
                None,
                phrase!(
                    "un nom de machine ou une adresse IP, comme smtp.usine.ma",
                    "a machine's name or an IP address, such as smtp.usine.ma"
                ),
                |text| host(text).map(Some),
            ),
            port: from.take(
                "smtp_port",
                None,
                phrase!("un nombre entier de 1 à 65535", "a whole number from 1 to 65535"),
                |text| text.parse().ok().filter(|port| *port > 0).map(Some),
            ),
            security: from
                .take("smtp_security", Security::Starttls, one_of(Security::ALL), |text| text.parse().ok()),
            user: from.take("smtp_user", None, phrase!("un nom d’utilisateur", "a user name"), |text| {
                (!text.is_empty() && !text.contains(char::is_control)).then(|| Some(text.to_owned()))
            }),
            password: from.secret("smtp_password", 1),
            from: from.take(
                "smtp_from",
                None,
                phrase!(
                    "une adresse, comme gmao@usine.ma ou GMAO <gmao@usine.ma>",
                    "an address, such as gmao@usine.ma or GMAO <gmao@usine.ma>"
                ),
                |text| Mailbox::parse(text).map(Some),
            ),
            ca_file: from.take("smtp_ca_file", None, phrase!("un fichier PEM", "a PEM file"), |text| {
                (!text.is_empty()).then(|| Some(data_dir.join(text)))
            }),
            timeout_s: from.number("smtp_timeout_s", 10, 1..=300),
        };
        settings.refuse_contradictions(from);
        settings
    }

    /// What the kernel must know to send; `None` when mail is not configured.
    pub fn smtp(&self) -> Option<Smtp> {
        let credentials = self.user.value.clone().zip(self.password.value.clone());
        Some(Smtp {
            host: self.host.value.clone()?,
            port: self.port(),
            security: self.security.value,
            credentials,
            from: self.from.value.clone()?,
            ca_file: self.ca_file.value.clone(),
            timeout: Duration::from_secs(self.timeout_s.value.into()),
        })
    }

    /// Name, value as people may see it, and origin of each.
    pub(super) fn rows(&self) -> [[String; 3]; 8] {
        fn row<T>(setting: &Setting<T>, shown: String) -> [String; 3] {
            [setting.name.to_owned(), shown, setting.origin.to_string()]
        }
        fn text<T: ToString>(setting: &Setting<Option<T>>) -> String {
            setting.value.as_ref().map(T::to_string).unwrap_or_default()
        }
        let ca_file = self.ca_file.value.as_ref().map(|path| path.display().to_string());
        let password = if self.password.value.is_some() { "********" } else { "" };
        [
            row(&self.host, text(&self.host)),
            row(&self.port, self.port().to_string()),
            row(&self.security, self.security.value.to_string()),
            row(&self.user, text(&self.user)),
            row(&self.password, password.to_owned()),
            row(&self.from, text(&self.from)),
            row(&self.ca_file, ca_file.unwrap_or_default()),
            row(&self.timeout_s, self.timeout_s.value.to_string()),
        ]
    }

    fn port(&self) -> u16 {
        self.port.value.unwrap_or(match self.security.value {
            Security::Starttls => 587,
            Security::Tls => 465,
            Security::None => 25,
        })
    }

    fn refuse_contradictions(&self, from: &mut Sources) {
        let Some(host) = &self.host.value else { return };
        if self.from.value.is_none() && !from.has_refused("smtp_from") {
            from.refuse(phrase!(
                "smtp_from : un serveur d’e-mails est réglé (smtp_host), mais pas l’adresse de l’expéditeur, comme GMAO <gmao@usine.ma>.",
                "smtp_from: a mail server is set (smtp_host), but not the sender's address, such as GMAO <gmao@usine.ma>."
            ));
        }
        if self.security.value == Security::None && !is_this_machine(host) {
            from.refuse(phrase!(
                "smtp_security : « none » enverrait mots de passe et messages en clair à {host} ; c’est permis vers cette machine seulement (127.0.0.1, ::1, localhost). Choisissez starttls ou tls.",
                "smtp_security: \"none\" would send passwords and messages in clear to {host}; that is allowed to this machine only (127.0.0.1, ::1, localhost). Choose starttls or tls."
            ));
        }
        if self.user.value.is_some() != self.password.value.is_some()
            && !from.has_refused("smtp_user")
            && !from.has_refused("smtp_password")
        {
            from.refuse(phrase!(
                "smtp_user et smtp_password vont ensemble : donnez les deux, ou aucun.",
                "smtp_user and smtp_password go together: give both, or neither."
            ));
        }
    }
}

/// A name or an address, without a port.
fn host(text: &str) -> Option<String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let is_address = bare.parse::<IpAddr>().is_ok();
    let is_name = || {
        let label = |label: &str| {
            !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
        };
        bare.len() <= 253 && bare.split('.').all(label)
    };
    (is_address || is_name()).then(|| bare.to_owned())
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
