//! The night of 30 March 2031 has no hour between 02:00 and 03:00 in Paris: the plant's day has 23 hours, the
//! wire has UTC throughout.

use serde_json::{Value, json};

use crate::interventions::leak_with;
use crate::plant::Plant;

/// The plant, moved to Paris, with Youssef on nights; the evening before.
fn before_the_change() -> Plant {
    let plant = Plant::new();
    let night = r#"{"samedi":[["22:00","06:00"]]}"#;
    let sql = format!(
        "update sites set fuseau = 'Europe/Paris'; update techniciens set horaire = '{night}' where id = 1"
    );
    plant.database().execute_batch(&sql).expect("a move");
    plant.set_time("2031-03-29T12:00:00Z");
    plant
}

// D17
#[tokio::test]
async fn a_slot_across_the_spring_change_is_what_elapses_and_reads_as_the_wall_clock() {
    let plant = before_the_change();
    let responsable = plant.responsable();
    let path = format!(
        "interventions/{}",
        responsable.post("interventions/", leak_with(json!({}))).await.expect(201).id()
    );
    let book = async |debut: &str, fin: &str| {
        let slot = json!({"technicien_id": 1, "debut": debut, "fin": fin});
        responsable.put(&format!("{path}/affectations"), json!({"affectations": [slot]})).await
    };

    let too_late = book("2031-03-29T21:00:00Z", "2031-03-30T05:00:00Z").await.expect(409);
    let too_long = book("2031-03-29T12:00:00Z", "2031-03-30T12:00:01Z").await.expect(422);
    let booked = book("2031-03-29T22:00:00+01:00", "2031-03-30T06:00:00+02:00").await.expect(200);

    assert_eq!(
        (too_late.code(), &too_long["errors"][0]["champ"]),
        ("hors_horaire", &json!("affectations[0].fin"))
    );
    let slot = &booked["affectations"][0];
    assert_eq!(
        (&slot["debut"], &slot["fin"]),
        (&json!("2031-03-29T21:00:00Z"), &json!("2031-03-30T04:00:00Z"))
    );
    let history = responsable.get(&format!("{path}/historique")).await.expect(200);
    assert_eq!(history["items"][1]["remarque"], "Youssef Technicien, 29/03/2031 22:00 – 30/03/2031 06:00");
    let kept: (i64, i64) = plant
        .database()
        .query_row("select debut, fin from affectations", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("whole seconds");
    assert_eq!(kept.1 - kept.0, 7 * 3600, "eight hours of the wall clock last seven");
}

// D17
#[tokio::test]
async fn the_day_of_the_change_is_asked_for_by_its_name_and_has_twenty_three_hours() {
    let plant = before_the_change();
    let responsable = plant.responsable();

    let schedule =
        responsable.get("techniciens/1/disponibilite?du=2031-03-30&au=2031-03-30").await.expect(200);
    let away = json!({"debut": "2031-03-30", "fin": "2031-03-30"});
    let away = responsable.post("techniciens/2/absences", away).await.expect(201);
    let due = leak_with(json!({"date_limite": "2031-03-30"}));
    let due = responsable.post("interventions/", due).await.expect(201);

    let day = (json!("2031-03-29T23:00:00Z"), json!("2031-03-30T22:00:00Z"));
    assert_eq!((&schedule["du"], &schedule["au"]), (&day.0, &day.1));
    assert_eq!(schedule["libres"], json!([{"debut": "2031-03-29T23:00:00Z", "fin": "2031-03-30T04:00:00Z"}]));
    assert_eq!((&away["debut"], &away["fin"]), (&day.0, &day.1));
    assert_eq!(due["date_limite"], "2031-03-30T21:59:59Z");
    let listed =
        responsable.get("interventions/?limite_du=2031-03-30&limite_au=2031-03-30").await.expect(200);
    assert_eq!(listed.ids(), [due.id()]);
}

#[tokio::test]
async fn a_limit_that_is_a_day_is_kept_to_its_end_and_can_be_taken_away() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let due =
        responsable.post("interventions/", leak_with(json!({"date_limite": "2031-01-20"}))).await.expect(201);
    let path = format!("interventions/{}", due.id());

    let moved = responsable.patch(&path, json!({"date_limite": "2031-01-16"})).await.expect(200);
    plant.set_time("2031-01-16T23:59:59Z");
    let in_time = plant.responsable().get(&path).await["en_retard"].clone();
    plant.set_time("2031-01-17T00:00:00Z");
    let late = plant.responsable().get(&path).await["en_retard"].clone();
    let freed = plant.responsable().patch(&path, json!({"date_limite": null})).await.expect(200);

    assert_eq!(
        (&due["date_limite"], &moved["date_limite"]),
        (&json!("2031-01-20T23:59:59Z"), &json!("2031-01-16T23:59:59Z"))
    );
    assert_eq!((in_time, late), (json!(false), json!(true)));
    assert_eq!((&freed["date_limite"], &freed["en_retard"]), (&Value::Null, &json!(false)));
}
