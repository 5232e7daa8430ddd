//! A receipt's price that was typed wrong is put right: what came from it is worth what it would have been worth, were
//! the price right from the beginning.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use crate::events::Event;
use crate::ids::{InterventionId, MouvementId, PieceId};
use crate::interventions;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::money::{Cents, UnitPrice};
use crate::kernel::phrase::Phrase;
use crate::kernel::quantity::Quantity;
use crate::phrase;
use crate::pieces::model::{
    CorrectionPrix, InterventionRevalorisee, MAX_LISTEES, Mouvement, Piece, Revalorisation, TypeMouvement,
};
use crate::pieces::rules::{self, Books, Level, Line, Posted};
use crate::pieces::store::{self, Entry};

/// Lines of a part's ledger that one correction may value anew: more than a busy part moves in years.
pub const MAX_REJOUES: usize = 10_000;

/// Puts the price of a receipt right, as often as it takes: the last one counts. Every line that followed from it is
/// worth what the right price makes it, whatever became of the work meanwhile; each says so from then on.
///
/// # Errors
/// 409 `correction_impossible` for what is no receipt, or was followed by too much; 422 for the price that
/// it has already, or one that makes the stock worth more than the books can hold.
pub fn correct_price(
    tx: &Tx<'_>,
    id: PieceId,
    line: MouvementId,
    new: &CorrectionPrix,
) -> Result<Revalorisation> {
    let piece = store::piece(tx, id)?;
    let before = store::mouvement(tx, id, line)?;
    require_receipt(&before)?;
    let avant = before.cout_unitaire.unwrap_or_default();
    if avant == new.cout_unitaire {
        let message = phrase!("est déjà le prix de cette entrée", "is the price of this receipt already");
        return Err(Error::invalid("cout_unitaire", "valeur_invalide", message));
    }
    let ledger = store::ledger_from(tx, id, line, MAX_REJOUES + 1)?;
    if ledger.len() > MAX_REJOUES {
        return Err(impossible(phrase!(
            "Plus de {MAX_REJOUES} mouvements de cette pièce ont suivi cette entrée : son prix ne se corrige plus.",
            "More than {MAX_REJOUES} movements of this part followed this receipt: its price is corrected no more."
        )));
    }
    let level = store::level(tx, id)?;
    let Some(right) = rules::revalue(books_at(tx, id, level, &ledger)?, &ledger, new.cout_unitaire) else {
        let message = phrase!("dépasse ce que le stock peut contenir", "is more than the stock can hold");
        return Err(Error::invalid("cout_unitaire", "trop_grand", message));
    };
    let stock = Cents(right.level.valeur.0 - level.valeur.0);
    let entry = Entry { motif: Some(&new.motif), corrects: Some(line), ..Entry::default() };
    let written = Line { quantite: Quantity::ZERO, valeur: stock, cout_unitaire: new.cout_unitaire };
    let correction = store::insert(tx, id, TypeMouvement::Revalorisation, written, entry)?;
    let changed = changed(&ledger, &right.lines);
    store::write_revalued(tx, correction, &changed)?;
    if level.stock.is_zero() {
        store::set_cump(tx, id, right.level.cump)?;
    }
    let works = works(tx, &ledger, &right.lines)?;
    let difference = changed.first().map_or(Cents(0), |(_, valeur, _)| *valeur);
    let travaux = Cents(works.iter().map(|work| work.difference.0).sum());
    let told = Revalorisation {
        mouvement: store::mouvement(tx, id, correction)?,
        entree: store::mouvement(tx, id, line)?,
        avant,
        apres: new.cout_unitaire,
        difference,
        stock,
        travaux,
        autres: Cents(difference.0 - stock.0 - travaux.0),
        lignes: changed.iter().filter(|(_, valeur, _)| valeur.0 != 0).count() as i64,
        interventions_total: works.len() as i64,
        interventions: works.iter().take(MAX_LISTEES).cloned().collect(),
    };
    tx.record(Event::PrixCorrige(correction), Change::created(&told)?)?;
    for work in &works {
        tell(tx, &piece, &told, work)?;
    }
    Ok(told)
}

