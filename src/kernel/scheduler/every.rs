//! When a job is due: arithmetic of its last run, the present, and the plant's wall clock.

use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use crate::kernel::clock::Instant;
use crate::kernel::phrase::Phrase;
use crate::phrase;

const HOUR: Duration = Duration::from_secs(3600);

/// How often a job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    Minute,
    /// An hour after its last run; at once when it never ran.
    Hour,
    /// At this time of the plant's wall clock. One missed while the server was off is made up for, once.
    Day(Time),
    Week(Weekday, Time),
}

impl Every {
    /// Whether it is time, when the last run began at `last`. A job that runs at a time of day is not due before
    /// that time has come once.
    pub fn is_due(self, last: Option<Instant>, now: Instant, zone: &TimeZone) -> bool {
        match (self, last) {
            (Self::Minute | Self::Hour, None) => true,
            (Self::Minute, Some(last)) => minute(last) != minute(now),
            // In either direction, or a clock set back would keep it waiting.
            (Self::Hour, Some(last)) => now.as_second().abs_diff(last.as_second()) >= HOUR.as_secs(),
            (Self::Day(_) | Self::Week(..), None) => false,
            (Self::Day(_) | Self::Week(..), Some(last)) => {
                self.latest(now, zone).is_some_and(|time| last < time)
            }
        }
    }

    /// When it is due next.
    pub fn next(self, last: Option<Instant>, now: Instant, zone: &TimeZone) -> Option<Instant> {
        if self.is_due(last, now, zone) {
            return Some(now);
        }
        match self {
            Self::Minute => Some(Instant::from_second((minute(now) + 1) * 60)),
            Self::Hour => last.map(|last| last.plus(HOUR)),
            Self::Day(_) | Self::Week(..) => {
                let today = now.in_zone(zone).date();
                let days = today.series(1.day()).take(9);
                days.filter_map(|day| self.on(day, zone)).find(|time| *time > now)
            }
        }
    }

    /// For people.
    pub fn phrase(self) -> Phrase {
        let shown = |time: Time| time.strftime("%H:%M");
        match self {
            Self::Minute => phrase!("chaque minute", "every minute", "كل دقيقة"),
            Self::Hour => phrase!("chaque heure", "every hour", "كل ساعة"),
            Self::Day(time) => {
                let time = shown(time);
                phrase!("chaque jour à {time}", "every day at {time}", "كل يوم الساعة {time}")
            }
            Self::Week(day, time) => {
                let ((fr, en, ar), time) = (day_name(day), shown(time));
                phrase!("chaque {fr} à {time}", "every {en} at {time}", "كل يوم {ar} الساعة {time}")
            }
        }
    }

    /// The last of its times that is not after `now`.
    fn latest(self, now: Instant, zone: &TimeZone) -> Option<Instant> {
        let today = now.in_zone(zone).date();
        let days = today.series(-1.day()).take(9);
        days.filter_map(|day| self.on(day, zone)).find(|time| *time <= now)
    }

    /// Its time on a civil day. One that the wall clock skips comes an hour later; of one that it shows twice, the
    /// first counts.
    fn on(self, day: Date, zone: &TimeZone) -> Option<Instant> {
        let time = match self {
            Self::Day(time) => time,
            Self::Week(weekday, time) if day.weekday() == weekday => time,
            Self::Minute | Self::Hour | Self::Week(..) => return None,
        };
        Some(day.to_datetime(time).to_zoned(zone.clone()).ok()?.timestamp().into())
    }
}

fn minute(instant: Instant) -> i64 {
    instant.as_second().div_euclid(60)
}

