//! HTTP of gammes.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::gammes::model::{
    Gamme, GammeDetail, GammeFilters, GammePatch, GammeVersion, GammeVersionResume, NewGamme,
    OperationsDemandees, VersionFilters,
};
use crate::gammes::{commands, store};
use crate::ids::GammeId;
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::kernel::page::{Lister, Listing, Page};
use crate::permissions::{ManageGammes, ReadGammes};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_gammes, create_gamme))
        .routes(routes!(read_gamme, update_gamme, delete_gamme))
        .routes(routes!(set_operations))
        .routes(routes!(publish))
        .routes(routes!(list_versions))
        .routes(routes!(read_version))
}

/// List the gammes
#[utoipa::path(get, path = "/api/v1/gammes/", tag = "gammes", params(GammeFilters, Page),
    responses((status = 200, body = Listing<Gamme>)))]
async fn list_gammes(
    who: Allowed<ReadGammes>,
    Lister { filters, page }: Lister<GammeFilters>,
) -> Result<Json<Listing<Gamme>>> {
    who.read(move |db| store::list(db, &filters, &page)).await.map(Json)
}

/// Create a gamme, with the draft of its first version
#[utoipa::path(post, path = "/api/v1/gammes/", tag = "gammes", request_body = NewGamme,
    responses((status = 201, body = GammeDetail)))]
async fn create_gamme(who: Allowed<ManageGammes>, Valid(new): Valid<NewGamme>) -> Result<Answer> {
    who.write(move |tx| Answer::created(&commands::create(tx, &new)?)).await
}

/// Read a gamme, with its published version and its draft
#[utoipa::path(get, path = "/api/v1/gammes/{id}", tag = "gammes", params(("id" = GammeId, Path)),
    responses((status = 200, body = GammeDetail)))]
async fn read_gamme(who: Allowed<ReadGammes>, Id(id): Id<GammeId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&store::gamme(db, id)?)).await
}

/// Rename, describe, archive or revive a gamme
#[utoipa::path(patch, path = "/api/v1/gammes/{id}", tag = "gammes", params(("id" = GammeId, Path)),
    request_body = GammePatch, responses((status = 200, body = GammeDetail)))]
async fn update_gamme(
    who: Allowed<ManageGammes>,
    Id(id): Id<GammeId>,
    expected: IfMatch,
    Valid(patch): Valid<GammePatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::update(tx, id, patch, expected)?)).await
}

/// Delete a gamme that was never published (others are archived)
#[utoipa::path(delete, path = "/api/v1/gammes/{id}", tag = "gammes", params(("id" = GammeId, Path)),
    responses((status = 204)))]
async fn delete_gamme(who: Allowed<ManageGammes>, Id(id): Id<GammeId>, expected: IfMatch) -> Result<Answer> {
    who.write(move |tx| commands::delete(tx, id, expected).map(|()| Answer::empty())).await
}

/// Replace the operations of the draft, which begins here where there is none
#[utoipa::path(put, path = "/api/v1/gammes/{id}/operations", tag = "gammes", params(("id" = GammeId, Path)),
    request_body = OperationsDemandees, responses((status = 200, body = GammeDetail)))]
async fn set_operations(
    who: Allowed<ManageGammes>,
    Id(id): Id<GammeId>,
    expected: IfMatch,
    Valid(body): Valid<OperationsDemandees>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::set_operations(tx, id, &body, expected)?)).await
}

/// Publish the draft: work is given it from now on, and it never changes again
#[utoipa::path(post, path = "/api/v1/gammes/{id}/publication", tag = "gammes",
    params(("id" = GammeId, Path)), responses((status = 200, body = GammeDetail)))]
async fn publish(who: Allowed<ManageGammes>, Id(id): Id<GammeId>) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::publish(tx, id)?)).await
}

/// List the versions of a gamme, newest first
#[utoipa::path(get, path = "/api/v1/gammes/{id}/versions", tag = "gammes",
    params(("id" = GammeId, Path), Page), responses((status = 200, body = Listing<GammeVersionResume>)))]
async fn list_versions(
    who: Allowed<ReadGammes>,
    Id(id): Id<GammeId>,
    Lister { page, .. }: Lister<VersionFilters>,
) -> Result<Json<Listing<GammeVersionResume>>> {
    who.read(move |db| {
        store::gamme(db, id)?;
        store::versions(db, id, &page)
    })
    .await
    .map(Json)
}

/// Read a version of a gamme with its operations
#[utoipa::path(get, path = "/api/v1/gammes/{id}/versions/{numero}", tag = "gammes",
    params(("id" = GammeId, Path), ("numero" = i64, Path)), responses((status = 200, body = GammeVersion)))]
async fn read_version(
    who: Allowed<ReadGammes>,
    Id((id, numero)): Id<(GammeId, i64)>,
) -> Result<Json<GammeVersion>> {
    who.read(move |db| store::version(db, id, numero)).await.map(Json)
}
