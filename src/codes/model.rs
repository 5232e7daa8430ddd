//! The types of codes.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::CodeId;
use crate::kernel::answer::Entity;
use crate::kernel::clock::Instant;
use crate::kernel::input::{given, not_blank, rule};
use crate::kernel::page::Filters;

words! {
    /// What a code says of a failure.
    pub enum Nature {
        Symptome = "symptome" ("Symptôme", "Symptom", "العَرَض"),
        Cause = "cause" ("Cause", "Cause", "السبب"),
        Remede = "remede" ("Remède", "Remedy", "العلاج"),
    }
}

/// One word of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Code {
    pub id: CodeId,
    pub nature: Nature,
    /// Unique within its nature, whatever its case and accents.
    #[schema(example = "FTS")]
    pub code: String,
    #[schema(example = "Ne démarre pas")]
    pub libelle: String,
    /// The types of équipements that it is meant for; all of them when empty.
    #[schema(example = json!(["pompe", "moteur"]))]
    pub types_equipement: Vec<String>,
    /// Whether it is offered; one that is not stays where it was used.
    pub actif: bool,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Entity for Code {
    fn location(&self) -> String {
        format!("/api/v1/codes/{}", self.id)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCode {
    #[garde(skip)]
    pub nature: Nature,
    #[garde(length(chars, max = 30), custom(not_blank))]
    #[schema(min_length = 1, max_length = 30, example = "FTS")]
    pub code: String,
    #[garde(length(chars, max = 200), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200, example = "Ne démarre pas")]
    pub libelle: String,
    /// All types when left out; at most 50.
    #[serde(default)]
    #[garde(custom(are_types))]
    #[schema(max_items = 50)]
    pub types_equipement: Vec<String>,
    /// Offered unless said otherwise.
    #[garde(skip)]
    pub actif: Option<bool>,
}

/// Fields left out stay as they are. What a code says of a failure (`nature`) never changes.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodePatch {
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 30), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 30, nullable = false)]
    pub code: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub libelle: Option<String>,
    /// Replaces them all.
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(custom(are_types)))]
    #[schema(max_items = 50, nullable = false)]
    pub types_equipement: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub actif: Option<bool>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CodeFilters {
    #[serde(default)]
    pub nature: Vec<Nature>,
    pub actif: Option<bool>,
    /// Meant for équipements of this type, or of any.
    pub type_equipement: Option<String>,
}

impl Filters for CodeFilters {}

/// What the plant asks of those who finish a corrective intervention.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reglages {
    /// A corrective intervention is finished with its symptôme, cause and remède codes only.
    pub codes_obligatoires: bool,
    pub version: i64,
    pub updated_at: Instant,
}

impl Entity for Reglages {
    fn location(&self) -> String {
        "/api/v1/codes/reglages".to_owned()
    }

    fn version(&self) -> i64 {
        self.version
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReglagesPatch {
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub codes_obligatoires: Option<bool>,
}

/// Whether a code can be put on an intervention, as the database knows it.
pub struct Fitness {
    pub nature: Nature,
    pub actif: bool,
    /// Meant for the type of this équipement.
    pub applies: bool,
}

pub const MAX_TYPES: usize = 50;

/// A garde rule: types of équipements, as équipements spell them.
fn are_types(types: &[String], _: &()) -> garde::Result {
    let fits = |name: &String| !name.trim().is_empty() && name.chars().count() <= 100 && !name.contains('\0');
    if types.len() <= MAX_TYPES && types.iter().all(fits) {
        return Ok(());
    }
    Err(rule(
        "valeur_invalide",
        "au plus 50 types d’équipement, de 1 à 100 caractères",
        "at most 50 types of équipement, of 1 to 100 characters",
    ))
}
