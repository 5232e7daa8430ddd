//! HTTP of équipements.

use axum::Json;
use axum::http::header;
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{
    Arbre, Equipement, EquipementFilters, EquipementPatch, Etiquette, EtiquetteQuery, NewEquipement,
    TravauxFilters,
};
use super::{commands, store};
use crate::ids::EquipementId;
use crate::interventions::Intervention;
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::kernel::page::{Lister, Listing, Page, Params};
use crate::kernel::problem::Problem;
use crate::permissions::{ManageEquipements, ReadEquipements, ReadInterventions};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_equipements, create_equipement))
        .routes(routes!(read_equipement, update_equipement, delete_equipement))
        .routes(routes!(read_tree))
        .routes(routes!(list_work))
        .routes(routes!(read_qr_code))
        .routes(routes!(read_label))
}

/// List the équipements (a client sees those on its own sites)
#[utoipa::path(get, path = "/api/v1/equipements/", tag = "equipements", params(EquipementFilters, Page),
    responses((status = 200, body = Listing<Equipement>)))]
async fn list_equipements(
    who: Allowed<ReadEquipements>,
    Lister { filters, page }: Lister<EquipementFilters>,
) -> Result<Json<Listing<Equipement>>> {
    who.read(move |db| store::list(db, &filters, &page)).await.map(Json)
}

/// Create an équipement
#[utoipa::path(post, path = "/api/v1/equipements/", tag = "equipements", request_body = NewEquipement,
    responses((status = 201, body = Equipement)))]
async fn create_equipement(
    who: Allowed<ManageEquipements>,
    Valid(new): Valid<NewEquipement>,
) -> Result<Answer> {
    who.write(|tx| Answer::created(&commands::create(tx, new)?)).await
}

/// Read an équipement
#[utoipa::path(get, path = "/api/v1/equipements/{id}", tag = "equipements", params(("id" = EquipementId, Path)),
    responses((status = 200, body = Equipement)))]
async fn read_equipement(who: Allowed<ReadEquipements>, Id(id): Id<EquipementId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&store::equipement(db, id)?)).await
}

/// Change an équipement; one that moves to another site takes its parts along
#[utoipa::path(patch, path = "/api/v1/equipements/{id}", tag = "equipements",
    params(("id" = EquipementId, Path)), request_body = EquipementPatch,
    responses((status = 200, body = Equipement)))]
async fn update_equipement(
    who: Allowed<ManageEquipements>,
    Id(id): Id<EquipementId>,
    expected: IfMatch,
    Valid(patch): Valid<EquipementPatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::update(tx, id, patch, expected)?)).await
}

/// Delete an équipement without interventions or parts (others are retired)
#[utoipa::path(delete, path = "/api/v1/equipements/{id}", tag = "equipements",
    params(("id" = EquipementId, Path)), responses((status = 204)))]
async fn delete_equipement(
    who: Allowed<ManageEquipements>,
    Id(id): Id<EquipementId>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| commands::delete(tx, id, expected).map(|()| Answer::empty())).await
}

/// Read what hangs below an équipement, and what stands above it
#[utoipa::path(get, path = "/api/v1/equipements/{id}/arbre", tag = "equipements",
    params(("id" = EquipementId, Path)), responses((status = 200, body = Arbre)))]
async fn read_tree(who: Allowed<ReadEquipements>, Id(id): Id<EquipementId>) -> Result<Json<Arbre>> {
    who.read(move |db| commands::tree(db, id)).await.map(Json)
}

/// List the interventions on an équipement
#[utoipa::path(get, path = "/api/v1/equipements/{id}/interventions", tag = "equipements",
    params(("id" = EquipementId, Path), TravauxFilters, Page),
    responses((status = 200, body = Listing<Intervention>)))]
async fn list_work(
    who: Allowed<ReadInterventions>,
    Id(id): Id<EquipementId>,
    Lister { filters, page }: Lister<TravauxFilters>,
) -> Result<Json<Listing<Intervention>>> {
    who.read(move |db| commands::interventions(db, id, filters, &page)).await.map(Json)
}

/// Draw the QR code of an équipement's label
#[utoipa::path(get, path = "/api/v1/equipements/{id}/qr.svg", tag = "equipements",
    params(("id" = EquipementId, Path)),
    responses((status = 200, body = String, content_type = "image/svg+xml")))]
async fn read_qr_code(who: Allowed<ReadEquipements>, Id(id): Id<EquipementId>) -> Result<impl IntoResponse> {
    let public_url = who.app().options().public_url.clone();
    let image = who.read(move |db| commands::qr_code(db, id, &public_url)).await?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], image))
}

/// Read what a label leads to: by its identifier, by its machine's code, or by a code that it had before
#[utoipa::path(get, path = "/api/v1/equipements/etiquette", tag = "equipements", params(EtiquetteQuery),
    responses(
        (status = 200, body = Etiquette),
        (status = 404, description = "No équipement is or was called so", body = Problem,
            content_type = "application/problem+json")))]
async fn read_label(
    who: Allowed<ReadEquipements>,
    Params(EtiquetteQuery { lue }): Params<EtiquetteQuery>,
) -> Result<Json<Etiquette>> {
    who.read(move |db| commands::label(db, lue)).await.map(Json)
}
