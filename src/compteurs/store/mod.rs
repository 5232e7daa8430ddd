//! SQL of meters.

mod compteurs;
mod plans;
mod releves;

pub use compteurs::{compteur, compteurs, delete_compteur, has_releves, insert_compteur, update_compteur};
pub use plans::{
    PlanRow, active_plans, add_seuil, all_plans, cancel_seuils, delete_plan, has_seuils, insert_plan,
    of_technicien, open_work, plan, plans, set_technicien, seuils, seuils_of, update_plan,
    workable_equipement,
};
pub use releves::{annul, insert_releve, last, neighbours, releve, releves, since};
