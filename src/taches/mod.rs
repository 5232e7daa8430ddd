//! What the server does by itself, as people see it: each job, how it stands, how its runs went; and the two things
//! an administrator may do about it: run one now, and vouch for the clock.
//!
//! When jobs run is the kernel's matter ([`crate::kernel::scheduler`]), which ones there are is `jobs.rs`'s.

mod commands;
mod model;
mod routes;
mod store;

pub use model::{Declencheur, ResultatExecution};
pub use routes::router;
