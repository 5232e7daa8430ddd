//! SQL of documents.

use rusqlite::named_params;

use crate::ids::{EquipementId, InterventionId, UserId};
use crate::kernel::clock::Instant;
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::files::Digest;

pub struct Document<'a> {
    pub nom_fichier: &'a str,
    pub type_mime: &'a str,
    pub taille: i64,
    pub sha256: Digest,
    pub description: &'a str,
}

#[derive(Clone, Copy)]
pub enum Owner {
    Equipement(EquipementId),
    Intervention(InterventionId),
}

/// To what, by whom, when.
pub type Attached = (Owner, UserId, Instant);

/// The last finished intervention of a title, who did it, and when it ended.
pub fn last_finished(tx: &Tx<'_>, titre: &str) -> Result<Option<Attached>> {
    tx.maybe(
        "select i.id, t.user_id, i.date_fin_reelle from interventions i join techniciens t on t.id = i.technicien_id
         where i.titre = :titre and i.statut = 'termine' order by i.date_fin_reelle desc, i.id desc limit 1",
        named_params! { ":titre": titre },
        |row| Ok((Owner::Intervention(row.get(0)?), row.get(1)?, row.get(2)?)),
    )
}

pub fn insert_document(tx: &Tx<'_>, (owner, user, at): Attached, document: &Document<'_>) -> Result<()> {
    let (equipement, intervention) = match owner {
        Owner::Equipement(id) => (Some(id), None),
        Owner::Intervention(id) => (None, Some(id)),
    };
    tx.execute(
        "insert into documents (equipement_id, intervention_id, nom_fichier, type_mime, taille, sha256, description,
             ajoute_par, date_ajout, verifie_le)
         values (:equipement, :intervention, :nom_fichier, :type_mime, :taille, :sha256, :description,
             :user, :at, :now)",
        named_params! {
            ":equipement": equipement, ":intervention": intervention, ":nom_fichier": document.nom_fichier,
            ":type_mime": document.type_mime, ":taille": document.taille, ":sha256": document.sha256,
            ":description": document.description, ":user": user, ":at": at, ":now": tx.now(),
        },
    )
    .map(drop)
}
