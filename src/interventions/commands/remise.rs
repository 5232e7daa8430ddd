//! The open work of somebody who leaves: to somebody else where they can and are free then, back to the pool elsewhere.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::bookings::{Booking, Requirement, requirements, sentence};
use crate::agenda::{self, Conflit, Slot};
use crate::clients::site_zone;
use crate::events::Event;
use crate::ids::{InterventionId, TechnicienId};
use crate::interventions::access::Scope;
use crate::interventions::model::{
    Affectation, Intervention, RoleAffectation, StatutIntervention, TypeHistorique,
};
use crate::interventions::store;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::phrase::{Language, Phrase};
use crate::phrase;
use crate::techniciens;

/// Where one intervention went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortRemise {
    /// All that was theirs of it is the other's now.
    Remise,
    /// Some of it: a slot at least is nobody's.
    EnPartie,
    /// Nobody has what was theirs of it.
    Vivier,
    /// The same of work that has begun, which keeps its lead's name until somebody is chosen.
    Gardee,
}

/// What became of one intervention.
#[derive(Debug)]
pub struct Remis {
    pub id: InterventionId,
    pub numero: String,
    pub titre: String,
    pub sort: SortRemise,
    /// Why somebody who was to take it over does not have all of it.
    pub motif: Option<Phrase>,
    /// Their slots that were not over.
    pub creneaux: Vec<CreneauRemis>,
}

/// What became of one slot.
#[derive(Debug)]
pub struct CreneauRemis {
    pub creneau: Slot,
    pub role: RoleAffectation,
    pub remis: bool,
    pub motif: Option<Phrase>,
}

/// Somebody to whom it goes, by id and name.
type Heir<'h> = (TechnicienId, &'h str);

/// The open interventions that somebody leads or has a slot on that is not over.
pub fn open_of(db: &Reader<'_>, technicien: TechnicienId) -> Result<Vec<InterventionId>> {
    store::open_of(db, technicien)
}

/// Takes somebody off an open intervention and gives what was theirs of it to `to`, slot by slot, under all rules of
/// booking; what they cannot take, or all of it without anybody, is nobody's. What is over stays theirs.
///
/// # Errors
/// `NotFound` for what there is not.
pub fn hand_over(
    tx: &Tx<'_>,
    id: InterventionId,
    (from, leaver): (TechnicienId, &str),
    to: Option<(TechnicienId, &str)>,
) -> Result<Remis> {
    let before = store::intervention(tx, Scope::Plant, id)?;
    let booked_before = store::affectations(tx, id)?;
    let zone = site_zone(tx, before.site_id)?;
    let needs = requirements(tx, id)?;
    let freed = free(tx, &before, from, &booked_before)?;
    let mut creneaux = Vec::new();
    for (creneau, role) in freed.ahead {
        let (remis, motif) = match to {
            Some(heir) => take(tx, &before, heir, (creneau, role), &needs, &zone)?,
            None => (false, None),
        };
        creneaux.push(CreneauRemis { creneau, role, remis, motif });
    }
    let mut after = before.clone();
    let lead = lead(tx, &before, from, to, &needs, &creneaux, &zone)?;
    after.technicien_id = lead.technicien_id;
    if after.technicien_id.is_some() {
        after.prise_en_charge_le.get_or_insert(tx.now());
    }
    if freed.any {
        let live: Vec<_> = store::affectations(tx, id)?.into_iter().filter(|place| !place.liberee).collect();
        after.date_debut_prevue = live.iter().map(|place| place.debut).min();
        after.date_fin_prevue = live.iter().map(|place| place.fin).max();
    }
    store::update(tx, &before, &after)?;
    if let Some((heir, _)) = to
        && before.technicien_id == Some(from)
        && after.technicien_id == Some(heir)
    {
        store::let_lead(tx, id, heir)?;
    }
    let remarque = told(leaver, to, &lead, &creneaux, &zone);
    store::add_history(tx, id, TypeHistorique::Affectation, (None, None), Some(&remarque))?;
    let booked_after = store::affectations(tx, id)?;
    let change = Change::between(
        &booked(before.technicien_id, &booked_before),
        &booked(after.technicien_id, &booked_after),
    )?;
    tx.record(Event::AffectationsChangees(id), change)?;
    let motif = lead.motif.or_else(|| creneaux.iter().find_map(|slot| slot.motif.clone()));
    let sort = sort(lead.sort, &creneaux);
    Ok(Remis { id, numero: before.numero, titre: before.titre, sort, motif, creneaux })
}

