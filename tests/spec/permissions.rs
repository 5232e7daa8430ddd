//! Every operation of the OpenAPI document, called as nobody and as every role, on a row of one's own and on
//! somebody else's. The answers stand in `permissions.txt`, which a planner can read and a reviewer must:
//! `UPDATE=1 cargo test --test spec permissions` rewrites it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use axum::http::Request;
use erp_interventions::routes;
use serde_json::{Value, json};

use crate::documents;
use crate::plant::{NOW, Person, Plant};

/// Who calls, on which row: the first organisation's and first technicien's (`near`), or the second's.
const COLUMNS: &[(&str, &str, Row)] = &[
    ("anonyme", "", Row::Near),
    ("client sien", "client", Row::Near),
    ("client autre", "client", Row::Far),
    ("technicien sien", "technicien", Row::Near),
    ("technicien autre", "technicien", Row::Far),
    ("responsable", "responsable", Row::Near),
    ("admin", "admin", Row::Near),
    ("mot de passe reçu", "recue", Row::Near),
    ("désactivé", "parti", Row::Near),
];

/// All that is left to whom an administrator gave a password.
const PAYS: &[(&str, &str)] = &[
    ("GET", "/api/v1/auth/me"),
    ("GET", "/api/v1/users/me"),
    ("POST", "/api/v1/auth/change-password"),
    ("POST", "/api/v1/auth/logout"),
];

#[derive(Clone, Copy, PartialEq)]
pub enum Row {
    Near,
    Far,
}

pub struct Operation {
    pub method: String,
    pub path: String,
    /// Open to callers who have not signed in, as the document says.
    is_open: bool,
}

// A12, A13
#[tokio::test]
async fn every_route_answers_each_role_as_the_table_says() {
    let data = world().await;
    let operations = operations();

    let mut plant = Plant::copy_of(data.path());
    let mut table = String::new();
    let _ = writeln!(table, "# Status that each caller gets, on a row of their own and on somebody else's.");
    for operation in &operations {
        let _ = write!(table, "{:<7}{:<52}", operation.method, operation.path);
        for (name, person, row) in COLUMNS {
            let status = call(&plant, operation, person, *row).await;
            if operation.method != "GET" && (operation.is_open || !is_turned_away(status)) {
                plant = Plant::copy_of(data.path());
            }
            let _ = write!(table, " | {name} {status}");
            if ["anonyme", "désactivé"].contains(name) && !operation.is_open {
                assert_eq!(status, 401, "{} {} as {name}", operation.method, operation.path);
            }
            if *person == "recue" && !operation.is_open {
                let pays = PAYS.contains(&(operation.method.as_str(), operation.path.as_str()));
                assert_eq!(status != 403, pays, "{} {} as {name}", operation.method, operation.path);
            }
            assert!(status < 500, "{} {} as {name}: {status}", operation.method, operation.path);
        }
        table.push('\n');
    }

    compare("permissions.txt", &table);
}

// A14
#[tokio::test]
async fn what_a_caller_may_not_see_looks_exactly_like_what_does_not_exist() {
    let data = world().await;
    let absent = |path: &str| with_ids(path, 999_999).replace("{k}", "0").replace("{nom}", "rien");
    let without_id = |mut body: Value| {
        body.as_object_mut().map(|members| members.remove("request_id"));
        body
    };
    let mut compared = BTreeSet::new();

    let mut plant = Plant::copy_of(data.path());
    for operation in operations().iter().filter(|operation| operation.path.contains('{')) {
        for person in ["client", "technicien"] {
            let hidden = send(&plant.person(person), operation, &address(operation, person, Row::Far)).await;
            if hidden.0 != 404 {
                plant = Plant::copy_of(data.path());
                continue;
            }
            let none = send(&plant.person(person), operation, &absent(&operation.path)).await;
            assert_eq!((hidden.0, without_id(hidden.1)), (none.0, without_id(none.1)), "{}", operation.path);
            compared.insert(operation.path.clone());
        }
    }

    assert!(compared.len() >= 8, "{compared:?}");
}

