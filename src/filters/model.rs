//! The types of the search and of saved views.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::rules::are_filters;
use crate::ids::VueId;
use crate::kernel::answer::Entity;
use crate::kernel::clock::Instant;
use crate::kernel::input::not_blank;
use crate::kernel::page::Filters;

/// One word of a closed list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Choix {
    #[schema(example = "planifie")]
    pub valeur: &'static str,
    /// In the language of `Accept-Language`.
    #[schema(example = "Planifié")]
    pub libelle: String,
}

/// Every closed list by its name, its words in the order people expect.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = BTreeMap<String, Vec<Choix>>)]
pub struct Valeurs(pub BTreeMap<&'static str, Vec<Choix>>);

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Recherche {
    /// Words to find: accents and case do not matter, the beginning of a word is enough.
    #[param(example = "pompe")]
    pub q: Option<String>,
}

words! {
    /// What was found.
    pub enum TypeResultat {
        Intervention = "intervention" ("Intervention", "Work order"),
        Demande = "demande" ("Demande", "Request"),
        Equipement = "equipement" ("Équipement", "Equipment"),
        Technicien = "technicien" ("Technicien", "Technician"),
        Planning = "planning" ("Plan préventif", "Preventive plan"),
        Piece = "piece" ("Pièce", "Part"),
        Site = "site" ("Site", "Site"),
        Client = "client" ("Client", "Client"),
        Gamme = "gamme" ("Gamme", "Checklist"),
        Document = "document" ("Document", "Document"),
        User = "user" ("Utilisateur", "User"),
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Resultat {
    pub r#type: TypeResultat,
    /// Of the thing found, among its kind.
    #[schema(minimum = 1)]
    pub id: i64,
    #[schema(example = "CASA-POMPE-01 Pompe de relevage")]
    pub libelle: String,
    #[schema(example = "Usine de Casablanca")]
    pub detail: Option<String>,
}

/// At most eight of each kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct Resultats {
    pub items: Vec<Resultat>,
}

words! {
    /// The lists that views are saved for.
    pub enum Liste {
        Interventions = "interventions" ("Interventions", "Work orders"),
        Equipements = "equipements" ("Équipements", "Equipment"),
        Techniciens = "techniciens" ("Techniciens", "Technicians"),
    }
}

/// The filters of a list under a name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Vue {
    pub id: VueId,
    #[schema(example = "En retard à Casablanca")]
    pub nom: String,
    pub liste: Liste,
    /// The parameters of the list, as in its address.
    #[schema(value_type = BTreeMap<String, Value>, example = json!({"en_retard": true, "site_id": [1]}))]
    pub parametres: Map<String, Value>,
    pub partagee: bool,
    /// Whether the caller saved it, and so may delete it.
    pub mienne: bool,
    pub created_at: Instant,
}

impl Entity for Vue {
    fn location(&self) -> String {
        format!("/api/v1/filters/vues/{}", self.id)
    }

    /// A view is replaced, never changed.
    fn version(&self) -> i64 {
        1
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVue {
    #[garde(length(chars, max = 100), custom(not_blank))]
    #[schema(min_length = 1, max_length = 100, example = "En retard à Casablanca")]
    pub nom: String,
    #[garde(skip)]
    pub liste: Liste,
    /// The parameters of the list: texts, numbers, booleans, or lists of these; 50 members and 4 KiB at most.
    #[garde(custom(are_filters))]
    #[schema(value_type = BTreeMap<String, Value>, example = json!({"en_retard": true, "site_id": [1]}))]
    pub parametres: Map<String, Value>,
    /// For all who see the list; a client shares with its own organisation and the plant.
    #[serde(default)]
    #[garde(skip)]
    pub partagee: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VueFilters {
    #[serde(default)]
    pub liste: Vec<Liste>,
}

impl Filters for VueFilters {}
