//! The readers: a small pool of read-only connections, used from blocking threads.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::setup::{StartError, prepare_reader};
use super::tx::{Reader, Tools};
use crate::ids::UserId;
use crate::kernel::auth::Who;
use crate::kernel::error::{Error, Result};
use crate::kernel::party::Party;
use crate::phrase;

/// Four readers keep two to four cores busy and cost 4 MB of page cache each at most.
pub const READERS: u32 = 4;

/// One more only asks who calls, which takes microseconds: whatever the others read, people are recognised.
const LOOK_UPS: u32 = 1;

/// Of the readers, how many one person (or one address that has not signed in) may keep busy: others get in.
pub const PER_PERSON: usize = 2;

/// Reads that wait for a reader, all together and of one person; beyond, they are told to come back.
pub const WAITING: usize = 256;
pub const WAITING_PER_PERSON: usize = 128;

/// Who has waited this long for a reader is told to come back.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A read longer than this is cut: an open read keeps the write-ahead log from being folded back.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// A reader that nobody used for this long is closed but for one, and with it its pages and statements: those of one
/// busy hour are not kept all night. A new one is open in a millisecond.
const IDLE: Duration = Duration::from_secs(15);

/// How many steps of SQLite's virtual machine between two looks at the deadline (a few milliseconds).
const STEPS_BETWEEN_LOOKS: i32 = 50_000;

/// All that reads.
pub(super) struct Readers {
    ordinary: Lane,
    look_ups: Lane,
    tools: Tools,
}

/// Connections for one purpose.
struct Lane {
    pool: r2d2::Pool<SqliteConnectionManager>,
    queue: Queue,
}

impl Readers {
    pub fn open(path: &Path, tools: Tools) -> Result<Self, StartError> {
        Ok(Self {
            ordinary: Lane::open(path, READERS, Some(PER_PERSON))?,
            look_ups: Lane::open(path, LOOK_UPS, None)?,
            tools,
        })
    }

    /// How many of them are at work.
    pub fn busy(&self) -> i64 {
        self.ordinary.queue.at_work() + self.look_ups.queue.at_work()
    }

    /// Reads for a person, when a reader is free and their turn has come.
    ///
    /// # Errors
    /// 429 when too much of theirs waits already, 503 when too much of all waits, or this waited too long.
    pub async fn run<T: Send + 'static>(
        &self,
        who: Arc<Who>,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = self.ordinary.queue.enter(Party::of(&who)).await?;
        self.ordinary.read(place, who, self.tools.clone(), work).await
    }

    /// Reads who somebody is, as whom they claim to be: a row or two by their keys, never a search.
    ///
    /// # Errors
    /// As for [`Self::run`]: who asks too much at once keeps nobody else from being recognised.
    pub async fn look_up<T: Send + 'static>(
        &self,
        who: Arc<Who>,
        claimed: UserId,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = self.look_ups.queue.enter(Some(Party::Person(claimed))).await?;
        self.look_ups.read(place, who, self.tools.clone(), work).await
    }
}

impl Lane {
    fn open(path: &Path, readers: u32, per_party: Option<usize>) -> Result<Self, StartError> {
        let manager = SqliteConnectionManager::file(path)
            .with_flags(OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .with_init(|connection| prepare_reader(connection));
        let pool = r2d2::Pool::builder()
            .max_size(readers)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .idle_timeout(Some(IDLE))
            .max_lifetime(None)
            .build(manager)
            .map_err(|cause| {
                StartError::because(
                    phrase!("La base de données ne peut pas être lue.", "The database cannot be read."),
                    cause,
                )
            })?;
        Ok(Self { pool, queue: Queue::new(readers as usize, per_party.unwrap_or(readers as usize)) })
    }

    async fn read<T: Send + 'static>(
        &self,
        place: Place,
        who: Arc<Who>,
        tools: Tools,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let pool = self.pool.clone();
        tokio::task::spawn_blocking(move || {
            let _place = place;
            let connection = pool.get().map_err(|cause| Error::Internal(cause.into()))?;
            in_one_snapshot(&connection, &who, &tools, work)
        })
        .await
        .map_err(|cause| Error::Internal(cause.into()))?
    }
}

/// Who reads and who waits for it. Who waits, waits without holding a thread.
struct Queue {
    readers: usize,
    per_party: usize,
    /// As many permits as connections.
    places: Arc<Semaphore>,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Default)]
struct Inside {
    /// Reads at work or waiting, all together.
    reads: usize,
    /// Those of each party that has any, and its turns.
    parties: HashMap<Party, (usize, Arc<Semaphore>)>,
}

/// The right to one connection, given back on drop.
struct Place {
    _turn: Option<OwnedSemaphorePermit>,
    _place: OwnedSemaphorePermit,
    _ticket: Ticket,
}

