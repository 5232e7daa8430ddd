//! Bringing a backup back: beside what is there, and in its place only once all of it is good.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::brouillon::{Mark, forget_cut_off};
use super::make::sync_parent;
use super::manifest::{DATABASE, Fichier, Manifest};
use super::{archive, exercice, rules, store};
use crate::failure::Failure;
use crate::kernel::clock::Clock;
use crate::kernel::data_dir::{Lock, private_file, private_folder, sync_folder};
use crate::kernel::db::{self, Inspection};
use crate::kernel::files::Folder;
use crate::kernel::phrase::{Language, Phrase};
use crate::phrase;

/// What was brought back.
#[derive(Debug)]
pub struct Restored {
    pub manifest: Manifest,
    /// Where what was there before is now.
    pub before: Option<PathBuf>,
}

/// How the folder is called that a backup is unpacked into, beside the data directory.
const DRAFT: &str = "restauration";

/// How the folder is called that was the data directory.
const BEFORE: &str = "avant-restauration";

/// A file that says that its folder is a draft, or was one: the data that was put aside never has it.
pub(super) const MARK: &str = "BROUILLON";

/// What of the old data directory belongs to the machine and not to the data.
const OF_THE_MACHINE: [&str; 4] = ["config.toml", "templates", "tls", "zoneinfo"];

