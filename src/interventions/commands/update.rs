//! Changing what an intervention says, and withdrawing one that never began.

use super::bookings::{check_lead, requirements, tell};
use super::{
    check_competences, codes, record_machine, referenced, report_stopped, require_bare, require_live,
    require_ordered, reread, version_to_give,
};
use crate::clients::site_zone;
use crate::events::Event;
use crate::ids::{EquipementId, GammeId, TechnicienId};
use crate::interventions::access::Workable;
use crate::interventions::model::{
    EquipementRendu, Intervention, InterventionDetail, InterventionPatch, StatutIntervention,
};
use crate::interventions::rules::{self, Caller, Effect};
use crate::interventions::store;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{IfMatch, replace};
use crate::phrase;

/// Changes the fields given. A technicien changes the report of their own live interventions, no more.
///
/// # Errors
/// 403, 409 `lecture_seule` once finished, 409 `affectations_existantes` for the lead of booked work, 422.
pub fn update(
    tx: &Tx<'_>,
    workable: Workable,
    patch: InterventionPatch,
    expected: IfMatch,
) -> Result<InterventionDetail> {
    let (before, caller) = workable.into_parts();
    if caller != Caller::Plant && !patch.is_report_only() {
        return Err(Error::Forbidden(phrase!(
            "Un technicien renseigne le symptôme, la cause, le remède et le compte rendu, rien d’autre.",
            "A technician fills in symptom, cause, remedy and report, nothing else."
        )));
    }
    expected.check(before.version)?;
    require_live(&before)?;
    let mut after = before.clone();
    if let Some(equipement) = patch.equipement_id {
        move_to(tx, &mut after, equipement)?;
    }
    replace(&mut after.survenue_le, patch.survenue_le);
    if let Some(stops) = patch.arret_equipement {
        stop_or_not(tx, &mut after, stops)?;
    }
    if let Some(limit) = patch.date_limite {
        let zone = site_zone(tx, after.site_id)?;
        after.date_limite = limit.map(|limit| limit.last(&zone));
    }
    if let Some(gamme) = patch.gamme_id {
        attach(tx, &mut after, gamme)?;
    }
    let lead = patch.technicien_id;
    let required = patch.competences_requises.clone();
    let stop_is_said = patch.date_arret.is_some();
    write(&mut after, patch);
    if !stop_is_said {
        follow_failure(&before, &mut after);
    }
    require_ordered(&after)?;
    codes::check(tx, Some(&before), &after)?;
    if let Some(required) = &required {
        check_competences(tx, required)?;
        store::set_competences(tx, after.id, required)?;
    }
    let lead_changes = match lead {
        Some(lead) => set_lead(tx, &mut after, lead)?,
        None => false,
    };
    store::update(tx, &before, &after)?;
    let reread = reread(tx, after.id)?;
    if lead_changes {
        let zone = site_zone(tx, after.site_id)?;
        tell(tx, after.id, after.technicien_id, &[], &zone)?;
        let lead = |id: Option<TechnicienId>| serde_json::json!({ "technicien_id": id });
        let change = Change::between(&lead(before.technicien_id), &lead(after.technicien_id))?;
        tx.record(Event::AffectationsChangees(after.id), change)?;
    }
    tx.record(Event::InterventionModifiee(after.id), Change::between(&before, &reread.intervention)?)?;
    Ok(reread)
}

