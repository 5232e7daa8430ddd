//! HTTP of the second factor. Answers that hold a secret are never kept for repetitions.

use axum::Json;
use qrcode::QrCode;
use qrcode::render::svg;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{CodeTotp, CodesSecours, Double, Enrolement, Exigence, Preuve, Retrait};
use super::{commands, rules};
use crate::ids::UserId;
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{Id, Valid};
use crate::kernel::problem::Problem;
use crate::permissions::{ManageUsers, OwnAccount};
use crate::users::auth;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read, propose))
        .routes(routes!(confirm))
        .routes(routes!(recovery))
        .routes(routes!(remove))
        .routes(routes!(require))
        .routes(routes!(reset))
}

/// Read how one's own second factor stands
#[utoipa::path(get, path = "/api/v1/auth/double", tag = "auth", responses((status = 200, body = Double)))]
async fn read(who: Allowed<OwnAccount>) -> Result<Json<Double>> {
    who.read(commands::own).await.map(Json)
}

/// Begin to set a second factor up: a secret for an authenticator application, in force once a code confirms it
#[utoipa::path(post, path = "/api/v1/auth/double", tag = "auth", request_body = Preuve,
    responses(
        (status = 200, body = Enrolement),
        (status = 429, description = "Too many attempts", body = Problem, content_type = "application/problem+json")))]
async fn propose(
    who: Allowed<OwnAccount>,
    Valid(Preuve { password }): Valid<Preuve>,
) -> Result<Json<Enrolement>> {
    let account = auth::prove(&who, "password", password).await?;
    let secret = random()?;
    who.write_unkept(move |tx| commands::propose(tx, &secret)).await?;
    let url = rules::url(&secret, &account.user.username);
    let code = QrCode::new(&url).map_err(|cause| Error::Internal(cause.into()))?;
    let qr_svg = code.render::<svg::Color<'_>>().build();
    Ok(Json(Enrolement { secret: rules::base32(&secret), url, qr_svg }))
}

/// Put the second factor in force with a first code; every other session ends
#[utoipa::path(post, path = "/api/v1/auth/double/confirmer", tag = "auth", request_body = CodeTotp,
    responses(
        (status = 200, body = CodesSecours),
        (status = 404, description = "No secret waits to be confirmed", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts", body = Problem, content_type = "application/problem+json")))]
async fn confirm(
    who: Allowed<OwnAccount>,
    Valid(CodeTotp { totp }): Valid<CodeTotp>,
) -> Result<Json<CodesSecours>> {
    who.read(|db| auth::own_account(db).map(|_| ())).await?;
    let codes = recovery_codes()?;
    who.write_unkept(move |tx| commands::confirm(tx, &totp, &codes)).await?.map(Json)
}

/// Make other recovery codes; those of before are good no more
#[utoipa::path(post, path = "/api/v1/auth/double/codes", tag = "auth", request_body = CodeTotp,
    responses(
        (status = 200, body = CodesSecours),
        (status = 404, description = "No second factor is in force", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts", body = Problem, content_type = "application/problem+json")))]
async fn recovery(
    who: Allowed<OwnAccount>,
    Valid(CodeTotp { totp }): Valid<CodeTotp>,
) -> Result<Json<CodesSecours>> {
    who.read(|db| auth::own_account(db).map(|_| ())).await?;
    let codes = recovery_codes()?;
    who.write_unkept(move |tx| commands::recovery(tx, &totp, &codes)).await?.map(Json)
}

/// Take one's own second factor off
#[utoipa::path(post, path = "/api/v1/auth/double/retirer", tag = "auth", request_body = Retrait,
    responses(
        (status = 204),
        (status = 404, description = "No second factor is in force", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts", body = Problem, content_type = "application/problem+json")))]
async fn remove(
    who: Allowed<OwnAccount>,
    Valid(Retrait { password, totp }): Valid<Retrait>,
) -> Result<Answer> {
    auth::prove(&who, "password", password).await?;
    who.write_unkept(move |tx| commands::remove(tx, &totp)).await?.map(|()| Answer::empty())
}

/// Say whether admins and responsables must have a second factor
#[utoipa::path(put, path = "/api/v1/auth/double/exigence", tag = "auth", request_body = Exigence,
    responses((status = 200, body = Double)))]
async fn require(who: Allowed<ManageUsers>, Valid(Exigence { exigee }): Valid<Exigence>) -> Result<Answer> {
    who.write(move |tx| Answer::ok(&commands::require(tx, exigee)?)).await
}

/// Take somebody's second factor off, who has lost it and every recovery code; their sessions end
#[utoipa::path(delete, path = "/api/v1/users/{id}/double", tag = "users", params(("id" = UserId, Path)),
    responses((status = 204)))]
async fn reset(who: Allowed<ManageUsers>, Id(id): Id<UserId>) -> Result<Answer> {
    who.write(move |tx| commands::reset(tx, id).map(|()| Answer::empty())).await
}

fn recovery_codes() -> Result<Vec<String>> {
    (0..rules::RECOVERY_CODES).map(|_| random().map(rules::recovery_code)).collect()
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|cause| Error::Internal(anyhow::anyhow!("{cause}")))?;
    Ok(bytes)
}
