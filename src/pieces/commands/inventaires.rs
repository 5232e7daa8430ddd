//! Counting the shelves: what differs from the ledger at the moment of counting is posted at the end, and nothing
//! else.

use super::mouvements::{adjust, settle};
use crate::events::Event;
use crate::ids::InventaireId;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::IfMatch;
use crate::kernel::money::Cents;
use crate::kernel::quantity::Quantity;
use crate::phrase;
use crate::pieces::model::{
    Comptages, Inventaire, InventaireDetail, MAX_LIGNES, NewInventaire, StatutInventaire,
};
use crate::pieces::store::{self, Entry};

/// A count with what it found so far.
pub fn detail(db: &Reader<'_>, id: InventaireId) -> Result<InventaireDetail> {
    let (inventaire, lignes) = (store::inventaire(db, id)?, store::lignes(db, id)?);
    let valeur_ecarts = Cents(lignes.iter().filter_map(|line| line.valeur_ecart).map(|worth| worth.0).sum());
    Ok(InventaireDetail { inventaire, valeur_ecarts, lignes })
}

/// Opens a count of what is kept at an emplacement, or of a list of parts.
///
/// # Errors
/// 409 `deja_en_inventaire` naming the parts that an open count already has; 422.
pub fn open(tx: &Tx<'_>, new: NewInventaire) -> Result<InventaireDetail> {
    let pieces = match (&new.emplacement, new.pieces) {
        (Some(emplacement), None) => store::kept_at(tx, emplacement)?,
        (None, Some(pieces)) => pieces,
        _ => {
            let message = phrase!(
                "donnez soit « emplacement », soit « pieces »",
                "give either \"emplacement\" or \"pieces\""
            );
            return Err(Error::invalid("emplacement", "valeur_invalide", message));
        }
    };
    let champ = if new.emplacement.is_some() { "emplacement" } else { "pieces" };
    if let Some(place) = store::unknown_piece(tx, &pieces)? {
        return Err(Error::unknown_reference(format!("pieces[{place}]")));
    }
    if pieces.is_empty() {
        let message = phrase!("aucune pièce active à compter", "no active part to count");
        return Err(Error::invalid(champ, "valeur_invalide", message));
    }
    if pieces.len() > MAX_LIGNES {
        let message =
            phrase!("plus de {MAX_LIGNES} pièces à la fois", "more than {MAX_LIGNES} parts at once");
        return Err(Error::invalid(champ, "trop_long", message));
    }
    let elsewhere = store::open_elsewhere(tx, &pieces)?;
    if let Some((other, first)) = elsewhere.first() {
        let others = elsewhere.len();
        return Err(Error::conflict(
            "deja_en_inventaire",
            phrase!(
                "L’inventaire ouvert {other} compte déjà {others} de ces pièces, dont {first}.",
                "The open count {other} already counts {others} of these parts, {first} among them."
            ),
        )
        .with("inventaire_id", other)
        .with("references", elsewhere.iter().map(|(_, reference)| reference).collect::<Vec<_>>()));
    }
    let libelle = new.libelle.or_else(|| new.emplacement.clone()).unwrap_or_else(|| "Inventaire".to_owned());
    let id = store::insert_inventaire(tx, &libelle, new.emplacement.as_deref(), &pieces)?;
    tx.record(Event::InventaireOuvert(id), Change::created(&store::inventaire(tx, id)?)?)?;
    detail(tx, id)
}

/// Writes what was counted just now; a part counted again is counted anew.
///
/// # Errors
/// 409 `clos`; 422 for a part that is not in this count, or that the body counts twice.
pub fn count(
    tx: &Tx<'_>,
    id: InventaireId,
    counts: &Comptages,
    expected: &IfMatch,
) -> Result<InventaireDetail> {
    let before = require_open(tx, id)?;
    expected.check(before.version)?;
    let counts = &counts.comptages;
    for (place, one) in counts.iter().enumerate() {
        let champ = format!("comptages[{place}].piece_id");
        if counts[..place].iter().any(|earlier| earlier.piece_id == one.piece_id) {
            return Err(Error::invalid(champ, "doublon", phrase!("figure deux fois", "appears twice")));
        }
        if !store::write_count(tx, id, *one)? {
            let message = phrase!("n’est pas dans cet inventaire", "is not in this count");
            return Err(Error::invalid(champ, "introuvable", message));
        }
    }
    store::touch(tx, id)?;
    let counted: Vec<_> = counts
        .iter()
        .map(|one| serde_json::json!({"piece_id": one.piece_id, "quantite": one.quantite}))
        .collect();
    let told = serde_json::json!({ "libelle": before.libelle, "comptages": counted });
    tx.record(Event::InventaireCompte(id), Change::created(&told)?)?;
    detail(tx, id)
}

/// Posts the differences, and only these. What moved since a part was counted is no difference: it moved the
/// shelf and the ledger alike.
///
/// # Errors
/// 409 `clos`; 409 `a_recompter` naming the parts of which more has gone since than the count left.
pub fn close(tx: &Tx<'_>, id: InventaireId) -> Result<InventaireDetail> {
    let before = require_open(tx, id)?;
    let differences = store::counted_pieces(tx, id)?;
    let mut impossible = Vec::new();
    for (piece, reference, difference) in &differences {
        if store::level(tx, *piece)?.stock + *difference < Quantity::ZERO {
            impossible.push(reference);
        }
    }
    if let Some(first) = impossible.first() {
        return Err(Error::conflict(
            "a_recompter",
            phrase!(
                "Il est sorti depuis plus de {first} que le comptage n’en laissait : recomptez.",
                "More of {first} has gone since than the count left: count again."
            ),
        )
        .with("references", &impossible));
    }
    for (piece, _, difference) in &differences {
        let entry = Entry { motif: Some(&before.libelle), inventaire: Some(id), ..Entry::default() };
        adjust(tx, *piece, *difference, entry)?;
    }
    store::close(tx, id, StatutInventaire::Cloture)?;
    let after = detail(tx, id)?;
    let posted: Vec<_> =
        after.lignes.iter().filter(|line| line.ecart.is_some_and(|gap| !gap.is_zero())).collect();
    let told = serde_json::json!({
        "libelle": before.libelle, "comptees": before.comptees, "valeur_ecarts": after.valeur_ecarts,
        "ecarts": posted,
    });
    tx.record(Event::InventaireCloture(id), Change::created(&told)?)?;
    for (piece, ..) in differences {
        settle(tx, piece)?;
    }
    Ok(after)
}

/// Ends a count without posting anything.
///
/// # Errors
/// 409 `clos`.
pub fn abandon(tx: &Tx<'_>, id: InventaireId, expected: &IfMatch) -> Result<()> {
    let before = require_open(tx, id)?;
    expected.check(before.version)?;
    store::close(tx, id, StatutInventaire::Abandonne)?;
    let after = store::inventaire(tx, id)?;
    tx.record(Event::InventaireAbandonne(id), Change::between(&before, &after)?)
}

fn require_open(tx: &Tx<'_>, id: InventaireId) -> Result<Inventaire> {
    let inventaire = store::inventaire(tx, id)?;
    if inventaire.statut == StatutInventaire::Ouvert {
        return Ok(inventaire);
    }
    Err(Error::conflict("clos", phrase!("Cet inventaire est clos.", "This count is closed.")))
}
