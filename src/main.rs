//! The command `erp-interventions`.

use std::process::ExitCode;

fn main() -> ExitCode {
    erp_interventions::cli::run()
}
