//! The command `erp-interventions`.

use std::process::ExitCode;

/// The same on every target. glibc's heaps kept each thread's largest burst for good; this gives it back, though only
/// some time after it was freed (tens of seconds on a server that idles).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    erp_interventions::cli::run()
}
