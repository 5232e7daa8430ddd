//! The page by which a phone learns to trust the server's own authority, and what is answered to those who come to
//! the port of HTTPS without it.

use axum::Router;
use axum::extract::State;
use axum::http::header::{self, HeaderValue};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use qrcode::QrCode;
use qrcode::render::svg;

use crate::kernel::app::App;
use crate::kernel::error::{Error, Result};
use crate::kernel::phrase::Language;
use crate::kernel::tls::Source;
use crate::kernel::tls::authority::Authority;

/// It styles itself and loads nothing.
const PAGE_CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page, and the certificate that it offers.
pub fn router() -> Router<App> {
    Router::new().route("/autorite", get(page)).route("/autorite.crt", get(certificate))
}

/// For those who come without TLS: the page, for they cannot trust us yet, and the way to everything else.
pub fn plain(app: App) -> Router {
    router().fallback(elsewhere).with_state(app)
}

async fn page(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    let authority = authority(&app)?;
    let (_, fingerprint) = authority.to_trust().map_err(Error::Internal)?;
    let name = authority.state().map_err(Error::Internal)?.autorite;
    let https = app.options().public_url.clone();
    let here = format!("{}/autorite", https.replacen("https://", "http://", 1));
    let code = QrCode::new(&here).map_err(|cause| Error::Internal(cause.into()))?;
    let drawn = code.render::<svg::Color<'_>>().quiet_zone(false).build();
    // The drawing alone: inside a page it needs no declaration.
    let drawn = drawn.find("<svg").map_or("", |start| &drawn[start..]);
    let page = match Language::from_header(asked_language(&headers)) {
        Language::French => include_str!("../assets/autorite/fr.html"),
        Language::English => include_str!("../assets/autorite/en.html"),
        Language::Arabic => include_str!("../assets/autorite/ar.html"),
    };
    let page = page
        .replace("{style}", include_str!("../assets/autorite/style.css"))
        .replace("{qr}", drawn)
        .replace("{adresse}", &here)
        .replace("{https}", &https)
        .replace("{empreinte}", &fingerprint)
        .replace("{autorite}", &name);
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, PAGE_CSP),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok((headers, page).into_response())
}

async fn certificate(State(app): State<App>) -> Result<Response> {
    let (der, _) = authority(&app)?.to_trust().map_err(Error::Internal)?;
    let headers = [
        // Phones open their installation by this type.
        (header::CONTENT_TYPE, "application/x-x509-ca-cert"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"autorite.crt\""),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, der).into_response())
}

/// The same address, with HTTPS. The method stays: nothing was done here.
async fn elsewhere(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let plain =
        |host: &&str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte));
    let base = host
        .filter(|host| !host.is_empty())
        .filter(plain)
        .map_or_else(|| app.options().public_url.clone(), |host| format!("https://{host}"));
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    match HeaderValue::from_str(&format!("{base}{path}")) {
        Ok(location) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn authority(app: &App) -> Result<&Authority> {
    match &app.options().tls {
        Some(Source::Local(authority)) => Ok(authority),
        _ => Err(Error::NotFound),
    }
}

fn asked_language(headers: &HeaderMap) -> &str {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
