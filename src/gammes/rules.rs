//! What an operation may ask for, and what answers it. Pure.

use super::model::{Element, NewReponse, Operation, OperationDemandee, Progression, TypeOperation};
use crate::ids::DocumentId;
use crate::kernel::error::Invalid;
use crate::kernel::phrase::{Language, Phrase};
use crate::phrase;

/// What an answer says, apart from its remark.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    pub coche: Option<bool>,
    pub valeur: Option<f64>,
    pub texte: Option<String>,
    pub document_id: Option<DocumentId>,
}

/// What is wrong with the operations of a draft, each by its place: a unit or a tolerance that is not a measure's,
/// a tolerance that nothing can meet, an operation that stands there twice.
pub fn wrong_operations(operations: &[OperationDemandee]) -> Vec<Invalid> {
    let mut wrong = Vec::new();
    for (i, operation) in operations.iter().enumerate() {
        let mut refuse = |champ: &str, code, message| {
            wrong.push(Invalid { champ: format!("operations[{i}].{champ}"), code, message });
        };
        if operation.id.is_some() && operations[..i].iter().any(|other| other.id == operation.id) {
            refuse("id", "doublon", phrase!("figure deux fois", "appears twice"));
        }
        let OperationDemandee { unite, min, max, cible, .. } = operation;
        if operation.r#type != TypeOperation::Mesure {
            for (champ, is_given) in [
                ("unite", unite.is_some()),
                ("min", min.is_some()),
                ("max", max.is_some()),
                ("cible", cible.is_some()),
            ] {
                if is_given {
                    refuse(champ, "champ_inconnu", phrase!("est d’une mesure", "belongs to a measure"));
                }
            }
        }
        if matches!((min, max), (Some(min), Some(max)) if min > max) {
            refuse(
                "max",
                "valeur_invalide",
                phrase!("doit être au moins « min »", "must be at least \"min\""),
            );
        } else if cible.is_some_and(|cible| is_out(cible, *min, *max)) {
            refuse("cible", "valeur_invalide", phrase!("est hors tolérance", "is out of tolerance"));
        }
    }
    wrong
}

/// Whether a measure lies outside its tolerance; both ends are within.
pub fn is_out(valeur: f64, min: Option<f64>, max: Option<f64>) -> bool {
    min.is_some_and(|min| valeur < min) || max.is_some_and(|max| valeur > max)
}

/// What the body answers to this kind of operation; nothing, when it withdraws an answer.
///
/// # Errors
/// The member that is missing, or that another kind of operation asks for.
pub fn content(kind: TypeOperation, body: &NewReponse) -> Result<Content, Invalid> {
    let expected = match kind {
        TypeOperation::Case => "coche",
        TypeOperation::Mesure => "valeur",
        TypeOperation::Texte => "texte",
        TypeOperation::Photo => "document_id",
    };
    let members = [
        ("coche", body.coche.is_some()),
        ("valeur", body.valeur.is_some()),
        ("texte", body.texte.is_some()),
        ("document_id", body.document_id.is_some()),
    ];
    let given = members.iter().filter(|(_, is_given)| *is_given).map(|(name, _)| *name);
    if let Some(name) = given.clone().find(|name| *name != expected) {
        let message =
            phrase!("cette opération attend « {expected} »", "this operation expects \"{expected}\"");
        return Err(Invalid { champ: name.to_owned(), code: "champ_inconnu", message });
    }
    if given.count() == 0 {
        let message = phrase!("est requis", "is required");
        return Err(Invalid { champ: expected.to_owned(), code: "champ_requis", message });
    }
    Ok(Content {
        coche: body.coche.flatten(),
        valeur: body.valeur.flatten(),
        texte: body.texte.clone().flatten(),
        document_id: body.document_id.flatten(),
    })
}

/// How far a checklist is.
pub fn progression(elements: &[Element]) -> Progression {
    let count =
        |counts: fn(&Element) -> bool| elements.iter().filter(|element| counts(element)).count() as i64;
    Progression {
        total: elements.len() as i64,
        repondues: count(|element| element.repondue),
        obligatoires_restantes: count(|element| element.operation.obligatoire && !element.repondue),
        hors_tolerance: count(|element| element.reponse.as_ref().is_some_and(|given| given.hors_tolerance)),
    }
}

