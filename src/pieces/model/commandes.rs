//! What to order.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::{FournisseurId, PieceId};
use crate::kernel::money::{Cents, UnitPrice};
use crate::kernel::quantity::Quantity;

/// The active parts that are below their `seuil_min` or awaited by interventions, by supplier.
#[derive(Debug, Serialize, ToSchema)]
pub struct ACommander {
    pub groupes: Vec<GroupeACommander>,
    /// At the catalogue's prices, of what has one.
    pub montant: Cents,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GroupeACommander {
    /// Null for the parts that have no supplier.
    pub fournisseur_id: Option<FournisseurId>,
    #[schema(example = "Roulements du Maghreb")]
    pub fournisseur_nom: Option<String>,
    pub delai_jours: Option<i64>,
    pub montant: Cents,
    pub lignes: Vec<LigneACommander>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LigneACommander {
    pub piece_id: PieceId,
    #[schema(example = "RLT-6308")]
    pub reference: String,
    #[schema(example = "Roulement 6308 2RS")]
    pub designation: String,
    #[schema(example = "u")]
    pub unite: String,
    pub stock: Quantity,
    pub reserve: Quantity,
    pub attendue: Quantity,
    pub seuil_min: Quantity,
    pub quantite_reappro: Option<Quantity>,
    /// What brings the stock back to `seuil_min` once everything asked for is served, rounded up to a multiple
    /// of `quantite_reappro`.
    pub quantite_proposee: Quantity,
    /// The catalogue's price, else the weighted average cost.
    pub prix_unitaire: Option<UnitPrice>,
    pub montant: Option<Cents>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ACommanderQuery {
    /// Only what these supply.
    #[serde(default)]
    pub fournisseur_id: Vec<FournisseurId>,
}
