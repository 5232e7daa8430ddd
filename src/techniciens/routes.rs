//! HTTP of techniciens, compétences and absences.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{
    Absence, AbsenceFilters, Competence, CompetenceFilters, CompetencePatch, EmploiDuTemps, NewAbsence,
    NewCompetence, NewTechnicien, Technicien, TechnicienFilters, TechnicienPatch, Window,
};
use super::{access, commands, store};
use crate::ids::{AbsenceId, CompetenceId, TechnicienId};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::kernel::page::{Lister, Listing, Page, Params};
use crate::permissions::{ManageTechniciens, ReadTechniciens};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_techniciens, create_technicien))
        .routes(routes!(read_technicien, update_technicien, delete_technicien))
        .routes(routes!(list_competences, create_competence))
        .routes(routes!(read_competence, update_competence, delete_competence))
        .routes(routes!(list_absences, create_absence))
        .routes(routes!(read_absence, delete_absence))
        .routes(routes!(read_disponibilite))
}

/// List the techniciens
#[utoipa::path(get, path = "/api/v1/techniciens/", tag = "techniciens", params(TechnicienFilters, Page),
    responses((status = 200, body = Listing<Technicien>)))]
async fn list_techniciens(
    who: Allowed<ReadTechniciens>,
    Lister { filters, page }: Lister<TechnicienFilters>,
) -> Result<Json<Listing<Technicien>>> {
    who.read(move |db| store::list(db, &filters, &page)).await.map(Json)
}

/// Make an account of role technicien a technicien
#[utoipa::path(post, path = "/api/v1/techniciens/", tag = "techniciens", request_body = NewTechnicien,
    responses((status = 201, body = Technicien)))]
async fn create_technicien(
    who: Allowed<ManageTechniciens>,
    Valid(new): Valid<NewTechnicien>,
) -> Result<Answer> {
    who.write(|tx| Answer::created(&commands::create(tx, new)?)).await
}

/// Read a technicien
#[utoipa::path(get, path = "/api/v1/techniciens/{id}", tag = "techniciens", params(("id" = TechnicienId, Path)),
    responses((status = 200, body = Technicien)))]
async fn read_technicien(who: Allowed<ReadTechniciens>, Id(id): Id<TechnicienId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&access::shown(db.actor(), store::technicien(db, id)?))).await
}

/// Change a technicien
#[utoipa::path(patch, path = "/api/v1/techniciens/{id}", tag = "techniciens", params(("id" = TechnicienId, Path)),
    request_body = TechnicienPatch, responses((status = 200, body = Technicien)))]
async fn update_technicien(
    who: Allowed<ManageTechniciens>,
    Id(id): Id<TechnicienId>,
    expected: IfMatch,
    Valid(patch): Valid<TechnicienPatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::update(tx, id, patch, expected)?)).await
}

/// Delete a technicien who was never given a job
#[utoipa::path(delete, path = "/api/v1/techniciens/{id}", tag = "techniciens", params(("id" = TechnicienId, Path)),
    responses((status = 204)))]
async fn delete_technicien(
    who: Allowed<ManageTechniciens>,
    Id(id): Id<TechnicienId>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| commands::delete(tx, id, expected).map(|()| Answer::empty())).await
}

/// List the compétences
#[utoipa::path(get, path = "/api/v1/techniciens/competences", tag = "techniciens", params(Page),
    responses((status = 200, body = Listing<Competence>)))]
async fn list_competences(
    who: Allowed<ReadTechniciens>,
    Lister { filters, page }: Lister<CompetenceFilters>,
) -> Result<Json<Listing<Competence>>> {
    who.read(move |db| store::competences(db, &filters, &page)).await.map(Json)
}

/// Create a compétence
#[utoipa::path(post, path = "/api/v1/techniciens/competences", tag = "techniciens", request_body = NewCompetence,
    responses((status = 201, body = Competence)))]
async fn create_competence(
    who: Allowed<ManageTechniciens>,
    Valid(new): Valid<NewCompetence>,
) -> Result<Answer> {
    who.write(move |tx| Answer::created(&commands::create_competence(tx, &new)?)).await
}

