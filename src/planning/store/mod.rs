//! SQL of plans (`plans`), their échéances (`echeances`) and public holidays (`jours_feries`).

mod echeances;
mod jours_feries;
mod plans;

pub use echeances::{
    Followed, claim, each_echeance, echeance, followed, keep, pending, set_finished, set_generated,
    set_statut, skipped, skipped_of, totals,
};
pub use jours_feries::{
    delete_holiday, feries, feries_of_sites, holiday, holidays, insert_holiday, same_day, update_holiday,
    with_holidays_of,
};
pub use plans::{
    Progress, active_until, competences, delete, due, equipement_ground, full_name, insert, is_used, list,
    look_again, new_version, of_equipement, of_site, of_technicien, planning, set_competences, set_progress,
    set_technicien, update,
};
