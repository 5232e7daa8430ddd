//! What is sent. A field that is not listed is refused: the server sets numbers, dates, authors and statuts.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    EquipementRendu, PiecesSorties, Priorite, RoleAffectation, StatutIntervention, TypeIntervention,
};
use crate::ids::*;
use crate::kernel::clock::{Instant, Moment};
use crate::kernel::input::{given, not_blank, present};

/// Characters of a long text, such as a report.
pub const TEXT: usize = 10_000;

/// Minutes of a year: a longer job is a typing error.
pub const LONGEST_MIN: i64 = 366 * 24 * 60;

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIntervention {
    #[garde(length(chars, max = 200), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200, example = "Fuite au presse-étoupe")]
    pub titre: String,
    #[garde(skip)]
    pub type_intervention: TypeIntervention,
    #[garde(skip)]
    pub equipement_id: EquipementId,
    #[garde(inner(length(chars, max = TEXT)))]
    #[schema(max_length = 10000)]
    pub description: Option<String>,
    /// `normale` unless said otherwise.
    #[garde(skip)]
    pub priorite: Option<Priorite>,
    /// When it must be done: an instant, or a civil day of the site, which counts to its end.
    #[garde(skip)]
    pub date_limite: Option<Moment>,
    /// The lead. Given together with a planned time, a slot is booked for them.
    #[garde(skip)]
    pub technicien_id: Option<TechnicienId>,
    #[garde(skip)]
    pub date_debut_prevue: Option<Instant>,
    #[garde(skip)]
    pub date_fin_prevue: Option<Instant>,
    #[garde(inner(range(min = 1, max = LONGEST_MIN)))]
    #[schema(minimum = 1, maximum = 527040, example = 90)]
    pub duree_estimee_min: Option<i64>,
    #[garde(skip)]
    pub arret_equipement: Option<bool>,
    #[garde(skip)]
    pub survenue_le: Option<Instant>,
    /// Now unless said otherwise.
    #[garde(skip)]
    pub declaree_le: Option<Instant>,
    #[garde(inner(length(chars, max = TEXT)))]
    #[schema(max_length = 10000)]
    pub symptome: Option<String>,
    #[garde(skip)]
    pub symptome_code_id: Option<CodeId>,
    #[garde(skip)]
    pub cause_code_id: Option<CodeId>,
    #[garde(skip)]
    pub remede_code_id: Option<CodeId>,
    #[garde(dive)]
    pub competences_requises: Option<Vec<CompetenceDemandee>>,
    /// Its checklist: the version published now is kept.
    #[garde(skip)]
    pub gamme_id: Option<GammeId>,
    /// Book outside working hours all the same; this is audited.
    #[serde(default)]
    #[garde(skip)]
    pub forcer_horaire: bool,
}

impl NewIntervention {
    /// An intervention of which nothing more is known.
    pub fn new(titre: String, type_intervention: TypeIntervention, equipement_id: EquipementId) -> Self {
        Self {
            titre,
            type_intervention,
            equipement_id,
            description: None,
            priorite: None,
            date_limite: None,
            technicien_id: None,
            date_debut_prevue: None,
            date_fin_prevue: None,
            duree_estimee_min: None,
            arret_equipement: None,
            survenue_le: None,
            declaree_le: None,
            symptome: None,
            symptome_code_id: None,
            cause_code_id: None,
            remede_code_id: None,
            competences_requises: None,
            gamme_id: None,
            forcer_horaire: false,
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompetenceDemandee {
    #[garde(skip)]
    pub competence_id: CompetenceId,
    #[serde(default = "least")]
    #[garde(range(min = 1, max = 4))]
    #[schema(minimum = 1, maximum = 4, default = 1)]
    pub niveau: i64,
}

fn least() -> i64 {
    1
}

/// Fields left out stay as they are; null empties the optional ones. A technicien may send `symptome`,
/// `cause`, `remede`, their codes and `compte_rendu` of their own interventions.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InterventionPatch {
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub titre: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = TEXT))))]
    #[schema(value_type = Option<String>, max_length = 10000)]
    pub description: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub type_intervention: Option<TypeIntervention>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub priorite: Option<Priorite>,
    /// Only while `planifie`.
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub equipement_id: Option<EquipementId>,
    /// Only while nobody is booked: slots are changed through `affectations`.
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<TechnicienId>)]
    pub technicien_id: Option<Option<TechnicienId>>,
    /// An instant, or a civil day of the site, which counts to its end.
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<Moment>, inline)]
    pub date_limite: Option<Option<Moment>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<Instant>)]
    pub date_debut_prevue: Option<Option<Instant>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<Instant>)]
    pub date_fin_prevue: Option<Option<Instant>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(range(min = 1, max = LONGEST_MIN))))]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 527040)]
    pub duree_estimee_min: Option<Option<i64>>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub arret_equipement: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<Instant>)]
    pub date_arret: Option<Option<Instant>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<Instant>)]
    pub date_remise_en_service: Option<Option<Instant>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<Instant>)]
    pub survenue_le: Option<Option<Instant>>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub declaree_le: Option<Instant>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = TEXT))))]
    #[schema(value_type = Option<String>, max_length = 10000)]
    pub symptome: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = TEXT))))]
    #[schema(value_type = Option<String>, max_length = 10000)]
    pub cause: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = TEXT))))]
    #[schema(value_type = Option<String>, max_length = 10000)]
    pub remede: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = TEXT))))]
    #[schema(value_type = Option<String>, max_length = 10000)]
    pub compte_rendu: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<CodeId>)]
    pub symptome_code_id: Option<Option<CodeId>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<CodeId>)]
    pub cause_code_id: Option<Option<CodeId>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<CodeId>)]
    pub remede_code_id: Option<Option<CodeId>>,
    #[serde(default, deserialize_with = "given")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub competences_requises: Option<Vec<CompetenceDemandee>>,
    /// Another checklist, or none; the same again takes the version published now. Only while nothing is answered.
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<GammeId>)]
    pub gamme_id: Option<Option<GammeId>>,
}