/// The slots that they have no more.
struct Freed {
    /// What was still to come of them, with its role.
    ahead: Vec<(Slot, RoleAffectation)>,
    any: bool,
}

/// Lets their slots go. Of work that never began all of them; of work that has, what is over is a fact.
fn free(tx: &Tx<'_>, work: &Intervention, from: TechnicienId, booked: &[Affectation]) -> Result<Freed> {
    let (now, has_begun) = (tx.now(), work.statut != StatutIntervention::Planifie);
    let mut freed = Freed { ahead: Vec::new(), any: false };
    for place in booked.iter().filter(|place| place.technicien_id == from && !place.liberee) {
        if place.fin <= now && has_begun {
            continue;
        }
        freed.any = true;
        if has_begun && place.debut < now {
            store::cut_slot(tx, place.id, now)?;
        } else {
            store::release_slot(tx, place.id)?;
        }
        if let Ok(ahead) = Slot::new(place.debut.max(now), place.fin) {
            freed.ahead.push((ahead, place.role));
        }
    }
    Ok(freed)
}

/// Books one slot for somebody, if they can, are free and at work then. Whether they have it now, or why not.
fn take(
    tx: &Tx<'_>,
    work: &Intervention,
    (heir, nom): Heir<'_>,
    (slot, role): (Slot, RoleAffectation),
    needs: &[Requirement],
    zone: &TimeZone,
) -> Result<(bool, Option<Phrase>)> {
    let last = Instant::from_second(slot.fin.as_second() - 1);
    for day in [slot.debut, last] {
        let day = Day(day.in_zone(zone).date());
        if let Some(obstacle) = techniciens::obstacles(tx, heir, needs, day)?.first() {
            return Ok((false, Some(obstacle.sentence(nom))));
        }
    }
    let conflicts = agenda::conflicts(tx, heir, slot, None)?;
    // On the very same work all that time: there is nothing to book twice.
    let covers = |other: &Conflit| {
        other.intervention_id == Some(work.id) && other.debut <= slot.debut && slot.fin <= other.fin
    };
    if conflicts.iter().any(covers) {
        return Ok((true, None));
    }
    if let Some(conflict) = conflicts.first() {
        let why = match &conflict.numero {
            Some(numero) => {
                phrase!(
                    "{nom} est déjà pris par {numero} à ce moment-là.",
                    "{nom} is taken by {numero} at that time.",
                    "\u{2068}{nom}\u{2069} مشغول بالتدخل \u{2068}{numero}\u{2069} في ذلك الوقت."
                )
            }
            None => phrase!(
                "{nom} est absent à ce moment-là.",
                "{nom} is away at that time.",
                "\u{2068}{nom}\u{2069} غائب في ذلك الوقت."
            ),
        };
        return Ok((false, Some(why)));
    }
    if agenda::outside_hours(tx, heir, slot)? {
        return Ok((
            false,
            Some(phrase!(
                "Hors des heures de travail de {nom}.",
                "Outside the working hours of {nom}.",
                "خارج ساعات عمل \u{2068}{nom}\u{2069}."
            )),
        ));
    }
    // The database has the last word.
    match tx.attempt(|| store::book(tx, work.id, heir, slot, role)) {
        Ok(()) => Ok((true, None)),
        Err(Error::Conflict(refused)) => Ok((false, Some(refused.detail))),
        Err(error) => Err(error),
    }
}

/// Who leads it now.
struct Lead {
    technicien_id: Option<TechnicienId>,
    /// What became of that; nothing when they did not lead it.
    sort: Option<SortRemise>,
    motif: Option<Phrase>,
}

