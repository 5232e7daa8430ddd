//! Reading requests: bodies, path ids, versions. Whatever is wrong is said field by field.

use std::borrow::Cow;
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use garde::Validate;
use garde::i18n::{I18n, InvalidCreditCard, InvalidEmail, InvalidPhoneNumber, InvalidUrl, IpKind, with_i18n};
use http_body_util::{BodyExt, Limited};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::clock::at_the_door;
use super::context::RequestContext;
use super::error::{Error, Invalid, Result};
use super::phrase::Phrase;
use super::refusal;
use super::words::tidied;
use crate::phrase;

/// Bytes that a JSON body may have.
pub const BODY_LIMIT: usize = 256 * 1024;

/// Bytes that a form may have: sign-in is all that comes as one.
pub const FORM_LIMIT: usize = 16 * 1024;

/// A body that has not arrived after this long never will.
pub const BODY_DEADLINE: Duration = Duration::from_secs(15);

/// The same for a whole table: 32 MiB from an office with 6 Mbit/s upstream.
pub const LARGE_BODY_DEADLINE: Duration = Duration::from_secs(45);

/// A JSON body that has been read and validated.
pub struct Valid<T>(pub T);

impl<S, T> FromRequest<S> for Valid<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        parse(&read_json(request).await?).map(Self)
    }
}

impl<S, T> OptionalFromRequest<S> for Valid<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = Error;

    /// A request without a content type has no body; one that says `null` has none to speak of.
    async fn from_request(request: Request, _: &S) -> Result<Option<Self>> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(None);
        }
        let body = read_json(request).await?;
        if body.trim_ascii() == b"null" { Ok(None) } else { parse(&body).map(|value| Some(Self(value))) }
    }
}

/// A form (`application/x-www-form-urlencoded`), as OAuth2 clients send it.
pub struct Form<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        require_type(request.headers(), "application/x-www-form-urlencoded")?;
        let body = read_body(request, FORM_LIMIT).await?;
        serde_path_to_error::deserialize(serde_html_form::Deserializer::from_bytes(&body))
            .map(Self)
            .map_err(|error| refusal::of_field(&error.path().to_string(), &error.inner().to_string()))
    }
}

async fn read_json(request: Request) -> Result<Bytes> {
    // What is not sent has no type either, and is not to be told about one.
    if request.body().is_end_stream() {
        return Err(no_body());
    }
    require_type(request.headers(), "application/json")?;
    let body = read_body(request, BODY_LIMIT).await?;
    if body.is_empty() { Err(no_body()) } else { Ok(body) }
}

fn no_body() -> Error {
    Error::Unreadable(phrase!(
        "La requête n’a pas de corps ; un objet JSON est attendu.",
        "The request has no body; a JSON object is expected."
    ))
}

pub(super) fn require_type(headers: &HeaderMap, wanted: &'static str) -> Result<()> {
    // Compressed bodies are not read: a small one may hide a huge one.
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Err(Error::UnsupportedMedia(wanted));
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = kind.split(';').next().unwrap_or("").trim();
    if essence.eq_ignore_ascii_case(wanted) { Ok(()) } else { Err(Error::UnsupportedMedia(wanted)) }
}

/// Reads and validates JSON, be it a request body or the members that a row of an import makes up. Every text in it is
/// tidied before anybody sees it (see [`words`](super::words)): no field does so by itself, and none can forget to.
///
/// # Errors
/// 400 for what is no JSON, 422 for what is wrong in it.
pub fn parse<T: DeserializeOwned + Validate<Context = ()>>(json: &[u8]) -> Result<T> {
    // serde would take an array for a struct, field by field in order.
    if json.trim_ascii_start().first() == Some(&b'[') {
        return Err(Error::invalid(
            "corps",
            "valeur_invalide",
            phrase!("un objet JSON est attendu", "a JSON object is expected"),
        ));
    }
    let tidy = tidied(json);
    let mut reader = serde_json::Deserializer::from_slice(&tidy);
    let value: T = at_the_door(|| serde_path_to_error::deserialize(&mut reader)).map_err(|error| {
        let champ = error.path().to_string();
        // Where a body is broken is told of what was sent.
        let sent = serde_json::from_slice::<IgnoredAny>(json).err().filter(|_| !error.inner().is_data());
        match (sent, error.inner()) {
            (Some(broken), _) => refusal::of_json(&champ, &broken),
            // `null` or a number where a word of a list is expected is read as broken JSON, which it is not.
            (None, inner) if inner.is_syntax() => refusal::of_field(&champ, &inner.to_string()),
            (None, inner) => refusal::of_json(&champ, inner),
        }
    })?;
    reader.end().map_err(|error| refusal::of_json("", &error))?;
    validate(&value)?;
    Ok(value)
}

