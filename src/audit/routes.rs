//! HTTP of the audit journal.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{AuditFilters, Entree, Verification};
use super::store;
use crate::ids::EntryId;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::db::Chain;
use crate::kernel::error::Result;
use crate::kernel::page::{Lister, Listing, Page};
use crate::permissions::ReadAudit;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_entries)).routes(routes!(verify))
}

/// List what happened, newest first
#[utoipa::path(get, path = "/api/v1/audit/", tag = "audit", params(AuditFilters, Page),
    responses((status = 200, body = Listing<Entree>)))]
async fn list_entries(
    who: Allowed<ReadAudit>,
    Lister { filters, page }: Lister<AuditFilters>,
) -> Result<Json<Listing<Entree>>> {
    who.read(move |db| store::entries(db, &filters, &page)).await.map(Json)
}

/// Check that no entry of the journal was changed or removed
#[utoipa::path(get, path = "/api/v1/audit/verification", tag = "audit",
    responses((status = 200, body = Verification)))]
async fn verify(who: Allowed<ReadAudit>) -> Result<Json<Verification>> {
    let mut chain = Chain::default();
    while !chain.is_walked() {
        chain = who.read(move |db| chain.walk_on(db)).await?;
    }
    Ok(Json(Verification {
        entrees: chain.entries(),
        intacte: chain.broken().is_none(),
        premiere_rupture: chain.broken().map(EntryId),
    }))
}
