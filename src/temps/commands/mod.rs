//! What can be done with time (`temps`), with services bought outside (`prestations`), and what it all costs
//! (`couts`).

mod couts;
mod prestations;
mod temps;

pub use couts::{equipement_costs, intervention_costs};
pub use prestations::{add_prestation, delete_prestation};
pub use temps::{add, delete, of_intervention, start, stop, stop_of, stop_own, update};
