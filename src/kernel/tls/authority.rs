//! A certificate authority of the plant's own, in the data directory: made once, trusted by each phone once, and
//! from then on it renews the server's certificate by itself.
//!
//! It belongs to the machine, not to the data: it is in no backup, and a restore leaves it where it is.

use std::fs;
use std::io::Write;
use std::net::{IpAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Date;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use crate::kernel::clock::Instant;
use crate::kernel::data_dir::{private_file, private_folder, sync_folder};
use crate::kernel::db::StartError;
use crate::phrase;

/// In the data directory; only the service's user may enter it.
pub const FOLDER: &str = "tls";

const DAY: Duration = Duration::from_hours(24);

/// iPhones refuse certificates of servers that hold longer than 825 days, and Apple's own limit for others is 398.
const SERVER_DAYS: u64 = 397;

/// A phone is told to trust it once, for the life of the machine.
const AUTHORITY_DAYS: u64 = 3652;

/// Renewed this long before it ends: a laptop that sleeps through a holiday still wakes with a good one.
const RENEWED_BEFORE: Duration = Duration::from_hours(60 * 24);

/// A local authority and the certificate that it gave the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    folder: PathBuf,
}

/// What is remembered of the certificates, for nobody reads X.509 to know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// How the authority is called.
    pub autorite: String,
    /// Names and addresses that the server answers to, the first of them in links.
    pub noms: Vec<String>,
    /// Last day of the server's certificate.
    pub expire: Date,
}

impl Authority {
    /// That of a data directory, if it was made.
    pub fn of(data_dir: &Path) -> Option<Self> {
        let authority = Self { folder: data_dir.join(FOLDER) };
        authority.state_file().exists().then_some(authority)
    }

    /// Makes the authority unless it is there, and a certificate for a server of these names.
    ///
    /// # Errors
    /// A name that is none, or a folder that cannot be written.
    pub fn make(data_dir: &Path, names: &[String], now: Instant) -> Result<(Self, State), StartError> {
        let folder = private_folder(&data_dir.join(FOLDER))?;
        let authority = Self { folder };
        let state = authority.fill(names, now).map_err(|cause| {
            let shown = authority.folder.display();
            StartError::because(
                phrase!(
                    "Le certificat n’a pas pu être fait dans {shown} : vérifiez les noms et les droits du dossier.",
                    "The certificate could not be made in {shown}: check the names and the folder's rights."
                ),
                cause,
            )
        })?;
        Ok((authority, state))
    }

    fn fill(&self, names: &[String], now: Instant) -> anyhow::Result<State> {
        // What phones trust is not replaced because the file that names it cannot be read.
        let name = match self.state_file().exists() {
            true => self.state()?.autorite,
            false => {
                let name = format!(
                    "Autorité locale de {}",
                    names.first().map_or("erp-interventions", String::as_str)
                );
                let key = KeyPair::generate()?;
                let certificate = authority_params(&name, now).self_signed(&key)?;
                write_private(&self.folder.join("autorite.cle"), key.serialize_pem().as_bytes())?;
                write_private(&self.authority_certificate(), certificate.pem().as_bytes())?;
                name
            }
        };
        self.issue(name, names.to_vec(), now)
    }

