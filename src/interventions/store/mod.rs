//! SQL of interventions: reading one (`rows`), many (`list`), what others hang on them (`floor`), and writing
//! (`write`).

mod floor;
mod list;
mod rows;
mod write;

pub use floor::{answered_otherwise, gamme_in_force, has_answers, replacements, running_timers, unanswered};
pub use list::{faceted, list, seen_by};
pub use rows::{
    affectations, commentaire, commentaires, competences, detail, equipement_site, has_demandes,
    has_live_slots, historique, intervention, technicien_nom, unknown_competence,
};
pub use write::{
    MachineChange, add_commentaire, add_history, book, forget_slots, free_slots, hide, insert, next_number,
    release_slots, return_machine, set_competences, set_machine, set_past, unbook, update, validate,
    written_since,
};
