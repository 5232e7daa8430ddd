//! Remarks under an intervention, open or closed.

use std::time::Duration;

use crate::events::Event;
use crate::interventions::access::{Readable, caller};
use crate::interventions::model::{Commentaire, NewCommentaire};
use crate::interventions::rules::Caller;
use crate::interventions::store;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// Remarks that one person writes within [`DAY`].
pub const MOST_REMARKS: i64 = 300;

/// The last 24 hours, so that midnight gives nobody twice as much.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// When to try again.
const LATER: Duration = Duration::from_secs(3600);

/// Adds a remark.
///
/// # Errors
/// 422 when a client says whether it is internal: theirs never is; 429 when the caller wrote too many today.
pub fn comment(tx: &Tx<'_>, readable: &Readable, new: &NewCommentaire) -> Result<Commentaire> {
    if new.interne.is_some() && caller(tx.actor()) == Caller::Onlooker {
        return Err(Error::invalid(
            "interne",
            "champ_inconnu",
            phrase!("n’est pas un champ accepté ici", "is not a field accepted here"),
        ));
    }
    let user = tx.actor().user_id.ok_or_else(Error::unauthenticated)?;
    if store::written_since(tx, user, tx.now().minus(DAY))? >= MOST_REMARKS {
        return Err(Error::TooMany(
            LATER,
            phrase!(
                "Vous avez écrit {MOST_REMARKS} remarques en 24 heures : réessayez plus tard.",
                "You have written {MOST_REMARKS} remarks in 24 hours: try again later.",
                "عدد تعليقاتك خلال 24 ساعة: {MOST_REMARKS}. أعد المحاولة لاحقًا."
            ),
        ));
    }
    let interne = new.interne.unwrap_or(false);
    let id = store::add_commentaire(tx, readable.intervention().id, user, &new.texte, interne)?;
    let comment = store::commentaire(tx, id)?;
    tx.record(Event::CommentaireAjoute(id), Change::created(&comment)?)?;
    Ok(comment)
}
