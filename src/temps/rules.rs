//! The arithmetic of time and cost. Pure; whole seconds and whole cents, rounded once, at the end.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::ToSpan;
use jiff::tz::TimeZone;

use super::model::{
    Cout, CoutNature, CoutTechnicien, Depense, MinutesNature, NatureTemps, PeriodeCouts, Poste, ResumeTemps,
};
use crate::agenda::{Interval, union};
use crate::kernel::clock::{Day, Instant};
use crate::kernel::error::{Error, Result};
use crate::kernel::money::Cents;
use crate::phrase;

/// A timer that runs longer was forgotten.
pub const CAP: Duration = Duration::from_secs(12 * 3600);

/// A period of costs when nobody says: a year.
const USUAL_PERIOD: Duration = Duration::from_secs(365 * 86_400);

/// Seconds at which somebody was there, each counted once: the length of the union.
pub fn elapsed_seconds(intervals: &[Interval]) -> i64 {
    worked_seconds(&union(intervals.to_vec()))
}

/// Seconds of work, each person's counted: the sum of the lengths.
pub fn worked_seconds(intervals: &[Interval]) -> i64 {
    intervals.iter().map(|(from, to)| (to.as_second() - from.as_second()).max(0)).sum()
}

/// Whole minutes, half up.
pub const fn minutes(seconds: i64) -> i64 {
    (seconds + 30).div_euclid(60)
}

/// When a timer that is stopped now ends, and whether it was forgotten. A clock that was set back does not end it
/// before it began.
pub fn end_of_timer(debut: Instant, now: Instant) -> (Instant, bool) {
    let cap = debut.plus(CAP);
    (now.clamp(debut, cap), now > cap)
}

/// What the entries of an intervention come to.
pub fn summary(entries: &[(NatureTemps, Interval)]) -> ResumeTemps {
    let of = |nature: Option<NatureTemps>| -> Vec<Interval> {
        let kept = |(kind, interval): &(NatureTemps, Interval)| {
            nature.is_none_or(|nature| nature == *kind).then_some(*interval)
        };
        entries.iter().filter_map(kept).collect()
    };
    let by_nature = NatureTemps::ALL.iter().filter_map(|nature| {
        let seconds = worked_seconds(&of(Some(*nature)));
        (seconds > 0).then(|| MinutesNature { nature: *nature, homme_min: minutes(seconds) })
    });
    ResumeTemps {
        homme_min: minutes(worked_seconds(&of(None))),
        ecoule_min: minutes(elapsed_seconds(&of(None))),
        par_nature: by_nature.collect(),
    }
}

/// The sum of what was spent.
pub fn cost<'d>(spent: impl IntoIterator<Item = &'d Depense>) -> Cout {
    let mut cost = Cout::default();
    let (mut seconds, mut unrated) = (0, 0);
    for part in spent {
        let of = match part.poste {
            Poste::MainDOeuvre => &mut cost.main_d_oeuvre,
            Poste::Pieces => &mut cost.pieces,
            Poste::Prestations => &mut cost.prestations,
        };
        of.0 += part.cents;
        cost.total.0 += part.cents;
        seconds += part.seconds;
        unrated += part.unrated;
    }
    (cost.homme_min, cost.sans_taux_min) = (minutes(seconds), minutes(unrated));
    cost
}

/// Labour by what it was spent on.
pub fn by_nature(spent: &[Depense]) -> Vec<CoutNature> {
    let mut sums: BTreeMap<NatureTemps, (i64, i64)> = BTreeMap::new();
    for part in spent {
        if let Some(nature) = part.nature {
            let sum = sums.entry(nature).or_default();
            *sum = (sum.0 + part.seconds, sum.1 + part.cents);
        }
    }
    let line =
        |(nature, (seconds, cents))| CoutNature { nature, homme_min: minutes(seconds), cout: Cents(cents) };
    sums.into_iter().map(line).collect()
}

