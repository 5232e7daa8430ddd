//! Bringing a table in, taking it back, taking it out.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::ecriture::Take;
use super::lignes::Lignes;
use super::model::{ErreurLigne, Format, Import, Rapport};
use super::patience::{Courtesy, Patience};
use super::rules::{Point, Unread, french_day, is_failed, letters, number};
use super::tableaux::{Column, Kind, Members, Tableau, named};
use super::{ecriture, store};
use crate::events::Event;
use crate::ids::ImportId;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Invalid, Result};
use crate::kernel::files::{Scratch, refusal};
use crate::kernel::phrase::{Language, Phrase};
use crate::kernel::problem;
use crate::kernel::refusal::or_rather;
use crate::kernel::types::name_of;
use crate::kernel::words::nearest;
use crate::phrase;

/// How often the lines of a file are tried, for each of them on average: a file sorted either way needs two, a tree
/// in no order as many as half its depth.
pub const TRIES: usize = 16;

/// Errors that a report lists.
pub const LISTED: usize = 500;

/// How a file is taken in.
#[derive(Clone, Debug)]
pub struct Intake {
    /// Nothing is kept, whatever comes of it.
    pub essai: bool,
    /// What the file is called.
    pub fichier: Option<String>,
    /// Of the report.
    pub language: Language,
    /// When it is given up: as long as it writes, nobody else does. Never where nobody works meanwhile.
    pub patience: Option<Patience>,
}

/// Carries a report out of a transaction that is undone: nothing else of it survives.
pub struct Undone<T>(Arc<Mutex<Option<T>>>);

impl<T> Default for Undone<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Undone<T> {
    /// The same place, for the transaction to reach.
    pub fn share(&self) -> Self {
        Self(self.0.clone())
    }

    /// The report of what stays. That of what does not is put aside.
    ///
    /// # Errors
    /// It does not stay: the error undoes it.
    pub fn unless(&self, stays: bool, report: T) -> Result<T> {
        if stays {
            return Ok(report);
        }
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
        Err(Error::conflict("rien_garde", phrase!("Rien n’a été gardé.", "Nothing was kept.")))
    }

    /// What was put aside.
    pub fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Brings rows in. The caller undoes the transaction (see [`Undone`]) unless the report names an import.
///
/// # Errors
/// 422 for columns that the table does not have, or lacks; 503 when it takes longer than it may.
pub fn import(tx: &Tx<'_>, tableau: &Tableau, lines: &Lignes, intake: &Intake) -> Result<Rapport> {
    check_headings(tableau, lines.headings())?;
    let (made, mut wrong) = create_all(tx, tableau, lines, &Points::of(tableau, lines), intake.patience)?;
    wrong.add(lines.strays().iter().map(|(line, at)| (*line, None, stray(*line, *at))));
    report(tx, tableau, lines.len(), &made, wrong, intake)
}

/// What came of `total` rows of a file. If all of them are good and it is no trial, the import is kept.
pub(super) fn report(
    tx: &Tx<'_>,
    tableau: &Tableau,
    total: usize,
    made: &[Made],
    wrong: Faults,
    intake: &Intake,
) -> Result<Rapport> {
    let Intake { essai, fichier, language, patience: _ } = intake;
    let (essai, fichier, language) = (*essai, fichier.as_deref(), *language);
    let reussi = wrong.total == 0;
    let keep = reussi && !essai && !made.is_empty();
    let import_id = if keep {
        let ids: Vec<_> = made.iter().map(|(_, id)| *id).collect();
        let id = store::keep(tx, tableau.name, fichier, &ids)?;
        let facts = json!({ "tableau": tableau.name, "fichier": fichier, "lignes": ids.len() });
        tx.record(Event::ImportFait(id), Change::created(&facts)?)?;
        Some(id)
    } else {
        None
    };
    let told = |(ligne, colonne, invalid): Wrong| ErreurLigne {
        ligne,
        colonne,
        code: invalid.code.to_owned(),
        message: invalid.message.text(language).to_owned(),
    };
    Ok(Rapport {
        tableau: tableau.name.to_owned(),
        essai,
        reussi,
        lignes: total,
        erreurs_total: wrong.total,
        erreurs: wrong.listed().map(told).collect(),
        import_id,
    })
}

/// What is wrong with the cell of a line, or with all of it.
pub(super) type Wrong = (usize, Option<String>, Invalid);

/// What is wrong with a file: how much, and the first of it.
#[derive(Default)]
pub(super) struct Faults {
    total: usize,
    /// Twice as many as are listed at most, in any order.
    first: Vec<Wrong>,
}

impl Faults {
    fn add(&mut self, all: impl IntoIterator<Item = Wrong>) {
        for wrong in all {
            self.total += 1;
            self.first.push(wrong);
            if self.first.len() == 2 * LISTED {
                self.first.sort_by_key(|(line, ..)| *line);
                self.first.truncate(LISTED);
            }
        }
    }

