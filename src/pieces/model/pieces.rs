//! The catalogue.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::StatutPiece;
use crate::ids::{EquipementId, FournisseurId, PieceId};
use crate::kernel::answer::Entity;
use crate::kernel::clock::Instant;
use crate::kernel::input::{at_most, given, not_blank, present};
use crate::kernel::money::{Cents, UnitPrice};
use crate::kernel::page::Filters;
use crate::kernel::quantity::{Quantity, positive};

/// Équipements that one part may fit.
pub const MAX_EQUIPEMENTS: usize = 500;

/// A part that the storeroom keeps, with what there is of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Piece {
    pub id: PieceId,
    /// Unique whatever its case and accents.
    #[schema(example = "RLT-6308")]
    pub reference: String,
    #[schema(example = "Roulement 6308 2RS")]
    pub designation: String,
    #[schema(example = "u")]
    pub unite: String,
    #[schema(example = "M1-A-03")]
    pub emplacement: Option<String>,
    /// Below it, one alert and a place on the list of what to order.
    pub seuil_min: Quantity,
    /// Ordered in multiples of this.
    pub quantite_reappro: Option<Quantity>,
    /// Of the catalogue. Null for techniciens.
    pub prix_unitaire: Option<UnitPrice>,
    pub fournisseur_id: Option<FournisseurId>,
    pub fournisseur_nom: Option<String>,
    /// The équipements that it fits.
    pub equipements: Vec<EquipementId>,
    pub statut: StatutPiece,
    /// The sum of the ledger.
    pub stock: Quantity,
    /// Of the stock, what is set aside for interventions.
    pub reserve: Quantity,
    /// What interventions ask for and is not there.
    pub attendue: Quantity,
    /// The stock less what is reserved.
    pub disponible: Quantity,
    /// Null for techniciens.
    pub valeur_stock: Option<Cents>,
    /// Weighted average cost of a unit, the last one known when nothing is left. Null for techniciens, and as
    /// long as nothing came in.
    pub cump: Option<UnitPrice>,
    /// Active, and the stock is below `seuil_min`.
    pub sous_seuil: bool,
    /// Grows with the stock's changes as well.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Entity for Piece {
    fn location(&self) -> String {
        format!("/api/v1/pieces/{}", self.id)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPiece {
    /// Unique whatever its case and accents.
    #[garde(length(chars, max = 60), custom(not_blank))]
    #[schema(min_length = 1, max_length = 60, example = "RLT-6308")]
    pub reference: String,
    #[garde(length(chars, max = 200), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200, example = "Roulement 6308 2RS")]
    pub designation: String,
    /// « u » unless said otherwise.
    #[garde(inner(length(chars, max = 20), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 20, example = "u")]
    pub unite: Option<String>,
    #[garde(inner(length(chars, max = 100), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 100, example = "M1-A-03")]
    pub emplacement: Option<String>,
    /// Zero unless said otherwise.
    #[garde(skip)]
    pub seuil_min: Option<Quantity>,
    #[garde(inner(custom(positive)))]
    pub quantite_reappro: Option<Quantity>,
    #[garde(skip)]
    pub prix_unitaire: Option<UnitPrice>,
    #[garde(skip)]
    pub fournisseur_id: Option<FournisseurId>,
    #[serde(default)]
    #[garde(custom(at_most::<MAX_EQUIPEMENTS, _>))]
    #[schema(max_items = 500)]
    pub equipements: Vec<EquipementId>,
}

/// Fields left out stay as they are; null empties the optional ones. The stock is moved, never changed here.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PiecePatch {
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 60), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 60, nullable = false)]
    pub reference: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub designation: Option<String>,
    /// Only while nothing has moved: quantities of the past are in the old unit.
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 20), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 20, nullable = false)]
    pub unite: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 100), custom(not_blank))))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub emplacement: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub seuil_min: Option<Quantity>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(custom(positive))))]
    #[schema(value_type = Option<Quantity>)]
    pub quantite_reappro: Option<Option<Quantity>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<UnitPrice>)]
    pub prix_unitaire: Option<Option<UnitPrice>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<FournisseurId>)]
    pub fournisseur_id: Option<Option<FournisseurId>>,
    /// Replaces them all.
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(custom(at_most::<MAX_EQUIPEMENTS, _>)))]
    #[schema(max_items = 500, nullable = false)]
    pub equipements: Option<Vec<EquipementId>>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub statut: Option<StatutPiece>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PieceFilters {
    pub fournisseur_id: Vec<FournisseurId>,
    /// Parts that fit one of these.
    pub equipement_id: Vec<EquipementId>,
    pub emplacement: Vec<String>,
    pub statut: Vec<StatutPiece>,
    /// Active, with a stock below `seuil_min`.
    pub sous_seuil: Option<bool>,
    /// Nothing left at all.
    pub en_rupture: Option<bool>,
}

impl Filters for PieceFilters {}
