//! The examples of the API's document work: each is sent as it stands to the demo plant.

use std::collections::BTreeSet;

use erp_interventions::kernel::app::System;
use erp_interventions::openapi::examples;
use erp_interventions::seed;
use serde_json::Value;

use crate::plant::Plant;
use crate::sign_in;

/// The day that the examples speak of, a Monday.
const DAY: &str = "2026-11-23T08:00:00Z";

/// Who sends it, whose ids the path takes, and what comes of it.
struct Case {
    operation: &'static str,
    who: &'static str,
    ids: &'static str,
    answers: u16,
}

const fn case(operation: &'static str, who: &'static str, ids: &'static str, answers: u16) -> Case {
    Case { operation, who, ids, answers }
}

/// In an order in which what one makes serves the next.
const CASES: &[Case] = &[
    case("post /api/v1/admin/imports/{tableau}", "admin", "select 'equipements'", 200),
    case("post /api/v1/clients/", "admin", "", 201),
    case("patch /api/v1/clients/{id}", "admin", "select max(id) from clients", 200),
    case("post /api/v1/codes/", "admin", "", 201),
    case("patch /api/v1/codes/{id}", "admin", "select max(id) from codes", 200),
    case("post /api/v1/compteurs/", "admin", "", 201),
    case("patch /api/v1/compteurs/{id}", "admin", "select max(id) from compteurs", 200),
    case("post /api/v1/compteurs/{id}/plans", "admin", "select max(id) from compteurs", 201),
    case(
        "patch /api/v1/compteurs/{id}/plans/{pid}",
        "admin",
        "select compteur_id, id from compteur_plans order by id desc",
        200,
    ),
    case("post /api/v1/compteurs/{id}/releves", "technicien", "select max(id) from compteurs", 201),
    case(
        "post /api/v1/compteurs/{id}/releves/{rid}/annuler",
        "responsable",
        "select compteur_id, id from releves order by id desc",
        200,
    ),
    case("post /api/v1/demandes/", "admin", "", 201),
    case("patch /api/v1/demandes/{id}", "admin", "select max(id) from demandes", 200),
    case("post /api/v1/demandes/{id}/acceptation", "responsable", "select max(id) from demandes", 200),
    case(
        "post /api/v1/demandes/{id}/refus",
        "responsable",
        "select max(id) from demandes where statut = 'nouvelle'",
        200,
    ),
    case("post /api/v1/equipements/", "admin", "", 201),
    case("patch /api/v1/equipements/{id}", "admin", "select max(id) from equipements", 200),
    case("post /api/v1/filters/vues", "responsable", "", 201),
    case("post /api/v1/fournisseurs/", "admin", "", 201),
    case("patch /api/v1/fournisseurs/{id}", "admin", "select max(id) from fournisseurs", 200),
    case("post /api/v1/gammes/", "admin", "", 201),
    case("patch /api/v1/gammes/{id}", "admin", "select max(id) from gammes", 200),
    case("put /api/v1/gammes/{id}/operations", "admin", "select max(id) from gammes", 200),
    case("post /api/v1/interventions/", "responsable", "", 201),
    case("patch /api/v1/interventions/{id}", "responsable", "select max(id) from interventions", 200),
    case(
        "put /api/v1/interventions/{id}/affectations",
        "responsable",
        "select max(id) from interventions",
        200,
    ),
    case(
        "post /api/v1/interventions/{id}/commentaires",
        "responsable",
        "select max(id) from interventions",
        201,
    ),
    case("post /api/v1/interventions/{id}/pieces", "responsable", "select max(id) from interventions", 201),
    case(
        "post /api/v1/interventions/{id}/prestations",
        "responsable",
        "select max(id) from interventions",
        201,
    ),
    case(
        "patch /api/v1/interventions/{id}/statut",
        "responsable",
        "select i.id from interventions i join gamme_operations o on o.gamme_id = i.gamme_id
         join gamme_version_operations v on v.operation_id = o.id and v.numero = i.gamme_version
         where i.statut = 'planifie' and o.type = 'mesure' and i.supprimee_le is null",
        200,
    ),
    case("post /api/v1/interventions/{id}/temps", "responsable", "select max(id) from interventions", 201),
    case("patch /api/v1/temps/{id}", "responsable", "select max(id) from temps", 200),
    case(
        "post /api/v1/interventions/{id}/temps/demarrer",
        "technicien",
        "select a.intervention_id from affectations a join interventions i on i.id = a.intervention_id
         join techniciens t on t.id = a.technicien_id join users u on u.id = t.user_id
         where u.username = 'technicien' and i.statut = 'en_cours' and a.liberee_le is null",
        201,
    ),
    case("post /api/v1/temps/arreter", "technicien", "", 200),
    case(
        "put /api/v1/interventions/{id}/checklist/{operation}",
        "responsable",
        "select i.id, o.id from interventions i join gamme_operations o on o.gamme_id = i.gamme_id
         join gamme_version_operations v on v.operation_id = o.id and v.numero = i.gamme_version
         where i.statut = 'en_cours' and o.type = 'mesure'",
        200,
    ),
    case(
        "post /api/v1/interventions/{id}/signature",
        "responsable",
        "select id from interventions where statut = 'termine' and date_validation is null",
        201,
    ),
    case(
        "post /api/v1/interventions/{id}/validation",
        "responsable",
        "select id from interventions where statut = 'termine' and date_validation is null",
        200,
    ),
    case("post /api/v1/inventaires/", "responsable", "", 201),
    case("put /api/v1/inventaires/{id}/comptages", "responsable", "select max(id) from inventaires", 200),
    case("post /api/v1/notifications/", "responsable", "", 201),
    case("put /api/v1/notifications/preferences", "technicien", "", 200),
    case("post /api/v1/pieces/", "admin", "", 201),
    case("patch /api/v1/pieces/{id}", "admin", "select max(id) from pieces", 200),
    case("post /api/v1/pieces/{id}/mouvements", "responsable", "select max(id) from pieces", 201),
    case(
        "post /api/v1/pieces/{id}/mouvements/{mid}/annuler",
        "responsable",
        "select piece_id, id from mouvements order by id desc",
        201,
    ),
    case(
        "post /api/v1/pieces/{id}/mouvements/{mid}/prix",
        "responsable",
        "select piece_id, id from mouvements where type = 'entree' and annule_id is null order by id desc",
        201,
    ),
    case("post /api/v1/planning/", "responsable", "", 201),
    case("post /api/v1/planning/apercu", "responsable", "", 200),
    case("patch /api/v1/planning/{id}", "responsable", "select max(id) from plannings", 200),
    case(
        "post /api/v1/planning/{id}/echeances/{k}/sauter",
        "responsable",
        "select max(id), 3 from plannings",
        200,
    ),
    case("post /api/v1/planning/jours-feries", "responsable", "", 201),
    case("patch /api/v1/planning/jours-feries/{id}", "responsable", "select max(id) from jours_feries", 200),
    case("post /api/v1/sites/", "admin", "", 201),
    case("patch /api/v1/sites/{id}", "admin", "select min(id) from sites", 200),
    case("post /api/v1/users/", "admin", "", 201),
    case("post /api/v1/techniciens/", "admin", "", 201),
    case("post /api/v1/techniciens/competences", "admin", "", 201),
    case("patch /api/v1/techniciens/competences/{id}", "admin", "select max(id) from competences", 200),
    case("patch /api/v1/techniciens/{id}", "admin", "select max(id) from techniciens", 200),
    case("post /api/v1/techniciens/{id}/absences", "responsable", "select max(id) from techniciens", 201),
    case("patch /api/v1/users/{id}", "admin", "select id from users where username = 'technicien'", 200),
    case(
        "post /api/v1/users/{id}/reset-password",
        "admin",
        "select id from users where username = 'n.alaoui'",
        200,
    ),
    case("post /api/v1/techniciens/{id}/fermeture", "admin", "select max(id) from techniciens", 200),
    case(
        "post /api/v1/users/{id}/fermeture",
        "admin",
        "select id from users where username = 'n.alaoui'",
        200,
    ),
    case("patch /api/v1/users/me", "responsable", "", 200),
    case("patch /api/v1/codes/reglages", "admin", "", 200),
    case("put /api/v1/auth/double/exigence", "admin", "", 200),
    case("post /api/v1/planning/taches/horloge", "admin", "", 200),
    case("post /api/v1/temps/{id}/arreter", "responsable", "select max(id) from temps", 200),
    // What only its own person or its own moment can send with success is understood, and refused for that alone.
    case("post /api/v1/auth/change-password", "responsable", "", 422),
    case("post /api/v1/auth/double", "responsable", "", 422),
    case("post /api/v1/auth/double/codes", "responsable", "", 404),
    case("post /api/v1/auth/double/confirmer", "responsable", "", 404),
    case("post /api/v1/auth/double/retirer", "responsable", "", 422),
    case("post /api/v1/auth/refresh", "responsable", "", 401),
    case("post /api/v1/auth/setup", "responsable", "", 404),
];

