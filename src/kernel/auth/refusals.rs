//! Refusals in the journal: the first of a minute one by one, the rest counted, for nobody may fill an
//! append-only table by knocking at doors that stay shut.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use super::Who;
use super::guard::Refused;
use super::throttle::network;
use crate::ids::UserId;
use crate::kernel::app::System;
use crate::kernel::clock::Instant;
use crate::kernel::db::Change;
use crate::kernel::error::Result;

/// Entries of one person for one right in one minute.
pub const PER_MINUTE: u64 = 10;

/// Entries of one name, known or not, at sign-in in one minute; and of all names from one network.
pub const OF_A_NAME: u64 = 10;
pub const OF_A_NETWORK: u64 = 10;

/// Entries of sign-in in one minute, whoever tries from wherever.
pub const OF_ALL: u64 = 30;

/// Pairs of person and right, names, networks remembered; of the least recently refused only the count stays.
pub const REMEMBERED: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// Which refusals are written, bounded in memory whatever arrives; cheap to clone.
#[derive(Clone)]
pub struct Refusals(Arc<Parts>);

struct Parts {
    rights: Counted<(UserId, &'static str)>,
    names: Counted<String>,
    networks: Counted<Option<std::net::IpAddr>>,
    all: Counted<()>,
}

/// How many refusals an entry of sign-in stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    /// Of its own name, itself included.
    pub own: u64,
    /// Of others, which there was no room to write.
    pub others: u64,
}

impl Refusals {
    pub(in crate::kernel) fn new() -> Self {
        Self(Arc::new(Parts {
            rights: Counted::new(PER_MINUTE),
            names: Counted::new(OF_A_NAME),
            networks: Counted::new(OF_A_NETWORK),
            all: Counted::new(OF_ALL),
        }))
    }

    /// How many refusals the entry for this one stands for, itself included; `None` when it is only counted, for
    /// the first entry of a later minute. So it is also when there is no `room` for an entry, who is asked for each.
    pub fn count(
        &self,
        user: UserId,
        right: &'static str,
        now: Instant,
        room: impl FnOnce() -> bool,
    ) -> Option<u64> {
        self.0.rights.count((user, right), 1, now, room).map(|before| before + 1)
    }

    /// The same for a refused proof of who somebody is, under a name as its key says it.
    pub(in crate::kernel) fn count_sign_in(&self, key: &str, who: &Who) -> Option<Stands> {
        let own = self.0.names.count(key.to_owned(), 1, who.now, always)? + 1;
        let neighbours = self.0.networks.count(who.address.map(network), own, who.now, always)?;
        let elsewhere = self.0.all.count((), own + neighbours, who.now, always)?;
        Some(Stands { own, others: neighbours + elsewhere })
    }

    /// Counts again refused sign-ins that were taken and could not be written.
    pub fn put_back_sign_ins(&self, count: u64) {
        self.0.all.put_back(vec![(None, count)]);
    }

    /// The same for a refusal of a right whose entry could not be written, which stood for `count`.
    pub fn put_back(&self, user: UserId, right: &'static str, count: u64) {
        self.0.rights.put_back(vec![(Some((user, right)), count)]);
    }

    /// Takes the number of refused sign-ins that are counted and in no entry yet.
    pub fn take_sign_ins(&self) -> u64 {
        let names = self.0.names.take().into_iter().map(|(_, count)| count).sum::<u64>();
        let networks = self.0.networks.take().into_iter().map(|(_, count)| count).sum::<u64>();
        names + networks + self.0.all.take().into_iter().map(|(_, count)| count).sum::<u64>()
    }
}

