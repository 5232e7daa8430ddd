//! Errors as people and programs read them: `application/problem+json` (RFC 9457).

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::context::RequestContext;
use super::error::{Error, Invalid};
use super::input::BODY_LIMIT;
use super::phrase::{Language, Phrase};
use crate::phrase;

/// A problem document.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` is what tells problems apart.
    #[schema(example = "about:blank")]
    r#type: &'static str,
    #[schema(example = "Conflict")]
    title: &'static str,
    #[schema(example = 409)]
    status: u16,
    /// A sentence for people, in French, or in English or Arabic by `Accept-Language`; what has no Arabic is in French.
    detail: String,
    /// Stable and machine-readable.
    #[schema(example = "chevauchement")]
    code: String,
    request_id: String,
    /// For 422: what is wrong, field by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    /// For 409: facts that help to go round the obstacle.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    facts: Map<String, Value>,
}

/// One wrong field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    #[schema(example = "titre")]
    champ: String,
    #[schema(example = "champ_requis")]
    code: &'static str,
    message: String,
}

/// Gives an error reply its body: our own errors, and the bare statuses that the framework makes.
pub(super) fn render(response: Response, context: &RequestContext) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_problem(response.headers()) {
        return response;
    }
    let error = match response.extensions().get::<Arc<Error>>() {
        Some(error) => error.clone(),
        None => Arc::new(from_status(status)),
    };
    if let Error::Internal(cause) = &*error {
        tracing::error!(request_id = context.request_id, cause = format_args!("{cause:#}"), "internal error");
    }
    let problem = describe(&error, context);
    let (mut parts, _) = response.into_parts();
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    for name in [header::CONTENT_LENGTH, header::CONTENT_ENCODING] {
        parts.headers.remove(name);
    }
    parts.status = error.status();
    add_headers(&mut parts.headers, &error);
    Response::from_parts(parts, Body::from(body))
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"))
}

fn from_status(status: StatusCode) -> Error {
    match status {
        StatusCode::NOT_FOUND => Error::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Error::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge(BODY_LIMIT),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Error::UnsupportedMedia("application/json"),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => {
            Error::overloaded()
        }
        status if status.is_client_error() => Error::Unreadable(unreadable()),
        status => Error::Internal(anyhow::anyhow!("a bare {status}")),
    }
}

fn add_headers(headers: &mut HeaderMap, error: &Error) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    let retry_after = match error {
        Error::Unauthenticated(..) => {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            return;
        }
        Error::OutOfRange(bytes) => {
            if let Ok(whole) = HeaderValue::from_str(&format!("bytes */{bytes}")) {
                headers.insert(header::CONTENT_RANGE, whole);
            }
            return;
        }
        Error::TooMany(wait, _) => wait.as_secs().max(1),
        Error::Busy(..) => 1,
        _ => return,
    };
    headers.insert(HeaderName::from_static("retry-after"), HeaderValue::from(retry_after));
}

fn describe(error: &Error, context: &RequestContext) -> Problem {
    let status = error.status();
    let (code, detail) = code_and_detail(error);
    let in_words = |phrase: &Phrase| phrase.text(context.language).to_owned();
    let (errors, facts) = match error {
        Error::Invalid(fields) => {
            (fields.iter().map(|field| field_problem(field, context.language)).collect(), Map::new())
        }
        Error::Conflict(conflict) => (Vec::new(), conflict.facts.clone()),
        _ => (Vec::new(), Map::new()),
    };
    Problem {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: in_words(&detail),
        code: code.to_owned(),
        request_id: context.request_id.clone(),
        errors,
        facts,
    }
}

fn field_problem(field: &Invalid, language: Language) -> FieldProblem {
    FieldProblem {
        champ: field.champ.clone(),
        code: field.code,
        message: field.message.text(language).to_owned(),
    }
}

/// What an error says to people.
pub fn sentence(error: &Error) -> Phrase {
    code_and_detail(error).1
}

/// The stable code and the sentence of an error.
pub fn code_and_detail(error: &Error) -> (&'static str, Phrase) {
    match error {
        Error::Unreadable(detail) => ("illisible", detail.clone()),
        Error::Unauthenticated(code, detail) => (code, detail.clone()),
        Error::Forbidden(detail) => ("interdit", detail.clone()),
        Error::Owing(code, detail) => (code, detail.clone()),
        Error::NotFound => ("introuvable", phrase!("Introuvable.", "Not found.", "غير موجود.")),
        Error::MethodNotAllowed => (
            "methode_refusee",
            phrase!(
                "Cette adresse n’accepte pas cette méthode.",
                "This address does not accept this method.",
                "هذا العنوان لا يقبل هذه العملية."
            ),
        ),
        Error::Conflict(conflict) => (conflict.code, conflict.detail.clone()),
        Error::Gone(code, detail) => (code, detail.clone()),
        Error::Stale => (
            "version_depassee",
            phrase!(
                "Quelqu’un a modifié ceci entre-temps ; relisez-le puis recommencez.",
                "Someone changed this meanwhile; read it again and retry.",
                "غيّر شخص هذا في الأثناء؛ اقرأه من جديد ثم أعد المحاولة."
            ),
        ),
        Error::TooLarge(limit) => {
            let kib = limit / 1024;
            let (size, fr, en) = if kib < 1024 { (kib, "Kio", "KiB") } else { (kib / 1024, "Mio", "MiB") };
            (
                "trop_grand",
                phrase!(
                    "L’envoi dépasse {size} {fr}.",
                    "The body is larger than {size} {en}.",
                    "ما أرسلته أكبر من \u{2068}{size} {en}\u{2069}."
                ),
            )
        }
        Error::OutOfRange(bytes) => (
            "hors_limites",
            phrase!(
                "Cette partie n’existe pas : le fichier a {bytes} octets.",
                "There is no such part: the file has {bytes} bytes.",
                "هذا الجزء غير موجود: حجم الملف بالبايت {bytes}."
            ),
        ),
        Error::UnsupportedMedia(wanted) => (
            "format_refuse",
            phrase!(
                "Ce format n’est pas compris ; envoyez, sans compression, Content-Type: {wanted}.",
                "This format is not understood; send, uncompressed, Content-Type: {wanted}.",
                "هذه الصيغة غير مفهومة؛ أرسل، دون ضغط، \u{2068}Content-Type: {wanted}\u{2069}."
            ),
        ),
        Error::Invalid(fields) => {
            let names = fields.iter().map(|field| field.champ.as_str()).collect::<Vec<_>>().join(", ");
            (
                "invalide",
                phrase!("À corriger : {names}.", "To correct: {names}.", "للتصحيح: \u{2068}{names}\u{2069}."),
            )
        }
        Error::TooMany(_, detail) => ("trop_de_tentatives", detail.clone()),
        Error::Busy(code, detail) => (code, detail.clone()),
        Error::Internal(_) => (
            "erreur_interne",
            phrase!(
                "Une erreur est survenue chez nous ; rien n’a été enregistré. Donnez l’identifiant de la requête à votre administrateur.",
                "Something went wrong on our side; nothing was saved. Give the request id to your administrator.",
                "حدث خطأ عندنا ولم يُحفظ شيء. أعطِ رقم الطلب لمديرك."
            ),
        ),
    }
}

fn unreadable() -> Phrase {
    phrase!("Requête illisible.", "Unreadable request.", "طلب غير مقروء.")
}
