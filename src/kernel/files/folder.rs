//! The folders of the store on the disk, and the steps that make a file durable. Blocking, every function.
//!
//! ```text
//! documents/ab/cdef…             the file whose SHA-256 is abcdef…
//! documents/miniatures/ab/cdef…  what was made from it, and can be made again
//! documents/tmp/…                what is still arriving
//! ```

use std::collections::HashSet;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use sha2::{Digest as _, Sha256};

use super::Digest;
use crate::kernel::clock::Instant;
use crate::kernel::data_dir::{private_builder, private_folder, sync_folder};
use crate::kernel::db::StartError;

/// Name of the store inside the data directory.
pub const NAME: &str = "documents";

const ARRIVING: &str = "tmp";
const DERIVED: &str = "miniatures";

/// Bytes that are read at once.
pub(super) const STRETCH: usize = 64 * 1024;

/// Which of a digest's two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tree {
    Originals,
    /// Made from an original.
    Derived,
}

/// What is wrong with a file of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    Missing,
    /// A link, a folder, a pipe: not something to read from.
    NotAFile,
    /// It has this many bytes instead of those it should.
    Length(u64),
    /// Other bytes than those it is named after.
    Altered,
}

pub struct Folder {
    root: PathBuf,
    /// Folders whose own entry is known to be on the disk.
    durable: Mutex<HashSet<PathBuf>>,
}

/// A file still arriving; removed when dropped.
pub(super) struct Arriving {
    path: PathBuf,
    pub file: File,
    kept: bool,
}

/// One thing found in the store.
#[derive(Debug)]
pub struct Found {
    pub path: PathBuf,
    /// `None` for what the store did not put there.
    pub digest: Option<Digest>,
    /// When it was last written.
    pub written: Instant,
}

impl Folder {
    /// The store of a data directory, made if need be.
    pub fn open(data_dir: &Path) -> Result<Self, StartError> {
        let folder = Self::of(data_dir);
        for path in [folder.root.clone(), folder.root.join(ARRIVING), folder.root.join(DERIVED)] {
            private_folder(&path)?;
        }
        Ok(folder)
    }

    /// Whether a data directory has no store, or an empty one: a disk that is not there, if documents are known.
    pub fn is_bare(data_dir: &Path) -> bool {
        fs::read_dir(data_dir.join(NAME)).map_or(true, |mut entries| entries.next().is_none())
    }

    /// Takes away again what [`Self::open`] made where documents should be: nothing is stored there until they are back.
    pub fn leave(&self) {
        for path in [self.root.join(ARRIVING), self.root.join(DERIVED), self.root.clone()] {
            // What is not empty is not what was made.
            let _ = fs::remove_dir(path);
        }
    }

    /// The store of a data directory, as it is.
    pub fn of(data_dir: &Path) -> Self {
        Self { root: data_dir.join(NAME), durable: Mutex::default() }
    }

    /// Bytes that may still be written before no more than `floor` are left; of itself, 500 MB or one in twenty
    /// of the disk, whichever is more, and 5 GB at most.
    pub fn room(&self, floor: Option<u64>) -> io::Result<u64> {
        let disk = fs4::statvfs(&self.root)?;
        let floor = floor.unwrap_or_else(|| (disk.total_space() / 20).clamp(super::FLOOR, super::MOST_FLOOR));
        Ok(disk.available_space().saturating_sub(floor))
    }

    /// Whether the folder is there and can be written: somebody may have moved it, or a disk gone.
    pub fn is_there(&self) -> bool {
        let arriving = self.root.join(ARRIVING);
        #[cfg(unix)]
        let writable = rustix::fs::access(&arriving, rustix::fs::Access::WRITE_OK).is_ok();
        #[cfg(not(unix))]
        let writable = true;
        writable && arriving.is_dir()
    }

