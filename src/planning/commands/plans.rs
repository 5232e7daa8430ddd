//! Writing, changing, suspending and ending plans.

use super::course::Course;
use super::generate::{obstacle, told};
use crate::attaches::{self, Parent};
use crate::events::Event;
use crate::ids::{GammeId, PlanningId};
use crate::interventions::{Priorite, check_competences, version_to_give};
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{IfMatch, replace};
use crate::kernel::phrase::Language;
use crate::phrase;
use crate::planning::model::{
    Centiemes, ModePlanning, NewPlanning, Planning, PlanningDetail, PlanningPatch, Rattrapage,
    StatutEcheance, StatutPlanning,
};
use crate::planning::store;
use crate::techniciens;

/// # Errors
/// 422 for what the body refers to, or when its fields contradict one another.
pub fn create(tx: &Tx<'_>, new: NewPlanning, language: Language) -> Result<PlanningDetail> {
    let competences = new.competences_requises.clone();
    let plan = draft(tx, new)?;
    check_competences(tx, &competences)?;
    let id = store::insert(tx, &plan)?;
    store::set_competences(tx, id, &competences)?;
    Course::refresh(tx, id)?;
    let created = detail(tx, id, language)?;
    tx.record(Event::PlanningCree(id), Change::created(&created)?)?;
    Ok(created)
}

/// A plan as its body asks for it, not yet kept.
pub(super) fn draft(db: &Reader<'_>, new: NewPlanning) -> Result<Planning> {
    let ground = store::equipement_ground(db, new.equipement_id).map_err(|error| match error {
        Error::NotFound => Error::unknown_reference("equipement_id"),
        other => other,
    })?;
    let (mode, facteur) = sliding(new.mode, new.facteur_decalage, None)?;
    let now = db.now();
    let plan = Planning {
        id: PlanningId(0),
        titre: new.titre,
        description: new.description,
        equipement_id: new.equipement_id,
        equipement_code: String::new(),
        equipement_nom: String::new(),
        site_id: ground.site_id,
        frequence: new.frequence,
        intervalle: new.intervalle.unwrap_or(1),
        date_debut: new.date_debut,
        date_fin: new.date_fin,
        prochain_k: 0,
        prochaine_date: None,
        derniere_date: None,
        mode,
        facteur_decalage: facteur,
        decalage_jours: 0,
        decalage_k: None,
        tolerance_jours: new.tolerance_jours.unwrap_or(0),
        anticipation_jours: new.anticipation_jours.unwrap_or(0),
        duree_estimee_min: new.duree_estimee_min,
        heure_debut: new.heure_debut,
        technicien_id: new.technicien_id,
        technicien_nom: None,
        technicien_parti: false,
        gamme_id: new.gamme_id,
        priorite: new.priorite.unwrap_or(Priorite::Normale),
        rattrapage: new.rattrapage.unwrap_or(Rattrapage::Derniere),
        cumul: new.cumul.unwrap_or(false),
        report: new.report,
        statut: StatutPlanning::Actif,
        version: 1,
        created_at: now,
        updated_at: now,
        site_nom: String::new(),
        fuseau: ground.fuseau,
        pays: ground.pays,
        equipement_statut: ground.statut,
        a_generer_le: None,
    };
    check(db, None, &plan)?;
    check_gamme(db, None, plan.gamme_id)?;
    Ok(plan)
}

/// Changes the fields given.
///
/// # Errors
/// 409 `termine` once ended but for its texts, 409 `deja_utilise` for what its dates count from, 412, 422.
pub fn update(
    tx: &Tx<'_>,
    id: PlanningId,
    patch: PlanningPatch,
    expected: IfMatch,
    language: Language,
) -> Result<PlanningDetail> {
    let before = detail(tx, id, language)?;
    expected.check(before.planning.version)?;
    let mut plan = before.planning.clone();
    if plan.statut == StatutPlanning::Termine && !patch.is_text_only() {
        return Err(Error::conflict(
            "planning_termine",
            phrase!(
                "Ce plan est terminé, il ne reprend pas : créez-en un autre.",
                "This plan has ended and does not resume: create another."
            ),
        ));
    }
    let competences = patch.competences_requises.clone();
    write(&mut plan, patch)?;
    refuse_moved_anchor(tx, &before.planning, &plan)?;
    check(tx, Some(&before.planning), &plan)?;
    check_gamme(tx, before.planning.gamme_id, plan.gamme_id)?;
    if let Some(competences) = &competences {
        check_competences(tx, competences)?;
        store::set_competences(tx, id, competences)?;
    }
    store::update(tx, &plan)?;
    if plan.statut == StatutPlanning::Termine
        && let Some(waiting) = store::pending(tx, id)?.waiting
    {
        let why = "Le plan est terminé.";
        store::set_statut(tx, id, waiting.k, StatutEcheance::Annulee, Some(why), None)?;
        tx.record(Event::EcheanceAnnulee(id), Change::created(&told(&waiting, why))?)?;
    }
    Course::refresh(tx, id)?;
    let after = detail(tx, id, language)?;
    tx.record(Event::PlanningModifie(id), Change::between(&before, &after)?)?;
    Ok(after)
}

