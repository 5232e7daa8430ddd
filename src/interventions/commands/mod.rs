//! What can be done with interventions.

mod affectations;
mod bookings;
mod codes;
mod commentaires;
mod create;
mod moved;
mod remise;
mod reprise;
mod revalorisation;
mod statut;
mod update;

pub use affectations::{assign, suggestions};
pub use bookings::PROPOSED;
pub use commentaires::{MOST_REMARKS, comment};
pub use create::{Origin, Preventive, create, create_preventive};
pub use moved::keep_wall_clock;
pub use remise::{CreneauRemis, Remis, SortRemise, hand_over, open_of};
pub use reprise::{Reprise, take_over, withdraw};
pub use revalorisation::tell_revalued;
pub use statut::{AHEAD, LATEST, change_statut, validate};
pub use update::{delete, update};

use super::access::Readable;
use super::model::{CompetenceDemandee, Intervention, InterventionDetail};
use super::{rules, store};
use crate::attaches::{self, Attache, Parent};
use crate::events::Event;
use crate::ids::{EquipementId, GammeId, InterventionId};
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::phrase::Language;
use crate::phrase;

/// What a body refers to, or 422 naming the field.
fn referenced<T>(found: Result<T>, champ: impl Into<String>) -> Result<T> {
    found.map_err(|error| match error {
        Error::NotFound => Error::unknown_reference(champ),
        other => other,
    })
}

/// Required compétences exist and are named once, or 422 on `competences_requises`.
pub fn check_competences(db: &Reader<'_>, wanted: &[CompetenceDemandee]) -> Result<()> {
    let ids: Vec<_> = wanted.iter().map(|competence| competence.competence_id).collect();
    if let Some(i) = store::unknown_competence(db, &ids)? {
        return Err(Error::unknown_reference(format!("competences_requises[{i}].competence_id")));
    }
    if let Some(i) = (1..ids.len()).find(|i| ids[..*i].contains(&ids[*i])) {
        let champ = format!("competences_requises[{i}].competence_id");
        return Err(Error::invalid(champ, "doublon", phrase!("figure deux fois", "appears twice")));
    }
    Ok(())
}

/// The version of a gamme that is given to work now.
///
/// # Errors
/// 422 when there is no such gamme, 409 when it is archived or was never published.
pub fn version_to_give(db: &Reader<'_>, gamme: GammeId) -> Result<i64> {
    let (statut, version) = referenced(store::gamme_in_force(db, gamme), "gamme_id")?;
    match version {
        Some(version) if statut == "active" => Ok(version),
        Some(_) => Err(Error::conflict(
            "gamme_archivee",
            phrase!("Cette gamme est archivée.", "This checklist is archived."),
        )),
        None => Err(Error::conflict(
            "gamme_non_publiee",
            phrase!("Publiez d’abord cette gamme.", "Publish this checklist first."),
        )),
    }
}

/// Finished interventions are read-only.
fn require_live(intervention: &Intervention) -> Result<()> {
    if intervention.statut.is_live() {
        return Ok(());
    }
    Err(Error::conflict(
        "lecture_seule",
        phrase!(
            "Cette intervention est close : elle ne se modifie plus.",
            "This intervention is closed: it no longer changes."
        ),
    ))
}

/// What hides an intervention must not hide what people put on it, which its version does not tell of.
///
/// # Errors
/// 409 `deja_commencee` once time or answers were entered, 409 `attaches` for anything else, naming it.
fn require_bare(db: &Reader<'_>, id: InterventionId) -> Result<()> {
    let attaches = attaches::hanging(db, Parent::Intervention, id.0)?;
    if attaches.is_empty() {
        return Ok(());
    }
    let [fr, en, ar] = Language::ALL.map(|language| attaches::named(&attaches, language));
    let has_begun = attaches.iter().any(|kind| matches!(kind.r#type, Attache::Temps | Attache::Reponses));
    Err(Error::conflict(
        if has_begun { "deja_commencee" } else { "attaches" },
        phrase!(
            "Cette intervention contient déjà : {fr}. Annulez-la au lieu de la supprimer.",
            "This intervention already holds: {en}. Cancel it instead of deleting it.",
            "في هذا التدخل: {ar}. ألغِه بدل حذفه."
        ),
    )
    .with("attaches", attaches))
}

fn require_ordered(intervention: &Intervention) -> Result<()> {
    match rules::misordered(intervention) {
        Some((champ, before)) => Err(Error::invalid(
            champ,
            "valeur_invalide",
            phrase!("doit suivre « {before} »", "must come after \"{before}\""),
        )),
        None => Ok(()),
    }
}

/// What the caller gets back after a change.
fn reread(tx: &Tx<'_>, id: InterventionId) -> Result<InterventionDetail> {
    store::detail(tx, Readable::of(tx, id)?)
}

/// Shows that a machine in service is down, as somebody reports it.
pub fn report_stopped(tx: &Tx<'_>, equipement: EquipementId) -> Result<()> {
    record_machine(tx, equipement, store::report_stopped(tx, equipement)?)
}

/// A machine whose statut an intervention changed is a change of its own.
fn record_machine(tx: &Tx<'_>, equipement: EquipementId, change: Option<store::MachineChange>) -> Result<()> {
    let Some((before, after)) = change else { return Ok(()) };
    let statut = |word: &str| serde_json::json!({ "statut": word });
    tx.record(Event::EquipementModifie(equipement), Change::between(&statut(&before), &statut(after.word()))?)
}
