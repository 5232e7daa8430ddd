//! HTTP of the backups. Making one now is running the job `sauvegarde`; bringing one back is a command of the
//! machine only: whoever took over an account must not replace the data.

use axum::Json;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use tokio_util::io::ReaderStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::commands;
use super::model::{Exercice, Sauvegardes};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::{Error, Result};
use crate::kernel::input::Id;
use crate::permissions::ManageSauvegardes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_backups)).routes(routes!(download)).routes(routes!(rehearse))
}

/// Bytes of a backup sent at once.
const STRETCH: usize = 256 * 1024;

/// List the backups, newest first, each with its last restore drill
#[utoipa::path(get, path = "/api/v1/admin/sauvegardes/", tag = "sauvegardes",
    responses((status = 200, body = Sauvegardes)))]
async fn list_backups(who: Allowed<ManageSauvegardes>) -> Result<Json<Sauvegardes>> {
    let (app, language) = (who.app().clone(), who.context().language);
    who.read(move |db| commands::list(db, &app.options().data_dir, language)).await.map(Json)
}

/// Download a backup: everything that people wrote is in it, so the journal remembers who took it away
#[utoipa::path(get, path = "/api/v1/admin/sauvegardes/{nom}/contenu", tag = "sauvegardes",
    params(("nom" = String, Path, example = "erp-20310115T020000Z.tar.zst")),
    responses((status = 200, description = "The file", content_type = "application/zstd", body = Vec<u8>)))]
async fn download(who: Allowed<ManageSauvegardes>, Id(nom): Id<String>) -> Result<Response> {
    let data_dir = who.app().options().data_dir.clone();
    let path = commands::find(&data_dir, &nom)?;
    let file = tokio::fs::File::open(path).await.map_err(|_| Error::NotFound)?;
    let bytes = file.metadata().await.map_err(|cause| Error::Internal(cause.into()))?.len();
    let disposition = format!("attachment; filename=\"{nom}\"");
    // Also on a full disk: a copy taken elsewhere is what frees it safely.
    who.write_vital(move |tx| commands::taken_away(tx, &nom, bytes)).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zstd".to_owned()),
        (header::CONTENT_LENGTH, bytes.to_string()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        // Compressed already; and its length is to be believed.
        (header::ACCEPT_RANGES, "none".to_owned()),
    ];
    Ok((headers, Body::from_stream(ReaderStream::with_capacity(file, STRETCH))).into_response())
}

/// Restore a backup beside the data, examine it, compare it with what is there now, and throw it away
#[utoipa::path(post, path = "/api/v1/admin/sauvegardes/{nom}/exercice", tag = "sauvegardes",
    params(("nom" = String, Path, example = "erp-20310115T020000Z.tar.zst")),
    responses((status = 202, body = Exercice, description = "It begins; its result shows in the list")))]
async fn rehearse(who: Allowed<ManageSauvegardes>, Id(nom): Id<String>) -> Result<Answer> {
    commands::find(&who.app().options().data_dir, &nom)?;
    let language = who.context().language;
    who.write(move |tx| Answer::accepted(&commands::ask(tx, &nom, language)?)).await
}
