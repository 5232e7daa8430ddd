//! What readings mean, when a threshold is passed, and when the next one will be. Pure.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::model::{Explication, NatureReleve};
use crate::kernel::clock::Instant;
use crate::kernel::quantity::Quantity;

const DAY: f64 = 86_400.0;

/// The use that an estimate is made from: as long as seasons of production average out, as short as a change of
/// shifts shows.
pub const WINDOW: Duration = Duration::from_secs(90 * 86_400);

/// Readings closer together tell nothing of a day's use.
const SHORTEST: f64 = DAY / 2.0;

/// A date further away is no estimate.
const FURTHEST_DAYS: f64 = 50.0 * 365.0;

/// A reading that counts, in the order of the instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub date: Instant,
    pub valeur: Quantity,
    /// What has been counted in all is this much more than the display shows.
    pub decalage: Quantity,
}

impl Point {
    /// What has been counted in all.
    pub fn cumul(&self) -> Quantity {
        self.valeur + self.decalage
    }
}

/// A new reading of a counter, and what is said of it.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub valeur: Quantity,
    pub explication: Option<Explication>,
    pub valeur_finale: Option<Quantity>,
    pub capacite: Option<Quantity>,
}

/// What a reading is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    pub nature: NatureReleve,
    /// What it adds to what the display does not show.
    pub saut: Quantity,
    pub cumul: Quantity,
}

/// Why a reading does not fit between its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Less than before: rollover, replacement or error?
    Decreasing,
    /// More than a later reading shows.
    AboveLater,
    /// A rollover or replacement would move all readings after it.
    BeforeLater,
    /// Nobody said where the display starts again.
    NoCapacity,
    /// Higher than where the display starts again.
    BeyondCapacity,
    /// Even so it would have gone backwards.
    StillDecreasing,
    /// The old meter showed less at the end than before.
    FinalBelow,
    /// More than the meter can have run since: replaced, or right?
    Leap,
}

/// Hours that a meter of hours may run ahead of the clock: readings are dated to the day.
const HOURS_AHEAD: f64 = 24.0;

/// How many times its usual pace a meter runs at most, over a day at the least.
const TIMES_USUAL: f64 = 10.0;

/// Whether a reading shows more than the meter can have run since the one before, at its usual pace if that is known.
pub fn is_leap(unite: &str, pace: Option<f64>, before: Point, (date, cumul): (Instant, Quantity)) -> bool {
    let run = (cumul - before.cumul()).0 as f64 / 1000.0;
    let days = (date.as_second() - before.date.as_second()) as f64 / DAY;
    let is_hours =
        matches!(unite.trim().to_lowercase().as_str(), "h" | "hr" | "hrs" | "heure" | "heures" | "hours");
    if is_hours {
        return run > days * 24.0 + HOURS_AHEAD;
    }
    pace.filter(|pace| *pace > 0.0).is_some_and(|pace| run > TIMES_USUAL * pace * days.max(1.0))
}

/// Takes a reading of a counter for what it is, between the reading before and the one after.
///
/// # Errors
/// Why it does not fit.
pub fn place(asked: Asked, before: Option<Point>, after: Option<Point>) -> Result<Placed, Misfit> {
    let Asked { valeur, explication, valeur_finale, capacite } = asked;
    if capacite.is_some_and(|capacite| valeur >= capacite) {
        return Err(Misfit::BeyondCapacity);
    }
    let offset = before.map_or(Quantity::ZERO, |before| before.decalage);
    let counted = before.map(|before| before.cumul());
    let (nature, saut) = match (explication, before) {
        (Some(Explication::Rebouclage), Some(_)) => {
            (NatureReleve::Rebouclage, capacite.ok_or(Misfit::NoCapacity)?)
        }
        (Some(Explication::Remplacement), Some(before)) => {
            let last = valeur_finale.unwrap_or(before.valeur);
            if last < before.valeur {
                return Err(Misfit::FinalBelow);
            }
            // The new meter goes on from what the old one had counted.
            (NatureReleve::Remplacement, last - valeur)
        }
        // The first reading of all has nothing to explain; an error was set aside before.
        _ => (NatureReleve::Releve, Quantity::ZERO),
    };
    if nature != NatureReleve::Releve && after.is_some() {
        return Err(Misfit::BeforeLater);
    }
    let cumul = valeur + offset + saut;
    if counted.is_some_and(|counted| cumul < counted) {
        return Err(match explication {
            None | Some(Explication::Erreur | Explication::Exact) => Misfit::Decreasing,
            Some(Explication::Rebouclage | Explication::Remplacement) => Misfit::StillDecreasing,
        });
    }
    if after.is_some_and(|after| cumul > after.cumul()) {
        return Err(Misfit::AboveLater);
    }
    Ok(Placed { nature, saut, cumul })
}

