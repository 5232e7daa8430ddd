//! What things are worth, and how much to order: arithmetic alone.
//!
//! Costs follow the perpetual weighted average (« coût unitaire moyen pondéré après chaque entrée », PCG art.
//! 213-33): the stock has a quantity and a value, a receipt adds to both, an issue takes its share of the value.
//! Values are whole cents, so no cent is lost or made: the value of the stock is always the sum of the ledger's,
//! and nothing left is worth nothing. What a unit costs is kept to the ten-thousandth, for many a part costs less than
//! a cent.

mod replay;

pub use replay::{Books, Posted, revalue};

use super::model::TypeMouvement;
use crate::kernel::money::{Cents, TEN_THOUSANDTHS, UnitPrice};
use crate::kernel::quantity::Quantity;

/// A thousand million million cents, and a thousand million units: beyond them something was mistyped, and below them
/// no sum or product of the ledger leaves an i64.
const MAX_VALUE: i128 = 1_000_000_000_000_000;
pub const MAX_STOCK: i64 = 1_000_000_000_000;

/// Thousandths of a unit times ten-thousandths of the currency that make a cent.
const OF_A_CENT: i128 = 1000 * TEN_THOUSANDTHS as i128;

/// What there is of a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    pub stock: Quantity,
    pub reserve: Quantity,
    pub attendue: Quantity,
    pub valeur: Cents,
    /// The last known, when nothing is left.
    pub cump: Option<UnitPrice>,
}

impl Level {
    /// What anyone may take.
    pub fn disponible(self) -> Quantity {
        self.stock - self.reserve
    }

    /// Whether the books can hold it.
    pub fn is_sane(self) -> bool {
        self.stock.0 <= MAX_STOCK && i128::from(self.valeur.0) <= MAX_VALUE
    }

    /// What there is after a line of the ledger.
    pub fn after(self, line: Line) -> Self {
        let (stock, valeur) = (self.stock + line.quantite, Cents(self.valeur.0 + line.valeur.0));
        Self { stock, valeur, cump: unit_cost(stock, valeur).or(self.cump), ..self }
    }
}

/// What a line of the ledger moves: both signed, with what a unit was worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub quantite: Quantity,
    pub valeur: Cents,
    pub cout_unitaire: UnitPrice,
}

/// Comes in at a cost of so much a unit; `None` when it is worth more than the books can hold.
pub fn in_at(quantite: Quantity, cout_unitaire: UnitPrice) -> Option<Line> {
    let cents = halves_up(i128::from(quantite.0) * i128::from(cout_unitaire.0), OF_A_CENT);
    let valeur = Cents(i64::try_from(cents).ok().filter(|_| cents <= MAX_VALUE)?);
    Some(Line { quantite, valeur, cout_unitaire })
}

/// Goes out at the weighted average cost; the last of it takes all the value that is left. `quantite` is at most
/// the stock.
pub fn out(level: Level, quantite: Quantity) -> Line {
    let share = share(level.valeur, quantite, level.stock);
    let cout_unitaire = unit_cost(level.stock, level.valeur).or(level.cump).unwrap_or_default();
    Line { quantite: -quantite, valeur: Cents(-share.0), cout_unitaire }
}

/// Comes back at what it went out for: its share of `valeur`, which `sortie` was worth.
pub fn back(quantite: Quantity, (sortie, valeur): (Quantity, Cents)) -> Line {
    let cout_unitaire = unit_cost(sortie, valeur).unwrap_or_default();
    Line { quantite, valeur: share(valeur, quantite, sortie), cout_unitaire }
}

/// What a count changes: too much comes in, too little goes out, both at the weighted average cost.
pub fn counted(level: Level, difference: Quantity) -> Option<Line> {
    if difference.0 <= 0 {
        return Some(out(level, -difference));
    }
    match level.stock.is_zero() {
        true => in_at(difference, level.cump.unwrap_or_default()),
        false => {
            let cout_unitaire = unit_cost(level.stock, level.valeur).unwrap_or_default();
            let valeur = share(level.valeur, difference, level.stock);
            let is_held = i128::from(valeur.0) <= MAX_VALUE;
            is_held.then_some(Line { quantite: difference, valeur, cout_unitaire })
        }
    }
}

