//! How a refresh token travels: in the body, or in a cookie that scripts cannot read.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::kernel::app::App;
use crate::kernel::error::{Error, Result};
use crate::phrase;
use crate::users::auth::rules::IDLE_LIFE;

const COOKIE: &str = "erp_refresh";
const X_SESSION: HeaderName = HeaderName::from_static("x-session");

/// Where the caller keeps the refresh token.
pub enum Carrier {
    Body,
    /// `X-Session: cookie`, with the token that came in the cookie, if any.
    Cookie(Option<String>),
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
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let token = cookies
            .flat_map(|line| line.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
            .map(str::to_owned);
        Ok(Self::Cookie(token))
    }
}

/// The cookie that holds `token`; an empty one takes it away.
pub fn set_cookie(app: &App, token: &str) -> (HeaderName, HeaderValue) {
    let age = if token.is_empty() { 0 } else { IDLE_LIFE.as_secs() };
    // Over plain http a browser would not keep a Secure cookie, and nobody on the LAN could stay signed in.
    let secure = if app.options().public_url.starts_with("https:") { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={token}; Path=/api/v1/auth; Max-Age={age}; HttpOnly; SameSite=Strict{secure}");
    (header::SET_COOKIE, HeaderValue::try_from(cookie).expect("a token is base64url"))
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
