//! What people put on a thing stays in sight: what would hide or orphan it is not deleted, nor taken back with its
//! import, and says what it is by name. Every foreign key of the schema is decided.

use axum::body::Body;
use axum::http::Request;
use erp_interventions::attaches::{LINKS, Link, Treatment};
use serde_json::{Value, json};

use crate::documents;
use crate::interventions::{led_by_youssef, value};
use crate::pieces::{moved, part};
use crate::planning::planned;
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

/// Every foreign key of the schema: what is referred to, and from where.
fn foreign_keys(plant: &Plant) -> Vec<(String, String, String)> {
    let database = plant.database();
    let sql =
        "select f.\"table\", m.name, f.\"from\" from sqlite_master m join pragma_foreign_key_list(m.name) f
               where m.type = 'table' order by 1, 2, 3";
    let mut keys = database.prepare(sql).expect("a statement");
    let rows = keys.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("rows");
    rows.collect::<Result<_, _>>().expect("keys")
}

#[tokio::test]
async fn every_foreign_key_of_the_schema_is_decided_and_nothing_else_is() {
    let keys = foreign_keys(&Plant::new());
    let mut listed: Vec<_> = LINKS
        .iter()
        .map(|link| (link.parent.to_owned(), link.table.to_owned(), link.column.to_owned()))
        .collect();
    listed.sort();

    let undecided: Vec<_> = keys.iter().filter(|key| !listed.contains(key)).collect();
    let gone: Vec<_> = listed.iter().filter(|key| !keys.contains(key)).collect();

    assert!(undecided.is_empty(), "src/attaches/links.rs must say what becomes of {undecided:?}");
    assert!(gone.is_empty(), "no such key: {gone:?}");
    assert_eq!(listed.len(), keys.len(), "each once");
}

fn refusing() -> impl Iterator<Item = &'static Link> {
    // What hangs on interventions has tests of its own above: they are hidden, not deleted.
    LINKS.iter().filter(|link| matches!(link.treatment, Treatment::Refuses) && link.parent != "interventions")
}

/// Something of a table, on which nothing hangs; its address, and its id.
async fn bare(plant: &Plant, table: &str) -> (String, i64) {
    let responsable = plant.responsable();
    let made = async |path: &str, body: Value| {
        let created = responsable.post(path, body).await.expect(201);
        (format!("{path}{}", created.id()), created.id())
    };
    match table {
        "clients" => made("clients/", json!({"nom": "Souss"})).await,
        "sites" => made("sites/", json!({"code": "AGADIR", "nom": "Agadir"})).await,
        "equipements" => {
            made("equipements/", json!({"code": "N", "nom": "Neuf", "type": "pompe", "site_id": 1})).await
        }
        "pieces" => made("pieces/", json!({"reference": "N", "designation": "Neuve"})).await,
        "fournisseurs" => made("fournisseurs/", json!({"nom": "Roulements du Sud"})).await,
        "codes" => ("codes/1".to_owned(), 1),
        "gammes" => {
            let operations = json!([{"type": "case", "libelle": "Niveau d’huile", "obligatoire": true}]);
            made("gammes/", json!({"nom": "Contrôle", "operations": operations})).await
        }
        "competences" => {
            let id =
                responsable.post("techniciens/competences", json!({"nom": "B1V"})).await.expect(201).id();
            (format!("techniciens/competences/{id}"), id)
        }
        "techniciens" => {
            let sql = "insert into users (id, username, username_key, full_name, email, email_key, role,
                           password_hash, created_at, updated_at)
                       values (50, 'n', 'n', 'Nadia', 'n@x', 'n@x', 'technicien', 'x', 0, 0);
                       insert into techniciens (id, user_id, created_at, updated_at) values (50, 50, 0, 0)";
            plant.database().execute_batch(sql).expect("a technicien");
            ("techniciens/50".to_owned(), 50)
        }
        "plannings" => (planned(plant, json!({"date_debut": "2031-03-01"})).await, 1),
        "compteurs" => made("compteurs/", json!({"equipement_id": 1, "nom": "Heures", "unite": "h"})).await,
        "compteur_plans" => {
            let (meter, _) =
                made("compteurs/", json!({"equipement_id": 1, "nom": "Heures", "unite": "h"})).await;
            responsable.post(&format!("{meter}/releves"), json!({"valeur": 0})).await.expect(201);
            let plan = json!({"titre": "Vidange", "pas": 250});
            let id = responsable.post(&format!("{meter}/plans"), plan).await.expect(201).id();
            (format!("{meter}/plans/{id}"), id)
        }
        other => panic!("how is one of {other} made?"),
    }
}

