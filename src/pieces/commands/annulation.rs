//! The end of work whose parts are still out: somebody says what becomes of them.

use super::mouvements::post;
use crate::attaches::{Attache, Attaches};
use crate::ids::InterventionId;
use crate::interventions::{
    self, ChangementStatut, InterventionDetail, PiecesSorties, Readable, StatutIntervention, Workable,
};
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::input::IfMatch;
use crate::phrase;
use crate::pieces::model::{NewMouvement, TypeMouvement};
use crate::pieces::store::{self, Out};

/// Takes an intervention where the workflow lets this caller; what is cancelled leaves no part behind unsaid.
///
/// # Errors
/// Those of [`interventions::change_statut`]; 409 `pieces_sorties` with what is still out, as long as nobody said what
/// becomes of it: then nothing changes.
pub fn change_statut(
    tx: &Tx<'_>,
    workable: Workable,
    asked: ChangementStatut,
    expected: IfMatch,
) -> Result<InterventionDetail> {
    let (cancels, pieces) = (asked.statut == StatutIntervention::Annule, asked.pieces);
    let changed = interventions::change_statut(tx, workable, asked, expected)?;
    let id = changed.intervention.id;
    if !cancels {
        return Ok(changed);
    }
    let out = store::out(tx, id)?;
    match pieces {
        None if !out.is_empty() => Err(still_out(&out)),
        None | Some(PiecesSorties::Laissees) => Ok(changed),
        Some(PiecesSorties::Rendues) => {
            for part in &out {
                bring_back(tx, id, part)?;
            }
            // Its cost is another now.
            interventions::detail(tx, Readable::of(tx, id)?)
        }
    }
}

fn bring_back(tx: &Tx<'_>, work: InterventionId, part: &Out) -> Result<()> {
    let back = NewMouvement {
        r#type: TypeMouvement::Retour,
        quantite: part.quantite,
        cout_unitaire: None,
        motif: Some("Intervention annulée".to_owned()),
        intervention_id: Some(work),
        emplacement: None,
    };
    post(tx, part.piece, &back).map(drop)
}

fn still_out(out: &[Out]) -> Error {
    let noms: Vec<String> =
        out.iter().map(|part| format!("{} ({} {})", part.designation, part.quantite, part.unite)).collect();
    let named = noms.join(" ; ");
    let attaches = Attaches { r#type: Attache::Pieces, nombre: out.len() as i64, noms };
    Error::conflict(
        "pieces_sorties",
        phrase!(
            "Des pièces sont encore sorties : {named}. Dites si elles sont rendues au magasin ou laissées sur l’intervention.",
            "Parts are still out: {named}. Say whether they are returned to the store or left with the work."
        ),
    )
    .with("attaches", [attaches])
}
