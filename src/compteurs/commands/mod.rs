//! What can be done with meters, their readings and the plans that fall due by them.

mod compteurs;
mod plans;
mod releves;
mod remise;
mod seuils;

pub use compteurs::{create, delete, detail, update};
pub use plans::{create_plan, delete_plan, plan, plans, update_plan};
pub use releves::{MOST_WRONG, annul, enter, releves};
pub use remise::{PlanCompteurRemis, hand_over};
pub use seuils::MOST_AT_ONCE;
