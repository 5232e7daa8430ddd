//! Lists: their parameters, their statement, and the page that comes out.
//!
//! Every list of the API is the same three statements at most: one page, one capped count, and what the
//! slice adds to the rows. Values are always bound; only column expressions written in `store.rs` become SQL.

use std::collections::HashSet;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::types::{ToSql, Value};
use rusqlite::{Row, params_from_iter};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::openapi::path::ParameterIn;
use utoipa::{IntoParams, ToSchema};

use super::db::Reader;
use super::error::{Error, Result};
use super::phrase::Phrase;
use super::refusal;
use crate::phrase;

/// Totals are exact up to here; beyond, a list says « more », so that it never slows down as data grows.
pub const TOTAL_CAP: i64 = 10_000;

const DEFAULT_PAGE_SIZE: i64 = 50;
const MAX_PAGE_SIZE: i64 = 200;

/// Far beyond the last page of any list; deep pages are what `cursor` is for.
const MAX_PAGE: i64 = 1_000_000;

/// Characters of `q`: every word is one more condition of the statement.
const MAX_Q: usize = 200;

/// The parameters that every list takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Words to find: accents and case do not matter, the beginning of a word is enough.
    pub q: Option<String>,
    /// Page number, from 1.
    #[param(minimum = 1, maximum = 1000000, example = 1)]
    page: Option<i64>,
    /// Items per page, 1 to 200, 50 by default.
    #[param(minimum = 1, maximum = 200, example = 50)]
    page_size: Option<i64>,
    /// `next_cursor` of the page before: as fast on page 2,000 as on page 2.
    cursor: Option<String>,
    /// Sort keys separated by commas, `-` for descending: `-date_creation,titre`.
    tri: Option<String>,
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

    /// The words of `q`, folded; empty when nothing is searched.
    pub fn words(&self) -> Vec<String> {
        let folded = fold(self.q.as_deref().unwrap_or(""));
        folded
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// `q` as an FTS5 expression: every word, each as a prefix. `None` when nothing is searched.
    pub fn full_text(&self) -> Option<String> {
        full_text(&self.words())
    }
}

/// Words as an FTS5 expression: all of them, each as a prefix.
pub fn full_text(words: &[String]) -> Option<String> {
    let terms: Vec<_> = words.iter().map(|word| format!("\"{word}\"*")).collect();
    (!terms.is_empty()).then(|| terms.join(" "))
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
    F: DeserializeOwned + IntoParams,
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
        if let Some((unknown, _)) = pairs.iter().find(|(name, _)| !known.contains(name)) {
            return Err(Error::invalid(
                unknown,
                "parametre_inconnu",
                phrase!("n’est pas un paramètre de cette liste", "is not a parameter of this list"),
            ));
        }
        let (filters, page): (F, Page) = (read(text)?, read(text)?);
        page.check()?;
        Ok(Self { filters, page })
    }
}

