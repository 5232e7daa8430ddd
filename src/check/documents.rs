//! The documents: each with its file, whole and as it was handed in, and no file without a document.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::time::Duration;

use super::{Wrong, store};
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::kernel::files::{Flaw, Folder, NAME, Tree};
use crate::kernel::phrase::{Language, Phrase};
use crate::phrase;

/// A running server leaves a file this long without a document, or still arriving.
const NEW: Duration = Duration::from_secs(3600);

/// Documents whose file is missing, cut, replaced or altered. Reads all of them.
pub fn flaws(db: &Reader<'_>, data_dir: &Path) -> Result<Vec<Wrong>> {
    let folder = Folder::of(data_dir);
    let mut wrong = Vec::new();
    // Each file once, however many documents share it.
    let mut known = BTreeMap::new();
    for (id, name, digest, bytes) in store::documents(db, false)? {
        let bytes = bytes.unsigned_abs();
        let flaw = known.entry((digest, bytes)).or_insert_with(|| match folder.examine(digest, bytes) {
            Ok(flaw) => flaw.map(|flaw| said(flaw, bytes)),
            Err(cause) => {
                Some(phrase!("a un fichier illisible ({cause})", "has an unreadable file ({cause})"))
            }
        });
        if let Some(flaw) = flaw {
            wrong.push(of_document(id, &name, &digest.to_string(), flaw));
        }
    }
    Ok(wrong)
}

/// What lies in the folder and should not, and what others may read.
pub fn strays(db: &Reader<'_>, data_dir: &Path) -> Result<Vec<Wrong>> {
    let folder = Folder::of(data_dir);
    if !data_dir.join(NAME).exists() {
        return Ok(Vec::new());
    }
    let internal = |cause: std::io::Error| anyhow::Error::from(cause);
    let old = db.now().minus(NEW);
    // Listed before the rows are read: a file that gets its document in between is not without one.
    let (originals, derived, arriving, folders) = (
        folder.walk(Tree::Originals).map_err(internal)?,
        folder.walk(Tree::Derived).map_err(internal)?,
        folder.arriving().map_err(internal)?,
        folder.folders().map_err(internal)?,
    );
    let known: HashSet<_> = store::documents(db, true)?.into_iter().map(|(_, _, digest, _)| digest).collect();
    let mut wrong = Vec::new();
    for found in originals.iter().chain(&derived) {
        let shown = found.path.display();
        match found.digest {
            Some(digest) if known.contains(&digest) || found.written >= old => {}
            Some(_) => wrong.push(Wrong {
                what: phrase!("{shown} n’appartient à aucun document", "{shown} belongs to no document"),
                remedy: phrase!(
                    "le serveur l’enlève dans l’heure où il tourne ; sinon, supprimez-le",
                    "the server removes it within an hour of running; otherwise, delete it"
                ),
            }),
            None => wrong.push(Wrong {
                what: phrase!("{shown} n’a rien à faire là", "{shown} does not belong there"),
                remedy: phrase!("déplacez-le hors du dossier de données", "move it out of the data folder"),
            }),
        }
    }
    for found in arriving.iter().filter(|found| found.written < old) {
        let shown = found.path.display();
        wrong.push(Wrong {
            what: phrase!(
                "{shown} est le reste d’un envoi interrompu",
                "{shown} is left of an upload cut short"
            ),
            remedy: phrase!("redémarrez le serveur, il l’enlève", "restart the server, it removes it"),
        });
    }
    let files = originals.iter().chain(&derived).chain(&arriving).map(|found| (found.path.as_path(), "600"));
    let folders = folders.iter().map(|folder| (folder.as_path(), "700"));
    wrong.extend(files.chain(folders).filter_map(|(path, wanted)| open_to_others(path, wanted)));
    Ok(wrong)
}

#[cfg(unix)]
fn open_to_others(path: &Path, wanted: &str) -> Option<Wrong> {
    use std::os::unix::fs::PermissionsExt;
    // Of a link the mode says nothing, and it is wrong for another reason.
    let metadata = std::fs::symlink_metadata(path).ok().filter(|metadata| !metadata.is_symlink())?;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| super::files::too_open(path, mode, wanted))
}

#[cfg(not(unix))]
fn open_to_others(_: &Path, _: &str) -> Option<Wrong> {
    None
}

fn said(flaw: Flaw, bytes: u64) -> Phrase {
    match flaw {
        Flaw::Missing => phrase!("a perdu son fichier", "has lost its file"),
        Flaw::NotAFile => {
            phrase!("a un lien ou un dossier pour fichier", "has a link or a folder for a file")
        }
        Flaw::Length(found) => phrase!(
            "a un fichier de {found} octets au lieu de {bytes}",
            "has a file of {found} bytes instead of {bytes}"
        ),
        Flaw::Altered => phrase!("a un fichier altéré", "has an altered file"),
    }
}

fn of_document(id: i64, name: &str, digest: &str, flaw: &Phrase) -> Wrong {
    let (fr, en) = (flaw.text(Language::French), flaw.text(Language::English));
    let (shard, rest) = digest.split_at(2);
    let place = format!("{NAME}/{shard}/{rest}");
    Wrong {
        what: phrase!("le document {id} « {name} » {fr}", "document {id} \"{name}\" {en}"),
        remedy: phrase!(
            "reprenez {place} d’une sauvegarde, ou ajoutez de nouveau le même fichier : il reprend sa place",
            "take {place} from a backup, or add the same file again: it takes its place back"
        ),
    }
}
