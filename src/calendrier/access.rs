//! Whose days a caller sees.

use crate::ids::TechnicienId;
use crate::kernel::auth::Role;

/// The people whose calendar someone sees.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    Plant,
    Own(TechnicienId),
    Nothing,
}

impl Scope {
    pub fn of(role: Option<Role>, technicien: Option<TechnicienId>) -> Self {
        match role {
            Some(Role::Admin | Role::Responsable) => Self::Plant,
            Some(Role::Technicien) => technicien.map_or(Self::Nothing, Self::Own),
            Some(Role::Client) | None => Self::Nothing,
        }
    }

    /// Whose days are shown when these were asked for, none meaning all. `None` when there is nothing to show:
    /// somebody else's days look like those of somebody who does not exist.
    pub fn narrow(self, asked: Vec<TechnicienId>) -> Option<Vec<TechnicienId>> {
        match self {
            Self::Plant => Some(asked),
            Self::Own(id) if asked.is_empty() || asked.contains(&id) => Some(vec![id]),
            Self::Own(_) | Self::Nothing => None,
        }
    }
}
