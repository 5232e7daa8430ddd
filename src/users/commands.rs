//! What can be done with accounts.

use super::auth;
use super::model::{Langue, NewUser, PasswordHash, User, UserPatch};
use super::{rules, store};
use crate::clients::check_client;
use crate::events::Event;
use crate::ids::UserId;
use crate::kernel::auth::{Passwords, check_new_password};
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{IfMatch, replace};
use crate::phrase;

/// Hashes the password of an account to be; refuses (422) one that is easy to guess.
///
/// # Errors
/// 503 when too many passwords wait for their turn.
pub async fn hash_new(passwords: &Passwords, new: &NewUser) -> Result<PasswordHash> {
    let NewUser { username, full_name, email, password, .. } = new;
    check_new_password("password", password, &[username, full_name, email])?;
    PasswordHash::new(passwords, password.clone()).await
}

/// Hashes a password chosen for `user`, or makes one and returns it beside its hash.
pub async fn hash_reset(
    passwords: &Passwords,
    user: &User,
    chosen: Option<String>,
) -> Result<(PasswordHash, Option<String>)> {
    match chosen {
        Some(password) => {
            check_new_password("password", &password, &[&user.username, &user.full_name, &user.email])?;
            Ok((PasswordHash::new(passwords, password).await?, None))
        }
        None => {
            let mut random = [0; 20];
            getrandom::fill(&mut random).map_err(|cause| Error::Internal(anyhow::anyhow!("{cause}")))?;
            let made = rules::readable_password(random);
            Ok((PasswordHash::new(passwords, made.clone()).await?, Some(made)))
        }
    }
}

/// The account behind a user name or an e-mail address, or [`Error::NotFound`].
pub fn find(db: &Reader<'_>, name: &str) -> Result<User> {
    Ok(store::account_named(db, name)?.ok_or(Error::NotFound)?.user)
}

/// `hash` is that of `new.password`, made before: hashing takes too long for a transaction.
pub fn create(tx: &Tx<'_>, new: NewUser, hash: &PasswordHash) -> Result<User> {
    let NewUser { username, full_name, email, role, client_id, langue, password: _ } = new;
    rules::check_organisation(role, client_id)?;
    check_client(tx, client_id)?;
    let now = tx.now();
    // Whoever makes the first account makes it for themselves.
    let is_given = store::has_users(tx)?;
    let draft = User {
        id: UserId(0),
        username,
        full_name,
        email,
        role,
        client_id,
        technicien_id: None,
        fiche_fermee_id: None,
        is_active: true,
        mot_de_passe_provisoire: is_given,
        double_authentification: false,
        double_exigee: false,
        langue: langue.unwrap_or(Langue::Fr),
        version: 1,
        created_at: now,
        updated_at: now,
        last_login: None,
    };
    let user = store::user(tx, store::insert(tx, &draft, hash)?)?;
    tx.record(Event::UserCree(user.id), Change::created(&user)?)?;
    Ok(user)
}

/// A new role ends the person's sessions.
pub fn update(tx: &Tx<'_>, id: UserId, patch: UserPatch, expected: IfMatch) -> Result<User> {
    let before = store::user(tx, id)?;
    expected.check(before.version)?;
    let mut user = before.clone();
    replace(&mut user.username, patch.username);
    replace(&mut user.full_name, patch.full_name);
    replace(&mut user.email, patch.email);
    replace(&mut user.langue, patch.langue);
    if let Some(role) = patch.role.filter(|role| *role != before.role) {
        user.role = role;
        user.client_id = None;
    }
    replace(&mut user.client_id, patch.client_id);
    rules::check_organisation(user.role, user.client_id)?;
    check_client(tx, user.client_id)?;
    save(tx, &before, &user, Event::UserModifie(id))
}

