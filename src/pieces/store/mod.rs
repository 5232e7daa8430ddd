//! SQL of the storeroom: the catalogue (`pieces`, `fournisseurs`), the ledger (`mouvements`) and its corrected prices
//! (`revalorisations`), what interventions ask for (`reservations`), and counting (`inventaires`).

mod fournisseurs;
mod inventaires;
mod mouvements;
mod pieces;
mod reservations;
mod revalorisations;

pub use fournisseurs::{
    delete_fournisseur, fournisseur, fournisseurs, insert_fournisseur, update_fournisseur,
};
pub use inventaires::{
    close, counted_pieces, insert_inventaire, inventaire, inventaires, kept_at, lignes, open_elsewhere,
    touch, unknown_piece, write_count,
};
pub use mouvements::{
    Entry, Out, came_back_since, insert, last_issue_cost, level, mouvement, mouvements, mouvements_of_work,
    move_to, out, stored_line, taken, watch,
};
pub use pieces::{
    delete, facets, has_moved, hide, insert_piece, list, opening, piece, retire, set_equipements, to_order,
    unknown_equipement, update,
};
pub use reservations::{
    Demand, awaited, awaits, demands_of, give_up, insert_reservation, reservation, reservations,
    reserved_newest_first, set_demand, waited_for_by_others,
};
pub use revalorisations::{
    corrected_pieces, each_corrected, issues_before, ledger_from, revalued_works, set_cump, taken_before,
    undone_since, write_revalued,
};
