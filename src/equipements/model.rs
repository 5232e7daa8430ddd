//! The types of équipements.

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::rules::{fits_attributs, fits_label};
use crate::ids::{ClientId, EquipementId, SiteId};
use crate::interventions::{StatutIntervention, TypeIntervention};
use crate::kernel::answer::Entity;
use crate::kernel::clock::{Day, Instant, old_day_or_null, old_day_present};
use crate::kernel::input::{given, not_blank, present};
use crate::kernel::money::Cents;
use crate::kernel::page::Filters;

words! {
    /// What its failure means to the plant, gravest first.
    pub enum Criticite {
        Critique = "critique" ("Critique", "Critical", "حرج"),
        Important = "important" ("Important", "Important", "مهم"),
        Standard = "standard" ("Standard", "Standard", "عادي"),
        NonCritique = "non_critique" ("Non critique", "Not critical", "غير حرج"),
    }
}

words! {
    /// What an équipement is doing.
    pub enum StatutEquipement {
        Operationnel = "operationnel" ("Opérationnel", "Operational", "يعمل"),
        Maintenance = "maintenance" ("En maintenance", "Under maintenance", "صيانة"),
        Panne = "panne" ("En panne", "Broken down", "معطّل"),
        Retire = "retire" ("Retiré", "Retired", "مسحوب"),
    }
}

words! {
    /// How a label leads to its machine, the surest first.
    pub enum Lecture {
        Jeton = "jeton" ("Identifiant de l’étiquette", "Identifier of the label"),
        Code = "code" ("Code actuel", "Present code"),
        AncienCode = "ancien_code" ("Ancien code", "Former code"),
    }
}

/// What a label leads to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Etiquette {
    /// What the label says.
    #[schema(example = "CASA-POMPE-01")]
    pub lue: String,
    pub par: Lecture,
    /// Of the machine now, where the label says an older one or none.
    #[schema(example = "CASA-POMPE-02")]
    pub code_actuel: String,
    /// Other machines that had this code: the label may still be on one of them.
    pub aussi: Vec<AncienPorteur>,
    pub equipement: Equipement,
}

/// A machine that had a code which another has, or had later.
#[derive(Debug, Serialize, ToSchema)]
pub struct AncienPorteur {
    pub id: EquipementId,
    #[schema(example = "CASA-POMPE-03")]
    pub code_actuel: String,
    #[schema(example = "Pompe de relevage")]
    pub nom: String,
    /// Until when it had the code.
    pub jusque_le: Option<Instant>,
}

