//! Turns at work that takes much memory: so many at once, so many that wait, and the next is told to come back.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::{Error, Result};

/// Who is at work and who waits for it.
pub struct Turns {
    places: Arc<Semaphore>,
    /// As many permits as may be at work and wait, together.
    room: Arc<Semaphore>,
}

/// The right to work, given back on drop.
pub struct Turn {
    _place: OwnedSemaphorePermit,
    _room: OwnedSemaphorePermit,
}

impl Turns {
    pub fn new(at_once: usize, waiting: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(at_once)),
            room: Arc::new(Semaphore::new(at_once.saturating_add(waiting))),
        }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// 503 when as many wait as may.
    pub async fn take(&self) -> Result<Turn> {
        let room = self.room.clone().try_acquire_owned().map_err(|_| Error::overloaded())?;
        let place = self.places.clone().acquire_owned().await.map_err(|_| Error::overloaded())?;
        Ok(Turn { _place: place, _room: room })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[tokio::test]
    async fn who_finds_the_waiting_room_full_is_told_to_come_back_and_who_waits_gets_a_turn() {
        let turns = Arc::new(Turns::new(1, 2));
        let first = turns.take().await.unwrap();
        let waiting: Vec<_> = (0..2)
            .map(|_| {
                let turns = turns.clone();
                tokio::spawn(async move { turns.take().await.map(drop) })
            })
            .collect();
        tokio::task::yield_now().await;

        assert_eq!(turns.take().await.err().unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
        drop(first);
        for waited in waiting {
            waited.await.unwrap().unwrap();
        }
        assert!(turns.take().await.is_ok());
    }
}
