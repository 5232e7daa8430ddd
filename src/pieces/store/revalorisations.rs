//! The ledger as it is worth by now, from a receipt on, and what a corrected price changes of it.

use std::collections::HashMap;

use rusqlite::{Row, named_params};

use crate::ids::{InterventionId, MouvementId, PieceId};
use crate::interventions::StatutIntervention;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::money::{Cents, UnitPrice};
use crate::kernel::quantity::Quantity;
use crate::pieces::rules::{Line, Posted};

/// The lines of a part from one on, in the order in which they were written; what corrected a price is none. At most so
/// many.
pub fn ledger_from(db: &Reader<'_>, piece: PieceId, from: MouvementId, most: usize) -> Result<Vec<Posted>> {
    db.all(
        "select id, type, quantite, valeur, cout_unitaire, intervention_id, annule_id from mouvements_corriges
         where piece_id = :piece and id >= :from and type <> 'revalorisation' order by id limit :most",
        named_params! { ":piece": piece, ":from": from, ":most": most as i64 },
        posted,
    )
}

/// The lines of a part before one that were undone after it.
pub fn undone_since(db: &Reader<'_>, piece: PieceId, from: MouvementId) -> Result<Vec<Posted>> {
    db.all(
        "select o.id, o.type, o.quantite, o.valeur, o.cout_unitaire, o.intervention_id, o.annule_id
         from mouvements u join mouvements_corriges o on o.id = u.annule_id
         where u.piece_id = :piece and u.id > :from and o.id < :from",
        named_params! { ":piece": piece, ":from": from },
        posted,
    )
}

/// What each intervention that has a line of the part after this one had taken of it before and not brought back.
pub fn taken_before(
    db: &Reader<'_>,
    piece: PieceId,
    from: MouvementId,
) -> Result<HashMap<InterventionId, (Quantity, Cents)>> {
    let taken = db.all(
        "select m.intervention_id, -sum(m.quantite), -sum(m.valeur) from mouvements_corriges m
         where m.intervention_id in (
                 select intervention_id from mouvements
                 where piece_id = :piece and id > :from and intervention_id is not null)
           and m.piece_id = :piece and m.id < :from and +m.annule_id is null
           and not exists (select 1 from mouvements u where u.annule_id = m.id and u.id < :from)
         group by m.intervention_id",
        named_params! { ":piece": piece, ":from": from },
        |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))),
    )?;
    Ok(taken.into_iter().collect())
}

/// The last issues of a part before a line that were for no intervention and counted then, oldest first, with what a
/// unit was worth.
pub fn issues_before(
    db: &Reader<'_>,
    piece: PieceId,
    from: MouvementId,
    most: usize,
) -> Result<Vec<(MouvementId, UnitPrice)>> {
    let mut issues = db.all(
        "select m.id, m.cout_unitaire from mouvements_corriges m
         where m.piece_id = :piece and m.id < :from and m.type = 'sortie' and +m.intervention_id is null
           and +m.annule_id is null
           and not exists (select 1 from mouvements u where u.annule_id = m.id and u.id < :from)
         order by m.id desc limit :most",
        named_params! { ":piece": piece, ":from": from, ":most": most as i64 },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    issues.reverse();
    Ok(issues)
}

/// Writes what earlier lines are worth more by a correction, and what a unit of each costs from now on.
pub fn write_revalued(
    tx: &Tx<'_>,
    correction: MouvementId,
    lines: &[(MouvementId, Cents, UnitPrice)],
) -> Result<()> {
    for (line, valeur, cout_unitaire) in lines {
        tx.execute(
            "insert into revalorisation_lignes (ligne_id, mouvement_id, valeur, cout_unitaire)
             values (:line, :correction, :valeur, :cout_unitaire)",
            named_params! {
                ":line": line, ":correction": correction, ":valeur": valeur, ":cout_unitaire": cout_unitaire,
            },
        )?;
    }
    Ok(())
}

/// Writes what a unit of a part cost when the last of it went.
pub fn set_cump(tx: &Tx<'_>, piece: PieceId, cump: Option<UnitPrice>) -> Result<()> {
    tx.execute(
        "update stocks set cump = :cump where piece_id = :piece and stock = 0",
        named_params! { ":piece": piece, ":cump": cump },
    )
    .map(drop)
}

/// An intervention whose parts cost something else now.
pub struct Revalued {
    pub id: InterventionId,
    pub numero: String,
    pub statut: StatutIntervention,
    pub validee: bool,
}

/// Some interventions, by their ids.
pub fn revalued_works(db: &Reader<'_>, ids: &[InterventionId]) -> Result<Vec<Revalued>> {
    db.all(
        "select id, numero, statut, date_validation is not null from interventions
         where id in (select value from json_each(:ids)) order by id",
        named_params! { ":ids": serde_json::to_string(ids)? },
        |row| {
            Ok(Revalued { id: row.get(0)?, numero: row.get(1)?, statut: row.get(2)?, validee: row.get(3)? })
        },
    )
}

/// The parts of which a price was corrected, and their references.
pub fn corrected_pieces(db: &Reader<'_>) -> Result<Vec<(PieceId, String)>> {
    db.all(
        "select id, reference from pieces
         where id in (select piece_id from mouvements where corrige_id is not null) order by id",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Walks the ledger of a part: each line, whether a correction valued it, and the right price of a receipt that was
/// corrected.
pub fn each_corrected(
    db: &Reader<'_>,
    piece: PieceId,
    mut see: impl FnMut(Posted, bool, Option<UnitPrice>) -> Result<()>,
) -> Result<()> {
    db.each(
        "select m.id, m.type, m.quantite, m.valeur, m.cout_unitaire, m.intervention_id, m.annule_id,
             exists (select 1 from revalorisation_lignes r where r.ligne_id = m.id),
             (select c.cout_unitaire from mouvements c where c.corrige_id = m.id order by c.id desc limit 1)
         from mouvements_corriges m
         where m.piece_id = :piece and m.type <> 'revalorisation' order by m.id",
        named_params! { ":piece": piece },
        |row| see(posted(row)?, row.get(7)?, row.get(8)?),
    )
}

fn posted(row: &Row<'_>) -> rusqlite::Result<Posted> {
    Ok(Posted {
        id: row.get(0)?,
        kind: row.get(1)?,
        line: Line { quantite: row.get(2)?, valeur: row.get(3)?, cout_unitaire: row.get(4)? },
        work: row.get(5)?,
        undoes: row.get(6)?,
    })
}
