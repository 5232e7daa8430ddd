//! Looking at a database from outside the server: the command line examines it, running or not.

use std::path::Path;

use rusqlite::Connection;

use super::setup::{StartError, open_read_only, schema_of};
use super::tx::{Reader, Tools};
use crate::kernel::auth::{Actor, Refusals, Who};
use crate::kernel::clock::Instant;
use crate::kernel::error::Result;
use crate::kernel::metrics::Metrics;
use crate::kernel::zones::Zones;

/// A read-only connection of its own. It needs no guard: whoever holds it could read the file as well.
pub struct Inspection {
    connection: Connection,
    who: Who,
    tools: Tools,
}

impl Inspection {
    /// Opens the database at `path`, which must exist and be ours.
    ///
    /// # Errors
    /// [`StartError`] says why it cannot be read.
    pub fn open(path: &Path, now: Instant) -> Result<Self, StartError> {
        let connection = open_read_only(path)?;
        let who = Who { actor: Actor::system("inspection"), now, address: None, request_id: None };
        let zones = Zones::open(path.parent().unwrap_or(path))?;
        Ok(Self { connection, who, tools: Tools::new(Metrics::new(), zones, Refusals::new()) })
    }

    /// The number of the newest migration that it has gone through.
    pub fn schema(&self) -> Result<i32> {
        Ok(schema_of(&self.connection)?)
    }

    /// What reads it; each statement sees its own moment, and takes the time it needs.
    pub fn reader(&self) -> Reader<'_> {
        Reader::new(&self.connection, &self.who, &self.tools)
    }
}
