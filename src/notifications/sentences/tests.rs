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
    let told = Message::about(
        &subject(),
        Fait::Affectation,
        Relation::Retire,
        &Detail::default(),
        Language::French,
    );

    assert_eq!(told.titre, "INT-2031-000001 ne vous est plus affectée");
    assert_eq!(told.contenu, "Pompe de relevage (CASA-POMPE-01)");
}

#[test]
fn a_long_comment_is_cut_between_two_characters() {
    let text = "é".repeat(3000);
    let detail = Detail { comment: Some(("Claire".to_owned(), text)), ..Detail::default() };

    let told =
        Message::about(&subject(), Fait::Commentaire, Relation::Affecte, &detail, Language::French);

    assert!(told.contenu.ends_with("é…") && told.contenu.chars().count() < 1100);
}
