//! HTTP of codes.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{Code, CodeFilters, CodePatch, NewCode, Reglages, ReglagesPatch};
use super::{commands, store};
use crate::ids::CodeId;
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::kernel::page::{Lister, Listing, Page};
use crate::permissions::{ManageCodes, ManageSettings, ReadCodes};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_codes, create_code))
        .routes(routes!(read_code, update_code, delete_code))
        .routes(routes!(read_reglages, update_reglages))
}

/// List the symptôme, cause and remède codes (a client sees the symptômes)
#[utoipa::path(get, path = "/api/v1/codes/", tag = "codes", params(CodeFilters, Page),
    responses((status = 200, body = Listing<Code>)))]
async fn list_codes(
    who: Allowed<ReadCodes>,
    Lister { filters, page }: Lister<CodeFilters>,
) -> Result<Json<Listing<Code>>> {
    who.read(move |db| store::codes(db, &filters, &page)).await.map(Json)
}

/// Create a code
#[utoipa::path(post, path = "/api/v1/codes/", tag = "codes", request_body = NewCode,
    responses((status = 201, body = Code)))]
async fn create_code(who: Allowed<ManageCodes>, Valid(new): Valid<NewCode>) -> Result<Answer> {
    who.write(move |tx| Answer::created(&commands::create(tx, &new)?)).await
}

/// Read a code
#[utoipa::path(get, path = "/api/v1/codes/{id}", tag = "codes", params(("id" = CodeId, Path)),
    responses((status = 200, body = Code)))]
async fn read_code(who: Allowed<ReadCodes>, Id(id): Id<CodeId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&store::code(db, id)?)).await
}

/// Change a code, or no longer offer it
#[utoipa::path(patch, path = "/api/v1/codes/{id}", tag = "codes", params(("id" = CodeId, Path)),
    request_body = CodePatch, responses((status = 200, body = Code)))]
async fn update_code(
    who: Allowed<ManageCodes>,
    Id(id): Id<CodeId>,
    expected: IfMatch,
    Valid(patch): Valid<CodePatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::update(tx, id, patch, expected)?)).await
}

/// Delete a code that was never used
#[utoipa::path(delete, path = "/api/v1/codes/{id}", tag = "codes", params(("id" = CodeId, Path)),
    responses((status = 204)))]
async fn delete_code(who: Allowed<ManageCodes>, Id(id): Id<CodeId>, expected: IfMatch) -> Result<Answer> {
    who.write(move |tx| commands::delete(tx, id, expected).map(|()| Answer::empty())).await
}

/// Read whether finishing a corrective intervention asks for its codes
#[utoipa::path(get, path = "/api/v1/codes/reglages", tag = "codes",
    responses((status = 200, body = Reglages)))]
async fn read_reglages(who: Allowed<ReadCodes>) -> Result<Answer> {
    who.read(|db| Answer::entity(&store::reglages(db)?)).await
}

/// Set whether finishing a corrective intervention asks for its codes
#[utoipa::path(patch, path = "/api/v1/codes/reglages", tag = "codes", request_body = ReglagesPatch,
    responses((status = 200, body = Reglages)))]
async fn update_reglages(
    who: Allowed<ManageSettings>,
    expected: IfMatch,
    Valid(patch): Valid<ReglagesPatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::set_reglages(tx, &patch, expected)?)).await
}
