//! Who supplies parts.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::FournisseurId;
use crate::kernel::answer::Entity;
use crate::kernel::clock::Instant;
use crate::kernel::input::{given, not_blank, present};
use crate::kernel::page::Filters;

/// Days of a year: who takes longer does not deliver.
pub const LONGEST_DAYS: i64 = 366;

/// A supplier.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Fournisseur {
    pub id: FournisseurId,
    #[schema(example = "Roulements du Maghreb")]
    pub nom: String,
    /// Whom to call.
    pub contact: Option<String>,
    /// Hidden from techniciens.
    pub email: Option<String>,
    pub telephone: Option<String>,
    pub adresse: Option<String>,
    /// Usual days from order to receipt.
    pub delai_jours: Option<i64>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Entity for Fournisseur {
    fn location(&self) -> String {
        format!("/api/v1/fournisseurs/{}", self.id)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFournisseur {
    /// Unique whatever its case and accents.
    #[garde(length(chars, max = 200), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200, example = "Roulements du Maghreb")]
    pub nom: String,
    #[garde(inner(length(chars, max = 200)))]
    #[schema(max_length = 200)]
    pub contact: Option<String>,
    #[garde(inner(email))]
    #[schema(format = Email)]
    pub email: Option<String>,
    #[garde(inner(length(chars, max = 50)))]
    #[schema(max_length = 50)]
    pub telephone: Option<String>,
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500)]
    pub adresse: Option<String>,
    #[garde(inner(range(min = 0, max = LONGEST_DAYS)))]
    #[schema(minimum = 0, maximum = 366, example = 5)]
    pub delai_jours: Option<i64>,
}

/// Fields left out stay as they are; null empties the optional ones.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FournisseurPatch {
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub nom: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 200))))]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub contact: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(email)))]
    #[schema(value_type = Option<String>, format = Email)]
    pub email: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 50))))]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub telephone: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 500))))]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub adresse: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(range(min = 0, max = LONGEST_DAYS))))]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 366)]
    pub delai_jours: Option<Option<i64>>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FournisseurFilters {}

impl Filters for FournisseurFilters {}
