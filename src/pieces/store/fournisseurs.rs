//! Suppliers.

use rusqlite::{Row, named_params};

use crate::ids::FournisseurId;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey, fold};
use crate::pieces::model::{Fournisseur, FournisseurFilters};

const SORTS: &[SortKey] = &[("nom", "f.nom_key"), ("created_at", "f.created_at")];

pub fn fournisseurs(db: &Reader<'_>, _: &FournisseurFilters, page: &Page) -> Result<Listing<Fournisseur>> {
    let mut select = select();
    select.contains("f.nom || ' ' || coalesce(f.contact, '')", page);
    select.list(db, page, SORTS, "nom", row)
}

pub fn fournisseur(db: &Reader<'_>, id: FournisseurId) -> Result<Fournisseur> {
    select().one(db, id, row)
}

pub fn insert_fournisseur(tx: &Tx<'_>, fournisseur: &Fournisseur) -> Result<FournisseurId> {
    tx.insert(
        "insert into fournisseurs (nom, nom_key, contact, email, telephone, adresse, delai_jours, created_at, updated_at)
         values (:nom, :nom_key, :contact, :email, :telephone, :adresse, :delai_jours, :now, :now)",
        named_params! {
            ":nom": fournisseur.nom, ":nom_key": fold(&fournisseur.nom), ":contact": fournisseur.contact,
            ":email": fournisseur.email, ":telephone": fournisseur.telephone, ":adresse": fournisseur.adresse,
            ":delai_jours": fournisseur.delai_jours, ":now": tx.now(),
        },
    )
    .map(FournisseurId)
}

pub fn update_fournisseur(tx: &Tx<'_>, fournisseur: &Fournisseur) -> Result<()> {
    tx.execute(
        "update fournisseurs set nom = :nom, nom_key = :nom_key, contact = :contact, email = :email,
             telephone = :telephone, adresse = :adresse, delai_jours = :delai_jours, version = version + 1,
             updated_at = :now
         where id = :id",
        named_params! {
            ":id": fournisseur.id, ":nom": fournisseur.nom, ":nom_key": fold(&fournisseur.nom),
            ":contact": fournisseur.contact, ":email": fournisseur.email, ":telephone": fournisseur.telephone,
            ":adresse": fournisseur.adresse, ":delai_jours": fournisseur.delai_jours, ":now": tx.now(),
        },
    )?;
    Ok(())
}

pub fn delete_fournisseur(tx: &Tx<'_>, id: FournisseurId) -> Result<()> {
    tx.execute("delete from fournisseurs where id = :id", named_params! { ":id": id })?;
    Ok(())
}

fn select() -> Select {
    Select::new("f.*", "fournisseurs f", "f.id")
}

fn row(row: &Row<'_>) -> rusqlite::Result<Fournisseur> {
    Ok(Fournisseur {
        id: row.get("id")?,
        nom: row.get("nom")?,
        contact: row.get("contact")?,
        email: row.get("email")?,
        telephone: row.get("telephone")?,
        adresse: row.get("adresse")?,
        delai_jours: row.get("delai_jours")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
