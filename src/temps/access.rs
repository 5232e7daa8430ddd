//! Who sees which entry, what of it, and who may change it.
//!
//! The entries of an intervention are seen by whoever sees the intervention; a technicien's own are theirs
//! wherever they were spent. Money is for those who run the plant; remarks are not for clients.

use super::model::Temps;
use super::store;
use crate::ids::{TechnicienId, TempsId};
use crate::interventions::{Readable, StatutIntervention};
use crate::kernel::auth::{Actor, Role};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Select, bound};
use crate::permissions::ReadCouts;
use crate::phrase;

/// Keeps the entries (`t`) of one's own; all, for those who run the plant.
pub fn narrow(select: &mut Select, actor: &Actor) {
    if !actor.runs_the_plant() {
        select.filter("t.technicien_id = ?", [bound(&actor.technicien_id)]);
    }
}

/// What the caller may see of an entry.
pub fn shown(actor: &Actor, mut temps: Temps) -> Temps {
    if !actor.may::<ReadCouts>() {
        (temps.taux_horaire, temps.cout) = (None, None);
    }
    if actor.is(Role::Client) {
        temps.remarque = None;
    }
    temps
}

/// An entry that the caller sees.
///
/// # Errors
/// [`Error::NotFound`] unless it is theirs, or they see its intervention.
pub fn readable(db: &Reader<'_>, id: TempsId) -> Result<Temps> {
    let temps = store::temps(db, id)?;
    if !is_own(db.actor(), temps.technicien_id) {
        Readable::of(db, temps.intervention_id)?;
    }
    Ok(temps)
}

/// An entry that the caller may change: their own while the intervention is live, any for those who run the plant
/// until it is validated.
pub struct Editable(Temps);

impl Editable {
    /// # Errors
    /// [`Error::NotFound`] for what they do not see, [`Error::Forbidden`] for somebody else's, 409 `lecture_seule`
    /// or `validee`.
    pub fn of(tx: &Tx<'_>, id: TempsId) -> Result<Self> {
        let temps = readable(tx, id)?;
        if !tx.actor().runs_the_plant() && !is_own(tx.actor(), temps.technicien_id) {
            return Err(not_theirs());
        }
        let (statut, is_validated) = store::state(tx, temps.intervention_id)?;
        require_open(tx.actor(), statut, is_validated)?;
        Ok(Self(temps))
    }

    pub fn into_temps(self) -> Temps {
        self.0
    }
}

/// Whose time is entered: one's own, or for those who run the plant anyone's.
///
/// # Errors
/// [`Error::Forbidden`] for somebody else's, 422 when nobody is named or they do not exist.
pub fn whose(tx: &Tx<'_>, asked: Option<TechnicienId>) -> Result<TechnicienId> {
    let own = tx.actor().technicien_id;
    let Some(id) = asked.or(own) else {
        return Err(Error::invalid("technicien_id", "champ_requis", phrase!("est requis", "is required")));
    };
    if !tx.actor().runs_the_plant() && own != Some(id) {
        return Err(not_theirs());
    }
    if store::is_technicien(tx, id)? { Ok(id) } else { Err(Error::unknown_reference("technicien_id")) }
}

/// Time is entered while the work goes on, and by those who run the plant until it is validated.
///
/// # Errors
/// 409 `lecture_seule` or `validee`.
pub fn require_open(actor: &Actor, statut: StatutIntervention, is_validated: bool) -> Result<()> {
    if is_validated {
        return Err(Error::conflict(
            "validee",
            phrase!(
                "Cette intervention est validée : ses temps et ses coûts sont figés.",
                "This intervention is validated: its time and cost are frozen."
            ),
        ));
    }
    if statut.is_live() || actor.runs_the_plant() {
        return Ok(());
    }
    Err(Error::conflict(
        "lecture_seule",
        phrase!(
            "Cette intervention est close : un responsable peut encore corriger les temps.",
            "This intervention is closed: a manager can still correct its time."
        ),
    ))
}

fn is_own(actor: &Actor, technicien: TechnicienId) -> bool {
    actor.technicien_id == Some(technicien)
}

fn not_theirs() -> Error {
    Error::Forbidden(phrase!(
        "Un technicien saisit et corrige son propre temps.",
        "A technician enters and corrects their own time."
    ))
}
