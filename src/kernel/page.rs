//! Lists: their parameters, and the page that comes out. [`Select`] makes the statement between the two.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::openapi::path::ParameterIn;
use utoipa::{IntoParams, ToSchema};

use super::auth::{Actor, Who};
use super::clock::at_the_door;
use super::error::{Error, Result};
use super::refusal;
pub use super::select::{Condition, MOST_SORT_KEYS, MOST_VALUES, Select, SortKey, TOTAL_CAP, bound};
pub use super::words::key as fold;
use super::words::{nearest, one_line, plain, term, words};
use crate::phrase;

/// Items on a page that says nothing.
pub(super) const DEFAULT_PAGE_SIZE: i64 = 50;
pub const MAX_PAGE_SIZE: i64 = 200;

/// Far beyond the last page of any list; deep pages are what `cursor` is for.
pub const MAX_PAGE: i64 = 1_000_000;

/// Characters of `q`: every word is one more condition of the statement.
pub const MAX_Q: usize = 200;

/// Bytes of a query string.
pub const MAX_QUERY: usize = 8 * 1024;

/// Values of a query string, repeated parameters counted each time: every one is bound in several statements.
pub const MOST_PARAMETERS: usize = 100;

/// The parameters that every list takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Words to find: accents and case do not matter, the beginning of a word is enough.
    pub q: Option<String>,
    /// Page number, from 1.
    #[param(minimum = 1, maximum = 1000000, example = 1)]
    pub(super) page: Option<i64>,
    /// Items per page, 1 to 200, 50 by default.
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub(super) page_size: Option<i64>,
    /// `next_cursor` of the page before: as fast on page 2,000 as on page 2.
    pub(super) cursor: Option<String>,
    /// Sort keys separated by commas, `-` for descending: `-date_creation,titre`.
    pub(super) tri: Option<String>,
}

impl Page {
    /// The first few rows that contain the words of `q`.
    pub fn first(q: String, page_size: i64) -> Result<Self> {
        let page = Self { q: Some(q), page_size: Some(page_size), ..Self::default() };
        page.check().map(|()| page)
    }

    fn check(&self) -> Result<()> {
        let between = |champ: &str, value: Option<i64>, max: i64| match value {
            Some(value) if !(1..=max).contains(&value) => {
                Err(Error::invalid(champ, "valeur_invalide", phrase!("de 1 à {max}", "from 1 to {max}")))
            }
            _ => Ok(()),
        };
        if self.q.as_deref().is_some_and(|q| q.chars().count() > MAX_Q) {
            let message = phrase!("au plus {MAX_Q} caractères", "at most {MAX_Q} characters");
            return Err(Error::invalid("q", "trop_long", message));
        }
        between("page_size", self.page_size, MAX_PAGE_SIZE)?;
        between("page", self.page, MAX_PAGE)
    }

    /// The words of `q`, in the plain form that is searched; empty when nothing is.
    pub fn words(&self) -> Vec<String> {
        words(&plain(self.q.as_deref().unwrap_or(""))).map(str::to_owned).collect()
    }

    /// `q` as an FTS5 expression: every word, each as a prefix. `None` when nothing is searched.
    pub fn full_text(&self) -> Option<String> {
        full_text(&self.words())
    }
}

/// Words as an FTS5 expression: all of them, each as a prefix.
pub fn full_text(words: &[String]) -> Option<String> {
    let terms: Vec<_> = words.iter().map(|word| term(word)).collect();
    (!terms.is_empty()).then(|| terms.join(" AND "))
}

