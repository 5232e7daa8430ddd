//! What serde refuses, said to people: serde speaks English and names types of Rust.

use super::error::Error;
use super::phrase::{Language, Phrase};
use super::words::nearest;
use crate::phrase;

/// What was refused, and what was probably meant.
pub fn or_rather(message: Phrase, meant: Option<&str>) -> Phrase {
    let Some(meant) = meant else { return message };
    let [fr, en, ar] = Language::ALL.map(|language| message.text(language));
    phrase!(
        "{fr} ; vouliez-vous dire « {meant} » ?",
        "{en}; did you mean \"{meant}\"?",
        "{ar}؛ هل تقصد «\u{2068}{meant}\u{2069}»؟"
    )
}

/// A word that is none of a closed list.
pub fn none_of(known: &[&str], word: &str) -> Phrase {
    let (allowed, near) = (known.join(", "), nearest(word, known.iter().copied()));
    or_rather(
        phrase!(
            "« {word} » : choisissez parmi {allowed}",
            "\"{word}\": choose among {allowed}",
            "«\u{2068}{word}\u{2069}»: اختر من بين \u{2068}{allowed}\u{2069}"
        ),
        near,
    )
}

/// A body that is not JSON (400), or JSON with a wrong field (422).
pub fn of_json(champ: &str, error: &serde_json::Error) -> Error {
    // Within a field this is a pair with a third member: JSON all right, but not what is expected.
    if !champ.is_empty() && error.to_string().starts_with("trailing characters") {
        let message = phrase!("contient trop de valeurs", "contains too many values");
        return Error::invalid(champ, "valeur_invalide", message);
    }
    if error.is_syntax() || error.is_eof() || error.is_io() {
        let (line, column) = (error.line(), error.column());
        return Error::Unreadable(phrase!(
            "Le corps n’est pas du JSON valide (ligne {line}, colonne {column}).",
            "The body is not valid JSON (line {line}, column {column})."
        ));
    }
    of_field(champ, &error.to_string())
}

/// What serde said of the value at a path, as a refusal of that field (422).
pub fn of_field(champ: &str, said: &str) -> Error {
    // It names the culprit in the sentence only: « unknown field `x`, … », « missing field `x` ».
    let named = quoted(said).next().unwrap_or("");
    let inside = |name: &str| match champ {
        "" | "." => name.to_owned(),
        path if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        path => format!("{path}.{name}"),
    };
    if said.starts_with("unknown field") {
        let message =
            phrase!("n’est pas un champ accepté ici", "is not a field accepted here", "حقل غير مقبول هنا");
        let message = or_rather(message, nearest(named, quoted(said).skip(1)));
        return Error::invalid(inside(named), "champ_inconnu", message);
    }
    if said.starts_with("missing field") {
        return Error::invalid(inside(named), "champ_requis", phrase!("est requis", "is required", "مطلوب"));
    }
    if said.starts_with("duplicate field") {
        return Error::invalid(
            inside(named),
            "doublon",
            phrase!("figure deux fois", "appears twice", "مكرر"),
        );
    }
    let champ = if ["", "."].contains(&champ) { "corps" } else { champ };
    Error::invalid(champ, "valeur_invalide", reason(said))
}

/// Why a value was refused.
fn reason(said: &str) -> Phrase {
    let said = said.split(" at line ").next().unwrap_or(said);
    if said.starts_with("unknown variant") {
        let (value, allowed) = (quoted(said).next().unwrap_or(""), quoted(said).skip(1).collect::<Vec<_>>());
        return none_of(&allowed, value);
    }
    // Our own types say what they take, in signs that need no language.
    if said.starts_with('«') || said.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return phrase!("valeur refusée ({said})", "value refused ({said})");
    }
    match said.split(", expected ").nth(1).unwrap_or(said) {
        "a string" | "a borrowed string" => phrase!("un texte est attendu", "a text is expected"),
        "a boolean" | "provided string was not `true` or `false`" => {
            phrase!("true ou false est attendu", "true or false is expected")
        }
        "f64" | "f32" => phrase!("un nombre est attendu", "a number is expected"),
        "i64" | "u64" | "i32" | "u32" | "usize" => whole_number(),
        number if number.contains("digit") || number.contains("integer") || number.starts_with("number") => {
            whole_number()
        }
        object if object.starts_with("struct") || object.ends_with("map") => {
            phrase!("un objet JSON est attendu", "a JSON object is expected")
        }
        "a sequence" => phrase!("une liste est attendue", "a list is expected"),
        _ => phrase!("valeur refusée", "value refused ({said})"),
    }
}

fn whole_number() -> Phrase {
    phrase!("un nombre entier est attendu", "a whole number is expected")
}

/// What stands between backticks.
fn quoted(said: &str) -> impl Iterator<Item = &str> {
    said.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::reason;
    use crate::kernel::phrase::Language;

    #[test]
    fn a_refusal_is_said_in_french_without_a_word_of_rust() {
        for (said, french) in [
            ("invalid type: integer `5`, expected a string at line 1 column 13", "un texte est attendu"),
            ("invalid type: null, expected i64", "un nombre entier est attendu"),
            ("invalid digit found in string", "un nombre entier est attendu"),
            ("cannot parse integer from empty string", "un nombre entier est attendu"),
            ("number too large to fit in target type", "un nombre entier est attendu"),
            ("invalid type: string \"x\", expected f64", "un nombre est attendu"),
            ("provided string was not `true` or `false`", "true ou false est attendu"),
            ("invalid type: integer `5`, expected struct NewUser", "un objet JSON est attendu"),
            ("invalid type: sequence, expected a map", "un objet JSON est attendu"),
            ("invalid type: map, expected a sequence", "une liste est attendue"),
            ("invalid type: map, expected a tuple of size 2", "valeur refusée"),
            (
                "unknown variant `chef`, expected `admin` or `client`",
                "« chef » : choisissez parmi admin, client",
            ),
            (
                "unknown variant `Admin`, expected `admin` or `client`",
                "« Admin » : choisissez parmi admin, client ; vouliez-vous dire « admin » ?",
            ),
            ("« hier » : 2026-11-23", "valeur refusée (« hier » : 2026-11-23)"),
        ] {
            assert_eq!(reason(said).text(Language::French), french, "{said}");
        }
    }
}