    /// Those of the first lines.
    fn listed(mut self) -> impl Iterator<Item = Wrong> {
        self.first.sort_by_key(|(line, ..)| *line);
        self.first.into_iter().take(LISTED)
    }
}

/// A line, and the row that was made of it.
pub(super) type Made = (usize, i64);

/// Makes a row of each line, in their order. A line that names another of the same file which comes later waits for
/// it: a spreadsheet is sorted as people like it. Those that wait are gone through from the other end each time.
///
/// # Errors
/// 503 when it keeps others longer than it may, which undoes it.
pub(super) fn create_all(
    tx: &Tx<'_>,
    tableau: &Tableau,
    lines: &Lignes,
    points: &Points,
    patience: Option<Patience>,
) -> Result<(Vec<Made>, Faults)> {
    let courtesy = Courtesy::new(tx, patience);
    let mut all = Vec::new();
    let mut waiting: Vec<usize> = (0..lines.len()).collect();
    let mut tries = waiting.len() * TRIES;
    loop {
        tries = tries.saturating_sub(waiting.len());
        let (mut wrong, mut again) = (Faults::default(), Vec::new());
        let before = all.len();
        let create = |row: usize| -> Result<Made> {
            courtesy.check()?;
            let (line, cells) = lines.row(row);
            Ok((line, (tableau.create)(tx, members(tx, tableau, cells, points)?)?))
        };
        for row in waiting {
            match tx.attempt(|| create(row)) {
                Ok(made) => all.push(made),
                // The server's trouble, and not this line's.
                Err(error @ (Error::Internal(_) | Error::Busy(..))) => return Err(error),
                Err(error) => {
                    wrong.add(said(tableau, lines.row(row).0, error));
                    again.push(row);
                }
            }
        }
        let is_over = again.is_empty() || all.len() == before;
        if tries == 0 && !is_over {
            let first = again.iter().map(|row| lines.row(*row).0).min().unwrap_or_default();
            wrong.add([(first, None, disorder())]);
        }
        if tries == 0 || is_over {
            return Ok((all, wrong));
        }
        again.reverse();
        waiting = again;
    }
}

fn disorder() -> Invalid {
    Invalid {
        champ: String::new(),
        code: "ordre",
        message: phrase!(
            "trop de lignes en nomment une qui vient après elles : mettez chaque ligne après celle qu’elle nomme",
            "too many rows name one that comes after them: put each row after the one it names"
        ),
    }
}

/// What a cell says that no column takes would be lost.
fn stray(line: usize, at: usize) -> Invalid {
    let cell = format!("{}{line}", letters(at));
    Invalid {
        champ: String::new(),
        code: "sans_titre",
        message: phrase!(
            "la cellule {cell} est remplie, et sa colonne n’a pas de titre : elle serait perdue",
            "cell {cell} is filled, and its column has no heading: it would be lost"
        ),
    }
}

fn check_headings(tableau: &Tableau, headings: &[String]) -> Result<()> {
    let has = |wanted: &&Column| {
        headings.iter().any(|heading| column(tableau, heading).is_some_and(|found| found.name == wanted.name))
    };
    let unknown = headings.iter().filter(|heading| !heading.is_empty() && column(tableau, heading).is_none());
    let all = tableau.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
    let mut wrong: Vec<Invalid> = unknown
        .map(|heading| Invalid {
            champ: heading.clone(),
            code: "colonne_inconnue",
            message: or_rather(
                phrase!("n’est pas une colonne ; il y a : {all}", "is no column; there are: {all}"),
                nearest(heading, tableau.columns.iter().map(|column| column.name)),
            ),
        })
        .collect();
    let missing = tableau.columns.iter().filter(|column| column.required && !has(column));
    wrong.extend(missing.map(|column| Invalid {
        champ: column.name.to_owned(),
        code: "colonne_manquante",
        message: phrase!("cette colonne manque", "this column is missing"),
    }));
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}

fn column(tableau: &Tableau, name: &str) -> Option<&'static Column> {
    let exactly = tableau.columns.iter().find(|column| column.name == name);
    exactly.or_else(|| {
        let name = name_of(name);
        tableau.columns.iter().find(|column| column.name == name)
    })
}

