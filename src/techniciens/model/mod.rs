//! The types of techniciens, compétences, absences and availability.

mod absences;
mod competences;
mod techniciens;

pub use absences::{
    Absence, AbsenceFilters, EmploiDuTemps, Libre, NewAbsence, Occupation, OccupationType, Window,
};
pub use competences::{Competence, CompetenceFilters, CompetencePatch, NewCompetence, Obstacle};
pub use techniciens::{
    Disponibilite, Held, NewTechnicien, Technicien, TechnicienCompetence, TechnicienFilters, TechnicienPatch,
};
