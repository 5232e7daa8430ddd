//! Is it alive, is it ready, how does it do: for supervisors and scrapers, outside `/api/v1`.

use axum::Json;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Anyone;
use super::error::{Error, Result};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(ready)).routes(routes!(metrics))
}

/// `ok`, and nothing that an outsider could use.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Is the process alive?
#[utoipa::path(get, path = "/health", tag = "santé", security(()), responses((status = 200, body = Health)))]
async fn alive() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Can it serve: does the database answer, is it not stopping?
#[utoipa::path(get, path = "/health/ready", tag = "santé", security(()),
    responses((status = 200, body = Health), (status = 503, description = "Not yet, or stopping")))]
async fn ready(who: Anyone) -> Result<Json<Health>> {
    if who.app().is_stopping() {
        return Err(Error::overloaded());
    }
    who.read(|db| db.one("select 1", [], |row| row.get::<_, i64>(0))).await?;
    Ok(Json(Health { status: "ok" }))
}

/// Counters in the Prometheus text format (from this machine, or with the metrics token)
#[utoipa::path(get, path = "/metrics", tag = "santé", security(()),
    responses((status = 200, body = String, content_type = "text/plain"), (status = 404, description = "Not from here")))]
async fn metrics(who: Anyone, headers: HeaderMap) -> Result<Response> {
    let here = who.context().address.is_none_or(|address| address.to_canonical().is_loopback());
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = bearer.and_then(|value| value.strip_prefix("Bearer "));
    let ours = who.app().options().metrics_token.as_ref();
    let knows = ours.zip(token).is_some_and(|(ours, token)| ours.is(token));
    if !here && !knows {
        return Err(Error::NotFound);
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, who.app().metrics().render()).into_response())
}
