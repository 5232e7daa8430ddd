//! How people write numbers and days in a spreadsheet. Pure.

use jiff::civil::Date;
use serde_json::Value;

/// What the points of a column are, as those of its cells tell that can be read one way only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Point {
    /// No cell tells, or two tell otherwise.
    #[default]
    Unknown,
    /// `12.5`.
    Decimal,
    /// `1.250.000`, `1.250,50`.
    Thousands,
}

impl Point {
    /// What the cells of a column tell.
    pub fn of<'c>(cells: impl Iterator<Item = &'c str>) -> Self {
        let (mut decimal, mut thousands) = (false, false);
        for cell in cells {
            let plain = without_blanks(cell);
            if is_grouped(&plain, '.') {
                thousands |= plain.matches('.').count() > 1;
            } else if let Some((whole, rest)) = plain.split_once(',') {
                thousands |= number_of(&plain).is_some() && (whole.contains('.') || !rest.contains('.'));
            } else {
                decimal |= plain.contains('.') && number_of(&plain).is_some();
            }
        }
        match (decimal, thousands) {
            (true, false) => Self::Decimal,
            (false, true) => Self::Thousands,
            _ => Self::Unknown,
        }
    }
}

/// Why a cell is not a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is something else.
    Other,
    /// It can be read two ways, which these are.
    TwoWays(String, String),
}

/// `1 250,50` as well as `1250.5`; `12.500` only where the column tells what its points are.
///
/// # Errors
/// [`Unread`].
pub fn number(cell: &str, point: Point) -> Result<Value, Unread> {
    let plain = without_blanks(cell);
    if is_grouped(&plain, '.') && plain.matches('.').count() == 1 && point != Point::Decimal {
        let (whole, decimal) = (plain.replace('.', ""), plain.replace('.', ","));
        return match point {
            Point::Thousands => number_of(&whole).ok_or(Unread::Other),
            _ => Err(Unread::TwoWays(whole, decimal)),
        };
    }
    number_of(&plain).ok_or(Unread::Other)
}

fn number_of(plain: &str) -> Option<Value> {
    let plain = match (plain.rfind('.'), plain.rfind(',')) {
        (Some(_), None) if plain.matches('.').count() > 1 && is_grouped(plain, '.') => plain.replace('.', ""),
        (Some(point), Some(comma)) if point < comma && is_grouped(&plain[..comma], '.') => {
            plain.replace('.', "").replace(',', ".")
        }
        (Some(point), Some(comma)) if comma < point && is_grouped(&plain[..point], ',') => {
            plain.replace(',', "")
        }
        _ => plain.replace(',', "."),
    };
    if let Ok(whole) = plain.parse::<i64>() {
        return Some(Value::from(whole));
    }
    plain.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from)
}

/// `1.250`, `12.500.000`: up to three digits, of which the first is no nought, and then threes.
fn is_grouped(plain: &str, sign: char) -> bool {
    let mut groups = plain.trim_start_matches(['-', '+']).split(sign);
    let first = groups.next().unwrap_or_default();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut rest = groups.peekable();
    rest.peek().is_some()
        && (1..=3).contains(&first.len())
        && digits(first)
        && !first.starts_with('0')
        && rest.all(|group| group.len() == 3 && digits(group))
}

/// A number that a file holds as such, so written that its point cannot be taken for that of thousands.
pub fn written(number: String) -> String {
    if is_grouped(&number, '.') { number.replace('.', ",") } else { number }
}

fn without_blanks(cell: &str) -> String {
    cell.chars().filter(|sign| !sign.is_whitespace()).collect()
}

/// Years of two digits from this one on are of the last century.
const LAST_CENTURY: i16 = 70;

