//! Who may do what with a demande, and how alike two titres are. Pure.

use super::model::{ActionDemande, StatutDemande};
use crate::interventions::StatutIntervention;
use crate::kernel::page::fold;

use ActionDemande::{Accepter, Modifier, Refuser, Retirer};

/// What a caller is to a demande that they see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    pub runs_the_plant: bool,
    pub filed_it: bool,
}

/// Whether a demande waits for an answer: it is new, or the work that answered it was cancelled.
pub fn is_unanswered(statut: StatutDemande, work: Option<StatutIntervention>) -> bool {
    match statut {
        StatutDemande::Nouvelle => true,
        StatutDemande::Acceptee => work == Some(StatutIntervention::Annule),
        StatutDemande::Refusee | StatutDemande::Retiree => false,
    }
}

/// What a caller may do: a demande is answered while it waits for an answer, changed and withdrawn while it is new.
pub fn actions(
    statut: StatutDemande,
    work: Option<StatutIntervention>,
    caller: Caller,
) -> Vec<ActionDemande> {
    let answers: &[ActionDemande] =
        if caller.runs_the_plant && is_unanswered(statut, work) { &[Accepter, Refuser] } else { &[] };
    let own: &[ActionDemande] =
        if caller.filed_it && statut == StatutDemande::Nouvelle { &[Modifier, Retirer] } else { &[] };
    [answers, own].concat()
}

/// Letters of a word that says something: shorter ones are articles and prepositions.
const TELLING: usize = 4;

/// How many of the telling words of the shorter titre begin like one of the other, in per cent; 0 when one of
/// them has none. « Fuite à la pompe » and « La pompe fuit » have both their words in common.
pub fn resemblance(one: &str, other: &str) -> i64 {
    let (one, other) = (words(one), words(other));
    let (few, many) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if few.is_empty() {
        return 0;
    }
    let alike = |word: &&String| many.iter().any(|other| stem(other) == stem(word));
    (few.iter().filter(alike).count() * 100 / few.len()) as i64
}

fn words(titre: &str) -> Vec<String> {
    let folded = fold(titre);
    let words = folded.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
    words.filter(|word| word.chars().count() >= TELLING).collect()
}

/// The beginning that « fuit », « fuite » and « fuites » share.
fn stem(word: &str) -> String {
    word.chars().take(TELLING).collect()
}

#[cfg(test)]
mod tests {
    use super::resemblance;

    #[test]
    fn titres_are_alike_by_the_words_that_tell_something_in_any_order_and_ending() {
        for (one, other, percent) in [
            ("Fuite à la pompe", "La pompe fuit", 100),
            ("Pompe arrêtée", "La pompe fuit", 50),
            ("Bruit au moteur", "La pompe fuit", 0),
            ("ÉCHAUFFEMENT", "échauffement du palier", 100),
            ("?", "La pompe fuit", 0),
        ] {
            assert_eq!(resemblance(one, other), percent, "{one} / {other}");
        }
    }
}
