//! Backups as an administrator sees them: listed, taken away, rehearsed; and the alarm when there is none.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::notifications::titles;
use crate::plant::{Plant, Reply};
use crate::taches::tick;

const HOUR: Duration = Duration::from_secs(3600);

/// A plant on the machine's own years, by which an examination goes.
fn plant() -> Plant {
    let plant = Plant::new();
    plant.set_time("2026-01-05T01:00:00Z");
    plant
}

/// The night's backup, made now. The name of its file.
async fn back_up(plant: &Plant) -> String {
    plant.admin().post("planning/taches/sauvegarde/lancer", json!({})).await.expect(202);
    tick(plant, 0).await;
    let all = list(plant).await;
    all["items"][0]["nom"].as_str().expect("a backup").to_owned()
}

async fn list(plant: &Plant) -> Reply {
    plant.admin().get("admin/sauvegardes/").await.expect(200)
}

/// Asks for a drill of a backup and waits for its end.
async fn drill(plant: &Plant, nom: &str) -> Value {
    plant.admin().post(&format!("admin/sauvegardes/{nom}/exercice"), json!({})).await.expect(202);
    tick(plant, 60).await;
    list(plant).await["items"][0]["exercice"].clone()
}

#[tokio::test]
async fn a_backup_made_by_hand_is_listed_with_its_size() {
    let plant = plant();
    let before = list(&plant).await;

    let nom = back_up(&plant).await;

    assert_eq!((&before["total"], &before["en_retard"]), (&json!(0), &json!(true)));
    let after = list(&plant).await;
    assert_eq!(nom, "erp-20260105T010000Z.tar.zst");
    assert_eq!((&after["total"], &after["en_retard"]), (&json!(1), &json!(false)));
    assert_eq!(after["items"][0]["faite_le"], "2026-01-05T01:00:00Z");
    let file = plant.data_dir().join("backups").join(&nom);
    assert_eq!(after["items"][0]["octets"], file.metadata().expect("the file").len());
    assert_eq!(after["items"][0]["exercice"], Value::Null);
}

#[tokio::test]
async fn a_backup_is_taken_away_whole_and_the_journal_remembers_by_whom() {
    let plant = plant();
    let nom = back_up(&plant).await;

    let request = Request::get(format!("/api/v1/admin/sauvegardes/{nom}/contenu")).body(Body::empty());
    let taken = plant.admin().respond(request.expect("a request")).await;

    assert_eq!(taken.status(), 200);
    let bytes = axum::body::to_bytes(taken.into_body(), usize::MAX).await.expect("the bytes");
    assert_eq!(bytes, std::fs::read(plant.data_dir().join("backups").join(&nom)).expect("the file"));
    let journal = plant.admin().get("audit/?action=sauvegarde.telechargement").await.expect(200);
    assert_eq!((&journal["total"], &journal["items"][0]["apres"]["nom"]), (&json!(1), &json!(nom)));
    for name in ["..%2F..%2Ferp.sqlite3", "erp.sqlite3", "erp-20260105T010001Z.tar.zst", "erp-.tar.zst"] {
        plant.admin().get(&format!("admin/sauvegardes/{name}/contenu")).await.expect(404);
    }
}

#[tokio::test]
async fn a_drill_restores_a_backup_beside_the_data_and_tells_what_was_written_since() {
    let plant = plant();
    let nom = back_up(&plant).await;
    let body = json!({"titre": "Depuis", "equipement_id": 1, "type_intervention": "corrective"});
    plant.responsable().post("interventions/", body).await.expect(201);

    let drilled = drill(&plant, &nom).await;

    assert_eq!((&drilled["erreur"], &drilled["documents"]), (&Value::Null, &json!(0)));
    assert!(drilled["octets"].as_i64() > Some(100_000), "{drilled}");
    let changed = drilled["ecarts"].as_array().expect("the tables that changed");
    let then =
        plant.database().query_row("select count(*) from interventions", [], |row| row.get::<_, i64>(0));
    let now = then.expect("a count");
    assert!(changed.contains(&json!({"table": "interventions", "sauvegarde": now - 1, "maintenant": now})));
    let left: Vec<_> = std::fs::read_dir(plant.data_dir().join("backups")).expect("a folder").collect();
    assert_eq!(left.len(), 1, "nothing is left of the drill");
}

#[tokio::test]
async fn a_drill_of_a_backup_that_rotted_says_so_and_raises_the_alarm() {
    let plant = plant();
    let nom = back_up(&plant).await;
    let path = plant.data_dir().join("backups").join(&nom);
    let mut bytes = std::fs::read(&path).expect("the file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&path, bytes).expect("a damaged file");

    let drilled = drill(&plant, &nom).await;

    assert!(drilled["erreur"].is_string(), "{drilled}");
    assert_eq!(titles(&plant, "admin").await, ["Sauvegarde en défaut"]);
    assert_eq!(titles(&plant, "responsable").await, [""; 0]);
}

#[tokio::test]
async fn one_drill_of_a_backup_waits_at_a_time_and_a_name_that_is_none_is_not_found() {
    let plant = plant();
    let nom = back_up(&plant).await;
    let path = format!("admin/sauvegardes/{nom}/exercice");
    plant.admin().post(&path, json!({})).await.expect(202);

    let again = plant.admin().post(&path, json!({})).await;

    assert_eq!(again.expect(409).code(), "deja_en_cours");
    plant.admin().post("admin/sauvegardes/erp.sqlite3/exercice", json!({})).await.expect(404);
}

#[tokio::test]
async fn a_night_without_a_backup_is_told_to_administrators_by_mail_once_a_day() {
    let plant = plant();
    back_up(&plant).await;
    // Who turned information off did not mean this.
    let none =
        json!({"heure_resume": 7, "types": [{"type": "information", "app": false, "email": "jamais"}]});
    plant.admin().put("notifications/preferences", none).await.expect(200);
    // Everything but the backup goes on.
    std::fs::remove_dir_all(plant.data_dir().join("backups")).expect("a folder");
    std::fs::write(plant.data_dir().join("backups"), "in the way").expect("a file");

    for hour in 1..52 {
        plant.advance(HOUR);
        tick(&plant, hour * 3600).await;
    }

    assert_eq!(titles(&plant, "admin").await, ["Sauvegarde en défaut", "Sauvegarde en défaut"]);
    let sql = "select count(*) from envois e join notifications n on n.id = e.notification_id
         where e.canal = 'email' and n.titre = 'Sauvegarde en défaut'";
    assert_eq!(plant.database().query_row(sql, [], |row| row.get::<_, i64>(0)), Ok(2));
}

#[tokio::test]
async fn the_backup_of_a_sunday_is_rehearsed_by_itself() {
    let plant = plant();
    plant.set_time("2026-01-04T01:00:00Z");

    back_up(&plant).await;
    tick(&plant, 60).await;

    let drilled = list(&plant).await["items"][0]["exercice"].clone();
    assert_eq!((&drilled["erreur"], drilled["termine_le"].is_string()), (&Value::Null, true), "{drilled}");
}
