//! What can be done with saved views.

use super::model::{NewVue, Vue};
use super::store;
use crate::events::Event;
use crate::ids::VueId;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;

pub fn save(tx: &Tx<'_>, new: &NewVue) -> Result<Vue> {
    let vue = store::vue(tx, store::insert(tx, new)?)?;
    tx.record(Event::VueEnregistree(vue.id), Change::created(&vue)?)?;
    Ok(vue)
}

/// Only one's own; one that others share is seen, but theirs (403).
pub fn delete(tx: &Tx<'_>, id: VueId) -> Result<()> {
    let vue = store::vue(tx, id)?;
    if !vue.mienne {
        return Err(Error::Forbidden(phrase!(
            "Cette vue est celle de quelqu’un d’autre.",
            "This view is somebody else's."
        )));
    }
    store::delete(tx, id)?;
    tx.record(Event::VueSupprimee(id), Change::deleted(&vue)?)
}
