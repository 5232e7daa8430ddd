//! Time zones: those inside the executable, and those that the plant puts before them.
//!
//! A government may change its clocks sooner than a new version of this program is installed. A TZif file in
//! `zoneinfo/` of the data directory, at the place that its name says (`zoneinfo/Africa/Casablanca`, as `zic`
//! writes it), wins over the embedded zone of that name. The files are read once, at start. The machine's own
//! zones are never asked: a plant's dates must not depend on what a distribution packages, which may be years old.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::db::StartError;
use crate::phrase;

/// Name of the overriding zones' folder inside the data directory.
const FOLDER: &str = "zoneinfo";

/// The largest embedded zone has 4 kB.
const MAX_BYTES: u64 = 256 * 1024;

/// `America/Argentina/Ushuaia` is as deep as names go.
const MAX_DEPTH: usize = 3;

/// Every zone that the server knows; cheap to clone.
#[derive(Clone, Debug)]
pub struct Zones(Arc<Known>);

#[derive(Debug)]
struct Known {
    /// By name in lower case, as names are compared.
    ours: BTreeMap<String, TimeZone>,
    embedded: TimeZoneDatabase,
}

impl Zones {
    /// The embedded zones alone.
    pub fn embedded() -> Self {
        Self::with(BTreeMap::new())
    }

    /// The embedded zones, and those of `data_dir` before them.
    ///
    /// # Errors
    /// A file that is not a zone: nothing that depends on it may be computed on a guess.
    pub fn open(data_dir: &Path) -> Result<Self, StartError> {
        let mut ours = BTreeMap::new();
        let folder = data_dir.join(FOLDER);
        if folder.is_dir() {
            collect(&folder, "", MAX_DEPTH, &mut ours)?;
        }
        Ok(Self::with(ours))
    }

    fn with(ours: BTreeMap<String, TimeZone>) -> Self {
        Self(Arc::new(Known { ours, embedded: TimeZoneDatabase::bundled() }))
    }

    /// The zone of an IANA name.
    pub fn get(&self, name: &str) -> Option<TimeZone> {
        let ours = self.0.ours.get(&name.to_ascii_lowercase()).cloned();
        ours.or_else(|| self.0.embedded.get(name).ok())
    }

    /// The names of the zones that the data directory gives.
    pub fn overridden(&self) -> impl Iterator<Item = &str> {
        self.0.ours.values().filter_map(TimeZone::iana_name)
    }
}

fn collect(
    folder: &Path,
    prefix: &str,
    depth: usize,
    found: &mut BTreeMap<String, TimeZone>,
) -> Result<(), StartError> {
    let entries = std::fs::read_dir(folder).map_err(|cause| unusable(folder, cause))?;
    let entries = entries.collect::<Result<Vec<_>, _>>().map_err(|cause| unusable(folder, cause))?;
    let mut paths: Vec<PathBuf> = entries.iter().map(std::fs::DirEntry::path).collect();
    paths.sort();
    for path in paths {
        let Some(file_name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        // What a file manager leaves behind is nobody's zone.
        if file_name.starts_with('.') {
            continue;
        }
        let name = format!("{prefix}{file_name}");
        if !path.is_dir() {
            found.insert(name.to_ascii_lowercase(), read(&path, &name)?);
        } else if depth > 1 {
            collect(&path, &format!("{name}/"), depth - 1, found)?;
        }
    }
    Ok(())
}

fn read(path: &Path, name: &str) -> Result<TimeZone, StartError> {
    let bytes = std::fs::metadata(path)
        .and_then(|file| match file.len() {
            0..=MAX_BYTES => std::fs::read(path),
            _ => Err(std::io::Error::other("larger than any time zone")),
        })
        .map_err(|cause| unusable(path, cause))?;
    TimeZone::tzif(name, &bytes).map_err(|cause| unusable(path, cause))
}

fn unusable(path: &Path, cause: impl Into<anyhow::Error>) -> StartError {
    let shown = path.display();
    StartError::because(
        phrase!(
            "{shown} n’est pas un fuseau horaire lisible (format TZif, comme « zic » l’écrit). Corrigez-le, ou retirez-le pour revenir au fuseau intégré.",
            "{shown} is not a readable time zone (TZif, as \"zic\" writes it). Correct it, or remove it to go back to the embedded one."
        ),
        cause,
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::kernel::clock::Instant;

    fn put(data_dir: &Path, name: &str, bytes: &[u8]) {
        let path = data_dir.join(FOLDER).join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    #[test]
    fn a_zone_of_the_data_directory_wins_over_the_embedded_one() {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), "Africa/Casablanca", &fixed(2));
        put(folder.path(), ".DS_Store", b"x");

        let (zones, embedded) = (Zones::open(folder.path()).unwrap(), Zones::embedded());

        let midnight = |zones: &Zones, name: &str| {
            Instant::start_of(date(2031, 6, 1), &zones.get(name).unwrap()).unwrap().to_string()
        };
        // Morocco gave up its summer time for good in September 2026.
        assert_eq!(midnight(&embedded, "Africa/Casablanca"), "2031-06-01T00:00:00Z");
        assert_eq!(midnight(&zones, "africa/casablanca"), "2031-05-31T22:00:00Z");
        assert_eq!(midnight(&zones, "Europe/Paris"), midnight(&embedded, "Europe/Paris"));
        assert_eq!(zones.overridden().collect::<Vec<_>>(), ["Africa/Casablanca"]);
        assert!(zones.get("Lune/Mer").is_none());
    }

    #[test]
    fn a_file_that_is_no_zone_is_refused_by_its_name() {
        for broken in [&b""[..], b"TZif", b"<html>", &fixed(2)[..60]] {
            let folder = tempfile::tempdir().unwrap();
            put(folder.path(), "Africa/Casablanca", broken);

            let refused = Zones::open(folder.path()).unwrap_err();

            assert!(format!("{:?}", refused.what).contains("zoneinfo/Africa/Casablanca"));
        }
    }

    /// A TZif file (RFC 9636) of one offset, this many hours ahead of UTC.
    fn fixed(hours: i32) -> Vec<u8> {
        let header = |version: u8| {
            let counts = [0_u32, 0, 0, 0, 1, 4]; // isut, isstd, leaps, transitions, types, characters
            let mut bytes = [b"TZif".as_slice(), &[version], &[0; 15]].concat();
            bytes.extend(counts.into_iter().flat_map(u32::to_be_bytes));
            bytes
        };
        let mut block = (hours * 3600).to_be_bytes().to_vec();
        block.extend([0, 0]);
        block.extend(format!("+{hours:02}\0").bytes());
        [header(b'2'), block.clone(), header(b'2'), block, format!("\n<+{hours:02}>-{hours}\n").into()]
            .concat()
    }
}
