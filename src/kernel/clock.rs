//! Time: instants are UTC whole seconds everywhere but in people's eyes.
//!
//! Nothing else in the crate asks the system for the time; tests hand in a clock of their own.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, OneOfBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};

/// The years of any date that people send: outside, it is a typing error.
pub const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;

/// The years of what may be older than the plant's records: when a machine was put in service, since when a holiday is
/// one.
pub const OLD_YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

thread_local! {
    /// Whether what is read on this thread was sent by somebody.
    static AT_THE_DOOR: Cell<bool> = const { Cell::new(false) };
}

/// Reads what somebody sent: dates in it are of [`YEARS`]. What was kept is read back whatever it says, for a clock that
/// was wrong once must not make it unreadable.
pub fn at_the_door<T>(read: impl FnOnce() -> T) -> T {
    /// Steps back from the door, also where the reading panicked: the thread reads other things afterwards.
    struct Behind;
    impl Drop for Behind {
        fn drop(&mut self) {
            AT_THE_DOOR.set(false);
        }
    }
    AT_THE_DOOR.set(true);
    let _behind = Behind;
    read()
}

/// THE door of every date that comes in: a refusal that names the years, in signs that need no language.
fn within<E: serde::de::Error>(
    years: &std::ops::RangeInclusive<i16>,
    year: i16,
    text: &str,
) -> Result<(), E> {
    if years.contains(&year) || !AT_THE_DOOR.get() {
        return Ok(());
    }
    Err(E::custom(format!("« {text} » : {} … {}", years.start(), years.end())))
}

/// Where the present comes from: the system, or a test.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Instant + Send + Sync>);

impl Clock {
    /// The machine's own clock.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
    pub fn system() -> Self {
        Self::from_fn(|| Instant(Timestamp::now().as_second()))
    }

    /// A clock that answers what `now` answers.
    pub fn from_fn(now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub fn now(&self) -> Instant {
        (self.0)()
    }
}

/// A moment: whole seconds since 1970 in UTC. On the wire RFC 3339 in `Z`, in the database the integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// From seconds since 1970-01-01T00:00:00Z.
    pub const fn from_second(second: i64) -> Self {
        Self(second)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn as_second(self) -> i64 {
        self.0
    }

    /// This moment and `duration` later (whole seconds of it).
    pub const fn plus(self, duration: Duration) -> Self {
        Self(self.0 + duration.as_secs() as i64)
    }

    /// This moment and `duration` earlier (whole seconds of it).
    pub const fn minus(self, duration: Duration) -> Self {
        Self(self.0 - duration.as_secs() as i64)
    }

    /// Whole minutes from `earlier` to this moment, rounded down; negative when `earlier` is later.
    pub const fn minutes_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(60)
    }

    /// The wall clock at this moment in a zone.
    pub fn in_zone(self, zone: &TimeZone) -> jiff::Zoned {
        self.timestamp().to_zoned(zone.clone())
    }

    /// The first moment of a civil day in a zone.
    ///
    /// # Errors
    /// When the day lies outside the calendar (year 9999).
    pub fn start_of(day: Date, zone: &TimeZone) -> Result<Self, jiff::Error> {
        Ok(Self(day.to_zoned(zone.clone())?.timestamp().as_second()))
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap_or(Timestamp::MAX)
    }
}

impl From<Timestamp> for Instant {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.as_second())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    /// Any RFC 3339 offset is understood; parts of a second are dropped.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let instant = text
            .parse::<Timestamp>()
            .map_err(|_| serde::de::Error::custom(format!("« {text} » : 2026-11-23T08:00:00Z")))?;
        within(&YEARS, instant.to_zoned(TimeZone::UTC).year(), &text)?;
        Ok(instant.into())
    }
}

impl ToSql for Instant {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.into())
    }
}

impl FromSql for Instant {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

impl utoipa::PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .examples([serde_json::json!("2026-11-23T08:00:00Z")])
            .into()
    }
}