/// The other leads what they took a slot of, what has no slot, and what has begun, if they are fit for it. Otherwise
/// nobody does; the database asks that begun work names somebody.
fn lead(
    tx: &Tx<'_>,
    work: &Intervention,
    from: TechnicienId,
    to: Option<Heir<'_>>,
    needs: &[Requirement],
    slots: &[CreneauRemis],
    zone: &TimeZone,
) -> Result<Lead> {
    if work.technicien_id != Some(from) {
        return Ok(Lead { technicien_id: work.technicien_id, sort: None, motif: None });
    }
    let has_begun = work.statut != StatutIntervention::Planifie;
    let nobody = |motif| match has_begun {
        true => Lead { technicien_id: Some(from), sort: Some(SortRemise::Gardee), motif },
        false => Lead { technicien_id: None, sort: Some(SortRemise::Vivier), motif },
    };
    let Some((heir, nom)) = to else { return Ok(nobody(None)) };
    let is_on_it =
        store::affectations(tx, work.id)?.iter().any(|place| place.technicien_id == heir && !place.liberee);
    let has_time = slots.is_empty() || is_on_it;
    if !has_time && !has_begun {
        return Ok(nobody(None));
    }
    let today = Day(tx.now().in_zone(zone).date());
    match techniciens::obstacles(tx, heir, needs, today)?.first() {
        Some(obstacle) if !is_on_it => Ok(nobody(Some(obstacle.sentence(nom)))),
        _ => Ok(Lead { technicien_id: Some(heir), sort: Some(SortRemise::Remise), motif: None }),
    }
}

fn sort(lead: Option<SortRemise>, slots: &[CreneauRemis]) -> SortRemise {
    let (taken, refused) = (slots.iter().any(|slot| slot.remis), slots.iter().any(|slot| !slot.remis));
    match lead {
        Some(SortRemise::Remise) if refused => SortRemise::EnPartie,
        Some(lead) => lead,
        None if taken && refused => SortRemise::EnPartie,
        None if taken => SortRemise::Remise,
        // Their help is nobody's; whoever leads it still does.
        None => SortRemise::Vivier,
    }
}

/// What the history says, to clients as well, who need not know who leaves: « Passation de Youssef : confiée à Claire ;
/// Claire, 15/01/2031 09:00 – 10:30 ».
fn told(leaver: &str, to: Option<Heir<'_>>, lead: &Lead, slots: &[CreneauRemis], zone: &TimeZone) -> String {
    let heir = to.map(|(_, nom)| nom).unwrap_or_default();
    let said = |motif: &Option<Phrase>| {
        motif.as_ref().map(|motif| format!(" ({})", motif.text(Language::French).trim_end_matches('.')))
    };
    let led = match lead.sort {
        Some(SortRemise::Remise) => Some(format!("confiée à {heir}")),
        Some(SortRemise::Vivier) => Some(format!("sans technicien{}", said(&lead.motif).unwrap_or_default())),
        Some(SortRemise::Gardee) => Some(format!(
            "garde son nom jusqu’à ce que quelqu’un soit désigné{}",
            said(&lead.motif).unwrap_or_default()
        )),
        Some(SortRemise::EnPartie) | None => None,
    };
    let slot = |slot: &CreneauRemis| {
        let booking = |nom: &str| Booking {
            technicien: TechnicienId(0),
            nom: nom.to_owned(),
            slot: slot.creneau,
            role: slot.role,
        };
        match slot.remis {
            true => sentence(&booking(heir), zone),
            false => format!(
                "{} : libéré{}",
                sentence(&booking("créneau"), zone),
                said(&slot.motif).unwrap_or_default()
            ),
        }
    };
    let parts: Vec<_> = led.into_iter().chain(slots.iter().map(slot)).collect();
    format!("Passation de {leaver} : {}", parts.join(" ; "))
}

/// Who leads and who is booked, for the journal.
fn booked(technicien_id: Option<TechnicienId>, affectations: &[Affectation]) -> Value {
    json!({ "technicien_id": technicien_id, "affectations": affectations })
}
