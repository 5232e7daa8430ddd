//! One operation, one effect, however often a phone with poor reception sends it.
//!
//! The first answer is stored in the transaction of the change it reports. A refusal changes nothing and is
//! not stored: the same request is judged again.

use axum::http::StatusCode;
use rusqlite::named_params;
use std::time::Duration;

use crate::kernel::answer::Answer;
use crate::kernel::context::Idempotency;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// How long a first answer is replayed.
pub const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

pub(super) fn once(
    tx: &Tx<'_>,
    operation: Option<&Idempotency>,
    work: impl FnOnce(&Tx<'_>) -> Result<Answer>,
) -> Result<Answer> {
    let Some(operation) = operation else { return work(tx) };
    if let Some(answer) = first(tx, operation)? {
        return Ok(answer);
    }
    let answer = work(tx)?;
    tx.bookkeeping(|| store(tx, operation, &answer))?;
    Ok(answer)
}

/// The answer that an operation got the first time.
///
/// # Errors
/// 422 when its key was used for another operation.
pub(super) fn first(db: &Reader<'_>, operation: &Idempotency) -> Result<Option<Answer>> {
    let first = db.maybe(
        "select fingerprint, status, body, etag, location from idempotency
         where user_id = :user_id and key = :key and created_at > :oldest",
        named_params! { ":user_id": db.actor().user_id, ":key": operation.key, ":oldest": db.now().minus(KEPT) },
        |row| {
            let answer = Answer {
                status: StatusCode::from_u16(row.get("status")?).unwrap_or(StatusCode::OK),
                body: row.get("body")?,
                etag: row.get("etag")?,
                location: row.get("location")?,
                replayed: true,
            };
            Ok((row.get::<_, Vec<u8>>("fingerprint")?, answer))
        },
    )?;
    match first {
        Some((fingerprint, _)) if fingerprint != operation.fingerprint => Err(Error::invalid(
            "Idempotency-Key",
            "cle_reutilisee",
            phrase!("a déjà servi pour une autre requête", "was already used for another request"),
        )),
        first => Ok(first.map(|(_, answer)| answer)),
    }
}

/// Forgets the answers that are no longer replayed.
pub fn purge(tx: &Tx<'_>) -> Result<usize> {
    let oldest = tx.now().minus(KEPT);
    tx.bookkeeping(|| {
        tx.execute("delete from idempotency where created_at <= :oldest", named_params! { ":oldest": oldest })
    })
}

fn store(tx: &Tx<'_>, operation: &Idempotency, answer: &Answer) -> Result<()> {
    tx.execute(
        "insert or replace into idempotency (user_id, key, fingerprint, status, body, etag, location, created_at)
         values (:user_id, :key, :fingerprint, :status, :body, :etag, :location, :now)",
        named_params! {
            ":user_id": tx.actor().user_id, ":key": operation.key, ":fingerprint": operation.fingerprint,
            ":status": answer.status.as_u16(), ":body": answer.body, ":etag": answer.etag,
            ":location": answer.location, ":now": tx.now(),
        },
    )?;
    Ok(())
}
