//! SQL of the meters themselves.

use rusqlite::{Row, named_params};

use crate::compteurs::access;
use crate::compteurs::model::{Compteur, CompteurFilters, NewCompteur, TypeCompteur};
use crate::ids::CompteurId;
use crate::kernel::db::{Columns, Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey, fold};

const SORTS: &[SortKey] = &[
    ("equipement_code", "e.code_key"),
    ("nom", "c.nom_key"),
    ("date_dernier_releve", "coalesce(d.date, 0)"),
    ("created_at", "c.created_at"),
];

/// In the order in which [`compteur_row`] reads them.
const COLUMNS: &str =
    "c.id, c.equipement_id, e.code, e.nom, e.site_id, c.nom, c.unite, c.type, c.capacite, c.statut,
    d.valeur, d.date,
    d.valeur + (select coalesce(sum(j.saut), 0) from releves j
                where j.compteur_id = c.id and j.annule_le is null and j.saut <> 0),
    c.version, c.created_at, c.updated_at";

const FROM: &str = "compteurs c join equipements e on e.id = c.equipement_id join sites s on s.id = e.site_id
    left join releves d on d.id = (select r.id from releves r where r.compteur_id = c.id and r.annule_le is null
                                   order by r.date desc, r.id desc limit 1)";

pub fn compteurs(db: &Reader<'_>, filters: &CompteurFilters, page: &Page) -> Result<Listing<Compteur>> {
    let mut select = Select::new(COLUMNS, FROM, "c.id");
    access::narrow(&mut select, db.actor());
    select
        .any("c.equipement_id", &filters.equipement_id)
        .any("e.site_id", &filters.site_id)
        .any("c.type", &filters.r#type)
        .any("c.statut", &filters.statut)
        .contains("c.nom || ' ' || e.code || ' ' || e.nom", page);
    select.list(db, page, SORTS, "equipement_code", compteur_row)
}

/// A meter that the caller sees.
pub fn compteur(db: &Reader<'_>, id: CompteurId) -> Result<Compteur> {
    let mut select = Select::new(COLUMNS, FROM, "c.id");
    access::narrow(&mut select, db.actor());
    select.one(db, id, compteur_row)
}

pub fn has_releves(db: &Reader<'_>, id: CompteurId) -> Result<bool> {
    db.one(
        "select exists (select 1 from releves where compteur_id = :id)",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

pub fn insert_compteur(tx: &Tx<'_>, new: &NewCompteur) -> Result<CompteurId> {
    tx.insert(
        "insert into compteurs (equipement_id, nom, nom_key, unite, type, capacite, created_at, updated_at)
         values (:equipement_id, :nom, :nom_key, :unite, :type, :capacite, :now, :now)",
        named_params! {
            ":equipement_id": new.equipement_id, ":nom": new.nom, ":nom_key": fold(&new.nom), ":unite": new.unite,
            ":type": new.r#type.unwrap_or(TypeCompteur::Continu), ":capacite": new.capacite, ":now": tx.now(),
        },
    )
    .map(CompteurId)
}

pub fn update_compteur(tx: &Tx<'_>, compteur: &Compteur) -> Result<()> {
    tx.execute(
        "update compteurs set nom = :nom, nom_key = :nom_key, unite = :unite, capacite = :capacite,
             statut = :statut, version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": compteur.id, ":nom": compteur.nom, ":nom_key": fold(&compteur.nom), ":unite": compteur.unite,
            ":capacite": compteur.capacite, ":statut": compteur.statut, ":now": tx.now(),
        },
    )
    .map(drop)
}

pub fn delete_compteur(tx: &Tx<'_>, id: CompteurId) -> Result<()> {
    tx.execute("delete from compteurs where id = :id", named_params! { ":id": id }).map(drop)
}

fn compteur_row(row: &Row<'_>) -> rusqlite::Result<Compteur> {
    let mut column = Columns::of(row);
    Ok(Compteur {
        id: column.take()?,
        equipement_id: column.take()?,
        equipement_code: column.take()?,
        equipement_nom: column.take()?,
        site_id: column.take()?,
        nom: column.take()?,
        unite: column.take()?,
        r#type: column.take()?,
        capacite: column.take()?,
        statut: column.take()?,
        dernier_releve: column.take()?,
        date_dernier_releve: column.take()?,
        cumul: column.take()?,
        version: column.take()?,
        created_at: column.take()?,
        updated_at: column.take()?,
    })
}
