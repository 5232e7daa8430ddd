//! The server looks after itself.

use super::gather;
use super::model::CodeAnomalie;
use crate::events::Event;
use crate::kernel::app::System;
use crate::kernel::error::Result;
use crate::kernel::phrase::Phrase;
use crate::kernel::scheduler::Done;
use crate::notifications;

/// Looks for what is wrong with the server, and raises the alarm. Backups have one of their own.
pub async fn watch(system: System) -> Result<Done> {
    let app = system.app().clone();
    let wrong = system.read(move |db| gather::wrong(db, &app)).await?;
    let wrong: Vec<_> = wrong
        .into_iter()
        .filter(|(code, ..)| *code != CodeAnomalie::Sauvegarde)
        .map(|(_, phrase, _)| phrase)
        .collect();
    if !wrong.is_empty() {
        let why = Phrase::composed(|language| {
            wrong.iter().map(|phrase| phrase.text(language)).collect::<Vec<_>>().join(" ")
        });
        // Also on a full disk: that is one of the reasons.
        system.write_vital(move |tx| notifications::alarm(tx, Event::ServeurEnAlerte, &why)).await?;
    }
    Ok(Done::all(0))
}
