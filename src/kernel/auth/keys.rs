//! The installation's secrets: 32 random bytes per file, in `secrets/`, readable by their owner only.

use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use super::token::Tokens;
use crate::kernel::data_dir::{private_file, sync_folder};
use crate::kernel::db::StartError;
use crate::phrase;

const KEY_BYTES: usize = 32;

/// Bytes that never show: not in a log, not in an error.
#[derive(Clone)]
pub struct Secret([u8; KEY_BYTES]);

impl Secret {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A secret that a setting gives: it shows no more than the keys do.
#[derive(Clone, PartialEq, Eq)]
pub struct HiddenText(String);

impl HiddenText {
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself, for whoever has to send it on.
    pub(in crate::kernel) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether `guess` is the secret; how long the answer takes tells nothing of it.
    pub fn is(&self, guess: &str) -> bool {
        Tokens::fingerprint(&self.0) == Tokens::fingerprint(guess)
    }
}

impl fmt::Debug for HiddenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HiddenText(…)")
    }
}

/// The keys of one data directory.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// Signs access tokens.
    pub access: Secret,
    /// Derives each refresh token from the one before.
    pub refresh: Secret,
}

impl Secrets {
    /// Reads the keys in `folder`, and makes those that are missing.
    ///
    /// # Errors
    /// A key that is too short, a well-known example, or readable by others is refused, never used.
    pub fn open(folder: &Path) -> Result<Self, StartError> {
        Ok(Self { access: open(&folder.join("jwt-1"))?, refresh: open(&folder.join("refresh-1"))? })
    }
}

fn open(path: &Path) -> Result<Secret, StartError> {
    match create(path) {
        Ok(secret) => Ok(secret),
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => read(path),
        Err(cause) => Err(unusable(path, cause)),
    }
}

fn create(path: &Path) -> std::io::Result<Secret> {
    // A complete key or none: written beside and linked into place, so that a kill leaves no half key.
    let draft = path.with_extension("draft");
    if path.exists() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let _ = std::fs::remove_file(&draft);
    let mut key = [0_u8; KEY_BYTES];
    getrandom::fill(&mut key).map_err(std::io::Error::other)?;
    let mut file = private_file(&draft)?;
    file.write_all(&key)?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    path.parent().map_or(Ok(()), sync_folder)?;
    Ok(Secret(key))
}

fn read(path: &Path) -> Result<Secret, StartError> {
    let mut file = File::open(path).map_err(|cause| unusable(path, cause))?;
    refuse_shared(&file, path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|cause| unusable(path, cause))?;
    let shown = path.display();
    let Ok(key) = <[u8; KEY_BYTES]>::try_from(bytes.as_slice()) else {
        let found = bytes.len();
        return Err(StartError::new(phrase!(
            "La clé {shown} a {found} octets au lieu de 32. Supprimez-la : une neuve sera faite, chacun devra se reconnecter.",
            "The key {shown} has {found} bytes instead of 32. Delete it: a new one is made, everyone signs in again."
        )));
    };
    if is_well_known(&key) {
        return Err(StartError::new(phrase!(
            "La clé {shown} n’est pas aléatoire. Supprimez-la : une neuve sera faite, chacun devra se reconnecter.",
            "The key {shown} is not random. Delete it: a new one is made, everyone signs in again."
        )));
    }
    Ok(Secret(key))
}

/// Keys copied from examples: one repeated byte, counting bytes, or plain text such as "changeme".
fn is_well_known(key: &[u8; KEY_BYTES]) -> bool {
    let repeated = key.iter().all(|byte| *byte == key[0]);
    let counting = key.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1));
    // 32 random bytes are all printable once in 10^13 installations.
    let text = key.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    repeated || counting || text
}

#[cfg(unix)]
fn refuse_shared(file: &File, path: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_err(|cause| unusable(path, cause))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let shown = path.display();
    Err(StartError::new(phrase!(
        "La clé {shown} est lisible par d’autres que son propriétaire : « chmod 600 {shown} », ou supprimez-la si quelqu’un a pu la lire.",
        "The key {shown} can be read by others than its owner: \"chmod 600 {shown}\", or delete it if someone may have read it."
    )))
}

#[cfg(not(unix))]
fn refuse_shared(_: &File, _: &Path) -> Result<(), StartError> {
    Ok(())
}

fn unusable(path: &Path, cause: std::io::Error) -> StartError {
    let shown = path.display();
    StartError::because(
        phrase!(
            "La clé {shown} ne peut être ni lue ni créée.",
            "The key {shown} can be neither read nor created."
        ),
        cause,
    )
}
