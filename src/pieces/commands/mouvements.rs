//! What comes in and goes out.

use super::reservations::{consume, cut_down, serve};
use super::{Way, referenced, require_open, too_little, watch_threshold};
use crate::events::Event;
use crate::ids::{MouvementId, PieceId};
use crate::interventions::{Intervention, Workable};
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::money::Cents;
use crate::kernel::quantity::Quantity;
use crate::phrase;
use crate::pieces::access::sees_costs;
use crate::pieces::model::{Mouvement, NewMouvement, Piece, StatutPiece, TypeMouvement};
use crate::pieces::rules::{self, Level, Line};
use crate::pieces::store::{self, Entry};

/// Writes a line of the ledger.
///
/// # Errors
/// 403 for a technicien who does more than take for their own work and bring back from it; 409
/// `stock_insuffisant` with what is available, `retour_excessif`, `transfert_partiel`, `piece_retiree`,
/// `lecture_seule` once the work is over, but for those who run the plant until it is `validee`; 422.
pub fn post(tx: &Tx<'_>, id: PieceId, new: &NewMouvement) -> Result<Mouvement> {
    let piece = store::piece(tx, id)?;
    require_own_work(tx, new)?;
    check_fields(new)?;
    let work = match new.intervention_id {
        Some(work) => Some(referenced(Workable::of(tx, work), "intervention_id")?.into_intervention()),
        None => None,
    };
    if let Some(work) = &work {
        let way = if new.r#type == TypeMouvement::Sortie { Way::Out } else { Way::Back };
        require_open(tx.actor(), work, way)?;
    }
    let line = match new.r#type {
        TypeMouvement::Entree => receive(tx, &piece, new),
        TypeMouvement::Sortie => issue(tx, &piece, new, work.as_ref()),
        TypeMouvement::Retour => give_back(tx, &piece, new, work.as_ref()),
        TypeMouvement::Inventaire => recount(tx, &piece, new),
        TypeMouvement::Transfert => transfer(tx, &piece, new),
        TypeMouvement::Revalorisation => Err(only_of_a_receipt()),
    }?;
    let mouvement = store::mouvement(tx, id, line)?;
    tx.record(Event::MouvementEnregistre(line), Change::created(&mouvement)?)?;
    settle(tx, id)?;
    Ok(mouvement)
}

/// Undoes a line by another that moves the opposite.
///
/// # Errors
/// 409 `deja_annule`, `annulation_impossible` of a transfer, of what itself undoes or of an issue that something
/// came back from, `stock_insuffisant` when what it brought has gone, `validee` when the work it was for is.
pub fn undo(tx: &Tx<'_>, id: PieceId, line: MouvementId, motif: Option<&str>) -> Result<Mouvement> {
    let piece = store::piece(tx, id)?;
    let undone = store::mouvement(tx, id, line)?;
    if undone.annule_par_id.is_some() {
        return Err(Error::conflict(
            "deja_annule",
            phrase!("Ce mouvement est déjà annulé.", "This movement is already undone."),
        ));
    }
    if undone.r#type == TypeMouvement::Revalorisation {
        return Err(Error::conflict(
            "annulation_impossible",
            phrase!(
                "Une correction de prix ne s’annule pas : corrigez à nouveau le prix de l’entrée.",
                "A price correction is not undone: correct the price of the receipt again."
            ),
        ));
    }
    if undone.annule_id.is_some() || undone.r#type == TypeMouvement::Transfert {
        return Err(Error::conflict(
            "annulation_impossible",
            phrase!(
                "Une annulation ou un transfert ne s’annule pas : enregistrez le mouvement voulu.",
                "A reversal or a transfer is not undone: record the movement you want."
            ),
        ));
    }
    if let Some(work) = undone.intervention_id {
        // To undo a return is to take out again.
        let way = if undone.r#type == TypeMouvement::Retour { Way::Out } else { Way::Back };
        require_open(tx.actor(), &Workable::of(tx, work)?.into_intervention(), way)?;
        if undone.r#type == TypeMouvement::Sortie && store::came_back_since(tx, id, work, line)? {
            return Err(Error::conflict(
                "annulation_impossible",
                phrase!(
                    "Il en est revenu depuis, au coût de cette sortie : annulez d’abord le retour.",
                    "Some came back since, at the cost of this issue: undo the return first."
                ),
            ));
        }
    }
    let (level, stored) = (store::level(tx, id)?, store::stored_line(tx, line)?);
    if undone.variation > level.disponible() {
        return Err(too_little(&piece, level, level.disponible()));
    }
    let entry = Entry { motif, intervention: undone.intervention_id, undoes: Some(line), ..Entry::default() };
    let reversal = write(tx, id, undone.r#type, Some(rules::reversal(stored, level)), entry)?;
    let mouvement = store::mouvement(tx, id, reversal)?;
    tx.record(Event::MouvementAnnule(reversal), Change::created(&mouvement)?)?;
    settle(tx, id)?;
    Ok(mouvement)
}