/// Applies the rules that a type declares about itself.
pub fn validate(value: &impl Validate<Context = ()>) -> Result<()> {
    with_i18n(Sentences, || value.validate()).map_err(|report| {
        Error::Invalid(
            // A field that is also a word of Rust is `r#type` to garde, and `type` to everybody else.
            report
                .iter()
                .map(|(path, error)| from_rule(path.to_string().replace("r#", ""), error.message()))
                .collect(),
        )
    })
}

/// Reads a whole body, or says that it is too large, too slow or broken. A guard has let its sender in before.
pub async fn read_body(request: Request, limit: usize) -> Result<Bytes> {
    read_within(request, limit, BODY_DEADLINE).await
}

/// The same for a whole table, which takes its time to arrive.
pub async fn read_large(request: Request, limit: usize) -> Result<Bytes> {
    read_within(request, limit, LARGE_BODY_DEADLINE).await
}

async fn read_within(request: Request, limit: usize, time: Duration) -> Result<Bytes> {
    let context = request.extensions().get::<Arc<RequestContext>>().cloned();
    let body = whole(request.into_body(), limit, time).await?;
    if let Some(context) = context {
        context.note_body(&body);
    }
    Ok(body)
}

async fn whole(body: Body, limit: usize, time: Duration) -> Result<Bytes> {
    // What announces that it is too large need not be waited for.
    if body.size_hint().lower() > limit as u64 {
        return Err(Error::TooLarge(limit));
    }
    let read = tokio::time::timeout(time, Limited::new(body, limit).collect()).await;
    match read {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(Error::TooLarge(limit)),
        Ok(Err(_)) => Err(Error::Unreadable(phrase!("L’envoi s’est interrompu.", "The body was cut short."))),
        Err(_) => Err(Error::Unreadable(phrase!("L’envoi a pris trop de temps.", "The body took too long."))),
    }
}

/// The `{id}` of a path. What is not an id is not there either: 404.
pub struct Id<T>(pub T);

impl<S, T> FromRequestParts<S> for Id<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Path(id) = Path::<T>::from_request_parts(parts, state).await.map_err(|_| Error::NotFound)?;
        Ok(Self(id))
    }
}

/// The versions that the caller is ready to change, from `If-Match`; any, when it does not say.
#[derive(Clone, Debug, Default)]
pub struct IfMatch(Option<Vec<i64>>);

impl IfMatch {
    /// Of a caller that read this version itself.
    pub fn exactly(version: i64) -> Self {
        Self(Some(vec![version]))
    }

    /// Refuses a change based on an older version (412).
    pub fn check(&self, current: i64) -> Result<()> {
        match &self.0 {
            Some(expected) if !expected.contains(&current) => Err(Error::Stale),
            _ => Ok(()),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let values = parts.headers.get_all(header::IF_MATCH).iter();
        let tags: Vec<&str> =
            values.flat_map(|value| value.to_str().unwrap_or("").split(',')).map(str::trim).collect();
        if tags.is_empty() || tags.contains(&"*") {
            return Ok(Self(None));
        }
        // A tag that is not one of ours matches no version: RFC 9110 makes that 412, not 400. A proxy that
        // compresses marks our tags as weak; they still name the version, and so do those of what was read, which tell
        // of all that was shown: what hangs on it does not make a change one of another version.
        let version = |tag: &&str| {
            let tag = tag.trim_start_matches("W/").trim_matches('"');
            tag.split_once('-').map_or(tag, |(version, _)| version).parse().ok()
        };
        Ok(Self(Some(tags.iter().filter_map(version).collect())))
    }
}

/// For a field that may be absent (leave as it is), null (empty it) or given:
/// `#[serde(default, deserialize_with = "present")] x: Option<Option<T>>`.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// For a field that may be absent (leave as it is) but not null:
/// `#[serde(default, deserialize_with = "given")] x: Option<T>`.
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Puts the caller's new value, if any, in place of the old one.
pub fn replace<T>(field: &mut T, given: Option<T>) {
    if let Some(value) = given {
        *field = value;
    }
}

/// A garde rule: text that is more than spaces.
pub fn not_blank(text: &str, _: &()) -> garde::Result {
    if text.trim().is_empty() {
        return Err(garde::Error::new(Sentences.required_not_set()));
    }
    // SQLite takes it for the end of the text, and would find it too short.
    if text.contains('\0') {
        return Err(garde::Error::new(wrong_format()));
    }
    Ok(())
}

/// A garde rule: a list of at most `N`.
pub fn at_most<const N: usize, T>(list: &[T], _: &()) -> garde::Result {
    if list.len() <= N {
        return Ok(());
    }
    Err(rule("trop_long", format_args!("au plus {N} éléments"), format_args!("at most {N} items")))
}

/// garde carries one text per failed rule: ours carries the code and both languages, separated.
const SEPARATOR: char = '\u{1f}';

fn from_rule(champ: String, text: &str) -> Invalid {
    let mut parts = text.split(SEPARATOR);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(code), Some(fr), Some(en)) => {
            let code = CODES.iter().copied().find(|known| *known == code).unwrap_or("valeur_invalide");
            Invalid { champ, code, message: Phrase::new(fr.to_owned(), en.to_owned()) }
        }
        _ => {
            Invalid { champ, code: "valeur_invalide", message: Phrase::new(text.to_owned(), text.to_owned()) }
        }
    }
}

