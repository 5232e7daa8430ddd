//! Tables in from files and out into them, with the server running or not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::both;
use crate::config::Settings;
use crate::echanges::{self, ErreurLigne, Format, Intake, Rapport, Reprise, TABLEAUX, Tableau, Undone};
use crate::failure::Failure;
use crate::kernel::app::System;
use crate::kernel::db::Tx;
use crate::kernel::error::Error;
use crate::kernel::phrase::Language;
use crate::terminal::say;
use crate::{phrase, start};

/// How the journal names whoever typed the command.
const ACTOR: &str = "ligne de commande";

/// Brings a table in: all of it or nothing.
pub fn import(settings: &Settings, name: &str, file: &Path, dry_run: bool) -> Result<(), Failure> {
    let (tableau, format) = (named(name)?, format_of(file)?);
    let bytes = std::fs::read(file).map_err(|cause| unreadable(file, cause))?;
    let lines = echanges::read(bytes, format)?;
    let fichier = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let intake = Intake { essai: dry_run, fichier, language: Language::French, patience: None };
    let report = write(settings, move |tx, undone| {
        let report = echanges::import(tx, tableau, &lines, &intake)?;
        undone.unless(report.import_id.is_some(), report)
    })?;
    tell(&report)
}

/// Writes beside a server that may be running. Answers the report, of what stays as of what was undone.
fn write<T: Send + 'static>(
    settings: &Settings,
    work: impl FnOnce(&Tx<'_>, &Undone<T>) -> Result<T, Error> + Send + 'static,
) -> Result<T, Failure> {
    let undone = Undone::default();
    let aside = undone.share();
    let outcome = beside(settings, async move |system| system.write(move |tx| work(tx, &aside)).await)?;
    match undone.take() {
        Some(report) => Ok(report),
        None => outcome.map_err(Failure::from),
    }
}

/// Does something with the data beside a server that may be running.
fn beside<T>(settings: &Settings, work: impl AsyncFnOnce(System) -> T) -> Result<T, Failure> {
    let app = start::open_beside(settings, false)?;
    let runtime = start::runtime()?;
    let outcome = runtime.block_on(async {
        let outcome = work(System::new(&app, ACTOR)).await;
        app.close().await;
        outcome
    });
    runtime.shutdown_background();
    Ok(outcome)
}

fn tell(report: &Rapport) -> Result<(), Failure> {
    for ErreurLigne { ligne, colonne, message, .. } in &report.erreurs {
        let column = colonne.as_deref().map(|column| format!(" · {column}")).unwrap_or_default();
        say(format_args!("{ligne}{column} : {message}"));
    }
    let (lines, wrong) = (report.lignes, report.erreurs_total);
    if !report.reussi {
        return Err(Failure::Refused(phrase!(
            "{wrong} erreur(s) dans {lines} ligne(s) : rien n’a été gardé.",
            "{wrong} error(s) in {lines} row(s): nothing was kept."
        )));
    }
    say(both(&match report.import_id {
        Some(id) => {
            phrase!("{lines} ligne(s) importée(s), import {id}", "{lines} row(s) imported, import {id}")
        }
        None => phrase!("{lines} ligne(s) bonnes ; essai seulement", "{lines} row(s) are good; a trial only"),
    }));
    Ok(())
}

/// Takes a table out, to a file or as CSV to the standard output.
pub fn export(settings: &Settings, name: &str, file: Option<PathBuf>) -> Result<(), Failure> {
    let tableau = named(name)?;
    let format = file.as_deref().map_or(Ok(Format::Csv), format_of)?;
    let made = beside(settings, async move |system| {
        let made = system.files().scratch().await?;
        system.read_long(move |db| echanges::export(db, tableau, format, made)).await
    })??;
    let Some(file) = file else {
        // Whoever reads may have enough.
        let _ = made.copy_to(&mut std::io::stdout().lock());
        return Ok(());
    };
    let written = std::fs::File::create(&file).and_then(|mut out| made.copy_to(&mut out));
    written.map_err(|cause| {
        let shown = file.display();
        Failure::Fault(phrase!("{shown} ne peut pas être écrit.", "{shown} cannot be written."), cause.into())
    })
}

