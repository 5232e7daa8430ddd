//! Backing the data up and bringing it back.

use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};

use super::both;
use crate::config::Settings;
use crate::failure::Failure;
use crate::kernel::clock::Clock;
use crate::phrase;
use crate::sauvegardes;
use crate::terminal::say;

/// Makes a backup, with the server running or not.
pub fn make(settings: &Settings, file: Option<PathBuf>) -> Result<(), Failure> {
    let data_dir = &settings.data_dir.value;
    let file = file.unwrap_or_else(|| sauvegardes::default_path(data_dir, Clock::system().now()));
    let bar = bar();
    let made = sauvegardes::make(data_dir, &file, &|gone, whole| tell(&bar, gone, whole));
    bar.finish_and_clear();
    let sauvegardes::Made { path, bytes, manifest } = made?;
    let (path, documents) = (path.display(), manifest.fichiers.len() - 1);
    say(both(&phrase!(
        "{path} : {bytes} octets, la base et {documents} document(s), relus et vérifiés",
        "{path}: {bytes} bytes, the database and {documents} document(s), read again and verified"
    )));
    let missing = manifest.manquants.len();
    if missing == 0 {
        return Ok(());
    }
    Err(Failure::Refused(phrase!(
        "{missing} document(s) manquent ou sont altérés et n’y sont pas : lancez « check --all ».",
        "{missing} document(s) are missing or altered and are not in it: run \"check --all\"."
    )))
}

/// Brings a backup back, while no server runs.
pub fn restore(settings: &Settings, file: &std::path::Path, despite_check: bool) -> Result<(), Failure> {
    let data_dir = &settings.data_dir.value;
    let bar = bar();
    let restored =
        sauvegardes::restore(file, data_dir, despite_check, &|gone, whole| tell(&bar, gone, whole));
    bar.finish_and_clear();
    let sauvegardes::Restored { manifest, before } = restored?;
    let (shown, made, documents) = (data_dir.display(), manifest.fait_le, manifest.fichiers.len() - 1);
    let (fr, en) = if despite_check { ("non examinés", "not examined") } else { ("vérifiés", "verified") };
    say(both(&phrase!(
        "{shown} est tel qu’il était le {made} : la base et {documents} document(s), {fr}",
        "{shown} is as it was on {made}: the database and {documents} document(s), {en}"
    )));
    if let Some(before) = before {
        let before = before.display();
        say(both(&phrase!(
            "ce qui y était est gardé dans {before} ; supprimez-le quand vous n’en aurez plus besoin",
            "what was there is kept in {before}; delete it when you no longer need it"
        )));
    }
    say(both(&phrase!(
        "chacun devra se reconnecter ; les e-mails qui attendaient alors sont retenus (relancez-les un à un)",
        "everybody will have to sign in again; mail that was waiting then is held (send it again one by one)"
    )));
    Ok(())
}

/// Shows itself on a terminal only.
fn bar() -> ProgressBar {
    ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes}, {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    )
}

fn tell(bar: &ProgressBar, gone: u64, whole: u64) {
    bar.set_length(whole);
    bar.set_position(gone);
}
