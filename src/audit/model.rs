//! The types of the audit journal.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::ids::{EntryId, UserId};
use crate::kernel::clock::{Instant, Moment};
use crate::kernel::page::Filters;

/// One thing that happened. Entries are never changed or removed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entree {
    pub id: EntryId,
    pub date: Instant,
    /// User name, or the part of the server that acted.
    #[schema(example = "responsable")]
    pub acteur: String,
    /// Null for the server itself and for callers who were not signed in.
    pub user_id: Option<UserId>,
    /// Where the request came from.
    #[schema(example = "192.0.2.7")]
    pub adresse: Option<String>,
    pub request_id: Option<String>,
    #[schema(example = "site.modification")]
    pub action: String,
    #[schema(example = "site")]
    pub entite: String,
    pub entite_id: Option<i64>,
    /// What it was, of what changed.
    #[schema(value_type = Option<BTreeMap<String, Value>>, example = json!({"nom": "Usine de Casablanca"}))]
    pub avant: Option<Value>,
    /// What it became, of what changed.
    #[schema(value_type = Option<BTreeMap<String, Value>>, example = json!({"nom": "Conserverie"}))]
    pub apres: Option<Value>,
    /// SHA-256 of this entry and of the one before it, in hexadecimal.
    pub empreinte: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditFilters {
    #[serde(default)]
    pub user_id: Vec<UserId>,
    #[serde(default)]
    pub acteur: Vec<String>,
    #[serde(default)]
    pub action: Vec<String>,
    #[serde(default)]
    pub entite: Vec<String>,
    #[serde(default)]
    pub entite_id: Vec<i64>,
    #[serde(default)]
    pub request_id: Vec<String>,
    /// From this day or instant.
    #[param(inline)]
    pub du: Option<Moment>,
    /// To the end of this day, or to this instant.
    #[param(inline)]
    pub au: Option<Moment>,
}

impl Filters for AuditFilters {}

/// Whether the journal is whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verification {
    /// Entries read.
    #[schema(example = 1204)]
    pub entrees: u64,
    #[schema(example = true)]
    pub intacte: bool,
    /// The first entry that is missing or not as it was written.
    pub premiere_rupture: Option<EntryId>,
}
