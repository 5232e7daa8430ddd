//! What is kept of a text, what it is compared by, and what is found.

use proptest::prelude::*;

use super::*;

#[test]
fn what_nobody_sees_is_taken_off_a_line_and_nothing_else_is() {
    for (typed, kept) in [
        (" plomberie ", "plomberie"),
        ("x  y", "x y"),
        ("\u{a0}SKF\u{202f}\u{3000}6205\t\n2Z\r\n", "SKF 6205 2Z"),
        ("\u{feff}SKF\u{200b}", "SKF"),
        ("S\u{200b}K\u{ad}F\u{2060}", "SKF"),
        ("e\u{301}le\u{301}ment", "élément"),
        ("e\u{200b}\u{301}", "é"),
        ("\u{200d}SKF \u{200c}x\u{200c} \u{200e}", "SKF x"),
        // Between letters they part a Persian word and join an Arabic abbreviation.
        ("می\u{200c}خواهم", "می\u{200c}خواهم"),
        ("ه\u{200d}ـ", "ه\u{200d}ـ"),
        ("\u{200b} \u{feff}", ""),
        ("", ""),
        ("Ø63 M8×30 ½ ﬁ", "Ø63 M8×30 ½ ﬁ"),
    ] {
        assert_eq!(one_line(typed), kept, "{typed:?}");
    }
}

#[test]
fn prose_keeps_its_lines_and_its_layout() {
    assert_eq!(prose("\n a  b \n\n\tc\u{a0}: e\u{301}\n\u{feff} "), "a  b \n\n\tc\u{a0}: é");
    assert_eq!(prose(" a\nb "), "a\nb");
}

#[test]
fn a_name_is_unique_by_neither_case_nor_accents_nor_blanks() {
    for (one, other) in [("SKF", " skf\u{200b}"), ("Électricité", "e\u{301}lectricite"), ("A  b", "a B")] {
        assert_eq!(key(one), key(other));
    }
    for (one, other) in [("M8x30", "M8×30"), ("Ø63", "O63"), ("63", "٦٣")] {
        assert_ne!(key(one), key(other));
    }
}

#[test]
fn what_is_spelt_in_several_ways_is_searched_in_one() {
    for (plain_form, spellings) in [
        ("coeur", &["cœur", "COEUR", "Cœur", "ｃｏｅｕｒ"][..]),
        ("laevo", &["lævo", "LÆVO"]),
        ("strasse", &["Straße", "STRASSE", "STRAẞE"]),
        ("element", &["élément", "e\u{301}le\u{301}ment", "ÉLÉMENT"]),
        ("o63", &["Ø63", "ø63", "⌀63", "∅63", "O63", "Ø６３", "Ø٦٣"]),
        ("m8x30", &["M8×30", "M8x30", "m8X30"]),
        ("5um", &["5µm", "5μm", "5um"]),
        ("filtre", &["ﬁltre", "FILTRE", "fil\u{ad}tre"]),
        ("احمد", &["أحمد", "إحمد", "آحمد", "ٱحمد", "اَحْمَد", "احـــمد"]),
        ("مروحه", &["مروحة", "مروحه"]),
        ("مستشفي", &["مستشفى", "مستشفي"]),
        ("مسوول", &["مسؤول", "مسوول"]),
        ("هييه", &["هيئة", "هييه"]),
        ("ما", &["ماء", "ما"]),
        ("2026", &["٢٠٢٦", "۲۰۲۶", "２０２６"]),
        ("οδοσ", &["ΟΔΟΣ", "οδος"]),
    ] {
        for spelling in spellings {
            assert_eq!(plain(spelling), plain_form, "{spelling}");
        }
    }
}

#[test]
fn a_word_is_found_by_what_follows_a_seam() {
    assert_eq!(indexed("Vérin Ø63"), "verin o63 63");
    assert_eq!(indexed("M8×30"), "m8x30 8x30 x30 30");
    assert_eq!(indexed(&"a1".repeat(30)), "a1".repeat(30));
    assert_eq!(term("pompe"), "\"pompe\"*");
    assert_eq!(term("o63"), "(\"o63\"* OR \"o 63\"*)");
}

#[test]
fn the_nearest_word_is_named_and_no_far_one() {
    let known = ["designation", "reference", "site_id", "unite"];
    for (typed, meant) in [
        ("desination", Some("designation")),
        ("Désignation", Some("designation")),
        ("refrence", Some("reference")),
        ("site", Some("site_id")),
        ("couleur", None),
        ("", None),
    ] {
        assert_eq!(nearest(typed, known), meant, "{typed}");
    }
}

fn through(json: &str) -> String {
    String::from_utf8(tidied(json.as_bytes()).into_owned()).expect("text")
}

#[test]
fn every_text_of_a_body_is_tidied_by_the_member_it_is_in() {
    let body = r#"{ "nom" : " x  y ", "description": " a  b\n c ", "password": " s  ", "n": -1.50,
        "types": [" a ", {"password": " z ", "nom": " é"}, "b "], "attributs": {"note": "l 1\nl  2 "}, "fin": "u\u0301 " }"#;
    let kept = r#"{ "nom" : "x y", "description": "a  b\n c", "password": " s  ", "n": -1.50,
        "types": ["a", {"password": " z ", "nom": "é"}, "b"], "attributs": {"note": "l 1\nl  2"}, "fin": "ú" }"#;

    assert_eq!(through(body), kept);
    assert!(matches!(tidied(kept.as_bytes()), Cow::Borrowed(_)));
}

#[test]
fn what_is_no_json_stays_for_its_reader_to_say_so() {
    for broken in [r#"{"a": " x"#, r#"{"a": " \x "}"#, r#"]]" a ""#, "{\"a\": \" \u{1} \"}", "\"\\"] {
        assert_eq!(through(broken), broken);
    }
    assert_eq!(through(r#"{"a": " x ", "a": " y "}"#), r#"{"a": "x", "a": "y"}"#);
}

proptest! {
    #[test]
    fn what_was_tidied_once_stays_as_it_is(text in "\\PC*|[ \\t\\u{200b}-\\u{200f}\\u{301}\\u{ad}aeé]{0,12}") {
        let line = one_line(&text).into_owned();
        prop_assert_eq!(&one_line(&line), &line);
        let whole = prose(&text).into_owned();
        prop_assert_eq!(&prose(&whole), &whole);
        prop_assert_eq!(key(&line), key(&text));
        let searched = plain(&text);
        prop_assert_eq!(plain(&line).split_whitespace().collect::<String>(),
            searched.split_whitespace().collect::<String>());
    }

    #[test]
    fn a_body_says_the_same_as_before_but_for_blanks(name in "[a-z]{1,8}", text in "\\PC*") {
        let body = serde_json::json!({ name: [text, { "x": text }] });
        let read: serde_json::Value =
            serde_json::from_str(&through(&body.to_string())).expect("still JSON");
        let wanted = Manner::of(body.as_object().and_then(|all| all.keys().next()).map_or("", |name| name));
        prop_assert_eq!(read.as_object().and_then(|all| all.values().next()).map(|list| list[0].clone()),
            Some(serde_json::Value::from(wanted.applied(&text).into_owned())));
    }
}
