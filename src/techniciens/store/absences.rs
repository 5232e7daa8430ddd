//! SQL of absences, and of what a colleague may know of someone's jobs.

use rusqlite::{Row, named_params};

use crate::agenda::Interval;
use crate::ids::{AbsenceId, InterventionId, TechnicienId};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey};
use crate::techniciens::model::{Absence, AbsenceFilters};

const SORTS: &[SortKey] = &[("debut", "a.debut"), ("fin", "a.fin")];

/// Someone's absences; `searchable` tells whether `q` may find their reasons.
pub fn absences(
    db: &Reader<'_>,
    technicien: TechnicienId,
    searchable: bool,
    _: &AbsenceFilters,
    page: &Page,
) -> Result<Listing<Absence>> {
    let mut select = of(technicien);
    select.contains(if searchable { "coalesce(a.motif, '')" } else { "''" }, page);
    select.list(db, page, SORTS, "-debut", absence_row)
}

pub fn absence(db: &Reader<'_>, technicien: TechnicienId, id: AbsenceId) -> Result<Absence> {
    of(technicien).one(db, id, absence_row)
}

pub fn all_absences(db: &Reader<'_>, technicien: TechnicienId) -> Result<Vec<Absence>> {
    let technicien = named_params! { ":technicien": technicien };
    db.all("select * from absences where technicien_id = :technicien", technicien, absence_row)
}

pub fn insert_absence(
    tx: &Tx<'_>,
    technicien: TechnicienId,
    (debut, fin): Interval,
    motif: Option<&str>,
) -> Result<AbsenceId> {
    tx.insert(
        "insert into absences (technicien_id, debut, fin, motif, created_at)
         values (:technicien, :debut, :fin, :motif, :now)",
        named_params! {
            ":technicien": technicien, ":debut": debut, ":fin": fin, ":motif": motif,
            ":now": tx.now(),
        },
    )
    .map(AbsenceId)
}

pub fn delete_absence(tx: &Tx<'_>, id: AbsenceId) -> Result<()> {
    tx.execute("delete from absences where id = :id", named_params! { ":id": id })?;
    Ok(())
}

/// Those of the interventions to which someone is assigned, as lead or with a slot.
pub fn assigned_among(
    db: &Reader<'_>,
    technicien: TechnicienId,
    interventions: &[InterventionId],
) -> Result<Vec<InterventionId>> {
    db.all(
        "select i.id from interventions i
         where i.id in (select value from json_each(:interventions))
           and (i.technicien_id = :technicien or exists (
               select 1 from affectations a
               where a.intervention_id = i.id and a.technicien_id = :technicien and a.liberee_le is null))",
        named_params! {
            ":interventions": serde_json::to_string(interventions)?, ":technicien": technicien,
        },
        |row| row.get(0),
    )
}

fn of(technicien: TechnicienId) -> Select {
    let mut select = Select::new("a.*", "absences a", "a.id");
    select.any("a.technicien_id", &[technicien]);
    select
}

fn absence_row(row: &Row<'_>) -> rusqlite::Result<Absence> {
    Ok(Absence {
        id: row.get("id")?,
        technicien_id: row.get("technicien_id")?,
        debut: row.get("debut")?,
        fin: row.get("fin")?,
        motif: row.get("motif")?,
        created_at: row.get("created_at")?,
    })
}
