//! The types of the storeroom: the words here; the catalogue in `pieces` and `fournisseurs`, the ledger in
//! `mouvements`, its prices put right in `revalorisations`, what interventions ask for in `reservations`, counting in
//! `inventaires`, ordering in `commandes`.

mod commandes;
mod fournisseurs;
mod inventaires;
mod mouvements;
mod pieces;
mod reservations;
mod revalorisations;

pub use commandes::{ACommander, ACommanderQuery, GroupeACommander, LigneACommander};
pub use fournisseurs::{Fournisseur, FournisseurFilters, FournisseurPatch, LONGEST_DAYS, NewFournisseur};
pub use inventaires::{
    Comptage, Comptages, Inventaire, InventaireDetail, InventaireFilters, LigneInventaire, MAX_LIGNES,
    NewInventaire,
};
pub use mouvements::{Annulation, Mouvement, MouvementFilters, NewMouvement};
pub use pieces::{MAX_EQUIPEMENTS, NewPiece, Piece, PieceFilters, PiecePatch};
pub use reservations::{NewReservation, Reservation, ReservationFilters};
pub use revalorisations::{CorrectionPrix, InterventionRevalorisee, MAX_LISTEES, Revalorisation};

words! {
    /// Whether a part is still kept.
    pub enum StatutPiece {
        Actif = "actif" ("Active", "Active"),
        Retire = "retire" ("Retirée", "Retired"),
    }
}

words! {
    /// What a line of the ledger is.
    pub enum TypeMouvement {
        Entree = "entree" ("Entrée", "Receipt"),
        Sortie = "sortie" ("Sortie", "Issue"),
        Retour = "retour" ("Retour", "Return"),
        Inventaire = "inventaire" ("Inventaire", "Count"),
        Transfert = "transfert" ("Transfert", "Transfer"),
        Revalorisation = "revalorisation" ("Correction de prix", "Price correction"),
    }
}

words! {
    /// What became of a part that an intervention asked for.
    pub enum StatutReservation {
        Attendue = "attendue" ("Attendue", "Awaited"),
        Reservee = "reservee" ("Réservée", "Reserved"),
        Servie = "servie" ("Servie", "Used"),
        Liberee = "liberee" ("Libérée", "Released"),
    }
}

words! {
    /// Where a count stands.
    pub enum StatutInventaire {
        Ouvert = "ouvert" ("Ouvert", "Open"),
        Cloture = "cloture" ("Clôturé", "Closed"),
        Abandonne = "abandonne" ("Abandonné", "Abandoned"),
    }
}
