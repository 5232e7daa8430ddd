//! HTTP of the server's state.

use axum::Json;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::gather;
use super::model::{Etat, Instance};
use crate::kernel::app::App;
use crate::kernel::auth::{Allowed, Anyone};
use crate::kernel::error::{Error, Result};
use crate::permissions::ReadEtat;
use crate::seed;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read_instance)).routes(routes!(read_state)).routes(routes!(metrics))
}

/// Is this a demonstration?
#[utoipa::path(get, path = "/api/v1/instance", tag = "santé", security(()), responses((status = 200, body = Instance)))]
async fn read_instance(who: Anyone) -> Result<Json<Instance>> {
    who.read(|db| Ok(Instance { demonstration: seed::is_demo(db)? })).await.map(Json)
}

/// How the server does: sizes, room, mail, backups, and what somebody should look at
#[utoipa::path(get, path = "/api/v1/admin/etat", tag = "administration", responses((status = 200, body = Etat)))]
async fn read_state(who: Allowed<ReadEtat>) -> Result<Json<Etat>> {
    let (app, language) = (who.app().clone(), who.context().language);
    who.read(move |db| gather::etat(db, &app, language)).await.map(Json)
}

/// Counters and gauges in the Prometheus text format (from this machine, or with the metrics token)
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
    let app = who.app().clone();
    who.app().measure();
    who.read(move |db| gather::measure(db, &app)).await?;
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, who.app().metrics().render()).into_response())
}