/// One read among those inside.
struct Ticket {
    inside: Arc<Mutex<Inside>>,
    party: Option<Party>,
}

impl Queue {
    fn new(readers: usize, per_party: usize) -> Self {
        Self { readers, per_party, places: Arc::new(Semaphore::new(readers)), inside: Arc::default() }
    }

    fn at_work(&self) -> i64 {
        i64::try_from(self.readers - self.places.available_permits()).unwrap_or(0)
    }

    async fn enter(&self, party: Option<Party>) -> Result<Place> {
        let (ticket, turns) = self.admit(party)?;
        let seated = async {
            // First one's own turn: who has many reads waiting does not fill the queue of all with them.
            let turn = match turns {
                Some(turns) => Some(turns.acquire_owned().await?),
                None => None,
            };
            Ok::<_, tokio::sync::AcquireError>((turn, self.places.clone().acquire_owned().await?))
        };
        match timeout(PATIENCE, seated).await {
            Ok(Ok((turn, place))) => Ok(Place { _turn: turn, _place: place, _ticket: ticket }),
            _ => Err(Error::overloaded()),
        }
    }

    fn admit(&self, party: Option<Party>) -> Result<(Ticket, Option<Arc<Semaphore>>)> {
        let mut inside = lock(&self.inside);
        if inside.reads >= self.readers + WAITING {
            return Err(Error::overloaded());
        }
        let turns = match party {
            None => None,
            Some(party) => {
                let fresh = || (0, Arc::new(Semaphore::new(self.per_party)));
                let (reads, turns) = inside.parties.entry(party).or_insert_with(fresh);
                if *reads >= self.per_party + WAITING_PER_PERSON {
                    return Err(Error::TooMany(
                        Duration::from_secs(1),
                        phrase!(
                            "Trop de vos lectures attendent déjà ; réessayez dans un instant.",
                            "Too many reads of yours wait already; try again shortly."
                        ),
                    ));
                }
                *reads += 1;
                Some(turns.clone())
            }
        };
        inside.reads += 1;
        drop(inside);
        Ok((Ticket { inside: self.inside.clone(), party }, turns))
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut inside = lock(&self.inside);
        inside.reads -= 1;
        let Some(party) = self.party else { return };
        if let Some((reads, _)) = inside.parties.get_mut(&party) {
            *reads -= 1;
            if *reads == 0 {
                inside.parties.remove(&party);
            }
        }
    }
}

fn lock(inside: &Mutex<Inside>) -> MutexGuard<'_, Inside> {
    inside.lock().unwrap_or_else(PoisonError::into_inner)
}

fn in_one_snapshot<T>(
    connection: &Connection,
    who: &Who,
    tools: &Tools,
    work: impl FnOnce(&Reader<'_>) -> Result<T>,
) -> Result<T> {
    let deadline = Instant::now() + DEADLINE;
    connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || Instant::now() > deadline))?;
    // Dropping it ends the snapshot, whatever happened.
    let _snapshot = connection.unchecked_transaction()?;
    work(&Reader::new(connection, who, tools))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::{PER_PERSON, Party, Queue, READERS, WAITING, WAITING_PER_PERSON, lock};
    use crate::ids::UserId;

    fn person(id: i64) -> Option<Party> {
        Some(Party::Person(UserId(id)))
    }

    #[tokio::test(start_paused = true)]
    async fn one_person_holds_some_readers_and_another_reads_at_once() {
        let queue = Queue::new(READERS as usize, PER_PERSON);
        let mut held = Vec::new();
        for _ in 0..PER_PERSON {
            held.push(queue.enter(person(1)).await.unwrap());
        }

        // Paused time moves on only when nothing else can happen: it waited for as long as one may.
        assert_eq!(queue.enter(person(1)).await.err().unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
        held.push(queue.enter(person(2)).await.unwrap());
        assert_eq!(queue.at_work(), 3);

        drop(held);
        assert!(queue.enter(person(1)).await.is_ok());
        assert!(lock(&queue.inside).parties.is_empty(), "nobody is remembered");
    }

    #[tokio::test]
    async fn what_waits_is_bounded_for_one_person_and_for_all() {
        let queue = Queue::new(READERS as usize, PER_PERSON);
        let own: Vec<_> =
            (0..PER_PERSON + WAITING_PER_PERSON).map(|_| queue.admit(person(1)).unwrap()).collect();
        assert_eq!(queue.admit(person(1)).err().unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(queue.admit(person(2)).is_ok());

        drop(own);
        let _all: Vec<_> = (0..READERS as usize + WAITING).map(|_| queue.admit(None).unwrap()).collect();
        assert_eq!(queue.admit(person(2)).err().unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
