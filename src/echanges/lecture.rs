//! Files read into rows of text: CSV in whatever dialect a spreadsheet wrote it, XLSX, JSON.

use std::fmt;
use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, SheetVisible, Style, Xlsx};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::ecriture::is_formula;
use super::encodage::decode;
use super::lignes::{Lignes, Table};
use super::model::Format;
use super::rules::written;
use crate::kernel::error::{Error, Result};
use crate::kernel::phrase::Phrase;
use crate::phrase;

/// Rows that one import may have.
pub const MOST_ROWS: usize = 100_000;

/// Columns of a sheet that are looked at.
pub const MOST_COLUMNS: usize = 256;

/// Named columns that one import may have: twice those of the widest table.
pub const MOST_NAMED: usize = 32;

/// Bytes that a workbook may unpack to: a kilobyte for each row. Where every row has long texts fewer fit, and CSV takes
/// all.
pub const MOST_UNPACKED: u64 = 100_000_000;

/// How a compound file begins, such as the workbooks of old.
const OLD_WORKBOOK: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Reads a file, whose bytes are not kept.
///
/// # Errors
/// 422: it is not what it should be, has no headings, or too many rows.
pub fn read(bytes: impl Into<Vec<u8>>, format: Format) -> Result<Lignes> {
    let bytes = bytes.into();
    if bytes.starts_with(OLD_WORKBOOK) {
        return Err(wrong(phrase!(
            "est un classeur Excel 97-2003 (.xls) : enregistrez-le en .xlsx",
            "is an Excel 97-2003 workbook (.xls): save it as .xlsx"
        )));
    }
    let lines = match format {
        Format::Csv => csv(bytes, MOST_ROWS, MOST_NAMED)?,
        Format::Xlsx => xlsx(&bytes)?,
        Format::Json => json(&bytes)?,
    };
    if lines.len() > MOST_ROWS {
        return Err(wrong(phrase!(
            "a plus de {MOST_ROWS} lignes ; coupez-le en plusieurs",
            "has more than {MOST_ROWS} rows; cut it in several"
        )));
    }
    if lines.is_empty() {
        return Err(wrong(phrase!("n’a pas de lignes sous ses titres", "has no rows below its headings")));
    }
    Ok(lines)
}

/// Reads a table that PostgreSQL exported as CSV: however long, and without rows if it had none. It cannot be cut in
/// several, for its rows are named by others.
///
/// # Errors
/// 422: it is no CSV.
pub fn read_export(bytes: impl Into<Vec<u8>>) -> Result<Lignes> {
    csv(bytes.into(), usize::MAX, usize::from(u16::MAX))
}

/// The first rows of a file, `most` of them and a few more.
fn csv(bytes: Vec<u8>, most: usize, most_named: usize) -> Result<Lignes> {
    let text = decode(bytes).map_err(wrong)?;
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(separator(&text))
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut table = Table::new(most_named);
    let mut record = ::csv::StringRecord::new();
    while reader
        .read_record(&mut record)
        .map_err(|cause| wrong(phrase!("n’est pas du CSV ({cause})", "is no CSV ({cause})")))?
    {
        let line = record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
        table.take(line, record.iter().map(unguarded))?;
        if table.len() > most {
            break;
        }
    }
    Ok(table.whole())
}

/// A cell without the apostrophe that guards a formula; any other is part of what it says.
fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell).trim()
}

/// What separates the headings: the sign that there are most of.
fn separator(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |sign: &u8| first.bytes().filter(|byte| byte == sign).count();
    [b';', b',', b'\t'].into_iter().rev().max_by_key(count).unwrap_or(b';')
}

