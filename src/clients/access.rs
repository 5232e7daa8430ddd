//! Who sees which organisation: a client their own, everybody else all.

use crate::ids::ClientId;
use crate::kernel::auth::{Actor, Role};
use crate::kernel::page::{Condition, Select, bound};

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
        select.keep(self.condition(column));
    }

    /// That `column` is an organisation in this scope.
    pub fn condition(self, column: &str) -> Condition {
        match self {
            Self::All => Condition::plain("true"),
            Self::Own(id) => Condition::new(format!("{column} = ?"), [bound(&id)]),
            Self::Nothing => Condition::plain("false"),
        }
    }
}
