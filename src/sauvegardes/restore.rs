//! Bringing a backup back: beside what is there, and in its place only once all of it is good.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::make::sync_parent;
use super::manifest::{DATABASE, Fichier, Manifest};
use super::{archive, rules, store};
use crate::failure::Failure;
use crate::kernel::clock::Clock;
use crate::kernel::data_dir::{Lock, private_file, private_folder, sync_folder};
use crate::kernel::db::{self, Inspection};
use crate::kernel::files::Folder;
use crate::kernel::phrase::Language;
use crate::phrase;

/// What was brought back.
#[derive(Debug)]
pub struct Restored {
    pub manifest: Manifest,
    /// Where what was there before is now.
    pub before: Option<PathBuf>,
}

/// What of the old data directory belongs to the machine and not to the data.
const OF_THE_MACHINE: [&str; 4] = ["config.toml", "templates", "tls", "zoneinfo"];

/// Restores the backup at `from` as `data_dir`. What is there is kept beside it under another name. Everybody signs in
/// again, and mail that was waiting then is held. The schema is brought up to date by the server's next start.
///
/// # Errors
/// A server holds the directory; the backup is not whole, not ours, or of a newer version; the disk is full. In each
/// case what is there stays as it is.
pub fn restore(from: &Path, data_dir: &Path, tell: &dyn Fn(u64, u64)) -> Result<Restored, Failure> {
    let exists = data_dir.exists();
    // Nobody writes in what is about to be put aside.
    let lock = exists.then(|| Lock::take(data_dir)).transpose()?;
    let draft = Draft::beside(data_dir)?;
    let manifest = unpack(from, &draft, |_| Ok(()), tell)?;
    let database = draft.0.join(db::FILE_NAME);
    store::settle(&database, Clock::system().now()).map_err(|cause| not_placed(data_dir, cause))?;
    let before = swap(draft, data_dir, lock).map_err(|cause| not_placed(data_dir, cause))?;
    Ok(Restored { manifest, before })
}

/// Unpacks the backup at `from` into `draft` and looks at all of it: what is there then is as good as what was backed
/// up. `accept` may refuse it by what it says of itself.
///
/// # Errors
/// As [`restore`].
pub(super) fn unpack(
    from: &Path,
    draft: &Draft,
    accept: impl Fn(&Manifest) -> Result<(), Failure>,
    tell: &dyn Fn(u64, u64),
) -> Result<Manifest, Failure> {
    let folder = Folder::open(&draft.0)?;
    let database = draft.0.join(db::FILE_NAME);
    let place = |file: &Fichier| {
        let path = if file.nom == DATABASE { database.clone() } else { folder.original(file.sha256) };
        folder_of(&path)?;
        private_file(&path).map(Some)
    };
    let gone = std::cell::Cell::new(0);
    let whole = std::cell::Cell::new(0);
    let mut accept = |manifest: &Manifest| {
        whole.set(manifest.bytes());
        refuse_newer(manifest)?;
        accept(manifest)
    };
    let manifest = archive::read_through(from, &mut accept, &place, &|bytes| {
        gone.set(gone.get() + bytes);
        tell(gone.get(), whole.get());
    })?;
    refuse_foreign(&database, &manifest)?;
    Ok(manifest)
}

fn refuse_newer(manifest: &Manifest) -> Result<(), Failure> {
    let (schema, ours, version) = (manifest.schema, db::schema_version(), &manifest.version);
    if schema <= ours {
        return Ok(());
    }
    Err(Failure::Refused(phrase!(
        "Cette sauvegarde vient d’une version plus récente ({version}, schéma {schema} ; cet exécutable connaît {ours}). Restaurez-la avec cet exécutable plus récent.",
        "This backup comes from a newer version ({version}, schema {schema}; this executable knows {ours}). Restore it with that newer executable."
    )))
}

