//! When échéance k falls: THE one function of dates.
//!
//! `date(k) = moved(anchor + k × interval + shift)`, in the site's civil calendar. Always counted from the anchor,
//! never from the date before: monthly from 31 January gives 28 February, then 31 March (a month without the day
//! gives its last). Within one plan `date` never goes back as k grows, for it only ever moves days one way.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use super::explication::{Chome, Explication};
use crate::kernel::clock::{Day, Instant};
use crate::planning::model::{Centiemes, Frequence, Report, Sens};

/// Days off in a row that a date can be moved over; more is a calendar filled in by mistake.
const LONGEST_BREAK: usize = 366;

/// The public holidays of one country.
#[derive(Clone, Debug, Default)]
pub struct Feries {
    /// By month and day, with the first.
    recurrent: BTreeMap<(i8, i8), (Date, String)>,
    dated: BTreeMap<Date, String>,
}

impl Feries {
    pub fn new(holidays: impl IntoIterator<Item = (Day, bool, String)>) -> Self {
        let mut feries = Self::default();
        for (Day(date), recurrent, nom) in holidays {
            if recurrent {
                feries.recurrent.insert((date.month(), date.day()), (date, nom));
            } else {
                feries.dated.insert(date, nom);
            }
        }
        feries
    }

    /// What is celebrated on a day, if it is a holiday.
    pub fn on(&self, day: Date) -> Option<&str> {
        let yearly = || self.recurrent.get(&(day.month(), day.day())).filter(|(first, _)| *first <= day);
        self.dated.get(&day).or_else(|| yearly().map(|(_, nom)| nom)).map(String::as_str)
    }
}

/// The public holidays of several countries.
#[derive(Clone, Debug, Default)]
pub struct FeriesParPays(BTreeMap<String, Feries>);

impl FeriesParPays {
    /// Country, and holiday: day, yearly from then on, name.
    pub fn new(holidays: impl IntoIterator<Item = (String, (Day, bool, String))>) -> Self {
        let mut by_country = BTreeMap::<String, Vec<_>>::new();
        for (pays, holiday) in holidays {
            by_country.entry(pays).or_default().push(holiday);
        }
        Self(by_country.into_iter().map(|(pays, holidays)| (pays, Feries::new(holidays))).collect())
    }

    /// Those of one country.
    pub fn of(&self, pays: &str) -> Feries {
        self.0.get(pays).cloned().unwrap_or_default()
    }

    /// The holidays of a period, both days included: day, country, name.
    pub fn between(&self, first: Day, last: Day) -> Vec<(Day, String, String)> {
        let days = first.0.series(1.day()).take_while(|day| *day <= last.0);
        let on = |day: Date| {
            let holiday = move |(pays, feries): (&String, &Feries)| {
                Some((Day(day), pays.clone(), feries.on(day)?.to_owned()))
            };
            self.0.iter().filter_map(holiday).collect::<Vec<_>>()
        };
        days.flat_map(on).collect()
    }
}

/// Days that all further dates are shifted by, and the last échéance that added to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    pub days: i64,
    pub from: Option<i64>,
}

/// What the dates of a plan follow from.
#[derive(Clone, Debug)]
pub struct Cadence {
    /// The anchor: échéance 0, before shift and days off.
    pub debut: Date,
    /// The last day on which an échéance may fall.
    pub fin: Option<Date>,
    pub frequence: Frequence,
    pub intervalle: i64,
    pub report: Report,
    pub shift: Shift,
    pub feries: Feries,
}

impl Cadence {
    /// Échéance k with all that led to its date; `None` before the first, after `fin`, or at the end of the
    /// calendar.
    pub fn at(&self, k: i64) -> Option<Explication> {
        let nominal = self.nominal(k)?;
        let shifted = nominal.checked_add(self.shift.days.days()).ok()?;
        let (date, chomes) = self.moved(shifted)?;
        if self.fin.is_some_and(|fin| date > fin) {
            return None;
        }
        let by_month = !matches!(self.frequence, Frequence::Journalier | Frequence::Hebdomadaire);
        Some(Explication {
            debut: Day(self.debut),
            frequence: self.frequence,
            intervalle: self.intervalle,
            k,
            nominale: Day(nominal),
            fin_de_mois: by_month && nominal.day() != self.debut.day(),
            decalage: self.shift.days,
            decalage_de: self.shift.from,
            chomes,
            date: Day(date),
        })
    }

