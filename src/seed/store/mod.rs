//! SQL of the sown data.

mod demandes;
mod documents;
mod floor;
mod jobs;
mod meters;
mod plans;
mod plant;
mod storeroom;
mod told;

use rusqlite::named_params;

pub use demandes::{answer_demandes, file_demandes};
pub use documents::{Attached, Document, Owner, insert_document, last_finished};
pub use floor::{insert_gamme, insert_operation, publish_version};
pub use jobs::{Generated, Numbers, insert_jobs};
pub use meters::{Meter, MeterPlan, insert_meter, insert_meter_plan, insert_reading};
pub use plans::{
    Echeance, Plan, Progress, feries, insert_echeances, insert_feries, insert_plan, set_progress,
};
pub use plant::*;
pub use storeroom::{Counted, Held, Moved, Part, insert_moves, insert_part, insert_supplier};
pub use told::*;

use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;

/// Names of the two kinds of sown data, in the journal.
pub const DEMO: &str = "demo";
pub const VOLUME: &str = "volume";

/// Gives the writer half a gigabyte to remember pages in, for as long as it lives: a million rows fall all over the
/// indexes, and with what a server needs every page would be read again and again.
pub fn widen_cache(tx: &Tx<'_>) -> Result<()> {
    tx.execute("pragma cache_size = -500000", []).map(drop)
}

/// Whether there is no account yet.
pub fn is_empty(db: &Reader<'_>) -> Result<bool> {
    db.one("select not exists (select 1 from users)", [], |row| row.get(0))
}

/// Whether the data was sown, whatever the kind: everyone knows the passwords of its accounts.
pub fn has_known_passwords(db: &Reader<'_>) -> Result<bool> {
    db.one("select exists (select 1 from journal where action = 'donnees.semis')", [], |row| row.get(0))
}

/// Whether the data is that of the demo plant.
pub fn is_demo(db: &Reader<'_>) -> Result<bool> {
    db.one(
        "select exists (select 1 from journal where entite = 'donnees' and action = 'donnees.semis'
             and apres ->> '$.profil' = :demo)",
        named_params! { ":demo": DEMO },
        |row| row.get(0),
    )
}
