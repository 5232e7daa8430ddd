//! The data directory: for one user, on a disk of this machine, written by one server.

use std::fs::{DirBuilder, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::db::StartError;
use super::phrase::Phrase;
use crate::phrase;

/// Name of the lock inside the data directory.
const LOCK: &str = "LOCK";

/// The right to be the server of a data directory. The operating system takes it back when the process ends,
/// however it ends.
#[derive(Debug)]
pub struct Lock {
    #[expect(dead_code, reason = "held, never read: the lock lives as long as the file is open")]
    file: File,
    /// The folder itself, where folders can be locked: whoever removes the file lets nobody in.
    #[cfg(unix)]
    #[expect(dead_code, reason = "as above")]
    folder: File,
}

/// Why the lock could not be had.
#[derive(Debug)]
pub enum LockError {
    /// Another process has it.
    Held(Phrase),
    Unusable(StartError),
}

impl Lock {
    /// Takes the lock of a data directory, which is made if need be, before anything in it is opened.
    ///
    /// # Errors
    /// Another process holds it, or the directory cannot be used: absent, read-only, on another machine.
    pub fn take(data_dir: &Path) -> Result<Self, LockError> {
        private_folder(data_dir).map_err(LockError::Unusable)?;
        close_to_others(data_dir).map_err(LockError::Unusable)?;
        refuse_network(data_dir).map_err(LockError::Unusable)?;
        let path = data_dir.join(LOCK);
        let unusable = |cause| LockError::Unusable(read_only(data_dir, cause));
        let taken = |file: &File| match file.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => Err(LockError::Held(held(data_dir, &path))),
            Err(TryLockError::Error(cause)) => Err(unusable(cause)),
        };
        #[cfg(unix)]
        let folder = File::open(data_dir).map_err(unusable)?;
        #[cfg(unix)]
        taken(&folder)?;
        let mut options = File::options();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(unusable)?;
        taken(&file)?;
        // For the other process's message only; what counts is the lock.
        let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
        Ok(Self {
            file,
            #[cfg(unix)]
            folder,
        })
    }
}

/// A new file that only its owner may read or write.
///
/// # Errors
/// There is one of this name, or it cannot be written.
pub fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes folders that only their owner may enter.
pub fn private_builder() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Creates a folder that only its owner may enter.
pub fn private_folder(path: &Path) -> Result<PathBuf, StartError> {
    private_builder().recursive(true).create(path).map_err(|cause| {
        let shown = path.display();
        StartError::because(
            phrase!(
                "Le dossier {shown} ne peut pas être créé. Choisissez-en un autre avec --data-dir, ou donnez-y accès à cet utilisateur.",
                "The folder {shown} cannot be created. Choose another with --data-dir, or give this user access to it."
            ),
            cause,
        )
    })?;
    Ok(path.to_owned())
}

/// Closes a data directory that was made beforehand to everybody but its owner, and what is in it: with the usual
/// umask others could read the database.
///
/// # Errors
/// It is open to others and belongs to somebody else, so that it cannot be closed.
#[cfg(unix)]
fn close_to_others(data_dir: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS: u32 = 0o077;
    let close = |path: &Path| -> std::io::Result<()> {
        let found = path.symlink_metadata()?;
        let mode = found.permissions().mode();
        if found.is_symlink() || mode & OTHERS == 0 {
            return Ok(());
        }
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & !OTHERS))
    };
    close(data_dir).map_err(|cause| {
        let shown = data_dir.display();
        StartError::because(
            phrase!(
                "D’autres utilisateurs de la machine peuvent lire le dossier {shown}, et il n’est pas à cet utilisateur : donnez-le-lui, ou fermez-le par « chmod 700 ».",
                "Other users of this machine can read the folder {shown}, and it does not belong to this user: give it to them, or close it with \"chmod 700\"."
            ),
            cause,
        )
    })?;
    // Nobody passes the folder any more; what lies in it is closed as well, in case it is opened again.
    for entry in std::fs::read_dir(data_dir).into_iter().flatten().flatten() {
        if let Err(cause) = close(&entry.path()) {
            tracing::debug!(%cause, path = %entry.path().display(), "its rights stay as they are");
        }
    }
    Ok(())
}

/// Windows gives a user's own folders to nobody else; `service install` closes the others.
#[cfg(not(unix))]
fn close_to_others(_: &Path) -> Result<(), StartError> {
    Ok(())
}

/// Makes the names in a folder durable: a file's own bytes are only half of it.
#[cfg(unix)]
pub fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows keeps names durable by itself, and opens no folder.
#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

