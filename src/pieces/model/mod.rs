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
        Actif = "actif" ("Active", "Active", "نشطة"),
        Retire = "retire" ("Retirée", "Retired", "مسحوبة"),
    }
}

words! {
    /// What a line of the ledger is.
    pub enum TypeMouvement {
        Entree = "entree" ("Entrée", "Receipt", "دخول"),
        Sortie = "sortie" ("Sortie", "Issue", "خروج"),
        Retour = "retour" ("Retour", "Return", "إرجاع"),
        Inventaire = "inventaire" ("Inventaire", "Count", "جرد"),
        Transfert = "transfert" ("Transfert", "Transfer", "نقل"),
        Revalorisation = "revalorisation" ("Correction de prix", "Price correction", "تصحيح سعر"),
    }
}

words! {
    /// What became of a part that an intervention asked for.
    pub enum StatutReservation {
        Attendue = "attendue" ("Attendue", "Awaited", "منتظرة"),
        Reservee = "reservee" ("Réservée", "Reserved", "محجوزة"),
        Servie = "servie" ("Servie", "Used", "مسلّمة"),
        Liberee = "liberee" ("Libérée", "Released", "محررة"),
    }
}

words! {
    /// Where a count stands.
    pub enum StatutInventaire {
        Ouvert = "ouvert" ("Ouvert", "Open", "مفتوح"),
        Cloture = "cloture" ("Clôturé", "Closed", "مقفل"),
        Abandonne = "abandonne" ("Abandonné", "Abandoned", "متروك"),
    }
}
