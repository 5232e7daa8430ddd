//! SQL of interventions: reading one (`rows`), many (`list`), what others hang on them (`floor`), and writing
//! (`write`).

mod floor;
mod hanging;
mod list;
mod rows;
mod write;

pub use floor::{gamme_in_force, has_answers, running_timers, unanswered};
pub use hanging::hanging;
pub use list::{faceted, list, seen_by};
pub use rows::{
    affectations, commentaire, commentaires, competences, detail, equipement_site, has_demandes,
    has_live_slots, historique, intervention, open_on, technicien_nom, unknown_competence,
};
pub use write::{
    MachineChange, add_commentaire, add_history, book, forget_slots, free_slots, hide, insert, next_number,
    place_slot, release_slot, release_slots, return_machine, set_competences, set_machine, set_past, unbook,
    update, validate, written_since,
};
