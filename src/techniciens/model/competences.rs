//! What people can know, and what keeps someone from a job.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::CompetenceId;
use crate::kernel::answer::Entity;
use crate::kernel::clock::Instant;
use crate::kernel::input::{given, not_blank, present};
use crate::kernel::page::Filters;
use crate::kernel::phrase::Phrase;
use crate::phrase;

/// A skill or a habilitation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Competence {
    pub id: CompetenceId,
    #[schema(example = "Habilitation électrique B1V")]
    pub nom: String,
    pub description: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Entity for Competence {
    fn location(&self) -> String {
        format!("/api/v1/techniciens/competences/{}", self.id)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCompetence {
    #[garde(length(chars, max = 100), custom(not_blank))]
    #[schema(min_length = 1, max_length = 100, example = "Habilitation électrique B1V")]
    pub nom: String,
    #[garde(inner(length(chars, max = 1000)))]
    #[schema(max_length = 1000)]
    pub description: Option<String>,
}

/// Fields left out stay as they are; null empties the optional ones.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompetencePatch {
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 100), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    pub nom: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 1000))))]
    #[schema(value_type = Option<String>, max_length = 1000)]
    pub description: Option<Option<String>>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompetenceFilters {}

impl Filters for CompetenceFilters {}

/// Why someone cannot be assigned to a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Obstacle {
    /// The account is deactivated.
    Inactif,
    /// The sheet is closed.
    Ferme,
    /// Marked `indisponible`.
    Indisponible,
    /// A required compétence that does not suffice.
    Competence {
        competence_id: CompetenceId,
        #[schema(example = "Habilitation électrique B1V")]
        nom: String,
        /// The level required, 1 to 4.
        #[schema(example = 2)]
        requis: i64,
        /// `absente`, `niveau` (too low) or `expiree`.
        #[schema(example = "expiree")]
        motif: &'static str,
    },
}

impl Obstacle {
    /// Why `nom` cannot, as people are told.
    pub fn sentence(&self, nom: &str) -> Phrase {
        match self {
            Self::Inactif => {
                phrase!(
                    "Le compte de {nom} est désactivé.",
                    "The account of {nom} is deactivated.",
                    "حساب \u{2068}{nom}\u{2069} معطّل."
                )
            }
            Self::Ferme => phrase!(
                "La fiche de {nom} est fermée.",
                "The sheet of {nom} is closed.",
                "بطاقة \u{2068}{nom}\u{2069} مغلقة."
            ),
            Self::Indisponible => {
                phrase!(
                    "{nom} est indisponible.",
                    "{nom} is not available.",
                    "\u{2068}{nom}\u{2069} غير متاح."
                )
            }
            Self::Competence { nom: competence, motif, .. } => {
                let (fr, en, ar) = match *motif {
                    "expiree" => ("est expirée", "has expired", "منتهية الصلاحية"),
                    "niveau" => ("est d’un niveau trop bas", "is of too low a level", "مستواها غير كافٍ"),
                    _ => ("manque", "is missing", "ناقصة"),
                };
                phrase!(
                    "{nom} ne peut pas le faire : « {competence} » {fr}.",
                    "{nom} cannot do it: \"{competence}\" {en}.",
                    "لا يمكن إسناد العمل إلى \u{2068}{nom}\u{2069}: المهارة «\u{2068}{competence}\u{2069}» {ar}."
                )
            }
        }
    }
}
