//! Keeping the public holidays. What is generated keeps its date; what is not moves with them.

use super::follow::refresh_all;
use crate::events::Event;
use crate::ids::JourFerieId;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{IfMatch, replace};
use crate::phrase;
use crate::planning::model::{JourFerie, JourFeriePatch, NewJourFerie};
use crate::planning::store;

/// # Errors
/// 409 `doublon` when the country has one on that day, naming the one that comes back each year.
pub fn create_holiday(tx: &Tx<'_>, new: NewJourFerie) -> Result<JourFerie> {
    let NewJourFerie { pays, date, recurrent, nom } = new;
    let now = tx.now();
    let draft = JourFerie {
        id: JourFerieId(0),
        pays,
        date,
        recurrent,
        nom,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    refuse_double(tx, &draft)?;
    let holiday = store::holiday(tx, store::insert_holiday(tx, &draft)?)?;
    tx.record(Event::JourFerieCree(holiday.id), Change::created(&holiday)?)?;
    move_plans(tx, &[&holiday.pays])?;
    Ok(holiday)
}

pub fn update_holiday(
    tx: &Tx<'_>,
    id: JourFerieId,
    patch: JourFeriePatch,
    expected: IfMatch,
) -> Result<JourFerie> {
    let before = store::holiday(tx, id)?;
    expected.check(before.version)?;
    let mut holiday = before.clone();
    replace(&mut holiday.pays, patch.pays);
    replace(&mut holiday.date, patch.date);
    replace(&mut holiday.recurrent, patch.recurrent);
    replace(&mut holiday.nom, patch.nom);
    refuse_double(tx, &holiday)?;
    store::update_holiday(tx, &holiday)?;
    let after = store::holiday(tx, id)?;
    tx.record(Event::JourFerieModifie(id), Change::between(&before, &after)?)?;
    move_plans(tx, &[&before.pays, &after.pays])?;
    Ok(after)
}

pub fn delete_holiday(tx: &Tx<'_>, id: JourFerieId, expected: IfMatch) -> Result<()> {
    let before = store::holiday(tx, id)?;
    expected.check(before.version)?;
    store::delete_holiday(tx, id)?;
    tx.record(Event::JourFerieSupprime(id), Change::deleted(&before)?)?;
    move_plans(tx, &[&before.pays])
}

/// Of two that come back each year on one day, one would hide the other until its first year.
fn refuse_double(tx: &Tx<'_>, holiday: &JourFerie) -> Result<()> {
    if !holiday.recurrent {
        return Ok(());
    }
    let Some(other) = store::same_day(tx, holiday)? else { return Ok(()) };
    let (nom, since) = (&other.nom, other.date.0.strftime("%d/%m/%Y"));
    let error = Error::conflict(
        "doublon",
        phrase!(
            "« {nom} » revient déjà ce jour-là chaque année depuis le {since} : changez sa date ou son nom.",
            "\"{nom}\" comes back on that day each year since {since} already: change its date or its name."
        ),
    );
    Err(error.with("jour_ferie_id", other.id).with("nom", nom))
}

fn move_plans(tx: &Tx<'_>, countries: &[&String]) -> Result<()> {
    let mut countries = countries.to_vec();
    countries.dedup();
    countries.into_iter().try_for_each(|pays| refresh_all(tx, store::with_holidays_of(tx, pays)?))
}
