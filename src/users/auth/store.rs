//! SQL of sessions, refresh tokens and failed sign-ins.

use std::time::Duration;

use rusqlite::named_params;

use super::model::{Device, Session};
use super::rules::{Failures, MAX_SESSIONS};
use crate::ids::{SessionId, UserId};
use crate::kernel::auth::Role;
use crate::kernel::clock::Instant;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;

/// Ended sessions are kept this long, to be looked into.
pub const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// Failures have no effect any more this long after they were first counted or the name last waited.
pub const COUNTED: Duration = Duration::from_secs(3600);

/// Names with failures, each with its places, that one hour leaves.
pub const MOST_NAMES: i64 = 100_000;

/// Used tokens of one session, each remembered for as long as it lives: were the oldest forgotten, a thief could renew
/// until the owner's own was, and nobody would be told of the theft. More than twice what a month of tens of minutes has.
pub const USED_TOKENS: i64 = 10_000;

/// A refresh token that we gave, of a session that is live.
pub struct Refresh {
    pub session: SessionId,
    pub user: UserId,
    pub role: Role,
    pub began_at: Instant,
    pub used_at: Option<Instant>,
}

pub fn refresh(db: &Reader<'_>, fingerprint: [u8; 32]) -> Result<Option<Refresh>> {
    db.maybe(
        "select s.id, s.user_id, u.role, s.created_at, r.used_at
         from refresh_tokens r
         join sessions s on s.id = r.session_id
         join users u on u.id = s.user_id
         where r.hash = :hash and s.ended_at is null and s.expires_at > :now
           and u.is_active = 1 and s.auth_version = u.auth_version",
        named_params! { ":hash": fingerprint, ":now": db.now() },
        |row| {
            Ok(Refresh {
                session: row.get("id")?,
                user: row.get("user_id")?,
                role: row.get("role")?,
                began_at: row.get("created_at")?,
                used_at: row.get("used_at")?,
            })
        },
    )
}

pub fn insert_refresh(tx: &Tx<'_>, session: SessionId, fingerprint: [u8; 32]) -> Result<()> {
    tx.execute(
        "insert into refresh_tokens (hash, session_id, issued_at) values (:hash, :session, :now)",
        named_params! { ":hash": fingerprint, ":session": session, ":now": tx.now() },
    )?;
    Ok(())
}

/// How many tokens of a session were used.
pub fn used_tokens(db: &Reader<'_>, session: SessionId) -> Result<i64> {
    db.one(
        "select count(*) from refresh_tokens where session_id = :session and used_at is not null",
        named_params! { ":session": session },
        |row| row.get(0),
    )
}

pub fn use_refresh(tx: &Tx<'_>, fingerprint: [u8; 32]) -> Result<()> {
    tx.execute(
        "update refresh_tokens set used_at = :now where hash = :hash",
        named_params! { ":hash": fingerprint, ":now": tx.now() },
    )?;
    Ok(())
}

pub fn insert_session(tx: &Tx<'_>, user: UserId, ends: Instant, device: &Device) -> Result<SessionId> {
    tx.insert(
        "insert into sessions (user_id, auth_version, created_at, last_used_at, expires_at, address, user_agent)
         values (:user, (select auth_version from users where id = :user), :now, :now, :ends, :address, :agent)",
        named_params! {
            ":user": user, ":now": tx.now(), ":ends": ends, ":address": device.address,
            ":agent": device.user_agent,
        },
    )
    .map(SessionId)
}

pub fn prolong_session(tx: &Tx<'_>, id: SessionId, ends: Instant) -> Result<()> {
    tx.execute(
        "update sessions set last_used_at = :now, expires_at = :ends where id = :id",
        named_params! { ":id": id, ":now": tx.now(), ":ends": ends },
    )?;
    Ok(())
}

/// The live sessions of a person, last used first.
pub fn sessions(db: &Reader<'_>, user: UserId) -> Result<Vec<Session>> {
    db.all(
        "select id, created_at, last_used_at, expires_at, address, user_agent from sessions
         where user_id = :user and ended_at is null and expires_at > :now
         order by last_used_at desc, id desc",
        named_params! { ":user": user, ":now": db.now() },
        |row| {
            let id = row.get("id")?;
            Ok(Session {
                id,
                created_at: row.get("created_at")?,
                last_used_at: row.get("last_used_at")?,
                expires_at: row.get("expires_at")?,
                address: row.get("address")?,
                user_agent: row.get("user_agent")?,
                current: db.actor().session_id == Some(id),
            })
        },
    )
}

