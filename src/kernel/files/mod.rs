//! Files that people hand in, kept under the SHA-256 of their bytes: the same bytes once, never changed.
//!
//! Four steps make a file safe before anyone is told so: its bytes are written and synced, it gets its name,
//! the folder is synced, and only then a row that refers to it is committed. Whatever stops the server in
//! between leaves a file without a row, which is swept, never a row without its file.
//!
//! - A file's name comes from its bytes alone: nothing that a person typed ever reaches the filesystem.
//! - Nothing is whole in memory, and the disk is touched on blocking threads, a few at a time.
//! - A file is placed under [`Keeping`] and removed under [`Sweeping`], which exclude one another.
//! - What is served is what was handed in: a file that changed under us is not sent.

mod digest;
mod folder;
mod incoming;
mod scratch;
mod serve;

use std::collections::HashSet;
use std::io::{self, ErrorKind, Seek, SeekFrom};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use lru::LruCache;
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock, Semaphore};

pub use digest::{Digest, NotADigest};
pub use folder::{Flaw, Folder, Found, NAME, Tree};
pub use incoming::{Incoming, Received};
pub use scratch::Scratch;
pub use serve::{Shown, known_already};

use super::clock::Instant;
use super::db::StartError;
use super::error::{Error, Result};
use super::turns::{Turn, Turns};
use crate::phrase;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::FLOOR;
    pub use super::scratch::MADE_AT_ONCE;
    pub use super::{HANDS, WHOLE_AT_ONCE};
}

/// Bytes that stay free on the disk, for the database and its log, unless told otherwise.
pub const FLOOR: u64 = 500 * 1000 * 1000;

/// One in twenty of a large disk would be more than any database needs.
const MOST_FLOOR: u64 = 5 * 1000 * 1000 * 1000;

/// Pieces of work on the disk at once; more would only queue in the kernel.
pub const HANDS: usize = 8;

/// Files that are whole in memory at once, such as a table that comes in; one more is answered 503.
pub const WHOLE_AT_ONCE: usize = 1;

/// Files whose bytes were compared with their name since they last changed.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(4096).expect("not zero");

/// How much the store takes.
#[derive(Clone, Copy, Debug)]
pub struct FileLimits {
    /// Bytes of one file.
    pub largest: u64,
    /// Bytes that stay free on the disk; `None` for one in twenty of it, but 500 MB at least and 5 GB at most.
    pub floor: Option<u64>,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self { largest: 25 * 1024 * 1024, floor: None }
    }
}

/// Handle to the store; cheap to clone. Private to the kernel: slices reach it through a guard only.
#[derive(Clone)]
pub struct Files(Arc<Parts>);

struct Parts {
    folder: Folder,
    limits: FileLimits,
    hands: Arc<Semaphore>,
    made: Arc<Semaphore>,
    whole: Turns,
    order: Arc<RwLock<()>>,
    verified: Mutex<LruCache<Digest, SystemTime>>,
}

