//! Money: amounts, in integer cents inside and with at most two decimals on the wire; and what one unit of something
//! costs, in integer ten-thousandths inside and with at most four decimals on the wire.

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

/// What one unit of a part costs, in ten-thousandths of the instance's currency: a washer costs less than a cent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnitPrice(pub i64);

/// Of a cent.
pub const TEN_THOUSANDTHS: i64 = 100;

impl UnitPrice {
    /// The dearest: an average beyond it is kept as this.
    pub const MAX: Self = Self(MAX_UNITS as i64 * 100 * TEN_THOUSANDTHS);
}

impl std::fmt::Display for UnitPrice {
    /// As people write it, for sentences: `12,50`, `0,0125`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, part) = (self.0 / 10_000, self.0 % 10_000);
        match part % TEN_THOUSANDTHS {
            0 => write!(f, "{whole},{:02}", part / TEN_THOUSANDTHS),
            _ => write!(f, "{whole},{}", format!("{part:04}").trim_end_matches('0')),
        }
    }
}

impl Serialize for UnitPrice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 10_000.0)
    }
}

impl<'de> Deserialize<'de> for UnitPrice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let units = f64::deserialize(deserializer)?;
        let nearest = (units * 10_000.0).round();
        // What a float loses of so many units, and never as much as half of a fifth decimal.
        let lost = (units * 1e-14).min(4e-6);
        if !(0.0..=MAX_UNITS).contains(&units) || (units - nearest / 10_000.0).abs() > lost {
            return Err(serde::de::Error::custom(format!("{units} : 0 … 10000000000, 4 décimales")));
        }
        Ok(Self(nearest as i64))
    }
}

impl ToSql for UnitPrice {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.into())
    }
}

impl FromSql for UnitPrice {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

impl utoipa::PartialSchema for UnitPrice {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .description(Some("What one unit costs, with at most four decimals, in the instance's currency."))
            .minimum(Some(0))
            .maximum(Some(MAX_UNITS as i64))
            .examples([serde_json::json!(0.0125)])
            .into()
    }
}

impl utoipa::ToSchema for UnitPrice {}

#[cfg(test)]
mod tests {
    use super::UnitPrice;

    #[test]
    fn a_unit_price_comes_back_as_it_was_sent() {
        for (sent, kept, shown) in [
            ("0", 0, "0,00"),
            ("85.5", 855_000, "85,50"),
            ("12.34", 123_400, "12,34"),
            ("0.0125", 125, "0,0125"),
            ("0.125", 1250, "0,125"),
            ("0.0001", 1, "0,0001"),
            ("19.99", 199_900, "19,99"),
            ("0.30000000000000004", 3000, "0,30"),
            ("9999999999.9999", 99_999_999_999_999, "9999999999,9999"),
            ("10000000000", UnitPrice::MAX.0, "10000000000,00"),
        ] {
            let price: UnitPrice = serde_json::from_str(sent).expect(sent);
            assert_eq!((price, price.to_string().as_str()), (UnitPrice(kept), shown));
            let written = serde_json::to_string(&price).expect("a number");
            assert_eq!(serde_json::from_str::<UnitPrice>(&written).expect("a price"), price, "{written}");
        }
    }

    #[test]
    fn what_is_no_unit_price_is_refused() {
        for sent in [
            "-1",
            "-0.0001",
            "0.00001",
            "1.23456",
            "85.50001",
            "9999999999.99995",
            "10000000001",
            "1e300",
            "\"3\"",
            "null",
        ] {
            assert!(serde_json::from_str::<UnitPrice>(sent).is_err(), "{sent}");
        }
    }
}