/// Where the intervention goes, and what that takes.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangementStatut {
    #[garde(skip)]
    pub statut: StatutIntervention,
    /// Required to wait for parts, to cancel, to reopen and to take a cancellation back.
    #[garde(inner(length(chars, max = TEXT)))]
    #[schema(max_length = 10000, example = "Garniture commandée")]
    pub remarque: Option<String>,
    /// Required to finish, unless it is written already.
    #[garde(inner(length(chars, max = TEXT)))]
    #[schema(max_length = 10000)]
    pub compte_rendu: Option<String>,
    #[garde(inner(length(chars, max = TEXT)))]
    #[schema(max_length = 10000)]
    pub symptome: Option<String>,
    #[garde(inner(length(chars, max = TEXT)))]
    #[schema(max_length = 10000)]
    pub cause: Option<String>,
    #[garde(inner(length(chars, max = TEXT)))]
    #[schema(max_length = 10000)]
    pub remede: Option<String>,
    #[garde(skip)]
    pub symptome_code_id: Option<CodeId>,
    #[garde(skip)]
    pub cause_code_id: Option<CodeId>,
    #[garde(skip)]
    pub remede_code_id: Option<CodeId>,
    /// When finishing: how the machine is left, if not in service again.
    #[garde(skip)]
    pub equipement_statut: Option<EquipementRendu>,
    /// When finishing: since when the machine runs again, if not since now.
    #[garde(skip)]
    pub date_remise_en_service: Option<Instant>,
    /// When cancelling work whose parts are still out: they come back to the store now, or stay counted where they
    /// are, to be returned later or not.
    #[garde(skip)]
    pub pieces: Option<PiecesSorties>,
    /// When reopening: work on the machine begins again, which stops it again; the end of work is open. Left out, only
    /// what was written changes: the stop and the end of work stay.
    #[serde(default)]
    #[garde(skip)]
    pub reprise_travaux: bool,
    /// When it happened, if not now: at most 7 days ago.
    #[garde(skip)]
    pub fait_le: Option<Instant>,
}

/// Everybody who is booked from now on: what is not listed is no longer booked.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AffectationsDemandees {
    #[garde(length(max = 50))]
    #[schema(max_items = 50)]
    pub affectations: Vec<Place>,
    /// Book outside working hours all the same; this is audited.
    #[serde(default)]
    #[garde(skip)]
    pub forcer_horaire: bool,
}

/// A slot to book, half-open `[debut, fin)`, at most 24 hours long.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub technicien_id: TechnicienId,
    pub debut: Instant,
    pub fin: Instant,
    /// Of the one technicien who leads; the first in the list when nobody is named.
    pub role: Option<RoleAffectation>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommentaire {
    #[garde(length(chars, max = 5000), custom(not_blank))]
    #[schema(min_length = 1, max_length = 5000, example = "Le joint est arrivé.")]
    pub texte: String,
    /// Kept among the plant's own people; not for clients to say.
    #[garde(skip)]
    pub interne: Option<bool>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Validation {
    #[garde(inner(length(chars, max = TEXT)))]
    #[schema(max_length = 10000)]
    pub remarque: Option<String>,
}
