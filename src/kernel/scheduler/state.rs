//! What the scheduler knows between two wake-ups, and what it finds at one.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::guard::Guard;
use super::{Done, Doubt, Every, Job, Timetable, store};
use crate::kernel::clock::Instant;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// How far the clock's mark may lag behind, on the disk.
const MARK_LAG: Duration = Duration::from_secs(3600);

/// The jobs, and how they stand. One per server, shared by all.
pub struct Scheduler {
    timetable: Timetable,
    state: Mutex<Option<State>>,
    pub(super) asked: Notify,
}

struct State {
    guard: Guard,
    /// The clock's mark as the database has it.
    kept_mark: Option<Instant>,
    last: HashMap<&'static str, Instant>,
    running: HashSet<&'static str>,
    /// By hand, not yet begun.
    wanted: HashSet<&'static str>,
    /// Those whose last run did not do all there was: they wait for their time, though there is work.
    stuck: HashSet<&'static str>,
}

/// A job as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub job: &'static Job,
    pub is_running: bool,
    /// Waits for a clock that can be believed.
    pub is_held: bool,
    pub next: Option<Instant>,
}

/// What a wake-up found: runs to begin, and what the database should remember though none ended (the clock's
/// mark, and the jobs that are known from now on).
pub(super) struct Look {
    pub due: Vec<Start>,
    pub keep: Option<(Instant, Vec<&'static str>)>,
}

/// A job that could run.
struct Chance {
    job: &'static Job,
    last: Option<Instant>,
    by_hand: bool,
    /// Need not wait for its time when there is work.
    hurries: bool,
}

/// One run to begin.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub job: &'static Job,
    pub by_hand: bool,
    pub at: Instant,
}

impl Scheduler {
    pub fn new(timetable: Timetable) -> Self {
        Self { timetable, state: Mutex::new(None), asked: Notify::new() }
    }

    pub fn jobs(&self) -> &'static [Job] {
        self.timetable.jobs
    }

    pub fn job(&self, name: &str) -> Option<&'static Job> {
        self.jobs().iter().find(|job| job.name == name)
    }

    /// How every job stands, and why the clock is doubted, if it is.
    pub fn standings(&self, db: &Reader<'_>) -> Result<(Vec<Standing>, Option<Doubt>)> {
        let (now, zone) = (db.now(), (self.timetable.zone)(db)?);
        self.with(db, |state| {
            let doubt = state.guard.doubt();
            let standing = |job: &'static Job| {
                let is_held = doubt.is_some() && job.needs_clock;
                let last = state.last.get(job.name).copied();
                Standing {
                    job,
                    is_running: state.is_taken(job),
                    is_held,
                    next: if is_held { None } else { job.every.next(last, now, &zone) },
                }
            };
            (self.jobs().iter().map(standing).collect(), doubt)
        })
    }

    /// Refuses (409) a job that runs already or waits for the clock.
    ///
    /// # Errors
    /// `NotFound` for a name that is no job's.
    pub fn check_launch(&self, db: &Reader<'_>, name: &str) -> Result<()> {
        let job = self.job(name).ok_or(Error::NotFound)?;
        self.with(db, |state| match state.guard.doubt() {
            _ if state.is_taken(job) => {
                let detail = phrase!("Cette tâche est déjà en cours.", "This job is running already.");
                Err(Error::conflict("deja_en_cours", detail))
            }
            Some(doubt) if job.needs_clock => {
                Err(Error::conflict("horloge_incertaine", doubt.phrase(db.now())))
            }
            _ => Ok(()),
        })?
    }

    /// Has a job run now, beside its times; nothing when it runs already.
    pub fn launch(&self, job: &'static Job) {
        if let Some(state) = self.state().as_mut() {
            state.wanted.insert(job.name);
        }
        self.asked.notify_one();
    }

    /// Believes the clock as it is, on somebody's word. No job waits longer for it than from now on.
    pub fn believe_clock(&self, tx: &Tx<'_>) -> Result<()> {
        let now = tx.now();
        let late = self.with(tx, |state| {
            state.guard.believe(now);
            state.kept_mark = Some(now);
            let late = state.last.iter_mut().filter(|(_, last)| **last > now);
            late.map(|(job, last)| {
                *last = now;
                *job
            })
            .collect::<Vec<_>>()
        })?;
        tx.bookkeeping(|| {
            store::keep_clock_mark(tx, now)?;
            late.iter().try_for_each(|job| store::keep_last_run(tx, job, now))
        })
    }

    fn state(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known, read from the database the first time.
    fn with<T>(&self, db: &Reader<'_>, work: impl FnOnce(&mut State) -> T) -> Result<T> {
        let mut known = self.state();
        let state = match known.take() {
            Some(state) => state,
            None => State::read(db, self.jobs())?,
        };
        Ok(work(known.insert(state)))
    }

    /// Judges the clock and finds what is to begin; from then on it counts as running.
    pub(super) fn look(&self, db: &Reader<'_>, monotonic: Duration) -> Result<Look> {
        let (now, zone) = (db.now(), (self.timetable.zone)(db)?);
        let free = self.with(db, |state| {
            let before = state.guard.doubt();
            let doubt = state.guard.judge(now, monotonic);
            warn(before, doubt, now);
            db.metrics().clock_doubted.set(i64::from(doubt.is_some()));
            let is_free = |job: &&'static Job| {
                !state.running.contains(job.name) && (doubt.is_none() || !job.needs_clock)
            };
            self.jobs().iter().filter(is_free).map(|job| state.chance(job)).collect::<Vec<_>>()
        })?;
        let is_due = |chance: &Chance| {
            let Chance { job, last, hurries, .. } = chance;
            let may_look = *hurries && job.when.is_some();
            (may_look || job.every.is_due(*last, now, &zone))
                && job.when.is_none_or(|when| has_work(db, job, when))
        };
        let due = free.into_iter().filter(|chance| chance.by_hand || is_due(chance));
        let due: Vec<_> =
            due.map(|chance| Start { job: chance.job, by_hand: chance.by_hand, at: now }).collect();
        self.with(db, |state| {
            for start in &due {
                state.running.insert(start.job.name);
                state.wanted.remove(start.job.name);
                state.last.insert(start.job.name, now);
            }
            Look { keep: state.due_to_be_kept(self.jobs(), now), due }
        })
    }

    /// Notes that a run ended; returns the clock's mark, if the clock is believed.
    pub(super) fn ended(&self, job: &Job, outcome: &Result<Done>) -> Option<Instant> {
        let mut known = self.state();
        let state = known.as_mut()?;
        state.running.remove(job.name);
        if outcome.as_ref().is_ok_and(|done| done.done > 0 && done.skipped.is_empty()) {
            state.stuck.remove(job.name);
        } else {
            state.stuck.insert(job.name);
        }
        let mark = state.guard.mark().filter(|_| state.guard.doubt().is_none());
        state.kept_mark = state.kept_mark.max(mark);
        mark
    }
}

