//! Signing in, going on, leaving.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::model::{Attempt, Device, KnownDevice, Session, Source};
use super::rules::{Exchange, Failures, session_end};
use super::store;
use crate::events::Event;
use crate::ids::{SessionId, UserId};
use crate::kernel::auth::{Actor, Claims, Stands, Tokens, network};
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::fold;
use crate::phrase;
use crate::users::double::{SecondFactor, second_factor};
use crate::users::model::{Account, NewUser, PasswordHash, User};
use crate::users::{commands as accounts, store as people};

/// Characters of a wrong name that the journal keeps.
pub const NAME_KEPT: usize = 100;

/// The active account that the attempt's name stands for, if any; the attempt then comes from the device, where
/// `devices` says that it is one of theirs.
///
/// # Errors
/// 429 while the name waits after failed attempts, whether it is somebody's or not.
pub fn account_to_try(
    db: &Reader<'_>,
    mut attempt: Attempt,
    devices: &[KnownDevice],
) -> Result<(Option<Account>, Attempt)> {
    let account = people::account_named(db, &attempt.name)?.filter(|account| account.user.is_active);
    let theirs = |account: &Account| devices.iter().find(|(user, _)| *user == account.user.id);
    if let Some((_, session)) = account.as_ref().and_then(theirs) {
        attempt.source = Source::Device(*session);
    }
    check_wait(db, &attempt)?;
    Ok((account, attempt))
}

/// Begins a session for whoever proved to be `proven`. The inner error is a refusal that counts: it is
/// committed, not undone.
pub fn sign_in(
    tx: &Tx<'_>,
    attempt: &Attempt,
    proven: Option<Account>,
    totp: Option<&str>,
    device: &Device,
    refresh: [u8; 32],
) -> Result<Result<Claims>> {
    // Again, for others have tried meanwhile: at most five guesses count, however many come at once.
    check_wait(tx, attempt)?;
    let user = match proven {
        Some(account) if is_unchanged(tx, &account)? => account.user,
        _ => {
            failed(tx, attempt)?;
            return Ok(Err(wrong_credentials()));
        }
    };
    match second_factor(tx, &user, totp)? {
        SecondFactor::Good => {}
        SecondFactor::Missing => {
            return Ok(Err(Error::Unauthenticated(
                "totp_requis",
                phrase!(
                    "Entrez le code de votre application d’authentification.",
                    "Enter the code of your authenticator application.",
                    "أدخل رمز تطبيق المصادقة."
                ),
            )));
        }
        SecondFactor::Wrong => {
            failed_because(tx, attempt, "totp")?;
            return Ok(Err(Error::Unauthenticated(
                "totp_incorrect",
                phrase!(
                    "Ce code n’est pas valable ; chacun ne sert qu’une fois, attendez le suivant.",
                    "This code is not good; each is good once, wait for the next.",
                    "هذا الرمز غير صالح؛ كل رمز يُستعمل مرة واحدة، انتظر التالي."
                ),
            )));
        }
    }
    // Those of elsewhere stay: whoever guesses there gets no more guesses because the person came in here.
    for name in [&user.username, &user.email] {
        store::forget_failures(tx, &source_key(name, attempt.source))?;
    }
    let now = tx.now();
    let session = store::insert_session(tx, user.id, session_end(user.role, now, now), device)?;
    store::insert_refresh(tx, session, refresh)?;
    // Nobody is signed in yet, but who it is is proven: what this does is theirs in the journal.
    let person = Actor::proven(user.id, &user.username);
    for surplus in store::surplus_sessions(tx, user.id)? {
        store::end_session(tx, surplus, "trop_de_sessions")?;
        let facts = json!({ "motif": "trop_de_sessions" });
        tx.record_by(person.clone(), Event::SessionTerminee(surplus), Change::created(&facts)?)?;
    }
    people::signed_in(tx, user.id)?;
    let facts = json!({ "session_id": session, "user_agent": device.user_agent });
    tx.record_by(person, Event::Connexion(user.id), Change::created(&facts)?)?;
    Ok(Ok(Claims { session, user: user.id }))
}

