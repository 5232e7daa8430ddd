//! The database's log: damaged now, or at a start since which nobody moved the copy of it away.

use std::path::Path;

use super::Wrong;
use crate::kernel::db::{self, Damage};
use crate::phrase;

/// What is damaged, before the database is opened.
pub fn damage(data_dir: &Path) -> std::io::Result<Vec<Wrong>> {
    let (now, kept) = db::damaged_logs(&data_dir.join(db::FILE_NAME))?;
    let now = now.map(|damage| Wrong {
        what: match damage {
            Damage { frame: 0, .. } => phrase!(
                "son en-tête est abîmé : tout ce qu’il contient sera ignoré",
                "its header is damaged: all that it holds will be ignored"
            ),
            Damage { frame, commits: 0 } => phrase!(
                "son bloc n° {frame} est abîmé : ce qui suit sera ignoré",
                "its block {frame} is damaged: what follows will be ignored"
            ),
            Damage { frame, commits } => phrase!(
                "son bloc n° {frame} est abîmé : au moins {commits} écriture(s) confirmée(s) seront ignorées",
                "its block {frame} is damaged: at least {commits} confirmed write(s) will be ignored"
            ),
        },
        remedy: phrase!(
            "démarrez le serveur, il en garde une copie ; puis comparez avec la dernière sauvegarde et ressaisissez ce qui manque",
            "start the server, it keeps a copy of it; then compare with the last backup and enter again what is missing"
        ),
    });
    let kept = kept.into_iter().map(|(copy, damage)| {
        let shown = copy.display();
        let commits = damage.map_or(0, |damage| damage.commits);
        Wrong {
            what: if commits == 0 {
                phrase!(
                    "il était abîmé à un démarrage : des écritures confirmées manquent",
                    "it was damaged at a start: confirmed writes are missing"
                )
            } else {
                phrase!(
                    "il était abîmé à un démarrage : au moins {commits} écriture(s) confirmée(s) manquent",
                    "it was damaged at a start: at least {commits} confirmed write(s) are missing"
                )
            },
            remedy: phrase!(
                "comparez avec la dernière sauvegarde, ressaisissez ce qui manque, puis déplacez {shown}, qui est gardé pour cela",
                "compare with the last backup, enter again what is missing, then move {shown} away, which is kept for that"
            ),
        }
    });
    Ok(now.into_iter().chain(kept).collect())
}
