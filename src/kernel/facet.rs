//! Facets: how many rows of a list have which value, so that people see what a filter would leave.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::db::Reader;
use super::error::Result;
use super::page::{Filters, Listing, Select};
use super::phrase::{Language, Phrase};
use super::select::{Count, Counted};
use super::types::Word;
use super::words::plain;
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
    key: Cow<'static, str>,
    value: Cow<'static, str>,
    label: Cow<'static, str>,
    words: Option<fn(&str) -> Option<Phrase>>,
    is_read: bool,
}

impl Dimension {
    /// Values of a column, with the expression of what people read. Rows without a value do not count.
    pub fn column(name: &'static str, value: &'static str, label: &'static str) -> Self {
        Self {
            name,
            key: value.into(),
            value: value.into(),
            label: label.into(),
            words: None,
            is_read: false,
        }
    }

    /// Texts of a column that people type: rows whose text reads the same, which `plain` of it tells, count together.
    pub fn text(name: &'static str, column: &'static str, plain: &'static str) -> Self {
        Self::column(name, column, column).through(plain)
    }

    /// The value follows from this column of the rows themselves, such as the site from the équipement: the rows are
    /// counted by it, and each of its values is looked up once.
    pub fn through(mut self, key: &'static str) -> Self {
        self.key = key.into();
        self
    }

    /// Values that read the same count together, under the spelling of most, for what [`Dimension::text`] cannot tell.
    pub fn as_read(mut self) -> Self {
        self.is_read = true;
        self
    }

    /// A column that holds words of a closed list.
    pub fn words<W: Word>(name: &'static str, column: &'static str) -> Self {
        let label = |text: &str| W::WORDS.iter().find(|word| word.word() == text).map(|word| word.label());
        Self { words: Some(label), ..Self::column(name, column, column) }
    }

    /// The rows for which a condition holds.
    pub fn flag(name: &'static str, condition: &str) -> Self {
        let value: Cow<'_, _> = format!("case when {condition} then 'true' end").into();
        Self {
            name,
            key: value.clone(),
            label: value.clone(),
            value,
            words: Some(|_| Some(phrase!("Oui", "Yes", "نعم"))),
            is_read: false,
        }
    }
}

impl Select {
    /// Keeps rows whose text in `column` reads as one of `values`, however either is spelt; no value means no filter.
    pub fn any_text(&mut self, column: &str, values: &[String]) -> &mut Self {
        let values: Vec<_> = values.iter().map(|value| plain(value)).collect();
        self.any(&format!("plain({column})"), &values)
    }

    /// How many rows have which value of each dimension whose filter (of `F`) the caller has.
    pub fn facets<F: Filters>(
        &self,
        db: &Reader<'_>,
        language: Language,
        dimensions: &[Dimension],
    ) -> Result<Facettes> {
        let dimensions: Vec<_> =
            dimensions.iter().filter(|dimension| F::has(db.actor(), dimension.name)).collect();
        let counted: Vec<_> = dimensions
            .iter()
            .map(|Dimension { key, value, label, .. }| Counted { key, value, label })
            .collect();
        let facets = |(dimension, counts): (&&Dimension, Vec<Count>)| {
            let facet = |Count { value, label, rows }: Count| {
                let word = dimension.words.and_then(|words| words(&value));
                let libelle = word.map_or(label, |word| word.text(language).to_owned());
                Facet { valeur: value, libelle, nombre: rows }
            };
            let counts = if dimension.is_read { read_together(counts) } else { counts };
            (dimension.name, counts.into_iter().map(facet).collect())
        };
        Ok(dimensions.iter().zip(self.count_by(db, &counted)?).map(facets).collect())
    }
}

/// Puts together what reads the same; most frequent first, as they come.
fn read_together(counts: Vec<Count>) -> Vec<Count> {
    let mut together: Vec<Count> = Vec::new();
    for count in counts {
        match together.iter_mut().find(|known| plain(&known.value) == plain(&count.value)) {
            Some(known) => known.rows += count.rows,
            None => together.push(count),
        }
    }
    together.sort_by_key(|count| Reverse(count.rows));
    together
}
