//! Counts of the shelves.

use rusqlite::{Row, named_params};

use crate::ids::{InventaireId, PieceId};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::money::Cents;
use crate::kernel::page::{Listing, Page, Select, SortKey};
use crate::kernel::quantity::Quantity;
use crate::pieces::model::{
    Comptage, Inventaire, InventaireFilters, LigneInventaire, MAX_LIGNES, StatutInventaire,
};

const SORTS: &[SortKey] = &[("ouvert_le", "v.ouvert_le"), ("libelle", "fold(v.libelle)")];

const COLUMNS: &str = "v.*, o.full_name as ouvert_nom, c.full_name as clos_nom,
    (select count(*) from inventaire_lignes l where l.inventaire_id = v.id) as nombre,
    (select count(l.compte) from inventaire_lignes l where l.inventaire_id = v.id) as comptees,
    (select count(*) from inventaire_lignes l where l.inventaire_id = v.id and l.compte <> l.theorique) as differences";
const FROM: &str =
    "inventaires v left join users o on o.id = v.ouvert_par left join users c on c.id = v.clos_par";

pub fn inventaires(db: &Reader<'_>, filters: &InventaireFilters, page: &Page) -> Result<Listing<Inventaire>> {
    let mut select = Select::new(COLUMNS, FROM, "v.id");
    select.any("v.statut", &filters.statut);
    select.contains("v.libelle || ' ' || coalesce(v.emplacement, '')", page);
    select.list(db, page, SORTS, "-ouvert_le", row)
}

pub fn inventaire(db: &Reader<'_>, id: InventaireId) -> Result<Inventaire> {
    Select::new(COLUMNS, FROM, "v.id").one(db, id, row)
}

/// The lines of a count, by emplacement, then by reference.
pub fn lignes(db: &Reader<'_>, id: InventaireId) -> Result<Vec<LigneInventaire>> {
    db.all(
        "select l.piece_id, p.reference, p.designation, p.unite, p.emplacement,
             coalesce(l.theorique, s.stock), l.compte, l.compte_le, u.full_name, l.compte - l.theorique,
             -- What the closing posted; until then, the cost of today. Half cents are rounded away from zero.
             coalesce((select m.valeur from mouvements_corriges m where m.inventaire_id = l.inventaire_id
                     and m.piece_id = l.piece_id and +m.annule_id is null),
                 cast(round((l.compte - l.theorique) * coalesce(s.cump, 0) / 100000.0) as integer))
         from inventaire_lignes l
         join pieces p on p.id = l.piece_id
         join stocks s on s.piece_id = l.piece_id
         left join users u on u.id = l.compte_par
         where l.inventaire_id = :id
         order by coalesce(p.emplacement, ''), p.reference_key",
        named_params! { ":id": id },
        |row| {
            let ecart: Option<Quantity> = row.get(9)?;
            let valeur: Option<Cents> = row.get(10)?;
            Ok(LigneInventaire {
                piece_id: row.get(0)?,
                reference: row.get(1)?,
                designation: row.get(2)?,
                unite: row.get(3)?,
                emplacement: row.get(4)?,
                theorique: row.get(5)?,
                compte: row.get(6)?,
                compte_le: row.get(7)?,
                compte_par: row.get(8)?,
                ecart,
                valeur_ecart: ecart.and(valeur),
            })
        },
    )
}

/// The active parts kept at an emplacement; one more than a count takes, to know that there are more.
pub fn kept_at(db: &Reader<'_>, emplacement: &str) -> Result<Vec<PieceId>> {
    db.all(
        "select id from pieces where emplacement = :emplacement and statut = 'actif' order by id limit :most",
        named_params! { ":emplacement": emplacement, ":most": MAX_LIGNES as i64 + 1 },
        |row| row.get(0),
    )
}

/// The place in the list of the first part that does not exist.
pub fn unknown_piece(db: &Reader<'_>, ids: &[PieceId]) -> Result<Option<i64>> {
    db.maybe(
        "select key from json_each(:ids) where value not in (select id from pieces where supprimee_le is null) order by key limit 1",
        named_params! { ":ids": serde_json::to_string(ids)? },
        |row| row.get(0),
    )
}

