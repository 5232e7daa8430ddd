//! HTTP of imports and exports.

use axum::Json;
use axum::extract::Request;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::commands::{Intake, Undone};
use super::lecture::read;
use super::model::{
    ColonneDecrite, ExportQuery, Format, Import, ImportFilters, ImportQuery, Rapport, TableauDecrit,
};
use super::patience::Patience;
use super::tableaux::{TABLEAUX, named};
use super::{commands, store};
use crate::ids::ImportId;
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{Id, read_large};
use crate::kernel::page::{Lister, Listing, Page, Params};
use crate::permissions::ManageEchanges;

/// Bytes of a file that comes in: a hundred thousand rows of three hundred.
pub const LARGEST: usize = 32 * 1024 * 1024;

const KINDS: &str =
    "text/csv, application/json, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_tables)).routes(routes!(list_imports))
}

/// What reads or writes a whole table, and may take longer than other requests.
pub fn tables() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export)).routes(routes!(import)).routes(routes!(undo))
}

/// List the tables that come in and go out, with their columns
#[utoipa::path(get, path = "/api/v1/admin/tableaux/", tag = "import et export",
    responses((status = 200, body = Vec<TableauDecrit>)))]
async fn list_tables(who: Allowed<ManageEchanges>) -> Json<Vec<TableauDecrit>> {
    let language = who.context().language;
    let described = |tableau: &super::Tableau| TableauDecrit {
        nom: tableau.name,
        colonnes: tableau
            .columns
            .iter()
            .map(|column| ColonneDecrite {
                nom: column.name,
                obligatoire: column.required,
                contenu: column.content().text(language).to_owned(),
            })
            .collect(),
    };
    Json(TABLEAUX.iter().map(described).collect())
}

/// Take a table out as a file: CSV (semicolons, as French spreadsheets open it), XLSX or JSON
#[utoipa::path(get, path = "/api/v1/admin/exports/{tableau}", tag = "import et export",
    params(("tableau" = String, Path, example = "equipements"), ExportQuery),
    responses((status = 200, description = "The file, in the form asked for", content(
        (Vec<u8> = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<BTreeMap<String, Value>> = "application/json"))),
        (status = 503, description = "Two tables go out already, eight files are still being sent, or the disk is full")))]
async fn export(
    who: Allowed<ManageEchanges>,
    Id(name): Id<String>,
    Params(ExportQuery { format }): Params<ExportQuery>,
) -> Result<Response> {
    let tableau = named(&name).ok_or(Error::NotFound)?;
    let format = format.unwrap_or(Format::Csv);
    let file = who.files().scratch().await?;
    let file = who.read_long(move |db| commands::export(db, tableau, format, file)).await?;
    let (bytes, body) = file.into_body()?;
    let kind = match format {
        Format::Csv => "text/csv; charset=utf-8",
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Format::Json => "application/json",
    };
    let disposition = format!("attachment; filename=\"{}.{}\"", tableau.name, format.word());
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_LENGTH, bytes.to_string()),
    ];
    Ok((headers, body).into_response())
}

/// List the imports, newest first
#[utoipa::path(get, path = "/api/v1/admin/imports/", tag = "import et export", params(ImportFilters, Page),
    responses((status = 200, body = Listing<Import>)))]
async fn list_imports(
    who: Allowed<ManageEchanges>,
    Lister { filters, page }: Lister<ImportFilters>,
) -> Result<Json<Listing<Import>>> {
    who.read(move |db| store::imports(db, &filters, &page)).await.map(Json)
}

/// Bring a table in from a file, which is the body: all of it or nothing, with a report by line
#[utoipa::path(post, path = "/api/v1/admin/imports/{tableau}", tag = "import et export",
    params(("tableau" = String, Path, example = "equipements"), ImportQuery),
    request_body(description = "CSV, XLSX or JSON, as its content type says", content(
        (Vec<u8> = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<BTreeMap<String, Value>> = "application/json"))),
    responses((status = 200, body = Rapport, description = "`reussi` says whether every row was good"),
        (status = 503, description = "Another import is under way, or this one took too long; nothing was kept")))]
async fn import(
    who: Allowed<ManageEchanges>,
    Id(name): Id<String>,
    Params(ImportQuery { essai, fichier }): Params<ImportQuery>,
    request: Request,
) -> Result<Response> {
    let tableau = named(&name).ok_or(Error::NotFound)?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let format = kind.and_then(Format::of_type).ok_or(Error::UnsupportedMedia(KINDS))?;
    let turn = who.files().whole().await?;
    let bytes = read_large(request, LARGEST).await?;
    let operation = who.operation(&[]);
    // The turn goes with the bytes: whoever hangs up leaves them in memory until they are read.
    let (lines, turn) = tokio::task::spawn_blocking(move || (read(bytes, format), turn))
        .await
        .map_err(|panicked| Error::Internal(panicked.into()))?;
    let lines = lines?;
    let intake =
        Intake { essai, fichier, language: who.context().language, patience: Some(Patience::SHARED) };
    let undone = Undone::default();
    let aside = undone.share();
    let answer = who
        .write_as(operation, move |tx| {
            // Kept by the work itself: whoever waits for it may leave before it ends.
            let _turn = turn;
            let report = commands::import(tx, tableau, &lines, &intake)?;
            Answer::ok(&aside.unless(report.import_id.is_some(), report)?)
        })
        .await;
    match undone.take() {
        Some(report) => Ok(Json(report).into_response()),
        None => answer.map(IntoResponse::into_response),
    }
}

/// Take an import back, as long as nothing was changed or hung on its rows
#[utoipa::path(post, path = "/api/v1/admin/imports/{id}/annuler", tag = "import et export",
    params(("id" = ImportId, Path)), responses((status = 200, body = Import)))]
async fn undo(who: Allowed<ManageEchanges>, Id(id): Id<ImportId>) -> Result<Answer> {
    let language = who.context().language;
    who.write(move |tx| Answer::ok(&commands::undo(tx, id, language)?)).await
}
