//! The arithmetic of plans. Pure: today, zone and holidays are arguments.

mod charge;
mod dates;
mod explication;
mod rattrapage;
#[cfg(test)]
mod tests;

pub use charge::{Booked, charge};
pub use dates::{Cadence, Feries, FeriesParPays, Shift, due_from, late_days, over_from, shift};
pub use explication::Explication;
pub use rattrapage::{Due, Sort, sorts};