/// Writes a line that the books can hold.
pub(super) fn write(
    tx: &Tx<'_>,
    piece: PieceId,
    kind: TypeMouvement,
    line: Option<Line>,
    entry: Entry<'_>,
) -> Result<MouvementId> {
    let level = store::level(tx, piece)?;
    let held = line.filter(|line| level.after(*line).is_sane());
    let Some(line) = held else {
        let message = phrase!("dépasse ce que le stock peut contenir", "is more than the stock can hold");
        return Err(Error::invalid("quantite", "trop_grand", message));
    };
    store::insert(tx, piece, kind, line, entry)
}

/// What follows from a stock that has moved: whoever waits gets what is free, and a threshold that was crossed
/// is told.
pub(super) fn settle(tx: &Tx<'_>, piece: PieceId) -> Result<()> {
    serve(tx, piece)?;
    watch_threshold(tx, piece)
}

fn require_own_work(tx: &Tx<'_>, new: &NewMouvement) -> Result<()> {
    let takes_or_returns = matches!(new.r#type, TypeMouvement::Sortie | TypeMouvement::Retour);
    if sees_costs(tx.actor()) || takes_or_returns && new.intervention_id.is_some() {
        return Ok(());
    }
    Err(Error::Forbidden(phrase!(
        "Un technicien sort et rend des pièces pour ses interventions (intervention_id), rien d’autre.",
        "A technician takes and returns parts for their own interventions (intervention_id), nothing else."
    )))
}

fn only_of_a_receipt() -> Error {
    let message = phrase!(
        "corrigez le prix sur l’entrée elle-même (…/mouvements/{{mid}}/prix)",
        "correct the price on the receipt itself (…/mouvements/{{mid}}/prix)"
    );
    Error::invalid("type", "valeur_invalide", message)
}

fn check_fields(new: &NewMouvement) -> Result<()> {
    let given = [new.cout_unitaire.is_some(), new.intervention_id.is_some(), new.emplacement.is_some()];
    if let Some(champ) = rules::misplaced(new.r#type, given) {
        let kind = new.r#type;
        let message = phrase!("ne se donne pas pour un mouvement « {kind} »", "is not given for \"{kind}\"");
        return Err(Error::invalid(champ, "champ_inconnu", message));
    }
    if new.quantite.is_zero() && new.r#type != TypeMouvement::Inventaire {
        let message = phrase!("doit être supérieure à zéro", "must be more than zero");
        return Err(Error::invalid("quantite", "trop_petit", message));
    }
    Ok(())
}

