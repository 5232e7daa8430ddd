//! Quantities of things that are counted, weighed or poured: integer thousandths inside, a number with at most
//! three decimals on the wire.

use std::ops::{Add, Neg, Sub};

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

use super::input::rule;

/// Thousandths of a unit. Sent by people it is never negative; a difference of two may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(pub i64);

/// 100 million: beyond it a quantity is a typing error, and a float no longer carries thousandths exactly enough.
pub const MAX_UNITS: f64 = 1e8;

impl Quantity {
    pub const ZERO: Self = Self(0);

    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Without its sign.
    pub fn size(self) -> Self {
        Self(self.0.abs())
    }
}

/// A garde rule: more than nothing.
pub fn positive(quantity: &Quantity, (): &()) -> garde::Result {
    if quantity.0 > 0 {
        return Ok(());
    }
    Err(rule("trop_petit", "doit être supérieur à zéro", "must be more than zero"))
}

impl Add for Quantity {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Quantity {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Quantity {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl std::iter::Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(quantities: I) -> Self {
        quantities.fold(Self::ZERO, Add::add)
    }
}

impl std::fmt::Display for Quantity {
    /// As people write it, for sentences: `12`, `0,5`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, part) = (self.0.abs() / 1000, self.0.abs() % 1000);
        let sign = if self.0 < 0 { "−" } else { "" };
        let decimals = format!(",{part:03}");
        write!(f, "{sign}{whole}{}", if part == 0 { "" } else { decimals.trim_end_matches('0') })
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Three pieces are 3, not 3.0.
        if self.0 % 1000 == 0 {
            return serializer.serialize_i64(self.0 / 1000);
        }
        serializer.serialize_f64(self.0 as f64 / 1000.0)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let units = f64::deserialize(deserializer)?;
        let thousandths = (units * 1000.0).round();
        let has_three_decimals = (units * 1000.0 - thousandths).abs() < 1e-4;
        if !(0.0..=MAX_UNITS).contains(&units) || !has_three_decimals {
            return Err(serde::de::Error::custom(format!("{units} : 0 … 100000000, 3 décimales")));
        }
        Ok(Self(thousandths as i64))
    }
}

impl ToSql for Quantity {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.into())
    }
}

impl FromSql for Quantity {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

impl utoipa::PartialSchema for Quantity {
    fn schema() -> RefOr<Schema> {
        // No `multipleOf` 0.001: readers that divide floats would find 0.3 wrong.
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .description(Some("A quantity with at most three decimals, in its own unit."))
            .minimum(Some(0))
            .maximum(Some(MAX_UNITS as i64))
            .examples([serde_json::json!(2.5)])
            .into()
    }
}

impl utoipa::ToSchema for Quantity {}

#[cfg(test)]
mod tests {
    use super::Quantity;

    #[test]
    fn a_quantity_comes_back_as_it_was_sent() {
        for (sent, kept, shown) in [
            ("3", 3000, "3"),
            ("3.0", 3000, "3"),
            ("0.3", 300, "0,3"),
            ("2.125", 2125, "2,125"),
            ("99999999.999", 99_999_999_999, "99999999,999"),
        ] {
            let quantity: Quantity = serde_json::from_str(sent).unwrap();
            assert_eq!((quantity, quantity.to_string().as_str()), (Quantity(kept), shown));
            let number: f64 = serde_json::from_str(&serde_json::to_string(&quantity).unwrap()).unwrap();
            assert_eq!(number, sent.parse::<f64>().unwrap());
        }
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for sent in ["-1", "0.0005", "1.2345", "1e9", "\"3\"", "null"] {
            assert!(serde_json::from_str::<Quantity>(sent).is_err(), "{sent}");
        }
    }
}
