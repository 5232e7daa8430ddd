//! HTTP of time, of services bought outside and of costs.

mod couts;
mod temps;

use utoipa_axum::router::OpenApiRouter;

use crate::kernel::app::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(temps::router()).merge(couts::router())
}
