//! The types of jobs and of their runs.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::ExecutionId;
use crate::kernel::clock::Instant;
use crate::kernel::page::{Filters, Listing};

words! {
    /// How a run went.
    pub enum ResultatExecution {
        Reussie = "reussie" ("Réussie", "Done", "ناجحة"),
        /// Done but for what was left out.
        Partielle = "partielle" ("Partielle", "Partly done", "جزئية"),
        Echouee = "echouee" ("Échouée", "Failed", "فاشلة"),
    }
}

words! {
    /// Why a job ran.
    pub enum Declencheur {
        Horaire = "horaire" ("À son heure", "At its time", "في موعدها"),
        Manuel = "manuel" ("À la main", "By hand", "يدويًا"),
    }
}

/// The jobs, the clock they go by, and a page of their runs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Taches {
    pub horloge: Horloge,
    /// Every job, whatever the filters of the runs.
    pub taches: Vec<Tache>,
    #[serde(flatten)]
    pub executions: Listing<Execution>,
}

/// The server's clock, and whether it can be believed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Horloge {
    pub maintenant: Instant,
    /// False while the jobs that depend on the date wait for it to make sense again.
    #[schema(example = true)]
    pub fiable: bool,
    /// Why not.
    pub raison: Option<String>,
}

/// Something that the server does by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tache {
    #[schema(example = "purge-sessions")]
    pub nom: &'static str,
    #[schema(example = "Purge des sessions terminées et des échecs de connexion")]
    pub libelle: String,
    #[schema(example = "chaque heure")]
    pub frequence: String,
    pub en_cours: bool,
    /// Its last run that found something to do; null when there was none yet.
    pub derniere: Option<Execution>,
    /// When it is due; null while it waits for the clock.
    pub prochaine: Option<Instant>,
    /// Why it waits.
    pub retenue: Option<String>,
}

/// One run of a job.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Execution {
    pub id: ExecutionId,
    #[schema(example = "purge-sessions")]
    pub tache: String,
    /// When it began.
    pub date: Instant,
    pub duree_ms: i64,
    pub declencheur: Declencheur,
    pub resultat: ResultatExecution,
    /// How many things were done.
    #[schema(example = 12)]
    pub faites: i64,
    /// How many were left out.
    #[schema(example = 1)]
    pub ignorees: i64,
    /// What was left out and why: the first 20.
    pub details: Vec<Ignoree>,
    /// Why it failed.
    pub erreur: Option<String>,
}

/// One thing that a run left out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Ignoree {
    #[schema(example = "planning")]
    pub entite: String,
    pub entite_id: i64,
    #[schema(example = "L’équipement est retiré.")]
    pub raison: String,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExecutionFilters {
    /// Runs of these jobs.
    #[serde(default)]
    pub tache: Vec<String>,
}

impl Filters for ExecutionFilters {}

/// The time by a clock that somebody looked at, to vouch for the server's.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HeureConfirmee {
    #[garde(skip)]
    pub maintenant: Instant,
}