/// Of these parts, those that an open count already counts: its id and their references.
pub fn open_elsewhere(db: &Reader<'_>, ids: &[PieceId]) -> Result<Vec<(InventaireId, String)>> {
    db.all(
        "select l.inventaire_id, p.reference from inventaire_lignes l join pieces p on p.id = l.piece_id
         where l.ouverte = 1 and l.piece_id in (select value from json_each(:ids)) order by p.reference_key",
        named_params! { ":ids": serde_json::to_string(ids)? },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

pub fn insert_inventaire(
    tx: &Tx<'_>,
    libelle: &str,
    emplacement: Option<&str>,
    pieces: &[PieceId],
) -> Result<InventaireId> {
    let id = tx.insert(
        "insert into inventaires (libelle, emplacement, ouvert_le, ouvert_par, updated_at)
         values (:libelle, :emplacement, :now, :user, :now)",
        named_params! {
            ":libelle": libelle, ":emplacement": emplacement, ":now": tx.now(), ":user": tx.actor().user_id,
        },
    )?;
    tx.execute(
        "insert into inventaire_lignes (inventaire_id, piece_id)
         select distinct :id, value from json_each(:pieces)",
        named_params! { ":id": id, ":pieces": serde_json::to_string(pieces)? },
    )?;
    Ok(InventaireId(id))
}

/// Writes what was counted now, beside what the ledger says now. Tells whether the count has this part.
pub fn write_count(tx: &Tx<'_>, id: InventaireId, comptage: Comptage) -> Result<bool> {
    let written = tx.execute(
        "update inventaire_lignes set compte = :compte, compte_le = :now, compte_par = :user,
             theorique = (select stock from stocks where piece_id = :piece)
         where inventaire_id = :id and piece_id = :piece",
        named_params! {
            ":id": id, ":piece": comptage.piece_id, ":compte": comptage.quantite, ":now": tx.now(),
            ":user": tx.actor().user_id,
        },
    )?;
    Ok(written > 0)
}

/// What a count found to differ: the part, its reference, and by how much.
pub fn counted_pieces(db: &Reader<'_>, id: InventaireId) -> Result<Vec<(PieceId, String, Quantity)>> {
    db.all(
        "select l.piece_id, p.reference, l.compte - l.theorique
         from inventaire_lignes l join pieces p on p.id = l.piece_id
         where l.inventaire_id = :id and l.compte <> l.theorique order by l.piece_id",
        named_params! { ":id": id },
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Ends a count; its parts may be counted again elsewhere.
pub fn close(tx: &Tx<'_>, id: InventaireId, statut: StatutInventaire) -> Result<()> {
    tx.execute(
        "update inventaires set statut = :statut, clos_le = :now, clos_par = :user, version = version + 1,
             updated_at = :now
         where id = :id",
        named_params! { ":id": id, ":statut": statut, ":now": tx.now(), ":user": tx.actor().user_id },
    )?;
    tx.execute(
        "update inventaire_lignes set ouverte = 0 where inventaire_id = :id",
        named_params! { ":id": id },
    )?;
    Ok(())
}

/// The count has changed.
pub fn touch(tx: &Tx<'_>, id: InventaireId) -> Result<()> {
    tx.execute(
        "update inventaires set version = version + 1, updated_at = :now where id = :id",
        named_params! { ":id": id, ":now": tx.now() },
    )?;
    Ok(())
}

fn row(row: &Row<'_>) -> rusqlite::Result<Inventaire> {
    Ok(Inventaire {
        id: row.get("id")?,
        libelle: row.get("libelle")?,
        emplacement: row.get("emplacement")?,
        statut: row.get("statut")?,
        ouvert_le: row.get("ouvert_le")?,
        ouvert_par: row.get("ouvert_nom")?,
        clos_le: row.get("clos_le")?,
        clos_par: row.get("clos_nom")?,
        nombre: row.get("nombre")?,
        comptees: row.get("comptees")?,
        differences: row.get("differences")?,
        version: row.get("version")?,
    })
}
