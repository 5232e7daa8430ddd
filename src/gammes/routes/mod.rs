//! HTTP of gammes, and of the checklists of interventions.

mod checklist;
mod gammes;

use utoipa_axum::router::OpenApiRouter;

use crate::kernel::app::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(gammes::router()).merge(checklist::router())
}
