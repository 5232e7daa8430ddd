//! SQL of the second factor.

use rusqlite::{named_params, params};

use super::rules::SECRET_BYTES;
use crate::ids::UserId;
use crate::kernel::clock::Instant;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;

/// A person's secret, and the last time step of which a code was taken.
pub struct Kept {
    pub secret: [u8; SECRET_BYTES],
    pub active_le: Option<Instant>,
    pub last_step: i64,
}

pub fn kept(db: &Reader<'_>, user: UserId) -> Result<Option<Kept>> {
    db.maybe("select secret, active_le, dernier_pas from totp where user_id = ?1", [user], |row| {
        Ok(Kept { secret: row.get(0)?, active_le: row.get(1)?, last_step: row.get(2)? })
    })
}

/// Keeps a secret that is not in force yet; one that waited before is forgotten.
pub fn propose(tx: &Tx<'_>, user: UserId, secret: &[u8; SECRET_BYTES]) -> Result<()> {
    tx.execute(
        "insert into totp (user_id, secret, cree_le) values (:user, :secret, :now)
         on conflict (user_id) do update set secret = :secret, cree_le = :now, dernier_pas = 0
             where active_le is null",
        named_params! { ":user": user, ":secret": secret, ":now": tx.now() },
    )?;
    Ok(())
}

pub fn activate(tx: &Tx<'_>, user: UserId) -> Result<()> {
    tx.execute("update totp set active_le = ?2 where user_id = ?1", params![user, tx.now()])?;
    Ok(())
}

pub fn take_step(tx: &Tx<'_>, user: UserId, step: i64) -> Result<()> {
    tx.execute("update totp set dernier_pas = ?2 where user_id = ?1", params![user, step])?;
    Ok(())
}

pub fn forget(tx: &Tx<'_>, user: UserId) -> Result<()> {
    tx.execute("delete from totp where user_id = ?1", [user])?;
    Ok(())
}

pub fn set_recovery(tx: &Tx<'_>, user: UserId, fingerprints: &[[u8; 32]]) -> Result<()> {
    tx.execute("delete from codes_secours where user_id = ?1", [user])?;
    for fingerprint in fingerprints {
        let sql = "insert into codes_secours (user_id, empreinte) values (?1, ?2)";
        tx.execute(sql, params![user, fingerprint])?;
    }
    Ok(())
}

/// Uses up a recovery code; whether it was a good one.
pub fn use_recovery(tx: &Tx<'_>, user: UserId, fingerprint: [u8; 32]) -> Result<bool> {
    let used = tx.execute(
        "update codes_secours set utilise_le = ?3 where user_id = ?1 and empreinte = ?2 and utilise_le is null",
        params![user, fingerprint, tx.now()],
    )?;
    Ok(used > 0)
}

pub fn recovery_left(db: &Reader<'_>, user: UserId) -> Result<i64> {
    let sql = "select count(*) from codes_secours where user_id = ?1 and utilise_le is null";
    db.one(sql, [user], |row| row.get(0))
}

pub fn is_required(db: &Reader<'_>) -> Result<bool> {
    db.one("select double_exigee from securite", [], |row| row.get(0))
}

pub fn require(tx: &Tx<'_>, required: bool) -> Result<()> {
    tx.execute("update securite set double_exigee = ?1", [required])?;
    Ok(())
}