/// Exchanges a refresh token, known by its fingerprint, for its successor. `None` when it is not good, or no
/// longer: then whatever had to be done about it is committed.
pub fn refresh(tx: &Tx<'_>, presented: [u8; 32], successor: [u8; 32]) -> Result<Option<Claims>> {
    let Some(token) = store::refresh(tx, presented)? else { return Ok(None) };
    match Exchange::of(token.used_at, tx.now()) {
        Exchange::Rotate => {
            if store::used_tokens(tx, token.session)? >= store::USED_TOKENS {
                end(tx, token.session, "trop_de_renouvellements")?;
                return Ok(None);
            }
            tx.unrecorded("a session that goes on is no news");
            store::use_refresh(tx, presented)?;
            store::insert_refresh(tx, token.session, successor)?;
            let ends = session_end(token.role, token.began_at, tx.now());
            store::prolong_session(tx, token.session, ends)?;
        }
        Exchange::Repeat => {}
        Exchange::Reused => {
            store::end_session(tx, token.session, "jeton_reutilise")?;
            let facts = json!({ "user_id": token.user });
            tx.record(Event::JetonReutilise(token.session), Change::created(&facts)?)?;
            return Ok(None);
        }
    }
    Ok(Some(Claims { session: token.session, user: token.user }))
}

/// Puts a wrong set-up code into the journal.
pub fn set_up_refused(tx: &Tx<'_>, name: &str) -> Result<()> {
    refused(tx, name, "code_installation")
}

/// Makes the first account. Absent (404) once there is one.
pub fn set_up(tx: &Tx<'_>, new: NewUser, hash: &PasswordHash) -> Result<User> {
    if people::has_users(tx)? {
        return Err(Error::NotFound);
    }
    accounts::create(tx, new, hash)
}

/// The caller's own account, to compare a password with. 429 while it waits after failed attempts.
pub fn own_account(db: &Reader<'_>) -> Result<Account> {
    let account = people::account(db, own_id(db)?)?;
    check_wait(db, &Attempt::signed_in(&account.user.username))?;
    Ok(account)
}

/// Gives the caller another password; every session but the one that asks ends.
///
/// `hash` is `None` when the current password was wrong. That is refused here rather than before, so that a
/// repetition of a request that succeeded gets its answer again.
pub fn change_password(tx: &Tx<'_>, account: &Account, hash: Option<&PasswordHash>) -> Result<()> {
    let user = &account.user;
    check_wait(tx, &Attempt::signed_in(&user.username))?;
    let (Some(hash), true) = (hash, is_unchanged(tx, account)?) else {
        return Err(Error::invalid(
            "current_password",
            "mot_de_passe_incorrect",
            phrase!(
                "n’est pas votre mot de passe actuel",
                "is not your current password",
                "ليست كلمة سرّك الحالية"
            ),
        ));
    };
    people::set_password(tx, user.id, hash, false)?;
    let asking = tx.actor().session_id;
    store::end_sessions(tx, user.id, asking, "mot_de_passe")?;
    if let Some(asking) = asking {
        store::carry_over(tx, asking)?;
    }
    forget_failures(tx, user)?;
    tx.record(Event::MotDePasseChange(user.id), Change::none())
}

/// One of the caller's own live sessions; another's is absent to them.
pub fn own_session(db: &Reader<'_>, id: SessionId) -> Result<Session> {
    session_of(db, own_id(db)?, id)
}

fn session_of(db: &Reader<'_>, user: UserId, id: SessionId) -> Result<Session> {
    store::sessions(db, user)?.into_iter().find(|session| session.id == id).ok_or(Error::NotFound)
}

/// Ends one of the caller's own sessions.
pub fn end_own(tx: &Tx<'_>, id: SessionId) -> Result<()> {
    end(tx, own_session(tx, id)?.id, "par_la_personne")
}

/// Ends one session of a person, by somebody who manages accounts.
pub fn revoke_session(tx: &Tx<'_>, user: UserId, id: SessionId) -> Result<()> {
    revoke(tx, user, session_of(tx, user, id)?.id)
}

/// Ends the sessions of a person but `keep`.
pub fn revoke_sessions(tx: &Tx<'_>, user: UserId, keep: Option<SessionId>) -> Result<()> {
    for session in store::sessions(tx, user)? {
        if Some(session.id) != keep {
            revoke(tx, user, session.id)?;
        }
    }
    Ok(())
}

/// The journal says whose it was: a session's number alone tells nobody.
fn revoke(tx: &Tx<'_>, user: UserId, id: SessionId) -> Result<()> {
    store::end_session(tx, id, "revoquee")?;
    let facts = json!({ "motif": "revoquee", "user_id": user });
    tx.record(Event::SessionTerminee(id), Change::created(&facts)?)
}

