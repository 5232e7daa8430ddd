//! HTTP of the checklists of interventions.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::gammes::commands::{self, Corrected};
use crate::gammes::model::{Checklist, Corrective, Element, NewReponse};
use crate::ids::{InterventionId, OperationId};
use crate::interventions::{InterventionDetail, Readable, Workable};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::permissions::{ReadInterventions, WorkOnInterventions};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_checklist))
        .routes(routes!(read_element, answer))
        .routes(routes!(correct))
}

/// Read the checklist of an intervention, with its answers and how far it is
#[utoipa::path(get, path = "/api/v1/interventions/{id}/checklist", tag = "interventions",
    params(("id" = InterventionId, Path)), responses((status = 200, body = Checklist)))]
async fn read_checklist(
    who: Allowed<ReadInterventions>,
    Id(id): Id<InterventionId>,
) -> Result<Json<Checklist>> {
    who.read(move |db| commands::checklist(db, &Readable::of(db, id)?)).await.map(Json)
}

/// Read one operation of the checklist, with its answers
#[utoipa::path(get, path = "/api/v1/interventions/{id}/checklist/{operation}", tag = "interventions",
    params(("id" = InterventionId, Path), ("operation" = OperationId, Path)),
    responses((status = 200, body = Element)))]
async fn read_element(
    who: Allowed<ReadInterventions>,
    Id((id, operation)): Id<(InterventionId, OperationId)>,
) -> Result<Answer> {
    who.read(move |db| Answer::entity(&commands::element(db, &Readable::of(db, id)?, operation)?)).await
}

/// Answer an operation of the checklist; the same answer again changes nothing
#[utoipa::path(put, path = "/api/v1/interventions/{id}/checklist/{operation}", tag = "interventions",
    params(("id" = InterventionId, Path), ("operation" = OperationId, Path)), request_body = NewReponse,
    responses((status = 200, body = Element)))]
async fn answer(
    who: Allowed<WorkOnInterventions>,
    Id((id, operation)): Id<(InterventionId, OperationId)>,
    expected: IfMatch,
    Valid(body): Valid<NewReponse>,
) -> Result<Answer> {
    who.write(move |tx| {
        let answered = commands::answer(tx, Workable::of(tx, id)?, operation, &body, expected)?;
        Answer::entity(&answered)
    })
    .await
}

/// Create the corrective work for a measure out of tolerance, once (a technicien: have it proposed)
#[utoipa::path(post, path = "/api/v1/interventions/{id}/checklist/{operation}/corrective", tag = "interventions",
    params(("id" = InterventionId, Path), ("operation" = OperationId, Path)),
    responses(
        (status = 201, body = InterventionDetail),
        (status = 200, description = "It exists already", body = InterventionDetail),
        (status = 202, description = "It is proposed to those who may create it", body = Corrective)))]
async fn correct(
    who: Allowed<WorkOnInterventions>,
    Id((id, operation)): Id<(InterventionId, OperationId)>,
) -> Result<Answer> {
    who.write(move |tx| match commands::correct(tx, Workable::of(tx, id)?, operation)? {
        Corrected::Created(created) => Answer::created(&created),
        Corrected::Found(found) => Answer::entity(&found),
        Corrected::Proposed(corrective) => Answer::accepted(&corrective),
    })
    .await
}
