//! What is read of a plan.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Centiemes, Frequence, Heure, ModePlanning, Rattrapage, Report, StatutPlanning};
use crate::equipements::StatutEquipement;
use crate::ids::*;
use crate::interventions::{CompetenceRequise, Priorite};
use crate::kernel::answer::Entity;
use crate::kernel::clock::{Day, Instant};

/// Preventive work that comes again: on which équipement, how often, by whom.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Planning {
    pub id: PlanningId,
    #[schema(example = "Graissage des roulements")]
    pub titre: String,
    pub description: Option<String>,
    pub equipement_id: EquipementId,
    #[schema(example = "CASA-POMPE-01")]
    pub equipement_code: String,
    #[schema(example = "Pompe de relevage")]
    pub equipement_nom: String,
    pub site_id: SiteId,
    pub frequence: Frequence,
    /// Every so many of them.
    #[schema(minimum = 1, example = 1)]
    pub intervalle: i64,
    /// The anchor: échéance 0, on the site's calendar. All others are counted from here.
    pub date_debut: Day,
    /// Last day on which an échéance may fall.
    pub date_fin: Option<Day>,
    /// Number of the next échéance to generate.
    #[schema(minimum = 0, example = 3)]
    pub prochain_k: i64,
    /// Its date; null once past `date_fin`.
    pub prochaine_date: Option<Day>,
    /// Day on which an échéance was last finished.
    pub derniere_date: Option<Day>,
    pub mode: ModePlanning,
    pub facteur_decalage: Centiemes,
    /// Days of shift so far: what finishing échéances early or late has added.
    pub decalage_jours: i64,
    /// The last échéance that added some.
    #[serde(skip)]
    pub decalage_k: Option<i64>,
    /// Days early or late that shift nothing, and after which an échéance not generated counts as missed.
    pub tolerance_jours: i64,
    /// Days before its date on which the intervention is created.
    pub anticipation_jours: i64,
    pub duree_estimee_min: Option<i64>,
    /// When work should begin that day.
    pub heure_debut: Option<Heure>,
    pub technicien_id: Option<TechnicienId>,
    pub technicien_nom: Option<String>,
    /// Whoever it names has left (closed sheet or account): its interventions are created without a technicien.
    pub technicien_parti: bool,
    /// The checklist of its interventions, each in the version published when it is generated.
    pub gamme_id: Option<GammeId>,
    pub priorite: Priorite,
    pub rattrapage: Rattrapage,
    /// Whether a new intervention is created while the last is open.
    pub cumul: bool,
    pub report: Report,
    pub statut: StatutPlanning,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    #[serde(skip)]
    pub site_nom: String,
    #[serde(skip)]
    pub fuseau: String,
    #[serde(skip)]
    pub pays: String,
    #[serde(skip)]
    pub equipement_statut: StatutEquipement,
    #[serde(skip)]
    pub a_generer_le: Option<Instant>,
}

/// A plan with what its people must know, and why its next date is what it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanningDetail {
    #[serde(flatten)]
    pub planning: Planning,
    pub competences_requises: Vec<CompetenceRequise>,
    /// Why `prochaine_date` is that day.
    #[schema(
        example = "Tous les mois depuis le 31/01/2031, 2ᵉ échéance ; ce mois n’a pas de jour 31 : 28/02/2031."
    )]
    pub explication: Option<String>,
    /// What keeps the plan from generating, if anything does.
    #[schema(example = "L’équipement CASA-POMPE-01 est retiré.")]
    pub empechement: Option<String>,
}

impl Entity for PlanningDetail {
    fn location(&self) -> String {
        format!("/api/v1/planning/{}", self.planning.id)
    }

    fn version(&self) -> i64 {
        self.planning.version
    }
}
