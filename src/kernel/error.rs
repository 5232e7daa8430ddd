//! Everything that can go wrong, and the one match to HTTP.
//!
//! An error says three things to three readers: a stable `code` to programs, a sentence to people, and a
//! cause to the log only. [`crate::kernel::problem`] renders it as `application/problem+json` (RFC 9457).

use std::fmt;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rusqlite::ErrorCode;
use rusqlite::ffi;
use serde::Serialize;
use serde_json::{Map, Value};

use super::phrase::{Language, Phrase};
use crate::phrase;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug)]
pub enum Error {
    /// 400: not even JSON, not even a query string.
    Unreadable(Phrase),
    /// 401: who are you? Carries the stable code of why not.
    Unauthenticated(&'static str, Phrase),
    /// 403: the caller sees it but may not do it.
    Forbidden(Phrase),
    /// 403: the caller may do it once they have done something else. Carries the stable code of what.
    Owing(&'static str, Phrase),
    /// 404: absent, or not the caller's to know.
    NotFound,
    /// 405.
    MethodNotAllowed,
    /// 409: the state of things forbids it.
    Conflict(Box<Conflict>),
    /// 410: it was there, and what is left of it cannot be given. Carries a stable code.
    Gone(&'static str, Phrase),
    /// 412: someone changed it since the caller read it.
    Stale,
    /// 413: a body larger than this many bytes.
    TooLarge(usize),
    /// 415: this content type is what is understood.
    UnsupportedMedia(&'static str),
    /// 416: a part beyond the end of what has this many bytes.
    OutOfRange(u64),
    /// 422: readable, but wrong; one entry per wrong field.
    Invalid(Vec<Invalid>),
    /// 429.
    TooMany(Duration, Phrase),
    /// 503: cannot serve this now, can soon.
    Busy(&'static str, Phrase),
    /// 500: our fault; the cause goes to the log.
    Internal(anyhow::Error),
}

/// What stands in the way of a change: a stable code, a sentence, and facts that help to go round it.
#[derive(Debug)]
pub struct Conflict {
    pub code: &'static str,
    pub detail: Phrase,
    /// Further members of the problem document, such as `conflits` or `transitions`.
    pub facts: Map<String, Value>,
}

/// One wrong field of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Invalid {
    /// The path of the field in the body or the query, such as `competences[0].niveau`.
    pub champ: String,
    pub code: &'static str,
    pub message: Phrase,
}

impl Error {
    pub fn conflict(code: &'static str, detail: Phrase) -> Self {
        Self::Conflict(Box::new(Conflict { code, detail, facts: Map::new() }))
    }

    /// Adds a member to the problem document of a conflict; other errors stay as they are.
    pub fn with(mut self, member: &str, fact: impl Serialize) -> Self {
        if let Self::Conflict(conflict) = &mut self {
            let fact = serde_json::to_value(fact).unwrap_or(Value::Null);
            conflict.facts.insert(member.to_owned(), fact);
        }
        self
    }

    /// One wrong field.
    pub fn invalid(champ: impl Into<String>, code: &'static str, message: Phrase) -> Self {
        Self::Invalid(vec![Invalid { champ: champ.into(), code, message }])
    }

    /// A reference to something that does not exist or that the caller may not see: the two look the same.
    pub fn unknown_reference(champ: impl Into<String>) -> Self {
        Self::invalid(champ, "introuvable", phrase!("n’existe pas", "does not exist", "غير موجود"))
    }

    /// 409: other rows refer to it.
    fn in_use() -> Self {
        Self::conflict(
            "utilise",
            phrase!(
                "D’autres données en dépendent.",
                "Other data depends on it.",
                "بيانات أخرى تعتمد على هذا."
            ),
        )
    }

    /// 401 for a request without a valid access token.
    pub fn unauthenticated() -> Self {
        Self::Unauthenticated(
            "non_authentifie",
            phrase!("Connectez-vous pour continuer.", "Sign in to go on.", "سجّل الدخول للمتابعة."),
        )
    }

    /// 503 when a queue is full: the same request will pass a little later.
    pub fn overloaded() -> Self {
        Self::Busy(
            "surcharge",
            phrase!(
                "Le serveur est très occupé ; réessayez dans un instant.",
                "The server is very busy; try again shortly.",
                "الخادم مشغول جدًا؛ أعد المحاولة بعد لحظة."
            ),
        )
    }

    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::Unauthenticated(..) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) | Self::Owing(..) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Gone(..) => StatusCode::GONE,
            Self::Stale => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMedia(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::OutOfRange(_) => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany(..) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy(..) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl fmt::Display for Error {
    /// For logs and the command line: the cause where there is one, else the sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internal(cause) => write!(f, "{cause:#}"),
            other => f.write_str(super::problem::sentence(other).text(Language::English)),
        }
    }
}

impl IntoResponse for Error {
    /// Only the status: the outer layer writes the body, for it knows the language and the request's id.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(std::sync::Arc::new(self));
        response
    }
}

impl From<anyhow::Error> for Error {
    fn from(cause: anyhow::Error) -> Self {
        Self::Internal(cause)
    }
}

impl From<serde_json::Error> for Error {
    fn from(cause: serde_json::Error) -> Self {
        Self::Internal(cause.into())
    }
}

impl From<rusqlite::Error> for Error {
    /// The schema's own refusals become the answers they deserve; anything else is a fault of ours.
    fn from(cause: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, message) = &cause else {
            return match cause {
                rusqlite::Error::QueryReturnedNoRows => Self::NotFound,
                other => Self::Internal(other.into()),
            };
        };
        match (failure.code, failure.extended_code) {
            (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
                let column = message.as_deref().and_then(|text| text.rsplit('.').next()).unwrap_or("");
                let champ = column.strip_suffix("_key").unwrap_or(column).to_owned();
                Self::conflict(
                    "doublon",
                    phrase!(
                        "Cette valeur de « {champ} » existe déjà.",
                        "This value of \"{champ}\" already exists.",
                        "هذه القيمة للحقل «\u{2068}{champ}\u{2069}» موجودة من قبل."
                    ),
                )
                .with("champ", champ)
            }
            (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => Self::in_use(),
            (_, ffi::SQLITE_CONSTRAINT_TRIGGER) => match message.as_deref() {
                // `on delete restrict` is reported as a trigger.
                Some(text) if text.starts_with("FOREIGN KEY") => Self::in_use(),
                text => {
                    let rule = text.unwrap_or("?").to_owned();
                    Self::conflict(
                        "regle",
                        phrase!(
                            "La base de données refuse ({rule}).",
                            "The database refuses ({rule}).",
                            "قاعدة البيانات ترفض (\u{2068}{rule}\u{2069})."
                        ),
                    )
                    .with("regle", rule)
                }
            },
            (ErrorCode::OperationInterrupted, _) => Self::Busy(
                "trop_long",
                phrase!(
                    "La recherche dure trop longtemps ; précisez-la.",
                    "This query takes too long; narrow it.",
                    "يستغرق هذا وقتًا طويلًا؛ حدّد بحثك أكثر."
                ),
            ),
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Self::overloaded(),
            (ErrorCode::DiskFull, _) => Self::Busy(
                "disque_plein",
                phrase!(
                    "Le disque du serveur est plein ; rien n’a été enregistré.",
                    "The server's disk is full; nothing was saved.",
                    "قرص الخادم ممتلئ؛ لم يُحفظ شيء."
                ),
            ),
            _ => Self::Internal(cause.into()),
        }
    }
}
