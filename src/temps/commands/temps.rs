//! Entering time: by hand, or by a timer.

use crate::agenda::Slot;
use crate::events::Event;
use crate::ids::{TechnicienId, TempsId};
use crate::interventions::{Readable, Workable};
use crate::kernel::clock::Instant;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{IfMatch, replace};
use crate::kernel::page::Page;
use crate::phrase;
use crate::techniciens;
use crate::temps::access::{self, Editable, require_open, whose};
use crate::temps::model::{
    ArretChronometre, DemarrageChronometre, NatureTemps, NewTemps, Temps, TempsIntervention, TempsPatch,
};
use crate::temps::rules;
use crate::temps::store::{self, Entry};

/// The entries of an intervention, and what all of them come to.
pub fn of_intervention(db: &Reader<'_>, readable: &Readable, page: &Page) -> Result<TempsIntervention> {
    let id = readable.intervention().id;
    let resume = rules::summary(&store::intervals(db, id)?);
    Ok(TempsIntervention { list: store::of_intervention(db, id, page)?, resume })
}

/// Enters time that is over.
///
/// # Errors
/// 403 for somebody else's, 409 `lecture_seule` or `validee`, 422 for its shape, 409 `chevauchement` with what
/// the person was doing then.
pub fn add(tx: &Tx<'_>, workable: Workable, new: NewTemps) -> Result<Temps> {
    let intervention = workable.into_intervention();
    let technicien = whose(tx, new.technicien_id)?;
    require_open(tx.actor(), intervention.statut, intervention.date_validation.is_some())?;
    check(tx, technicien, new.debut, Some(new.fin), None)?;
    let entry = Entry {
        intervention: intervention.id,
        technicien,
        debut: new.debut,
        fin: Some(new.fin),
        nature: new.nature.unwrap_or(NatureTemps::Travail),
        remarque: said(new.remarque),
    };
    let temps = store::temps(tx, store::insert(tx, &entry)?)?;
    tx.record(Event::TempsSaisi(temps.id), Change::created(&temps)?)?;
    Ok(access::shown(tx.actor(), temps))
}

/// Corrects an entry. A new end stops a timer that runs.
///
/// # Errors
/// As [`add`], and 412.
pub fn update(tx: &Tx<'_>, editable: Editable, patch: TempsPatch, expected: IfMatch) -> Result<Temps> {
    let before = editable.into_temps();
    expected.check(before.version)?;
    let mut temps = before.clone();
    let moves = patch.debut.is_some() || patch.fin.is_some();
    replace(&mut temps.debut, patch.debut);
    replace(&mut temps.fin, patch.fin.map(Some));
    replace(&mut temps.nature, patch.nature);
    replace(&mut temps.remarque, patch.remarque.map(said));
    if moves {
        check(tx, temps.technicien_id, temps.debut, temps.fin, Some(temps.id))?;
        temps.a_verifier = false;
    }
    store::update(tx, &temps)?;
    let after = store::temps(tx, temps.id)?;
    tx.record(Event::TempsModifie(after.id), Change::between(&before, &after)?)?;
    Ok(access::shown(tx.actor(), after))
}

pub fn delete(tx: &Tx<'_>, editable: Editable, expected: IfMatch) -> Result<()> {
    let before = editable.into_temps();
    expected.check(before.version)?;
    store::delete(tx, before.id)?;
    tx.record(Event::TempsSupprime(before.id), Change::deleted(&before)?)
}

/// Starts a timer on live work.
///
/// # Errors
/// 403 for somebody else's, 422 for somebody who has left, 409 `lecture_seule`, 409 `chronometre_en_cours` with the one that runs, unless it is to
/// be stopped.
pub fn start(tx: &Tx<'_>, workable: Workable, asked: &DemarrageChronometre) -> Result<Temps> {
    let intervention = workable.into_intervention();
    let technicien = whose(tx, asked.technicien_id)?;
    if !intervention.statut.is_live() {
        return Err(Error::conflict(
            "lecture_seule",
            phrase!(
                "Cette intervention est close : aucun chronomètre n’y démarre.",
                "This intervention is closed: no timer starts on it."
            ),
        ));
    }
    techniciens::require_there(tx, technicien, "technicien_id")?;
    if let Some(running) = store::timer_of(tx, technicien)? {
        if !asked.arreter_en_cours {
            let (nom, numero) = (&running.technicien_nom, &running.numero);
            return Err(Error::conflict(
                "chronometre_en_cours",
                phrase!(
                    "Un chronomètre de {nom} tourne déjà sur {numero}.",
                    "A timer of {nom} already runs on {numero}."
                ),
            )
            .with("chronometres", [running]));
        }
        end(tx, store::temps(tx, running.id)?, None)?;
    }
    refuse_overlap(tx, technicien, (tx.now(), None), None)?;
    let entry = Entry {
        intervention: intervention.id,
        technicien,
        debut: tx.now(),
        fin: None,
        nature: asked.nature.unwrap_or(NatureTemps::Travail),
        remarque: None,
    };
    let temps = store::temps(tx, store::insert(tx, &entry)?)?;
    tx.record(Event::ChronometreDemarre(temps.id), Change::created(&temps)?)?;
    Ok(access::shown(tx.actor(), temps))
}