/// Takes the data of the system before this one over: all of it or nothing.
pub fn import_predecessor(
    settings: &Settings,
    folder: &Path,
    site: String,
    dry_run: bool,
) -> Result<(), Failure> {
    let lines = |table: &str| -> Result<_, Failure> {
        let Ok(bytes) = std::fs::read(folder.join(format!("{table}.csv"))) else { return Ok(None) };
        Ok(Some(echanges::read_export(bytes)?).filter(|lines| !lines.is_empty()))
    };
    let mut files = BTreeMap::new();
    for table in echanges::TABLES {
        files.extend(lines(table)?.map(|lines| (table, lines)));
    }
    let documents = lines(echanges::DOCUMENTS)?;
    if files.is_empty() {
        let (shown, all) = (folder.display(), echanges::TABLES.join(".csv, "));
        return Err(Failure::Usage(vec![phrase!(
            "{shown} ne contient aucun de : {all}.csv.",
            "{shown} holds none of: {all}.csv."
        )]));
    }
    let is_good = |all: &Reprise| all.rapports.iter().all(|report| report.reussi);
    let undone = Undone::default();
    let aside = undone.share();
    let (left, outcome) = beside(settings, async move |system| {
        let keeping = system.files().keeping().await;
        let (papiers, left) = match documents {
            Some(lines) => echanges::keep_documents(system.files(), &keeping, folder, &lines).await?,
            None => Default::default(),
        };
        let outcome = system.write(move |tx| {
            let _keeping = keeping;
            let all = echanges::take_over(tx, &files, &papiers, &site, dry_run, Language::French)?;
            aside.unless(is_good(&all) && !dry_run, all)
        });
        Ok::<_, Error>((left, outcome.await))
    })??;
    let mut reprise = undone.take().map_or(outcome, Ok)?;
    reprise.laisses.splice(0..0, left);
    tell_of_all(&reprise);
    for (name, rows) in left_out(folder) {
        say(both(&phrase!("{name} : laissé de côté ({rows} ligne(s))", "{name}: left out ({rows} row(s))")));
    }
    if is_good(&reprise) {
        return Ok(());
    }
    Err(Failure::Refused(phrase!("Rien n’a été gardé.", "Nothing was kept.")))
}

/// The tables of a folder that are not taken over, and how many rows each has.
fn left_out(folder: &Path) -> Vec<(String, usize)> {
    let taken = |name: &str| echanges::TABLES.contains(&name) || name == echanges::DOCUMENTS;
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let tables = entries.filter(|path| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv")));
    let mut left: Vec<_> = tables
        .filter_map(|path| {
            let name = path.file_stem()?.to_str().filter(|name| !taken(name))?.to_owned();
            let rows = echanges::read_export(std::fs::read(&path).ok()?).map_or(0, |lines| lines.len());
            Some((name, rows))
        })
        .collect();
    left.sort();
    left
}

fn tell_of_all(Reprise { rapports, documents, laisses }: &Reprise) {
    for report in rapports {
        say(format_args!("{} :", report.tableau));
        if let Err(failure) = tell(report) {
            failure.lines().iter().for_each(say);
        }
    }
    let without = laisses.len();
    if documents + without > 0 {
        say(both(&phrase!(
            "documents : {documents} repris, {without} laissé(s) de côté",
            "documents: {documents} taken over, {without} left out"
        )));
    }
    for (line, why) in laisses {
        say(format_args!("{line} : {}", both(why)));
    }
}

fn named(name: &str) -> Result<&'static Tableau, Failure> {
    echanges::named(name).ok_or_else(|| {
        let all = TABLEAUX.iter().map(|tableau| tableau.name).collect::<Vec<_>>().join(", ");
        Failure::Usage(vec![phrase!(
            "« {name} » n’est pas un tableau ; il y a : {all}.",
            "\"{name}\" is no table; there are: {all}."
        )])
    })
}

fn format_of(file: &Path) -> Result<Format, Failure> {
    let shown = file.display().to_string();
    Format::of_name(&shown).ok_or_else(|| {
        Failure::Usage(vec![phrase!(
            "{shown} : la fin du nom dit la forme, .csv, .xlsx ou .json.",
            "{shown}: the end of the name says the form, .csv, .xlsx or .json."
        )])
    })
}

fn unreadable(file: &Path, cause: std::io::Error) -> Failure {
    let shown = file.display();
    Failure::Fault(phrase!("{shown} ne peut pas être lu.", "{shown} cannot be read."), cause.into())
}
