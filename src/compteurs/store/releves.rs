//! SQL of readings.

use rusqlite::{Row, named_params};

use crate::compteurs::model::{Compteur, NatureReleve, Releve, ReleveFilters};
use crate::compteurs::rules::{Placed, Point};
use crate::ids::{CompteurId, ReleveId};
use crate::kernel::clock::{Instant, Moment};
use crate::kernel::db::{Columns, Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey};
use crate::kernel::quantity::Quantity;

const SORTS: &[SortKey] = &[("date", "r.date"), ("created_at", "r.created_at")];

/// What is counted but no longer displayed at a reading (`r`).
macro_rules! decalage {
    () => {
        "(select coalesce(sum(j.saut), 0) from releves j
          where j.compteur_id = r.compteur_id and j.annule_le is null and j.saut <> 0
            and (j.date, j.id) <= (r.date, r.id))"
    };
}

/// In the order in which [`releve_row`] reads them.
const COLUMNS: &str = concat!(
    "r.id, r.compteur_id, r.date, r.valeur, r.nature, case when r.annule_le is null then r.valeur + ",
    decalage!(),
    " end, r.commentaire, r.auteur, r.annule_le, r.annule_par, r.motif, r.created_at"
);

/// Newest first.
pub fn releves(
    db: &Reader<'_>,
    compteur: &Compteur,
    filters: &ReleveFilters,
    page: &Page,
    zone: &jiff::tz::TimeZone,
) -> Result<Listing<Releve>> {
    let mut select = of(compteur.id);
    select
        .when("r.date >= ?", filters.du.map(|du| Moment::Day(du).start(zone)).as_ref())
        .when("r.date < ?", filters.au.map(|au| Moment::Day(au).end(zone)).as_ref())
        .flag("r.annule_le is not null", filters.annule)
        .contains("coalesce(r.commentaire, '') || ' ' || r.auteur", page);
    select.list(db, page, SORTS, "-date", releve_row)
}

/// A reading of this meter.
pub fn releve(db: &Reader<'_>, of_compteur: CompteurId, id: ReleveId) -> Result<Releve> {
    of(of_compteur).one(db, id, releve_row)
}

fn of(id: CompteurId) -> Select {
    let mut select = Select::new(COLUMNS, "releves r", "r.id");
    select.any("r.compteur_id", &[id]);
    select
}

/// A reading that counts, with what it is known by.
type Last = (ReleveId, Point);

/// The readings that count on either side of an instant; one of the same instant was entered before, and so stands
/// before.
pub fn neighbours(db: &Reader<'_>, id: CompteurId, date: Instant) -> Result<(Option<Last>, Option<Point>)> {
    let side = |condition: &str, order: &str| {
        db.maybe(
            &format!(
                "select r.id, r.date, r.valeur, {} from releves r
                 where r.compteur_id = :id and r.annule_le is null and r.date {condition} :date
                 order by r.date {order}, r.id {order} limit 1",
                decalage!()
            ),
            named_params! { ":id": id, ":date": date },
            |row| Ok((row.get(0)?, point(row)?)),
        )
    };
    Ok((side("<=", "desc")?, side(">", "asc")?.map(|(_, point): Last| point)))
}

/// The last reading that counts.
pub fn last(db: &Reader<'_>, id: CompteurId) -> Result<Option<Last>> {
    neighbours(db, id, Instant::from_second(i64::MAX / 2)).map(|(last, _)| last)
}

/// The readings that count since an instant, and the one before it.
pub fn since(db: &Reader<'_>, id: CompteurId, date: Instant) -> Result<Vec<Point>> {
    let mut points = db.all(
        concat!(
            "select r.id, r.date, r.valeur, ",
            decalage!(),
            " from releves r where r.compteur_id = :id and r.annule_le is null and r.date > :date
             order by r.date, r.id"
        ),
        named_params! { ":id": id, ":date": date },
        point,
    )?;
    if let (Some((_, before)), _) = neighbours(db, id, date)? {
        points.insert(0, before);
    }
    Ok(points)
}

pub fn insert_releve(
    tx: &Tx<'_>,
    id: CompteurId,
    (date, valeur): (Instant, Quantity),
    placed: &Placed,
    commentaire: Option<&str>,
) -> Result<ReleveId> {
    tx.insert(
        "insert into releves (compteur_id, date, valeur, nature, saut, commentaire, auteur_id, auteur, created_at)
         values (:id, :date, :valeur, :nature, :saut, :commentaire, :user,
             coalesce((select full_name from users where id = :user), :auteur), :now)",
        named_params! {
            ":id": id, ":date": date, ":valeur": valeur, ":nature": placed.nature, ":saut": placed.saut,
            ":commentaire": commentaire, ":user": tx.actor().user_id, ":auteur": tx.actor().name,
            ":now": tx.now(),
        },
    )
    .map(ReleveId)
}

/// A reading no longer counts.
pub fn annul(tx: &Tx<'_>, id: ReleveId, motif: &str) -> Result<()> {
    tx.execute(
        "update releves set annule_le = :now, motif = :motif,
             annule_par = coalesce((select full_name from users where id = :user), :auteur)
         where id = :id",
        named_params! {
            ":id": id, ":motif": motif, ":user": tx.actor().user_id, ":auteur": tx.actor().name, ":now": tx.now(),
        },
    )
    .map(drop)
}

/// From the second column on.
fn point(row: &Row<'_>) -> rusqlite::Result<Point> {
    Ok(Point { date: row.get(1)?, valeur: row.get(2)?, decalage: row.get(3)? })
}

fn releve_row(row: &Row<'_>) -> rusqlite::Result<Releve> {
    let mut column = Columns::of(row);
    Ok(Releve {
        id: column.take()?,
        compteur_id: column.take()?,
        date: column.take()?,
        valeur: column.take()?,
        nature: column.take::<NatureReleve>()?,
        cumul: column.take()?,
        commentaire: column.take()?,
        auteur: column.take()?,
        annule_le: column.take()?,
        annule_par: column.take()?,
        motif: column.take()?,
        created_at: column.take()?,
        seuils: Vec::new(),
    })
}
