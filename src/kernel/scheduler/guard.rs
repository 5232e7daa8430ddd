//! Whether the machine's clock can be believed.
//!
//! Work that depends on the date must not be done on a wrong one: a month of preventive maintenance created
//! overnight because a battery died is worse than an hour's delay. What tells a wrong clock is where it stood
//! before (the mark, which outlives the process) and how much time really passed (the monotonic clock, which
//! does not). So at a start a clock that is ahead of the mark is downtime, and believed.

use std::time::Duration;

use crate::kernel::clock::Instant;
use crate::kernel::phrase::Phrase;
use crate::phrase;

/// A clock may be ahead by a wrong day and a wrong zone before anything is done too early for good.
const MOST_AHEAD: Duration = Duration::from_secs(26 * 3600);

/// Time servers set a clock back by seconds, and nothing comes of it.
const CORRECTION: Duration = Duration::from_secs(60);

/// Why the clock is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It was this late before.
    Backward { mark: Instant },
    /// By the time that passed since, it should be this late.
    Forward { expected: Instant },
}

impl Doubt {
    /// The same for people, with what the clock says now.
    pub fn phrase(self, now: Instant) -> Phrase {
        match self {
            Self::Backward { mark } => phrase!(
                "L’horloge du serveur indique {now}, alors qu’il était déjà {mark}. Réglez-la, ou confirmez qu’elle a raison.",
                "The server's clock says {now}, though it was {mark} already. Set it, or confirm that it is right.",
                "تشير ساعة الخادم إلى \u{2068}{now}\u{2069} مع أنها بلغت \u{2068}{mark}\u{2069} من قبل. اضبطها أو أكّد أنها صحيحة."
            ),
            Self::Forward { expected } => phrase!(
                "L’horloge du serveur indique {now}, alors qu’il devrait être {expected} environ. Réglez-la, ou confirmez qu’elle a raison.",
                "The server's clock says {now}, though it should be about {expected}. Set it, or confirm that it is right.",
                "تشير ساعة الخادم إلى \u{2068}{now}\u{2069} مع أن الوقت يجب أن يكون \u{2068}{expected}\u{2069} تقريبًا. اضبطها أو أكّد أنها صحيحة."
            ),
        }
    }
}

/// What is remembered of the clock.
#[derive(Debug, Default)]
pub struct Guard {
    /// The latest moment at which it was believed.
    mark: Option<Instant>,
    /// When it was last believed in this process: by the monotonic clock, and by itself.
    seen: Option<(Duration, Instant)>,
    doubt: Option<Doubt>,
}

impl Guard {
    /// A guard that remembers the mark of an earlier process.
    pub fn after(mark: Option<Instant>) -> Self {
        Self { mark, ..Self::default() }
    }

    /// Looks at the clock. A doubt ends by itself when the clock makes sense again: when it has passed the mark,
    /// or is back where the time that really passed puts it.
    pub fn judge(&mut self, wall: Instant, monotonic: Duration) -> Option<Doubt> {
        let expected = self.seen.map(|(then, seen)| seen.plus(monotonic.saturating_sub(then)));
        self.doubt = match (self.mark, expected) {
            (Some(mark), _) if wall.plus(CORRECTION) < mark => Some(Doubt::Backward { mark }),
            (_, Some(expected)) if wall > expected.plus(MOST_AHEAD) => Some(Doubt::Forward { expected }),
            _ => None,
        };
        if self.doubt.is_none() {
            self.mark = self.mark.max(Some(wall));
            self.seen = Some((monotonic, wall));
        }
        self.doubt
    }

    /// Somebody looked at another clock and says that this one is right.
    pub fn believe(&mut self, wall: Instant) {
        *self = Self::after(Some(wall));
    }

    pub fn mark(&self) -> Option<Instant> {
        self.mark
    }

    pub fn doubt(&self) -> Option<Doubt> {
        self.doubt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600;
    const DAY: i64 = 24 * HOUR;
    const NOW: i64 = 1_925_000_000;

    /// Judges a clock that says `wall` seconds after [`NOW`] when `monotonic` seconds have passed.
    fn judge(guard: &mut Guard, wall: i64, monotonic: i64) -> Option<Doubt> {
        guard.judge(Instant::from_second(NOW + wall), Duration::from_secs(monotonic as u64))
    }

    fn at(second: i64) -> Instant {
        Instant::from_second(NOW + second)
    }

    // b5
    #[test]
    fn corrections_and_changes_of_the_hour_ahead_are_believed() {
        let mut guard = Guard::default();

        let doubts = [(0, 0), (59, 60), (121, 120), (180 + HOUR, 180), (240 + 26 * HOUR, 240)]
            .map(|(wall, monotonic)| judge(&mut guard, wall, monotonic));

        assert_eq!(doubts, [None; 5]);
        assert_eq!(guard.mark(), Some(at(240 + 26 * HOUR)));
    }

    // b5
    #[test]
    fn a_clock_set_back_is_doubted_until_it_passes_where_it_was() {
        for back in [HOUR, 2 * DAY, NOW] {
            let mut guard = Guard::default();
            judge(&mut guard, 0, 0);

            let doubt = judge(&mut guard, 60 - back, 60);

            assert_eq!(doubt, Some(Doubt::Backward { mark: at(0) }));
            assert_eq!(judge(&mut guard, -61, back - 61), Some(Doubt::Backward { mark: at(0) }));
            assert_eq!(judge(&mut guard, -60, back - 60), None, "within a correction");
        }
    }

    // b5
    #[test]
    fn a_clock_more_than_26_hours_ahead_is_doubted_until_it_is_back() {
        let mut guard = Guard::default();
        judge(&mut guard, 0, 0);

        let ahead = judge(&mut guard, 60 + 400 * DAY, 60);
        let still = judge(&mut guard, 120 + 400 * DAY, 120);
        let back = judge(&mut guard, 180, 180);

        assert_eq!(ahead, Some(Doubt::Forward { expected: at(60) }));
        assert_eq!(still, Some(Doubt::Forward { expected: at(120) }));
        assert_eq!((back, guard.mark()), (None, Some(at(180))), "nothing of the wrong time is remembered");
    }

    // b5
    #[test]
    fn at_a_start_a_gap_is_downtime_and_a_clock_before_the_mark_is_doubted() {
        let mark = Some(at(0));

        let months_later = judge(&mut Guard::after(mark), 90 * DAY, 0);
        let dead_battery = judge(&mut Guard::after(mark), -NOW, 0);
        let first_start = judge(&mut Guard::after(None), -NOW, 0);

        assert_eq!((months_later, first_start), (None, None));
        assert_eq!(dead_battery, Some(Doubt::Backward { mark: at(0) }));
    }

    #[test]
    fn what_somebody_confirms_is_believed_from_then_on() {
        for (wall, monotonic) in [(-2 * DAY, 60), (400 * DAY, 60)] {
            let mut guard = Guard::default();
            judge(&mut guard, 0, 0);
            assert!(judge(&mut guard, wall, monotonic).is_some());

            guard.believe(at(wall));

            assert_eq!(guard.doubt(), None);
            assert_eq!(judge(&mut guard, wall + 60, monotonic + 60), None);
        }
    }
}
