//! What can be done with saved views.

use super::model::{NewVue, Vue};
use super::store;
use crate::events::Event;
use crate::ids::VueId;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// Views that one person keeps.
pub const MOST_VIEWS: i64 = 100;

/// # Errors
/// 409 `trop_de_vues` for a person who keeps as many as one may.
pub fn save(tx: &Tx<'_>, new: &NewVue) -> Result<Vue> {
    if store::kept(tx)? >= MOST_VIEWS {
        return Err(Error::conflict(
            "trop_de_vues",
            phrase!(
                "Vous avez déjà {MOST_VIEWS} vues : supprimez-en une d’abord.",
                "You have {MOST_VIEWS} views already: delete one first."
            ),
        ));
    }
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
