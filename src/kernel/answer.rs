//! A reply to a write, made inside the transaction so that it can be stored with the change it reports.

use axum::body::Body;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::error::Result;

/// Something with an address and a version, as every entity of the API has.
pub trait Entity: Serialize {
    /// Path of the thing, such as `/api/v1/sites/3`.
    fn location(&self) -> String;
    /// Grows by one with each change of its own. Sent as `ETag`; when read, with a mark of all that the reply shows, for
    /// what hangs on it changes without it.
    fn version(&self) -> i64;
}

/// Status, JSON body and the headers that belong to it.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
    pub(super) etag: Option<String>,
    pub(super) location: Option<String>,
    pub(super) replayed: bool,
}

impl Answer {
    /// 200 with any JSON.
    pub fn ok(body: &impl Serialize) -> Result<Self> {
        Ok(Self {
            status: StatusCode::OK,
            body: serde_json::to_vec(body)?,
            etag: None,
            location: None,
            replayed: false,
        })
    }

    /// 200 with an entity and its version.
    pub fn entity(entity: &impl Entity) -> Result<Self> {
        Ok(Self { etag: Some(etag(entity.version())), ..Self::ok(entity)? })
    }

    /// 201 with the new entity, its version and its address.
    pub fn created(entity: &impl Entity) -> Result<Self> {
        Ok(Self { status: StatusCode::CREATED, location: Some(entity.location()), ..Self::entity(entity)? })
    }

    /// 202: what was asked for begins; the body says how it stands.
    pub fn accepted(body: &impl Serialize) -> Result<Self> {
        Ok(Self { status: StatusCode::ACCEPTED, ..Self::ok(body)? })
    }

    /// 204.
    pub fn empty() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: Vec::new(), etag: None, location: None, replayed: false }
    }
}

fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The validator of a reply that is read, for the layer that knows whether it is.
#[derive(Clone, Debug)]
pub(super) struct Validator(pub HeaderValue);

impl Validator {
    /// The version, for `If-Match`, and a mark of every byte that is shown, for `If-None-Match`: `"3-9f86d081884c7d65"`.
    fn of(etag: &str, body: &[u8]) -> Option<Self> {
        let version = etag.trim_matches('"');
        let digest = Sha256::digest(body);
        let mark = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        HeaderValue::try_from(format!("\"{version}-{mark}\"")).ok().map(Self)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        let mut put = |name: HeaderName, value: Option<&str>| {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
                headers.insert(name, value);
            }
        };
        put(header::CONTENT_TYPE, (!self.body.is_empty()).then_some("application/json"));
        put(header::ETAG, self.etag.as_deref());
        put(header::LOCATION, self.location.as_deref());
        put(HeaderName::from_static("idempotent-replayed"), self.replayed.then_some("true"));
        let validator = self.etag.as_deref().and_then(|etag| Validator::of(etag, &self.body));
        let mut response = (self.status, headers, Body::from(self.body)).into_response();
        if let Some(validator) = validator {
            response.extensions_mut().insert(validator);
        }
        response
    }
}