#[tokio::test]
async fn each_example_of_the_document_works_in_the_demo_plant() {
    let plant = Plant::empty();
    plant.set_time(DAY);
    seed::demo(&System::new(&plant.app, "test")).await.expect("sown");
    let bodies = examples::bodies();

    let mut wrong = Vec::new();
    for Case { operation, who, ids, answers } in CASES {
        let Some((method, path)) = operation.split_once(' ') else { panic!("{operation}") };
        let path = filled(&plant, path, ids);
        let token = signed_in(&plant, who).await;
        let (method, body) = (method.to_uppercase(), Some(bodies[*operation].clone()));
        let reply = plant.bearer(&token).send(&method, &path, &[], body).await;
        let failed = reply["reussi"] == false;
        if reply.status != *answers || failed {
            wrong.push(format!("{operation} as {path}: {} {}", reply.status, reply.body));
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_operation_that_takes_json_has_an_example_that_is_tried() {
    let document = serde_json::to_value(erp_interventions::routes::document()).expect("the document is JSON");
    let paths = document["paths"].as_object().expect("paths").iter();
    let takes = |operation: &Value| {
        ["application/json", "application/x-www-form-urlencoded"]
            .iter()
            .any(|kind| operation["requestBody"]["content"][kind].is_object())
    };
    let asked: BTreeSet<String> = paths
        .flat_map(|(path, item)| item.as_object().expect("operations").iter().map(move |it| (path, it)))
        .filter(|(_, (_, operation))| takes(operation))
        .map(|(path, (method, _))| format!("{method} {path}"))
        .collect();

    let shown: BTreeSet<String> = examples::bodies().into_keys().collect();
    let tried: BTreeSet<String> = CASES.iter().map(|case| case.operation.to_owned()).collect();

    assert_eq!(shown, asked);
    // Signing in takes a form: every test that signs in tries it.
    assert_eq!(&tried | &BTreeSet::from(["post /api/v1/auth/token".to_owned()]), asked);
}

/// The path with each of its parameters replaced by a column of the first row.
fn filled(plant: &Plant, path: &str, ids: &str) -> String {
    let parts = path.split('/');
    if ids.is_empty() {
        return path.to_owned();
    }
    let database = plant.database();
    let mut query = database.prepare(ids).expect(ids);
    let mut rows = query.query([]).expect(ids);
    let row = rows.next().expect(ids).unwrap_or_else(|| panic!("no row: {ids}"));
    let mut column = 0;
    let filled = parts.map(|part| {
        if !part.starts_with('{') {
            return part.to_owned();
        }
        column += 1;
        match row.get::<_, rusqlite::types::Value>(column - 1).expect(ids) {
            rusqlite::types::Value::Integer(id) => id.to_string(),
            rusqlite::types::Value::Text(word) => word,
            other => panic!("{other:?} of {ids}"),
        }
    });
    filled.collect::<Vec<_>>().join("/")
}

async fn signed_in(plant: &Plant, who: &str) -> String {
    let signed = sign_in::sign_in(plant, who, seed::DEMO_PASSWORD).await.expect(200);
    signed["access_token"].as_str().expect("a token").to_owned()
}
