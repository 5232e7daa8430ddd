//! What someone holds, whether it suffices, and which period was asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::model::{Held, Window};
use crate::agenda::Interval;
use crate::ids::CompetenceId;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// What a period is when nobody says.
const USUAL_PERIOD: Duration = Duration::from_secs(7 * 86_400);

pub const LONGEST_PERIOD_DAYS: i64 = 62;

/// Days of one absence: a year of parental leave and what is added to it; longer ones are entered in parts.
pub const LONGEST_ABSENCE_DAYS: i64 = 400;

/// The compétences of a request as one list: `details`, and `ids` as `known` has them or else plainly.
///
/// # Errors
/// 422 when `details` name one twice.
pub fn held(ids: &[CompetenceId], details: &[Held], known: &[Held]) -> Result<Vec<Held>> {
    let mut held = BTreeMap::new();
    for (i, detail) in details.iter().enumerate() {
        if held.insert(detail.competence_id, *detail).is_some() {
            let champ = format!("competences[{i}].competence_id");
            return Err(Error::invalid(champ, "doublon", phrase!("figure deux fois", "appears twice")));
        }
    }
    for id in ids {
        let kept = known.iter().find(|known| known.competence_id == *id);
        held.entry(*id).or_insert_with(|| kept.copied().unwrap_or(Held::plain(*id)));
    }
    Ok(held.into_values().collect())
}

/// Why what someone holds (level, last valid day) does not suffice on a day: `absente`, `niveau` or `expiree`.
pub fn lacks(held: Option<(i64, Option<Day>)>, required: i64, day: Day) -> Option<&'static str> {
    match held {
        None => Some("absente"),
        Some((_, Some(last))) if last < day => Some("expiree"),
        Some((niveau, _)) if niveau < required => Some("niveau"),
        Some(_) => None,
    }
}

/// The period asked for, `[du, au)`.
///
/// # Errors
/// 422 unless `au` is after `du` and at most 62 days later.
pub fn period(window: &Window, now: Instant, zone: &TimeZone) -> Result<Interval> {
    let du = window.du.map_or(now, |du| du.start(zone));
    let au = window.au.map_or(du.plus(USUAL_PERIOD), |au| au.end(zone));
    // An hour more, for a day of the clock's change has 25.
    if au.minutes_since(du) > LONGEST_PERIOD_DAYS * 24 * 60 + 60 {
        let most = LONGEST_PERIOD_DAYS;
        let detail = phrase!("au plus {most} jours après « du »", "at most {most} days after \"du\"");
        return Err(Error::invalid("au", "trop_grand", detail));
    }
    ordered("au", du, au)
}

/// `[from, to)`, which must not be empty.
///
/// # Errors
/// 422 on `champ`, the field of `to`.
pub fn ordered(champ: &str, from: Instant, to: Instant) -> Result<Interval> {
    if from < to {
        return Ok((from, to));
    }
    let detail = phrase!("doit être après le début", "must be after the beginning");
    Err(Error::invalid(champ, "valeur_invalide", detail))
}

/// An absence that no typing error made longer than anybody is away.
///
/// # Errors
/// 422 unless it ends after its beginning and at most 400 days later.
pub fn away(from: Instant, to: Instant) -> Result<Interval> {
    let away = ordered("fin", from, to)?;
    // An hour more, for a day of the clock's change has 25.
    if to.minutes_since(from) > LONGEST_ABSENCE_DAYS * 24 * 60 + 60 {
        let most = LONGEST_ABSENCE_DAYS;
        let detail =
            phrase!("au plus {most} jours après le début", "at most {most} days after the beginning");
        return Err(Error::invalid("fin", "valeur_invalide", detail));
    }
    Ok(away)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day(text.parse().expect("a day"))
    }

    #[test]
    fn a_habilitation_counts_to_the_end_of_its_last_day() {
        let held = Some((2, Some(day("2031-01-15"))));

        assert_eq!(lacks(held, 2, day("2031-01-15")), None);
        assert_eq!(lacks(held, 2, day("2031-01-16")), Some("expiree"));
        assert_eq!(lacks(held, 3, day("2031-01-15")), Some("niveau"));
        assert_eq!(lacks(None, 1, day("2031-01-15")), Some("absente"));
    }

    #[test]
    fn a_competence_named_by_id_keeps_the_level_that_was_known() {
        let known = [Held { competence_id: CompetenceId(1), niveau: 3, valide_jusqu_au: None }];
        let detail = [Held { competence_id: CompetenceId(2), niveau: 2, valide_jusqu_au: None }];

        let list = held(&[CompetenceId(1), CompetenceId(2), CompetenceId(3)], &detail, &known);

        let levels: Vec<_> = list.expect("a list").iter().map(|held| held.niveau).collect();
        assert_eq!(levels, [3, 2, 1]);
        assert!(held(&[], &[detail[0], detail[0]], &[]).is_err());
    }
}
