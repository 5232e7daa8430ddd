//! The name of a file, made fit to be shown and saved anywhere. It never names anything on the server.

use crate::kernel::words::one_line;

/// Bytes of a name: what filesystems take.
const MOST: usize = 255;

/// What Windows takes for a device, whatever follows the first dot.
const DEVICES: &[&str] = &[
    "con", "prn", "aux", "nul", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// A name as it is kept, `None` when nothing is left of it:
/// - of a path, only what follows the last separator;
/// - without control characters, and without those that change the direction or hide in the text: they make
///   `fdp.exe` read as `exe.pdf`;
/// - `_` for what Windows does not take, and before the name of a device;
/// - shortened before its extension when it is too long.
pub fn clean(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = one_line(last)
        .chars()
        .filter(|c| !is_hidden(*c))
        .map(|c| if "<>:\"|?*".contains(c) { '_' } else { c })
        .collect();
    // Windows drops them, and would then find another name than was shown.
    let trimmed = visible.trim().trim_end_matches(['.', ' ']);
    if trimmed.is_empty() {
        return None;
    }
    let stem = trimmed.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let kept = if DEVICES.contains(&stem.as_str()) { format!("_{trimmed}") } else { trimmed.to_owned() };
    Some(shorten(&kept))
}

/// The extension of a name, in lower case, empty when it has none.
pub fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_lowercase())
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{e0000}'..='\u{e007f}')
}

fn shorten(name: &str) -> String {
    if name.len() <= MOST {
        return name.to_owned();
    }
    let extension = name.rfind('.').map(|dot| &name[dot..]).filter(|extension| extension.len() <= 16);
    let extension = extension.unwrap_or_default();
    let stem = &name[..name.len() - extension.len()];
    let cut = stem.floor_char_boundary(MOST - extension.len());
    format!("{}{extension}", &stem[..cut])
}

#[cfg(test)]
mod tests {
    use super::*;

    // (g)
    #[test]
    fn a_name_keeps_nothing_that_leads_elsewhere_or_reads_otherwise() {
        for (given, kept) in [
            ("Relevé n° 3.pdf", Some("Relevé n° 3.pdf")),
            ("../../x.pdf", Some("x.pdf")),
            ("..\\..\\x.pdf", Some("x.pdf")),
            ("/etc/passwd", Some("passwd")),
            ("C:\\Users\\Youssef\\photo.jpg", Some("photo.jpg")),
            ("%2e%2e%2fx.pdf", Some("%2e%2e%2fx.pdf")),
            ("CON", Some("_CON")),
            ("con.pdf", Some("_con.pdf")),
            ("Lpt1.notes.txt", Some("_Lpt1.notes.txt")),
            ("controle.pdf", Some("controle.pdf")),
            ("a\0b\r\nc.pdf", Some("ab c.pdf")),
            ("photo\u{202e}gpj.exe", Some("photogpj.exe")),
            ("zéro\u{200b}largeur\u{feff}.pdf", Some("zérolargeur.pdf")),
            ("plan: \"v2\" <final>?*|.pdf", Some("plan_ _v2_ _final____.pdf")),
            ("fin.pdf. . ", Some("fin.pdf")),
            ("🔧 réparation.jpg", Some("🔧 réparation.jpg")),
            (".pdf", Some(".pdf")),
            ("", None),
            ("  ", None),
            ("..", None),
            ("../", None),
            ("\u{202e}\0", None),
        ] {
            assert_eq!(clean(given).as_deref(), kept, "{given:?}");
        }
    }

    // (g)
    #[test]
    fn a_long_name_is_shortened_between_two_letters_and_keeps_its_extension() {
        let kept = clean(&format!("{}.pdf", "é".repeat(300))).unwrap();

        assert!(kept.len() <= 255 && kept.len() > 250, "{}", kept.len());
        assert!(kept.ends_with("é.pdf"));
    }
}