/// Undoes a line: what it took comes back at exactly what it was worth then. What it brought goes at what it
/// brought, as far as that much value is still there (some of it may have gone out at another average since),
/// and the last of the stock takes all of it.
pub fn reversal(line: Line, level: Level) -> Line {
    let back = Cents(-line.valeur.0);
    let valeur = match line.quantite.0 > 0 {
        true if line.quantite == level.stock => Cents(-level.valeur.0),
        true => back.max(Cents(-level.valeur.0)),
        false => back,
    };
    Line { quantite: -line.quantite, valeur, cout_unitaire: line.cout_unitaire }
}

/// What a unit costs, rounded half up and at most [`UnitPrice::MAX`]; `None` of nothing. The trigger
/// `mouvements_make_the_stock` says the same in SQL.
pub fn unit_cost(quantite: Quantity, valeur: Cents) -> Option<UnitPrice> {
    let exact = |quantite| halves_up(i128::from(valeur.0) * OF_A_CENT, quantite);
    let kept = |quantite| exact(quantite).min(i128::from(UnitPrice::MAX.0)) as i64;
    (quantite.0 > 0).then(|| UnitPrice(kept(i128::from(quantite.0))))
}

/// How much to order of a part: enough for the stock to be back at its threshold once all that is asked for is
/// served, in whole lots.
pub fn proposed(level: Level, seuil: Quantity, lot: Option<Quantity>) -> Quantity {
    let missing = (seuil - level.disponible() + level.attendue).0.max(0);
    match lot {
        Some(Quantity(lot)) if lot > 0 => Quantity((missing + lot - 1) / lot * lot),
        _ => Quantity(missing),
    }
}

/// Which of the fields of a movement do not belong to its type: cost, intervention, emplacement.
pub fn misplaced(kind: TypeMouvement, [cost, work, place]: [bool; 3]) -> Option<&'static str> {
    use TypeMouvement::{Entree, Retour, Sortie, Transfert};
    [
        (cost && kind != Entree, "cout_unitaire"),
        (work && ![Sortie, Retour].contains(&kind), "intervention_id"),
        (place && kind != Transfert, "emplacement"),
    ]
    .into_iter()
    .find_map(|(wrong, champ)| wrong.then_some(champ))
}

/// The part of `valeur` that `quantite` is of `whole`.
fn share(valeur: Cents, quantite: Quantity, whole: Quantity) -> Cents {
    if quantite == whole {
        return valeur;
    }
    let cents = halves_up(i128::from(valeur.0) * i128::from(quantite.0), i128::from(whole.0.max(1)));
    // A count may find so many times more than there was that it is worth more than the books can hold.
    Cents(i64::try_from(cents).unwrap_or(i64::MAX))
}

