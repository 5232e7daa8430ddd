//! Brakes: so much at once, then one every so often. Bounded in memory whatever arrives.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lru::LruCache;

use crate::ids::UserId;
use crate::kernel::clock::Instant;

/// Addresses remembered, and people; the least recently seen is forgotten first.
pub const ADDRESSES: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// A token bucket for each of whom it counts: `burst` at once, then one every `refill`.
struct Buckets<K> {
    known: Mutex<LruCache<K, Bucket>>,
    burst: u32,
    refill: Duration,
}

struct Bucket {
    left: f64,
    seen: Instant,
}

impl<K: Hash + Eq> Buckets<K> {
    fn new(burst: u32, refill: Duration) -> Self {
        Self { known: Mutex::new(LruCache::new(ADDRESSES)), burst, refill }
    }

    /// Takes one, or says how long to wait for the next.
    fn take(&self, of: K, now: Instant) -> Result<(), Duration> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let burst = f64::from(self.burst);
        let bucket = known.get_or_insert_mut(of, || Bucket { left: burst, seen: now });
        let idle = (now.as_second() - bucket.seen.as_second()).max(0) as f64;
        bucket.left = (bucket.left + idle / self.refill.as_secs_f64()).min(burst);
        bucket.seen = now;
        if bucket.left < 1.0 {
            return Err(self.refill.mul_f64(1.0 - bucket.left).max(Duration::from_secs(1)));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

/// A brake on what comes from one address.
pub struct Throttle(Buckets<IpAddr>);

impl Throttle {
    pub fn new(burst: u32, refill: Duration) -> Self {
        Self(Buckets::new(burst, refill))
    }

    /// Takes one attempt, or says how long to wait for the next. IPv6 neighbours of one /64 count as one.
    pub fn take(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        self.0.take(network(address), now)
    }
}

/// A brake on what one person does, from wherever.
pub struct Budget(Buckets<UserId>);

impl Budget {
    pub fn new(burst: u32, refill: Duration) -> Self {
        Self(Buckets::new(burst, refill))
    }

    /// Takes one, or says how long to wait for the next.
    pub fn take(&self, user: UserId, now: Instant) -> Result<(), Duration> {
        self.0.take(user, now)
    }
}

/// What counts as one place: an IPv4 address, or the /64 of an IPv6 one.
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_none() => {
            let mut segments = v6.segments();
            segments[4..].fill(0);
            IpAddr::V6(segments.into())
        }
        other => other.to_canonical(),
    }
}
