//! What is known of a request before anyone looks at who sent it, and what every reply carries.
//!
//! One layer round the whole router: request id, language, idempotency key on the way in; problem
//! document, security headers, conditional replies, access log and counters on the way out. Because it is
//! the outermost, a 404, a 413 and a caught panic go through it too. It reads no body: that comes after the guard has
//! asked who sends it.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::answer::Validator;
use super::app::App;
use super::auth::Tokens;
use super::error::{Error, Result};
use super::metrics::Route;
use super::phrase::Language;
use super::problem;
use super::server::PeerAddress;
use crate::ids::UserId;
use crate::phrase;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What a handler may know of the request beside its path, query and body.
#[derive(Debug)]
pub struct RequestContext {
    pub request_id: String,
    pub language: Language,
    /// Where it came from, when it came over a socket.
    pub address: Option<IpAddr>,
    pub user_agent: Option<String>,
    pub(in crate::kernel) operation: Option<Repeatable>,
    /// Who it turned out to be, for the log.
    pub(in crate::kernel) user: OnceLock<UserId>,
}

/// The client's key for one operation, and what tells two operations apart.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct Idempotency {
    pub key: String,
    /// Keyed hash of method, path, query, content type and body (of a form with a file, what its handler makes of
    /// it): a body may hold a password, and this is stored for 30 days.
    pub fingerprint: [u8; 32],
}

/// An operation with a key, of which the body may still have to come.
#[derive(Debug)]
pub(in crate::kernel) struct Repeatable {
    key: String,
    /// Hash of method, path, query and content type.
    head: [u8; 32],
    /// Hash of the body, once it was read.
    body: OnceLock<[u8; 32]>,
}

impl RequestContext {
    /// Notes what the body was, as it tells two operations with one key apart.
    pub(in crate::kernel) fn note_body(&self, body: &[u8]) {
        if let Some(operation) = &self.operation {
            let _ = operation.body.set(Sha256::digest(body).into());
        }
    }

    /// The operation that this request is, as far as it was read; `content` is what its handler adds to that.
    pub(in crate::kernel) fn idempotency(&self, tokens: &Tokens, content: &[&[u8]]) -> Option<Idempotency> {
        self.operation.as_ref().map(|operation| {
            let body = operation.body.get().map_or(&[][..], |hash| hash);
            let fingerprint = tokens.keyed_hash(&[&[&operation.head[..], body], content].concat());
            Idempotency { key: operation.key.clone(), fingerprint }
        })
    }
}

/// The context that the outer layer made for this request.
pub(in crate::kernel) fn of(parts: &Parts) -> Result<Arc<RequestContext>> {
    parts
        .extensions
        .get::<Arc<RequestContext>>()
        .cloned()
        .ok_or_else(|| Error::Internal(anyhow::anyhow!("a route outside the context layer")))
}

/// A browser that came by our own TLS does not come in clear for a year: nobody on the way can send it back.
const ONLY_BY_TLS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Characters of an `Idempotency-Key`.
pub const MAX_KEY: usize = 128;

/// The layer itself.
pub async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned());
    let if_none_match = request.headers().get(header::IF_NONE_MATCH).cloned();

    let (context, refused) = match read_key(&request) {
        Ok(operation) => (new_context(&app, &request, operation), None),
        Err(error) => (new_context(&app, &request, None), Some(error)),
    };
    let context = Arc::new(context);
    request.extensions_mut().insert(context.clone());
    let response = match refused {
        Some(error) => error.into_response(),
        None => next.run(request).await,
    };

    count_refusal(&app, &response);
    let mut response = problem::render(response, &context);
    answer_not_modified(&method, if_none_match.as_ref(), &mut response);
    add_headers(response.headers_mut(), &context, &path);
    if app.options().tls.is_some() {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, ONLY_BY_TLS);
    }
    let (status, seconds) = (response.status().as_u16(), started.elapsed().as_secs_f64());
    app.metrics()
        .requests
        .get_or_create(&Route { method: label(&method), route: route.clone(), status })
        .inc();
    app.metrics().seconds.observe(seconds);
    tracing::info!(
        request_id = context.request_id,
        user = context.user.get().map(|id| id.0),
        address = context.address.map(tracing::field::display),
        %method, route, status,
        ms = format_args!("{:.1}", seconds * 1000.0),
        "request"
    );
    response
}

