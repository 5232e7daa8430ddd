//! How a refresh token travels: in the body, or in a cookie that scripts cannot read. A browser also keeps a cookie
//! for each person who signed in there, by which it is known as their device.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::ids::UserId;
use crate::kernel::app::App;
use crate::kernel::auth::{Claims, DEVICE_LIFE, Tokens};
use crate::kernel::clock::Instant;
use crate::kernel::error::{Error, Result};
use crate::phrase;
use crate::users::auth::model::KnownDevice;
use crate::users::auth::rules::IDLE_LIFE;

const REFRESH: &str = "erp_refresh";
/// The user's id follows.
const DEVICE: &str = "erp_device_";
/// Of a name that begins so a browser takes nothing that came in clear.
const SECURE: &str = "__Secure-";
const X_SESSION: HeaderName = HeaderName::from_static("x-session");

/// Where the caller keeps the refresh token.
pub enum Carrier {
    Body,
    /// `X-Session: cookie`, with the cookies that came.
    Cookies(Cookies),
}

/// Cookies of a request, in the order in which they came.
pub struct Cookies(Vec<(String, String)>);

impl Cookies {
    fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        Self(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// The refresh token. By its plain name it comes over http, or from before the server had a certificate.
    pub fn refresh(&self) -> Option<String> {
        let named = |wanted: &str| self.0.iter().find(|(name, _)| name == wanted);
        let found = named(&format!("{SECURE}{REFRESH}")).or_else(|| named(REFRESH));
        found.map(|(_, value)| value.clone())
    }
}

impl Carrier {
    /// Whose device the browser is.
    pub fn devices(&self, tokens: &Tokens, now: Instant) -> Vec<KnownDevice> {
        let Self::Cookies(Cookies(cookies)) = self else { return Vec::new() };
        let known = |(name, value): &(String, String)| {
            let user = UserId(name.trim_start_matches(SECURE).strip_prefix(DEVICE)?.parse().ok()?);
            Some((user, tokens.read_device(value, user, now)?))
        };
        cookies.iter().filter_map(known).collect()
    }
}

impl FromRequestParts<App> for Carrier {
    type Rejection = Error;

    /// Refuses (403) a cookie that a page of elsewhere made the browser send.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let headers = &parts.headers;
        if !text(headers, &X_SESSION).is_some_and(|value| value.eq_ignore_ascii_case("cookie")) {
            return Ok(Self::Body);
        }
        if !is_same_origin(headers, &app.options().public_url) {
            return Err(Error::Forbidden(phrase!(
                "Cette requête vient d’un autre site.",
                "This request comes from another site."
            )));
        }
        Ok(Self::Cookies(Cookies::of(headers)))
    }
}

/// Has the browser keep the refresh token.
pub fn keep_refresh(headers: &mut HeaderMap, app: &App, token: &str) {
    headers.append(header::SET_COOKIE, cookie(is_secure(app), REFRESH, token, IDLE_LIFE));
}

/// Has the browser be known as a device of whoever signed in.
pub fn keep_device(headers: &mut HeaderMap, app: &App, claims: Claims, now: Instant) {
    let token = app.tokens().device(claims, now);
    let name = format!("{DEVICE}{}", claims.user);
    headers.append(header::SET_COOKIE, cookie(is_secure(app), &name, &token, DEVICE_LIFE));
}

/// Takes the refresh token away, by the plain name too where it may be from before there was a certificate. The
/// device stays known.
pub fn clear_cookies(app: &App) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.append(header::SET_COOKIE, cookie(is_secure(app), REFRESH, "", Duration::ZERO));
    if is_secure(app) {
        headers.append(header::SET_COOKIE, cookie(false, REFRESH, "", Duration::ZERO));
    }
    headers
}

/// Whether people come by https. Over plain http a browser would not keep a Secure cookie, and nobody on the LAN could
/// stay signed in.
fn is_secure(app: &App) -> bool {
    app.options().public_url.starts_with("https:")
}

fn cookie(secure: bool, name: &str, value: &str, life: Duration) -> HeaderValue {
    let (prefix, attribute) = if secure { (SECURE, "; Secure") } else { ("", "") };
    let age = life.as_secs();
    let cookie = format!(
        "{prefix}{name}={value}; Path=/api/v1/auth; Max-Age={age}; HttpOnly; SameSite=Strict{attribute}"
    );
    HeaderValue::try_from(cookie).expect("a token is base64url, digits and dots")
}

/// Whether a browser says that the request comes from a page of this server: of the address people type, or of the
/// host it was sent to, by our scheme or by https, which a proxy that nobody told us of may add.
fn is_same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let site = text(headers, &HeaderName::from_static("sec-fetch-site"));
    let comes_from_here = site.is_none_or(|site| site == "same-origin" || site == "none");
    let Some((scheme, address)) = public_url.split_once("://") else { return false };
    let authority = address.split('/').next();
    // Behind a proxy the host may be another than people type.
    let is_ours = |origin: &str| {
        origin.split_once("://").is_some_and(|(theirs, host)| {
            (theirs == scheme && Some(host) == authority)
                || (["https", scheme].contains(&theirs) && Some(host) == text(headers, &header::HOST))
        })
    };
    comes_from_here && text(headers, &header::ORIGIN).is_none_or(is_ours)
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap_or(""))
}