/// Stops a timer, at most 12 hours after its start. One that was stopped before stays as it is.
///
/// # Errors
/// As [`Editable::of`].
pub fn stop(tx: &Tx<'_>, editable: Editable, asked: ArretChronometre) -> Result<Temps> {
    let before = editable.into_temps();
    let after = if before.en_cours { end(tx, before, said(asked.remarque))? } else { before };
    Ok(access::shown(tx.actor(), after))
}

/// Stops the caller's timer, wherever it runs.
///
/// # Errors
/// 409 `aucun_chronometre` when none does.
pub fn stop_own(tx: &Tx<'_>, asked: ArretChronometre) -> Result<Temps> {
    let running = match tx.actor().technicien_id {
        Some(technicien) => store::timer_of(tx, technicien)?,
        None => None,
    };
    let Some(running) = running else {
        return Err(Error::conflict(
            "aucun_chronometre",
            phrase!("Aucun de vos chronomètres ne tourne.", "None of your timers runs."),
        ));
    };
    stop(tx, Editable::of(tx, running.id)?, asked)
}

/// Stops the timer of somebody who leaves, if one runs: its time stays theirs.
pub fn stop_of(tx: &Tx<'_>, technicien: TechnicienId) -> Result<Option<Temps>> {
    match store::timer_of(tx, technicien)? {
        Some(running) => end(tx, store::temps(tx, running.id)?, None).map(Some),
        None => Ok(None),
    }
}

fn end(tx: &Tx<'_>, before: Temps, remarque: Option<String>) -> Result<Temps> {
    let mut temps = before.clone();
    let (fin, forgotten) = rules::end_of_timer(before.debut, tx.now());
    (temps.fin, temps.a_verifier) = (Some(fin), forgotten);
    if remarque.is_some() {
        temps.remarque = remarque;
    }
    store::update(tx, &temps)?;
    let after = store::temps(tx, temps.id)?;
    tx.record(Event::ChronometreArrete(after.id), Change::between(&before, &after)?)?;
    Ok(after)
}

/// An entry ends after it begins, within a day, and is over; its person does nothing else meanwhile.
fn check(
    tx: &Tx<'_>,
    technicien: TechnicienId,
    debut: Instant,
    fin: Option<Instant>,
    except: Option<TempsId>,
) -> Result<()> {
    let future = |champ| {
        let message = phrase!("ne peut pas être dans le futur", "cannot be in the future");
        Err(Error::invalid(champ, "valeur_invalide", message))
    };
    match fin {
        Some(fin) => {
            Slot::new(debut, fin)
                .map_err(|wrong| Error::invalid("fin", "valeur_invalide", wrong.phrase()))?;
            if fin > tx.now() {
                return future("fin");
            }
        }
        None if debut > tx.now() => return future("debut"),
        None => {}
    }
    refuse_overlap(tx, technicien, (debut, fin), except)
}

fn refuse_overlap(
    tx: &Tx<'_>,
    technicien: TechnicienId,
    time: (Instant, Option<Instant>),
    except: Option<TempsId>,
) -> Result<()> {
    let conflicts = store::conflicts(tx, technicien, time, except)?;
    let Some(first) = conflicts.first() else { return Ok(()) };
    let numero = &first.numero;
    Err(Error::conflict(
        "chevauchement",
        phrase!(
            "Du temps de cette personne est déjà saisi à ce moment-là, sur {numero}.",
            "Time of this person is already entered at that moment, on {numero}."
        ),
    )
    .with("conflits", conflicts))
}

/// A remark that says something.
fn said(remarque: Option<String>) -> Option<String> {
    remarque.filter(|text| !text.trim().is_empty())
}