// A19
#[test]
fn the_document_lists_a_tag_a_summary_and_problem_replies_for_every_operation() {
    let document = serde_json::to_value(routes::document()).expect("JSON");
    for operation in operations() {
        let path = &document["paths"][&operation.path][operation.method.to_lowercase()];
        let name = format!("{} {}", operation.method, operation.path);
        assert!(path["tags"][0].is_string() && path["summary"].is_string(), "{name}");
        if operation.path.starts_with("/api/") {
            let problem = &path["responses"]["500"]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(problem, "#/components/schemas/Problem", "{name}");
        }
    }
}

#[test]
fn the_document_tells_what_a_version_and_a_creation_answer() {
    let document = serde_json::to_value(routes::document()).expect("JSON");
    let replies =
        |method: &str, path: &str| document["paths"][format!("/api/v1/{path}")][method]["responses"].clone();

    assert!(replies("get", "sites/{id}")["304"].is_object() && replies("get", "users/me")["304"].is_object());
    assert!(replies("patch", "users/me")["412"].is_object());
    assert!(replies("get", "planning/suggestions")["404"].is_object());
    let created = &replies("post", "sites/")["201"]["headers"];
    assert!(created["Location"].is_object() && created["ETag"].is_object());
}

// A19
#[test]
fn every_reference_of_the_document_leads_somewhere() {
    let document = serde_json::to_value(routes::document()).expect("JSON");
    let mut dangling = BTreeSet::new();
    let mut waiting = vec![&document];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    let target = document.pointer(reference.trim_start_matches('#'));
                    dangling.extend(target.is_none().then_some(reference));
                }
                waiting.extend(members.values());
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    assert!(dangling.is_empty(), "{dangling:?}");
}

pub fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(routes::document()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let mut found = Vec::new();
    for (path, item) in paths {
        for method in ["get", "post", "put", "patch", "delete"] {
            let Some(operation) = item.get(method) else { continue };
            let is_open =
                operation["security"].as_array().is_none_or(|all| all.contains(&json!({})) || all.is_empty());
            found.push(Operation { method: method.to_uppercase(), path: path.clone(), is_open });
        }
    }
    assert!(found.len() > 40, "the whole API");
    found
}

/// Whether whoever called had no right to it: then nothing has changed, and the same plant serves the next.
fn is_turned_away(status: u16) -> bool {
    [401, 403, 404].contains(&status)
}

async fn call(plant: &Plant, operation: &Operation, person: &str, row: Row) -> u16 {
    let caller = if person.is_empty() { plant.nobody() } else { plant.person(person) };
    send(&caller, operation, &address(operation, person, row)).await.0
}

async fn send(caller: &Person<'_>, operation: &Operation, path: &str) -> (u16, Value) {
    let reply = if operation.path.ends_with("/auth/token") {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        caller.send_raw(request.body("username=admin&password=faux".into()).expect("a request")).await
    } else if (operation.method.as_str(), operation.path.as_str()) == ("POST", "/api/v1/documents/") {
        documents::add_to(caller, ("intervention_id", 1), "vu.txt", b"Vu").await
    } else {
        caller.send(&operation.method, path, &[], body(operation)).await
    };
    (reply.status.as_u16(), reply.body)
}

/// The path with its ids: 1 and 2 are the near and the far row of every kind of thing in `permissions.sql`.
pub fn address(operation: &Operation, person: &str, row: Row) -> String {
    let own =
        |people: &[(&str, i64)]| people.iter().find(|(name, _)| *name == person).map_or(1, |(_, id)| *id);
    let id = match (operation.path.as_str(), row) {
        // Sessions, views and notifications are a person's own: near is theirs, far is the administrator's.
        (path, Row::Near) if path.contains("/sessions/") || path.contains("/vues/") || is_message(path) => {
            own(&[("admin", 1), ("responsable", 2), ("technicien", 3), ("client", 5), ("parti", 7)])
        }
        (path, Row::Near) if path.contains("/demandes/") && person == "technicien" => 3,
        // A symptôme, and a cause.
        (path, Row::Far) if path.contains("/codes/") => 16,
        (path, Row::Near) if path.contains("/users/") => 5,
        (path, Row::Far) if path.contains("/users/") => 6,
        (path, Row::Far) if path.contains("/sessions/") || path.contains("/vues/") || is_message(path) => 1,
        (_, Row::Near) => 1,
        (_, Row::Far) => 2,
    };
    let path = with_ids(&operation.path, id).replace("{k}", "1").replace("{nom}", "purge-sessions");
    match (operation.path.as_str(), row) {
        (path_of, Row::Near) if path_of.ends_with("/suggestions") => format!("{path}?intervention_id=1"),
        (path_of, Row::Far) if path_of.ends_with("/suggestions") => format!("{path}?intervention_id=2"),
        (path_of, Row::Near) if path_of.ends_with("/doublons") => format!("{path}?equipement_id=1"),
        (path_of, Row::Far) if path_of.ends_with("/doublons") => format!("{path}?equipement_id=2"),
        (path_of, _) if path_of.ends_with("/apercu") && operation.method == "GET" => {
            format!("{path}?planning_id={id}")
        }
        (path_of, _) if path_of.ends_with("/recherche") => format!("{path}?q=pompe"),
        _ => path,
    }
}

