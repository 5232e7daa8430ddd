//! Who is connected, what each connection is doing, and which one must leave to let another in.
//!
//! A connection is a [`Seat`]; while it handles a request it also holds an [`Exchange`], which
//! travels into the response's body. Both give back what they hold when dropped, so a panic, a cut
//! or a plain end all leave the table true.
//!
//! A request's body is an [`Arriving`]: while its handler waits for the client to send more, the connection may have to
//! leave if what came is too little for the time it took. Each piece is given to the handler only after the table
//! has confirmed, under its lock, that the connection still has its seat, and from then until the handler asks for more it
//! is the handler's: so a handler that has read its whole body is never one of a connection that had to leave.
//!
//! A reply that stays open for hours ([`LongLived`]) gives the connection's ordinary place back: such replies have limits
//! of their own where they are made.
//!
//! The response is handed over in slices: a handler's body is often a single piece, which hyper
//! would take whole, and the exchange would look over while megabytes are still to be sent. What
//! hyper holds after the last slice (its buffer, as long as a head at most, and one slice) is the
//! only part an eviction can cut short.

use std::{
    convert::Infallible,
    io,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::sync::oneshot;

use super::Limits;
use super::seats::{Arrival, Phase, Table};
use crate::kernel::auth::network;

#[cfg(test)]
mod tests;

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

/// A request being handled: as long as it lives its connection is not evicted, unless its client is what it waits for.
pub struct Exchange {
    connections: Arc<Connections>,
    id: u64,
    /// Which of the connection's requests it is.
    request: u64,
}

/// Says, among a response's extensions, that it stays open for hours and was counted where it was made.
#[derive(Clone, Copy, Debug)]
pub struct LongLived;

/// A request's body, while the handler waits for which its connection is the client's to keep.
pub struct Arriving {
    body: Incoming,
    connections: Arc<Connections>,
    id: u64,
    request: u64,
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
            table.make_room_in(network, self.most_per_address, self.patience)?;
        }
        table.make_room(network, self.most, self.patience)?;
        let (open, evicted) = oneshot::channel();
        let id = table.seat(network, open);
        let connections = Arc::clone(self);
        Some((Seat { connections, id }, evicted))
    }

    /// Closes the connection that has been waiting longest; tells whether there was one.
    pub fn evict(&self) -> bool {
        self.table().evict(self.patience)
    }

    fn enter(&self, id: u64, phase: Phase) -> Option<()> {
        self.table().slots.get_mut(&id)?.enter(phase);
        Some(())
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Marks the connection as at work; `None` if it has just been evicted.
    pub fn begin(&self) -> Option<Exchange> {
        let mut table = self.connections.table();
        let slot = table.slots.get_mut(&self.id)?;
        slot.enter(Phase::Handling);
        slot.request += 1;
        slot.arrival = Arrival::default();
        Some(Exchange { connections: Arc::clone(&self.connections), id: self.id, request: slot.request })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.connections.table().slots.remove(&self.id);
    }
}

impl Exchange {
    /// The same `body`, as it arrives.
    pub fn receive(&self, body: Incoming) -> Arriving {
        Arriving { body, connections: Arc::clone(&self.connections), id: self.id, request: self.request }
    }

    /// From now on the reply is one that stays open: it takes none of the ordinary places.
    pub fn stay_open(&self) {
        if let Some(slot) = self.connections.table().slots.get_mut(&self.id) {
            slot.long_lived = true;
        }
    }

    /// The same `body`, during the sending of which the exchange goes on.
    pub fn send(self, body: Body) -> Sending {
        self.enter(Phase::Sending);
        Sending { body, rest: Bytes::new(), exchange: self }
    }

    /// As if its handler waited for its client to send more.
    #[cfg(test)]
    pub fn awaits(&self) {
        self.enter(Phase::Receiving);
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

impl Arriving {
    /// Notes that the handler waits for more, or that so many bytes came; an error if the connection had to leave.
    fn note(&self, came: Option<usize>) -> Result<(), axum::Error> {
        let mut table = self.connections.table();
        let slot = table.slots.get_mut(&self.id);
        let slot = slot.ok_or_else(|| axum::Error::new(io::Error::from(io::ErrorKind::ConnectionAborted)))?;
        // What is read and thrown away after the answer began is nobody's work.
        if slot.request == self.request && matches!(slot.phase, Phase::Handling | Phase::Receiving) {
            slot.arrive(came);
        }
        Ok(())
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        let came = match &polled {
            Poll::Pending => None,
            Poll::Ready(Some(Ok(frame))) => Some(frame.data_ref().map_or(0, Bytes::len)),
            Poll::Ready(_) => Some(0),
        };
        match (self.note(came), polled) {
            (Err(gone), _) => Poll::Ready(Some(Err(gone))),
            (Ok(()), polled) => polled.map(|frame| frame.map(|frame| frame.map_err(axum::Error::new))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
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
