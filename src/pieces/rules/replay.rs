//! A part's ledger written again from a receipt on, as it would read had the receipt's price been typed right.
//!
//! Quantities never depend on a price, so the lines are the same; what each is worth follows from the books as they
//! stood when it was written, by the very rules that valued it then.

use std::collections::HashMap;

use super::{Level, Line, back, counted, in_at, out, reversal};
use crate::ids::{InterventionId, MouvementId};
use crate::kernel::money::{Cents, UnitPrice};
use crate::kernel::quantity::Quantity;
use crate::pieces::model::TypeMouvement;

/// A line of the ledger, with what it is worth by now.
#[derive(Clone, Copy, Debug)]
pub struct Posted {
    pub id: MouvementId,
    pub kind: TypeMouvement,
    pub line: Line,
    pub work: Option<InterventionId>,
    /// The line that it undoes.
    pub undoes: Option<MouvementId>,
}

/// All that the worth of a part's next line may depend on.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// Of it, the stock, its value and the CUMP.
    pub level: Level,
    /// What each intervention has taken and not brought back, and what that was worth.
    pub taken: HashMap<InterventionId, (Quantity, Cents)>,
    /// The issues for no intervention that nobody undid, oldest first, and what a unit was worth.
    pub issues: Vec<(MouvementId, UnitPrice)>,
    /// Lines that another may undo.
    pub written: HashMap<MouvementId, Posted>,
    /// The first half of a transfer, until its other half cancels it out.
    pub moving: Option<Line>,
}

/// What a ledger is worth with the right price.
#[derive(Clone, Debug)]
pub struct Revalued {
    /// In the order of the ledger.
    pub lines: Vec<Line>,
    /// What the ledger leaves.
    pub level: Level,
}

/// What the lines of a ledger from a receipt on are worth when a unit of that receipt costs `cost`. A line whose worth
/// does not follow from it keeps what it has, even where another rule valued it years ago.
///
/// `before` are the books at the receipt, which is the first of `ledger`. `None` when something is worth more than the
/// books can hold.
pub fn revalue(before: Books, ledger: &[Posted], cost: UnitPrice) -> Option<Revalued> {
    let (mut as_it_is, mut right) = (before.clone(), before);
    let mut lines = Vec::with_capacity(ledger.len());
    for (place, posted) in ledger.iter().enumerate() {
        let line = if place == 0 {
            in_at(posted.line.quantite, cost)?
        } else {
            match (as_it_is.worth(posted), right.worth(posted)) {
                (was, will) if was == will => posted.line,
                (_, will) => will?,
            }
        };
        as_it_is.write(posted, posted.line);
        right.write(posted, line);
        if !right.level.is_sane() {
            return None;
        }
        lines.push(line);
    }
    Some(Revalued { lines, level: right.level })
}

impl Books {
    /// What a line is worth, written now. Receipts say themselves what they cost.
    pub fn worth(&self, posted: &Posted) -> Option<Line> {
        use TypeMouvement::{Entree, Inventaire, Retour, Revalorisation, Sortie, Transfert};
        let quantite = posted.line.quantite;
        if let Some(undone) = posted.undoes {
            return Some(reversal(self.written.get(&undone)?.line, self.level));
        }
        match posted.kind {
            Entree | Revalorisation => Some(posted.line),
            Sortie => Some(out(self.level, -quantite)),
            Retour => match posted.work {
                Some(work) => Some(back(quantite, self.taken.get(&work).copied()?)),
                None => {
                    let last = self.issues.last().map(|(_, cost)| *cost);
                    in_at(quantite, last.or(self.level.cump).unwrap_or(posted.line.cout_unitaire))
                }
            },
            Inventaire => counted(self.level, quantite),
            Transfert => {
                let half = self.moving.unwrap_or_else(|| {
                    let out = out(self.level, quantite.size());
                    if quantite < Quantity::ZERO { opposite(out) } else { out }
                });
                Some(opposite(half))
            }
        }
    }

