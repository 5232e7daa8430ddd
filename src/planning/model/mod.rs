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
        Journalier = "journalier" ("Journalier", "Daily"),
        Hebdomadaire = "hebdomadaire" ("Hebdomadaire", "Weekly"),
        Mensuel = "mensuel" ("Mensuel", "Monthly"),
        Trimestriel = "trimestriel" ("Trimestriel", "Quarterly"),
        Semestriel = "semestriel" ("Semestriel", "Half-yearly"),
        Annuel = "annuel" ("Annuel", "Yearly"),
    }
}

words! {
    /// Whether finishing early or late moves the échéances that follow.
    pub enum ModePlanning {
        Calendaire = "calendaire" ("Calendaire", "Calendar"),
        Glissant = "glissant" ("Glissant", "Sliding"),
    }
}

words! {
    /// What is made up for when échéances passed without being generated.
    pub enum Rattrapage {
        Derniere = "derniere" ("La dernière seulement", "The latest only"),
        Toutes = "toutes" ("Toutes", "All"),
        Aucune = "aucune" ("Aucune", "None"),
    }
}

words! {
    /// Whether a plan goes on.
    pub enum StatutPlanning {
        Actif = "actif" ("Actif", "Active"),
        Suspendu = "suspendu" ("Suspendu", "Suspended"),
        Termine = "termine" ("Terminé", "Ended"),
    }
}

words! {
    /// Where an échéance stands.
    pub enum StatutEcheance {
        Prevue = "prevue" ("Prévue", "Foreseen"),
        Generee = "generee" ("Générée", "Generated"),
        Faite = "faite" ("Faite", "Done"),
        Sautee = "sautee" ("Sautée", "Skipped"),
        Manquee = "manquee" ("Manquée", "Missed"),
        Reportee = "reportee" ("Reportée", "Postponed"),
        Annulee = "annulee" ("Annulée", "Cancelled"),
    }
}

words! {
    /// Where a date goes that falls on a day off.
    pub enum Sens {
        Avant = "avant" ("Au jour ouvré d’avant", "To the working day before"),
        Apres = "apres" ("Au jour ouvré d’après", "To the working day after"),
        Aucun = "aucun" ("Inchangée", "Unchanged"),
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
