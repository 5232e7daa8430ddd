//! The statement of a list: its conditions, its order, its total.
//!
//! Every list of the API is the same three statements at most: one page, one capped count, and what the
//! slice adds to the rows. Values are always bound; only column expressions written in `store.rs` become SQL.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::types::{ToSql, Value, ValueRef};
use rusqlite::{Row, params_from_iter};

use super::db::Reader;
use super::error::{Error, Result};
use super::page::{DEFAULT_PAGE_SIZE, Listing, Page};
use super::refusal::none_of;
use super::words::apart;
use crate::phrase;

/// Totals are exact up to here; beyond, a list says « more », so that it never slows down as data grows.
pub const TOTAL_CAP: i64 = 10_000;

/// Sort keys of one request: each adds a term to the statement, and to the condition of a cursor its square.
pub const MOST_SORT_KEYS: usize = 5;

/// A sort key: its name in `tri` and the expression it sorts by, which is never null (`coalesce` where needed).
pub type SortKey = (&'static str, &'static str);

/// A condition on rows, with the values of its `?`: what a slice says of its own rows, for lists of others.
#[derive(Clone, Debug)]
pub struct Condition {
    text: String,
    values: Vec<Value>,
}

impl Condition {
    /// `text` contains one `?` per value.
    pub fn new(text: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Self {
        Self { text: text.into(), values: values.into_iter().collect() }
    }

    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(text, [])
    }

    /// That all of them hold.
    pub fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::joined(" and ", conditions)
    }

    /// That one of them holds.
    pub fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::joined(" or ", conditions)
    }

    fn joined(word: &str, conditions: impl IntoIterator<Item = Self>) -> Self {
        let (texts, values): (Vec<_>, Vec<_>) =
            conditions.into_iter().map(|condition| (condition.text, condition.values)).unzip();
        Self { text: format!("({})", texts.join(word)), values: values.concat() }
    }
}

/// A list's statement under construction.
pub struct Select {
    columns: &'static str,
    from: &'static str,
    /// The unique column that makes every order total.
    id: &'static str,
    conditions: Vec<String>,
    values: Vec<Value>,
    /// How many rows there are, once facets have counted them: every condition is there by then.
    rows: Cell<Option<i64>>,
}

