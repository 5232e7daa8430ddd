//! Amounts of money: integer cents inside, a number with at most two decimals on the wire.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

/// An amount in cents of the instance's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cents(pub i64);

/// 10 billion: beyond it an amount is a typing error, and a float no longer carries cents exactly enough.
pub const MAX_UNITS: f64 = 1e10;

impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 100.0)
    }
}

impl<'de> Deserialize<'de> for Cents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let units = f64::deserialize(deserializer)?;
        let cents = (units * 100.0).round();
        let has_two_decimals = (units * 100.0 - cents).abs() < 1e-4;
        if !(0.0..=MAX_UNITS).contains(&units) || !has_two_decimals {
            return Err(serde::de::Error::custom(format!("{units} : 0 … 10000000000, 2 décimales")));
        }
        Ok(Self(cents as i64))
    }
}

impl ToSql for Cents {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.into())
    }
}

impl FromSql for Cents {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

impl utoipa::PartialSchema for Cents {
    fn schema() -> RefOr<Schema> {
        // No `multipleOf` 0.01: readers that divide floats would find 19.99 wrong.
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .description(Some("An amount with at most two decimals, in the instance's currency."))
            .minimum(Some(0))
            .maximum(Some(MAX_UNITS as i64))
            .examples([serde_json::json!(185.5)])
            .into()
    }
}

impl utoipa::ToSchema for Cents {}