/// Units a day over the last 90 days before `now`; `None` while the readings do not tell.
///
/// (last total − total 90 days ago) / days between, the total 90 days ago on the straight line between the readings
/// around it; from the first reading, when that is younger.
pub fn pace(points: &[Point], now: Instant) -> Option<f64> {
    let last = points.last()?;
    let since = now.minus(WINDOW);
    let seconds = |from: Instant, to: Instant| (to.as_second() - from.as_second()) as f64;
    let younger = points.iter().position(|point| point.date > since)?;
    let (from, total) = match younger.checked_sub(1).map(|older| (points[older], points[younger])) {
        None => (points[younger].date, points[younger].cumul().0 as f64),
        Some((older, younger)) => {
            let share = seconds(older.date, since) / seconds(older.date, younger.date);
            let (low, high) = (older.cumul().0 as f64, younger.cumul().0 as f64);
            (since, low + share * (high - low))
        }
    };
    let span = seconds(from, last.date);
    (span >= SHORTEST).then(|| (last.cumul().0 as f64 - total) / 1000.0 / (span / DAY))
}

/// The civil day on which a total will be reached at this pace; `None` when nobody can say.
pub fn estimate(last: Point, goal: Quantity, pace: Option<f64>, zone: &TimeZone) -> Option<Date> {
    let left = (goal - last.cumul()).0 as f64 / 1000.0;
    let days = if left <= 0.0 { 0.0 } else { left / pace.filter(|pace| *pace > 0.0)? };
    (days <= FURTHEST_DAYS).then(|| {
        let at = Instant::from_second(last.date.as_second() + (days * DAY) as i64);
        at.in_zone(zone).date()
    })
}

/// Where the thresholds of a plan lie.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    pub depart: Quantity,
    pub pas: Quantity,
    pub anticipation: Quantity,
}

impl Steps {
    /// Threshold `k`.
    pub fn at(&self, k: i64) -> Quantity {
        Quantity(self.depart.0 + k * self.pas.0)
    }

