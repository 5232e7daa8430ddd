//! A file that is made to be sent once: private, under no name that lasts, gone with whoever holds it.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::io::ReaderStream;

use super::folder::{Arriving, STRETCH};
use super::{Files, refusal};
use crate::kernel::error::{Error, Result};

/// Made files that are on the disk at once, being written or sent; one more is answered 503.
pub const MADE_AT_ONCE: usize = 8;

/// A made file, open. Dropped, it leaves nothing.
pub struct Scratch {
    files: Files,
    arriving: Arriving,
    _place: OwnedSemaphorePermit,
}

impl Scratch {
    pub(super) fn new(files: Files, arriving: Arriving, place: OwnedSemaphorePermit) -> Self {
        Self { files, arriving, _place: place }
    }

    /// The folder of what is on its way, for what a writer must put aside.
    pub fn folder(&self) -> &Path {
        self.arriving.folder()
    }

    /// Looks whether the disk has room for more (503 when it has not); asked now and then while the file is written.
    pub fn room(&self) -> impl Fn() -> Result<()> + use<> {
        let files = self.files.clone();
        move || match files.0.folder.room(files.0.limits.floor).map_err(refusal)? {
            0 => Err(refusal(ErrorKind::StorageFull.into())),
            _ => Ok(()),
        }
    }

    /// Copies the whole file.
    ///
    /// # Errors
    /// What the disk or `out` refuses.
    pub fn copy_to(mut self, out: &mut impl Write) -> io::Result<()> {
        self.arriving.file.seek(SeekFrom::Start(0))?;
        let mut stretch = vec![0; STRETCH];
        loop {
            match self.arriving.file.read(&mut stretch)? {
                0 => return out.flush(),
                read => out.write_all(&stretch[..read])?,
            }
        }
    }

    /// The file as the body of a reply, and its bytes. It vanishes once it is sent, or once nobody takes it.
    ///
    /// # Errors
    /// An internal one: the disk fails.
    pub fn into_body(mut self) -> Result<(u64, Body)> {
        let failed = |cause: io::Error| Error::Internal(cause.into());
        let bytes = self.arriving.file.seek(SeekFrom::End(0)).map_err(failed)?;
        self.arriving.file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let file = self.arriving.file.try_clone().map_err(failed)?;
        let sent = Sent { file: tokio::fs::File::from_std(file), _made: self };
        Ok((bytes, Body::from_stream(ReaderStream::with_capacity(sent, STRETCH))))
    }
}

impl Write for Scratch {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        File::write(&mut self.arriving.file, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        File::flush(&mut self.arriving.file)
    }
}

/// A made file on its way out.
struct Sent {
    file: tokio::fs::File,
    _made: Scratch,
}

impl AsyncRead for Sent {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_read(context, buffer)
    }
}
