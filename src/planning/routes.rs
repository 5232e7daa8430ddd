//! HTTP of plans, their échéances, and public holidays.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{
    Apercu, ApercuQuery, Echeance, EcheanceQuery, EcheancesGenerees, JourFerie, JourFerieFilters,
    JourFeriePatch, NewJourFerie, NewPlanning, Planning, PlanningDetail, PlanningFilters, PlanningPatch,
    Saut,
};
use super::{commands, store};
use crate::ids::{JourFerieId, PlanningId};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::kernel::page::{Lister, Listing, Page, Params};
use crate::kernel::problem::Problem;
use crate::permissions::ManagePlanning;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_plans, create_plan))
        .routes(routes!(read_plan, update_plan, delete_plan))
        .routes(routes!(list_echeances))
        .routes(routes!(skip))
        .routes(routes!(generate))
        .routes(routes!(preview, preview_saved))
        .routes(routes!(list_holidays, create_holiday))
        .routes(routes!(read_holiday, update_holiday, delete_holiday))
}

/// List the preventive plans, next due first
#[utoipa::path(get, path = "/api/v1/planning/", tag = "planning", params(PlanningFilters, Page),
    responses((status = 200, body = Listing<Planning>)))]
async fn list_plans(
    who: Allowed<ManagePlanning>,
    Lister { filters, page }: Lister<PlanningFilters>,
) -> Result<Json<Listing<Planning>>> {
    who.read(move |db| store::list(db, &filters, &page)).await.map(Json)
}

/// Create a preventive plan
#[utoipa::path(post, path = "/api/v1/planning/", tag = "planning", request_body = NewPlanning,
    responses((status = 201, body = PlanningDetail)))]
async fn create_plan(who: Allowed<ManagePlanning>, Valid(new): Valid<NewPlanning>) -> Result<Answer> {
    let language = who.context().language;
    who.write(move |tx| Answer::created(&commands::create(tx, new, language)?)).await
}

/// Read a preventive plan, with why its next date is what it is
#[utoipa::path(get, path = "/api/v1/planning/{id}", tag = "planning", params(("id" = PlanningId, Path)),
    responses((status = 200, body = PlanningDetail)))]
async fn read_plan(who: Allowed<ManagePlanning>, Id(id): Id<PlanningId>) -> Result<Answer> {
    let language = who.context().language;
    who.read(move |db| Answer::entity(&commands::detail(db, id, language)?)).await
}

/// Change, suspend, resume or end a preventive plan
#[utoipa::path(patch, path = "/api/v1/planning/{id}", tag = "planning", params(("id" = PlanningId, Path)),
    request_body = PlanningPatch, responses((status = 200, body = PlanningDetail)))]
async fn update_plan(
    who: Allowed<ManagePlanning>,
    Id(id): Id<PlanningId>,
    expected: IfMatch,
    Valid(patch): Valid<PlanningPatch>,
) -> Result<Answer> {
    let language = who.context().language;
    who.write(move |tx| Answer::entity(&commands::update(tx, id, patch, expected, language)?)).await
}

/// Delete a preventive plan that nothing came of
#[utoipa::path(delete, path = "/api/v1/planning/{id}", tag = "planning", params(("id" = PlanningId, Path)),
    responses((status = 204)))]
async fn delete_plan(
    who: Allowed<ManagePlanning>,
    Id(id): Id<PlanningId>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| commands::delete(tx, id, expected).map(|()| Answer::empty())).await
}

/// List the échéances of a plan: those that have come, then those to come
#[utoipa::path(get, path = "/api/v1/planning/{id}/echeances", tag = "planning",
    params(("id" = PlanningId, Path), EcheanceQuery), responses((status = 200, body = Listing<Echeance>)))]
async fn list_echeances(
    who: Allowed<ManagePlanning>,
    Id(id): Id<PlanningId>,
    Params(query): Params<EcheanceQuery>,
) -> Result<Json<Listing<Echeance>>> {
    let language = who.context().language;
    who.read(move |db| commands::echeances(db, id, &query, language)).await.map(Json)
}

/// Leave out an échéance that is to come or waits
#[utoipa::path(post, path = "/api/v1/planning/{id}/echeances/{k}/sauter", tag = "planning",
    params(("id" = PlanningId, Path), ("k" = i64, Path, minimum = 0)), request_body = Saut,
    responses((status = 200, body = Echeance)))]
