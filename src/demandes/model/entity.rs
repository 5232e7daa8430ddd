//! What is read: a demande, what became of it, and what was reported before it.

use serde::Serialize;
use utoipa::ToSchema;

use super::{ActionDemande, StatutDemande, TypeDoublon};
use crate::ids::*;
use crate::interventions::{Priorite, StatutIntervention};
use crate::kernel::answer::Entity;
use crate::kernel::clock::Instant;

/// A request for work on one équipement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Demande {
    pub id: DemandeId,
    /// Gapless within a year.
    #[schema(example = "DEM-2026-000123")]
    pub numero: String,
    #[schema(example = "La pompe goutte")]
    pub titre: String,
    pub description: Option<String>,
    pub urgence: Priorite,
    pub equipement_id: EquipementId,
    #[schema(example = "CASA-POMPE-01")]
    pub equipement_code: String,
    #[schema(example = "Pompe de relevage")]
    pub equipement_nom: String,
    pub site_id: SiteId,
    pub client_id: Option<ClientId>,
    /// The machine is down because of it.
    pub arret_equipement: bool,
    /// The failure itself; null when nobody knows.
    pub survenue_le: Option<Instant>,
    pub symptome_code_id: Option<CodeId>,
    #[schema(example = "Fuite du produit")]
    pub symptome_code_libelle: Option<String>,
    pub statut: StatutDemande,
    /// Of a refused one.
    pub motif_refus: Option<String>,
    #[serde(skip)]
    pub demandeur_id: UserId,
    /// Who asked; null to a client when it is nobody of its own organisation.
    pub demandeur: Option<Personne>,
    /// Who accepted, refused or withdrew it; hidden in the same way.
    pub traitee_par: Option<Personne>,
    pub date_traitement: Option<Instant>,
    /// What it became, or the work that was under way for the same problem.
    pub intervention_id: Option<InterventionId>,
    pub intervention: Option<Avancement>,
    pub date_creation: Instant,
    /// Grows with each change of the demande and of what it shows of its intervention.
    pub version: i64,
    pub updated_at: Instant,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Personne {
    pub id: UserId,
    #[schema(example = "Chaïma Cliente")]
    pub nom: String,
}

/// How far the work is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Avancement {
    #[schema(example = "INT-2026-000123")]
    pub numero: String,
    pub statut: StatutIntervention,
    pub date_debut_prevue: Option<Instant>,
    pub date_fin_prevue: Option<Instant>,
    pub date_debut_reelle: Option<Instant>,
    pub date_fin_reelle: Option<Instant>,
}

/// A demande with what its requester follows and what the caller may do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DemandeDetail {
    #[serde(flatten)]
    pub demande: Demande,
    /// What the caller may do with it now.
    pub actions: Vec<ActionDemande>,
    /// Why the intervention was cancelled, if it was.
    pub motif_annulation: Option<String>,
    /// What is said in public under the intervention: the last fifty remarks, oldest first.
    pub commentaires: Vec<MotPublic>,
}

impl Entity for DemandeDetail {
    fn location(&self) -> String {
        format!("/api/v1/demandes/{}", self.demande.id)
    }

    fn version(&self) -> i64 {
        self.demande.version
    }
}

/// A remark under the intervention that is not kept among the plant's own people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MotPublic {
    pub date: Instant,
    #[schema(example = "Youssef Technicien")]
    pub auteur: String,
    pub texte: String,
}

/// A new demande, with what was reported on the same équipement before.
#[derive(Debug, Serialize, ToSchema)]
pub struct DemandeDeposee {
    #[serde(flatten)]
    pub detail: DemandeDetail,
    /// Most alike first.
    pub doublons: Vec<Doublon>,
}

impl Entity for DemandeDeposee {
    fn location(&self) -> String {
        self.detail.location()
    }

    fn version(&self) -> i64 {
        self.detail.version()
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Doublons {
    /// Most alike first; at most forty.
    pub items: Vec<Doublon>,
}

/// An open demande or intervention on the same équipement, which the caller sees.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Doublon {
    pub r#type: TypeDoublon,
    /// Of the demande or intervention, among its kind.
    #[schema(minimum = 1)]
    pub id: i64,
    #[schema(example = "DEM-2026-000123")]
    pub numero: String,
    pub titre: String,
    /// As people read it, in the language of `Accept-Language`.
    #[schema(example = "Nouvelle")]
    pub statut_libelle: String,
    pub date: Instant,
    /// Who reported it; null when nobody did, or when the caller may not know.
    pub signale_par: Option<Personne>,
    /// The work that goes on for it.
    pub intervention_id: Option<InterventionId>,
    /// How much of the titre they have in common, 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    pub ressemblance: i64,
    #[schema(example = "Déjà signalé par Chaïma Cliente le 23/11/2026 à 08:00.")]
    pub message: String,
}
