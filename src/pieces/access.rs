//! What of the storeroom a caller may know. Everybody of the plant sees the parts; what they cost is for those
//! who run it. Clients have no right to any of it.

use super::model::{Mouvement, Piece, TypeMouvement};
use crate::interventions;
use crate::kernel::auth::Actor;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;

pub fn sees_costs(actor: &Actor) -> bool {
    actor.runs_the_plant()
}

/// A part as those see it who may not know what it costs.
pub fn without_costs(piece: Piece) -> Piece {
    Piece { prix_unitaire: None, valeur_stock: None, cump: None, ..piece }
}

/// A part as the caller may see it.
pub fn shown(actor: &Actor, piece: Piece) -> Piece {
    if sees_costs(actor) { piece } else { without_costs(piece) }
}

/// Lines of the ledger as the caller may see them: costs, and other people's interventions, only to those who
/// run the plant.
pub fn shown_lines(db: &Reader<'_>, lines: Vec<Mouvement>) -> Result<Vec<Mouvement>> {
    if sees_costs(db.actor()) {
        return Ok(lines);
    }
    let asked: Vec<_> = lines.iter().filter_map(|line| line.intervention_id).collect();
    let seen = interventions::seen_by(db, db.actor(), &asked)?;
    let shown = |line: Mouvement| {
        let intervention_id = line.intervention_id.filter(|id| seen.iter().any(|(seen, _)| seen == id));
        Mouvement {
            cout_unitaire: None,
            valeur: None,
            cout_unitaire_initial: None,
            valeur_initiale: None,
            // Why a price was wrong tells the price.
            motif: line.motif.filter(|_| line.r#type != TypeMouvement::Revalorisation),
            intervention_numero: line.intervention_numero.filter(|_| intervention_id.is_some()),
            intervention_id,
            ..line
        }
    };
    Ok(lines.into_iter().map(shown).collect())
}
