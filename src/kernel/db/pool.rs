//! The readers: a small pool of read-only connections, used from blocking threads.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use super::setup::{StartError, prepare_reader};
use super::tx::{Reader, Tools};
use crate::kernel::auth::Who;
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// Four readers keep two to four cores busy and cost 16 MB of page cache each at most.
const READERS: u32 = 4;

/// A read longer than this is cut: an open read keeps the write-ahead log from being folded back.
const DEADLINE: Duration = Duration::from_secs(10);

/// How many steps of SQLite's virtual machine between two looks at the deadline (a few milliseconds).
const STEPS_BETWEEN_LOOKS: i32 = 50_000;

pub(super) struct Readers {
    pool: r2d2::Pool<SqliteConnectionManager>,
    /// As many permits as connections: who waits, waits without holding a thread.
    places: Arc<Semaphore>,
    tools: Tools,
}

impl Readers {
    pub fn open(path: &Path, tools: Tools) -> Result<Self, StartError> {
        let manager = SqliteConnectionManager::file(path)
            .with_flags(OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .with_init(|connection| prepare_reader(connection));
        let pool = r2d2::Pool::builder()
            .max_size(READERS)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .build(manager)
            .map_err(|cause| {
                StartError::because(
                    phrase!("La base de données ne peut pas être lue.", "The database cannot be read."),
                    cause,
                )
            })?;
        Ok(Self { pool, places: Arc::new(Semaphore::new(READERS as usize)), tools })
    }

    /// How many of them are at work.
    pub fn busy(&self) -> i64 {
        i64::from(READERS) - self.places.available_permits() as i64
    }

    pub async fn run<T: Send + 'static>(
        &self,
        who: Arc<Who>,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = self.places.clone().acquire_owned().await.map_err(|_| Error::overloaded())?;
        let (pool, tools) = (self.pool.clone(), self.tools.clone());
        tokio::task::spawn_blocking(move || {
            let _place = place;
            let connection = pool.get().map_err(|cause| Error::Internal(cause.into()))?;
            in_one_snapshot(&connection, &who, &tools, work)
        })
        .await
        .map_err(|cause| Error::Internal(cause.into()))?
    }
}

fn in_one_snapshot<T>(
    connection: &Connection,
    who: &Who,
    tools: &Tools,
    work: impl FnOnce(&Reader<'_>) -> Result<T>,
) -> Result<T> {
    let deadline = Instant::now() + DEADLINE;
    connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || Instant::now() > deadline))?;
    // Dropping it ends the snapshot, whatever happened.
    let _snapshot = connection.unchecked_transaction()?;
    work(&Reader::new(connection, who, tools))
}
