//! When someone is away, booked, or free.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::{AbsenceId, InterventionId, TechnicienId};
use crate::kernel::answer::Entity;
use crate::kernel::clock::{Instant, Moment};
use crate::kernel::page::Filters;

/// A time at which someone is away, `[debut, fin)`. It never changes: another one replaces it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Absence {
    pub id: AbsenceId,
    pub technicien_id: TechnicienId,
    pub debut: Instant,
    pub fin: Instant,
    /// Hidden from other techniciens.
    #[schema(example = "Congé annuel")]
    pub motif: Option<String>,
    pub created_at: Instant,
}

impl Entity for Absence {
    fn location(&self) -> String {
        format!("/api/v1/techniciens/{}/absences/{}", self.technicien_id, self.id)
    }

    fn version(&self) -> i64 {
        1
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAbsence {
    /// An instant, or a civil day from its beginning.
    #[garde(skip)]
    pub debut: Moment,
    /// After `debut`: an instant, exclusive, or a civil day to its end.
    #[garde(skip)]
    pub fin: Moment,
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500, example = "Congé annuel")]
    pub motif: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AbsenceFilters {}

impl Filters for AbsenceFilters {}

/// A period of at most 62 days; a civil day is one of the zone that most sites are in.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The present unless said otherwise.
    #[param(inline)]
    pub du: Option<Moment>,
    /// Seven days later unless said otherwise; a civil day counts whole.
    #[param(inline)]
    pub au: Option<Moment>,
}

/// When a technicien is booked and when free.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmploiDuTemps {
    pub technicien_id: TechnicienId,
    pub du: Instant,
    pub au: Instant,
    pub occupations: Vec<Occupation>,
    /// Working hours (Monday to Friday 08:00 to 18:00 when none are kept) without the occupations; none for
    /// someone `indisponible`, whose sheet is closed or whose account is inactive.
    pub libres: Vec<Libre>,
}

/// What someone is booked for.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OccupationType {
    Intervention,
    Absence,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Occupation {
    pub r#type: OccupationType,
    pub debut: Instant,
    pub fin: Instant,
    /// Null for an intervention that the caller may not see.
    pub intervention_id: Option<InterventionId>,
    #[schema(example = "INT-2026-000123")]
    pub numero: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Libre {
    pub debut: Instant,
    pub fin: Instant,
}
