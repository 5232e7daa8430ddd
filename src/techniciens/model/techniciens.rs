//! A technicien, and what they hold.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::agenda::Horaire;
use crate::ids::{CompetenceId, SiteId, TechnicienId, UserId};
use crate::kernel::answer::Entity;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::input::{given, not_blank, present};
use crate::kernel::money::Cents;
use crate::kernel::page::Filters;

words! {
    /// Whether a person can be given work at all.
    pub enum Disponibilite {
        Disponible = "disponible" ("Disponible", "Available", "متاح"),
        Indisponible = "indisponible" ("Indisponible", "Unavailable", "غير متاح"),
    }
}

/// A person of the shop floor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Technicien {
    pub id: TechnicienId,
    pub user_id: UserId,
    /// The account's full name.
    #[schema(example = "Youssef El Amrani")]
    pub nom: String,
    /// Hidden from other techniciens.
    pub email: Option<String>,
    #[schema(example = "T-001")]
    pub matricule: Option<String>,
    #[schema(example = "Mécanique")]
    pub equipe: Option<String>,
    /// Where they work: their hours and days are those of its wall clock.
    pub site_id: Option<SiteId>,
    /// The zone of that wall clock.
    #[schema(example = "Africa/Casablanca")]
    pub fuseau: Option<String>,
    pub disponibilite: Disponibilite,
    /// Cost of an hour; hidden from other techniciens.
    pub taux_horaire: Option<Cents>,
    pub competences: Vec<TechnicienCompetence>,
    /// Null: no hours are kept, and none are enforced.
    pub horaire: Option<Horaire>,
    /// Whether the account is active.
    pub actif: bool,
    /// Since when the sheet is closed: nothing is given to them any more, what they did stays theirs. Null while open.
    pub ferme_le: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Entity for Technicien {
    fn location(&self) -> String {
        format!("/api/v1/techniciens/{}", self.id)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// A compétence that someone holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TechnicienCompetence {
    pub competence_id: CompetenceId,
    #[schema(example = "Habilitation électrique B1V")]
    pub nom: String,
    /// 1 (learning) to 4 (teaches others).
    #[schema(minimum = 1, maximum = 4, example = 2)]
    pub niveau: i64,
    /// The last day on which it counts; null when it does not expire.
    pub valide_jusqu_au: Option<Day>,
    /// Whether that day has passed.
    pub expiree: bool,
}

/// A compétence to give to someone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Held {
    #[garde(skip)]
    pub competence_id: CompetenceId,
    /// 1 to 4, 1 unless said otherwise.
    #[serde(default = "lowest")]
    #[garde(range(min = 1, max = 4))]
    #[schema(minimum = 1, maximum = 4, default = 1, example = 2)]
    pub niveau: i64,
    /// The last day on which it counts.
    #[garde(skip)]
    pub valide_jusqu_au: Option<Day>,
}

impl Held {
    /// At the lowest level, without an end.
    pub fn plain(competence_id: CompetenceId) -> Self {
        Self { competence_id, niveau: lowest(), valide_jusqu_au: None }
    }
}

impl From<&TechnicienCompetence> for Held {
    fn from(held: &TechnicienCompetence) -> Self {
        let TechnicienCompetence { competence_id, niveau, valide_jusqu_au, .. } = *held;
        Self { competence_id, niveau, valide_jusqu_au }
    }
}

const fn lowest() -> i64 {
    1
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTechnicien {
    /// An account of role `technicien` that is not yet one.
    #[garde(skip)]
    pub user_id: UserId,
    #[garde(inner(length(chars, max = 60), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 60, example = "T-001")]
    pub matricule: Option<String>,
    #[garde(inner(length(chars, max = 100), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 100, example = "Mécanique")]
    pub equipe: Option<String>,
    /// Where they work; the first site in the time zone of most unless said otherwise.
    #[garde(skip)]
    pub site_id: Option<SiteId>,
    /// `disponible` unless said otherwise.
    #[garde(skip)]
    pub disponibilite: Option<Disponibilite>,
    /// Cost of an hour.
    #[garde(skip)]
    pub taux_horaire: Option<Cents>,
    #[garde(skip)]
    pub horaire: Option<Horaire>,
    /// Compétences held at level 1 without an end, unless `competences` says more of them.
    #[serde(default)]
    #[garde(length(max = 200))]
    #[schema(max_items = 200)]
    pub competences_ids: Vec<CompetenceId>,
    #[serde(default)]
    #[garde(length(max = 200), dive)]
    #[schema(max_items = 200)]
    pub competences: Vec<Held>,
}

/// Fields left out stay as they are; null empties the optional ones.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TechnicienPatch {
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 60), custom(not_blank))))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 60)]
    pub matricule: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 100), custom(not_blank))))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub equipe: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<SiteId>)]
    pub site_id: Option<Option<SiteId>>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub disponibilite: Option<Disponibilite>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<Cents>)]
    pub taux_horaire: Option<Option<Cents>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<Horaire>)]
    pub horaire: Option<Option<Horaire>>,
    /// From now on exactly these (with those of `competences`); one already held keeps its level and its end.
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(max = 200)))]
    #[schema(max_items = 200, nullable = false)]
    pub competences_ids: Option<Vec<CompetenceId>>,
    /// From now on exactly these (with those of `competences_ids`).
    #[serde(default, deserialize_with = "given")]
    #[garde(length(max = 200), dive)]
    #[schema(max_items = 200, nullable = false)]
    pub competences: Option<Vec<Held>>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TechnicienFilters {
    /// Members of these teams.
    #[serde(default)]
    pub equipe: Vec<String>,
    #[serde(default)]
    pub disponibilite: Vec<Disponibilite>,
    /// Those who hold one of these compétences, expired or not.
    #[serde(default)]
    pub competence_id: Vec<CompetenceId>,
    /// Whether the account is active.
    pub actif: Option<bool>,
    /// Those whose sheet is closed as well; without it, only those whose sheet is open.
    pub avec_fermes: Option<bool>,
}

impl Filters for TechnicienFilters {}
