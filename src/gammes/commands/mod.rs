//! What can be done with gammes (`gammes`), and with the checklist of an intervention (`checklist`).

mod checklist;
mod gammes;

pub use checklist::{Corrected, answer, checklist, correct, element};
pub use gammes::{create, delete, publish, set_operations, update};
