//! Booking people: the rules in the order in which they refuse, then the slots and what the history says.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::referenced;
use crate::agenda::{self, Conflit, Slot, Suggestion};
use crate::events::Event;
use crate::ids::{CompetenceId, InterventionId, TechnicienId};
use crate::interventions::model::{Affectation, Intervention, RoleAffectation, TypeHistorique};
use crate::interventions::store;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;
use crate::techniciens::{self, Obstacle};

/// How many free slots a refusal proposes.
pub const PROPOSED: usize = 5;

/// A required compétence and its least level.
pub(super) type Requirement = (CompetenceId, i64);

/// A slot whose shape and person have been checked.
pub(super) struct Booking {
    pub technicien: TechnicienId,
    pub nom: String,
    pub slot: Slot,
    pub role: RoleAffectation,
}

/// What the intervention requires of its people.
pub(super) fn requirements(db: &Reader<'_>, id: InterventionId) -> Result<Vec<Requirement>> {
    let required = store::competences(db, id)?;
    Ok(required.iter().map(|need| (need.competence_id, need.niveau)).collect())
}

/// A lead without a slot must be fit for the job today.
pub(super) fn check_lead(
    tx: &Tx<'_>,
    lead: Option<TechnicienId>,
    needs: &[Requirement],
    zone: &TimeZone,
) -> Result<()> {
    let Some(technicien) = lead else { return Ok(()) };
    let nom = referenced(store::technicien_nom(tx, technicien), "technicien_id")?;
    let today = Day(tx.now().in_zone(zone).date());
    refuse_unfit(unfit(tx, (technicien, &nom), needs, today)?)
}

/// Everybody is fit and free, at work or forced to be. Returns the slots outside working hours.
pub(super) fn check<'b>(
    tx: &Tx<'_>,
    intervention: &Intervention,
    bookings: &'b [Booking],
    needs: &[Requirement],
    zone: &TimeZone,
    force: bool,
) -> Result<Vec<&'b Booking>> {
    let mut obstacles = Vec::new();
    for Booking { technicien, nom, slot, .. } in bookings {
        for day in [slot.debut, Instant::from_second(slot.fin.as_second() - 1)] {
            for found in unfit(tx, (*technicien, nom), needs, Day(day.in_zone(zone).date()))? {
                if !obstacles.contains(&found) {
                    obstacles.push(found);
                }
            }
        }
    }
    refuse_unfit(obstacles)?;
    refuse_overlaps(tx, intervention, bookings, needs, zone)?;
    let mut outside = Vec::new();
    for booking in bookings {
        if agenda::outside_hours(tx, booking.technicien, booking.slot)? {
            outside.push(booking);
        }
    }
    if outside.is_empty() || force {
        return Ok(outside);
    }
    let names = outside.iter().map(|booking| booking.nom.as_str()).collect::<Vec<_>>().join(", ");
    Err(Error::conflict(
        "hors_horaire",
        phrase!(
            "Hors des heures de travail de {names}.",
            "Outside the working hours of {names}.",
            "خارج ساعات عمل \u{2068}{names}\u{2069}."
        ),
    )
    .with("creneaux", outside.iter().map(|booking| OutsideHours::of(booking)).collect::<Vec<_>>()))
}

/// Writes the slots, and that some were forced.
pub(super) fn book(
    tx: &Tx<'_>,
    id: InterventionId,
    bookings: &[Booking],
    forced: Vec<&Booking>,
) -> Result<()> {
    for booking in bookings {
        store::book(tx, id, booking.technicien, booking.slot, booking.role)?;
    }
    if forced.is_empty() {
        return Ok(());
    }
    let slots: Vec<_> = forced.into_iter().map(OutsideHours::of).collect();
    tx.record(Event::HoraireForce(id), Change::created(&serde_json::json!({ "creneaux": slots }))?)
}

/// Tells the history who is on it now, and when.
pub(super) fn tell(
    tx: &Tx<'_>,
    id: InterventionId,
    lead: Option<TechnicienId>,
    bookings: &[Booking],
    zone: &TimeZone,
) -> Result<()> {
    let remarque = match lead {
        _ if !bookings.is_empty() => {
            bookings.iter().map(|booking| sentence(booking, zone)).collect::<Vec<_>>().join(" ; ")
        }
        Some(lead) => format!("{}, sans créneau", store::technicien_nom(tx, lead)?),
        None => "Plus personne".to_owned(),
    };
    store::add_history(tx, id, TypeHistorique::Affectation, (None, None), Some(&remarque))
}

/// Tells the history that everybody who is booked keeps their hours at another site.
pub(super) fn tell_moved(
    tx: &Tx<'_>,
    id: InterventionId,
    placed: &[Affectation],
    zone: &TimeZone,
) -> Result<()> {
    let booking = |place: &Affectation| {
        let slot = Slot { debut: place.debut, fin: place.fin };
        Booking { technicien: place.technicien_id, nom: place.technicien_nom.clone(), slot, role: place.role }
    };
    let bookings: Vec<_> = placed.iter().filter(|place| !place.liberee).map(booking).collect();
    tell(tx, id, None, &bookings, zone)
}