/// What was measured against which tolerance, as a symptom: « Température du palier : 82 °C (maximum 70 °C) ».
pub fn symptom(operation: &Operation, valeur: f64) -> Phrase {
    let with_unit = |number: String| match &operation.unite {
        Some(unite) => format!("{number} {unite}"),
        None => number,
    };
    let comma = |number: f64| with_unit(decimal(number));
    let point = |number: f64| with_unit(number.to_string());
    let tolerance = match (operation.min, operation.max) {
        (Some(min), Some(max)) => {
            let (from, to, from_point, to_point) = (decimal(min), comma(max), min, point(max));
            phrase!(
                "de {from} à {to}",
                "from {from_point} to {to_point}",
                "من \u{2068}{from}\u{2069} إلى \u{2068}{to}\u{2069}"
            )
        }
        (Some(min), None) => {
            let (fr, en) = (comma(min), point(min));
            phrase!("minimum {fr}", "minimum {en}", "الحد الأدنى \u{2068}{fr}\u{2069}")
        }
        (None, Some(max)) => {
            let (fr, en) = (comma(max), point(max));
            phrase!("maximum {fr}", "maximum {en}", "الحد الأقصى \u{2068}{fr}\u{2069}")
        }
        (None, None) => phrase!("sans tolérance", "no tolerance", "بدون تفاوت"),
    };
    let [tolerance_fr, tolerance_en, tolerance_ar] = Language::ALL.map(|language| tolerance.text(language));
    let (libelle, fr, en) = (&operation.libelle, comma(valeur), point(valeur));
    phrase!(
        "{libelle} : {fr} ({tolerance_fr})",
        "{libelle}: {en} ({tolerance_en})",
        "\u{2068}{libelle}\u{2069}: \u{2068}{fr}\u{2069} ({tolerance_ar})"
    )
}

/// A number as French writes it.
fn decimal(number: f64) -> String {
    number.to_string().replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::OperationId;

    fn measure(min: Option<f64>, max: Option<f64>, cible: Option<f64>) -> OperationDemandee {
        OperationDemandee {
            id: None,
            r#type: TypeOperation::Mesure,
            libelle: "Température du palier".to_owned(),
            consigne: None,
            obligatoire: true,
            unite: Some("°C".to_owned()),
            min,
            max,
            cible,
        }
    }

    #[test]
    fn both_ends_of_a_tolerance_are_within_it_and_either_may_be_open() {
        for (valeur, min, max, out) in [
            (70.0, Some(20.0), Some(70.0), false),
            (70.1, Some(20.0), Some(70.0), true),
            (20.0, Some(20.0), Some(70.0), false),
            (19.9, Some(20.0), None, true),
            (1e9, Some(20.0), None, false),
            (-1e9, None, Some(70.0), false),
            (0.0, None, None, false),
        ] {
            assert_eq!(is_out(valeur, min, max), out, "{valeur} in {min:?}–{max:?}");
        }
    }

    #[test]
    fn a_tolerance_that_nothing_meets_and_a_unit_without_a_measure_are_refused_by_their_place() {
        let tick = OperationDemandee { r#type: TypeOperation::Case, ..measure(None, None, None) };
        let twice = OperationDemandee { id: Some(OperationId(7)), ..measure(None, Some(70.0), Some(70.0)) };

        let wrong = wrong_operations(&[
            measure(Some(5.0), Some(4.0), None),
            measure(Some(5.0), Some(6.0), Some(6.5)),
            tick,
            twice.clone(),
            twice,
        ]);

        let places: Vec<_> = wrong.iter().map(|invalid| invalid.champ.as_str()).collect();
        assert_eq!(
            places,
            ["operations[0].max", "operations[1].cible", "operations[2].unite", "operations[4].id"]
        );
    }

    #[test]
    fn an_answer_is_the_member_that_its_operation_asks_for_and_null_withdraws_it() {
        let ticked = NewReponse { coche: Some(Some(true)), ..NewReponse::default() };
        let withdrawn = NewReponse { valeur: Some(None), ..NewReponse::default() };
        let champ = |kind, body: &NewReponse| content(kind, body).expect_err("refused").champ;

        assert_eq!(content(TypeOperation::Case, &ticked).expect("read").coche, Some(true));
        assert_eq!(content(TypeOperation::Mesure, &withdrawn), Ok(Content::default()));
        assert_eq!(champ(TypeOperation::Mesure, &ticked), "coche");
        assert_eq!(champ(TypeOperation::Texte, &NewReponse::default()), "texte");
    }

    #[test]
    fn a_symptom_says_what_was_measured_and_what_was_allowed() {
        let operation = |min, max| Operation {
            id: OperationId(1),
            rang: 1,
            r#type: TypeOperation::Mesure,
            libelle: "Jeu".to_owned(),
            consigne: None,
            obligatoire: false,
            unite: Some("mm".to_owned()),
            min,
            max,
            cible: None,
        };

        let told = |min, max, valeur| {
            let phrase = symptom(&operation(min, max), valeur);
            Language::ALL.map(|language| phrase.text(language).to_owned())
        };
        assert_eq!(
            told(Some(0.1), Some(0.5), 0.75),
            [
                "Jeu : 0,75 mm (de 0,1 à 0,5 mm)",
                "Jeu: 0.75 mm (from 0.1 to 0.5 mm)",
                "\u{2068}Jeu\u{2069}: \u{2068}0,75 mm\u{2069} (من \u{2068}0,1\u{2069} إلى \u{2068}0,5 mm\u{2069})",
            ]
        );
        assert_eq!(
            told(None, Some(2.0), 3.0),
            [
                "Jeu : 3 mm (maximum 2 mm)",
                "Jeu: 3 mm (maximum 2 mm)",
                "\u{2068}Jeu\u{2069}: \u{2068}3 mm\u{2069} (الحد الأقصى \u{2068}2 mm\u{2069})",
            ]
        );
    }
}
