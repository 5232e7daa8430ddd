//! The one writer: a named thread that owns the only connection that writes.
//!
//! Invariants:
//! - each closure runs in its own savepoint: one that fails or panics undoes itself and nothing else;
//! - nobody is answered before the commit that carries their change is on the disk;
//! - on a full disk only what lets people in and tells of the trouble is written, from the [`Reserve`]: the rest is refused unrun;
//! - after a failed sync the page cache can no longer be trusted, so the process stops (exit code 70) and
//!   recovers from the log at its next start.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionState};
use tokio::sync::{oneshot, watch};

use super::reserve::Reserve;
use super::tx::{Tools, Tx};
use crate::kernel::auth::Who;
use crate::kernel::error::{Error, Result};
use crate::kernel::metrics::Metrics;
use crate::kernel::party::Party;
use crate::phrase;

/// Writes that may wait; one more is answered 503 rather than kept hoping.
pub const QUEUE: usize = 256;

/// Of them, those of one person (or one address that has not signed in): as many as an address may have connections.
pub const QUEUE_PER_PERSON: usize = 128;

/// Writes that share one commit at most, which bounds how long the first of them waits.
const BATCH: usize = 32;

/// After this long without a write the log is folded into the file.
const IDLE: Duration = Duration::from_secs(5);

/// What sysexits(3) calls EX_SOFTWARE: the supervisor restarts us.
const EXIT_AFTER_FAILED_SYNC: i32 = 70;

pub(super) struct Writer {
    queue: SyncSender<Message>,
    tools: Tools,
    commits: watch::Receiver<u64>,
    thread: JoinHandle<()>,
}

/// What a write is for, which decides whether a full disk refuses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Any change: refused while the disk is full.
    Work,
    /// Lets people in or keeps them out, or tells that the server is in trouble: small, and taken from the reserve.
    Vital,
}

enum Message {
    Work(Need, Work),
    Stop(oneshot::Sender<()>),
}

/// Runs inside the batch's transaction, or learns that there is none; what it returns is called once the fate
/// of the batch is known.
type Work = Box<dyn FnOnce(Result<&mut Connection, ErrorCode>) -> Answer + Send>;
type Answer = Box<dyn FnOnce(&Fate) + Send>;

/// What became of a batch.
enum Fate {
    Committed,
    Lost(ErrorCode),
}

impl Writer {
    pub fn start(connection: Connection, tools: Tools, reserve: Arc<Reserve>) -> Self {
        let (queue, waiting) = sync_channel(QUEUE);
        let (committed, commits) = watch::channel(0);
        let counters = tools.metrics.clone();
        let thread = thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                run(connection, &waiting, &Surroundings { metrics: counters, reserve }, &committed)
            })
            .expect("the writer thread starts with the process or not at all");
        Self { queue, tools, commits, thread }
    }

    /// Whether there is still somebody who writes.
    pub fn is_alive(&self) -> bool {
        !self.thread.is_finished()
    }

    /// Changes with each batch that reached the disk.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.clone()
    }

    /// Writes for a person, in the order of arrival.
    ///
    /// # Errors
    /// 429 when too much of theirs waits already, 503 when too much of all does.
    pub async fn run<T: Send + 'static>(
        &self,
        who: Arc<Who>,
        need: Need,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let ticket = self.tools.writers.enter(Party::of(&who)).ok_or_else(|| {
            Error::TooMany(
                Duration::from_secs(1),
                phrase!(
                    "Trop de vos modifications attendent déjà ; réessayez dans un instant.",
                    "Too many changes of yours wait already; try again shortly."
                ),
            )
        })?;
        let (reply, answer) = oneshot::channel();
        let tools = self.tools.clone();
        let work: Work = Box::new(move |connection| {
            // Held here, for the work stays in the queue when whoever sent it has hung up.
            drop(ticket);
            // Nobody waits any more and nothing has begun: an answer that was given up says the truth, and whoever
            // sends it again does it once.
            if reply.is_closed() {
                return Box::new(|_| ());
            }
            let outcome =
                connection.map_err(lost).and_then(|connection| in_savepoint(connection, &who, &tools, work));
            Box::new(move |fate| {
                // A client that hung up since is not an error: its write is as durable as any other.
                let _ = reply.send(match fate {
                    Fate::Committed => outcome,
                    Fate::Lost(code) => outcome.and_then(|_| Err(lost(*code))),
                });
            })
        });
        self.tools.metrics.writes_waiting.inc();
        if self.queue.try_send(Message::Work(need, work)).is_err() {
            self.tools.metrics.writes_waiting.dec();
            return Err(Error::overloaded());
        }
        answer.await.unwrap_or_else(|_| Err(Error::Internal(anyhow::anyhow!("the writer thread is gone"))))
    }

    pub async fn stop(&self) {
        let (reply, stopped) = oneshot::channel();
        let queue = self.queue.clone();
        let sent = tokio::task::spawn_blocking(move || queue.send(Message::Stop(reply))).await;
        if matches!(sent, Ok(Ok(()))) {
            let _ = stopped.await;
        }
    }
}

/// What the writer thread looks at beside its connection.
struct Surroundings {
    metrics: Metrics,
    reserve: Arc<Reserve>,
}

