//! Who sees which saved view: their own, and what others share with them.

use crate::kernel::auth::Actor;
use crate::kernel::page::{Select, bound};
use crate::permissions::ReadTechniciens;

/// Keeps the views (`v`, saved by the user `u`) that the caller sees. What a client shares stays between its
/// organisation and the plant: even the name of a view tells something. A view of a list that one cannot
/// open is not shown.
pub fn narrow(select: &mut Select, actor: &Actor) {
    let client = bound(&actor.client_id);
    let shown = if actor.may::<ReadTechniciens>() { "true" } else { "v.liste <> 'techniciens'" };
    select.filter(
        format!(
            "(v.user_id = ? or v.partagee = 1 and {shown} and (u.client_id is null or ? is null or u.client_id = ?))"
        ),
        [bound(&actor.user_id), client.clone(), client],
    );
}
