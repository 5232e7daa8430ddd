//! HTTP of the storeroom.

mod catalogue;
mod inventaires;
mod mouvements;
mod reservations;
mod statut;

use utoipa_axum::router::OpenApiRouter;

use crate::kernel::app::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(catalogue::router())
        .merge(mouvements::router())
        .merge(reservations::router())
        .merge(inventaires::router())
        .merge(statut::router())
}
