//! The ledger.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::TypeMouvement;
use crate::ids::{InterventionId, InventaireId, MouvementId, PieceId};
use crate::kernel::answer::Entity;
use crate::kernel::clock::{Instant, Moment};
use crate::kernel::input::not_blank;
use crate::kernel::money::{Cents, UnitPrice};
use crate::kernel::page::Filters;
use crate::kernel::quantity::Quantity;

/// One line of the ledger. It is never changed: a mistake is undone by another line, and a receipt's wrong price is put
/// right by a `revalorisation`, which says what each line is worth since.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Mouvement {
    pub id: MouvementId,
    pub piece_id: PieceId,
    #[schema(example = "RLT-6308")]
    pub reference: String,
    #[schema(example = "Roulement 6308 2RS")]
    pub designation: String,
    #[schema(example = "u")]
    pub unite: String,
    pub r#type: TypeMouvement,
    /// How much moved, without its sign.
    pub quantite: Quantity,
    /// What it adds to the stock, negative when it takes: the stock is the sum of these.
    #[schema(value_type = f64, example = -2)]
    pub variation: Quantity,
    /// What a unit was worth that day, by the price as corrected since; of a `revalorisation`, the right price. Null
    /// for techniciens.
    pub cout_unitaire: Option<UnitPrice>,
    /// What all of it was worth, by the price as corrected since, without its sign; of a `revalorisation`, what it adds
    /// to the value of the stock, negative when it takes. Null for techniciens.
    #[schema(value_type = Option<f64>, example = 37)]
    pub valeur: Option<Cents>,
    pub date: Instant,
    #[schema(example = "Rachid Responsable")]
    pub auteur: String,
    pub motif: Option<String>,
    /// Null also for interventions that the caller does not see.
    pub intervention_id: Option<InterventionId>,
    #[schema(example = "INT-2026-000123")]
    pub intervention_numero: Option<String>,
    /// The line that this one undoes.
    pub annule_id: Option<MouvementId>,
    /// The line that undid this one.
    pub annule_par_id: Option<MouvementId>,
    pub inventaire_id: Option<InventaireId>,
    /// The receipt whose price this `revalorisation` puts right.
    pub corrige_id: Option<MouvementId>,
    /// The last `revalorisation` that changed what this line is worth.
    pub corrige_par_id: Option<MouvementId>,
    /// What it was written with, once that was corrected. Null for techniciens.
    pub cout_unitaire_initial: Option<UnitPrice>,
    pub valeur_initiale: Option<Cents>,
    /// That a transfer leaves (negative `variation`) or reaches.
    pub emplacement: Option<String>,
}

impl Entity for Mouvement {
    fn location(&self) -> String {
        format!("/api/v1/pieces/{}/mouvements#{}", self.piece_id, self.id)
    }

    /// A line never changes.
    fn version(&self) -> i64 {
        1
    }
}

/// What moves. A technicien takes for their own interventions and brings back from them, no more.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMouvement {
    #[garde(skip)]
    pub r#type: TypeMouvement,
    /// More than zero. Of an `inventaire`, what was counted on the shelf: the line is the difference, and zero
    /// may be counted. Of a `transfert`, the whole stock, for a part has one `emplacement`.
    #[garde(skip)]
    pub quantite: Quantity,
    /// Of an `entree` only; the catalogue's price unless said otherwise.
    #[garde(skip)]
    pub cout_unitaire: Option<UnitPrice>,
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500)]
    pub motif: Option<String>,
    /// Of a `sortie` or a `retour`: an intervention that is not validated; of a `sortie`, nor cancelled. What is
    /// reserved for it is taken first.
    #[garde(skip)]
    pub intervention_id: Option<InterventionId>,
    /// Of a `transfert`: where the part is kept from now on.
    #[garde(inner(length(chars, max = 100), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 100, example = "M1-B-07")]
    pub emplacement: Option<String>,
}

#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Annulation {
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500, example = "Quantité mal saisie")]
    pub motif: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct MouvementFilters {
    pub r#type: Vec<TypeMouvement>,
    /// From a civil day of the plant or an instant, to the end of a day or an instant.
    pub du: Option<Moment>,
    pub au: Option<Moment>,
}

impl Filters for MouvementFilters {}
