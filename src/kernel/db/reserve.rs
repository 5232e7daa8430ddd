//! Room kept on the disk so that people still get in when it is full.
//!
//! A file of bytes that nobody reads. While the disk has too little left, work is refused before it starts (503), and
//! what opens and ends sessions takes its room from here, a slice at a time. When the disk has room again the file
//! grows back. Only a running server makes it: see [`Reserve::arm`].

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::kernel::data_dir::private_file;

/// Name of the file inside the data directory.
const NAME: &str = "reserve";

/// Bytes of the reserve: a write-ahead log at its usual length, and many thousand sign-ins.
const RESERVE: u64 = 16 * 1024 * 1024;

/// Given back to the disk at once, and left free on it for a sign-in.
const SLICE: u64 = 1024 * 1024;

/// With fewer bytes left on the disk, only what opens and ends sessions is written.
const LEAST: u64 = 8 * 1024 * 1024;

/// A log longer than this is cut also on a full disk: it holds the very room that is missing.
const LONG_LOG: u64 = 8 * 1024 * 1024;

pub(super) struct Reserve {
    folder: PathBuf,
    /// Whether it is made, and made again: by a server only, not by a command beside it.
    armed: AtomicBool,
    /// Whether work is refused now.
    full: AtomicBool,
}

impl Reserve {
    /// The reserve beside the database at `path`, as it is.
    pub fn beside(path: &Path) -> Self {
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        Self { folder, armed: AtomicBool::new(false), full: AtomicBool::new(false) }
    }

    /// From now on keeps the reserve at its length, as far as the disk has room.
    pub fn arm(&self) {
        self.armed.store(true, Ordering::Relaxed);
        self.refill();
    }

    /// Whether the disk was too full for work when last looked at.
    pub fn is_disk_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// Looks whether the disk has room for work, and fills the reserve when it has plenty.
    pub fn look(&self) {
        let Some(left) = self.left() else { return };
        let full = left < LEAST;
        if full != self.full.swap(full, Ordering::Relaxed) {
            if full {
                tracing::error!(left, "the disk is full: only sessions are still written");
            } else {
                tracing::info!(left, "the disk has room again");
            }
        }
        if !full {
            self.refill();
        }
    }

    /// Sees that there is room for one small write, from the reserve if need be.
    pub fn make_way(&self) {
        if self.left().is_some_and(|left| left < SLICE) {
            self.give();
        }
    }

    /// Gives a slice back to the disk: a write failed though the disk seemed to have room, as under a quota. Returns
    /// whether there was any.
    pub fn give(&self) -> bool {
        let path = self.folder.join(NAME);
        let Ok(file) = File::options().write(true).open(&path) else { return false };
        let held = file.metadata().map_or(0, |data| data.len());
        if held == 0 {
            return false;
        }
        let given = file.set_len(held.saturating_sub(SLICE));
        let is_given = given.is_ok();
        tracing::warn!(held, error = given.err().map(tracing::field::display), "room taken from the reserve");
        is_given
    }

    /// Whether the log may keep its length: on a full disk the room it gave back would be another's at once.
    pub fn keeps_log(&self, log_bytes: u64) -> bool {
        self.is_disk_full() && log_bytes <= LONG_LOG
    }

    fn refill(&self) {
        if !self.armed.load(Ordering::Relaxed) {
            return;
        }
        let path = self.folder.join(NAME);
        let held = path.metadata().map_or(0, |data| data.len());
        let missing = RESERVE.saturating_sub(held);
        // Twice the least: filling it must not make the disk full.
        if missing == 0 || self.left().is_none_or(|left| left < missing + 2 * LEAST) {
            return;
        }
        if let Err(cause) = fill(&path) {
            tracing::warn!(%cause, "the reserve could not be made");
        }
    }

    /// Bytes that this user may still write; `None` where the system does not say.
    fn left(&self) -> Option<u64> {
        fs4::statvfs(&self.folder).ok().map(|disk| disk.available_space())
    }
}

fn fill(path: &Path) -> io::Result<()> {
    let mut file = match private_file(path) {
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
            File::options().write(true).open(path)?
        }
        made => made?,
    };
    #[cfg(target_os = "linux")]
    if rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, RESERVE).is_ok() {
        return Ok(());
    }
    // Where the system promises no room, bytes take it.
    let stretch = vec![0x55; usize::try_from(SLICE).unwrap_or_default()];
    (0..RESERVE / SLICE).try_for_each(|_| file.write_all(&stretch))
}

#[cfg(test)]
mod tests {
    use super::{NAME, RESERVE, Reserve, SLICE};

    #[test]
    fn the_reserve_is_made_by_a_server_only_and_given_back_slice_by_slice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        let reserve = Reserve::beside(&folder.path().join("erp.sqlite3"));
        let held = || path.metadata().unwrap().len();

        reserve.look();
        assert!(!path.exists());

        reserve.arm();
        assert_eq!(held(), RESERVE);

        reserve.give();
        assert_eq!(held(), RESERVE - SLICE);

        reserve.look();
        assert_eq!(held(), RESERVE);
    }
}