fn xlsx(bytes: &[u8]) -> Result<Lignes> {
    let bad = |cause: calamine::XlsxError| {
        wrong(phrase!("n’est pas un classeur XLSX ({cause})", "is no XLSX workbook ({cause})"))
    };
    refuse_bomb(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(bad)?;
    let first = only_sheet(&mut book).map_err(bad)?.map_err(wrong)?;
    // Cell by cell: a sheet laid out whole is as large as its farthest cell, and that may be one touched by mistake.
    let mut sheet = book.worksheet_cells_reader(&first).map_err(bad)?;
    let mut table = Table::new(MOST_NAMED);
    let (mut at, mut cells) = (0, Vec::<String>::new());
    let digits: Vec<usize> = sheet.styles().iter().map(digits).collect();
    while let Some((found, style)) = sheet.next_cell_with_style_id().map_err(bad)? {
        let (row, column) = found.get_position();
        let (line, column) = (row as usize + 1, column as usize);
        let text = cell(&found.get_value().clone().into(), digits.get(style).copied().unwrap_or_default());
        if text.is_empty() || column >= MOST_COLUMNS {
            continue;
        }
        if line != at {
            table.take(at, cells.iter().map(String::as_str))?;
            cells.clear();
            at = line;
        }
        if table.len() > MOST_ROWS {
            break;
        }
        cells.resize(cells.len().max(column + 1), String::new());
        cells[column] = text;
    }
    table.take(at, cells.iter().map(String::as_str))?;
    Ok(table.whole())
}

/// The sheet that has rows and is shown, or why it is not known which: nobody is to find that half of a file was left.
fn only_sheet(
    book: &mut Xlsx<Cursor<&[u8]>>,
) -> std::result::Result<std::result::Result<String, Phrase>, calamine::XlsxError> {
    let shown = book.sheets_metadata().iter().filter(|sheet| sheet.visible == SheetVisible::Visible);
    let names: Vec<_> = shown.map(|sheet| sheet.name.clone()).collect();
    let mut filled = Vec::new();
    for name in &names {
        if book.worksheet_cells_reader(name)?.next_cell()?.is_some() {
            filled.push(name.clone());
        }
    }
    if let [_, _, ..] = filled[..] {
        let all = filled.join(", ");
        return Ok(Err(phrase!(
            "a plusieurs feuilles remplies ({all}) : gardez celle qui est à importer",
            "has several sheets with rows ({all}): keep the one to be imported"
        )));
    }
    let first = filled.into_iter().chain(names).next();
    Ok(first.ok_or_else(|| phrase!("n’a pas de feuille", "has no sheet")))
}

/// A workbook is a ZIP file, and a small one may unpack to more than this machine has: unpacked once, into nothing.
fn refuse_bomb(bytes: &[u8]) -> Result<()> {
    let bad = |cause: zip::result::ZipError| {
        wrong(phrase!("n’est pas un classeur XLSX ({cause})", "is no XLSX workbook ({cause})"))
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(bad)?;
    let mut left = MOST_UNPACKED;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(bad)?.take(left + 1);
        let unpacked = std::io::copy(&mut part, &mut std::io::sink()).map_err(|cause| bad(cause.into()))?;
        left = left.checked_sub(unpacked).ok_or_else(|| {
            let megabytes = MOST_UNPACKED / 1_000_000;
            wrong(phrase!(
                "contient plus de {megabytes} Mo une fois décompressé",
                "holds more than {megabytes} MB once unpacked"
            ))
        })?;
    }
    Ok(())
}

/// How many digits a style shows of any number: `00123` is what people see and print of 123.
fn digits(style: &Style) -> usize {
    let code = style.number_format.as_ref().map_or("", |format| format.format_code.as_str());
    if code.bytes().all(|sign| sign == b'0') { code.len() } else { 0 }
}

/// What a cell says; a whole number with as many digits as its style shows.
fn cell(cell: &Data, digits: usize) -> String {
    match cell {
        Data::Empty => String::new(),
        // Shown like one that somebody typed, and refused like it.
        Data::Error(failed) => failed.to_string(),
        Data::String(text) => text.trim().to_owned(),
        // A code of digits is a number to a spreadsheet.
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:0digits$.0}")
        }
        Data::Float(number) => written(number.to_string()),
        Data::Int(number) => format!("{number:0digits$}"),
        Data::Bool(value) => if *value { "oui" } else { "non" }.to_owned(),
        Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::DateTime(date) => {
            let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
            }
        }
    }
}

fn json(bytes: &[u8]) -> Result<Lignes> {
    let bad = |cause: serde_json::Error| {
        wrong(phrase!(
            "n’est pas un tableau JSON d’objets ({cause})",
            "is no JSON array of objects ({cause})"
        ))
    };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = deserializer
        .deserialize_seq(Objects)
        .and_then(|read| deserializer.end().map(|()| read))
        .map_err(bad)?;
    read.map_err(|flaw| match flaw {
        Flaw::TooWide => too_wide(),
        Flaw::Twice(line, name) => {
            let message = phrase!("est deux fois dans l’objet {line}", "is in object {line} twice");
            Error::invalid(name, "doublon", message)
        }
    })
}

