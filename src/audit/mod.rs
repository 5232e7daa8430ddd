//! The audit journal: who did what, when, from where; and whether every entry is still as it was written.
//!
//! Written by the kernel in the transaction of each change ([`crate::kernel::db::Tx::record`]); read here.

mod model;
mod routes;
mod store;

pub use routes::router;
