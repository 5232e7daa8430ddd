//! What can be done with documents.

use super::access::{self, Deletable};
use super::model::{Document, NewDocument};
use super::{rules, store};
use crate::events::Event;
use crate::ids::DocumentId;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// Whether a document could be added now: asked before its file is placed, and again by [`add`].
///
/// # Errors
/// 422 when what it is attached to is not there to be seen, 409 beyond what one thing or one person may have.
pub fn check(db: &Reader<'_>, new: &NewDocument) -> Result<()> {
    access::check_seen(db, new.rattachement)?;
    let most = rules::MOST_OF_ONE;
    if store::count_of(db, new.rattachement)? >= most {
        return Err(Error::conflict(
            "trop_de_documents",
            phrase!(
                "Il y a déjà {most} documents ici : supprimez-en, ou joignez une archive ZIP.",
                "There are {most} documents here already: delete some, or attach a ZIP archive."
            ),
        )
        .with("maximum", most));
    }
    let user = db.actor().user_id.ok_or_else(Error::unauthenticated)?;
    let today = store::added_since(db, user, db.now().minus(rules::DAY))?;
    if !rules::fits_the_day(today, new.taille) {
        return Err(Error::conflict(
            "quota_jour",
            phrase!(
                "Vous avez atteint votre maximum de 1 Go de documents en 24 heures. Réessayez plus tard.",
                "You have reached your maximum of 1 GB of documents in 24 hours. Try again later."
            ),
        )
        .with("maximum", rules::MOST_A_DAY)
        .with("ajoute", today));
    }
    Ok(())
}

/// Adds a document whose file has its place already.
pub fn add(tx: &Tx<'_>, new: &NewDocument) -> Result<Document> {
    check(tx, new)?;
    let document = store::document(tx, store::insert(tx, new)?)?;
    tx.record(Event::DocumentAjoute(document.id), Change::created(&document)?)?;
    Ok(document)
}

/// Its file stays a day, for backups under way.
///
/// # Errors
/// 409 `repond` while it is the answer to an operation of a checklist.
pub fn delete(tx: &Tx<'_>, id: DocumentId) -> Result<()> {
    let document = Deletable::of(tx, id)?.into_document();
    if store::answers(tx, id)? {
        return Err(Error::conflict(
            "repond",
            phrase!(
                "Cette photo répond à une opération de la gamme : remplacez-y d’abord la réponse.",
                "This picture answers an operation of the checklist: replace that answer first."
            ),
        ));
    }
    store::hide(tx, id)?;
    tx.record(Event::DocumentSupprime(id), Change::deleted(&document)?)
}