/// `31/01/2026`, `31.01.2026` or `31/01/26` as it is written in the API.
pub fn french_day(cell: &str) -> Option<String> {
    let sign = cell.chars().find(|sign| matches!(sign, '/' | '.'))?;
    let parts: Vec<&str> = cell.split(sign).collect();
    let [day, month, year] = parts[..] else { return None };
    let number = |text: &str, lengths: &[usize]| {
        let is_one = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i16>().ok().filter(|_| is_one)
    };
    let (day, month) = (number(day, &[1, 2])?, number(month, &[1, 2])?);
    let year = match number(year, &[2, 4])? {
        short if year.len() == 4 => short,
        short if short >= LAST_CENTURY => 1900 + short,
        short => 2000 + short,
    };
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    date.ok().map(|date| date.to_string())
}

/// What spreadsheets in English and French show where a formula failed.
const FAILED: [&str; 12] = [
    "#N/A", "#REF!", "#VALUE!", "#VALEUR!", "#DIV/0!", "#NAME?", "#NOM?", "#NULL!", "#NUL!", "#NUM!",
    "#NOMBRE!", "#DATA!",
];

/// Whether a cell shows that its formula failed.
pub fn is_failed(cell: &str) -> bool {
    FAILED.contains(&cell)
}

/// The letters of a column in a spreadsheet: A, B … Z, AA …
pub fn letters(at: usize) -> String {
    let before = if at < 26 { String::new() } else { letters(at / 26 - 1) };
    let letter = char::from(b'A' + u8::try_from(at % 26).unwrap_or_default());
    format!("{before}{letter}")
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
            ("1.250,50", json!(1250.5)),
            ("1,250.50", json!(1250.5)),
            ("1.250.000", json!(1_250_000)),
            ("0.125", json!(0.125)),
            ("12,500", json!(12.5)),
        ] {
            assert_eq!(number(cell, Point::Unknown), Ok(value), "{cell}");
        }
        for cell in ["", "beaucoup", "1,2,3", "inf", "NaN", "1.25.000"] {
            assert_eq!(number(cell, Point::Unknown), Err(Unread::Other), "{cell}");
        }
    }

    #[test]
    fn a_point_that_can_be_read_two_ways_is_read_as_the_column_tells_or_not_at_all() {
        let both = Unread::TwoWays("12500".to_owned(), "12,500".to_owned());
        assert_eq!(number("12.500", Point::Unknown), Err(both));
        assert_eq!(number("12.500", Point::Decimal), Ok(json!(12.5)));
        assert_eq!(number("12.500", Point::Thousands), Ok(json!(12500)));
        for (cells, told) in [
            (&["12.500", "3.5"][..], Point::Decimal),
            (&["12.500", "0.125"], Point::Decimal),
            (&["12.500", "1.250.000"], Point::Thousands),
            (&["12.500", "1.250,50"], Point::Thousands),
            (&["12.500", "3,5"], Point::Thousands),
            (&["12.500", "1,250.50"], Point::Unknown),
            (&["12.500", "7", "beaucoup"], Point::Unknown),
            (&["12.500", "3,5", "3.5"], Point::Unknown),
        ] {
            assert_eq!(Point::of(cells.iter().copied()), told, "{cells:?}");
        }
    }

    #[test]
    fn a_number_that_a_file_holds_is_read_back_as_it_is() {
        for number_held in [12.5, 12.125, -1.25, 0.125, 1250.0] {
            let read = number(&written(number_held.to_string()), Point::Unknown).expect("a number");
            assert_eq!(read.as_f64(), Some(number_held));
        }
    }

    #[test]
    fn a_french_day_becomes_that_of_the_api_and_anything_else_is_left() {
        for (cell, day) in [
            ("31/01/2026", "2026-01-31"),
            ("3/4/2026", "2026-04-03"),
            ("31.01.2026", "2026-01-31"),
            ("03/04/26", "2026-04-03"),
            ("03/04/85", "1985-04-03"),
        ] {
            assert_eq!(french_day(cell).as_deref(), Some(day), "{cell}");
        }
        for cell in ["2026-01-31", "31/02/2026", "03/04/126", "03/04", "31/01/2026 08:30", "+3/04/2026"] {
            assert_eq!(french_day(cell), None, "{cell}");
        }
    }

    #[test]
    fn columns_are_named_as_a_spreadsheet_names_them() {
        for (at, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(at), name);
        }
    }
}
