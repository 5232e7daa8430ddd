//! Text as people type it, and text as it is compared.
//!
//! What is typed comes through one door ([`tidied`]), where what nobody sees is taken off: ` SKF ` and `SKF` are one
//! from there on. What is searched is compared in a plain form ([`plain`]) that more than one spelling has.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Members whose text has several lines, or a layout of its own: their ends are trimmed, the rest is theirs.
pub const PROSE: &[&str] = &[
    "adresse",
    "attributs",
    "cause",
    "commentaire",
    "compte_rendu",
    "consigne",
    "contenu",
    "description",
    "motif",
    "remarque",
    "remede",
    "symptome",
    "texte",
];

/// Members that are taken letter by letter: what is secret, and what is no text.
pub const AS_TYPED: &[&str] =
    &["current_password", "image", "new_password", "password", "refresh_token", "totp"];

/// How a text is treated at the door; the later ones keep more of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Manner {
    Line,
    Prose,
    Typed,
}

impl Manner {
    fn of(member: &str) -> Self {
        if AS_TYPED.contains(&member) {
            Self::Typed
        } else if PROSE.contains(&member) {
            Self::Prose
        } else {
            Self::Line
        }
    }

    fn applied(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Line => one_line(text),
            Self::Prose => prose(text),
            Self::Typed => Cow::Borrowed(text),
        }
    }
}

/// JSON with each of its texts as it is kept. What is no JSON stays as it is, for its reader to say so.
///
/// It goes over the letters and not over values: a member that comes twice is still there twice, and refused.
pub fn tidied(json: &[u8]) -> Cow<'_, [u8]> {
    rewritten(json).map_or(Cow::Borrowed(json), Cow::Owned)
}

/// `None` when nothing changes.
fn rewritten(json: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut kept, mut at) = (Vec::new(), 0, 0);
    // For each object or list around: what its members have from outside, and what the present one has.
    let mut levels = vec![(Manner::Line, Manner::Line)];
    while at < json.len() {
        match json[at] {
            b'{' | b'[' => {
                let manner = levels.last()?.1;
                levels.push((manner, manner));
            }
            b'}' | b']' => {
                levels.pop();
            }
            b'"' => {
                let end = end_of_text(json, at)?;
                let text: String = serde_json::from_slice(&json[at..end]).ok()?;
                let level = levels.last_mut()?;
                if json[end..].trim_ascii_start().first() == Some(&b':') {
                    level.1 = level.0.max(Manner::of(&text));
                } else if let Cow::Owned(tidy) = level.1.applied(&text)
                    && tidy != text
                {
                    out.extend_from_slice(&json[kept..at]);
                    serde_json::to_writer(&mut out, &tidy).ok()?;
                    kept = end;
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    (kept > 0).then(|| {
        out.extend_from_slice(&json[kept..]);
        out
    })
}

/// Behind the quote that ends the text that begins at `start`.
fn end_of_text(json: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match json.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Signs that nobody sees and that say nothing wherever they stand.
fn is_void(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// Signs that nobody sees and that shape or turn the letters around them; at an end or beside a blank there are none.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200f}' | '\u{61c}')
}

/// Text of one line as it is kept: composed (NFC), each run of blanks one space, none at the ends.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if is_tidy_ascii(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let mut tidy = String::with_capacity(text.len());
    let (mut after_blank, mut joiners) = (false, String::new());
    for c in text.chars().filter(|c| !is_void(*c)).nfc() {
        if c.is_whitespace() {
            after_blank = true;
            joiners.clear();
        } else if is_joiner(c) {
            if !after_blank && !tidy.is_empty() {
                joiners.push(c);
            }
        } else {
            if after_blank && !tidy.is_empty() {
                tidy.push(' ');
            }
            tidy.push_str(&joiners);
            tidy.push(c);
            joiners.clear();
            after_blank = false;
        }
    }
    Cow::Owned(tidy)
}

/// What most texts are.
fn is_tidy_ascii(text: &[u8]) -> bool {
    let mut before = b' ';
    for byte in text {
        if !byte.is_ascii() || matches!(byte, b'\t'..=b'\r') || (*byte == b' ' && before == b' ') {
            return false;
        }
        before = *byte;
    }
    before != b' ' || text.is_empty()
}

/// Text of several lines as it is kept: composed, without blanks or signs that nobody sees at its ends.
pub fn prose(text: &str) -> Cow<'_, str> {
    let ends = text.trim_matches(|c: char| c.is_whitespace() || is_void(c) || is_joiner(c));
    if ends.is_ascii() {
        return if ends.len() == text.len() { Cow::Borrowed(text) } else { Cow::Owned(ends.to_owned()) };
    }
    Cow::Owned(ends.nfc().collect())
}

/// What a name is unique by: neither its case nor its accents count, nor what [`one_line`] takes off.
pub fn key(text: &str) -> String {
    one_line(text).chars().flat_map(char::to_lowercase).map(unaccented).collect()
}

fn unaccented(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    }
}

/// The form in which texts are searched: what is spelt in more than one way has one. `Cœur` and `COEUR` are `coeur`,
/// `Ø63` is `o63`, `M8×30` is `m8x30`, `أحمد` is `احمد`, `١٢` is `12`. Nobody is shown it.
pub fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut plain = String::with_capacity(text.len());
    let letters = text.nfkd().filter(|c| !is_combining_mark(*c) && !is_void(*c) && !is_joiner(*c));
    // Up and down again: letters that differ in lower case only (`ß` and `ss`, `ς` and `σ`) meet in upper case.
    for c in letters.flat_map(char::to_uppercase).flat_map(char::to_lowercase) {
        match c {
            'œ' => plain.push_str("oe"),
            'æ' => plain.push_str("ae"),
            'þ' => plain.push_str("th"),
            // Its capital has no other to go up to.
            'ß' => plain.push_str("ss"),
            // A diameter is written with the letter, the sign, or the sign of the empty set.
            'ø' | '⌀' | '∅' => plain.push('o'),
            'đ' | 'ð' => plain.push('d'),
            'ł' => plain.push('l'),
            'ħ' => plain.push('h'),
            'ŧ' => plain.push('t'),
            '×' | '✕' | '⨯' => plain.push('x'),
            'μ' => plain.push('u'),
            // Tatweel only stretches a word, and a hamza that stands alone is often left out. The others were marks.
            '\u{640}' | 'ء' => {}
            'ٱ' => plain.push('ا'),
            'ة' => plain.push('ه'),
            'ى' | 'ی' => plain.push('ي'),
            'ک' => plain.push('ك'),
            '٠'..='٩' => plain.push(digit(c, '٠')),
            '۰'..='۹' => plain.push(digit(c, '۰')),
            other => plain.push(other),
        }
    }
    plain
}

