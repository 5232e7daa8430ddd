//! What can be done in the storeroom.

mod annulation;
mod examen;
mod fournisseurs;
mod inventaires;
mod mouvements;
mod pieces;
mod reservations;
mod revalorisation;

pub use annulation::change_statut;
pub use examen::{Misvalued, misvalued};
pub use fournisseurs::{create_fournisseur, delete_fournisseur, update_fournisseur};
pub use inventaires::{abandon, close, count, detail, open};
pub use mouvements::{post, undo};
pub use pieces::{a_commander, create, delete, update, withdraw};
pub use reservations::{FOLLOWER, release, reserve};
pub use revalorisation::{MAX_REJOUES, correct_price};

use super::model::Piece;
use super::rules::Level;
use super::store;
use crate::events::Event;
use crate::ids::PieceId;
use crate::interventions::{Intervention, StatutIntervention};
use crate::kernel::auth::Actor;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::quantity::Quantity;
use crate::phrase;

/// What a body refers to, or 422 naming the field.
fn referenced<T>(found: Result<T>, champ: impl Into<String>) -> Result<T> {
    found.map_err(|error| match error {
        Error::NotFound => Error::unknown_reference(champ),
        other => other,
    })
}

/// Whether parts may still be asked for: nothing is set aside for work that is over.
fn require_live(intervention: &Intervention) -> Result<()> {
    if intervention.statut.is_live() {
        return Ok(());
    }
    Err(Error::conflict(
        "lecture_seule",
        phrase!(
            "Cette intervention est close : elle ne demande plus de pièces.",
            "This intervention is closed: it asks for no more parts."
        ),
    ))
}

/// Which way a part goes between the storeroom and the work.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Out of the store, for the work.
    Out,
    /// Back from it, or a line that undoes another.
    Back,
}

/// Parts follow the truth as time does: while the work goes on, and by those who run the plant until it is
/// validated. What is cancelled needs no more of them, but what is out can always come back.
fn require_open(actor: &Actor, work: &Intervention, way: Way) -> Result<()> {
    if work.date_validation.is_some() {
        return Err(Error::conflict(
            "validee",
            phrase!(
                "Cette intervention est validée : ses pièces et ses coûts sont figés.",
                "This intervention is validated: its parts and cost are frozen."
            ),
        ));
    }
    if way == Way::Out && work.statut == StatutIntervention::Annule {
        return Err(Error::conflict(
            "lecture_seule",
            phrase!(
                "Cette intervention est annulée : on n’en sort plus de pièces, on les rend.",
                "This intervention is cancelled: parts no longer go out for it, they come back."
            ),
        ));
    }
    if work.statut.is_live() || actor.runs_the_plant() {
        return Ok(());
    }
    Err(Error::conflict(
        "lecture_seule",
        phrase!(
            "Cette intervention est close : un responsable peut encore corriger ses pièces.",
            "This intervention is closed: a manager can still correct its parts."
        ),
    ))
}

/// 409 for taking more than there is to take.
fn too_little(piece: &Piece, level: Level, disponible: Quantity) -> Error {
    let (reference, unite, stock, reserve) = (&piece.reference, &piece.unite, level.stock, level.reserve);
    Error::conflict(
        "stock_insuffisant",
        phrase!(
            "Il reste {disponible} {unite} disponibles de {reference} (stock {stock}, réservé {reserve}).",
            "{disponible} {unite} of {reference} are available (stock {stock}, reserved {reserve})."
        ),
    )
    .with("disponible", disponible)
    .with("stock", level.stock)
    .with("reserve", level.reserve)
}

/// One alert each time a part falls below its threshold.
fn watch_threshold(tx: &Tx<'_>, id: PieceId) -> Result<()> {
    if !store::watch(tx, id)? {
        return Ok(());
    }
    let piece = store::piece(tx, id)?;
    let told = serde_json::json!({
        "reference": piece.reference, "designation": piece.designation, "unite": piece.unite,
        "stock": piece.stock, "seuil_min": piece.seuil_min,
    });
    tx.record(Event::PieceStockBas(id), Change::created(&told)?)
}