impl utoipa::ToSchema for Instant {}

/// A civil day (`2026-11-23`), without a zone. In the database the same text, which sorts as dates do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Day(pub Date);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        day_within(&YEARS, deserializer)
    }
}

fn day_within<'de, D: Deserializer<'de>>(
    years: &std::ops::RangeInclusive<i16>,
    deserializer: D,
) -> Result<Day, D::Error> {
    let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
    let day: Date = text.parse().map_err(|_| serde::de::Error::custom(format!("« {text} » : 2026-11-23")))?;
    within(years, day.year(), &text)?;
    Ok(Day(day))
}

/// A day that may be of [`OLD_YEARS`]: `#[serde(deserialize_with = "old_day")]`.
pub fn old_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
    day_within(&OLD_YEARS, deserializer)
}

/// The same where it may be null: `#[serde(default, deserialize_with = "old_day_or_null")]`.
pub fn old_day_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Day>, D::Error> {
    Ok(Option::<OldDay>::deserialize(deserializer)?.map(|OldDay(day)| day))
}

/// The same where it may be absent (leave as it is) but not null.
pub fn old_day_given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Day>, D::Error> {
    old_day(deserializer).map(Some)
}

/// The same where it may be absent (leave as it is) or null (empty it).
pub fn old_day_present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Day>>, D::Error> {
    old_day_or_null(deserializer).map(Some)
}

#[derive(Deserialize)]
struct OldDay(#[serde(deserialize_with = "old_day")] Day);

impl ToSql for Day {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.to_string().into())
    }
}

impl FromSql for Day {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(|error| FromSqlError::Other(Box::new(error)))
    }
}

impl utoipa::PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .examples([serde_json::json!("2026-11-23")])
            .into()
    }
}

impl utoipa::ToSchema for Day {}

/// One end of a period as people write it (`du=2026-11-23`, `au=2026-11-23T18:00:00Z`): a civil day or an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Day(Day),
    Instant(Instant),
}

impl Moment {
    /// Where a period that begins here begins: a day, with its first moment.
    pub fn start(self, zone: &TimeZone) -> Instant {
        match self {
            Self::Day(Day(day)) => start_or_end_of_time(Some(day), zone),
            Self::Instant(instant) => instant,
        }
    }

    /// Where a period that goes up to here ends, exclusive: a day is within it to its last moment.
    pub fn end(self, zone: &TimeZone) -> Instant {
        match self {
            Self::Day(Day(day)) => start_or_end_of_time(day.tomorrow().ok(), zone),
            Self::Instant(instant) => instant,
        }
    }

    /// The moment itself; of a day, its last second: what is due that day may be done until then.
    pub fn last(self, zone: &TimeZone) -> Instant {
        match self {
            Self::Day(_) => self.end(zone).minus(Duration::from_secs(1)),
            Self::Instant(instant) => instant,
        }
    }
}

fn start_or_end_of_time(day: Option<Date>, zone: &TimeZone) -> Instant {
    day.and_then(|day| Instant::start_of(day, zone).ok()).unwrap_or(Timestamp::MAX.into())
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        // A time of day without an offset is not an instant, and must not pass for its day.
        let moment = if text.contains(['T', 't', ' ']) {
            text.parse::<Timestamp>().map(|timestamp| Self::Instant(timestamp.into()))
        } else {
            text.parse().map(|day| Self::Day(Day(day)))
        };
        let moment = moment.map_err(|_| {
            serde::de::Error::custom(format!("« {text} » : 2026-11-23, 2026-11-23T08:00:00Z"))
        })?;
        let year = match moment {
            Self::Day(Day(day)) => day.year(),
            Self::Instant(instant) => instant.in_zone(&TimeZone::UTC).year(),
        };
        within(&YEARS, year, &text)?;
        Ok(moment)
    }
}

impl utoipa::PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new().item(Day::schema()).item(Instant::schema()).into()
    }
}

impl utoipa::ToSchema for Moment {}
