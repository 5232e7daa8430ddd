//! A file of the store as an HTTP reply: conditional, in part or whole, and never a page that could run.
//!
//! `private, no-store`: machines of a workshop are shared, and a browser's cache has no owner. The `ETag` still
//! spares whoever kept the bytes themselves, such as the web interface for work without a network.

use std::io::{Seek, SeekFrom};
use std::ops::RangeInclusive;

use axum::body::Body;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use super::folder::STRETCH;
use super::{Digest, Opened};
use crate::kernel::error::{Error, Result};

/// How a file is shown to who asks for it.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// What it is called when saved.
    pub name: &'a str,
    /// Of our own list.
    pub kind: &'static str,
    /// In the page instead of on the disk: only for kinds that hold no script.
    pub inline: bool,
}

/// The reply to who has the bytes of `digest` already, without looking at the file.
pub fn known_already(headers: &HeaderMap, digest: Digest) -> Option<Response> {
    let known = headers.get(header::IF_NONE_MATCH)?.to_str().ok()?;
    let same = |tag: &str| tag.trim().trim_start_matches("W/") == etag(digest);
    if known.trim() != "*" && !known.split(',').any(same) {
        return None;
    }
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    describe(response.headers_mut(), digest);
    Some(response)
}

impl Opened {
    /// The file, or the part of it that is asked for.
    ///
    /// # Errors
    /// 416 for a part that it does not have.
    pub fn serve(mut self, method: &Method, asked: &HeaderMap, shown: Shown<'_>) -> Result<Response> {
        let wanted = if method == Method::GET { self.part(asked)? } else { None };
        let (status, first, bytes) = match &wanted {
            Some(part) => (StatusCode::PARTIAL_CONTENT, *part.start(), part.end() - part.start() + 1),
            None => (StatusCode::OK, 0, self.bytes),
        };
        self.file.seek(SeekFrom::Start(first)).map_err(|cause| Error::Internal(cause.into()))?;
        let content = tokio::fs::File::from_std(self.file).take(bytes);
        let body = Body::from_stream(ReaderStream::with_capacity(content, STRETCH));
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        describe(headers, self.digest);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(shown.kind));
        headers.insert(header::CONTENT_LENGTH, bytes.into());
        put(headers, header::CONTENT_DISPOSITION, &disposition(shown));
        if let Some(part) = wanted {
            let (first, last, whole) = (part.start(), part.end(), self.bytes);
            put(headers, header::CONTENT_RANGE, &format!("bytes {first}-{last}/{whole}"));
        }
        Ok(response)
    }

    /// The part that is asked for, if it is one part of this very file.
    fn part(&self, asked: &HeaderMap) -> Result<Option<RangeInclusive<u64>>> {
        let text = |name| asked.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let Some(range) = text(header::RANGE) else { return Ok(None) };
        // A part of another version would spoil what they have.
        if asked.contains_key(header::IF_RANGE) && text(header::IF_RANGE) != Some(&etag(self.digest)) {
            return Ok(None);
        }
        part(range, self.bytes)
    }
}

/// Reads a `Range`. What is not one plain part of bytes is answered with the whole (RFC 9110, 14.2).
fn part(range: &str, bytes: u64) -> Result<Option<RangeInclusive<u64>>> {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|part| part.trim().split_once('-'))
    else {
        return Ok(None);
    };
    let number = |text: &str| match text {
        "" => Some(None),
        text if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            // Too large for a number is too large for any file.
            Some(Some(text.parse::<u64>().unwrap_or(u64::MAX)))
        }
        _ => None,
    };
    let part = match (number(first), number(last)) {
        (Some(Some(first)), Some(last)) => {
            let last = last.unwrap_or(u64::MAX);
            if last < first {
                return Ok(None);
            }
            first..=last.min(bytes.saturating_sub(1))
        }
        (Some(None), Some(Some(last))) if last > 0 => bytes.saturating_sub(last)..=bytes.saturating_sub(1),
        (Some(None), Some(Some(_))) => return Err(Error::OutOfRange(bytes)),
        _ => return Ok(None),
    };
    if *part.start() >= bytes { Err(Error::OutOfRange(bytes)) } else { Ok(Some(part)) }
}

fn describe(headers: &mut HeaderMap, digest: Digest) {
    put(headers, header::ETAG, &etag(digest));
    for (name, value) in [
        (header::ACCEPT_RANGES, "bytes"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn etag(digest: Digest) -> String {
    format!("\"{digest}\"")
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// `attachment; filename="Rele_ve_.pdf"; filename*=UTF-8''Relev%C3%A9.pdf`: the first for old programs.
fn disposition(shown: Shown<'_>) -> String {
    let how = if shown.inline { "inline" } else { "attachment" };
    let plain = |c: char| if c.is_ascii_alphanumeric() || " .-_()+,=".contains(c) { c } else { '_' };
    let ascii: String = shown.name.chars().map(plain).collect();
    let mut encoded = String::new();
    for byte in shown.name.bytes() {
        // `attr-char` of RFC 8187.
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{how}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::{Shown, disposition, part};

    #[test]
    fn one_part_is_served_and_anything_else_is_the_whole_or_refused() {
        let whole = |range: &str| matches!(part(range, 10), Ok(None));
        let refused = |range: &str| part(range, 10).is_err();

        assert_eq!(part("bytes=0-3", 10).unwrap(), Some(0..=3));
        assert_eq!(part("bytes=4-", 10).unwrap(), Some(4..=9));
        assert_eq!(part("bytes=-3", 10).unwrap(), Some(7..=9));
        assert_eq!(part("bytes=-99", 10).unwrap(), Some(0..=9));
        assert_eq!(part("bytes=8-99999999999999999999999", 10).unwrap(), Some(8..=9));
        for range in
            ["bytes=0-1,4-5", "bytes=3-1", "bytes=", "bytes=-", "lines=0-3", "bytes=a-b", "bytes=+1-2"]
        {
            assert!(whole(range), "{range}");
        }
        for range in ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert!(refused(range), "{range}");
        }
    }

    #[test]
    fn a_name_is_said_to_old_programs_and_to_new_ones() {
        let shown = Shown { name: "Relevé « 3 »;\"x\"\\.pdf", kind: "application/pdf", inline: false };

        assert_eq!(
            disposition(shown),
            "attachment; filename=\"Relev_ _ 3 ___x__.pdf\"; \
             filename*=UTF-8''Relev%C3%A9%20%C2%AB%203%20%C2%BB%3B%22x%22%5C.pdf"
        );
    }
}
