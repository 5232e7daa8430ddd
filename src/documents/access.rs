//! Who sees which document: whoever sees what it is attached to. Plans are seen by those who run the plant, parts by
//! the staff; what is attached to a demande, by whoever sees the work that answers it as well.

use super::model::{Document, Rattachement};
use super::{rules, store};
use crate::clients;
use crate::demandes;
use crate::equipements;
use crate::ids::DocumentId;
use crate::interventions;
use crate::kernel::auth::{Actor, Role};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Condition, Select};
use crate::permissions::ReadPieces;
use crate::phrase;

/// Keeps the documents (`d`) that the caller sees; `i` is their intervention or the one that answers their demande
/// (`r`), `s` the site of their équipement.
pub fn narrow(select: &mut Select, actor: &Actor) {
    let attached = |column: &str, seen: Condition| {
        Condition::all([Condition::plain(format!("{column} is not null")), seen])
    };
    let answered = [Condition::plain("i.id is not null"), interventions::Scope::of(actor).condition()];
    let if_may = |may: bool| Condition::plain(if may { "true" } else { "false" });
    select.flag("d.supprime_le is null", Some(true)).keep(Condition::any([
        attached("d.intervention_id", interventions::Scope::of(actor).condition()),
        attached("d.equipement_id", clients::Scope::of(actor).condition("s.client_id")),
        attached("d.planning_id", if_may(actor.runs_the_plant())),
        attached("d.piece_id", if_may(actor.may::<ReadPieces>())),
        attached(
            "d.demande_id",
            Condition::any([demandes::Scope::of(actor).condition("r"), Condition::all(answered)]),
        ),
    ]));
}

/// Refuses (422 on the field) to attach to what is absent or not the caller's to see: the two look the same. A client
/// attaches to its own demandes and to nothing else (403).
pub fn check_seen(db: &Reader<'_>, rattachement: Rattachement) -> Result<()> {
    if db.actor().is(Role::Client) && !matches!(rattachement, Rattachement::Demande(_)) {
        return Err(Error::Forbidden(phrase!(
            "Vous joignez des documents à vos demandes, à rien d’autre.",
            "You attach documents to your requests, to nothing else."
        )));
    }
    let seen = match rattachement {
        Rattachement::Intervention(id) => interventions::Readable::of(db, id).map(drop),
        Rattachement::Equipement(id) => equipements::equipement(db, id).map(drop),
        Rattachement::Planning(id) if db.actor().runs_the_plant() => store::planning_exists(db, id),
        Rattachement::Planning(_) => Err(Error::NotFound),
        Rattachement::Demande(id) => demandes::check_attachable(db, id),
        Rattachement::Piece(id) => store::piece_exists(db, id),
    };
    seen.map_err(|error| match error {
        Error::NotFound => Error::unknown_reference(rattachement.champ()),
        other => other,
    })
}

/// A document that the caller may delete: the plant's managers any, a technicien their own within a day.
pub struct Deletable(Document);

impl Deletable {
    /// # Errors
    /// [`Error::NotFound`] when the caller does not see it, [`Error::Forbidden`] when they may only read it.
    pub fn of(tx: &Tx<'_>, id: DocumentId) -> Result<Self> {
        let document = store::document(tx, id)?;
        let actor = tx.actor();
        let is_theirs = actor.user_id == Some(document.ajoute_par);
        if actor.runs_the_plant() || is_theirs && rules::may_take_back(document.date_ajout, tx.now()) {
            return Ok(Self(document));
        }
        Err(Error::Forbidden(phrase!(
            "Vous pouvez supprimer un document que vous avez ajouté, dans les 24 heures ; ensuite, demandez à votre responsable.",
            "You may delete a document that you added, within 24 hours; after that, ask your responsable."
        )))
    }

    pub fn into_document(self) -> Document {
        self.0
    }
}
