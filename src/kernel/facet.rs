//! Facets: how many rows of a list have which value, so that people see what a filter would leave.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::db::Reader;
use super::error::Result;
use super::page::{Listing, Select};
use super::phrase::{Language, Phrase};
use super::types::Word;
use crate::phrase;

/// One value of a filter.
#[derive(Debug, Serialize, ToSchema)]
pub struct Facet {
    /// As the filter takes it.
    #[schema(example = "critique")]
    pub valeur: String,
    /// As people read it.
    #[schema(example = "Critique")]
    pub libelle: String,
    /// How many rows have it.
    #[schema(example = 12)]
    pub nombre: i64,
}

/// By the name of the filter.
pub type Facettes = BTreeMap<&'static str, Vec<Facet>>;

/// One page of a list, and the facets of all of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Faceted<T> {
    #[serde(flatten)]
    pub list: Listing<T>,
    /// By filter: its values, most frequent first, counted under the same filters as the list.
    #[schema(value_type = BTreeMap<String, Vec<Facet>>)]
    pub facettes: Facettes,
}

/// A filter to count by.
pub struct Dimension {
    name: &'static str,
    value: Cow<'static, str>,
    label: Cow<'static, str>,
    words: Option<fn(&str) -> Option<Phrase>>,
}

impl Dimension {
    /// Values of a column, with the expression of what people read. Rows without a value do not count.
    pub fn column(name: &'static str, value: &'static str, label: &'static str) -> Self {
        Self { name, value: value.into(), label: label.into(), words: None }
    }

    /// A column that holds words of a closed list.
    pub fn words<W: Word>(name: &'static str, column: &'static str) -> Self {
        let label = |text: &str| W::WORDS.iter().find(|word| word.word() == text).map(|word| word.label());
        Self { name, value: column.into(), label: column.into(), words: Some(label) }
    }

    /// The rows for which a condition holds.
    pub fn flag(name: &'static str, condition: &str) -> Self {
        let value: Cow<'_, _> = format!("case when {condition} then 'true' end").into();
        Self { name, label: value.clone(), value, words: Some(|_| Some(phrase!("Oui", "Yes"))) }
    }
}

impl Select {
    /// How many rows have which value of each dimension, in one statement.
    pub fn facets(&self, db: &Reader<'_>, language: Language, dimensions: &[Dimension]) -> Result<Facettes> {
        let expressions: Vec<_> =
            dimensions.iter().map(|dimension| (&*dimension.value, &*dimension.label)).collect();
        let mut facettes: Facettes =
            dimensions.iter().map(|dimension| (dimension.name, Vec::new())).collect();
        for (i, valeur, label, nombre) in self.count_by(db, &expressions)? {
            let word = dimensions[i].words.and_then(|words| words(&valeur));
            let libelle = word.map_or(label, |word| word.text(language).to_owned());
            facettes.entry(dimensions[i].name).or_default().push(Facet { valeur, libelle, nombre });
        }
        Ok(facettes)
    }
}
