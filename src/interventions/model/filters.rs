//! How a list is narrowed.

use serde::Deserialize;
use utoipa::IntoParams;

use super::{Priorite, StatutIntervention, TypeIntervention};
use crate::ids::*;
use crate::kernel::auth::Actor;
use crate::kernel::clock::Moment;
use crate::kernel::page::{Filters, Reserved};
use crate::permissions::ReadTechniciens;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct InterventionFilters {
    pub statut: Vec<StatutIntervention>,
    pub type_intervention: Vec<TypeIntervention>,
    pub priorite: Vec<Priorite>,
    /// Led by one of these.
    pub technicien_id: Vec<TechnicienId>,
    pub equipement_id: Vec<EquipementId>,
    pub site_id: Vec<SiteId>,
    pub client_id: Vec<ClientId>,
    /// The lead's team. How the plant organises its people is not for clients: to them this filter is unknown.
    pub equipe: Vec<String>,
    pub planning_id: Vec<PlanningId>,
    pub symptome_code_id: Vec<CodeId>,
    pub cause_code_id: Vec<CodeId>,
    pub remede_code_id: Vec<CodeId>,
    /// With one of these checklists.
    pub gamme_id: Vec<GammeId>,
    /// Live, and past its limit.
    pub en_retard: Option<bool>,
    /// Planned, but neither booked nor dated.
    pub a_planifier: Option<bool>,
    pub sans_technicien: Option<bool>,
    /// Asks for parts that are all set aside for it (true), or waits for some (false).
    pub pieces_disponibles: Option<bool>,
    /// Created in this period: from a civil day of the plant or an instant, to the end of a day or an instant.
    pub cree_du: Option<Moment>,
    pub cree_au: Option<Moment>,
    /// Planned to begin in this period.
    pub prevue_du: Option<Moment>,
    pub prevue_au: Option<Moment>,
    /// Due in this period.
    pub limite_du: Option<Moment>,
    pub limite_au: Option<Moment>,
    /// Finished in this period.
    pub terminee_du: Option<Moment>,
    pub terminee_au: Option<Moment>,
}

impl Filters for InterventionFilters {
    /// How the plant organises its people is not for clients.
    const RESERVED: &'static [Reserved] = &[("equipe", Actor::may::<ReadTechniciens>)];
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TimelineFilters {}

impl Filters for TimelineFilters {}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SuggestionQuery {
    pub intervention_id: InterventionId,
}
