//! The ledger, and what it leaves.

use rusqlite::{Row, named_params};

use super::pieces::level_row;
use crate::clients::plant_zone;
use crate::ids::{InterventionId, InventaireId, MouvementId, PieceId};
use crate::kernel::db::{Columns, Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::money::{Cents, UnitPrice};
use crate::kernel::page::{Listing, Page, Select, SortKey};
use crate::kernel::quantity::Quantity;
use crate::pieces::model::{Mouvement, MouvementFilters, TypeMouvement};
use crate::pieces::rules::{Level, Line};

/// Lines are numbered in the order in which they were written.
const SORTS: &[SortKey] = &[("date", "m.id")];

/// In the order in which [`row`] reads them.
const COLUMNS: &str =
    "m.id, m.piece_id, p.reference, p.designation, p.unite, m.type, m.quantite, m.cout_unitaire,
    m.valeur, m.date, m.auteur, m.motif, m.intervention_id, i.numero, m.annule_id,
    (select u.id from mouvements u where u.annule_id = m.id), m.inventaire_id, m.emplacement, m.corrige_id,
    (select max(r.mouvement_id) from revalorisation_lignes r where r.ligne_id = m.id), n.cout_unitaire, n.valeur";
const FROM: &str = "mouvements m left join mouvements_corriges n on n.id = m.id
    left join pieces p on p.id = m.piece_id left join interventions i on i.id = m.intervention_id";

/// The lines of a part, newest first.
pub fn mouvements(
    db: &Reader<'_>,
    piece: PieceId,
    filters: &MouvementFilters,
    page: &Page,
) -> Result<Listing<Mouvement>> {
    let mut select = Select::new(COLUMNS, FROM, "m.id");
    select.any("m.piece_id", &[piece]);
    lines(db, select, filters, page)
}

/// The lines of an intervention, newest first.
pub fn mouvements_of_work(
    db: &Reader<'_>,
    intervention: InterventionId,
    filters: &MouvementFilters,
    page: &Page,
) -> Result<Listing<Mouvement>> {
    let mut select = Select::new(COLUMNS, FROM, "m.id");
    select.any("m.intervention_id", &[intervention]);
    lines(db, select, filters, page)
}

fn lines(
    db: &Reader<'_>,
    mut select: Select,
    filters: &MouvementFilters,
    page: &Page,
) -> Result<Listing<Mouvement>> {
    select.any("m.type", &filters.r#type);
    if filters.du.or(filters.au).is_some() {
        let zone = plant_zone(db)?;
        select.when("m.date >= ?", filters.du.map(|from| from.start(&zone)).as_ref());
        select.when("m.date < ?", filters.au.map(|to| to.end(&zone)).as_ref());
    }
    select.contains("m.auteur || ' ' || coalesce(m.motif, '')", page);
    select.list(db, page, SORTS, "-date", row)
}

pub fn mouvement(db: &Reader<'_>, piece: PieceId, id: MouvementId) -> Result<Mouvement> {
    let mut select = Select::new(COLUMNS, FROM, "m.id");
    select.any("m.piece_id", &[piece]);
    select.one(db, id, row)
}

/// What a line moved, signs and all, at what it is worth by now.
pub fn stored_line(db: &Reader<'_>, id: MouvementId) -> Result<Line> {
    db.one(
        "select quantite, valeur, cout_unitaire from mouvements_corriges where id = :id",
        named_params! { ":id": id },
        |row| Ok(Line { quantite: row.get(0)?, valeur: row.get(1)?, cout_unitaire: row.get(2)? }),
    )
}

/// What there is of a part.
pub fn level(db: &Reader<'_>, piece: PieceId) -> Result<Level> {
    db.one(
        "select stock, reserve, attendue, valeur, cump from stocks where piece_id = :piece",
        named_params! { ":piece": piece },
        level_row,
    )
}

/// A line to be written, beside what it moves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entry<'a> {
    pub motif: Option<&'a str>,
    pub intervention: Option<InterventionId>,
    pub undoes: Option<MouvementId>,
    /// The receipt whose price it puts right.
    pub corrects: Option<MouvementId>,
    pub inventaire: Option<InventaireId>,
    pub emplacement: Option<&'a str>,
}

/// Writes a line, by the caller, now; the database moves the stock by it.
pub fn insert(
    tx: &Tx<'_>,
    piece: PieceId,
    kind: TypeMouvement,
    line: Line,
    entry: Entry<'_>,
) -> Result<MouvementId> {
    tx.insert(
        "insert into mouvements (piece_id, type, quantite, cout_unitaire, valeur, date, user_id, auteur, motif,
             intervention_id, annule_id, inventaire_id, emplacement, corrige_id)
         values (:piece, :type, :quantite, :cout_unitaire, :valeur, :now, :user,
             coalesce((select full_name from users where id = :user), :auteur), :motif, :intervention, :undoes,
             :inventaire, :emplacement, :corrects)",
        named_params! {
            ":piece": piece, ":type": kind, ":quantite": line.quantite, ":cout_unitaire": line.cout_unitaire,
            ":valeur": line.valeur, ":now": tx.now(), ":user": tx.actor().user_id, ":auteur": tx.actor().name,
            ":motif": entry.motif, ":intervention": entry.intervention, ":undoes": entry.undoes,
            ":inventaire": entry.inventaire, ":emplacement": entry.emplacement,
            ":corrects": entry.corrects,
        },
    )
    .map(MouvementId)
}

