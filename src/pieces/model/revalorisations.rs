//! A receipt's price put right, and what it changes.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Mouvement;
use crate::ids::InterventionId;
use crate::interventions::StatutIntervention;
use crate::kernel::answer::Entity;
use crate::kernel::input::not_blank;
use crate::kernel::money::{Cents, UnitPrice};

/// Interventions that a correction names one by one.
pub const MAX_LISTEES: usize = 200;

/// The price that a unit of a receipt really cost.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionPrix {
    #[garde(skip)]
    pub cout_unitaire: UnitPrice,
    /// Why: whoever asks later what this work cost reads it.
    #[garde(length(chars, max = 500), custom(not_blank))]
    #[schema(min_length = 1, max_length = 500, example = "Prix du cent saisi pour un")]
    pub motif: String,
}

/// What a corrected price changed. `difference` is `stock` and `travaux` and `autres` together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Revalorisation {
    /// The line that says so.
    pub mouvement: Mouvement,
    /// The receipt, as it is worth now.
    pub entree: Mouvement,
    pub avant: UnitPrice,
    pub apres: UnitPrice,
    /// By how much the receipt is worth more, negative when it is less.
    #[schema(value_type = f64, example = -112.5)]
    pub difference: Cents,
    /// Of it, what the stock is worth more.
    #[schema(value_type = f64, example = -67.5)]
    pub stock: Cents,
    /// What interventions cost more.
    #[schema(value_type = f64, example = -45)]
    pub travaux: Cents,
    /// What went out otherwise: for no intervention, in counts.
    #[schema(value_type = f64, example = 0)]
    pub autres: Cents,
    /// Lines of the ledger that are worth something else now.
    #[schema(example = 3)]
    pub lignes: i64,
    /// Interventions that cost something else now, validated ones as well.
    #[schema(example = 1)]
    pub interventions_total: i64,
    /// Those that changed most, 200 at most.
    #[schema(max_items = 200)]
    pub interventions: Vec<InterventionRevalorisee>,
}

impl Entity for Revalorisation {
    fn location(&self) -> String {
        self.mouvement.location()
    }

    fn version(&self) -> i64 {
        self.mouvement.version()
    }
}

/// Work whose parts cost something else now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InterventionRevalorisee {
    pub id: InterventionId,
    #[schema(example = "INT-2031-000012")]
    pub numero: String,
    pub statut: StatutIntervention,
    /// It was validated, with the cost of before.
    pub validee: bool,
    /// What its parts cost more, negative when it is less.
    #[schema(value_type = f64, example = -45)]
    pub difference: Cents,
}