/// Looks at the restored database as at a stranger's: damaged, with code that is not ours, or not what was counted.
fn refuse_foreign(database: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let refused = |why: String| {
        Failure::Refused(phrase!(
            "La base de cette sauvegarde est refusée ({why}). Rien n’a été touché.",
            "The database of this backup is refused ({why}). Nothing was touched."
        ))
    };
    let inspection = Inspection::open(database, Clock::system().now())
        .map_err(|error| refused(error.cause.unwrap_or_else(|| anyhow::anyhow!("?")).to_string()))?;
    let db = inspection.reader();
    if let Some(damage) = store::damage(&db)? {
        return Err(refused(damage));
    }
    if inspection.schema()? != manifest.schema {
        return Err(refused(format!("schéma {}", inspection.schema()?)));
    }
    let foreign = db::foreign_objects(database)?;
    if !foreign.is_empty() {
        return Err(refused(foreign.join(", ")));
    }
    if store::counts(&db)? != manifest.lignes {
        return Err(refused("lignes / rows".to_owned()));
    }
    Ok(())
}

/// The folder that a backup is unpacked into. Dropped before it has its place, nothing is left of it.
pub(super) struct Draft(PathBuf);

impl Draft {
    fn beside(data_dir: &Path) -> Result<Self, Failure> {
        let path = beside(data_dir, "restauration");
        private_folder(&path)?;
        Ok(Self(path))
    }

    /// At a place of its own, where nothing of an earlier one stays.
    pub(super) fn at(path: PathBuf) -> Result<Self, Failure> {
        let _ = fs::remove_dir_all(&path);
        private_folder(&path)?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A name that is free beside the data directory.
fn beside(data_dir: &Path, what: &str) -> PathBuf {
    let named = |n: u32| {
        let mut name = data_dir.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{what}-{n}"));
        data_dir.with_file_name(name)
    };
    (1..).map(named).find(|path| !path.exists()).expect("there are more numbers than folders")
}

/// Puts the new in the place of the old. Answers where the old is.
fn swap(draft: Draft, data_dir: &Path, lock: Option<Lock>) -> io::Result<Option<PathBuf>> {
    if lock.is_some() {
        for name in OF_THE_MACHINE {
            let old = data_dir.join(name);
            if old.exists() {
                copy_all(&old, &draft.0.join(name))?;
            }
        }
        #[cfg(unix)]
        give_to_owner_of(data_dir, &draft.0)?;
    }
    sync_tree(&draft.0)?;
    let before = lock.is_some().then(|| beside(data_dir, "avant-restauration"));
    // Windows renames no folder that has an open file in it: there, nobody holds the data for this moment.
    #[cfg(windows)]
    drop(lock);
    if let Some(before) = &before {
        fs::rename(data_dir, before)?;
    }
    if let Err(cause) = fs::rename(&draft.0, data_dir) {
        if let Some(before) = &before {
            fs::rename(before, data_dir)?;
        }
        return Err(cause);
    }
    sync_parent(data_dir)?;
    // Older backups stay with the data that lives.
    if let Some(before) = &before {
        let _ = fs::rename(before.join(rules::FOLDER), data_dir.join(rules::FOLDER));
    }
    Ok(before)
}

/// Makes the folder that a file will be in.
fn folder_of(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| {
        private_folder(folder)
            .map(|_| ())
            .map_err(|error| io::Error::other(error.what.text(Language::French)))
    })
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(|_| ());
    }
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy_all(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Restored by root, the data still belongs to the user that the service runs as.
#[cfg(unix)]
fn give_to_owner_of(model: &Path, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let (model, ours) = (fs::metadata(model)?, fs::metadata(path)?);
    if (model.uid(), model.gid()) == (ours.uid(), ours.gid()) {
        return Ok(());
    }
    let give = |path: &Path| chown(path, Some(model.uid()), Some(model.gid()));
    each(path, &give)
}

/// Puts every folder's names on the disk; the files' bytes are there already.
fn sync_tree(path: &Path) -> io::Result<()> {
    each(path, &|path| if path.is_dir() { sync_folder(path) } else { Ok(()) })
}

fn each(path: &Path, act: &dyn Fn(&Path) -> io::Result<()>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            each(&entry?.path(), act)?;
        }
    }
    act(path)
}

fn not_placed(data_dir: &Path, cause: impl Into<anyhow::Error>) -> Failure {
    let shown = data_dir.display();
    let why = phrase!(
        "La sauvegarde n’a pas pu être mise en place de {shown} : vérifiez la place et les droits du disque. Ce qui y était n’a pas changé.",
        "The backup could not be put in the place of {shown}: check the room and the rights on the disk. What was there has not changed."
    );
    Failure::Fault(why, cause.into())
}