/// The parameters of a query string. One without a value would read as « not given », and a filter that is not
/// applied shows a wrong list; only `q` may be empty, as a search box is.
fn pairs(query: &str) -> Result<Vec<(String, String)>> {
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

/// Reads a query string into a type; a parameter may repeat. What does not fit is a 422 that names it.
fn read<T: DeserializeOwned>(query: &str) -> Result<T> {
    let pairs = serde_html_form::Deserializer::from_bytes(query.as_bytes());
    serde_path_to_error::deserialize(pairs).map_err(|error| {
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
        pairs(query)?;
        read(query).map(Self)
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

/// A sort key: its name in `tri` and the expression it sorts by, which is never null (`coalesce` where needed).
pub type SortKey = (&'static str, &'static str);

/// A list's statement under construction.
pub struct Select {
    columns: &'static str,
    from: &'static str,
    /// The unique column that makes every order total.
    id: &'static str,
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Select {
    /// `columns` from `from` (joins included: left joins that neither filter nor sort cost nothing in the count).
    pub fn new(columns: &'static str, from: &'static str, id: &'static str) -> Self {
        Self { columns, from, id, conditions: Vec::new(), values: Vec::new() }
    }

    /// Keeps rows for which `condition` holds; it contains one `?` per value.
    pub fn filter(
        &mut self,
        condition: impl Into<String>,
        values: impl IntoIterator<Item = Value>,
    ) -> &mut Self {
        self.conditions.push(condition.into());
        self.values.extend(values);
        self
    }

    /// Keeps rows whose `column` is one of `values`; no value means no filter.
    pub fn any<T: ToSql>(&mut self, column: &str, values: &[T]) -> &mut Self {
        if values.is_empty() {
            return self;
        }
        let marks = vec!["?"; values.len()].join(", ");
        self.filter(format!("{column} in ({marks})"), values.iter().map(bound))
    }

    /// Keeps rows for which `condition`, with its one `?`, holds for `value`, when there is a value.
    pub fn when<T: ToSql>(&mut self, condition: &str, value: Option<&T>) -> &mut Self {
        match value {
            Some(value) => self.filter(condition, [bound(value)]),
            None => self,
        }
    }

    /// Keeps rows for which `condition` is as `wanted`, when the caller cares.
    pub fn flag(&mut self, condition: &str, wanted: Option<bool>) -> &mut Self {
        match wanted {
            Some(true) => self.filter(format!("({condition})"), []),
            Some(false) => self.filter(format!("not ({condition})"), []),
            None => self,
        }
    }

    /// Keeps rows whose `text` (an expression) contains every word that the page searches; for short lists only.
    pub fn contains(&mut self, text: &str, page: &Page) -> &mut Self {
        for word in page.words() {
            self.filter(format!("instr(fold({text}), ?) > 0"), [Value::Text(word)]);
        }
        self
    }

    /// The row `id` among those kept, or [`Error::NotFound`].
    pub fn one<T>(
        &self,
        db: &Reader<'_>,
        id: impl ToSql,
        row: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let mut conditions = self.conditions.clone();
        conditions.push(format!("{} = ?", self.id));
        let (columns, from, filter) = (self.columns, self.from, where_text(&conditions));
        let values = self.values.iter().cloned().chain([bound(&id)]);
        db.one(&format!("select {columns} from {from}{filter}"), params_from_iter(values), row)
    }

    /// How many rows per value of each of `dimensions` (two expressions: the value, and what people read), in
    /// one statement: the dimension's place, value, label, count. Most frequent first; at most 200 values each,
    /// for nobody reads more.
    pub(super) fn count_by(
        &self,
        db: &Reader<'_>,
        dimensions: &[(&str, &str)],
    ) -> Result<Vec<(usize, String, String, i64)>> {
        let (from, filter) = (self.from, where_text(&self.conditions));
        let column = |(i, (value, label)): (usize, &(&str, &str))| {
            format!("cast({value} as text) as v{i}, cast({label} as text) as l{i}")
        };
        let columns = dimensions.iter().enumerate().map(column).collect::<Vec<_>>().join(", ");
        let count = |i: usize| {
            format!(
                "select * from (select {i}, v{i}, l{i}, count(*) from kept where v{i} is not null
                     group by 2, 3 order by 4 desc, 3 limit 200)"
            )
        };
        let counts = (0..dimensions.len()).map(count).collect::<Vec<_>>().join(" union all ");
        let sql = format!("with kept as materialized (select {columns} from {from}{filter}) {counts}");
        db.all(&sql, params_from_iter(&self.values), |row| {
            Ok((row.get::<_, u32>(0)? as usize, row.get(1)?, row.get(2)?, row.get(3)?))
        })
    }

    /// Runs the list: one statement for the page, one for the total.
    ///
    /// # Errors
    /// 422 for a sort key that is not in `keys`, or a cursor that is not ours or was made for another order.
    pub fn list<T>(
        &self,
        db: &Reader<'_>,
        page: &Page,
        keys: &[SortKey],
        default: &str,
        mut row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Listing<T>> {
        let order = Order::read(page.tri.as_deref().unwrap_or(default), keys, self.id)?;
        let page_size = page.page_size.unwrap_or(DEFAULT_PAGE_SIZE);
        let number = page.page.unwrap_or(1);
        let (mut conditions, mut values) = (self.conditions.clone(), self.values.clone());
        let mut offset = (number - 1) * page_size;
        if let Some(cursor) = &page.cursor {
            let (condition, after) = order.after(&order.open(cursor)?);
            conditions.push(condition);
            values.extend(after);
            offset = 0;
        }
        let (columns, from, filter, id) = (self.columns, self.from, where_text(&conditions), self.id);
        let (sort_columns, order_by, more) = (order.columns(), order.text(), page_size + 1);
        // Ids are sorted, not whole rows: what a page does not show is never read.
        let sql = format!(
            "select {columns}, {sort_columns} from {from} where {id} in (
                 select {id} from {from}{filter} order by {order_by} limit {more} offset {offset})
             order by {order_by}"
        );
        let mut rows = db.all(&sql, params_from_iter(values), |found| {
            let width = found.as_ref().column_count();
            let place = (width - order.0.len()..width)
                .map(|i| found.get(i))
                .collect::<rusqlite::Result<Vec<Value>>>()?;
            Ok((row(found)?, place))
        })?;
        let has_more = rows.len() as i64 > page_size;
        rows.truncate(page_size as usize);
        let next_cursor = rows.last().filter(|_| has_more).map(|(_, place)| order.close(place));
        let (total, total_exact) = self.total(db)?;
        let items = rows.into_iter().map(|(item, _)| item).collect();
        Ok(Listing { items, total, total_exact, page: number, page_size, next_cursor })
    }

    fn total(&self, db: &Reader<'_>) -> Result<(i64, bool)> {
        let (from, filter, limit) = (self.from, where_text(&self.conditions), TOTAL_CAP + 1);
        let sql = format!("select count(*) from (select 1 from {from}{filter} limit {limit})");
        let found: i64 = db.one(&sql, params_from_iter(&self.values), |row| row.get(0))?;
        Ok((found.min(TOTAL_CAP), found <= TOTAL_CAP))
    }
}

/// A total order: expressions with their direction, the last of them unique.
struct Order(Vec<(&'static str, bool)>);

impl Order {
    fn read(text: &str, keys: &[SortKey], id: &'static str) -> Result<Self> {
        let mut order = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, descending) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
            let Some((_, expression)) = keys.iter().find(|(key, _)| *key == name) else {
                return Err(Error::invalid("tri", "valeur_invalide", unknown_sort(name, keys)));
            };
            order.push((*expression, descending));
        }
        let descending = order.last().is_some_and(|(_, descending)| *descending);
        order.push((id, descending));
        Ok(Self(order))
    }

    fn columns(&self) -> String {
        self.0.iter().map(|(expression, _)| *expression).collect::<Vec<_>>().join(", ")
    }

    fn text(&self) -> String {
        let part = |(expression, descending): &(&str, bool)| {
            format!("{expression}{}", if *descending { " desc" } else { "" })
        };
        self.0.iter().map(part).collect::<Vec<_>>().join(", ")
    }

    /// Rows that come after `place`.
    fn after(&self, place: &[Value]) -> (String, Vec<Value>) {
        let beyond = |descending: bool| if descending { "<" } else { ">" };
        // The first key alone, once more: it lets SQLite start in the middle of an index.
        let (first, descending) = self.0[0];
        let start = format!("{first} {}= ?", beyond(descending));
        let (mut alternatives, mut values) = (Vec::new(), vec![place[0].clone()]);
        for (i, (expression, descending)) in self.0.iter().enumerate() {
            let mut terms: Vec<String> =
                self.0[..i].iter().map(|(equal, _)| format!("{equal} = ?")).collect();
            terms.push(format!("{expression} {} ?", beyond(*descending)));
            alternatives.push(format!("({})", terms.join(" and ")));
            values.extend(place[..=i].iter().cloned());
        }
        (format!("{start} and ({})", alternatives.join(" or ")), values)
    }

    fn close(&self, place: &[Value]) -> String {
        let json = |value: &Value| match value {
            Value::Integer(number) => (*number).into(),
            Value::Real(number) => (*number).into(),
            Value::Text(text) => text.clone().into(),
            Value::Null | Value::Blob(_) => serde_json::Value::Null,
        };
        let place: Vec<serde_json::Value> = place.iter().map(json).collect();
        URL_SAFE_NO_PAD.encode(serde_json::json!([self.text(), place]).to_string())
    }

    fn open(&self, cursor: &str) -> Result<Vec<Value>> {
        let not_ours = || {
            Error::invalid(
                "cursor",
                "valeur_invalide",
                phrase!(
                    "n’est pas le next_cursor de cette liste dans cet ordre",
                    "is not the next_cursor of this list in this order"
                ),
            )
        };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| not_ours())?;
        let (order, place): (String, Vec<serde_json::Value>) =
            serde_json::from_slice(&bytes).map_err(|_| not_ours())?;
        if order != self.text() || place.len() != self.0.len() {
            return Err(not_ours());
        }
        let value = |json: serde_json::Value| match json {
            serde_json::Value::String(text) => Ok(Value::Text(text)),
            serde_json::Value::Number(number) => number
                .as_i64()
                .map(Value::Integer)
                .or_else(|| number.as_f64().map(Value::Real))
                .ok_or_else(not_ours),
            _ => Err(not_ours()),
        };
        place.into_iter().map(value).collect()
    }
}

/// Lower case without accents, so that « Échangeur » is found by « echang ».
pub fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(plain).collect()
}

fn plain(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    }
}

/// A value as SQLite keeps it.
pub fn bound(value: &impl ToSql) -> Value {
    use rusqlite::types::ToSqlOutput;
    match value.to_sql() {
        Ok(ToSqlOutput::Owned(value)) => value,
        Ok(ToSqlOutput::Borrowed(value)) => value.try_into().unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

fn where_text(conditions: &[String]) -> String {
    if conditions.is_empty() { String::new() } else { format!(" where {}", conditions.join(" and ")) }
}

fn unknown_sort(name: &str, keys: &[SortKey]) -> Phrase {
    let allowed = keys.iter().map(|(key, _)| *key).collect::<Vec<_>>().join(", ");
    phrase!("« {name} » : choisissez parmi {allowed}", "\"{name}\": choose among {allowed}")
}
