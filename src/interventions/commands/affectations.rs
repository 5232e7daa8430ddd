//! Who is booked on an intervention, and who could be.

use serde::Serialize;

use super::bookings::{self, Booking, book, check, propose, requirements, tell};
use super::{referenced, require_live, reread};
use crate::agenda::Suggestion;
use crate::clients::site_zone;
use crate::events::Event;
use crate::ids::TechnicienId;
use crate::interventions::access::{Readable, Workable};
use crate::interventions::model::{
    Affectation, AffectationsDemandees, InterventionDetail, Place, RoleAffectation, StatutIntervention,
    SuggestionNommee, Suggestions,
};
use crate::interventions::store;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::IfMatch;
use crate::phrase;

/// Minutes proposed for an intervention whose length nobody estimated.
const USUAL_MIN: i64 = 60;

/// Replaces everybody who is booked. The lead and the planned dates follow.
///
/// # Errors
/// In this order: 422 for a slot's shape or an unknown technicien, 409 `non_qualifie`, 409 `chevauchement`, 409
/// `hors_horaire` unless it is forced.
pub fn assign(
    tx: &Tx<'_>,
    workable: Workable,
    asked: AffectationsDemandees,
    expected: IfMatch,
) -> Result<InterventionDetail> {
    let before = workable.into_intervention();
    expected.check(before.version)?;
    require_live(&before)?;
    let id = before.id;
    let zone = site_zone(tx, before.site_id)?;
    let bookings = read(tx, &asked.affectations)?;
    let forced = check(tx, &before, &bookings, &requirements(tx, id)?, &zone, asked.forcer_horaire)?;

    let booked_before = store::affectations(tx, id)?;
    let mut after = before.clone();
    let lead = bookings.iter().find(|booking| booking.role == RoleAffectation::Principal);
    // Work that has begun keeps its lead, even while nobody is booked.
    let kept = before.technicien_id.filter(|_| before.statut != StatutIntervention::Planifie);
    after.technicien_id = lead.map(|booking| booking.technicien).or(kept);
    after.date_debut_prevue = bookings.iter().map(|booking| booking.slot.debut).min();
    after.date_fin_prevue = bookings.iter().map(|booking| booking.slot.fin).max();
    if lead.is_some() {
        after.prise_en_charge_le.get_or_insert(tx.now());
    }
    let kept: Vec<_> = bookings.iter().map(|booking| booking.technicien).chain(after.technicien_id).collect();
    store::unbook(tx, id, &kept)?;
    store::update(tx, &before, &after)?;
    book(tx, id, &bookings, forced)?;
    tell(tx, id, after.technicien_id, &bookings, &zone)?;
    let reread = reread(tx, id)?;
    let booked = |technicien_id, affectations| Booked { technicien_id, affectations };
    tx.record(
        Event::AffectationsChangees(id),
        Change::between(
            &booked(before.technicien_id, &booked_before),
            &booked(after.technicien_id, &reread.affectations),
        )?,
    )?;
    Ok(reread)
}

/// The first free slots of whoever could do this intervention.
pub fn suggestions(db: &Reader<'_>, readable: &Readable) -> Result<Suggestions> {
    let intervention = readable.intervention();
    let zone = site_zone(db, intervention.site_id)?;
    let planned = intervention.date_debut_prevue.zip(intervention.date_fin_prevue);
    let minutes = intervention
        .duree_estimee_min
        .or(planned.map(|(debut, fin)| fin.minutes_since(debut)))
        .unwrap_or(USUAL_MIN);
    let found = propose(db, &requirements(db, intervention.id)?, minutes, db.now(), &zone)?;
    let named = |Suggestion { technicien_id, debut, fin }| {
        let technicien_nom = store::technicien_nom(db, technicien_id)?;
        Ok(SuggestionNommee { technicien_id, technicien_nom, debut, fin })
    };
    Ok(Suggestions { items: found.into_iter().map(named).collect::<Result<_>>()? })
}

/// The slots asked for, with their roles settled: one person leads, the others support.
fn read(tx: &Tx<'_>, places: &[Place]) -> Result<Vec<Booking>> {
    let said = |place: &&Place| place.role == Some(RoleAffectation::Principal);
    let lead = places.iter().find(said).or(places.first()).map(|place| place.technicien_id);
    if let Some(i) = places.iter().position(|place| said(&place) && Some(place.technicien_id) != lead) {
        let message = phrase!("une seule personne peut être principale", "only one person can lead");
        return Err(Error::invalid(format!("affectations[{i}].role"), "valeur_invalide", message));
    }
    let booking = |(i, place): (usize, &Place)| {
        let technicien = place.technicien_id;
        let leads = Some(technicien) == lead;
        Ok(Booking {
            slot: bookings::slot(place.debut, place.fin, format!("affectations[{i}].fin"))?,
            nom: referenced(
                store::technicien_nom(tx, technicien),
                format!("affectations[{i}].technicien_id"),
            )?,
            role: if leads { RoleAffectation::Principal } else { RoleAffectation::Renfort },
            technicien,
        })
    };
    places.iter().enumerate().map(booking).collect()
}

/// Who leads and who is booked, for the journal.
#[derive(Serialize)]
struct Booked<'a> {
    technicien_id: Option<TechnicienId>,
    affectations: &'a [Affectation],
}
