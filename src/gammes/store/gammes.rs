//! SQL of gammes, their versions and their operations.

use std::collections::HashMap;

use rusqlite::{Row, named_params};

use crate::gammes::model::{
    Gamme, GammeDetail, GammeFilters, GammeVersion, GammeVersionResume, NewGamme, Operation,
    OperationDemandee, TypeOperation,
};
use crate::ids::{GammeId, OperationId};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey, fold};

const SORTS: &[SortKey] =
    &[("nom", "g.nom_key"), ("created_at", "g.created_at"), ("updated_at", "g.updated_at")];

const COLUMNS: &str = "g.*,
    (select max(numero) from gamme_versions where gamme_id = g.id and publiee_le is not null) as version_publiee,
    exists (select 1 from gamme_versions where gamme_id = g.id and publiee_le is null) as a_brouillon,
    (select count(*) from gamme_version_operations where gamme_id = g.id and numero = coalesce(
         (select max(numero) from gamme_versions where gamme_id = g.id and publiee_le is not null), 1)
    ) as nombre_operations";

const VERSION_COLUMNS: &str = "v.*, (select count(*) from gamme_version_operations o
    where o.gamme_id = v.gamme_id and o.numero = v.numero) as nombre_operations";

pub fn list(db: &Reader<'_>, filters: &GammeFilters, page: &Page) -> Result<Listing<Gamme>> {
    let mut select = Select::new(COLUMNS, "gammes g", "g.id");
    let published = "exists (select 1 from gamme_versions where gamme_id = g.id and publiee_le is not null)";
    select.any("g.statut", &filters.statut).flag(published, filters.publiee);
    select.contains("g.nom || ' ' || coalesce(g.description, '')", page);
    select.list(db, page, SORTS, "nom", gamme_row)
}

/// A gamme with its published version and its draft, as far as it has them.
pub fn gamme(db: &Reader<'_>, id: GammeId) -> Result<GammeDetail> {
    let gamme = Select::new(COLUMNS, "gammes g", "g.id").one(db, id, gamme_row)?;
    let draft: Option<i64> = db.maybe(
        "select numero from gamme_versions where gamme_id = :id and publiee_le is null",
        named_params! { ":id": id },
        |row| row.get(0),
    )?;
    let with_operations = |numero: Option<i64>| numero.map(|numero| version(db, id, numero)).transpose();
    Ok(GammeDetail {
        publiee: with_operations(gamme.version_publiee)?,
        brouillon: with_operations(draft)?,
        gamme,
    })
}

pub fn versions(db: &Reader<'_>, id: GammeId, page: &Page) -> Result<Listing<GammeVersionResume>> {
    // Numbers begin anew in each gamme, and a list needs one that is the row's own.
    let mut select = Select::new(VERSION_COLUMNS, "gamme_versions v", "v.gamme_id * 1000000 + v.numero");
    select.any("v.gamme_id", &[id]).contains("coalesce(v.publiee_par, '')", page);
    select.list(db, page, &[("numero", "v.numero")], "-numero", version_row)
}

pub fn version(db: &Reader<'_>, id: GammeId, numero: i64) -> Result<GammeVersion> {
    let mut select = Select::new(VERSION_COLUMNS, "gamme_versions v", "v.numero");
    let resume = select.any("v.gamme_id", &[id]).one(db, numero, version_row)?;
    let operations = db.all(
        "select o.*, k.type from gamme_version_operations o join gamme_operations k on k.id = o.operation_id
         where o.gamme_id = :id and o.numero = :numero order by o.rang",
        named_params! { ":id": id, ":numero": numero },
        operation_row,
    )?;
    Ok(GammeVersion { resume, operations })
}