/// What the points of the columns with numbers are.
pub(super) enum Points {
    /// Of all of them the same: a program wrote the file.
    Decimal,
    Columns(Vec<(&'static str, Point)>),
}

impl Points {
    fn of(tableau: &Tableau, lines: &Lignes) -> Self {
        let numbers = tableau.columns.iter().filter(|column| matches!(column.kind, Kind::Number));
        let point = |wanted: &'static Column| {
            let cells = lines.rows().flat_map(|(_, cells)| cells);
            let own =
                cells.filter(|(name, _)| column(tableau, name).is_some_and(|one| one.name == wanted.name));
            (wanted.name, Point::of(own.map(|(_, cell)| cell)))
        };
        Self::Columns(numbers.map(point).collect())
    }

    fn of_column(&self, column: &Column) -> Point {
        match self {
            Self::Decimal => Point::Decimal,
            Self::Columns(all) => {
                all.iter().find(|(name, _)| *name == column.name).map_or(Point::Unknown, |(_, point)| *point)
            }
        }
    }
}

/// The request that a line makes up.
pub(super) fn members<'l>(
    db: &Reader<'_>,
    tableau: &Tableau,
    cells: impl IntoIterator<Item = (&'l str, &'l str)>,
    points: &Points,
) -> Result<Members> {
    let mut members = Members::new();
    for (name, cell) in cells {
        let Some(column) = column(tableau, name) else { continue };
        let value = match column.kind {
            Kind::Shown => continue,
            _ if is_failed(cell) => return Err(wrong(column, failed(cell))),
            Kind::Text => Value::from(cell),
            Kind::Word(_, meant) => Value::from(meant(cell).unwrap_or(cell)),
            Kind::Number => number(cell, points.of_column(column))
                .map_err(|unread| wrong(column, no_number(cell, unread)))?,
            Kind::Day | Kind::Moment => Value::from(french_day(cell).unwrap_or_else(|| cell.to_owned())),
            Kind::Ref(_, sql) => Value::from(referred(db, column, sql, cell)?),
            Kind::Refs(_, sql) => {
                let names = cell.split('|').map(str::trim).filter(|name| !name.is_empty());
                names.map(|name| referred(db, column, sql, name)).collect::<Result<Vec<_>>>()?.into()
            }
        };
        members.insert(column.member.to_owned(), value);
    }
    Ok(members)
}

fn referred(db: &Reader<'_>, column: &Column, sql: &'static str, name: &str) -> Result<i64> {
    store::id_of(db, sql, name)?
        .ok_or_else(|| wrong(column, phrase!("« {name} » n’existe pas", "\"{name}\" does not exist")))
}

fn failed(cell: &str) -> Phrase {
    phrase!("« {cell} » : la formule de cette cellule a échoué", "\"{cell}\": this cell’s formula failed")
}

fn no_number(cell: &str, unread: Unread) -> Phrase {
    match unread {
        Unread::Other => phrase!("n’est pas un nombre", "is no number"),
        Unread::TwoWays(whole, decimal) => phrase!(
            "« {cell} » peut se lire {whole} ou {decimal} : écrivez l’un des deux",
            "\"{cell}\" can be read as {whole} or {decimal}: write one of them"
        ),
    }
}

fn wrong(column: &Column, message: Phrase) -> Error {
    Error::invalid(column.member, "valeur_invalide", message)
}