/// Removes a plan that nothing came of.
///
/// # Errors
/// 409 `deja_utilise` once it has an échéance, `utilise` while it has documents, with their names.
pub fn delete(tx: &Tx<'_>, id: PlanningId, expected: IfMatch) -> Result<()> {
    let before = store::planning(tx, id)?;
    expected.check(before.version)?;
    let code = if store::is_used(tx, id)? { "deja_utilise" } else { "utilise" };
    let advice = phrase!("Suspendez ce plan ou terminez-le.", "Suspend this plan or end it.");
    attaches::require_free(tx, Parent::Planning, id.0, code, advice)?;
    let carried = attaches::carried(tx, Parent::Planning, id.0)?;
    attaches::forget_hidden(tx, Parent::Planning, id.0)?;
    store::delete(tx, id)?;
    tx.record(Event::PlanningSupprime(id), Change::deleted(&attaches::with_carried(&before, &carried)?)?)
}

/// A plan with why its next date is what it is.
pub fn detail(db: &Reader<'_>, id: PlanningId, language: Language) -> Result<PlanningDetail> {
    let course = Course::load(db, id)?;
    let next = course.plan.prochaine_date.and_then(|_| course.cadence.at(course.plan.prochain_k));
    Ok(PlanningDetail {
        competences_requises: store::competences(db, id)?,
        explication: next.map(|next| next.text(language)),
        empechement: obstacle(&course.plan).map(|why| why.text(language).to_owned()),
        planning: course.plan,
    })
}

impl PlanningPatch {
    /// Whether it touches nothing that an ended plan still does.
    fn is_text_only(&self) -> bool {
        let Self {
            titre: _,
            description: _,
            equipement_id,
            frequence,
            intervalle,
            date_debut,
            date_fin,
            mode,
            facteur_decalage,
            tolerance_jours,
            anticipation_jours,
            duree_estimee_min,
            heure_debut,
            technicien_id,
            competences_requises,
            gamme_id,
            priorite,
            rattrapage,
            cumul,
            report,
            statut,
        } = self;
        equipement_id.is_none()
            && frequence.is_none()
            && intervalle.is_none()
            && date_debut.is_none()
            && date_fin.is_none()
            && mode.is_none()
            && facteur_decalage.is_none()
            && tolerance_jours.is_none()
            && anticipation_jours.is_none()
            && duree_estimee_min.is_none()
            && heure_debut.is_none()
            && technicien_id.is_none()
            && competences_requises.is_none()
            && gamme_id.is_none()
            && priorite.is_none()
            && rattrapage.is_none()
            && cumul.is_none()
            && report.is_none()
            && statut.is_none_or(|statut| statut == StatutPlanning::Termine)
    }
}

