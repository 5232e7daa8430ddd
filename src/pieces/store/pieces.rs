//! The catalogue, with what there is of each part.

use rusqlite::{Row, named_params};
use serde_json::Value;

use crate::ids::{EquipementId, FournisseurId, MouvementId, PieceId};
use crate::kernel::db::{Columns, Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::facet::{Dimension, Facettes};
use crate::kernel::page::{Listing, Page, Select, SortKey, fold};
use crate::kernel::phrase::Language;
use crate::kernel::quantity::Quantity;
use crate::pieces::access;
use crate::pieces::model::{LigneACommander, Piece, PieceFilters, StatutPiece};
use crate::pieces::rules::{self, Level};

/// Of a part `p` with its stock `s`.
macro_rules! sous_seuil {
    () => {
        "p.statut = 'actif' and s.stock < p.seuil_min"
    };
}

/// In the order in which [`piece_row`] reads them.
const COLUMNS: &str = concat!(
    "p.id, p.reference, p.designation, p.unite, p.emplacement, p.seuil_min, p.quantite_reappro, p.prix_unitaire,
     p.fournisseur_id, f.nom, (select json_group_array(equipement_id) from (
         select e.equipement_id from piece_equipements e where e.piece_id = p.id order by e.equipement_id)),
     p.statut, s.stock, s.reserve, s.attendue, s.valeur, s.cump, (",
    sous_seuil!(),
    "), p.version, p.created_at, p.updated_at"
);
const FROM: &str = "pieces p left join stocks s on s.piece_id = p.id
    left join fournisseurs f on f.id = p.fournisseur_id";

/// The last two order by what a technicien may not know.
const SORTS: &[SortKey] = &[
    ("reference", "p.reference_key"),
    ("designation", "fold(p.designation)"),
    ("emplacement", "coalesce(p.emplacement, '')"),
    ("stock", "s.stock"),
    ("disponible", "s.stock - s.reserve"),
    ("created_at", "p.created_at"),
    ("prix_unitaire", "coalesce(p.prix_unitaire, 0)"),
    ("valeur_stock", "s.valeur"),
];

pub fn list(db: &Reader<'_>, filters: &PieceFilters, page: &Page) -> Result<Listing<Piece>> {
    let sees_costs = access::sees_costs(db.actor());
    let keys = if sees_costs { SORTS } else { &SORTS[..SORTS.len() - 2] };
    select(filters, page).list(db, page, keys, "reference", |row| piece_row(row, sees_costs))
}

/// How many of the parts of [`list`] have which value.
pub fn facets(db: &Reader<'_>, filters: &PieceFilters, page: &Page, language: Language) -> Result<Facettes> {
    select(filters, page).facets::<PieceFilters>(
        db,
        language,
        &[
            Dimension::column("fournisseur_id", "p.fournisseur_id", "f.nom"),
            Dimension::text("emplacement", "p.emplacement", "plain(p.emplacement)"),
            Dimension::words::<StatutPiece>("statut", "p.statut"),
            Dimension::flag("sous_seuil", sous_seuil!()),
            Dimension::flag("en_rupture", "s.stock = 0"),
        ],
    )
}

/// A part, its costs included: what of it is shown is said elsewhere.
pub fn piece(db: &Reader<'_>, id: PieceId) -> Result<Piece> {
    let mut select = Select::new(COLUMNS, FROM, "p.id");
    select.filter("p.supprimee_le is null", []);
    select.one(db, id, |row| piece_row(row, true))
}

pub fn insert_piece(tx: &Tx<'_>, piece: &Piece) -> Result<PieceId> {
    tx.insert(
        "insert into pieces (reference, reference_key, designation, unite, emplacement, seuil_min, quantite_reappro,
             prix_unitaire, fournisseur_id, created_at, updated_at)
         values (:reference, :reference_key, :designation, :unite, :emplacement, :seuil_min, :quantite_reappro,
             :prix_unitaire, :fournisseur_id, :now, :now)",
        named_params! {
            ":reference": piece.reference, ":reference_key": fold(&piece.reference),
            ":designation": piece.designation, ":unite": piece.unite, ":emplacement": piece.emplacement,
            ":seuil_min": piece.seuil_min, ":quantite_reappro": piece.quantite_reappro,
            ":prix_unitaire": piece.prix_unitaire, ":fournisseur_id": piece.fournisseur_id, ":now": tx.now(),
        },
    )
    .map(PieceId)
}

pub fn update(tx: &Tx<'_>, piece: &Piece) -> Result<()> {
    tx.execute(
        "update pieces set reference = :reference, reference_key = :reference_key, designation = :designation,
             unite = :unite, emplacement = :emplacement, seuil_min = :seuil_min,
             quantite_reappro = :quantite_reappro, prix_unitaire = :prix_unitaire,
             fournisseur_id = :fournisseur_id, statut = :statut, version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": piece.id, ":reference": piece.reference, ":reference_key": fold(&piece.reference),
            ":designation": piece.designation, ":unite": piece.unite, ":emplacement": piece.emplacement,
            ":seuil_min": piece.seuil_min, ":quantite_reappro": piece.quantite_reappro,
            ":prix_unitaire": piece.prix_unitaire, ":fournisseur_id": piece.fournisseur_id,
            ":statut": piece.statut, ":now": tx.now(),
        },
    )?;
    Ok(())
}

