//! Files that somebody would try: what each is, and whether it is taken in.

/// Name, content, and the type that it is taken in as.
pub type Sample = (&'static str, Vec<u8>, Option<&'static str>);

const SCRIPT: &str = "<script>alert(document.domain)</script>";

/// Everything of the list of section (g) that is a file.
pub fn samples() -> Vec<Sample> {
    let html = format!("<!DOCTYPE html><html><body>{SCRIPT}</body></html>").into_bytes();
    let svg =
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\">{SCRIPT}</svg>").into_bytes();
    let xml = b"<?xml version=\"1.0\"?><?xml-stylesheet href=\"x.xsl\"?><a/>".to_vec();
    let jpeg = || super::encoded(&image::DynamicImage::new_rgb8(8, 8), image::ImageFormat::Jpeg);
    let gif_js = b"GIF89a/*\x01\x00\x00\x00*/=1;alert(document.domain)//;".to_vec();
    let pdf_js = b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj".to_vec();
    let zip =
        || [b"PK\x03\x04\x14\0\0\0\0\0".as_slice(), &[0; 16], b"\x05\0\0\0", b"a.txt", b"bonjour"].concat();
    // The header of an entry that would unpack to 4 GB.
    let bomb = [
        b"PK\x03\x04\x14\0\0\0\x08\0".as_slice(),
        &[0; 8],
        &[9, 0, 0, 0],
        &[0xff; 4],
        b"\x11\0\0\0",
        b"word/document.xml",
    ]
    .concat();
    let mut all: Vec<Sample> = vec![
        ("page.html", html.clone(), None),
        ("page.htm", html.clone(), None),
        ("page.xhtml", html.clone(), None),
        ("page.png", html.clone(), None),
        ("page.jpg", html.clone(), None),
        ("page.pdf", html.clone(), None),
        ("page.txt", html.clone(), None),
        ("page.csv", html.clone(), None),
        ("page", html.clone(), None),
        ("page.html.png", html.clone(), None),
        ("page.png.html", super::picture(4, 4), None),
        ("dessin.svg", svg.clone(), None),
        ("dessin.png", svg.clone(), None),
        ("dessin.txt", svg, None),
        ("feuille.xml", xml.clone(), None),
        ("feuille.xsl", xml.clone(), None),
        ("feuille.txt", xml, None),
        ("code.js", b"alert(document.domain)".to_vec(), None),
        ("code.mjs", b"alert(document.domain)".to_vec(), None),
        ("code.txt", b"alert(document.domain)".to_vec(), Some("text/plain")),
        ("anim.swf", b"CWS\x0a\0\0\0\0".to_vec(), None),
        ("anim.png", b"CWS\x0a\0\0\0\0".to_vec(), None),
        ("appli.hta", format!("<HTA:APPLICATION>{SCRIPT}").into_bytes(), None),
        ("appli.txt", format!("<hta:application>{SCRIPT}").into_bytes(), None),
        ("archive.mht", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>".to_vec(), None),
        ("archive.mhtml", b"MIME-Version: 1.0\r\n".to_vec(), None),
        ("archive.txt", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>".to_vec(), None),
        ("formulaire.pdf", pdf_js.clone(), Some("application/pdf")),
        ("formulaire.PDF", pdf_js, Some("application/pdf")),
        ("image.gif", gif_js.clone(), Some("image/gif")),
        ("image.js", gif_js.clone(), None),
        ("image.txt", gif_js, None),
        ("deux.jpg", [jpeg(), html.clone()].concat(), Some("image/jpeg")),
        ("deux.html", [jpeg(), html.clone()].concat(), None),
        ("deux.pdf", [b"%PDF-1.4\n".to_vec(), zip()].concat(), Some("application/pdf")),
        ("deux.zip", [b"%PDF-1.4\n".to_vec(), zip()].concat(), None),
        ("archive.zip", zip(), Some("application/zip")),
        ("42.zip", [zip(), zip(), zip()].concat(), Some("application/zip")),
        ("bombe.docx", bomb, Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document")),
        ("archive.docx", zip(), None),
        ("programme.exe", b"MZ\x90\0\x03\0".to_vec(), None),
        ("programme.pdf", b"MZ\x90\0\x03\0".to_vec(), None),
        ("programme.pdf.exe", b"MZ\x90\0\x03\0".to_vec(), None),
        ("script.sh", b"#!/bin/sh\nrm -rf /\n".to_vec(), None),
        ("script.txt", b"#!/bin/sh\nrm -rf /\n".to_vec(), None),
        ("raccourci.lnk", b"L\0\0\0\x01\x14\x02\0".to_vec(), None),
        ("photo.png", super::picture(4, 4), Some("image/png")),
        ("photo.jpg", super::picture(4, 4), None),
        ("photo", super::picture(4, 4), None),
        ("photo.", super::picture(4, 4), None),
        (".png", super::picture(4, 4), Some("image/png")),
        ("vide.png", Vec::new(), None),
        ("vide.txt", Vec::new(), None),
        ("notes.txt", "Débit : 12 m³/h\r\n".into(), Some("text/plain")),
        ("latin1.txt", b"D\xe9bit".to_vec(), Some("text/plain")),
        ("utf16.txt", b"\xff\xfeD\0b\0".to_vec(), None),
        ("nul.csv", b"a;b\0;c".to_vec(), None),
        ("formules.csv", b"=cmd|'/c calc'!A1;2\n".to_vec(), Some("text/csv")),
    ];
    // The same page under every ending that a browser or a server might take for its own.
    for name in ["page.html%00.png", "page.html;.png", "page.html .png", "page.asp", "page.php", "page.jsp"] {
        all.push((name, html.clone(), None));
    }
    all
}
