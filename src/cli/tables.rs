//! Tables in from files and out into them, with the server running or not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::both;
use crate::config::Settings;
use crate::echanges::{self, ErreurLigne, Format, Forme, Outcome, Rapport, TABLEAUX, Tableau};
use crate::failure::Failure;
use crate::kernel::app::System;
use crate::kernel::error::Error;
use crate::kernel::phrase::Language;
use crate::terminal::{put, say};
use crate::{phrase, start};

/// How the journal names whoever typed the command.
const ACTOR: &str = "ligne de commande";

/// Brings a table in: all of it or nothing.
pub fn import(settings: &Settings, name: &str, file: &Path, dry_run: bool) -> Result<(), Failure> {
    let tableau = named(name)?;
    let shown = file.display().to_string();
    let forme = Forme::of_name(&shown).ok_or_else(|| unknown_form(&shown))?;
    let bytes = std::fs::read(file).map_err(|cause| unreadable(&shown, cause))?;
    let lines = echanges::read(&bytes, forme)?;
    let app = start::open_beside(settings, false)?;
    let runtime = start::runtime()?;
    let called = file.file_name().map(|name| name.to_string_lossy().into_owned());
    // What is undone leaves its report here.
    let report: Arc<Mutex<Option<Rapport>>> = Arc::default();
    let slot = report.clone();
    let outcome = runtime.block_on(async {
        let system = System::new(&app, ACTOR);
        let write = system.write(move |tx| {
            let imported = echanges::import(tx, tableau, lines, dry_run, called.as_deref(), Language::French);
            let Outcome { rapport, keep } = imported?;
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(rapport);
            if keep { Ok(()) } else { Err(nothing_kept()) }
        });
        let outcome = write.await;
        app.close().await;
        outcome
    });
    runtime.shutdown_background();
    let report = report.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (report, outcome) {
        (Some(report), _) => tell(&report),
        (None, outcome) => outcome.map_err(Failure::from),
    }
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
    let format = match &file {
        None => Format::Csv,
        Some(file) => {
            let shown = file.display().to_string();
            match Forme::of_name(&shown).ok_or_else(|| unknown_form(&shown))? {
                Forme::Csv => Format::Csv,
                Forme::Xlsx => Format::Xlsx,
                Forme::Json => Format::Json,
            }
        }
    };
    let app = start::open_beside(settings, false)?;
    let runtime = start::runtime()?;
    let bytes = runtime.block_on(async {
        let bytes = System::new(&app, ACTOR).read(move |db| echanges::export(db, tableau, format)).await;
        app.close().await;
        bytes
    });
    runtime.shutdown_background();
    let bytes = bytes?;
    match file {
        None => put(&bytes),
        Some(file) => std::fs::write(&file, bytes).map_err(|cause| {
            let shown = file.display();
            Failure::Fault(
                phrase!("{shown} ne peut pas être écrit.", "{shown} cannot be written."),
                cause.into(),
            )
        })?,
    }
    Ok(())
}

/// Takes the data of the system before this one over: all of it or nothing.
pub fn import_predecessor(
    settings: &Settings,
    folder: &Path,
    site: String,
    dry_run: bool,
) -> Result<(), Failure> {
    let mut files = BTreeMap::new();
    for table in echanges::TABLES {
        let path = folder.join(format!("{table}.csv"));
        if let Ok(bytes) = std::fs::read(&path) {
            files.insert(table, echanges::read(&bytes, Forme::Csv)?);
        }
    }
    if files.is_empty() {
        let (shown, all) = (folder.display(), echanges::TABLES.join(".csv, "));
        return Err(Failure::Usage(vec![phrase!(
            "{shown} ne contient aucun de : {all}.csv.",
            "{shown} holds none of: {all}.csv."
        )]));
    }
    let app = start::open_beside(settings, false)?;
    let runtime = start::runtime()?;
    let reports: Arc<Mutex<Vec<Rapport>>> = Arc::default();
    let slot = reports.clone();
    let outcome = runtime.block_on(async {
        let system = System::new(&app, ACTOR);
        let write = system.write(move |tx| {
            let all = echanges::take_over(tx, &files, &site, dry_run, Language::French)?;
            let is_good = all.iter().all(|report| report.reussi);
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = all;
            if is_good && !dry_run { Ok(()) } else { Err(nothing_kept()) }
        });
        let outcome = write.await;
        app.close().await;
        outcome
    });
    runtime.shutdown_background();
    let reports = std::mem::take(&mut *reports.lock().unwrap_or_else(PoisonError::into_inner));
    if reports.is_empty() {
        return outcome.map_err(Failure::from);
    }
    let is_good = reports.iter().all(|report| report.reussi);
    for report in &reports {
        say(format_args!("{} :", report.tableau));
        if let Err(failure) = tell(report) {
            failure.lines().iter().for_each(say);
        }
    }
    for table in echanges::LEFT_OUT {
        if folder.join(format!("{table}.csv")).exists() {
            say(both(&phrase!("{table} : laissé de côté", "{table}: left out")));
        }
    }
    if is_good {
        return Ok(());
    }
    Err(Failure::Refused(phrase!("Rien n’a été gardé.", "Nothing was kept.")))
}

fn nothing_kept() -> Error {
    Error::conflict("rien_garde", phrase!("Rien n’a été gardé.", "Nothing was kept."))
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

fn unknown_form(shown: &str) -> Failure {
    Failure::Usage(vec![phrase!(
        "{shown} : la fin du nom dit la forme, .csv, .xlsx ou .json.",
        "{shown}: the end of the name says the form, .csv, .xlsx or .json."
    )])
}

fn unreadable(shown: &str, cause: std::io::Error) -> Failure {
    Failure::Fault(phrase!("{shown} ne peut pas être lu.", "{shown} cannot be read."), cause.into())
}