/// While it lives, nothing is swept: held from before a file is placed until its row is committed.
#[derive(Clone, Debug)]
pub struct Keeping(#[expect(dead_code, reason = "held, never read")] Arc<OwnedRwLockReadGuard<()>>);

/// While it lives, no file is placed: held from before it is asked whether a file has a row until it is removed.
#[derive(Debug)]
pub struct Sweeping(#[expect(dead_code, reason = "held, never read")] OwnedRwLockWriteGuard<()>);

/// A file of the store that is what its name says, open at its beginning.
#[derive(Debug)]
pub struct Opened {
    pub file: std::fs::File,
    pub digest: Digest,
    pub bytes: u64,
}

impl Files {
    pub(in crate::kernel) fn open(data_dir: &Path, limits: FileLimits) -> Result<Self, StartError> {
        let parts = Parts {
            folder: Folder::open(data_dir)?,
            limits,
            hands: Arc::new(Semaphore::new(HANDS)),
            made: Arc::new(Semaphore::new(scratch::MADE_AT_ONCE)),
            whole: Turns::new(WHOLE_AT_ONCE, 0),
            order: Arc::default(),
            verified: Mutex::new(LruCache::new(REMEMBERED)),
        };
        Ok(Self(Arc::new(parts)))
    }

    /// Bytes that one file may have.
    pub fn largest(&self) -> u64 {
        self.0.limits.largest
    }

    /// Whether the store can be reached and written.
    pub(in crate::kernel) fn is_there(&self) -> bool {
        self.0.folder.is_there()
    }

    /// Gives up a store that was made where another one should be.
    pub(in crate::kernel) fn leave(&self) {
        self.0.folder.leave();
    }

    /// Removes what was arriving when the server last ended. For its start only: nothing arrives yet.
    pub(in crate::kernel) fn forget_arriving(&self) -> Result<(), StartError> {
        self.0.folder.forget_arriving().map_err(|cause| {
            let what = phrase!(
                "Le dossier « documents » ne peut pas être lu ou écrit. Donnez-le, avec tout ce qu’il contient, à l’utilisateur du service.",
                "The folder \"documents\" cannot be read or written. Give it, with all that is in it, to the service's user."
            );
            StartError::because(what, cause)
        })
    }

    /// Begins to take a file in.
    ///
    /// # Errors
    /// 503 when the disk is too full for it.
    pub async fn receive(&self) -> Result<Incoming> {
        self.receive_above(self.0.limits.floor).await
    }

    /// Begins to take in a file of the product's own, as long as there is any room: the floor keeps people from
    /// filling the disk, not the demonstration from starting on a laptop that is nearly full.
    ///
    /// # Errors
    /// 503 when the disk is full.
    pub async fn receive_own(&self) -> Result<Incoming> {
        self.receive_above(Some(0)).await
    }

    async fn receive_above(&self, floor: Option<u64>) -> Result<Incoming> {
        let arriving = self
            .work(move |folder| {
                if folder.room(floor)? == 0 {
                    return Err(ErrorKind::StorageFull.into());
                }
                folder.receive()
            })
            .await?;
        Ok(Incoming::new(self.clone(), arriving, floor))
    }

    /// A new file, to be made and sent once.
    ///
    /// # Errors
    /// 503 when the disk is too full for it, or too many are on their way.
    pub async fn scratch(&self) -> Result<Scratch> {
        let place = self.0.made.clone().try_acquire_owned().map_err(|_| Error::overloaded())?;
        let floor = self.0.limits.floor;
        let arriving = self.work(move |folder| match folder.room(floor)? {
            0 => Err(ErrorKind::StorageFull.into()),
            _ => folder.receive(),
        });
        Ok(Scratch::new(self.clone(), arriving.await?, place))
    }

    /// The right to have a large file whole in memory, from its first byte on for as long as any of it is there.
    ///
    /// # Errors
    /// 503 when somebody has it.
    pub async fn whole(&self) -> Result<Turn> {
        self.0.whole.take().await
    }

    /// Must be held from before a file is placed until its row is committed.
    pub async fn keeping(&self) -> Keeping {
        Keeping(Arc::new(self.0.order.clone().read_owned().await))
    }

    /// Waits until no file is between its place and its row, and keeps it so.
    pub async fn sweeping(&self) -> Sweeping {
        Sweeping(self.0.order.clone().write_owned().await)
    }

    /// Opens an original whose bytes are those of its name.
    ///
    /// # Errors
    /// 410 when it is missing or no longer what was handed in.
    pub async fn original(&self, digest: Digest, bytes: u64) -> Result<Opened> {
        let verified = self.verified().get(&digest).copied();
        let read = self.work(move |folder| {
            let mut file = match folder.read(Tree::Originals, digest, Some(bytes))? {
                Ok(file) => file,
                Err(flaw) => return Ok(Err(flaw)),
            };
            // Read once, then again only if it was written to: or every piece of a film would cost all of it.
            let written = file.metadata()?.modified()?;
            if verified != Some(written) {
                if folder::hash(&mut file)? != digest {
                    return Ok(Err(Flaw::Altered));
                }
                file.seek(SeekFrom::Start(0))?;
            }
            Ok(Ok((file, written)))
        });
        match read.await? {
            Ok((file, written)) => {
                self.verified().put(digest, written);
                Ok(Opened { file, digest, bytes })
            }
            Err(flaw) => {
                tracing::error!(%digest, ?flaw, "a file of the store cannot be served");
                Err(gone(flaw))
            }
        }
    }

    /// Opens what was made from an original, if it was.
    pub async fn derived(&self, digest: Digest) -> Result<Option<Opened>> {
        self.work(move |folder| match folder.read(Tree::Derived, digest, None)? {
            Ok(file) => {
                let bytes = file.metadata()?.len();
                Ok(Some(Opened { file, digest, bytes }))
            }
            Err(_) => Ok(None),
        })
        .await
    }

    /// Keeps what was made from an original.
    pub async fn keep_derived(&self, digest: Digest, bytes: Vec<u8>) -> Result<()> {
        use std::io::Write;
        self.work(move |folder| {
            let mut arriving = folder.receive()?;
            arriving.file.write_all(&bytes)?;
            folder.keep(arriving, Tree::Derived, digest)
        })
        .await
    }

    /// Reads a whole original and says what is wrong with it.
    pub async fn examine(&self, digest: Digest, bytes: u64) -> Result<Option<Flaw>> {
        self.work(move |folder| folder.examine(digest, bytes)).await
    }

    /// The digests of both trees that were last written before a moment.
    pub async fn written_before(&self, moment: Instant) -> Result<HashSet<Digest>> {
        self.work(move |folder| {
            let (originals, derived) = (folder.walk(Tree::Originals)?, folder.walk(Tree::Derived)?);
            let old = originals.into_iter().chain(derived).filter(|found| found.written < moment);
            Ok(old.filter_map(|found| found.digest).collect())
        })
        .await
    }

    /// Removes originals and what was made from them, unless they were written since a moment.
    pub async fn remove(&self, _: &Sweeping, digests: Vec<Digest>, before: Instant) -> Result<usize> {
        self.work(move |folder| {
            let mut removed = 0;
            for digest in digests {
                let recent = match folder.read(Tree::Originals, digest, None)? {
                    Ok(file) => folder::written(&file.metadata()?)? >= before,
                    Err(_) => false,
                };
                if !recent {
                    folder.remove(digest)?;
                    removed += 1;
                }
            }
            Ok(removed)
        })
        .await
    }

    /// Does something on the disk, on a thread that may block.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Folder) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let hand = self.0.hands.clone().acquire_owned().await;
        let hand = hand.map_err(|cause| Error::Internal(cause.into()))?;
        let parts = self.0.clone();
        let done = tokio::task::spawn_blocking(move || {
            // Kept by the work itself: whoever waits for it may leave before it ends.
            let _hand = hand;
            work(&parts.folder)
        });
        done.await.map_err(|cause| Error::Internal(cause.into()))?.map_err(refusal)
    }

    fn verified(&self) -> std::sync::MutexGuard<'_, LruCache<Digest, SystemTime>> {
        self.0.verified.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the disk refuses, said to people.
pub fn refusal(cause: io::Error) -> Error {
    match cause.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::Busy(
            "disque_plein",
            phrase!(
                "Le disque du serveur est presque plein : aucun fichier n’est accepté. Prévenez votre administrateur.",
                "The server's disk is almost full: no file is accepted. Tell your administrator."
            ),
        ),
        ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            tracing::error!(%cause, "the documents folder cannot be used");
            Error::Busy(
                "documents_absents",
                phrase!(
                    "Le serveur n’atteint plus le dossier des documents ; le reste marche. Prévenez votre administrateur.",
                    "The server no longer reaches the documents folder; the rest works. Tell your administrator."
                ),
            )
        }
        _ => Error::Internal(cause.into()),
    }
}

fn gone(flaw: Flaw) -> Error {
    match flaw {
        Flaw::Missing => Error::Gone(
            "fichier_perdu",
            phrase!(
                "Ce fichier n’est plus sur le serveur. Votre administrateur peut le reprendre d’une sauvegarde.",
                "This file is no longer on the server. Your administrator can take it from a backup."
            ),
        ),
        Flaw::NotAFile | Flaw::Length(_) | Flaw::Altered => Error::Gone(
            "fichier_altere",
            phrase!(
                "Ce fichier a été abîmé sur le serveur : il n’est plus celui qui a été déposé. Votre administrateur peut le reprendre d’une sauvegarde.",
                "This file was damaged on the server: it is no longer the one handed in. Your administrator can take it from a backup."
            ),
        ),
    }
}
