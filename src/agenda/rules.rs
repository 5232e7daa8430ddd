//! Arithmetic of half-open intervals `[from, to)`: what is free, and where a job fits.

use crate::kernel::clock::Instant;

/// `[from, to)`; nothing when `to` is not after `from`.
pub type Interval = (Instant, Instant);

/// Suggested slots begin on a quarter hour; every zone's offset is a whole number of them.
const QUARTER: i64 = 15 * 60;

/// The same moments as sorted intervals that neither overlap nor touch.
pub fn union(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.retain(|(from, to)| from < to);
    intervals.sort_unstable();
    let mut merged: Vec<Interval> = Vec::with_capacity(intervals.len());
    for (from, to) in intervals {
        match merged.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            _ => merged.push((from, to)),
        }
    }
    merged
}

/// What of each interval lies inside `[from, to)`.
pub fn clip(intervals: &[Interval], (from, to): Interval) -> Vec<Interval> {
    let inside = |&(start, end): &Interval| (start.max(from), end.min(to));
    intervals.iter().map(inside).filter(|(start, end)| start < end).collect()
}

/// The windows minus what is busy, as [`union`] gives it.
pub fn free(windows: Vec<Interval>, busy: Vec<Interval>) -> Vec<Interval> {
    let busy = union(busy);
    let mut free = Vec::new();
    for (mut from, to) in union(windows) {
        for (start, end) in clip(&busy, (from, to)) {
            if from < start {
                free.push((from, start));
            }
            from = end;
        }
        if from < to {
            free.push((from, to));
        }
    }
    free
}

/// Whole minutes covered by the intervals, overlaps counted once.
pub fn minutes(intervals: Vec<Interval>) -> i64 {
    union(intervals).iter().map(|(from, to)| to.minutes_since(*from)).sum()
}

/// The first `count` places for a job of this many minutes in free time: on quarter hours, one after another.
pub fn places(free: &[Interval], minutes: i64, count: usize) -> Vec<Interval> {
    let mut places = Vec::new();
    for &(from, to) in free {
        let mut start = round_up(from);
        while places.len() < count && end_of(start, minutes) <= to {
            places.push((start, end_of(start, minutes)));
            start = round_up(end_of(start, minutes));
        }
    }
    places
}

/// The quarter hour at or after this moment.
pub fn round_up(instant: Instant) -> Instant {
    Instant::from_second((instant.as_second() + QUARTER - 1).div_euclid(QUARTER) * QUARTER)
}

fn end_of(start: Instant, minutes: i64) -> Instant {
    Instant::from_second(start.as_second() + minutes * 60)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Instant {
        Instant::from_second(second)
    }

    fn intervals() -> impl Strategy<Value = Vec<Interval>> {
        vec((0..50_000_i64, 0..9_000_i64).prop_map(|(from, length)| (at(from), at(from + length))), 0..12)
    }

    fn overlap(a: &Interval, b: &Interval) -> bool {
        a.0 < b.1 && b.0 < a.1
    }

    #[test]
    fn what_touches_becomes_one_and_what_is_empty_disappears() {
        let merged = union(vec![(at(10), at(20)), (at(0), at(10)), (at(30), at(30)), (at(40), at(50))]);

        assert_eq!(merged, [(at(0), at(20)), (at(40), at(50))]);
    }

    #[test]
    fn a_job_begins_on_a_quarter_hour_and_fits_exactly() {
        let free = [(at(1), at(1800)), (at(2700), at(4500))];

        let found = places(&free, 15, 9);

        assert_eq!(found, [(at(900), at(1800)), (at(2700), at(3600)), (at(3600), at(4500))]);
    }

    proptest! {
        #[test]
        fn free_and_busy_cover_the_windows_and_never_meet(windows in intervals(), busy in intervals()) {
            let found = free(windows.clone(), busy.clone());

            prop_assert!(found.iter().all(|f| f.0 < f.1 && !busy.iter().any(|b| overlap(f, b) && b.0 < b.1)));
            prop_assert!(found.windows(2).all(|pair| pair[0].1 < pair[1].0));
            let covered = union(found.into_iter().chain(busy).collect());
            for window in union(windows) {
                prop_assert_eq!(clip(&covered, window), vec![window]);
            }
        }

        #[test]
        fn a_suggested_place_is_free_and_as_long_as_the_job(
            windows in intervals(), busy in intervals(), length in 1..120_i64, count in 0..6_usize,
        ) {
            let found = places(&free(windows.clone(), busy.clone()), length, count);

            prop_assert!(found.len() <= count);
            for place in &found {
                prop_assert!(!busy.iter().any(|b| overlap(place, b) && b.0 < b.1));
                prop_assert_eq!(clip(&union(windows.clone()), *place), vec![*place]);
                prop_assert_eq!(place.1.minutes_since(place.0), length);
                prop_assert_eq!(place.0.as_second() % QUARTER, 0);
            }
            prop_assert!(found.windows(2).all(|pair| !overlap(&pair[0], &pair[1])));
        }
    }
}
