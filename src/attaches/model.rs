//! What can have something hang on it, and the kinds of things that do.

use serde::Serialize;

words! {
    /// What people put on a thing, or made of it.
    pub enum Attache {
        Temps = "temps" ("Temps", "Time", "الأوقات"),
        Reponses = "reponses" ("Réponses", "Answers", "الأجوبة"),
        Pieces = "pieces" ("Pièces", "Parts", "القطع"),
        Prestations = "prestations" ("Prestations", "Services", "الخدمات"),
        Commentaires = "commentaires" ("Commentaires", "Remarks", "التعليقات"),
        Documents = "documents" ("Documents", "Documents", "الوثائق"),
        Signatures = "signatures" ("Signatures", "Signatures", "التوقيعات"),
        Demandes = "demandes" ("Demandes", "Requests", "الطلبات"),
        Interventions = "interventions" ("Interventions", "Work orders", "التدخلات"),
        Equipements = "equipements" ("Équipements", "Equipment", "المعدات"),
        Sites = "sites" ("Sites", "Sites", "المواقع"),
        Comptes = "comptes" ("Comptes", "Accounts", "الحسابات"),
        Techniciens = "techniciens" ("Techniciens", "Technicians", "التقنيون"),
        Creneaux = "creneaux" ("Créneaux", "Slots", "المواعيد"),
        Absences = "absences" ("Absences", "Absences", "الغيابات"),
        Competences = "competences" ("Compétences", "Skills", "المهارات"),
        Plans = "plans" ("Plans", "Plans", "الخطط"),
        PlansCompteur = "plans_compteur" ("Plans sur compteur", "Meter plans", "خطط العدادات"),
        Echeances = "echeances" ("Échéances", "Due dates", "الاستحقاقات"),
        Seuils = "seuils" ("Seuils", "Thresholds", "العتبات"),
        Compteurs = "compteurs" ("Compteurs", "Meters", "العدادات"),
        Releves = "releves" ("Relevés", "Readings", "القراءات"),
        Mouvements = "mouvements" ("Mouvements", "Movements", "حركات المخزون"),
        Reservations = "reservations" ("Réservations", "Reservations", "الحجوزات"),
        Inventaires = "inventaires" ("Inventaires", "Counts", "الجرود"),
        Operations = "operations" ("Opérations", "Operations", "العمليات"),
        Chronometre = "chronometre" ("Chronomètre", "Running timer", "المؤقّت الجاري"),
        LienCalendrier = "lien_calendrier" ("Lien de calendrier", "Calendar link", "رابط التقويم"),
        Vues = "vues" ("Vues partagées", "Shared views", "العروض المشتركة"),
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
