//! The files embedded in the executable: the web interface and the API documentation.
//!
//! Nothing here asks another host for anything; each page's Content-Security-Policy holds it to that.

use std::borrow::Cow;
use std::io::Write;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Path,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri,
        header::{
            ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
            ETAG, IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use flate2::{Compression, write::GzEncoder};
use rust_embed::Embed;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::kernel::error::{Error, Result};
use crate::unpacked::unpacked;

/// The web interface, built from `assets/interface` by `build.rs`.
#[derive(Embed)]
#[folder = "assets/interface/dist"]
#[exclude = ".stamp"]
struct Interface;

/// Swagger UI, Redoc and their pages, built from `assets/apidocs` by `build.rs`.
#[derive(Embed)]
#[folder = "assets/apidocs/dist"]
#[exclude = ".stamp"]
struct ApiDocs;

/// Suffix of a file that is embedded as Brotli.
const BROTLI: &str = ".br";

/// A Content-Security-Policy that permits only what is named.
macro_rules! only {
    ($($allowed:literal)*) => {
        concat!("default-src 'none'; ", $($allowed, "; ",)*
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
    };
}

/// Swagger UI styles inline, draws its icons from data URIs and shows a picture in an answer from a blob.
const DOCS_CSP: &str = only!("script-src 'self'" "style-src 'self' 'unsafe-inline'"
    "img-src 'self' data: blob:" "connect-src 'self'");
/// Redoc styles inline, draws its icons from data URIs and searches in a worker made from a blob.
const REDOC_CSP: &str = only!("script-src 'self'" "style-src 'self' 'unsafe-inline'"
    "img-src 'self' data:" "connect-src 'self'" "worker-src 'self' blob:");
/// The components of the interface style inline: their sizes and colours are computed. Pictures just taken are
/// shown from blobs.
const INTERFACE_CSP: &str = only!("script-src 'self'" "style-src 'self' 'unsafe-inline'"
    "img-src 'self' data: blob:" "media-src 'self' blob:" "font-src 'self'" "connect-src 'self'"
    "manifest-src 'self'" "worker-src 'self'");
/// For what a page loads, in case somebody opens it by itself.
const FILE_CSP: &str = only!();

/// A page is asked for again each time (and mostly answered 304), so that it is never older than the server.
const PAGE_CACHE: &str = "no-cache";
const FILE_CACHE: &str = "public, max-age=3600";
/// For a file whose name changes with its content.
const HASHED_CACHE: &str = "public, max-age=31536000, immutable";

/// The interface and the documentation pages (`/docs`, `/redoc`). `/setup` is the interface's page for the first
/// administrator.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/", get(interface))
        .route("/sw.js", get(|headers: HeaderMap| page::<Interface>("sw.js", INTERFACE_CSP, headers)))
        .route("/icon.svg", get(|headers: HeaderMap| page::<Interface>("icon.svg", FILE_CSP, headers)))
        .route(
            "/manifest.webmanifest",
            get(|headers: HeaderMap| page::<Interface>("manifest.webmanifest", FILE_CSP, headers)),
        )
        .route("/assets/{*file}", get(hashed))
        .route("/setup", get(interface))
        .route("/docs", get(|headers: HeaderMap| page::<ApiDocs>("docs.html", DOCS_CSP, headers)))
        .route("/redoc", get(|headers: HeaderMap| page::<ApiDocs>("redoc.html", REDOC_CSP, headers)))
        .route("/docs/assets/{*file}", get(file::<ApiDocs>))
}

/// The interface's one document, which shows the page that the address asks for.
async fn interface(headers: HeaderMap) -> Response {
    page::<Interface>("index.html", INTERFACE_CSP, headers).await
}

/// What no route answers: for a browser that opens a page of the interface, the interface; else nothing.
pub async fn page_or_nothing(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method == Method::GET && is_page(uri.path()) && elements(&headers, ACCEPT).any(is_html) {
        return interface(headers).await;
    }
    StatusCode::NOT_FOUND.into_response()
}

fn is_html(accepted: &str) -> bool {
    accepted.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/html"))
}

/// Whether the interface may have a page of this address, such as `/interventions/12`: plain words and numbers
/// only, and never what belongs to the API.
fn is_page(path: &str) -> bool {
    let mut segments = path.trim_start_matches('/').split('/');
    let plain = |segment: &str| {
        !segment.is_empty()
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    segments.clone().all(plain) && !segments.next().is_some_and(|first| ["api", "assets"].contains(&first))
}

async fn hashed(Path(name): Path<String>, headers: HeaderMap) -> Response {
    serve::<Interface>(&format!("assets/{name}"), FILE_CSP, HASHED_CACHE, &headers).await
}

async fn page<E: Embed>(name: &'static str, csp: &'static str, headers: HeaderMap) -> Response {
    serve::<E>(name, csp, PAGE_CACHE, &headers).await
}

async fn file<E: Embed>(Path(name): Path<String>, headers: HeaderMap) -> Response {
    serve::<E>(&name, FILE_CSP, FILE_CACHE, &headers).await
}

/// Answers with an embedded file. Names are looked up in a fixed list, so no path leads out of it.
async fn serve<E: Embed>(name: &str, csp: &'static str, cache: &'static str, asked: &HeaderMap) -> Response {
    let Some(Found { bytes, hash, is_brotli }) = find::<E>(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let packed = is_brotli && accepts(asked, "br");
    let mut content_type = mime_guess::from_path(name).first_or_octet_stream().to_string();
    if content_type.starts_with("text/") {
        content_type += "; charset=utf-8";
    }
    let etag = format!("\"{}{}\"", BASE64_URL_SAFE_NO_PAD.encode(hash), if packed { "-br" } else { "" });

    let always = [
        (CACHE_CONTROL, cache),
        (CONTENT_SECURITY_POLICY, csp),
        (REFERRER_POLICY, "no-referrer"), // the address of the set-up page holds a secret
        (VARY, "accept-encoding"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    if is_current(asked, &etag) {
        return (StatusCode::NOT_MODIFIED, always, [(ETAG, etag)]).into_response();
    }
    let body = match bytes {
        bytes if is_brotli && !packed => match unpacked(hash, bytes).await {
            Ok(plain) => Body::from(plain),
            Err(refused) => return refused.into_response(),
        },
        bytes => Body::from(bytes),
    };
    let mut response = (always, [(ETAG, etag), (CONTENT_TYPE, content_type)], body).into_response();
    if packed {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

/// A document made once for all who ask: packing it for each would let anybody keep every core busy.
pub struct Made {
    plain: Bytes,
    gzip: Bytes,
    etag: String,
}

impl Made {
    /// # Errors
    /// It cannot be written, for want of memory alone.
    pub fn json(document: &impl Serialize) -> Result<Self> {
        let failed = |cause: std::io::Error| Error::Internal(cause.into());
        let plain = serde_json::to_vec(document).map_err(|cause| Error::Internal(cause.into()))?;
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&plain).map_err(failed)?;
        let gzip = packed.finish().map_err(failed)?;
        let etag = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&plain));
        Ok(Self { plain: plain.into(), gzip: gzip.into(), etag })
    }

    /// Answers with it, packed for whoever takes that.
    pub fn answer(&self, asked: &HeaderMap) -> Response {
        let packed = accepts(asked, "gzip");
        let etag = format!("\"{}{}\"", self.etag, if packed { "-gz" } else { "" });
        let always =
            [(CACHE_CONTROL, PAGE_CACHE), (VARY, "accept-encoding"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
        if is_current(asked, &etag) {
            return (StatusCode::NOT_MODIFIED, always, [(ETAG, etag)]).into_response();
        }
        let body = if packed { self.gzip.clone() } else { self.plain.clone() };
        let mut response =
            (always, [(ETAG, etag), (CONTENT_TYPE, "application/json".to_owned())], body).into_response();
        if packed {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// An embedded file.
struct Found {
    bytes: Cow<'static, [u8]>,
    /// Of the bytes as they are embedded.
    hash: [u8; 32],
    is_brotli: bool,
}

/// A file by its name. What is packed goes by its own name only.
fn find<E: Embed>(name: &str) -> Option<Found> {
    if name.ends_with(BROTLI) {
        return None;
    }
    let packed = E::get(&format!("{name}{BROTLI}"));
    let is_brotli = packed.is_some();
    let file = packed.or_else(|| E::get(name))?;
    Some(Found { bytes: file.data, hash: file.metadata.sha256_hash(), is_brotli })
}

/// The elements of a header that is a comma-separated list, over all its lines.
fn elements(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
}

/// Whether the client named that coding and did not weigh it zero.
fn accepts(headers: &HeaderMap, wanted: &str) -> bool {
    elements(headers, ACCEPT_ENCODING).any(|element| {
        let (coding, weight) = element.split_once(';').unwrap_or((element, "q=1"));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        coding.trim().eq_ignore_ascii_case(wanted) && !refused
    })
}

/// Whether the client already holds this version. If-None-Match compares weakly: a proxy that compresses
/// may have weakened our tag.
fn is_current(headers: &HeaderMap, etag: &str) -> bool {
    elements(headers, IF_NONE_MATCH).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    async fn ask(path: &str, headers: &[(HeaderName, &str)]) -> Response {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn size(response: Response) -> usize {
        response.into_body().collect().await.unwrap().to_bytes().len()
    }

    #[tokio::test]
    async fn every_page_is_html_under_a_policy_of_its_own() {
        for (path, csp) in
            [("/", INTERFACE_CSP), ("/setup", INTERFACE_CSP), ("/docs", DOCS_CSP), ("/redoc", REDOC_CSP)]
        {
            let page = ask(path, &[]).await;
            assert_eq!(page.status(), StatusCode::OK, "{path}");
            assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
            assert_eq!(page.headers()[CONTENT_SECURITY_POLICY], csp, "{path}");
            assert_eq!(page.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        }
    }

    #[test]
    fn no_page_permits_a_script_of_another_host_or_in_a_page() {
        for csp in [INTERFACE_CSP, DOCS_CSP, REDOC_CSP] {
            assert!(csp.contains("script-src 'self';") && !csp.contains("unsafe-eval"), "{csp}");
        }
        assert_eq!(
            FILE_CSP,
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
    }

    /// A page's markup cannot promise anything its policy forbids, nor lead to a file that is not there.
    #[tokio::test]
    #[cfg_attr(ui_placeholder, ignore = "nothing was built")]
    async fn what_the_pages_load_is_embedded() {
        for path in ["/", "/setup", "/docs", "/redoc"] {
            let page = ask(path, &[]).await.into_body().collect().await.unwrap().to_bytes();
            let page = str::from_utf8(&page).unwrap();
            assert!(!page.contains("://") && !page.contains("style=") && !page.contains("<style"), "{path}");
            let tags = |name| page.split(name).skip(1).map(|after| after.split_once('>').unwrap().0);
            assert!(tags("<script").all(|script| script.contains(" src=\"/")), "{path}");
            let loaded: Vec<_> = ["<script", "<link", "<img"]
                .into_iter()
                .flat_map(tags)
                .filter_map(|tag| tag.split_once(" src=\"").or_else(|| tag.split_once(" href=\"")))
                .map(|(_, after)| after.split_once('"').unwrap().0)
                .collect();
            assert!(!loaded.is_empty());
            for file in loaded {
                assert_eq!(ask(file, &[]).await.status(), StatusCode::OK, "{file} of {path}");
            }
        }
    }

    #[tokio::test]
    #[cfg_attr(ui_placeholder, ignore = "the documentation was not built")]
    async fn brotli_goes_to_whom_accepts_it() {
        const BUNDLE: &str = "/docs/assets/swagger-ui-bundle.js";
        let plain = ask(BUNDLE, &[(ACCEPT_ENCODING, "gzip, deflate, br;q=0.0")]).await;
        let brotli = ask(BUNDLE, &[(ACCEPT_ENCODING, "gzip, deflate, br;q=0.8, zstd")]).await;
        assert!(!plain.headers().contains_key(CONTENT_ENCODING));
        assert_eq!(brotli.headers()[CONTENT_ENCODING], "br");
        for answer in [&plain, &brotli] {
            assert_eq!(answer.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
            assert_eq!(answer.headers()[VARY], "accept-encoding");
        }
        assert_ne!(plain.headers()[ETAG], brotli.headers()[ETAG]);
        assert!(size(brotli).await * 3 < size(plain).await);
    }

    #[tokio::test]
    #[cfg_attr(ui_placeholder, ignore = "the documentation was not built")]
    async fn redoc_draws_no_logo_from_elsewhere() {
        let bundle = ask("/docs/assets/redoc.standalone.js", &[]).await.into_body().collect().await;
        assert!(!str::from_utf8(&bundle.unwrap().to_bytes()).unwrap().contains("cdn.redoc.ly"));
    }

    #[tokio::test]
    #[cfg_attr(ui_placeholder, ignore = "the interface was not built")]
    async fn what_never_changes_under_its_name_is_kept_for_ever() {
        let script =
            Interface::iter().find(|file| file.ends_with(".js.br") && file.starts_with("assets/")).unwrap();
        let script = script.trim_end_matches(BROTLI);
        let kept = ask(&format!("/{script}"), &[(ACCEPT_ENCODING, "br")]).await;
        assert_eq!(kept.status(), StatusCode::OK);
        assert_eq!(kept.headers()[CACHE_CONTROL], HASHED_CACHE);
        for path in ["/", "/sw.js", "/manifest.webmanifest"] {
            assert_eq!(ask(path, &[]).await.headers()[CACHE_CONTROL], PAGE_CACHE, "{path}");
        }
    }

    #[tokio::test]
    async fn a_browser_that_opens_a_page_of_the_interface_gets_it() {
        let open = async |method: Method, path: &str, accept: &'static str| {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            page_or_nothing(method, path.parse().unwrap(), headers).await.status()
        };
        const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

        for path in ["/interventions", "/interventions/12", "/planning/3/modifier"] {
            assert_eq!(open(Method::GET, path, BROWSER).await, StatusCode::OK, "{path}");
            assert_eq!(open(Method::GET, path, "*/*").await, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(open(Method::POST, path, BROWSER).await, StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["/api/v1/nothing", "/assets/nothing", "/a.js", "/.git/config", "/a//b", "/%2e%2e/etc"] {
            assert_eq!(open(Method::GET, path, BROWSER).await, StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    #[cfg_attr(ui_placeholder, ignore = "the documentation was not built")]
    async fn a_known_version_is_not_sent_again() {
        let first = ask("/docs/assets/swagger-ui.css", &[]).await;
        let etag = first.headers()[ETAG].to_str().unwrap();
        assert!(etag.starts_with('"') && etag.ends_with('"'));
        for known in [etag.to_owned(), format!("\"other\", W/{etag}"), "*".to_owned()] {
            let again = ask("/docs/assets/swagger-ui.css", &[(IF_NONE_MATCH, &known)]).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(again.headers()[ETAG], etag);
            assert_eq!(again.headers()[CACHE_CONTROL], FILE_CACHE);
            assert_eq!(size(again).await, 0);
        }
        assert_eq!(
            ask("/docs/assets/swagger-ui.css", &[(IF_NONE_MATCH, "\"other\"")]).await.status(),
            StatusCode::OK
        );
    }

    #[tokio::test]
    async fn anything_else_is_not_found() {
        for path in [
            "/docs/assets/nothing.js",
            "/docs/assets/.stamp",
            "/docs/assets/swagger-ui.css.br",
            "/docs/assets/../package.json",
            "/docs/assets/..%2Fpackage.json",
            "/docs/assets/%2e%2e/package.json",
            "/docs/assets//etc/passwd",
            "/docs/assets/..%5Cpackage.json",
            "/docs/assets/../../Cargo.toml",
            "/docs/assets/%2Fetc%2Fpasswd",
        ] {
            let answer = ask(path, &[]).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
            assert_eq!(size(answer).await, 0, "{path}");
        }
    }
}
