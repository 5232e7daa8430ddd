//! HTTP of services bought outside and of costs.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ids::{EquipementId, InterventionId, PrestationId};
use crate::interventions::Readable;
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, Valid};
use crate::kernel::page::{Lister, Listing, Page, Params};
use crate::permissions::{ManagePrestations, ReadCouts};
use crate::temps::model::{
    CoutsEquipement, CoutsIntervention, NewPrestation, PeriodeCouts, Prestation, PrestationFilters,
};
use crate::temps::{commands, store};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_intervention_costs))
        .routes(routes!(read_equipement_costs))
        .routes(routes!(list_prestations, add_prestation))
        .routes(routes!(read_prestation, delete_prestation))
}

/// Read what an intervention cost, and on what
#[utoipa::path(get, path = "/api/v1/interventions/{id}/couts", tag = "interventions",
    params(("id" = InterventionId, Path)), responses((status = 200, body = CoutsIntervention)))]
async fn read_intervention_costs(
    who: Allowed<ReadCouts>,
    Id(id): Id<InterventionId>,
) -> Result<Json<CoutsIntervention>> {
    who.read(move |db| commands::intervention_costs(db, &Readable::of(db, id)?)).await.map(Json)
}

/// Read what a machine cost over a period, alone or with what hangs below it
#[utoipa::path(get, path = "/api/v1/equipements/{id}/couts", tag = "equipements",
    params(("id" = EquipementId, Path), PeriodeCouts), responses((status = 200, body = CoutsEquipement)))]
async fn read_equipement_costs(
    who: Allowed<ReadCouts>,
    Id(id): Id<EquipementId>,
    Params(asked): Params<PeriodeCouts>,
) -> Result<Json<CoutsEquipement>> {
    who.read(move |db| commands::equipement_costs(db, id, &asked)).await.map(Json)
}

/// List the services bought outside for an intervention
#[utoipa::path(get, path = "/api/v1/interventions/{id}/prestations", tag = "interventions",
    params(("id" = InterventionId, Path), Page), responses((status = 200, body = Listing<Prestation>)))]
async fn list_prestations(
    who: Allowed<ReadCouts>,
    Id(id): Id<InterventionId>,
    Lister { page, .. }: Lister<PrestationFilters>,
) -> Result<Json<Listing<Prestation>>> {
    who.read(move |db| store::prestations(db, Readable::of(db, id)?.intervention().id, &page)).await.map(Json)
}

/// Add a service bought outside for an intervention
#[utoipa::path(post, path = "/api/v1/interventions/{id}/prestations", tag = "interventions",
    params(("id" = InterventionId, Path)), request_body = NewPrestation,
    responses((status = 201, body = Prestation)))]
async fn add_prestation(
    who: Allowed<ManagePrestations>,
    Id(id): Id<InterventionId>,
    Valid(new): Valid<NewPrestation>,
) -> Result<Answer> {
    who.write(move |tx| Answer::created(&commands::add_prestation(tx, &Readable::of(tx, id)?, &new)?)).await
}

/// Read a service bought outside
#[utoipa::path(get, path = "/api/v1/interventions/{id}/prestations/{prestation}", tag = "interventions",
    params(("id" = InterventionId, Path), ("prestation" = PrestationId, Path)),
    responses((status = 200, body = Prestation)))]
async fn read_prestation(
    who: Allowed<ReadCouts>,
    Id((id, prestation)): Id<(InterventionId, PrestationId)>,
) -> Result<Answer> {
    who.read(move |db| {
        let of = Readable::of(db, id)?.intervention().id;
        Answer::entity(&store::prestation(db, of, prestation)?)
    })
    .await
}

/// Remove a service bought outside
#[utoipa::path(delete, path = "/api/v1/interventions/{id}/prestations/{prestation}", tag = "interventions",
    params(("id" = InterventionId, Path), ("prestation" = PrestationId, Path)),
    responses((status = 204)))]
async fn delete_prestation(
    who: Allowed<ManagePrestations>,
    Id((id, prestation)): Id<(InterventionId, PrestationId)>,
) -> Result<Answer> {
    who.write(move |tx| {
        commands::delete_prestation(tx, &Readable::of(tx, id)?, prestation).map(|()| Answer::empty())
    })
    .await
}
