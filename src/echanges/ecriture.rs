//! Rows written into files: CSV as French spreadsheets open it, XLSX, JSON.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use rust_xlsxwriter::{Format as Style, Workbook, XlsxError};
use serde::Serializer as _;
use serde::ser::SerializeSeq as _;
use serde_json::{Map, Value};

use super::tableaux::Column;
use crate::kernel::error::Result;
use crate::kernel::files::refusal;

/// A cell that goes out.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Number(f64),
    Text(String),
}

/// What takes one row after the other.
pub type Take<'t> = &'t mut dyn FnMut(&[Cell]) -> io::Result<()>;

/// Signs that make a spreadsheet take a cell for a formula (OWASP, CSV injection).
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Bytes that are written at once.
const BUFFER: usize = 64 * 1024;

/// Characters that a column shows at most; more are there all the same.
const WIDEST: usize = 60;

/// With a byte order mark and semicolons: a spreadsheet set to French opens it as it is.
pub fn csv(
    file: &mut impl Write,
    columns: &[Column],
    rows: impl FnOnce(Take<'_>) -> Result<()>,
) -> Result<()> {
    file.write_all(b"\xef\xbb\xbf").map_err(refusal)?;
    let mut writer = ::csv::WriterBuilder::new().delimiter(b';').buffer_capacity(BUFFER).from_writer(file);
    writer.write_record(columns.iter().map(|column| column.name)).map_err(|cause| refusal(cause.into()))?;
    rows(&mut |row| Ok(writer.write_record(row.iter().map(said))?))?;
    writer.flush().map_err(refusal)
}

fn said(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Number(number) => number.to_string().replace('.', ","),
        Cell::Text(text) if is_formula(text) => format!("'{text}"),
        Cell::Text(text) => text.clone(),
    }
}

/// Whether a spreadsheet would compute a cell, or take an apostrophe off one that is guarded against that.
pub(super) fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// Text is written as text: a workbook computes nothing that is not written as a formula. The rows are put aside in
/// `folder` until the workbook is whole: a file without a name, which the system takes back.
pub fn xlsx(
    file: &mut (impl Write + Send),
    folder: &Path,
    name: &str,
    columns: &[Column],
    rows: impl FnOnce(Take<'_>) -> Result<()>,
) -> Result<()> {
    let failed = |cause: XlsxError| refusal(broken(cause));
    let mut book = Workbook::new();
    book.set_tempdir(folder).map_err(failed)?;
    let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
    sheet.set_name(name).map_err(failed)?;
    let heading = Style::new().set_bold();
    let mut widths = Vec::with_capacity(columns.len());
    for (at, column) in (0..).zip(columns) {
        sheet.write_string_with_format(0, at, column.name, &heading).map_err(failed)?;
        widths.push(column.name.chars().count());
    }
    let mut line = 0;
    rows(&mut |row| {
        line += 1;
        for (at, cell) in (0_u16..).zip(row) {
            let width = match cell {
                Cell::Empty => continue,
                Cell::Number(number) => {
                    sheet.write_number(line, at, *number).map_err(broken)?;
                    number.to_string().len()
                }
                Cell::Text(text) => {
                    sheet.write_string(line, at, text).map_err(broken)?;
                    text.chars().count()
                }
            };
            let widest = &mut widths[usize::from(at)];
            *widest = width.max(*widest);
        }
        Ok(())
    })?;
    sheet.set_freeze_panes(1, 0).map_err(failed)?;
    for (at, width) in (0..).zip(widths) {
        sheet.set_column_width(at, width.min(WIDEST) as f64 + 1.0).map_err(failed)?;
    }
    let mut file = BufWriter::with_capacity(BUFFER, file);
    book.save_to_writer(&mut file).map_err(failed)?;
    file.flush().map_err(refusal)
}

fn broken(cause: XlsxError) -> io::Error {
    match cause {
        XlsxError::IoError(cause) => cause,
        other => io::Error::other(other),
    }
}

pub fn json(
    file: &mut impl Write,
    columns: &[Column],
    rows: impl FnOnce(Take<'_>) -> Result<()>,
) -> Result<()> {
    let value = |cell: &Cell| match cell {
        Cell::Empty => Value::Null,
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => Value::from(*number as i64),
        Cell::Number(number) => Value::from(*number),
        Cell::Text(text) => Value::from(text.clone()),
    };
    let object = |row: &[Cell]| -> Map<String, Value> {
        columns.iter().zip(row).map(|(column, cell)| (column.name.to_owned(), value(cell))).collect()
    };
    let mut file = BufWriter::with_capacity(BUFFER, file);
    let mut writer = serde_json::Serializer::pretty(&mut file);
    let mut array = writer.serialize_seq(None)?;
    rows(&mut |row| Ok(array.serialize_element(&object(row))?))?;
    array.end().map_err(|cause| refusal(cause.into()))?;
    file.flush().map_err(refusal)
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_of_a_csv_can_be_taken_for_a_formula() {
        for text in ["=1+1", "+33 1", "-2", "@SUM(A1)", "\t=1", "\r=1", "'=1"] {
            assert_eq!(said(&Cell::Text(text.to_owned())), format!("'{text}"));
        }
        for text in ["P-1", "'t Hof", "'"] {
            assert_eq!(said(&Cell::Text(text.to_owned())), text);
        }
        assert_eq!(said(&Cell::Number(-2.5)), "-2,5");
    }
}