fn day_name(day: Weekday) -> (&'static str, &'static str, &'static str) {
    match day {
        Weekday::Monday => ("lundi", "Monday", "الاثنين"),
        Weekday::Tuesday => ("mardi", "Tuesday", "الثلاثاء"),
        Weekday::Wednesday => ("mercredi", "Wednesday", "الأربعاء"),
        Weekday::Thursday => ("jeudi", "Thursday", "الخميس"),
        Weekday::Friday => ("vendredi", "Friday", "الجمعة"),
        Weekday::Saturday => ("samedi", "Saturday", "السبت"),
        Weekday::Sunday => ("dimanche", "Sunday", "الأحد"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;
    use crate::kernel::phrase::Language;
    use crate::kernel::zones::Zones;

    const NIGHT: Every = Every::Day(time(2, 30, 0, 0));

    fn paris() -> TimeZone {
        Zones::embedded().get("Europe/Paris").unwrap()
    }

    fn at(text: &str) -> Instant {
        serde_json::from_value(serde_json::json!(text)).unwrap()
    }

    /// The runs of a job that is looked at every `step` seconds.
    fn runs(every: Every, from: &str, to: &str, step: u64) -> Vec<String> {
        let (mut now, to) = (at(from), at(to));
        let (mut last, mut runs) = (Some(now), Vec::new());
        while now < to {
            if every.is_due(last, now, &paris()) {
                runs.push(now.to_string());
                last = Some(now);
            }
            now = now.plus(Duration::from_secs(step));
        }
        runs
    }

    #[test]
    fn a_nightly_job_runs_once_each_night_whatever_the_clocks_do() {
        // Paris skips 02:30 on 30 March 2031 and shows it twice on 26 October.
        let spring = runs(NIGHT, "2031-03-28T12:00:00Z", "2031-04-01T12:00:00Z", 60);
        let autumn = runs(NIGHT, "2031-10-25T00:00:00Z", "2031-10-28T00:00:00Z", 60);

        assert_eq!(
            spring,
            ["2031-03-29T01:30:00Z", "2031-03-30T01:30:00Z", "2031-03-31T00:30:00Z", "2031-04-01T00:30:00Z"]
        );
        assert_eq!(autumn, ["2031-10-25T00:30:00Z", "2031-10-26T00:30:00Z", "2031-10-27T01:30:00Z"]);
    }

    #[test]
    fn a_night_missed_is_made_up_for_once() {
        let (now, zone) = (at("2031-02-10T08:00:00Z"), paris());

        assert!(NIGHT.is_due(Some(at("2031-02-01T01:30:00Z")), now, &zone));
        assert!(!NIGHT.is_due(Some(now), now.plus(HOUR), &zone));
        assert!(!NIGHT.is_due(None, now, &zone), "its first night has not come");
        assert_eq!(NIGHT.next(Some(now), now, &zone), Some(at("2031-02-11T01:30:00Z")));
    }

    #[test]
    fn a_weekly_job_waits_for_its_day() {
        let weekly = Every::Week(Weekday::Sunday, time(4, 0, 0, 0));

        let found = runs(weekly, "2031-02-03T00:00:00Z", "2031-02-20T00:00:00Z", 600);

        assert_eq!(found, ["2031-02-09T03:00:00Z", "2031-02-16T03:00:00Z"]);
        assert_eq!(
            weekly.next(Some(at("2031-02-09T03:00:00Z")), at("2031-02-09T03:10:00Z"), &paris()),
            Some(at("2031-02-16T03:00:00Z"))
        );
        assert_eq!(
            Language::ALL.map(|language| weekly.phrase().text(language).to_owned()),
            ["chaque dimanche à 04:00", "every Sunday at 04:00", "كل يوم الأحد الساعة 04:00"]
        );
    }

    #[test]
    fn a_minute_and_an_hour_are_what_elapsed() {
        let (now, zone) = (at("2031-02-10T08:00:30Z"), TimeZone::UTC);

        assert!(!Every::Minute.is_due(Some(now), at("2031-02-10T08:00:59Z"), &zone));
        assert!(Every::Minute.is_due(Some(now), at("2031-02-10T08:01:00Z"), &zone));
        assert_eq!(Every::Minute.next(Some(now), now, &zone), Some(at("2031-02-10T08:01:00Z")));
        assert!(!Every::Hour.is_due(Some(now), at("2031-02-10T09:00:29Z"), &zone));
        assert!(Every::Hour.is_due(Some(now), at("2031-02-10T07:00:30Z"), &zone), "the clock was set back");
        assert_eq!(Every::Hour.next(Some(now), now, &zone), Some(at("2031-02-10T09:00:30Z")));
        assert_eq!(Every::Hour.next(None, now, &zone), Some(now));
    }
}