/// The one line of a part that was written together with it, if there is no other.
pub fn opening(db: &Reader<'_>, id: PieceId) -> Result<Option<MouvementId>> {
    db.maybe(
        "select m.id from mouvements m join pieces p on p.id = m.piece_id
         where p.id = :id and m.type = 'entree' and m.date = p.created_at
           and (select count(*) from mouvements where piece_id = p.id) = 1",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// No more of a part comes in.
pub fn retire(tx: &Tx<'_>, id: PieceId) -> Result<()> {
    tx.execute("update pieces set statut = 'retire' where id = :id", named_params! { ":id": id }).map(drop)
}

/// Takes a part out of everybody's sight; the lines of the ledger keep its name, others may have its reference.
pub fn hide(tx: &Tx<'_>, id: PieceId) -> Result<()> {
    tx.execute(
        "update pieces set supprimee_le = :now, reference_key = '†' || id, fournisseur_id = null,
             version = version + 1, updated_at = :now
         where id = :id",
        named_params! { ":id": id, ":now": tx.now() },
    )?;
    tx.execute("delete from piece_equipements where piece_id = :id", named_params! { ":id": id }).map(drop)
}

pub fn delete(tx: &Tx<'_>, id: PieceId) -> Result<()> {
    tx.execute("delete from pieces where id = :id", named_params! { ":id": id })?;
    Ok(())
}

/// Replaces what a part fits.
pub fn set_equipements(tx: &Tx<'_>, id: PieceId, equipements: &[EquipementId]) -> Result<()> {
    tx.execute(
        "delete from piece_equipements where piece_id = :id
             and equipement_id not in (select value from json_each(:equipements))",
        named_params! { ":id": id, ":equipements": serde_json::to_string(equipements)? },
    )?;
    tx.execute(
        "insert or ignore into piece_equipements (piece_id, equipement_id)
         select :id, value from json_each(:equipements)",
        named_params! { ":id": id, ":equipements": serde_json::to_string(equipements)? },
    )?;
    Ok(())
}

/// The place in the list of the first équipement that does not exist.
pub fn unknown_equipement(db: &Reader<'_>, ids: &[EquipementId]) -> Result<Option<i64>> {
    db.maybe(
        "select key from json_each(:ids) where value not in (select id from equipements) order by key limit 1",
        named_params! { ":ids": serde_json::to_string(ids)? },
        |row| row.get(0),
    )
}

/// Whether the ledger has a line of it, or an intervention asked for it.
pub fn has_moved(db: &Reader<'_>, id: PieceId) -> Result<bool> {
    db.one(
        "select exists (select 1 from mouvements where piece_id = :id)
             or exists (select 1 from reservations where piece_id = :id)",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// A line to order, and whom from: id, name and usual days.
type ToOrder = (Option<(FournisseurId, String, Option<i64>)>, LigneACommander);

/// Active parts below their threshold, or awaited; by supplier, those without one last.
pub fn to_order(db: &Reader<'_>, suppliers: &[FournisseurId]) -> Result<Vec<ToOrder>> {
    db.all(
        concat!(
            "select f.id, f.nom, f.delai_jours, p.id as piece_id, p.reference, p.designation, p.unite, p.seuil_min,
                 p.quantite_reappro, coalesce(p.prix_unitaire, s.cump) as prix,
                 s.stock, s.reserve, s.attendue, s.valeur, s.cump
             from pieces p join stocks s on s.piece_id = p.id
             left join fournisseurs f on f.id = p.fournisseur_id
             where (",
            sous_seuil!(),
            " or p.statut = 'actif' and s.attendue > 0)
               and (:any or p.fournisseur_id in (select value from json_each(:suppliers)))
             order by f.nom_key is null, f.nom_key, p.reference_key"
        ),
        named_params! { ":any": suppliers.is_empty(), ":suppliers": serde_json::to_string(suppliers)? },
        |row| {
            let (level, seuil_min, lot) = (level_row(row)?, row.get("seuil_min")?, row.get("quantite_reappro")?);
            let supplier = match row.get(0)? {
                Some(id) => Some((id, row.get(1)?, row.get(2)?)),
                None => None,
            };
            let line = LigneACommander {
                piece_id: row.get("piece_id")?,
                reference: row.get("reference")?,
                designation: row.get("designation")?,
                unite: row.get("unite")?,
                stock: level.stock,
                reserve: level.reserve,
                attendue: level.attendue,
                seuil_min,
                quantite_reappro: lot,
                quantite_proposee: rules::proposed(level, seuil_min, lot),
                prix_unitaire: row.get("prix")?,
                montant: None,
            };
            Ok((supplier, line))
        },
    )
}

fn select(filters: &PieceFilters, page: &Page) -> Select {
    let mut select = Select::new(COLUMNS, FROM, "p.id");
    select
        .filter("p.supprimee_le is null", [])
        .any("p.fournisseur_id", &filters.fournisseur_id)
        .any_text("p.emplacement", &filters.emplacement)
        .any("p.statut", &filters.statut)
        .flag(sous_seuil!(), filters.sous_seuil)
        .flag("s.stock = 0", filters.en_rupture)
        .when("p.id in (select rowid from pieces_fts where pieces_fts match ?)", page.full_text().as_ref());
    if !filters.equipement_id.is_empty() {
        let marks = vec!["?"; filters.equipement_id.len()].join(", ");
        select.filter(
            format!("p.id in (select piece_id from piece_equipements where equipement_id in ({marks}))"),
            filters.equipement_id.iter().map(crate::kernel::page::bound),
        );
    }
    select
}

pub(super) fn level_row(row: &Row<'_>) -> rusqlite::Result<Level> {
    Ok(Level {
        stock: row.get("stock")?,
        reserve: row.get("reserve")?,
        attendue: row.get("attendue")?,
        valeur: row.get("valeur")?,
        cump: row.get("cump")?,
    })
}

fn piece_row(row: &Row<'_>, sees_costs: bool) -> rusqlite::Result<Piece> {
    let mut column = Columns::of(row);
    let mut piece = Piece {
        id: column.take()?,
        reference: column.take()?,
        designation: column.take()?,
        unite: column.take()?,
        emplacement: column.take()?,
        seuil_min: column.take()?,
        quantite_reappro: column.take()?,
        prix_unitaire: column.take()?,
        fournisseur_id: column.take()?,
        fournisseur_nom: column.take()?,
        equipements: ids(&column.take()?),
        statut: column.take()?,
        stock: column.take()?,
        reserve: column.take()?,
        attendue: column.take()?,
        disponible: Quantity::ZERO,
        valeur_stock: column.take()?,
        cump: column.take()?,
        sous_seuil: column.take()?,
        version: column.take()?,
        created_at: column.take()?,
        updated_at: column.take()?,
    };
    piece.disponible = piece.stock - piece.reserve;
    Ok(if sees_costs { piece } else { access::without_costs(piece) })
}

fn ids(array: &Value) -> Vec<EquipementId> {
    array.as_array().into_iter().flatten().filter_map(Value::as_i64).map(EquipementId).collect()
}