async fn skip(
    who: Allowed<ManagePlanning>,
    Id((id, k)): Id<(PlanningId, i64)>,
    Valid(Saut { motif }): Valid<Saut>,
) -> Result<Answer> {
    let language = who.context().language;
    who.write(move |tx| Answer::ok(&commands::skip(tx, id, k, &motif, language)?)).await
}

/// Generate what is due of a plan now
#[utoipa::path(post, path = "/api/v1/planning/{id}/generer", tag = "planning", params(("id" = PlanningId, Path)),
    responses((status = 200, body = EcheancesGenerees)))]
async fn generate(who: Allowed<ManagePlanning>, Id(id): Id<PlanningId>) -> Result<Answer> {
    let language = who.context().language;
    who.write(move |tx| Answer::ok(&commands::generate_now(tx, id, language)?)).await
}

/// Simulate 24 months of a plan before it is saved, with the work it puts on people
#[utoipa::path(post, path = "/api/v1/planning/apercu", tag = "planning", request_body = NewPlanning,
    responses((status = 200, body = Apercu)))]
async fn preview(who: Allowed<ManagePlanning>, Valid(new): Valid<NewPlanning>) -> Result<Json<Apercu>> {
    let language = who.context().language;
    who.read(move |db| commands::preview(db, new, language)).await.map(Json)
}

/// Simulate 24 months of a saved plan
#[utoipa::path(get, path = "/api/v1/planning/apercu", tag = "planning", params(ApercuQuery),
    responses(
        (status = 200, body = Apercu),
        (status = 404, description = "No such plan", body = Problem, content_type = "application/problem+json")))]
async fn preview_saved(
    who: Allowed<ManagePlanning>,
    Params(ApercuQuery { planning_id }): Params<ApercuQuery>,
) -> Result<Json<Apercu>> {
    let language = who.context().language;
    who.read(move |db| commands::preview_saved(db, planning_id, language)).await.map(Json)
}

/// List the public holidays that plans go by
#[utoipa::path(get, path = "/api/v1/planning/jours-feries", tag = "planning", params(JourFerieFilters, Page),
    responses((status = 200, body = Listing<JourFerie>)))]
async fn list_holidays(
    who: Allowed<ManagePlanning>,
    Lister { filters, page }: Lister<JourFerieFilters>,
) -> Result<Json<Listing<JourFerie>>> {
    who.read(move |db| store::holidays(db, &filters, &page)).await.map(Json)
}

/// Add a public holiday; échéances not yet generated move with it
#[utoipa::path(post, path = "/api/v1/planning/jours-feries", tag = "planning", request_body = NewJourFerie,
    responses((status = 201, body = JourFerie)))]
async fn create_holiday(who: Allowed<ManagePlanning>, Valid(new): Valid<NewJourFerie>) -> Result<Answer> {
    who.write(|tx| Answer::created(&commands::create_holiday(tx, new)?)).await
}

/// Read a public holiday
#[utoipa::path(get, path = "/api/v1/planning/jours-feries/{id}", tag = "planning",
    params(("id" = JourFerieId, Path)), responses((status = 200, body = JourFerie)))]
async fn read_holiday(who: Allowed<ManagePlanning>, Id(id): Id<JourFerieId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&store::holiday(db, id)?)).await
}

/// Change a public holiday
#[utoipa::path(patch, path = "/api/v1/planning/jours-feries/{id}", tag = "planning",
    params(("id" = JourFerieId, Path)), request_body = JourFeriePatch,
    responses((status = 200, body = JourFerie)))]
async fn update_holiday(
    who: Allowed<ManagePlanning>,
    Id(id): Id<JourFerieId>,
    expected: IfMatch,
    Valid(patch): Valid<JourFeriePatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::update_holiday(tx, id, patch, expected)?)).await
}

/// Remove a public holiday
#[utoipa::path(delete, path = "/api/v1/planning/jours-feries/{id}", tag = "planning",
    params(("id" = JourFerieId, Path)), responses((status = 204)))]
async fn delete_holiday(
    who: Allowed<ManagePlanning>,
    Id(id): Id<JourFerieId>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| commands::delete_holiday(tx, id, expected).map(|()| Answer::empty())).await
}
