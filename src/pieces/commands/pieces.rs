//! The catalogue, and what of it to order.

use super::mouvements::undo;
use super::{referenced, watch_threshold};
use crate::attaches::{self, Attache, Parent};
use crate::events::Event;
use crate::ids::{EquipementId, FournisseurId, PieceId};
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{IfMatch, replace};
use crate::kernel::money::Cents;
use crate::kernel::quantity::Quantity;
use crate::phrase;
use crate::pieces::model::{ACommander, GroupeACommander, NewPiece, Piece, PiecePatch, StatutPiece};
use crate::pieces::{rules, store};

/// The unit of what is counted.
const UNITE: &str = "u";

/// A new part, of which there is nothing yet.
///
/// # Errors
/// 409 `doublon` for a reference that exists, 422 for a supplier or an équipement that does not.
pub fn create(tx: &Tx<'_>, new: NewPiece) -> Result<Piece> {
    let now = tx.now();
    let draft = Piece {
        id: PieceId(0),
        reference: new.reference.trim().to_owned(),
        designation: new.designation,
        unite: new.unite.unwrap_or_else(|| UNITE.to_owned()),
        emplacement: new.emplacement,
        seuil_min: new.seuil_min.unwrap_or_default(),
        quantite_reappro: new.quantite_reappro,
        prix_unitaire: new.prix_unitaire,
        fournisseur_id: new.fournisseur_id,
        fournisseur_nom: None,
        equipements: new.equipements,
        statut: StatutPiece::Actif,
        stock: Quantity::ZERO,
        reserve: Quantity::ZERO,
        attendue: Quantity::ZERO,
        disponible: Quantity::ZERO,
        valeur_stock: None,
        cump: None,
        sous_seuil: false,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    check_references(tx, draft.fournisseur_id, &draft.equipements)?;
    let id = store::insert_piece(tx, &draft)?;
    store::set_equipements(tx, id, &draft.equipements)?;
    // A part that begins empty has not fallen: it is on the list of what to order, without an alert.
    store::watch(tx, id)?;
    let piece = store::piece(tx, id)?;
    tx.record(Event::PieceCreee(id), Change::created(&piece)?)?;
    Ok(piece)
}

/// # Errors
/// Those of [`create`]; 409 `deja_mouvementee` for another unit of what has moved, 409 `attendue` for retiring
/// what interventions wait for.
pub fn update(tx: &Tx<'_>, id: PieceId, patch: PiecePatch, expected: IfMatch) -> Result<Piece> {
    let before = store::piece(tx, id)?;
    expected.check(before.version)?;
    let mut piece = before.clone();
    replace(&mut piece.reference, patch.reference.map(|reference| reference.trim().to_owned()));
    replace(&mut piece.designation, patch.designation);
    replace(&mut piece.unite, patch.unite);
    replace(&mut piece.emplacement, patch.emplacement);
    replace(&mut piece.seuil_min, patch.seuil_min);
    replace(&mut piece.quantite_reappro, patch.quantite_reappro);
    replace(&mut piece.prix_unitaire, patch.prix_unitaire);
    replace(&mut piece.fournisseur_id, patch.fournisseur_id);
    replace(&mut piece.equipements, patch.equipements);
    replace(&mut piece.statut, patch.statut);
    check_references(tx, piece.fournisseur_id, &piece.equipements)?;
    if piece.unite != before.unite && store::has_moved(tx, id)? {
        return Err(Error::conflict(
            "deja_mouvementee",
            phrase!(
                "Cette pièce a déjà des mouvements ou des demandes : son unité ne change plus.",
                "This part already has movements or demands: its unit no longer changes."
            ),
        ));
    }
    if piece.statut == StatutPiece::Retire && !before.attendue.is_zero() {
        return Err(Error::conflict(
            "attendue",
            phrase!(
                "Des interventions attendent cette pièce : libérez d’abord leurs demandes.",
                "Interventions wait for this part: release their demands first."
            ),
        ));
    }
    store::update(tx, &piece)?;
    store::set_equipements(tx, id, &piece.equipements)?;
    let after = store::piece(tx, id)?;
    tx.record(Event::PieceModifiee(id), Change::between(&before, &after)?)?;
    watch_threshold(tx, id)?;
    Ok(after)
}

/// Refused (409) once anything moved or was asked for: it is retired instead.
pub fn delete(tx: &Tx<'_>, id: PieceId, expected: IfMatch) -> Result<()> {
    let before = store::piece(tx, id)?;
    expected.check(before.version)?;
    let advice = phrase!("Donnez-lui plutôt le statut « retire ».", "Give it the statut \"retire\" instead.");
    attaches::require_free(tx, Parent::Piece, id.0, "utilise", advice)?;
    let carried = attaches::carried(tx, Parent::Piece, id.0)?;
    attaches::forget_hidden(tx, Parent::Piece, id.0)?;
    store::delete(tx, id)?;
    tx.record(Event::PieceSupprimee(id), Change::deleted(&attaches::with_carried(&before, &carried)?)?)
}

/// Takes back a part that was made by mistake, with what was put on its shelf together with it. The ledger keeps both
/// lines; the part is in no list any more, and its reference is free again.
///
/// # Errors
/// 412 when somebody changed it since, 409 naming what hangs on it.
pub fn withdraw(tx: &Tx<'_>, id: PieceId) -> Result<()> {
    let before = store::piece(tx, id)?;
    let opening = store::opening(tx, id)?;
    let mut attaches = attaches::hanging(tx, Parent::Piece, id.0)?;
    attaches.retain(|kind| opening.is_none() || kind.r#type != Attache::Mouvements);
    if !attaches.is_empty() {
        let advice =
            phrase!("Donnez-lui plutôt le statut « retire ».", "Give it the statut \"retire\" instead.");
        return Err(attaches::kept_by(attaches, "utilise", &advice));
    }
    let Some(line) = opening else {
        return delete(tx, id, IfMatch::exactly(1));
    };
    // Made, then stocked.
    IfMatch::exactly(2).check(before.version)?;
    // Nobody is told that it runs low.
    store::retire(tx, id)?;
    undo(tx, id, line, Some("Import annulé"))?;
    store::hide(tx, id)?;
    tx.record(Event::PieceSupprimee(id), Change::deleted(&before)?)
}

/// What is below its threshold or awaited, and how much of it to order from whom.
pub fn a_commander(db: &Reader<'_>, suppliers: &[FournisseurId]) -> Result<ACommander> {
    let mut groupes: Vec<GroupeACommander> = Vec::new();
    for (supplier, mut line) in store::to_order(db, suppliers)? {
        let cost = line.prix_unitaire.and_then(|prix| rules::in_at(line.quantite_proposee, prix));
        line.montant = cost.map(|cost| cost.valeur);
        let id = supplier.as_ref().map(|(id, ..)| *id);
        if groupes.last().is_none_or(|group| group.fournisseur_id != id) {
            let (nom, delai_jours) = supplier.map(|(_, nom, days)| (nom, days)).unzip();
            groupes.push(GroupeACommander {
                fournisseur_id: id,
                fournisseur_nom: nom,
                delai_jours: delai_jours.flatten(),
                montant: Cents(0),
                lignes: Vec::new(),
            });
        }
        if let Some(group) = groupes.last_mut() {
            group.montant.0 += line.montant.unwrap_or_default().0;
            group.lignes.push(line);
        }
    }
    let montant = Cents(groupes.iter().map(|group| group.montant.0).sum());
    Ok(ACommander { groupes, montant })
}

fn check_references(tx: &Tx<'_>, supplier: Option<FournisseurId>, fits: &[EquipementId]) -> Result<()> {
    if let Some(supplier) = supplier {
        referenced(store::fournisseur(tx, supplier), "fournisseur_id")?;
    }
    match store::unknown_equipement(tx, fits)? {
        Some(place) => Err(Error::unknown_reference(format!("equipements[{place}]"))),
        None => Ok(()),
    }
}
