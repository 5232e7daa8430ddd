//! Replies that stay open for hours: how many there may be, and that they hold up nobody who waits for an answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::error::{Error, Result};
use crate::ids::UserId;
use crate::phrase;

/// Of one person: the windows and phones that somebody has open. A browser opens no more to one server anyway.
const PER_PERSON: usize = 6;

/// Of all together: half of the connections that the server takes, for streams are never evicted.
const IN_ALL: usize = 256;

/// When to ask again.
const LATER: Duration = Duration::from_secs(60);

/// The streams that are open; cheap to clone.
#[derive(Clone)]
pub struct Streams {
    open: Arc<Mutex<HashMap<UserId, usize>>>,
    turns: Arc<Semaphore>,
}

/// The right to one stream, given back on drop.
pub struct Place {
    streams: Streams,
    user: UserId,
}

impl Streams {
    pub fn new() -> Self {
        // One at a time: of the few connections that read, all others stay free for requests.
        Self { open: Arc::default(), turns: Arc::new(Semaphore::new(1)) }
    }

    /// A place for one more stream of this person.
    ///
    /// # Errors
    /// 429 when they have enough, 503 when the server has.
    pub fn enter(&self, user: UserId) -> Result<Place> {
        let mut open = self.open();
        if open.values().sum::<usize>() >= IN_ALL {
            return Err(Error::overloaded());
        }
        let own = open.entry(user).or_default();
        if *own >= PER_PERSON {
            return Err(Error::TooMany(
                LATER,
                phrase!(
                    "Vous avez déjà {PER_PERSON} flux ouverts ; fermez une fenêtre.",
                    "You already have {PER_PERSON} streams open; close a window."
                ),
            ));
        }
        *own += 1;
        Ok(Place { streams: self.clone(), user })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
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
        if let Some(own) = open.get_mut(&self.user) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{IN_ALL, PER_PERSON, Streams};
    use crate::ids::UserId;

    #[test]
    fn a_place_that_is_given_back_can_be_taken_again() {
        let streams = Streams::new();
        let mut own: Vec<_> = (0..PER_PERSON).map(|_| streams.enter(UserId(1)).unwrap()).collect();

        assert!(streams.enter(UserId(1)).is_err());
        assert!(streams.enter(UserId(2)).is_ok(), "another person's are their own");

        own.pop();
        assert!(streams.enter(UserId(1)).is_ok());
    }

    #[test]
    fn all_together_leave_connections_to_those_who_ask_and_go() {
        let streams = Streams::new();
        let people = (1..).map(UserId).flat_map(|id| std::iter::repeat_n(id, PER_PERSON));
        let _taken: Vec<_> = people.take(IN_ALL).map(|id| streams.enter(id).unwrap()).collect();

        assert!(streams.enter(UserId(9_999)).is_err());
    }
}
