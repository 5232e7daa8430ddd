//! The plans by meter of somebody who leaves: they name somebody else from then on, or nobody.

use serde_json::json;

use crate::compteurs::store::{self, PlanRow};
use crate::events::Event;
use crate::ids::{PlanCompteurId, TechnicienId};
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::Result;

/// What became of one plan.
#[derive(Debug)]
pub struct PlanCompteurRemis {
    pub id: PlanCompteurId,
    pub titre: String,
}

/// Gives every plan by meter of somebody that has not ended to somebody else; without one, it names nobody.
///
/// # Errors
/// 409 by the database for somebody whose sheet is closed.
pub fn hand_over(
    tx: &Tx<'_>,
    from: TechnicienId,
    to: Option<(TechnicienId, &str)>,
) -> Result<Vec<PlanCompteurRemis>> {
    let mut handed = Vec::new();
    for PlanRow { id, titre, technicien_nom, .. } in store::of_technicien(tx, from)? {
        store::set_technicien(tx, id, to.map(|(heir, _)| heir))?;
        let before = json!({ "technicien_id": from, "technicien_nom": technicien_nom });
        let after =
            json!({ "technicien_id": to.map(|(heir, _)| heir), "technicien_nom": to.map(|(_, nom)| nom) });
        tx.record(Event::PlanCompteurModifie(id), Change::between(&before, &after)?)?;
        handed.push(PlanCompteurRemis { id, titre });
    }
    Ok(handed)
}
