//! Weekly working hours, on the wall clock of wherever the person works.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::Slot;
use super::rules::{Interval, clip, union};
use crate::kernel::clock::Instant;

const MIDNIGHT: i16 = 24 * 60;

words! {
    /// A day of the week, Monday first.
    pub enum Jour {
        Lundi = "lundi" ("Lundi", "Monday", "الاثنين"),
        Mardi = "mardi" ("Mardi", "Tuesday", "الثلاثاء"),
        Mercredi = "mercredi" ("Mercredi", "Wednesday", "الأربعاء"),
        Jeudi = "jeudi" ("Jeudi", "Thursday", "الخميس"),
        Vendredi = "vendredi" ("Vendredi", "Friday", "الجمعة"),
        Samedi = "samedi" ("Samedi", "Saturday", "السبت"),
        Dimanche = "dimanche" ("Dimanche", "Sunday", "الأحد"),
    }
}

/// Weekly working hours: for each day, ranges of `HH:MM`. A range whose end is not after its start runs into
/// the next day; an end may be `24:00`. A day left out is not worked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "BTreeMap<String, Vec<Range>>")]
#[schema(
    value_type = BTreeMap<Jour, Vec<Vec<String>>>,
    example = json!({"lundi": [["08:00", "12:00"], ["14:00", "18:00"]], "vendredi": [["22:00", "06:00"]]})
)]
pub struct Horaire(BTreeMap<Jour, Vec<Range>>);

impl Horaire {
    /// Monday to Friday, 08:00 to 18:00: assumed where no hours are kept.
    pub fn office() -> Self {
        let day = || vec![Range { start: 8 * 60, end: 18 * 60 }];
        Self(Jour::ALL[..5].iter().map(|jour| (*jour, day())).collect())
    }

    /// Whether the whole slot is worked.
    pub fn covers(&self, slot: Slot, zone: &TimeZone) -> bool {
        self.windows(slot.debut, slot.fin, zone) == [(slot.debut, slot.fin)]
    }

    /// The worked intervals inside `[from, to)`, sorted, touching ones merged. Where the clocks change, an
    /// hour that the wall clock skips is not worked and one that it repeats is worked twice.
    pub fn windows(&self, from: Instant, to: Instant, zone: &TimeZone) -> Vec<Interval> {
        let last = to.in_zone(zone).date();
        // The day before may run into the first.
        let first = from.in_zone(zone).date().saturating_sub(1.day());
        let days = first.series(1.day()).take_while(|day| *day <= last);
        let worked = days.flat_map(|day| {
            let ranges = self.0.get(&jour(day)).map(Vec::as_slice).unwrap_or_default();
            ranges.iter().filter_map(move |range| range.on(day, zone))
        });
        clip(&union(worked.collect()), (from, to))
    }
}

impl TryFrom<BTreeMap<String, Vec<Range>>> for Horaire {
    type Error = String;

    /// From text, and not from `Jour` at once, for then a refused hour is reported with its day.
    fn try_from(days: BTreeMap<String, Vec<Range>>) -> Result<Self, String> {
        let read = |(jour, ranges): (String, Vec<Range>)| Ok((jour.parse()?, ranges));
        days.into_iter().map(read).collect::<Result<_, String>>().map(Self)
    }
}

/// Minutes after midnight; `start` below 24:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(String, String)", into = "(String, String)")]
struct Range {
    start: i16,
    end: i16,
}

impl Range {
    /// `None` at the very end of the calendar.
    fn on(self, day: Date, zone: &TimeZone) -> Option<Interval> {
        let next = day.tomorrow().ok()?;
        let (end_day, end) = match self.end {
            MIDNIGHT => (next, 0),
            end if end <= self.start => (next, end),
            end => (day, end),
        };
        Some((at(day, self.start, zone)?, at(end_day, end, zone)?))
    }
}

impl TryFrom<(String, String)> for Range {
    type Error = String;

    fn try_from((start, end): (String, String)) -> Result<Self, String> {
        let read = |text: &str| minutes(text).ok_or_else(|| format!("« {text} » : 08:00"));
        let range = Self { start: read(&start)?, end: read(&end)? };
        if range.start == MIDNIGHT { Err(format!("« {start} » : 00:00 … 23:59")) } else { Ok(range) }
    }
}

impl From<Range> for (String, String) {
    fn from(range: Range) -> Self {
        let text = |minutes: i16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        (text(range.start), text(range.end))
    }
}

