//! What interventions ask for: set aside when it is there, awaited when it is not. Whoever asked first is served
//! first, whatever brings the part: a receipt, a return, a count, or another intervention that needs it no more.

use super::{referenced, require_live};
use crate::events::Event;
use crate::ids::{InterventionId, PieceId, ReservationId};
use crate::interventions::Workable;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::follow::{Follower, Told};
use crate::kernel::quantity::Quantity;
use crate::phrase;
use crate::pieces::model::{NewReservation, Reservation, StatutPiece};
use crate::pieces::store::{self, Demand};

/// Gives to those who wait what the end of an intervention has freed. Setting it free is the database's own
/// work, at once; sharing it out can follow.
pub const FOLLOWER: Follower = Follower { name: "pieces", follow: share_what_is_freed };

/// Sets aside for an intervention what is there of a part, and notes what is awaited.
///
/// # Errors
/// 409 `lecture_seule`, `piece_retiree` for a part that will not come any more; 422.
pub fn reserve(tx: &Tx<'_>, workable: Workable, new: &NewReservation) -> Result<Reservation> {
    let work = workable.into_intervention();
    require_live(&work)?;
    let piece = referenced(store::piece(tx, new.piece_id), "piece_id")?;
    serve(tx, piece.id)?;
    let free = store::level(tx, piece.id)?.disponible();
    let (reservee, attendue) = (free.min(new.quantite), new.quantite - free.min(new.quantite));
    if piece.statut == StatutPiece::Retire && !attendue.is_zero() {
        return Err(Error::conflict(
            "piece_retiree",
            phrase!(
                "Cette pièce est retirée : il n’en reste que {free} et il n’en viendra plus.",
                "This part is retired: only {free} are left and no more will come."
            ),
        )
        .with("disponible", free));
    }
    let id = store::insert_reservation(tx, work.id, piece.id, reservee, attendue)?;
    let reservation = store::reservation(tx, work.id, id)?;
    tx.record(Event::PieceReservee(id), Change::created(&reservation)?)?;
    Ok(reservation)
}

/// Gives up what is left of a demand; whoever waits for the part gets it.
///
/// # Errors
/// 409 `close` when nothing of it is left.
pub fn release(tx: &Tx<'_>, workable: Workable, id: ReservationId) -> Result<()> {
    let work = workable.into_intervention();
    let before = store::reservation(tx, work.id, id)?;
    if !store::give_up(tx, id)? {
        return Err(Error::conflict(
            "close",
            phrase!(
                "Il ne reste rien à libérer de cette demande.",
                "Nothing is left to release of this demand."
            ),
        ));
    }
    let after = store::reservation(tx, work.id, id)?;
    tx.record(Event::ReservationLiberee(id), Change::between(&before, &after)?)?;
    serve(tx, before.piece_id)
}

/// Sets what is free of a part aside for those who wait for it, oldest demand first. An intervention that waits
/// for nothing any more is told.
pub(super) fn serve(tx: &Tx<'_>, piece: PieceId) -> Result<()> {
    let level = store::level(tx, piece)?;
    let mut free = level.disponible();
    if level.attendue.is_zero() || free.is_zero() {
        return Ok(());
    }
    let mut served: Vec<InterventionId> = Vec::new();
    for demand in store::awaited(tx, piece)? {
        let given = free.min(demand.attendue);
        if given.is_zero() {
            break;
        }
        free = free - given;
        move_between(tx, demand, given, Event::ReservationAttribuee(demand.id))?;
        if !served.contains(&demand.intervention) {
            served.push(demand.intervention);
        }
    }
    for work in served {
        if !store::awaits(tx, work)? {
            let told = serde_json::json!({ "piece_id": piece });
            tx.record(Event::InterventionPiecesDisponibles(work), Change::created(&told)?)?;
        }
    }
    Ok(())
}

/// An issue uses up what its intervention asked for: first what is set aside, then what it still waits for.
pub(super) fn consume(tx: &Tx<'_>, demands: Vec<Demand>, quantite: Quantity) -> Result<()> {
    let mut left = quantite;
    let mut used = demands.clone();
    for demand in &mut used {
        let taken = left.min(demand.reservee);
        (demand.reservee, demand.servie) = (demand.reservee - taken, demand.servie + taken);
        left = left - taken;
    }
    for demand in &mut used {
        let taken = left.min(demand.attendue);
        (demand.attendue, demand.servie) = (demand.attendue - taken, demand.servie + taken);
        left = left - taken;
    }
    for (before, after) in demands.into_iter().zip(used) {
        if before.servie != after.servie {
            store::set_demand(tx, after)?;
        }
    }
    Ok(())
}

/// A count that found less than is set aside: the newest demands wait again for what is missing.
pub(super) fn cut_down(tx: &Tx<'_>, piece: PieceId, difference: Quantity) -> Result<()> {
    let level = store::level(tx, piece)?;
    let mut missing = level.reserve - (level.stock + difference);
    if missing <= Quantity::ZERO {
        return Ok(());
    }
    for demand in store::reserved_newest_first(tx, piece)? {
        let cut = missing.min(demand.reservee);
        if cut.is_zero() {
            break;
        }
        missing = missing - cut;
        move_between(tx, demand, -cut, Event::ReservationReduite(demand.id))?;
    }
    Ok(())
}

/// Moves so much of a demand from awaited to set aside, or back when it is negative.
fn move_between(tx: &Tx<'_>, before: Demand, quantite: Quantity, event: Event) -> Result<()> {
    let (reservee, attendue) = (before.reservee + quantite, before.attendue - quantite);
    let after = Demand { reservee, attendue, ..before };
    store::set_demand(tx, after)?;
    let told = |it: Demand| serde_json::json!({ "reservee": it.reservee, "attendue": it.attendue });
    tx.record(event, Change::between(&told(before), &told(after))?)
}

fn share_what_is_freed(tx: &Tx<'_>, told: &Told) -> Result<()> {
    let frees = match told.action.as_str() {
        "intervention.suppression" => true,
        "intervention.statut" => {
            told.apres["statut"].as_str().is_some_and(|statut| ["termine", "annule"].contains(&statut))
        }
        _ => false,
    };
    let Some(work) = told.entite_id.map(InterventionId).filter(|_| frees) else { return Ok(()) };
    for piece in store::waited_for_by_others(tx, work)? {
        serve(tx, piece)?;
    }
    Ok(())
}
