//! What work costs.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::NatureTemps;
use crate::ids::{EquipementId, InterventionId, TechnicienId};
use crate::interventions::TypeIntervention;
use crate::kernel::clock::{Instant, Moment};
use crate::kernel::money::Cents;

/// An amount and its parts: labour (each entry's minutes at the rate it was made at), parts, and services bought
/// outside. Running timers cost nothing yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cout {
    pub main_d_oeuvre: Cents,
    /// Issues less returns: below nothing in a period in which more came back than was taken.
    #[schema(value_type = f64, example = 185.5)]
    pub pieces: Cents,
    pub prestations: Cents,
    #[schema(value_type = f64, example = 455.5)]
    pub total: Cents,
    /// Man-minutes behind the labour.
    pub homme_min: i64,
    /// Of these, minutes at no known rate: labour is more than it says.
    pub sans_taux_min: i64,
}

/// What an intervention cost so far.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoutsIntervention {
    pub intervention_id: InterventionId,
    #[serde(flatten)]
    pub cout: Cout,
    /// Labour by what it was spent on.
    pub par_nature: Vec<CoutNature>,
    /// Labour by person.
    pub par_technicien: Vec<CoutTechnicien>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CoutNature {
    pub nature: NatureTemps,
    pub homme_min: i64,
    pub cout: Cents,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CoutTechnicien {
    pub technicien_id: TechnicienId,
    pub technicien_nom: String,
    pub homme_min: i64,
    pub cout: Cents,
}

/// What a machine cost in a period: labour by when it began, parts by when they moved, services by their day.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoutsEquipement {
    pub equipement_id: EquipementId,
    /// Whether what hangs below it counts too, each machine once.
    pub descendants: bool,
    pub du: Instant,
    /// Exclusive.
    pub au: Instant,
    /// Interventions that cost something in the period.
    pub nombre_interventions: i64,
    #[serde(flatten)]
    pub cout: Cout,
    /// Labour by what it was spent on.
    pub par_nature: Vec<CoutNature>,
    pub par_type: Vec<CoutType>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CoutType {
    pub type_intervention: TypeIntervention,
    pub nombre_interventions: i64,
    #[serde(flatten)]
    pub cout: Cout,
}

/// A period: from a civil day of the machine's site or an instant, to the end of a day or an instant.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PeriodeCouts {
    /// A year before `au` unless said otherwise.
    #[param(inline)]
    pub du: Option<Moment>,
    /// The present unless said otherwise.
    #[param(inline)]
    pub au: Option<Moment>,
    /// Count what hangs below the machine too.
    #[serde(default)]
    pub descendants: bool,
}

words! {
    /// What money was spent on.
    pub enum Poste {
        MainDOeuvre = "main_d_oeuvre" ("Main-d’œuvre", "Labour"),
        Pieces = "pieces" ("Pièces", "Parts"),
        Prestations = "prestations" ("Prestations extérieures", "Outside services"),
    }
}

/// What was spent alike: for one kind of work, on one thing, and of labour by one person.
#[derive(Clone, Debug)]
pub struct Depense {
    pub type_intervention: TypeIntervention,
    pub poste: Poste,
    pub cents: i64,
    pub nature: Option<NatureTemps>,
    pub technicien: Option<(TechnicienId, String)>,
    pub seconds: i64,
    /// Of these, at no known rate.
    pub unrated: i64,
}
