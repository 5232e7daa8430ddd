//! Who sees which code: a client says what it sees, so it reads the symptômes; everybody else reads all.

use super::model::Nature;
use crate::kernel::auth::{Actor, Role};
use crate::kernel::page::Select;

/// Keeps the codes (`c`) that the caller sees.
pub fn narrow(select: &mut Select, actor: &Actor) {
    if actor.is(Role::Client) {
        select.any("c.nature", &[Nature::Symptome]);
    }
}
