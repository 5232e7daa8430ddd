//! Facets: how many rows of a list have which value, so that people see what a filter would leave.

use std::collections::{BTreeMap, HashMap};

use rusqlite::types::ValueRef;
use serde::Serialize;
use utoipa::ToSchema;

use super::db::Reader;
use super::error::Result;
use super::page::{Listing, Select, fold};
use super::phrase::{Language, Phrase};
use super::types::Word;

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

/// What to count: the filter's name, the expression of its value, and how people read it.
pub type Counted<'a> = (&'static str, &'a str, Label);

/// How people read a value.
pub enum Label {
    /// As it is.
    Same,
    /// It is a word of a closed list: see [`Label::word`].
    Word(fn(&str) -> Option<Phrase>),
    /// By a query with the value as its one `?`.
    Sql(&'static str),
    Phrase(Phrase),
}

impl Label {
    pub fn word<W: Word>() -> Self {
        Self::Word(|text| W::WORDS.iter().find(|word| word.word() == text).map(|word| word.label()))
    }

    fn text(&self, db: &Reader<'_>, value: &str, language: Language) -> Result<String> {
        let found = match self {
            Self::Same => None,
            Self::Word(label) => label(value).map(|phrase| phrase.text(language).to_owned()),
            Self::Sql(sql) => db.maybe(sql, [value], |row| row.get(0))?,
            Self::Phrase(phrase) => Some(phrase.text(language).to_owned()),
        };
        Ok(found.unwrap_or_else(|| value.to_owned()))
    }
}

/// Values of one filter that are told: nobody reads more.
const MAX_VALUES: usize = 200;

impl Select {
    /// How many of the rows have which value. Rows without one do not count. All is counted in one pass:
    /// a grouping for each filter would read, and search, as often.
    pub fn facets(&self, db: &Reader<'_>, language: Language, counted: &[Counted<'_>]) -> Result<Facettes> {
        let columns: Vec<&str> = counted.iter().map(|(_, value, _)| *value).collect();
        let mut counts: Vec<HashMap<String, i64>> = vec![HashMap::new(); counted.len()];
        self.each(db, &columns.join(", "), |row| {
            for (i, counts) in counts.iter_mut().enumerate() {
                match row.get_ref(i)? {
                    ValueRef::Integer(number) => count(counts, &number.to_string()),
                    ValueRef::Text(text) => count(counts, &String::from_utf8_lossy(text)),
                    ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => {}
                }
            }
            Ok(())
        })?;
        let mut facettes = Facettes::new();
        for ((name, _, label), counts) in counted.iter().zip(counts) {
            let mut counts: Vec<(String, i64)> = counts.into_iter().collect();
            counts.sort_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
            let mut facets = Vec::new();
            for (valeur, nombre) in counts.into_iter().take(MAX_VALUES) {
                facets.push(Facet { libelle: label.text(db, &valeur, language)?, valeur, nombre });
            }
            facets.sort_by(|a, b| {
                b.nombre.cmp(&a.nombre).then_with(|| fold(&a.libelle).cmp(&fold(&b.libelle)))
            });
            facettes.insert(*name, facets);
        }
        Ok(facettes)
    }
}

fn count(counts: &mut HashMap<String, i64>, value: &str) {
    match counts.get_mut(value) {
        Some(count) => *count += 1,
        None => {
            counts.insert(value.to_owned(), 1);
        }
    }
}
