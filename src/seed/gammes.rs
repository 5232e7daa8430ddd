//! The checklists of the demo plant, from `data/gammes.txt`: introduced half a year ago, two of them lengthened
//! since.
//!
//! A gamme is a paragraph. Its first line is its name, with which the titles of the work that it belongs to begin, its
//! second what it is for. Then its operations: kind, `*` when mandatory, label; of a measure also unit, min, max,
//! target, the range in which it usually falls, and how to measure (`-` for none). One that begins with `+` came
//! with the second version.

use std::time::Duration;

use super::random::Random;
use super::store;
use super::stories::given;
use crate::ids::{GammeId, OperationId};
use crate::kernel::clock::Instant;
use crate::kernel::db::Tx;
use crate::kernel::error::Result;

const TEXT: &str = include_str!("data/gammes.txt");

const DAY: Duration = Duration::from_secs(86_400);

/// When the checklists were introduced, and when some were lengthened: days before now.
const INTRODUCED: u32 = 185;
const LENGTHENED: u32 = 70;

pub struct Gammes(Vec<Gamme>);

struct Gamme {
    id: GammeId,
    titre: &'static str,
    versions: Vec<Version>,
}

struct Version {
    numero: i64,
    since: Instant,
    operations: Vec<(OperationId, Operation)>,
}

/// A step as the file words it.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub kind: &'static str,
    pub obligatoire: bool,
    pub libelle: &'static str,
    pub consigne: Option<&'static str>,
    pub unite: Option<&'static str>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub cible: Option<f64>,
    /// Lowest and highest of the usual measures, in units of the last decimal, and how many decimals.
    usual: (i64, i64, i32),
    /// Came with the second version.
    later: bool,
}

impl Operation {
    /// A measure as it usually is.
    pub fn measure(&self, random: &mut Random) -> f64 {
        let (low, high, decimals) = self.usual;
        random.between(low, high) as f64 / 10_f64.powi(decimals)
    }
}

impl Gammes {
    /// Writes and publishes them, in the name of whoever answers for the plant.
    pub fn sow(tx: &Tx<'_>, author: &str) -> Result<Self> {
        let now = tx.now();
        let since = [now.minus(DAY * INTRODUCED), now.minus(DAY * LENGTHENED)];
        let gammes = paragraphs().into_iter().map(|(titre, description, operations)| {
            let id = store::insert_gamme(tx, since[0], titre, description)?;
            let operations = operations
                .into_iter()
                .map(|operation| Ok((store::insert_operation(tx, id, operation.kind)?, operation)))
                .collect::<Result<Vec<_>>>()?;
            let is_lengthened = operations.iter().any(|(_, operation)| operation.later);
            let mut versions = Vec::new();
            for (numero, since) in (1..).zip(since).take(if is_lengthened { 2 } else { 1 }) {
                let kept = operations.iter().filter(|(_, operation)| numero == 2 || !operation.later);
                let operations: Vec<_> = kept.copied().collect();
                store::publish_version(tx, (id, numero), &operations, since, author)?;
                versions.push(Version { numero, since, operations });
            }
            Ok(Gamme { id, titre, versions })
        });
        gammes.collect::<Result<_>>().map(Self)
    }

    /// The checklist of work of this title.
    pub fn of(&self, titre: &str) -> Option<GammeId> {
        self.find(titre).map(|gamme| gamme.id)
    }

    /// The checklist that work of this title was given at a moment, and its version.
    pub fn given(&self, titre: &str, at: Instant) -> Option<(GammeId, i64)> {
        let gamme = self.find(titre)?;
        let in_force = gamme.versions.iter().rev().find(|version| version.since <= at)?;
        Some((gamme.id, in_force.numero))
    }

    fn find(&self, titre: &str) -> Option<&Gamme> {
        self.0.iter().find(|gamme| titre.starts_with(gamme.titre))
    }

    /// The operations of a version, in order.
    pub fn operations(&self, (id, numero): (GammeId, i64)) -> &[(OperationId, Operation)] {
        let mut versions = self.0.iter().filter(|gamme| gamme.id == id).flat_map(|gamme| &gamme.versions);
        versions
            .find(|version| version.numero == numero)
            .map(|found| found.operations.as_slice())
            .unwrap_or_default()
    }
}

type Paragraph = (&'static str, &'static str, Vec<Operation>);

fn paragraphs() -> Vec<Paragraph> {
    let lines: Vec<&'static str> = TEXT.lines().map(str::trim).collect();
    let read = |paragraph: &[&'static str]| match paragraph {
        [titre, description, operations @ ..] => {
            Some((*titre, *description, operations.iter().filter_map(|line| operation(line)).collect()))
        }
        _ => None,
    };
    lines.split(|line| line.is_empty()).filter_map(read).collect()
}

fn operation(line: &'static str) -> Option<Operation> {
    let later = line.starts_with('+');
    let mut fields = line.trim_start_matches('+').split(" | ");
    let head = fields.next()?;
    let libelle = fields.next()?;
    let mut field = || fields.next().and_then(given);
    let unite = field();
    let mut number = || field().and_then(|text| text.parse().ok());
    let (min, max, cible) = (number(), number(), number());
    let usual = field().and_then(range).unwrap_or_default();
    Some(Operation {
        kind: head.trim_end_matches([' ', '*']),
        obligatoire: head.ends_with('*'),
        libelle,
        consigne: field(),
        unite,
        min,
        max,
        cible,
        usual,
        later,
    })
}

/// `1.8-2.9` in units of the last decimal: (18, 29, 1).
fn range(text: &str) -> Option<(i64, i64, i32)> {
    let (low, high) = text.split_once('-')?;
    let decimals = low.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let units = |text: &str| text.replace('.', "").parse().ok();
    Some((units(low)?, units(high)?, i32::try_from(decimals).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gammes::TypeOperation;

    #[test]
    fn every_line_is_an_operation_and_usual_measures_are_within_tolerance() {
        let gammes = paragraphs();

        assert!(gammes.len() >= 8);
        for (titre, _, operations) in gammes {
            assert!(operations.len() >= 5, "{titre}");
            for operation in operations {
                operation.kind.parse::<TypeOperation>().expect(operation.libelle);
                let (low, high, decimals) = operation.usual;
                let unit = 10_f64.powi(decimals);
                assert_eq!(operation.kind == "mesure", high > 0, "{}", operation.libelle);
                assert!(operation.min.is_none_or(|min| low as f64 / unit >= min), "{}", operation.libelle);
                assert!(operation.max.is_none_or(|max| high as f64 / unit <= max), "{}", operation.libelle);
            }
        }
    }
}
