//! Where people are signed in, seen and ended by those who manage accounts.

use serde_json::{Value, json};

use crate::plant::{PASSWORD, Plant};
use crate::sign_in::sign_in;

const TECHNICIEN: i64 = 3;

#[tokio::test]
async fn an_administrator_sees_where_somebody_is_signed_in_and_ends_it() {
    let plant = Plant::new();
    let (phone, desk) = (signed_in(&plant).await, signed_in(&plant).await);
    let path = format!("users/{TECHNICIEN}/sessions");
    let seen = plant.admin().get(&path).await.expect(200);
    let [lost, kept] = [seen.ids()[0], seen.ids()[1]];
    assert!(seen["items"].as_array().expect("a list").iter().all(|session| session["current"] == false));

    plant.admin().delete(&format!("{path}/{lost}")).await.expect(204);

    plant.bearer(&desk).get("auth/me").await.expect(401);
    plant.bearer(&phone).get("auth/me").await.expect(200);
    plant.admin().delete(&format!("{path}/{lost}")).await.expect(404);
    assert!(plant.admin().get(&path).await.ids().contains(&kept));
    let entry = journal(&plant, lost);
    assert_eq!(entry, ("admin".to_owned(), json!({"motif": "revoquee", "user_id": TECHNICIEN})));
}

#[tokio::test]
async fn all_of_somebody_s_sessions_end_at_once_and_one_s_own_but_this_one() {
    let plant = Plant::new();
    let phone = signed_in(&plant).await;

    plant.admin().delete(&format!("users/{TECHNICIEN}/sessions")).await.expect(204);
    plant.admin().delete("users/1/sessions").await.expect(204);

    plant.bearer(&phone).get("auth/me").await.expect(401);
    assert_eq!(plant.admin().get(&format!("users/{TECHNICIEN}/sessions")).await["total"], 0);
    assert_eq!(plant.admin().get("users/1/sessions").await["total"], 1);
    sign_in(&plant, "technicien", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_session_is_ended_as_its_own_person_s_only_and_by_nobody_else() {
    let plant = Plant::new();
    let phone = signed_in(&plant).await;
    let session = plant.admin().get(&format!("users/{TECHNICIEN}/sessions")).await.ids()[0];

    plant.admin().delete(&format!("users/1/sessions/{session}")).await.expect(404);
    plant.admin().delete("users/999/sessions").await.expect(404);
    for person in [plant.responsable(), plant.client(), plant.bearer(&phone)] {
        person.get(&format!("users/{TECHNICIEN}/sessions")).await.expect(403);
        person.delete(&format!("users/{TECHNICIEN}/sessions/{session}")).await.expect(403);
    }

    plant.bearer(&phone).get("auth/me").await.expect(200);
}

/// The access token of another session of the technicien.
async fn signed_in(plant: &Plant) -> String {
    let reply = sign_in(plant, "technicien", PASSWORD).await.expect(200);
    reply["access_token"].as_str().expect("a token").to_owned()
}

/// Who ended a session in the journal, and what it tells of it.
fn journal(plant: &Plant, session: i64) -> (String, Value) {
    let (who, told): (String, String) = plant
        .database()
        .query_row(
            "select acteur, apres from journal where action = 'session.fin' and entite_id = ?",
            [session],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .expect("one entry");
    (who, serde_json::from_str(&told).expect("JSON"))
}
