//! Passwords that whoever guesses tries first. Pure.
//!
//! Beside a list of the well-worn paths over the keyboard there is a rule, for people who must have twelve characters
//! take a common word and add to it: one or two words of the list, or one several times, are refused with whatever
//! digits and signs before, between and after, and with those that stand for letters (`M0tDeP@sse2026!`).

use std::collections::HashSet;
use std::sync::LazyLock;

/// Of no common word alone.
const PATHS: &str = include_str!("common_passwords.txt");

/// Words of four letters and more, folded: of sign-in, of a plant, keyboards, names, towns, clubs, months.
static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common_words.txt").lines().collect());

/// Letters of the shortest of [`WORDS`].
const SHORTEST: usize = 4;

/// Whether a folded password is one of those.
pub(super) fn is_common(folded: &str) -> bool {
    let distinct = folded.chars().collect::<HashSet<_>>().len();
    distinct <= 3
        || is_run(folded)
        // Telephone numbers and dates.
        || folded.chars().all(|c| c.is_ascii_digit())
        || PATHS.lines().any(|path| path == folded)
        || is_of_words(&letters(folded))
        || is_of_words(&letters(&meant(folded.trim_matches(|c: char| !c.is_alphabetic()))))
}

/// Whether each sign is as far from the one before, as in `abcdefghijkl`.
fn is_run(text: &str) -> bool {
    let codes: Vec<_> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    codes.windows(3).all(|three| three[1] - three[0] == three[2] - three[1])
}

/// Whether the letters are one or two common words, or one several times.
fn is_of_words(letters: &str) -> bool {
    let splits = letters.char_indices().map(|(at, _)| letters.split_at(at));
    letters.len() >= SHORTEST
        && (WORDS.contains(letters)
            || splits.clone().any(|(first, second)| WORDS.contains(first) && WORDS.contains(second))
            || splits
                .clone()
                .any(|(first, _)| WORDS.contains(first) && letters.replace(first, "").is_empty()))
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphabetic()).collect()
}

/// The text with the letters that its digits and signs stand for.
fn meant(text: &str) -> String {
    let letter = |c| match c {
        '@' | '4' => 'a',
        '3' => 'e',
        '1' | '!' => 'i',
        '0' => 'o',
        '$' | '5' => 's',
        '7' => 't',
        other => other,
    };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::auth::check_new_password;
    use crate::kernel::page::fold;

    /// What people add to a word.
    const ENDINGS: &[&str] = &[
        "",
        "1",
        "12",
        "123",
        "1234",
        "12345",
        "123456",
        "123456789",
        "!",
        "1!",
        "12!",
        "123!",
        "1234!",
        ".",
        "123.",
        "@123",
        "@1234",
        "#123",
        "007",
        "0000",
        "1111",
        "00",
        "01",
        "69",
        "77",
        "99",
        "2000",
        "2023",
        "2024",
        "2025",
        "2026",
        "2027",
        "2024!",
        "2025!",
        "2026!",
        "2027!",
        "@2024",
        "@2025",
        "@2026",
        "@2027",
        "-2025",
        "-2026",
    ];

    // A8
    #[test]
    fn more_than_three_thousand_that_are_long_enough_are_refused() {
        let words = WORDS.iter().flat_map(|word| ENDINGS.iter().map(move |ending| format!("{word}{ending}")));
        let tried: HashSet<_> = words.chain(PATHS.lines().map(str::to_owned)).collect();
        let long_enough: Vec<_> = tried.iter().filter(|password| password.chars().count() >= 12).collect();

        for password in &long_enough {
            assert!(check_new_password("password", password, &[]).is_err(), "{password}");
        }
        assert!(long_enough.len() >= 3_000, "{}", long_enough.len());
        assert!(WORDS.len() >= 500, "{}", WORDS.len());
    }

    #[test]
    fn the_lists_hold_what_the_rule_reads() {
        for word in WORDS.iter() {
            assert!(word.len() >= SHORTEST && word.chars().all(|c| c.is_ascii_lowercase()), "{word}");
        }
        for path in PATHS.lines() {
            assert!(path.len() >= 12 && fold(path) == path, "{path}");
        }
    }

    #[test]
    fn a_common_word_is_known_in_every_dress_and_a_sentence_is_not_taken_for_one() {
        for common in [
            "2026motdepasse",
            "M0tDeP@sse2026!",
            "P@$$w0rd1234",
            "soleil2024maroc",
            "MarocMaroc2026",
            "azertyazertyazerty",
            "Fatima.Youssef.1990",
            "admin1234admin",
            "Février-Casablanca!",
            "212661234567",
        ] {
            assert!(is_common(&fold(common)), "{common}");
        }
        for own in [
            "une phrase de passe",
            "le café est chaud",
            "la pompe fuit encore",
            "soleil maroc pompe",
            "k7mfp-2xwqd-9hbtr-c4nvj",
            "xk2026!qw8z%r",
        ] {
            assert!(!is_common(&fold(own)), "{own}");
        }
    }
}
