//! Tables in from files and out into them.

use std::convert::Infallible;
use std::fs;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use erp_interventions::echanges::{self, Format, Intake, Patience};
use erp_interventions::kernel::app::System;
use erp_interventions::kernel::phrase::Language;
use futures_util::stream;
use serde_json::{Value, json};

use crate::interventions::{led_by_youssef, value};
use crate::plant::{Person, Plant, Reply};
use crate::server_process::{printed, run, said};

const CSV: &str = "text/csv";

async fn import(person: &Person<'_>, path: &str, kind: &str, body: impl Into<Body>) -> Reply {
    let request = Request::post(format!("/api/v1/admin/imports/{path}")).header("content-type", kind);
    person.send_raw(request.body(body.into()).expect("a request")).await
}

async fn export(plant: &Plant, path: &str) -> Vec<u8> {
    let request =
        Request::get(format!("/api/v1/admin/exports/{path}")).body(Body::empty()).expect("a request");
    let reply = plant.admin().respond(request).await;
    assert_eq!(reply.status(), 200);
    axum::body::to_bytes(reply.into_body(), usize::MAX).await.expect("the file").to_vec()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("UTF-8")
}

fn wrong(report: &Reply) -> Vec<(i64, &str, &str)> {
    let errors = report["erreurs"].as_array().expect("a list").iter();
    errors
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap_or("");
            (one["ligne"].as_i64().expect("a line"), text("colonne"), text("code"))
        })
        .collect()
}

/// A chain of machines, each below the one before it, as lines in the order of `order`.
fn chain(order: impl Iterator<Item = usize>) -> String {
    let line = |at: usize| match at.checked_sub(1) {
        Some(above) => format!("M{at};Machine;pompe;CASA;M{above}\n"),
        None => "M0;Machine;pompe;CASA;\n".to_owned(),
    };
    order.fold("code;nom;type;site;parent\n".to_owned(), |file, at| file + &line(at))
}

#[tokio::test]
async fn a_file_sorted_backwards_comes_in_and_one_in_which_every_line_waits_for_a_later_one_is_refused() {
    let plant = Plant::new();
    let admin = plant.admin();
    // Whichever end it is read from, the next of the chain is behind.
    let tangled = chain((0..60).step_by(2).chain((1..60).step_by(2)));

    let refused = import(&admin, "equipements", CSV, tangled).await.expect(200);
    let sorted = import(&admin, "equipements", CSV, chain((0..20).rev())).await.expect(200);

    assert_eq!(refused["reussi"], false);
    assert!(wrong(&refused).iter().any(|(_, _, code)| *code == "ordre"), "{}", refused.body);
    assert_eq!(sorted["reussi"], true, "{}", sorted.body);
}

#[tokio::test]
async fn files_that_nobody_takes_have_eight_places_and_leave_nothing_when_they_are_cut() {
    let plant = Plant::new();
    let on_their_way = || fs::read_dir(plant.data_dir().join("documents/tmp")).expect("a folder").count();
    let ask = async || {
        let request = Request::get("/api/v1/admin/exports/equipements?format=xlsx");
        plant.admin().respond(request.body(Body::empty()).expect("a request")).await
    };
    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(ask().await);
    }

    let refused = ask().await;

    assert!(held.iter().all(|reply| reply.status() == 200));
    assert_eq!((refused.status().as_u16(), on_their_way()), (503, 8));
    assert!(refused.headers().contains_key("retry-after"));
    drop(held);
    assert_eq!(on_their_way(), 0);
    assert_eq!(ask().await.status(), 200);
}

