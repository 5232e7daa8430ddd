//! Two small values: a time of day, and a share in hundredths.

use std::fmt;

use jiff::civil::Time;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

/// A time of day on the wall clock, to the minute: `08:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heure(pub Time);

impl Heure {
    /// `None` unless the text is `HH:MM`.
    pub fn read(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let number = |text: &str| text.parse().ok().filter(|_| text.len() == 2);
        Time::new(number(hours)?, number(minutes)?, 0, 0).ok().map(Self)
    }
}

impl fmt::Display for Heure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl Serialize for Heure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Heure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| serde::de::Error::custom(format!("« {text} » : 08:00")))
    }
}

impl utoipa::PartialSchema for Heure {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A time of day on the site's wall clock."))
            .pattern(Some("^([01][0-9]|2[0-3]):[0-5][0-9]$"))
            .examples([serde_json::json!("08:00")])
            .into()
    }
}

impl utoipa::ToSchema for Heure {}

/// A share between 0 and 1 in whole hundredths; a number with at most two decimals on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Centiemes(pub i64);

impl Serialize for Centiemes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 100.0)
    }
}

impl<'de> Deserialize<'de> for Centiemes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let share = f64::deserialize(deserializer)?;
        let hundredths = (share * 100.0).round();
        if !(0.0..=1.0).contains(&share) || (share * 100.0 - hundredths).abs() > 1e-6 {
            return Err(serde::de::Error::custom(format!("« {share} » : 0 … 1, 2 décimales")));
        }
        Ok(Self(hundredths as i64))
    }
}

impl utoipa::PartialSchema for Centiemes {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .description(Some("A share between 0 and 1, with at most two decimals."))
            .minimum(Some(0))
            .maximum(Some(1))
            .examples([serde_json::json!(0.5)])
            .into()
    }
}

impl utoipa::ToSchema for Centiemes {}
