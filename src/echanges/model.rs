//! The types of imports and exports.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ids::{ImportId, UserId};
use crate::kernel::clock::Instant;
use crate::kernel::page::Filters;

/// How an import went, or would go.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Rapport {
    #[schema(example = "equipements")]
    pub tableau: String,
    /// Nothing was kept, whatever came of it.
    pub essai: bool,
    /// Every row was good; unless it was a trial, all of them are there now.
    pub reussi: bool,
    /// Rows of the file.
    #[schema(example = 120)]
    pub lignes: usize,
    /// What is wrong, by line: the first 500.
    pub erreurs: Vec<ErreurLigne>,
    #[schema(example = 0)]
    pub erreurs_total: usize,
    /// By which it can be taken back; null when nothing was kept.
    pub import_id: Option<ImportId>,
}

/// Something wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ErreurLigne {
    /// As a spreadsheet counts them: the heading is line 1. In JSON, the first object is 1.
    #[schema(example = 12)]
    pub ligne: usize,
    /// The column; null for the whole row.
    #[schema(example = "site")]
    pub colonne: Option<String>,
    #[schema(example = "introuvable")]
    pub code: String,
    #[schema(example = "n’existe pas")]
    pub message: String,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Do all of it, then undo it.
    #[serde(default)]
    #[garde(skip)]
    #[param(default = false)]
    pub essai: bool,
    /// What the file is called, for whoever looks at the list later.
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[param(max_length = 200, example = "machines.xlsx")]
    pub fichier: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportFilters {
    #[serde(default)]
    #[param(example = json!(["equipements"]))]
    pub tableau: Vec<String>,
}

impl Filters for ImportFilters {}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// `csv` unless said otherwise.
    #[serde(default)]
    #[garde(skip)]
    #[param(inline)]
    pub format: Option<Format>,
}

words! {
    /// The form of a file.
    pub enum Format {
        Csv = "csv" ("CSV", "CSV"),
        Xlsx = "xlsx" ("Excel", "Excel"),
        Json = "json" ("JSON", "JSON"),
    }
}

impl Format {
    /// By the content type of a request.
    pub fn of_type(kind: &str) -> Option<Self> {
        match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "text/csv" | "application/csv" | "application/vnd.ms-excel" => Some(Self::Csv),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => Some(Self::Xlsx),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }

    /// By the end of a file's name.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, end) = name.rsplit_once('.')?;
        match end.to_ascii_lowercase().as_str() {
            "csv" | "txt" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// A file of rows that came in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Import {
    pub id: ImportId,
    #[schema(example = "equipements")]
    pub tableau: String,
    #[schema(example = "machines.xlsx")]
    pub fichier: Option<String>,
    pub fait_le: Instant,
    pub user_id: Option<UserId>,
    #[schema(example = "Amina Idrissi")]
    pub par: Option<String>,
    #[schema(example = 120)]
    pub lignes: i64,
    pub annule_le: Option<Instant>,
}

/// A table that can come in and go out, with its columns.
#[derive(Debug, Serialize, ToSchema)]
pub struct TableauDecrit {
    #[schema(example = "equipements")]
    pub nom: &'static str,
    pub colonnes: Vec<ColonneDecrite>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ColonneDecrite {
    #[schema(example = "code")]
    pub nom: &'static str,
    pub obligatoire: bool,
    /// What it holds, for people.
    #[schema(example = "code d’un site")]
    pub contenu: String,
}
