//! What is answered on an intervention.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Operation;
use crate::ids::{DocumentId, GammeId, InterventionId};
use crate::kernel::answer::Entity;
use crate::kernel::clock::Instant;
use crate::kernel::input::{not_blank, present};

words! {
    /// How far the corrective work for a measure out of tolerance is.
    pub enum StatutCorrective {
        Proposee = "proposee" ("Proposée", "Proposed", "مقترحة"),
        Creee = "creee" ("Créée", "Created", "أُنشئت"),
    }
}

/// The gamme of an intervention, with the answers so far.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checklist {
    pub intervention_id: InterventionId,
    /// Null, like the two below, when the intervention has no gamme.
    pub gamme_id: Option<GammeId>,
    pub gamme_nom: Option<String>,
    pub gamme_version: Option<i64>,
    pub progression: Progression,
    /// Empty when the intervention has no gamme.
    pub operations: Vec<Element>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Progression {
    pub total: i64,
    pub repondues: i64,
    /// Mandatory operations that keep the work from being finished.
    pub obligatoires_restantes: i64,
    pub hors_tolerance: i64,
}

/// An operation of a checklist and what was answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Element {
    #[serde(skip)]
    pub intervention_id: InterventionId,
    #[serde(flatten)]
    pub operation: Operation,
    /// Whether nothing more is asked for here. A box left unticked answers when a remark says why.
    pub repondue: bool,
    /// Null as long as there is none, or once it was withdrawn.
    pub reponse: Option<Reponse>,
    /// What was answered before, newest first.
    pub precedentes: Vec<Reponse>,
    pub corrective: Option<Corrective>,
    /// Grows with each answer.
    #[serde(rename = "version")]
    pub answers: i64,
}

impl Entity for Element {
    fn location(&self) -> String {
        format!("/api/v1/interventions/{}/checklist/{}", self.intervention_id, self.operation.id)
    }

    fn version(&self) -> i64 {
        self.answers
    }
}

/// An answer; of the first four members, the one that its operation asks for. All are null where it was
/// withdrawn.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Reponse {
    pub coche: Option<bool>,
    pub valeur: Option<f64>,
    pub texte: Option<String>,
    /// A picture attached to the intervention.
    pub document_id: Option<DocumentId>,
    /// Null for clients.
    pub remarque: Option<String>,
    pub hors_tolerance: bool,
    #[schema(example = "Youssef Technicien")]
    pub auteur: String,
    pub date: Instant,
    #[serde(skip)]
    pub repondue: bool,
}

/// The corrective work that a measure out of tolerance leads to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Corrective {
    pub statut: StatutCorrective,
    pub proposee_le: Instant,
    /// Once it is created, and for those who see it.
    pub intervention_id: Option<InterventionId>,
    #[schema(example = "INT-2026-000123")]
    pub numero: Option<String>,
}

/// An answer: the member that the operation asks for, where null withdraws the answer before.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReponse {
    /// Of a `case`.
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<bool>)]
    pub coche: Option<Option<bool>>,
    /// Of a `mesure`, in its unit.
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(range(min = -1e12, max = 1e12))))]
    #[schema(value_type = Option<f64>, example = 52.5)]
    pub valeur: Option<Option<f64>>,
    /// Of a `texte`.
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 5000), custom(not_blank))))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 5000)]
    pub texte: Option<Option<String>>,
    /// Of a `photo`: a picture attached to this intervention.
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<DocumentId>)]
    pub document_id: Option<Option<DocumentId>>,
    #[garde(inner(length(chars, max = 2000)))]
    #[schema(max_length = 2000)]
    pub remarque: Option<String>,
}

impl Element {
    /// From all answers given, newest first.
    pub fn new(
        intervention_id: InterventionId,
        operation: Operation,
        given: Vec<Reponse>,
        corrective: Option<Corrective>,
    ) -> Self {
        let answers = given.len() as i64;
        let mut given = given.into_iter();
        let newest = given.next();
        Self {
            intervention_id,
            operation,
            repondue: newest.as_ref().is_some_and(|newest| newest.repondue),
            reponse: newest.filter(|newest| !newest.is_withdrawal()),
            precedentes: given.collect(),
            corrective,
            answers,
        }
    }
}

impl Reponse {
    fn is_withdrawal(&self) -> bool {
        self.coche.is_none() && self.valeur.is_none() && self.texte.is_none() && self.document_id.is_none()
    }
}
