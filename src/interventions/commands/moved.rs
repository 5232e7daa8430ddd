//! A machine that goes to another site: what is still to be done on it keeps its wall clock over there.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::bookings::tell_moved;
use crate::agenda::{self, Conflit, Slot};
use crate::events::Event;
use crate::ids::{EquipementId, TechnicienId};
use crate::interventions::access::Scope;
use crate::interventions::model::{Affectation, Intervention};
use crate::interventions::store;
use crate::kernel::clock::Instant;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// Moves what is still to come of the open work on machines that went from one time zone to another: slots, planned dates
/// and limits say the same hours there. Past ones are facts and stay.
///
/// # Errors
/// 409 `chevauchement` naming everybody who would be in two places at once.
pub fn keep_wall_clock(
    tx: &Tx<'_>,
    machines: &[EquipementId],
    (from, to): (&TimeZone, &TimeZone),
) -> Result<()> {
    if from == to {
        return Ok(());
    }
    let is_ahead = |instant: Instant| instant > tx.now();
    let there = |instant: Instant| same_clock(instant, from, to);
    let mut works = Vec::new();
    for id in store::open_on(tx, machines)? {
        let before = store::intervention(tx, Scope::Plant, id)?;
        let ahead = |slot: &Affectation| !slot.liberee && is_ahead(slot.debut);
        let slots: Vec<_> = store::affectations(tx, id)?.into_iter().filter(ahead).collect();
        // Every one is let go before the first is placed: one may go where another was.
        for slot in &slots {
            store::release_slot(tx, slot.id)?;
        }
        works.push((before, slots));
    }
    let mut refused = Vec::new();
    for (work, slots) in &works {
        for slot in slots {
            let Ok(moved) = Slot::new(there(slot.debut), there(slot.fin)) else { continue };
            let conflits = agenda::conflicts(tx, slot.technicien_id, moved, Some(work.id))?;
            if conflits.is_empty() {
                store::place_slot(tx, slot.id, moved)?;
            } else {
                refused.push(Refused {
                    technicien_id: slot.technicien_id,
                    technicien_nom: slot.technicien_nom.clone(),
                    numero: work.numero.clone(),
                    debut: moved.debut,
                    fin: moved.fin,
                    conflits,
                });
            }
        }
    }
    refuse(refused)?;
    for (before, slots) in works {
        let mut after = before.clone();
        after.date_limite =
            before.date_limite.map(|limit| if is_ahead(limit) { there(limit) } else { limit });
        if before.date_debut_prevue.or(before.date_fin_prevue).is_some_and(is_ahead) {
            after.date_debut_prevue = before.date_debut_prevue.map(there);
            after.date_fin_prevue = before.date_fin_prevue.map(there);
        }
        record(tx, &before, &after, slots, to)?;
    }
    Ok(())
}

/// Writes and tells what changed of one intervention, if anything did.
fn record(
    tx: &Tx<'_>,
    before: &Intervention,
    after: &Intervention,
    slots: Vec<Affectation>,
    zone: &TimeZone,
) -> Result<()> {
    let dates = |i: &Intervention| (i.date_limite, i.date_debut_prevue, i.date_fin_prevue);
    if slots.is_empty() && dates(before) == dates(after) {
        return Ok(());
    }
    store::update(tx, before, after)?;
    let reread = store::intervention(tx, Scope::Plant, before.id)?;
    if !slots.is_empty() {
        let placed = store::affectations(tx, before.id)?;
        tell_moved(tx, before.id, &placed, zone)?;
        let booked = |affectations| Booked { technicien_id: before.technicien_id, affectations };
        let change = Change::between(&booked(slots), &booked(placed))?;
        tx.record(Event::AffectationsChangees(before.id), change)?;
    }
    tx.record(Event::InterventionModifiee(before.id), Change::between(before, &reread)?)
}

/// The moment at which clocks over there show what they show here at this one.
fn same_clock(instant: Instant, from: &TimeZone, to: &TimeZone) -> Instant {
    let shown = instant.in_zone(from).datetime();
    let there = to.to_ambiguous_zoned(shown).compatible();
    there.map_or(instant, |there| Instant::from_second(there.timestamp().as_second()))
}

fn refuse(refused: Vec<Refused>) -> Result<()> {
    if refused.is_empty() {
        return Ok(());
    }
    let told = |one: &Refused| format!("{} ({})", one.technicien_nom, one.numero);
    let names = refused.iter().map(told).collect::<Vec<_>>().join(", ");
    Err(Error::conflict(
        "chevauchement",
        phrase!(
            "À l’heure du nouveau site, des créneaux en chevaucheraient d’autres : {names}. Déplacez-les d’abord.",
            "At the new site's hours, slots would overlap others: {names}. Move them first."
        ),
    )
    .with("deplacements", refused))
}

/// A slot that cannot be had at the same hour over there.
#[derive(Serialize)]
struct Refused {
    technicien_id: TechnicienId,
    technicien_nom: String,
    numero: String,
    debut: Instant,
    fin: Instant,
    conflits: Vec<Conflit>,
}

/// Who leads and who is booked, for the journal.
#[derive(Serialize)]
struct Booked {
    technicien_id: Option<TechnicienId>,
    affectations: Vec<Affectation>,
}