/// What keeps objects from being rows.
enum Flaw {
    /// They have too many members between them.
    TooWide,
    /// One has a member twice: which.
    Twice(usize, String),
}

/// Reads an array of objects one by one: those beyond the most are only gone through.
struct Objects;

impl<'de> Visitor<'de> for Objects {
    type Value = std::result::Result<Lignes, Flaw>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> std::result::Result<Self::Value, A::Error> {
        let mut lines = Lignes::default();
        let mut flaw = None;
        while let Some(Object { members, twice }) = all.next_element()? {
            lines.begin(lines.len() + 1);
            flaw = twice.map(|name| Flaw::Twice(lines.len(), name));
            for (name, value) in members {
                let column = lines.column(&name);
                if lines.headings().len() > MOST_NAMED {
                    flaw = Some(Flaw::TooWide);
                    break;
                }
                lines.push(column, &said(value));
            }
            if flaw.is_some() || lines.len() > MOST_ROWS {
                while all.next_element::<IgnoredAny>()?.is_some() {}
            }
        }
        Ok(flaw.map_or(Ok(lines), Err))
    }
}

/// An object, and a member that it has twice: of the two, a map would keep the second without a word.
struct Object {
    members: Map<String, Value>,
    twice: Option<String>,
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> std::result::Result<Object, A::Error> {
        let (mut members, mut twice) = (Map::new(), None);
        while let Some((name, value)) = all.next_entry::<String, Value>()? {
            if members.insert(name.clone(), value).is_some() {
                twice = Some(name);
            }
        }
        Ok(Object { members, twice })
    }
}

/// A value of JSON as a cell.
fn said(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        Value::Array(all) => {
            let texts = all.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned));
            texts.collect::<Vec<_>>().join("|")
        }
        Value::Number(number) => written(number.to_string()),
        other => other.to_string(),
    }
}

pub(super) fn too_wide() -> Error {
    wrong(phrase!("a plus de {MOST_NAMED} colonnes", "has more than {MOST_NAMED} columns"))
}

