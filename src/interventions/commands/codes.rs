//! The failure in codes: symptôme, cause, remède.

use crate::codes::{self, Nature};
use crate::ids::CodeId;
use crate::interventions::model::{Intervention, StatutIntervention, TypeIntervention};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;

const fn chosen(i: &Intervention) -> [(&'static str, Nature, Option<CodeId>); 3] {
    [
        ("symptome_code_id", Nature::Symptome, i.symptome_code_id),
        ("cause_code_id", Nature::Cause, i.cause_code_id),
        ("remede_code_id", Nature::Remede, i.remede_code_id),
    ]
}

/// Codes that are newly chosen fit, or 422. One that was chosen before stays, whatever became of it since; but not on an
/// équipement that it is not meant for, when the work goes to another one or ends and the machine's type was changed.
pub(super) fn check(tx: &Tx<'_>, before: Option<&Intervention>, after: &Intervention) -> Result<()> {
    let is_looked_at_again = before.is_some_and(|before| {
        before.equipement_id != after.equipement_id
            || (before.statut != after.statut && after.statut == StatutIntervention::Termine)
    });
    for (place, (champ, nature, id)) in chosen(after).into_iter().enumerate() {
        let was = before.and_then(|before| chosen(before)[place].2);
        match id {
            Some(id) if Some(id) != was => {
                codes::require_fitting(tx, champ, nature, id, after.equipement_id)?
            }
            Some(id) if is_looked_at_again => {
                codes::require_still_fitting(tx, champ, id, after.equipement_id)?
            }
            _ => {}
        }
    }
    Ok(())
}

/// The fields that a corrective intervention still lacks, where the plant asks for them.
pub(super) fn missing(db: &Reader<'_>, i: &Intervention) -> Result<Vec<&'static str>> {
    if i.type_intervention != TypeIntervention::Corrective || !codes::are_required(db)? {
        return Ok(Vec::new());
    }
    Ok(chosen(i).into_iter().filter_map(|(champ, _, id)| id.is_none().then_some(champ)).collect())
}