/// A machine, or a part of one that is maintained for itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Equipement {
    pub id: EquipementId,
    /// What the label on the machine says.
    #[schema(example = "CASA-POMPE-01")]
    pub code: String,
    /// What its label leads by: given once, whatever it is called later.
    #[schema(example = "3f9a1c07be52d846")]
    pub jeton: String,
    #[schema(example = "Pompe de relevage")]
    pub nom: String,
    #[schema(example = "pompe")]
    pub r#type: String,
    #[schema(example = "Hall B, fosse 2")]
    pub localisation: Option<String>,
    pub site_id: SiteId,
    #[schema(example = "CASA")]
    pub site_code: String,
    #[schema(example = "Usine de Casablanca")]
    pub site_nom: String,
    /// The organisation that the site belongs to.
    pub client_id: Option<ClientId>,
    /// What it is a part of.
    pub parent_id: Option<EquipementId>,
    pub criticite: Criticite,
    pub statut: StatutEquipement,
    #[schema(example = "Grundfos")]
    pub fabricant: Option<String>,
    #[schema(example = "SE1.80")]
    pub modele: Option<String>,
    pub numero_serie: Option<String>,
    pub date_mise_en_service: Option<Day>,
    /// Null for techniciens and clients.
    pub valeur_remplacement: Option<Cents>,
    /// Whatever else the plant wants to know of it.
    #[schema(value_type = BTreeMap<String, Value>, example = json!({"puissance_kw": 15}))]
    pub attributs: Map<String, Value>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Entity for Equipement {
    fn location(&self) -> String {
        format!("/api/v1/equipements/{}", self.id)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEquipement {
    /// Unique whatever its case and accents; printed on a label.
    #[garde(length(chars, max = 60), custom(not_blank), custom(fits_label))]
    #[schema(min_length = 1, max_length = 60, example = "CASA-POMPE-02")]
    pub code: String,
    #[garde(length(chars, max = 200), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200, example = "Pompe de relevage")]
    pub nom: String,
    #[garde(length(chars, max = 100), custom(not_blank))]
    #[schema(min_length = 1, max_length = 100, example = "pompe")]
    pub r#type: String,
    #[garde(inner(length(chars, max = 200)))]
    #[schema(max_length = 200)]
    pub localisation: Option<String>,
    #[garde(skip)]
    pub site_id: SiteId,
    /// On the same site.
    #[garde(skip)]
    pub parent_id: Option<EquipementId>,
    /// `standard` unless said otherwise.
    #[garde(skip)]
    pub criticite: Option<Criticite>,
    /// `operationnel` unless said otherwise.
    #[garde(skip)]
    pub statut: Option<StatutEquipement>,
    #[garde(inner(length(chars, max = 200)))]
    #[schema(max_length = 200)]
    pub fabricant: Option<String>,
    #[garde(inner(length(chars, max = 200)))]
    #[schema(max_length = 200)]
    pub modele: Option<String>,
    #[garde(inner(length(chars, max = 200)))]
    #[schema(max_length = 200)]
    pub numero_serie: Option<String>,
    #[serde(default, deserialize_with = "old_day_or_null")]
    #[garde(skip)]
    pub date_mise_en_service: Option<Day>,
    #[garde(skip)]
    pub valeur_remplacement: Option<Cents>,
    /// At most 50 members and 16 KiB.
    #[serde(default)]
    #[garde(custom(fits_attributs))]
    #[schema(value_type = BTreeMap<String, Value>, example = json!({"puissance_kw": 15}))]
    pub attributs: Map<String, Value>,
}

/// Fields left out stay as they are; null empties the optional ones.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EquipementPatch {
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 60), custom(not_blank), custom(fits_label)))]
    #[schema(min_length = 1, max_length = 60, nullable = false)]
    pub code: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub nom: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 100), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    pub r#type: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 200))))]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub localisation: Option<Option<String>>,
    /// What hangs below it moves along.
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub site_id: Option<SiteId>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<EquipementId>)]
    pub parent_id: Option<Option<EquipementId>>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub criticite: Option<Criticite>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub statut: Option<StatutEquipement>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 200))))]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub fabricant: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 200))))]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub modele: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 200))))]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub numero_serie: Option<Option<String>>,
    #[serde(default, deserialize_with = "old_day_present")]
    #[garde(skip)]
    #[schema(value_type = Option<Day>)]
    pub date_mise_en_service: Option<Option<Day>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<Cents>)]
    pub valeur_remplacement: Option<Option<Cents>>,
    /// Replaces them all.
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(custom(fits_attributs)))]
    #[schema(value_type = BTreeMap<String, Value>, nullable = false)]
    pub attributs: Option<Map<String, Value>>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EquipementFilters {
    /// As their labels say it, whatever its case and accents.
    #[serde(default)]
    pub code: Vec<String>,
    #[serde(default)]
    pub site_id: Vec<SiteId>,
    #[serde(default)]
    pub client_id: Vec<ClientId>,
    /// The direct parts of these.
    #[serde(default)]
    pub parent_id: Vec<EquipementId>,
    #[serde(default)]
    pub r#type: Vec<String>,
    #[serde(default)]
    pub criticite: Vec<Criticite>,
    #[serde(default)]
    pub statut: Vec<StatutEquipement>,
}

impl Filters for EquipementFilters {}

/// A label that was read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EtiquetteQuery {
    /// What stands after `/e/` in its address, or what is printed on it.
    #[param(example = "CASA-POMPE-01")]
    pub lue: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TravauxFilters {
    #[serde(default)]
    pub statut: Vec<StatutIntervention>,
    #[serde(default)]
    pub type_intervention: Vec<TypeIntervention>,
}

impl Filters for TravauxFilters {}

/// What a tree shows of an équipement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EquipementBref {
    pub id: EquipementId,
    #[schema(example = "CASA-POMPE-01")]
    pub code: String,
    #[schema(example = "Pompe de relevage")]
    pub nom: String,
    #[schema(example = "pompe")]
    pub r#type: String,
    pub statut: StatutEquipement,
    pub criticite: Criticite,
}

/// An équipement and everything that hangs below it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Noeud {
    #[serde(flatten)]
    pub equipement: EquipementBref,
    #[schema(no_recursion)]
    pub enfants: Vec<Noeud>,
}

/// A tree and what stands above it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Arbre {
    #[serde(flatten)]
    pub racine: Noeud,
    /// From the top down to the équipement's own parent.
    pub ancetres: Vec<EquipementBref>,
    /// False when the tree has more than 5,000 équipements or 32 levels: the deepest are left out.
    #[schema(example = true)]
    pub complet: bool,
}
