//! What can have something hang on it, and the kinds of things that do.

use serde::Serialize;

words! {
    /// What people put on a thing, or made of it.
    pub enum Attache {
        Temps = "temps" ("Temps", "Time"),
        Reponses = "reponses" ("Réponses", "Answers"),
        Pieces = "pieces" ("Pièces", "Parts"),
        Prestations = "prestations" ("Prestations", "Services"),
        Commentaires = "commentaires" ("Commentaires", "Remarks"),
        Documents = "documents" ("Documents", "Documents"),
        Signatures = "signatures" ("Signatures", "Signatures"),
        Demandes = "demandes" ("Demandes", "Requests"),
        Interventions = "interventions" ("Interventions", "Work orders"),
        Equipements = "equipements" ("Équipements", "Equipment"),
        Sites = "sites" ("Sites", "Sites"),
        Comptes = "comptes" ("Comptes", "Accounts"),
        Techniciens = "techniciens" ("Techniciens", "Technicians"),
        Creneaux = "creneaux" ("Créneaux", "Slots"),
        Absences = "absences" ("Absences", "Absences"),
        Competences = "competences" ("Compétences", "Skills"),
        Plans = "plans" ("Plans", "Plans"),
        PlansCompteur = "plans_compteur" ("Plans sur compteur", "Meter plans"),
        Echeances = "echeances" ("Échéances", "Due dates"),
        Seuils = "seuils" ("Seuils", "Thresholds"),
        Compteurs = "compteurs" ("Compteurs", "Meters"),
        Releves = "releves" ("Relevés", "Readings"),
        Mouvements = "mouvements" ("Mouvements", "Movements"),
        Reservations = "reservations" ("Réservations", "Reservations"),
        Inventaires = "inventaires" ("Inventaires", "Counts"),
        Operations = "operations" ("Opérations", "Operations"),
        Chronometre = "chronometre" ("Chronomètre", "Running timer"),
        LienCalendrier = "lien_calendrier" ("Lien de calendrier", "Calendar link"),
        Vues = "vues" ("Vues partagées", "Shared views"),
    }
}

/// What hangs on a thing, of one kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attaches {
    pub r#type: Attache,
    pub nombre: i64,
    /// The first of them, as people call them.
    pub noms: Vec<String>,
}

/// What somebody may want to delete, withdraw or take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    Client,
    Site,
    Equipement,
    Intervention,
    Piece,
    Fournisseur,
    Code,
    Gamme,
    Competence,
    Technicien,
    Planning,
    Compteur,
    PlanCompteur,
}

impl Parent {
    /// Its table.
    pub const fn table(self) -> &'static str {
        match self {
            Self::Client => "clients",
            Self::Site => "sites",
            Self::Equipement => "equipements",
            Self::Intervention => "interventions",
            Self::Piece => "pieces",
            Self::Fournisseur => "fournisseurs",
            Self::Code => "codes",
            Self::Gamme => "gammes",
            Self::Competence => "competences",
            Self::Technicien => "techniciens",
            Self::Planning => "plannings",
            Self::Compteur => "compteurs",
            Self::PlanCompteur => "compteur_plans",
        }
    }
}
