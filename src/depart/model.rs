//! What somebody would leave behind, and what became of it.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::agenda::Slot;
use crate::attaches::Attache;
use crate::ids::{TechnicienId, UserId};
use crate::kernel::answer::Entity;
use crate::kernel::clock::Instant;
use crate::kernel::input::present;
use crate::users::User;

/// What is somebody's now, kind by kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct ARemettre {
    pub user_id: UserId,
    /// Their sheet, while it is open.
    pub technicien_id: Option<TechnicienId>,
    #[schema(example = "Youssef El Amrani")]
    pub nom: String,
    /// How many things wait for somebody else: closing asks to whom they go unless it is 0.
    #[schema(minimum = 0, example = 4)]
    pub total: i64,
    pub lots: Vec<Lot>,
}

/// What is theirs of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lot {
    pub r#type: Attache,
    /// Whether somebody must have it; the rest ends by itself, stays or follows.
    pub a_remettre: bool,
    #[schema(minimum = 1)]
    pub nombre: i64,
    /// How many of them are not among `items`.
    #[schema(minimum = 0)]
    pub reste: i64,
    /// The first twenty.
    pub items: Vec<Chose>,
}

/// One thing that is theirs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Chose {
    /// Among its kind.
    pub id: i64,
    #[schema(example = "INT-2026-000123")]
    pub nom: String,
    #[schema(example = "Fuite d’huile au vérin")]
    pub detail: Option<String>,
    /// Of an intervention: their slots that are not over, the first twenty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub creneaux: Vec<Slot>,
}

/// To whom goes what was theirs.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Fermeture {
    /// Another technicien; null for nobody yet: work goes back to the pool, plans name nobody. Left out while something
    /// is theirs: 409 `a_remettre` names it.
    #[serde(deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<TechnicienId>)]
    pub remis_a: Option<Option<TechnicienId>>,
}

words! {
    /// Where something went.
    pub enum Destin {
        Remis = "remis" ("Remis", "Handed over"),
        EnPartie = "en_partie" ("Remis en partie", "Handed over in part"),
        Vivier = "vivier" ("Rendu au vivier", "Back to the pool"),
        Garde = "garde" ("Garde son nom jusqu’à ce que quelqu’un soit désigné", "Keeps their name until somebody is chosen"),
        Arrete = "arrete" ("Arrêté", "Stopped"),
    }
}

/// What became of what was theirs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Remise {
    pub user_id: UserId,
    #[schema(example = "Youssef El Amrani")]
    pub nom: String,
    /// Who took it over; null when it was for nobody, or there was nothing.
    pub remis_a: Option<TechnicienId>,
    #[schema(example = "Claire Benani")]
    pub remis_a_nom: Option<String>,
    /// The sheet that was closed, along with the account or by itself.
    pub fiche_fermee: Option<TechnicienId>,
    /// Whether the account is closed now as well.
    pub compte_ferme: bool,
    pub lignes: Vec<LigneRemise>,
}

/// What became of one thing.
#[derive(Debug, Serialize, ToSchema)]
pub struct LigneRemise {
    pub r#type: Attache,
    /// Among its kind.
    pub id: i64,
    #[schema(example = "INT-2026-000123")]
    pub nom: String,
    #[schema(example = "Fuite d’huile au vérin")]
    pub detail: Option<String>,
    pub destin: Destin,
    /// Why whoever takes over does not have it, or not all of it.
    #[schema(example = "Claire Benani est déjà pris par INT-2026-000124 à ce moment-là.")]
    pub motif: Option<String>,
    /// Of an intervention: what became of each slot that was not over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub creneaux: Vec<CreneauLaisse>,
}

/// What became of one slot.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreneauLaisse {
    pub debut: Instant,
    pub fin: Instant,
    pub remis: bool,
    pub motif: Option<String>,
}

/// An account that was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompteModifie {
    #[serde(flatten)]
    pub user: User,
    /// What became of what was theirs as a technicien, when the role they have now closed their sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub remise: Option<Remise>,
}

impl Entity for CompteModifie {
    fn location(&self) -> String {
        self.user.location()
    }

    fn version(&self) -> i64 {
        self.user.version
    }
}
