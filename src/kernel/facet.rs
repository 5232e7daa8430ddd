//! Facets: how many rows of a list have which value, so that people see what a filter would leave.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::db::Reader;
use super::error::Result;
use super::page::{Listing, Select};
use super::phrase::Language;
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

impl Select {
    /// The values of `value` (an expression) with the text that people read; rows without one do not count.
    pub fn facet(&self, db: &Reader<'_>, value: &str, label: &str) -> Result<Vec<Facet>> {
        let counted = self.count_by(db, value, label)?;
        Ok(counted.into_iter().map(|(valeur, libelle, nombre)| Facet { valeur, libelle, nombre }).collect())
    }

    /// The same for a column that holds words of a closed list.
    pub fn facet_of_words<W: Word>(
        &self,
        db: &Reader<'_>,
        column: &str,
        language: Language,
    ) -> Result<Vec<Facet>> {
        let mut facets = self.facet(db, column, column)?;
        for facet in &mut facets {
            if let Some(word) = W::WORDS.iter().find(|word| word.word() == facet.valeur) {
                facet.libelle = word.label().text(language).to_owned();
            }
        }
        Ok(facets)
    }
}
