//! Who sees which document: whoever sees what it is attached to. Plans are seen by those who run the plant.

use super::model::{Document, Rattachement};
use super::{rules, store};
use crate::clients;
use crate::equipements;
use crate::ids::DocumentId;
use crate::interventions;
use crate::kernel::auth::Actor;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Condition, Select};
use crate::phrase;

/// Keeps the documents (`d`) that the caller sees; `i` is their intervention, `s` the site of their équipement.
pub fn narrow(select: &mut Select, actor: &Actor) {
    let attached = |column: &str, seen: Condition| {
        Condition::all([Condition::plain(format!("{column} is not null")), seen])
    };
    let plans = if actor.runs_the_plant() { "true" } else { "false" };
    select.flag("d.supprime_le is null", Some(true)).keep(Condition::any([
        attached("d.intervention_id", interventions::Scope::of(actor).condition()),
        attached("d.equipement_id", clients::Scope::of(actor).condition("s.client_id")),
        attached("d.planning_id", Condition::plain(plans)),
    ]));
}

/// Refuses (422 on the field) to attach to what is absent or not the caller's to see: the two look the same.
pub fn check_seen(db: &Reader<'_>, rattachement: Rattachement) -> Result<()> {
    let seen = match rattachement {
        Rattachement::Intervention(id) => interventions::Readable::of(db, id).map(drop),
        Rattachement::Equipement(id) => equipements::equipement(db, id).map(drop),
        Rattachement::Planning(id) if db.actor().runs_the_plant() => store::planning_exists(db, id),
        Rattachement::Planning(_) => Err(Error::NotFound),
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
