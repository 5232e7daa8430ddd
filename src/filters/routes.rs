//! HTTP of filters, search and saved views.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{NewVue, Recherche, Resultats, Valeurs, Vue, VueFilters};
use super::{commands, search, store};
use crate::documents::{self, Document, DocumentFilters};
use crate::equipements::{self, Equipement, EquipementFilters};
use crate::ids::VueId;
use crate::interventions::{self, Intervention, InterventionFilters};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::facet::Faceted;
use crate::kernel::input::{Id, Valid};
use crate::kernel::page::{Lister, Listing, Page, Params};
use crate::permissions::{
    OwnAccount, ReadDocuments, ReadEquipements, ReadInterventions, ReadPieces, ReadTechniciens, Search,
};
use crate::pieces::{self, Piece, PieceFilters};
use crate::techniciens::{self, Technicien, TechnicienFilters};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(filter_interventions))
        .routes(routes!(filter_equipements))
        .routes(routes!(filter_techniciens))
        .routes(routes!(filter_documents))
        .routes(routes!(filter_pieces))
        .routes(routes!(list_values))
        .routes(routes!(search_everything))
        .routes(routes!(list_views, save_view))
        .routes(routes!(read_view, delete_view))
}

/// List interventions with the counts of what each filter would leave
#[utoipa::path(get, path = "/api/v1/filters/interventions", tag = "filters",
    params(InterventionFilters, Page), responses((status = 200, body = Faceted<Intervention>)))]
async fn filter_interventions(
    who: Allowed<ReadInterventions>,
    Lister { filters, page }: Lister<InterventionFilters>,
) -> Result<Json<Faceted<Intervention>>> {
    let language = who.context().language;
    who.read(move |db| interventions::faceted(db, &filters, &page, language)).await.map(Json)
}

/// List équipements with the counts of what each filter would leave
#[utoipa::path(get, path = "/api/v1/filters/equipements", tag = "filters", params(EquipementFilters, Page),
    responses((status = 200, body = Faceted<Equipement>)))]
async fn filter_equipements(
    who: Allowed<ReadEquipements>,
    Lister { filters, page }: Lister<EquipementFilters>,
) -> Result<Json<Faceted<Equipement>>> {
    let language = who.context().language;
    who.read(move |db| {
        let list = equipements::list(db, &filters, &page)?;
        Ok(Json(Faceted { list, facettes: equipements::facets(db, &filters, &page, language)? }))
    })
    .await
}

/// List techniciens with the counts of what each filter would leave
#[utoipa::path(get, path = "/api/v1/filters/techniciens", tag = "filters", params(TechnicienFilters, Page),
    responses((status = 200, body = Faceted<Technicien>)))]
async fn filter_techniciens(
    who: Allowed<ReadTechniciens>,
    Lister { filters, page }: Lister<TechnicienFilters>,
) -> Result<Json<Faceted<Technicien>>> {
    let language = who.context().language;
    who.read(move |db| {
        let list = techniciens::list(db, &filters, &page)?;
        Ok(Json(Faceted { list, facettes: techniciens::facets(db, &filters, &page, language)? }))
    })
    .await
}

/// List documents with the counts of what each filter would leave
#[utoipa::path(get, path = "/api/v1/filters/documents", tag = "filters", params(DocumentFilters, Page),
    responses((status = 200, body = Faceted<Document>)))]
async fn filter_documents(
    who: Allowed<ReadDocuments>,
    Lister { filters, page }: Lister<DocumentFilters>,
) -> Result<Json<Faceted<Document>>> {
    let language = who.context().language;
    who.read(move |db| documents::faceted(db, &filters, &page, language)).await.map(Json)
}

/// List parts with the counts of what each filter would leave
#[utoipa::path(get, path = "/api/v1/filters/pieces", tag = "filters", params(PieceFilters, Page),
    responses((status = 200, body = Faceted<Piece>)))]
async fn filter_pieces(
    who: Allowed<ReadPieces>,
    Lister { filters, page }: Lister<PieceFilters>,
) -> Result<Json<Faceted<Piece>>> {
    let language = who.context().language;
    who.read(move |db| {
        let list = pieces::list(db, &filters, &page)?;
        Ok(Json(Faceted { list, facettes: pieces::facets(db, &filters, &page, language)? }))
    })
    .await
}

/// List the words of every closed list, with their labels
#[utoipa::path(get, path = "/api/v1/filters/valeurs", tag = "filters",
    responses((status = 200, body = Valeurs)))]
async fn list_values(who: Allowed<Search>) -> Json<Valeurs> {
    Json(search::values(who.context().language))
}

/// Search everything the caller sees, for a command palette
#[utoipa::path(get, path = "/api/v1/filters/recherche", tag = "filters", params(Recherche),
    responses((status = 200, body = Resultats)))]
async fn search_everything(
    who: Allowed<Search>,
    Params(Recherche { q }): Params<Recherche>,
) -> Result<Json<Resultats>> {
    let items = who.read(move |db| search::search(db, q.unwrap_or_default())).await?;
    Ok(Json(Resultats { items }))
}

/// List one's saved views and those shared by others
#[utoipa::path(get, path = "/api/v1/filters/vues", tag = "filters", params(VueFilters, Page),
    responses((status = 200, body = Listing<Vue>)))]
async fn list_views(
    who: Allowed<OwnAccount>,
    Lister { filters, page }: Lister<VueFilters>,
) -> Result<Json<Listing<Vue>>> {
    who.read(move |db| store::vues(db, &filters, &page)).await.map(Json)
}

/// Save the filters of a list under a name
#[utoipa::path(post, path = "/api/v1/filters/vues", tag = "filters", request_body = NewVue,
    responses((status = 201, body = Vue)))]
async fn save_view(who: Allowed<OwnAccount>, Valid(new): Valid<NewVue>) -> Result<Answer> {
    who.write(move |tx| Answer::created(&commands::save(tx, &new)?)).await
}

/// Read a saved view
#[utoipa::path(get, path = "/api/v1/filters/vues/{id}", tag = "filters", params(("id" = VueId, Path)),
    responses((status = 200, body = Vue)))]
async fn read_view(who: Allowed<OwnAccount>, Id(id): Id<VueId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&store::vue(db, id)?)).await
}

/// Delete a saved view of one's own
#[utoipa::path(delete, path = "/api/v1/filters/vues/{id}", tag = "filters", params(("id" = VueId, Path)),
    responses((status = 204)))]
async fn delete_view(who: Allowed<OwnAccount>, Id(id): Id<VueId>) -> Result<Answer> {
    who.write(move |tx| commands::delete(tx, id).map(|()| Answer::empty())).await
}