fn receive(tx: &Tx<'_>, piece: &Piece, new: &NewMouvement) -> Result<MouvementId> {
    if piece.statut == StatutPiece::Retire {
        return Err(Error::conflict(
            "piece_retiree",
            phrase!(
                "Cette pièce est retirée : on n’en reçoit plus.",
                "This part is retired: no more comes in."
            ),
        ));
    }
    let cost = new.cout_unitaire.or(piece.prix_unitaire).or(piece.cump).unwrap_or_default();
    write(tx, piece.id, new.r#type, rules::in_at(new.quantite, cost), entry(new))
}

fn issue(tx: &Tx<'_>, piece: &Piece, new: &NewMouvement, work: Option<&Intervention>) -> Result<MouvementId> {
    // What is free is first of all theirs who have waited longest.
    serve(tx, piece.id)?;
    let level = store::level(tx, piece.id)?;
    let own = match work {
        Some(work) => store::demands_of(tx, piece.id, work.id)?,
        None => Vec::new(),
    };
    let takeable = level.disponible() + own.iter().map(|demand| demand.reservee).sum();
    if new.quantite > takeable {
        return Err(too_little(piece, level, takeable));
    }
    consume(tx, own, new.quantite)?;
    write(tx, piece.id, new.r#type, Some(rules::out(level, new.quantite)), entry(new))
}

fn give_back(
    tx: &Tx<'_>,
    piece: &Piece,
    new: &NewMouvement,
    work: Option<&Intervention>,
) -> Result<MouvementId> {
    let Some(work) = work else {
        let last = store::last_issue_cost(tx, piece.id)?;
        let cost = last.or(piece.cump).or(piece.prix_unitaire).unwrap_or_default();
        return write(tx, piece.id, new.r#type, rules::in_at(new.quantite, cost), entry(new));
    };
    let taken = store::taken(tx, piece.id, work.id)?;
    if new.quantite > taken.0 {
        let (most, numero) = (taken.0, &work.numero);
        return Err(Error::conflict(
            "retour_excessif",
            phrase!(
                "{numero} n’a sorti que {most} de cette pièce, retours déduits.",
                "{numero} has taken {most} of this part only, returns deducted."
            ),
        )
        .with("sortie", most));
    }
    write(tx, piece.id, new.r#type, Some(rules::back(new.quantite, taken)), entry(new))
}

/// One part counted by itself: the shelf is right, and what was set aside gives way to it.
fn recount(tx: &Tx<'_>, piece: &Piece, new: &NewMouvement) -> Result<MouvementId> {
    adjust(tx, piece.id, new.quantite - piece.stock, entry(new))
}

/// Writes the difference that a count found.
pub(super) fn adjust(
    tx: &Tx<'_>,
    piece: PieceId,
    difference: Quantity,
    entry: Entry<'_>,
) -> Result<MouvementId> {
    cut_down(tx, piece, difference)?;
    let level = store::level(tx, piece)?;
    write(tx, piece, TypeMouvement::Inventaire, rules::counted(worth(tx, piece, level)?, difference), entry)
}

/// What was found of a part that never came in is worth its catalogue's price.
fn worth(tx: &Tx<'_>, piece: PieceId, level: Level) -> Result<Level> {
    match level.cump {
        Some(_) => Ok(level),
        None => Ok(Level { cump: store::piece(tx, piece)?.prix_unitaire, ..level }),
    }
}

/// A part has one emplacement, so all of it moves, in two lines that cancel out.
fn transfer(tx: &Tx<'_>, piece: &Piece, new: &NewMouvement) -> Result<MouvementId> {
    let Some(to) = new.emplacement.as_deref() else {
        return Err(Error::invalid("emplacement", "champ_requis", phrase!("est requis", "is required")));
    };
    let from = piece.emplacement.as_deref().unwrap_or("—");
    if from == to {
        let message = phrase!("la pièce y est déjà", "the part is already there");
        return Err(Error::invalid("emplacement", "valeur_invalide", message));
    }
    if new.quantite != piece.stock {
        let stock = piece.stock;
        return Err(Error::conflict(
            "transfert_partiel",
            phrase!(
                "Une pièce n’a qu’un emplacement : transférez tout le stock ({stock}).",
                "A part has one emplacement: transfer all of the stock ({stock})."
            ),
        )
        .with("stock", stock));
    }
    let out = rules::out(store::level(tx, piece.id)?, new.quantite);
    let back = Line { quantite: -out.quantite, valeur: Cents(-out.valeur.0), ..out };
    // It arrives before it leaves: what is reserved of it is there all the time.
    let arrives = Entry { emplacement: Some(to), ..entry(new) };
    let arrival = write(tx, piece.id, new.r#type, Some(back), arrives)?;
    write(tx, piece.id, new.r#type, Some(out), Entry { emplacement: Some(from), ..entry(new) })?;
    store::move_to(tx, piece.id, to)?;
    Ok(arrival)
}

fn entry(new: &NewMouvement) -> Entry<'_> {
    Entry { motif: new.motif.as_deref(), intervention: new.intervention_id, ..Entry::default() }
}
