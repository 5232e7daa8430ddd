//! The types of demandes: the words here, what is read in `entity`, what is sent in `bodies`.

mod bodies;
mod entity;

pub use bodies::{Acceptation, DemandeFilters, DemandePatch, DoublonQuery, NewDemande, Refus, TEXT};
pub use entity::{
    Avancement, Demande, DemandeDeposee, DemandeDetail, Doublon, Doublons, MotPublic, Personne,
};

words! {
    /// Where a demande stands.
    pub enum StatutDemande {
        Nouvelle = "nouvelle" ("Nouvelle", "New", "جديد"),
        Acceptee = "acceptee" ("Acceptée", "Accepted", "مقبول"),
        Refusee = "refusee" ("Refusée", "Refused", "مرفوض"),
        Retiree = "retiree" ("Retirée", "Withdrawn", "مسحوب"),
    }
}

words! {
    /// What a caller may do with a demande.
    pub enum ActionDemande {
        Accepter = "accepter" ("Accepter", "Accept"),
        Refuser = "refuser" ("Refuser", "Refuse"),
        Modifier = "modifier" ("Modifier", "Change"),
        Retirer = "retirer" ("Retirer", "Withdraw"),
    }
}

words! {
    /// What was reported before.
    pub enum TypeDoublon {
        Demande = "demande" ("Demande", "Request"),
        Intervention = "intervention" ("Intervention", "Work order"),
    }
}