/// The live sessions of a person beyond [`MAX_SESSIONS`], the least recently used.
pub fn surplus_sessions(db: &Reader<'_>, user: UserId) -> Result<Vec<SessionId>> {
    Ok(sessions(db, user)?.iter().skip(MAX_SESSIONS).map(|session| session.id).collect())
}

pub fn end_session(tx: &Tx<'_>, id: SessionId, why: &str) -> Result<()> {
    tx.execute(
        "update sessions set ended_at = :now, ended_why = :why where id = :id and ended_at is null",
        named_params! { ":id": id, ":why": why, ":now": tx.now() },
    )?;
    Ok(())
}

/// Ends the sessions of a person but `keep`, within a change that is recorded itself.
pub fn end_sessions(tx: &Tx<'_>, user: UserId, keep: Option<SessionId>, why: &str) -> Result<()> {
    tx.execute(
        "update sessions set ended_at = :now, ended_why = :why
         where user_id = :user and ended_at is null and id is not :keep",
        named_params! { ":user": user, ":keep": keep, ":why": why, ":now": tx.now() },
    )?;
    Ok(())
}

/// Lets a session outlive the change of password that it asked for.
pub fn carry_over(tx: &Tx<'_>, id: SessionId) -> Result<()> {
    tx.execute(
        "update sessions set auth_version = (select auth_version from users where users.id = sessions.user_id)
         where id = :id",
        named_params! { ":id": id },
    )?;
    Ok(())
}

pub fn failures(db: &Reader<'_>, key: &str) -> Result<Option<Failures>> {
    db.maybe(
        "select failures, first_at, blocked_until from sign_in_failures where name_key = :key",
        named_params! { ":key": key },
        |row| {
            Ok(Failures {
                count: row.get("failures")?,
                first_at: row.get("first_at")?,
                blocked_until: row.get("blocked_until")?,
            })
        },
    )
}

pub fn set_failures(tx: &Tx<'_>, key: &str, failures: &Failures) -> Result<()> {
    tx.execute(
        "insert or replace into sign_in_failures (name_key, failures, first_at, last_at, blocked_until)
         values (:key, :count, :first_at, :now, :blocked_until)",
        named_params! {
            ":key": key, ":count": failures.count, ":first_at": failures.first_at, ":now": tx.now(),
            ":blocked_until": failures.blocked_until,
        },
    )?;
    Ok(())
}

/// Forgets the failures of one key and of those that begin with it and a dot.
pub fn forget_all_failures(tx: &Tx<'_>, key: &str) -> Result<()> {
    tx.execute(
        "delete from sign_in_failures
         where name_key = :key or (name_key > :key || '.' and name_key < :key || '/')",
        named_params! { ":key": key },
    )?;
    Ok(())
}

pub fn forget_failures(tx: &Tx<'_>, key: &str) -> Result<()> {
    tx.execute("delete from sign_in_failures where name_key = :key", named_params! { ":key": key })?;
    Ok(())
}

/// Forgets sessions that ended over 30 days ago, the tokens of every ended session, and failures without effect.
/// Returns how many rows went.
pub fn purge(tx: &Tx<'_>) -> Result<usize> {
    tx.unrecorded("clean-up of what no longer has an effect");
    let sessions = tx.execute(
        "delete from sessions where coalesce(ended_at, expires_at) < :oldest",
        named_params! { ":oldest": tx.now().minus(KEPT) },
    )?;
    let failures = tx.execute(
        "delete from sign_in_failures where max(first_at, blocked_until) < :oldest",
        named_params! { ":oldest": tx.now().minus(COUNTED) },
    )?;
    let tokens = tx.execute(
        "delete from refresh_tokens
         where session_id in (select id from sessions where coalesce(ended_at, expires_at) <= :now)",
        named_params! { ":now": tx.now() },
    )?;
    // Anybody may invent names. Those that wait, and the latest, stay.
    let invented = tx.execute(
        "delete from sign_in_failures where name_key in (
             select name_key from sign_in_failures
             order by blocked_until > :now desc, last_at desc limit -1 offset :most)",
        named_params! { ":now": tx.now(), ":most": MOST_NAMES },
    )?;
    Ok(sessions + failures + tokens + invented)
}