    /// A new file for what arrives, on the filesystem of the store.
    pub(super) fn receive(&self) -> io::Result<Arriving> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        let name: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = self.root.join(ARRIVING).join(name);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok(Arriving { path, file, kept: false })
    }

    /// Gives a whole file its place, durably: its bytes, then its name, then the folder that holds the name.
    ///
    /// What had the place is replaced: it has the same bytes, or was damaged and is healed by this.
    pub(super) fn keep(&self, mut arriving: Arriving, tree: Tree, digest: Digest) -> io::Result<()> {
        arriving.file.sync_all()?;
        let path = self.path(tree, digest);
        let shard = path.parent().unwrap_or(&self.root);
        self.make_durable(shard)?;
        if let Err(cause) = fs::rename(&arriving.path, &path) {
            // Another disk may have been put in its place, on which this folder was never made.
            self.durable.lock().unwrap_or_else(PoisonError::into_inner).remove(shard);
            return Err(cause);
        }
        arriving.kept = true;
        sync_folder(shard)
    }

    /// Opens a file to read it, if it is one and has so many bytes. Nothing waits: not a pipe, not a device.
    pub(super) fn read(
        &self,
        tree: Tree,
        digest: Digest,
        bytes: Option<u64>,
    ) -> io::Result<Result<File, Flaw>> {
        let path = self.path(tree, digest);
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        {
            use rustix::fs::OFlags;
            let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
            std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits().cast_signed());
        }
        let opened = options.open(&path).and_then(|file| Ok((file.metadata()?, file)));
        match opened {
            Ok((metadata, _)) if !metadata.is_file() => Ok(Err(Flaw::NotAFile)),
            Ok((metadata, file)) => match bytes {
                Some(bytes) if metadata.len() != bytes => Ok(Err(Flaw::Length(metadata.len()))),
                _ => Ok(Ok(file)),
            },
            // Of a file that is gone something can be said; while the whole folder is, nothing can.
            Err(cause) if cause.kind() == ErrorKind::NotFound && self.root.is_dir() => Ok(Err(Flaw::Missing)),
            // A link is not followed, a socket not opened: with an error of its own on each system.
            Err(cause) => match fs::symlink_metadata(&path) {
                Ok(metadata) if !metadata.is_file() => Ok(Err(Flaw::NotAFile)),
                _ => Err(cause),
            },
        }
    }

    /// Reads a whole original and says what is wrong with it.
    pub fn examine(&self, digest: Digest, bytes: u64) -> io::Result<Option<Flaw>> {
        match self.read(Tree::Originals, digest, Some(bytes))? {
            Ok(mut file) => Ok((hash(&mut file)? != digest).then_some(Flaw::Altered)),
            Err(flaw) => Ok(Some(flaw)),
        }
    }

    /// Removes an original and what was made from it.
    pub(super) fn remove(&self, digest: Digest) -> io::Result<()> {
        for tree in [Tree::Derived, Tree::Originals] {
            match fs::remove_file(self.path(tree, digest)) {
                Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(cause),
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes what was arriving when the process ended.
    pub(super) fn forget_arriving(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.root.join(ARRIVING))? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// What is still arriving.
    pub fn arriving(&self) -> io::Result<Vec<Found>> {
        list(&self.root.join(ARRIVING), |_| None)
    }

    /// Everything in one tree, and whatever else lies there.
    pub fn walk(&self, tree: Tree) -> io::Result<Vec<Found>> {
        let ours = |name: &str| name == ARRIVING || name == DERIVED;
        let mut found = Vec::new();
        for folder in list(&self.tree(tree), |_| None)? {
            let name = name_of(&folder.path);
            if tree == Tree::Originals && ours(&name) {
                continue;
            }
            if folder.path.is_dir() && !folder.path.is_symlink() && is_shard(&name) {
                found.extend(list(&folder.path, |rest| format!("{name}{rest}").parse().ok())?);
            } else {
                found.push(folder);
            }
        }
        Ok(found)
    }

    /// Every folder of the store.
    pub fn folders(&self) -> io::Result<Vec<PathBuf>> {
        let mut folders = vec![self.root.clone(), self.root.join(ARRIVING)];
        for tree in [Tree::Originals, Tree::Derived] {
            let inside = list(&self.tree(tree), |_| None)?.into_iter().map(|found| found.path);
            folders.extend(inside.filter(|path| path.is_dir() && !path.is_symlink()));
        }
        folders.sort();
        folders.dedup();
        Ok(folders)
    }

    fn tree(&self, tree: Tree) -> PathBuf {
        match tree {
            Tree::Originals => self.root.clone(),
            Tree::Derived => self.root.join(DERIVED),
        }
    }

    /// Where an original is, or would be.
    pub fn original(&self, digest: Digest) -> PathBuf {
        self.path(Tree::Originals, digest)
    }

    fn path(&self, tree: Tree, digest: Digest) -> PathBuf {
        let (folder, name) = digest.place();
        self.tree(tree).join(folder).join(name)
    }

    /// Makes a folder, and puts its own name on the disk the first time it is used.
    fn make_durable(&self, folder: &Path) -> io::Result<()> {
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        if durable.contains(folder) {
            return Ok(());
        }
        match private_builder().create(folder) {
            Err(cause) if cause.kind() != ErrorKind::AlreadyExists => return Err(cause),
            _ => {}
        }
        folder.parent().map_or(Ok(()), sync_folder)?;
        durable.insert(folder.to_owned());
        Ok(())
    }
}

impl Arriving {
    /// Where it lies.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed now is at the next start.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// SHA-256 of the rest of a file.
pub(super) fn hash(file: &mut File) -> io::Result<Digest> {
    let (mut hasher, mut stretch) = (Sha256::new(), vec![0; STRETCH]);
    loop {
        match file.read(&mut stretch)? {
            0 => return Ok(hasher.finalize().into()),
            read => hasher.update(&stretch[..read]),
        }
    }
}

/// When a file was last written.
pub(super) fn written(metadata: &Metadata) -> io::Result<Instant> {
    let since = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Instant::from_second(since.as_secs().cast_signed()))
}

fn list(folder: &Path, digest: impl Fn(&str) -> Option<Digest>) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A running server may have taken it away meanwhile.
        let Ok(metadata) = entry.metadata() else { continue };
        let path = entry.path();
        found.push(Found { digest: digest(&name_of(&path)), written: written(&metadata)?, path });
    }
    Ok(found)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_shard(name: &str) -> bool {
    name.len() == 2 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
