//! The command `erp-interventions`.

use std::process::ExitCode;

/// musl's own makes threads wait for one another.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    erp_interventions::cli::run()
}