/// Counts a wrong password for a name, known or not, and puts it into the journal.
pub fn failed(tx: &Tx<'_>, attempt: &Attempt) -> Result<()> {
    failed_because(tx, attempt, "mot_de_passe")
}

/// The same for another proof: the journal says which.
pub fn failed_because(tx: &Tx<'_>, attempt: &Attempt, motif: &str) -> Result<()> {
    let key = source_key(&attempt.name, attempt.source);
    let failures = Failures::one_more(store::failures(tx, &key)?, tx.now());
    store::set_failures(tx, &key, &failures)?;
    if let Source::Network(_) = attempt.source {
        let key = name_key(&attempt.name);
        let failures = Failures::one_more_anywhere(store::failures(tx, &key)?, tx.now());
        store::set_failures(tx, &key, &failures)?;
    }
    refused(tx, &attempt.name, motif)
}

/// Lets a person try again at once from everywhere, by user name and by e-mail address.
pub fn forget_failures(tx: &Tx<'_>, user: &User) -> Result<()> {
    store::forget_all_failures(tx, &name_key(&user.username))?;
    store::forget_all_failures(tx, &name_key(&user.email))
}

/// 401 for whatever is wrong with a name or its password: which of the two is nobody's business.
fn wrong_credentials() -> Error {
    Error::Unauthenticated(
        "identifiants_invalides",
        phrase!(
            "Identifiant ou mot de passe incorrect.",
            "Wrong user name or password.",
            "اسم المستخدم أو كلمة السر غير صحيحة."
        ),
    )
}

/// Who signed in is someone; the machine itself is not.
pub fn own_id(db: &Reader<'_>) -> Result<UserId> {
    db.actor().user_id.ok_or(Error::NotFound)
}

/// Puts refused sign-ins into the journal, each minute's first ones of a name, a network and all together; later entries
/// tell how many more there were.
fn refused(tx: &Tx<'_>, name: &str, motif: &str) -> Result<()> {
    let Some(Stands { own, others }) = tx.room_for_refused_sign_in(&name_key(name)) else { return Ok(()) };
    let nom: String = name.chars().take(NAME_KEPT).collect();
    let mut facts = json!({ "nom": nom, "motif": motif });
    if own > 1 {
        facts["nombre"] = own.into();
    }
    if others > 0 {
        facts["autres"] = others.into();
    }
    tx.record(Event::ConnexionRefusee, Change::created(&facts)?)
}

/// Writes how many refused sign-ins were counted and are in no entry yet.
pub fn record_counted(tx: &Tx<'_>, count: u64) -> Result<()> {
    tx.record(Event::ConnexionRefusee, Change::created(&json!({ "motif": "plusieurs", "nombre": count }))?)
}

fn end(tx: &Tx<'_>, id: SessionId, why: &str) -> Result<()> {
    store::end_session(tx, id, why)?;
    tx.record(Event::SessionTerminee(id), Change::created(&json!({ "motif": why }))?)
}

/// Refuses (429) an attempt where its name waits: here, or on every device that is not known as the person's.
fn check_wait(db: &Reader<'_>, attempt: &Attempt) -> Result<()> {
    let here = store::failures(db, &source_key(&attempt.name, attempt.source))?;
    let anywhere = match attempt.source {
        Source::Network(_) => store::failures(db, &name_key(&attempt.name))?,
        Source::Device(_) | Source::SignedIn => None,
    };
    here.iter().chain(&anywhere).try_for_each(|failures| failures.check(db.now()))
}

/// Whether the password that was checked is still the account's, and the account still active.
fn is_unchanged(db: &Reader<'_>, account: &Account) -> Result<bool> {
    let now = people::account(db, account.user.id)?;
    Ok(now.user.is_active && now.hash == account.hash)
}

/// Hashed: what people type there may be long, or a password in the wrong field.
fn name_key(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(Tokens::fingerprint(&fold(name.trim())))
}

/// Under the name's own key, so that all of a name are found together.
fn source_key(name: &str, source: Source) -> String {
    let source = match source {
        Source::Network(address) => format!("network {:?}", address.map(network)),
        Source::Device(session) => format!("device {session}"),
        Source::SignedIn => "signed in".to_owned(),
    };
    format!("{}.{}", name_key(name), URL_SAFE_NO_PAD.encode(Tokens::fingerprint(&source)))
}
