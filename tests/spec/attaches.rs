//! What people put on an intervention stays in sight: one that would hide it is not deleted, nor taken back with its
//! import.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::documents;
use crate::interventions::{led_by_youssef, value};
use crate::pieces::{moved, part};
use crate::plant::{Plant, Reply};

/// Puts one thing of a kind on an intervention.
async fn put(plant: &Plant, kind: &str, path: &str) {
    let id: i64 = path.trim_start_matches("interventions/").parse().expect("an id");
    let responsable = plant.responsable();
    match kind {
        "temps" => {
            let time =
                json!({"technicien_id": 1, "debut": "2031-01-14T08:00:00Z", "fin": "2031-01-14T09:00:00Z"});
            responsable.post(&format!("{path}/temps"), time).await.expect(201);
        }
        "pieces" => {
            let piece = part(plant, "R", 10).await;
            let out = json!({"type": "sortie", "quantite": 1, "intervention_id": id});
            moved(plant, &piece, out).await;
        }
        "prestations" => {
            let service = json!({"designation": "Levage", "montant": 100});
            responsable.post(&format!("{path}/prestations"), service).await.expect(201);
        }
        "commentaires" => {
            let remark = json!({"texte": "Attention à la vanne"});
            responsable.post(&format!("{path}/commentaires"), remark).await.expect(201);
        }
        "documents" => {
            let added = documents::add_to(&responsable, ("intervention_id", id), "plan.txt", b"Plan").await;
            added.expect(201);
        }
        "signatures" => {
            let sql = "insert into signatures
                (intervention_id, date, user_id, nom, version_signee, empreinte, type_mime, image)
                values (?1, 1926000000, 3, 'Chef', 1, zeroblob(32), 'image/svg+xml', x'00')";
            plant.database().execute(sql, [id]).expect("a signature");
        }
        other => panic!("{other}"),
    }
}

const KINDS: &[(&str, &str)] = &[
    ("temps", "Temps (1) : Youssef Technicien"),
    ("pieces", "Pièces (1) : Pièce R"),
    ("prestations", "Prestations (1) : Levage"),
    ("commentaires", "Commentaires (1) : Rachid Responsable"),
    ("documents", "Documents (1) : plan.txt"),
    ("signatures", "Signatures (1) : Chef"),
];

fn names(refused: &Reply, kind: &str, named: &str) {
    assert!(refused["detail"].as_str().expect("text").contains(named), "{kind}: {}", refused.body);
}

#[tokio::test]
async fn planned_work_on_which_something_hangs_is_not_deleted_and_is_told_what() {
    for (kind, named) in KINDS {
        let plant = Plant::new();
        let path = led_by_youssef(&plant).await;
        put(&plant, kind, &path).await;
        assert_eq!(plant.responsable().get(&path).await["version"], 1, "{kind} does not raise it");

        let refused = plant.responsable().delete(&path).await.expect(409);

        let code = if *kind == "temps" { "deja_commencee" } else { "attaches" };
        assert_eq!(refused.code(), code, "{kind}");
        names(&refused, kind, named);
        assert_eq!(refused["attaches"][0]["type"], *kind);
        assert_eq!(refused["attaches"][0]["nombre"], 1);
        plant.responsable().get(&path).await.expect(200);
    }
}

#[tokio::test]
async fn everything_that_hangs_on_it_is_told_at_once_three_of_each_by_name() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    for n in 1..=5 {
        let service = json!({"designation": format!("Levage {n}"), "montant": 100});
        plant.responsable().post(&format!("{path}/prestations"), service).await.expect(201);
    }
    put(&plant, "documents", &path).await;

    let refused = plant.responsable().delete(&path).await.expect(409);

    names(&refused, "both", "Prestations (5) : Levage 1, Levage 2, Levage 3 ; Documents (1) : plan.txt.");
}

#[tokio::test]
async fn a_part_that_was_brought_back_and_a_document_that_was_deleted_hold_nothing() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    let id: i64 = path.trim_start_matches("interventions/").parse().expect("an id");
    put(&plant, "pieces", &path).await;
    put(&plant, "documents", &path).await;
    plant.responsable().delete(&path).await.expect(409);

    let back = json!({"type": "retour", "quantite": 1, "intervention_id": id});
    moved(&plant, "pieces/1", back).await;
    plant.responsable().delete("documents/1").await.expect(204);

    plant.responsable().delete(&path).await.expect(204);
}

async fn import(plant: &Plant) -> (String, String) {
    let file = "titre;type_intervention;equipement;technicien\nReprise;corrective;CASA-POMPE-01;technicien\n";
    let request = Request::post("/api/v1/admin/imports/interventions").header("content-type", "text/csv");
    let report = plant.admin().send_raw(request.body(Body::from(file)).expect("a request")).await.expect(200);
    let undo = format!("admin/imports/{}/annuler", report["import_id"]);
    let id = value(plant, "select max(id) from interventions");
    (undo, format!("interventions/{id}"))
}

#[tokio::test]
async fn an_import_whose_work_carries_something_by_now_is_not_taken_back_and_is_told_what() {
    let plant = Plant::new();
    let (undo, _) = import(&plant).await;
    plant.admin().post(&undo, json!({})).await.expect(200);

    for (kind, named) in KINDS {
        let plant = Plant::new();
        let (undo, path) = import(&plant).await;
        put(&plant, kind, &path).await;

        let refused = plant.admin().post(&undo, json!({})).await.expect(409);

        assert_eq!(refused.code(), "plus_annulable", "{kind}");
        names(&refused, kind, named);
        let kept: Value = plant.responsable().get(&path).await.expect(200).body;
        assert_eq!(kept["titre"], "Reprise");
    }
}
