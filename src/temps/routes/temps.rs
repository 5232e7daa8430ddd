//! HTTP of entries of time and of timers.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ids::{InterventionId, TempsId};
use crate::interventions::{Readable, Workable};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::kernel::page::{Lister, Listing, Page};
use crate::permissions::{ReadInterventions, ReadTemps, WorkOnInterventions};
use crate::temps::access::{self, Editable};
use crate::temps::model::{
    ArretChronometre, DemarrageChronometre, NewTemps, Temps, TempsFilters, TempsIntervention,
    TempsInterventionFilters, TempsPatch,
};
use crate::temps::{commands, store};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_temps))
        .routes(routes!(stop_own))
        .routes(routes!(read_temps, update_temps, delete_temps))
        .routes(routes!(stop))
        .routes(routes!(list_of_intervention, add))
        .routes(routes!(start))
}

/// List entries of time and timers that run (a technicien, their own)
#[utoipa::path(get, path = "/api/v1/temps/", tag = "temps", params(TempsFilters, Page),
    responses((status = 200, body = Listing<Temps>)))]
async fn list_temps(
    who: Allowed<ReadTemps>,
    Lister { filters, page }: Lister<TempsFilters>,
) -> Result<Json<Listing<Temps>>> {
    who.read(move |db| store::list(db, &filters, &page)).await.map(Json)
}

/// Read an entry of time
#[utoipa::path(get, path = "/api/v1/temps/{id}", tag = "temps", params(("id" = TempsId, Path)),
    responses((status = 200, body = Temps)))]
async fn read_temps(who: Allowed<ReadInterventions>, Id(id): Id<TempsId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&access::shown(db.actor(), access::readable(db, id)?))).await
}

/// Correct an entry of time (a technicien, their own while the work goes on)
#[utoipa::path(patch, path = "/api/v1/temps/{id}", tag = "temps", params(("id" = TempsId, Path)),
    request_body = TempsPatch, responses((status = 200, body = Temps)))]
async fn update_temps(
    who: Allowed<WorkOnInterventions>,
    Id(id): Id<TempsId>,
    expected: IfMatch,
    Valid(patch): Valid<TempsPatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::update(tx, Editable::of(tx, id)?, patch, expected)?)).await
}

/// Delete an entry of time, or a timer that runs (a technicien, their own while the work goes on)
#[utoipa::path(delete, path = "/api/v1/temps/{id}", tag = "temps", params(("id" = TempsId, Path)),
    responses((status = 204)))]
async fn delete_temps(
    who: Allowed<WorkOnInterventions>,
    Id(id): Id<TempsId>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| commands::delete(tx, Editable::of(tx, id)?, expected).map(|()| Answer::empty())).await
}

/// Stop one's own timer, wherever it runs
#[utoipa::path(post, path = "/api/v1/temps/arreter", tag = "temps", request_body = Option<ArretChronometre>,
    responses((status = 200, body = Temps)))]
async fn stop_own(
    who: Allowed<WorkOnInterventions>,
    body: Option<Valid<ArretChronometre>>,
) -> Result<Answer> {
    let asked = body.map(|Valid(asked)| asked).unwrap_or_default();
    who.write(move |tx| Answer::entity(&commands::stop_own(tx, asked)?)).await
}

/// Stop a timer; one that was stopped before stays as it is
#[utoipa::path(post, path = "/api/v1/temps/{id}/arreter", tag = "temps", params(("id" = TempsId, Path)),
    request_body = Option<ArretChronometre>, responses((status = 200, body = Temps)))]
async fn stop(
    who: Allowed<WorkOnInterventions>,
    Id(id): Id<TempsId>,
    body: Option<Valid<ArretChronometre>>,
) -> Result<Answer> {
    let asked = body.map(|Valid(asked)| asked).unwrap_or_default();
    who.write(move |tx| Answer::entity(&commands::stop(tx, Editable::of(tx, id)?, asked)?)).await
}

/// List the time spent on an intervention, and what it comes to
#[utoipa::path(get, path = "/api/v1/interventions/{id}/temps", tag = "interventions",
    params(("id" = InterventionId, Path), Page), responses((status = 200, body = TempsIntervention)))]
async fn list_of_intervention(
    who: Allowed<ReadInterventions>,
    Id(id): Id<InterventionId>,
    Lister { page, .. }: Lister<TempsInterventionFilters>,
) -> Result<Json<TempsIntervention>> {
    who.read(move |db| commands::of_intervention(db, &Readable::of(db, id)?, &page)).await.map(Json)
}

/// Enter time spent on an intervention (a technicien, their own while the work goes on)
#[utoipa::path(post, path = "/api/v1/interventions/{id}/temps", tag = "interventions",
    params(("id" = InterventionId, Path)), request_body = NewTemps, responses((status = 201, body = Temps)))]
async fn add(
    who: Allowed<WorkOnInterventions>,
    Id(id): Id<InterventionId>,
    Valid(new): Valid<NewTemps>,
) -> Result<Answer> {
    who.write(move |tx| Answer::created(&commands::add(tx, Workable::of(tx, id)?, new)?)).await
}

/// Start a timer on an intervention; a person has one that runs
#[utoipa::path(post, path = "/api/v1/interventions/{id}/temps/demarrer", tag = "interventions",
    params(("id" = InterventionId, Path)), request_body = Option<DemarrageChronometre>,
    responses((status = 201, body = Temps)))]
async fn start(
    who: Allowed<WorkOnInterventions>,
    Id(id): Id<InterventionId>,
    body: Option<Valid<DemarrageChronometre>>,
) -> Result<Answer> {
    let asked = body.map(|Valid(asked)| asked).unwrap_or_default();
    who.write(move |tx| Answer::created(&commands::start(tx, Workable::of(tx, id)?, &asked)?)).await
}
