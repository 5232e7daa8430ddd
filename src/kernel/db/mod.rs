//! The store: one local SQLite file, one writer thread, many readers.
//!
//! - Every write is a closure run in its own savepoint by the one writer thread; closures that wait together
//!   share one durable commit. An answer leaves only after that commit reached the disk.
//! - Every read is one deferred, read-only transaction, so what it returns belongs to one moment.
//! - A write that changed rows and left no journal entry is refused, unless it says why in words.

mod inspect;
mod journal;
mod long;
mod migrate;
mod pool;
mod reserve;
mod setup;
#[cfg(test)]
mod tests;
mod tx;
mod wal;
mod writer;

use std::path::Path;
use std::sync::Arc;

use tokio::sync::watch;

pub use inspect::Inspection;
pub use journal::{Chain, Change, Fact};
pub use migrate::schema_version;
pub use setup::{
    StartError, copy, copy_before_migration, foreign_objects, holds, pending_migrations, refuse_absent, teach,
};
pub(in crate::kernel) use tx::Tools;
pub use tx::{Columns, Reader, Tx};
pub use wal::{Damage, damaged_logs, kept_logs};

use super::auth::Who;
use super::error::Result;
use crate::ids::UserId;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::long::{LONG_DEADLINE, LONG_READS, LONG_READS_PER_PERSON};
    pub use super::pool::{DEADLINE, PATIENCE, PER_PERSON, READERS, WAITING, WAITING_PER_PERSON};
    pub use super::setup::{
        LIKE_LENGTH, SQL_COLUMNS, SQL_DEPTH, SQL_LENGTH, SQL_PARTS, SQL_VALUES, VALUE_BYTES,
    };
    pub use super::writer::{QUEUE, QUEUE_PER_PERSON};
}

/// Name of the database inside the data directory.
pub const FILE_NAME: &str = "erp.sqlite3";

/// The handle to the store. Private to the kernel: slices reach it through a guard only.
#[derive(Clone)]
pub(in crate::kernel) struct Db {
    readers: Arc<pool::Readers>,
    long: Arc<long::LongReads>,
    writer: Arc<writer::Writer>,
    reserve: Arc<reserve::Reserve>,
}

impl Db {
    /// Opens the database at `path`, creates and migrates it where needed, and starts the writer thread.
    ///
    /// # Errors
    /// [`StartError`] says what is broken and what to do; nothing is repaired silently.
    pub fn open(path: &Path, tools: Tools) -> Result<Self, StartError> {
        let reserve = Arc::new(reserve::Reserve::beside(path));
        // The index of the log, which is made at each start, needs room also on a full disk.
        reserve.make_way();
        let was_damaged = wal::keep_if_damaged(path, &reserve)?;
        let mut connection = setup::open_writer(path)?;
        if was_damaged {
            // What was recovered goes into the file and the log ends: the next start finds nothing of it again.
            connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
        }
        migrate::migrate(path, &mut connection)?;
        let readers = pool::Readers::open(path, tools.clone())?;
        let long = Arc::new(long::LongReads::new(path, tools.clone()));
        let writer = writer::Writer::start(connection, tools, reserve.clone());
        Ok(Self { readers: Arc::new(readers), long, writer: Arc::new(writer), reserve })
    }

    /// Runs `work` in one read-only transaction.
    pub async fn read<T: Send + 'static>(
        &self,
        who: Arc<Who>,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.readers.run(who, work).await
    }

    /// Reads who calls, whatever else is being read: a row or two by their keys. `claimed` is who they say they are.
    pub async fn look_up<T: Send + 'static>(
        &self,
        who: Arc<Who>,
        claimed: UserId,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.readers.look_up(who, claimed, work).await
    }

    /// Runs `work`, which takes long, in one read-only transaction that takes none of the readers.
    ///
    /// # Errors
    /// 503 when too many take long already.
    pub async fn read_long<T: Send + 'static>(
        &self,
        who: Arc<Who>,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.long.run(who, work).await
    }

    /// Runs `work` in the writer thread; `Ok` is answered once it is on the disk, anything else is undone.
    pub async fn write<T: Send + 'static>(
        &self,
        who: Arc<Who>,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.writer.run(who, writer::Need::Work, work).await
    }

    /// The same for what lets people in, keeps them out or tells of trouble, a few rows at a time: written also while a full disk refuses everything else.
    pub async fn write_vital<T: Send + 'static>(
        &self,
        who: Arc<Who>,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.writer.run(who, writer::Need::Vital, work).await
    }

    /// Keeps room on the disk for sessions from now on: for a server, not for a command beside it.
    pub fn keep_reserve(&self) {
        self.reserve.arm();
    }

    /// Whether the disk is so full that only sessions are written.
    pub fn is_disk_full(&self) -> bool {
        self.reserve.look();
        self.reserve.is_disk_full()
    }

    /// Whether the writer thread still runs.
    pub fn can_write(&self) -> bool {
        self.writer.is_alive()
    }

    /// How many connections read at this moment.
    pub fn readers_busy(&self) -> i64 {
        self.readers.busy()
    }

    /// Changes with each batch of writes that reached the disk.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.writer.commits()
    }

    /// Lets waiting writes finish, folds the write-ahead log into the file and stops the writer thread.
    pub async fn close(&self) {
        self.writer.stop().await;
    }
}