fn wrong(message: crate::kernel::phrase::Phrase) -> Error {
    Error::invalid("fichier", "fichier_illisible", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every row of a file.
    fn rows(read: &Lignes) -> Vec<(usize, Vec<(String, String)>)> {
        let owned = |(name, cell): (&str, &str)| (name.to_owned(), cell.to_owned());
        read.rows().map(|(line, cells)| (line, cells.map(owned).collect())).collect()
    }

    fn cells(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned())).collect()
    }

    #[test]
    fn csv_is_read_whatever_spreadsheet_wrote_it() {
        let wanted = vec![(2, cells(&[("code", "P-1"), ("nom", "Pompe à eau; étage 2")]))];
        let utf8 = "\u{feff}code;nom\r\nP-1;\"Pompe à eau; étage 2\"\r\n;\r\n".as_bytes().to_vec();
        let comma = "code,nom\nP-1,Pompe à eau; étage 2\n".as_bytes().to_vec();
        let tab = "code\tnom\nP-1\tPompe à eau; étage 2\n".as_bytes().to_vec();
        let latin =
            encoding_rs::WINDOWS_1252.encode("code;nom\nP-1;\"Pompe à eau; étage 2\"\n").0.into_owned();

        for bytes in [utf8, comma, tab, latin] {
            let told = String::from_utf8_lossy(&bytes).into_owned();
            assert_eq!(rows(&read(bytes, Format::Csv).unwrap()), wanted, "{told}");
        }
    }

    #[test]
    fn an_exported_table_may_be_long_or_empty_and_one_of_people_may_not() {
        let long = format!("code;nom\n{}", "P;Pompe\n".repeat(MOST_ROWS + 5));

        assert_eq!(read_export(long.as_bytes()).unwrap().len(), MOST_ROWS + 5);
        assert!(read_export(b"code;nom\n").unwrap().is_empty());
        assert!(read(long.as_bytes(), Format::Csv).is_err());
    }

    #[test]
    fn a_guard_against_formulas_is_taken_off_again() {
        let read = read(b"code;nom\nP-1;'=1+1\n".as_slice(), Format::Csv).unwrap();
        assert_eq!(rows(&read)[0].1[1].1, "=1+1");
    }

    #[test]
    fn an_apostrophe_that_guards_no_formula_is_part_of_the_cell() {
        let read = read("code;nom\n'A-1;'t Hof\n''=1;'90\n".as_bytes(), Format::Csv).expect("a table");

        let cells: Vec<_> =
            rows(&read).into_iter().flat_map(|(_, cells)| cells).map(|(_, cell)| cell).collect();
        assert_eq!(cells, ["'A-1", "'t Hof", "'=1", "'90"]);
    }

    /// A workbook whose first sheet is filled by `fill`.
    fn workbook(fill: impl Fn(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        fill(book.add_worksheet());
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn a_cell_far_away_costs_nothing_and_a_table_may_begin_anywhere() {
        let bytes = workbook(|sheet| {
            for (row, column, text) in [(2, 1, "code"), (2, 2, "nom"), (3, 1, "P-1"), (3, 2, "Pompe")] {
                sheet.write(row, column, text).unwrap();
            }
            sheet.write(1_048_575, 16_383, "touched by mistake").unwrap();
        });

        let read = read(bytes, Format::Xlsx).unwrap();

        assert_eq!(read.headings(), ["code", "nom"]);
        assert_eq!(rows(&read), [(4, cells(&[("code", "P-1"), ("nom", "Pompe")]))]);
    }

    #[test]
    fn a_workbook_that_unpacks_to_more_than_the_machine_has_is_refused() {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let deflated = zip::write::SimpleFileOptions::default();
        archive.start_file("xl/worksheets/sheet1.xml", deflated).unwrap();
        std::io::copy(&mut std::io::repeat(b' ').take(MOST_UNPACKED + 1), &mut archive).unwrap();
        let bytes = archive.finish().unwrap().into_inner();
        assert!(bytes.len() < 200_000, "{} bytes", bytes.len());

        let Err(Error::Invalid(wrong)) = read(bytes, Format::Xlsx) else { panic!("it is read") };
        assert!(wrong[0].message.text(crate::kernel::phrase::Language::English).contains("more than 100 MB"));
    }

    #[test]
    fn json_is_an_array_of_objects_and_lists_become_cells() {
        let read = read(
            br#"[{"code": "P-1", "stock": 2.5, "equipements": ["A", "B"], "nom": null}]"#.as_slice(),
            Format::Json,
        );
        let read = read.unwrap();
        assert_eq!(rows(&read), [(1, cells(&[("code", "P-1"), ("equipements", "A|B"), ("stock", "2.5")]))]);
    }

    #[test]
    fn a_file_of_more_columns_than_any_table_has_is_refused() {
        let names: Vec<String> = (0..=MOST_NAMED).map(|at| format!("c{at}")).collect();
        let csv = format!("{}\n1\n", names.join(";"));
        let json: serde_json::Map<_, _> = names.iter().map(|name| (name.clone(), Value::from(1))).collect();
        let json = serde_json::to_vec(&[json]).unwrap();
        let book = workbook(|sheet| {
            sheet.write_row(0, 0, &names).unwrap();
        });

        for (bytes, format) in [(csv.as_bytes(), Format::Csv), (&json, Format::Json), (&book, Format::Xlsx)] {
            let Err(Error::Invalid(wrong)) = read(bytes, format) else { panic!("{format:?} is read") };
            let said = wrong[0].message.text(crate::kernel::phrase::Language::English);
            assert!(said.contains("more than 32 columns"), "{said}");
        }
    }

    #[test]
    fn json_of_too_many_objects_is_refused_as_such() {
        let Err(Error::Invalid(wrong)) =
            read(format!("[{}{{}}]", "{},".repeat(MOST_ROWS)).as_bytes(), Format::Json)
        else {
            panic!("it is read")
        };
        assert!(wrong[0].message.text(crate::kernel::phrase::Language::English).contains("100000 rows"));
    }

    #[test]
    fn what_is_no_table_is_refused_in_words() {
        for (bytes, format) in [
            (&b"not a workbook"[..], Format::Xlsx),
            (b"{}", Format::Json),
            (b"[1]", Format::Json),
            (b"code;nom\n", Format::Csv),
            (b"", Format::Csv),
        ] {
            assert!(matches!(read(bytes, format), Err(Error::Invalid(_))), "{format:?}");
        }
    }
}
