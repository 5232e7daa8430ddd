//! How a zone's clocks stand. Pure.

use jiff::tz::{Offset, TimeZone};

use super::model::Decalage;
use crate::kernel::clock::Instant;

/// What a zone is ahead of UTC from `from` on, and each time that this changes before `to`.
pub fn offsets(zone: &TimeZone, from: Instant, to: Instant) -> Vec<Decalage> {
    let [from, to] = [from, to].map(|moment| moment.in_zone(zone).timestamp());
    let minutes = |offset: Offset| offset.seconds() / 60;
    let first = Decalage { depuis: None, decalage_min: minutes(zone.to_offset(from)) };
    let changes = zone.following(from).take_while(|change| change.timestamp() < to);
    let changed = changes.map(|change| Decalage {
        depuis: Some(Instant::from(change.timestamp())),
        decalage_min: minutes(change.offset()),
    });
    let mut offsets = vec![first];
    for offset in changed {
        // A change of name or of what counts as summer time is none of the clocks.
        if offsets.last().is_none_or(|last| last.decalage_min != offset.decalage_min) {
            offsets.push(offset);
        }
    }
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::zones::Zones;

    #[test]
    fn a_zone_says_when_its_clocks_change_and_by_how_much() {
        let paris = Zones::embedded().get("Europe/Paris").expect("a zone");
        let at = |text: &str| Instant::from(text.parse::<jiff::Timestamp>().expect("an instant"));

        let offsets = offsets(&paris, at("2031-01-01T00:00:00Z"), at("2032-01-01T00:00:00Z"));

        let told: Vec<_> = offsets
            .into_iter()
            .map(|offset| (offset.depuis.map(|since| since.to_string()), offset.decalage_min))
            .collect();
        assert_eq!(
            told,
            [
                (None, 60),
                (Some("2031-03-30T01:00:00Z".to_owned()), 120),
                (Some("2031-10-26T01:00:00Z".to_owned()), 60),
            ]
        );
    }
}
