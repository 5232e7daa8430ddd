//! What is sent. A field that is not listed is refused: the server sets numbers, dates, authors and statuts.

use garde::Validate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::StatutDemande;
use crate::ids::*;
use crate::interventions::{Priorite, TypeIntervention};
use crate::kernel::clock::{Instant, Moment};
use crate::kernel::input::{given, not_blank, present};
use crate::kernel::page::Filters;

/// Characters of a description: as many as the intervention's takes.
pub const TEXT: usize = 10_000;

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDemande {
    #[garde(skip)]
    pub equipement_id: EquipementId,
    #[garde(length(chars, max = 200), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200, example = "La pompe goutte")]
    pub titre: String,
    #[garde(inner(length(chars, max = TEXT)))]
    #[schema(max_length = 10000)]
    pub description: Option<String>,
    /// `normale` unless said otherwise.
    #[garde(skip)]
    pub urgence: Option<Priorite>,
    /// The machine is down because of it.
    #[garde(skip)]
    pub arret_equipement: Option<bool>,
    /// The failure itself, in the past.
    #[garde(skip)]
    pub survenue_le: Option<Instant>,
    /// What is seen, of the plant's symptômes.
    #[garde(skip)]
    pub symptome_code_id: Option<CodeId>,
}

/// Fields left out stay as they are; null empties the optional ones.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemandePatch {
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub equipement_id: Option<EquipementId>,
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
    pub urgence: Option<Priorite>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub arret_equipement: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<Instant>)]
    pub survenue_le: Option<Option<Instant>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<CodeId>)]
    pub symptome_code_id: Option<Option<CodeId>>,
}

/// What the intervention has of its own; what is left out, it has from the demande. Or the work that is under
/// way for the same problem: then nothing else.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptation {
    #[garde(inner(length(chars, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200)]
    pub titre: Option<String>,
    /// The urgence of the demande unless said otherwise.
    #[garde(skip)]
    pub priorite: Option<Priorite>,
    /// `corrective` unless said otherwise.
    #[garde(skip)]
    pub type_intervention: Option<TypeIntervention>,
    /// The lead.
    #[garde(skip)]
    pub technicien_id: Option<TechnicienId>,
    /// When it must be done: an instant, or a civil day of the site, which counts to its end.
    #[garde(skip)]
    pub date_limite: Option<Moment>,
    /// An open intervention on the same site, whose work answers this demande too.
    #[garde(skip)]
    pub intervention_id: Option<InterventionId>,
}

impl Acceptation {
    /// The first field given that an intervention under way does not take.
    pub fn own_field(&self) -> Option<&'static str> {
        [
            ("titre", self.titre.is_some()),
            ("priorite", self.priorite.is_some()),
            ("type_intervention", self.type_intervention.is_some()),
            ("technicien_id", self.technicien_id.is_some()),
            ("date_limite", self.date_limite.is_some()),
        ]
        .into_iter()
        .find_map(|(champ, is_given)| is_given.then_some(champ))
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refus {
    /// Why not; the requester reads it.
    #[garde(length(chars, max = 2000), custom(not_blank))]
    #[schema(min_length = 1, max_length = 2000, example = "Le remplacement est commandé pour mars.")]
    pub motif: String,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct DemandeFilters {
    pub statut: Vec<StatutDemande>,
    pub urgence: Vec<Priorite>,
    pub equipement_id: Vec<EquipementId>,
    pub site_id: Vec<SiteId>,
    pub client_id: Vec<ClientId>,
    /// Answered by the work of these.
    pub intervention_id: Vec<InterventionId>,
    pub arret_equipement: Option<bool>,
    /// Filed by the caller.
    pub miennes: Option<bool>,
    /// Filed in this period: from a civil day of the plant or an instant, to the end of a day or an instant.
    pub cree_du: Option<Moment>,
    pub cree_au: Option<Moment>,
}

impl Filters for DemandeFilters {}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DoublonQuery {
    pub equipement_id: EquipementId,
    /// What is about to be reported: what is most like it comes first.
    pub titre: Option<String>,
}
