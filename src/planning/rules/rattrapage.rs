//! What becomes of the échéances that are due, when some of their times have passed.

use super::explication::Explication;
use crate::planning::model::Rattrapage;

/// An échéance that is due now, in the order of their numbers.
#[derive(Clone, Debug)]
pub struct Due {
    pub explication: Explication,
    /// Its day and its tolerance have passed, and nothing generated it.
    pub missed: bool,
    /// The next one falls on the same day and stands for both.
    pub merged: bool,
}

/// What an échéance that is due becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Generated, or put off while the one before is open.
    Due,
    /// Generated whatever is open: the plan wants them all.
    MadeUpFor,
    Missed,
    Merged,
}

/// What each of these becomes.
///
/// Those whose time has not passed are generated, whatever the policy. Of the missed ones, `derniere` makes up for
/// the latest, unless one whose time has not passed is generated anyway; `toutes` for each; `aucune` for none.
pub fn sorts(due: &[Due], rattrapage: Rattrapage) -> Vec<Sort> {
    let last = due.iter().rposition(|due| !due.merged);
    let sort = |(place, due): (usize, &Due)| match rattrapage {
        _ if due.merged => Sort::Merged,
        _ if !due.missed => Sort::Due,
        Rattrapage::Toutes => Sort::MadeUpFor,
        Rattrapage::Derniere if Some(place) == last => Sort::Due,
        Rattrapage::Derniere | Rattrapage::Aucune => Sort::Missed,
    };
    due.iter().enumerate().map(sort).collect()
}
