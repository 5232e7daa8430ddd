//! HTTP of sign-in and sessions.

mod carrier;

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::carrier::{Carrier, clear_cookies, keep_device, keep_refresh};
use super::model::{
    Attempt, Device, Granted, PasswordChange, RefreshRequest, Session, Setup, SignIn, Source, TokenReply,
};
use super::{commands, rules, store};
use crate::ids::SessionId;
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::{ACCESS_LIFE, Allowed, Anyone, Asker, Tokens, check_new_password};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{Form, Id, Valid, validate};
use crate::kernel::page::Listing;
use crate::kernel::problem::Problem;
use crate::permissions::{EndOwnSessions, OwnAccount, OwnPassword, SignOut};
use crate::phrase;
use crate::users::model::{Account, PasswordHash, User};
use crate::users::{commands as accounts, store as people};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(refresh))
        .routes(routes!(sign_out))
        .routes(routes!(read_me))
        .routes(routes!(change_password))
        .routes(routes!(list_sessions, end_other_sessions))
        .routes(routes!(read_session, end_session))
        .routes(routes!(set_up))
}

/// Sign in with user name or e-mail and password (OAuth2 password form)
#[utoipa::path(post, path = "/api/v1/auth/token", tag = "auth", security(()),
    params(("X-Session" = Option<String>, Header, description = "`cookie`: the refresh token goes into an HttpOnly cookie only")),
    request_body(content = SignIn, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = TokenReply),
        (status = 401, description = "Wrong name, password or second factor (`totp_requis`: none was given)", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "From another site", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts", body = Problem, content_type = "application/problem+json")))]
async fn sign_in(who: Anyone, carrier: Carrier, Form(form): Form<SignIn>) -> Result<Response> {
    brake(&who)?;
    let SignIn { username, password, totp, grant_type: _ } = form;
    let attempt = Attempt { name: username, source: Source::Network(who.context().address) };
    let devices = carrier.devices(who.app().tokens(), who.now());
    let (account, attempt) = who.read(move |db| commands::account_to_try(db, attempt, &devices)).await?;
    // As slow for a name that is nobody's.
    let hash = account.as_ref().map(|account| account.hash.text());
    let context = who.context();
    let asker = match attempt.source {
        Source::Device(_) | Source::SignedIn => Asker::Known,
        Source::Network(_) => Asker::Stranger(context.address),
    };
    let proven = who.app().passwords().verify(asker, password, hash).await?;
    let device = Device {
        address: context.address.map(|address| address.to_string()),
        user_agent: context.user_agent.clone(),
    };
    let refresh = Tokens::random();
    let fingerprint = Tokens::fingerprint(&refresh);
    let account = account.filter(|_| proven);
    if let Some(account) = &account {
        who.app().sign_ins().take(account.user.id, who.now()).map_err(rules::wait_for)?;
    }
    let claims = who
        .write_vital(move |tx| {
            commands::sign_in(tx, &attempt, account, totp.as_deref(), &device, fingerprint)
        })
        .await??;
    Ok(tokens(&who, &carrier, Granted { claims, refresh }))
}

/// Exchange the refresh token for the next tokens
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "auth", security(()),
    params(("X-Session" = Option<String>, Header, description = "`cookie`: the refresh token comes and goes in the cookie; no body")),
    request_body = Option<RefreshRequest>,
    responses(
        (status = 200, body = TokenReply),
        (status = 401, description = "Used before, ended or unknown", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "From another site", body = Problem, content_type = "application/problem+json")))]
async fn refresh(who: Anyone, carrier: Carrier, body: Option<Valid<RefreshRequest>>) -> Result<Response> {
    let presented = match &carrier {
        Carrier::Cookies(cookies) => cookies.refresh(),
        Carrier::Body => body.map(|Valid(body)| body.refresh_token),
    };
    let presented = presented.ok_or_else(session_over)?;
    let refresh = who.app().tokens().successor(&presented);
    let (before, after) = (Tokens::fingerprint(&presented), Tokens::fingerprint(&refresh));
    let claims =
        who.write_vital(move |tx| commands::refresh(tx, before, after)).await?.ok_or_else(session_over)?;
    Ok(tokens(&who, &carrier, Granted { claims, refresh }))
}

/// End the session
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "auth", responses((status = 204)))]
async fn sign_out(who: Allowed<SignOut>, _: Carrier) -> Result<Response> {
    let id = who.actor().session_id.ok_or(Error::NotFound)?;
    who.write_vital(move |tx| commands::end_own(tx, id)).await?;
    Ok((StatusCode::NO_CONTENT, clear_cookies(who.app())).into_response())
}

/// Who am I
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "auth", responses((status = 200, body = User)))]
async fn read_me(who: Allowed<OwnPassword>) -> Result<Answer> {
    who.read(|db| Answer::entity(&people::user(db, commands::own_id(db)?)?)).await
}

/// Change one's own password; every other session ends
#[utoipa::path(post, path = "/api/v1/auth/change-password", tag = "auth", request_body = PasswordChange,
    responses(
        (status = 204),
        (status = 429, description = "Too many attempts", body = Problem, content_type = "application/problem+json")))]
