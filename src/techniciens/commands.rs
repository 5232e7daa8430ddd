//! What can be done with techniciens, compétences and absences.

use serde::Serialize;

use super::access;
use super::model::{
    Absence, Competence, CompetencePatch, Disponibilite, EmploiDuTemps, Held, Libre, NewAbsence,
    NewCompetence, NewTechnicien, Obstacle, Occupation, OccupationType, Technicien, TechnicienPatch, Window,
};
use super::{rules, store};
use crate::agenda::{self, Conflit};
use crate::attaches::{self, Parent};
use crate::clients;
use crate::events::Event;
use crate::ids::{AbsenceId, CompetenceId, InterventionId, SiteId, TechnicienId, UserId};
use crate::kernel::answer::Entity;
use crate::kernel::auth::Role;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{IfMatch, replace};
use crate::kernel::phrase::Phrase;
use crate::phrase;

/// Somebody of whom it is not said where they work works at the first site in the zone of most: sites added later move
/// nobody.
pub fn create(tx: &Tx<'_>, mut new: NewTechnicien) -> Result<Technicien> {
    check_user(tx, new.user_id)?;
    check_site(tx, new.site_id)?;
    new.site_id = new.site_id.map_or_else(|| clients::plant_site(tx), |site| Ok(Some(site)))?;
    check_competences(tx, &new.competences_ids, &new.competences)?;
    let held = rules::held(&new.competences_ids, &new.competences, &[])?;
    let id = store::insert(tx, &new)?;
    store::set_held(tx, id, &held)?;
    let technicien = store::technicien(tx, id)?;
    tx.record(Event::TechnicienCree(id), Change::created(&technicien)?)?;
    Ok(technicien)
}

pub fn update(
    tx: &Tx<'_>,
    id: TechnicienId,
    patch: TechnicienPatch,
    expected: IfMatch,
) -> Result<Technicien> {
    let before = store::technicien(tx, id)?;
    expected.check(before.version)?;
    let mut technicien = before.clone();
    replace(&mut technicien.matricule, patch.matricule);
    replace(&mut technicien.equipe, patch.equipe);
    replace(&mut technicien.disponibilite, patch.disponibilite);
    replace(&mut technicien.taux_horaire, patch.taux_horaire);
    replace(&mut technicien.horaire, patch.horaire);
    if let Some(site) = patch.site_id {
        check_site(tx, site)?;
        technicien.site_id = site.map_or_else(|| clients::plant_site(tx), |site| Ok(Some(site)))?;
    }
    store::update(tx, &technicien)?;
    if patch.competences_ids.is_some() || patch.competences.is_some() {
        let ids = patch.competences_ids.unwrap_or_default();
        let details = patch.competences.unwrap_or_default();
        check_competences(tx, &ids, &details)?;
        let known: Vec<Held> = before.competences.iter().map(Held::from).collect();
        store::set_held(tx, id, &rules::held(&ids, &details, &known)?)?;
    }
    let after = store::technicien(tx, id)?;
    tx.record(Event::TechnicienModifie(id), Change::between(&before, &after)?)?;
    Ok(after)
}

/// Refused (409) once they were given a job: then the sheet is closed instead. Absences go with them.
pub fn delete(tx: &Tx<'_>, id: TechnicienId, expected: IfMatch) -> Result<()> {
    let before = store::technicien(tx, id)?;
    expected.check(before.version)?;
    let advice = phrase!("Fermez plutôt sa fiche.", "Close their sheet instead.");
    attaches::require_free(tx, Parent::Technicien, id.0, "utilise", advice)?;
    for absence in store::all_absences(tx, id)? {
        remove_absence(tx, &absence)?;
    }
    store::delete(tx, id)?;
    tx.record(Event::TechnicienSupprime(id), Change::deleted(&before)?)
}

/// Closes a sheet of which nothing goes on any more. `fate` is what became of what was theirs, for the journal and for
/// those who are told.
///
/// # Errors
/// 409 by the database while something of it goes on.
pub fn close(tx: &Tx<'_>, id: TechnicienId, with_account: bool, fate: &impl Serialize) -> Result<()> {
    let before = store::technicien(tx, id)?;
    store::set_closed(tx, id, Some(tx.now()), with_account)?;
    let after = Closed { technicien: store::technicien(tx, id)?, depart: fate };
    tx.record(Event::FicheFermee(id), Change::between(&before, &after)?)
}