/// Labour by person, in the order of their names.
pub fn by_person(spent: &[Depense]) -> Vec<CoutTechnicien> {
    let mut sums: BTreeMap<(&str, i64), (i64, i64)> = BTreeMap::new();
    for part in spent {
        if let Some((id, nom)) = &part.technicien {
            let sum = sums.entry((nom, id.0)).or_default();
            *sum = (sum.0 + part.seconds, sum.1 + part.cents);
        }
    }
    let line = |((nom, id), (seconds, cents)): ((&str, i64), (i64, i64))| CoutTechnicien {
        technicien_id: crate::ids::TechnicienId(id),
        technicien_nom: nom.to_owned(),
        homme_min: minutes(seconds),
        cout: Cents(cents),
    };
    sums.into_iter().map(line).collect()
}

/// The period asked for, `[du, au)`.
///
/// # Errors
/// 422 unless `au` is after `du`.
pub fn period(asked: &PeriodeCouts, now: Instant, zone: &TimeZone) -> Result<Interval> {
    let au = asked.au.map_or(now, |au| au.end(zone));
    let du = asked.du.map_or(au.minus(USUAL_PERIOD), |du| du.start(zone));
    if du < au {
        return Ok((du, au));
    }
    Err(Error::invalid("au", "valeur_invalide", phrase!("doit être après « du »", "must be after \"du\"")))
}

/// The first civil day that begins at this moment or later.
pub fn first_day_from(moment: Instant, zone: &TimeZone) -> Day {
    let day = moment.in_zone(zone).date();
    let begins = Instant::start_of(day, zone).is_ok_and(|start| start >= moment);
    Day(if begins { day } else { day.saturating_add(1.day()) })
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::zones::Zones;

    const HOUR: i64 = 3600;

    fn interval(from: i64, to: i64) -> Interval {
        (Instant::from_second(from), Instant::from_second(to))
    }

    #[test]
    fn an_entry_nested_in_another_adds_work_and_no_elapsed_time() {
        let day =
            [interval(8 * HOUR, 12 * HOUR), interval(9 * HOUR, 10 * HOUR), interval(11 * HOUR, 13 * HOUR)];

        assert_eq!((elapsed_seconds(&day) / HOUR, worked_seconds(&day) / HOUR), (5, 7));
    }

    #[test]
    fn minutes_are_rounded_half_up_and_once() {
        assert_eq!([0, 29, 30, 89, 90].map(minutes), [0, 0, 1, 1, 2]);
        let entries = [interval(0, 20), interval(100, 120), interval(200, 220)];
        let entries = entries.map(|interval| (NatureTemps::Travail, interval));

        assert_eq!(summary(&entries).homme_min, 1, "three times twenty seconds");
    }

    #[test]
    fn a_forgotten_timer_ends_at_its_cap_and_says_so() {
        let at = Instant::from_second;

        assert_eq!(end_of_timer(at(100), at(100 + 12 * HOUR)), (at(100 + 12 * HOUR), false));
        assert_eq!(end_of_timer(at(100), at(101 + 12 * HOUR)), (at(100 + 12 * HOUR), true));
        assert_eq!(end_of_timer(at(100), at(40)), (at(100), false), "the clock was set back");
    }

    #[test]
    fn a_day_belongs_to_a_period_that_holds_its_beginning() {
        let zone = Zones::embedded().get("Europe/Paris").expect("a zone");
        let moment = |text: &str| Instant::from(text.parse::<jiff::Timestamp>().expect("an instant"));
        let day = |text: &str| first_day_from(moment(text), &zone).to_string();

        assert_eq!(day("2031-06-30T22:00:00Z"), "2031-07-01", "midnight in Paris");
        assert_eq!(day("2031-06-30T22:00:01Z"), "2031-07-02");
    }

    proptest! {
        #[test]
        fn elapsed_time_is_what_a_clock_that_looks_each_second_would_count(
            pairs in vec((0_i64..200, 0_i64..60), 0..12)
        ) {
            let entries: Vec<_> = pairs.iter().map(|(from, length)| interval(*from, from + length)).collect();

            let seen = (0..260).filter(|second| {
                pairs.iter().any(|(from, length)| (*from..from + length).contains(second))
            });

            prop_assert_eq!(elapsed_seconds(&entries), seen.count() as i64);
            prop_assert_eq!(worked_seconds(&entries), pairs.iter().map(|(_, length)| length).sum::<i64>());
            prop_assert!(elapsed_seconds(&entries) <= worked_seconds(&entries));
        }
    }
}
