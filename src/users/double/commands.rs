//! Setting a second factor up, asking for it, taking it off.

use serde_json::json;

use super::model::{CodesSecours, Double};
use super::{rules, store};
use crate::events::Event;
use crate::ids::UserId;
use crate::kernel::auth::{Role, Tokens};
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;
use crate::users::model::User;
use crate::users::{auth, store as people};

/// What became of the second factor of a sign-in.
#[derive(Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// Nobody asks for one, or it was right.
    Good,
    Missing,
    Wrong,
}

/// How the caller's second factor stands.
pub fn own(db: &Reader<'_>) -> Result<Double> {
    let user = auth::own_id(db)?;
    let active_le = in_force(db, user)?.and_then(|kept| kept.active_le);
    Ok(Double {
        active: active_le.is_some(),
        active_le,
        codes_restants: store::recovery_left(db, user)?,
        exigee: store::is_required(db)?,
    })
}

/// Keeps a secret until a code confirms it.
///
/// # Errors
/// 409 when one is in force: it is taken off first.
pub fn propose(tx: &Tx<'_>, secret: &[u8; rules::SECRET_BYTES]) -> Result<()> {
    let user = auth::own_id(tx)?;
    if in_force(tx, user)?.is_some() {
        let detail = phrase!(
            "La double authentification est déjà en place ; retirez-la d’abord.",
            "The second factor is in place already; take it off first."
        );
        return Err(Error::conflict("deja_active", detail));
    }
    tx.unrecorded("a secret that nobody has confirmed protects nothing yet");
    store::propose(tx, user, secret)
}

/// Puts the proposed secret in force; every other session ends. The inner error is a refusal that counts.
pub fn confirm(tx: &Tx<'_>, code: &str, codes: &[String]) -> Result<Result<CodesSecours>> {
    let user = people::user(tx, auth::own_id(tx)?)?;
    let proposed = store::kept(tx, user.id)?.filter(|kept| kept.active_le.is_none());
    let Some(proposed) = proposed else { return Err(Error::NotFound) };
    let Some(step) = rules::step_of(&proposed.secret, code, tx.now().as_second()) else {
        auth::failed_because(tx, &auth::Attempt::signed_in(&user.username), "totp")?;
        return Ok(Err(wrong_code()));
    };
    store::activate(tx, user.id)?;
    store::take_step(tx, user.id, step)?;
    auth::revoke_sessions(tx, user.id, tx.actor().session_id)?;
    tx.record(Event::DoubleActivee(user.id), Change::none())?;
    remake(tx, &user, codes).map(Ok)
}

/// Gives the caller other recovery codes; those of before are good no more.
pub fn recovery(tx: &Tx<'_>, code: &str, codes: &[String]) -> Result<Result<CodesSecours>> {
    let user = people::user(tx, auth::own_id(tx)?)?;
    if take(tx, &user, code)? != SecondFactor::Good {
        auth::failed_because(tx, &auth::Attempt::signed_in(&user.username), "totp")?;
        return Ok(Err(wrong_code()));
    }
    tx.record(Event::CodesSecoursRefaits(user.id), Change::none())?;
    remake(tx, &user, codes).map(Ok)
}

/// Takes the caller's second factor off. The inner error is a refusal that counts.
///
/// # Errors
/// 409 where it is asked of their role.
pub fn remove(tx: &Tx<'_>, code: &str) -> Result<Result<()>> {
    let user = people::user(tx, auth::own_id(tx)?)?;
    if store::is_required(tx)? && is_asked_of(user.role) {
        let detail = phrase!(
            "La double authentification est exigée de votre rôle.",
            "The second factor is required of your role."
        );
        return Err(Error::conflict("double_exigee", detail));
    }
    if take(tx, &user, code)? != SecondFactor::Good {
        auth::failed_because(tx, &auth::Attempt::signed_in(&user.username), "totp")?;
        return Ok(Err(wrong_code()));
    }
    store::forget(tx, user.id)?;
    tx.record(Event::DoubleRetiree(user.id), Change::none())?;
    Ok(Ok(()))
}

