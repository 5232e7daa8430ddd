//! Which period is shown, and what fills whole days of it.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::model::CalendrierQuery;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::error::{Error, Result};
use crate::phrase;

const USUAL_PERIOD: Duration = Duration::from_secs(31 * 86_400);

pub const LONGEST_PERIOD_DAYS: i64 = 400;

/// What a feed shows of the past and of the future: phones ask again and again for all of it.
const FEED_PAST: Duration = Duration::from_secs(31 * 86_400);
const FEED_FUTURE: Duration = Duration::from_secs(184 * 86_400);

/// A period `[from, to)`, and the civil days that it touches.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    pub from: Instant,
    pub to: Instant,
    pub first: Day,
    pub last: Day,
}

impl Period {
    /// What was asked for; from today for 31 days unless said otherwise.
    ///
    /// # Errors
    /// 422 unless `au` is after `du` and at most 400 days later.
    pub fn asked(query: &CalendrierQuery, now: Instant, zone: &TimeZone) -> Result<Self> {
        let today = Instant::start_of(now.in_zone(zone).date(), zone).unwrap_or(now);
        let from = query.du.map_or(today, |du| du.start(zone));
        let to = query.au.map_or(from.plus(USUAL_PERIOD), |au| au.end(zone));
        // An hour more, for a day of the clock's change has 25.
        let longest = LONGEST_PERIOD_DAYS * 86_400 + 3600;
        if to <= from || to.as_second().saturating_sub(from.as_second()) > longest {
            let message = phrase!(
                "après le début, et au plus {LONGEST_PERIOD_DAYS} jours plus tard",
                "after the beginning, and at most {LONGEST_PERIOD_DAYS} days later"
            );
            return Err(Error::invalid("au", "valeur_invalide", message));
        }
        Ok(Self::between(from, to, zone))
    }

    /// What a feed shows.
    pub fn of_feed(now: Instant, zone: &TimeZone) -> Self {
        // Whole days, or the feed would differ from one minute to the next.
        let today = Instant::start_of(now.in_zone(zone).date(), zone).unwrap_or(now);
        Self::between(today.minus(FEED_PAST), today.plus(FEED_FUTURE), zone)
    }

    fn between(from: Instant, to: Instant, zone: &TimeZone) -> Self {
        let last = to.minus(Duration::from_secs(1));
        Self { from, to, first: Day(from.in_zone(zone).date()), last: Day(last.in_zone(zone).date()) }
    }
}

/// The civil days that `[from, to)` fills, the last one exclusive, if it fills whole days.
pub fn whole_days(from: Instant, to: Instant, zone: &TimeZone) -> Option<(Date, Date)> {
    let midnight = |instant: Instant| {
        let date = instant.in_zone(zone).date();
        (Instant::start_of(date, zone).ok()? == instant).then_some(date)
    };
    Some((midnight(from)?, midnight(to)?))
}

/// The first moment of a civil day, and of the next.
pub fn day(day: Day, zone: &TimeZone) -> Option<(Instant, Instant)> {
    Some((Instant::start_of(day.0, zone).ok()?, Instant::start_of(day.0.tomorrow().ok()?, zone).ok()?))
}