/// A limit that turned the request away is counted under its code.
fn count_refusal(app: &App, response: &Response) {
    if let Some(error) = response.extensions().get::<Arc<Error>>()
        && matches!(**error, Error::Busy(..) | Error::TooMany(..) | Error::TooLarge(_))
    {
        app.metrics().refuse(problem::code_and_detail(error).0);
    }
}

fn new_context(app: &App, request: &Request, operation: Option<Repeatable>) -> RequestContext {
    let header = |name: &HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let peer = request.extensions().get::<PeerAddress>().map(|peer| peer.0.ip());
    RequestContext {
        request_id: header(&X_REQUEST_ID)
            .filter(|id| is_plain(id))
            .map_or_else(new_request_id, str::to_owned),
        language: header(&header::ACCEPT_LANGUAGE).map(Language::from_header).unwrap_or_default(),
        address: peer.map(|peer| app.client_address(peer, request.headers())),
        user_agent: header(&header::USER_AGENT).map(|agent| agent.chars().take(200).collect()),
        operation,
        user: OnceLock::new(),
    }
}

/// Takes the key of a POST or PATCH, with what the head says of the operation.
fn read_key(request: &Request) -> Result<Option<Repeatable>> {
    let Some(key) = request.headers().get(IDEMPOTENCY_KEY).cloned() else { return Ok(None) };
    if ![Method::POST, Method::PATCH].contains(request.method()) {
        return Ok(None);
    }
    let key = key
        .to_str()
        .ok()
        .filter(|key| (1..=MAX_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
    let Some(key) = key.map(str::to_owned) else {
        let message = phrase!(
            "de 1 à {MAX_KEY} caractères visibles ASCII",
            "from 1 to {MAX_KEY} visible ASCII characters"
        );
        return Err(Error::invalid("Idempotency-Key", "valeur_invalide", message));
    };
    let content_type = request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    // A form's boundary is another each time it is sent.
    let content_type = if is_multipart(content_type) { b"multipart/form-data" } else { content_type };
    let uri = request.uri();
    let path = uri.path().trim_end_matches('/');
    let mut head = Sha256::new();
    for part in [request.method().as_str(), path, uri.query().unwrap_or("")].map(str::as_bytes) {
        head.update((part.len() as u64).to_be_bytes());
        head.update(part);
    }
    head.update(content_type);
    Ok(Some(Repeatable { key, head: head.finalize().into(), body: OnceLock::new() }))
}

fn answer_not_modified(method: &Method, if_none_match: Option<&HeaderValue>, response: &mut Response) {
    let is_read = [Method::GET, Method::HEAD].contains(method) && response.status() == StatusCode::OK;
    if let Some(Validator(etag)) = response.extensions_mut().remove::<Validator>().filter(|_| is_read) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    let Some(known) = if_none_match.and_then(|value| value.to_str().ok()).filter(|_| is_read) else { return };
    let Some(current) = response.headers().get(header::ETAG).and_then(|value| value.to_str().ok()) else {
        return;
    };
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    if known.trim() == "*" || known.split(',').any(|tag| strong(tag) == strong(current)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
}

/// The headers of every reply; a page that needs a wider policy has set its own before.
fn add_headers(headers: &mut HeaderMap, context: &RequestContext, path: &str) {
    let fixed: [(HeaderName, &str); 7] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "accelerometer=(), camera=(self), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let is_asset = path.starts_with("/docs") || path.starts_with("/redoc");
    if !is_asset {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    if let Ok(id) = HeaderValue::from_str(&context.request_id) {
        headers.insert(X_REQUEST_ID, id);
    }
}

fn is_multipart(kind: &[u8]) -> bool {
    let essence = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"multipart/form-data")
}

/// A method as a counter's label: anyone may invent methods, and each label costs memory for ever.
fn label(method: &Method) -> &'static str {
    let known = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
    ];
    let names = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    known.iter().zip(names).find(|(one, _)| *one == method).map_or("-", |(_, name)| name)
}

fn is_plain(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn new_request_id() -> String {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