/// Takes somebody's second factor off, who has lost it and every recovery code; their sessions end.
///
/// # Errors
/// 409 for one's own, which asks for a code: whoever found an open session must not get rid of it.
pub fn reset(tx: &Tx<'_>, id: UserId) -> Result<()> {
    if tx.actor().user_id == Some(id) {
        let detail = phrase!(
            "Retirez la vôtre depuis votre compte, avec un code.",
            "Take yours off from your own account, with a code."
        );
        return Err(Error::conflict("la_votre", detail));
    }
    let user = people::user(tx, id)?;
    store::forget(tx, user.id)?;
    auth::revoke_sessions(tx, user.id, None)?;
    auth::forget_failures(tx, &user)?;
    tx.record(Event::DoubleRetiree(user.id), Change::none())
}

/// Says whether admins and responsables must have one.
///
/// # Errors
/// 409 when whoever asks it of others has none: they would be the first to be kept out.
pub fn require(tx: &Tx<'_>, exigee: bool) -> Result<Double> {
    let before = own(tx)?;
    if exigee && !before.active {
        let detail = phrase!(
            "Mettez d’abord en place la vôtre : vous seriez le premier arrêté.",
            "Set yours up first: you would be the first to be kept out."
        );
        return Err(Error::conflict("double_a_configurer", detail));
    }
    store::require(tx, exigee)?;
    let change = Change::between(&json!({ "exigee": before.exigee }), &json!({ "exigee": exigee }))?;
    tx.record(Event::DoubleExigee, change)?;
    own(tx)
}

/// Asks a person who has proved their password for their second factor, and uses up what they give.
pub fn second_factor(tx: &Tx<'_>, user: &User, given: Option<&str>) -> Result<SecondFactor> {
    // As it is now: it may have been set up since the password was looked at.
    if in_force(tx, user.id)?.is_none() {
        return Ok(SecondFactor::Good);
    }
    match given.filter(|given| !given.trim().is_empty()) {
        None => Ok(SecondFactor::Missing),
        Some(given) => take(tx, user, given),
    }
}

/// Uses up a code of the application or a recovery code.
fn take(tx: &Tx<'_>, user: &User, given: &str) -> Result<SecondFactor> {
    let Some(kept) = in_force(tx, user.id)? else { return Err(Error::NotFound) };
    if let Some(step) = rules::step_of(&kept.secret, given, tx.now().as_second()) {
        // Somebody who looked over a shoulder comes second.
        if step <= kept.last_step {
            return Ok(SecondFactor::Wrong);
        }
        store::take_step(tx, user.id, step)?;
        return Ok(SecondFactor::Good);
    }
    let recovery = rules::recovery_spelling(given).map(|code| Tokens::fingerprint(&code));
    match recovery {
        Some(fingerprint) if store::use_recovery(tx, user.id, fingerprint)? => Ok(SecondFactor::Good),
        _ => Ok(SecondFactor::Wrong),
    }
}

/// The secret by which codes are judged, once one has confirmed it.
fn in_force(db: &Reader<'_>, user: UserId) -> Result<Option<store::Kept>> {
    Ok(store::kept(db, user)?.filter(|kept| kept.active_le.is_some()))
}

fn remake(tx: &Tx<'_>, user: &User, codes: &[String]) -> Result<CodesSecours> {
    let fingerprint = |code: &String| rules::recovery_spelling(code).map(|code| Tokens::fingerprint(&code));
    let fingerprints: Vec<_> = codes.iter().filter_map(fingerprint).collect();
    store::set_recovery(tx, user.id, &fingerprints)?;
    Ok(CodesSecours { codes_secours: codes.to_vec() })
}

fn is_asked_of(role: Role) -> bool {
    matches!(role, Role::Admin | Role::Responsable)
}

fn wrong_code() -> Error {
    Error::invalid(
        "totp",
        "code_incorrect",
        phrase!(
            "n’est pas un code valable ; chacun ne sert qu’une fois, attendez le suivant",
            "is no good code; each is good once, wait for the next"
        ),
    )
}
