//! HTTP of meters.

mod compteurs;
mod plans;

use utoipa_axum::router::OpenApiRouter;

use crate::kernel::app::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(compteurs::router()).merge(plans::router())
}
