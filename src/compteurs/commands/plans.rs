//! Plans that fall due by a meter, and when that will be.

use jiff::tz::TimeZone;

use super::compteurs::pace;
use super::seuils;
use crate::attaches::{self, Parent};
use crate::clients::site_zone;
use crate::compteurs::access::Readable;
use crate::compteurs::model::{
    Compteur, NewPlanCompteur, PlanCompteur, PlanCompteurPatch, PlanFilters, StatutPlanCompteur, TypeCompteur,
};
use crate::compteurs::rules::{self, Point};
use crate::compteurs::store::{self, PlanRow};
use crate::events::Event;
use crate::ids::PlanCompteurId;
use crate::interventions::{Priorite, version_to_give};
use crate::kernel::clock::Day;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{IfMatch, replace};
use crate::kernel::page::{Listing, Page};
use crate::kernel::phrase::{Language, Phrase};
use crate::kernel::quantity::Quantity;
use crate::phrase;
use crate::techniciens;

const USUAL_DELAY_DAYS: i64 = 7;

pub fn plans(
    db: &Reader<'_>,
    readable: &Readable,
    filters: &PlanFilters,
    page: &Page,
    language: Language,
) -> Result<Listing<PlanCompteur>> {
    let compteur = readable.compteur();
    let stand = Stand::of(db, compteur)?;
    store::plans(db, compteur.id, filters, page)?
        .map(|rows| Ok(rows.into_iter().map(|row| stand.shown(row, language)).collect()))
}

pub fn plan(
    db: &Reader<'_>,
    readable: &Readable,
    id: PlanCompteurId,
    language: Language,
) -> Result<PlanCompteur> {
    let compteur = readable.compteur();
    let row = store::plan(db, compteur.id, id)?;
    Ok(Stand::of(db, compteur)?.shown(row, language))
}

/// Writes a plan; thresholds that lie behind the meter already are acted upon at once.
///
/// # Errors
/// 409 `jauge`: a gauge passes nothing for good; 422 for what the body refers to.
pub fn create_plan(
    tx: &Tx<'_>,
    readable: &Readable,
    new: NewPlanCompteur,
    language: Language,
) -> Result<PlanCompteur> {
    let compteur = readable.compteur();
    if compteur.r#type == TypeCompteur::Jauge {
        return Err(Error::conflict(
            "jauge",
            phrase!(
                "Une jauge monte et descend : un plan se fait sur un compteur.",
                "A gauge goes up and down: a plan goes by a counter."
            ),
        ));
    }
    let row = PlanRow {
        id: PlanCompteurId(0),
        compteur_id: compteur.id,
        equipement_id: compteur.equipement_id,
        titre: new.titre,
        description: new.description,
        pas: new.pas,
        depart: new.depart.or(compteur.cumul).unwrap_or_default(),
        anticipation: new.anticipation.unwrap_or_default(),
        delai_jours: new.delai_jours.unwrap_or(USUAL_DELAY_DAYS),
        duree_estimee_min: new.duree_estimee_min,
        technicien_id: new.technicien_id,
        technicien_nom: None,
        technicien_parti: false,
        gamme_id: new.gamme_id,
        priorite: new.priorite.unwrap_or(Priorite::Normale),
        statut: StatutPlanCompteur::Actif,
        prochain_k: 1,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    check(tx, None, &row)?;
    let id = store::insert_plan(tx, &row)?;
    let created = plan(tx, readable, id, language)?;
    tx.record(Event::PlanCompteurCree(id), Change::created(&created)?)?;
    seuils::act(tx, compteur, Some(id))?;
    plan(tx, readable, id, language)
}

/// # Errors
/// 409 `deja_utilise` for what the thresholds count from, 409 `planning_termine` once ended, 412, 422.
pub fn update_plan(
    tx: &Tx<'_>,
    readable: &Readable,
    id: PlanCompteurId,
    patch: PlanCompteurPatch,
    expected: IfMatch,
    language: Language,
) -> Result<PlanCompteur> {
    let compteur = readable.compteur();
    let (before, row) = (plan(tx, readable, id, language)?, store::plan(tx, compteur.id, id)?);
    expected.check(before.version)?;
    if row.statut == StatutPlanCompteur::Termine {
        return Err(Error::conflict(
            "planning_termine",
            phrase!(
                "Ce plan est terminé, il ne reprend pas : créez-en un autre.",
                "This plan has ended and does not resume: create another."
            ),
        ));
    }
    let mut after = row.clone();
    replace(&mut after.titre, patch.titre);
    replace(&mut after.description, patch.description);
    replace(&mut after.pas, patch.pas);
    replace(&mut after.depart, patch.depart);
    replace(&mut after.anticipation, patch.anticipation);
    replace(&mut after.delai_jours, patch.delai_jours);
    replace(&mut after.duree_estimee_min, patch.duree_estimee_min);
    replace(&mut after.technicien_id, patch.technicien_id);
    replace(&mut after.gamme_id, patch.gamme_id);
    replace(&mut after.priorite, patch.priorite);
    replace(&mut after.statut, patch.statut);
    let is_moved = (after.pas, after.depart) != (row.pas, row.depart);
    if is_moved && store::has_seuils(tx, id)? {
        return Err(Error::conflict(
            "deja_utilise",
            phrase!(
                "Des échéances de ce plan sont passées : « pas » et « depart » ne changent plus. Terminez-le et \
                 créez-en un autre.",
                "Thresholds of this plan were passed: \"pas\" and \"depart\" no longer change. End it and create \
                 another."
            ),
        ));
    }
    check(tx, Some(&row), &after)?;
    store::update_plan(tx, &after)?;
    let changed = plan(tx, readable, id, language)?;
    tx.record(Event::PlanCompteurModifie(id), Change::between(&before, &changed)?)?;
    seuils::act(tx, compteur, Some(id))?;
    plan(tx, readable, id, language)
}

