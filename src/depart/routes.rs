//! HTTP of leaving and coming back.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::commands;
use super::model::{ARemettre, CompteModifie, Fermeture, Remise};
use crate::ids::{TechnicienId, UserId};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::permissions::{ManageTechniciens, ManageUsers};
use crate::techniciens::{self, Technicien};
use crate::users::{User, UserPatch};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(update_user, deactivate_user))
        .routes(routes!(activate_user))
        .routes(routes!(read_of_user))
        .routes(routes!(close_user))
        .routes(routes!(read_of_technicien))
        .routes(routes!(close_technicien, reopen_technicien))
}

/// Change an account; one's own e-mail address is changed in one's profile
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "users", params(("id" = UserId, Path)),
    request_body = UserPatch, responses((status = 200, body = CompteModifie)))]
async fn update_user(
    who: Allowed<ManageUsers>,
    Id(id): Id<UserId>,
    expected: IfMatch,
    Valid(patch): Valid<UserPatch>,
) -> Result<Answer> {
    let language = who.context().language;
    who.write(move |tx| Answer::entity(&commands::update_account(tx, id, patch, expected, language)?)).await
}

/// Deactivate an account with which nothing goes on (what the person did keeps their name)
#[utoipa::path(delete, path = "/api/v1/users/{id}", tag = "users", params(("id" = UserId, Path)),
    responses((status = 204)))]
async fn deactivate_user(who: Allowed<ManageUsers>, Id(id): Id<UserId>, expected: IfMatch) -> Result<Answer> {
    let language = who.context().language;
    who.write(move |tx| commands::deactivate(tx, id, expected, language).map(|()| Answer::empty())).await
}

/// Let a deactivated account in again, with the sheet that was closed along with it
#[utoipa::path(patch, path = "/api/v1/users/{id}/activate", tag = "users", params(("id" = UserId, Path)),
    responses((status = 200, body = User)))]
async fn activate_user(who: Allowed<ManageUsers>, Id(id): Id<UserId>, expected: IfMatch) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::activate(tx, id, expected)?)).await
}

/// Read what is a person's and would have to go to somebody else
#[utoipa::path(get, path = "/api/v1/users/{id}/a_remettre", tag = "users", params(("id" = UserId, Path)),
    responses((status = 200, body = ARemettre)))]
async fn read_of_user(who: Allowed<ManageUsers>, Id(id): Id<UserId>) -> Result<Json<ARemettre>> {
    who.read(move |db| commands::of_account(db, id)).await.map(Json)
}

/// Deactivate an account, its sheet with it, and say to whom goes what was theirs
#[utoipa::path(post, path = "/api/v1/users/{id}/fermeture", tag = "users", params(("id" = UserId, Path)),
    request_body = Fermeture, responses((status = 200, body = Remise)))]
async fn close_user(
    who: Allowed<ManageUsers>,
    Id(id): Id<UserId>,
    expected: IfMatch,
    Valid(asked): Valid<Fermeture>,
) -> Result<Answer> {
    let language = who.context().language;
    who.write(move |tx| Answer::ok(&commands::close_account(tx, id, asked.remis_a, expected, language)?))
        .await
}

/// Read what is a technicien's and would have to go to somebody else
#[utoipa::path(get, path = "/api/v1/techniciens/{id}/a_remettre", tag = "techniciens",
    params(("id" = TechnicienId, Path)), responses((status = 200, body = ARemettre)))]
async fn read_of_technicien(
    who: Allowed<ManageTechniciens>,
    Id(id): Id<TechnicienId>,
) -> Result<Json<ARemettre>> {
    who.read(move |db| commands::of_sheet(db, id)).await.map(Json)
}

/// Close a technicien's sheet and say to whom goes what was theirs; the account stays
#[utoipa::path(post, path = "/api/v1/techniciens/{id}/fermeture", tag = "techniciens",
    params(("id" = TechnicienId, Path)), request_body = Fermeture, responses((status = 200, body = Remise)))]
async fn close_technicien(
    who: Allowed<ManageTechniciens>,
    Id(id): Id<TechnicienId>,
    expected: IfMatch,
    Valid(asked): Valid<Fermeture>,
) -> Result<Answer> {
    let language = who.context().language;
    who.write(move |tx| Answer::ok(&commands::close_sheet(tx, id, asked.remis_a, expected, language)?)).await
}

/// Open a technicien's sheet again; what went to others stays theirs
#[utoipa::path(delete, path = "/api/v1/techniciens/{id}/fermeture", tag = "techniciens",
    params(("id" = TechnicienId, Path)), responses((status = 200, body = Technicien)))]
async fn reopen_technicien(
    who: Allowed<ManageTechniciens>,
    Id(id): Id<TechnicienId>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&techniciens::reopen(tx, id, expected)?)).await
}
