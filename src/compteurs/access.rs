//! Who sees which meter: whoever sees the équipement.

use super::model::Compteur;
use super::store;
use crate::clients::Scope;
use crate::ids::CompteurId;
use crate::kernel::auth::Actor;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::kernel::page::Select;

/// Keeps the meters that the caller sees; `s` is the site that their équipement stands on.
pub fn narrow(select: &mut Select, actor: &Actor) {
    Scope::of(actor).narrow(select, "s.client_id");
}

/// A meter that the caller sees.
pub struct Readable(Compteur);

impl Readable {
    /// # Errors
    /// [`Error::NotFound`](crate::kernel::error::Error::NotFound) when it is absent or not theirs to see.
    pub fn of(db: &Reader<'_>, id: CompteurId) -> Result<Self> {
        store::compteur(db, id).map(Self)
    }

    pub fn compteur(&self) -> &Compteur {
        &self.0
    }
}
