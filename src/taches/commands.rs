//! What an administrator can do about the jobs, and what everybody who runs the plant is told of them.

use std::time::Duration;

use serde::Serialize;

use super::model::{ExecutionFilters, Horloge, Tache, Taches};
use super::store;
use crate::events::Event;
use crate::kernel::clock::Instant;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::Page;
use crate::kernel::phrase::{Language, Phrase};
use crate::kernel::scheduler::{Doubt, Scheduler, Standing};
use crate::phrase;

/// What a look at another clock and typing its time may take.
const LOOK: Duration = Duration::from_secs(300);

/// The jobs as they stand, and a page of their runs.
pub fn read(
    db: &Reader<'_>,
    scheduler: &Scheduler,
    filters: &ExecutionFilters,
    page: &Page,
    language: Language,
) -> Result<Taches> {
    let (taches, doubt) = taches(db, scheduler, language)?;
    let executions = store::executions(db, filters, page, language)?;
    Ok(Taches { horloge: horloge(db.now(), doubt, language), taches, executions })
}

/// Asks for a run of a job now; [`Scheduler::launch`] begins it once this is durable.
///
/// # Errors
/// 404 for a name that is no job's; 409 when it runs already, or waits for the clock.
pub fn launch(tx: &Tx<'_>, scheduler: &Scheduler, nom: &str, language: Language) -> Result<Tache> {
    #[derive(Serialize)]
    struct Launched<'n> {
        nom: &'n str,
    }
    scheduler.check_launch(tx, nom)?;
    tx.record(Event::TacheLancee, Change::created(&Launched { nom })?)?;
    let (all, _) = taches(tx, scheduler, language)?;
    let tache = all.into_iter().find(|tache| tache.nom == nom).ok_or(Error::NotFound)?;
    Ok(Tache { en_cours: true, ..tache })
}

/// Vouches for the server's clock.
///
/// # Errors
/// 422 unless it shows the time that the caller read on another one, give or take a few minutes.
pub fn confirm_clock(
    tx: &Tx<'_>,
    scheduler: &Scheduler,
    read: Instant,
    language: Language,
) -> Result<Horloge> {
    #[derive(Serialize)]
    struct Confirmed {
        maintenant: Instant,
    }
    let now = tx.now();
    if now.as_second().abs_diff(read.as_second()) > LOOK.as_secs() {
        let message = phrase!(
            "le serveur indique {now} : réglez d’abord son horloge",
            "the server says {now}: set its clock first"
        );
        return Err(Error::invalid("maintenant", "valeur_invalide", message));
    }
    scheduler.believe_clock(tx)?;
    tx.record(Event::HorlogeConfirmee, Change::created(&Confirmed { maintenant: now })?)?;
    Ok(horloge(now, None, language))
}

fn taches(db: &Reader<'_>, scheduler: &Scheduler, language: Language) -> Result<(Vec<Tache>, Option<Doubt>)> {
    let (standings, doubt) = scheduler.standings(db)?;
    let mut last = store::last_executions(db, language)?;
    let reason = doubt.map(|doubt| text(&doubt.phrase(db.now()), language));
    let tache = |standing: Standing| {
        let job = standing.job;
        Tache {
            nom: job.name,
            libelle: text(&job.phrase(), language),
            frequence: text(&job.every.phrase(), language),
            en_cours: standing.is_running,
            derniere: last.remove(job.name),
            prochaine: standing.next,
            retenue: reason.clone().filter(|_| standing.is_held),
        }
    };
    Ok((standings.into_iter().map(tache).collect(), doubt))
}

fn horloge(now: Instant, doubt: Option<Doubt>, language: Language) -> Horloge {
    let raison = doubt.map(|doubt| text(&doubt.phrase(now), language));
    Horloge { maintenant: now, fiable: doubt.is_none(), raison }
}

fn text(phrase: &Phrase, language: Language) -> String {
    phrase.text(language).to_owned()
}
