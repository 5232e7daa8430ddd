//! HTTP of demandes.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::{Answerable, Own, Readable};
use super::model::{
    Acceptation, Demande, DemandeDeposee, DemandeDetail, DemandeFilters, DemandePatch, DoublonQuery,
    Doublons, NewDemande, Refus,
};
use super::{commands, store};
use crate::equipements;
use crate::ids::DemandeId;
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::kernel::page::{Lister, Listing, Page, Params};
use crate::kernel::problem::Problem;
use crate::permissions::{AnswerDemandes, FileDemandes};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_demandes, file_demande))
        .routes(routes!(list_doublons))
        .routes(routes!(read_demande, update_demande, withdraw_demande))
        .routes(routes!(accept_demande))
        .routes(routes!(refuse_demande))
}

/// List the demandes (a technicien sees their own, a client those on its équipements)
#[utoipa::path(get, path = "/api/v1/demandes/", tag = "demandes", params(DemandeFilters, Page),
    responses((status = 200, body = Listing<Demande>)))]
async fn list_demandes(
    who: Allowed<FileDemandes>,
    Lister { filters, page }: Lister<DemandeFilters>,
) -> Result<Json<Listing<Demande>>> {
    who.read(move |db| store::list(db, &filters, &page)).await.map(Json)
}

/// Ask for work on an équipement; the reply tells what was reported there before
#[utoipa::path(post, path = "/api/v1/demandes/", tag = "demandes", request_body = NewDemande,
    responses(
        (status = 201, body = DemandeDeposee),
        (status = 429, description = "Too many today", body = Problem, content_type = "application/problem+json")))]
async fn file_demande(who: Allowed<FileDemandes>, Valid(new): Valid<NewDemande>) -> Result<Answer> {
    let language = who.context().language;
    who.write(move |tx| Answer::created(&commands::file(tx, new, language)?)).await
}

/// List what was reported on an équipement and is not done yet, before one reports it again
#[utoipa::path(get, path = "/api/v1/demandes/doublons", tag = "demandes", params(DoublonQuery),
    responses(
        (status = 200, body = Doublons),
        (status = 404, description = "No such équipement", body = Problem, content_type = "application/problem+json")))]
async fn list_doublons(
    who: Allowed<FileDemandes>,
    Params(query): Params<DoublonQuery>,
) -> Result<Json<Doublons>> {
    let language = who.context().language;
    who.read(move |db| {
        let machine = equipements::equipement(db, query.equipement_id)?;
        let items = commands::doublons(db, &machine, query.titre.as_deref(), language)?;
        Ok(Json(Doublons { items }))
    })
    .await
}

/// Read a demande, how far its work is, and what the caller may do
#[utoipa::path(get, path = "/api/v1/demandes/{id}", tag = "demandes", params(("id" = DemandeId, Path)),
    responses((status = 200, body = DemandeDetail)))]
async fn read_demande(who: Allowed<FileDemandes>, Id(id): Id<DemandeId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&commands::detail(db, Readable::of(db, id)?)?)).await
}

/// Change a demande of one's own before it is answered
#[utoipa::path(patch, path = "/api/v1/demandes/{id}", tag = "demandes", params(("id" = DemandeId, Path)),
    request_body = DemandePatch, responses((status = 200, body = DemandeDetail)))]
async fn update_demande(
    who: Allowed<FileDemandes>,
    Id(id): Id<DemandeId>,
    expected: IfMatch,
    Valid(patch): Valid<DemandePatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::update(tx, Own::of(tx, id)?, patch, expected)?)).await
}

/// Withdraw a demande of one's own before it is answered; it stays readable as `retiree`
#[utoipa::path(delete, path = "/api/v1/demandes/{id}", tag = "demandes", params(("id" = DemandeId, Path)),
    responses((status = 204)))]
async fn withdraw_demande(
    who: Allowed<FileDemandes>,
    Id(id): Id<DemandeId>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| commands::withdraw(tx, Own::of(tx, id)?, expected).map(|()| Answer::empty())).await
}

/// Accept a demande: make its intervention, or name the one that is under way for the same problem
#[utoipa::path(post, path = "/api/v1/demandes/{id}/acceptation", tag = "demandes",
    params(("id" = DemandeId, Path)), request_body = Option<Acceptation>,
    responses((status = 200, body = DemandeDetail)))]
async fn accept_demande(
    who: Allowed<AnswerDemandes>,
    Id(id): Id<DemandeId>,
    body: Option<Valid<Acceptation>>,
) -> Result<Answer> {
    let asked = body.map(|Valid(asked)| asked).unwrap_or_default();
    who.write(move |tx| Answer::entity(&commands::accept(tx, Answerable::of(tx, id)?, asked)?)).await
}

/// Refuse a demande, and say why
#[utoipa::path(post, path = "/api/v1/demandes/{id}/refus", tag = "demandes", params(("id" = DemandeId, Path)),
    request_body = Refus, responses((status = 200, body = DemandeDetail)))]
async fn refuse_demande(
    who: Allowed<AnswerDemandes>,
    Id(id): Id<DemandeId>,
    Valid(refus): Valid<Refus>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::refuse(tx, Answerable::of(tx, id)?, &refus.motif)?)).await
}
