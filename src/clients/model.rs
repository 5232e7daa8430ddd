//! The types of clients and sites.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::{ClientId, SiteId};
use crate::kernel::answer::Entity;
use crate::kernel::clock::Instant;
use crate::kernel::input::{given, not_blank, present};
use crate::kernel::page::Filters;

/// Where most of our plants are.
pub const DEFAULT_ZONE: &str = "Africa/Casablanca";

/// The country that a time zone is taken for when nobody says.
pub fn usual_country(zone: &str) -> &'static str {
    if zone == "Europe/Paris" { "FR" } else { "MA" }
}

/// An organisation that owns sites and équipements.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Client {
    pub id: ClientId,
    #[schema(example = "Cosumar Énergie")]
    pub nom: String,
    /// Whom to call.
    pub contact: Option<String>,
    /// Hidden from techniciens.
    pub email: Option<String>,
    pub telephone: Option<String>,
    pub adresse: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Entity for Client {
    fn location(&self) -> String {
        format!("/api/v1/clients/{}", self.id)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClient {
    #[garde(length(chars, max = 200), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200, example = "Cosumar Énergie")]
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
}

/// Fields left out stay as they are; null empties the optional ones.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientPatch {
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
}

/// A place with its own time zone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Site {
    pub id: SiteId,
    #[schema(example = "CASA")]
    pub code: String,
    #[schema(example = "Usine de Casablanca")]
    pub nom: String,
    pub adresse: Option<String>,
    /// IANA time zone.
    #[schema(example = "Africa/Casablanca")]
    pub fuseau: String,
    /// ISO 3166-1: whose public holidays it keeps.
    #[schema(example = "MA")]
    pub pays: String,
    pub client_id: Option<ClientId>,
    pub client_nom: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Entity for Site {
    fn location(&self) -> String {
        format!("/api/v1/sites/{}", self.id)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSite {
    #[garde(length(chars, max = 60), custom(not_blank))]
    #[schema(min_length = 1, max_length = 60, example = "CASA")]
    pub code: String,
    #[garde(length(chars, max = 200), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200, example = "Usine de Casablanca")]
    pub nom: String,
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500)]
    pub adresse: Option<String>,
    /// `Africa/Casablanca` unless said otherwise.
    #[garde(skip)]
    #[schema(example = "Africa/Casablanca")]
    pub fuseau: Option<String>,
    /// That of the time zone, as far as it is known, unless said otherwise.
    #[garde(inner(pattern("^[A-Z]{2}$")))]
    #[schema(pattern = "^[A-Z]{2}$", example = "MA")]
    pub pays: Option<String>,
    #[garde(skip)]
    pub client_id: Option<ClientId>,
}

/// Fields left out stay as they are; null empties the optional ones.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SitePatch {
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 60), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 60, nullable = false)]
    pub code: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub nom: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 500))))]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub adresse: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub fuseau: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(pattern("^[A-Z]{2}$")))]
    #[schema(pattern = "^[A-Z]{2}$", nullable = false)]
    pub pays: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<ClientId>)]
    pub client_id: Option<Option<ClientId>>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClientFilters {}

impl Filters for ClientFilters {}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SiteFilters {
    /// Sites of these organisations.
    #[serde(default)]
    pub client_id: Vec<ClientId>,
}

impl Filters for SiteFilters {}

/// The time zones of the sites that a caller sees, as the server counts them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fuseaux {
    pub items: Vec<Fuseau>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Fuseau {
    #[schema(example = "Africa/Casablanca")]
    pub nom: String,
    /// In the order of time, from twenty years ago to ten years from now.
    pub decalages: Vec<Decalage>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Decalage {
    /// From here on; null: before anything else.
    pub depuis: Option<Instant>,
    /// Minutes that local time is ahead of UTC.
    #[schema(example = 60)]
    pub decalage_min: i32,
}