    /// The last threshold that acts at this total, if that is `next` or a later one.
    pub fn passed(&self, next: i64, cumul: Quantity) -> Option<i64> {
        let k = (cumul + self.anticipation - self.depart).0.div_euclid(self.pas.0);
        (k >= next).then_some(k)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::zones::Zones;

    const UNIT: i64 = 1000;

    fn point(day: i64, valeur: i64, decalage: i64) -> Point {
        let (valeur, decalage) = (Quantity(valeur * UNIT), Quantity(decalage * UNIT));
        Point { date: Instant::from_second(day * 86_400), valeur, decalage }
    }

    fn asked(valeur: i64, explication: Option<Explication>) -> Asked {
        let capacite = Some(Quantity(1000 * UNIT));
        Asked { valeur: Quantity(valeur * UNIT), explication, valeur_finale: None, capacite }
    }

    #[test]
    fn a_lower_reading_asks_why_and_each_answer_counts_on() {
        let before = Some(point(1, 990, 0));

        assert_eq!(place(asked(15, None), before, None), Err(Misfit::Decreasing));
        let rolled = place(asked(15, Some(Explication::Rebouclage)), before, None).expect("fits");
        assert_eq!((rolled.nature, rolled.cumul), (NatureReleve::Rebouclage, Quantity(1015 * UNIT)));
        let replaced = place(asked(15, Some(Explication::Remplacement)), before, None).expect("fits");
        assert_eq!((replaced.nature, replaced.cumul), (NatureReleve::Remplacement, Quantity(990 * UNIT)));
        let later =
            Asked { valeur_finale: Some(Quantity(995 * UNIT)), ..asked(0, Some(Explication::Remplacement)) };
        assert_eq!(place(later, before, None).map(|placed| placed.cumul), Ok(Quantity(995 * UNIT)));
        let wrong = Asked { valeur_finale: Some(Quantity(9 * UNIT)), ..later };
        assert_eq!(place(wrong, before, None), Err(Misfit::FinalBelow));
    }

    #[test]
    fn a_late_reading_fits_between_its_neighbours_or_not_at_all() {
        let (before, after) = (Some(point(1, 100, 0)), Some(point(9, 200, 0)));

        assert_eq!(place(asked(150, None), before, after).map(|placed| placed.cumul), Ok(Quantity(150_000)));
        assert_eq!(place(asked(250, None), before, after), Err(Misfit::AboveLater));
        assert_eq!(place(asked(50, None), before, after), Err(Misfit::Decreasing));
        let rolled = asked(50, Some(Explication::Rebouclage));
        assert_eq!(place(rolled, before, after), Err(Misfit::BeforeLater));
        // Before a rollover, what counts is what was counted in all.
        let rolled = Some(point(9, 15, 1000));
        assert_eq!(place(asked(990, None), before, rolled).map(|placed| placed.cumul), Ok(Quantity(990_000)));
    }

    #[test]
    fn a_display_cannot_show_more_than_it_has_room_for() {
        assert_eq!(place(asked(1000, None), None, None), Err(Misfit::BeyondCapacity));
        let unknown = Asked { capacite: None, ..asked(15, Some(Explication::Rebouclage)) };
        assert_eq!(place(unknown, Some(point(1, 990, 0)), None), Err(Misfit::NoCapacity));
    }

    #[test]
    fn a_jump_over_two_thresholds_passes_the_second() {
        let steps = Steps { depart: Quantity(500), pas: Quantity(250), anticipation: Quantity(10) };

        assert_eq!(steps.passed(1, Quantity(739)), None);
        assert_eq!(steps.passed(1, Quantity(740)), Some(1));
        assert_eq!(steps.passed(1, Quantity(1000)), Some(2));
        assert_eq!(steps.passed(3, Quantity(1000)), None);
    }

    #[test]
    fn the_pace_is_that_of_the_last_ninety_days() {
        let now = Instant::from_second(200 * 86_400);
        // 10 a day for 100 days, then 20 a day.
        let points = [point(0, 0, 0), point(100, 1000, 0), point(200, 3000, 0)];

        assert_eq!(pace(&points, now), Some(20.0));
        assert_eq!(pace(&points[..2], Instant::from_second(100 * 86_400)), Some(10.0));
        assert_eq!(pace(&points[..1], now), None);
        assert_eq!(pace(&points[..2], Instant::from_second(300 * 86_400)), None, "nobody reads it any more");
    }

    #[test]
    fn the_estimated_day_lies_ahead_as_far_as_the_pace_says() {
        let zone = Zones::embedded().get("Europe/Paris").expect("a zone");
        let last = point(200, 3000, 0);

        let day = |goal, pace| estimate(last, Quantity(goal * UNIT), pace, &zone).map(|day| day.to_string());

        assert_eq!(day(3200, Some(20.0)), Some("1970-07-30".to_owned()), "ten days after 20 July");
        assert_eq!(day(2000, None), Some("1970-07-20".to_owned()), "passed already");
        assert_eq!(day(3200, Some(0.0)), None);
    }

    /// The readings of a counter with what each adds to what the display does not show, in the order of their instants.
    fn points(readings: impl IntoIterator<Item = (Instant, Quantity, Quantity)>) -> Vec<Point> {
        let add = |decalage: &mut Quantity, (date, valeur, saut)| {
            *decalage = *decalage + saut;
            Some(Point { date, valeur, decalage: *decalage })
        };
        readings.into_iter().scan(Quantity::ZERO, add).collect()
    }

    proptest! {
        /// Whatever is entered, in whatever order: what has been counted in all never goes back.
        #[test]
        fn what_was_counted_never_goes_back(entries in proptest::collection::vec((0..50_i64, 0..1000_i64, 0..3_usize), 1..40)) {
            let mut readings: Vec<(Instant, Quantity, Quantity)> = Vec::new();
            for (day, valeur, said) in entries {
                let date = Instant::from_second(day * 86_400);
                let place_at = readings.partition_point(|reading| reading.0 <= date);
                let known = points(readings.iter().copied());
                let before = place_at.checked_sub(1).map(|at| known[at]);
                let explication = [None, Some(Explication::Rebouclage), Some(Explication::Remplacement)][said];
                if let Ok(placed) = place(asked(valeur, explication), before, known.get(place_at).copied()) {
                    readings.insert(place_at, (date, Quantity(valeur * UNIT), placed.saut));
                }
            }
            let known = points(readings);
            prop_assert!(known.windows(2).all(|pair| pair[0].cumul() <= pair[1].cumul()));
        }
    }
}
