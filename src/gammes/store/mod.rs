//! SQL of gammes: what is written and published (`gammes`), what is answered (`checklist`).

mod checklist;
mod gammes;

pub use checklist::{add_answer, elements, gamme_nom, propose, set_corrective, withdraw_proposal};
pub use gammes::{
    add_operation, clear_draft, delete, drop_unused_operations, gamme, insert, insert_version, last_version,
    list, operation_types, publish, set_operation, update, version, versions,
};
