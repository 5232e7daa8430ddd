//! What can be done with plans.

mod course;
mod due;
mod echeances;
mod follow;
mod generate;
mod jours_feries;
mod place;
mod plans;
mod preview;
mod remise;

pub use due::{GENERATION, generate_due, is_any_due};
pub use echeances::{LONGEST_HORIZON_YEARS, MOST_LISTED, echeances, skip, upcoming};
pub use follow::follow;
pub use generate::{Generated, generate, generate_now};
pub use jours_feries::{create_holiday, delete_holiday, update_holiday};
pub use plans::{create, delete, detail, update};
pub use preview::{MOST_PREVIEWED, preview, preview_saved};
pub use remise::{PlanRemis, hand_over};

use crate::kernel::phrase::{Language, Phrase};

/// What is kept with a row is read by the whole plant, in its first language.
fn french(phrase: &Phrase) -> &str {
    phrase.text(Language::French)
}
