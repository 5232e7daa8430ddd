//! A brake on sign-in attempts per address, bounded in memory whatever arrives.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lru::LruCache;

use crate::kernel::clock::Instant;

/// Addresses remembered; the least recently seen is forgotten first.
pub const ADDRESSES: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// A token bucket per address: `burst` attempts at once, then one every `refill`.
pub struct Throttle {
    buckets: Mutex<LruCache<IpAddr, Bucket>>,
    burst: u32,
    refill: Duration,
}

struct Bucket {
    left: f64,
    seen: Instant,
}

impl Throttle {
    pub fn new(burst: u32, refill: Duration) -> Self {
        Self { buckets: Mutex::new(LruCache::new(ADDRESSES)), burst, refill }
    }

    /// Takes one attempt, or says how long to wait for the next. IPv6 neighbours of one /64 count as one.
    pub fn take(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let burst = f64::from(self.burst);
        let bucket = buckets.get_or_insert_mut(network(address), || Bucket { left: burst, seen: now });
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