const WORK: &str = "insert into interventions (id, numero, titre, type_intervention, equipement_id, technicien_id,
        gamme_id, symptome_code_id, date_creation, declaree_le, updated_at)
    values (70, 'INT-2031-000070', 'Travail', 'corrective', coalesce(:equipement, 1), :technicien, :gamme, :code,
        0, 0, 0)";

const PLAN: &str = "insert into plannings (id, titre, equipement_id, technicien_id, gamme_id, frequence, date_debut,
        mode, facteur_decalage, priorite, rattrapage, report_feries, report_week_ends, created_at, updated_at)
    values (70, 'Graissage', coalesce(:equipement, 1), :technicien, :gamme, 'annuel', '2031-03-01', 'calendaire', 0,
        'normale', 'derniere', 'aucun', 'aucun', 0, 0)";

const METER_PLAN: &str = "insert into compteurs (id, equipement_id, nom, nom_key, unite, type, created_at, updated_at)
        values (70, 1, 'Cycles', 'cycles', 'n', 'continu', 0, 0);
    insert into compteur_plans (id, compteur_id, titre, pas, depart, technicien_id, gamme_id, priorite, created_at,
        updated_at) values (70, coalesce(:compteur, 70), 'Vidange', 1, 0, :technicien, :gamme, 'normale', 0, 0)";

const FILE: &str =
    "insert into documents (:column, nom_fichier, type_mime, taille, sha256, ajoute_par, date_ajout,
        verifie_le) values (:id, 'plan.txt', 'text/plain', 4,
        '0000000000000000000000000000000000000000000000000000000000000000', 1, 0, 0)";

