//! What is read of échéances, kept and foreseen.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::StatutEcheance;
use crate::ids::*;
use crate::interventions::Priorite;
use crate::kernel::clock::{Day, Instant};

/// One time that a plan falls due.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Echeance {
    /// Its number, from 0.
    #[schema(minimum = 0, example = 1)]
    pub k: i64,
    /// On the site's calendar.
    pub date: Day,
    pub statut: StatutEcheance,
    pub intervention_id: Option<InterventionId>,
    #[schema(example = "INT-2031-000123")]
    pub numero: Option<String>,
    /// Why this date.
    #[schema(
        example = "Tous les mois depuis le 31/01/2031, 2ᵉ échéance ; ce mois n’a pas de jour 31 : 28/02/2031."
    )]
    pub explication: String,
    /// Why it was not done, or not in its time.
    pub motif: Option<String>,
    /// Who skipped it.
    pub auteur: Option<String>,
    /// Day on which it was finished.
    pub date_fin: Option<Day>,
    /// Days by which finishing it moved those that follow.
    pub decalage_jours: i64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EcheanceQuery {
    /// Foresee up to this civil day: 24 months ahead unless said otherwise, 10 years at most.
    pub jusqu_au: Option<Day>,
    #[serde(default)]
    pub statut: Vec<StatutEcheance>,
    /// Page number, from 1. Without `page` and `page_size`: the latest 4,000.
    #[param(minimum = 1, maximum = 1000000)]
    pub page: Option<i64>,
    /// Items per page, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    pub page_size: Option<i64>,
}

/// What generating made.
#[derive(Debug, Serialize, ToSchema)]
pub struct EcheancesGenerees {
    /// Empty when nothing is due.
    pub items: Vec<EcheanceGeneree>,
    /// Échéances whose time had passed, recorded as missed.
    #[schema(minimum = 0)]
    pub manquees: u32,
    /// Échéances that wait for the open intervention of the plan.
    #[schema(minimum = 0)]
    pub reportees: u32,
    /// Why the plan generates nothing, if something keeps it from it.
    pub empechement: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EcheanceGeneree {
    #[schema(minimum = 0)]
    pub k: i64,
    pub date: Day,
    pub statut: StatutEcheance,
    pub intervention_id: InterventionId,
    #[schema(example = "INT-2031-000123")]
    pub numero: String,
}

/// What a plan would do: its échéances of 24 months, and the work that is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Apercu {
    /// From échéance 0, or from today when that was more than 24 months ago; of a saved plan, from the next one.
    /// Never more than 1,000.
    pub echeances: Vec<Prevision>,
    /// Month by month.
    pub charge: Vec<Charge>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Prevision {
    #[schema(minimum = 0, example = 1)]
    pub k: i64,
    pub date: Day,
    #[schema(
        example = "Tous les mois depuis le 31/01/2031, 2ᵉ échéance ; ce mois n’a pas de jour 31 : 28/02/2031."
    )]
    pub explication: String,
}

/// The work of one month.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Charge {
    #[schema(example = "2031-01")]
    pub mois: String,
    /// Minutes that the plan adds.
    pub minutes: i64,
    /// The people it could fall on: the plan's technicien, or else who has the required compétences.
    pub techniciens: Vec<TechnicienId>,
    /// Minutes that they have booked already; null when the plan says nothing about people.
    pub reserve_min: Option<i64>,
    /// Minutes that they work, absences taken off; null when the plan says nothing about people.
    pub capacite_min: Option<i64>,
}

/// An échéance that is not generated yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Upcoming {
    pub planning_id: PlanningId,
    pub titre: String,
    pub equipement_id: EquipementId,
    pub equipement_code: String,
    pub equipement_nom: String,
    pub site_id: SiteId,
    pub site_nom: String,
    pub technicien_id: Option<TechnicienId>,
    pub technicien_nom: Option<String>,
    pub priorite: Priorite,
    pub duree_estimee_min: Option<i64>,
    pub k: i64,
    pub date: Day,
    /// Of the plan.
    pub version: i64,
    pub updated_at: Instant,
}

/// Which plans [`Upcoming`] échéances are wanted of; an empty list narrows nothing.
#[derive(Clone, Debug, Default)]
pub struct UpcomingFilters {
    pub technicien_id: Vec<TechnicienId>,
    pub site_id: Vec<SiteId>,
    pub equipement_id: Vec<EquipementId>,
}
