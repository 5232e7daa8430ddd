//! Public holidays: data that people keep.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::JourFerieId;
use crate::kernel::answer::Entity;
use crate::kernel::clock::{Day, Instant, old_day, old_day_given};
use crate::kernel::input::{given, not_blank};
use crate::kernel::page::Filters;

/// A day off in a country.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JourFerie {
    pub id: JourFerieId,
    /// ISO 3166-1, as the sites have it.
    #[schema(example = "MA")]
    pub pays: String,
    /// The day; of a recurrent one, the first.
    pub date: Day,
    /// Each year on this day, from that first one on.
    pub recurrent: bool,
    #[schema(example = "Fête du travail")]
    pub nom: String,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Entity for JourFerie {
    fn location(&self) -> String {
        format!("/api/v1/planning/jours-feries/{}", self.id)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewJourFerie {
    #[garde(pattern("^[A-Z]{2}$"))]
    #[schema(pattern = "^[A-Z]{2}$", example = "MA")]
    pub pays: String,
    #[serde(deserialize_with = "old_day")]
    #[garde(skip)]
    pub date: Day,
    #[serde(default)]
    #[garde(skip)]
    pub recurrent: bool,
    #[garde(length(chars, max = 100), custom(not_blank))]
    #[schema(min_length = 1, max_length = 100, example = "Aïd al-Fitr")]
    pub nom: String,
}

/// Fields left out stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JourFeriePatch {
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(pattern("^[A-Z]{2}$")))]
    #[schema(pattern = "^[A-Z]{2}$", nullable = false)]
    pub pays: Option<String>,
    #[serde(default, deserialize_with = "old_day_given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub date: Option<Day>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub recurrent: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 100), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    pub nom: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct JourFerieFilters {
    /// ISO 3166-1.
    pub pays: Vec<String>,
    /// In this civil year: the recurrent ones, and those of the year.
    #[param(minimum = 1, maximum = 9999)]
    pub annee: Option<i16>,
}

impl Filters for JourFerieFilters {}
