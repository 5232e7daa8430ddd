//! Taking over interventions that were worked on elsewhere: in a spreadsheet, or in the system before this one.

use garde::Validate;
use serde::Deserialize;

use super::create::draft;
use super::{referenced, require_bare};
use crate::clients::site_zone;
use crate::events::Event;
use crate::ids::{EquipementId, InterventionId, TechnicienId};
use crate::interventions::access::Workable;
use crate::interventions::model::{
    Intervention, NewIntervention, Priorite, StatutIntervention, TypeHistorique, TypeIntervention,
};
use crate::interventions::store;
use crate::kernel::clock::{Instant, Moment};
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::not_blank;
use crate::{phrase, techniciens};

/// An intervention as it stood elsewhere.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Reprise {
    #[garde(length(chars, max = 200), custom(not_blank))]
    pub titre: String,
    #[garde(skip)]
    pub type_intervention: TypeIntervention,
    #[garde(skip)]
    pub equipement_id: EquipementId,
    #[garde(inner(length(chars, max = 10_000)))]
    pub description: Option<String>,
    #[garde(skip)]
    pub priorite: Option<Priorite>,
    #[garde(skip)]
    pub date_limite: Option<Moment>,
    /// Who led it; they are booked for nothing.
    #[garde(skip)]
    pub technicien_id: Option<TechnicienId>,
    #[garde(inner(range(min = 1)))]
    pub duree_estimee_min: Option<i64>,
    /// `planifie` unless said otherwise.
    #[garde(skip)]
    pub statut: Option<StatutIntervention>,
    #[garde(skip)]
    pub date_creation: Option<Moment>,
    #[garde(skip)]
    pub date_debut_reelle: Option<Moment>,
    #[garde(skip)]
    pub date_fin_reelle: Option<Moment>,
    #[garde(inner(length(chars, max = 10_000)))]
    pub compte_rendu: Option<String>,
    /// What it was called there.
    #[garde(inner(length(chars, max = 100)))]
    pub reference: Option<String>,
}

/// Keeps an intervention as it stood elsewhere, under a number of its own. Nobody is told: it is no news.
///
/// # Errors
/// 422 for what it refers to, or lacks in its statut (a lead and a beginning once begun, an end and a report once
/// finished), or for a moment to come.
pub fn take_over(tx: &Tx<'_>, old: Reprise) -> Result<Intervention> {
    let site = referenced(store::equipement_site(tx, old.equipement_id), "equipement_id")?;
    let zone = site_zone(tx, site)?;
    let first = |moment: Option<Moment>| moment.map(|moment| moment.start(&zone));
    let (created, began, ended) =
        (first(old.date_creation), first(old.date_debut_reelle), first(old.date_fin_reelle));
    let new = NewIntervention {
        description: old.description,
        priorite: old.priorite,
        technicien_id: old.technicien_id,
        duree_estimee_min: old.duree_estimee_min,
        ..NewIntervention::new(old.titre, old.type_intervention, old.equipement_id)
    };
    let created = created.or(began).or(ended).unwrap_or(tx.now()).min(tx.now());
    let limit = old.date_limite.map(|limit| limit.last(&zone));
    let mut taken = draft(new, site, limit, created);
    taken.statut = old.statut.unwrap_or(StatutIntervention::Planifie);
    (taken.date_debut_reelle, taken.date_fin_reelle, taken.compte_rendu) = (began, ended, old.compte_rendu);
    check(&taken, tx.now())?;
    if let Some(technicien) = taken.technicien_id {
        referenced(store::technicien_nom(tx, technicien), "technicien_id")?;
        // What is over was theirs; what goes on is nobody's who has left by now.
        if taken.statut.is_live() && techniciens::technicien(tx, technicien)?.ferme_le.is_some() {
            techniciens::require_there(tx, technicien, "technicien_id")?;
        }
    }
    taken.numero = store::next_number(tx, created.in_zone(&zone).year())?;
    taken.id = store::insert(tx, &taken)?;
    store::set_past(tx, &taken)?;
    let remarque = match &old.reference {
        Some(reference) => format!("Repris d’un autre système : {reference}"),
        None => "Repris d’un autre système".to_owned(),
    };
    store::add_history(tx, taken.id, TypeHistorique::Creation, (None, Some(taken.statut)), Some(&remarque))?;
    tx.record(Event::InterventionReprise(taken.id), Change::created(&taken)?)?;
    Ok(taken)
}

/// Takes one back that was taken over by mistake and not touched since.
///
/// # Errors
/// 412 when somebody has changed it, 409 naming what hangs on it.
pub fn withdraw(tx: &Tx<'_>, id: InterventionId) -> Result<()> {
    let before = Workable::of(tx, id)?.into_intervention();
    if before.version != 1 {
        return Err(Error::Stale);
    }
    require_bare(tx, id)?;
    store::release_slots(tx, id)?;
    store::hide(tx, id)?;
    tx.record(Event::InterventionSupprimee(id), Change::deleted(&before)?)
}

/// What the database would refuse, said field by field.
fn check(taken: &Intervention, now: Instant) -> Result<()> {
    use StatutIntervention::{Annule, Planifie, Termine};
    let missing = |champ: &'static str| {
        let message = phrase!("manque pour ce statut", "is missing for this status");
        Err(Error::invalid(champ, "manquant", message))
    };
    let dates = [("date_debut_reelle", taken.date_debut_reelle), ("date_fin_reelle", taken.date_fin_reelle)];
    if let Some((champ, _)) = dates.into_iter().find(|(_, date)| date.is_some_and(|date| date > now)) {
        let message = phrase!("est dans l’avenir", "is in the future");
        return Err(Error::invalid(champ, "valeur_invalide", message));
    }
    if taken.date_fin_reelle < taken.date_debut_reelle && taken.date_fin_reelle.is_some() {
        let message = phrase!("précède le début", "is before the beginning");
        return Err(Error::invalid("date_fin_reelle", "valeur_invalide", message));
    }
    let has_begun = !matches!(taken.statut, Planifie | Annule);
    match taken {
        _ if has_begun && taken.technicien_id.is_none() => missing("technicien_id"),
        _ if has_begun && taken.date_debut_reelle.is_none() => missing("date_debut_reelle"),
        _ if taken.statut == Termine && taken.date_fin_reelle.is_none() => missing("date_fin_reelle"),
        _ if taken.statut == Termine && taken.compte_rendu.is_none() => missing("compte_rendu"),
        _ => Ok(()),
    }
}
