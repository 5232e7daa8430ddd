//! Slots, what stands in their way, and what is proposed instead.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{AbsenceId, InterventionId, TechnicienId};
use crate::kernel::clock::Instant;
use crate::kernel::phrase::{Language, Phrase};
use crate::phrase;

/// Seconds that a slot may last: 24 hours.
pub const LONGEST_SLOT: i64 = 24 * 3600;

/// A time at which someone is booked, half-open: `[debut, fin)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Unchecked")]
pub struct Slot {
    pub debut: Instant,
    pub fin: Instant,
}

impl Slot {
    /// # Errors
    /// [`SlotError`] unless `fin` is after `debut` and at most 24 hours later.
    pub fn new(debut: Instant, fin: Instant) -> Result<Self, SlotError> {
        match fin.as_second().saturating_sub(debut.as_second()) {
            ..=0 => Err(SlotError::Backwards),
            length if length > LONGEST_SLOT => Err(SlotError::TooLong),
            _ => Ok(Self { debut, fin }),
        }
    }

    /// Whether the two share a moment; touching is not overlapping.
    pub fn overlaps(self, other: Self) -> bool {
        self.debut < other.fin && other.debut < self.fin
    }

    /// Whole minutes.
    pub fn minutes(self) -> i64 {
        self.fin.minutes_since(self.debut)
    }
}

/// Why two instants are not a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotError {
    /// The end is not after the beginning.
    Backwards,
    /// More than 24 hours.
    TooLong,
}

impl SlotError {
    /// The same for people.
    pub fn phrase(self) -> Phrase {
        match self {
            Self::Backwards => phrase!("doit être après le début", "must be after the beginning"),
            Self::TooLong => {
                phrase!("au plus 24 heures après le début", "at most 24 hours after the beginning")
            }
        }
    }
}

impl fmt::Display for SlotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.phrase().text(Language::French))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    debut: Instant,
    fin: Instant,
}

impl TryFrom<Unchecked> for Slot {
    type Error = SlotError;

    fn try_from(slot: Unchecked) -> Result<Self, SlotError> {
        Self::new(slot.debut, slot.fin)
    }
}

/// What stands in a slot's way: an intervention's slot, or an absence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Conflit {
    pub technicien_id: TechnicienId,
    pub intervention_id: Option<InterventionId>,
    #[schema(example = "INT-2026-000123")]
    pub numero: Option<String>,
    pub absence_id: Option<AbsenceId>,
    pub debut: Instant,
    pub fin: Instant,
}

/// A free slot that somebody could take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Suggestion {
    pub technicien_id: TechnicienId,
    pub debut: Instant,
    pub fin: Instant,
}
