//! Which letters the bytes of a text file are. Pure.

use encoding_rs::{Encoding, WINDOWS_1252, WINDOWS_1256};

use crate::kernel::phrase::Phrase;
use crate::phrase;

/// Signs in a row that make a word of Arabic: no French word has as many capitals with accents.
const WORD: usize = 3;

/// UTF-8, UTF-16 that says so, or else what a French or an Arabic spreadsheet writes when nobody asks it for UTF-8; each
/// line ends with one sign, for with two its number would be told one too low. In place: the file may be large.
///
/// # Errors
/// A sentence when the bytes are read two ways, and each makes words.
pub fn decode(mut bytes: Vec<u8>) -> Result<String, Phrase> {
    if let Some((utf16, _)) = Encoding::for_bom(&bytes).filter(|(found, _)| *found != encoding_rs::UTF_8) {
        bytes = utf16.decode(&bytes).0.into_owned().into_bytes();
    } else if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    let mut at = 0;
    let length = bytes.len();
    for read in 0..length {
        if !(bytes[read] == b'\r' && bytes.get(read + 1) == Some(&b'\n')) {
            bytes[at] = bytes[read];
            at += 1;
        }
    }
    bytes.truncate(at);
    let other = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(other) => other.into_bytes(),
    };
    let (arabic, capital) = (has_arabic_word(&other), other.windows(2).any(is_capital_in_a_word));
    if arabic && capital {
        return Err(phrase!(
            "n’est pas en UTF-8, et se lit en windows-1252 comme en windows-1256 ; enregistrez-le en « CSV UTF-8 »",
            "is not UTF-8, and reads as windows-1252 as well as windows-1256; save it as \"CSV UTF-8\""
        ));
    }
    // What has neither is the same in both: the small letters of French have the same places.
    let encoding = if arabic { WINDOWS_1256 } else { WINDOWS_1252 };
    Ok(encoding.decode(&other).0.into_owned())
}

/// A letter of Arabic in windows-1256, where windows-1252 has a capital, or a small letter that French does not use.
fn is_arabic(byte: u8) -> bool {
    matches!(byte, 0xc1..=0xd6 | 0xd8..=0xdb | 0xdd..=0xdf | 0xe1 | 0xe3..=0xe6 | 0xec | 0xed)
}

fn has_arabic_word(bytes: &[u8]) -> bool {
    bytes.split(|byte| !is_arabic(*byte)).any(|word| word.len() >= WORD)
}

/// A capital with an accent beside one without: « MÉCANIQUE » in windows-1252, of which windows-1256 makes no word.
fn is_capital_in_a_word(pair: &[u8]) -> bool {
    let is_accented = |byte: u8| matches!(byte, 0xc0 | 0xc2 | 0xc7..=0xcb | 0xce | 0xcf | 0xd4 | 0xd9 | 0xdb);
    matches!(pair, [plain, accented] | [accented, plain] if plain.is_ascii_alphabetic() && is_accented(*accented))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_and_arabic_are_read_as_they_were_written() {
        for text in ["code;nom\nP-1;Pompe à eau\n", "code;nom\nP-1;MÉCANIQUE GÉNÉRALE, CRÉÉE\n"] {
            assert_eq!(decode(WINDOWS_1252.encode(text).0.into_owned()).as_deref(), Ok(text), "windows-1252");
        }
        for text in ["code;nom\nP-1;مضخة الماء\n", "code;nom\nP-1;مضخة – étage 2, réglée\n"]
        {
            assert_eq!(decode(WINDOWS_1256.encode(text).0.into_owned()).as_deref(), Ok(text), "windows-1256");
        }
    }

    #[test]
    fn utf_16_is_read_when_its_first_sign_says_so() {
        let units = "\u{feff}code;nom\r\nP-1;Pompe à eau\r\n".encode_utf16();

        let little = decode(units.clone().flat_map(u16::to_le_bytes).collect());
        let big = decode(units.flat_map(u16::to_be_bytes).collect());

        assert_eq!(little.as_deref(), Ok("code;nom\nP-1;Pompe à eau\n"));
        assert_eq!(big, little);
    }

    #[test]
    fn bytes_that_make_words_either_way_are_refused() {
        let mut bytes = WINDOWS_1256.encode("P-1;مضخة\n").0.into_owned();
        bytes.extend_from_slice(&WINDOWS_1252.encode("P-2;MÉCANIQUE\n").0);

        assert!(decode(bytes).is_err());
    }
}
