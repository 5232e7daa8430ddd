//! Reads that take long, such as a whole table for a file: they have places and connections of their own, and take
//! none of the readers'.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use super::setup::prepare_reader;
use super::tx::{Reader, Tools};
use crate::kernel::auth::Who;
use crate::kernel::error::{Error, Result};
use crate::kernel::party::{Crowd, Party};
use crate::phrase;

/// Long reads at once; one more is answered 503 rather than kept waiting.
pub const LONG_READS: usize = 2;

/// Of them, those of one person: another's export finds a place too.
pub const LONG_READS_PER_PERSON: usize = 1;

/// A long read is cut after this: an open snapshot keeps the write-ahead log from being folded back.
pub const LONG_DEADLINE: Duration = Duration::from_secs(60);

/// How many steps of SQLite's virtual machine between two looks at the deadline (a few milliseconds).
const STEPS_BETWEEN_LOOKS: i32 = 50_000;

pub(super) struct LongReads {
    path: PathBuf,
    places: Arc<Semaphore>,
    crowd: Crowd,
    tools: Tools,
}

/// Tells the read that nobody waits for it any more.
struct Cut(Arc<AtomicBool>);

impl Drop for Cut {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl LongReads {
    pub fn new(path: &Path, tools: Tools) -> Self {
        let (places, crowd) =
            (Arc::new(Semaphore::new(LONG_READS)), Crowd::of_at_most(LONG_READS_PER_PERSON));
        Self { path: path.to_owned(), places, crowd, tools }
    }

    /// Runs `work` in one read-only transaction, on a connection that ends with it. Whoever stops waiting ends it.
    ///
    /// # Errors
    /// 429 while one of the same person runs, 503 when all places are taken, or after the deadline.
    pub async fn run<T: Send + 'static>(
        &self,
        who: Arc<Who>,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let ticket = self.crowd.enter(Party::of(&who)).ok_or_else(|| {
            Error::TooMany(
                Duration::from_secs(1),
                phrase!(
                    "Un export que vous avez lancé est en cours ; attendez sa fin.",
                    "An export of yours is under way; wait for its end."
                ),
            )
        })?;
        let place = self.places.clone().try_acquire_owned().map_err(|_| Error::overloaded())?;
        let (path, tools) = (self.path.clone(), self.tools.clone());
        let over = Arc::new(AtomicBool::new(false));
        let _cut = Cut(over.clone());
        tokio::task::spawn_blocking(move || {
            let (_ticket, _place) = (ticket, place);
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(path, flags)?;
            prepare_reader(&connection)?;
            let deadline = Instant::now() + LONG_DEADLINE;
            let is_over = move || over.load(Ordering::Relaxed) || Instant::now() > deadline;
            connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(is_over))?;
            // Dropping it ends the snapshot, whatever happened.
            let _snapshot = connection.unchecked_transaction()?;
            work(&Reader::new(&connection, &who, &tools))
        })
        .await
        .map_err(|cause| Error::Internal(cause.into()))?
    }
}