/// `HH:MM` as minutes after midnight, `24:00` included.
fn minutes(text: &str) -> Option<i16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| match text.as_bytes() {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(i16::from((a - b'0') * 10 + (b - b'0'))),
        _ => None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (minutes < 60 && hours * 60 + minutes <= MIDNIGHT).then_some(hours * 60 + minutes)
}

/// The moment at which the wall clock shows these minutes after midnight (below 24:00) on a day.
fn at(day: Date, minutes: i16, zone: &TimeZone) -> Option<Instant> {
    let time = Time::new((minutes / 60) as i8, (minutes % 60) as i8, 0, 0).ok()?;
    Some(day.to_datetime(time).to_zoned(zone.clone()).ok()?.timestamp().into())
}

fn jour(day: Date) -> Jour {
    Jour::ALL[day.weekday().to_monday_zero_offset() as usize]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kernel::zones::Zones;

    fn horaire(json: serde_json::Value) -> Horaire {
        serde_json::from_value(json).expect("working hours")
    }

    fn zone(name: &str) -> TimeZone {
        Zones::embedded().get(name).expect("a zone")
    }

    fn instant(text: &str) -> Instant {
        serde_json::from_value(json!(text)).expect("an instant")
    }

    fn slot(debut: &str, fin: &str) -> Slot {
        Slot::new(instant(debut), instant(fin)).expect("a slot")
    }

    #[test]
    fn hours_are_written_back_as_they_were_given() {
        let given = json!({"lundi": [["08:00", "12:00"], ["14:00", "24:00"]], "dimanche": []});

        assert_eq!(serde_json::to_value(horaire(given.clone())).expect("JSON"), given);
    }

    #[test]
    fn unknown_days_and_impossible_hours_are_refused() {
        for wrong in [
            json!({"monday": [["08:00", "12:00"]]}),
            json!({"lundi": [["8:00", "12:00"]]}),
            json!({"lundi": [["08:60", "12:00"]]}),
            json!({"lundi": [["24:00", "06:00"]]}),
            json!({"lundi": [["08:00", "24:01"]]}),
            json!({"lundi": [["08:00"]]}),
        ] {
            assert!(serde_json::from_value::<Horaire>(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_slot_is_covered_only_when_all_of_it_is_worked() {
        let hours = horaire(json!({"mercredi": [["08:00", "12:00"], ["14:00", "18:00"]]}));
        let casablanca = zone("Africa/Casablanca"); // an hour ahead of UTC, that summer

        assert!(hours.covers(slot("2026-07-08T07:00:00Z", "2026-07-08T11:00:00Z"), &casablanca));
        assert!(!hours.covers(slot("2026-07-08T10:00:00Z", "2026-07-08T14:00:00Z"), &casablanca), "lunch");
        assert!(!hours.covers(slot("2026-07-09T08:00:00Z", "2026-07-09T09:00:00Z"), &casablanca), "Thursday");
    }

    #[test]
    fn a_night_shift_goes_on_after_midnight_and_joins_the_morning() {
        let hours = horaire(json!({"lundi": [["22:00", "06:00"]], "mardi": [["06:00", "08:00"]]}));
        let utc = TimeZone::UTC;

        assert!(hours.covers(slot("2031-01-13T23:00:00Z", "2031-01-14T08:00:00Z"), &utc));
        assert!(!hours.covers(slot("2031-01-13T23:00:00Z", "2031-01-14T08:01:00Z"), &utc));
    }

    #[test]
    fn a_shift_over_the_spring_change_in_paris_is_an_hour_shorter() {
        let hours = horaire(json!({"samedi": [["22:00", "06:00"]]}));
        let (from, to) = (instant("2031-03-29T00:00:00Z"), instant("2031-04-01T00:00:00Z"));

        let windows = hours.windows(from, to, &zone("Europe/Paris"));

        assert_eq!(windows, [(instant("2031-03-29T21:00:00Z"), instant("2031-03-30T04:00:00Z"))]);
    }

    #[test]
    fn during_ramadan_casablanca_works_the_same_hours_of_the_wall_clock() {
        let hours = horaire(json!({"lundi": [["08:00", "16:00"]]}));
        let casablanca = zone("Africa/Casablanca");
        let first =
            |day: &str| hours.windows(instant(day), instant(&day.replace("T00", "T20")), &casablanca)[0].0;

        // Ramadan of 2026: 18 February to 19 March; the clock goes back to UTC meanwhile.
        assert_eq!(first("2026-02-09T00:00:00Z"), instant("2026-02-09T07:00:00Z"));
        assert_eq!(first("2026-03-02T00:00:00Z"), instant("2026-03-02T08:00:00Z"));
    }
}
