//! HTTP of interventions. Their workflow's own route is with the parts (`pieces`), which follow it.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::{Readable, Workable, caller};
use super::commands::Origin;
use super::model::{
    AffectationsDemandees, Commentaire, Historique, Intervention, InterventionDetail, InterventionFilters,
    InterventionPatch, NewCommentaire, NewIntervention, SuggestionQuery, Suggestions, TimelineFilters,
    Validation,
};
use super::rules::Caller;
use super::{commands, store};
use crate::ids::InterventionId;
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::kernel::page::{Lister, Listing, Page, Params};
use crate::kernel::problem::Problem;
use crate::permissions::{CommentInterventions, ManageInterventions, ReadInterventions, WorkOnInterventions};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_interventions, create_intervention))
        .routes(routes!(read_intervention, update_intervention, delete_intervention))
        .routes(routes!(assign))
        .routes(routes!(read_historique))
        .routes(routes!(list_commentaires, comment))
        .routes(routes!(validate))
        .routes(routes!(suggest))
}

/// List the interventions (a technicien sees their own, a client those on its équipements)
#[utoipa::path(get, path = "/api/v1/interventions/", tag = "interventions",
    params(InterventionFilters, Page), responses((status = 200, body = Listing<Intervention>)))]
async fn list_interventions(
    who: Allowed<ReadInterventions>,
    Lister { filters, page }: Lister<InterventionFilters>,
) -> Result<Json<Listing<Intervention>>> {
    who.read(move |db| store::list(db, &filters, &page)).await.map(Json)
}

/// Create an intervention, and book its technicien when they and a time are named
#[utoipa::path(post, path = "/api/v1/interventions/", tag = "interventions",
    request_body = NewIntervention, responses((status = 201, body = InterventionDetail)))]
async fn create_intervention(
    who: Allowed<ManageInterventions>,
    Valid(new): Valid<NewIntervention>,
) -> Result<Answer> {
    who.write(|tx| Answer::created(&commands::create(tx, new, Origin::Person)?)).await
}

/// Read an intervention, with what the caller may do next
#[utoipa::path(get, path = "/api/v1/interventions/{id}", tag = "interventions",
    params(("id" = InterventionId, Path)), responses((status = 200, body = InterventionDetail)))]
async fn read_intervention(who: Allowed<ReadInterventions>, Id(id): Id<InterventionId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&store::detail(db, Readable::of(db, id)?)?)).await
}

/// Change an intervention (a technicien, the report of their own)
#[utoipa::path(patch, path = "/api/v1/interventions/{id}", tag = "interventions",
    params(("id" = InterventionId, Path)), request_body = InterventionPatch,
    responses((status = 200, body = InterventionDetail)))]
async fn update_intervention(
    who: Allowed<WorkOnInterventions>,
    Id(id): Id<InterventionId>,
    expected: IfMatch,
    Valid(patch): Valid<InterventionPatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::update(tx, Workable::of(tx, id)?, patch, expected)?)).await
}

/// Delete an intervention that never began
#[utoipa::path(delete, path = "/api/v1/interventions/{id}", tag = "interventions",
    params(("id" = InterventionId, Path)), responses((status = 204)))]
async fn delete_intervention(
    who: Allowed<ManageInterventions>,
    Id(id): Id<InterventionId>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| commands::delete(tx, Workable::of(tx, id)?, expected).map(|()| Answer::empty())).await
}

/// Replace everybody who is booked on an intervention
#[utoipa::path(put, path = "/api/v1/interventions/{id}/affectations", tag = "interventions",
    params(("id" = InterventionId, Path)), request_body = AffectationsDemandees,
    responses((status = 200, body = InterventionDetail)))]
async fn assign(
    who: Allowed<ManageInterventions>,
    Id(id): Id<InterventionId>,
    expected: IfMatch,
    Valid(asked): Valid<AffectationsDemandees>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::assign(tx, Workable::of(tx, id)?, asked, expected)?)).await
}

/// Read what happened to an intervention, oldest first
#[utoipa::path(get, path = "/api/v1/interventions/{id}/historique", tag = "interventions",
    params(("id" = InterventionId, Path), Page), responses((status = 200, body = Listing<Historique>)))]
async fn read_historique(
    who: Allowed<ReadInterventions>,
    Id(id): Id<InterventionId>,
    Lister { page, .. }: Lister<TimelineFilters>,
) -> Result<Json<Listing<Historique>>> {
    who.read(move |db| store::historique(db, &Readable::of(db, id)?, &page)).await.map(Json)
}

/// List the remarks under an intervention, oldest first (a client sees no internal one)
#[utoipa::path(get, path = "/api/v1/interventions/{id}/commentaires", tag = "interventions",
    params(("id" = InterventionId, Path), Page), responses((status = 200, body = Listing<Commentaire>)))]
async fn list_commentaires(
    who: Allowed<ReadInterventions>,
    Id(id): Id<InterventionId>,
    Lister { page, .. }: Lister<TimelineFilters>,
) -> Result<Json<Listing<Commentaire>>> {
    who.read(move |db| {
        let with_internal = caller(db.actor()) != Caller::Onlooker;
        store::commentaires(db, &Readable::of(db, id)?, with_internal, &page)
    })
    .await
    .map(Json)
}

/// Add a remark under an intervention, open or closed
#[utoipa::path(post, path = "/api/v1/interventions/{id}/commentaires", tag = "interventions",
    params(("id" = InterventionId, Path)), request_body = NewCommentaire,
    responses(
        (status = 201, body = Commentaire),
        (status = 429, description = "Too many today", body = Problem, content_type = "application/problem+json")))]
async fn comment(
    who: Allowed<CommentInterventions>,
    Id(id): Id<InterventionId>,
    Valid(new): Valid<NewCommentaire>,
) -> Result<Answer> {
    who.write(move |tx| Answer::created(&commands::comment(tx, &Readable::of(tx, id)?, &new)?)).await
}

/// Validate a finished intervention, which freezes it
#[utoipa::path(post, path = "/api/v1/interventions/{id}/validation", tag = "interventions",
    params(("id" = InterventionId, Path)), request_body = Option<Validation>,
    responses((status = 200, body = InterventionDetail)))]
async fn validate(
    who: Allowed<ManageInterventions>,
    Id(id): Id<InterventionId>,
    body: Option<Valid<Validation>>,
) -> Result<Answer> {
    let remarque = body.and_then(|Valid(validation)| validation.remarque);
    who.write(move |tx| {
        let validated = commands::validate(tx, Workable::of(tx, id)?, remarque.as_deref())?;
        Answer::entity(&validated)
    })
    .await
}

/// Suggest the first free slots of those qualified for an intervention, least loaded first
#[utoipa::path(get, path = "/api/v1/planning/suggestions", tag = "planning", params(SuggestionQuery),
    responses(
        (status = 200, body = Suggestions),
        (status = 404, description = "No such intervention", body = Problem, content_type = "application/problem+json")))]
async fn suggest(
    who: Allowed<ManageInterventions>,
    Params(query): Params<SuggestionQuery>,
) -> Result<Json<Suggestions>> {
    who.read(move |db| commands::suggestions(db, &Readable::of(db, query.intervention_id)?)).await.map(Json)
}
