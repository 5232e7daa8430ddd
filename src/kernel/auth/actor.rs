//! On whose behalf something happens.

use std::net::IpAddr;

use super::guard::Permission;
use crate::ids::{ClientId, SessionId, TechnicienId, UserId};
use crate::kernel::clock::Instant;
use crate::words;

words! {
    /// What a person is to the plant.
    pub enum Role {
        Admin = "admin" ("Administrateur", "Administrator", "مدير النظام"),
        Responsable = "responsable" ("Responsable", "Manager", "مسؤول"),
        Technicien = "technicien" ("Technicien", "Technician", "تقني"),
        Client = "client" ("Client", "Client", "زبون"),
    }
}

/// A signed-in person, the machine itself, or nobody yet. Read from the database at each request.
#[derive(Clone, Debug)]
pub struct Actor {
    /// `None` for the machine itself and for callers who have not signed in.
    pub user_id: Option<UserId>,
    /// `None` for callers who have not signed in: they may do nothing.
    pub role: Option<Role>,
    /// How the journal names them.
    pub name: String,
    pub session_id: Option<SessionId>,
    /// The organisation of a person of role `client`.
    pub client_id: Option<ClientId>,
    /// The technicien that a person of role `technicien` is, while their sheet is open.
    pub technicien_id: Option<TechnicienId>,
    /// Their password is one that somebody else gave them.
    pub owes_password: bool,
    /// A second factor is asked of them, and they have none yet.
    pub owes_second_factor: bool,
}

impl Actor {
    /// The machine itself: scheduler, command line. May do all.
    pub fn system(name: &str) -> Self {
        Self { role: Some(Role::Admin), ..Self::named(name) }
    }

    /// A caller who has not signed in.
    pub fn nobody() -> Self {
        Self::named("anonyme")
    }

    /// A person who proves who they are just now. May do nothing: only a session, read anew, gives rights.
    pub fn proven(id: UserId, name: &str) -> Self {
        Self { user_id: Some(id), ..Self::named(name) }
    }

    fn named(name: &str) -> Self {
        Self {
            user_id: None,
            role: None,
            name: name.to_owned(),
            session_id: None,
            client_id: None,
            technicien_id: None,
            owes_password: false,
            owes_second_factor: false,
        }
    }

    pub fn is(&self, role: Role) -> bool {
        self.role == Some(role)
    }

    /// Whether their role has the right `P`; who owes a password or a second factor has only what pays it.
    pub fn may<P: Permission>(&self) -> bool {
        self.role.is_some_and(|role| P::ROLES.contains(&role))
            && (P::BEFORE_PASSWORD || !self.owes_password)
            && (P::BEFORE_SECOND_FACTOR || !self.owes_second_factor)
    }

    /// Admin and responsable: they see the whole plant.
    pub fn runs_the_plant(&self) -> bool {
        self.is(Role::Admin) || self.is(Role::Responsable)
    }
}

/// Who, when and from where: what a transaction knows of its cause.
#[derive(Debug)]
pub struct Who {
    pub actor: Actor,
    pub now: Instant,
    pub address: Option<IpAddr>,
    pub request_id: Option<String>,
}
