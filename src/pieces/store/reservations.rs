//! What interventions ask for, what is set aside for them and what they wait for.

use rusqlite::{Row, named_params};

use crate::ids::{InterventionId, PieceId, ReservationId};
use crate::kernel::db::{Columns, Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey};
use crate::kernel::quantity::Quantity;
use crate::pieces::model::{Reservation, StatutReservation};

const SORTS: &[SortKey] = &[("date", "r.id"), ("reference", "p.reference_key")];

/// In the order in which [`row`] reads them.
const COLUMNS: &str =
    "r.id, r.intervention_id, r.piece_id, p.reference, p.designation, p.unite, p.emplacement,
    r.demandee, r.reservee, r.attendue, r.servie, r.date, r.auteur";
const FROM: &str = "reservations r left join pieces p on p.id = r.piece_id";

/// What an intervention asked for, oldest first.
pub fn reservations(
    db: &Reader<'_>,
    intervention: InterventionId,
    page: &Page,
) -> Result<Listing<Reservation>> {
    let mut select = Select::new(COLUMNS, FROM, "r.id");
    select.any("r.intervention_id", &[intervention]);
    select.contains("p.reference || ' ' || p.designation", page);
    select.list(db, page, SORTS, "date", row)
}

pub fn reservation(db: &Reader<'_>, intervention: InterventionId, id: ReservationId) -> Result<Reservation> {
    let mut select = Select::new(COLUMNS, FROM, "r.id");
    select.any("r.intervention_id", &[intervention]);
    select.one(db, id, row)
}

pub fn insert_reservation(
    tx: &Tx<'_>,
    intervention: InterventionId,
    piece: PieceId,
    reservee: Quantity,
    attendue: Quantity,
) -> Result<ReservationId> {
    tx.insert(
        "insert into reservations (intervention_id, piece_id, demandee, reservee, attendue, date, user_id, auteur)
         values (:intervention, :piece, :demandee, :reservee, :attendue, :now, :user,
             coalesce((select full_name from users where id = :user), :auteur))",
        named_params! {
            ":intervention": intervention, ":piece": piece, ":demandee": reservee + attendue,
            ":reservee": reservee, ":attendue": attendue, ":now": tx.now(), ":user": tx.actor().user_id,
            ":auteur": tx.actor().name,
        },
    )
    .map(ReservationId)
}

/// An open demand of one part.
#[derive(Clone, Copy, Debug)]
pub struct Demand {
    pub id: ReservationId,
    pub intervention: InterventionId,
    pub reservee: Quantity,
    pub attendue: Quantity,
    pub servie: Quantity,
}

/// Who waits for a part, oldest demand first.
pub fn awaited(db: &Reader<'_>, piece: PieceId) -> Result<Vec<Demand>> {
    db.all(
        "select id, intervention_id, reservee, attendue, servie from reservations
         where piece_id = :piece and close_le is null and attendue > 0 order by id",
        named_params! { ":piece": piece },
        demand,
    )
}

/// For whom a part is set aside, newest demand first.
pub fn reserved_newest_first(db: &Reader<'_>, piece: PieceId) -> Result<Vec<Demand>> {
    db.all(
        "select id, intervention_id, reservee, attendue, servie from reservations
         where piece_id = :piece and close_le is null and reservee > 0 order by id desc",
        named_params! { ":piece": piece },
        demand,
    )
}

/// What an intervention still asks for of a part, oldest first.
pub fn demands_of(db: &Reader<'_>, piece: PieceId, intervention: InterventionId) -> Result<Vec<Demand>> {
    db.all(
        "select id, intervention_id, reservee, attendue, servie from reservations
         where piece_id = :piece and intervention_id = :intervention and close_le is null order by id",
        named_params! { ":piece": piece, ":intervention": intervention },
        demand,
    )
}

/// Writes what of a demand is set aside, awaited and used up; one that wants nothing more is closed.
pub fn set_demand(tx: &Tx<'_>, demand: Demand) -> Result<()> {
    tx.execute(
        "update reservations set reservee = :reservee, attendue = :attendue, servie = :servie,
             close_le = case when :reservee + :attendue = 0 then :now end
         where id = :id",
        named_params! {
            ":id": demand.id, ":reservee": demand.reservee, ":attendue": demand.attendue,
            ":servie": demand.servie, ":now": tx.now(),
        },
    )?;
    Ok(())
}

/// Gives up what is left of a demand; tells whether there was anything.
pub fn give_up(tx: &Tx<'_>, id: ReservationId) -> Result<bool> {
    let given_up = tx.execute(
        "update reservations set reservee = 0, attendue = 0, close_le = :now
         where id = :id and close_le is null",
        named_params! { ":id": id, ":now": tx.now() },
    )?;
    Ok(given_up > 0)
}

/// Whether an intervention waits for any part.
pub fn awaits(db: &Reader<'_>, intervention: InterventionId) -> Result<bool> {
    db.one(
        "select exists (select 1 from reservations
             where intervention_id = :intervention and close_le is null and attendue > 0)",
        named_params! { ":intervention": intervention },
        |row| row.get(0),
    )
}

/// The parts that an intervention once asked for and that others wait for now.
pub fn waited_for_by_others(db: &Reader<'_>, intervention: InterventionId) -> Result<Vec<PieceId>> {
    db.all(
        "select distinct r.piece_id from reservations r join stocks s on s.piece_id = r.piece_id
         where r.intervention_id = :intervention and s.attendue > 0 order by r.piece_id",
        named_params! { ":intervention": intervention },
        |row| row.get(0),
    )
}

fn demand(row: &Row<'_>) -> rusqlite::Result<Demand> {
    Ok(Demand {
        id: row.get(0)?,
        intervention: row.get(1)?,
        reservee: row.get(2)?,
        attendue: row.get(3)?,
        servie: row.get(4)?,
    })
}

fn row(row: &Row<'_>) -> rusqlite::Result<Reservation> {
    let mut column = Columns::of(row);
    let mut reservation = Reservation {
        id: column.take()?,
        intervention_id: column.take()?,
        piece_id: column.take()?,
        reference: column.take()?,
        designation: column.take()?,
        unite: column.take()?,
        emplacement: column.take()?,
        statut: StatutReservation::Liberee,
        demandee: column.take()?,
        reservee: column.take()?,
        attendue: column.take()?,
        servie: column.take()?,
        date: column.take()?,
        auteur: column.take()?,
    };
    reservation.statut = match &reservation {
        it if !it.attendue.is_zero() => StatutReservation::Attendue,
        it if !it.reservee.is_zero() => StatutReservation::Reservee,
        it if it.servie == it.demandee => StatutReservation::Servie,
        _ => StatutReservation::Liberee,
    };
    Ok(reservation)
}