/// Withdraws an intervention that never began: hidden from everyone, its number kept.
///
/// # Errors
/// 409 once it has begun, in its statut or by what people entered, or was cancelled, when somebody asked for it and
/// waits for an answer, or when something hangs on it.
pub fn delete(tx: &Tx<'_>, workable: Workable, expected: IfMatch) -> Result<()> {
    let before = workable.into_intervention();
    expected.check(before.version)?;
    if before.statut != StatutIntervention::Planifie {
        return Err(Error::conflict(
            "deja_commencee",
            phrase!(
                "Seule une intervention planifiée se supprime ; annulez celle-ci.",
                "Only planned work can be deleted; cancel this one."
            ),
        ));
    }
    if store::has_demandes(tx, before.id)? {
        return Err(Error::conflict(
            "issue_d_une_demande",
            phrase!(
                "Quelqu’un l’a demandée et la suit : annulez-la en disant pourquoi.",
                "Somebody asked for it and follows it: cancel it and say why."
            ),
        ));
    }
    // Cancelled and taken back, it had begun all the same.
    if before.date_debut_reelle.is_some() {
        return Err(Error::conflict(
            "deja_commencee",
            phrase!(
                "Cette intervention a commencé : annulez-la au lieu de la supprimer.",
                "This intervention has begun: cancel it instead of deleting it.",
                "بدأ هذا التدخل: ألغِه بدل حذفه."
            ),
        ));
    }
    require_bare(tx, before.id)?;
    store::release_slots(tx, before.id)?;
    store::hide(tx, before.id)?;
    tx.record(Event::InterventionSupprimee(before.id), Change::deleted(&before)?)
}

impl InterventionPatch {
    /// Whether it touches nothing but what whoever does the work reports.
    fn is_report_only(&self) -> bool {
        let Self {
            titre,
            description,
            type_intervention,
            priorite,
            equipement_id,
            technicien_id,
            date_limite,
            date_debut_prevue,
            date_fin_prevue,
            duree_estimee_min,
            arret_equipement,
            date_arret,
            date_remise_en_service,
            survenue_le,
            declaree_le,
            symptome: _,
            cause: _,
            remede: _,
            compte_rendu: _,
            symptome_code_id: _,
            cause_code_id: _,
            remede_code_id: _,
            competences_requises,
            gamme_id,
        } = self;
        titre.is_none()
            && description.is_none()
            && type_intervention.is_none()
            && priorite.is_none()
            && equipement_id.is_none()
            && technicien_id.is_none()
            && date_limite.is_none()
            && date_debut_prevue.is_none()
            && date_fin_prevue.is_none()
            && duree_estimee_min.is_none()
            && arret_equipement.is_none()
            && date_arret.is_none()
            && date_remise_en_service.is_none()
            && survenue_le.is_none()
            && declaree_le.is_none()
            && competences_requises.is_none()
            && gamme_id.is_none()
    }
}

fn write(after: &mut Intervention, patch: InterventionPatch) {
    replace(&mut after.titre, patch.titre);
    replace(&mut after.description, patch.description);
    replace(&mut after.type_intervention, patch.type_intervention);
    replace(&mut after.priorite, patch.priorite);
    replace(&mut after.date_debut_prevue, patch.date_debut_prevue);
    replace(&mut after.date_fin_prevue, patch.date_fin_prevue);
    replace(&mut after.duree_estimee_min, patch.duree_estimee_min);
    replace(&mut after.date_arret, patch.date_arret);
    replace(&mut after.date_remise_en_service, patch.date_remise_en_service);
    replace(&mut after.survenue_le, patch.survenue_le);
    replace(&mut after.declaree_le, patch.declaree_le);
    replace(&mut after.symptome, patch.symptome);
    replace(&mut after.cause, patch.cause);
    replace(&mut after.remede, patch.remede);
    replace(&mut after.compte_rendu, patch.compte_rendu);
    replace(&mut after.symptome_code_id, patch.symptome_code_id);
    replace(&mut after.cause_code_id, patch.cause_code_id);
    replace(&mut after.remede_code_id, patch.remede_code_id);
}