impl Select {
    /// `columns` from `from`: a table and its left joins, each with an alias. Counts and orders leave out the
    /// joins that they do not mention.
    pub fn new(columns: &'static str, from: &'static str, id: &'static str) -> Self {
        Self { columns, from, id, conditions: Vec::new(), values: Vec::new(), rows: Cell::new(None) }
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

    /// Keeps rows for which a condition holds.
    pub fn keep(&mut self, condition: Condition) -> &mut Self {
        self.filter(condition.text, condition.values)
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
            match apart(&word) {
                None => self.filter(format!("instr(plain({text}), ?) > 0"), [Value::Text(word)]),
                Some(apart) => self.filter(
                    format!("(instr(plain({text}), ?) > 0 or instr(plain({text}), ?) > 0)"),
                    [Value::Text(word), Value::Text(apart)],
                ),
            };
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

    /// Every row kept, in no order; for few of them.
    pub fn all<T>(
        &self,
        db: &Reader<'_>,
        row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let (columns, from, filter) = (self.columns, self.from, where_text(&self.conditions));
        db.all(&format!("select {columns} from {from}{filter}"), params_from_iter(&self.values), row)
    }

    /// How many rows have which value: for each dimension its values with their labels, most frequent first. Rows
    /// without a value do not count.
    ///
    /// The rows are gone through once, and only their keys read: what a key stands for is looked up afterwards, in one
    /// row of each.
    pub(super) fn count_by(&self, db: &Reader<'_>, dimensions: &[Counted<'_>]) -> Result<Vec<Vec<Count>>> {
        let mut keys: Vec<&str> = dimensions.iter().map(|dimension| dimension.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let (filter, id) = (where_text(&self.conditions), self.id);
        let columns = keys.join(", ");
        let from = joined(self.from, &format!("{columns} {filter}"));
        let mut tallies: Vec<Tally> = keys.iter().map(|_| Tally::default()).collect();
        let sql = format!("select {id}, {columns} from {from}{filter}");
        let mut rows = 0;
        db.all(&sql, params_from_iter(&self.values), |row| {
            rows += 1;
            let id = row.get(0)?;
            for (i, tally) in tallies.iter_mut().enumerate() {
                tally.add(row.get_ref(i + 1)?, id);
            }
            Ok(())
        })?;
        self.rows.set(Some(rows));
        let tally_of = |dimension: &Counted<'_>| {
            &tallies[keys.binary_search(&dimension.key).expect("every key is among them")]
        };
        let mut found: Vec<HashMap<(String, String), i64>> =
            dimensions.iter().map(|_| HashMap::new()).collect();
        let mut lookups = Vec::new();
        for (i, dimension) in dimensions.iter().enumerate() {
            let Counted { key, value, label } = dimension;
            if key == value && value == label {
                found[i] = tally_of(dimension).as_they_are().collect();
                continue;
            }
            let samples =
                tally_of(dimension).samples().map(|id| id.to_string()).collect::<Vec<_>>().join(", ");
            let from = joined(self.from, &format!("{key} {value} {label}"));
            lookups.push(format!(
                "select {i}, {key}, cast({value} as text), cast({label} as text), cast({key} as text) from {from}
                 where {id} in ({samples}) and {value} is not null"
            ));
        }
        if !lookups.is_empty() {
            let mut seen = HashSet::new();
            db.all(&lookups.join(" union all "), [], |row| {
                let i = row.get::<_, u32>(0)? as usize;
                let key = row.get_ref(1)?;
                // One row may have several keys, such as a person's skills, and so bring one that another brought.
                if !seen.insert((i, row.get::<_, String>(4)?)) {
                    return Ok(());
                }
                let rows = tally_of(&dimensions[i]).of(key);
                let label: Option<String> = row.get(3)?;
                *found[i].entry((row.get(2)?, label.unwrap_or_default())).or_default() += rows;
                Ok(())
            })?;
        }
        Ok(found.into_iter().map(most_frequent).collect())
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
        let sorted = joined(from, &format!("{filter} {order_by}"));
        let sql = format!(
            "select {columns}, {sort_columns} from {from} where {id} in (
                 select {id} from {sorted}{filter} order by {order_by} limit {more} offset {offset})
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
        let from = joined(from, &filter);
        let sql = format!("select count(*) from (select 1 from {from}{filter} limit {limit})");
        let found = match self.rows.get() {
            Some(rows) => rows,
            None => db.one(&sql, params_from_iter(&self.values), |row| row.get(0))?,
        };
        Ok((found.min(TOTAL_CAP), found <= TOTAL_CAP))
    }
}

/// What rows are counted by.
pub(super) struct Counted<'a> {
    /// What decides the value, read of every row: the value itself, or a reference to the row that has it.
    pub key: &'a str,
    pub value: &'a str,
    pub label: &'a str,
}

/// A value, what people read, and how many rows have it.
pub(super) struct Count {
    pub value: String,
    pub label: String,
    pub rows: i64,
}

/// Nobody reads more values of one filter than this.
pub const MOST_VALUES: usize = 200;

fn most_frequent(found: HashMap<(String, String), i64>) -> Vec<Count> {
    let count = |((value, label), rows)| Count { value, label, rows };
    let mut counts: Vec<_> = found.into_iter().map(count).collect();
    counts.sort_by(|a, b| {
        b.rows.cmp(&a.rows).then_with(|| a.label.cmp(&b.label)).then_with(|| a.value.cmp(&b.value))
    });
    counts.truncate(MOST_VALUES);
    counts
}

