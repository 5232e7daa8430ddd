//! What the server does by itself, at its times. Knows jobs by their names only; the list is in `jobs.rs`.
//!
//! - It wakes on the minute by the monotonic clock, reads the wall clock, and asks which jobs are due; it also
//!   wakes soon after something was written, for the jobs that have a cheap way to say that there is work.
//! - A wall clock that cannot be believed ([`Doubt`]) holds the jobs that depend on the date.
//! - A job that panics or fails is noted, harms no other, and runs again at its next time. It never runs twice
//!   at once. A process that dies in the middle of one runs it again: a job must bear that.
//! - Each run leaves a row. One of [`Every::Minute`] that found nothing to do leaves none, or the disk would
//!   be written every minute for ever; the clock's mark is then kept once an hour.

mod every;
mod guard;
mod run;
mod state;
mod store;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use jiff::tz::TimeZone;

pub use every::Every;
pub use guard::Doubt;
pub use run::{keep_time, nudge, tick};
pub use state::{Scheduler, Standing};

use super::app::System;
use super::db::Reader;
use super::error::{Error, Result};
use super::phrase::Phrase;
use super::problem;
use crate::phrase;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::store::KEPT;
}

pub type Run = Pin<Box<dyn Future<Output = Result<Done>> + Send>>;

/// Something that the server does at its times.
#[derive(Clone, Copy)]
pub struct Job {
    /// How the log, the journal and the API name it, for ever.
    pub name: &'static str,
    /// For people, in French, in English and in Arabic.
    pub label: (&'static str, &'static str, &'static str),
    pub every: Every,
    /// Not run while the wall clock is doubted.
    pub needs_clock: bool,
    /// A cheap look whether there is anything to do: it then runs only if there is, and soon after there is, but
    /// for what it could not do the last time, which waits for its time.
    pub when: Option<fn(&Reader<'_>) -> Result<bool>>,
    /// Does the work, item by item; between two of them it asks
    /// [`App::is_stopping`](super::app::App::is_stopping).
    pub run: fn(System) -> Run,
}

impl Job {
    /// For people.
    pub fn phrase(&self) -> Phrase {
        let (fr, en, ar) = self.label;
        Phrase::new(fr, en).with_arabic(ar)
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Job({})", self.name)
    }
}

/// What a run did.
#[derive(Debug, Default)]
pub struct Done {
    pub done: u64,
    pub skipped: Vec<Skipped>,
}

impl Done {
    /// So many, and nothing left out.
    pub fn all(done: usize) -> Self {
        Self { done: done as u64, skipped: Vec::new() }
    }

    fn is_nothing(&self) -> bool {
        self.done == 0 && self.skipped.is_empty()
    }
}

/// One thing that a run left out, and why.
#[derive(Debug)]
pub struct Skipped {
    /// As the journal calls such things.
    pub entite: &'static str,
    pub id: i64,
    pub why: Phrase,
}

/// The jobs, and whose wall clock they go by.
#[derive(Clone, Copy, Debug)]
pub struct Timetable {
    pub jobs: &'static [Job],
    pub zone: fn(&Reader<'_>) -> Result<TimeZone>,
}

impl Timetable {
    /// Nothing to do, for those who only look.
    pub const EMPTY: Self = Self { jobs: &[], zone: |_| Ok(TimeZone::UTC) };
}

/// What people are told of a fault in a job; its cause is for the log.
pub fn sentence(error: &Error) -> Phrase {
    match error {
        Error::Internal(_) => phrase!(
            "Une erreur l’a empêché ; le journal technique du serveur dit laquelle.",
            "A fault kept it from being done; the server's log says which."
        ),
        other => problem::sentence(other),
    }
}

/// What the runs of a job that began in the last `within` left out: not to be tried again so soon.
pub fn lately_skipped(db: &Reader<'_>, job: &str, within: Duration) -> Result<HashSet<i64>> {
    store::skipped_between(db, job, db.now().minus(within), db.now())
}
