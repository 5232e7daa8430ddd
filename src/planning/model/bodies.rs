//! What is sent. The server sets statuts at creation, dates that follow from others, and shifts.

use garde::Validate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{Centiemes, Frequence, Heure, ModePlanning, Rattrapage, Report, StatutPlanning};
use crate::ids::*;
use crate::interventions::{CompetenceDemandee, Priorite};
use crate::kernel::clock::Day;
use crate::kernel::input::{given, not_blank, present, rule};
use crate::kernel::page::Filters;

/// Minutes of a year: a longer job is a typing error.
pub const LONGEST_MIN: i64 = 366 * 24 * 60;

#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlanning {
    #[garde(length(chars, max = 200), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200, example = "Graissage des roulements")]
    pub titre: String,
    #[garde(skip)]
    pub equipement_id: EquipementId,
    #[garde(skip)]
    pub frequence: Frequence,
    /// The anchor, on the site's calendar: échéance k falls k intervals after it.
    #[garde(custom(fits_calendar))]
    pub date_debut: Day,
    #[garde(inner(length(chars, max = 10_000)))]
    #[schema(max_length = 10000)]
    pub description: Option<String>,
    /// Every so many of `frequence`; 1 unless said otherwise.
    #[garde(inner(range(min = 1, max = 999)))]
    #[schema(minimum = 1, maximum = 999)]
    pub intervalle: Option<i64>,
    /// Last day on which an échéance may fall.
    #[garde(inner(custom(fits_calendar)))]
    pub date_fin: Option<Day>,
    /// `calendaire` unless a factor says otherwise.
    #[garde(skip)]
    pub mode: Option<ModePlanning>,
    /// What of a delay moves the échéances that follow: 0 when `calendaire`, 1 when `glissant` unless said
    /// otherwise.
    #[garde(skip)]
    pub facteur_decalage: Option<Centiemes>,
    #[garde(inner(range(min = 0, max = 366)))]
    #[schema(minimum = 0, maximum = 366)]
    pub tolerance_jours: Option<i64>,
    #[garde(inner(range(min = 0, max = 366)))]
    #[schema(minimum = 0, maximum = 366)]
    pub anticipation_jours: Option<i64>,
    #[garde(inner(range(min = 1, max = LONGEST_MIN)))]
    #[schema(minimum = 1, maximum = 527040, example = 90)]
    pub duree_estimee_min: Option<i64>,
    #[garde(skip)]
    pub heure_debut: Option<Heure>,
    /// Booked on the day of each échéance, at the first time when they are free and at work.
    #[garde(skip)]
    pub technicien_id: Option<TechnicienId>,
    #[garde(dive)]
    #[serde(default)]
    pub competences_requises: Vec<CompetenceDemandee>,
    /// The checklist of its interventions.
    #[garde(skip)]
    pub gamme_id: Option<GammeId>,
    /// `normale` unless said otherwise.
    #[garde(skip)]
    pub priorite: Option<Priorite>,
    /// `derniere` unless said otherwise.
    #[garde(skip)]
    pub rattrapage: Option<Rattrapage>,
    #[garde(skip)]
    pub cumul: Option<bool>,
    #[garde(custom(one_direction))]
    #[serde(default)]
    pub report: Report,
}

/// Fields left out stay as they are; null empties the optional ones. Once an échéance exists, `equipement_id`,
/// `frequence`, `intervalle` and `date_debut` no longer change (409).
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanningPatch {
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(length(chars, max = 200), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub titre: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(length(chars, max = 10_000))))]
    #[schema(value_type = Option<String>, max_length = 10000)]
    pub description: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub equipement_id: Option<EquipementId>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub frequence: Option<Frequence>,
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(range(min = 1, max = 999)))]
    #[schema(minimum = 1, maximum = 999, nullable = false)]
    pub intervalle: Option<i64>,
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(custom(fits_calendar)))]
    #[schema(nullable = false)]
    pub date_debut: Option<Day>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(custom(fits_calendar))))]
    #[schema(value_type = Option<Day>)]
    pub date_fin: Option<Option<Day>>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub mode: Option<ModePlanning>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub facteur_decalage: Option<Centiemes>,
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(range(min = 0, max = 366)))]
    #[schema(minimum = 0, maximum = 366, nullable = false)]
    pub tolerance_jours: Option<i64>,
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(range(min = 0, max = 366)))]
    #[schema(minimum = 0, maximum = 366, nullable = false)]
    pub anticipation_jours: Option<i64>,
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(range(min = 1, max = LONGEST_MIN))))]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 527040)]
    pub duree_estimee_min: Option<Option<i64>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<Heure>)]
    pub heure_debut: Option<Option<Heure>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<TechnicienId>)]
    pub technicien_id: Option<Option<TechnicienId>>,
    #[serde(default, deserialize_with = "given")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub competences_requises: Option<Vec<CompetenceDemandee>>,
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<GammeId>)]
    pub gamme_id: Option<Option<GammeId>>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub priorite: Option<Priorite>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub rattrapage: Option<Rattrapage>,
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub cumul: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[garde(inner(custom(one_direction)))]
    #[schema(nullable = false)]
    pub report: Option<Report>,
    /// `suspendu` and `actif` as often as wanted; `termine` once and for all.
    #[serde(default, deserialize_with = "given")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub statut: Option<StatutPlanning>,
}

/// Why an échéance is left out.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Saut {
    #[garde(length(chars, max = 1000), custom(not_blank))]
    #[schema(min_length = 1, max_length = 1000, example = "Arrêt annuel de l’usine")]
    pub motif: String,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PlanningFilters {
    pub statut: Vec<StatutPlanning>,
    pub equipement_id: Vec<EquipementId>,
    pub site_id: Vec<SiteId>,
    pub technicien_id: Vec<TechnicienId>,
    pub frequence: Vec<Frequence>,
    /// Whose next échéance falls on this civil day or later.
    pub du: Option<Day>,
    /// Whose next échéance falls on this civil day or earlier.
    pub au: Option<Day>,
}

impl Filters for PlanningFilters {}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApercuQuery {
    pub planning_id: PlanningId,
}

/// A garde rule: near enough to today for every calculation to stay within the calendar.
fn fits_calendar(day: &Day, _: &()) -> garde::Result {
    if (1970..2200).contains(&day.0.year()) {
        return Ok(());
    }
    Err(rule("valeur_invalide", "entre 1970-01-01 et 2199-12-31", "between 1970-01-01 and 2199-12-31"))
}

/// A garde rule: days pushed one way by holidays and the other way by week-ends would overtake one another.
fn one_direction(report: &Report, _: &()) -> garde::Result {
    use super::Sens::{Apres, Avant};
    match (report.feries, report.week_ends) {
        (Avant, Apres) | (Apres, Avant) => Err(rule(
            "valeur_invalide",
            "jours fériés et week-ends se reportent dans le même sens, ou l’un des deux ne se reporte pas",
            "public holidays and week-ends are moved the same way, or one of them is not moved",
        )),
        _ => Ok(()),
    }
}