    /// What the books say after a line that is worth so much.
    pub fn write(&mut self, posted: &Posted, line: Line) {
        let undone = posted.undoes.and_then(|id| self.written.get(&id)).copied();
        match (undone, posted.work) {
            // What was undone and what undid it count for nothing.
            (Some(undone), Some(work)) => self.take(work, undone.line),
            (Some(undone), None) => self.issues.retain(|(id, _)| *id != undone.id),
            (None, Some(work)) => self.take(work, opposite(line)),
            (None, None) if posted.kind == TypeMouvement::Sortie => {
                self.issues.push((posted.id, line.cout_unitaire));
            }
            (None, None) => {}
        }
        if posted.kind == TypeMouvement::Transfert {
            self.moving = if self.moving.is_some() { None } else { Some(line) };
        }
        self.written.insert(posted.id, Posted { line, ..*posted });
        self.level = self.level.after(line);
    }

    fn take(&mut self, work: InterventionId, line: Line) {
        let taken = self.taken.entry(work).or_default();
        *taken = (taken.0 + line.quantite, Cents(taken.1.0 + line.valeur.0));
    }
}

fn opposite(line: Line) -> Line {
    Line { quantite: -line.quantite, valeur: Cents(-line.valeur.0), ..line }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::unit_cost;
    use super::*;

    /// One thing that may happen to a part; what is impossible then does not happen. Places count what they mean from
    /// the beginning of the ledger, round and round.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Receipt(i64, i64),
        Issue(i64, Option<i64>),
        Return(i64, Option<i64>),
        Count(i64),
        Move,
        Undo(usize),
        /// Another price for the receipt at a place.
        Correct(usize, i64),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let work = || prop::option::weighted(0.7, 1..4_i64);
        let step = prop_oneof![
            3 => (1..50_000_i64, 0..2_000_000_i64).prop_map(|(quantite, cost)| Step::Receipt(quantite, cost)),
            5 => (1..30_000_i64, work()).prop_map(|(quantite, work)| Step::Issue(quantite, work)),
            2 => (1..100_i64, work()).prop_map(|(percent, work)| Step::Return(percent, work)),
            1 => (0..60_000_i64).prop_map(Step::Count),
            1 => Just(Step::Move),
            2 => any::<usize>().prop_map(Step::Undo),
            2 => (any::<usize>(), 0..2_000_000_i64).prop_map(|(place, cost)| Step::Correct(place, cost)),
        ];
        prop::collection::vec(step, 1..80)
    }

    /// A ledger as the storeroom's commands write it: what a line depends on is looked up in the lines before it.
    #[derive(Default)]
    struct Ledger {
        lines: Vec<Posted>,
        level: Level,
    }

    impl Ledger {
        fn counts(&self, posted: &Posted) -> bool {
            posted.undoes.is_none() && !self.lines.iter().any(|other| other.undoes == Some(posted.id))
        }

        fn of_work(&self, work: i64) -> (Quantity, Cents) {
            let its = self.lines.iter().filter(|line| line.work == Some(InterventionId(work)));
            its.filter(|line| self.counts(line)).fold(Default::default(), |(quantite, valeur), posted| {
                (quantite - posted.line.quantite, Cents(valeur.0 - posted.line.valeur.0))
            })
        }

        fn last_issue(&self) -> Option<UnitPrice> {
            let mut issues =
                self.lines.iter().filter(|it| it.kind == TypeMouvement::Sortie && it.work.is_none());
            issues.rfind(|line| self.counts(line)).map(|issue| issue.line.cout_unitaire)
        }

        fn post(&mut self, kind: TypeMouvement, line: Line, work: Option<i64>, undoes: Option<MouvementId>) {
            let id = MouvementId(self.lines.len() as i64);
            self.lines.push(Posted { id, kind, line, work: work.map(InterventionId), undoes });
            self.level = self.level.after(line);
            assert!(self.level.stock.0 >= 0 && self.level.valeur.0 >= 0, "{:?}", self.level);
            assert!(self.level.stock.0 > 0 || self.level.valeur.0 == 0, "{:?}", self.level);
        }

        fn step(&mut self, step: Step) {
            use TypeMouvement::{Entree, Inventaire, Retour, Sortie, Transfert};
            let level = self.level;
            match step {
                Step::Receipt(quantite, cost) => {
                    self.post(
                        Entree,
                        in_at(Quantity(quantite), UnitPrice(cost)).expect("a line"),
                        None,
                        None,
                    );
                }
                Step::Issue(quantite, work) if quantite <= level.stock.0 => {
                    self.post(Sortie, out(level, Quantity(quantite)), work, None);
                }
                Step::Return(percent, Some(work)) => {
                    let taken = self.of_work(work);
                    let quantite = Quantity(taken.0.0 * percent / 100);
                    if quantite.0 > 0 {
                        self.post(Retour, back(quantite, taken), Some(work), None);
                    }
                }
                Step::Return(percent, None) => {
                    let cost = self.last_issue().or(level.cump).unwrap_or_default();
                    self.post(Retour, in_at(Quantity(percent * 100), cost).expect("a line"), None, None);
                }
                Step::Count(found) => {
                    let line = counted(level, Quantity(found) - level.stock).expect("a line");
                    self.post(Inventaire, line, None, None);
                }
                Step::Move if level.stock.0 > 0 => {
                    let leaves = out(level, level.stock);
                    self.post(Transfert, opposite(leaves), None, None);
                    self.post(Transfert, leaves, None, None);
                }
                Step::Undo(place) if !self.lines.is_empty() => {
                    let undone = self.lines[place % self.lines.len()];
                    let came_back =
                        |it: &&Posted| it.kind == Retour && it.work == undone.work && it.id > undone.id;
                    let is_back = undone.work.is_some()
                        && undone.kind == Sortie
                        && self.lines.iter().filter(came_back).any(|it| self.counts(it));
                    let is_there = undone.line.quantite <= level.stock && !is_back;
                    if self.counts(&undone) && is_there && undone.kind != Transfert {
                        let work = undone.work.map(|work| work.0);
                        self.post(undone.kind, reversal(undone.line, level), work, Some(undone.id));
                    }
                }
                Step::Correct(place, cost) => self.correct(place, UnitPrice(cost)),
                Step::Issue(..) | Step::Move | Step::Undo(_) => {}
            }
        }

        fn correct(&mut self, place: usize, cost: UnitPrice) {
            let is_receipt = |it: &&Posted| it.kind == TypeMouvement::Entree && it.undoes.is_none();
            let receipts: Vec<_> = self.lines.iter().filter(is_receipt).map(|receipt| receipt.id.0).collect();
            let Some(from) = place.checked_rem(receipts.len()).map(|place| receipts[place] as usize) else {
                return;
            };
            let mut before = Books::default();
            for posted in &self.lines[..from] {
                before.write(posted, posted.line);
            }
            let value = |lines: &[Posted]| lines.iter().map(|it| it.line.valeur.0).sum::<i64>();
            let revalued = revalue(before, &self.lines[from..], cost).expect("books that hold it");
            for (posted, line) in self.lines[from..].iter_mut().zip(revalued.lines) {
                assert_eq!(posted.line.quantite, line.quantite);
                posted.line = line;
            }
            assert_eq!(value(&self.lines), revalued.level.valeur.0);
            assert_eq!(self.level.stock, revalued.level.stock);
            self.level = revalued.level;
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// Receipts typed wrong and corrected at any time, once or more, before or after anything else is undone, leave
        /// line by line what they would have left typed right.
        #[test]
        fn a_corrected_ledger_is_the_one_with_the_right_prices_from_the_beginning(steps in steps()) {
            let mut corrected = Ledger::default();
            for step in &steps {
                corrected.step(*step);
            }
            let prices: BTreeMap<_, _> =
                corrected.lines.iter().map(|posted| (posted.id.0, posted.line.cout_unitaire.0)).collect();
            let mut right = Ledger::default();
            for step in &steps {
                match *step {
                    Step::Receipt(quantite, _) => {
                        let price = prices[&(right.lines.len() as i64)];
                        right.step(Step::Receipt(quantite, price));
                    }
                    Step::Correct(..) => {}
                    other => right.step(other),
                }
            }

            prop_assert_eq!(corrected.level, right.level);
            prop_assert_eq!(corrected.lines.len(), right.lines.len());
            for (corrected, right) in corrected.lines.iter().zip(&right.lines) {
                prop_assert_eq!(corrected.line, right.line, "{:?}", right);
            }
            for work in 1..4 {
                prop_assert_eq!(corrected.of_work(work), right.of_work(work));
            }
        }

        /// A price corrected to what it was changes nothing.
        #[test]
        fn a_price_put_back_leaves_every_line_as_it_was(steps in steps(), wrong in 0..2_000_000_i64) {
            let mut ledger = Ledger::default();
            for step in &steps {
                ledger.step(*step);
            }
            let as_it_was: Vec<_> = ledger.lines.iter().map(|posted| posted.line).collect();
            let receipt = ledger.lines.iter().find(|it| it.kind == TypeMouvement::Entree && it.undoes.is_none());
            prop_assume!(receipt.is_some());
            let price = receipt.map(|receipt| receipt.line.cout_unitaire).unwrap_or_default();

            ledger.correct(0, UnitPrice(wrong));
            ledger.correct(0, price);

            prop_assert_eq!(ledger.lines.iter().map(|posted| posted.line).collect::<Vec<_>>(), as_it_was);
        }
    }

    #[test]
    fn with_nothing_left_all_of_the_difference_is_with_the_work() {
        let mut ledger = Ledger::default();
        for step in [Step::Receipt(10_000, 125_000), Step::Issue(4000, Some(1)), Step::Issue(6000, Some(2))] {
            ledger.step(step);
        }

        ledger.correct(0, UnitPrice(12_500));

        assert_eq!((ledger.level.valeur, ledger.level.cump), (Cents(0), Some(UnitPrice(12_500))));
        assert_eq!(ledger.of_work(1), (Quantity(4000), Cents(500)));
        assert_eq!(ledger.of_work(2), (Quantity(6000), Cents(750)));
    }

    #[test]
    fn what_an_older_rule_valued_keeps_its_worth_unless_it_follows_from_the_price() {
        let mut ledger = Ledger::default();
        for step in [Step::Receipt(3000, 10_000), Step::Issue(1000, None), Step::Return(10, None)] {
            ledger.step(step);
        }
        // Returned at a cost that was rounded to a cent, as it was done once.
        let old = in_at(Quantity(1000), UnitPrice(9_900)).expect("a line");
        ledger.lines[2].line = old;
        let mut second = Ledger { lines: ledger.lines.clone(), ..Ledger::default() };
        second.level = second.lines.iter().fold(Level::default(), |level, it| level.after(it.line));
        second.step(Step::Receipt(1000, 10_000));

        second.correct(1, UnitPrice(20_000));

        assert_eq!(second.lines[2].line, old);
        assert_eq!(second.level.cump, unit_cost(second.level.stock, second.level.valeur));
    }

    #[test]
    fn what_the_books_cannot_hold_is_no_correction() {
        let receipt = Posted {
            id: MouvementId(1),
            kind: TypeMouvement::Entree,
            line: in_at(Quantity(100_000_000_000), UnitPrice(1)).expect("a line"),
            work: None,
            undoes: None,
        };
        assert!(revalue(Books::default(), &[receipt], UnitPrice::MAX).is_none());
    }
}
