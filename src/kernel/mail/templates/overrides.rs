//! Files of the data directory that replace built-in templates.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use minijinja::{Error, ErrorKind as Kind};

/// No mail's template is that long; no other file is read into memory by mistake.
const LONGEST: u64 = 256 * 1024;

/// Complaints remembered, so that each is logged once and not with each mail.
const REMEMBERED: usize = 100;

/// Why a file that replaces a template cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broken {
    pub file: PathBuf,
    pub line: Option<usize>,
    pub why: String,
}

/// The folder, which need not exist.
pub(super) struct Overrides {
    folder: PathBuf,
    said: Mutex<BTreeSet<Broken>>,
}

impl Overrides {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, said: Mutex::default() }
    }

    pub fn exist(&self) -> bool {
        self.folder.is_dir()
    }

    /// The file that replaces the template `name`, if there is one.
    ///
    /// # Errors
    /// The name leads out of the folder, or the file cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<String>, Error> {
        let refused = |why: String| Error::new(Kind::InvalidOperation, format!("{name}: {why}"));
        if !is_below(name) {
            return Err(refused("leads out of the templates".to_owned()));
        }
        let path = self.folder.join(name);
        // A link may be followed, as long as it ends in the folder.
        let real = match path.canonicalize() {
            Ok(real) => real,
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(refused(cause.to_string())),
        };
        let folder = self.folder.canonicalize().map_err(|cause| refused(cause.to_string()))?;
        if !real.starts_with(folder) {
            return Err(refused("leads out of the templates".to_owned()));
        }
        let about = real.metadata().map_err(|cause| refused(cause.to_string()))?;
        if !about.is_file() || about.len() > LONGEST {
            return Err(refused(format!("not a file of at most {LONGEST} bytes")));
        }
        std::fs::read_to_string(&real).map(Some).map_err(|cause| refused(cause.to_string()))
    }

    /// What is wrong, from an error that came up while `wanted` was rendered.
    pub fn broken(&self, wanted: &str, error: &Error) -> Broken {
        let file = self.folder.join(error.name().unwrap_or(wanted));
        Broken { file, line: error.line(), why: error.to_string() }
    }

    /// Says once in the log that a built-in template had to stand in.
    pub fn complain(&self, broken: Broken) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() >= REMEMBERED {
            said.clear();
        }
        if said.insert(broken.clone()) {
            let Broken { file, line, why } = broken;
            let file = file.display();
            tracing::warn!(%file, line, why, "a mail template cannot be used: the built-in one stands in");
        }
    }
}

/// Whether `name` can only be a file below the folder: plain words with plain slashes between them.
fn is_below(name: &str) -> bool {
    let plain = |word: &str| {
        !word.starts_with('.') && word.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    Path::new(name).is_relative() && name.split('/').all(|word| !word.is_empty() && plain(word))
}
