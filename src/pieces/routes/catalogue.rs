//! HTTP of parts and suppliers.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ids::{FournisseurId, PieceId};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::{Allowed, Role};
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::kernel::page::{Lister, Listing, Page, Params};
use crate::permissions::{ManagePieces, ReadPieces};
use crate::pieces::model::{
    ACommander, ACommanderQuery, Fournisseur, FournisseurFilters, FournisseurPatch, NewFournisseur, NewPiece,
    Piece, PieceFilters, PiecePatch,
};
use crate::pieces::{access, commands, store};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_pieces, create_piece))
        .routes(routes!(read_piece, update_piece, delete_piece))
        .routes(routes!(list_to_order))
        .routes(routes!(list_fournisseurs, create_fournisseur))
        .routes(routes!(read_fournisseur, update_fournisseur, delete_fournisseur))
}

/// List the parts with what there is of them (a technicien sees no cost)
#[utoipa::path(get, path = "/api/v1/pieces/", tag = "pieces", params(PieceFilters, Page),
    responses((status = 200, body = Listing<Piece>)))]
async fn list_pieces(
    who: Allowed<ReadPieces>,
    Lister { filters, page }: Lister<PieceFilters>,
) -> Result<Json<Listing<Piece>>> {
    who.read(move |db| store::list(db, &filters, &page)).await.map(Json)
}

/// Create a part
#[utoipa::path(post, path = "/api/v1/pieces/", tag = "pieces", request_body = NewPiece,
    responses((status = 201, body = Piece)))]
async fn create_piece(who: Allowed<ManagePieces>, Valid(new): Valid<NewPiece>) -> Result<Answer> {
    who.write(|tx| Answer::created(&commands::create(tx, new)?)).await
}

/// Read a part
#[utoipa::path(get, path = "/api/v1/pieces/{id}", tag = "pieces", params(("id" = PieceId, Path)),
    responses((status = 200, body = Piece)))]
async fn read_piece(who: Allowed<ReadPieces>, Id(id): Id<PieceId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&access::shown(db.actor(), store::piece(db, id)?))).await
}

/// Change what the catalogue says of a part
#[utoipa::path(patch, path = "/api/v1/pieces/{id}", tag = "pieces", params(("id" = PieceId, Path)),
    request_body = PiecePatch, responses((status = 200, body = Piece)))]
async fn update_piece(
    who: Allowed<ManagePieces>,
    Id(id): Id<PieceId>,
    expected: IfMatch,
    Valid(patch): Valid<PiecePatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::update(tx, id, patch, expected)?)).await
}

/// Delete a part that never moved (others are retired)
#[utoipa::path(delete, path = "/api/v1/pieces/{id}", tag = "pieces", params(("id" = PieceId, Path)),
    responses((status = 204)))]
async fn delete_piece(who: Allowed<ManagePieces>, Id(id): Id<PieceId>, expected: IfMatch) -> Result<Answer> {
    who.write(move |tx| commands::delete(tx, id, expected).map(|()| Answer::empty())).await
}

/// List what to order: below the threshold or awaited, by supplier, with proposed quantities
#[utoipa::path(get, path = "/api/v1/pieces/a-commander", tag = "pieces", params(ACommanderQuery),
    responses((status = 200, body = ACommander)))]
async fn list_to_order(
    who: Allowed<ManagePieces>,
    Params(query): Params<ACommanderQuery>,
) -> Result<Json<ACommander>> {
    who.read(move |db| commands::a_commander(db, &query.fournisseur_id)).await.map(Json)
}

/// List the suppliers
#[utoipa::path(get, path = "/api/v1/fournisseurs/", tag = "fournisseurs", params(Page),
    responses((status = 200, body = Listing<Fournisseur>)))]
async fn list_fournisseurs(
    who: Allowed<ReadPieces>,
    Lister { filters, page }: Lister<FournisseurFilters>,
) -> Result<Json<Listing<Fournisseur>>> {
    let list = who
        .read(move |db| {
            let hides_mail = db.actor().is(Role::Technicien);
            let list = store::fournisseurs(db, &filters, &page)?;
            list.map(|suppliers| Ok(suppliers.into_iter().map(|one| shown(one, hides_mail)).collect()))
        })
        .await?;
    Ok(Json(list))
}

/// Create a supplier
#[utoipa::path(post, path = "/api/v1/fournisseurs/", tag = "fournisseurs", request_body = NewFournisseur,
    responses((status = 201, body = Fournisseur)))]
async fn create_fournisseur(who: Allowed<ManagePieces>, Valid(new): Valid<NewFournisseur>) -> Result<Answer> {
    who.write(|tx| Answer::created(&commands::create_fournisseur(tx, new)?)).await
}

/// Read a supplier
#[utoipa::path(get, path = "/api/v1/fournisseurs/{id}", tag = "fournisseurs",
    params(("id" = FournisseurId, Path)), responses((status = 200, body = Fournisseur)))]
async fn read_fournisseur(who: Allowed<ReadPieces>, Id(id): Id<FournisseurId>) -> Result<Answer> {
    who.read(move |db| {
        let hides_mail = db.actor().is(Role::Technicien);
        Answer::entity(&shown(store::fournisseur(db, id)?, hides_mail))
    })
    .await
}

/// Change a supplier
#[utoipa::path(patch, path = "/api/v1/fournisseurs/{id}", tag = "fournisseurs",
    params(("id" = FournisseurId, Path)), request_body = FournisseurPatch,
    responses((status = 200, body = Fournisseur)))]
async fn update_fournisseur(
    who: Allowed<ManagePieces>,
    Id(id): Id<FournisseurId>,
    expected: IfMatch,
    Valid(patch): Valid<FournisseurPatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::update_fournisseur(tx, id, patch, expected)?)).await
}

/// Delete a supplier that no part comes from
#[utoipa::path(delete, path = "/api/v1/fournisseurs/{id}", tag = "fournisseurs",
    params(("id" = FournisseurId, Path)), responses((status = 204)))]
async fn delete_fournisseur(
    who: Allowed<ManagePieces>,
    Id(id): Id<FournisseurId>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| commands::delete_fournisseur(tx, id, expected).map(|()| Answer::empty())).await
}

/// What a caller may see of a supplier: e-mail addresses are not for techniciens.
fn shown(mut fournisseur: Fournisseur, hides_mail: bool) -> Fournisseur {
    if hides_mail {
        fournisseur.email = None;
    }
    fournisseur
}
