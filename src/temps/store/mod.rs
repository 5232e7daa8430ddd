//! SQL of time (`temps`), of services bought outside (`prestations`) and of costs (`couts`).

mod couts;
mod prestations;
mod temps;

pub use couts::{Field, counts, spent};
pub use prestations::{delete_prestation, insert_prestation, prestation, prestations};
pub use temps::{
    Entry, conflicts, delete, insert, intervals, is_technicien, list, of_intervention, state, temps,
    timer_of, update,
};