/// What one row of a table that refers to `id` takes, and what it is called.
fn row(link: &Link, id: i64) -> (String, &'static str) {
    let id = id.to_string();
    // One of these refers to it, the others to nothing.
    let with = |sql: &str, name: &str| {
        let placed = ["equipement", "technicien", "gamme", "code", "compteur"]
            .iter()
            .fold(sql.to_owned(), |sql, other| {
                sql.replace(&format!(":{other}"), if *other == name { &id } else { "null" })
            });
        placed.replace(":id", &id)
    };
    let work = |further: &str| format!("{};{}", with(WORK, ""), with(further, ""));
    match (link.parent, link.table) {
        ("clients", "sites") => (with("update sites set client_id = :id where id = 2", ""), "Atelier de Tanger"),
        ("clients", "users") => (with("update users set client_id = :id where id = 6", ""), "Rida Client"),
        ("sites", "equipements") => {
            (with("update equipements set site_id = :id where id = 2", ""), "TANGER-METIER-01")
        }
        ("sites", "interventions") => {
            (work("update interventions set site_id = :id where id = 70"), "INT-2031-000070")
        }
        ("clients", "interventions") => {
            (work("update interventions set client_id = :id where id = 70"), "INT-2031-000070")
        }
        ("sites", "demandes") => (
            with(
                "insert into demandes (numero, titre, equipement_id, demandeur_id, date_creation, updated_at, site_id)
                 values ('DEM-2031-000070', 'Bruit', 1, 3, 0, 0, :id)",
                "",
            ),
            "DEM-2031-000070",
        ),
        ("clients", "demandes") => (
            with(
                "insert into demandes (numero, titre, equipement_id, demandeur_id, date_creation, updated_at, site_id,
                     client_id) values ('DEM-2031-000070', 'Bruit', 1, 3, 0, 0, 1, :id)",
                "",
            ),
            "DEM-2031-000070",
        ),
        ("sites", "techniciens") => {
            (with("update techniciens set site_id = :id where id = 1", ""), "Youssef Technicien")
        }
        ("equipements", "equipements") => {
            (with("update equipements set parent_id = :id where id = 2", ""), "TANGER-METIER-01")
        }
        ("equipements", "interventions") => (with(WORK, "equipement"), "INT-2031-000070"),
        ("techniciens", "interventions") => (with(WORK, "technicien"), "INT-2031-000070"),
        ("codes", "interventions") => (with(WORK, "code"), "INT-2031-000070"),
        ("equipements", "demandes") => (
            with(
                "insert into demandes (numero, titre, equipement_id, demandeur_id, date_creation, updated_at)
                 values ('DEM-2031-000070', 'Bruit', :id, 3, 0, 0)",
                "",
            ),
            "DEM-2031-000070",
        ),
        ("codes", "demandes") => (
            with(
                "insert into demandes (numero, titre, equipement_id, demandeur_id, symptome_code_id, date_creation,
                     updated_at) values ('DEM-2031-000070', 'Bruit', 1, 3, :id, 0, 0)",
                "",
            ),
            "DEM-2031-000070",
        ),
        ("equipements", "plannings") => (with(PLAN, "equipement"), "Graissage"),
        ("techniciens", "plannings") => (with(PLAN, "technicien"), "Graissage"),
        ("gammes", "plannings") => (with(PLAN, "gamme"), "Graissage"),
        ("gammes", "compteur_plans") => (with(METER_PLAN, "gamme"), "Vidange"),
        ("techniciens", "compteur_plans") => (with(METER_PLAN, "technicien"), "Vidange"),
        ("compteurs", "compteur_plans") => (with(METER_PLAN, "compteur"), "Vidange"),
        ("equipements", "compteurs") => (
            with(
                "insert into compteurs (equipement_id, nom, nom_key, unite, type, created_at, updated_at)
                 values (:id, 'Cycles', 'cycles', 'n', 'continu', 0, 0)",
                "",
            ),
            "Cycles",
        ),
        (_, "documents") => (with(&FILE.replace(":column", link.column), ""), "plan.txt"),
        ("pieces", "mouvements") => (
            with(
                "insert into mouvements (piece_id, type, quantite, cout_unitaire, valeur, date, auteur)
                 values (:id, 'entree', 1000, 0, 0, 1926000000, 'x')",
                "",
            ),
            "entree 12/01/2031",
        ),
        ("pieces", "reservations") => (
            with(
                "insert into reservations (intervention_id, piece_id, demandee, reservee, attendue, date, auteur)
                 values (1, :id, 1, 0, 1, 0, 'x')",
                "",
            ),
            "INT-2031-000001",
        ),
        ("pieces", "inventaire_lignes") => (
            with(
                "insert into inventaires (id, libelle, ouvert_le, updated_at) values (70, 'Allée B', 0, 0);
                 insert into inventaire_lignes (inventaire_id, piece_id) values (70, :id)",
                "",
            ),
            "Allée B",
        ),
        ("fournisseurs", "pieces") => (
            with(
                "insert into pieces (reference, reference_key, designation, fournisseur_id, created_at, updated_at)
                 values ('JT-20', 'jt-20', 'Joint', :id, 0, 0)",
                "",
            ),
            "JT-20",
        ),
        ("competences", "technicien_competences") => (
            with("insert into technicien_competences (technicien_id, competence_id) values (1, :id)", ""),
            "Youssef Technicien",
        ),
        ("competences", "intervention_competences") => (
            with("insert into intervention_competences (intervention_id, competence_id) values (1, :id)", ""),
            "INT-2031-000001",
        ),
        ("competences", "planning_competences") => {
            let needs = "insert into planning_competences (planning_id, competence_id) values (70, :id)";
            (format!("{};{}", with(PLAN, ""), with(needs, "")), "Graissage")
        }
        ("techniciens", "affectations") => (
            with(
                "insert into affectations (intervention_id, technicien_id, debut, fin) values (1, :id, 0, 60)",
                "",
            ),
            "INT-2031-000001",
        ),
        ("techniciens", "temps") => (
            with(
                "insert into temps (intervention_id, technicien_id, debut, fin, saisi_par, created_at, updated_at)
                 values (1, :id, 0, 60, 'x', 0, 0)",
                "",
            ),
            "INT-2031-000001",
        ),
        ("plannings", "echeances") => (
            with(
                "insert into echeances (planning_id, k, date, explication, statut, created_at, updated_at)
                 values (:id, 0, '2031-03-01', '{}', 'manquee', 0, 0)",
                "",
            ),
            "01/03/2031",
        ),
        ("compteurs", "releves") => (
            with(
                "insert into releves (compteur_id, date, valeur, auteur, created_at)
                 values (:id, 1926000000, 0, 'x', 0)",
                "",
            ),
            "12/01/2031",
        ),
        ("compteur_plans", "seuils") => (
            work(
                "insert into seuils (plan_id, k, valeur, releve_id, statut, intervention_id, created_at, updated_at)
                 values (:id, 1, 0, 1, 'generee', 70, 0, 0)",
            ),
            "INT-2031-000070",
        ),
        other => panic!("how does one of {other:?} hang?"),
    }
}