impl State {
    fn read(db: &Reader<'_>, jobs: &'static [Job]) -> Result<Self> {
        let mark = store::clock_mark(db)?;
        let runs = store::last_runs(db)?;
        let last = jobs.iter().filter_map(|job| Some((job.name, *runs.get(job.name)?)));
        Ok(Self {
            guard: Guard::after(mark),
            kept_mark: mark,
            last: last.collect(),
            running: HashSet::new(),
            wanted: HashSet::new(),
            stuck: HashSet::new(),
        })
    }

    fn chance(&self, job: &'static Job) -> Chance {
        Chance {
            job,
            last: self.last.get(job.name).copied(),
            by_hand: self.wanted.contains(job.name),
            hurries: !self.stuck.contains(job.name),
        }
    }

    /// The clock's mark now and then; and since when a job is known whose time of day has not come yet, or a
    /// server that is off every night would wait for it for ever.
    fn due_to_be_kept(&mut self, jobs: &'static [Job], now: Instant) -> Option<(Instant, Vec<&'static str>)> {
        let mark = self.guard.mark().filter(|_| self.guard.doubt().is_none())?;
        let is_new = |job: &&Job| {
            matches!(job.every, Every::Day(_) | Every::Week(..)) && !self.last.contains_key(job.name)
        };
        let new: Vec<_> = jobs.iter().filter(is_new).map(|job| job.name).collect();
        if self.kept_mark.is_some_and(|kept| mark <= kept.plus(MARK_LAG)) && new.is_empty() {
            return None;
        }
        self.kept_mark = Some(mark);
        self.last.extend(new.iter().map(|name| (*name, now)));
        Some((mark, new))
    }

    fn is_taken(&self, job: &Job) -> bool {
        self.running.contains(job.name) || self.wanted.contains(job.name)
    }
}

fn has_work(db: &Reader<'_>, job: &Job, when: fn(&Reader<'_>) -> Result<bool>) -> bool {
    when(db).unwrap_or_else(|error| {
        tracing::error!(job = job.name, %error, "it cannot be told whether there is work");
        false
    })
}

fn warn(before: Option<Doubt>, doubt: Option<Doubt>, now: Instant) {
    match (before, doubt) {
        (None, Some(Doubt::Backward { mark })) => {
            tracing::warn!(%now, %mark, "the clock went back; dated jobs wait until it makes sense again");
        }
        (None, Some(Doubt::Forward { expected })) => {
            tracing::warn!(%now, %expected, "the clock leapt ahead; dated jobs wait until it makes sense again");
        }
        (Some(_), None) => tracing::info!(%now, "the clock makes sense again; dated jobs go on"),
        _ => {}
    }
}
