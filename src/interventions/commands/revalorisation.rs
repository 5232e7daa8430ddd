//! What the parts of an intervention cost is put right when somebody finds that a receipt's price was wrong. The work
//! itself does not change, validated or not.

use serde_json::Value;

use crate::events::Event;
use crate::ids::InterventionId;
use crate::interventions::model::TypeHistorique;
use crate::interventions::store;
use crate::kernel::db::{Change, Tx};
use crate::kernel::error::Result;

/// Tells on an intervention that its parts cost something else now: a line of its history, for those who may know
/// costs, and `told` in the journal.
pub fn tell_revalued(tx: &Tx<'_>, id: InterventionId, remarque: &str, told: &Value) -> Result<()> {
    store::add_history(tx, id, TypeHistorique::Revalorisation, (None, None), Some(remarque))?;
    tx.record(Event::InterventionRevalorisee(id), Change::created(told)?)
}
