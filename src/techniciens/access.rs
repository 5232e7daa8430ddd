//! Who learns what of whom. Everybody of the plant sees every technicien; what is personal is shown to the
//! person and to those who run the plant.

use super::model::{Absence, Technicien};
use crate::ids::TechnicienId;
use crate::kernel::auth::Actor;

/// Whether the caller may know what is personal: address, rate, reasons of absence, jobs.
pub fn knows(actor: &Actor, id: TechnicienId) -> bool {
    actor.runs_the_plant() || actor.technicien_id == Some(id)
}

/// What the caller may see of a technicien.
pub fn shown(actor: &Actor, mut technicien: Technicien) -> Technicien {
    if !knows(actor, technicien.id) {
        technicien.email = None;
        technicien.taux_horaire = None;
    }
    technicien
}

/// What the caller may see of an absence.
pub fn shown_absence(actor: &Actor, mut absence: Absence) -> Absence {
    if !knows(actor, absence.technicien_id) {
        absence.motif = None;
    }
    absence
}
