//! The types of the backups' API.

use serde::Serialize;
use utoipa::ToSchema;

use crate::ids::ExerciceId;
use crate::kernel::clock::Instant;

/// The backups in the data directory, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sauvegardes {
    pub items: Vec<Sauvegarde>,
    #[schema(example = 14)]
    pub total: usize,
    /// The newest is older than a day should leave it, or there is none.
    #[schema(example = false)]
    pub en_retard: bool,
    /// Where they are, on the server.
    #[schema(example = "/var/lib/erp-interventions/backups")]
    pub dossier: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Sauvegarde {
    #[schema(example = "erp-20310115T020000Z.tar.zst")]
    pub nom: String,
    pub faite_le: Instant,
    #[schema(example = 1_250_000)]
    pub octets: u64,
    /// Its last restore drill.
    pub exercice: Option<Exercice>,
}

/// A backup restored beside the data to see that it can be, examined like `check --all`, and thrown away.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Exercice {
    pub id: ExerciceId,
    #[schema(example = "erp-20310115T020000Z.tar.zst")]
    pub sauvegarde: String,
    pub demande_le: Instant,
    /// Null while it waits or is under way.
    pub termine_le: Option<Instant>,
    pub duree_ms: Option<i64>,
    /// Unpacked.
    pub octets: Option<i64>,
    pub documents: Option<i64>,
    /// Tables that have another number of rows by now.
    pub ecarts: Vec<Ecart>,
    /// Why it could not be restored, or what is wrong in it; null when all is well.
    pub erreur: Option<String>,
}

/// What was written since the backup.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Ecart {
    #[schema(example = "interventions")]
    pub table: String,
    #[schema(example = 1200)]
    pub sauvegarde: i64,
    #[schema(example = 1204)]
    pub maintenant: i64,
}
