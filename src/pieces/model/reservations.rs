//! What interventions ask for.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::StatutReservation;
use crate::ids::{InterventionId, PieceId, ReservationId};
use crate::kernel::answer::Entity;
use crate::kernel::clock::Instant;
use crate::kernel::page::Filters;
use crate::kernel::quantity::{Quantity, positive};

/// A quantity of a part that an intervention asked for. What is there is set aside, the rest is awaited.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reservation {
    pub id: ReservationId,
    pub intervention_id: InterventionId,
    pub piece_id: PieceId,
    #[schema(example = "RLT-6308")]
    pub reference: String,
    #[schema(example = "Roulement 6308 2RS")]
    pub designation: String,
    #[schema(example = "u")]
    pub unite: String,
    /// Where the part is kept.
    #[schema(example = "M1-A-03")]
    pub emplacement: Option<String>,
    /// `attendue` as long as any of it is.
    pub statut: StatutReservation,
    pub demandee: Quantity,
    /// Set aside, and nobody else's to take.
    pub reservee: Quantity,
    /// Not there yet. What arrives goes to whoever asked first.
    pub attendue: Quantity,
    /// Used up by issues to the intervention.
    pub servie: Quantity,
    pub date: Instant,
    #[schema(example = "Youssef Technicien")]
    pub auteur: String,
}

impl Entity for Reservation {
    fn location(&self) -> String {
        format!("/api/v1/interventions/{}/pieces#{}", self.intervention_id, self.id)
    }

    /// It is given up and asked for again, never changed.
    fn version(&self) -> i64 {
        1
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReservation {
    #[garde(skip)]
    pub piece_id: PieceId,
    #[garde(custom(positive))]
    pub quantite: Quantity,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReservationFilters {}

impl Filters for ReservationFilters {}