/// Another équipement: only as long as nobody has begun to work on the first.
fn move_to(tx: &Tx<'_>, after: &mut Intervention, equipement: EquipementId) -> Result<()> {
    if equipement == after.equipement_id {
        return Ok(());
    }
    if after.statut != StatutIntervention::Planifie {
        return Err(Error::conflict(
            "deja_commencee",
            phrase!(
                "Le travail a commencé : l’équipement ne change plus.",
                "Work has begun: the equipment no longer changes."
            ),
        ));
    }
    let site = referenced(store::equipement_site(tx, equipement), "equipement_id")?;
    if site != after.site_id && store::has_demandes(tx, after.id)? {
        return Err(Error::conflict(
            "issue_d_une_demande",
            phrase!(
                "Quelqu’un l’a demandée sur ce site et la suit : annulez-la et créez-en une là-bas.",
                "Somebody asked for it on this site and follows it: cancel it and create one over there."
            ),
        ));
    }
    after.site_id = site;
    after.equipement_id = equipement;
    Ok(())
}

/// Another checklist, the same in the version published now, or none: only as long as nothing is answered.
fn attach(tx: &Tx<'_>, after: &mut Intervention, gamme: Option<GammeId>) -> Result<()> {
    let version = gamme.map(|gamme| version_to_give(tx, gamme)).transpose()?;
    if (gamme, version) == (after.gamme_id, after.gamme_version) {
        return Ok(());
    }
    if store::has_answers(tx, after.id)? {
        return Err(Error::conflict(
            "checklist_commencee",
            phrase!(
                "Des opérations ont déjà une réponse : la gamme ne change plus.",
                "Operations have been answered: the checklist no longer changes."
            ),
        ));
    }
    (after.gamme_id, after.gamme_version) = (gamme, version);
    Ok(())
}

/// The work turns out to stop the machine, or not to: once begun, the machine follows.
fn stop_or_not(tx: &Tx<'_>, after: &mut Intervention, stops: bool) -> Result<()> {
    let changes = after.arret_equipement != stops;
    after.arret_equipement = stops;
    if after.statut == StatutIntervention::Planifie {
        return if changes && rules::reports_stop(after) {
            report_stopped(tx, after.equipement_id)
        } else {
            Ok(())
        };
    }
    if !changes {
        return Ok(());
    }
    let machine = match stops {
        true => {
            // It ran until now, unless it is said when it failed.
            let since = after.survenue_le.map_or(tx.now(), |failed| failed.min(tx.now()));
            after.date_arret.get_or_insert(since);
            rules::date(after, Effect::StopMachine, tx.now());
            store::set_machine(tx, after.equipement_id, EquipementRendu::Maintenance)?
        }
        false => store::return_machine(tx, after)?,
    };
    record_machine(tx, after.equipement_id, machine)
}

/// A stop that began when the machine failed begins earlier or later when it is told that it failed at another time.
fn follow_failure(before: &Intervention, after: &mut Intervention) {
    let Some(began) = before.date_debut_reelle else { return };
    let was_derived = before.date_arret == Some(rules::stopped_since(before, began));
    if before.survenue_le != after.survenue_le && was_derived {
        after.date_arret = Some(rules::stopped_since(after, began));
    }
}

/// Another lead, or none. Returns whether that changes anything.
fn set_lead(tx: &Tx<'_>, after: &mut Intervention, lead: Option<TechnicienId>) -> Result<bool> {
    if lead == after.technicien_id {
        return Ok(false);
    }
    if store::has_live_slots(tx, after.id)? {
        return Err(Error::conflict(
            "affectations_existantes",
            phrase!(
                "Des créneaux sont réservés : changez les affectations (PUT …/affectations).",
                "Slots are booked: change the assignments (PUT …/affectations)."
            ),
        ));
    }
    if lead.is_none() && after.statut != StatutIntervention::Planifie {
        return Err(Error::conflict(
            "sans_technicien",
            phrase!("Un travail commencé garde un technicien.", "Work that has begun keeps a technician."),
        ));
    }
    check_lead(tx, lead, &requirements(tx, after.id)?, &site_zone(tx, after.site_id)?)?;
    if let Some(former) = after.technicien_id {
        store::forget_slots(tx, after.id, former)?;
    }
    after.technicien_id = lead;
    if lead.is_some() {
        after.prise_en_charge_le.get_or_insert(tx.now());
    }
    Ok(true)
}
