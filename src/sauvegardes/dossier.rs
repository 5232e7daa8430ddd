//! The folder that backups are kept in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;

use super::rules;
use crate::kernel::clock::Instant;

/// The backups in a data directory, oldest first. What is not named like one is none.
pub fn made(data_dir: &Path) -> BTreeMap<DateTime, PathBuf> {
    let entries = std::fs::read_dir(data_dir.join(rules::FOLDER)).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((rules::made_at(entry.file_name().to_str()?)?, entry.path()))).collect()
}

/// When the newest was made.
pub fn newest(data_dir: &Path) -> Option<Instant> {
    made(data_dir).keys().last().copied().map(rules::instant)
}