/// Writes what was counted and is in no entry yet: one entry per person and right. Returns how many.
pub async fn write_counted(system: &System) -> Result<usize> {
    let counted = system.app().refusals().0.rights.take();
    if counted.is_empty() {
        return Ok(0);
    }
    let entries = counted.len();
    let told = counted.clone();
    let written = system
        .write_vital(move |tx| {
            for (of, count) in told {
                let (right, user) = of.map_or(("*", None), |(user, right)| (right, Some(user)));
                let refused = Refused::counted(right, user, count);
                tx.record(&refused, Change::created(&refused)?)?;
            }
            Ok(())
        })
        .await;
    if let Err(cause) = written {
        // They wait for the next time.
        system.app().refusals().0.rights.put_back(counted);
        return Err(cause);
    }
    Ok(entries)
}

/// Room for whatever else bounds it.
fn always() -> bool {
    true
}

/// Events by what they are of: so many a minute pass, the rest is counted.
struct Counted<K> {
    per_minute: u64,
    minutes: Mutex<Minutes<K>>,
}

struct Minutes<K> {
    known: LruCache<K, Minute>,
    /// Counts of those that are no longer remembered.
    forgotten: u64,
}

struct Minute {
    began: i64,
    written: u64,
    unwritten: u64,
}

impl<K: Hash + Eq + Clone> Counted<K> {
    fn new(per_minute: u64) -> Self {
        Self { per_minute, minutes: Mutex::new(Minutes { known: LruCache::new(REMEMBERED), forgotten: 0 }) }
    }

    /// How many were counted before this one passes; `None` when it does not, and adds `weight` to the count.
    fn count(&self, key: K, weight: u64, now: Instant, room: impl FnOnce() -> bool) -> Option<u64> {
        let mut minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.as_second().div_euclid(60);
        if !minutes.known.contains(&key) {
            let fresh = Minute { began: minute, written: 0, unwritten: 0 };
            let least_recent = minutes.known.push(key.clone(), fresh);
            minutes.forgotten += least_recent.map_or(0, |(_, minute)| minute.unwritten);
        }
        let known = minutes.known.get_mut(&key)?;
        if known.began != minute {
            (known.began, known.written) = (minute, 0);
        }
        if known.written == self.per_minute || !room() {
            known.unwritten += weight;
            return None;
        }
        known.written += 1;
        Some(std::mem::take(&mut known.unwritten))
    }

