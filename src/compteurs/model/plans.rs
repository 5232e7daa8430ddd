//! Plans that fall due by a meter, and the thresholds passed.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::{
    CompteurId, EquipementId, GammeId, InterventionId, PlanCompteurId, ReleveId, SeuilId, TechnicienId,
};
use crate::interventions::Priorite;
use crate::kernel::answer::Entity;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::input::{given, not_blank, present};
use crate::kernel::page::Filters;
use crate::kernel::quantity::{Quantity, positive};

/// Minutes of a year: a longer job is a typing error.
pub const LONGEST_MIN: i64 = 366 * 24 * 60;

words! {
    /// Whether a plan acts on readings.
    pub enum StatutPlanCompteur {
        Actif = "actif" ("Actif", "Active"),
        Suspendu = "suspendu" ("Suspendu", "Suspended"),
        Termine = "termine" ("Terminé", "Ended"),
    }
}

words! {
    /// What became of a threshold that was passed.
    pub enum StatutSeuil {
        Generee = "generee" ("Générée", "Generated"),
        Absorbee = "absorbee" ("Absorbée", "Absorbed"),
        Annulee = "annulee" ("Annulée", "Cancelled"),
    }
}

/// Work that comes again each time that a meter has counted so much.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanCompteur {
    pub id: PlanCompteurId,
    pub compteur_id: CompteurId,
    pub equipement_id: EquipementId,
    #[schema(example = "Vidange du compresseur")]
    pub titre: String,
    pub description: Option<String>,
    /// Due every so much.
    pub pas: Quantity,
    /// Threshold k is `depart` + k × `pas`, of what the meter has counted in all.
    pub depart: Quantity,
    /// How much before a threshold the intervention is created.
    pub anticipation: Quantity,
    /// Days from the reading to the intervention's limit.
    #[schema(example = 7)]
    pub delai_jours: i64,
    pub duree_estimee_min: Option<i64>,
    /// Leads its interventions.
    pub technicien_id: Option<TechnicienId>,
    pub technicien_nom: Option<String>,
    /// Whoever it names has left (closed sheet or account): its interventions are created without a technicien.
    pub technicien_parti: bool,
    pub gamme_id: Option<GammeId>,
    pub priorite: Priorite,
    pub statut: StatutPlanCompteur,
    /// The next threshold, and its number.
    pub prochain_k: i64,
    pub prochain_seuil: Quantity,
    /// Civil day of the site on which it will be passed, at the pace of the last 90 days.
    pub date_estimee: Option<Day>,
    /// Why then.
    #[schema(
        example = "Seuil 4 : 500 h + 4 × 250 h = 1 500 h ; à 1 263 h le 12/11/2026, 16,4 h par jour depuis 90 jours."
    )]
    pub explication: String,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Entity for PlanCompteur {
    fn location(&self) -> String {
        format!("/api/v1/compteurs/{}/plans/{}", self.compteur_id, self.id)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlanCompteur {
    #[garde(length(chars, max = 200), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200, example = "Vidange du compresseur")]
    pub titre: String,
    #[garde(inner(length(chars, max = 10_000)))]
    #[schema(max_length = 10000)]
    pub description: Option<String>,
    #[garde(custom(positive))]
    pub pas: Quantity,
    /// What the meter has counted now unless said otherwise.
    #[garde(skip)]
    pub depart: Option<Quantity>,
    /// Less than `pas`; nothing unless said otherwise.
    #[garde(inner(custom(positive)))]
    pub anticipation: Option<Quantity>,
    /// A week unless said otherwise.
    #[garde(inner(range(min = 0, max = 366)))]
    #[schema(minimum = 0, maximum = 366)]
    pub delai_jours: Option<i64>,
    #[garde(inner(range(min = 1, max = LONGEST_MIN)))]
    #[schema(minimum = 1, maximum = 527040, example = 90)]
    pub duree_estimee_min: Option<i64>,
    #[garde(skip)]
    pub technicien_id: Option<TechnicienId>,
    #[garde(skip)]
    pub gamme_id: Option<GammeId>,
    /// `normale` unless said otherwise.
    #[garde(skip)]
    pub priorite: Option<Priorite>,
}

/// Fields left out stay as they are; null empties the optional ones. Once a threshold was passed, `pas` and `depart`
/// no longer change (409).
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlanCompteurPatch {
    #[serde(deserialize_with = "given")]
    #[garde(inner(length(chars, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub titre: Option<String>,
    #[serde(deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 10_000))))]
    #[schema(value_type = Option<String>, max_length = 10000)]
    pub description: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[garde(inner(custom(positive)))]
    #[schema(nullable = false)]
    pub pas: Option<Quantity>,
    #[serde(deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub depart: Option<Quantity>,
    #[serde(deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub anticipation: Option<Quantity>,
    #[serde(deserialize_with = "given")]
    #[garde(inner(range(min = 0, max = 366)))]
    #[schema(minimum = 0, maximum = 366, nullable = false)]
    pub delai_jours: Option<i64>,
    #[serde(deserialize_with = "present")]
    #[garde(inner(inner(range(min = 1, max = LONGEST_MIN))))]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 527040)]
    pub duree_estimee_min: Option<Option<i64>>,
    #[serde(deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<TechnicienId>)]
    pub technicien_id: Option<Option<TechnicienId>>,
    #[serde(deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<GammeId>)]
    pub gamme_id: Option<Option<GammeId>>,
    #[serde(deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub priorite: Option<Priorite>,
    /// Taking up again acts at once on what was passed meanwhile.
    #[serde(deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub statut: Option<StatutPlanCompteur>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PlanFilters {
    pub statut: Vec<StatutPlanCompteur>,
}

impl Filters for PlanFilters {}

/// A threshold that was passed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Seuil {
    pub id: SeuilId,
    pub plan_id: PlanCompteurId,
    pub k: i64,
    pub valeur: Quantity,
    /// The reading that passed it.
    pub releve_id: ReleveId,
    pub date: Instant,
    pub statut: StatutSeuil,
    /// What answers it, together with those it absorbed; told to those who run the plant.
    pub intervention_id: Option<InterventionId>,
    #[schema(example = "INT-2031-000123")]
    pub numero: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SeuilFilters {
    pub statut: Vec<StatutSeuil>,
}

impl Filters for SeuilFilters {}