/// How much of a part an intervention has taken and not brought back, and what that was worth.
pub fn taken(db: &Reader<'_>, piece: PieceId, intervention: InterventionId) -> Result<(Quantity, Cents)> {
    db.one(
        "select coalesce(-sum(quantite), 0), coalesce(-sum(valeur), 0) from mouvements_corriges m
         where intervention_id = :intervention and piece_id = :piece and +annule_id is null
           and not exists (select 1 from mouvements u where u.annule_id = m.id)",
        named_params! { ":intervention": intervention, ":piece": piece },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// A part that an intervention has taken and not brought back.
pub struct Out {
    pub piece: PieceId,
    pub designation: String,
    pub unite: String,
    pub quantite: Quantity,
}

/// The parts of an intervention that are still out.
pub fn out(db: &Reader<'_>, intervention: InterventionId) -> Result<Vec<Out>> {
    db.all(
        "select p.id, p.designation, p.unite, -sum(m.quantite) from mouvements m join pieces p on p.id = m.piece_id
         where m.intervention_id = :intervention
         group by p.id having sum(m.quantite) < 0 order by p.id",
        named_params! { ":intervention": intervention },
        |row| {
            Ok(Out {
                piece: row.get(0)?,
                designation: row.get(1)?,
                unite: row.get(2)?,
                quantite: row.get(3)?,
            })
        },
    )
}

/// Whether an intervention brought some of a part back after this line.
pub fn came_back_since(
    db: &Reader<'_>,
    piece: PieceId,
    intervention: InterventionId,
    line: MouvementId,
) -> Result<bool> {
    db.one(
        "select exists (select 1 from mouvements m
             where intervention_id = :intervention and piece_id = :piece and type = 'retour' and id > :line
               and +annule_id is null and not exists (select 1 from mouvements u where u.annule_id = m.id))",
        named_params! { ":intervention": intervention, ":piece": piece, ":line": line },
        |row| row.get(0),
    )
}

/// What a unit was worth at the last issue that was for no intervention and still counts.
pub fn last_issue_cost(db: &Reader<'_>, piece: PieceId) -> Result<Option<UnitPrice>> {
    db.maybe(
        "select cout_unitaire from mouvements_corriges m
         where piece_id = :piece and type = 'sortie' and +intervention_id is null and +annule_id is null
           and not exists (select 1 from mouvements u where u.annule_id = m.id)
         order by id desc limit 1",
        named_params! { ":piece": piece },
        |row| row.get(0),
    )
}

/// Keeps a part somewhere else.
pub fn move_to(tx: &Tx<'_>, piece: PieceId, emplacement: &str) -> Result<()> {
    tx.execute(
        "update pieces set emplacement = :emplacement, version = version + 1, updated_at = :now where id = :piece",
        named_params! { ":piece": piece, ":emplacement": emplacement, ":now": tx.now() },
    )?;
    Ok(())
}

/// Remembers whether a part is below its threshold, and tells whether it has just fallen there.
pub fn watch(tx: &Tx<'_>, piece: PieceId) -> Result<bool> {
    let fallen: Option<bool> = tx.maybe(
        "select s.bas_depuis is null from stocks s join pieces p on p.id = s.piece_id
         where s.piece_id = :piece
           and (s.bas_depuis is null) = (p.statut = 'actif' and s.stock < p.seuil_min)",
        named_params! { ":piece": piece },
        |row| row.get(0),
    )?;
    if let Some(fallen) = fallen {
        tx.execute(
            "update stocks set bas_depuis = :since where piece_id = :piece",
            named_params! { ":piece": piece, ":since": fallen.then_some(tx.now()) },
        )?;
    }
    Ok(fallen == Some(true))
}

fn row(row: &Row<'_>) -> rusqlite::Result<Mouvement> {
    let mut column = Columns::of(row);
    let mut line = Mouvement {
        id: column.take()?,
        piece_id: column.take()?,
        reference: column.take()?,
        designation: column.take()?,
        unite: column.take()?,
        r#type: column.take()?,
        quantite: Quantity::ZERO,
        variation: column.take()?,
        cout_unitaire: column.take()?,
        valeur: column.take()?,
        date: column.take()?,
        auteur: column.take()?,
        motif: column.take()?,
        intervention_id: column.take()?,
        intervention_numero: column.take()?,
        annule_id: column.take()?,
        annule_par_id: column.take()?,
        inventaire_id: column.take()?,
        emplacement: column.take()?,
        corrige_id: column.take()?,
        corrige_par_id: column.take()?,
        cout_unitaire_initial: None,
        valeur_initiale: None,
    };
    line.quantite = line.variation.size();
    let corrected = (column.take()?, column.take()?);
    if line.corrige_par_id.is_some() {
        (line.cout_unitaire_initial, line.valeur_initiale) = (line.cout_unitaire, line.valeur.map(size));
        (line.cout_unitaire, line.valeur) = corrected;
    }
    // A price moves nothing: which way the stock's value goes is said by the value alone.
    if line.r#type != TypeMouvement::Revalorisation {
        line.valeur = line.valeur.map(size);
    }
    Ok(line)
}

fn size(valeur: Cents) -> Cents {
    Cents(valeur.0.abs())
}
