//! HTTP of the plans that fall due by a meter.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::compteurs::access::Readable;
use crate::compteurs::model::{
    NewPlanCompteur, PlanCompteur, PlanCompteurPatch, PlanFilters, Seuil, SeuilFilters,
};
use crate::compteurs::{commands, store};
use crate::ids::{CompteurId, PlanCompteurId};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::kernel::page::{Lister, Listing, Page};
use crate::permissions::ManagePlanning;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_meter_plans, create_meter_plan))
        .routes(routes!(read_meter_plan, update_meter_plan, delete_meter_plan))
        .routes(routes!(list_seuils))
}

/// List the plans that fall due by a meter, each with the day on which that is expected
#[utoipa::path(get, path = "/api/v1/compteurs/{id}/plans", tag = "compteurs",
    params(("id" = CompteurId, Path), PlanFilters, Page), responses((status = 200, body = Listing<PlanCompteur>)))]
async fn list_meter_plans(
    who: Allowed<ManagePlanning>,
    Id(id): Id<CompteurId>,
    Lister { filters, page }: Lister<PlanFilters>,
) -> Result<Json<Listing<PlanCompteur>>> {
    let language = who.context().language;
    who.read(move |db| commands::plans(db, &Readable::of(db, id)?, &filters, &page, language)).await.map(Json)
}

/// Write a plan that falls due each time that a meter has counted so much
#[utoipa::path(post, path = "/api/v1/compteurs/{id}/plans", tag = "compteurs",
    params(("id" = CompteurId, Path)), request_body = NewPlanCompteur,
    responses((status = 201, body = PlanCompteur)))]
async fn create_meter_plan(
    who: Allowed<ManagePlanning>,
    Id(id): Id<CompteurId>,
    Valid(new): Valid<NewPlanCompteur>,
) -> Result<Answer> {
    let language = who.context().language;
    who.write(move |tx| Answer::created(&commands::create_plan(tx, &Readable::of(tx, id)?, new, language)?))
        .await
}

/// Read a plan of a meter, and why it falls due when it does
#[utoipa::path(get, path = "/api/v1/compteurs/{id}/plans/{pid}", tag = "compteurs",
    params(("id" = CompteurId, Path), ("pid" = PlanCompteurId, Path)),
    responses((status = 200, body = PlanCompteur)))]
async fn read_meter_plan(
    who: Allowed<ManagePlanning>,
    Id((id, plan)): Id<(CompteurId, PlanCompteurId)>,
) -> Result<Answer> {
    let language = who.context().language;
    who.read(move |db| Answer::entity(&commands::plan(db, &Readable::of(db, id)?, plan, language)?)).await
}

/// Change, suspend, take up again or end a plan of a meter
#[utoipa::path(patch, path = "/api/v1/compteurs/{id}/plans/{pid}", tag = "compteurs",
    params(("id" = CompteurId, Path), ("pid" = PlanCompteurId, Path)), request_body = PlanCompteurPatch,
    responses((status = 200, body = PlanCompteur)))]
async fn update_meter_plan(
    who: Allowed<ManagePlanning>,
    Id((id, plan)): Id<(CompteurId, PlanCompteurId)>,
    expected: IfMatch,
    Valid(patch): Valid<PlanCompteurPatch>,
) -> Result<Answer> {
    let language = who.context().language;
    who.write(move |tx| {
        let readable = Readable::of(tx, id)?;
        Answer::entity(&commands::update_plan(tx, &readable, plan, patch, expected, language)?)
    })
    .await
}

/// Delete a plan of a meter that nothing came of
#[utoipa::path(delete, path = "/api/v1/compteurs/{id}/plans/{pid}", tag = "compteurs",
    params(("id" = CompteurId, Path), ("pid" = PlanCompteurId, Path)), responses((status = 204)))]
async fn delete_meter_plan(
    who: Allowed<ManagePlanning>,
    Id((id, plan)): Id<(CompteurId, PlanCompteurId)>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| {
        commands::delete_plan(tx, &Readable::of(tx, id)?, plan, expected).map(|()| Answer::empty())
    })
    .await
}

/// List the thresholds of a plan that were passed, last first, each with what answers it
#[utoipa::path(get, path = "/api/v1/compteurs/{id}/plans/{pid}/seuils", tag = "compteurs",
    params(("id" = CompteurId, Path), ("pid" = PlanCompteurId, Path), SeuilFilters, Page),
    responses((status = 200, body = Listing<Seuil>)))]
async fn list_seuils(
    who: Allowed<ManagePlanning>,
    Id((id, plan)): Id<(CompteurId, PlanCompteurId)>,
    Lister { filters, page }: Lister<SeuilFilters>,
) -> Result<Json<Listing<Seuil>>> {
    who.read(move |db| {
        let plan = store::plan(db, Readable::of(db, id)?.compteur().id, plan)?;
        store::seuils(db, plan.id, &filters, &page)
    })
    .await
    .map(Json)
}
