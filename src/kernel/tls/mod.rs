//! HTTPS of the server's own, so that phones of a plant without internet get the camera and the offline day.
//!
//! The certificate is either the plant's own, in two files that somebody else renews, or one that a local
//! [`authority`] made, which phones are told to trust once. Either may change while the server runs: each new
//! connection gets the one that is good now.
//!
//! On the port of HTTPS a browser that speaks plain HTTP is answered as well: see [`Tls::plain`].

pub mod authority;

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use axum::Router;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

use super::clock::Instant;
use super::db::StartError;
use crate::phrase;
use authority::Authority;

/// The first byte of a TLS handshake (RFC 8446, 5.1), which no HTTP request begins with.
const HANDSHAKE: u8 = 0x16;

/// Where the certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// PEM files that the plant keeps: the chain, and its key.
    Files { certificate: PathBuf, key: PathBuf },
    /// The authority in the data directory.
    Local(Authority),
}

/// What makes a connection secure.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    served: Arc<Served>,
    /// Answers those who came without TLS.
    pub plain: Router,
}

/// The certificate that new connections get.
struct Served {
    source: Source,
    current: RwLock<Arc<CertifiedKey>>,
    /// When its file was last written.
    written: Mutex<Option<SystemTime>>,
}

impl Tls {
    /// Reads the certificate.
    ///
    /// # Errors
    /// A file cannot be read, is no PEM, or the key is another's.
    pub fn open(source: Source, plain: Router) -> Result<Self, StartError> {
        let (certificate, _) = source.paths();
        let written = fs::metadata(&certificate).and_then(|data| data.modified()).ok();
        let current = source.read()?;
        let served = Arc::new(Served {
            source,
            current: RwLock::new(Arc::new(current)),
            written: Mutex::new(written),
        });
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|cause| {
                StartError::because(phrase!("TLS n’est pas utilisable.", "TLS cannot be used."), cause)
            })?
            .with_no_client_auth()
            .with_cert_resolver(served.clone());
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), served, plain })
    }

    /// Renews a local certificate that ends soon, and takes up files that changed. What goes wrong is logged: the
    /// certificate of before goes on.
    pub fn refresh(&self, now: Instant) {
        if let Source::Local(authority) = &self.served.source
            && let Err(error) = authority.renew_if_due(now)
        {
            tracing::error!(%error, "the certificate could not be renewed");
        }
        let (certificate, _) = self.served.source.paths();
        let written = fs::metadata(&certificate).and_then(|data| data.modified()).ok();
        let mut known = self.served.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written == *known {
            return;
        }
        match self.served.source.read() {
            Ok(read) => {
                *self.served.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(read);
                *known = written;
                tracing::info!(file = %certificate.display(), "a new certificate is in use");
            }
            // Files are replaced one after the other: the next look finds both.
            Err(error) => tracing::warn!(?error, "the new certificate cannot be used yet"),
        }
    }

    /// Shakes hands, or finds that the client speaks plain HTTP: the stream, and whether it is secure.
    pub(super) async fn accept(
        &self,
        stream: TcpStream,
    ) -> io::Result<(Either<TcpStream, TlsStream<TcpStream>>, bool)> {
        let mut first = [0];
        if stream.peek(&mut first).await? == 1 && first[0] != HANDSHAKE {
            return Ok((Either::Left(stream), false));
        }
        self.acceptor.accept(stream).await.map(|stream| (Either::Right(stream), true))
    }
}

impl Source {
    /// Last day of the certificate: of the plant's own, as it says; `None` if it cannot be read.
    pub fn last_day(&self) -> Option<Date> {
        match self {
            Self::Local(authority) => Some(authority.state().ok()?.expire),
            Self::Files { certificate, .. } => {
                let der = CertificateDer::from_pem_file(certificate).ok()?;
                let (_, parsed) = x509_parser::parse_x509_certificate(&der).ok()?;
                let end = Instant::from_second(parsed.validity().not_after.timestamp());
                Some(end.in_zone(&TimeZone::UTC).date())
            }
        }
    }

    fn paths(&self) -> (PathBuf, PathBuf) {
        match self {
            Self::Files { certificate, key } => (certificate.clone(), key.clone()),
            Self::Local(authority) => (authority.certificate(), authority.certificate()),
        }
    }

    fn read(&self) -> Result<CertifiedKey, StartError> {
        let (certificate, key) = self.paths();
        let (shown, shown_key) = (certificate.display(), key.display());
        let unusable = |cause: anyhow::Error| {
            StartError::because(
                phrase!(
                    "Le certificat {shown} et sa clé {shown_key} ne sont pas utilisables : deux fichiers PEM, lisibles par le service, l’un fait pour l’autre.",
                    "The certificate {shown} and its key {shown_key} cannot be used: two PEM files, readable by the service, made for each other."
                ),
                cause,
            )
        };
        read(&certificate, &key).map_err(unusable)
    }
}

fn read(certificate: &std::path::Path, key: &std::path::Path) -> anyhow::Result<CertifiedKey> {
    let chain = CertificateDer::pem_file_iter(certificate)?.collect::<Result<Vec<_>, _>>()?;
    anyhow::ensure!(!chain.is_empty(), "no certificate in {}", certificate.display());
    let key = ring::sign::any_supported_type(&PrivateKeyDer::from_pem_file(key)?)?;
    let certified = CertifiedKey::new(chain, key);
    match certified.keys_match() {
        // Some keys cannot tell.
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => Ok(certified),
        Err(other) => Err(other.into()),
    }
}

impl ResolvesServerCert for Served {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl std::fmt::Debug for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Served({:?})", self.source)
    }
}
