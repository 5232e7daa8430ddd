//! What follows from what a meter has counted: the thresholds passed, each once, and the work that they ask for.

use std::time::Duration;

use serde_json::json;

use super::plans::sentence;
use crate::clients::site_zone;
use crate::compteurs::model::{Compteur, StatutSeuil};
use crate::compteurs::rules::Point;
use crate::compteurs::store::{self, PlanRow};
use crate::events::Event;
use crate::ids::{InterventionId, PlanCompteurId, ReleveId};
use crate::interventions::{self, NewIntervention, Origin, TypeIntervention};
use crate::kernel::clock::{Day, Moment};
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::phrase::{Language, Phrase};
use crate::{phrase, techniciens};

/// Thresholds that one reading passes at most: more is a digit too many.
pub const MOST_AT_ONCE: i64 = 100;

/// Makes what is due by the last reading, of all active plans of a meter or of one of them.
///
/// # Errors
/// 409 `saut_invraisemblable`: then nothing of it is done.
pub fn act(tx: &Tx<'_>, compteur: &Compteur, only: Option<PlanCompteurId>) -> Result<()> {
    let Some((releve, last)) = store::last(tx, compteur.id)? else { return Ok(()) };
    if !store::workable_equipement(tx, compteur.equipement_id)? {
        return Ok(());
    }
    for plan in store::active_plans(tx, compteur.id)? {
        if only.is_none_or(|only| only == plan.id) {
            pass(tx, compteur, &plan, (releve, last))?;
        }
    }
    Ok(())
}

/// Takes back the thresholds that are not passed once a reading no longer counts.
pub fn take_back(tx: &Tx<'_>, compteur: &Compteur) -> Result<()> {
    let last = store::last(tx, compteur.id)?;
    for plan in store::all_plans(tx, compteur.id)? {
        // Those of a plan that began with thresholds behind it count as well.
        let passed = last.and_then(|(_, last)| plan.steps().passed(1, last.cumul())).unwrap_or(0);
        if store::cancel_seuils(tx, plan.id, passed)? > 0 {
            let change = json!({ "compteur_id": compteur.id, "au_dela_de_k": passed });
            tx.record(Event::SeuilsAnnules(plan.id), Change::created(&change)?)?;
        }
    }
    Ok(())
}

fn pass(tx: &Tx<'_>, compteur: &Compteur, plan: &PlanRow, (releve, last): (ReleveId, Point)) -> Result<()> {
    let Some(k) = plan.steps().passed(plan.prochain_k, last.cumul()) else { return Ok(()) };
    let count = k - plan.prochain_k + 1;
    if count > MOST_AT_ONCE {
        let (titre, cumul, unite) = (&plan.titre, last.cumul(), &compteur.unite);
        return Err(Error::conflict(
            "saut_invraisemblable",
            phrase!(
                "À {cumul} {unite}, {count} échéances de « {titre} » seraient passées d’un coup : vérifiez le relevé.",
                "At {cumul} {unite}, {count} thresholds of \"{titre}\" would be passed at once: check the reading."
            ),
        ));
    }
    let open = store::open_work(tx, plan.id)?;
    let work = match open {
        Some(open) => open,
        None => create(tx, compteur, plan, k, last)?,
    };
    for passed in plan.prochain_k..=k {
        // One job answers all that was passed: the last threshold asks for it, unless it was under way already.
        let asks = passed == k && open.is_none();
        let statut = if asks { StatutSeuil::Generee } else { StatutSeuil::Absorbee };
        store::add_seuil(tx, plan, passed, statut, (releve, work))?;
    }
    let change = json!({
        "compteur_id": compteur.id, "releve_id": releve, "de_k": plan.prochain_k, "a_k": k, "intervention_id": work,
    });
    tx.record(Event::SeuilsPasses(plan.id), Change::created(&change)?)
}

fn create(tx: &Tx<'_>, compteur: &Compteur, plan: &PlanRow, k: i64, last: Point) -> Result<InterventionId> {
    let delay = Duration::from_secs(plan.delai_jours.unsigned_abs() * 86_400);
    let why = french(&sentence(compteur, plan, k, Some(last), None)).to_owned();
    let create = |technicien_id, why: &str| {
        let asked = NewIntervention {
            description: plan.description.clone(),
            priorite: Some(plan.priorite),
            date_limite: Some(Moment::Instant(tx.now().plus(delay))),
            technicien_id,
            duree_estimee_min: plan.duree_estimee_min,
            gamme_id: plan.gamme_id,
            ..NewIntervention::new(plan.titre.clone(), TypeIntervention::Preventive, compteur.equipement_id)
        };
        interventions::create(tx, asked, Origin::Seuil(why))
    };
    let missing = match missing(tx, compteur, plan)? {
        Some(missing) => missing,
        None => match tx.attempt(|| create(plan.technicien_id, &why)) {
            // Who cannot lead it now keeps nobody from seeing that it is due.
            Err(Error::Conflict(refused)) if plan.technicien_id.is_some() => refused.detail,
            created => return Ok(created?.intervention.id),
        },
    };
    let created = create(None, &format!("{why} {}", french(&missing)))?.intervention;
    let told = json!({
        "intervention_id": created.id, "numero": created.numero, "technicien_id": plan.technicien_id,
        "motif": french(&missing), "parti": plan.technicien_parti,
    });
    tx.record(Event::PlanCompteurSansTechnicien(plan.id), Change::created(&told)?)?;
    Ok(created.id)
}

/// What keeps the plan's technicien from leading its work, if anything does.
fn missing(tx: &Tx<'_>, compteur: &Compteur, plan: &PlanRow) -> Result<Option<Phrase>> {
    let Some(technicien) = plan.technicien_id else { return Ok(None) };
    let today = Day(tx.now().in_zone(&site_zone(tx, compteur.site_id)?).date());
    let nom = plan.technicien_nom.as_deref().unwrap_or_default();
    let obstacles = techniciens::obstacles(tx, technicien, &[], today)?;
    Ok(obstacles.first().map(|obstacle| obstacle.sentence(nom)))
}

/// What is kept with a row is read by the whole plant, in its first language.
fn french(phrase: &Phrase) -> &str {
    phrase.text(Language::French)
}
