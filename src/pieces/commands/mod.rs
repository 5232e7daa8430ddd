//! What can be done in the storeroom.

mod fournisseurs;
mod inventaires;
mod mouvements;
mod pieces;
mod reservations;

pub use fournisseurs::{create_fournisseur, delete_fournisseur, update_fournisseur};
pub use inventaires::{abandon, close, count, detail, open};
pub use mouvements::{post, undo};
pub use pieces::{a_commander, create, delete, update};
pub use reservations::{FOLLOWER, release, reserve};

use super::model::Piece;
use super::rules::Level;
use super::store;
use crate::events::Event;
use crate::ids::PieceId;
use crate::interventions::Intervention;
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

/// Parts are asked for, taken and brought back while the work is open.
fn require_live(intervention: &Intervention) -> Result<()> {
    if intervention.statut.is_live() {
        return Ok(());
    }
    Err(Error::conflict(
        "lecture_seule",
        phrase!(
            "Cette intervention est close : ses pièces ne changent plus.",
            "This intervention is closed: its parts no longer change."
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
