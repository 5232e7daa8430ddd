//! Whose day it is: people's wall clocks, holidays, and dates that no plant means.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::plant::{Plant, Reply};

/// A site in Paris, and Youssef who works there from 9 to 17.
async fn youssef_in_paris(plant: &Plant) {
    let paris = json!({"code": "PARIS", "nom": "Usine de Paris", "fuseau": "Europe/Paris", "pays": "FR"});
    let site = plant.responsable().post("sites/", paris).await.expect(201).id();
    let hours = json!({"site_id": site, "horaire": {"mercredi": [["09:00", "17:00"]]}});
    let moved = plant.responsable().patch("techniciens/1", hours).await.expect(200);
    assert_eq!((&moved["site_id"], &moved["fuseau"]), (&json!(site), &json!("Europe/Paris")));
}

async fn free_on(plant: &Plant, day: &str) -> Value {
    let path = format!("techniciens/1/disponibilite?du={day}&au={day}");
    plant.responsable().get(&path).await.expect(200)["libres"].clone()
}

async fn booked(plant: &Plant, debut: &str, fin: &str) -> Reply {
    let body = json!({"titre": "Fuite", "type_intervention": "corrective", "equipement_id": 1, "technicien_id": 1,
        "date_debut_prevue": debut, "date_fin_prevue": fin});
    plant.responsable().post("interventions/", body).await
}

#[tokio::test]
async fn the_hours_and_days_of_a_person_are_of_where_they_work() {
    let plant = Plant::new();
    youssef_in_paris(&plant).await;

    // In July Paris is two hours ahead of UTC, and Casablanca one.
    plant.set_time("2031-07-15T08:00:00Z");
    let free = free_on(&plant, "2031-07-16").await;
    let last_hour = booked(&plant, "2031-07-16T14:00:00Z", "2031-07-16T15:00:00Z").await;
    let beyond = booked(&plant, "2031-07-16T15:00:00Z", "2031-07-16T16:00:00Z").await;
    let away = json!({"debut": "2031-07-18", "fin": "2031-07-18"});
    let absence = plant.responsable().post("techniciens/1/absences", away).await.expect(201);
    let calendar =
        plant.responsable().get("planning/calendrier?du=2031-07-18&au=2031-07-18").await.expect(200);

    assert_eq!(free, json!([{"debut": "2031-07-16T07:00:00Z", "fin": "2031-07-16T15:00:00Z"}]));
    last_hour.expect(201);
    assert_eq!(beyond.expect(409).code(), "hors_horaire");
    assert_eq!(
        (&absence["debut"], &absence["fin"]),
        (&json!("2031-07-17T22:00:00Z"), &json!("2031-07-18T22:00:00Z"))
    );
    assert_eq!(calendar["items"][0]["journee_entiere"], true, "{}", calendar.body);
}

#[tokio::test]
async fn sites_added_abroad_move_nobody() {
    let plant = Plant::new();
    let hours = json!({"site_id": 1, "horaire": {"mercredi": [["09:00", "17:00"]]}});
    plant.responsable().patch("techniciens/1", hours).await.expect(200);
    plant.set_time("2031-07-15T08:00:00Z");
    let before = free_on(&plant, "2031-07-16").await;

    for number in 0..5 {
        let site =
            json!({"code": format!("JP{number}"), "nom": "Usine", "fuseau": "Asia/Tokyo", "pays": "JP"});
        plant.responsable().post("sites/", site).await.expect(201);
    }

    assert_eq!(free_on(&plant, "2031-07-16").await, before);
    let unknown = plant.responsable().patch("techniciens/1", json!({"site_id": 99})).await.expect(422);
    assert_eq!(unknown["errors"][0]["champ"], "site_id");
}

#[tokio::test]
async fn a_holiday_comes_back_once_a_day_of_the_year() {
    let plant = Plant::new();
    let labour = |date: &str| json!({"pays": "MA", "date": date, "recurrent": true, "nom": "1er mai"});

    let twice = plant.responsable().post("planning/jours-feries", labour("2032-05-01")).await.expect(409);
    let other = plant.responsable().post("planning/jours-feries", labour("2032-05-02")).await.expect(201);
    let moved = plant
        .responsable()
        .patch(&format!("planning/jours-feries/{}", other.id()), json!({"date": "2033-05-01"}))
        .await
        .expect(409);

    for refused in [twice, moved] {
        assert_eq!((refused.code(), &refused["nom"]), ("doublon", &json!("Fête du travail")));
    }
    let once = json!({"pays": "MA", "date": "2032-05-01", "nom": "Pont"});
    plant.responsable().post("planning/jours-feries", once).await.expect(201);
}

#[tokio::test]
async fn an_absence_is_no_longer_than_anybody_is_away() {
    let plant = Plant::new();
    let away = async |fin: &str| {
        plant.responsable().post("techniciens/1/absences", json!({"debut": "2031-02-01", "fin": fin})).await
    };

    let years = away("2067-02-01").await.expect(422);
    away("2032-03-06").await.expect(201);

    assert_eq!(years["errors"][0]["champ"], "fin");
}

/// Where a body of the API document takes a date: the path, the method, the field, and what kind.
fn date_fields(document: &Value) -> Vec<(String, String, String, bool)> {
    let resolve = |schema: &Value| -> Value {
        match schema["$ref"].as_str() {
            Some(reference) => document.pointer(&reference[1..]).cloned().unwrap_or_default(),
            None => schema.clone(),
        }
    };
    // An instant, a day, or either, and null beside it.
    let is_date = |schema: &Value| -> Option<bool> {
        let text = schema.to_string();
        let names = |types: [&str; 2]| types.iter().any(|name| text.contains(&format!("schemas/{name}\"")));
        let is_day = names(["Day", "Moment"]);
        (is_day || names(["Instant", "Moment"])).then_some(is_day)
    };
    let mut found = Vec::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let given = schema["oneOf"].as_array().into_iter().flatten().find(|one| one["$ref"].is_string());
            let body = resolve(given.unwrap_or(schema));
            for (name, schema) in body["properties"].as_object().into_iter().flatten() {
                if let Some(is_day) = is_date(schema) {
                    found.push((path.clone(), method.clone(), name.clone(), is_day));
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn no_date_of_the_api_takes_a_year_that_no_plant_means() {
    let plant = Plant::new();
    let asked = Request::get("/openapi.json").body(Body::empty()).expect("a request");
    let document = plant.admin().send_raw(asked).await.expect(200);
    let fields = date_fields(&document.body);
    assert!(fields.len() > 20, "only {} date fields: {fields:?}", fields.len());

    for (path, method, field, is_day) in fields {
        for year in ["0026", "2126"] {
            let date = if is_day { format!("{year}-04-03") } else { format!("{year}-04-03T08:00:00Z") };
            let numbered = |part: &str| if part.starts_with('{') { "1".to_owned() } else { part.to_owned() };
            let path = path.split('/').map(numbered).collect::<Vec<_>>().join("/");
            let request = Request::builder()
                .method(method.to_uppercase().as_str())
                .uri(&path)
                .header("content-type", "application/json")
                .body(Body::from(json!({ &field: date }).to_string()))
                .expect("a request");
            let reply = plant.admin().send_raw(request).await;
            let text = reply.body.to_string();
            let refused = text.contains("1990 … 2100") || text.contains("1900 … 2100");
            assert!(refused, "{method} {path} {field} {date}: {text}");
        }
    }
}
