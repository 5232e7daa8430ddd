//! What may be added, under which name, and until when it may be taken back. Pure.

mod kinds;
mod names;

use std::time::Duration;

use super::model::TypeMime;
use crate::kernel::clock::Instant;
use crate::kernel::error::{Error, Result};
use crate::phrase;

pub use kinds::Content;

/// Documents of one intervention, équipement or plan.
pub const MOST_OF_ONE: i64 = 100;

/// Bytes that one person may add in a day: 1 GB.
pub const MOST_A_DAY: i64 = 1_000_000_000;

/// The day of [`MOST_A_DAY`]: the last 24 hours, so that midnight gives nobody twice as much.
pub const DAY: Duration = Duration::from_secs(24 * 3600);

/// Characters of a description.
pub const DESCRIPTION: usize = 1000;

/// How long whoever added a document may delete it.
const REGRET: Duration = Duration::from_secs(24 * 3600);

/// The name that a file is kept under.
///
/// # Errors
/// 422 `nom_refuse` when nothing is left of it.
pub fn name_of(given: &str) -> Result<String> {
    names::clean(given).ok_or_else(|| {
        let message = phrase!("le fichier n’a pas de nom", "the file has no name");
        Error::invalid("file", "nom_refuse", message)
    })
}

/// What a whole file of so many bytes is taken in as.
///
/// # Errors
/// 422: it is empty, of no kind that is listed, or not what its name says.
pub fn admit(name: &str, content: &Content, bytes: u64) -> Result<TypeMime> {
    if bytes == 0 {
        let message = phrase!("le fichier est vide", "the file is empty");
        return Err(Error::invalid("file", "fichier_vide", message));
    }
    kinds::kind_of(name, content).map_err(|why| Error::invalid("file", "type_refuse", why))
}

/// Whether a technicien may still take back a document that they added.
pub fn may_take_back(added: Instant, now: Instant) -> bool {
    now < added.plus(REGRET)
}

/// Whether a person who added `today` bytes may add these.
pub fn fits_the_day(today: i64, taille: i64) -> bool {
    today.saturating_add(taille) <= MOST_A_DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_s_allowance_holds_to_the_byte() {
        assert!(fits_the_day(0, MOST_A_DAY) && fits_the_day(MOST_A_DAY - 1, 1));
        assert!(!fits_the_day(0, MOST_A_DAY + 1) && !fits_the_day(MOST_A_DAY, 1));
        assert!(!fits_the_day(1, i64::MAX));
    }
}
