//! What may be added, under which name, and until when it may be taken back. Pure.

mod kinds;
mod names;

use std::time::Duration;

pub use kinds::{Content, kind_of};
pub use names::clean;

use crate::kernel::clock::Instant;

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