fn held(data_dir: &Path, lock: &Path) -> Phrase {
    let shown = data_dir.display();
    // Unreadable on Windows while it is locked.
    let pid = std::fs::read_to_string(lock).ok().filter(|pid| !pid.is_empty());
    let pid = pid.map_or_else(String::new, |pid| format!(" (pid {pid})"));
    phrase!(
        "Un autre processus{pid} travaille déjà sur {shown}. Arrêtez-le, ou choisissez un autre dossier avec --data-dir.",
        "Another process{pid} already works on {shown}. Stop it, or choose another folder with --data-dir."
    )
}

fn read_only(data_dir: &Path, cause: std::io::Error) -> StartError {
    let shown = data_dir.display();
    StartError::because(
        phrase!(
            "On ne peut pas écrire dans le dossier {shown}. Donnez-le à l’utilisateur du service, vérifiez que le disque n’est ni plein ni en lecture seule, ou choisissez un autre dossier avec --data-dir.",
            "The folder {shown} cannot be written. Give it to the service's user, check that the disk is neither full nor read-only, or choose another folder with --data-dir."
        ),
        cause,
    )
}

/// SQLite's log is memory that processes share: over a network it corrupts the database in silence.
fn refuse_network(data_dir: &Path) -> Result<(), StartError> {
    // Linux only: elsewhere there is no such table, and nothing is refused.
    let Ok(mounts) = std::fs::read_to_string("/proc/self/mountinfo") else { return Ok(()) };
    let Ok(real) = data_dir.canonicalize() else { return Ok(()) };
    let Some(kind) = filesystem(&mounts, &real).filter(|kind| is_network(kind)) else { return Ok(()) };
    let shown = data_dir.display();
    Err(StartError::new(phrase!(
        "Le dossier {shown} est sur un système de fichiers réseau ({kind}), où la base s’abîmerait. Choisissez un disque de cette machine avec --data-dir.",
        "The folder {shown} is on a network filesystem ({kind}), where the database would be damaged. Choose a disk of this machine with --data-dir."
    )))
}

/// The kind of filesystem that `path` is on, from the lines of `mountinfo`.
fn filesystem<'m>(mounts: &'m str, path: &Path) -> Option<&'m str> {
    let mounted = |line: &'m str| {
        let (mount, source) = line.split_once(" - ")?;
        let folder = mount.split(' ').nth(4)?.replace("\\040", " ");
        path.starts_with(&folder).then_some((folder.len(), source.split(' ').next()?))
    };
    // The deepest folder, and of two mounts on it the last: it hides the other.
    mounts.lines().filter_map(mounted).max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind)
}

fn is_network(kind: &str) -> bool {
    let kind = kind.strip_prefix("fuse.").unwrap_or(kind);
    ["nfs", "cifs", "smb", "afs", "ceph", "glusterfs", "sshfs", "davfs", "rclone"]
        .iter()
        .any(|network| kind.starts_with(network))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Lock, LockError, filesystem, is_network};

    #[test]
    fn a_folder_on_the_network_is_told_from_one_on_a_disk() {
        let mounts = "22 1 254:0 / / rw shared:1 - ext4 /dev/vda rw\n\
                      40 22 0:38 / /srv/le\\040partage rw - nfs4 nas:/erp rw\n\
                      41 40 8:1 / /srv/le\\040partage/usb rw - vfat /dev/sda1 rw\n";

        let kind = |path: &str| filesystem(mounts, Path::new(path)).unwrap_or("?");

        assert_eq!(kind("/var/lib/erp"), "ext4");
        assert_eq!(kind("/srv/le partage/erp"), "nfs4");
        assert_eq!(kind("/srv/le partage/usb/erp"), "vfat");
        assert!(is_network("nfs4") && is_network("fuse.sshfs") && !is_network("fuseblk"));
    }

    #[test]
    fn one_process_holds_the_lock_and_leaves_it_when_it_ends() {
        let folder = tempfile::tempdir().unwrap();

        let first = Lock::take(folder.path()).unwrap();
        let second = Lock::take(folder.path());
        drop(first);

        assert!(matches!(second, Err(LockError::Held(_))));
        assert!(Lock::take(folder.path()).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn the_lock_holds_when_somebody_removes_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let _first = Lock::take(folder.path()).unwrap();

        std::fs::remove_file(folder.path().join("LOCK")).unwrap();

        assert!(matches!(Lock::take(folder.path()), Err(LockError::Held(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_made_beforehand_is_closed_to_others_with_what_is_in_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("erp.sqlite3");
        std::fs::write(&file, "").unwrap();
        let give = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap()
        };
        give(folder.path(), 0o755);
        give(&file, 0o644);

        let _lock = Lock::take(folder.path()).unwrap();

        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.path()), mode(&file)), (0o700, 0o600));
        assert_eq!(mode(&folder.path().join("LOCK")), 0o600);
    }
}
