//! Rows written into files: CSV as French spreadsheets open it, XLSX, JSON.

use rust_xlsxwriter::{Format as Style, Workbook};
use serde_json::{Map, Value};

use super::tableaux::Column;
use crate::kernel::error::{Error, Result};

/// A cell that goes out.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Number(f64),
    Text(String),
}

/// Signs that make a spreadsheet take a cell for a formula (OWASP, CSV injection).
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// With a byte order mark and semicolons: a spreadsheet set to French opens it as it is.
pub fn csv(columns: &[Column], rows: &[Vec<Cell>]) -> Result<Vec<u8>> {
    let mut writer = ::csv::WriterBuilder::new().delimiter(b';').from_writer(b"\xef\xbb\xbf".to_vec());
    let failed = |cause: ::csv::Error| Error::Internal(cause.into());
    writer.write_record(columns.iter().map(|column| column.name)).map_err(failed)?;
    for row in rows {
        writer.write_record(row.iter().map(said)).map_err(failed)?;
    }
    writer.into_inner().map_err(|cause| Error::Internal(anyhow::anyhow!("{cause}")))
}

fn said(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Number(number) => number.to_string().replace('.', ","),
        Cell::Text(text) if text.starts_with(FORMULA) || text.starts_with('\'') => format!("'{text}"),
        Cell::Text(text) => text.clone(),
    }
}

/// Text is written as text: a workbook computes nothing that is not written as a formula.
pub fn xlsx(name: &str, columns: &[Column], rows: &[Vec<Cell>]) -> Result<Vec<u8>> {
    let write = || -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name(name)?;
        let heading = Style::new().set_bold();
        for (at, column) in (0..).zip(columns) {
            sheet.write_string_with_format(0, at, column.name, &heading)?;
        }
        for (line, row) in (1..).zip(rows) {
            for (at, cell) in (0..).zip(row) {
                match cell {
                    Cell::Empty => {}
                    Cell::Number(number) => drop(sheet.write_number(line, at, *number)?),
                    Cell::Text(text) => drop(sheet.write_string(line, at, text)?),
                }
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.autofit();
        book.save_to_buffer()
    };
    write().map_err(|cause| Error::Internal(cause.into()))
}

pub fn json(columns: &[Column], rows: &[Vec<Cell>]) -> Result<Vec<u8>> {
    let value = |cell: &Cell| match cell {
        Cell::Empty => Value::Null,
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => Value::from(*number as i64),
        Cell::Number(number) => Value::from(*number),
        Cell::Text(text) => Value::from(text.clone()),
    };
    let object = |row: &Vec<Cell>| -> Map<String, Value> {
        columns.iter().zip(row).map(|(column, cell)| (column.name.to_owned(), value(cell))).collect()
    };
    Ok(serde_json::to_vec_pretty(&rows.iter().map(object).collect::<Vec<_>>())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_of_a_csv_can_be_taken_for_a_formula() {
        for text in ["=1+1", "+33 1", "-2", "@SUM(A1)", "\t=1", "\r=1", "'=1"] {
            assert_eq!(said(&Cell::Text(text.to_owned())), format!("'{text}"));
        }
        assert_eq!(said(&Cell::Text("P-1".to_owned())), "P-1");
        assert_eq!(said(&Cell::Number(-2.5)), "-2,5");
    }
}
