//! Tokens: a short signed one for each request, a long opaque one to get the next.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use signature::{Signer, Verifier};

use super::keys::Secrets;
use crate::ids::{SessionId, UserId};
use crate::kernel::clock::Instant;

/// How long an access token lives.
pub const ACCESS_LIFE: Duration = Duration::from_secs(600);

/// Clocks of plant machines differ a little.
const LEEWAY: i64 = 30;

/// How long a device that somebody signed in on is known as theirs.
pub const DEVICE_LIFE: Duration = Duration::from_secs(90 * 24 * 3600);

const AUDIENCE: &str = "erp-interventions";
const ACCESS: &str = "access";

/// Makes and reads tokens with the installation's keys.
pub struct Tokens {
    secrets: Secrets,
    /// Names this installation, without saying anything of its keys.
    issuer: String,
    validation: Validation,
}

/// What an access token says: which session of whom. Nothing of rights: those are in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claims {
    pub session: SessionId,
    pub user: UserId,
}

/// The token's JSON, every member required and typed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    iss: String,
    aud: String,
    sub: String,
    sid: i64,
    typ: String,
    iat: i64,
    exp: i64,
}

impl Tokens {
    pub fn new(secrets: Secrets) -> Self {
        install_crypto();
        let digest =
            Sha256::new().chain_update("installation").chain_update(secrets.access.bytes()).finalize();
        let issuer = URL_SAFE_NO_PAD.encode(&digest[..9]);
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&issuer]);
        // The expiry is checked below against the product's own clock.
        validation.validate_exp = false;
        validation.required_spec_claims = ["exp", "iss", "aud", "sub"].map(str::to_owned).into();
        Self { secrets, issuer, validation }
    }

    /// Names this installation among others.
    pub fn installation(&self) -> &str {
        &self.issuer
    }

    /// A signed access token of [`ACCESS_LIFE`].
    pub fn access(&self, claims: Claims, now: Instant) -> String {
        let wire = Wire {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: claims.user.to_string(),
            sid: claims.session.0,
            typ: ACCESS.to_owned(),
            iat: now.as_second(),
            exp: now.plus(ACCESS_LIFE).as_second(),
        };
        let key = EncodingKey::from_secret(self.secrets.access.bytes());
        jsonwebtoken::encode(&Header::default(), &wire, &key)
            .expect("seven plain claims are always encodable")
    }

    /// The claims of an access token that this installation made and that still lives.
    pub fn read_access(&self, token: &str, now: Instant) -> Option<Claims> {
        // Exactly the header we write: no other algorithm, no key named by the token itself.
        let header = token.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok())?;
        if header != br#"{"typ":"JWT","alg":"HS256"}"# {
            return None;
        }
        let key = DecodingKey::from_secret(self.secrets.access.bytes());
        let wire = jsonwebtoken::decode::<Wire>(token, &key, &self.validation).ok()?.claims;
        let now = now.as_second();
        let lives = wire.iat <= now + LEEWAY && now < wire.exp + LEEWAY;
        let user = wire.sub.parse().ok()?;
        (lives && wire.typ == ACCESS).then_some(Claims { session: SessionId(wire.sid), user: UserId(user) })
    }

    /// The successor of a refresh token: always the same for the same token, and only we can compute it, so a
    /// lost answer can be given again.
    pub fn successor(&self, refresh: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.keyed_hash(&[refresh.as_bytes()]))
    }

    /// What a browser keeps to be known as a device of `claims.user` for [`DEVICE_LIFE`]. It opens nothing: wrong
    /// passwords given there are counted apart, so that nobody elsewhere can make the person wait.
    pub fn device(&self, claims: Claims, now: Instant) -> String {
        let facts = format!("{}.{}", claims.session, now.plus(DEVICE_LIFE).as_second());
        let mac = self.device_mac(claims.user, &facts).finalize().into_bytes();
        format!("{facts}.{}", URL_SAFE_NO_PAD.encode(mac))
    }

    /// The session with which a device became known as one of `user`'s.
    pub fn read_device(&self, token: &str, user: UserId, now: Instant) -> Option<SessionId> {
        let (facts, mac) = token.rsplit_once('.')?;
        let (session, until) = facts.split_once('.')?;
        self.device_mac(user, facts).verify_slice(&URL_SAFE_NO_PAD.decode(mac).ok()?).ok()?;
        let lives = now.as_second() < until.parse().ok()?;
        Some(SessionId(session.parse().ok()?)).filter(|_| lives)
    }

    fn device_mac(&self, user: UserId, facts: &str) -> Hmac<Sha256> {
        self.mac(&[b"device", user.to_string().as_bytes(), facts.as_bytes()])
    }

    /// A hash that only this installation can compute, so that what it covers cannot be guessed from a copy of
    /// the database. Parts are separated by a zero byte.
    pub(in crate::kernel) fn keyed_hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.mac(parts).finalize().into_bytes().into()
    }

    fn mac(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.secrets.refresh.bytes()).expect("HMAC takes any key");
        mac.update(&parts.join(&0));
        mac
    }

    /// 256 random bits: a refresh token, a set-up code.
    pub fn random() -> String {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What the database keeps of an opaque token.
    pub fn fingerprint(token: &str) -> [u8; 32] {
        Sha256::digest(token.as_bytes()).into()
    }
}

/// Gives jsonwebtoken the one algorithm we use. Its own back ends bring RSA code with an open advisory, or a
/// minute of C to compile.
fn install_crypto() {
    static HS256: CryptoProvider = CryptoProvider {
        signer_factory: |algorithm, key| match algorithm {
            Algorithm::HS256 => Ok(Box::new(Hs256::new(key.as_bytes()))),
            _ => Err(ErrorKind::InvalidAlgorithm.into()),
        },
        verifier_factory: |algorithm, key| match algorithm {
            Algorithm::HS256 => Ok(Box::new(Hs256::new(key.try_get_as_bytes()?))),
            _ => Err(ErrorKind::InvalidAlgorithm.into()),
        },
        key_utils: KeyUtils::new_unimplemented(),
    };
    // A second call finds the first one's provider, which is the same.
    let _: Result<(), _> = HS256.install_default();
}

struct Hs256(Hmac<Sha256>);

impl Hs256 {
    fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes any key"))
    }

    fn over(&self, message: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(message);
        mac
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.over(message).finalize().into_bytes().to_vec())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        self.over(message).verify_slice(signature).map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}
