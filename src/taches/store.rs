//! SQL of the runs. The kernel writes them.

use std::collections::HashMap;

use rusqlite::Row;
use serde::Deserialize;

use super::model::{Declencheur, Execution, ExecutionFilters, Ignoree, ResultatExecution};
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey};
use crate::kernel::phrase::Language;

/// The order in which they began: a clock may go back, ids do not.
const SORTS: &[SortKey] = &[("date", "r.id"), ("duree_ms", "r.duration_ms"), ("faites", "r.done")];

/// Left-out things that a run tells one by one.
const DETAILS: usize = 20;

/// The runs, newest first.
pub fn executions(
    db: &Reader<'_>,
    filters: &ExecutionFilters,
    page: &Page,
    language: Language,
) -> Result<Listing<Execution>> {
    let mut select = Select::new("r.*", "job_runs r", "r.id");
    select.any("r.job", &filters.tache).contains("r.job", page);
    select.list(db, page, SORTS, "-date", |row| execution(row, language))
}

/// The last run of each job, by its name.
pub fn last_executions(db: &Reader<'_>, language: Language) -> Result<HashMap<String, Execution>> {
    let sql = "select * from job_runs where id in (select max(id) from job_runs group by job)";
    let runs = db.all(sql, [], |row| execution(row, language))?;
    Ok(runs.into_iter().map(|run| (run.tache.clone(), run)).collect())
}

/// As the kernel keeps it.
#[derive(Deserialize)]
struct Skip {
    entite: String,
    id: i64,
    fr: String,
    en: String,
    /// Not kept by earlier versions.
    ar: Option<String>,
}

fn execution(row: &Row<'_>, language: Language) -> rusqlite::Result<Execution> {
    let by_hand: bool = row.get("by_hand")?;
    let ignorees: i64 = row.get("skipped")?;
    // Failures are kept in the two languages of whoever keeps the server.
    let erreur: Option<String> = row.get(match language {
        Language::French | Language::Arabic => "error_fr",
        Language::English => "error_en",
    })?;
    let skips: serde_json::Value = row.get("skips")?;
    let skips: Vec<Skip> = serde_json::from_value(skips).unwrap_or_default();
    let raison = |skip: &Skip| match language {
        Language::French => skip.fr.clone(),
        Language::Arabic => skip.ar.clone().unwrap_or_else(|| skip.fr.clone()),
        Language::English => skip.en.clone(),
    };
    let detail = |skip: Skip| Ignoree { raison: raison(&skip), entite: skip.entite, entite_id: skip.id };
    Ok(Execution {
        id: row.get("id")?,
        tache: row.get("job")?,
        date: row.get("started_at")?,
        duree_ms: row.get("duration_ms")?,
        declencheur: if by_hand { Declencheur::Manuel } else { Declencheur::Horaire },
        resultat: match (&erreur, ignorees) {
            (Some(_), _) => ResultatExecution::Echouee,
            (None, 0) => ResultatExecution::Reussie,
            (None, _) => ResultatExecution::Partielle,
        },
        faites: row.get("done")?,
        ignorees,
        details: skips.into_iter().take(DETAILS).map(detail).collect(),
        erreur,
    })
}