/// The same, by an administrator, whose own e-mail address asks for their password.
///
/// # Errors
/// 422 for another address of one's own: the profile takes it, with the password.
pub fn update_any(tx: &Tx<'_>, id: UserId, patch: UserPatch, expected: IfMatch) -> Result<User> {
    if tx.actor().user_id == Some(id) {
        let now = store::user(tx, id)?.email;
        if patch.email.as_ref().is_some_and(|email| *email != now) {
            return Err(rules::own_email());
        }
    }
    update(tx, id, patch, expected)
}

/// Ends the person's sessions. Refused (409) for the last active administrator.
pub fn deactivate(tx: &Tx<'_>, id: UserId, expected: IfMatch) -> Result<()> {
    let before = store::user(tx, id)?;
    expected.check(before.version)?;
    if before.is_active {
        save(tx, &before, &User { is_active: false, ..before.clone() }, Event::UserDesactive(id))?;
    }
    Ok(())
}

/// Takes back an account that was made by mistake and not changed since: one without any trace goes, name and all, so
/// that the name is free again; any other is to be closed.
///
/// # Errors
/// 412 when somebody changed it.
pub fn withdraw(tx: &Tx<'_>, id: UserId, expected: IfMatch) -> Result<Withdrawn> {
    let before = store::user(tx, id)?;
    // One that came closed was changed by whoever brought it in.
    if before.is_active {
        expected.check(before.version)?;
    }
    match tx.attempt(|| store::delete(tx, id)) {
        Ok(()) => {
            tx.record(Event::UserSupprime(id), Change::deleted(&before)?)?;
            Ok(Withdrawn::Gone)
        }
        Err(Error::Conflict(_)) if before.is_active => Ok(Withdrawn::ToBeClosed),
        Err(Error::Conflict(_)) => Ok(Withdrawn::Closed),
        Err(error) => Err(error),
    }
}

/// What became of an account that is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    Gone,
    /// It was closed already.
    Closed,
    /// Something refers to it: it stays, and whoever takes it back closes it with what is theirs.
    ToBeClosed,
}

pub fn activate(tx: &Tx<'_>, id: UserId, expected: IfMatch) -> Result<User> {
    let before = store::user(tx, id)?;
    expected.check(before.version)?;
    if before.is_active {
        return Ok(before);
    }
    save(tx, &before, &User { is_active: true, ..before.clone() }, Event::UserActive(id))
}

/// Gives a person another password, to be changed when they sign in: their sessions end, and they need not wait after
/// failed attempts.
///
/// # Errors
/// 409 for one's own, which asks for the present one: whoever found an open session must not get the account.
pub fn reset_password(tx: &Tx<'_>, id: UserId, hash: &PasswordHash) -> Result<()> {
    if tx.actor().user_id == Some(id) {
        let detail = phrase!(
            "Changez le vôtre depuis votre compte, avec le mot de passe actuel.",
            "Change yours from your own account, with the current password."
        );
        return Err(Error::conflict("le_votre", detail));
    }
    let user = store::user(tx, id)?;
    store::set_password(tx, id, hash, true)?;
    auth::end_sessions(tx, id, None, "mot_de_passe")?;
    auth::forget_failures(tx, &user)?;
    tx.record(Event::MotDePasseChange(id), Change::none())
}

/// Lifts the wait after failed sign-ins.
pub fn unlock(tx: &Tx<'_>, id: UserId) -> Result<()> {
    auth::forget_failures(tx, &store::user(tx, id)?)?;
    tx.record(Event::UserDebloque(id), Change::none())
}

fn save(tx: &Tx<'_>, before: &User, user: &User, event: Event) -> Result<User> {
    rules::check_technicien(user)?;
    rules::check_admin_left(before, user, store::active_admins(tx)?)?;
    let ends_sessions = rules::ends_sessions(before, user);
    store::update(tx, user, ends_sessions)?;
    if ends_sessions {
        auth::end_sessions(tx, user.id, None, "compte_change")?;
    }
    let after = store::user(tx, user.id)?;
    tx.record(event, Change::between(before, &after)?)?;
    Ok(after)
}
