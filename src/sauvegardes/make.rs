//! Making a backup, with the server running or not.

use std::fs;
use std::path::{Path, PathBuf};

use super::archive;
use super::brouillon::Mark;
use super::manifest::{DATABASE, FORMAT, Fichier, Manifest, document_name};
use super::{rules, store};
use crate::failure::Failure;
use crate::kernel::clock::{Clock, Instant};
use crate::kernel::data_dir::{private_file, private_folder, sync_folder};
use crate::kernel::db::{self, Inspection};
use crate::kernel::files::{Digest, Folder};
use crate::phrase;

/// A backup that was read again and found whole.
#[derive(Debug)]
pub struct Made {
    pub path: PathBuf,
    /// Bytes of the file.
    pub bytes: u64,
    pub manifest: Manifest,
}

/// Where a backup of this moment goes unless told otherwise: `backups/` in the data directory.
pub fn default_path(data_dir: &Path, now: Instant) -> PathBuf {
    data_dir.join(rules::FOLDER).join(rules::file_name(now))
}

/// Copies the database and its documents into one file at `to`, and reads it again before it gets its name. Whoever
/// writes meanwhile is not held up. `tell` hears of bytes gone through and bytes in all; each is written and read.
///
/// # Errors
/// The database cannot be read or is damaged, the disk is full, or the file that came out is not whole: then there
/// is no file at `to`, and nothing half of it.
pub fn make(data_dir: &Path, to: &Path, tell: &dyn Fn(u64, u64)) -> Result<Made, Failure> {
    if to.exists() {
        let shown = to.display();
        return Err(Failure::Refused(phrase!(
            "{shown} existe déjà ; une sauvegarde ne remplace jamais un fichier.",
            "{shown} exists already; a backup never replaces a file.",
            "\u{2068}{shown}\u{2069} موجود من قبل؛ النسخة الاحتياطية لا تحل محل ملف أبدًا."
        )));
    }
    let drafts = Drafts::beside(to)?;
    db::copy(&data_dir.join(db::FILE_NAME), &drafts.database)?;
    let manifest = describe(data_dir, &drafts.database)?;

    let whole = 2 * manifest.bytes();
    let gone = std::cell::Cell::new(0);
    let count = |bytes: u64| {
        gone.set(gone.get() + bytes);
        tell(gone.get(), whole);
    };
    let folder = Folder::of(data_dir);
    let source = |file: &Fichier| {
        if file.nom == DATABASE { drafts.database.clone() } else { folder.original(file.sha256) }
    };
    let written =
        private_file(&drafts.archive).and_then(|file| archive::write(&file, &manifest, source, &count));
    written.map_err(|cause| not_written(to, cause))?;
    let read = archive::read_through(&drafts.archive, &mut |_| Ok(()), &|_| Ok(None), &count)?;
    debug_assert_eq!(read, manifest);
    let bytes = fs::metadata(&drafts.archive).map_err(|cause| not_written(to, cause))?.len();
    fs::rename(&drafts.archive, to).and_then(|()| sync_parent(to)).map_err(|cause| not_written(to, cause))?;
    Ok(Made { path: to.to_owned(), bytes, manifest })
}

/// What a backup is made of before it has its name. Dropped, nothing is left of it.
struct Drafts {
    database: PathBuf,
    archive: PathBuf,
    mark: PathBuf,
    held: Option<Mark>,
}

impl Drafts {
    fn beside(to: &Path) -> Result<Self, Failure> {
        let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        private_folder(parent)?;
        let named = |part: &str| {
            let mut name = to.file_name().unwrap_or_default().to_owned();
            name.push(part);
            name.push(rules::DRAFT);
            parent.join(name)
        };
        let mark = named(rules::MARK);
        let held = Mark::hold(&mark).map_err(|cause| not_written(to, cause))?;
        let drafts = Self { database: named(rules::COPY), archive: named(""), mark, held: Some(held) };
        // What a backup that was cut short left here.
        drafts.remove();
        Ok(drafts)
    }

    fn remove(&self) {
        for path in [&self.database, &self.archive] {
            let _ = fs::remove_file(path);
        }
    }
}

impl Drop for Drafts {
    fn drop(&mut self) {
        self.remove();
        // Windows removes no file that is locked.
        self.held = None;
        let _ = fs::remove_file(&self.mark);
    }
}

/// Looks at the copy and at each document that it refers to.
fn describe(data_dir: &Path, copy: &Path) -> Result<Manifest, Failure> {
    let now = Clock::system().now();
    let inspection = Inspection::open(copy, now)?;
    let db = inspection.reader();
    if let Some(damage) = store::damage(&db)? {
        return Err(Failure::Refused(phrase!(
            "La base est abîmée ({damage}) : elle n’est pas sauvegardée par-dessus les bonnes. Lancez « check ».",
            "The database is damaged ({damage}): it is not backed up over the good ones. Run \"check\".",
            "قاعدة البيانات تالفة (\u{2068}{damage}\u{2069}): لا تُنسخ فوق النسخ السليمة. شغّل «\u{2068}check\u{2069}»."
        )));
    }
    let (digest, bytes) = archive::digest(copy).map_err(|cause| not_written(copy, cause))?;
    let mut files = vec![Fichier { nom: DATABASE.to_owned(), octets: bytes, sha256: digest }];
    let folder = Folder::of(data_dir);
    let mut missing = Vec::new();
    for (digest, bytes) in store::documents(&db)? {
        match folder.examine(digest, bytes) {
            Ok(None) => files.push(document(digest, bytes)),
            // One photograph that rotted must not keep the rest from being saved.
            Ok(Some(_)) | Err(_) => missing.push(digest),
        }
    }
    Ok(Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: inspection.schema()?,
        fait_le: now,
        lignes: store::counts(&db)?,
        fichiers: files,
        manquants: missing,
    })
}

fn document(digest: Digest, bytes: u64) -> Fichier {
    Fichier { nom: document_name(digest), octets: bytes, sha256: digest }
}

/// Puts a name on the disk.
pub(super) fn sync_parent(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), sync_folder)
}

fn not_written(to: &Path, cause: std::io::Error) -> Failure {
    let shown = to.display();
    let why = phrase!(
        "La sauvegarde {shown} n’a pas pu être écrite : vérifiez la place et les droits du disque. Il n’en reste rien ; les précédentes sont intactes.",
        "The backup {shown} could not be written: check the room and the rights on the disk. Nothing is left of it; those before are untouched.",
        "تعذّرت كتابة النسخة الاحتياطية \u{2068}{shown}\u{2069}: تحقق من مساحة القرص وصلاحياته. لم يبق منها شيء، والسابقة سليمة."
    );
    Failure::Fault(why, cause.into())
}
