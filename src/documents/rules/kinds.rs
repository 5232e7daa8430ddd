//! What a file is, from its bytes: never from what its sender says, and only together with its name.

use super::names::extension;
use crate::documents::model::TypeMime;
use crate::kernel::phrase::Phrase;
use crate::phrase;

/// Bytes that the beginning of a file is recognised by.
const HEAD: usize = 8192;

/// A type: its extensions, and the words of the `infer` crate for it.
struct Kind(TypeMime, &'static [&'static str], &'static [&'static str]);

/// What is taken in. No type of text that a browser would run: it would have to be one of these to get in.
/// Old Office files (`.doc`, `.xls`) cannot be told from each other, nor from an installer: they are not.
const KINDS: &[Kind] = &[
    Kind(TypeMime::Jpeg, &["jpg", "jpeg", "jfif"], &["image/jpeg"]),
    Kind(TypeMime::Png, &["png"], &["image/png"]),
    Kind(TypeMime::Webp, &["webp"], &["image/webp"]),
    Kind(TypeMime::Gif, &["gif"], &["image/gif"]),
    Kind(TypeMime::Heic, &["heic", "heif"], &["image/heif"]),
    Kind(TypeMime::Pdf, &["pdf"], &["application/pdf"]),
    Kind(
        TypeMime::Docx,
        &["docx"],
        &["application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    ),
    Kind(TypeMime::Xlsx, &["xlsx"], &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]),
    Kind(
        TypeMime::Pptx,
        &["pptx"],
        &["application/vnd.openxmlformats-officedocument.presentationml.presentation"],
    ),
    Kind(TypeMime::Odt, &["odt"], &["application/vnd.oasis.opendocument.text"]),
    Kind(TypeMime::Ods, &["ods"], &["application/vnd.oasis.opendocument.spreadsheet"]),
    Kind(TypeMime::Zip, &["zip"], &["application/zip"]),
    Kind(TypeMime::Mp4, &["mp4", "m4v"], &["video/mp4", "video/x-m4v"]),
    Kind(TypeMime::Webm, &["webm"], &["video/webm"]),
    Kind(TypeMime::Mov, &["mov"], &["video/quicktime"]),
    Kind(TypeMime::Texte, &["txt", "log"], &[TEXT]),
    Kind(TypeMime::Csv, &["csv"], &[TEXT]),
];

const TEXT: &str = "text/plain";
const ZIP: &str = "application/zip";
const UNKNOWN: &str = "application/octet-stream";

/// What `infer` recognises that may be written in letters alone.
const WRITTEN: &[&str] = &[
    "application/pdf",
    "application/rtf",
    "application/postscript",
    "text/html",
    "text/xml",
    "text/x-shellscript",
];

/// Extensions of Office, and the folder of their archive that says which it is.
const OFFICE: &[(&str, &[u8])] = &[("docx", b"word/"), ("xlsx", b"xl/"), ("pptx", b"ppt/")];

/// What is seen of a file as it goes by.
#[derive(Debug, Default)]
pub struct Content {
    head: Vec<u8>,
    /// There were control characters other than tabs and ends of lines.
    has_controls: bool,
}

impl Content {
    /// Looks at the next bytes.
    pub fn see(&mut self, bytes: &[u8]) {
        let room = HEAD - self.head.len();
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        // In UTF-8 and in Latin-1 alike, these bytes are control characters and nothing else.
        let is_control = |byte: &u8| matches!(byte, 0..=8 | 0x0b | 0x0c | 0x0e..=0x1f | 0x7f);
        self.has_controls = self.has_controls || bytes.iter().any(is_control);
    }

    /// What the content is.
    fn found(&self) -> &'static str {
        let known = infer::get(&self.head).map(|kind| kind.mime_type());
        match known {
            // « BM » and « MZ » begin files, and sentences.
            Some(known) if !self.has_controls && !WRITTEN.contains(&known) => TEXT,
            Some(known) => known,
            None if is_markup(&self.head) => "text/html",
            None if self.has_controls => UNKNOWN,
            None => TEXT,
        }
    }

    /// Whether an archive that begins like any other is the Office file of this extension: the order of the
    /// entries is each program's own.
    fn is_office(&self, extension: &str) -> bool {
        let has = |text: &[u8]| self.head.windows(text.len()).any(|window| window == text);
        let of_office = OFFICE.iter().find(|(office, _)| *office == extension);
        of_office.is_some_and(|(_, folder)| {
            has(folder) || has(b"[Content_Types].xml") && !OFFICE.iter().any(|(_, other)| has(other))
        })
    }
}

