//! Who sees which demande, and who may act on one.
//!
//! The proofs [`Readable`], [`Own`] and [`Answerable`] are made here only: a command that takes one cannot be
//! called for a row that its caller does not see.

use super::model::{ActionDemande, Demande, StatutDemande};
use super::rules::{self, Caller};
use super::store;
use crate::ids::{ClientId, DemandeId, UserId};
use crate::interventions::StatutIntervention;
use crate::kernel::auth::{Actor, Role};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Condition, Select, bound};
use crate::kernel::phrase::Phrase;
use crate::phrase;

/// The demandes that a caller sees.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    Plant,
    /// Those they filed themselves.
    Filed(UserId),
    /// Those of an organisation, whoever filed them and wherever the équipement stands by now: who reports a failure
    /// must see that it was reported.
    Owned(ClientId),
    Nothing,
}

impl Scope {
    pub fn of(actor: &Actor) -> Self {
        match actor.role {
            Some(Role::Admin | Role::Responsable) => Self::Plant,
            Some(Role::Technicien) => actor.user_id.map_or(Self::Nothing, Self::Filed),
            Some(Role::Client) => actor.client_id.map_or(Self::Nothing, Self::Owned),
            None => Self::Nothing,
        }
    }

    /// Keeps the demandes (`d`) in this scope.
    pub fn narrow(self, select: &mut Select) {
        select.keep(self.condition("d"));
    }

    /// That a demande, by this alias, is in this scope.
    pub fn condition(self, alias: &str) -> Condition {
        match self {
            Self::Plant => Condition::plain("true"),
            Self::Filed(id) => Condition::new(format!("{alias}.demandeur_id = ?"), [bound(&id)]),
            Self::Owned(id) => Condition::new(format!("{alias}.client_id = ?"), [bound(&id)]),
            Self::Nothing => Condition::plain("false"),
        }
    }
}

/// Whether a caller may know the name of somebody of this organisation (`None`: of the plant): a client knows its
/// own people only.
pub fn knows(actor: &Actor, organisation: Option<ClientId>) -> bool {
    !actor.is(Role::Client) || organisation == actor.client_id
}

/// A demande that the caller sees.
pub struct Readable(Demande, Caller);

impl Readable {
    /// # Errors
    /// [`Error::NotFound`] when it is absent or not theirs to see.
    pub fn of(db: &Reader<'_>, id: DemandeId) -> Result<Self> {
        let demande = store::demande(db, id)?;
        let actor = db.actor();
        let filed_it = actor.user_id == Some(demande.demandeur_id);
        let caller = Caller { runs_the_plant: actor.runs_the_plant(), filed_it };
        Ok(Self(demande, caller))
    }

    /// The demande, and what the caller may do with it now.
    pub fn into_parts(self) -> (Demande, Vec<ActionDemande>) {
        let actions = rules::actions(self.0.statut, work_of(&self.0), self.1);
        (self.0, actions)
    }
}

/// A new demande of the caller's own.
pub struct Own(Demande);

impl Own {
    /// # Errors
    /// [`Error::NotFound`] when they do not see it, [`Error::Forbidden`] when somebody else filed it, 409
    /// `deja_traitee` once it was answered or withdrawn.
    pub fn of(tx: &Tx<'_>, id: DemandeId) -> Result<Self> {
        let Readable(demande, caller) = Readable::of(tx, id)?;
        if !caller.filed_it {
            return Err(Error::Forbidden(phrase!(
                "Seule la personne qui a fait cette demande la modifie ou la retire.",
                "Only the person who made this request changes or withdraws it.",
                "لا يعدّل هذا الطلب أو يسحبه إلا صاحبه."
            )));
        }
        require_new(&demande).map(|()| Self(demande))
    }

    pub fn into_demande(self) -> Demande {
        self.0
    }
}

/// A demande that waits for an answer, which the caller may give.
pub struct Answerable(Demande);

impl Answerable {
    /// # Errors
    /// [`Error::NotFound`] when they do not see it, [`Error::Forbidden`] when they do not run the plant, 409
    /// `deja_traitee` once it was withdrawn or answered, unless the work that answered it was cancelled.
    pub fn of(tx: &Tx<'_>, id: DemandeId) -> Result<Self> {
        let Readable(demande, caller) = Readable::of(tx, id)?;
        if !caller.runs_the_plant {
            return Err(Error::Forbidden(phrase!(
                "Un responsable accepte ou refuse les demandes.",
                "A manager accepts or refuses requests.",
                "المسؤول هو من يقبل الطلبات أو يرفضها."
            )));
        }
        if !rules::is_unanswered(demande.statut, work_of(&demande)) {
            return Err(already(&demande));
        }
        Ok(Self(demande))
    }

    pub fn into_demande(self) -> Demande {
        self.0
    }
}

/// Whether the caller may attach a document to a demande: whoever filed it, and those who run the plant.
///
/// # Errors
/// [`Error::NotFound`] when they do not see it, [`Error::Forbidden`] when it is somebody else's, 409
/// `deja_traitee` once it was refused or withdrawn.
pub fn check_attachable(db: &Reader<'_>, id: DemandeId) -> Result<()> {
    let Readable(demande, caller) = Readable::of(db, id)?;
    if !caller.filed_it && !caller.runs_the_plant {
        return Err(Error::Forbidden(phrase!(
            "Seule la personne qui a fait cette demande y joint des documents.",
            "Only the person who made this request attaches documents to it.",
            "لا يرفق الوثائق بهذا الطلب إلا صاحبه."
        )));
    }
    match demande.statut {
        StatutDemande::Nouvelle | StatutDemande::Acceptee => Ok(()),
        StatutDemande::Refusee | StatutDemande::Retiree => Err(already(&demande)),
    }
}

/// Where the work stands that answers a demande.
fn work_of(demande: &Demande) -> Option<StatutIntervention> {
    demande.intervention.as_ref().map(|work| work.statut)
}

fn require_new(demande: &Demande) -> Result<()> {
    if demande.statut == StatutDemande::Nouvelle {
        return Ok(());
    }
    Err(already(demande))
}

fn already(demande: &Demande) -> Error {
    Error::conflict("deja_traitee", answered(demande.statut))
        .with("statut", demande.statut)
        .with("intervention_id", demande.intervention_id)
}

fn answered(statut: StatutDemande) -> Phrase {
    match statut {
        StatutDemande::Retiree => {
            phrase!("Cette demande a été retirée.", "This request was withdrawn.", "سُحب هذا الطلب.")
        }
        StatutDemande::Refusee => {
            phrase!(
                "Cette demande est déjà refusée.",
                "This request is already refused.",
                "رُفض هذا الطلب من قبل."
            )
        }
        StatutDemande::Acceptee | StatutDemande::Nouvelle => {
            phrase!(
                "Cette demande est déjà acceptée.",
                "This request is already accepted.",
                "قُبل هذا الطلب من قبل."
            )
        }
    }
}
