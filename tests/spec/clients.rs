//! Client organisations and their sites.

use serde_json::json;

use crate::plant::Plant;

#[tokio::test]
async fn a_site_is_created_changed_and_deleted() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let lyon = json!({"code": "LYON", "nom": "Fonderie de Lyon", "fuseau": "Europe/Paris"});

    let created = responsable.post("sites/", lyon).await.expect(201);
    let path = format!("sites/{}", created.id());
    let changed = responsable.patch(&path, json!({"nom": "Fonderie"})).await.expect(200);
    responsable.delete(&path).await.expect(204);

    assert_eq!(created.header("location"), format!("/api/v1/{path}"));
    assert_eq!((created.header("etag"), changed.header("etag")), ("\"1\"", "\"2\""));
    assert_eq!((&changed["nom"], &changed["fuseau"]), (&json!("Fonderie"), &json!("Europe/Paris")));
    responsable.get(&path).await.expect(404);
}

#[tokio::test]
async fn a_client_sees_its_own_sites_and_no_other() {
    let plant = Plant::new();

    let list = plant.client().get("sites").await.expect(200);
    let foreign = plant.client().get("sites/2").await.expect(404);
    let absent = plant.client().get("sites/999").await.expect(404);

    assert_eq!(list.ids(), [1]);
    assert_eq!(list["total"], 1);
    assert_eq!(foreign["detail"], absent["detail"]);
}

#[tokio::test]
async fn everyone_reads_how_the_clocks_of_their_sites_stand() {
    let plant = Plant::new();
    plant.responsable().patch("sites/2", json!({"fuseau": "Europe/Paris"})).await.expect(200);

    let all = plant.responsable().get("sites/fuseaux").await.expect(200);
    let own = plant.client().get("sites/fuseaux").await.expect(200);

    let names = |zones: &serde_json::Value| -> Vec<String> {
        zones.as_array().unwrap().iter().map(|zone| zone["nom"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&own["items"]), ["Africa/Casablanca"]);
    let mut everywhere = names(&all["items"]);
    everywhere.sort();
    assert_eq!(everywhere, ["Africa/Casablanca", "Europe/Paris"]);
    assert_eq!(own["items"][0]["decalages"][0]["depuis"], json!(null));
}

// D14
#[tokio::test]
async fn a_change_based_on_an_older_version_changes_nothing() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    responsable.patch("sites/1", json!({"nom": "Le nom du premier"})).await.expect(200);

    let late =
        responsable.send("PATCH", "sites/1", &[("if-match", "\"1\"")], Some(json!({"nom": "Tard"}))).await;

    late.expect(412);
    assert_eq!(responsable.get("sites/1").await["nom"], "Le nom du premier");
}

// D14
#[tokio::test]
async fn a_change_may_name_several_versions_and_one_that_is_no_version_matches_none() {
    let plant = Plant::new();
    let responsable = plant.responsable();

    for (if_match, status) in [
        ("\"8\", \"9\"", 412),
        ("\"1\", \"9\"", 200),
        ("W/\"2\"", 200),
        ("*", 200),
        ("\"x\"", 412),
        ("", 412),
    ] {
        let body = json!({"adresse": if_match});
        responsable.send("PATCH", "sites/1", &[("if-match", if_match)], Some(body)).await.expect(status);
    }

    assert_eq!(responsable.get("sites/1").await["version"], 4);
}

// D11
#[tokio::test]
async fn two_sites_cannot_share_a_code_whatever_its_case_and_accents() {
    let plant = Plant::new();

    let refused =
        plant.responsable().post("sites/", json!({"code": "Càsa", "nom": "Une autre"})).await.expect(409);

    assert_eq!((refused.code(), &refused["champ"]), ("doublon", &json!("code")));
}

// D10
#[tokio::test]
async fn a_client_with_sites_cannot_be_deleted() {
    let plant = Plant::new();

    let refused = plant.responsable().delete("clients/1").await.expect(409);

    assert_eq!(refused.code(), "utilise");
}

#[tokio::test]
async fn a_change_leaves_one_journal_entry_with_what_differs_before_and_after() {
    let plant = Plant::new();

    plant.responsable().patch("sites/1", json!({"nom": "Conserverie"})).await.expect(200);

    let (acteur, avant, apres): (String, String, String) = plant
        .database()
        .query_row("select acteur, avant, apres from journal where action = 'site.modification'", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .expect("one entry");
    assert_eq!(acteur, "responsable");
    assert!(avant.contains("Usine de Casablanca") && apres.contains("Conserverie"), "{avant} {apres}");
    assert!(!avant.contains("fuseau"), "only what differs: {avant}");
}
