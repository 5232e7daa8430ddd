//! HTTP of counts.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ids::InventaireId;
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::kernel::page::{Lister, Listing, Page};
use crate::permissions::ManagePieces;
use crate::pieces::model::{Comptages, Inventaire, InventaireDetail, InventaireFilters, NewInventaire};
use crate::pieces::{commands, store};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_inventaires, open_inventaire))
        .routes(routes!(read_inventaire, abandon_inventaire))
        .routes(routes!(count))
        .routes(routes!(close_inventaire))
}

/// List the counts of the shelves, newest first
#[utoipa::path(get, path = "/api/v1/inventaires/", tag = "inventaires", params(InventaireFilters, Page),
    responses((status = 200, body = Listing<Inventaire>)))]
async fn list_inventaires(
    who: Allowed<ManagePieces>,
    Lister { filters, page }: Lister<InventaireFilters>,
) -> Result<Json<Listing<Inventaire>>> {
    who.read(move |db| store::inventaires(db, &filters, &page)).await.map(Json)
}

/// Open a count of what is kept at an emplacement, or of a list of parts
#[utoipa::path(post, path = "/api/v1/inventaires/", tag = "inventaires", request_body = NewInventaire,
    responses((status = 201, body = InventaireDetail)))]
async fn open_inventaire(who: Allowed<ManagePieces>, Valid(new): Valid<NewInventaire>) -> Result<Answer> {
    who.write(|tx| Answer::created(&commands::open(tx, new)?)).await
}

/// Read a count, with what differs from the ledger and what that is worth
#[utoipa::path(get, path = "/api/v1/inventaires/{id}", tag = "inventaires", params(("id" = InventaireId, Path)),
    responses((status = 200, body = InventaireDetail)))]
async fn read_inventaire(who: Allowed<ManagePieces>, Id(id): Id<InventaireId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&commands::detail(db, id)?)).await
}

/// Abandon a count: nothing is posted
#[utoipa::path(delete, path = "/api/v1/inventaires/{id}", tag = "inventaires",
    params(("id" = InventaireId, Path)), responses((status = 204)))]
async fn abandon_inventaire(
    who: Allowed<ManagePieces>,
    Id(id): Id<InventaireId>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| commands::abandon(tx, id, &expected).map(|()| Answer::empty())).await
}

/// Write what was counted just now
#[utoipa::path(put, path = "/api/v1/inventaires/{id}/comptages", tag = "inventaires",
    params(("id" = InventaireId, Path)), request_body = Comptages,
    responses((status = 200, body = InventaireDetail)))]
async fn count(
    who: Allowed<ManagePieces>,
    Id(id): Id<InventaireId>,
    expected: IfMatch,
    Valid(counts): Valid<Comptages>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::count(tx, id, &counts, &expected)?)).await
}

/// Close a count: the differences are posted, and nothing else
#[utoipa::path(post, path = "/api/v1/inventaires/{id}/cloture", tag = "inventaires",
    params(("id" = InventaireId, Path)), responses((status = 200, body = InventaireDetail)))]
async fn close_inventaire(who: Allowed<ManagePieces>, Id(id): Id<InventaireId>) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::close(tx, id)?)).await
}
