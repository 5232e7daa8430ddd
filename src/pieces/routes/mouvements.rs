//! HTTP of the ledger.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ids::{InterventionId, MouvementId, PieceId};
use crate::interventions::Readable;
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::db::Reader;
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{Id, Valid};
use crate::kernel::page::{Lister, Listing, Page};
use crate::permissions::{ManagePieces, ReadPieces, UsePieces};
use crate::pieces::model::{
    Annulation, CorrectionPrix, Mouvement, MouvementFilters, NewMouvement, Revalorisation,
};
use crate::pieces::{access, commands, store};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_mouvements, post_mouvement))
        .routes(routes!(undo_mouvement))
        .routes(routes!(correct_price))
        .routes(routes!(list_mouvements_of_work))
}

/// List what came in and went out of a part, newest first
#[utoipa::path(get, path = "/api/v1/pieces/{id}/mouvements", tag = "pieces",
    params(("id" = PieceId, Path), MouvementFilters, Page), responses((status = 200, body = Listing<Mouvement>)))]
async fn list_mouvements(
    who: Allowed<ReadPieces>,
    Id(id): Id<PieceId>,
    Lister { filters, page }: Lister<MouvementFilters>,
) -> Result<Json<Listing<Mouvement>>> {
    let list = who.read(move |db| {
        store::piece(db, id)?;
        let list = store::mouvements(db, id, &filters, &page)?;
        list.map(|lines| access::shown_lines(db, lines))
    });
    list.await.map(Json)
}

/// Record what comes in, goes out, comes back, was counted or moved (a technicien, for their own interventions)
#[utoipa::path(post, path = "/api/v1/pieces/{id}/mouvements", tag = "pieces", params(("id" = PieceId, Path)),
    request_body = NewMouvement, responses((status = 201, body = Mouvement)))]
async fn post_mouvement(
    who: Allowed<UsePieces>,
    Id(id): Id<PieceId>,
    Valid(new): Valid<NewMouvement>,
) -> Result<Answer> {
    who.write(move |tx| Answer::created(&shown(tx, commands::post(tx, id, &new)?)?)).await
}

/// Undo a movement by its opposite
#[utoipa::path(post, path = "/api/v1/pieces/{id}/mouvements/{mid}/annuler", tag = "pieces",
    params(("id" = PieceId, Path), ("mid" = MouvementId, Path)), request_body = Option<Annulation>,
    responses((status = 201, body = Mouvement)))]
async fn undo_mouvement(
    who: Allowed<ManagePieces>,
    Id((id, line)): Id<(PieceId, MouvementId)>,
    body: Option<Valid<Annulation>>,
) -> Result<Answer> {
    let motif = body.and_then(|Valid(undoing)| undoing.motif);
    who.write(move |tx| Answer::created(&commands::undo(tx, id, line, motif.as_deref())?)).await
}

/// Put a receipt's price right: all that came from it is valued anew, the cost of finished work as well
#[utoipa::path(post, path = "/api/v1/pieces/{id}/mouvements/{mid}/prix", tag = "pieces",
    params(("id" = PieceId, Path), ("mid" = MouvementId, Path)), request_body = CorrectionPrix,
    responses((status = 201, body = Revalorisation)))]
async fn correct_price(
    who: Allowed<ManagePieces>,
    Id((id, line)): Id<(PieceId, MouvementId)>,
    Valid(new): Valid<CorrectionPrix>,
) -> Result<Answer> {
    who.write(move |tx| Answer::created(&commands::correct_price(tx, id, line, &new)?)).await
}

/// List the parts that an intervention took and brought back, newest first
#[utoipa::path(get, path = "/api/v1/interventions/{id}/mouvements", tag = "interventions",
    params(("id" = InterventionId, Path), MouvementFilters, Page),
    responses((status = 200, body = Listing<Mouvement>)))]
async fn list_mouvements_of_work(
    who: Allowed<ReadPieces>,
    Id(id): Id<InterventionId>,
    Lister { filters, page }: Lister<MouvementFilters>,
) -> Result<Json<Listing<Mouvement>>> {
    let list = who.read(move |db| {
        let work = Readable::of(db, id)?.into_intervention();
        let list = store::mouvements_of_work(db, work.id, &filters, &page)?;
        list.map(|lines| access::shown_lines(db, lines))
    });
    list.await.map(Json)
}

fn shown(db: &Reader<'_>, line: Mouvement) -> Result<Mouvement> {
    access::shown_lines(db, vec![line])?.pop().ok_or(Error::NotFound)
}