/// Read a compétence
#[utoipa::path(get, path = "/api/v1/techniciens/competences/{id}", tag = "techniciens",
    params(("id" = CompetenceId, Path)), responses((status = 200, body = Competence)))]
async fn read_competence(who: Allowed<ReadTechniciens>, Id(id): Id<CompetenceId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&store::competence(db, id)?)).await
}

/// Change a compétence
#[utoipa::path(patch, path = "/api/v1/techniciens/competences/{id}", tag = "techniciens",
    params(("id" = CompetenceId, Path)), request_body = CompetencePatch,
    responses((status = 200, body = Competence)))]
async fn update_competence(
    who: Allowed<ManageTechniciens>,
    Id(id): Id<CompetenceId>,
    expected: IfMatch,
    Valid(patch): Valid<CompetencePatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::update_competence(tx, id, patch, expected)?)).await
}

/// Delete a compétence that nobody holds and no job requires
#[utoipa::path(delete, path = "/api/v1/techniciens/competences/{id}", tag = "techniciens",
    params(("id" = CompetenceId, Path)), responses((status = 204)))]
async fn delete_competence(
    who: Allowed<ManageTechniciens>,
    Id(id): Id<CompetenceId>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| commands::delete_competence(tx, id, expected).map(|()| Answer::empty())).await
}

/// List a technicien's absences
#[utoipa::path(get, path = "/api/v1/techniciens/{id}/absences", tag = "techniciens",
    params(("id" = TechnicienId, Path), Page), responses((status = 200, body = Listing<Absence>)))]
async fn list_absences(
    who: Allowed<ReadTechniciens>,
    Id(id): Id<TechnicienId>,
    Lister { filters, page }: Lister<AbsenceFilters>,
) -> Result<Json<Listing<Absence>>> {
    let list = who
        .read(move |db| {
            store::technicien(db, id)?;
            let shown = |absence| access::shown_absence(db.actor(), absence);
            store::absences(db, id, access::knows(db.actor(), id), &filters, &page)?
                .map(|list| Ok(list.into_iter().map(shown).collect()))
        })
        .await?;
    Ok(Json(list))
}

/// Enter an absence
#[utoipa::path(post, path = "/api/v1/techniciens/{id}/absences", tag = "techniciens",
    params(("id" = TechnicienId, Path)), request_body = NewAbsence, responses((status = 201, body = Absence)))]
async fn create_absence(
    who: Allowed<ManageTechniciens>,
    Id(id): Id<TechnicienId>,
    Valid(new): Valid<NewAbsence>,
) -> Result<Answer> {
    who.write(move |tx| Answer::created(&commands::create_absence(tx, id, &new)?)).await
}

/// Read an absence
#[utoipa::path(get, path = "/api/v1/techniciens/{id}/absences/{aid}", tag = "techniciens",
    params(("id" = TechnicienId, Path), ("aid" = AbsenceId, Path)), responses((status = 200, body = Absence)))]
async fn read_absence(
    who: Allowed<ReadTechniciens>,
    Id((id, aid)): Id<(TechnicienId, AbsenceId)>,
) -> Result<Answer> {
    who.read(move |db| Answer::entity(&access::shown_absence(db.actor(), store::absence(db, id, aid)?))).await
}

/// Delete an absence: the time is free again
#[utoipa::path(delete, path = "/api/v1/techniciens/{id}/absences/{aid}", tag = "techniciens",
    params(("id" = TechnicienId, Path), ("aid" = AbsenceId, Path)), responses((status = 204)))]
async fn delete_absence(
    who: Allowed<ManageTechniciens>,
    Id((id, aid)): Id<(TechnicienId, AbsenceId)>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| commands::delete_absence(tx, id, aid, expected).map(|()| Answer::empty())).await
}

/// When a technicien is booked and when free, over at most 62 days
#[utoipa::path(get, path = "/api/v1/techniciens/{id}/disponibilite", tag = "techniciens",
    params(("id" = TechnicienId, Path), Window), responses((status = 200, body = EmploiDuTemps)))]
async fn read_disponibilite(
    who: Allowed<ReadTechniciens>,
    Id(id): Id<TechnicienId>,
    Params(window): Params<Window>,
) -> Result<Json<EmploiDuTemps>> {
    who.read(move |db| commands::schedule(db, id, &window)).await.map(Json)
}
