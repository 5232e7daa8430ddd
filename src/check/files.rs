//! Who may read the data directory and its secrets.

use std::path::Path;

use super::Wrong;
#[cfg(unix)]
use crate::kernel::tls;
#[cfg(unix)]
use crate::phrase;

/// What others than the owner may enter or read.
#[cfg(unix)]
pub fn open_to_others(data_dir: &Path) -> std::io::Result<Vec<Wrong>> {
    use std::os::unix::fs::PermissionsExt;

    let mut wrong = Vec::new();
    let mut look = |path: &Path, wanted: u32| -> std::io::Result<()> {
        let mode = std::fs::metadata(path)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            wrong.push(too_open(path, mode, &format!("{wanted:o}")));
        }
        Ok(())
    };
    look(data_dir, 0o700)?;
    for folder in ["secrets", tls::authority::FOLDER].map(|name| data_dir.join(name)) {
        if !folder.exists() {
            continue;
        }
        look(&folder, 0o700)?;
        for entry in std::fs::read_dir(&folder)? {
            look(&entry?.path(), 0o600)?;
        }
    }
    Ok(wrong)
}

/// Something that others may enter or read.
#[cfg(unix)]
pub(super) fn too_open(path: &Path, mode: u32, wanted: &str) -> Wrong {
    let shown = path.display();
    Wrong {
        what: phrase!(
            "{shown} est ouvert à d’autres que son propriétaire (mode {mode:o})",
            "{shown} is open to others than its owner (mode {mode:o})"
        ),
        remedy: phrase!("« chmod {wanted} {shown} »", "\"chmod {wanted} {shown}\""),
    }
}

/// Windows keeps no such modes: the folder is its user's.
#[cfg(not(unix))]
pub fn open_to_others(_: &Path) -> std::io::Result<Vec<Wrong>> {
    Ok(Vec::new())
}