    /// Gives the server a certificate, in one file with its key: a plug pulled in between leaves the old pair or the
    /// new one. The state comes last; while it tells of the old, the next look makes another.
    fn issue(&self, autorite: String, noms: Vec<String>, now: Instant) -> anyhow::Result<State> {
        let authority_key = KeyPair::from_pem(&fs::read_to_string(self.folder.join("autorite.cle"))?)?;
        // Made anew from what it was made from: name, use and key are all that a signature says of its issuer.
        let issuer = Issuer::new(authority_params(&autorite, now), authority_key);
        let mut params = CertificateParams::new(noms.clone())?;
        params.distinguished_name.push(DnType::CommonName, noms.first().cloned().unwrap_or_default());
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let expire = now.plus(DAY * u32::try_from(SERVER_DAYS)?);
        (params.not_before, params.not_after) = (utc_day(now.minus(DAY)), utc_day(expire));
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &issuer)?;
        let pair = format!("{}{}", certificate.pem(), key.serialize_pem());
        write_private(&self.certificate(), pair.as_bytes())?;
        let state = State { autorite, noms, expire: date(expire) };
        write_private(&self.state_file(), serde_json::to_string_pretty(&state)?.as_bytes())?;
        Ok(state)
    }

    /// Gives the server another certificate when its own ends soon.
    ///
    /// # Errors
    /// The folder cannot be read or written; the certificate of before stays.
    pub fn renew_if_due(&self, now: Instant) -> anyhow::Result<()> {
        let state = self.state()?;
        if state.expire > date(now.plus(RENEWED_BEFORE)) {
            return Ok(());
        }
        let renewed = self.issue(state.autorite, state.noms, now)?;
        tracing::info!(until = %renewed.expire, "the server's certificate was renewed");
        Ok(())
    }

    /// What is remembered of it.
    ///
    /// # Errors
    /// Its file is gone or cannot be read.
    pub fn state(&self) -> anyhow::Result<State> {
        Ok(serde_json::from_str(&fs::read_to_string(self.state_file())?)?)
    }

    /// The authority's certificate as phones take it: the bytes, and their SHA-256 as people compare it.
    ///
    /// # Errors
    /// Its file is gone or cannot be read.
    pub fn to_trust(&self) -> anyhow::Result<(Vec<u8>, String)> {
        let der = CertificateDer::from_pem_file(self.authority_certificate())?;
        let fingerprint: Vec<_> = Sha256::digest(&der).iter().map(|byte| format!("{byte:02X}")).collect();
        Ok((der.to_vec(), fingerprint.join(":")))
    }

    /// The server's certificate and its key.
    pub(super) fn certificate(&self) -> PathBuf {
        self.folder.join("serveur.pem")
    }

    /// The certificate that others should trust.
    pub fn authority_certificate(&self) -> PathBuf {
        self.folder.join("autorite.pem")
    }

    fn state_file(&self) -> PathBuf {
        self.folder.join("etat.json")
    }
}

/// How this machine is reached on its network, as far as it knows: the address that it goes out by, its name, and the
/// same as phones find it without a name server.
pub fn own_names() -> Vec<String> {
    let mut names = Vec::new();
    // Nothing is sent: the system only looks up by which of its addresses it would go (RFC 5737's is nobody's).
    let way_out = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    if let Ok(address) = way_out
        && !address.ip().is_unspecified()
        && !address.ip().is_loopback()
    {
        names.push(address.ip().to_string());
    }
    if let Some(host) = host_name().filter(|name| is_name(name) && name != "localhost") {
        let short = host.split('.').next().unwrap_or(&host).to_owned();
        names.extend([format!("{short}.local"), host]);
        names.dedup();
    }
    names
}