/// Removes a plan that nothing came of.
///
/// # Errors
/// 409 `deja_utilise` once a threshold was passed; 412.
pub fn delete_plan(tx: &Tx<'_>, readable: &Readable, id: PlanCompteurId, expected: IfMatch) -> Result<()> {
    let before = plan(tx, readable, id, Language::French)?;
    expected.check(before.version)?;
    let advice = phrase!(
        "Ils restent dans les livres : suspendez le plan ou terminez-le.",
        "They stay in the books: suspend the plan or end it."
    );
    attaches::require_free(tx, Parent::PlanCompteur, id.0, "deja_utilise", advice)?;
    store::delete_plan(tx, id)?;
    tx.record(Event::PlanCompteurSupprime(id), Change::deleted(&before)?)
}

fn check(db: &Reader<'_>, before: Option<&PlanRow>, after: &PlanRow) -> Result<()> {
    if after.anticipation >= after.pas {
        let message = phrase!("doit être inférieure à « pas »", "must be less than \"pas\"");
        return Err(Error::invalid("anticipation", "valeur_invalide", message));
    }
    let is_named_anew = |before: &PlanRow| {
        let resumes = after.statut == StatutPlanCompteur::Actif && before.statut != StatutPlanCompteur::Actif;
        resumes || before.technicien_id != after.technicien_id
    };
    // A plan that names somebody who has left may still be put right, or put to rest, in everything else.
    if let Some(technicien) = after.technicien_id
        && before.is_none_or(is_named_anew)
    {
        techniciens::require_there(db, technicien, "technicien_id")?;
    }
    match after.gamme_id {
        Some(gamme) if before.and_then(|before| before.gamme_id) != Some(gamme) => {
            version_to_give(db, gamme).map(drop)
        }
        _ => Ok(()),
    }
}

/// Where a meter stands, which is the same for all of its plans: read once for a page of them.
struct Stand<'c> {
    compteur: &'c Compteur,
    last: Option<Point>,
    pace: Option<f64>,
    zone: TimeZone,
}

impl<'c> Stand<'c> {
    fn of(db: &Reader<'_>, compteur: &'c Compteur) -> Result<Self> {
        Ok(Self {
            compteur,
            last: store::last(db, compteur.id)?.map(|(_, last)| last),
            pace: pace(db, compteur)?,
            zone: site_zone(db, compteur.site_id)?,
        })
    }

    fn shown(&self, row: PlanRow, language: Language) -> PlanCompteur {
        let (k, last, pace) = (row.prochain_k, self.last, self.pace);
        let goal = row.steps().at(k);
        let acts = row.statut == StatutPlanCompteur::Actif;
        let day = last.filter(|_| acts).and_then(|last| rules::estimate(last, goal, pace, &self.zone));
        let explication = sentence(self.compteur, &row, k, last, pace).text(language).to_owned();
        PlanCompteur {
            id: row.id,
            compteur_id: row.compteur_id,
            equipement_id: row.equipement_id,
            titre: row.titre,
            description: row.description,
            pas: row.pas,
            depart: row.depart,
            anticipation: row.anticipation,
            delai_jours: row.delai_jours,
            duree_estimee_min: row.duree_estimee_min,
            technicien_id: row.technicien_id,
            technicien_nom: row.technicien_nom,
            technicien_parti: row.technicien_parti,
            gamme_id: row.gamme_id,
            priorite: row.priorite,
            statut: row.statut,
            prochain_k: k,
            prochain_seuil: goal,
            date_estimee: day.map(Day),
            explication,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Where a threshold lies, and how far the meter is from it.
pub(super) fn sentence(
    compteur: &Compteur,
    plan: &PlanRow,
    k: i64,
    last: Option<Point>,
    pace: Option<f64>,
) -> Phrase {
    let (unite, depart, pas, goal) = (&compteur.unite, plan.depart, plan.pas, plan.steps().at(k));
    let threshold = phrase!(
        "Seuil {k} : {depart} {unite} + {k} × {pas} {unite} = {goal} {unite}",
        "Threshold {k}: {depart} {unite} + {k} × {pas} {unite} = {goal} {unite}",
        "العتبة رقم {k}: \u{2068}{depart} {unite} + {k} × {pas} {unite} = {goal} {unite}\u{2069}"
    );
    let stand = match (last, pace.map(|pace| Quantity((pace * 10.0).round() as i64 * 100))) {
        (None, _) => phrase!(" ; aucun relevé", "; no reading", "؛ لا توجد قراءة"),
        (Some(last), None) => {
            let cumul = last.cumul();
            phrase!(
                " ; relevé à {cumul} {unite}",
                "; read at {cumul} {unite}",
                "؛ آخر قراءة \u{2068}{cumul} {unite}\u{2069}"
            )
        }
        (Some(last), Some(pace)) => {
            let cumul = last.cumul();
            phrase!(
                " ; relevé à {cumul} {unite}, {pace} {unite} par jour depuis 90 jours",
                "; read at {cumul} {unite}, {pace} {unite} a day over 90 days",
                "؛ آخر قراءة \u{2068}{cumul} {unite}\u{2069}، بمعدل \u{2068}{pace} {unite}\u{2069} في اليوم خلال 90 يومًا"
            )
        }
    };
    Phrase::composed(|language| format!("{}{}.", threshold.text(language), stand.text(language)))
}