/// The number of its newest version, published or not.
pub fn last_version(db: &Reader<'_>, id: GammeId) -> Result<i64> {
    db.one(
        "select coalesce(max(numero), 0) from gamme_versions where gamme_id = :id",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// Every operation that a gamme ever had, with what it asks for.
pub fn operation_types(db: &Reader<'_>, id: GammeId) -> Result<HashMap<OperationId, TypeOperation>> {
    let types = db.all(
        "select id, type from gamme_operations where gamme_id = :id",
        named_params! { ":id": id },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(types.into_iter().collect())
}

pub fn insert(tx: &Tx<'_>, new: &NewGamme) -> Result<GammeId> {
    tx.insert(
        "insert into gammes (nom, nom_key, description, created_at, updated_at)
         values (:nom, :nom_key, :description, :now, :now)",
        named_params! {
            ":nom": new.nom, ":nom_key": fold(&new.nom), ":description": new.description, ":now": tx.now(),
        },
    )
    .map(GammeId)
}

pub fn update(tx: &Tx<'_>, gamme: &Gamme) -> Result<()> {
    tx.execute(
        "update gammes set nom = :nom, nom_key = :nom_key, description = :description, statut = :statut,
             version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": gamme.id, ":nom": gamme.nom, ":nom_key": fold(&gamme.nom),
            ":description": gamme.description, ":statut": gamme.statut, ":now": tx.now(),
        },
    )?;
    Ok(())
}

/// Begins a draft.
pub fn insert_version(tx: &Tx<'_>, id: GammeId, numero: i64) -> Result<()> {
    tx.execute(
        "insert into gamme_versions (gamme_id, numero) values (:id, :numero)",
        named_params! { ":id": id, ":numero": numero },
    )?;
    Ok(())
}

pub fn publish(tx: &Tx<'_>, id: GammeId, numero: i64) -> Result<()> {
    tx.execute(
        "update gamme_versions set publiee_le = :now,
             publiee_par = coalesce((select full_name from users where id = :user), :auteur)
         where gamme_id = :id and numero = :numero",
        named_params! {
            ":id": id, ":numero": numero, ":now": tx.now(), ":user": tx.actor().user_id,
            ":auteur": tx.actor().name,
        },
    )?;
    Ok(())
}

pub fn add_operation(tx: &Tx<'_>, id: GammeId, kind: TypeOperation) -> Result<OperationId> {
    tx.insert(
        "insert into gamme_operations (gamme_id, type) values (:id, :kind)",
        named_params! { ":id": id, ":kind": kind },
    )
    .map(OperationId)
}

/// Words an operation in a draft.
pub fn set_operation(
    tx: &Tx<'_>,
    (id, numero): (GammeId, i64),
    (operation, rang): (OperationId, usize),
    wording: &OperationDemandee,
) -> Result<()> {
    tx.execute(
        "insert into gamme_version_operations (gamme_id, numero, operation_id, rang, libelle, consigne,
             obligatoire, unite, min, max, cible)
         values (:id, :numero, :operation, :rang, :libelle, :consigne, :obligatoire, :unite, :min, :max, :cible)",
        named_params! {
            ":id": id, ":numero": numero, ":operation": operation, ":rang": rang as i64,
            ":libelle": wording.libelle, ":consigne": wording.consigne, ":obligatoire": wording.obligatoire,
            ":unite": wording.unite, ":min": wording.min, ":max": wording.max, ":cible": wording.cible,
        },
    )?;
    Ok(())
}

pub fn clear_draft(tx: &Tx<'_>, id: GammeId, numero: i64) -> Result<()> {
    tx.execute(
        "delete from gamme_version_operations where gamme_id = :id and numero = :numero",
        named_params! { ":id": id, ":numero": numero },
    )?;
    Ok(())
}

/// Forgets the operations that no version has: they were in a draft only.
pub fn drop_unused_operations(tx: &Tx<'_>, id: GammeId) -> Result<()> {
    tx.execute(
        "delete from gamme_operations where gamme_id = :id
             and id not in (select operation_id from gamme_version_operations where gamme_id = :id)",
        named_params! { ":id": id },
    )?;
    Ok(())
}

/// Deletes a gamme of which nothing was ever published.
pub fn delete(tx: &Tx<'_>, id: GammeId) -> Result<()> {
    for sql in [
        "delete from gamme_version_operations where gamme_id = :id",
        "delete from gamme_operations where gamme_id = :id",
        "delete from gamme_versions where gamme_id = :id",
        "delete from gammes where id = :id",
    ] {
        tx.execute(sql, named_params! { ":id": id })?;
    }
    Ok(())
}

fn gamme_row(row: &Row<'_>) -> rusqlite::Result<Gamme> {
    Ok(Gamme {
        id: row.get("id")?,
        nom: row.get("nom")?,
        description: row.get("description")?,
        statut: row.get("statut")?,
        version_publiee: row.get("version_publiee")?,
        a_brouillon: row.get("a_brouillon")?,
        nombre_operations: row.get("nombre_operations")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

fn version_row(row: &Row<'_>) -> rusqlite::Result<GammeVersionResume> {
    Ok(GammeVersionResume {
        numero: row.get("numero")?,
        publiee_le: row.get("publiee_le")?,
        publiee_par: row.get("publiee_par")?,
        nombre_operations: row.get("nombre_operations")?,
    })
}

pub(super) fn operation_row(row: &Row<'_>) -> rusqlite::Result<Operation> {
    Ok(Operation {
        id: row.get("operation_id")?,
        rang: row.get("rang")?,
        r#type: row.get("type")?,
        libelle: row.get("libelle")?,
        consigne: row.get("consigne")?,
        obligatoire: row.get("obligatoire")?,
        unite: row.get("unite")?,
        min: row.get("min")?,
        max: row.get("max")?,
        cible: row.get("cible")?,
    })
}