/// A slot, or 422 on the field that ends it.
pub(super) fn slot(debut: Instant, fin: Instant, champ: impl Into<String>) -> Result<Slot> {
    Slot::new(debut, fin).map_err(|wrong| Error::invalid(champ, "valeur_invalide", wrong.phrase()))
}

fn unfit(
    tx: &Tx<'_>,
    (technicien_id, nom): (TechnicienId, &str),
    needs: &[Requirement],
    day: Day,
) -> Result<Vec<Unfit>> {
    let obstacles = techniciens::obstacles(tx, technicien_id, needs, day)?;
    let named = |obstacle| Unfit { technicien_id, technicien_nom: nom.to_owned(), obstacle };
    Ok(obstacles.into_iter().map(named).collect())
}

fn refuse_unfit(obstacles: Vec<Unfit>) -> Result<()> {
    let Some(first) = obstacles.first() else { return Ok(()) };
    let nom = &first.technicien_nom;
    Err(Error::conflict(
        "non_qualifie",
        phrase!(
            "{nom} ne peut pas être affecté à ce travail.",
            "{nom} cannot be assigned to this work.",
            "لا يمكن إسناد هذا العمل إلى \u{2068}{nom}\u{2069}."
        ),
    )
    .with("obstacles", obstacles))
}

/// Nobody is in two places at once, neither elsewhere nor within what is asked for.
fn refuse_overlaps(
    tx: &Tx<'_>,
    intervention: &Intervention,
    bookings: &[Booking],
    needs: &[Requirement],
    zone: &TimeZone,
) -> Result<()> {
    let mut conflicts = Vec::new();
    let mut first = None;
    for (i, booking) in bookings.iter().enumerate() {
        let elsewhere =
            agenda::conflicts(tx, booking.technicien, booking.slot, Some(intervention.id))?.into_iter();
        let here = bookings[..i]
            .iter()
            .filter(|other| other.technicien == booking.technicien && other.slot.overlaps(booking.slot))
            .map(|other| Conflit {
                technicien_id: other.technicien,
                intervention_id: Some(intervention.id),
                numero: Some(intervention.numero.clone()),
                absence_id: None,
                debut: other.slot.debut,
                fin: other.slot.fin,
            });
        let found: Vec<_> = elsewhere.chain(here).collect();
        if !found.is_empty() {
            first.get_or_insert(booking);
        }
        conflicts.extend(found);
    }
    let Some(Booking { nom, slot, .. }) = first else { return Ok(()) };
    let proposed = propose(tx, needs, slot.minutes().max(1), slot.debut.max(tx.now()), zone)?;
    Err(Error::conflict(
        "chevauchement",
        phrase!(
            "{nom} est déjà pris à ce moment-là.",
            "{nom} is already taken at that time.",
            "\u{2068}{nom}\u{2069} مشغول في هذا الوقت."
        ),
    )
    .with("conflits", conflicts)
    .with("suggestions", proposed))
}

pub(super) fn propose(
    db: &Reader<'_>,
    needs: &[Requirement],
    minutes: i64,
    from: Instant,
    zone: &TimeZone,
) -> Result<Vec<Suggestion>> {
    let qualified = techniciens::qualified(db, needs, Day(from.in_zone(zone).date()))?;
    agenda::suggestions(db, &qualified, minutes, from, PROPOSED)
}

/// « Claire Technicienne (renfort), 15/01/2031 09:00 – 10:30 », on the site's wall clock.
pub(super) fn sentence(booking: &Booking, zone: &TimeZone) -> String {
    let (debut, fin) = (booking.slot.debut.in_zone(zone), booking.slot.fin.in_zone(zone));
    let end = if debut.date() == fin.date() { "%H:%M" } else { "%d/%m/%Y %H:%M" };
    let support = if booking.role == RoleAffectation::Renfort { " (renfort)" } else { "" };
    format!("{}{support}, {} – {}", booking.nom, debut.strftime("%d/%m/%Y %H:%M"), fin.strftime(end))
}

/// What stands between someone and the job.
#[derive(PartialEq, Serialize)]
struct Unfit {
    technicien_id: TechnicienId,
    technicien_nom: String,
    #[serde(flatten)]
    obstacle: Obstacle,
}

/// A slot outside someone's working hours.
#[derive(Serialize)]
struct OutsideHours {
    technicien_id: TechnicienId,
    debut: Instant,
    fin: Instant,
}

impl OutsideHours {
    fn of(booking: &Booking) -> Self {
        Self { technicien_id: booking.technicien, debut: booking.slot.debut, fin: booking.slot.fin }
    }
}
