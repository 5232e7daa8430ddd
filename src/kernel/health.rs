//! Is it alive, is it ready: for supervisors, outside `/api/v1`.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Anyone;
use super::error::{Error, Result};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(ready))
}

/// `ok` or `degrade`, and nothing that an outsider could use.
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

// `degrade` while it serves but refuses part of the work, for want of room on the disk or of the documents folder, or
// while changes are missing since a damaged log: sending people elsewhere would help nobody.
/// Can it serve: does the database answer, is it not stopping?
#[utoipa::path(get, path = "/health/ready", tag = "santé", security(()),
    responses((status = 200, body = Health), (status = 503, description = "Not yet, or stopping")))]
async fn ready(who: Anyone) -> Result<Json<Health>> {
    // Without its writer only a new start helps.
    if who.app().is_stopping() || !who.app().has_writer() {
        return Err(Error::overloaded());
    }
    who.read(|db| db.one("select 1", [], |row| row.get::<_, i64>(0))).await?;
    let app = who.app();
    let whole = !app.is_disk_full() && app.has_documents_folder() && app.damaged_logs().is_empty();
    Ok(Json(Health { status: if whole { "ok" } else { "degrade" } }))
}
