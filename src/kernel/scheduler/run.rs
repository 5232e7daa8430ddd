//! Waking, and running what is due.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::state::{Look, Start};
use super::{Done, Every, Job, store};
use crate::kernel::app::{App, System};
use crate::kernel::error::{Error, Result};

/// How long writes may gather before jobs are asked whether they have work.
const GATHER: Duration = Duration::from_millis(500);

/// Whom the log names.
const NAME: &str = "ordonnanceur";

/// Runs the jobs at their times until the server stops; dropping it stops a job between two of its steps.
pub async fn keep_time(app: App) {
    let started = tokio::time::Instant::now();
    let mut commits = app.commits();
    let mut runs = JoinSet::new();
    while !app.is_stopping() {
        commits.mark_unchanged();
        match wake(&app, started.elapsed()).await {
            Ok(due) => due.into_iter().for_each(|start| drop(runs.spawn(run(app.clone(), start)))),
            Err(error) => tracing::error!(%error, "the scheduler cannot tell what is due"),
        }
        while runs.try_join_next().is_some() {}
        let to_next_minute = 60 - app.now().as_second().rem_euclid(60);
        tokio::select! {
            () = sleep(Duration::from_secs(to_next_minute.unsigned_abs())) => {}
            () = app.scheduler().asked.notified() => {}
            Ok(()) = commits.changed() => sleep(GATHER).await,
        }
    }
    while runs.join_next().await.is_some() {}
}

/// Wakes [`keep_time`], so that it sees that the server stops.
pub fn nudge(app: &App) {
    app.scheduler().asked.notify_one();
}

/// One wake-up by hand, `monotonic` after the scheduler began: runs what is due and waits for its end.
pub async fn tick(app: &App, monotonic: Duration) -> Result<()> {
    let mut runs = JoinSet::new();
    for start in wake(app, monotonic).await? {
        runs.spawn(run(app.clone(), start));
    }
    while runs.join_next().await.is_some() {}
    Ok(())
}

async fn wake(app: &App, monotonic: Duration) -> Result<Vec<Start>> {
    let (system, this) = (System::new(app, NAME), app.clone());
    let Look { due, keep } = system.read(move |db| this.scheduler().look(db, monotonic)).await?;
    if let Some((mark, new)) = keep {
        let kept = system.write_vital(move |tx| {
            let now = tx.now();
            tx.bookkeeping(|| {
                store::keep_clock_mark(tx, mark)?;
                new.iter().try_for_each(|job| store::keep_last_run(tx, job, now))
            })
        });
        if let Err(error) = kept.await {
            tracing::error!(%error, "the clock's mark could not be kept");
        }
    }
    Ok(due)
}

async fn run(app: App, Start { job, by_hand, at }: Start) {
    let system = System::new(&app, job.name);
    let started = std::time::Instant::now();
    // A set of one contains the panic, and stops the run when this task is stopped.
    let mut contained = JoinSet::new();
    let work = if by_hand { system.clone().by_hand() } else { system.clone() };
    contained.spawn(async move { (job.run)(work).await });
    let outcome = match contained.join_next().await {
        Some(Ok(outcome)) => outcome,
        Some(Err(panicked)) => Err(Error::Internal(panicked.into())),
        None => Ok(Done::default()),
    };
    let took = started.elapsed();
    log(job, &outcome, took);
    let mark = app.scheduler().ended(job, &outcome);
    let is_idle = matches!(&outcome, Ok(done) if done.is_nothing());
    if is_idle && job.every == Every::Minute && !by_hand {
        return;
    }
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let ended = store::Ended { job: job.name, started: at, milliseconds, by_hand, outcome };
    let kept = system.write_vital(move |tx| {
        tx.bookkeeping(|| {
            mark.map_or(Ok(()), |mark| store::keep_clock_mark(tx, mark))?;
            store::keep_last_run(tx, ended.job, at)?;
            store::keep_run(tx, &ended)
        })
    });
    if let Err(error) = kept.await {
        tracing::error!(job = job.name, %error, "the run could not be noted");
    }
}

fn log(job: &Job, outcome: &Result<Done>, took: Duration) {
    let (job, ms) = (job.name, took.as_millis());
    match outcome {
        Ok(done) if done.is_nothing() => tracing::debug!(job, ms, "nothing to do"),
        Ok(Done { done, skipped }) if skipped.is_empty() => tracing::info!(job, done, ms, "job done"),
        Ok(Done { done, skipped }) => {
            tracing::warn!(job, done, skipped = skipped.len(), ms, "job done but for what was skipped");
        }
        Err(error) => tracing::error!(job, %error, ms, "job failed"),
    }
}
