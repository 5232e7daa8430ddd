//! SQL of the scheduler: the marks, and one row per run.

use std::collections::{HashMap, HashSet};

use rusqlite::named_params;
use serde_json::{Value, json};

use super::{Done, Skipped};
use crate::kernel::clock::Instant;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::phrase::Language;

/// Runs remembered of each job. Counted, not dated: a wrong clock must not forget them.
pub const KEPT: u32 = 500;

/// Left-out items of one run that are told one by one; of more, the count.
const TOLD: usize = 1000;

/// One run, as it ended.
pub struct Ended {
    pub job: &'static str,
    pub started: Instant,
    pub milliseconds: u64,
    pub by_hand: bool,
    pub outcome: Result<Done>,
}

pub fn clock_mark(db: &Reader<'_>) -> Result<Option<Instant>> {
    db.maybe("select clock_mark from scheduler", [], |row| row.get(0))
}

/// When the last run of each job began.
pub fn last_runs(db: &Reader<'_>) -> Result<HashMap<String, Instant>> {
    let rows = db.all("select name, last_run from jobs", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.into_iter().collect())
}

pub fn keep_clock_mark(tx: &Tx<'_>, mark: Instant) -> Result<()> {
    tx.execute(
        "insert into scheduler (id, clock_mark) values (1, :mark)
         on conflict (id) do update set clock_mark = :mark",
        named_params! { ":mark": mark },
    )
    .map(drop)
}

pub fn keep_last_run(tx: &Tx<'_>, job: &str, began: Instant) -> Result<()> {
    tx.execute(
        "insert into jobs (name, last_run) values (:job, :began)
         on conflict (name) do update set last_run = :began",
        named_params! { ":job": job, ":began": began },
    )
    .map(drop)
}

pub fn keep_run(tx: &Tx<'_>, run: &Ended) -> Result<()> {
    let text = |error: &Error, language| super::sentence(error).text(language).to_owned();
    let (done, skipped, error) = match &run.outcome {
        Ok(Done { done, skipped }) => (*done, skipped.as_slice(), None),
        Err(error) => {
            (0, [].as_slice(), Some((text(error, Language::French), text(error, Language::English))))
        }
    };
    let skips: Vec<Value> = skipped.iter().take(TOLD).map(skip).collect();
    tx.execute(
        "insert into job_runs (job, started_at, duration_ms, by_hand, done, skipped, skips, error_fr, error_en)
         values (:job, :started, :milliseconds, :by_hand, :done, :skipped, :skips, :fr, :en)",
        named_params! {
            ":job": run.job, ":started": run.started, ":milliseconds": run.milliseconds as i64,
            ":by_hand": run.by_hand, ":done": done as i64, ":skipped": skipped.len() as i64,
            ":skips": serde_json::to_string(&skips)?,
            ":fr": error.as_ref().map(|(fr, _)| fr), ":en": error.as_ref().map(|(_, en)| en),
        },
    )?;
    tx.execute(
        "delete from job_runs where job = :job and id <= (
             select id from job_runs where job = :job order by id desc limit 1 offset :kept)",
        named_params! { ":job": run.job, ":kept": KEPT },
    )
    .map(drop)
}

/// What the runs of a job in `[from, to]` left out.
pub fn skipped_between(db: &Reader<'_>, job: &str, from: Instant, to: Instant) -> Result<HashSet<i64>> {
    let ids = db.all(
        "select json_extract(value, '$.id') from job_runs, json_each(skips)
         where job = :job and skipped > 0 and started_at between :from and :to",
        named_params! { ":job": job, ":from": from, ":to": to },
        |row| row.get(0),
    )?;
    Ok(ids.into_iter().collect())
}

fn skip(skipped: &Skipped) -> Value {
    let Skipped { entite, id, why } = skipped;
    let [fr, en] = [Language::French, Language::English].map(|language| why.text(language));
    json!({"entite": entite, "id": id, "fr": fr, "en": en, "ar": why.arabic()})
}