/// How often each key was there, and one row that has it.
#[derive(Default)]
struct Tally {
    numbers: HashMap<i64, (i64, i64)>,
    texts: HashMap<Vec<u8>, (i64, i64)>,
}

impl Tally {
    fn add(&mut self, key: ValueRef<'_>, id: i64) {
        match key {
            ValueRef::Integer(number) => self.numbers.entry(number).or_insert((0, id)).0 += 1,
            // Most rows have a text that was there before: it is not copied again.
            ValueRef::Text(text) => match self.texts.get_mut(text) {
                Some((rows, _)) => *rows += 1,
                None => {
                    self.texts.insert(text.to_owned(), (1, id));
                }
            },
            ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => {}
        }
    }

    fn of(&self, key: ValueRef<'_>) -> i64 {
        let found = match key {
            ValueRef::Integer(number) => self.numbers.get(&number),
            ValueRef::Text(text) => self.texts.get(text),
            ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => None,
        };
        found.map_or(0, |(rows, _)| *rows)
    }

    /// Keys that say themselves what they stand for.
    fn as_they_are(&self) -> impl Iterator<Item = ((String, String), i64)> {
        let numbers = self.numbers.iter().map(|(number, (rows, _))| (number.to_string(), *rows));
        let texts =
            self.texts.iter().map(|(text, (rows, _))| (String::from_utf8_lossy(text).into_owned(), *rows));
        numbers.chain(texts).map(|(text, rows)| ((text.clone(), text), rows))
    }

    fn samples(&self) -> impl Iterator<Item = i64> {
        self.numbers.values().chain(self.texts.values()).map(|(_, id)| *id)
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
                let known: Vec<_> = keys.iter().map(|(key, _)| *key).collect();
                return Err(Error::invalid("tri", "valeur_invalide", none_of(&known, name)));
            };
            if order.len() == MOST_SORT_KEYS || order.iter().any(|(known, _)| known == expression) {
                let message = phrase!(
                    "au plus {MOST_SORT_KEYS} clés, chacune une fois",
                    "at most {MOST_SORT_KEYS} keys, each once"
                );
                return Err(Error::invalid("tri", "valeur_invalide", message));
            }
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

/// A value as SQLite keeps it.
pub fn bound(value: &impl ToSql) -> Value {
    use rusqlite::types::ToSqlOutput;
    match value.to_sql() {
        Ok(ToSqlOutput::Owned(value)) => value,
        Ok(ToSqlOutput::Borrowed(value)) => value.try_into().unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

/// `from` without the left joins that neither `text` nor a join after them mentions: they change no count and no
/// order, and SQLite itself does not leave out all of them.
fn joined(from: &str, text: &str) -> String {
    let mut parts: Vec<&str> = from.split(" left join ").map(str::trim).collect();
    let table = parts.remove(0);
    let mut kept: Vec<&str> = Vec::new();
    for join in parts.into_iter().rev() {
        let alias = join.split_whitespace().nth(1).unwrap_or(join);
        let mention = format!("{alias}.");
        if text.contains(&mention) || kept.iter().any(|later| later.contains(&mention)) {
            kept.push(join);
        }
    }
    let joins: String = kept.iter().rev().map(|join| format!(" left join {join}")).collect();
    format!("{table}{joins}")
}

fn where_text(conditions: &[String]) -> String {
    if conditions.is_empty() { String::new() } else { format!(" where {}", conditions.join(" and ")) }
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn a_join_that_nothing_mentions_is_left_out_and_one_that_another_needs_is_kept() {
        let from = "jobs j
            left join machines m on m.id = j.machine_id
            left join sites s on s.id = m.site_id
            left join users u on u.id = j.user_id";

        assert_eq!(joined(from, "where j.done = 1"), "jobs j");
        assert!(
            joined(from, "where s.id = 1")
                .ends_with("on m.id = j.machine_id left join sites s on s.id = m.site_id")
        );
        assert_eq!(joined(from, "order by u.name"), "jobs j left join users u on u.id = j.user_id");
    }
}
