//! Opening the data directory, for whoever will write in it.

use tokio::runtime::Runtime;

use crate::config::Settings;
use crate::failure::Failure;
use crate::kernel::app::{App, Options};
use crate::kernel::clock::Clock;
use crate::kernel::data_dir::Lock;
use crate::kernel::db;
use crate::kernel::files::Folder;
use crate::{documents, phrase, sauvegardes};

/// Opens what `lock` protects. A database that an upgrade will change is copied first.
pub fn open(options: Options, lock: &Lock) -> Result<App, Failure> {
    let path = options.data_dir.join(db::FILE_NAME);
    sauvegardes::refuse_after_cut_restore(&options.data_dir)?;
    for left in sauvegardes::forget_cut_off(&options.data_dir) {
        tracing::warn!(file = %left.display(), "removed what a backup or a restore that was cut off had left");
    }
    sauvegardes::settle(&options.data_dir);
    let pending = db::pending_migrations(&path)?;
    if pending > 0 {
        let copy = db::copy_before_migration(&path)?;
        tracing::info!(pending, copy = %copy.display(), "upgrading the database; it was copied before");
    }
    let is_bare = Folder::is_bare(&options.data_dir);
    let app = App::open(options, Clock::system())?;
    if is_bare && documents::are_kept(&path)? {
        tracing::error!(
            "the folder \"documents\" is gone or empty, though documents are known: is its disk mounted?"
        );
        app.leave_documents_folder(lock);
    } else {
        app.forget_unfinished(lock)?;
    }
    app.keep_reserve(lock);
    Ok(app)
}

/// Opens beside a server that may be running, for a repair that cannot wait. SQLite's own locking makes that
/// safe: it keeps two processes' transactions apart, and each change reads what it depends on inside its own.
/// What must not happen under a running server is a new or an upgraded database: that takes the lock.
pub fn open_beside(settings: &Settings, may_create: bool) -> Result<App, Failure> {
    let options = settings.options(settings.listen.value);
    let path = options.data_dir.join(db::FILE_NAME);
    if !may_create {
        db::refuse_absent(&path)?;
    }
    if path.exists() && db::pending_migrations(&path)? == 0 {
        return Ok(App::open(options, Clock::system())?);
    }
    let lock = Lock::take(&options.data_dir)?;
    open(options, &lock)
}

/// What runs the asynchronous part of a command.
pub fn runtime() -> Result<Runtime, Failure> {
    Runtime::new().map_err(|cause| {
        let why = phrase!(
            "La machine ne donne pas de fils d’exécution.",
            "The machine gives no threads to run on."
        );
        Failure::Fault(why, cause.into())
    })
}
