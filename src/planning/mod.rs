//! Preventive planning: what falls due when, and the interventions that are made of it, each exactly once.
//!
//! - A date is one pure function of the plan's anchor, its number k, the shift so far and the days off
//!   (`rules/dates.rs`), and keeps its explanation.
//! - An échéance is one row for (plan, k). It is taken, made into an intervention and counted past in one
//!   transaction (`commands/generate.rs`), by whoever comes first: scheduler or people.
//! - Every k below a plan's next has its row; above it there are rows only of those left out in advance.
//! - An échéance is **due** from the beginning of its day less the anticipation, and **missed** once its day and its
//!   tolerance have passed and nothing has generated it. Of several that are due the policy decides
//!   (`rules/rattrapage.rs`).
//! - The plan follows its interventions through the journal (`commands/follow.rs`): finished, cancelled, deleted,
//!   reopened. None of it frees a k.

mod commands;
mod model;
mod routes;
mod rules;
mod store;

pub use commands::{
    GENERATION, Generated, PlanRemis, create, delete, follow, generate, generate_due, hand_over, is_any_due,
    upcoming,
};
pub use model::{
    Centiemes, Frequence, ModePlanning, Planning, PlanningFilters, Rattrapage, Report, Sens, StatutEcheance,
    StatutPlanning, Upcoming, UpcomingFilters,
};
pub use routes::router;
pub use rules::{Cadence, Explication, Feries, FeriesParPays, Shift, due_from, late_days, over_from, shift};
pub use store::{feries_of_sites, list};

use crate::ids::PlanningId;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::commands::{LONGEST_HORIZON_YEARS, MOST_LISTED, MOST_PREVIEWED};
    pub use super::model::LONGEST_MIN;
}

/// Plans that have something to do now, longest due first.
pub fn due(db: &Reader<'_>, limit: u32) -> Result<Vec<PlanningId>> {
    store::due(db, db.now(), limit)
}
