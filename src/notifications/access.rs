//! Whose message is whose: an inbox is its owner's alone.

use crate::kernel::auth::Actor;
use crate::kernel::page::{Select, bound};

/// Keeps the notifications (`n`) in the caller's inbox.
pub fn narrow(select: &mut Select, actor: &Actor) {
    select.filter("n.user_id = ? and n.boite = 1 and n.supprimee_le is null", [bound(&actor.user_id)]);
}
