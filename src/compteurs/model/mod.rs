//! The types of meters: the meters and their readings, and the plans that fall due by them.

mod compteurs;
mod plans;

pub use compteurs::{
    AnnulationReleve, Compteur, CompteurDetail, CompteurFilters, CompteurPatch, Explication, NatureReleve,
    NewCompteur, NewReleve, Releve, ReleveFilters, StatutCompteur, TypeCompteur,
};
pub use plans::LONGEST_MIN;
pub use plans::{
    NewPlanCompteur, PlanCompteur, PlanCompteurPatch, PlanFilters, Seuil, SeuilFilters, StatutPlanCompteur,
    StatutSeuil,
};