fn digit(c: char, zero: char) -> char {
    char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c)
}

/// The words of a text in its plain form.
pub fn words(plain: &str) -> impl Iterator<Item = &str> {
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Letters of a word that is looked into for its parts. A longer one is no dimension nor a reference.
const LONGEST_WITH_PARTS: usize = 40;

/// Where letters and digits meet in a word: `m8x30` has three such places.
fn seams(word: &str) -> Vec<usize> {
    if word.len() > LONGEST_WITH_PARTS {
        return Vec::new();
    }
    let letters = word.char_indices().zip(word.chars().skip(1));
    letters
        .filter(|((_, one), other)| one.is_numeric() != other.is_numeric())
        .map(|((at, one), _)| at + one.len_utf8())
        .collect()
}

/// What the full-text index keeps of a text: its plain form, and behind it what a word has from each seam on, so that
/// `Ø63` is found by `63` and `M8×30` by `30`.
pub fn indexed(text: &str) -> String {
    let mut all = plain(text);
    let mut parts = String::new();
    for word in words(&all) {
        for at in seams(word) {
            parts.push(' ');
            parts.push_str(&word[at..]);
        }
    }
    all.push_str(&parts);
    all
}

/// A word with blanks where letters and digits meet, if they do: `M8×30` may be written `M8 x 30`.
pub fn apart(word: &str) -> Option<String> {
    let (mut apart, mut from) = (String::new(), 0);
    for at in seams(word) {
        apart.push_str(&word[from..at]);
        apart.push(' ');
        from = at;
    }
    apart.push_str(&word[from..]);
    (from > 0).then_some(apart)
}

/// A word as FTS5 looks for it: as a beginning, in one piece or apart.
pub fn term(word: &str) -> String {
    apart(word).map_or_else(|| format!("\"{word}\"*"), |apart| format!("(\"{word}\"* OR \"{apart}\"*)"))
}

/// How alike two words are, at least, for one to be taken for the other mistyped (Jaro and Winkler, 0 to 1).
const ALIKE: f64 = 0.85;

/// The known word that `word` was probably meant to be; none when all are far from it.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = plain(word);
    known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(&word, &plain(known)), known))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests;
