//! What a closure sees of the database: a [`Reader`], or a [`Tx`] that can also change it.

use std::cell::Cell;
use std::ops::Deref;

use jiff::tz::TimeZone;
use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension, Params, Row};

use super::journal::{self, Change, Fact};
use super::writer::QUEUE_PER_PERSON;
use crate::kernel::auth::{Actor, Refusals, Stands, Who};
use crate::kernel::clock::Instant;
use crate::kernel::error::{Error, Result};
use crate::kernel::metrics::Metrics;
use crate::kernel::party::Crowd;
use crate::kernel::zones::Zones;

/// One consistent view of the database, on behalf of someone.
pub struct Reader<'c> {
    connection: &'c Connection,
    who: &'c Who,
    tools: &'c Tools,
}

/// What every transaction has at hand.
#[derive(Clone)]
pub struct Tools {
    pub metrics: Metrics,
    pub zones: Zones,
    pub refusals: Refusals,
    /// Whose writes wait.
    pub(in crate::kernel) writers: Crowd,
}

impl Tools {
    pub(in crate::kernel) fn new(metrics: Metrics, zones: Zones, refusals: Refusals) -> Self {
        Self { metrics, zones, refusals, writers: Crowd::of_at_most(QUEUE_PER_PERSON) }
    }
}

impl<'c> Reader<'c> {
    pub(super) fn new(connection: &'c Connection, who: &'c Who, tools: &'c Tools) -> Self {
        Self { connection, who, tools }
    }

    /// On whose behalf this runs.
    pub fn actor(&self) -> &Actor {
        &self.who.actor
    }

    /// The same view, on behalf of someone else.
    pub(in crate::kernel) fn on_behalf_of<'w>(&'w self, who: &'w Who) -> Reader<'w> {
        Reader { connection: self.connection, who, tools: self.tools }
    }

    /// The present, fixed for the whole closure.
    pub fn now(&self) -> Instant {
        self.who.now
    }

    /// The time zone of an IANA name.
    ///
    /// # Errors
    /// An internal one: names are checked ([`Reader::knows_zone`]) before they are kept.
    pub fn zone(&self, name: &str) -> Result<TimeZone> {
        let zone = self.tools.zones.get(name);
        zone.ok_or_else(|| Error::Internal(anyhow::anyhow!("no time zone is called {name}")))
    }

    /// Whether this is the name of a time zone.
    pub fn knows_zone(&self, name: &str) -> bool {
        self.tools.zones.get(name).is_some()
    }

    pub(in crate::kernel) fn metrics(&self) -> &Metrics {
        &self.tools.metrics
    }

    /// Every row of a query.
    pub fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        self.tools.metrics.statements.inc();
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params, row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every row of a query, one at a time: none is kept, and the first error ends it.
    pub fn each(
        &self,
        sql: &str,
        params: impl Params,
        mut row: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        self.tools.metrics.statements.inc();
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(found) = rows.next()? {
            row(found)?;
        }
        Ok(())
    }

    /// The first row of a query, or [`Error::NotFound`].
    pub fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        row: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        self.maybe(sql, params, row)?.ok_or(Error::NotFound)
    }

    /// The first row of a query, if there is one.
    pub fn maybe<T>(
        &self,
        sql: &str,
        params: impl Params,
        row: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        self.tools.metrics.statements.inc();
        Ok(self.connection.prepare_cached(sql)?.query_row(params, row).optional()?)
    }
}

/// A wide row, column after column: to find forty columns by their names costs more than to read them.
pub struct Columns<'r, 's> {
    row: &'r Row<'s>,
    next: usize,
}

impl<'r, 's> Columns<'r, 's> {
    pub fn of(row: &'r Row<'s>) -> Self {
        Self { row, next: 0 }
    }

    /// The next column.
    pub fn take<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        self.next += 1;
        self.row.get(self.next - 1)
    }
}

/// One change of the database and its record: all of it is committed, or none.
pub struct Tx<'c> {
    reader: Reader<'c>,
    recorded: Cell<bool>,
    /// Rows changed before this closure, and by bookkeeping since.
    not_ours: Cell<u64>,
}

impl<'c> Tx<'c> {
    pub(super) fn new(connection: &'c Connection, who: &'c Who, tools: &'c Tools) -> Self {
        Self {
            reader: Reader::new(connection, who, tools),
            recorded: Cell::new(false),
            not_ours: Cell::new(connection.total_changes()),
        }
    }

    /// Runs a statement; returns how many rows it changed.
    pub fn execute(&self, sql: &str, params: impl Params) -> Result<usize> {
        self.tools.metrics.statements.inc();
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }

    /// Runs an insert; returns the new row's id.
    pub fn insert(&self, sql: &str, params: impl Params) -> Result<i64> {
        self.execute(sql, params)?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Does all of `work`, or nothing of it: what it wrote before an error is undone, and the transaction goes on.
    pub fn attempt<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.connection.execute_batch("savepoint attempt")?;
        let outcome = work();
        let end = if outcome.is_ok() { "release attempt" } else { "rollback to attempt; release attempt" };
        self.connection.execute_batch(end)?;
        outcome
    }

    /// Writes one entry of the journal: what happened, to what, and what it was before and after.
    pub fn record(&self, fact: impl Fact, change: Change) -> Result<()> {
        self.recorded.set(true);
        journal::append(self, self.who, &fact, &change)
    }

    /// The same, by someone who proved who they are within this very transaction: whoever called was nobody yet.
    pub fn record_by(&self, actor: Actor, fact: impl Fact, change: Change) -> Result<()> {
        let Who { now, address, request_id, .. } = self.who;
        let who = Who { actor, now: *now, address: *address, request_id: request_id.clone() };
        self.recorded.set(true);
        journal::append(self, &who, &fact, &change)
    }

    /// How many refused sign-ins an entry for this one stands for, under a name as its key says it; `None` when there is
    /// no room for one, and it is counted for a later one.
    pub fn room_for_refused_sign_in(&self, key: &str) -> Option<Stands> {
        let stands = self.tools.refusals.count_sign_in(key, self.who);
        if stands.is_none() {
            self.unrecorded("a later entry tells how many there were");
        }
        stands
    }

    /// Whether somebody waits for this transaction to end so as to write.
    pub fn is_waited_for(&self) -> bool {
        self.tools.writers.is_anybody_inside()
    }

    /// Says in words why this write needs no journal entry.
    pub fn unrecorded(&self, why: &'static str) {
        tracing::trace!(why, "a write without a journal entry");
        self.recorded.set(true);
    }

    /// Rows that are not the trade's: they are changed beside the closure's own work and need no record.
    pub(in crate::kernel) fn bookkeeping<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let before = self.connection.total_changes();
        let outcome = work();
        self.not_ours.set(self.not_ours.get() + (self.connection.total_changes() - before));
        outcome
    }

    pub(super) fn refuse_unrecorded(&self) -> Result<()> {
        let changed = self.connection.total_changes() - self.not_ours.get();
        if changed > 0 && !self.recorded.get() {
            return Err(Error::Internal(anyhow::anyhow!("{changed} rows changed and nothing was recorded")));
        }
        Ok(())
    }
}

impl<'c> Deref for Tx<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Reader<'c> {
        &self.reader
    }
}
