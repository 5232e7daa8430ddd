//! Entries of time, running or ended.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::{InterventionId, TechnicienId, TempsId};
use crate::kernel::answer::Entity;
use crate::kernel::clock::{Instant, Moment};
use crate::kernel::input::{given, present};
use crate::kernel::money::Cents;
use crate::kernel::page::{Filters, Listing};

/// Characters of a remark.
pub const REMARK: usize = 2000;

words! {
    /// What the time was spent on.
    pub enum NatureTemps {
        Travail = "travail" ("Travail", "Work", "عمل"),
        Deplacement = "deplacement" ("Déplacement", "Travel", "تنقل"),
        Attente = "attente" ("Attente", "Waiting", "انتظار"),
    }
}

/// Time that one person spent on one intervention, `[debut, fin)`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Temps {
    pub id: TempsId,
    pub intervention_id: InterventionId,
    #[schema(example = "INT-2026-000123")]
    pub numero: String,
    pub technicien_id: TechnicienId,
    pub technicien_nom: String,
    pub debut: Instant,
    /// Null while the timer runs.
    pub fin: Option<Instant>,
    pub nature: NatureTemps,
    /// Whole minutes, half up; of a running timer up to now, and no more than 12 hours.
    pub minutes: i64,
    pub en_cours: bool,
    /// A timer that was or will be ended after 12 hours, forgotten by its person: `fin` should be corrected.
    pub a_verifier: bool,
    /// Null for clients.
    pub remarque: Option<String>,
    /// Of an hour, when the entry was made. Null for techniciens and clients, and when none was known.
    pub taux_horaire: Option<Cents>,
    /// Null for techniciens and clients, while the timer runs, and when no rate was known.
    pub cout: Option<Cents>,
    #[schema(example = "Youssef Technicien")]
    pub saisi_par: String,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Entity for Temps {
    fn location(&self) -> String {
        format!("/api/v1/temps/{}", self.id)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// The entries of an intervention, and what they come to.
#[derive(Debug, Serialize, ToSchema)]
pub struct TempsIntervention {
    #[serde(flatten)]
    pub list: Listing<Temps>,
    pub resume: ResumeTemps,
}

/// Sums over all entries, each from whole seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResumeTemps {
    /// Man-minutes: each person's counted.
    pub homme_min: i64,
    /// Elapsed: moments at which somebody was there, counted once.
    pub ecoule_min: i64,
    /// Man-minutes by what they were spent on.
    pub par_nature: Vec<MinutesNature>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MinutesNature {
    pub nature: NatureTemps,
    pub homme_min: i64,
}

/// Time entered by hand: over, and at most 24 hours.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemps {
    /// Oneself unless said otherwise, and for a technicien nobody else.
    #[garde(skip)]
    pub technicien_id: Option<TechnicienId>,
    #[garde(skip)]
    pub debut: Instant,
    #[garde(skip)]
    pub fin: Instant,
    /// `travail` unless said otherwise.
    #[garde(skip)]
    pub nature: Option<NatureTemps>,
    #[garde(inner(length(chars, max = REMARK)))]
    #[schema(max_length = 2000)]
    pub remarque: Option<String>,
}

/// Fields left out stay as they are; null empties the optional ones.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TempsPatch {
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub debut: Option<Instant>,
    /// Ends a running timer.
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub fin: Option<Instant>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub nature: Option<NatureTemps>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = REMARK))))]
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub remarque: Option<Option<String>>,
}

#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemarrageChronometre {
    /// Oneself unless said otherwise, and for a technicien nobody else.
    #[garde(skip)]
    pub technicien_id: Option<TechnicienId>,
    /// `travail` unless said otherwise.
    #[garde(skip)]
    pub nature: Option<NatureTemps>,
    /// Stop the timer that runs, instead of being refused.
    #[serde(default)]
    #[garde(skip)]
    pub arreter_en_cours: bool,
}

#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArretChronometre {
    /// Put in place of the remark that there is.
    #[garde(inner(length(chars, max = REMARK)))]
    #[schema(max_length = 2000)]
    pub remarque: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct TempsFilters {
    pub technicien_id: Vec<TechnicienId>,
    pub intervention_id: Vec<InterventionId>,
    pub nature: Vec<NatureTemps>,
    /// Timers that run, or entries that ended.
    pub en_cours: Option<bool>,
    /// Timers ended by their cap, and not corrected since.
    pub a_verifier: Option<bool>,
    /// Begun in this period: from a civil day of the plant or an instant, to the end of a day or an instant.
    pub du: Option<Moment>,
    pub au: Option<Moment>,
}

impl Filters for TempsFilters {}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TempsInterventionFilters {}

impl Filters for TempsInterventionFilters {}
