//! The types of interventions: the words here, what is read in `entity`, what is sent in `bodies`, and how a
//! list is narrowed in `filters`.

mod bodies;
mod entity;
mod filters;

pub use bodies::{
    AffectationsDemandees, ChangementStatut, CompetenceDemandee, InterventionPatch, LONGEST_MIN,
    NewCommentaire, NewIntervention, Place, TEXT, Validation,
};
pub use entity::{
    Affectation, ChronometreEnCours, Commentaire, CompetenceRequise, Historique, Intervention,
    InterventionDetail, OperationSansReponse, SuggestionNommee, Suggestions,
};
pub use filters::{InterventionFilters, SuggestionQuery, TimelineFilters};

words! {
    /// Where an intervention stands.
    pub enum StatutIntervention {
        Planifie = "planifie" ("Planifiée", "Planned", "مبرمج"),
        EnCours = "en_cours" ("En cours", "In progress", "قيد الإنجاز"),
        AttentePieces = "attente_pieces" ("En attente de pièces", "Waiting for parts", "في انتظار القطع"),
        Termine = "termine" ("Terminée", "Finished", "منتهٍ"),
        Annule = "annule" ("Annulée", "Cancelled", "ملغى"),
    }
}

impl StatutIntervention {
    /// Neither finished nor cancelled: its slots book people, its fields may change.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Planifie | Self::EnCours | Self::AttentePieces)
    }
}

words! {
    /// Why the work is done (NF EN 13306).
    pub enum TypeIntervention {
        Corrective = "corrective" ("Corrective", "Corrective", "تصحيحية"),
        Preventive = "preventive" ("Préventive", "Preventive", "وقائية"),
        Ameliorative = "ameliorative" ("Améliorative", "Improvement", "تحسينية"),
        Diagnostic = "diagnostic" ("Diagnostic", "Diagnosis", "تشخيص"),
    }
}

words! {
    /// How much it presses, least first.
    pub enum Priorite {
        Basse = "basse" ("Basse", "Low", "منخفضة"),
        Normale = "normale" ("Normale", "Normal", "عادية"),
        Haute = "haute" ("Haute", "High", "عالية"),
        Urgente = "urgente" ("Urgente", "Urgent", "عاجلة"),
    }
}

words! {
    /// What someone is booked as: in charge, or in support.
    pub enum RoleAffectation {
        Principal = "principal" ("Principal", "Lead", "رئيسي"),
        Renfort = "renfort" ("Renfort", "Support", "دعم"),
    }
}

words! {
    /// What a line of the history tells.
    pub enum TypeHistorique {
        Creation = "creation" ("Création", "Creation", "إنشاء"),
        Statut = "statut" ("Changement de statut", "Change of status", "تغيير الحالة"),
        Reouverture = "reouverture" ("Réouverture", "Reopening", "إعادة فتح"),
        Affectation = "affectation" ("Affectation", "Assignment", "إسناد"),
        Validation = "validation" ("Validation", "Validation", "مصادقة"),
        Revalorisation = "revalorisation" ("Coût des pièces corrigé", "Cost of parts corrected", "تصحيح تكلفة القطع"),
    }
}

words! {
    /// What becomes of the parts that are still out when work is cancelled.
    pub enum PiecesSorties {
        Rendues = "rendues" ("Rendues au magasin", "Returned to the store"),
        Laissees = "laissees" ("Laissées sur l’intervention", "Left with the work"),
    }
}

words! {
    /// How the machine is left at the end of the work. Retiring it is decided on the équipement itself.
    pub enum EquipementRendu {
        Operationnel = "operationnel" ("Opérationnel", "In service"),
        Maintenance = "maintenance" ("En maintenance", "Under maintenance"),
        Panne = "panne" ("En panne", "Broken down"),
    }
}
