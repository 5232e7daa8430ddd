//! Counting the shelves.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::StatutInventaire;
use crate::ids::{InventaireId, PieceId};
use crate::kernel::answer::Entity;
use crate::kernel::clock::Instant;
use crate::kernel::input::{at_most, not_blank};
use crate::kernel::money::Cents;
use crate::kernel::page::Filters;
use crate::kernel::quantity::Quantity;

/// Parts of one count: more than a person counts before the shelves have changed.
pub const MAX_LIGNES: usize = 2000;

/// A count of some parts, in one go or over days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Inventaire {
    pub id: InventaireId,
    #[schema(example = "Inventaire tournant, allée A")]
    pub libelle: String,
    /// Where it counts; null for a list of parts.
    pub emplacement: Option<String>,
    pub statut: StatutInventaire,
    pub ouvert_le: Instant,
    pub ouvert_par: Option<String>,
    pub clos_le: Option<Instant>,
    pub clos_par: Option<String>,
    /// Parts to count.
    #[schema(example = 24)]
    pub nombre: i64,
    /// Of them, those counted.
    #[schema(example = 20)]
    pub comptees: i64,
    /// Of those, the ones whose count differs.
    #[schema(example = 3)]
    pub differences: i64,
    pub version: i64,
}

/// A count with its lines.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InventaireDetail {
    #[serde(flatten)]
    pub inventaire: Inventaire,
    /// The worth of what was found too much, less that of what is missing; negative when more is missing.
    #[schema(value_type = f64, example = -42.5)]
    pub valeur_ecarts: Cents,
    /// By emplacement, then by reference.
    pub lignes: Vec<LigneInventaire>,
}

impl Entity for InventaireDetail {
    fn location(&self) -> String {
        format!("/api/v1/inventaires/{}", self.inventaire.id)
    }

    fn version(&self) -> i64 {
        self.inventaire.version
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LigneInventaire {
    pub piece_id: PieceId,
    #[schema(example = "RLT-6308")]
    pub reference: String,
    #[schema(example = "Roulement 6308 2RS")]
    pub designation: String,
    #[schema(example = "u")]
    pub unite: String,
    pub emplacement: Option<String>,
    /// What the ledger says now; at the moment of counting, once counted.
    pub theorique: Quantity,
    /// Null as long as nobody counted it.
    pub compte: Option<Quantity>,
    pub compte_le: Option<Instant>,
    pub compte_par: Option<String>,
    /// What was counted less what the ledger said then.
    #[schema(value_type = Option<f64>, example = -1)]
    pub ecart: Option<Quantity>,
    /// The same at the weighted average cost.
    #[schema(value_type = Option<f64>, example = -18.5)]
    pub valeur_ecart: Option<Cents>,
}

/// Opens a count of every active part kept at `emplacement`, or of the parts listed in `pieces`: one of the two.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInventaire {
    #[garde(inner(length(chars, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200, example = "Inventaire tournant, allée A")]
    pub libelle: Option<String>,
    #[garde(inner(length(chars, max = 100), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 100, example = "M1-A-03")]
    pub emplacement: Option<String>,
    #[garde(inner(custom(at_most::<MAX_LIGNES, _>)))]
    #[schema(min_items = 1, max_items = 2000)]
    pub pieces: Option<Vec<PieceId>>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Comptages {
    #[garde(custom(at_most::<MAX_LIGNES, _>), dive)]
    #[schema(max_items = 2000)]
    pub comptages: Vec<Comptage>,
}

/// What was counted just now. A part counted again is counted anew.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Comptage {
    #[garde(skip)]
    pub piece_id: PieceId,
    #[garde(skip)]
    pub quantite: Quantity,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct InventaireFilters {
    pub statut: Vec<StatutInventaire>,
}

impl Filters for InventaireFilters {}
