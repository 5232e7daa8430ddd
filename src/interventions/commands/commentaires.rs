//! Remarks under an intervention, open or closed.

use crate::events::Event;
use crate::interventions::access::{Readable, caller};
use crate::interventions::model::{Commentaire, NewCommentaire};
use crate::interventions::rules::Caller;
use crate::interventions::store;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// Adds a remark.
///
/// # Errors
/// 422 when a client says whether it is internal: theirs never is.
pub fn comment(tx: &Tx<'_>, readable: &Readable, new: &NewCommentaire) -> Result<Commentaire> {
    if new.interne.is_some() && caller(tx.actor()) == Caller::Onlooker {
        return Err(Error::invalid(
            "interne",
            "champ_inconnu",
            phrase!("n’est pas un champ accepté ici", "is not a field accepted here"),
        ));
    }
    let user = tx.actor().user_id.ok_or_else(Error::unauthenticated)?;
    let interne = new.interne.unwrap_or(false);
    let id = store::add_commentaire(tx, readable.intervention().id, user, &new.texte, interne)?;
    let comment = store::commentaire(tx, id)?;
    tx.record(Event::CommentaireAjoute(id), Change::created(&comment)?)?;
    Ok(comment)
}
