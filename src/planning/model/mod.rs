//! The types of plans: the words here, what is read in `plan` and `echeances`, what is sent in `bodies`, and
//! the holidays in `jours_feries`.

mod bodies;
mod echeances;
mod jours_feries;
mod plan;
mod scalars;

pub use bodies::{ApercuQuery, LONGEST_MIN, NewPlanning, PlanningFilters, PlanningPatch, Saut};
pub use echeances::{
    Apercu, Charge, Echeance, EcheanceGeneree, EcheanceQuery, EcheancesGenerees, Prevision, Upcoming,
    UpcomingFilters,
};
pub use jours_feries::{JourFerie, JourFerieFilters, JourFeriePatch, NewJourFerie};
pub use plan::{Planning, PlanningDetail};
pub use scalars::{Centiemes, Heure};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The unit in which a plan counts from its first day.
    pub enum Frequence {
        Journalier = "journalier" ("Journalier", "Daily", "يومي"),
        Hebdomadaire = "hebdomadaire" ("Hebdomadaire", "Weekly", "أسبوعي"),
        Mensuel = "mensuel" ("Mensuel", "Monthly", "شهري"),
        Trimestriel = "trimestriel" ("Trimestriel", "Quarterly", "كل ثلاثة أشهر"),
        Semestriel = "semestriel" ("Semestriel", "Half-yearly", "كل ستة أشهر"),
        Annuel = "annuel" ("Annuel", "Yearly", "سنوي"),
    }
}

words! {
    /// Whether finishing early or late moves the échéances that follow.
    pub enum ModePlanning {
        Calendaire = "calendaire" ("Calendaire", "Calendar", "حسب التقويم"),
        Glissant = "glissant" ("Glissant", "Sliding", "متحرك"),
    }
}

words! {
    /// What is made up for when échéances passed without being generated.
    pub enum Rattrapage {
        Derniere = "derniere" ("La dernière seulement", "The latest only", "الأخيرة فقط"),
        Toutes = "toutes" ("Toutes", "All", "الكل"),
        Aucune = "aucune" ("Aucune", "None", "لا شيء"),
    }
}

words! {
    /// Whether a plan goes on.
    pub enum StatutPlanning {
        Actif = "actif" ("Actif", "Active", "نشط"),
        Suspendu = "suspendu" ("Suspendu", "Suspended", "معلّق"),
        Termine = "termine" ("Terminé", "Ended", "منتهٍ"),
    }
}

words! {
    /// Where an échéance stands.
    pub enum StatutEcheance {
        Prevue = "prevue" ("Prévue", "Foreseen", "متوقع"),
        Generee = "generee" ("Générée", "Generated", "أُنشئ"),
        Faite = "faite" ("Faite", "Done", "أُنجز"),
        Sautee = "sautee" ("Sautée", "Skipped", "تم تخطيه"),
        Manquee = "manquee" ("Manquée", "Missed", "فائت"),
        Reportee = "reportee" ("Reportée", "Postponed", "مؤجل"),
        Annulee = "annulee" ("Annulée", "Cancelled", "ملغى"),
    }
}

words! {
    /// Where a date goes that falls on a day off.
    pub enum Sens {
        Avant = "avant" ("Au jour ouvré d’avant", "To the working day before", "إلى يوم العمل السابق"),
        Apres = "apres" ("Au jour ouvré d’après", "To the working day after", "إلى يوم العمل التالي"),
        Aucun = "aucun" ("Inchangée", "Unchanged", "دون تغيير"),
    }
}

/// What public holidays and week-ends (Saturday and Sunday) do to a date. When both move it, in the same
/// direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Report {
    pub feries: Sens,
    pub week_ends: Sens,
}

impl Default for Report {
    fn default() -> Self {
        Self { feries: Sens::Aucun, week_ends: Sens::Aucun }
    }
}
