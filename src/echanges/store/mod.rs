//! SQL of imports and exports; the tables themselves are in `tables`.

pub mod tables;

use rusqlite::named_params;
use rusqlite::types::ValueRef;

use super::ecriture::Cell;
use super::model::{Import, ImportFilters};
use super::tableaux::Tableau;
use crate::ids::ImportId;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Listing, Page, Select, SortKey};

const SORTS: &[SortKey] = &[("fait_le", "i.fait_le")];

/// All but the ids, which may be a megabyte.
const COLUMNS: &str =
    "i.id, i.tableau, i.fichier, i.fait_le, i.user_id, i.lignes, i.annule_le, u.full_name as par";
const FROM: &str = "imports i left join users u on u.id = i.user_id";

/// How many rows of a table would go out.
pub fn count(db: &Reader<'_>, tableau: &Tableau) -> Result<i64> {
    db.one(&format!("select count(*) from ({})", tableau.rows), [], |row| row.get(0))
}

/// Every row of a table as it goes out, one at a time.
pub fn each_row(
    db: &Reader<'_>,
    tableau: &Tableau,
    mut take: impl FnMut(&[Cell]) -> Result<()>,
) -> Result<()> {
    let width = tableau.columns.len();
    let mut cells = Vec::with_capacity(width);
    db.each(tableau.rows, [], |row| {
        cells.clear();
        for at in 0..width {
            cells.push(match row.get_ref(at)? {
                ValueRef::Null | ValueRef::Blob(_) => Cell::Empty,
                ValueRef::Integer(number) => Cell::Number(number as f64),
                ValueRef::Real(number) => Cell::Number(number),
                ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
            });
        }
        take(&cells)
    })
}

/// The id of what a cell names.
pub fn id_of(db: &Reader<'_>, sql: &'static str, name: &str) -> Result<Option<i64>> {
    db.maybe(sql, [name], |row| row.get(0))
}

/// The organisation of a site, if it has one; the site itself may be absent.
pub fn organisation_of(db: &Reader<'_>, site: &str) -> Result<Option<Option<String>>> {
    let sql =
        "select c.nom from sites s left join clients c on c.id = s.client_id where fold(s.code) = fold(?1)";
    db.maybe(sql, [site], |row| row.get(0))
}

pub fn keep(tx: &Tx<'_>, tableau: &str, fichier: Option<&str>, ids: &[i64]) -> Result<ImportId> {
    tx.insert(
        "insert into imports (tableau, fichier, fait_le, user_id, lignes, ids)
         values (:tableau, :fichier, :now, :user, :lignes, :ids)",
        named_params! {
            ":tableau": tableau, ":fichier": fichier, ":now": tx.now(), ":user": tx.actor().user_id,
            ":lignes": ids.len() as i64, ":ids": serde_json::to_string(ids)?,
        },
    )
    .map(ImportId)
}

pub fn imports(db: &Reader<'_>, filters: &ImportFilters, page: &Page) -> Result<Listing<Import>> {
    let mut select = Select::new(COLUMNS, FROM, "i.id");
    select.any("i.tableau", &filters.tableau).contains("i.fichier", page);
    select.list(db, page, SORTS, "-fait_le", import)
}

/// An import, and the rows that it made.
pub fn one(db: &Reader<'_>, id: ImportId) -> Result<(Import, Vec<i64>)> {
    let sql = format!("select {COLUMNS}, i.ids from {FROM} where i.id = ?1");
    let found = db.maybe(&sql, [id], |row| {
        let ids: serde_json::Value = row.get("ids")?;
        Ok((import(row)?, serde_json::from_value(ids).unwrap_or_default()))
    })?;
    found.ok_or(Error::NotFound)
}

pub fn undone(tx: &Tx<'_>, id: ImportId) -> Result<()> {
    tx.execute(
        "update imports set annule_le = :now where id = :id",
        named_params! { ":id": id, ":now": tx.now() },
    )?;
    Ok(())
}

fn import(row: &rusqlite::Row<'_>) -> rusqlite::Result<Import> {
    Ok(Import {
        id: row.get("id")?,
        tableau: row.get("tableau")?,
        fichier: row.get("fichier")?,
        fait_le: row.get("fait_le")?,
        user_id: row.get("user_id")?,
        par: row.get("par")?,
        lignes: row.get("lignes")?,
        annule_le: row.get("annule_le")?,
    })
}