fn write(plan: &mut Planning, patch: PlanningPatch) -> Result<()> {
    replace(&mut plan.titre, patch.titre);
    replace(&mut plan.description, patch.description);
    replace(&mut plan.equipement_id, patch.equipement_id);
    replace(&mut plan.frequence, patch.frequence);
    replace(&mut plan.intervalle, patch.intervalle);
    replace(&mut plan.date_debut, patch.date_debut);
    replace(&mut plan.date_fin, patch.date_fin);
    if patch.mode.is_some() || patch.facteur_decalage.is_some() {
        let kept = plan.facteur_decalage;
        (plan.mode, plan.facteur_decalage) = sliding(patch.mode, patch.facteur_decalage, Some(kept))?;
    }
    replace(&mut plan.tolerance_jours, patch.tolerance_jours);
    replace(&mut plan.anticipation_jours, patch.anticipation_jours);
    replace(&mut plan.duree_estimee_min, patch.duree_estimee_min);
    replace(&mut plan.heure_debut, patch.heure_debut);
    replace(&mut plan.technicien_id, patch.technicien_id);
    replace(&mut plan.gamme_id, patch.gamme_id);
    replace(&mut plan.priorite, patch.priorite);
    replace(&mut plan.rattrapage, patch.rattrapage);
    replace(&mut plan.cumul, patch.cumul);
    replace(&mut plan.report, patch.report);
    replace(&mut plan.statut, patch.statut);
    Ok(())
}

/// Mode and factor say the same: given one, the other follows.
fn sliding(
    mode: Option<ModePlanning>,
    facteur: Option<Centiemes>,
    kept: Option<Centiemes>,
) -> Result<(ModePlanning, Centiemes)> {
    use ModePlanning::{Calendaire, Glissant};
    match (mode, facteur) {
        (Some(Calendaire), Some(facteur)) if facteur != Centiemes(0) => Err(Error::invalid(
            "facteur_decalage",
            "valeur_invalide",
            phrase!("vaut 0 en mode calendaire", "is 0 in mode calendaire"),
        )),
        (Some(Calendaire), _) | (None, None | Some(Centiemes(0))) => Ok((Calendaire, Centiemes(0))),
        (Some(Glissant), None) => {
            let kept = kept.filter(|kept| *kept > Centiemes(0));
            Ok((Glissant, kept.unwrap_or(Centiemes(100))))
        }
        (Some(Glissant) | None, Some(facteur)) => Ok((Glissant, facteur)),
    }
}

/// What a body refers to exists, whoever it names has not left, and the end does not come before the beginning.
fn check(db: &Reader<'_>, before: Option<&Planning>, plan: &Planning) -> Result<()> {
    let is_named_anew = |before: &Planning| {
        let resumes = plan.statut == StatutPlanning::Actif && before.statut != StatutPlanning::Actif;
        resumes || before.technicien_id != plan.technicien_id
    };
    // A plan that names them from before may still be put right, or put to rest, in everything else.
    if let Some(technicien) = plan.technicien_id
        && before.is_none_or(is_named_anew)
    {
        techniciens::require_there(db, technicien, "technicien_id")?;
    }
    if plan.date_fin.is_some_and(|fin| fin < plan.date_debut) {
        let message = phrase!("doit suivre la première échéance", "must not come before the first due date");
        return Err(Error::invalid("date_fin", "valeur_invalide", message));
    }
    Ok(())
}

/// A plan takes up a checklist that can be given to work; one that it has stays, archived or not.
fn check_gamme(db: &Reader<'_>, before: Option<GammeId>, after: Option<GammeId>) -> Result<()> {
    match after {
        Some(gamme) if before != after => version_to_give(db, gamme).map(drop),
        _ => Ok(()),
    }
}

/// Dates count from the anchor: once one was given, it holds.
fn refuse_moved_anchor(tx: &Tx<'_>, before: &Planning, after: &Planning) -> Result<()> {
    if after.equipement_id != before.equipement_id {
        let known = store::equipement_ground(tx, after.equipement_id);
        known.map_err(|error| match error {
            Error::NotFound => Error::unknown_reference("equipement_id"),
            other => other,
        })?;
    }
    let moved = [
        ("date_debut", before.date_debut != after.date_debut),
        ("frequence", before.frequence != after.frequence),
        ("intervalle", before.intervalle != after.intervalle),
        ("equipement_id", before.equipement_id != after.equipement_id),
    ];
    let Some((champ, _)) = moved.into_iter().find(|(_, moved)| *moved) else { return Ok(()) };
    if !store::is_used(tx, before.id)? {
        return Ok(());
    }
    Err(Error::conflict(
        "deja_utilise",
        phrase!(
            "Ce plan a déjà des échéances : « {champ} » ne change plus. Terminez-le et créez-en un autre.",
            "This plan already has échéances: \"{champ}\" no longer changes. End it and create another."
        ),
    )
    .with("champ", champ))
}