/// The names of a certificate: those that are asked for, and always this machine's own to itself.
pub fn with_loopback(mut names: Vec<String>) -> Vec<String> {
    for name in ["localhost", "127.0.0.1", "::1"] {
        if !names.iter().any(|other| other == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Whether a certificate can be made for this name: a host name or an address.
pub fn is_name(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.parse::<IpAddr>().is_ok() || (text.len() <= 253 && text.split('.').all(label))
}

fn host_name() -> Option<String> {
    hostname::get().ok()?.into_string().ok().map(|name| name.to_ascii_lowercase())
}

fn authority_params(name: &str, now: Instant) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = utc_day(now.minus(DAY));
    params.not_after = utc_day(now.plus(Duration::from_hours(24 * AUTHORITY_DAYS)));
    params
}

fn date(at: Instant) -> Date {
    at.in_zone(&jiff::tz::TimeZone::UTC).date()
}

fn utc_day(at: Instant) -> time::OffsetDateTime {
    let day = date(at);
    date_time_ymd(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs())
}

/// A file that only its owner may read, whole or as it was.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".partiel");
    let draft = PathBuf::from(draft);
    let _ = fs::remove_file(&draft);
    let mut file = private_file(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    // In the order in which they are written: the state never tells of a certificate that is not there.
    path.parent().map_or(Ok(()), sync_folder)
}

#[cfg(test)]
mod tests {
    use super::super::{Source, Tls};
    use super::*;

    const NOW: Instant = Instant::from_second(1_926_230_400);

    #[test]
    fn an_authority_is_made_once_and_gives_other_certificates_for_other_names() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(Authority::of(data.path()), None);

        let (made, state) =
            Authority::make(data.path(), &with_loopback(vec!["gmao.usine.ma".into()]), NOW).unwrap();
        let trusted = made.to_trust().unwrap();
        let (again, other) = Authority::make(data.path(), &["192.168.1.20".to_owned()], NOW).unwrap();

        assert_eq!(state.noms, ["gmao.usine.ma", "localhost", "127.0.0.1", "::1"]);
        assert_eq!(state.expire.to_string(), "2032-02-16");
        assert_eq!((other.autorite, &other.noms[..]), (state.autorite, &["192.168.1.20".to_owned()][..]));
        assert_eq!(again.to_trust().unwrap(), trusted, "who trusts it goes on trusting it");
        assert_eq!(Authority::of(data.path()), Some(made));
        #[cfg(unix)]
        for entry in fs::read_dir(data.path().join(FOLDER)).unwrap() {
            use std::os::unix::fs::PermissionsExt;
            let entry = entry.unwrap();
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
        }
    }

    #[test]
    fn an_authority_cut_off_between_any_two_of_its_files_is_made_anew_and_never_an_existing_one() {
        let data = tempfile::tempdir().unwrap();
        let names = ["gmao".to_owned()];
        let folder = data.path().join(FOLDER);
        let files = ["autorite.cle", "autorite.pem", "serveur.pem", "etat.json"];
        for there in 0..files.len() {
            Authority::make(data.path(), &names, NOW).unwrap();
            files[there..].iter().for_each(|file| fs::remove_file(folder.join(file)).unwrap());

            assert_eq!(Authority::of(data.path()), None, "{there}: nobody serves with half of it");

            let (made, _) = Authority::make(data.path(), &names, NOW).unwrap();
            assert!(Tls::open(Source::Local(made), axum::Router::new()).is_ok(), "{there}");
        }
        let trusted = Authority::of(data.path()).unwrap().to_trust().unwrap();
        fs::write(folder.join("etat.json"), "{").unwrap();

        assert!(Authority::make(data.path(), &names, NOW).is_err());

        assert_eq!(Authority::of(data.path()).unwrap().to_trust().unwrap(), trusted);
    }

    #[test]
    fn a_certificate_is_renewed_before_it_ends_and_not_earlier() {
        let data = tempfile::tempdir().unwrap();
        let (authority, state) = Authority::make(data.path(), &["gmao".to_owned()], NOW).unwrap();
        let certificate = || fs::read(authority.certificate()).unwrap();
        let first = certificate();

        authority.renew_if_due(NOW.plus(DAY * 330)).unwrap();
        assert_eq!(certificate(), first);
        authority.renew_if_due(NOW.plus(DAY * 340)).unwrap();

        assert_ne!(certificate(), first);
        let renewed = authority.state().unwrap();
        assert_eq!((renewed.autorite, renewed.noms), (state.autorite, state.noms));
        assert_eq!(renewed.expire, date(NOW.plus(DAY * 340 + DAY * 397)));
    }

    #[test]
    fn names_and_addresses_are_told_from_what_is_neither() {
        for name in ["gmao", "gmao.usine.ma", "192.168.1.20", "::1", "a-b.local"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "-a", "a..b", "http://gmao", "gmao:8443", "gmao usine", "*.usine.ma"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
