//! SQL of signatures.

use rusqlite::{Row, named_params};

use super::model::{Empreinte, Image, NewSignature, Signature};
use crate::ids::{InterventionId, SignatureId};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;

/// The last signature of an intervention that says `now`, or [`crate::kernel::error::Error::NotFound`].
pub fn last(db: &Reader<'_>, intervention: InterventionId, now: &Empreinte) -> Result<Option<Signature>> {
    db.maybe(
        "select g.id, g.intervention_id, g.nom, g.fonction, g.date, u.full_name, g.version_signee, g.type_mime,
             g.empreinte = :now as covers
         from signatures g join users u on u.id = g.user_id
         where g.intervention_id = :intervention order by g.id desc limit 1",
        named_params! { ":intervention": intervention, ":now": now },
        row,
    )
}

/// The image of the last signature: its type and bytes.
pub fn image(db: &Reader<'_>, intervention: InterventionId) -> Result<(String, Vec<u8>)> {
    db.one(
        "select type_mime, image from signatures where intervention_id = :intervention order by id desc limit 1",
        named_params! { ":intervention": intervention },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// How often an intervention was reopened.
pub fn reouvertures(db: &Reader<'_>, intervention: InterventionId) -> Result<i64> {
    db.one(
        "select count(*) from historique where intervention_id = :intervention and type = 'reouverture'",
        named_params! { ":intervention": intervention },
        |row| row.get(0),
    )
}

pub fn insert(
    tx: &Tx<'_>,
    (intervention, version): (InterventionId, i64),
    new: &NewSignature,
    image: &Image,
    empreinte: &Empreinte,
) -> Result<SignatureId> {
    tx.insert(
        "insert into signatures (intervention_id, date, user_id, nom, fonction, version_signee, empreinte,
             type_mime, image)
         values (:intervention, :now, :user, :nom, :fonction, :version, :empreinte, :type_mime, :image)",
        named_params! {
            ":intervention": intervention, ":now": tx.now(), ":user": tx.actor().user_id, ":nom": new.nom,
            ":fonction": new.fonction, ":version": version, ":empreinte": empreinte,
            ":type_mime": image.type_mime, ":image": image.bytes,
        },
    )
    .map(SignatureId)
}

fn row(row: &Row<'_>) -> rusqlite::Result<Signature> {
    let intervention_id: InterventionId = row.get("intervention_id")?;
    Ok(Signature {
        id: row.get("id")?,
        intervention_id,
        nom: row.get("nom")?,
        fonction: row.get("fonction")?,
        date: row.get("date")?,
        recueillie_par: row.get("full_name")?,
        version_signee: row.get("version_signee")?,
        couvre_version_actuelle: row.get("covers")?,
        type_mime: row.get("type_mime")?,
        image: format!("/api/v1/interventions/{intervention_id}/signature/image"),
    })
}
