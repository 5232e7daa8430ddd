//! THE list of routes, and the OpenAPI document that comes with it.
//!
//! A handler's path, parameters, bodies and replies are declared beside it; what is the same everywhere (the
//! problem replies, who may call) is added to the document here, once.

use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::header::ACCEPT_RANGES;
use axum::http::{Extensions, HeaderMap, StatusCode, Uri, Version};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::OnceCell;
use tower::{ServiceBuilder, util::MapRequestLayer};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::timeout::TimeoutLayer;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;

use crate::assets::Made;
use crate::kernel::app::App;
use crate::kernel::error::{Error, Result};
use crate::{
    assets, audit, autorite, calendrier, clients, codes, compteurs, demandes, depart, documents, echanges,
    equipements, etat, filters, gammes, interventions, kernel, notifications, openapi, pieces, planning,
    sauvegardes, signatures, taches, techniciens, temps, users,
};

/// A request is answered within this time, or given up; but for [`documents::uploads`] and [`echanges::tables`].
pub const DEADLINE: Duration = Duration::from_secs(30);

/// The same for whole tables that come in and go out: longer than a body, a wait for the writer and what an import or a
/// long read may take, one after the other, so that what became of it is told.
pub const LONG_DEADLINE: Duration = Duration::from_secs(210);

/// Replies below this many bytes gain nothing from compression.
const WORTH_COMPRESSING: u64 = 1024;

/// Every route of the API, and the paths among them that end with a slash. It follows from the source alone, so it is
/// made once.
static API: LazyLock<(Router<App>, HashSet<String>)> = LazyLock::new(|| {
    let (routes, described) = every_route().split_for_parts();
    (routes, described.paths.paths.into_keys().filter(|path| path.ends_with('/')).collect())
});

fn every_route() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::base())
        .merge(kernel::health::router())
        .merge(audit::router())
        .merge(calendrier::router())
        .merge(clients::router())
        .merge(codes::router())
        .merge(compteurs::router())
        .merge(demandes::router())
        .merge(depart::router())
        .merge(documents::router())
        .merge(echanges::router())
        .merge(equipements::router())
        .merge(etat::router())
        .merge(filters::router())
        .merge(gammes::router())
        .merge(interventions::router())
        .merge(pieces::router())
        .merge(planning::router())
        .merge(sauvegardes::router())
        .merge(signatures::router())
        .merge(taches::router())
        .merge(notifications::router())
        .merge(techniciens::router())
        .merge(temps::router())
        .merge(users::router())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, DEADLINE))
        .merge(
            echanges::tables()
                .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONG_DEADLINE)),
        )
        // A phone at the far end of the workshop sends at its own pace, which the kernel watches.
        .merge(documents::uploads())
}

/// The OpenAPI document of [`router`], made anew: whoever needs it once need not keep its many thousand parts.
pub fn document() -> Document {
    openapi::complete(every_route().into_openapi())
}

/// The document, made for the first who asks, beside those who are served; however many ask meanwhile wait for that one.
async fn described_to(headers: HeaderMap) -> Result<Response> {
    static MADE: OnceCell<Made> = OnceCell::const_new();
    let make = async || {
        let made = tokio::task::spawn_blocking(|| Made::json(&document())).await;
        made.map_err(|panicked| Error::Internal(panicked.into()))?
    };
    Ok(MADE.get_or_try_init(make).await?.answer(&headers))
}

/// The whole server, ready for [`kernel::server::serve`].
pub fn router(app: App) -> Router {
    let (api, with_slash) = &*API;
    let router = api
        .clone()
        .route("/openapi.json", get(described_to))
        .merge(assets::router())
        .merge(autorite::router())
        .fallback(assets::page_or_nothing)
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state(app.clone(), kernel::context::layer))
                .layer(
                    CompressionLayer::new().gzip(true).compress_when(
                        SizeAbove::new(WORTH_COMPRESSING)
                            .and(NotForContentType::const_new("text/event-stream"))
                            .and(is_not_a_file),
                    ),
                )
                .layer(CatchPanicLayer::custom(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())),
        )
        .with_state(app);
    // Outside the router, for the path decides the route.
    let either_slash = MapRequestLayer::new(move |request| canonical(request, with_slash));
    Router::new().fallback_service(ServiceBuilder::new().layer(either_slash).service(router))
}

/// What is served in parts keeps its bytes, and the length that the parts are counted by.
fn is_not_a_file(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(ACCEPT_RANGES)
}

/// Every path works with and without its final slash: this is the spelling of the route list.
fn canonical(mut request: Request, with_slash: &HashSet<String>) -> Request {
    let path = request.uri().path();
    let trimmed = if path.len() > 1 { path.strip_suffix('/').unwrap_or(path) } else { path };
    let listed = format!("{trimmed}/");
    let wanted = if with_slash.contains(&listed) { listed.as_str() } else { trimmed };
    if wanted == path {
        return request;
    }
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    if let Ok(uri) = format!("{wanted}{query}").parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    request
}
