//! Replies that stay open for hours: how many there may be, and that they hold up nobody who waits for an answer.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::error::{Error, Result};
use crate::ids::UserId;
use crate::phrase;

/// Of one person: the windows and phones that somebody has open. A browser opens no more to one server anyway.
pub const PER_PERSON: usize = 6;

/// Of all together. They have places of their own beside the server's ordinary connections, and none is evicted.
pub const IN_ALL: usize = 320;

/// From one address, which may be that of a whole plant's router: 42 people with six windows each.
pub const PER_ADDRESS: usize = 256;

/// When to ask again.
const LATER: Duration = Duration::from_secs(60);

/// The streams that are open; cheap to clone.
#[derive(Clone)]
pub struct Streams {
    open: Arc<Mutex<Open>>,
    turns: Arc<Semaphore>,
}

/// Whose and from where the open streams are.
type Open = Vec<(UserId, Option<IpAddr>)>;

/// The right to one stream, given back on drop.
pub struct Place {
    streams: Streams,
    of: (UserId, Option<IpAddr>),
}

impl Streams {
    pub fn new() -> Self {
        // One at a time: of the few connections that read, all others stay free for requests.
        Self { open: Arc::default(), turns: Arc::new(Semaphore::new(1)) }
    }

    /// A place for one more stream of this person, who is at this address.
    ///
    /// # Errors
    /// 429 when they have enough, 503 when the server has.
    pub fn enter(&self, user: UserId, address: Option<IpAddr>) -> Result<Place> {
        let mut open = self.open();
        let same_address = open.iter().filter(|(_, other)| other.is_some() && *other == address).count();
        if open.len() >= IN_ALL || same_address >= PER_ADDRESS {
            return Err(Error::overloaded());
        }
        if open.iter().filter(|(other, _)| *other == user).count() >= PER_PERSON {
            return Err(Error::TooMany(
                LATER,
                phrase!(
                    "Vous avez déjà {PER_PERSON} flux ouverts ; fermez une fenêtre.",
                    "You already have {PER_PERSON} streams open; close a window."
                ),
            ));
        }
        open.push((user, address));
        Ok(Place { streams: self.clone(), of: (user, address) })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Streams {
    fn default() -> Self {
        Self::new()
    }
}

impl Place {
    /// Waits until no other stream reads the database; the turn lasts as long as what is returned.
    pub async fn turn(&self) -> SemaphorePermit<'_> {
        self.streams.turns.acquire().await.expect("the semaphore of turns is never closed")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open();
        if let Some(place) = open.iter().position(|other| *other == self.of) {
            open.swap_remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{IN_ALL, PER_ADDRESS, PER_PERSON, Streams};
    use crate::ids::UserId;

    #[test]
    fn a_place_that_is_given_back_can_be_taken_again() {
        let streams = Streams::new();
        let mut own: Vec<_> = (0..PER_PERSON).map(|_| streams.enter(UserId(1), None).unwrap()).collect();

        assert!(streams.enter(UserId(1), None).is_err());
        assert!(streams.enter(UserId(2), None).is_ok(), "another person's are their own");

        own.pop();
        assert!(streams.enter(UserId(1), None).is_ok());
    }

    #[test]
    fn all_together_have_so_many_and_no_more() {
        let streams = Streams::new();
        let places = (1..).map(|id| streams.enter(UserId(id), None));
        let _taken: Vec<_> = places.take(IN_ALL).map(Result::unwrap).collect();

        assert!(streams.enter(UserId(9_999), None).is_err());
    }

    #[test]
    fn one_address_leaves_some_to_the_others() {
        let (streams, router) = (Streams::new(), Some([10, 0, 0, 1].into()));
        let places = (1..).map(|id| streams.enter(UserId(id), router));
        let _taken: Vec<_> = places.take(PER_ADDRESS).map(Result::unwrap).collect();

        assert!(streams.enter(UserId(9_999), router).is_err());
        assert!(streams.enter(UserId(9_999), Some([10, 0, 0, 2].into())).is_ok());
    }
}
