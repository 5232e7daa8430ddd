//! SQL of signatures.

use rusqlite::{Row, ToSql, named_params};

use super::model::{Empreinte, Image, NewSignature, Signature, Signed, Travail};
use crate::ids::{InterventionId, SignatureId};
use crate::kernel::clock::Instant;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;

/// The last signature of an intervention, and what was signed: whether that still covers it is for the caller to say.
pub fn last(db: &Reader<'_>, intervention: InterventionId) -> Result<Option<(Signature, Signed)>> {
    db.maybe(
        "select g.id, g.intervention_id, g.nom, g.fonction, g.date, u.full_name, g.version_signee, g.type_mime,
             g.empreinte, g.avec_travail
         from signatures g join users u on u.id = g.user_id
         where g.intervention_id = :intervention order by g.id desc limit 1",
        named_params! { ":intervention": intervention },
        |found| {
            let signed =
                Signed { empreinte: found.get("empreinte")?, avec_travail: found.get("avec_travail")? };
            Ok((row(found)?, signed))
        },
    )
}

/// What was done on an intervention, as whoever signs at `signed` sees it. A timer that runs then has no end yet, and
/// has none later either: that it is stopped is part of finishing.
pub fn travail(db: &Reader<'_>, intervention: InterventionId, signed: Instant) -> Result<Travail> {
    let of = |sql: &str, params: &[(&str, &dyn ToSql)]| {
        let texts: Vec<String> = db.all(sql, params, |row| row.get(0))?;
        texts.iter().map(|text| Ok(serde_json::from_str(text)?)).collect::<Result<Vec<_>>>()
    };
    let its = named_params! { ":intervention": intervention };
    Ok(Travail {
        reponses: of(
            "select json_array(operation_id, coche, valeur, texte, document_id, remarque)
             from checklist_reponses r
             where intervention_id = :intervention and id = (
                 select max(id) from checklist_reponses
                 where intervention_id = :intervention and operation_id = r.operation_id)
             order by operation_id",
            its,
        )?,
        temps: of(
            "select json_array(technicien_id, nature, debut, case when fin < :signed then fin end)
             from temps where intervention_id = :intervention order by technicien_id, debut, id",
            named_params! { ":intervention": intervention, ":signed": signed },
        )?,
        pieces: of(
            "select json_array(piece_id, sum(quantite)) from mouvements
             where intervention_id = :intervention
             group by piece_id having sum(quantite) <> 0 order by piece_id",
            its,
        )?,
    })
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
             avec_travail, type_mime, image)
         values (:intervention, :now, :user, :nom, :fonction, :version, :empreinte, 1, :type_mime, :image)",
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
        couvre_version_actuelle: false,
        type_mime: row.get("type_mime")?,
        image: format!("/api/v1/interventions/{intervention_id}/signature/image"),
    })
}