fn run(
    mut connection: Connection,
    waiting: &Receiver<Message>,
    around: &Surroundings,
    committed: &watch::Sender<u64>,
) {
    let mut log_has_pages = true;
    loop {
        let first = match waiting.recv_timeout(IDLE) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => {
                around.reserve.look();
                if std::mem::take(&mut log_has_pages) {
                    fold_when_idle(&connection, &around.reserve);
                    // Its pages go too: the kernel keeps the file's for everybody.
                    let _ = connection.execute_batch("pragma shrink_memory");
                }
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return fold_log(&connection),
        };
        log_has_pages = true;
        let (need, batch) = match first {
            Message::Work(need, work) => (need, work),
            Message::Stop(reply) => {
                fold_log(&connection);
                drop(connection);
                let _ = reply.send(());
                return;
            }
        };
        around.reserve.look();
        if need == Need::Vital {
            around.reserve.make_way();
        } else if around.reserve.is_disk_full() {
            around.metrics.writes_waiting.dec();
            batch(Err(ErrorCode::DiskFull))(&Fate::Lost(ErrorCode::DiskFull));
            continue;
        }
        let asked_to_stop = run_batch(&mut connection, batch, waiting, around);
        committed.send_modify(|batches| *batches += 1);
        if let Some(reply) = asked_to_stop {
            fold_log(&connection);
            drop(connection);
            let _ = reply.send(());
            return;
        }
    }
}

/// Runs `first` and what waits behind it in one transaction. Returns whom to tell when asked to stop.
fn run_batch(
    connection: &mut Connection,
    first: Work,
    waiting: &Receiver<Message>,
    Surroundings { metrics, reserve }: &Surroundings,
) -> Option<oneshot::Sender<()>> {
    let mut answers = Vec::with_capacity(BATCH);
    let mut stop = None;
    if let Err(cause) = connection.execute_batch("begin immediate") {
        // Another process is writing. Without a transaction the work must not run: its savepoint would
        // commit by itself, under an answer that says nothing was saved.
        metrics.writes_waiting.dec();
        let code = code_of(&cause);
        first(Err(code))(&Fate::Lost(code));
        return None;
    }
    let mut next = Some(first);
    let mut fate = Fate::Committed;
    while let Some(work) = next.take() {
        metrics.writes_waiting.dec();
        answers.push(work(Ok(connection)));
        // SQLite undoes the whole transaction by itself on a full disk or an I/O error: so say to everyone.
        if connection.is_autocommit() {
            fate = Fate::Lost(ErrorCode::DiskFull);
            break;
        }
        if answers.len() < BATCH {
            match waiting.try_recv() {
                Ok(Message::Work(Need::Work, work)) if reserve.is_disk_full() => {
                    metrics.writes_waiting.dec();
                    answers.push(work(Err(ErrorCode::DiskFull)));
                }
                Ok(Message::Work(_, work)) => next = Some(work),
                Ok(Message::Stop(reply)) => stop = Some(reply),
                Err(_) => {}
            }
        }
    }
    if matches!(fate, Fate::Committed) {
        fate = commit(connection);
    }
    if matches!(fate, Fate::Lost(ErrorCode::DiskFull)) {
        reserve.give();
    }
    metrics.writes_per_commit.observe(answers.len() as f64);
    for answer in answers {
        answer(&fate);
    }
    stop
}

/// Makes the batch durable. A disk that is merely full is told to the callers; any other failure to sync
/// stops the process, for nobody can say which bytes the disk has.
fn commit(connection: &Connection) -> Fate {
    if matches!(
        connection.transaction_state(None::<&str>),
        Ok(TransactionState::None | TransactionState::Read)
    ) {
        let _ = connection.execute_batch("rollback");
        return Fate::Committed;
    }
    let Err(cause) = connection.execute_batch("commit") else { return Fate::Committed };
    let code = code_of(&cause);
    if code == ErrorCode::DiskFull {
        let _ = connection.execute_batch("rollback");
        return Fate::Lost(code);
    }
    tracing::error!(%cause, "the disk refused a commit; stopping so as to recover from the log");
    std::process::exit(EXIT_AFTER_FAILED_SYNC);
}

fn in_savepoint<T>(
    connection: &mut Connection,
    who: &Who,
    tools: &Tools,
    work: impl FnOnce(&Tx<'_>) -> Result<T>,
) -> Result<T> {
    // Dropped without a commit, panics included, it rolls back.
    let savepoint = connection.savepoint()?;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let tx = Tx::new(&savepoint, who, tools);
        work(&tx).and_then(|value| tx.refuse_unrecorded().map(|()| value))
    }))
    .unwrap_or_else(|_| Err(Error::Internal(anyhow::anyhow!("a write panicked and was undone"))))?;
    savepoint.commit()?;
    Ok(outcome)
}

/// Folds the log while nobody writes. On a full disk it keeps its length: sessions will be written there.
fn fold_when_idle(connection: &Connection, reserve: &Reserve) {
    let log = connection.path().map(|path| format!("{path}-wal"));
    let bytes = log.and_then(|log| std::fs::metadata(log).ok()).map_or(0, |data| data.len());
    if !reserve.keeps_log(bytes) {
        return fold_log(connection);
    }
    reserve.make_way();
    if let Err(cause) = connection.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(())) {
        tracing::warn!(%cause, "the write-ahead log could not be folded into the full disk's database");
    }
}

fn fold_log(connection: &Connection) {
    if let Err(cause) = connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())) {
        tracing::warn!(%cause, "the write-ahead log could not be folded into the database");
    }
}

fn code_of(cause: &rusqlite::Error) -> ErrorCode {
    cause.sqlite_error_code().unwrap_or(ErrorCode::Unknown)
}

fn lost(code: ErrorCode) -> Error {
    let failure = rusqlite::ffi::Error { code, extended_code: 0 };
    rusqlite::Error::SqliteFailure(failure, None).into()
}