#[tokio::test]
async fn one_file_at_a_time_is_whole_in_memory_and_the_next_is_told_to_come_back() {
    let plant = Plant::new();
    let admin = plant.admin();
    let send_slowly = || {
        let never = Body::from_stream(stream::pending::<Result<Vec<u8>, Infallible>>());
        let request = Request::post("/api/v1/admin/imports/pieces").header("content-type", CSV).body(never);
        Box::pin(admin.respond(request.expect("a request")))
    };
    let mut slow = send_slowly();
    let next = async |number: usize| {
        import(&admin, "pieces", CSV, format!("reference;designation\nP-{number};Joint\n")).await
    };

    let mut number = 0;
    let refused = loop {
        number += 1;
        assert!(number < 50, "two files were in memory at once");
        let next = next(number);
        tokio::pin!(next);
        let reply = tokio::select! {
            reply = &mut next => reply,
            // It came while the other one was under way.
            _ = &mut slow => {
                slow = send_slowly();
                continue;
            }
        };
        if reply.status != 200 {
            break reply;
        }
    };

    assert_eq!((refused.status.as_u16(), refused.code()), (503, "surcharge"));
    drop(slow);
    // What one that was given up had in memory goes when it has been read.
    let mut after = next(number).await;
    for _ in 0..200 {
        if after.status == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        after = next(number).await;
    }
    assert_eq!(after.expect(200)["reussi"], true);
}

