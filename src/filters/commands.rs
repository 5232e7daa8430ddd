//! What can be done with saved views.

use super::model::{NewVue, Vue};
use super::store;
use crate::events::Event;
use crate::ids::VueId;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};

pub fn save(tx: &Tx<'_>, new: &NewVue) -> Result<Vue> {
    let vue = store::vue(tx, store::insert(tx, new)?)?;
    tx.record(Event::VueEnregistree(vue.id), Change::created(&vue)?)?;
    Ok(vue)
}

/// Only one's own: somebody else's is not there to delete.
pub fn delete(tx: &Tx<'_>, id: VueId) -> Result<()> {
    let vue = store::vue(tx, id)?;
    if !vue.mienne {
        return Err(Error::NotFound);
    }
    store::delete(tx, id)?;
    tx.record(Event::VueSupprimee(id), Change::deleted(&vue)?)
}
