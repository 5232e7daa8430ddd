//! What can be done with documents.

use std::path::Path;

use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::access::{self, Deletable};
use super::model::{Document, NewDocument, TypeMime};
use super::{rules, store};
use crate::events::Event;
use crate::ids::{DocumentId, UserId};
use crate::kernel::clock::Instant;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::files::{Digest, Files, Keeping};
use crate::phrase;

/// Bytes that are read at once.
const STRETCH: usize = 64 * 1024;

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
    let user = tx.actor().user_id.ok_or_else(Error::unauthenticated)?;
    bring_in(tx, new, user, tx.now())
}

/// Adds a document that another system had, whose file has its place already: with who added it there, and when.
pub fn bring_in(tx: &Tx<'_>, new: &NewDocument, by: UserId, at: Instant) -> Result<Document> {
    let document = store::document(tx, store::insert(tx, new, by, at)?)?;
    tx.record(Event::DocumentAjoute(document.id), Change::created(&document)?)?;
    Ok(document)
}

/// A file that has its place and is to become a document.
#[derive(Debug)]
pub struct Kept {
    pub nom_fichier: String,
    pub type_mime: TypeMime,
    /// Bytes.
    pub taille: i64,
    pub sha256: Digest,
}

/// Takes in a file of this machine's, called `name`, as an upload would be.
///
/// # Errors
/// 422 with the reason why a document is not made of it, 413 or 503 when there is no room for it.
pub async fn keep_file(files: &Files, keeping: &Keeping, path: &Path, name: &str) -> Result<Kept> {
    let nom_fichier = rules::name_of(name)?;
    let mut from = File::open(path).await.map_err(anyhow::Error::from)?;
    let (mut content, mut incoming) = (rules::Content::default(), files.receive().await?);
    let mut stretch = vec![0; STRETCH];
    loop {
        let count = from.read(&mut stretch).await.map_err(anyhow::Error::from)?;
        if count == 0 {
            break;
        }
        content.see(&stretch[..count]);
        incoming.write(&stretch[..count]).await?;
    }
    let received = incoming.finish().await?;
    let kept = Kept {
        type_mime: rules::admit(&nom_fichier, &content, received.bytes())?,
        nom_fichier,
        taille: received.bytes().cast_signed(),
        sha256: received.digest(),
    };
    received.keep(keeping).await?;
    Ok(kept)
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
