//! How the server does: what the page says, and what is scraped.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::notifications::titles;
use crate::plant::Plant;
use crate::taches::tick;

async fn codes(plant: &Plant) -> Vec<String> {
    let etat = plant.admin().get("admin/etat").await.expect(200);
    let wrong = etat["anomalies"].as_array().expect("a list");
    wrong.iter().map(|one| one["code"].as_str().expect("a code").to_owned()).collect()
}

async fn metrics(plant: &Plant) -> String {
    let request = Request::get("/metrics").body(Body::empty()).expect("a request");
    let reply = plant.nobody().respond(request).await;
    assert_eq!(reply.status(), 200);
    let page = axum::body::to_bytes(reply.into_body(), usize::MAX).await.expect("the page");
    String::from_utf8(page.into()).expect("text")
}

fn value(page: &str, name: &str) -> f64 {
    let line = page.lines().find(|line| line.split(' ').next() == Some(name));
    let line = line.unwrap_or_else(|| panic!("{name} is not in:\n{page}"));
    line.rsplit(' ').next().and_then(|value| value.parse().ok()).expect("a number")
}

#[tokio::test]
async fn a_server_with_a_backup_of_last_night_is_well() {
    let plant = Plant::new();
    let before = codes(&plant).await;

    plant.admin().post("planning/taches/sauvegarde/lancer", json!({})).await.expect(202);
    tick(&plant, 0).await;

    assert_eq!(before, ["sauvegarde"]);
    assert_eq!(codes(&plant).await, [""; 0]);
    let etat = plant.admin().get("admin/etat").await.expect(200);
    assert_eq!(
        (&etat["version"], &etat["demarre_le"]),
        (&json!(env!("CARGO_PKG_VERSION")), &json!("2031-01-15T08:00:00Z"))
    );
    assert_eq!((&etat["courriel_configure"], &etat["courriels_en_attente"]), (&json!(false), &json!(0)));
    assert!(etat["base_octets"].as_u64() > Some(100_000) && etat["place_octets"].is_u64());
    assert_eq!(etat["derniere_sauvegarde"], "2031-01-15T08:00:00Z");
}

#[tokio::test]
async fn no_backup_and_a_failed_job_are_said_each_with_its_page() {
    let plant = Plant::new();
    plant.database().execute_batch(
        "insert into job_runs (job, started_at, duration_ms, error_fr, error_en) values ('rappels', 1, 1, 'Non', 'No');",
    ).expect("a failed run");

    let etat = plant.admin().send("GET", "admin/etat", &[("accept-language", "en")], None).await.expect(200);

    let wrong: Vec<(&Value, &Value)> = etat["anomalies"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (&one["code"], &one["lien"]))
        .collect();
    assert_eq!(wrong, [(&json!("sauvegarde"), &json!("/sauvegardes")), (&json!("tache"), &json!("/taches"))]);
    assert_eq!(etat["anomalies"][1]["message"], "\"Remind people of tomorrow's slots\" failed.");
}

#[tokio::test]
async fn what_is_scraped_tells_of_requests_writer_readers_mail_jobs_disk_and_backups() {
    let plant = Plant::new();
    let before = metrics(&plant).await;

    plant.admin().post("planning/taches/sauvegarde/lancer", json!({})).await.expect(202);
    tick(&plant, 0).await;
    plant.advance(std::time::Duration::from_secs(7200));

    let page = metrics(&plant).await;
    assert_eq!(
        (value(&before, "erp_backup_age_seconds"), value(&page, "erp_backup_age_seconds")),
        (-1.0, 7200.0)
    );
    assert_eq!(value(&page, "erp_job_failed{job=\"sauvegarde\"}"), 0.0);
    assert_eq!(value(&page, "erp_job_last_run_seconds{job=\"sauvegarde\"}"), 1_926_230_400.0);
    assert_eq!((value(&page, "erp_mail_waiting"), value(&page, "erp_mail_failed")), (0.0, 0.0));
    assert_eq!((value(&page, "erp_writes_waiting"), value(&page, "erp_clock_doubted")), (0.0, 0.0));
    for name in
        ["erp_database_bytes", "erp_disk_room_bytes", "erp_resident_memory_bytes", "erp_start_time_seconds"]
    {
        assert!(value(&page, name) > 1000.0, "{name}");
    }
    assert!(value(&page, "erp_writes_per_commit_count") >= 1.0 && value(&page, "erp_readers_busy") >= 0.0);
}

#[tokio::test]
async fn the_sample_alarms_and_the_sample_dashboard_ask_only_for_what_is_there() {
    let plant = Plant::new();
    plant.admin().post("planning/taches/sauvegarde/lancer", json!({})).await.expect(202);
    tick(&plant, 0).await;
    let page = metrics(&plant).await;

    let samples = [
        include_str!("../../install/prometheus/rules.yml"),
        include_str!("../../install/prometheus/grafana.json"),
    ];
    let mut asked = BTreeSet::new();
    for sample in samples {
        let words = sample.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        asked.extend(words.filter(|word| word.starts_with("erp_")));
    }

    assert!(asked.len() > 15, "{asked:?}");
    for name in asked {
        assert!(
            page.lines().any(|line| line.split(['{', ' ']).next() == Some(name)),
            "{name} is not in:\n{page}"
        );
    }
}

#[tokio::test]
async fn a_server_in_trouble_tells_its_administrators_once_a_day_whatever_they_chose() {
    let plant = Plant::new();
    let none =
        json!({"heure_resume": 7, "types": [{"type": "information", "app": false, "email": "jamais"}]});
    plant.admin().put("notifications/preferences", none).await.expect(200);
    plant.admin().post("planning/taches/sauvegarde/lancer", json!({})).await.expect(202);
    let failed = "insert into job_runs (job, started_at, duration_ms, error_fr, error_en) values ('resumes', 1, 1, 'Non', 'No');";
    plant.database().execute_batch(failed).expect("a failed run");

    for hour in 1..46 {
        plant.advance(std::time::Duration::from_secs(3600));
        tick(&plant, hour * 3600).await;
    }

    assert_eq!(titles(&plant, "admin").await, ["Alerte serveur"; 2]);
    assert_eq!(titles(&plant, "responsable").await, [""; 0]);
    let told = plant.admin().get("notifications/").await.expect(200);
    let first = &told["items"][0];
    assert_eq!(
        (&first["contenu"], &first["lien"]),
        (&json!("Échec de « Résumés quotidiens par e-mail »."), &json!("/etat"))
    );
    let sql = "select count(*) from envois e join notifications n on n.id = e.notification_id
         where e.canal = 'email' and n.lien = '/etat'";
    assert_eq!(plant.database().query_row(sql, [], |row| row.get::<_, i64>(0)), Ok(2));
}
