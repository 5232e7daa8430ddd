//! What is read: an intervention, and what hangs on it.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Priorite, RoleAffectation, StatutIntervention, TypeHistorique, TypeIntervention};
use crate::ids::*;
use crate::kernel::answer::Entity;
use crate::kernel::clock::Instant;
use crate::kernel::money::Cents;

/// One piece of maintenance work on one équipement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Intervention {
    pub id: InterventionId,
    /// Gapless within a year.
    #[schema(example = "INT-2026-000123")]
    pub numero: String,
    #[schema(example = "Fuite au presse-étoupe")]
    pub titre: String,
    pub description: Option<String>,
    pub type_intervention: TypeIntervention,
    pub statut: StatutIntervention,
    pub priorite: Priorite,
    pub equipement_id: EquipementId,
    #[schema(example = "CASA-POMPE-01")]
    pub equipement_code: String,
    #[schema(example = "Pompe de relevage")]
    pub equipement_nom: String,
    pub site_id: SiteId,
    pub client_id: Option<ClientId>,
    /// The lead.
    pub technicien_id: Option<TechnicienId>,
    pub technicien_nom: Option<String>,
    pub date_limite: Option<Instant>,
    pub date_creation: Instant,
    pub date_debut_prevue: Option<Instant>,
    pub date_fin_prevue: Option<Instant>,
    /// The first start; a reopening does not change it.
    pub date_debut_reelle: Option<Instant>,
    pub date_fin_reelle: Option<Instant>,
    pub duree_estimee_min: Option<i64>,
    /// The machine is down because of it.
    pub arret_equipement: bool,
    pub date_arret: Option<Instant>,
    pub date_remise_en_service: Option<Instant>,
    /// The failure itself; null when nobody knows.
    pub survenue_le: Option<Instant>,
    pub declaree_le: Instant,
    /// First assignment or start.
    pub prise_en_charge_le: Option<Instant>,
    pub symptome: Option<String>,
    pub cause: Option<String>,
    pub remede: Option<String>,
    pub compte_rendu: Option<String>,
    /// The failure in the plant's own codes, to count by.
    pub symptome_code_id: Option<CodeId>,
    #[schema(example = "Fuite du produit")]
    pub symptome_code_libelle: Option<String>,
    pub cause_code_id: Option<CodeId>,
    #[schema(example = "Usure")]
    pub cause_code_libelle: Option<String>,
    pub remede_code_id: Option<CodeId>,
    #[schema(example = "Pièce remplacée")]
    pub remede_code_libelle: Option<String>,
    pub planning_id: Option<PlanningId>,
    pub demande_id: Option<DemandeId>,
    /// The checklist to go through, in the version published when it was attached.
    pub gamme_id: Option<GammeId>,
    pub gamme_version: Option<i64>,
    pub validee_par: Option<UserId>,
    pub validee_par_nom: Option<String>,
    pub date_validation: Option<Instant>,
    /// Live, and past its limit.
    pub en_retard: bool,
    /// Planned, but neither booked nor dated.
    pub a_planifier: bool,
    /// Whether every part that it still asks for is set aside for it; null when it asks for none.
    pub pieces_disponibles: Option<bool>,
    /// Minutes that people entered, those of a running timer included, each person's counted; minutes in
    /// `en_cours` until now as long as nobody entered any.
    pub temps_passe_min: i64,
    /// Labour, parts and services bought outside. Null as long as no cost is known, and for those who may not
    /// know it: techniciens and clients.
    pub cout_total: Option<Cents>,
    pub version: i64,
    pub updated_at: Instant,
}

/// An intervention with what hangs on it and what the caller may do next.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InterventionDetail {
    #[serde(flatten)]
    pub intervention: Intervention,
    /// Where the caller may take it now.
    pub transitions: Vec<StatutIntervention>,
    pub affectations: Vec<Affectation>,
    pub competences_requises: Vec<CompetenceRequise>,
}

impl Entity for InterventionDetail {
    fn location(&self) -> String {
        format!("/api/v1/interventions/{}", self.intervention.id)
    }

    fn version(&self) -> i64 {
        self.intervention.version
    }
}

/// A booked slot, half-open `[debut, fin)`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Affectation {
    pub id: AffectationId,
    pub technicien_id: TechnicienId,
    pub technicien_nom: String,
    pub debut: Instant,
    pub fin: Instant,
    pub role: RoleAffectation,
    /// Released: kept for the record, books nobody.
    pub liberee: bool,
}

/// What whoever does the work must know.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompetenceRequise {
    pub competence_id: CompetenceId,
    #[schema(example = "Habilitation B1V")]
    pub nom: String,
    /// At least this level, 1 to 4.
    #[schema(minimum = 1, maximum = 4)]
    pub niveau: i64,
}

/// One line of an intervention's history.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Historique {
    pub id: i64,
    /// When the server heard of it.
    pub date: Instant,
    /// When it happened, if that was another time.
    pub fait_le: Option<Instant>,
    #[schema(example = "Rachid Responsable")]
    pub auteur: String,
    /// `revalorisation` is told only to those who may know costs.
    pub r#type: TypeHistorique,
    pub de: Option<StatutIntervention>,
    pub vers: Option<StatutIntervention>,
    pub remarque: Option<String>,
}

/// A remark under an intervention.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Commentaire {
    pub id: CommentaireId,
    #[serde(skip)]
    pub intervention_id: InterventionId,
    pub date: Instant,
    #[schema(example = "Youssef Technicien")]
    pub auteur: String,
    pub texte: String,
    /// Kept among the plant's own people.
    pub interne: bool,
}

impl Entity for Commentaire {
    fn location(&self) -> String {
        format!("/api/v1/interventions/{}/commentaires#{}", self.intervention_id, self.id)
    }

    /// A remark is never changed.
    fn version(&self) -> i64 {
        1
    }
}

/// The first free slots for an intervention, least loaded technicien first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestions {
    pub items: Vec<SuggestionNommee>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionNommee {
    pub technicien_id: TechnicienId,
    pub technicien_nom: String,
    pub debut: Instant,
    pub fin: Instant,
}

/// A mandatory operation of the checklist that has no answer yet.
#[derive(Debug, Serialize)]
pub struct OperationSansReponse {
    pub id: OperationId,
    pub rang: i64,
    pub libelle: String,
}

/// Somebody's timer that runs.
#[derive(Debug, Serialize)]
pub struct ChronometreEnCours {
    /// Of the entry of time.
    pub id: TempsId,
    pub intervention_id: InterventionId,
    pub numero: String,
    pub technicien_id: TechnicienId,
    pub technicien_nom: String,
    pub debut: Instant,
}
