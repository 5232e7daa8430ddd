//! Who sees which organisation: a client their own, everybody else all.

use crate::ids::ClientId;
use crate::kernel::auth::{Actor, Role};
use crate::kernel::page::Select;

/// The organisations that a caller sees.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    All,
    Own(ClientId),
    Nothing,
}

impl Scope {
    pub fn of(actor: &Actor) -> Self {
        match (actor.role, actor.client_id) {
            (Some(Role::Client), Some(id)) => Self::Own(id),
            (Some(Role::Client) | None, _) => Self::Nothing,
            (Some(_), _) => Self::All,
        }
    }

    /// Keeps the rows whose `column` is an organisation in this scope.
    pub fn narrow(self, select: &mut Select, column: &str) {
        match self {
            Self::All => {}
            Self::Own(id) => {
                select.any(column, &[id]);
            }
            Self::Nothing => {
                select.flag("false", Some(true));
            }
        }
    }
}