async fn change_password(who: Allowed<OwnPassword>, Valid(change): Valid<PasswordChange>) -> Result<Answer> {
    let account = who.read(commands::own_account).await?;
    let user = &account.user;
    check_new_password(
        "new_password",
        &change.new_password,
        &[&user.username, &user.full_name, &user.email],
    )?;
    if user.mot_de_passe_provisoire && change.new_password == change.current_password {
        return Err(rules::same_password("new_password"));
    }
    let passwords = who.app().passwords();
    let is_right = passwords.verify(Asker::Known, change.current_password, Some(account.hash.text())).await?;
    let hash = if is_right { Some(PasswordHash::new(passwords, change.new_password).await?) } else { None };
    let attempt = Attempt::signed_in(&user.username);
    let answer = who
        .write(move |tx| commands::change_password(tx, &account, hash.as_ref()).map(|()| Answer::empty()))
        .await;
    if !is_right && answer.is_err() {
        who.write_vital(move |tx| commands::failed(tx, &attempt)).await?;
    }
    answer
}

/// List one's own live sessions
#[utoipa::path(get, path = "/api/v1/auth/sessions", tag = "auth",
    responses((status = 200, body = Listing<Session>)))]
async fn list_sessions(who: Allowed<OwnAccount>) -> Result<Json<Listing<Session>>> {
    let sessions = who.read(|db| store::sessions(db, commands::own_id(db)?)).await?;
    Ok(Json(Listing::whole(sessions)))
}

/// End one's own sessions but this one
#[utoipa::path(delete, path = "/api/v1/auth/sessions", tag = "auth", responses((status = 204)))]
async fn end_other_sessions(who: Allowed<EndOwnSessions>) -> Result<Answer> {
    who.write(|tx| {
        commands::revoke_sessions(tx, commands::own_id(tx)?, tx.actor().session_id)?;
        Ok(Answer::empty())
    })
    .await
}

/// Read one of one's own live sessions
#[utoipa::path(get, path = "/api/v1/auth/sessions/{id}", tag = "auth", params(("id" = SessionId, Path)),
    responses((status = 200, body = Session)))]
async fn read_session(who: Allowed<OwnAccount>, Id(id): Id<SessionId>) -> Result<Json<Session>> {
    who.read(move |db| commands::own_session(db, id)).await.map(Json)
}

/// End one of one's own sessions
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", tag = "auth", params(("id" = SessionId, Path)),
    responses((status = 204)))]
async fn end_session(who: Allowed<EndOwnSessions>, Id(id): Id<SessionId>) -> Result<Answer> {
    who.write(move |tx| commands::end_own(tx, id).map(|()| Answer::empty())).await
}

/// Make the first administrator with the code that the server shows at its first start
#[utoipa::path(post, path = "/api/v1/auth/setup", tag = "auth", security(()), request_body = Setup,
    responses(
        (status = 201, body = User),
        (status = 403, description = "Wrong code", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There are accounts already", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts", body = Problem, content_type = "application/problem+json")))]
async fn set_up(who: Anyone, Valid(setup): Valid<Setup>) -> Result<Answer> {
    if who.read(people::has_users).await? {
        return Err(Error::NotFound);
    }
    brake(&who)?;
    let (code, new) = setup.split();
    if !who.app().is_setup_code(&code) {
        let name = new.username;
        who.write_unkept(move |tx| commands::set_up_refused(tx, &name)).await?;
        return Err(Error::Forbidden(phrase!(
            "Ce n’est pas le code d’installation.",
            "This is not the set-up code.",
            "هذا ليس رمز التشغيل."
        )));
    }
    validate(&new)?;
    let hash = accounts::hash_new(who.app().passwords(), &new).await?;
    let answer = who.write_unkept(move |tx| Answer::created(&commands::set_up(tx, new, &hash)?)).await?;
    who.app().spend_setup_code();
    Ok(answer)
}

/// Checks the caller's password again, which came in `field`; a wrong one counts.
///
/// # Errors
/// 422 when it is wrong, 429 after several.
pub async fn prove(who: &Allowed<OwnAccount>, field: &str, password: String) -> Result<Account> {
    let account = who.read(commands::own_account).await?;
    if who.app().passwords().verify(Asker::Known, password, Some(account.hash.text())).await? {
        return Ok(account);
    }
    let attempt = Attempt::signed_in(&account.user.username);
    who.write_unkept(move |tx| commands::failed(tx, &attempt)).await?;
    Err(Error::invalid(
        field,
        "mot_de_passe_incorrect",
        phrase!("n’est pas votre mot de passe", "is not your password", "ليست كلمة سرّك"),
    ))
}

/// Slows down whoever tries many names or codes from one address.
fn brake(who: &Anyone) -> Result<()> {
    match who.context().address {
        Some(address) => who.app().sign_in_throttle().take(address, who.now()).map_err(rules::wait_for),
        None => Ok(()),
    }
}

fn tokens(who: &Anyone, carrier: &Carrier, Granted { claims, refresh }: Granted) -> Response {
    let mut headers = HeaderMap::new();
    let refresh_token = match carrier {
        Carrier::Body => Some(refresh),
        Carrier::Cookies(_) => {
            keep_refresh(&mut headers, who.app(), &refresh);
            keep_device(&mut headers, who.app(), claims, who.now());
            None
        }
    };
    let reply = TokenReply {
        access_token: who.app().tokens().access(claims, who.now()),
        token_type: "bearer",
        expires_in: ACCESS_LIFE.as_secs(),
        refresh_token,
    };
    (headers, Json(reply)).into_response()
}

fn session_over() -> Error {
    Error::Unauthenticated(
        "session_terminee",
        phrase!(
            "Votre session est terminée ; reconnectez-vous.",
            "Your session has ended; sign in again.",
            "انتهت جلستك: سجّل الدخول من جديد."
        ),
    )
}