/// A filter that not everybody has, and who has it.
pub type Reserved = (&'static str, fn(&Actor) -> bool);

/// The filters of one list.
pub trait Filters: DeserializeOwned + IntoParams {
    /// Those that only some have, told once for both their uses: to others the filter is unknown, and there is no facet
    /// of it.
    const RESERVED: &'static [Reserved] = &[];

    /// Whether somebody knows of this filter.
    fn has(actor: &Actor, name: &str) -> bool {
        Self::RESERVED.iter().all(|(reserved, may)| *reserved != name || may(actor))
    }
}

/// A list request: the filters of one list, and the page. An unknown parameter is refused, for a filter
/// that is silently ignored shows a wrong list.
pub struct Lister<F> {
    pub filters: F,
    pub page: Page,
}

impl<S, F> FromRequestParts<S> for Lister<F>
where
    S: Send + Sync,
    F: Filters,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let text = parts.uri.query().unwrap_or("");
        let params =
            |list: Vec<utoipa::openapi::path::Parameter>| list.into_iter().map(|parameter| parameter.name);
        let query = || Some(ParameterIn::Query);
        let known: HashSet<String> =
            params(F::into_params(query)).chain(params(Page::into_params(query))).collect();
        let pairs = pairs(text)?;
        // Who did not prove who they are before this is read has no reserved filter.
        let nobody = Actor::nobody();
        let caller = parts.extensions.get::<Arc<Who>>().map_or(&nobody, |who| &who.actor);
        let is_known = |name: &str| known.contains(name) && F::has(caller, name);
        if let Some((unknown, _)) = pairs.iter().find(|(name, _)| !is_known(name)) {
            let near = nearest(unknown, known.iter().map(String::as_str).filter(|name| is_known(name)));
            let message = phrase!("n’est pas un paramètre de cette liste", "is not a parameter of this list");
            return Err(Error::invalid(unknown, "parametre_inconnu", refusal::or_rather(message, near)));
        }
        let text = tidy(&pairs)?;
        let (filters, page): (F, Page) = (read(&text)?, read(&text)?);
        page.check()?;
        Ok(Self { filters, page })
    }
}

/// The parameters of a query string. One without a value would read as « not given », and a filter that is not
/// applied shows a wrong list; only `q` may be empty, as a search box is.
fn pairs(query: &str) -> Result<Vec<(String, String)>> {
    if query.len() > MAX_QUERY || query.split('&').count() > MOST_PARAMETERS {
        let message = phrase!(
            "au plus {MOST_PARAMETERS} valeurs et {MAX_QUERY} octets en tout",
            "at most {MOST_PARAMETERS} values and {MAX_QUERY} bytes in all"
        );
        return Err(Error::invalid("parametres", "trop_long", message));
    }
    let pairs: Vec<(String, String)> = read(query)?;
    for (name, value) in &pairs {
        let wrong = if value.is_empty() && name != "q" {
            phrase!("ne doit pas être vide", "must not be empty")
        } else if value.contains(['\0', char::REPLACEMENT_CHARACTER]) {
            phrase!("contient un caractère illisible", "contains an unreadable character")
        } else {
            continue;
        };
        return Err(Error::invalid(name, "valeur_invalide", wrong));
    }
    Ok(pairs)
}

/// A query string whose values are tidied as those of a body are: what was kept without its blanks is asked for so.
fn tidy(pairs: &[(String, String)]) -> Result<String> {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name, one_line(value))).collect();
    serde_html_form::to_string(pairs).map_err(|cause| Error::Internal(cause.into()))
}

/// Reads a query string into a type; a parameter may repeat. What does not fit is a 422 that names it.
fn read<T: DeserializeOwned>(query: &str) -> Result<T> {
    let pairs = serde_html_form::Deserializer::from_bytes(query.as_bytes());
    at_the_door(|| serde_path_to_error::deserialize(pairs)).map_err(|error| {
        // A parameter that repeats has no other name the second time.
        let path = error.path().to_string();
        refusal::of_field(path.split('[').next().unwrap_or(""), &error.inner().to_string())
    })
}

/// A query string that is not a list's: unknown parameters are refused by the type itself.
pub struct Params<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or("");
        read(&tidy(&pairs(query)?)?).map(Self)
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listing<T> {
    pub items: Vec<T>,
    /// How many there are in all; 10,000 stands for "10,000 or more" when `total_exact` is false.
    #[schema(example = 1)]
    pub total: i64,
    pub total_exact: bool,
    #[schema(example = 1)]
    pub page: i64,
    #[schema(example = 50)]
    pub page_size: i64,
    /// Give it back as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

impl<T> Listing<T> {
    /// The same page with other items.
    pub fn map<U>(self, items: impl FnOnce(Vec<T>) -> Result<Vec<U>>) -> Result<Listing<U>> {
        let Self { items: rows, total, total_exact, page, page_size, next_cursor } = self;
        Ok(Listing { items: items(rows)?, total, total_exact, page, page_size, next_cursor })
    }

    /// A short list that is always given whole.
    pub fn whole(items: Vec<T>) -> Self {
        let total = items.len() as i64;
        Self { items, total, total_exact: true, page: 1, page_size: total.max(1), next_cursor: None }
    }
}
