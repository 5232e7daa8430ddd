//! The work that a plan puts on people, month by month.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::agenda::{Interval, clip, minutes};
use crate::ids::TechnicienId;
use crate::kernel::clock::{Day, Instant};
use crate::planning::model::Charge;

/// One person's time.
pub struct Booked {
    pub technicien: TechnicienId,
    /// At work and not away.
    pub present: Vec<Interval>,
    pub slots: Vec<Interval>,
}

/// What échéances of so many minutes each add to every month of `[from, to]`, and what the people have already.
pub fn charge(
    dates: &[Day],
    minutes_each: i64,
    people: &[Booked],
    (from, to): (Date, Date),
    zone: &TimeZone,
) -> Vec<Charge> {
    let months = from.first_of_month().series(1.month()).take_while(|month| *month <= to);
    let month = |month: Date| {
        let next = month.checked_add(1.month()).ok()?.min(to.tomorrow().ok()?);
        let bounds = (Instant::start_of(month.max(from), zone).ok()?, Instant::start_of(next, zone).ok()?);
        let falling = dates.iter().filter(|day| day.0.first_of_month() == month).count() as i64;
        let sum = |time: fn(&Booked) -> &[Interval]| {
            let of = |person| minutes(clip(time(person), bounds));
            (!people.is_empty()).then(|| people.iter().map(of).sum())
        };
        Some(Charge {
            mois: month.strftime("%Y-%m").to_string(),
            minutes: falling * minutes_each,
            techniciens: people.iter().map(|person| person.technicien).collect(),
            reserve_min: sum(|person| &person.slots),
            capacite_min: sum(|person| &person.present),
        })
    };
    months.filter_map(month).collect()
}
