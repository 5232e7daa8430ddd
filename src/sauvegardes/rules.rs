//! What backups are called, and which of them are kept.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::kernel::clock::Instant;

/// In the data directory.
pub const FOLDER: &str = "backups";

const PREFIX: &str = "erp-";
const SUFFIX: &str = ".tar.zst";

/// Added to the name of what is still being made.
pub const DRAFT: &str = ".partiel";

/// Added, before [`DRAFT`], to the name of the copy that a backup is made from, and of the mark that says that
/// somebody makes it.
pub const COPY: &str = ".base";
pub const MARK: &str = ".verrou";

/// Days of which the last backup is kept, and weeks before them.
pub const DAILY: usize = 14;
pub const WEEKLY: usize = 8;

/// `erp-20261125T020000Z.tar.zst`: in UTC, so that names sort as they were made.
pub fn file_name(now: Instant) -> String {
    format!("{PREFIX}{}{SUFFIX}", now.in_zone(&TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ"))
}

/// Whether it is still being made, or was when the plug was pulled.
pub fn is_draft(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.ends_with(DRAFT))
}

/// How the mark of a draft is called, by the name of any of its parts.
pub fn mark_name(draft: &str) -> String {
    let part = draft.strip_suffix(DRAFT).unwrap_or(draft);
    let whole = part.strip_suffix(COPY).or_else(|| part.strip_suffix(MARK)).unwrap_or(part);
    format!("{whole}{MARK}{DRAFT}")
}

/// When a file of ours was made, by its name.
pub fn made_at(name: &str) -> Option<DateTime> {
    let stamp = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    DateTime::strptime("%Y%m%dT%H%M%SZ", stamp).ok()
}

/// A backup each night leaves the newest no older than a day; two hours more for one that takes long.
pub const LATE: Duration = Duration::from_hours(26);

/// Whether a night went by without a backup.
pub fn is_late(newest: Option<Instant>, now: Instant) -> bool {
    newest.is_none_or(|newest| newest < now.minus(LATE))
}

/// The moment that a name tells.
pub fn instant(stamp: DateTime) -> Instant {
    stamp.to_zoned(TimeZone::UTC).map_or(Instant::from_second(0), |zoned| zoned.timestamp().into())
}

/// Of the backups made at these moments, those that are no longer kept: all but the last of each of the newest 14
/// days and of the newest 8 weeks that have one. The newest of all is always kept.
pub fn expired(made: &BTreeSet<DateTime>) -> BTreeSet<DateTime> {
    let monday = |date: Date| {
        let days = date.weekday().to_monday_zero_offset();
        date.saturating_sub(jiff::Span::new().days(days))
    };
    let last_of = |group: &dyn Fn(Date) -> Date, count: usize| {
        let mut seen = BTreeSet::new();
        let mut kept = BTreeSet::new();
        for moment in made.iter().rev() {
            if seen.len() == count && !seen.contains(&group(moment.date())) {
                break;
            }
            if seen.insert(group(moment.date())) {
                kept.insert(*moment);
            }
        }
        kept
    };
    let kept: BTreeSet<_> = last_of(&|date| date, DAILY).union(&last_of(&monday, WEEKLY)).copied().collect();
    made.difference(&kept).copied().collect()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    #[test]
    fn a_name_says_when_and_a_foreign_one_says_nothing() {
        let name = file_name(Instant::from_second(0));

        assert_eq!(name, "erp-19700101T000000Z.tar.zst");
        assert_eq!(made_at(&name), Some(Date::constant(1970, 1, 1).at(0, 0, 0, 0)));
        for name in ["erp-19700101T000000Z.tar.zst.partiel", "avant-migration-4.sqlite3", "erp-.tar.zst", ""]
        {
            assert_eq!(made_at(name), None, "{name}");
        }
    }

    #[test]
    fn fourteen_days_and_eight_weeks_are_kept_and_the_newest_always() {
        let first = Date::constant(2026, 1, 1).at(2, 0, 0, 0);
        let made: BTreeSet<_> = (0..200).map(|day| first + day.days()).collect();

        let expired = expired(&made);

        let kept: Vec<_> = made.difference(&expired).collect();
        assert!(kept.contains(&made.last().unwrap()));
        assert!((14..=22).contains(&kept.len()), "{}", kept.len());
        for day in made.iter().rev().take(14) {
            assert!(!expired.contains(day), "{day}");
        }
        assert!(expired.contains(made.first().unwrap()));
    }

    #[test]
    fn of_several_of_a_day_the_last_is_kept_and_one_alone_stays_however_old() {
        let day = Date::constant(2026, 1, 1);
        let made = BTreeSet::from([day.at(2, 0, 0, 0), day.at(14, 0, 0, 0)]);

        assert_eq!(expired(&made), BTreeSet::from([day.at(2, 0, 0, 0)]));
        assert!(expired(&BTreeSet::from([day.at(2, 0, 0, 0)])).is_empty());
    }
}