/// A refusal for a custom garde rule, in both languages.
pub fn rule(code: &str, fr: impl Display, en: impl Display) -> garde::Error {
    garde::Error::new(sentence(code, fr, en))
}

fn sentence(code: &str, fr: impl Display, en: impl Display) -> Cow<'static, str> {
    format!("{code}{SEPARATOR}{fr}{SEPARATOR}{en}").into()
}

const CODES: &[&str] =
    &["trop_court", "trop_long", "trop_petit", "trop_grand", "format", "champ_requis", "valeur_invalide"];

struct Sentences;

impl I18n for Sentences {
    fn length_lower_than(&self, min: usize) -> Cow<'static, str> {
        sentence(
            "trop_court",
            format_args!("au moins {min} caractères"),
            format_args!("at least {min} characters"),
        )
    }
    fn length_greater_than(&self, max: usize) -> Cow<'static, str> {
        sentence(
            "trop_long",
            format_args!("au plus {max} caractères"),
            format_args!("at most {max} characters"),
        )
    }
    fn range_lower_than(&self, min: &dyn Display) -> Cow<'static, str> {
        sentence("trop_petit", format_args!("au moins {min}"), format_args!("at least {min}"))
    }
    fn range_greater_than(&self, max: &dyn Display) -> Cow<'static, str> {
        sentence("trop_grand", format_args!("au plus {max}"), format_args!("at most {max}"))
    }
    fn credit_card_invalid(&self, _: InvalidCreditCard) -> Cow<'static, str> {
        wrong_format()
    }
    fn pattern_no_match(&self, _: &dyn Display) -> Cow<'static, str> {
        wrong_format()
    }
    fn contains_missing(&self, _: &dyn Display) -> Cow<'static, str> {
        wrong_format()
    }
    fn url_invalid(&self, _: InvalidUrl) -> Cow<'static, str> {
        wrong_format()
    }
    fn prefix_missing(&self, _: &dyn Display) -> Cow<'static, str> {
        wrong_format()
    }
    fn suffix_missing(&self, _: &dyn Display) -> Cow<'static, str> {
        wrong_format()
    }
    fn phone_number_invalid(&self, _: InvalidPhoneNumber) -> Cow<'static, str> {
        wrong_format()
    }
    fn ip_invalid(&self, _: IpKind) -> Cow<'static, str> {
        wrong_format()
    }
    fn matches_field_mismatch(&self, _: &dyn Display) -> Cow<'static, str> {
        wrong_format()
    }
    fn email_invalid(&self, _: InvalidEmail) -> Cow<'static, str> {
        sentence("format", "adresse e-mail invalide", "invalid e-mail address")
    }
    fn ascii_invalid(&self) -> Cow<'static, str> {
        wrong_format()
    }
    fn alphanumeric_invalid(&self) -> Cow<'static, str> {
        wrong_format()
    }
    fn required_not_set(&self) -> Cow<'static, str> {
        sentence("champ_requis", "est requis", "is required")
    }
}

fn wrong_format() -> Cow<'static, str> {
    sentence("format", "format refusé", "wrong format")
}
