//! HTTP of the workflow: it stands here, for work that is cancelled may bring its parts back.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ids::InterventionId;
use crate::interventions::{ChangementStatut, InterventionDetail, Workable};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::permissions::WorkOnInterventions;
use crate::pieces::commands;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(change_statut))
}

/// Take an intervention to another statut of its workflow
#[utoipa::path(patch, path = "/api/v1/interventions/{id}/statut", tag = "interventions",
    params(("id" = InterventionId, Path)), request_body = ChangementStatut,
    responses((status = 200, body = InterventionDetail)))]
async fn change_statut(
    who: Allowed<WorkOnInterventions>,
    Id(id): Id<InterventionId>,
    expected: IfMatch,
    Valid(asked): Valid<ChangementStatut>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::change_statut(tx, Workable::of(tx, id)?, asked, expected)?))
        .await
}
