//! Who has a place at this moment, and who must leave first to let another in.
//!
//! A newcomer's place is taken from whoever waits or is slow, and never for the sake of an address that has as many: who
//! fills the server with connections takes their own newcomers' places from themself, and whoever has few gets in.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    net::IpAddr,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

/// How long a new connection may say nothing before that is held against it: its request may still
/// be on the way. Otherwise, among idle keep-alive connections, each newcomer would be the first
/// to leave for the next one.
pub const GRACE: Duration = Duration::from_secs(1);

/// Bytes a second below which a body is slow, as an upload that no longer progresses (see `kernel::upload`).
pub const SLOW: u64 = 1024;
/// The same for one that has been awaited for as long as a head may be, when nothing else makes room.
pub const SLOW_FOR_LONG: u64 = 16 * 1024;

/// An address with more than so many times a newcomer's connections (the new one counted) crowds: those of its clients
/// who make the server wait leave at once when there is no other place.
const CROWDED: usize = 4;

/// Connections in order of arrival.
#[derive(Default)]
pub(super) struct Table {
    pub slots: BTreeMap<u64, Slot>,
    next: u64,
}

pub(super) struct Slot {
    /// Of whoever came by a trusted proxy, nobody knows from where: it counts for nobody.
    network: Option<IpAddr>,
    pub phase: Phase,
    since: Instant,
    /// How many requests there were.
    pub request: u64,
    /// Of the present request's body.
    pub arrival: Arrival,
    /// Has been answered at least once: not one of those that open and say nothing.
    proven: bool,
    /// Its reply stays open, and has been counted where it was made.
    pub long_lived: bool,
    _open: oneshot::Sender<Infallible>, // dropping it is the order to close
}

/// What came of a body, and how long its client was waited for before.
#[derive(Default)]
pub(super) struct Arrival {
    bytes: u64,
    waited: Duration,
}

impl Arrival {
    fn is_below(&self, bytes_a_second: u64, waited: Duration) -> bool {
        u128::from(self.bytes) * 1000 < u128::from(bytes_a_second) * waited.as_millis()
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Phase {
    /// For a request: reading a head, or idle.
    Waiting,
    /// For the handler.
    Handling,
    /// For the client to send more of the body that the handler reads.
    Receiving,
    /// For the client to read what it asked for.
    Sending,
}

impl Table {
    /// Seats a connection from `network`, which must leave once `open` is dropped; its number.
    pub fn seat(&mut self, network: Option<IpAddr>, open: oneshot::Sender<Infallible>) -> u64 {
        let id = self.next;
        self.next += 1;
        let slot = Slot {
            network,
            phase: Phase::Waiting,
            since: Instant::now(),
            request: 0,
            arrival: Arrival::default(),
            proven: false,
            long_lived: false,
            _open: open,
        };
        self.slots.insert(id, slot);
        id
    }

    /// Has whoever is first to leave go, whoever comes in their place; tells whether there was one.
    pub fn evict(&mut self, patience: Duration) -> bool {
        self.evict_among(patience, |_| true, |_| Some(false))
    }

    /// Has connections of a newcomer's own network leave until there are fewer than `most` ordinary ones; `None` if they
    /// must stay.
    pub fn make_room_in(&mut self, network: IpAddr, most: usize, patience: Duration) -> Option<()> {
        let theirs = |slot: &Slot| slot.network == Some(network);
        self.make_room_among(most, patience, theirs, |_| Some(false))
    }

    /// The same for all together and a newcomer from `network`. Nobody leaves for the sake of a network that has as many
    /// as their own, itself excepted.
    pub fn make_room(&mut self, network: Option<IpAddr>, most: usize, patience: Duration) -> Option<()> {
        let mut seated: HashMap<IpAddr, usize> = HashMap::new();
        for network in self.slots.values().filter(|slot| !slot.long_lived).filter_map(|slot| slot.network) {
            *seated.entry(network).or_default() += 1;
        }
        let count = |network: Option<IpAddr>| network.and_then(|one| seated.get(&one)).copied().unwrap_or(0);
        let newcomers = count(network) + 1;
        self.make_room_among(
            most,
            patience,
            |_| true,
            |slot| {
                let theirs = count(slot.network);
                let may_leave = slot.network.is_none() || slot.network == network || theirs >= newcomers;
                may_leave.then_some(slot.network != network && theirs > CROWDED * newcomers)
            },
        )
    }

    fn make_room_among(
        &mut self,
        most: usize,
        patience: Duration,
        among: impl Fn(&Slot) -> bool,
        crowds: impl Fn(&Slot) -> Option<bool>,
    ) -> Option<()> {
        let ordinary = |slot: &Slot| !slot.long_lived && among(slot);
        let mut seated = self.slots.values().filter(|slot| ordinary(slot)).count();
        while seated >= most {
            if !self.evict_among(patience, ordinary, &crowds) {
                return None;
            }
            seated -= 1;
        }
        Some(())
    }

    /// `crowds` says whether a connection's address crowds, or (`None`) that it must stay.
    fn evict_among(
        &mut self,
        patience: Duration,
        among: impl Fn(&Slot) -> bool,
        crowds: impl Fn(&Slot) -> Option<bool>,
    ) -> bool {
        let candidates = self.slots.iter().filter(|(_, slot)| among(slot));
        let ranked = candidates.filter_map(|(id, slot)| Some((slot.rank(patience, crowds(slot)?)?, *id)));
        let first = ranked.min();
        first.is_some_and(|(_, id)| self.slots.remove(&id).is_some())
    }
}

impl Slot {
    pub fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.since = Instant::now();
        self.proven |= phase == Phase::Sending;
        self.long_lived &= phase != Phase::Waiting;
    }

    /// The handler waits for its body, or (with so many bytes of it) goes on.
    pub fn arrive(&mut self, came: Option<usize>) {
        let awaited = self.phase == Phase::Receiving;
        match came {
            None if awaited => {}
            None => self.enter(Phase::Receiving),
            Some(bytes) => {
                if awaited {
                    self.arrival.waited += self.since.elapsed();
                }
                self.arrival.bytes += bytes as u64;
                self.enter(Phase::Handling);
            }
        }
    }

    /// The lowest leaves first; `None` must stay. Whose address `crowds` may have to go before they are proven slow.
    fn rank(&self, patience: Duration, crowds: bool) -> Option<(u8, Instant)> {
        let elapsed = self.since.elapsed();
        let waited = self.arrival.waited + elapsed;
        let is_slower = |least, after| waited >= after && self.arrival.is_below(least, waited);
        match self.phase {
            Phase::Waiting if !self.proven && elapsed >= GRACE => Some((0, self.since)),
            Phase::Waiting => Some((1, self.since)),
            Phase::Receiving if is_slower(SLOW, GRACE) => Some((2, self.since)),
            Phase::Sending if elapsed >= patience => Some((3, self.since)),
            Phase::Receiving if is_slower(SLOW_FOR_LONG, patience) => Some((4, self.since)),
            Phase::Receiving if crowds && is_slower(SLOW_FOR_LONG, Duration::ZERO) => Some((5, self.since)),
            Phase::Sending if crowds && elapsed >= GRACE => Some((6, self.since)),
            Phase::Handling | Phase::Receiving | Phase::Sending => None,
        }
    }
}