fn require_receipt(line: &Mouvement) -> Result<()> {
    if line.r#type != TypeMouvement::Entree || line.annule_id.is_some() {
        return Err(impossible(phrase!(
            "Seul le prix d’une entrée se corrige : les autres mouvements en découlent.",
            "Only the price of a receipt is corrected: other movements follow from it."
        )));
    }
    Ok(())
}

fn impossible(why: Phrase) -> Error {
    Error::conflict("correction_impossible", why)
}

/// The books as they stood when the first of these lines was written: what is there now, less all that came since.
fn books_at(tx: &Tx<'_>, piece: PieceId, now: Level, ledger: &[Posted]) -> Result<Books> {
    let Some(first) = ledger.first() else { return Ok(Books::default()) };
    let (moved, worth) = ledger.iter().fold((Quantity::ZERO, 0), |(moved, worth), posted| {
        (moved + posted.line.quantite, worth + posted.line.valeur.0)
    });
    // The receipt makes an average of its own, whatever the last one was.
    let level = Level { stock: now.stock - moved, valeur: Cents(now.valeur.0 - worth), ..Level::default() };
    let undone = store::undone_since(tx, piece, first.id)?;
    let asks_the_last_issue = |posted: &Posted| posted.kind == TypeMouvement::Retour && posted.work.is_none();
    let issues = if ledger.iter().any(asks_the_last_issue) {
        store::issues_before(tx, piece, first.id, undone.len() + 1)?
    } else {
        Vec::new()
    };
    Ok(Books {
        level,
        taken: store::taken_before(tx, piece, first.id)?,
        issues,
        written: undone.into_iter().map(|posted| (posted.id, posted)).collect(),
        ..Books::default()
    })
}

/// The lines that are worth something else, or of which a unit is: by how much more, and what a unit costs now.
fn changed(ledger: &[Posted], right: &[Line]) -> Vec<(MouvementId, Cents, UnitPrice)> {
    let both = ledger.iter().zip(right);
    both.filter(|(posted, right)| posted.line != **right)
        .map(|(posted, right)| (posted.id, Cents(right.valeur.0 - posted.line.valeur.0), right.cout_unitaire))
        .collect()
}

/// The interventions whose parts cost something else, those that changed most first.
fn works(tx: &Tx<'_>, ledger: &[Posted], right: &[Line]) -> Result<Vec<InterventionRevalorisee>> {
    let undone: HashSet<MouvementId> = ledger.iter().filter_map(|posted| posted.undoes).collect();
    let mut differences: HashMap<InterventionId, i64> = HashMap::new();
    for (posted, right) in ledger.iter().zip(right) {
        // As `intervention_couts_pieces` counts them.
        let counts = posted.undoes.is_none() && !undone.contains(&posted.id);
        if let Some(work) = posted.work.filter(|_| counts) {
            *differences.entry(work).or_default() += posted.line.valeur.0 - right.valeur.0;
        }
    }
    differences.retain(|_, difference| *difference != 0);
    let ids: Vec<_> = differences.keys().copied().collect();
    let mut works: Vec<_> = store::revalued_works(tx, &ids)?
        .into_iter()
        .map(|work| InterventionRevalorisee {
            id: work.id,
            numero: work.numero,
            statut: work.statut,
            validee: work.validee,
            difference: Cents(differences.get(&work.id).copied().unwrap_or_default()),
        })
        .collect();
    works.sort_by_key(|work| std::cmp::Reverse(work.difference.0.abs()));
    Ok(works)
}

fn tell(tx: &Tx<'_>, piece: &Piece, told: &Revalorisation, work: &InterventionRevalorisee) -> Result<()> {
    let motif = told.mouvement.motif.as_deref().unwrap_or_default();
    let remarque = format!(
        "{} : prix corrigé de {} à {} ; coût des pièces {}. {motif}",
        piece.reference,
        told.avant,
        told.apres,
        signed(work.difference)
    );
    let facts = json!({
        "mouvement_id": told.mouvement.id, "piece_id": piece.id, "reference": piece.reference, "avant": told.avant,
        "apres": told.apres, "difference": work.difference, "motif": motif,
    });
    interventions::tell_revalued(tx, work.id, &remarque, &facts)
}

/// As people write what is added and what is taken off.
fn signed(cents: Cents) -> String {
    let sign = if cents.0 < 0 { '−' } else { '+' };
    let size = cents.0.abs();
    format!("{sign}{},{:02}", size / 100, size % 100)
}
