//! How long an import may write: nobody else does meanwhile.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// An import of the server is given up once somebody else has waited this long to write, and leaves nothing.
pub const LONGEST: Duration = Duration::from_secs(20);

/// And when it has written for this long, whoever waits: what the server itself writes waits as well.
pub const LONGEST_ALONE: Duration = Duration::from_secs(120);

/// How long an import may write.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Once somebody else waits.
    pub others: Duration,
    /// Whoever waits.
    pub own: Duration,
}

impl Patience {
    /// Of people beside whom others work.
    pub const SHARED: Self = Self { others: LONGEST, own: LONGEST_ALONE };
}

/// Sees that an import keeps nobody too long.
pub(super) struct Courtesy<'t, 'c> {
    tx: &'t Tx<'c>,
    patience: Option<Patience>,
    began: Instant,
    /// Since when somebody waits.
    waited_for: Cell<Option<Instant>>,
}

impl<'t, 'c> Courtesy<'t, 'c> {
    pub fn new(tx: &'t Tx<'c>, patience: Option<Patience>) -> Self {
        Self { tx, patience, began: Instant::now(), waited_for: Cell::new(None) }
    }

    /// # Errors
    /// 503 when it is to be given up.
    pub fn check(&self) -> Result<()> {
        let Some(Patience { others, own }) = self.patience else { return Ok(()) };
        let since = self.tx.is_waited_for().then(|| self.waited_for.get().unwrap_or_else(Instant::now));
        self.waited_for.set(since);
        if since.is_some_and(|since| since.elapsed() > others) {
            return Err(kept_waiting(others));
        }
        if self.began.elapsed() > own { Err(too_long(own)) } else { Ok(()) }
    }
}

fn kept_waiting(others: Duration) -> Error {
    let seconds = others.as_secs();
    Error::Busy(
        "trop_long",
        phrase!(
            "Quelqu’un attend depuis {seconds} s que l’import finisse d’écrire : rien n’a été gardé. Recommencez quand personne ne travaille, ou coupez le fichier en plusieurs.",
            "Somebody has waited {seconds} s for the import to end writing: nothing was kept. Try again when nobody works, or cut the file in several."
        ),
    )
}

fn too_long(own: Duration) -> Error {
    let seconds = own.as_secs();
    Error::Busy(
        "trop_long",
        phrase!(
            "L’import a pris plus de {seconds} s, pendant lesquelles personne d’autre n’écrit : rien n’a été gardé. Coupez le fichier en plusieurs.",
            "The import took more than {seconds} s, during which nobody else writes: nothing was kept. Cut the file in several."
        ),
    )
}
