//! What an intervention cost, and a machine over a period.

use crate::clients::site_zone;
use crate::equipements;
use crate::ids::EquipementId;
use crate::interventions::Readable;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::temps::model::{CoutType, CoutsEquipement, CoutsIntervention, PeriodeCouts};
use crate::temps::rules;
use crate::temps::store::{self, Field};

pub fn intervention_costs(db: &Reader<'_>, readable: &Readable) -> Result<CoutsIntervention> {
    let id = readable.intervention().id;
    let spent = store::spent(db, Field { intervention: Some(id), ..Field::default() })?;
    Ok(CoutsIntervention {
        intervention_id: id,
        cout: rules::cost(&spent),
        par_nature: rules::by_nature(&spent),
        par_technicien: rules::by_person(&spent),
    })
}

/// What a machine cost: labour by when it began, parts by when they moved, services by their day.
///
/// # Errors
/// 404, 422 for a period that is none.
pub fn equipement_costs(db: &Reader<'_>, id: EquipementId, asked: &PeriodeCouts) -> Result<CoutsEquipement> {
    let zone = site_zone(db, equipements::equipement(db, id)?.site_id)?;
    let (du, au) = rules::period(asked, db.now(), &zone)?;
    let days = (rules::first_day_from(du, &zone), rules::first_day_from(au, &zone));
    let descendants = asked.descendants;
    let field =
        Field { equipement: Some(id), descendants, period: Some(((du, au), days)), ..Field::default() };
    let (spent, counts) = (store::spent(db, field)?, store::counts(db, field)?);
    let by_type = counts.iter().map(|&(type_intervention, nombre_interventions)| CoutType {
        type_intervention,
        nombre_interventions,
        cout: rules::cost(spent.iter().filter(|part| part.type_intervention == type_intervention)),
    });
    Ok(CoutsEquipement {
        equipement_id: id,
        descendants,
        du,
        au,
        nombre_interventions: counts.iter().map(|(_, count)| count).sum(),
        cout: rules::cost(&spent),
        par_nature: rules::by_nature(&spent),
        par_type: by_type.collect(),
    })
}