#[tokio::test]
async fn whatever_hangs_on_a_thing_keeps_it_and_is_named() {
    for link in refusing() {
        let plant = Plant::new();
        led_by_youssef(&plant).await;
        let (path, id) = bare(&plant, link.parent).await;
        let (sql, name) = row(link, id);
        plant.database().execute_batch(&sql).unwrap_or_else(|cause| panic!("{link:?}: {cause}: {sql}"));

        let refused = plant.responsable().delete(&path).await.expect(409);

        assert!(
            ["utilise", "deja_utilise", "deja_releve"].contains(&refused.code()),
            "{link:?}: {}",
            refused.body
        );
        names(&refused, link.table, name);
        let kinds = refused["attaches"].as_array().expect("a list");
        let kind = link.kind.expect("a kind").word();
        assert!(
            kinds.iter().any(|of| of["type"] == kind && of["noms"][0] == name && of["nombre"] == 1),
            "{link:?}: {}",
            refused.body
        );
    }
}

#[tokio::test]
async fn what_nothing_hangs_on_goes() {
    for parent in [
        "clients",
        "sites",
        "equipements",
        "pieces",
        "fournisseurs",
        "codes",
        "gammes",
        "competences",
        "techniciens",
        "plannings",
        "compteurs",
        "compteur_plans",
    ] {
        let plant = Plant::new();
        let (path, _) = bare(&plant, parent).await;

        plant.responsable().delete(&path).await.expect(204);
    }
}

#[tokio::test]
async fn a_document_that_was_deleted_keeps_nothing_and_what_goes_along_is_told() {
    let plant = Plant::new();
    let (machine, id) = bare(&plant, "equipements").await;
    let added = documents::add_to(&plant.responsable(), ("equipement_id", id), "plan.txt", b"Plan").await;
    let document = added.expect(201).id();
    let fits = json!({"reference": "R", "designation": "Roulement", "equipements": [id]});
    plant.responsable().post("pieces/", fits).await.expect(201);
    plant.responsable().delete(&machine).await.expect(409);
    plant.responsable().delete(&format!("documents/{document}")).await.expect(204);

    plant.responsable().delete(&machine).await.expect(204);

    let told =
        "select avant ->> '$.emportes[0].noms[0]' from journal where action = 'equipement.suppression'";
    assert_eq!(value(&plant, told), "R");
}