/// Opens a sheet again: a second one of the same person would have none of their past.
///
/// # Errors
/// 412; 409 `autre_role` while the account has another role, `compte_ferme` while it is closed.
pub fn reopen(tx: &Tx<'_>, id: TechnicienId, expected: IfMatch) -> Result<Technicien> {
    let before = store::technicien(tx, id)?;
    expected.check(before.version)?;
    if before.ferme_le.is_none() {
        return Ok(before);
    }
    let nom = &before.nom;
    if store::role_of_user(tx, before.user_id)? != Some(Role::Technicien) {
        let detail = phrase!(
            "Le compte de {nom} a un autre rôle : redonnez-lui d’abord le rôle technicien.",
            "The account of {nom} has another role: give it the role technicien again first."
        );
        return Err(Error::conflict("autre_role", detail));
    }
    if !before.actif {
        let detail = phrase!(
            "Le compte de {nom} est fermé : rouvrez-le d’abord.",
            "The account of {nom} is closed: open it again first."
        );
        return Err(Error::conflict("compte_ferme", detail));
    }
    store::set_closed(tx, id, None, false)?;
    let after = store::technicien(tx, id)?;
    tx.record(Event::FicheRouverte(id), Change::between(&before, &after)?)?;
    Ok(after)
}

/// Opens again the sheet that was closed along with an account which is open again.
///
/// # Errors
/// As [`reopen`].
pub fn reopen_with_account(tx: &Tx<'_>, user: UserId) -> Result<()> {
    match store::closed_sheet(tx, user)? {
        Some((id, true)) if store::role_of_user(tx, user)? == Some(Role::Technicien) => {
            reopen(tx, id, IfMatch::default()).map(drop)
        }
        _ => Ok(()),
    }
}

/// Why nothing more is planned for somebody, if they have left: no plan names them from then on.
///
/// # Errors
/// `NotFound` when there is no such technicien.
pub fn gone(db: &Reader<'_>, id: TechnicienId) -> Result<Option<Phrase>> {
    let Technicien { nom, actif, ferme_le, .. } = store::technicien(db, id)?;
    Ok(if ferme_le.is_some() {
        Some(phrase!(
            "la fiche de {nom} est fermée : nommez quelqu’un d’autre",
            "the sheet of {nom} is closed: name somebody else"
        ))
    } else if !actif {
        Some(phrase!(
            "le compte de {nom} est désactivé : nommez quelqu’un d’autre",
            "the account of {nom} is deactivated: name somebody else"
        ))
    } else {
        None
    })
}

/// Names somebody who is still there, or 422 on the field that names them.
///
/// # Errors
/// 422 for whoever does not exist or has left.
pub fn require_there(db: &Reader<'_>, id: TechnicienId, champ: &'static str) -> Result<()> {
    match gone(db, id) {
        Err(Error::NotFound) => Err(Error::unknown_reference(champ)),
        Ok(Some(why)) => Err(Error::invalid(champ, "valeur_invalide", why)),
        other => other.map(drop),
    }
}

pub fn create_competence(tx: &Tx<'_>, new: &NewCompetence) -> Result<Competence> {
    let competence = store::competence(tx, store::insert_competence(tx, new)?)?;
    tx.record(Event::CompetenceCreee(competence.id), Change::created(&competence)?)?;
    Ok(competence)
}

pub fn update_competence(
    tx: &Tx<'_>,
    id: CompetenceId,
    patch: CompetencePatch,
    expected: IfMatch,
) -> Result<Competence> {
    let before = store::competence(tx, id)?;
    expected.check(before.version)?;
    let mut competence = before.clone();
    replace(&mut competence.nom, patch.nom);
    replace(&mut competence.description, patch.description);
    store::update_competence(tx, &competence)?;
    let after = store::competence(tx, id)?;
    tx.record(Event::CompetenceModifiee(id), Change::between(&before, &after)?)?;
    Ok(after)
}

/// Refused (409) while someone holds it or a job requires it.
pub fn delete_competence(tx: &Tx<'_>, id: CompetenceId, expected: IfMatch) -> Result<()> {
    let before = store::competence(tx, id)?;
    expected.check(before.version)?;
    let advice = phrase!("Retirez-la-leur d’abord.", "Take it from them first.");
    attaches::require_free(tx, Parent::Competence, id.0, "utilise", advice)?;
    store::delete_competence(tx, id)?;
    tx.record(Event::CompetenceSupprimee(id), Change::deleted(&before)?)
}

/// Jobs that are booked in it must find another time or another person first.
///
/// # Errors
/// 409 `fiche_fermee` of somebody who has left, `chevauchement` naming what they are booked for.
pub fn create_absence(tx: &Tx<'_>, technicien: TechnicienId, new: &NewAbsence) -> Result<Absence> {
    let sheet = store::technicien(tx, technicien)?;
    if sheet.ferme_le.is_some() {
        return Err(Error::conflict("fiche_fermee", Obstacle::Ferme.sentence(&sheet.nom)));
    }
    let zone = agenda::person_zone(tx, technicien)?;
    let away = rules::away(new.debut.start(&zone), new.fin.end(&zone))?;
    let mut conflits = agenda::booked(tx, technicien, away)?;
    conflits.retain(|conflit| conflit.intervention_id.is_some());
    if !conflits.is_empty() {
        let numbers: Vec<_> = conflits.iter().filter_map(|conflit| conflit.numero.as_deref()).collect();
        let numbers = numbers.join(", ");
        let detail = phrase!(
            "Déjà prévu pendant cette absence : {numbers}. Déplacez-le ou confiez-le à quelqu’un d’autre.",
            "Already booked during this absence: {numbers}. Move it or give it to someone else."
        );
        return Err(Error::conflict("chevauchement", detail).with("conflits", conflits));
    }
    let absence =
        store::absence(tx, technicien, store::insert_absence(tx, technicien, away, new.motif.as_deref())?)?;
    tx.record(Event::AbsenceAjoutee(absence.id), Change::created(&absence)?)?;
    Ok(absence)
}