    /// Échéance k and those that follow.
    pub fn from(&self, k: i64) -> impl Iterator<Item = Explication> {
        (k..).map_while(|k| self.at(k))
    }

    /// Whether days off moved it onto the day of the next, which stands for both.
    pub fn is_merged(&self, echeance: &Explication) -> bool {
        let moves = self.report != Report::default();
        moves && self.at(echeance.k + 1).is_some_and(|next| next.date == echeance.date)
    }

    /// The first k whose date is `day` or later; `None` when none is.
    pub fn first_from(&self, day: Date) -> Option<i64> {
        // Dates never go back, so halve; the last k of the calendar is far below this.
        let (mut low, mut high) = (0_i64, 4_000_000_i64);
        while low < high {
            let middle = low.midpoint(high);
            match self.at(middle) {
                Some(found) if found.date.0 < day => low = middle + 1,
                _ => high = middle,
            }
        }
        self.at(low).map(|found| found.k)
    }

    /// The anchor and k intervals.
    fn nominal(&self, k: i64) -> Option<Date> {
        let count = k.checked_mul(self.intervalle).filter(|_| k >= 0)?;
        let months = |months: i64| Span::new().try_months(count.checked_mul(months)?).ok();
        let span = match self.frequence {
            Frequence::Journalier => Span::new().try_days(count).ok(),
            Frequence::Hebdomadaire => Span::new().try_weeks(count).ok(),
            Frequence::Mensuel => months(1),
            Frequence::Trimestriel => months(3),
            Frequence::Semestriel => months(6),
            Frequence::Annuel => months(12),
        };
        self.debut.checked_add(span?).ok()
    }

    /// Past days off, in the direction that they say.
    fn moved(&self, from: Date) -> Option<(Date, Vec<Chome>)> {
        let (mut day, mut chomes) = (from, Vec::new());
        while let Some((sens, ferie)) = self.day_off(day) {
            chomes.push(Chome { jour: Day(day), ferie });
            day = if sens == Sens::Avant { day.yesterday().ok()? } else { day.tomorrow().ok()? };
            if chomes.len() > LONGEST_BREAK {
                return Some((from, Vec::new()));
            }
        }
        Some((day, chomes))
    }

    /// Where a day off moves to, and its name if it is a holiday.
    fn day_off(&self, day: Date) -> Option<(Sens, Option<String>)> {
        let Report { feries, week_ends } = self.report;
        if let Some(nom) = self.feries.on(day).filter(|_| feries != Sens::Aucun) {
            return Some((feries, Some(nom.to_owned())));
        }
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        (weekend && week_ends != Sens::Aucun).then_some((week_ends, None))
    }
}

/// Days by which finishing so late (negative: early) moves the échéances that follow: nothing within the
/// tolerance, beyond it the factor's share of all the days, rounded to whole days, halves away from zero.
///
/// As SAP PM computes it: quarterly from 1 March, factor 0.5, tolerance 9 days, due 1 June, finished 15 June: 7 days,
/// so that the next falls on 8 September.
pub fn shift(late: i64, tolerance: i64, factor: Centiemes) -> i64 {
    if late.abs() <= tolerance {
        return 0;
    }
    let hundredths = late * factor.0;
    (hundredths + 50 * hundredths.signum()) / 100
}

/// Days from the day on which an échéance was due to the day on which it was finished. Due is its date, and what
/// earlier échéances have shifted it by since that date was fixed: finished late one after the other, the same
/// days do not count twice.
pub fn late_days(date: Day, shifted_since: i64, finished: Day) -> i64 {
    i64::from((finished.0 - date.0).get_days()) - shifted_since
}

/// The instant from which the échéance of a day is to be generated.
pub fn due_from(date: Day, anticipation: i64, zone: &TimeZone) -> Option<Instant> {
    Instant::start_of(date.0.checked_sub(anticipation.days()).ok()?, zone).ok()
}

/// The instant from which the échéance of a day is over: its day and its tolerance have passed.
pub fn over_from(date: Day, tolerance: i64, zone: &TimeZone) -> Option<Instant> {
    Instant::start_of(date.0.checked_add((tolerance + 1).days()).ok()?, zone).ok()
}
