//! Services bought outside.

use crate::clients::site_zone;
use crate::events::Event;
use crate::ids::PrestationId;
use crate::interventions::Readable;
use crate::kernel::clock::Day;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;
use crate::temps::access::require_open;
use crate::temps::model::{NewPrestation, Prestation};
use crate::temps::store;

/// Adds a service, until the intervention is validated.
///
/// # Errors
/// 409 `validee`, 422 for a day that has not come.
pub fn add_prestation(tx: &Tx<'_>, readable: &Readable, new: &NewPrestation) -> Result<Prestation> {
    let intervention = readable.intervention();
    require_open(tx.actor(), intervention.statut, intervention.date_validation.is_some())?;
    let today = Day(tx.now().in_zone(&site_zone(tx, intervention.site_id)?).date());
    let date = new.date.unwrap_or(today);
    if date > today {
        let message = phrase!("ne peut pas être dans le futur", "cannot be in the future");
        return Err(Error::invalid("date", "valeur_invalide", message));
    }
    let id = store::insert_prestation(tx, intervention.id, new, date)?;
    let prestation = store::prestation(tx, intervention.id, id)?;
    tx.record(Event::PrestationAjoutee(id), Change::created(&prestation)?)?;
    Ok(prestation)
}

/// Removes a service, until the intervention is validated.
///
/// # Errors
/// 404, 409 `validee`.
pub fn delete_prestation(tx: &Tx<'_>, readable: &Readable, id: PrestationId) -> Result<()> {
    let intervention = readable.intervention();
    let before = store::prestation(tx, intervention.id, id)?;
    require_open(tx.actor(), intervention.statut, intervention.date_validation.is_some())?;
    store::delete_prestation(tx, id)?;
    tx.record(Event::PrestationSupprimee(id), Change::deleted(&before)?)
}