/// A path with the same id in every place that takes one; of a gamme, always the first version.
fn with_ids(path: &str, id: i64) -> String {
    ["{id}", "{aid}", "{mid}", "{operation}", "{session}", "{pid}", "{prestation}", "{rid}"]
        .iter()
        .fold(path.replace("{numero}", "1"), |path, place| path.replace(place, &id.to_string()))
}

/// A notification of somebody's; deliveries are the plant's.
fn is_message(path: &str) -> bool {
    path.contains("/notifications/{id}")
}

/// A body that the operation accepts from someone who may.
fn body(operation: &Operation) -> Option<Value> {
    if ["GET", "DELETE"].contains(&operation.method.as_str()) {
        return None;
    }
    let path = operation.path.trim_start_matches("/api/v1").trim_end_matches('/');
    Some(match (operation.method.as_str(), path) {
        ("POST", "/auth/double") => json!({"password": "faux"}),
        ("POST", "/auth/double/confirmer" | "/auth/double/codes") => json!({"totp": "000000"}),
        ("POST", "/auth/double/retirer") => json!({"password": "faux", "totp": "000000"}),
        ("PUT", "/auth/double/exigence") => json!({"exigee": false}),
        ("POST", "/clients") => json!({"nom": "Nouveau"}),
        ("POST", "/sites") => json!({"code": "NEUF", "nom": "Nouveau"}),
        ("POST", "/techniciens") => json!({"user_id": 8}),
        ("POST", "/techniciens/competences") => json!({"nom": "Nouvelle"}),
        ("POST", "/techniciens/{id}/absences") => {
            json!({"debut": "2031-06-01T08:00:00Z", "fin": "2031-06-02T08:00:00Z"})
        }
        ("POST", "/equipements") => json!({"code": "NEUF", "nom": "Neuf", "type": "pompe", "site_id": 1}),
        ("POST", "/interventions") => {
            json!({"titre": "Neuve", "type_intervention": "corrective", "equipement_id": 1})
        }
        ("PATCH", "/interventions/{id}/statut") => json!({"statut": "attente_pieces", "remarque": "Joint"}),
        ("PUT", "/interventions/{id}/affectations") => json!({"affectations": [
            {"technicien_id": 1, "debut": "2031-02-03T08:00:00Z", "fin": "2031-02-03T10:00:00Z"}
        ]}),
        ("POST", "/interventions/{id}/commentaires") => json!({"texte": "Vu"}),
        ("POST", "/interventions/{id}/signature") => json!({"nom": "Chef", "image": "M0 0 L9 9"}),
        ("POST", "/demandes") => json!({"titre": "Neuve", "equipement_id": 1}),
        ("POST", "/demandes/{id}/refus") => json!({"motif": "Déjà fait"}),
        ("POST", "/codes") => json!({"nature": "cause", "code": "NEUF", "libelle": "Neuve"}),
        ("POST", "/planning" | "/planning/apercu") => json!({
            "titre": "Graissage", "equipement_id": 1, "frequence": "mensuel", "date_debut": "2031-01-31"
        }),
        ("POST", "/planning/jours-feries") => json!({"pays": "MA", "date": "2031-01-25", "nom": "Aïd"}),
        ("POST", "/planning/{id}/echeances/{k}/sauter") => json!({"motif": "Arrêt"}),
        ("PUT", "/interventions/{id}/checklist/{operation}") => json!({"valeur": 60}),
        ("POST", "/interventions/{id}/temps") => json!({
            "technicien_id": 1, "debut": "2031-01-14T08:00:00Z", "fin": "2031-01-14T09:00:00Z"
        }),
        ("POST", "/interventions/{id}/temps/demarrer") => {
            json!({"technicien_id": 1, "arreter_en_cours": true})
        }
        ("POST", "/interventions/{id}/prestations") => json!({"designation": "Rebobinage", "montant": 1500}),
        ("POST", "/gammes") => json!({"nom": "Neuve"}),
        ("PUT", "/gammes/{id}/operations") => json!({"operations": [{"type": "case", "libelle": "Vu"}]}),
        ("POST", "/compteurs") => json!({"equipement_id": 1, "nom": "Neuf", "unite": "h"}),
        ("POST", "/compteurs/{id}/releves") => json!({"valeur": 1200}),
        ("POST", "/compteurs/{id}/releves/{rid}/annuler") => json!({"motif": "Faux"}),
        ("POST", "/compteurs/{id}/plans") => json!({"titre": "Vidange", "pas": 250}),
        ("POST", "/interventions/{id}/pieces") => json!({"piece_id": 1, "quantite": 1}),
        ("POST", "/pieces") => json!({"reference": "NEUVE", "designation": "Neuve"}),
        ("POST", "/pieces/{id}/mouvements") => json!({"type": "sortie", "quantite": 1, "intervention_id": 1}),
        ("POST", "/pieces/{id}/mouvements/{mid}/prix") => json!({"cout_unitaire": 8.5, "motif": "Mal saisi"}),
        ("POST", "/fournisseurs") => json!({"nom": "Nouveau"}),
        ("POST", "/inventaires") => json!({"pieces": [3]}),
        ("PUT", "/inventaires/{id}/comptages") => json!({"comptages": []}),
        ("POST", "/users") => json!({
            "username": "nouveau", "full_name": "Nouveau", "email": "nouveau@plant.test",
            "role": "responsable", "password": "une phrase de passe"
        }),
        ("POST", "/filters/vues") => json!({"nom": "Neuve", "liste": "interventions", "parametres": {}}),
        ("POST", "/notifications") => {
            json!({"user_id": 3, "type": "information", "canal": "app", "contenu": "Réunion"})
        }
        ("PUT", "/notifications/preferences") => json!({"heure_resume": 8, "types": []}),
        ("POST", "/auth/change-password") => {
            json!({"current_password": "une phrase de passe", "new_password": "une autre phrase de passe"})
        }
        ("POST", "/auth/setup") => json!({
            "code": "x", "username": "premier", "full_name": "Premier", "email": "premier@plant.test",
            "password": "une phrase de passe"
        }),
        ("POST", "/planning/taches/horloge") => json!({"maintenant": NOW}),
        ("POST", "/auth/refresh") => json!({"refresh_token": "x"}),
        _ => json!({}),
    })
}

/// A plant with a near and a far row of every kind, stopped, to be copied for each call.
pub async fn world() -> tempfile::TempDir {
    let plant = Plant::new();
    plant.database().execute_batch(include_str!("permissions.sql")).expect("the rows of permissions.sql");
    for (person, id) in [("technicien", 1), ("technicien2", 2)] {
        let photo = documents::picture(4, 4);
        documents::add_to(&plant.person(person), ("intervention_id", id), "photo.png", &photo)
            .await
            .expect(201);
    }
    plant.stop().await
}

pub fn compare(name: &str, table: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/spec").join(name);
    if std::env::var("UPDATE").is_ok_and(|update| update == "1") {
        std::fs::write(&file, table).expect("the table is written");
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    let differing: Vec<_> = table.lines().filter(|line| !known.lines().any(|known| known == *line)).collect();
    let gone: Vec<_> = known.lines().filter(|line| !table.lines().any(|new| new == *line)).collect();
    assert!(
        differing.is_empty() && gone.is_empty(),
        "{name} no longer says what happens.\nnow:\n{}\nbefore:\n{}",
        differing.join("\n"),
        gone.join("\n")
    );
}
