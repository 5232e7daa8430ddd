//! What is said of each fact, and that it is said in every language.

use super::*;

fn subject() -> Subject {
    Subject {
        numero: "INT-2031-000001".to_owned(),
        titre: "Fuite".to_owned(),
        machine: "Pompe de relevage (CASA-POMPE-01)".to_owned(),
        priorite: Priorite::Haute,
        statut: StatutIntervention::AttentePieces,
        date_limite: Some(Instant::from_second(1_926_230_400)),
        zone: crate::kernel::zones::Zones::embedded().get("Europe/Paris").unwrap(),
    }
}

fn slot() -> Detail {
    // 15 January 2031, 08:00 to 12:00 UTC.
    let slot = (Instant::from_second(1_926_230_400), Instant::from_second(1_926_244_800));
    Detail { slot: Some(slot), ..Detail::default() }
}

#[test]
fn a_slot_is_told_on_the_wall_clock_of_its_site_in_the_reader_s_language() {
    let told = |language| {
        Message::about(&subject(), Fait::Affectation, Relation::Nouveau, &slot(), language).contenu
    };

    assert_eq!(
        told(Language::French),
        "Fuite – Pompe de relevage (CASA-POMPE-01). Le 15/01/2031 de 09:00 à 13:00."
    );
    assert!(told(Language::English).ends_with("On 15 Jan 2031 from 09:00 to 13:00."));
}

#[test]
fn whoever_is_taken_off_a_job_learns_nothing_of_what_it_has_become() {
    let told =
        Message::about(&subject(), Fait::Affectation, Relation::Retire, &Detail::default(), Language::French);

    assert_eq!(told.titre, "INT-2031-000001 ne vous est plus affectée");
    assert_eq!(told.contenu, "Pompe de relevage (CASA-POMPE-01)");
}

#[test]
fn a_long_comment_is_cut_between_two_characters() {
    let text = "é".repeat(3000);
    let detail = Detail { comment: Some(("Claire".to_owned(), text)), ..Detail::default() };

    let told = Message::about(&subject(), Fait::Commentaire, Relation::Affecte, &detail, Language::French);

    assert!(told.contenu.ends_with("é…") && told.contenu.chars().count() < 1100);
}

/// Every kind of detail at once: each sentence takes what it says.
fn full() -> Detail {
    let day = |day| jiff::civil::date(2031, 1, day);
    let quantity =
        |text: &str| serde_json::from_value(serde_json::json!(text.parse::<f64>().unwrap())).unwrap();
    Detail {
        comment: Some(("Claire".to_owned(), "تم التنظيف".to_owned())),
        missed: Some((3, day(1), day(3))),
        measured: Some(phrase!(
            "Jeu : 3 mm",
            "Jeu: 3 mm",
            "\u{2068}Jeu\u{2069}: \u{2068}3 mm\u{2069} (الحد)"
        )),
        low: Some((quantity("2.5"), quantity("4"), "pièce".to_owned())),
        demande: Some("DEM-2031-000001".to_owned()),
        motif: Some("مكرر".to_owned()),
        alarm: Some(phrase!("Le disque est plein.", "The disk is full.", "القرص ممتلئ.")),
        left: Some(Left {
            nom: "Youssef".to_owned(),
            remis_a_nom: Some("Claire".to_owned()),
            interventions_remises: 2,
            plans_sans_technicien: 1,
            ..Left::default()
        }),
        ..slot()
    }
}

/// What stands outside the isolates: the words of the sentence itself.
fn own_words(text: &str) -> String {
    let (mut own, mut depth) = (String::new(), 0);
    for c in text.chars() {
        match c {
            '\u{2068}' => depth += 1,
            '\u{2069}' => depth -= 1,
            _ if depth == 0 => own.push(c),
            _ => {}
        }
    }
    own
}

fn is_arabic(c: char) -> bool {
    ('\u{0600}'..='\u{06FF}').contains(&c)
}

#[track_caller]
fn says_it_in_arabic(text: &str, what: &str) {
    let own = own_words(text);
    assert!(own.chars().any(is_arabic), "{what} has no Arabic: {text:?}");
    assert!(
        !own.contains(|c: char| c.is_alphabetic() && !is_arabic(c)),
        "{what} is not all Arabic: {text:?}"
    );
    assert_eq!(text.matches('\u{2068}').count(), text.matches('\u{2069}').count(), "{what}: {text:?}");
}

#[test]
fn every_fact_is_told_in_arabic_with_what_runs_the_other_way_set_apart() {
    let plain = Detail {
        slot: None,
        missed: Some((1, jiff::civil::date(2031, 1, 1), jiff::civil::date(2031, 1, 1))),
        ..full()
    };
    let night =
        Detail { slot: full().slot.map(|(debut, _)| (debut, Instant::from_second(1_926_330_400))), ..full() };
    for line in crate::notifications::MATRIX {
        let what = format!("{} to {}", line.fait, line.relation);
        for detail in [&full(), &plain, &night] {
            let said = |language| Message::about(&subject(), line.fait, line.relation, detail, language);
            let (french, arabic) = (said(Language::French), said(Language::Arabic));

            says_it_in_arabic(&arabic.titre, &what);
            // Where French says more than what it is about, Arabic does.
            let bare = [work(&subject(), Language::French), subject().machine];
            let more = bare.iter().fold(french.contenu.clone(), |text, bare| text.replace(bare, ""));
            if more.contains(char::is_alphabetic) {
                says_it_in_arabic(&arabic.contenu, &what);
            }
        }
    }
    for statut in StatutIntervention::ALL {
        let changed = Subject { statut: *statut, ..subject() };
        let told = Message::about(&changed, Fait::Statut, Relation::Affecte, &full(), Language::Arabic);
        says_it_in_arabic(&told.titre, statut.word());
    }
    for priorite in Priorite::ALL {
        let asked = Subject { priorite: *priorite, ..subject() };
        let told = Message::about(&asked, Fait::Demande, Relation::Usine, &full(), Language::Arabic);
        says_it_in_arabic(&told.contenu, priorite.word());
    }
    for r#type in TypeNotification::ALL {
        says_it_in_arabic(reason(*r#type).text(Language::Arabic), r#type.word());
        says_it_in_arabic(&written_by("Claire", Some("INT-1"), *r#type, Language::Arabic), r#type.word());
    }
}

#[test]
fn an_assignment_reads_in_arabic_as_a_workshop_writes_it() {
    let told = Message::about(&subject(), Fait::Affectation, Relation::Nouveau, &slot(), Language::Arabic);

    assert_eq!(told.titre, "أُسند إليك التدخل \u{2068}INT-2031-000001\u{2069}");
    assert_eq!(
        told.contenu,
        "\u{2068}Fuite\u{2069} – \u{2068}Pompe de relevage (CASA-POMPE-01)\u{2069}. \
         يوم \u{2068}15\u{200F}/01\u{200F}/2031\u{2069} من الساعة 09:00 إلى الساعة 13:00."
    );
    assert_eq!(written_day(jiff::civil::date(2031, 8, 1), Language::Arabic), "الجمعة، 1 غشت 2031");
}
