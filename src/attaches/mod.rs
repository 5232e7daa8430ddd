//! What hangs on what: THE list of every reference between two tables (`links`), and one answer, for any entity, to
//! « what would be lost or orphaned if it went? ».
//!
//! Whatever deletes, withdraws or takes back asks here first: what people put on a thing keeps it, by name; what is
//! only a part of it goes along, and is told in the journal. A test walks the foreign keys of the schema: one that is
//! not listed, or listed and not there, fails it.

mod commands;
mod links;
mod model;
mod store;

pub use commands::{kept_by, named, require_free, with_carried};
pub use links::{LINKS, Link, Treatment};
pub use model::{Attache, Attaches, Parent};
pub use store::{carried, forget_hidden, hanging};
