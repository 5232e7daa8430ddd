//! What becomes of an intervention becomes of its échéance, and what becomes of a site of its dates.
//!
//! Each entry of the journal is read for what it is about; what is then written follows from how things stand now,
//! so that an entry read late or twice does no harm.

use serde_json::json;

use super::course::Course;
use super::generate::release;
use crate::events::Event;
use crate::ids::{EquipementId, InterventionId, PlanningId, SiteId};
use crate::interventions::StatutIntervention;
use crate::kernel::clock::Day;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::Result;
use crate::kernel::follow::Told;
use crate::planning::model::StatutEcheance;
use crate::planning::rules;
use crate::planning::store::{self, Followed};

/// Acts upon one entry of the journal.
pub fn follow(tx: &Tx<'_>, told: &Told) -> Result<()> {
    let Some(id) = told.entite_id else { return Ok(()) };
    let changed = |field: &str| told.apres.get(field).is_some();
    match told.action.as_str() {
        "intervention.statut" | "intervention.suppression" => settle(tx, InterventionId(id)),
        "site.modification" if changed("fuseau") || changed("pays") => {
            refresh_all(tx, store::of_site(tx, SiteId(id))?)
        }
        "equipement.modification" if changed("site_id") || changed("statut") => {
            refresh_all(tx, store::of_equipement(tx, EquipementId(id))?)
        }
        _ => Ok(()),
    }
}

/// Dates that follow from what changed around the plans.
pub fn refresh_all(tx: &Tx<'_>, plans: Vec<PlanningId>) -> Result<()> {
    for id in plans {
        let before = store::planning(tx, id)?.prochaine_date;
        if !Course::refresh(tx, id)? {
            continue;
        }
        let after = store::planning(tx, id)?.prochaine_date;
        if before == after {
            tx.unrecorded("only when to look again has changed");
            continue;
        }
        store::new_version(tx, id)?;
        let date = |date: Option<Day>| json!({ "prochaine_date": date });
        tx.record(Event::PlanningModifie(id), Change::between(&date(before), &date(after))?)?;
    }
    Ok(())
}

/// The échéance is as its intervention is.
fn settle(tx: &Tx<'_>, id: InterventionId) -> Result<()> {
    let Some(echeance) = store::followed(tx, id)? else { return Ok(()) };
    let course = Course::load(tx, echeance.planning_id)?;
    let (statut, fin) = match echeance.intervention {
        _ if echeance.hidden => (StatutEcheance::Annulee, None),
        StatutIntervention::Annule => (StatutEcheance::Annulee, None),
        StatutIntervention::Termine => {
            let finished = echeance.finished.unwrap_or(tx.now());
            (StatutEcheance::Faite, Some(Day(finished.in_zone(&course.zone).date())))
        }
        StatutIntervention::Planifie | StatutIntervention::EnCours | StatutIntervention::AttentePieces => {
            (StatutEcheance::Generee, None)
        }
    };
    if (statut, fin) == (echeance.statut, echeance.fin) {
        return Ok(());
    }
    let Followed { planning_id, k, .. } = echeance;
    let decalage = fin.map_or(0, |fin| shift(&course, &echeance, fin));
    let event = match (statut, fin) {
        (_, Some(fin)) => {
            store::set_finished(tx, planning_id, k, fin, decalage)?;
            Event::EcheanceFaite(planning_id)
        }
        (StatutEcheance::Annulee, None) => {
            let why = if echeance.hidden {
                "L’intervention a été supprimée."
            } else {
                "L’intervention a été annulée."
            };
            store::set_statut(tx, planning_id, k, statut, Some(why), None)?;
            Event::EcheanceAnnulee(planning_id)
        }
        (_, None) => {
            store::set_statut(tx, planning_id, k, statut, None, None)?;
            Event::EcheanceReprise(planning_id)
        }
    };
    if statut != StatutEcheance::Generee {
        release(tx, planning_id)?;
    }
    Course::refresh(tx, planning_id)?;
    store::new_version(tx, planning_id)?;
    let before = json!({ "k": null, "statut": echeance.statut, "date_fin": echeance.fin,
        "prochaine_date": course.plan.prochaine_date, "intervention_id": null });
    let after = json!({ "k": k, "statut": statut, "date_fin": fin, "decalage_jours": decalage,
        "prochaine_date": store::planning(tx, planning_id)?.prochaine_date, "intervention_id": id });
    tx.record(event, Change::between(&before, &after)?)
}

/// Days that finishing on a day adds to the later dates.
fn shift(course: &Course, echeance: &Followed, fin: Day) -> i64 {
    let others = course.plan.decalage_jours - echeance.decalage;
    let late = rules::late_days(echeance.date, others - echeance.decalage_applique, fin);
    rules::shift(late, course.plan.tolerance_jours, course.plan.facteur_decalage)
}
