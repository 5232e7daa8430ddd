//! SQL of services bought outside.

use rusqlite::{Row, named_params};

use crate::ids::{InterventionId, PrestationId};
use crate::kernel::clock::Day;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey};
use crate::temps::model::{NewPrestation, Prestation};

const SORTS: &[SortKey] =
    &[("date", "p.date"), ("montant", "p.montant"), ("designation", "fold(p.designation)")];

pub fn prestations(db: &Reader<'_>, id: InterventionId, page: &Page) -> Result<Listing<Prestation>> {
    let mut select = select(id);
    select.contains("p.designation || ' ' || coalesce(p.fournisseur, '')", page);
    select.list(db, page, SORTS, "date", prestation_row)
}

/// A service of this intervention.
pub fn prestation(db: &Reader<'_>, of: InterventionId, id: PrestationId) -> Result<Prestation> {
    select(of).one(db, id, prestation_row)
}

pub fn insert_prestation(
    tx: &Tx<'_>,
    id: InterventionId,
    new: &NewPrestation,
    date: Day,
) -> Result<PrestationId> {
    tx.insert(
        "insert into prestations (intervention_id, designation, fournisseur, montant, date, saisie_par, created_at)
         values (:id, :designation, :fournisseur, :montant, :date,
             coalesce((select full_name from users where id = :user), :auteur), :now)",
        named_params! {
            ":id": id, ":designation": new.designation, ":fournisseur": new.fournisseur,
            ":montant": new.montant, ":date": date, ":user": tx.actor().user_id, ":auteur": tx.actor().name,
            ":now": tx.now(),
        },
    )
    .map(PrestationId)
}

pub fn delete_prestation(tx: &Tx<'_>, id: PrestationId) -> Result<()> {
    tx.execute("delete from prestations where id = :id", named_params! { ":id": id })?;
    Ok(())
}

fn select(id: InterventionId) -> Select {
    let mut select = Select::new("p.*", "prestations p", "p.id");
    select.any("p.intervention_id", &[id]);
    select
}

fn prestation_row(row: &Row<'_>) -> rusqlite::Result<Prestation> {
    Ok(Prestation {
        id: row.get("id")?,
        intervention_id: row.get("intervention_id")?,
        designation: row.get("designation")?,
        fournisseur: row.get("fournisseur")?,
        montant: row.get("montant")?,
        date: row.get("date")?,
        saisie_par: row.get("saisie_par")?,
        created_at: row.get("created_at")?,
    })
}
