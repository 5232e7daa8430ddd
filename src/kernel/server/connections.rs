//! Who is connected, what each connection is doing, and which one must leave to let another in.
//!
//! A connection is a [`Seat`]; while it handles a request it also holds an [`Exchange`], which
//! travels into the response's body. Both give back what they hold when dropped, so a panic, a cut
//! or a plain end all leave the table true.
//!
//! The response is handed over in slices: a handler's body is often a single piece, which hyper
//! would take whole, and the exchange would look over while megabytes are still to be sent. What
//! hyper holds after the last slice (its buffer, as long as a head at most, and one slice) is the
//! only part an eviction can cut short.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    net::{IpAddr, Ipv6Addr},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::oneshot;

use super::Limits;

/// Completes (with an error, nothing is ever sent) when the connection has lost its seat.
pub type Evicted = oneshot::Receiver<Infallible>;

/// The connections open now, within [`Limits`].
pub struct Connections {
    most: usize,
    most_per_address: usize,
    patience: Duration,
    trusted: Vec<IpAddr>,
    table: Mutex<Table>,
}

/// One connection's place among [`Connections`], given back on drop.
pub struct Seat {
    connections: Arc<Connections>,
    id: u64,
}

/// A request being handled: as long as it lives its connection is not evicted.
pub struct Exchange {
    connections: Arc<Connections>,
    id: u64,
}

/// A response's body, sent in slices, that keeps its [`Exchange`] alive.
pub struct Sending {
    body: Body,
    rest: Bytes,
    exchange: Exchange,
}

impl Connections {
    pub fn new(limits: &Limits) -> Arc<Self> {
        let trusted = limits.trusted_proxies.iter().map(IpAddr::to_canonical);
        Arc::new(Self {
            most: limits.connections,
            most_per_address: limits.connections_per_address,
            patience: limits.header_timeout,
            trusted: trusted.collect(),
            table: Mutex::default(),
        })
    }

    /// Seats a newcomer, in place of a waiting connection if need be; `None` if all are at work.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Option<(Seat, Evicted)> {
        let network = (!self.trusted.contains(&address)).then(|| network(address));
        let mut table = self.table();
        if let Some(network) = network {
            let among = |slot: &Slot| slot.network == Some(network);
            let seated = table.slots.values().filter(|slot| among(slot)).count();
            if seated >= self.most_per_address && !table.evict(self.patience, among) {
                return None;
            }
        }
        if table.slots.len() >= self.most && !table.evict(self.patience, |_| true) {
            return None;
        }
        let id = table.next;
        table.next += 1;
        let (open, evicted) = oneshot::channel();
        table.slots.insert(
            id,
            Slot { network, phase: Phase::Waiting, since: Instant::now(), proven: false, _open: open },
        );
        let connections = Arc::clone(self);
        Some((Seat { connections, id }, evicted))
    }

    /// Closes the connection that has been waiting longest; tells whether there was one.
    pub fn evict(&self) -> bool {
        self.table().evict(self.patience, |_| true)
    }

    fn enter(&self, id: u64, phase: Phase) -> Option<()> {
        let mut table = self.table();
        let slot = table.slots.get_mut(&id)?;
        slot.phase = phase;
        slot.since = Instant::now();
        slot.proven |= phase == Phase::Sending;
        Some(())
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Marks the connection as at work; `None` if it has just been evicted.
    pub fn begin(&self) -> Option<Exchange> {
        self.connections.enter(self.id, Phase::Handling)?;
        Some(Exchange { connections: Arc::clone(&self.connections), id: self.id })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.connections.table().slots.remove(&self.id);
    }
}

impl Exchange {
    /// The same `body`, during the sending of which the exchange goes on.
    pub fn send(self, body: Body) -> Sending {
        self.enter(Phase::Sending);
        Sending { body, rest: Bytes::new(), exchange: self }
    }

    fn enter(&self, phase: Phase) {
        self.connections.enter(self.id, phase); // if evicted, the connection is ending anyway
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.enter(Phase::Waiting);
    }
}

impl HttpBody for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            // hyper asking for more shows that the client is reading: waiting is the handler's.
            self.exchange.enter(Phase::Handling);
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                end_or_error => return Poll::Ready(end_or_error),
            }
        }
        self.exchange.enter(Phase::Sending);
        let slice = self.rest.len().min(SLICE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(slice)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let exact = self.body.size_hint().exact();
        exact.map_or_else(SizeHint::default, |body| SizeHint::with_exact(body + self.rest.len() as u64))
    }
}

const SLICE: usize = 16 * 1024;
/// How long a new connection may say nothing before that is held against it: its request may still
/// be on the way. Otherwise, among idle keep-alive connections, each newcomer would be the first
/// to leave for the next one.
pub const GRACE: Duration = Duration::from_secs(1);

/// Connections in order of arrival.
#[derive(Default)]
struct Table {
    slots: BTreeMap<u64, Slot>,
    next: u64,
}

struct Slot {
    network: Option<IpAddr>,
    phase: Phase,
    since: Instant,
    /// Has been answered at least once: not one of those that open and say nothing.
    proven: bool,
    _open: oneshot::Sender<Infallible>, // dropping it is the order to close
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    /// For a request: reading a head, or idle.
    Waiting,
    /// For the handler.
    Handling,
    /// For the client to read what it asked for.
    Sending,
}

impl Table {
    fn evict(&mut self, patience: Duration, among: impl Fn(&Slot) -> bool) -> bool {
        let candidates = self.slots.iter().filter(|(_, slot)| among(slot));
        let ranked = candidates.filter_map(|(id, slot)| Some((slot.rank(patience)?, *id)));
        let first = ranked.min();
        first.is_some_and(|(_, id)| self.slots.remove(&id).is_some())
    }
}

impl Slot {
    /// The lowest leaves first; `None` must stay.
    fn rank(&self, patience: Duration) -> Option<(u8, Instant)> {
        match self.phase {
            Phase::Waiting if !self.proven && self.since.elapsed() >= GRACE => Some((0, self.since)),
            Phase::Waiting => Some((1, self.since)),
            Phase::Sending if self.since.elapsed() >= patience => Some((2, self.since)),
            Phase::Handling | Phase::Sending => None,
        }
    }
}

/// What counts as one address: an IPv6 client commands a whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}
