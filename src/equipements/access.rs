//! Who sees which équipement, and what of it: a client those on its own sites, everybody else all.

use crate::clients::Scope;
use crate::kernel::auth::Actor;
use crate::kernel::page::Select;

/// Keeps the équipements that the caller sees; `s` is the site they stand on.
pub fn narrow(select: &mut Select, actor: &Actor) {
    Scope::of(actor).narrow(select, "s.client_id");
}

/// What an équipement would cost to replace is for those who run the plant.
pub fn sees_value(actor: &Actor) -> bool {
    actor.runs_the_plant()
}
