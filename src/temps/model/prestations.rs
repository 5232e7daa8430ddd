//! Services bought outside for an intervention.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::{InterventionId, PrestationId};
use crate::kernel::answer::Entity;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::input::not_blank;
use crate::kernel::money::Cents;
use crate::kernel::page::Filters;

/// A service bought outside. It never changes: another one replaces it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Prestation {
    pub id: PrestationId,
    pub intervention_id: InterventionId,
    #[schema(example = "Rebobinage du moteur")]
    pub designation: String,
    #[schema(example = "Électro-Bobinage du Nord")]
    pub fournisseur: Option<String>,
    pub montant: Cents,
    /// The civil day on which it was done or invoiced.
    pub date: Day,
    #[schema(example = "Rachid Responsable")]
    pub saisie_par: String,
    pub created_at: Instant,
}

impl Entity for Prestation {
    fn location(&self) -> String {
        format!("/api/v1/interventions/{}/prestations/{}", self.intervention_id, self.id)
    }

    fn version(&self) -> i64 {
        1
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPrestation {
    #[garde(length(chars, max = 300), custom(not_blank))]
    #[schema(min_length = 1, max_length = 300, example = "Rebobinage du moteur")]
    pub designation: String,
    #[garde(inner(length(chars, max = 200)))]
    #[schema(max_length = 200)]
    pub fournisseur: Option<String>,
    #[garde(skip)]
    pub montant: Cents,
    /// Today on the site unless said otherwise.
    #[garde(skip)]
    pub date: Option<Day>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PrestationFilters {}

impl Filters for PrestationFilters {}
