//! Opening the data directory, for whoever will write in it.

use crate::config::Settings;
use crate::failure::Failure;
use crate::kernel::app::{App, Options};
use crate::kernel::clock::Clock;
use crate::kernel::data_dir::Lock;
use crate::kernel::db;

/// Opens what `lock` protects. A database that an upgrade will change is copied first.
pub fn open(options: Options, _lock: &Lock) -> Result<App, Failure> {
    let path = options.data_dir.join(db::FILE_NAME);
    let pending = db::pending_migrations(&path)?;
    if pending > 0 {
        let copy = db::copy_before_migration(&path)?;
        tracing::info!(pending, copy = %copy.display(), "upgrading the database; it was copied before");
    }
    Ok(App::open(options, Clock::system())?)
}

/// Opens beside a server that may be running, for a repair that cannot wait: SQLite's own locking keeps two
/// processes' transactions apart, and each change reads what it depends on inside its own. What must not
/// happen under a running server is a migration: a database that needs one takes the lock.
pub fn open_beside(settings: &Settings) -> Result<App, Failure> {
    let options = settings.options(settings.listen.value, false);
    if db::pending_migrations(&options.data_dir.join(db::FILE_NAME))? > 0 {
        let lock = Lock::take(&options.data_dir)?;
        return open(options, &lock);
    }
    Ok(App::open(options, Clock::system())?)
}
