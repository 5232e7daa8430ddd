//! The types of sign-in. Those that hold a secret are not `Debug`.

use std::net::IpAddr;

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{SessionId, UserId};
use crate::kernel::auth::{Claims, Role};
use crate::kernel::clock::Instant;
use crate::users::model::NewUser;

/// The OAuth2 password form. Other parameters are ignored, as RFC 6749 (3.2) asks.
#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    /// `password`, when given.
    #[expect(dead_code, reason = "reading it is what refuses any other grant")]
    #[schema(example = "password")]
    pub grant_type: Option<GrantType>,
    /// User name or e-mail address; the field may also be called `email`.
    #[serde(alias = "email")]
    #[schema(example = "y.benali")]
    pub username: String,
    #[schema(format = Password, example = "une phrase de passe")]
    pub password: String,
    /// The second factor, where the account has one: six digits of the application, or a recovery code.
    #[schema(example = "123456")]
    pub totp: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum GrantType {
    Password,
}

/// Tokens as OAuth2 clients expect them.
#[derive(Serialize, ToSchema)]
pub struct TokenReply {
    /// For the `Authorization: Bearer` header.
    pub access_token: String,
    #[schema(example = "bearer")]
    pub token_type: &'static str,
    /// Seconds that the access token lives.
    #[schema(example = 600)]
    pub expires_in: u64,
    /// Good for one exchange. Absent with `X-Session: cookie`: then it is in a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub refresh_token: Option<String>,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    #[garde(length(max = 200))]
    #[schema(max_length = 200)]
    pub refresh_token: String,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    #[garde(skip)]
    #[schema(format = Password, example = "une phrase de passe")]
    pub current_password: String,
    #[garde(skip)]
    #[schema(format = Password, min_length = 12, max_length = 128, example = "une autre phrase de passe")]
    pub new_password: String,
}

/// The first administrator, let in by the code that the server shows at its first start.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    #[garde(skip)]
    pub code: String,
    #[garde(skip)]
    #[schema(example = "admin")]
    pub username: String,
    #[garde(skip)]
    #[schema(example = "Amina Idrissi")]
    pub full_name: String,
    #[garde(skip)]
    #[schema(format = Email, example = "a.idrissi@usine.example")]
    pub email: String,
    #[garde(skip)]
    #[schema(format = Password, min_length = 12, max_length = 128, example = "une phrase de passe")]
    pub password: String,
}

impl Setup {
    /// The code, and the account to be; its rules are those of any account.
    pub fn split(self) -> (String, NewUser) {
        let Self { code, username, full_name, email, password } = self;
        let role = Role::Admin;
        (code, NewUser { username, full_name, email, role, password, client_id: None, langue: None })
    }
}

/// One sign-in on one device.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    pub id: SessionId,
    pub created_at: Instant,
    pub last_used_at: Instant,
    /// When it ends, unless used before.
    pub expires_at: Instant,
    #[schema(example = "192.168.1.20")]
    pub address: Option<String>,
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")]
    pub user_agent: Option<String>,
    /// The one that asks.
    pub current: bool,
}

/// Where a sign-in comes from.
#[derive(Clone, Debug)]
pub struct Device {
    pub address: Option<String>,
    pub user_agent: Option<String>,
}

/// Where a proof of who somebody is was given. Wrong ones are counted apart for each, so that nobody elsewhere can
/// make a person wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An address on which nobody is known; `None` is this machine itself.
    Network(Option<IpAddr>),
    /// A device that the person signed in on lately, by the session of then.
    Device(SessionId),
    /// A session of the person, asked for the proof again.
    SignedIn,
}

/// A proof that is given for a name, somebody's or not.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub name: String,
    pub source: Source,
}

impl Attempt {
    /// By a person who is signed in, for more than the session gives.
    pub fn signed_in(username: &str) -> Self {
        Self { name: username.to_owned(), source: Source::SignedIn }
    }
}

/// Whose device a browser says it is, and since which session.
pub type KnownDevice = (UserId, SessionId);

/// A session that goes on, with the refresh token for next time.
pub struct Granted {
    pub claims: Claims,
    pub refresh: String,
}
