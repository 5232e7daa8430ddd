//! Who is booked when and who is free. What interventions and techniciens ask, asked directly.

use erp_interventions::agenda::{self, Conflit, Slot, Suggestion};
use erp_interventions::ids::{InterventionId, TechnicienId};
use erp_interventions::kernel::app::System;
use erp_interventions::kernel::clock::Instant;
use serde_json::json;

use crate::plant::Plant;

const YOUSSEF: TechnicienId = TechnicienId(1);
const CLAIRE: TechnicienId = TechnicienId(2);

/// An intervention of Casablanca's pump that nobody has begun.
pub fn put_intervention(plant: &Plant, id: i64) {
    plant
        .database()
        .execute(
            "insert into interventions (id, numero, titre, type_intervention, equipement_id, date_creation,
                 declaree_le, updated_at)
             values (?1, 'INT-2031-' || printf('%06d', ?1), 'Fuite', 'corrective', 1, 0, 0, 0)",
            [id],
        )
        .expect("an intervention");
}

/// A slot on it, `debut` and `fin` in RFC 3339.
pub fn put_slot(plant: &Plant, intervention: i64, technicien: TechnicienId, debut: &str, fin: &str) {
    plant
        .database()
        .execute(
            "insert into affectations (intervention_id, technicien_id, debut, fin) values (?1, ?2, ?3, ?4)",
            (intervention, technicien, instant(debut), instant(fin)),
        )
        .expect("a slot");
}

pub fn instant(text: &str) -> Instant {
    serde_json::from_value(json!(text)).expect("an instant")
}

fn change(plant: &Plant, sql: &str) {
    plant.database().execute(sql, []).expect(sql);
}

fn slot(debut: &str, fin: &str) -> Slot {
    Slot::new(instant(debut), instant(fin)).expect("a slot")
}

async fn conflicts(plant: &Plant, slot: Slot, except: Option<InterventionId>) -> Vec<Conflit> {
    let system = System::new(&plant.app, "test");
    system.read(move |db| agenda::conflicts(db, YOUSSEF, slot, except)).await.expect("an answer")
}

async fn suggestions(plant: &Plant, minutes: i64, from: &str, count: usize) -> Vec<Suggestion> {
    let from = instant(from);
    System::new(&plant.app, "test")
        .read(move |db| agenda::suggestions(db, &[YOUSSEF, CLAIRE], minutes, from, count))
        .await
        .expect("an answer")
}

#[tokio::test]
async fn a_slot_meets_what_overlaps_it_but_not_what_touches_it_nor_its_own_intervention() {
    let plant = Plant::new();
    put_intervention(&plant, 7);
    put_slot(&plant, 7, YOUSSEF, "2031-01-16T10:00:00Z", "2031-01-16T12:00:00Z");
    let over = slot("2031-01-16T11:59:00Z", "2031-01-17T11:59:00Z");
    let after = slot("2031-01-16T12:00:00Z", "2031-01-16T13:00:00Z");

    let found = conflicts(&plant, over, None).await;

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].numero.as_deref(), Some("INT-2031-000007"));
    assert_eq!((found[0].debut, found[0].absence_id), (instant("2031-01-16T10:00:00Z"), None));
    assert_eq!(conflicts(&plant, after, None).await, []);
    assert_eq!(conflicts(&plant, over, Some(InterventionId(7))).await, []);
}

#[tokio::test]
async fn a_released_slot_and_one_of_a_cancelled_or_deleted_intervention_book_nobody() {
    let plant = Plant::new();
    let over = slot("2031-01-16T00:00:00Z", "2031-01-17T00:00:00Z");
    for id in 1..=3 {
        put_intervention(&plant, id);
        let debut = format!("2031-01-16T1{id}:00:00Z");
        put_slot(&plant, id, YOUSSEF, &debut, &debut.replace(":00:00", ":30:00"));
    }
    assert_eq!(conflicts(&plant, over, None).await.len(), 3);

    change(&plant, "update affectations set liberee_le = 1 where intervention_id = 1");
    change(&plant, "update interventions set statut = 'annule' where id = 2");
    change(&plant, "update interventions set supprimee_le = 1 where id = 3");

    assert_eq!(conflicts(&plant, over, None).await, []);
}

#[tokio::test]
async fn suggestions_come_in_order_of_time_within_hours_and_around_what_is_booked() {
    let plant = Plant::new();
    put_intervention(&plant, 1);
    put_slot(&plant, 1, YOUSSEF, "2031-01-17T08:00:00Z", "2031-01-17T10:00:00Z");
    put_slot(&plant, 1, CLAIRE, "2031-01-16T09:00:00Z", "2031-01-16T10:00:00Z");
    change(&plant, r#"update techniciens set horaire = '{"jeudi": [["08:00", "11:00"]]}' where id = 2"#);

    // Thursday 16 January; Youssef, who keeps no hours, has those of an office.
    let found = suggestions(&plant, 60, "2031-01-16T07:50:00Z", 4).await;

    let shown: Vec<_> = found.iter().map(|s| (s.technicien_id, s.debut.to_string())).collect();
    let expected = [
        (CLAIRE, "2031-01-16T08:00:00Z"),
        (YOUSSEF, "2031-01-16T08:00:00Z"),
        (YOUSSEF, "2031-01-16T09:00:00Z"),
        (CLAIRE, "2031-01-16T10:00:00Z"),
    ];
    assert_eq!(shown, expected.map(|(who, debut)| (who, debut.to_owned())));
    assert!(found.iter().all(|s| s.fin.minutes_since(s.debut) == 60));
}

#[tokio::test]
async fn nothing_is_suggested_when_nobody_works_that_long_at_once() {
    let plant = Plant::new();

    let found = suggestions(&plant, 11 * 60, "2031-01-16T07:50:00Z", 4).await;

    assert_eq!(found, []);
}

#[tokio::test]
async fn hours_are_enforced_only_where_they_are_kept() {
    let plant = Plant::new();
    let night = slot("2031-01-16T22:00:00Z", "2031-01-16T23:00:00Z");
    let outside = async |plant: &Plant| {
        let system = System::new(&plant.app, "test");
        system.read(move |db| agenda::outside_hours(db, YOUSSEF, night)).await
    };
    assert!(!outside(&plant).await.expect("an answer"));

    change(&plant, r#"update techniciens set horaire = '{"jeudi": [["08:00", "12:00"]]}' where id = 1"#);

    assert!(outside(&plant).await.expect("an answer"));
}

#[test]
fn a_slot_ends_after_it_begins_and_within_a_day() {
    let debut = instant("2031-01-16T10:00:00Z");
    let later = |seconds: i64| Instant::from_second(debut.as_second() + seconds);

    assert!(Slot::new(debut, later(86_400)).is_ok());
    assert_eq!(Slot::new(debut, later(86_401)), Err(agenda::SlotError::TooLong));
    assert_eq!(Slot::new(debut, debut), Err(agenda::SlotError::Backwards));
}