/// What a refused line is told, by the columns of the file.
fn said(tableau: &Tableau, line: usize, error: Error) -> Vec<Wrong> {
    let named = |champ: &str| {
        let member = champ.split(['[', '.']).next().unwrap_or(champ);
        let column = tableau.columns.iter().find(|column| column.member == member);
        Some(column.map_or(champ, |column| column.name).to_owned()).filter(|name| !name.is_empty())
    };
    match error {
        Error::Invalid(fields) => {
            fields.into_iter().map(|field| (line, named(&field.champ), field)).collect()
        }
        other => {
            let (code, message) = problem::code_and_detail(&other);
            vec![(line, None, Invalid { champ: String::new(), code, message })]
        }
    }
}

/// Takes an import back, the last row first.
///
/// # Errors
/// 409 once it was taken back, or when a row was changed since or something hangs on it, 503 when it takes longer than
/// it may: then all of it stays.
pub fn undo(tx: &Tx<'_>, id: ImportId, language: Language) -> Result<Import> {
    let (import, ids) = store::one(tx, id)?;
    let Some(tableau) = named(&import.tableau).filter(|_| import.annule_le.is_none()) else {
        let detail = phrase!("Cet import est déjà annulé.", "This import was taken back already.");
        return Err(Error::conflict("deja_annule", detail));
    };
    let courtesy = Courtesy::new(tx, Some(Patience::SHARED));
    for (at, row) in ids.iter().enumerate().rev() {
        courtesy.check()?;
        (tableau.withdraw)(tx, *row).map_err(|error| stays(at + 1, error, language))?;
    }
    store::undone(tx, id)?;
    let facts = json!({ "tableau": import.tableau, "lignes": import.lignes });
    tx.record(Event::ImportAnnule(id), Change::deleted(&facts)?)?;
    Ok(store::one(tx, id)?.0)
}

fn stays(row: usize, error: Error, language: Language) -> Error {
    if matches!(error, Error::Internal(_)) {
        return error;
    }
    let attaches = match &error {
        Error::Conflict(conflict) => conflict.facts.get("attaches").cloned(),
        _ => None,
    };
    let why = problem::sentence(&error);
    let why = why.text(language);
    let kept = Error::conflict(
        "plus_annulable",
        phrase!(
            "La ligne {row} de cet import ne peut plus être retirée ({why}) : rien ne l’a été.",
            "Row {row} of this import can no longer be taken back ({why}): none was."
        ),
    );
    match attaches {
        Some(attaches) => kept.with("attaches", attaches),
        None => kept,
    }
}

/// Rows that a file may have: a spreadsheet opens no many more.
pub const MOST_OUT: i64 = 200_000;

/// Rows between two looks at the room on the disk.
const ROWS_BETWEEN_LOOKS: usize = 4096;

/// Writes a table as a file, row by row: no more than one is in memory.
///
/// # Errors
/// 409 for one of more than 200,000 rows: the API's own lists go through any number, page by page. 503 when the disk
/// is too full for it.
pub fn export(db: &Reader<'_>, tableau: &Tableau, format: Format, mut file: Scratch) -> Result<Scratch> {
    let rows = store::count(db, tableau)?;
    if rows > MOST_OUT {
        let detail = phrase!(
            "Ce tableau a {rows} lignes ; un fichier en prend {MOST_OUT}. Passez par les listes de l’API, page par page.",
            "This table has {rows} rows; a file takes {MOST_OUT}. Go through the lists of the API, page by page."
        );
        return Err(Error::conflict("trop_de_lignes", detail));
    }
    let check_room = file.room();
    let mut looks = 0_usize;
    let rows = |take: Take<'_>| {
        store::each_row(db, tableau, |cells| {
            if looks.is_multiple_of(ROWS_BETWEEN_LOOKS) {
                check_room()?;
            }
            looks += 1;
            take(cells).map_err(refusal)
        })
    };
    let folder = file.folder().to_owned();
    match format {
        Format::Csv => ecriture::csv(&mut file, tableau.columns, rows),
        Format::Xlsx => ecriture::xlsx(&mut file, &folder, tableau.name, tableau.columns, rows),
        Format::Json => ecriture::json(&mut file, tableau.columns, rows),
    }?;
    Ok(file)
}
