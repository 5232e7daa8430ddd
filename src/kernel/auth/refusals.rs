//! Refusals in the journal: the first of a minute one by one, the rest counted, for nobody may fill an
//! append-only table by knocking at doors that stay shut.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use lru::LruCache;

use crate::ids::UserId;
use crate::kernel::clock::Instant;

/// Entries of one person for one right in one minute.
pub const PER_MINUTE: u64 = 10;

/// Pairs of person and right remembered; the least recently refused is forgotten first, with its count.
pub const REMEMBERED: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// Which refusals are written, bounded in memory whatever arrives.
pub struct Refusals(Mutex<LruCache<(UserId, &'static str), Minute>>);

struct Minute {
    began: i64,
    written: u64,
    unwritten: u64,
}

impl Refusals {
    pub(in crate::kernel) fn new() -> Self {
        Self(Mutex::new(LruCache::new(REMEMBERED)))
    }

    /// How many refusals the entry for this one stands for, itself included; `None` when it is only counted, for
    /// the first entry of a later minute.
    pub fn count(&self, user: UserId, right: &'static str, now: Instant) -> Option<u64> {
        let mut minutes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.as_second().div_euclid(60);
        let known =
            minutes.get_or_insert_mut((user, right), || Minute { began: minute, written: 0, unwritten: 0 });
        if known.began != minute {
            (known.began, known.written) = (minute, 0);
        }
        if known.written == PER_MINUTE {
            known.unwritten += 1;
            return None;
        }
        known.written += 1;
        Some(1 + std::mem::take(&mut known.unwritten))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{PER_MINUTE, Refusals};
    use crate::ids::UserId;
    use crate::kernel::clock::Instant;

    #[test]
    fn a_person_who_is_refused_a_thousand_times_a_minute_leaves_ten_entries_and_a_count() {
        let refusals = Refusals::new();
        let now = Instant::from_second(1_800_000_000);
        let count = |user: i64, right, now| refusals.count(UserId(user), right, now);

        let written = (0..1000).filter_map(|_| count(1, "audit.lire", now)).sum::<u64>();
        let others = (count(2, "audit.lire", now), count(1, "users.lire", now));
        let later = count(1, "audit.lire", now.plus(Duration::from_secs(60)));

        assert_eq!(written, PER_MINUTE);
        assert_eq!(others, (Some(1), Some(1)));
        assert_eq!(later, Some(1000 - PER_MINUTE + 1));
    }
}
