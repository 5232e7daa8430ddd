//! How people write numbers and days in a spreadsheet. Pure.

use jiff::civil::Date;
use serde_json::Value;

/// `1 250,50` as well as `1250.5`.
pub fn number(cell: &str) -> Option<Value> {
    let plain: String =
        cell.chars().filter(|c| !c.is_whitespace()).map(|c| if c == ',' { '.' } else { c }).collect();
    if let Ok(whole) = plain.parse::<i64>() {
        return Some(Value::from(whole));
    }
    plain.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from)
}

/// `31/01/2026` as it is written in the API.
pub fn french_day(cell: &str) -> Option<String> {
    Date::strptime("%d/%m/%Y", cell).ok().map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_read_with_a_point_or_a_comma_and_with_any_blank_between_thousands() {
        for (cell, value) in [
            ("12", json!(12)),
            ("1 250,50", json!(1250.5)),
            ("1\u{202f}250.5", json!(1250.5)),
            ("1\u{a0}000", json!(1000)),
            ("-3", json!(-3)),
        ] {
            assert_eq!(number(cell), Some(value), "{cell}");
        }
        for cell in ["", "beaucoup", "1,2,3", "inf", "NaN"] {
            assert_eq!(number(cell), None, "{cell}");
        }
    }

    #[test]
    fn a_french_day_becomes_that_of_the_api_and_anything_else_is_left() {
        assert_eq!(french_day("31/01/2026").as_deref(), Some("2026-01-31"));
        assert_eq!(french_day("2026-01-31"), None);
        assert_eq!(french_day("31/02/2026"), None);
    }
}
