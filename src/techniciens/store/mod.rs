//! SQL of techniciens, compétences and absences.

mod absences;
mod competences;
mod techniciens;

pub use absences::{absence, absences, all_absences, assigned_among, delete_absence, insert_absence};
pub use competences::{
    competence, competences, delete_competence, insert_competence, obstacles, qualified, set_held,
    update_competence,
};
pub use techniciens::{
    closed_sheet, delete, facets, insert, list, role_of_user, set_closed, technicien, update,
};
