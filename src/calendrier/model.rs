//! The types of the calendar.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::*;
use crate::interventions::{Priorite, RoleAffectation, StatutIntervention, TypeIntervention};
use crate::kernel::answer::Entity;
use crate::kernel::clock::{Day, Instant, Moment};

words! {
    /// What an entry of the calendar is.
    pub enum TypeEvenement {
        /// A booked slot.
        Intervention = "intervention" ("Intervention", "Intervention", "تدخل"),
        Absence = "absence" ("Absence", "Absence", "غياب"),
        /// Preventive maintenance that no intervention exists for yet.
        Echeance = "echeance" ("Échéance à venir", "Upcoming maintenance", "استحقاق قادم"),
    }
}

/// What happens in a period, earliest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Calendrier {
    pub du: Instant,
    pub au: Instant,
    pub items: Vec<Evenement>,
    /// False when there is more than one reply holds: the latest were left out, ask for a shorter period.
    #[schema(example = true)]
    pub complet: bool,
    /// Public holidays of the countries of the sites shown.
    pub jours_feries: Vec<Ferie>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ferie {
    pub date: Day,
    #[schema(example = "MA")]
    pub pays: String,
    #[schema(example = "Fête du trône")]
    pub nom: String,
}

/// One entry, with all that a calendar shows of it. Members that its type does not have are null.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Evenement {
    pub r#type: TypeEvenement,
    pub debut: Instant,
    /// Exclusive.
    pub fin: Instant,
    pub journee_entiere: bool,
    #[schema(example = "Graissage des roulements")]
    pub titre: String,
    pub technicien_id: Option<TechnicienId>,
    pub technicien_nom: Option<String>,
    pub site_id: Option<SiteId>,
    pub site_nom: Option<String>,
    pub equipement_id: Option<EquipementId>,
    #[schema(example = "CASA-POMPE-01")]
    pub equipement_code: Option<String>,
    pub equipement_nom: Option<String>,
    pub priorite: Option<Priorite>,
    pub intervention_id: Option<InterventionId>,
    #[schema(example = "INT-2026-000123")]
    pub numero: Option<String>,
    pub statut: Option<StatutIntervention>,
    pub type_intervention: Option<TypeIntervention>,
    pub affectation_id: Option<AffectationId>,
    pub role: Option<RoleAffectation>,
    pub absence_id: Option<AbsenceId>,
    /// The time zone of where its person works, whose days an absence fills.
    #[schema(example = "Africa/Casablanca")]
    pub fuseau: Option<String>,
    pub planning_id: Option<PlanningId>,
    /// Which échéance of the plan.
    pub k: Option<i64>,
    /// The civil day of an échéance, at its site.
    pub date: Option<Day>,
    #[serde(skip)]
    pub trace: Trace,
}

impl Evenement {
    /// An entry of which nothing further is known yet.
    pub fn new(r#type: TypeEvenement, (debut, fin): (Instant, Instant), titre: String, trace: Trace) -> Self {
        Self {
            r#type,
            debut,
            fin,
            journee_entiere: false,
            titre,
            technicien_id: None,
            technicien_nom: None,
            site_id: None,
            site_nom: None,
            equipement_id: None,
            equipement_code: None,
            equipement_nom: None,
            priorite: None,
            intervention_id: None,
            numero: None,
            statut: None,
            type_intervention: None,
            affectation_id: None,
            role: None,
            absence_id: None,
            fuseau: None,
            planning_id: None,
            k: None,
            date: None,
            trace,
        }
    }
}

/// What a calendar program keeps an entry by.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Unique here, and the same as long as people would call it the same thing.
    pub uid: String,
    /// Grows when it changes.
    pub version: i64,
    /// When it last changed.
    pub modifie_le: Instant,
}

/// What is asked for; each filter may repeat.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CalendrierQuery {
    /// Today unless said otherwise. A civil day is one of the zone that most sites are in.
    #[param(inline)]
    pub du: Option<Moment>,
    /// 31 days later unless said otherwise, at most 400; a civil day counts whole.
    #[param(inline)]
    pub au: Option<Moment>,
    #[serde(default)]
    pub technicien_id: Vec<TechnicienId>,
    /// What is booked or foreseen at these sites; absences belong to none.
    #[serde(default)]
    pub site_id: Vec<SiteId>,
}

/// What opens a feed, and how it is narrowed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct FluxQuery {
    /// The secret of the link.
    pub jeton: Option<String>,
    #[serde(default)]
    pub technicien_id: Vec<TechnicienId>,
    #[serde(default)]
    pub site_id: Vec<SiteId>,
}

/// A new link to one's own feed. Shown once: only its hash is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct LienCalendrier {
    /// To subscribe to; whoever has it reads the calendar.
    #[schema(example = "https://gmao.usine.ma/api/v1/planning/calendrier.ics?jeton=…")]
    pub url: String,
    pub cree_le: Instant,
}

impl Entity for LienCalendrier {
    fn location(&self) -> String {
        "/api/v1/planning/calendrier/jeton".to_owned()
    }

    fn version(&self) -> i64 {
        1
    }
}

/// Whether one has a link.
#[derive(Debug, Serialize, ToSchema)]
pub struct EtatLien {
    #[schema(example = true)]
    pub existe: bool,
    pub cree_le: Option<Instant>,
}