/// What a file with this name and content is taken in as.
///
/// # Errors
/// The reason why it is not: nothing that is listed, or not what its name says.
pub fn kind_of(name: &str, content: &Content) -> Result<TypeMime, Phrase> {
    let extension = extension(name);
    let found = content.found();
    let named = KINDS.iter().find(|Kind(_, extensions, _)| extensions.contains(&extension.as_str()));
    let Some(Kind(kind, _, contents)) = named else {
        let listed = KINDS.iter().flat_map(|kind| kind.1).copied().collect::<Vec<_>>().join(", ");
        return Err(phrase!(
            "« .{extension} » n’est pas accepté (contenu : {found}) ; extensions acceptées : {listed}",
            "\".{extension}\" is not accepted (content: {found}); accepted extensions: {listed}"
        ));
    };
    if contents.contains(&found) || found == ZIP && content.is_office(&extension) {
        return Ok(*kind);
    }
    Err(phrase!(
        "le nom finit par « .{extension} », mais le contenu est {found}",
        "the name ends with \".{extension}\", but the content is {found}"
    ))
}

/// Markup that `infer` does not know for lack of its usual first words.
fn is_markup(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |word: &[u8]| head.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    [
        &b"<!doctype"[..],
        b"<?",
        b"<svg",
        b"<html",
        b"<script",
        b"<hta:",
        b"<xsl",
        b"<body",
        b"<iframe",
        b"<img",
        b"mime-version:",
    ]
    .iter()
    .any(|word| begins(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::phrase::Language;

    fn kind(name: &str, bytes: &[u8]) -> Result<TypeMime, String> {
        let mut content = Content::default();
        bytes.chunks(7).for_each(|chunk| content.see(chunk));
        kind_of(name, &content).map_err(|why| why.text(Language::French).to_owned())
    }

    // U3
    #[test]
    fn a_file_is_taken_in_as_what_it_is_when_its_name_says_so() {
        let zip = |entries: &[&str]| {
            let entry = |name: &&str| {
                [b"PK\x03\x04", &[0; 22][..], &[name.len() as u8, 0, 0, 0], name.as_bytes()].concat()
            };
            entries.iter().flat_map(entry).collect::<Vec<u8>>()
        };
        for (name, bytes, expected) in [
            ("photo.JPG", b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(), TypeMime::Jpeg),
            ("notice.pdf", b"%PDF-1.4\n".to_vec(), TypeMime::Pdf),
            ("releve.txt", "Débit 12 m³/h\r\n".into(), TypeMime::Texte),
            ("latin1.csv", b"nom;unit\xe9\npompe;\x80\n".to_vec(), TypeMime::Csv),
            ("BM.txt", b"BM12 : pompe a l'arret".to_vec(), TypeMime::Texte),
            ("plan.zip", zip(&["plan.dwg"]), TypeMime::Zip),
            ("excel.xlsx", zip(&["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"]), TypeMime::Xlsx),
            ("other.docx", zip(&["customXml/item1.xml", "word/document.xml"]), TypeMime::Docx),
            ("bare.pptx", zip(&["[Content_Types].xml"]), TypeMime::Pptx),
            ("film.mp4", b"\0\0\0\x18ftypisom\0\0\0\0".to_vec(), TypeMime::Mp4),
        ] {
            assert_eq!(kind(name, &bytes), Ok(expected), "{name}");
        }
    }

    // U3, (g)
    #[test]
    fn what_is_not_listed_or_not_what_its_name_says_is_refused_and_named() {
        for (name, bytes, found) in [
            ("page.html", &b"<html><script>alert(1)</script>"[..], "text/html"),
            ("image.png", b"<!DOCTYPE html><p>", "text/html"),
            ("dessin.svg", b"<svg onload=\"alert(1)\">", "« .svg » n’est pas accepté"),
            ("dessin.png", b"  <svg onload=\"alert(1)\">", "text/html"),
            ("notes.txt", b"\xef\xbb\xbf<svg/onload=alert(1)>", "text/html"),
            ("notes.txt", b"<?xml version='1.0'?><x/>", "text/xml"),
            ("notes.txt", b"binaire \0", "application/octet-stream"),
            ("notes.txt", b"%PDF-1.4", "application/pdf"),
            ("app.js", b"alert(1)", "« .js » n’est pas accepté"),
            ("photo.jpg", b"\x89PNG\r\n\x1a\n", "image/png"),
            ("photo", b"\xff\xd8\xff\xe0", "« . » n’est pas accepté"),
            ("notice.pdf.exe", b"MZ\x90\0", "« .exe » n’est pas accepté"),
            ("notice.pdf", b"MZ\x90\0", "contenu est application/vnd.microsoft.portable-executable"),
            ("classeur.docx", b"PK\x03\x04\0\0\0\0xl/workbook.xml", "application/zip"),
            ("ancien.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "« .doc » n’est pas accepté"),
        ] {
            let why = kind(name, bytes).expect_err(name);
            assert!(why.contains(found), "{name}: {why}");
        }
    }
}
