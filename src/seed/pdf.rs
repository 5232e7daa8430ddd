//! A page of text as a PDF 1.4, by hand: one page, the two fonts that every reader has, nothing compressed.

/// Characters of a line of text.
const WIDTH: usize = 88;

/// A4, in points.
const PAGE: (u32, u32) = (595, 842);

/// A page with a title and paragraphs, at most some fifty lines.
pub fn page(title: &str, paragraphs: &[String]) -> Vec<u8> {
    let mut text =
        format!("BT /F2 17 Tf 60 770 Td ({}) Tj ET\nBT /F1 10.5 Tf 15 TL 60 735 Td\n", escaped(title));
    for paragraph in paragraphs {
        for line in wrapped(paragraph) {
            text.push_str(&format!("({}) ' ", escaped(&line)));
        }
        text.push_str("T*\n");
    }
    text.push_str("ET\n0.6 w 60 758 m 535 758 l S\n");
    // One byte for each character: WinAnsi, which the fonts declare.
    let stream: Vec<u8> = text.chars().map(win_ansi).collect();
    let (width, height) = PAGE;
    let font = |name: &str| {
        format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>").into_bytes()
    };
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R \
             /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>"
        )
        .into_bytes(),
        [format!("<< /Length {} >>\nstream\n", stream.len()).into_bytes(), stream, b"endstream".to_vec()]
            .concat(),
        font("Helvetica"),
        font("Helvetica-Bold"),
    ];
    // The second line tells programs that this is no text.
    let mut pdf = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n", index + 1).bytes());
        pdf.extend(object);
        pdf.extend(b"\nendobj\n");
    }
    let table = pdf.len();
    let size = objects.len() + 1;
    pdf.extend(format!("xref\n0 {size}\n0000000000 65535 f \n").bytes());
    for place in places {
        pdf.extend(format!("{place:010} 00000 n \n").bytes());
    }
    pdf.extend(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").bytes());
    pdf
}

/// Lines of whole words.
fn wrapped(paragraph: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in paragraph.split(' ') {
        let line = lines.last_mut().filter(|line| line.chars().count() + word.chars().count() < WIDTH);
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => line.extend([" ", word]),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)")
}

fn win_ansi(c: char) -> u8 {
    match c {
        '€' => 0x80,
        '’' => 0x92,
        '–' => 0x96,
        '—' => 0x97,
        'œ' => 0x9c,
        '\u{202f}' => b' ',
        _ => u8::try_from(u32::from(c)).unwrap_or(b'?'),
    }
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn the_table_of_a_pdf_leads_to_its_objects() {
        let pdf = page("Pompe (n° 3)", &["Débit relevé : 12 m³/h ".repeat(20), "Fin – œuvre.".to_owned()]);

        let find = |text: &[u8]| pdf.windows(text.len()).rposition(|window| window == text).unwrap();
        let number = |from: usize| -> usize {
            let digits: Vec<u8> = pdf[from..].iter().copied().take_while(u8::is_ascii_digit).collect();
            String::from_utf8(digits).unwrap().parse().unwrap()
        };
        let table = number(find(b"startxref\n") + 10);
        assert!(pdf[table..].starts_with(b"xref\n0 7\n"));
        for object in 1..7 {
            let place = number(table + 9 + object * 20);
            assert!(pdf[place..].starts_with(format!("{object} 0 obj").as_bytes()), "{object}");
        }
        let stream = find(b"stream\n") - 3;
        assert_eq!(number(find(b"/Length ") + 8), stream - find(b">>\nstream\n") - 10);
    }
}
