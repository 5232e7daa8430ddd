//! Who is booked when, and who is free.
//!
//! What books a person is a live slot (an intervention that is neither finished, cancelled nor deleted, and a
//! slot not released) or an absence. The slices above ask here before they write; the database's triggers
//! say the same, last. Nothing here changes anything, and nothing here knows who may see an answer: the
//! slices hide what a caller must not learn of someone else's interventions.

mod horaire;
mod model;
mod rules;
mod store;

pub use horaire::{Horaire, Jour};
pub use model::{Conflit, Slot, SlotError, Suggestion};
pub use rules::{Interval, clip, free, minutes, round_up, union};
pub use store::{booked, conflicts, first_free, outside_hours, person_zone, suggestions, working_windows};

/// What is limited here, for the list of all limits.
pub mod limits {
    pub use super::model::LONGEST_SLOT;
}
