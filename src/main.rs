//! The command `erp-interventions`.

fn main() {}
