//! A file on its way in: hashed and counted as it is written, gone if it does not arrive whole.

use std::io::{ErrorKind, Write};

use sha2::{Digest as _, Sha256};

use super::folder::{Arriving, STRETCH};
use super::{Digest, Files, Keeping, Tree};
use crate::kernel::error::{Error, Result};

/// A file being received. Dropped, it leaves nothing.
pub struct Incoming {
    files: Files,
    floor: Option<u64>,
    /// `None` once a write failed.
    writing: Option<Writing>,
    buffer: Vec<u8>,
    bytes: u64,
}

struct Writing {
    arriving: Arriving,
    hasher: Sha256,
}

/// A file that has arrived whole and has no name yet. Dropped, it leaves nothing.
pub struct Received {
    files: Files,
    arriving: Arriving,
    digest: Digest,
    bytes: u64,
}

impl Incoming {
    /// Takes what arrives as long as the disk has more than `floor` left; see [`FileLimits`](super::FileLimits).
    pub(super) fn new(files: Files, arriving: Arriving, floor: Option<u64>) -> Self {
        let writing = Some(Writing { arriving, hasher: Sha256::new() });
        Self { files, floor, writing, buffer: Vec::with_capacity(STRETCH), bytes: 0 }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// 413 at the first byte too many, 503 when the disk has no room for more.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.bytes += bytes.len() as u64;
        let largest = self.files.largest();
        if self.bytes > largest {
            return Err(Error::TooLarge(usize::try_from(largest).unwrap_or(usize::MAX)));
        }
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(STRETCH - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == STRETCH {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// The file is whole.
    pub async fn finish(mut self) -> Result<Received> {
        self.flush().await?;
        let Writing { arriving, hasher } = self.writing.ok_or_else(failed)?;
        Ok(Received { files: self.files, arriving, digest: hasher.finalize().into(), bytes: self.bytes })
    }

    async fn flush(&mut self) -> Result<()> {
        let mut writing = self.writing.take().ok_or_else(failed)?;
        let mut buffer = std::mem::take(&mut self.buffer);
        let floor = self.floor;
        let write = self.files.work(move |folder| {
            // Many arrive at once: each looks again before it takes more.
            if folder.room(floor)? < buffer.len() as u64 {
                return Err(ErrorKind::StorageFull.into());
            }
            writing.arriving.file.write_all(&buffer)?;
            writing.hasher.update(&buffer);
            buffer.clear();
            Ok((writing, buffer))
        });
        let (writing, buffer) = write.await?;
        (self.writing, self.buffer) = (Some(writing), buffer);
        Ok(())
    }
}

impl Received {
    pub fn digest(&self) -> Digest {
        self.digest
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Gives the file its place, durably: the row that refers to it may follow.
    pub async fn keep(self, _: &Keeping) -> Result<()> {
        let Self { files, arriving, digest, .. } = self;
        files.work(move |folder| folder.keep(arriving, Tree::Originals, digest)).await
    }
}

fn failed() -> Error {
    Error::Internal(anyhow::anyhow!("more was written after a write had failed"))
}
