//! Interventions: the work done on the machines, from the request for it to its validation.
//!
//! One table says how an intervention moves (`rules::WORKFLOW`), one order of refusals says who can be booked
//! on it (`commands/bookings.rs`), and every change leaves a line in a history that is never rewritten. What a
//! caller sees is one `Scope`, applied to lists, counts, searches and single rows alike.

mod access;
mod commands;
mod model;
mod routes;
mod rules;
mod store;

pub use access::{Readable, Scope, Workable, find};
pub use commands::{
    CreneauRemis, Origin, Preventive, Remis, Reprise, SortRemise, change_statut, check_competences, create,
    create_preventive, hand_over, keep_wall_clock, open_of, report_stopped, take_over, tell_revalued,
    version_to_give, withdraw,
};
pub use model::{
    ChangementStatut, ChronometreEnCours, CompetenceDemandee, CompetenceRequise, EquipementRendu,
    Intervention, InterventionDetail, InterventionFilters, NewIntervention, PiecesSorties, Priorite,
    RoleAffectation, StatutIntervention, TypeHistorique, TypeIntervention,
};
pub use routes::router;
pub use rules::WORKFLOW;
pub use store::{commentaire, detail, faceted, list, seen_by};

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::commands::{AHEAD, LATEST, MOST_REMARKS, PROPOSED};
    pub use super::model::{LONGEST_MIN, TEXT};
}