pub fn delete_absence(tx: &Tx<'_>, technicien: TechnicienId, id: AbsenceId, expected: IfMatch) -> Result<()> {
    let absence = store::absence(tx, technicien, id)?;
    expected.check(absence.version())?;
    remove_absence(tx, &absence)
}

/// When someone is booked and when free, as far as the caller may know.
pub fn schedule(db: &Reader<'_>, id: TechnicienId, window: &Window) -> Result<EmploiDuTemps> {
    let technicien = store::technicien(db, id)?;
    let zone = agenda::person_zone(db, id)?;
    let period = rules::period(window, db.now(), &zone)?;
    let booked = agenda::booked(db, id, period)?;
    let is_there = technicien.actif && technicien.ferme_le.is_none();
    let worked = if is_there && technicien.disponibilite == Disponibilite::Disponible {
        agenda::working_windows(db, id, period)?
    } else {
        Vec::new()
    };
    let free = agenda::free(worked, booked.iter().map(|booked| (booked.debut, booked.fin)).collect());
    Ok(EmploiDuTemps {
        technicien_id: id,
        du: period.0,
        au: period.1,
        occupations: occupations(db, id, booked)?,
        libres: free.into_iter().map(|(debut, fin)| Libre { debut, fin }).collect(),
    })
}

/// Which job a colleague does is for those who are on it too.
fn occupations(db: &Reader<'_>, id: TechnicienId, booked: Vec<Conflit>) -> Result<Vec<Occupation>> {
    let interventions: Vec<InterventionId> =
        booked.iter().filter_map(|booked| booked.intervention_id).collect();
    let seen = match db.actor().technicien_id {
        _ if access::knows(db.actor(), id) => interventions,
        Some(own) => store::assigned_among(db, own, &interventions)?,
        None => Vec::new(),
    };
    let occupation = |Conflit { intervention_id, numero, debut, fin, .. }: Conflit| {
        let is_seen = intervention_id.is_some_and(|id| seen.contains(&id));
        Occupation {
            r#type: if intervention_id.is_some() {
                OccupationType::Intervention
            } else {
                OccupationType::Absence
            },
            debut,
            fin,
            intervention_id: intervention_id.filter(|_| is_seen),
            numero: numero.filter(|_| is_seen),
        }
    };
    Ok(booked.into_iter().map(occupation).collect())
}

fn remove_absence(tx: &Tx<'_>, absence: &Absence) -> Result<()> {
    store::delete_absence(tx, absence.id)?;
    tx.record(Event::AbsenceSupprimee(absence.id), Change::deleted(absence)?)
}

fn check_user(tx: &Tx<'_>, id: UserId) -> Result<()> {
    if let Some((closed, _)) = store::closed_sheet(tx, id)? {
        let detail = phrase!(
            "Cette personne a déjà une fiche, fermée : rouvrez-la, son passé y est.",
            "This person has a sheet already, which is closed: open it again, their past is on it."
        );
        return Err(Error::conflict("fiche_fermee", detail).with("technicien_id", closed));
    }
    match store::role_of_user(tx, id)? {
        Some(Role::Technicien) => Ok(()),
        None => Err(Error::unknown_reference("user_id")),
        Some(_) => {
            let detail = phrase!("doit avoir le rôle technicien", "must have the role technicien");
            Err(Error::invalid("user_id", "valeur_invalide", detail))
        }
    }
}

fn check_site(tx: &Tx<'_>, id: Option<SiteId>) -> Result<()> {
    match id.map(|id| clients::site_zone(tx, id)) {
        Some(Err(Error::NotFound)) => Err(Error::unknown_reference("site_id")),
        other => other.transpose().map(drop),
    }
}

fn check_competences(tx: &Tx<'_>, ids: &[CompetenceId], details: &[Held]) -> Result<()> {
    let plain = ids.iter().enumerate().map(|(i, id)| (format!("competences_ids[{i}]"), *id));
    let detailed = details
        .iter()
        .enumerate()
        .map(|(i, held)| (format!("competences[{i}].competence_id"), held.competence_id));
    for (champ, id) in plain.chain(detailed) {
        match store::competence(tx, id) {
            Err(Error::NotFound) => return Err(Error::unknown_reference(champ)),
            other => other.map(drop)?,
        }
    }
    Ok(())
}

/// A sheet as it was closed, for the journal.
#[derive(Serialize)]
struct Closed<'f, F: Serialize> {
    #[serde(flatten)]
    technicien: Technicien,
    depart: &'f F,
}
