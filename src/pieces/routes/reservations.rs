//! HTTP of what interventions ask for.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ids::{InterventionId, ReservationId};
use crate::interventions::{Readable, Workable};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, Valid};
use crate::kernel::page::{Lister, Listing, Page};
use crate::permissions::{ReadPieces, UsePieces};
use crate::pieces::model::{NewReservation, Reservation, ReservationFilters};
use crate::pieces::{commands, store};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_reservations, reserve)).routes(routes!(release))
}

/// List the parts that an intervention asked for, oldest first
#[utoipa::path(get, path = "/api/v1/interventions/{id}/pieces", tag = "interventions",
    params(("id" = InterventionId, Path), Page), responses((status = 200, body = Listing<Reservation>)))]
async fn list_reservations(
    who: Allowed<ReadPieces>,
    Id(id): Id<InterventionId>,
    Lister { page, .. }: Lister<ReservationFilters>,
) -> Result<Json<Listing<Reservation>>> {
    who.read(move |db| store::reservations(db, Readable::of(db, id)?.intervention().id, &page))
        .await
        .map(Json)
}

/// Ask for a part: what is there is reserved, the rest is awaited
#[utoipa::path(post, path = "/api/v1/interventions/{id}/pieces", tag = "interventions",
    params(("id" = InterventionId, Path)), request_body = NewReservation,
    responses((status = 201, body = Reservation)))]
async fn reserve(
    who: Allowed<UsePieces>,
    Id(id): Id<InterventionId>,
    Valid(new): Valid<NewReservation>,
) -> Result<Answer> {
    who.write(move |tx| Answer::created(&commands::reserve(tx, Workable::of(tx, id)?, &new)?)).await
}

/// Give up what is left of a part that was asked for
#[utoipa::path(delete, path = "/api/v1/interventions/{id}/pieces/{rid}", tag = "interventions",
    params(("id" = InterventionId, Path), ("rid" = ReservationId, Path)), responses((status = 204)))]
async fn release(
    who: Allowed<UsePieces>,
    Id((id, reservation)): Id<(InterventionId, ReservationId)>,
) -> Result<Answer> {
    who.write(move |tx| commands::release(tx, Workable::of(tx, id)?, reservation).map(|()| Answer::empty()))
        .await
}
