//! HTTP of documents.

mod upload;

use axum::Json;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{ContenuQuery, Document, DocumentFilters};
use super::{commands, miniature, store};
use crate::ids::DocumentId;
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::files::{Shown, known_already};
use crate::kernel::input::Id;
use crate::kernel::page::{Lister, Listing, Page, Params};
use crate::kernel::problem::Problem;
use crate::permissions::{AddDocuments, ReadDocuments};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_documents))
        .routes(routes!(read_document, delete_document))
        .routes(routes!(read_content))
        .routes(routes!(read_thumbnail))
}

/// What takes the time that its sender's network needs.
pub fn uploads() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(upload::add_document))
}

/// List the documents of what the caller sees
#[utoipa::path(get, path = "/api/v1/documents/", tag = "documents", params(DocumentFilters, Page),
    responses((status = 200, body = Listing<Document>)))]
async fn list_documents(
    who: Allowed<ReadDocuments>,
    Lister { filters, page }: Lister<DocumentFilters>,
) -> Result<Json<Listing<Document>>> {
    who.read(move |db| store::list(db, &filters, &page)).await.map(Json)
}

/// Read what is known of a document
#[utoipa::path(get, path = "/api/v1/documents/{id}", tag = "documents", params(("id" = DocumentId, Path)),
    responses((status = 200, body = Document)))]
async fn read_document(who: Allowed<ReadDocuments>, Id(id): Id<DocumentId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&store::document(db, id)?)).await
}

/// Delete a document (a technicien, their own within 24 hours)
#[utoipa::path(delete, path = "/api/v1/documents/{id}", tag = "documents", params(("id" = DocumentId, Path)),
    responses((status = 204)))]
async fn delete_document(who: Allowed<AddDocuments>, Id(id): Id<DocumentId>) -> Result<Answer> {
    who.write(move |tx| commands::delete(tx, id).map(|()| Answer::empty())).await
}

/// Download a document, whole or in part
#[utoipa::path(get, path = "/api/v1/documents/{id}/contenu", tag = "documents",
    params(
        ("id" = DocumentId, Path), ContenuQuery,
        ("Range" = Option<String>, Header, description = "One part of the bytes, such as `bytes=0-1023`."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of bytes that one has already.")),
    responses(
        (status = 200, description = "Its bytes", content_type = "*/*", body = Vec<u8>),
        (status = 206, description = "The part asked for", content_type = "*/*", body = Vec<u8>),
        (status = 304, description = "The bytes that one has already"),
        (status = 410, description = "Its file is lost or damaged", body = Problem, content_type = "application/problem+json"),
        (status = 416, description = "No such part", body = Problem, content_type = "application/problem+json")))]
async fn read_content(
    who: Allowed<ReadDocuments>,
    Id(id): Id<DocumentId>,
    Params(ContenuQuery { inline }): Params<ContenuQuery>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response> {
    let document = who.read(move |db| store::document(db, id)).await?;
    if let Some(unchanged) = known_already(&headers, document.sha256) {
        return Ok(unchanged);
    }
    let kind = document.type_mime;
    let shown =
        Shown { name: &document.nom_fichier, kind: kind.word(), inline: inline && kind.shows_inline() };
    who.files()
        .original(document.sha256, document.taille.unsigned_abs())
        .await?
        .serve(&method, &headers, shown)
}

/// Show a picture as a JPEG of 320 pixels at most
#[utoipa::path(get, path = "/api/v1/documents/{id}/miniature", tag = "documents",
    params(
        ("id" = DocumentId, Path),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a thumbnail that one has already.")),
    responses(
        (status = 200, description = "The thumbnail", content_type = "image/jpeg", body = Vec<u8>),
        (status = 206, description = "The part asked for", content_type = "image/jpeg", body = Vec<u8>),
        (status = 304, description = "The thumbnail that one has already"),
        (status = 410, description = "The picture is lost or damaged", body = Problem, content_type = "application/problem+json"),
        (status = 416, description = "No such part", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A picture that cannot be decoded", body = Problem, content_type = "application/problem+json")))]
async fn read_thumbnail(
    who: Allowed<ReadDocuments>,
    Id(id): Id<DocumentId>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response> {
    let document = who.read(move |db| store::document(db, id)).await?;
    let made = miniature::of(who.files(), &document).await?;
    if let Some(unchanged) = known_already(&headers, document.sha256) {
        return Ok(unchanged);
    }
    let name = format!("{}.jpg", document.nom_fichier);
    made.serve(&method, &headers, Shown { name: &name, kind: "image/jpeg", inline: true })
}
