//! The rows of a file, as small in memory as the file was.

use super::lecture::too_wide;
use super::rules::letters;
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// The rows of a file, each with its line: names of columns and what the cells say, empty ones left out.
///
/// A hundred thousand rows with a String for each cell and its column's name would take several times the file.
#[derive(Debug, Default)]
pub struct Lignes {
    headings: Vec<String>,
    rows: Vec<Start>,
    cells: Vec<Cell>,
    /// What all cells say, one after the other.
    text: String,
    /// Where a line says something below no heading: the line, and the first such place.
    strays: Vec<(usize, usize)>,
}

/// Where a row begins.
#[derive(Clone, Copy, Debug, Default)]
struct Start {
    line: usize,
    /// Among the cells.
    cell: usize,
    /// In the text.
    byte: usize,
}

/// A cell that says something.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Among the headings.
    column: u16,
    bytes: u32,
}

impl Lignes {
    /// The names of the columns.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The line of a row, and its cells.
    pub fn row(&self, at: usize) -> (usize, impl Iterator<Item = (&str, &str)>) {
        let Start { line, cell, byte } = self.rows[at];
        let last = self.rows.get(at + 1).map_or(self.cells.len(), |next| next.cell);
        let cells = self.cells[cell..last].iter().scan(byte, |byte, cell| {
            let from = *byte;
            *byte += cell.bytes as usize;
            Some((self.headings[usize::from(cell.column)].as_str(), &self.text[from..*byte]))
        });
        (line, cells)
    }

    /// The lines that say something below no heading, each with the first column in which it does.
    pub fn strays(&self) -> &[(usize, usize)] {
        &self.strays
    }

    /// Every row.
    pub fn rows(&self) -> impl Iterator<Item = (usize, impl Iterator<Item = (&str, &str)>)> {
        (0..self.len()).map(|at| self.row(at))
    }

    /// The place of a column, which is new if it has not been named before.
    pub(super) fn column(&mut self, name: &str) -> usize {
        self.headings.iter().position(|heading| heading == name).unwrap_or_else(|| {
            self.headings.push(name.to_owned());
            self.headings.len() - 1
        })
    }

    /// Begins a row.
    pub(super) fn begin(&mut self, line: usize) {
        self.rows.push(Start { line, cell: self.cells.len(), byte: self.text.len() });
    }

    /// Adds a cell to the row that was begun last; an empty one says nothing.
    pub(super) fn push(&mut self, column: usize, text: &str) {
        if let (Ok(column), Ok(bytes @ 1..)) = (u16::try_from(column), u32::try_from(text.len())) {
            self.text.push_str(text);
            self.cells.push(Cell { column, bytes });
        }
    }

    /// Takes the row that was begun last away again if it has no cells.
    pub(super) fn drop_empty(&mut self) {
        self.rows.pop_if(|row| row.cell == self.cells.len());
    }
}

/// Rows that come one by one, each with its line and cells.
impl<C: IntoIterator<Item = (String, String)>> FromIterator<(usize, C)> for Lignes {
    fn from_iter<I: IntoIterator<Item = (usize, C)>>(rows: I) -> Self {
        let mut lines = Self::default();
        for (line, cells) in rows {
            lines.begin(line);
            for (name, text) in cells {
                let column = lines.column(&name);
                lines.push(column, &text);
            }
        }
        lines
    }
}

/// Rows as they come: the first names the columns, those without anything are passed over, and so are empty cells.
pub(super) struct Table {
    most_named: usize,
    /// What each column of the file is among those with a name.
    places: Vec<Option<usize>>,
    lines: Lignes,
}

impl Table {
    pub fn new(most_named: usize) -> Self {
        Self { most_named, places: Vec::new(), lines: Lignes::default() }
    }

    /// How many rows have come.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// # Errors
    /// 422 when it names more columns than it may, or one of them twice.
    pub fn take<'t>(&mut self, line: usize, cells: impl IntoIterator<Item = &'t str>) -> Result<()> {
        if self.lines.headings.is_empty() {
            for cell in cells {
                if let Some(before) = self.lines.headings.iter().position(|heading| heading == cell) {
                    let first = self.places.iter().position(|place| *place == Some(before));
                    return Err(twice(cell, first.unwrap_or_default(), self.places.len()));
                }
                let place = (!cell.is_empty()).then(|| {
                    self.lines.headings.push(cell.to_owned());
                    self.lines.headings.len() - 1
                });
                self.places.push(place);
            }
            if self.lines.headings.is_empty() {
                self.places.clear();
            }
            return if self.lines.headings.len() > self.most_named { Err(too_wide()) } else { Ok(()) };
        }
        self.lines.begin(line);
        let (mut is_empty, mut stray) = (true, None);
        for (at, cell) in cells.into_iter().enumerate() {
            is_empty = is_empty && cell.is_empty();
            match self.places.get(at) {
                Some(Some(place)) => self.lines.push(*place, cell),
                _ if !cell.is_empty() => stray = stray.or(Some((line, at))),
                _ => {}
            }
        }
        self.lines.strays.extend(stray);
        if is_empty {
            self.lines.drop_empty();
        }
        Ok(())
    }

    pub fn whole(self) -> Lignes {
        self.lines
    }
}

/// Of two columns with one name, either would be lost.
fn twice(heading: &str, first: usize, second: usize) -> Error {
    let (first, second) = (letters(first), letters(second));
    let message = phrase!(
        "est le titre de deux colonnes, {first} et {second} ; gardez-en une",
        "is the heading of two columns, {first} and {second}; keep one of them"
    );
    Error::invalid(heading, "doublon", message)
}
