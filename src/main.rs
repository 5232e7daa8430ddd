//! The command `erp-interventions`.

use std::process::ExitCode;

/// The same on every target: it gives large blocks back to the system as soon as they are free.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    erp_interventions::cli::run()
}