/// Restores the backup at `from` as `data_dir`. What is there is kept beside it under another name. Everybody signs in
/// again, and mail that was waiting then is held. What was unpacked is examined as `check --all` does, and refused if
/// anything is wrong in it, unless `despite_check`. The schema is brought up to date by the server's next start.
///
/// # Errors
/// A server holds the directory; the backup is not whole, not ours, or of a newer version; the disk is full. In each
/// case what is there stays as it is.
pub fn restore(
    from: &Path,
    data_dir: &Path,
    despite_check: bool,
    tell: &dyn Fn(u64, u64),
) -> Result<Restored, Failure> {
    let exists = data_dir.exists();
    // Nobody writes in what is about to be put aside.
    let lock = exists.then(|| Lock::take(data_dir)).transpose()?;
    if lock.is_some() {
        forget_cut_off(data_dir);
        settle(data_dir);
    }
    let draft = Draft::beside(data_dir)?;
    let manifest = unpack(from, &draft, |_| Ok(()), tell)?;
    if !despite_check && let Some(wrong) = exercice::wrong(&draft, &manifest)? {
        let (fr, en) = (wrong.text(Language::French), wrong.text(Language::English));
        return Err(Failure::Refused(Phrase::new(
            format!(
                "L’examen de cette sauvegarde trouve : {fr}. Rien n’a été touché. Prenez-en une autre, ou ajoutez --despite-check si vous la voulez telle quelle."
            ),
            format!(
                "Examining this backup finds: {en}. Nothing was touched. Take another one, or add --despite-check if you want it as it is."
            ),
        )));
    }
    let database = draft.folder.join(db::FILE_NAME);
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
    let folder = Folder::open(&draft.folder)?;
    let database = draft.folder.join(db::FILE_NAME);
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
pub(super) struct Draft {
    folder: PathBuf,
    mark: Option<Mark>,
}

impl Draft {
    fn beside(data_dir: &Path) -> Result<Self, Failure> {
        Self::marked(beside(data_dir, DRAFT)).map_err(|cause| not_placed(data_dir, cause))
    }

    /// At a place of its own, where nothing of an earlier one stays.
    pub(super) fn at(path: PathBuf) -> Result<Self, Failure> {
        let _ = fs::remove_dir_all(&path);
        Self::marked(path.clone()).map_err(|cause| not_placed(&path, cause))
    }

    fn marked(folder: PathBuf) -> anyhow::Result<Self> {
        private_folder(&folder).map_err(|error| anyhow::anyhow!("{}", error.what.text(Language::French)))?;
        let mut draft = Self { folder, mark: None };
        draft.mark = Some(Mark::hold(&draft.folder.join(MARK))?);
        Ok(draft)
    }

    pub(super) fn path(&self) -> &Path {
        &self.folder
    }

    /// Its folder, which stays.
    fn keep(mut self) -> PathBuf {
        std::mem::take(&mut self.folder)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Windows removes no file that is locked.
        self.mark = None;
        if !self.folder.as_os_str().is_empty() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// A name that is free beside the data directory.
fn beside(data_dir: &Path, what: &str) -> PathBuf {
    (1..)
        .map(|n| sibling(data_dir, &format!(".{what}-{n}")))
        .find(|path| !path.exists())
        .expect("there are more numbers than folders")
}

fn sibling(data_dir: &Path, ending: &str) -> PathBuf {
    let mut name = data_dir.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    data_dir.with_file_name(name)
}

/// The folders that restores of `data_dir` made beside it.
fn siblings(data_dir: &Path) -> Vec<PathBuf> {
    let beginnings = [DRAFT, BEFORE].map(|what| sibling(data_dir, &format!(".{what}-")));
    let is_one = |path: &PathBuf| {
        let name = path.as_os_str().as_encoded_bytes();
        beginnings.iter().any(|beginning| name.starts_with(beginning.as_os_str().as_encoded_bytes()))
    };
    let parent = data_dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut found: Vec<_> =
        entries.map(|entry| data_dir.with_file_name(entry.file_name())).filter(is_one).collect();
    found.sort();
    found
}

/// What killed restores left beside the data. What was put aside, which is somebody's data, is not among it.
pub(super) fn cut_off(data_dir: &Path) -> impl Iterator<Item = PathBuf> {
    siblings(data_dir).into_iter().filter(|path| {
        let mark = path.join(MARK);
        mark.exists() && !Mark::is_held(&mark)
    })
}

/// Says of data that is in its place that it is no draft any more, should the restore that put it there have been
/// killed before it could.
pub fn settle(data_dir: &Path) {
    let _ = fs::remove_file(data_dir.join(MARK));
}

/// Refuses to begin an empty plant where one was: a restore that was cut off where folders cannot change places in one
/// step leaves the data beside its place.
///
/// # Errors
/// There is no database in `data_dir`, and one in a folder that a restore made beside it.
pub fn refuse_after_cut_restore(data_dir: &Path) -> Result<(), Failure> {
    if data_dir.join(db::FILE_NAME).exists() {
        return Ok(());
    }
    let holds_data = |path: &PathBuf| path.join(db::FILE_NAME).exists() && !path.join(MARK).exists();
    if let Some(inside) =
        fs::read_dir(data_dir).into_iter().flatten().flatten().map(|entry| entry.path()).find(holds_data)
    {
        let (shown, inside) = (data_dir.display(), inside.display());
        return Err(Failure::Refused(phrase!(
            "Il n’y a pas de données dans {shown}, mais il y en a dans {inside}. Si ce sont les vôtres, indiquez ce dossier avec --data-dir, ou mettez-le à la place de {shown}.",
            "There is no data in {shown}, but there is in {inside}. If it is yours, name that folder with --data-dir, or put it in the place of {shown}."
        )));
    }
    let Some(aside) = siblings(data_dir).into_iter().rev().find(holds_data) else { return Ok(()) };
    // What this start made: the folder that is to have this name must find the place free.
    let _ = fs::remove_file(data_dir.join("LOCK"));
    let _ = fs::remove_dir(data_dir);
    let (shown, aside) = (data_dir.display(), aside.display());
    Err(Failure::Refused(phrase!(
        "Il n’y a pas de données dans {shown}, mais une restauration interrompue les a laissées dans {aside}. Renommez {aside} en {shown} (ou restaurez de nouveau dans {shown}) ; pour commencer une usine vide, choisissez un autre dossier avec --data-dir.",
        "There is no data in {shown}, but a restore that was cut off left it in {aside}. Rename {aside} to {shown} (or restore into {shown} again); to begin an empty plant, choose another folder with --data-dir."
    )))
}

/// Puts the new in the place of the old. Answers where the old is.
fn swap(mut draft: Draft, data_dir: &Path, lock: Option<Lock>) -> io::Result<Option<PathBuf>> {
    let backups = data_dir.join(rules::FOLDER);
    if lock.is_some() {
        for name in OF_THE_MACHINE {
            let old = data_dir.join(name);
            if old.exists() {
                copy_all(&old, &draft.folder.join(name))?;
            }
        }
        // Older backups stay with the data that lives: at no moment are they in one place only.
        if backups.exists() {
            link_all(&backups, &draft.folder.join(rules::FOLDER))?;
        }
        #[cfg(unix)]
        give_to_owner_of(data_dir, &draft.folder)?;
    }
    sync_tree(&draft.folder)?;
    // Windows renames no folder that has an open file in it.
    draft.mark = None;
    if lock.is_none() {
        // An empty folder of this name would be in the way on Windows only.
        fs::rename(&draft.folder, data_dir)?;
        let _ = fs::remove_file(data_dir.join(MARK));
        sync_parent(data_dir)?;
        return Ok(None);
    }
    let before = beside(data_dir, BEFORE);
    // Windows renames no folder that has an open file in it: there, nobody holds the data for this moment.
    #[cfg(windows)]
    drop(lock);
    if exchange(&draft.folder, data_dir).is_ok() {
        // From here on it is the old data, which nobody removes.
        fs::rename(draft.keep(), &before)?;
    } else {
        // Where folders cannot change places: cut off in between, the next start says so and begins nothing.
        fs::rename(data_dir, &before)?;
        if let Err(cause) = fs::rename(&draft.folder, data_dir) {
            fs::rename(&before, data_dir)?;
            return Err(cause);
        }
    }
    let _ = fs::remove_file(data_dir.join(MARK));
    sync_parent(data_dir)?;
    // They are in the new place; one of the two names is enough.
    let _ = fs::remove_dir_all(before.join(rules::FOLDER));
    Ok(Some(before))
}

/// Makes two folders change places, in one step.
#[cfg(target_os = "linux")]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The files of a folder under a second name each, or copied where the disk gives no second names.
fn link_all(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return fs::hard_link(from, to).or_else(|_| copy_file(from, to));
    }
    private_folder(to).map_err(|error| io::Error::other(error.what.text(Language::French)))?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        link_all(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
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
        return copy_file(from, to);
    }
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy_all(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    fs::File::open(to)?.sync_all()
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