    /// Counts again what was taken and could not be written.
    fn put_back(&self, taken: Vec<(Option<K>, u64)>) {
        let mut minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, count) in taken {
            match key.and_then(|key| minutes.known.peek_mut(&key).map(|minute| &mut minute.unwritten)) {
                Some(unwritten) => *unwritten += count,
                None => minutes.forgotten += count,
            }
        }
    }

    /// Takes every count that waits; that of the forgotten has no key.
    fn take(&self) -> Vec<(Option<K>, u64)> {
        let mut minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
        let forgotten = std::mem::take(&mut minutes.forgotten);
        let waiting = minutes.known.iter_mut().filter(|(_, minute)| minute.unwritten > 0);
        let mut taken: Vec<_> =
            waiting.map(|(key, minute)| (Some(key.clone()), std::mem::take(&mut minute.unwritten))).collect();
        taken.extend((forgotten > 0).then_some((None, forgotten)));
        taken
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{OF_A_NAME, OF_A_NETWORK, OF_ALL, PER_MINUTE, Refusals, Stands, Who, always};
    use crate::ids::UserId;
    use crate::kernel::auth::Actor;
    use crate::kernel::clock::Instant;

    const NOW: Instant = Instant::from_second(1_800_000_000);

    #[test]
    fn a_person_who_is_refused_a_thousand_times_a_minute_leaves_ten_entries_and_a_count() {
        let refusals = Refusals::new();
        let count = |user: i64, right, now| refusals.count(UserId(user), right, now, always);

        let written = (0..1000).filter_map(|_| count(1, "audit.lire", NOW)).sum::<u64>();
        let others = (count(2, "audit.lire", NOW), count(1, "users.lire", NOW));
        let later = count(1, "audit.lire", NOW.plus(Duration::from_secs(60)));

        assert_eq!(written, PER_MINUTE);
        assert_eq!(others, (Some(1), Some(1)));
        assert_eq!(later, Some(1000 - PER_MINUTE + 1));
    }

    #[test]
    fn a_refusal_for_which_there_is_no_room_is_told_by_the_next_entry() {
        let refusals = Refusals::new();

        assert_eq!(refusals.count(UserId(1), "audit.lire", NOW, || false), None);
        assert_eq!(refusals.count(UserId(1), "audit.lire", NOW, always), Some(2));
    }

    fn from(address: &str, now: Instant) -> Who {
        let address = Some(address.parse().unwrap());
        Who { actor: Actor::nobody(), now, address, request_id: None }
    }

    #[test]
    fn a_thousand_wrong_passwords_of_a_name_leave_ten_entries_and_a_count() {
        let refusals = Refusals::new();
        let here = from("192.0.2.7", NOW);
        let written = (0..1000).filter_map(|_| refusals.count_sign_in("a", &here)).count() as u64;

        let later = from("192.0.2.7", NOW.plus(Duration::from_secs(60)));

        assert_eq!(written, OF_A_NAME);
        assert_eq!(
            refusals.count_sign_in("a", &later),
            Some(Stands { own: 1000 - OF_A_NAME + 1, others: 0 })
        );
        assert_eq!(refusals.take_sign_ins(), 0, "all are written");
    }

    #[test]
    fn invented_names_leave_no_more_entries_than_one_name_and_none_is_lost() {
        let refusals = Refusals::new();
        let here = from("192.0.2.7", NOW);
        let written = |who: &Who, names: std::ops::Range<u64>| {
            let stands = names.filter_map(|name| refusals.count_sign_in(&format!("n{name}"), who));
            stands.fold((0, 0), |(entries, told), stands| (entries + 1, told + stands.own + stands.others))
        };
        let one_network = written(&here, 0..1000);
        let mut everywhere = (0, 0);
        for network in 0..100 {
            let (entries, told) = written(&from(&format!("198.51.{network}.1"), NOW), 1000..1010);
            everywhere = (everywhere.0 + entries, everywhere.1 + told);
        }

        assert_eq!(one_network, (OF_A_NETWORK, OF_A_NETWORK));
        assert_eq!(everywhere.0 + OF_A_NETWORK, OF_ALL);
        assert_eq!(refusals.take_sign_ins() + one_network.1 + everywhere.1, 2000);
        assert_eq!(refusals.take_sign_ins(), 0);
    }

    #[test]
    fn what_could_not_be_written_is_counted_again() {
        let refusals = Refusals::new();
        let count = |user, now| refusals.count(UserId(user), "audit.lire", now, always);
        for _ in 0..100 {
            count(1, NOW);
            refusals.count_sign_in("a", &from("192.0.2.7", NOW));
        }
        let later = NOW.plus(Duration::from_secs(60));

        let sign_ins = refusals.take_sign_ins();
        refusals.0.rights.put_back(refusals.0.rights.take());
        refusals.put_back(UserId(1), "audit.lire", 5);
        refusals.put_back(UserId(2), "audit.lire", 7);
        refusals.put_back_sign_ins(sign_ins);

        assert_eq!(count(1, later), Some(100 - PER_MINUTE + 5 + 1));
        assert_eq!(refusals.0.rights.take(), [(None, 7)]);
        assert_eq!((sign_ins, refusals.take_sign_ins()), (100 - OF_A_NAME, 100 - OF_A_NAME));
    }

    #[test]
    fn the_count_of_whoever_is_forgotten_stays() {
        let refusals = Refusals::new();
        for _ in 0..100 {
            refusals.count(UserId(0), "audit.lire", NOW, always);
        }
        for user in 1..=super::REMEMBERED.get() as i64 {
            refusals.count(UserId(user), "audit.lire", NOW, always);
        }

        assert_eq!(refusals.0.rights.take(), [(None, 100 - PER_MINUTE)]);
    }
}