/// `dividend / divisor`, halves rounded up; neither is negative.
fn halves_up(dividend: i128, divisor: i128) -> i128 {
    (2 * dividend + divisor) / (2 * divisor)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn units(units: i64) -> Quantity {
        Quantity(units * 1000)
    }

    /// What a ledger of these lines leaves.
    fn after(lines: &[fn(Level) -> Line]) -> Level {
        lines.iter().fold(Level::default(), |level, line| level.after(line(level)))
    }

    #[test]
    fn the_weighted_average_of_the_textbook() {
        let ten_then_twenty: &[fn(Level) -> Line] = &[
            |_| in_at(units(10), UnitPrice(100_000)).unwrap(),
            |_| in_at(units(10), UnitPrice(200_000)).unwrap(),
        ];
        let bought = after(ten_then_twenty);
        let issue = out(bought, units(5));
        let left = bought.after(issue);
        let restocked = left.after(in_at(units(5), UnitPrice(300_000)).unwrap());

        assert_eq!((bought.valeur, bought.cump), (Cents(30_000), Some(UnitPrice(150_000))));
        assert_eq!((issue.valeur, issue.cout_unitaire), (Cents(-7500), UnitPrice(150_000)));
        assert_eq!((left.valeur, left.cump), (Cents(22_500), Some(UnitPrice(150_000))));
        assert_eq!((restocked.valeur, restocked.cump), (Cents(37_500), Some(UnitPrice(187_500))));
    }

    #[test]
    fn the_last_of_a_stock_takes_all_its_value_and_leaves_its_cost_in_memory() {
        let level = after(&[|_| in_at(units(3), UnitPrice(33_300)).unwrap(), |level| out(level, units(1))]);
        let empty = level.after(out(level, units(2)));

        assert_eq!((empty.stock, empty.valeur, empty.cump), (Quantity(0), Cents(0), Some(UnitPrice(33_300))));
        assert_eq!(counted(empty, units(2)).unwrap().valeur, Cents(666));
    }

    #[test]
    fn undoing_an_issue_gives_back_exactly_what_it_took() {
        let level = after(&[|_| in_at(units(7), UnitPrice(10_100)).unwrap()]);
        let issue = out(level, Quantity(333));
        let dearer = level.after(issue).after(in_at(units(1), UnitPrice(9_990_000)).unwrap());

        let undone = reversal(issue, dearer);

        assert_eq!((undone.quantite, undone.valeur), (Quantity(333), Cents(-issue.valeur.0)));
    }

    #[test]
    fn undoing_a_receipt_never_takes_more_value_than_there_is() {
        let dear = in_at(units(10), UnitPrice(200_000)).unwrap();
        let level = after(&[
            |_| in_at(units(10), UnitPrice(100_000)).unwrap(),
            |_| in_at(units(10), UnitPrice(200_000)).unwrap(),
        ]);
        let level = level.after(out(level, units(10)));

        let undone = level.after(reversal(dear, level));

        assert_eq!((undone.stock, undone.valeur), (Quantity(0), Cents(0)));
    }

    #[test]
    fn an_order_fills_up_to_the_threshold_in_whole_lots() {
        let level = |stock, reserve, attendue| Level {
            stock: units(stock),
            reserve: units(reserve),
            attendue: units(attendue),
            ..Level::default()
        };
        for (level, seuil, lot, expected) in [
            (level(4, 0, 0), 5, None, 1),
            (level(4, 0, 0), 5, Some(10), 10),
            (level(0, 0, 12), 0, Some(10), 20),
            (level(6, 4, 0), 5, None, 3),
            (level(5, 0, 0), 5, Some(10), 0),
        ] {
            assert_eq!(proposed(level, units(seuil), lot.map(units)), units(expected), "{level:?}");
        }
    }

    /// One thing that may happen to a stock; what is impossible then does not happen.
    #[derive(Clone, Debug)]
    enum Step {
        Receipt(i64, i64),
        Issue(i64),
        /// Of the issue at this place among those not returned from yet.
        Return(usize, i64),
        Count(i64),
        /// Of the line at this place.
        Undo(usize),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            3 => (1..50_000_i64, 0..20_000_000_i64).prop_map(|(quantite, cost)| Step::Receipt(quantite, cost)),
            4 => (1..30_000_i64).prop_map(Step::Issue),
            1 => (any::<usize>(), 1..100_i64).prop_map(|(place, percent)| Step::Return(place, percent)),
            1 => (0..60_000_i64).prop_map(Step::Count),
            1 => any::<usize>().prop_map(Step::Undo),
        ];
        prop::collection::vec(step, 1..60)
    }

    /// The line that a step writes, if it can be.
    fn line(step: &Step, level: Level, ledger: &[Line], issues: &mut Vec<(Quantity, Cents)>) -> Option<Line> {
        match *step {
            Step::Receipt(quantite, cost) => in_at(Quantity(quantite), UnitPrice(cost)),
            Step::Issue(quantite) => (quantite <= level.stock.0).then(|| {
                let line = out(level, Quantity(quantite));
                issues.push((-line.quantite, Cents(-line.valeur.0)));
                line
            }),
            Step::Return(place, percent) => {
                let place = place.checked_rem(issues.len())?;
                let (quantite, valeur) = issues[place];
                let line = back(Quantity((quantite.0 * percent / 100).max(1)), (quantite, valeur));
                issues[place] = (quantite - line.quantite, Cents(valeur.0 - line.valeur.0));
                issues.retain(|(quantite, _)| !quantite.is_zero());
                Some(line)
            }
            Step::Count(counted_units) => counted(level, Quantity(counted_units) - level.stock),
            Step::Undo(place) => {
                let undone = ledger[place.checked_rem(ledger.len())?];
                (undone.quantite <= level.stock).then(|| reversal(undone, level))
            }
        }
    }

    proptest! {
        /// c8: whatever happens in whatever order, no quantity and no cent is lost or made.
        #[test]
        fn the_value_of_a_stock_is_the_sum_of_its_ledger_and_nothing_is_worth_nothing(steps in steps()) {
            let (mut level, mut ledger, mut issues) = (Level::default(), Vec::new(), Vec::new());
            for step in &steps {
                let Some(line) = line(step, level, &ledger, &mut issues) else { continue };
                prop_assert!(line.valeur.0 == 0 || (line.valeur.0 > 0) == (line.quantite.0 > 0), "{line:?}");
                level = level.after(line);
                ledger.push(line);
                prop_assert!(level.stock.0 >= 0 && level.valeur.0 >= 0, "{level:?}");
                prop_assert!(level.stock.0 > 0 || level.valeur.0 == 0, "{level:?}");
            }
            prop_assert_eq!(level.stock, ledger.iter().map(|line| line.quantite).sum());
            prop_assert_eq!(level.valeur.0, ledger.iter().map(|line| line.valeur.0).sum::<i64>());
        }

        /// Without corrections, the average follows the exact one: what was paid, less the exact share of each
        /// issue, as a fraction without any rounding. Each line may be off by half a cent.
        #[test]
        fn the_weighted_average_is_the_exact_one_to_half_a_cent_a_line(
            steps in prop::collection::vec((any::<bool>(), 1..50_000_i64, 1..20_000_000_i64), 1..40)
        ) {
            let (mut level, mut exact, mut lines) = (Level::default(), 0.0, 0.0);
            for (comes_in, quantite, cost) in steps {
                let line = if comes_in || level.stock.0 < quantite {
                    exact += quantite as f64 * cost as f64 / 100_000.0;
                    in_at(Quantity(quantite), UnitPrice(cost)).expect("a line")
                } else {
                    exact -= exact * quantite as f64 / level.stock.0 as f64;
                    out(level, Quantity(quantite))
                };
                level = level.after(line);
                lines += 1.0;
                prop_assert!((level.valeur.0 as f64 - exact).abs() <= lines * 0.5 + 1e-3, "{level:?} {exact}");
            }
        }
    }

    #[test]
    fn what_the_books_cannot_hold_is_no_line() {
        assert_eq!(in_at(Quantity(100_000_000_000), UnitPrice::MAX), None);
        assert!(in_at(Quantity(1), UnitPrice::MAX).is_some());
        let dear = Level { stock: Quantity(1), valeur: Cents(MAX_VALUE as i64), ..Level::default() };
        assert_eq!(counted(dear, Quantity(MAX_STOCK)), None, "so many times more than there was");
    }

    #[test]
    fn a_unit_costs_to_the_ten_thousandth() {
        for (quantite, valeur, expected) in [
            (3000, 1000, 33_333),
            (3000, 2000, 66_667),
            // A thousand washers of 1.25 centimes.
            (1_000_000, 1250, 125),
            (2000, 1, 50),
            (MAX_STOCK, 4_999_999, 0),
            (MAX_STOCK, 5_000_000, 1),
            (1, 1, 100_000),
            (1, MAX_VALUE as i64, UnitPrice::MAX.0),
            (10_000_000, MAX_VALUE as i64, 10_000_000_000_000),
            (MAX_STOCK, MAX_VALUE as i64, 100_000_000),
        ] {
            let cost = unit_cost(Quantity(quantite), Cents(valeur));
            assert_eq!(cost, Some(UnitPrice(expected)), "{quantite} {valeur}");
        }
        assert_eq!(unit_cost(Quantity(0), Cents(0)), None);
        let washers = in_at(units(1000), UnitPrice(125)).expect("a line");
        assert_eq!(
            (washers.valeur, in_at(units(1), UnitPrice(125)).expect("a line").valeur),
            (Cents(1250), Cents(1))
        );
    }
}
