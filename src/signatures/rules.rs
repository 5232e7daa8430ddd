//! What may be an image of a signature, and what is signed with it. Pure.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::model::{Empreinte, Image, Travail};
use crate::interventions::Intervention;
use crate::kernel::phrase::Phrase;
use crate::phrase;

const PNG_PREFIX: &str = "data:image/png;base64,";
pub const PNG_BYTES: usize = 100_000;
const PNG_MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Pixels: more than any phone's screen.
pub const PNG_SIDE: u32 = 4_000;

pub const PATH_BYTES: usize = 100_000;
/// Far beyond any screen.
pub const COORDINATE: f64 = 100_000.0;
/// Room round the strokes.
const MARGIN: f64 = 4.0;

/// Reads an image as it was sent.
///
/// # Errors
/// Why it is none.
pub fn image(text: &str) -> Result<Image, Phrase> {
    match text.strip_prefix(PNG_PREFIX) {
        Some(encoded) => png(encoded).map(|bytes| Image { type_mime: "image/png", bytes }),
        None => {
            let bytes = svg(text)?.into_bytes();
            Ok(Image { type_mime: "image/svg+xml", bytes })
        }
    }
}

/// What is signed: all that a person wrote on the intervention, and how often it was reopened. Its statut, the dates
/// of its steps and its validation follow from the work being finished, which is what is acknowledged.
///
/// `travail` is what was done beside those fields; without it the fingerprint is of them only.
pub fn empreinte(i: &Intervention, reouvertures: i64, travail: Option<&Travail>) -> Empreinte {
    let mut said = json!([
        [i.numero, i.titre, i.description, i.type_intervention, i.priorite, i.equipement_id, i.technicien_id],
        [i.date_limite, i.date_debut_prevue, i.date_fin_prevue, i.duree_estimee_min, i.arret_equipement],
        [i.survenue_le, i.declaree_le, i.symptome, i.cause, i.remede, i.compte_rendu],
        [i.symptome_code_id, i.cause_code_id, i.remede_code_id],
        reouvertures,
    ]);
    if let (Some(travail), Some(parts)) = (travail, said.as_array_mut()) {
        parts.push(json!(travail));
    }
    Sha256::digest(said.to_string()).into()
}

/// A PNG from its first byte to its last: nothing is hidden behind it.
fn png(encoded: &str) -> Result<Vec<u8>, Phrase> {
    let not_png = || phrase!("n’est pas une image PNG", "is not a PNG image");
    let bytes = STANDARD.decode(encoded).map_err(|_| not_png())?;
    if bytes.len() > PNG_BYTES {
        return Err(phrase!("au plus 100 ko", "at most 100 kB"));
    }
    let mut rest = bytes.strip_prefix(PNG_MAGIC).ok_or_else(not_png)?;
    let mut first = true;
    loop {
        let (kind, data, after) = chunk(rest).ok_or_else(not_png)?;
        if first != (kind == b"IHDR") {
            return Err(not_png());
        }
        if first {
            let side = |at: usize| data.get(at..at + 4).and_then(|four| four.try_into().ok());
            let sides = side(0).zip(side(4)).ok_or_else(not_png)?;
            let fits = |side: [u8; 4]| (1..=PNG_SIDE).contains(&u32::from_be_bytes(side));
            if !fits(sides.0) || !fits(sides.1) {
                return Err(phrase!("au plus {PNG_SIDE} pixels de côté", "at most {PNG_SIDE} pixels a side"));
            }
        }
        (first, rest) = (false, after);
        if kind == b"IEND" {
            return if rest.is_empty() { Ok(bytes) } else { Err(not_png()) };
        }
    }
}

/// The first chunk of a PNG: its kind, its data, and what follows it.
fn chunk(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (length, rest) = bytes.split_at_checked(4)?;
    let length = u32::from_be_bytes(length.try_into().ok()?) as usize;
    let (kind, rest) = rest.split_at_checked(4)?;
    let (data, rest) = rest.split_at_checked(length)?;
    let (_checksum, rest) = rest.split_at_checked(4)?;
    Some((kind, data, rest))
}

