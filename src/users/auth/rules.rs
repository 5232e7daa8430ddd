//! How long sessions live and how long wrong passwords must wait. Pure.

use std::time::Duration;

use crate::kernel::auth::Role;
use crate::kernel::clock::Instant;
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// Live sessions of one person; one more ends the oldest.
pub const MAX_SESSIONS: usize = 10;

/// A session unused for this long ends.
pub const IDLE_LIFE: Duration = hours(12);

/// A session ends after this long however much it is used: an administrator's, and everybody else's.
const ADMIN_LIFE: Duration = hours(12);
const LIFE: Duration = hours(30 * 24);

/// A used refresh token still gives the same successor for this long: answers get lost, tabs come in twos.
const GRACE: Duration = Duration::from_secs(10);

/// Wrong passwords for one name from one place before it waits there.
pub const FAILURES_ALLOWED: i64 = 5;
/// Failures are counted together within this time.
const WINDOW: Duration = Duration::from_secs(15 * 60);
const FIRST_WAIT: u64 = 30;
pub const LONGEST_WAIT: u64 = 15 * 60;

/// Wrong passwords for one name from all networks together, within an hour, before it waits on every device that
/// the person has not signed in on. One network alone never gets there: its own waits come first.
pub const FAILURES_ANYWHERE: i64 = 50;
const ANYWHERE_WINDOW: Duration = hours(1);

const fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3600)
}

/// When a session begun at `created_at` and used now ends.
pub fn session_end(role: Role, created_at: Instant, now: Instant) -> Instant {
    let life = if role == Role::Admin { ADMIN_LIFE } else { LIFE };
    now.plus(IDLE_LIFE).min(created_at.plus(life))
}

/// What to do with a refresh token of a live session.
#[derive(Debug, PartialEq, Eq)]
pub enum Exchange {
    /// Its first use.
    Rotate,
    /// The same successor again.
    Repeat,
    /// Someone has a copy.
    Reused,
}

impl Exchange {
    pub fn of(used_at: Option<Instant>, now: Instant) -> Self {
        match used_at {
            None => Self::Rotate,
            Some(used_at) if now <= used_at.plus(GRACE) => Self::Repeat,
            Some(_) => Self::Reused,
        }
    }
}

/// The wrong passwords given for one name lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    pub count: i64,
    pub first_at: Instant,
    pub blocked_until: Instant,
}

impl Failures {
    /// With one more failure: from the fifth on the name waits 30 s, 60 s, 2 min … 15 min.
    pub fn one_more(before: Option<Self>, now: Instant) -> Self {
        let recent = before.filter(|failures| now < failures.forgotten_at());
        let count = recent.map_or(0, |failures| failures.count) + 1;
        let first_at = recent.map_or(now, |failures| failures.first_at);
        let wait = match count - FAILURES_ALLOWED {
            ..0 => 0,
            beyond => (FIRST_WAIT << beyond.min(5)).min(LONGEST_WAIT),
        };
        Self { count, first_at, blocked_until: now.plus(Duration::from_secs(wait)) }
    }

    /// With one more failure among those of all networks: from the fiftieth on the name waits until the hour is over.
    pub fn one_more_anywhere(before: Option<Self>, now: Instant) -> Self {
        let recent = before.filter(|failures| now < failures.first_at.plus(ANYWHERE_WINDOW));
        let count = recent.map_or(0, |failures| failures.count) + 1;
        let first_at = recent.map_or(now, |failures| failures.first_at);
        let ends = first_at.plus(ANYWHERE_WINDOW);
        Self { count, first_at, blocked_until: if count < FAILURES_ANYWHERE { now } else { ends } }
    }

    /// Refuses (429) an attempt during the wait, even with the right password.
    pub fn check(&self, now: Instant) -> Result<()> {
        let wait = self.blocked_until.as_second() - now.as_second();
        if wait <= 0 { Ok(()) } else { Err(wait_for(Duration::from_secs(wait.unsigned_abs()))) }
    }

    fn forgotten_at(&self) -> Instant {
        if self.count < FAILURES_ALLOWED {
            self.first_at.plus(WINDOW)
        } else {
            self.blocked_until.plus(WINDOW)
        }
    }
}

/// 429 for too many attempts to sign in.
pub fn wait_for(wait: Duration) -> Error {
    let seconds = wait.as_secs().max(1);
    Error::TooMany(
        wait,
        phrase!(
            "Trop d’essais de connexion ; réessayez dans {seconds} s.",
            "Too many attempts to sign in; try again in {seconds} s.",
            "محاولات دخول كثيرة؛ أعد المحاولة بعد \u{2068}{seconds} s\u{2069}."
        ),
    )
}

/// 422 for the password that somebody else gave, chosen again: two would go on knowing it.
pub fn same_password(field: &str) -> Error {
    Error::invalid(
        field,
        "mot_de_passe_inchange",
        phrase!("est celui qui vous a été donné", "is the one that was given to you", "هي التي أُعطيت لك"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_half_a_minute_to_a_quarter_of_an_hour_and_is_forgotten_later() {
        let (mut now, mut failures) = (Instant::from_second(1_000_000), None);
        let mut waits = Vec::new();
        for _ in 0..12 {
            let next = Failures::one_more(failures, now);
            waits.push(next.blocked_until.as_second() - now.as_second());
            now = next.blocked_until;
            failures = Some(next);
        }
        assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);

        let much_later = now.plus(WINDOW);
        assert_eq!(Failures::one_more(failures, much_later).count, 1);
    }

    #[test]
    fn failures_far_apart_are_not_counted_together() {
        let start = Instant::from_second(1_000_000);
        let first = Failures::one_more(None, start);
        assert_eq!(Failures::one_more(Some(first), start.plus(WINDOW)).count, 1);
    }

    #[test]
    fn failures_of_all_networks_make_a_name_wait_until_their_hour_is_over() {
        let start = Instant::from_second(1_000_000);
        let mut failures = Failures::one_more_anywhere(None, start);
        for second in 1..49 {
            failures = Failures::one_more_anywhere(Some(failures), start.plus(Duration::from_secs(second)));
        }
        assert!(failures.check(start.plus(Duration::from_secs(49))).is_ok());

        failures = Failures::one_more_anywhere(Some(failures), start.plus(Duration::from_secs(49)));

        assert_eq!(failures.blocked_until, start.plus(hours(1)));
        assert_eq!(Failures::one_more_anywhere(Some(failures), start.plus(hours(1))).count, 1);
    }

    #[test]
    fn one_network_alone_never_gets_to_the_wait_of_all() {
        let start = Instant::from_second(1_000_000);
        let (mut now, mut here, mut count) = (start, None, 0);
        while now < start.plus(ANYWHERE_WINDOW) {
            let next = Failures::one_more(here, now);
            now = next.blocked_until;
            here = Some(next);
            count += 1;
        }
        assert!(count < FAILURES_ANYWHERE, "{count}");
    }

    #[test]
    fn an_administrators_session_ends_after_half_a_day_however_much_it_is_used() {
        let start = Instant::from_second(1_000_000);
        let later = start.plus(hours(11));
        assert_eq!(session_end(Role::Admin, start, later), start.plus(hours(12)));
        assert_eq!(session_end(Role::Technicien, start, later), start.plus(hours(23)));
        assert_eq!(session_end(Role::Technicien, start, start.plus(hours(719))), start.plus(hours(720)));
    }
}
