//! Who sees which intervention, and who may work on one.
//!
//! The proofs [`Readable`] and [`Workable`] are made here only: a command that takes one cannot be called for
//! a row that its caller does not see.

use super::model::Intervention;
use super::rules::Caller;
use super::store;
use crate::ids::{ClientId, InterventionId, TechnicienId};
use crate::kernel::auth::{Actor, Role};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Condition, Select, bound};
use crate::phrase;

/// The interventions that a caller sees. Deleted ones are nobody's.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    Plant,
    /// Those they lead or were booked on.
    Assigned(TechnicienId),
    /// Those done for an organisation, wherever the équipement stands by now.
    Owned(ClientId),
    Nothing,
}

impl Scope {
    pub fn of(actor: &Actor) -> Self {
        match actor.role {
            Some(Role::Admin | Role::Responsable) => Self::Plant,
            Some(Role::Technicien) => actor.technicien_id.map_or(Self::Nothing, Self::Assigned),
            Some(Role::Client) => actor.client_id.map_or(Self::Nothing, Self::Owned),
            None => Self::Nothing,
        }
    }

    /// Keeps the interventions (`i`) in this scope, of all that there are.
    pub fn narrow(self, select: &mut Select) {
        select.keep(self.condition());
    }

    /// Keeps them in this scope where the caller names the few rows that it asks of: looking up each is then
    /// thousands of times cheaper than gathering all that someone sees.
    pub fn narrow_named(self, select: &mut Select) {
        select.keep(match self {
            Self::Assigned(id) => Condition::new(
                "i.supprimee_le is null
                 and (i.technicien_id = ?
                      or exists (select 1 from affectations where intervention_id = i.id and technicien_id = ?))",
                [bound(&id), bound(&id)],
            ),
            _ => self.condition(),
        });
    }

    /// That an intervention (`i`) is in this scope.
    pub fn condition(self) -> Condition {
        let scope = match self {
            Self::Plant => Condition::plain("true"),
            // As a set of ids, so that the few rows of one person are found without walking all.
            Self::Assigned(id) => Condition::new(
                "i.id in (select intervention_id from affectations where technicien_id = ?
                          union select id from interventions where technicien_id = ?)",
                [bound(&id), bound(&id)],
            ),
            Self::Owned(id) => Condition::new("i.client_id = ?", [bound(&id)]),
            Self::Nothing => Condition::plain("false"),
        };
        Condition::all([Condition::plain("i.supprimee_le is null"), scope])
    }
}

/// An intervention that the caller sees.
pub struct Readable(Intervention);

impl Readable {
    /// # Errors
    /// [`Error::NotFound`] when it is absent or not theirs to see.
    pub fn of(db: &Reader<'_>, id: InterventionId) -> Result<Self> {
        store::intervention(db, Scope::of(db.actor()), id).map(Self)
    }

    /// What a command has just made, for its own record: a rule may have made it at the hand of someone who does
    /// not see it.
    pub(super) fn made(tx: &Tx<'_>, id: InterventionId) -> Result<Self> {
        store::intervention(tx, Scope::Plant, id).map(Self)
    }

    pub fn intervention(&self) -> &Intervention {
        &self.0
    }

    pub fn into_intervention(self) -> Intervention {
        self.0
    }
}

/// An intervention that the caller sees, for other parts of the product.
///
/// # Errors
/// [`Error::NotFound`] when it is absent or not theirs to see.
pub fn find(db: &Reader<'_>, id: InterventionId) -> Result<Intervention> {
    Readable::of(db, id).map(Readable::into_intervention)
}

/// An intervention that the caller may drive: the plant's managers any, a technicien their own.
pub struct Workable(Intervention, Caller);

impl Workable {
    /// # Errors
    /// [`Error::NotFound`] when the caller does not see it, [`Error::Forbidden`] when they only look on.
    pub fn of(tx: &Tx<'_>, id: InterventionId) -> Result<Self> {
        let intervention = Readable::of(tx, id)?.into_intervention();
        match caller(tx.actor()) {
            Caller::Onlooker => Err(Error::Forbidden(phrase!(
                "Vous suivez cette intervention sans pouvoir la modifier.",
                "You follow this intervention but cannot change it.",
                "تتابع هذا التدخل دون أن تستطيع تعديله."
            ))),
            caller => Ok(Self(intervention, caller)),
        }
    }

    pub fn into_intervention(self) -> Intervention {
        self.0
    }

    pub fn into_parts(self) -> (Intervention, Caller) {
        (self.0, self.1)
    }
}

/// What someone is to the interventions that they see.
pub fn caller(actor: &Actor) -> Caller {
    match actor.role {
        Some(Role::Admin | Role::Responsable) => Caller::Plant,
        Some(Role::Technicien) => Caller::Assigned,
        Some(Role::Client) | None => Caller::Onlooker,
    }
}
