//! For whom something is read or written, so that nobody's work fills the queues of all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::ids::UserId;
use crate::kernel::auth::{Who, network};

/// A person, or an address from which nobody has signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::kernel) enum Party {
    Person(UserId),
    Address(IpAddr),
}

impl Party {
    /// None for the server itself, which asks one thing at a time.
    pub fn of(who: &Who) -> Option<Self> {
        who.actor.user_id.map(Self::Person).or_else(|| who.address.map(Self::at))
    }

    /// Nobody knows who, at this address.
    pub fn at(address: IpAddr) -> Self {
        Self::Address(network(address))
    }
}

/// How much of each party waits, at most so much; cheap to clone.
#[derive(Clone)]
pub(in crate::kernel) struct Crowd {
    most: usize,
    inside: Arc<Mutex<HashMap<Party, usize>>>,
}

/// One of a party's places in the crowd, given back on drop.
pub(in crate::kernel) struct Ticket {
    crowd: Crowd,
    party: Option<Party>,
}

impl Crowd {
    pub fn of_at_most(most: usize) -> Self {
        Self { most, inside: Arc::default() }
    }

    /// A place for one more, unless the party has as many as it may.
    pub fn enter(&self, party: Option<Party>) -> Option<Ticket> {
        if let Some(party) = party {
            let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
            let theirs = inside.entry(party).or_insert(0);
            if *theirs >= self.most {
                return None;
            }
            *theirs += 1;
        }
        Some(Ticket { crowd: self.clone(), party })
    }

    /// Whether anybody is inside who is not the server itself.
    pub fn is_anybody_inside(&self) -> bool {
        !self.inside.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let Some(party) = self.party else { return };
        let mut inside = self.crowd.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(theirs) = inside.get_mut(&party) {
            *theirs -= 1;
            if *theirs == 0 {
                inside.remove(&party);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Crowd, Party};
    use crate::ids::UserId;

    #[test]
    fn who_has_enough_inside_waits_outside_and_others_get_in() {
        let crowd = Crowd::of_at_most(2);
        let person = |id| Some(Party::Person(UserId(id)));
        let mut inside = vec![crowd.enter(person(1)).unwrap(), crowd.enter(person(1)).unwrap()];

        assert!(crowd.is_anybody_inside() && crowd.enter(person(1)).is_none());
        assert!(crowd.enter(person(2)).is_some() && crowd.enter(None).is_some());

        inside.pop();
        assert!(crowd.enter(person(1)).is_some());
        drop(inside);
        let _server = crowd.enter(None).unwrap();
        assert!(!crowd.is_anybody_inside());
        assert!(crowd.inside.lock().unwrap().is_empty(), "nobody is remembered");
    }
}
