//! SQL of the server's state.

use std::time::Duration;

use crate::kernel::clock::Instant;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;

const WEEK: Duration = Duration::from_hours(7 * 24);

/// How many documents there are, and their bytes.
pub fn documents(db: &Reader<'_>) -> Result<(i64, i64)> {
    let sql = "select count(*), coalesce(sum(taille), 0) from documents where supprime_le is null";
    db.one(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Mail on its way, and since when the oldest of it waits.
pub fn waiting_mail(db: &Reader<'_>) -> Result<(i64, Option<Instant>)> {
    let sql = "select count(*), min(date) from envois where prochain_essai is not null and canal = 'email'";
    db.one(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Mail of the last week that was given up: what is older, somebody has seen.
pub fn failed_mail(db: &Reader<'_>) -> Result<i64> {
    let sql = "select count(*) from envois where statut = 'echec' and canal = 'email' and date > ?1";
    db.one(sql, [db.now().minus(WEEK)], |row| row.get(0))
}

/// When each job's last run that did something began, and whether it failed.
pub fn last_runs(db: &Reader<'_>) -> Result<Vec<(String, Instant, bool)>> {
    let sql = "select job, started_at, error_fr is not null from job_runs
         where id in (select max(id) from job_runs group by job) order by job";
    db.all(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}
