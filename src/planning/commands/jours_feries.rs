//! Keeping the public holidays. What is generated keeps its date; what is not moves with them.

use super::follow::refresh_all;
use crate::events::Event;
use crate::ids::JourFerieId;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::Result;
use crate::kernel::input::{IfMatch, replace};
use crate::planning::model::{JourFerie, JourFeriePatch, NewJourFerie};
use crate::planning::store;

/// # Errors
/// 409 `doublon` when the country has one on that day.
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

fn move_plans(tx: &Tx<'_>, countries: &[&String]) -> Result<()> {
    let mut countries = countries.to_vec();
    countries.dedup();
    countries.into_iter().try_for_each(|pays| refresh_all(tx, store::with_holidays_of(tx, pays)?))
}
