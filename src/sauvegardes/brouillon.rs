//! What is being made and has not got its name yet. Whoever makes it holds a lock on its mark, so that what a kill left
//! behind is told from what is under way, and goes at the next start instead of filling the disk.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::{restore, rules};
use crate::kernel::data_dir::private_file;

/// Held while a draft is being made. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Mark {
    _file: File,
}

impl Mark {
    /// Marks what is made as ours; the file stays when the mark is dropped.
    ///
    /// # Errors
    /// Somebody else makes it just now, or the file cannot be made.
    pub fn hold(path: &Path) -> io::Result<Self> {
        let file = match private_file(path) {
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {
                File::options().write(true).open(path)?
            }
            made => made?,
        };
        file.try_lock()?;
        Ok(Self { _file: file })
    }

    /// Whether somebody makes what is marked so.
    pub fn is_held(path: &Path) -> bool {
        let open = File::options().write(true).open(path);
        open.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

/// Removes what backups, drills and restores that were cut off left in the data directory and beside it. Returns what
/// went.
pub fn forget_cut_off(data_dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(data_dir.join(rules::FOLDER)).into_iter().flatten().flatten();
    let drafts = entries.filter(|entry| rules::is_draft(&entry.file_name())).map(|entry| entry.path());
    let left: Vec<_> =
        drafts.filter(|path| !Mark::is_held(&mark_of(path))).chain(restore::cut_off(data_dir)).collect();
    left.into_iter().filter(|path| remove(path)).collect()
}

/// The mark of a draft in the folder of backups: inside it, or beside it.
fn mark_of(draft: &Path) -> PathBuf {
    if draft.is_dir() {
        return draft.join(restore::MARK);
    }
    let name = draft.file_name().unwrap_or_default().to_string_lossy();
    draft.with_file_name(rules::mark_name(&name))
}

fn remove(path: &Path) -> bool {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Ok(()) => true,
        // Its mark may have gone with another part.
        Err(cause) if cause.kind() == ErrorKind::NotFound => false,
        Err(cause) => {
            tracing::warn!(file = %path.display(), %cause, "what was left of a backup could not be removed");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Mark, forget_cut_off};
    use crate::sauvegardes::rules;

    #[test]
    fn what_is_under_way_stays_and_what_was_cut_off_goes() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let backups = data.join(rules::FOLDER);
        fs::create_dir_all(backups.join("exercice.partiel/documents")).unwrap();
        let write = |name: &str| fs::write(backups.join(name), "x").unwrap();
        for name in [
            "erp-1.tar.zst",
            "erp-2.tar.zst.partiel",
            "erp-2.tar.zst.base.partiel",
            "erp-3.tar.zst.partiel",
            "erp-3.tar.zst.base.partiel",
        ] {
            write(name);
        }
        let under_way = Mark::hold(&backups.join("erp-3.tar.zst.verrou.partiel")).unwrap();
        let cut = folder.path().join("data.restauration-1");
        let under_way_too = folder.path().join("data.restauration-2");
        fs::create_dir(&cut).unwrap();
        fs::create_dir(&under_way_too).unwrap();
        fs::write(cut.join("BROUILLON"), "").unwrap();
        let restoring = Mark::hold(&under_way_too.join("BROUILLON")).unwrap();
        let aside = folder.path().join("data.avant-restauration-1");
        fs::create_dir(&aside).unwrap();

        let mut gone = forget_cut_off(&data);
        gone.sort();

        assert_eq!(
            gone,
            [
                backups.join("erp-2.tar.zst.base.partiel"),
                backups.join("erp-2.tar.zst.partiel"),
                backups.join("exercice.partiel"),
                cut,
            ]
        );
        assert!(aside.exists() && under_way_too.exists() && backups.join("erp-1.tar.zst").exists());
        drop((under_way, restoring));
        assert_eq!(forget_cut_off(&data).len(), 4, "those whose makers are gone by now");
    }

    #[test]
    fn two_do_not_make_the_same_thing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        let held = Mark::hold(&path).unwrap();

        assert!(Mark::hold(&path).is_err());
        drop(held);
        assert!(Mark::hold(&path).is_ok());
    }
}
