//! A gamme, its versions and their operations.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::{GammeId, OperationId};
use crate::kernel::answer::Entity;
use crate::kernel::clock::Instant;
use crate::kernel::input::{given, not_blank, present};
use crate::kernel::page::Filters;

/// Beyond this a measure is a typing error, and a float no longer carries its decimals.
pub const LARGEST: f64 = 1e12;

words! {
    /// Whether a gamme is given to new work.
    pub enum StatutGamme {
        Active = "active" ("Active", "Active", "نشطة"),
        Archivee = "archivee" ("Archivée", "Archived", "مؤرشفة"),
    }
}

words! {
    /// What an operation asks for.
    pub enum TypeOperation {
        Case = "case" ("Case à cocher", "Check box", "خانة"),
        Mesure = "mesure" ("Mesure", "Measure", "قياس"),
        Texte = "texte" ("Texte", "Text", "نص"),
        Photo = "photo" ("Photo", "Photo", "صورة"),
    }
}

/// A checklist, apart from its operations.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Gamme {
    pub id: GammeId,
    #[schema(example = "Contrôle mensuel du convoyeur")]
    pub nom: String,
    pub description: Option<String>,
    pub statut: StatutGamme,
    /// The version that work is given now; null as long as none was published.
    pub version_publiee: Option<i64>,
    /// Whether something waits to be published.
    pub a_brouillon: bool,
    /// Of the published version, or else of the draft.
    pub nombre_operations: i64,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A gamme with the version that work is given now, and the draft of the next.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GammeDetail {
    #[serde(flatten)]
    pub gamme: Gamme,
    pub publiee: Option<GammeVersion>,
    pub brouillon: Option<GammeVersion>,
}

impl Entity for GammeDetail {
    fn location(&self) -> String {
        format!("/api/v1/gammes/{}", self.gamme.id)
    }

    fn version(&self) -> i64 {
        self.gamme.version
    }
}

/// One version of a gamme, without its operations.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GammeVersionResume {
    #[schema(minimum = 1, example = 2)]
    pub numero: i64,
    /// Null for the draft.
    pub publiee_le: Option<Instant>,
    #[schema(example = "Rachid Responsable")]
    pub publiee_par: Option<String>,
    pub nombre_operations: i64,
}

/// One version of a gamme. Once published it never changes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GammeVersion {
    #[serde(flatten)]
    pub resume: GammeVersionResume,
    /// In the order in which they are done.
    pub operations: Vec<Operation>,
}

/// A step of a checklist, as one version words it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Operation {
    /// The same through all versions.
    pub id: OperationId,
    /// From 1.
    pub rang: i64,
    pub r#type: TypeOperation,
    #[schema(example = "Température du palier")]
    pub libelle: String,
    pub consigne: Option<String>,
    pub obligatoire: bool,
    #[schema(example = "°C")]
    pub unite: Option<String>,
    /// The tolerance of a measure, both ends within it.
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub cible: Option<f64>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGamme {
    #[garde(length(chars, max = 200), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200, example = "Contrôle mensuel du convoyeur")]
    pub nom: String,
    #[garde(inner(length(chars, max = 2000)))]
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// Of the draft of its first version.
    #[serde(default)]
    #[garde(length(max = 200), dive)]
    #[schema(max_items = 200)]
    pub operations: Vec<OperationDemandee>,
}

/// Fields left out stay as they are; null empties the optional ones.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GammePatch {
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub nom: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 2000))))]
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub description: Option<Option<String>>,
    /// An archived gamme stays where it is attached and is attached nowhere else.
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub statut: Option<StatutGamme>,
}

/// The whole draft, in order: what is not listed is not in it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationsDemandees {
    #[garde(length(max = 200), dive)]
    #[schema(max_items = 200)]
    pub operations: Vec<OperationDemandee>,
}

#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationDemandee {
    /// Of the operation that this is, whatever it is called now; a new one when left out.
    #[garde(skip)]
    pub id: Option<OperationId>,
    /// Never changes under the same id.
    #[garde(skip)]
    pub r#type: TypeOperation,
    #[garde(length(chars, max = 300), custom(not_blank))]
    #[schema(min_length = 1, max_length = 300, example = "Température du palier")]
    pub libelle: String,
    #[garde(inner(length(chars, max = 2000)))]
    #[schema(max_length = 2000, example = "Au thermomètre infrarouge, machine chaude")]
    pub consigne: Option<String>,
    /// No unless said otherwise.
    #[serde(default)]
    #[garde(skip)]
    pub obligatoire: bool,
    /// Of a measure, as are the three below.
    #[garde(inner(length(chars, max = 20), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 20, example = "°C")]
    pub unite: Option<String>,
    #[garde(inner(range(min = -LARGEST, max = LARGEST)))]
    pub min: Option<f64>,
    #[garde(inner(range(min = -LARGEST, max = LARGEST)))]
    pub max: Option<f64>,
    #[garde(inner(range(min = -LARGEST, max = LARGEST)))]
    pub cible: Option<f64>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct GammeFilters {
    pub statut: Vec<StatutGamme>,
    /// Whether work can be given it.
    pub publiee: Option<bool>,
}

impl Filters for GammeFilters {}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VersionFilters {}

impl Filters for VersionFilters {}
