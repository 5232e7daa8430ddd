//! THE list of periodic jobs, and of those who follow the journal.
//!
//! Each job runs once at start and then at its interval, in a task of its own: one that fails or panics is
//! logged, runs again at its time, and harms no other. Each follower acts soon after something was journalled.

use std::pin::Pin;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::kernel::app::{App, System};
use crate::kernel::auth::purge_idempotency;
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::follow::{self, Follower};
use crate::{documents, pieces, planning, users};

const HOUR: Duration = Duration::from_secs(3600);

const JOBS: &[Job] = &[
    // Answers kept for clients that repeat a request.
    Job { name: "purge-idempotence", every: HOUR, run: |system| Box::pin(purge(system, purge_idempotency)) },
    // Sessions that ended long ago, and failed sign-ins of yesterday.
    Job { name: "purge-sessions", every: HOUR, run: |system| Box::pin(purge(system, users::purge)) },
    // Files of documents deleted a day ago, and those that never got their document.
    Job { name: "purge-documents", every: HOUR, run: |system| Box::pin(documents::sweep(system)) },
    // Each file once a week: a disk forgets in silence.
    Job { name: "verification-documents", every: HOUR, run: |system| Box::pin(documents::verify(system)) },
];

/// Those who act on what others did, each with its own bookmark in the journal.
const FOLLOWERS: &[Follower] = &[
    // Échéances follow what becomes of their interventions, and dates what becomes of their site.
    Follower { name: "planning", follow: planning::follow },
    pieces::FOLLOWER,
];

/// How long a follower lets entries gather before it acts: one transaction for many is cheaper, and nobody
/// sees the difference.
const GATHER: Duration = Duration::from_millis(50);

/// After a fault (a full disk, a full queue) a follower tries again this much later.
const AFTER_FAULT: Duration = Duration::from_secs(5);

type Run = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

struct Job {
    /// How the log and the journal name it.
    name: &'static str,
    every: Duration,
    run: fn(System) -> Run,
}

/// Starts every job; dropping what is returned stops them, a job under way between two of its steps.
pub fn start(app: &App) -> JoinSet<()> {
    let mut tasks = start_all(app, JOBS);
    for follower in FOLLOWERS {
        tasks.spawn(keep_up(*follower, app.clone()));
    }
    tasks
}

/// Lets every follower act upon all that is journalled by now.
pub async fn catch_up(app: &App) -> Result<()> {
    // What one writes another may follow.
    loop {
        let mut entries = 0;
        for follower in FOLLOWERS {
            entries += follow::catch_up(&System::new(app, follower.name), *follower).await?;
        }
        if entries == 0 {
            return Ok(());
        }
    }
}

async fn keep_up(follower: Follower, app: App) {
    let mut commits = app.commits();
    let system = System::new(&app, follower.name);
    loop {
        commits.mark_unchanged();
        if let Err(error) = follow::catch_up(&system, follower).await {
            tracing::error!(follower = follower.name, %error, "the journal could not be followed");
            sleep(AFTER_FAULT).await;
        } else if commits.changed().await.is_err() {
            return;
        }
        sleep(GATHER).await;
    }
}

fn start_all(app: &App, jobs: &'static [Job]) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for job in jobs {
        tasks.spawn(repeat(job, app.clone()));
    }
    tasks
}

async fn repeat(job: &'static Job, app: App) {
    let mut times = interval(job.every);
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        times.tick().await;
        // A set of one contains the panic, and stops the run when this task is stopped.
        let mut run = JoinSet::new();
        run.spawn((job.run)(System::new(&app, job.name)));
        match run.join_next().await {
            Some(Ok(Ok(()))) | None => tracing::debug!(job = job.name, "job done"),
            Some(Ok(Err(error))) => tracing::error!(job = job.name, %error, "job failed"),
            Some(Err(error)) => tracing::error!(job = job.name, %error, "job panicked"),
        }
    }
}

async fn purge(system: System, work: fn(&Tx<'_>) -> Result<usize>) -> Result<()> {
    let rows = system.write(work).await?;
    tracing::debug!(rows, "purged");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::sync::Notify;

    use super::{Job, start_all};
    use crate::kernel::app::{App, Options};
    use crate::kernel::clock::Clock;

    static RUNS: AtomicUsize = AtomicUsize::new(0);
    static SECOND_RUN: Notify = Notify::const_new();
    static JOBS: &[Job] = &[Job {
        name: "fragile",
        every: Duration::from_millis(1),
        run: |_| {
            Box::pin(async {
                assert_ne!(RUNS.fetch_add(1, Ordering::Relaxed), 0, "the first run panics");
                SECOND_RUN.notify_one();
                Ok(())
            })
        },
    }];

    #[tokio::test]
    async fn a_job_that_panics_runs_again_at_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            data_dir: folder.path().to_owned(),
            public_url: String::new(),
            trusted_proxies: Vec::new(),
            sign_in_burst: 1,
            metrics_token: None,
            files: Default::default(),
        };
        let app = App::open(options, Clock::system()).unwrap();

        let _jobs = start_all(&app, JOBS);

        SECOND_RUN.notified().await;
    }
}
