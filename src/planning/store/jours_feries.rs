//! SQL of public holidays.

use rusqlite::types::Value;
use rusqlite::{Row, named_params};

use crate::ids::{JourFerieId, PlanningId, SiteId};
use crate::kernel::clock::Day;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey};
use crate::planning::model::{JourFerie, JourFerieFilters};
use crate::planning::rules::{Feries, FeriesParPays};

/// By the calendar: the recurrent ones of a year stand among the dated ones.
const SORTS: &[SortKey] =
    &[("date", "j.date"), ("jour", "substr(j.date, 6)"), ("nom", "fold(j.nom)"), ("pays", "j.pays")];

pub fn holidays(db: &Reader<'_>, filters: &JourFerieFilters, page: &Page) -> Result<Listing<JourFerie>> {
    let mut select = Select::new("j.*", "jours_feries j", "j.id");
    select.any("j.pays", &filters.pays).contains("j.nom", page);
    if let Some(annee) = filters.annee {
        let annee = Value::Text(format!("{annee:04}"));
        select.filter(
            "(substr(j.date, 1, 4) = ? or j.recurrent = 1 and substr(j.date, 1, 4) <= ?)",
            [annee.clone(), annee],
        );
    }
    select.list(db, page, SORTS, "date", row)
}

pub fn holiday(db: &Reader<'_>, id: JourFerieId) -> Result<JourFerie> {
    Select::new("j.*", "jours_feries j", "j.id").one(db, id, row)
}

/// Another holiday of the same country that comes back each year on the same day.
pub fn same_day(db: &Reader<'_>, holiday: &JourFerie) -> Result<Option<JourFerie>> {
    db.maybe(
        "select * from jours_feries
         where recurrent = 1 and pays = :pays and substr(date, 6) = substr(:date, 6) and id <> :id",
        named_params! { ":pays": holiday.pays, ":date": holiday.date, ":id": holiday.id },
        row,
    )
}

pub fn insert_holiday(tx: &Tx<'_>, holiday: &JourFerie) -> Result<JourFerieId> {
    tx.insert(
        "insert into jours_feries (pays, date, recurrent, nom, created_at, updated_at)
         values (:pays, :date, :recurrent, :nom, :now, :now)",
        named_params! {
            ":pays": holiday.pays, ":date": holiday.date, ":recurrent": holiday.recurrent, ":nom": holiday.nom,
            ":now": tx.now(),
        },
    )
    .map(JourFerieId)
}

pub fn update_holiday(tx: &Tx<'_>, holiday: &JourFerie) -> Result<()> {
    tx.execute(
        "update jours_feries set pays = :pays, date = :date, recurrent = :recurrent, nom = :nom,
             version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": holiday.id, ":pays": holiday.pays, ":date": holiday.date, ":recurrent": holiday.recurrent,
            ":nom": holiday.nom, ":now": tx.now(),
        },
    )
    .map(drop)
}

pub fn delete_holiday(tx: &Tx<'_>, id: JourFerieId) -> Result<()> {
    tx.execute("delete from jours_feries where id = :id", named_params! { ":id": id }).map(drop)
}

/// The holidays of a country.
pub fn feries(db: &Reader<'_>, pays: &str) -> Result<Feries> {
    let rows = db.all(
        "select date, recurrent, nom from jours_feries where pays = :pays",
        named_params! { ":pays": pays },
        |row| Ok((row.get::<_, Day>(0)?, row.get(1)?, row.get(2)?)),
    )?;
    Ok(Feries::new(rows))
}

/// The holidays of every country where these sites are, none meaning all sites.
pub fn feries_of_sites(db: &Reader<'_>, sites: &[SiteId]) -> Result<FeriesParPays> {
    let sites = if sites.is_empty() { None } else { Some(serde_json::to_string(sites)?) };
    let rows = db.all(
        "select pays, date, recurrent, nom from jours_feries where pays in (
             select pays from sites where :sites is null or id in (select value from json_each(:sites)))",
        named_params! { ":sites": sites },
        |row| Ok((row.get(0)?, (row.get::<_, Day>(1)?, row.get(2)?, row.get(3)?))),
    )?;
    Ok(FeriesParPays::new(rows))
}

/// Plans that the holidays of a country move.
pub fn with_holidays_of(db: &Reader<'_>, pays: &str) -> Result<Vec<PlanningId>> {
    db.all(
        "select p.id from plannings p
         join equipements e on e.id = p.equipement_id join sites s on s.id = e.site_id
         where s.pays = :pays and p.report_feries <> 'aucun' and p.statut <> 'termine'",
        named_params! { ":pays": pays },
        |row| row.get(0),
    )
}

fn row(row: &Row<'_>) -> rusqlite::Result<JourFerie> {
    Ok(JourFerie {
        id: row.get("id")?,
        pays: row.get("pays")?,
        date: row.get("date")?,
        recurrent: row.get("recurrent")?,
        nom: row.get("nom")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
