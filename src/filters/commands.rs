//! What can be done with saved views.

use serde_json::json;

use super::model::{NewVue, Vue};
use super::store;
use crate::events::Event;
use crate::ids::{UserId, VueId};
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

/// Gives the views that somebody who leaves shared with others to somebody else, under names that are free there; what
/// they kept for themselves stays theirs.
pub fn hand_over(tx: &Tx<'_>, from: UserId, nom: &str, to: UserId) -> Result<Vec<(VueId, String)>> {
    let mut handed = Vec::new();
    for shared in store::shared_by(tx, from)? {
        let free = free_name(tx, to, &shared, nom)?;
        store::give(tx, shared.id, to, &free)?;
        let owned = |user: UserId, nom: &str| json!({ "user_id": user, "nom": nom });
        tx.record(
            Event::VueTransmise(shared.id),
            Change::between(&owned(from, &shared.nom), &owned(to, &free))?,
        )?;
        handed.push((shared.id, free));
    }
    Ok(handed)
}

/// Its own name, or that with whose it was, or the first of these with a number.
fn free_name(tx: &Tx<'_>, to: UserId, shared: &store::Shared, of: &str) -> Result<String> {
    let first = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    let named = format!("{} ({})", first(&shared.nom, 50), first(of, 40));
    let numbered = (2..).map(|n| format!("{named} {n}"));
    for name in [shared.nom.clone(), named.clone()].into_iter().chain(numbered) {
        if !store::is_named(tx, to, shared.liste, &name)? {
            return Ok(name);
        }
    }
    Ok(named)
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
