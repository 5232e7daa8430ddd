//! Meters and their readings.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::{CompteurId, EquipementId, ReleveId, SiteId};
use crate::kernel::answer::Entity;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::input::{given, not_blank, present};
use crate::kernel::page::Filters;
use crate::kernel::quantity::{Quantity, positive};

words! {
    /// What a meter does: count up for ever, or show how things stand.
    pub enum TypeCompteur {
        Continu = "continu" ("Compteur", "Counter"),
        Jauge = "jauge" ("Jauge", "Gauge"),
    }
}

words! {
    /// Whether a meter is still read.
    pub enum StatutCompteur {
        Actif = "actif" ("Actif", "Active"),
        Retire = "retire" ("Retiré", "Retired"),
    }
}

words! {
    /// What happened at a reading.
    pub enum NatureReleve {
        Releve = "releve" ("Relevé", "Reading"),
        Rebouclage = "rebouclage" ("Retour à zéro", "Rollover"),
        Remplacement = "remplacement" ("Remplacement", "Replacement"),
    }
}

words! {
    /// Why a reading of a counter is lower than the one before.
    pub enum Explication {
        Rebouclage = "rebouclage" ("L’afficheur est reparti de zéro", "The display started again from zero"),
        Remplacement = "remplacement" ("Le compteur a été remplacé", "The meter was replaced"),
        Erreur = "erreur" ("Le relevé précédent était faux", "The reading before was wrong"),
        Exact = "exact" ("Ce relevé est juste", "This reading is right"),
    }
}

/// A meter of an équipement, and how it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Compteur {
    pub id: CompteurId,
    pub equipement_id: EquipementId,
    #[schema(example = "CASA-COMP-01")]
    pub equipement_code: String,
    #[schema(example = "Compresseur à vis")]
    pub equipement_nom: String,
    pub site_id: SiteId,
    #[schema(example = "Heures de marche")]
    pub nom: String,
    #[schema(example = "h")]
    pub unite: String,
    pub r#type: TypeCompteur,
    /// Where its display starts again from zero; null when that is not known.
    pub capacite: Option<Quantity>,
    pub statut: StatutCompteur,
    /// What the display showed last, and when.
    pub dernier_releve: Option<Quantity>,
    pub date_dernier_releve: Option<Instant>,
    /// What it has counted in all, through replacements and rollovers; for a gauge, what it shows.
    pub cumul: Option<Quantity>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A meter with how fast it counts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompteurDetail {
    #[serde(flatten)]
    pub compteur: Compteur,
    /// Units a day over the last 90 days; null for a gauge, and while too few readings tell.
    #[schema(example = 16.4)]
    pub usage_par_jour: Option<f64>,
}

impl Entity for CompteurDetail {
    fn location(&self) -> String {
        format!("/api/v1/compteurs/{}", self.compteur.id)
    }

    fn version(&self) -> i64 {
        self.compteur.version
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCompteur {
    #[garde(skip)]
    pub equipement_id: EquipementId,
    /// Once an équipement.
    #[garde(length(chars, max = 100), custom(not_blank))]
    #[schema(min_length = 1, max_length = 100, example = "Heures de marche")]
    pub nom: String,
    #[garde(length(chars, max = 20), custom(not_blank))]
    #[schema(min_length = 1, max_length = 20, example = "h")]
    pub unite: String,
    /// `continu` unless said otherwise.
    #[garde(skip)]
    pub r#type: Option<TypeCompteur>,
    #[garde(inner(custom(positive)))]
    pub capacite: Option<Quantity>,
}

/// Fields left out stay as they are. Unit and type say what the readings mean: with readings they no longer change
/// (409).
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CompteurPatch {
    #[serde(deserialize_with = "given")]
    #[garde(inner(length(chars, max = 100), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    pub nom: Option<String>,
    #[serde(deserialize_with = "given")]
    #[garde(inner(length(chars, max = 20), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 20, nullable = false)]
    pub unite: Option<String>,
    #[serde(deserialize_with = "present")]
    #[garde(inner(inner(custom(positive))))]
    #[schema(value_type = Option<Quantity>)]
    pub capacite: Option<Option<Quantity>>,
    #[serde(deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub statut: Option<StatutCompteur>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct CompteurFilters {
    pub equipement_id: Vec<EquipementId>,
    pub site_id: Vec<SiteId>,
    pub r#type: Vec<TypeCompteur>,
    pub statut: Vec<StatutCompteur>,
}

impl Filters for CompteurFilters {}

/// What a meter showed at an instant. Never changed; a wrong one is annulled and stays in the books.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Releve {
    pub id: ReleveId,
    pub compteur_id: CompteurId,
    /// When it was read.
    pub date: Instant,
    /// As the display showed it.
    pub valeur: Quantity,
    pub nature: NatureReleve,
    /// What had been counted in all; null of one that was annulled.
    pub cumul: Option<Quantity>,
    pub commentaire: Option<String>,
    #[schema(example = "Youssef El Amrani")]
    pub auteur: String,
    pub annule_le: Option<Instant>,
    pub annule_par: Option<String>,
    pub motif: Option<String>,
    pub created_at: Instant,
    /// Thresholds that it passed, each with the intervention that answers it.
    pub seuils: Vec<super::Seuil>,
}

impl Entity for Releve {
    fn location(&self) -> String {
        format!("/api/v1/compteurs/{}/releves/{}", self.compteur_id, self.id)
    }

    fn version(&self) -> i64 {
        1 + i64::from(self.annule_le.is_some())
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReleve {
    #[garde(skip)]
    pub valeur: Quantity,
    /// Now unless said otherwise; may lie before readings already entered.
    #[garde(skip)]
    pub date: Option<Instant>,
    /// Required when a counter shows less than before; refused of a gauge.
    #[garde(skip)]
    pub explication: Option<Explication>,
    /// What the old meter showed last, for a `remplacement`; the reading before unless said otherwise.
    #[garde(skip)]
    pub valeur_finale: Option<Quantity>,
    #[garde(inner(length(chars, max = 1000)))]
    #[schema(max_length = 1000)]
    pub commentaire: Option<String>,
}

/// Why a reading does not count.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnulationReleve {
    #[garde(length(chars, max = 1000), custom(not_blank))]
    #[schema(min_length = 1, max_length = 1000, example = "Chiffres inversés")]
    pub motif: String,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ReleveFilters {
    /// From this civil day of the site on.
    pub du: Option<Day>,
    /// To the end of this civil day of the site.
    pub au: Option<Day>,
    /// Those annulled (true), or those that count (false).
    pub annule: Option<bool>,
}

impl Filters for ReleveFilters {}