/// A drawing of our own making from the strokes that were sent: of what was sent, only numbers go into it.
fn svg(path: &str) -> Result<String, Phrase> {
    if path.len() > PATH_BYTES {
        return Err(phrase!("au plus 100 ko", "at most 100 kB"));
    }
    let strokes = strokes(path).ok_or_else(|| {
        phrase!(
            "ni une image PNG (data:image/png;base64,…) ni un tracé SVG (M, L, Q, C, Z et des nombres)",
            "neither a PNG image (data:image/png;base64,…) nor an SVG path (M, L, Q, C, Z and numbers)"
        )
    })?;
    let mut drawn = String::new();
    let (mut least, mut most) = ([f64::MAX; 2], [f64::MIN; 2]);
    for (command, numbers) in &strokes {
        drawn.push(*command);
        for (place, number) in numbers.iter().enumerate() {
            let _ = write!(drawn, "{}{number}", if place == 0 { "" } else { " " });
            least[place % 2] = least[place % 2].min(*number);
            most[place % 2] = most[place % 2].max(*number);
        }
    }
    if !strokes.iter().any(|(command, _)| "LQC".contains(*command)) {
        return Err(phrase!("ne trace rien", "draws nothing"));
    }
    let (left, top) = (least[0] - MARGIN, least[1] - MARGIN);
    let (width, height) = (most[0] - left + MARGIN, most[1] - top + MARGIN);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{left} {top} {width} {height}\">\
         <path d=\"{drawn}\" fill=\"none\" stroke=\"#000\" stroke-width=\"2\" stroke-linecap=\"round\" \
         stroke-linejoin=\"round\" vector-effect=\"non-scaling-stroke\"/></svg>"
    ))
}

/// The commands of a path with their coordinates; `None` for anything else.
fn strokes(path: &str) -> Option<Vec<(char, Vec<f64>)>> {
    let mut strokes = Vec::new();
    let mut rest = path.trim_start();
    while let Some(command) = rest.chars().next() {
        let arity = match command {
            'M' | 'L' => 2,
            'Q' => 4,
            'C' => 6,
            'Z' => 0,
            _ => return None,
        };
        let after = &rest[1..];
        let end = after.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (numbers, next) = after.split_at(end);
        let numbers = numbers.split([' ', ',', '\n']).filter(|number| !number.is_empty());
        let numbers: Vec<f64> = numbers.map(coordinate).collect::<Option<_>>()?;
        let fits = if arity == 0 {
            numbers.is_empty()
        } else {
            !numbers.is_empty() && numbers.len().is_multiple_of(arity)
        };
        if !fits || (strokes.is_empty() && command != 'M') {
            return None;
        }
        strokes.push((command, numbers));
        rest = next;
    }
    (!strokes.is_empty()).then_some(strokes)
}

/// `12`, `-3.5`: nothing that a number of Rust could be besides.
fn coordinate(text: &str) -> Option<f64> {
    let plain = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
    let number: f64 = text.chars().all(plain).then(|| text.parse().ok())??;
    (number.abs() <= COORDINATE).then_some(number)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::{PNG_MAGIC, image};

    /// A PNG of this width with these further chunks before its end.
    fn png(width: u32, further: &[u8]) -> Vec<u8> {
        let mut bytes = PNG_MAGIC.to_vec();
        bytes.extend([0, 0, 0, 13]);
        bytes.extend(b"IHDR");
        bytes.extend(width.to_be_bytes());
        bytes.extend([0, 0, 0, 1, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend(further);
        bytes.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
        bytes
    }

    fn sent(bytes: &[u8]) -> String {
        format!("data:image/png;base64,{}", STANDARD.encode(bytes))
    }

    #[test]
    fn a_png_is_kept_as_it_is_and_what_only_begins_or_ends_like_one_is_not() {
        let whole = png(300, b"");
        assert_eq!(image(&sent(&whole)).unwrap().bytes, whole);

        let behind = [whole.as_slice(), b"PK\x03\x04"].concat();
        let cut = &whole[..whole.len() - 1];
        let headless = [PNG_MAGIC, b"\0\0\0\0IEND\xae\x42\x60\x82"].concat();
        let mut huge = vec![0, 1, 134, 161];
        huge.extend(b"IDAT");
        huge.extend(vec![0; 100_005]);
        for wrong in [&behind[..], cut, &headless, b"GIF89a", &png(4_001, b""), &png(0, b""), &png(1, &huge)]
        {
            image(&sent(wrong)).expect_err("no signature");
        }
        image("data:image/png;base64,%%%").expect_err("no base64");
    }

    #[test]
    fn a_path_is_drawn_anew_and_anything_else_is_refused() {
        let drawn = image("M10,20 L30 40C1 2 3.5 4 -5 6 Z").unwrap();
        let text = String::from_utf8(drawn.bytes).unwrap();
        assert!(text.contains(r#"d="M10 20L30 40C1 2 3.5 4 -5 6Z""#), "{text}");
        assert!(text.contains(r#"viewBox="-9 -2 43 46""#), "{text}");

        for wrong in [
            "",
            "M10 20",
            "L10 20",
            "M10 20 L30",
            "M10 20 l30 40",
            "M10 20 L30 1e400",
            "M10 20 L30 NaN",
            "M10 20 L30 999999",
            "M10 20 L30 40\"/><script>alert(1)</script>",
            "<svg onload=alert(1)>",
            "data:image/svg+xml,<svg/>",
            "é",
        ] {
            image(wrong).expect_err(wrong);
        }
    }
}
