//! HTTP of the meters and their readings.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::compteurs::access::Readable;
use crate::compteurs::model::{
    AnnulationReleve, Compteur, CompteurDetail, CompteurFilters, CompteurPatch, NewCompteur, NewReleve,
    Releve, ReleveFilters,
};
use crate::compteurs::{commands, store};
use crate::ids::{CompteurId, ReleveId};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::kernel::page::{Lister, Listing, Page};
use crate::permissions::{EnterReleves, ManageCompteurs, ReadCompteurs};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_compteurs, create_compteur))
        .routes(routes!(read_compteur, update_compteur, delete_compteur))
        .routes(routes!(list_releves, enter_releve))
        .routes(routes!(annul_releve))
}

/// List the meters (a client sees those of its équipements)
#[utoipa::path(get, path = "/api/v1/compteurs/", tag = "compteurs", params(CompteurFilters, Page),
    responses((status = 200, body = Listing<Compteur>)))]
async fn list_compteurs(
    who: Allowed<ReadCompteurs>,
    Lister { filters, page }: Lister<CompteurFilters>,
) -> Result<Json<Listing<Compteur>>> {
    who.read(move |db| store::compteurs(db, &filters, &page)).await.map(Json)
}

/// Create a meter of an équipement
#[utoipa::path(post, path = "/api/v1/compteurs/", tag = "compteurs", request_body = NewCompteur,
    responses((status = 201, body = CompteurDetail)))]
async fn create_compteur(who: Allowed<ManageCompteurs>, Valid(new): Valid<NewCompteur>) -> Result<Answer> {
    who.write(move |tx| Answer::created(&commands::create(tx, &new)?)).await
}

/// Read a meter, and how fast it counts
#[utoipa::path(get, path = "/api/v1/compteurs/{id}", tag = "compteurs", params(("id" = CompteurId, Path)),
    responses((status = 200, body = CompteurDetail)))]
async fn read_compteur(who: Allowed<ReadCompteurs>, Id(id): Id<CompteurId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&commands::detail(db, &Readable::of(db, id)?)?)).await
}

/// Change a meter
#[utoipa::path(patch, path = "/api/v1/compteurs/{id}", tag = "compteurs", params(("id" = CompteurId, Path)),
    request_body = CompteurPatch, responses((status = 200, body = CompteurDetail)))]
async fn update_compteur(
    who: Allowed<ManageCompteurs>,
    Id(id): Id<CompteurId>,
    expected: IfMatch,
    Valid(patch): Valid<CompteurPatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::update(tx, id, patch, expected)?)).await
}

/// Delete a meter that was never read
#[utoipa::path(delete, path = "/api/v1/compteurs/{id}", tag = "compteurs", params(("id" = CompteurId, Path)),
    responses((status = 204)))]
async fn delete_compteur(
    who: Allowed<ManageCompteurs>,
    Id(id): Id<CompteurId>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| commands::delete(tx, id, expected).map(|()| Answer::empty())).await
}

/// List the readings of a meter by their instants, newest first
#[utoipa::path(get, path = "/api/v1/compteurs/{id}/releves", tag = "compteurs",
    params(("id" = CompteurId, Path), ReleveFilters, Page), responses((status = 200, body = Listing<Releve>)))]
async fn list_releves(
    who: Allowed<ReadCompteurs>,
    Id(id): Id<CompteurId>,
    Lister { filters, page }: Lister<ReleveFilters>,
) -> Result<Json<Listing<Releve>>> {
    who.read(move |db| commands::releves(db, &Readable::of(db, id)?, &filters, &page)).await.map(Json)
}

/// Enter a reading, of now or of earlier; what falls due by it is made with it
///
/// A counter that shows less than before is refused (409 `releve_en_baisse`) until `explication` says why:
/// `rebouclage`, `remplacement`, or `erreur` (the readings before that show more are then annulled).
/// One that shows more than the meter can have run since is refused (409 `releve_saut`) until it says `remplacement`, or
/// `exact` (it is right).
#[utoipa::path(post, path = "/api/v1/compteurs/{id}/releves", tag = "compteurs",
    params(("id" = CompteurId, Path)), request_body = NewReleve, responses((status = 201, body = Releve)))]
async fn enter_releve(
    who: Allowed<EnterReleves>,
    Id(id): Id<CompteurId>,
    Valid(new): Valid<NewReleve>,
) -> Result<Answer> {
    who.write(move |tx| Answer::created(&commands::enter(tx, &Readable::of(tx, id)?, &new)?)).await
}

/// Annul a reading: it stays in the books and counts no more
#[utoipa::path(post, path = "/api/v1/compteurs/{id}/releves/{rid}/annuler", tag = "compteurs",
    params(("id" = CompteurId, Path), ("rid" = ReleveId, Path)), request_body = AnnulationReleve,
    responses((status = 200, body = Releve)))]
async fn annul_releve(
    who: Allowed<ManageCompteurs>,
    Id((id, releve)): Id<(CompteurId, ReleveId)>,
    Valid(AnnulationReleve { motif }): Valid<AnnulationReleve>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::annul(tx, &Readable::of(tx, id)?, releve, &motif)?)).await
}
