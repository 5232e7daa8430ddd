//! SQL of interventions: reading one (`rows`), many (`list`), what others hang on them (`floor`), and writing
//! (`write`).

mod floor;
mod list;
mod machine;
mod rows;
mod write;

pub use floor::{answered_otherwise, gamme_in_force, has_answers, replacements, running_timers, unanswered};
pub use list::{faceted, list, seen_by};
pub use machine::{
    MachineChange, is_reported_by_others, is_stopped_by_others, open_stops, report_stopped, return_machine,
    set_machine, shared_stop,
};
pub use rows::{
    affectations, commentaire, commentaires, competences, detail, equipement_site, has_demandes,
    has_live_slots, historique, intervention, last_step, open_of, open_on, technicien_nom,
    unknown_competence,
};
pub use write::{
    add_commentaire, add_history, add_history_of, book, cut_slot, forget_slots, free_slots, hide, insert,
    let_lead, next_number, place_slot, release_slot, release_slots, set_competences, set_past, unbook,
    update, validate, written_since,
};
