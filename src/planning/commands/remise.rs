//! The plans of somebody who leaves: they name somebody else from then on, or nobody.

use serde_json::json;

use crate::events::Event;
use crate::ids::{PlanningId, TechnicienId};
use crate::kernel::clock::Day;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::Result;
use crate::kernel::phrase::Phrase;
use crate::planning::model::Planning;
use crate::planning::store;
use crate::techniciens;

/// What became of one plan.
#[derive(Debug)]
pub struct PlanRemis {
    pub id: PlanningId,
    pub titre: String,
    /// Whom it names now.
    pub technicien_id: Option<TechnicienId>,
    /// Why it names nobody, where somebody was to take it over.
    pub motif: Option<Phrase>,
}

/// Gives every plan of somebody that has not ended to somebody else who holds what it asks for; without one, it names
/// nobody. What they have no time for is settled échéance by échéance, as for any plan.
///
/// # Errors
/// `NotFound` when there is no such technicien.
pub fn hand_over(
    tx: &Tx<'_>,
    from: TechnicienId,
    to: Option<(TechnicienId, &str)>,
) -> Result<Vec<PlanRemis>> {
    store::of_technicien(tx, from)?.into_iter().map(|id| hand_over_one(tx, id, to)).collect()
}

fn hand_over_one(tx: &Tx<'_>, id: PlanningId, to: Option<(TechnicienId, &str)>) -> Result<PlanRemis> {
    let before = store::planning(tx, id)?;
    let motif = match to {
        Some(heir) => refused(tx, &before, heir)?,
        None => None,
    };
    let technicien_id = to.map(|(heir, _)| heir).filter(|_| motif.is_none());
    store::set_technicien(tx, id, technicien_id)?;
    let after = store::planning(tx, id)?;
    let named = |plan: &Planning| json!({ "technicien_id": plan.technicien_id, "technicien_nom": plan.technicien_nom, "version": plan.version });
    tx.record(Event::PlanningModifie(id), Change::between(&named(&before), &named(&after))?)?;
    Ok(PlanRemis { id, titre: before.titre, technicien_id, motif })
}

/// What they lack for it, at its next date.
fn refused(tx: &Tx<'_>, plan: &Planning, (heir, nom): (TechnicienId, &str)) -> Result<Option<Phrase>> {
    let needs: Vec<_> =
        store::competences(tx, plan.id)?.iter().map(|need| (need.competence_id, need.niveau)).collect();
    let today = Day(tx.now().in_zone(&tx.zone(&plan.fuseau)?).date());
    let obstacles =
        techniciens::obstacles(tx, heir, &needs, plan.prochaine_date.unwrap_or(today).max(today))?;
    // Whoever is unavailable for now will be back; the plan is for years.
    let lacking = obstacles.iter().find(|obstacle| !matches!(obstacle, techniciens::Obstacle::Indisponible));
    Ok(lacking.map(|obstacle| obstacle.sentence(nom)))
}
