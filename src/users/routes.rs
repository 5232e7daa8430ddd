//! HTTP of accounts; that of sign-in is in [`super::auth`]. What may take work from somebody (another role, a closed
//! account) is in `depart`, which stands above the work.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::Session;
use super::model::{MadePassword, NewUser, PasswordReset, ProfilePatch, User, UserFilters};
use super::{auth, commands, double, rules, store};
use crate::ids::{SessionId, UserId};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::kernel::page::{Lister, Listing, Page};
use crate::kernel::problem::Problem;
use crate::permissions::{ManageUsers, OwnAccount, OwnPassword};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_users, create_user))
        .routes(routes!(read_profile, update_profile))
        .routes(routes!(read_user))
        .routes(routes!(reset_password))
        .routes(routes!(list_sessions_of, end_sessions_of))
        .routes(routes!(end_session_of))
        .merge(auth::router())
        .merge(double::router())
}

/// List the accounts
#[utoipa::path(get, path = "/api/v1/users/", tag = "users", params(UserFilters, Page),
    responses((status = 200, body = Listing<User>)))]
async fn list_users(
    who: Allowed<ManageUsers>,
    Lister { filters, page }: Lister<UserFilters>,
) -> Result<Json<Listing<User>>> {
    who.read(move |db| store::users(db, &filters, &page)).await.map(Json)
}

/// Create an account
#[utoipa::path(post, path = "/api/v1/users/", tag = "users", request_body = NewUser,
    responses((status = 201, body = User)))]
async fn create_user(who: Allowed<ManageUsers>, Valid(new): Valid<NewUser>) -> Result<Answer> {
    let hash = commands::hash_new(who.app().passwords(), &new).await?;
    who.write(move |tx| Answer::created(&commands::create(tx, new, &hash)?)).await
}

/// Read one's own profile
#[utoipa::path(get, path = "/api/v1/users/me", tag = "users", responses((status = 200, body = User)))]
async fn read_profile(who: Allowed<OwnPassword>) -> Result<Answer> {
    who.read(|db| Answer::entity(&store::user(db, auth::own_id(db)?)?)).await
}

/// Change one's own profile; another e-mail address asks for the current password
#[utoipa::path(patch, path = "/api/v1/users/me", tag = "users", request_body = ProfilePatch,
    responses(
        (status = 200, body = User),
        (status = 429, description = "Too many attempts", body = Problem, content_type = "application/problem+json")))]
async fn update_profile(
    who: Allowed<OwnAccount>,
    expected: IfMatch,
    Valid(mut patch): Valid<ProfilePatch>,
) -> Result<Answer> {
    if let Some(email) = &patch.email {
        let now = who.read(|db| store::user(db, auth::own_id(db)?)).await?.email;
        // Before the write: a repetition finds the address as it asked for it, and gets its answer again.
        if now != *email {
            let field = "current_password";
            let password = patch.current_password.take().ok_or_else(|| rules::password_needed(field))?;
            auth::prove(&who, field, password).await?;
        }
    }
    who.write(move |tx| Answer::entity(&commands::update(tx, auth::own_id(tx)?, patch.into(), expected)?))
        .await
}

/// Read an account
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "users", params(("id" = UserId, Path)),
    responses((status = 200, body = User)))]
async fn read_user(who: Allowed<ManageUsers>, Id(id): Id<UserId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&store::user(db, id)?)).await
}

/// Give a person another password, chosen or made; their sessions end
#[utoipa::path(post, path = "/api/v1/users/{id}/reset-password", tag = "users",
    params(("id" = UserId, Path)), request_body = Option<PasswordReset>,
    responses((status = 200, body = MadePassword)))]
async fn reset_password(
    who: Allowed<ManageUsers>,
    Id(id): Id<UserId>,
    body: Option<Valid<PasswordReset>>,
) -> Result<Json<MadePassword>> {
    let chosen = body.and_then(|Valid(body)| body.password);
    let user = who.read(move |db| store::user(db, id)).await?;
    let (hash, made) = commands::hash_reset(who.app().passwords(), &user, chosen).await?;
    // A password is not kept for replay.
    who.write_unkept(move |tx| commands::reset_password(tx, id, &hash)).await?;
    Ok(Json(MadePassword { password: made }))
}

/// List the live sessions of a person
#[utoipa::path(get, path = "/api/v1/users/{id}/sessions", tag = "users", params(("id" = UserId, Path)),
    responses((status = 200, body = Listing<Session>)))]
async fn list_sessions_of(who: Allowed<ManageUsers>, Id(id): Id<UserId>) -> Result<Json<Listing<Session>>> {
    let sessions = who.read(move |db| {
        store::user(db, id)?;
        auth::sessions(db, id)
    });
    Ok(Json(Listing::whole(sessions.await?)))
}

/// End all sessions of a person; of one's own, all but this one
#[utoipa::path(delete, path = "/api/v1/users/{id}/sessions", tag = "users", params(("id" = UserId, Path)),
    responses((status = 204)))]
async fn end_sessions_of(who: Allowed<ManageUsers>, Id(id): Id<UserId>) -> Result<Answer> {
    who.write(move |tx| {
        store::user(tx, id)?;
        auth::revoke_sessions(tx, id, tx.actor().session_id)?;
        Ok(Answer::empty())
    })
    .await
}

/// End one session of a person
#[utoipa::path(delete, path = "/api/v1/users/{id}/sessions/{session}", tag = "users",
    params(("id" = UserId, Path), ("session" = SessionId, Path)), responses((status = 204)))]
async fn end_session_of(
    who: Allowed<ManageUsers>,
    Id((id, session)): Id<(UserId, SessionId)>,
) -> Result<Answer> {
    who.write(move |tx| auth::revoke_session(tx, id, session).map(|()| Answer::empty())).await
}
