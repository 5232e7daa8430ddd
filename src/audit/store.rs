//! SQL of the audit journal.

use rusqlite::Row;

use super::model::{AuditFilters, Entree};
use crate::clients;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey};

const COLUMNS: &str = "j.id, j.date, j.acteur, j.user_id, j.adresse, j.request_id, j.action, j.entite,
    j.entite_id, j.avant, j.apres, lower(hex(j.empreinte)) as empreinte";

/// The order in which things happened: a clock may go back, ids do not.
const SORTS: &[SortKey] = &[("id", "j.id")];

/// Entries, newest first.
pub fn entries(db: &Reader<'_>, filters: &AuditFilters, page: &Page) -> Result<Listing<Entree>> {
    let zone = clients::plant_zone(db)?;
    let mut select = Select::new(COLUMNS, "journal j", "j.id");
    select
        .any("j.user_id", &filters.user_id)
        .any("j.acteur", &filters.acteur)
        .any("j.action", &filters.action)
        .any("j.entite", &filters.entite)
        .any("j.entite_id", &filters.entite_id)
        .any("j.request_id", &filters.request_id)
        .when("j.date >= ?", filters.du.map(|du| du.start(&zone)).as_ref())
        .when("j.date < ?", filters.au.map(|au| au.end(&zone)).as_ref())
        .contains("j.acteur || ' ' || j.action", page);
    select.list(db, page, SORTS, "-id", row)
}

fn row(row: &Row<'_>) -> rusqlite::Result<Entree> {
    Ok(Entree {
        id: row.get("id")?,
        date: row.get("date")?,
        acteur: row.get("acteur")?,
        user_id: row.get("user_id")?,
        adresse: row.get("adresse")?,
        request_id: row.get("request_id")?,
        action: row.get("action")?,
        entite: row.get("entite")?,
        entite_id: row.get("entite_id")?,
        avant: row.get("avant")?,
        apres: row.get("apres")?,
        empreinte: row.get("empreinte")?,
    })
}