#[tokio::test]
async fn an_import_that_takes_too_long_leaves_nothing_and_says_so() {
    let plant = Plant::new();
    let lines = echanges::read(b"reference;designation\nP-1;Joint\n".as_slice(), Format::Csv).expect("rows");
    let patience = Some(Patience { others: Duration::MAX, own: Duration::ZERO });
    let intake = Intake { essai: false, fichier: None, language: Language::French, patience };
    let pieces = echanges::named("pieces").expect("a table");

    let system = System::new(&plant.app, "test");
    let outcome = system.write(move |tx| echanges::import(tx, pieces, &lines, &intake).map(drop)).await;

    assert_eq!(outcome.expect_err("too long").status(), 503);
    assert_eq!(plant.admin().get("pieces/").await.expect(200)["total"], 0);
    assert_eq!(plant.admin().get("admin/imports/").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn an_import_goes_on_until_somebody_has_waited_for_it() {
    let plant = Plant::new();
    let admin = plant.admin();
    let intake = || Intake {
        essai: false,
        fichier: None,
        language: Language::French,
        patience: Some(Patience { others: Duration::ZERO, own: Duration::MAX }),
    };
    let file = |rows: std::ops::Range<u32>| {
        let rows: String = rows.map(|row| format!("P-{row};Joint\n")).collect();
        echanges::read(format!("reference;designation\n{rows}").into_bytes().as_slice(), Format::Csv)
            .expect("rows")
    };
    let pieces = echanges::named("pieces").expect("a table");
    let system = System::new(&plant.app, "test");
    let import = |lines| {
        let intake = intake();
        system.write(move |tx| echanges::import(tx, pieces, &lines, &intake).map(drop))
    };

    import(file(0..50)).await.expect("nobody waits");
    let (gave_way, written) = tokio::join!(
        import(file(50..20_000)),
        admin.post("sites/", json!({"code": "FES", "nom": "Fès", "client_id": null}))
    );

    assert_eq!(gave_way.expect_err("somebody waits").status(), 503);
    assert!(written.status != 503, "{}", written.body);
    assert_eq!(admin.get("pieces/").await.expect(200)["total"], 50);
}

#[tokio::test]
async fn machines_come_in_from_a_spreadsheet_parents_in_any_order_and_go_out_the_same() {
    let plant = Plant::new();
    let file = "code;nom;type;site;parent;criticite;date_mise_en_service;valeur_remplacement\r\n\
                L1-POMPE;Pompe de ligne;pompe;casa;L1;critique;31/12/2020;12 500,50\r\n\
                L1;Ligne 1;ligne;CASA;;;;\r\n";

    let report = import(&plant.admin(), "equipements?fichier=machines.csv", CSV, file).await.expect(200);

    assert_eq!((&report["reussi"], &report["lignes"]), (&json!(true), &json!(2)), "{}", report.body);
    let found = plant.responsable().get("equipements/?q=L1-POMPE").await.expect(200);
    let pump = &found["items"][0];
    assert_eq!(
        (&pump["criticite"], &pump["date_mise_en_service"]),
        (&json!("critique"), &json!("2020-12-31"))
    );
    assert_eq!(pump["valeur_remplacement"], 12500.5);
    let out = text(export(&plant, "equipements").await);
    let line = out.lines().find(|line| line.starts_with("L1-POMPE")).expect("the pump");
    assert_eq!(line, "L1-POMPE;Pompe de ligne;pompe;;CASA;L1;critique;operationnel;;;;2020-12-31;12500,5");
    assert!(out.find("\nL1;") < out.find("\nL1-POMPE;"), "parents go out first");
}

#[tokio::test]
async fn one_wrong_row_keeps_all_out_and_each_error_is_named_by_line_and_column() {
    let plant = Plant::new();
    let before = plant.responsable().get("equipements/?page_size=1").await["total"].clone();
    let file = "code;nom;type;site;parent;valeur_remplacement\n\
                BON;Bonne;pompe;CASA;;\n\
                ;Sans code;pompe;CASA;;\n\
                X;Ailleurs;pompe;NULLEPART;;\n\
                Y;Cher;pompe;CASA;;beaucoup\n\
                CASA-POMPE-01;Existe;pompe;CASA;;\n";

    let report = import(&plant.admin(), "equipements", CSV, file).await.expect(200);

    assert_eq!((&report["reussi"], &report["import_id"]), (&json!(false), &Value::Null));
    let wrong = wrong(&report);
    assert_eq!(wrong[0].0, 3, "{wrong:?}");
    assert_eq!(
        (wrong[1], wrong[2]),
        ((4, "site", "valeur_invalide"), (5, "valeur_remplacement", "valeur_invalide"))
    );
    assert_eq!(wrong[3].0, 6);
    assert_eq!(plant.responsable().get("equipements/?page_size=1").await["total"], before);
    let unknown =
        import(&plant.admin(), "equipements", CSV, "code;nom;type;couleur\nA;B;C;D\n").await.expect(422);
    let named: Vec<_> =
        unknown["errors"].as_array().expect("errors").iter().map(|one| &one["champ"]).collect();
    assert_eq!(named, ["couleur", "site"]);
}

#[tokio::test]
async fn a_trial_says_what_would_happen_and_changes_nothing() {
    let plant = Plant::new();
    let entries = plant.admin().get("audit/?page_size=1").await["total"].clone();

    let report =
        import(&plant.admin(), "equipements?essai=true", CSV, "code;nom;type;site\nN;Neuf;pompe;CASA\n")
            .await;

    let report = report.expect(200);
    assert_eq!((&report["reussi"], &report["essai"]), (&json!(true), &json!(true)));
    assert_eq!(plant.responsable().get("equipements/?q=Neuf").await["total"], 0);
    assert_eq!(plant.admin().get("audit/?page_size=1").await["total"], entries);
}

#[tokio::test]
async fn an_import_is_taken_back_as_long_as_nothing_was_changed_or_hung_on_it() {
    let plant = Plant::new();
    let file = "code;nom;type;site;parent\nH;Haut;ligne;CASA;\nB;Bas;pompe;CASA;H\n";
    let first = import(&plant.admin(), "equipements", CSV, file).await.expect(200);
    let path = format!("admin/imports/{}/annuler", first["import_id"]);

    let undone = plant.admin().post(&path, json!({})).await.expect(200);
    let again = import(&plant.admin(), "equipements?fichier=b.csv", CSV, file).await.expect(200);
    let found = plant.responsable().get("equipements/?q=Bas").await.expect(200);
    let body = json!({"titre": "Dessus", "equipement_id": found["items"][0]["id"], "type_intervention": "corrective"});
    plant.responsable().post("interventions/", body).await.expect(201);
    let kept = plant.admin().post(&format!("admin/imports/{}/annuler", again["import_id"]), json!({})).await;

    assert!(undone["annule_le"].is_string());
    assert_eq!(plant.admin().post(&path, json!({})).await.expect(409).code(), "deja_annule");
    let kept = kept.expect(409);
    assert_eq!(kept.code(), "plus_annulable");
    assert!(kept["detail"].as_str().expect("text").contains("ligne 2"), "{}", kept.body);
    assert_eq!(plant.responsable().get("equipements/?q=Haut").await["total"], 1, "all of it stays");
    let list = plant.admin().get("admin/imports/?page_size=5").await.expect(200);
    assert_eq!((&list["total"], &list["items"][0]["fichier"]), (&json!(2), &json!("b.csv")));
}

const STOCKED: &str = "reference;designation;stock;seuil_min\nX-1;Joint;5;8\nX-2;Bague;0;0\n";

async fn undo(plant: &Plant, report: &Reply) -> Reply {
    plant.admin().post(&format!("admin/imports/{}/annuler", report["import_id"]), json!({})).await
}

#[tokio::test]
async fn parts_that_came_with_their_stock_are_taken_back_at_once_and_their_references_are_free_again() {
    let plant = Plant::new();
    let report = import(&plant.admin(), "pieces", CSV, STOCKED).await.expect(200);
    let alerts = plant.admin().get("audit/?action=piece.stock_bas").await["total"].clone();

    undo(&plant, &report).await.expect(200);

    assert_eq!(plant.responsable().get("pieces/").await.expect(200)["total"], 0);
    plant.responsable().get("pieces/1").await.expect(404);
    plant
        .responsable()
        .post("pieces/1/mouvements", json!({"type": "entree", "quantite": 1}))
        .await
        .expect(404);
    assert_eq!(plant.admin().get("audit/?action=piece.stock_bas").await["total"], alerts, "no news");
    assert_eq!(text(export(&plant, "pieces?format=csv").await).lines().count(), 1, "the headings");
    let ledger = "select group_concat(quantite) || ' ' || (select stock from stocks where piece_id = 1) from mouvements";
    assert_eq!(value(&plant, ledger), "5000,-5000 0");
    let again = import(&plant.admin(), "pieces", CSV, STOCKED).await.expect(200);
    assert_eq!(again["reussi"], true, "{}", again.body);
    let done = run(plant.data_dir(), &["check"]);
    let books = "ok   stock et mouvements";
    assert!([printed(&done), said(&done)].concat().contains(books), "{}{}", printed(&done), said(&done));
}

#[tokio::test]
async fn a_part_that_moved_or_changed_since_it_came_stays_and_says_why() {
    for change in ["moved", "changed", "asked for"] {
        let plant = Plant::new();
        let report = import(&plant.admin(), "pieces", CSV, STOCKED).await.expect(200);
        let why = match change {
            "moved" => {
                let out = json!({"type": "sortie", "quantite": 1});
                plant.responsable().post("pieces/1/mouvements", out).await.expect(201);
                "Mouvements (2) : entree 15/01/2031, sortie 15/01/2031"
            }
            "changed" => {
                plant
                    .responsable()
                    .patch("pieces/1", json!({"designation": "Joint torique"}))
                    .await
                    .expect(200);
                "modifié"
            }
            _ => {
                let work = led_by_youssef(&plant).await;
                let asked = json!({"piece_id": 1, "quantite": 1});
                plant.responsable().post(&format!("{work}/pieces"), asked).await.expect(201);
                "Réservations (1) : INT-2031-000001"
            }
        };

        let kept = undo(&plant, &report).await.expect(409);

        assert_eq!(kept.code(), "plus_annulable", "{change}");
        assert!(kept["detail"].as_str().expect("text").contains(why), "{change}: {}", kept.body);
        assert_eq!(kept["attaches"].is_array(), change != "changed");
        assert_eq!(plant.responsable().get("pieces/").await["total"], 2);
    }
}

#[tokio::test]
async fn accounts_that_nobody_used_leave_no_name_behind_and_their_ids_to_nobody() {
    let plant = Plant::new();
    let file = "username;full_name;email;role\nsalma;Salma;salma@usine.ma;responsable\nomar;Omar;omar@usine.ma;technicien\n";
    let report = import(&plant.admin(), "users", CSV, file).await.expect(200);
    let ids = |list: Reply| list.ids();
    let first = ids(plant.admin().get("users/?q=usine.ma&tri=username").await.expect(200));

    undo(&plant, &report).await.expect(200);
    let left = plant.admin().get("users/?q=usine.ma").await.expect(200);
    let again = import(&plant.admin(), "users", CSV, file).await.expect(200);
    let second = ids(plant.admin().get("users/?q=usine.ma&tri=username").await.expect(200));

    assert_eq!((&left["total"], &again["reussi"]), (&json!(0), &json!(true)));
    assert!(first.iter().all(|id| !second.contains(id)), "{first:?} {second:?}");
    let told = "select count(*) from journal where action = 'user.suppression'";
    assert_eq!(value(&plant, told), "2");
    // One of them signed in, another became a technicien: they have a past.
    let (omar, salma) = (second[0], second[1]);
    let sql = format!("update users set last_login = 1 where id = {salma}");
    plant.database().execute(&sql, []).expect("signed in");
    plant.responsable().post("techniciens/", json!({"user_id": omar})).await.expect(201);
    undo(&plant, &again).await.expect(200);
    let closed = plant.admin().get("users/?is_active=false&q=usine.ma&tri=username").await.expect(200);
    assert_eq!(closed.ids(), [omar, salma]);
}

#[tokio::test]
async fn people_and_techniciens_come_in_and_sign_in_once_they_are_given_a_password() {
    let plant = Plant::new();
    let people =
        "username;full_name;email;role;organisation\nn.alaoui;Nadia Alaoui;n.alaoui@plant.test;technicien;\n";
    import(&plant.admin(), "users", CSV, people).await.expect(200);
    let crew = "username;matricule;taux_horaire;competences\nn.alaoui;M-77;85,5;\n";
    let report = import(&plant.admin(), "techniciens", CSV, crew).await.expect(200);
    assert_eq!(report["reussi"], true, "{}", report.body);

    let before = crate::sign_in::sign_in(&plant, "n.alaoui", "!").await;
    let found = plant.admin().get("users/?q=alaoui").await.expect(200);
    let path = format!("users/{}/reset-password", found["items"][0]["id"]);
    let made = plant.admin().post(&path, json!({})).await.expect(200);

    before.expect(401);
    let password = made["password"].as_str().expect("a password");
    crate::sign_in::sign_in(&plant, "n.alaoui", password).await.expect(200);
    assert!(text(export(&plant, "techniciens").await).contains("n.alaoui;M-77;;CASA;disponible;85,5;"));
}

#[tokio::test]
async fn parts_come_in_with_what_is_on_the_shelf() {
    let plant = Plant::new();
    let file = json!([{"reference": "JOINT-9", "designation": "Joint", "seuil_min": 2, "prix_unitaire": 3.5,
                       "stock": 12.5, "equipements": ["CASA-POMPE-01"]}]);

    let report = import(&plant.admin(), "pieces", "application/json", file.to_string()).await.expect(200);

    assert_eq!(report["reussi"], true, "{}", report.body);
    let part = plant.responsable().get("pieces/?q=JOINT-9").await.expect(200)["items"][0].clone();
    assert_eq!((&part["stock"], &part["prix_unitaire"]), (&json!(12.5), &json!(3.5)));
    assert!(text(export(&plant, "pieces").await).contains("JOINT-9;Joint;u;;2;;3,5;;CASA-POMPE-01;12,5"));
}

#[tokio::test]
async fn work_of_elsewhere_comes_in_as_it_stood_and_nobody_is_told() {
    let plant = Plant::new();
    let file = "numero;titre;type_intervention;equipement;statut;technicien;date_creation;date_debut_reelle;date_fin_reelle;compte_rendu\n\
        GM-17;Ancienne fuite;corrective;CASA-POMPE-01;termine;technicien;2030-05-01;2030-05-02T08:00:00Z;2030-05-02T10:00:00Z;Joint changé\n\
        GM-18;À faire;corrective;CASA-POMPE-01;;;;;;\n";
    let missing = "titre;type_intervention;equipement;statut\nX;corrective;CASA-POMPE-01;termine\n";
    crate::notifications::read_all(&plant).await;

    let report = import(&plant.admin(), "interventions", CSV, file).await.expect(200);
    let refused = import(&plant.admin(), "interventions", CSV, missing).await.expect(200);

    assert_eq!(report["reussi"], true, "{}", report.body);
    let old = plant.responsable().get("interventions/?q=Ancienne").await.expect(200)["items"][0].clone();
    assert_eq!((&old["statut"], &old["numero"]), (&json!("termine"), &json!("INT-2030-000001")));
    assert_eq!(old["date_fin_reelle"], "2030-05-02T10:00:00Z");
    let history =
        plant.responsable().get(&format!("interventions/{}/historique", old["id"])).await.expect(200);
    assert_eq!(history["items"][0]["remarque"], "Repris d’un autre système : GM-17");
    assert_eq!(wrong(&refused), [(2, "technicien", "manquant")]);
    for person in ["responsable", "technicien", "client"] {
        assert_eq!(crate::notifications::titles(&plant, person).await, [""; 0], "{person}");
    }
    let check = run(plant.stop().await.path(), &["check", "--all"]);
    let lines = printed(&check);
    assert!(
        lines.lines().any(|line| line.contains("ok") && line.contains("statuts et historique")),
        "{lines}"
    );
}

#[tokio::test]
async fn what_goes_out_as_a_workbook_or_json_comes_in_elsewhere() {
    let plant = Plant::new();
    let plan =
        json!({"titre": "Graissage", "equipement_id": 1, "frequence": "mensuel", "date_debut": "2031-02-01"});
    plant.responsable().post("planning/", plan).await.expect(201);
    let book = export(&plant, "plans?format=xlsx").await;
    let listed: Value = serde_json::from_slice(&export(&plant, "plans?format=json").await).expect("JSON");

    let other = Plant::new();
    let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let report = import(&other.admin(), "plans", xlsx, book).await.expect(200);

    assert_eq!(report["reussi"], true, "{}", report.body);
    assert_eq!((&listed[0]["titre"], &listed[0]["intervalle"]), (&json!("Graissage"), &json!(1)));
    let again: Value = serde_json::from_slice(&export(&other, "plans?format=json").await).expect("JSON");
    assert_eq!(again, listed);
}

#[tokio::test]
async fn nothing_that_goes_out_is_a_formula_to_a_spreadsheet() {
    let plant = Plant::new();
    let file = json!([{"code": "F-1", "nom": "=cmd|' /C calc'!A0", "type": "pompe", "site": "CASA"}]);
    import(&plant.admin(), "equipements", "application/json", file.to_string()).await.expect(200);

    let csv = text(export(&plant, "equipements").await);

    assert!(csv.contains("F-1;'=cmd|"), "{csv}");
    let back = import(&Plant::new().admin(), "equipements?essai=true", CSV, csv).await.expect(200);
    assert!(
        back["erreurs"].as_array().expect("a list").iter().all(|one| one["code"] == "doublon"),
        "{}",
        back.body
    );
}

#[tokio::test]
async fn the_tables_and_their_columns_are_listed_and_what_is_no_table_is_not_found() {
    let plant = Plant::new();

    let all = plant.admin().get("admin/tableaux/").await.expect(200);

    let names: Vec<_> = all.body.as_array().expect("a list").iter().map(|one| &one["nom"]).collect();
    assert_eq!(names, ["equipements", "users", "techniciens", "pieces", "interventions", "plans"]);
    assert_eq!(
        all.body[0]["colonnes"][4],
        json!({"nom": "site", "obligatoire": true, "contenu": "code d’un site"})
    );
    import(&plant.admin(), "sessions", CSV, "id\n1\n").await.expect(404);
    import(&plant.admin(), "equipements", "text/html", "<table>").await.expect(415);
}

#[tokio::test]
async fn the_command_line_brings_tables_in_and_takes_them_out_beside_a_running_server() {
    let plant = Plant::new();
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::write(at("m.csv"), "code;nom;type;site\nCLI-1;Par commande;pompe;CASA\n").expect("a file");
    fs::write(at("faux.csv"), "code;nom;type;site\nCLI-2;Faux;pompe;NULLE\n").expect("a file");

    let trial = run(plant.data_dir(), &["import", "equipements", &at("m.csv"), "--dry-run"]);
    let done = run(plant.data_dir(), &["import", "equipements", &at("m.csv")]);
    let refused = run(plant.data_dir(), &["import", "equipements", &at("faux.csv")]);
    let out = run(plant.data_dir(), &["export", "equipements", &at("sortie.xlsx")]);

    assert!(trial.status.success() && printed(&trial).contains("essai"), "{}", said(&trial));
    assert!(done.status.success() && printed(&done).contains("import 1"), "{}", said(&done));
    assert_eq!(refused.status.code(), Some(1));
    assert!(printed(&refused).contains("2 · site : « NULLE » n’existe pas"), "{}", printed(&refused));
    assert!(out.status.success() && fs::read(at("sortie.xlsx")).expect("a file").starts_with(b"PK"));
    assert!(printed(&run(plant.data_dir(), &["export", "equipements"])).contains("CLI-1;Par commande"));
    assert_eq!(run(plant.data_dir(), &["import", "choses", &at("m.csv")]).status.code(), Some(2));
}

#[tokio::test]
async fn the_data_of_the_predecessor_is_taken_over_its_statuts_mapped() {
    let plant = Plant::new();
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    write(
        "users.csv",
        "id,username,email,full_name,hashed_password,role,is_active\n\
         10,Hassan,hassan@vieux.ma,Hassan Tazi,$2b$12$x,technicien,t\n\
         11,parti2,parti2@vieux.ma,Parti Deux,$2b$12$x,responsable,f\n",
    );
    write("techniciens.csv", "id,user_id,competences\n5,10,\"{Soudure,Hydraulique fine}\"\n");
    write("equipements.csv", "id,nom,type,localisation,statut\n7,Presse 12,presse,Hall 3,en_service\n");
    write(
        "interventions.csv",
        "id,titre,description,statut,priorite,equipement_id,technicien_id,date_creation,date_cloture\n\
         1,Vérin,Fuit,cloturee,haute,7,5,2025-03-01 08:00:00.5+00,2025-03-02 10:00:00+00\n\
         2,Courroie,Use,archivee,moyenne,7,,2025-04-01 08:00:00,\n\
         3,Capteur,Muet,en_attente,urgente,7,5,2025-05-01 08:00:00,\n\
         4,Bruit,Sourd,affectee,basse,7,5,2025-06-01 08:00:00,\n\
         5,Huile,Vieille,annulee,basse,7,,2025-07-01 08:00:00,\n",
    );
    write(
        "planning.csv",
        "id,equipement_id,frequence,prochaine_date,technicien_id\n1,7,mensuelle,2031-02-10,5\n",
    );
    write("notifications.csv", "id,message\n1,x\n");
    fs::create_dir_all(folder.path().join("uploads/2025")).expect("a folder");
    write("uploads/2025/a1.csv", "pression;bar\n12;3\n");
    write("uploads/virus.exe", "MZ\0\0");
    write(
        "documents.csv",
        "id,intervention_id,equipement_id,nom_fichier,chemin,uploaded_by,uploaded_at\n\
         1,1,,Relevé du vérin.csv,/app/uploads/2025/a1.csv,10,2025-03-02 09:00:00+00\n\
         2,,7,plaque.csv,../../../app/uploads/2025/a1.csv,99,2024-01-01 00:00:00\n\
         3,1,,perdue.jpg,/app/uploads/perdue.jpg,10,2025-03-02 09:00:00+00\n\
         4,1,,virus.exe,uploads/virus.exe,10,2025-03-02 09:00:00+00\n\
         5,404,,orpheline.csv,uploads/2025/a1.csv,10,2025-03-02 09:00:00+00\n",
    );
    let path = folder.path().to_str().expect("a path");

    let nowhere = run(plant.data_dir(), &["import-predecessor", path, "--site", "NULLE"]);
    let trial = run(plant.data_dir(), &["import-predecessor", path, "--site", "casa", "--dry-run"]);
    let untouched = plant.responsable().get("equipements/?q=Presse").await["total"].clone();
    let done = run(plant.data_dir(), &["import-predecessor", path, "--site", "casa"]);

    assert_eq!(nowhere.status.code(), Some(1), "{}", said(&nowhere));
    assert!(trial.status.success(), "{}{}", printed(&trial), said(&trial));
    assert_eq!(untouched, 0);
    assert!(done.status.success(), "{}{}", printed(&done), said(&done));
    assert!(printed(&done).contains("notifications : laissé de côté"), "{}", printed(&done));
    let found = plant.responsable().get("equipements/?q=Presse").await.expect(200);
    let machine = found["items"][0]["id"].clone();
    let path = format!("interventions/?equipement_id={machine}&tri=numero");
    let work = plant.responsable().get(&path).await.expect(200);
    let seen: Vec<_> = work["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| {
            (
                one["titre"].as_str().expect("text"),
                one["statut"].as_str().expect("text"),
                one["priorite"].as_str().expect("text"),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("Vérin", "termine", "haute"),
            ("Courroie", "termine", "normale"),
            ("Capteur", "attente_pieces", "urgente"),
            ("Bruit", "planifie", "basse"),
            ("Huile", "annule", "basse"),
        ]
    );
    assert_eq!(work["items"][1]["technicien_nom"], "Ancien système");
    let told = printed(&done);
    assert!(told.contains("documents : 2 repris, 3 laissé(s) de côté"), "{told}");
    for why in ["4 : son fichier n’est pas", "5 : « .exe » n’est pas accepté", "6 : ni son intervention"]
    {
        assert!(told.contains(why), "{why} in {told}");
    }
    let path = format!("documents/?intervention_id={}", work["items"][0]["id"]);
    let paper = plant.responsable().get(&path).await.expect(200)["items"][0].clone();
    let told = |paper: &Value| {
        ["nom_fichier", "type_mime", "ajoute_par_nom", "date_ajout"]
            .map(|name| paper[name].as_str().map(str::to_owned))
    };
    let said = ["Relevé du vérin.csv", "text/csv", "Hassan Tazi", "2025-03-02T09:00:00Z"];
    assert_eq!(told(&paper), said.map(|text| Some(text.to_owned())));
    let path = format!("documents/?equipement_id={machine}");
    let plate = plant.responsable().get(&path).await.expect(200)["items"][0].clone();
    assert_eq!(
        (&plate["nom_fichier"], &plate["ajoute_par_nom"]),
        (&json!("plaque.csv"), &json!("Ancien système"))
    );
    let content = plant.responsable().get(&format!("documents/{}/contenu", paper["id"])).await;
    content.expect(200);
    let people = plant.admin().get("users/?is_active=false&q=parti2").await.expect(200);
    assert_eq!(people["total"], 1, "a closed account stays closed");
    let crew = plant.responsable().get("techniciens/?q=Tazi").await.expect(200);
    assert_eq!(crew["items"][0]["competences"].as_array().expect("a list").len(), 2, "{}", crew.body);
    let plans = plant.responsable().get(&format!("planning/?equipement_id={machine}")).await.expect(200);
    assert_eq!((&plans["total"], &plans["items"][0]["frequence"]), (&json!(1), &json!("mensuel")));
}

#[tokio::test]
async fn accounts_that_came_closed_do_not_keep_an_import_from_being_taken_back() {
    let plant = Plant::new();
    let folder = tempfile::tempdir().expect("a folder");
    let users = "id,username,email,role,is_active\n1,salma,salma@vieux.ma,responsable,t\n2,parti,parti@vieux.ma,responsable,f\n";
    fs::write(folder.path().join("users.csv"), users).expect("a file");
    // Exported without a row.
    fs::write(folder.path().join("planning.csv"), "id,equipement_id,frequence\n").expect("a file");
    let path = folder.path().to_str().expect("a path");

    let done = run(plant.data_dir(), &["import-predecessor", path, "--site", "casa"]);
    plant.admin().post("admin/imports/1/annuler", json!({})).await.expect(200);

    assert!(done.status.success(), "{}{}", printed(&done), said(&done));
    let left = plant.admin().get("users/?q=vieux.ma").await.expect(200);
    assert_eq!(left["total"], 0, "nobody ever used them: they leave no name behind");
}
