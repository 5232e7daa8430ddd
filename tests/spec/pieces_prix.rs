//! Prices: to the ten-thousandth; and those typed wrong at reception, put right after part of it was used.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::interventions::{go, led_by_youssef, value};
use crate::pieces::{moved, part, told};
use crate::plant::{Plant, Reply};
use crate::server_process::{printed, run, said};

/// The responsable says what a unit of a receipt really cost.
pub async fn correct(plant: &Plant, part: &str, line: i64, cost: f64) -> Reply {
    let body = json!({"cout_unitaire": cost, "motif": "Prix du lot saisi pour un"});
    plant.responsable().post(&format!("{part}/mouvements/{line}/prix"), body).await
}

/// Takes or brings back so much for an intervention.
async fn work_moves(plant: &Plant, part: &str, work: &str, kind: &str, quantite: f64) -> Reply {
    let id: i64 = work.trim_start_matches("interventions/").parse().expect("an id");
    moved(plant, part, json!({"type": kind, "quantite": quantite, "intervention_id": id})).await
}

/// The ledger of a part as the responsable reads it, oldest first.
pub async fn ledger(plant: &Plant, part: &str) -> Vec<Value> {
    let list =
        plant.responsable().get(&format!("{part}/mouvements?tri=date&page_size=200")).await.expect(200);
    list["items"].as_array().expect("a list").clone()
}

async fn cost(plant: &Plant, work: &str) -> Value {
    plant.responsable().get(work).await.expect(200)["cout_total"].clone()
}

/// What `check` says of corrected prices.
pub fn checked(plant: &Plant) -> String {
    let done = run(plant.data_dir(), &["check"]);
    [printed(&done), said(&done)].concat()
}

#[tokio::test]
async fn a_washer_of_one_and_a_quarter_centimes_is_bought_valued_ordered_and_read_at_its_price() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let new =
        json!({"reference": "RDL-4", "designation": "Rondelle", "prix_unitaire": 0.0125, "seuil_min": 5000});
    let piece = responsable.post("pieces/", new).await.expect(201);
    let path = format!("pieces/{}", piece.id());

    let received = moved(&plant, &path, json!({"type": "entree", "quantite": 1000})).await;
    let issue = moved(&plant, &path, json!({"type": "sortie", "quantite": 100})).await;

    assert_eq!((&piece["prix_unitaire"], &received["cout_unitaire"]), (&json!(0.0125), &json!(0.0125)));
    assert_eq!((&received["valeur"], &issue["valeur"]), (&json!(12.5), &json!(1.25)));
    let part = responsable.get(&path).await.expect(200);
    assert_eq!((&part["cump"], &part["valeur_stock"]), (&json!(0.0125), &json!(11.25)));
    let order = responsable.get("pieces/a-commander").await.expect(200);
    let line = &order["groupes"][0]["lignes"][0];
    assert_eq!((&line["prix_unitaire"], &line["montant"]), (&json!(0.0125), &json!(51.25)), "4100 of them");
    let changed = responsable.patch(&path, json!({"prix_unitaire": 85.5})).await.expect(200);
    assert_eq!(changed["prix_unitaire"], 85.5);
    for wrong in [json!(0.00001), json!(1.23456), json!(-0.01), json!(1e11), json!("1")] {
        for (method, path, field) in [
            ("PATCH", path.clone(), "prix_unitaire"),
            ("POST", format!("{path}/mouvements"), "cout_unitaire"),
        ] {
            let mut body = json!({field: wrong});
            if method == "POST" {
                (body["type"], body["quantite"]) = (json!("entree"), json!(1));
            }
            let refused = responsable.send(method, &path, &[], Some(body)).await.expect(422);
            assert_eq!(refused["errors"][0]["champ"], field, "{wrong}");
        }
    }
}

#[tokio::test]
async fn prices_go_out_and_come_back_with_all_their_decimals() {
    let plant = Plant::new();
    let file = "reference;designation;prix_unitaire;stock\nR1;Joint;85,5;2\nR2;Rondelle;0,0125;1000\nR3;Vis;0.03;0\n";
    let bring = |body: Vec<u8>, table: &str| {
        let request =
            Request::post(format!("/api/v1/admin/imports/{table}")).header("content-type", "text/csv");
        request.body(Body::from(body)).expect("a request")
    };

    let report = plant.admin().send_raw(bring(file.into(), "pieces")).await.expect(200);
    let request = Request::get("/api/v1/admin/exports/pieces?format=csv").body(Body::empty());
    let reply = plant.admin().respond(request.expect("a request")).await;
    let written = axum::body::to_bytes(reply.into_body(), usize::MAX).await.expect("the file").to_vec();

    assert_eq!(report["reussi"], true, "{}", report.body);
    let text = String::from_utf8(written.clone()).expect("UTF-8");
    for row in ["R1;Joint;u;;0;;85,5;;;2", "R2;Rondelle;u;;0;;0,0125;;;1000", "R3;Vis;u;;0;;0,03;;;0"] {
        assert!(text.contains(row), "{row}\n{text}");
    }
    assert_eq!(value(&plant, "select group_concat(valeur) from mouvements"), "17100,1250");
    let other = Plant::new();
    let report = other.admin().send_raw(bring(written, "pieces")).await.expect(200);
    assert_eq!(report["reussi"], true, "{}", report.body);
    assert_eq!(
        value(&other, "select group_concat(prix_unitaire) from (select * from pieces order by reference)"),
        "855000,125,300"
    );
    let unread = "reference;designation;prix_unitaire\nR9;Vis;0,00001\n";
    let refused = plant.admin().send_raw(bring(unread.into(), "pieces")).await.expect(200);
    assert_eq!(
        (&refused["reussi"], &refused["erreurs"][0]["colonne"]),
        (&json!(false), &json!("prix_unitaire"))
    );
}

// Ten at 125 instead of 12.50: four for one intervention, two for another, one for nobody; three are left.
#[tokio::test]
async fn a_corrected_price_values_the_stock_and_all_work_anew_also_what_was_validated() {
    let plant = Plant::new();
    let path = part(&plant, "RLT-6308", 0).await;
    let receipt = moved(&plant, &path, json!({"type": "entree", "quantite": 10, "cout_unitaire": 125})).await;
    let (first, second) = (led_by_youssef(&plant).await, led_by_youssef(&plant).await);
    work_moves(&plant, &path, &first, "sortie", 4.0).await;
    work_moves(&plant, &path, &second, "sortie", 3.0).await;
    work_moves(&plant, &path, &second, "retour", 1.0).await;
    moved(&plant, &path, json!({"type": "sortie", "quantite": 1})).await;
    let responsable = plant.responsable();
    for statut in ["en_cours", "termine"] {
        go(&responsable, &first, statut).await.expect(200);
    }
    responsable.post(&format!("{first}/validation"), json!({})).await.expect(200);
    let read = responsable.get(&first).await.expect(200);
    let etag = read.header("etag").to_owned();

    let done = correct(&plant, &path, receipt.id(), 12.5).await.expect(201);

    assert_eq!((&done["avant"], &done["apres"]), (&json!(125.0), &json!(12.5)));
    assert_eq!((&done["difference"], &done["stock"]), (&json!(-1125.0), &json!(-337.5)));
    assert_eq!((&done["travaux"], &done["autres"]), (&json!(-675.0), &json!(-112.5)));
    assert_eq!((&done["lignes"], &done["interventions_total"]), (&json!(5), &json!(2)));
    assert_eq!(
        done["interventions"],
        json!([
            {"id": 1, "numero": "INT-2031-000001", "statut": "termine", "validee": true, "difference": -450.0},
            {"id": 2, "numero": "INT-2031-000002", "statut": "planifie", "validee": false, "difference": -225.0},
        ])
    );
    let line = &done["mouvement"];
    assert_eq!(
        (&line["type"], &line["quantite"], &line["variation"]),
        (&json!("revalorisation"), &json!(0), &json!(0))
    );
    assert_eq!((&line["valeur"], &line["cout_unitaire"]), (&json!(-337.5), &json!(12.5)));
    assert_eq!(
        (&line["corrige_id"], &line["motif"]),
        (&json!(receipt.id()), &json!("Prix du lot saisi pour un"))
    );
    let entree = &done["entree"];
    assert_eq!((&entree["cout_unitaire"], &entree["valeur"]), (&json!(12.5), &json!(125.0)));
    assert_eq!(
        (&entree["cout_unitaire_initial"], &entree["valeur_initiale"]),
        (&json!(125.0), &json!(1250.0))
    );
    assert_eq!(entree["corrige_par_id"], line["id"]);
    let stock = responsable.get(&path).await.expect(200);
    assert_eq!(
        (&stock["stock"], &stock["valeur_stock"], &stock["cump"]),
        (&json!(3), &json!(37.5), &json!(12.5))
    );
    assert_eq!((cost(&plant, &first).await, cost(&plant, &second).await), (json!(50.0), json!(25.0)));
    let couts = responsable.get(&format!("{first}/couts")).await.expect(200);
    assert_eq!(couts["pieces"], 50.0);
    let issue = &ledger(&plant, &path).await[1];
    assert_eq!((&issue["cout_unitaire"], &issue["valeur"]), (&json!(12.5), &json!(50.0)));
    assert_eq!((&issue["cout_unitaire_initial"], &issue["valeur_initiale"]), (&json!(125.0), &json!(500.0)));
    let later = responsable.send("GET", &first, &[("if-none-match", &etag)], None).await.expect(200);
    assert_eq!(later["version"], read["version"], "the work is the same");
    let of_work = responsable.get(&format!("{first}/mouvements")).await.expect(200);
    assert_eq!(of_work["items"][0]["valeur"], 50.0);
    assert_eq!(
        (told(&plant, "mouvement.revalorisation"), told(&plant, "intervention.revalorisation")),
        ("1".into(), "2".into())
    );
    assert!(checked(&plant).contains("ok   prix corrigés"), "{}", checked(&plant));
}

#[tokio::test]
async fn each_work_tells_those_who_may_know_costs_and_nobody_else() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    let work = led_by_youssef(&plant).await;
    work_moves(&plant, &path, &work, "sortie", 4.0).await;
    let etag = plant.technicien().get(&work).await.expect(200).header("etag").to_owned();

    correct(&plant, &path, 1, 0.0125).await.expect(201);

    let history = plant.responsable().get(&format!("{work}/historique")).await.expect(200);
    let line = history["items"].as_array().expect("a list").last().expect("a line").clone();
    assert_eq!((&line["type"], &line["auteur"]), (&json!("revalorisation"), &json!("Rachid Responsable")));
    let said = "R : prix corrigé de 10,00 à 0,0125 ; coût des pièces −39,95. Prix du lot saisi pour un";
    assert_eq!(line["remarque"], said);
    for hidden_from in [plant.technicien(), plant.client()] {
        let seen = hidden_from.get(&format!("{work}/historique")).await.expect(200);
        assert_eq!(seen["total"].as_i64(), history["total"].as_i64().map(|total| total - 1));
        assert!(!seen.body.to_string().contains("revalorisation"), "{}", seen.body);
    }
    plant.technicien().send("GET", &work, &[("if-none-match", &etag)], None).await.expect(304);
    for line in plant.technicien().get(&format!("{path}/mouvements")).await.expect(200)["items"]
        .as_array()
        .expect("lines")
    {
        for hidden in ["cout_unitaire", "valeur", "cout_unitaire_initial", "valeur_initiale"] {
            assert!(line[hidden].is_null(), "{line}");
        }
    }
}

#[tokio::test]
async fn with_nothing_left_the_works_take_all_of_it_and_the_next_count_knows_the_right_price() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    let work = led_by_youssef(&plant).await;
    work_moves(&plant, &path, &work, "sortie", 10.0).await;

    let done = correct(&plant, &path, 1, 1.237).await.expect(201);

    assert_eq!((&done["stock"], &done["travaux"]), (&json!(0.0), &json!(-87.63)));
    assert_eq!(done["mouvement"]["valeur"], 0.0);
    let part = plant.responsable().get(&path).await.expect(200);
    assert_eq!((&part["valeur_stock"], &part["cump"]), (&json!(0.0), &json!(1.237)));
    assert_eq!(cost(&plant, &work).await, 12.37);
    let found = moved(&plant, &path, json!({"type": "inventaire", "quantite": 2})).await;
    assert_eq!((&found["cout_unitaire"], &found["valeur"]), (&json!(1.237), &json!(2.47)));
}

#[tokio::test]
async fn what_was_counted_and_moved_in_between_follows_and_a_closed_count_shows_it() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    let responsable = plant.responsable();
    let count = responsable.post("inventaires/", json!({"pieces": [1]})).await.expect(201);
    let inventaire = format!("inventaires/{}", count.id());
    let counted = json!({"comptages": [{"piece_id": 1, "quantite": 8}]});
    responsable.put(&format!("{inventaire}/comptages"), counted).await.expect(200);
    responsable.post(&format!("{inventaire}/cloture"), json!({})).await.expect(200);
    moved(&plant, &path, json!({"type": "transfert", "quantite": 8, "emplacement": "B-01"})).await;

    let done = correct(&plant, &path, 1, 20.0).await.expect(201);

    assert_eq!(
        (&done["difference"], &done["stock"], &done["autres"]),
        (&json!(100.0), &json!(80.0), &json!(20.0))
    );
    assert_eq!(responsable.get(&inventaire).await.expect(200)["valeur_ecarts"], -40.0);
    let lines = ledger(&plant, &path).await;
    let values: Vec<_> = lines.iter().map(|line| line["valeur"].clone()).collect();
    assert_eq!(values, [json!(200.0), json!(40.0), json!(160.0), json!(160.0), json!(80.0)]);
}

#[tokio::test]
async fn the_last_price_counts_and_what_is_undone_or_brought_back_after_it_is_worth_what_it_is_now() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    let work = led_by_youssef(&plant).await;
    let issue = work_moves(&plant, &path, &work, "sortie", 4.0).await;
    correct(&plant, &path, 1, 100.0).await.expect(201);
    correct(&plant, &path, 1, 30.0).await.expect(201);

    let back = work_moves(&plant, &path, &work, "retour", 1.0).await;
    let free = moved(&plant, &path, json!({"type": "sortie", "quantite": 1})).await;
    let returned = moved(&plant, &path, json!({"type": "retour", "quantite": 1})).await;
    correct(&plant, &path, 1, 20.0).await.expect(201);
    for line in [&back, &issue] {
        plant
            .responsable()
            .post(&format!("{path}/mouvements/{}/annuler", line.id()), json!({}))
            .await
            .expect(201);
    }

    assert_eq!(
        (&back["valeur"], &free["valeur"], &returned["valeur"]),
        (&json!(30.0), &json!(30.0), &json!(30.0))
    );
    let lines = ledger(&plant, &path).await;
    let last = lines.last().expect("a line");
    assert_eq!((&last["valeur"], &last["annule_id"]), (&json!(80.0), &json!(issue.id())));
    let part = plant.responsable().get(&path).await.expect(200);
    assert_eq!(
        (&part["stock"], &part["valeur_stock"], &part["cump"]),
        (&json!(10), &json!(200.0), &json!(20.0))
    );
    assert_eq!(cost(&plant, &work).await, Value::Null, "it took none");
    assert_eq!(value(&plant, "select sum(valeur) = (select valeur from stocks) from mouvements"), "1");
    assert_eq!(
        value(&plant, "select sum(valeur) = (select valeur from stocks) from mouvements_corriges"),
        "1"
    );
    let undone =
        plant.responsable().post(&format!("{path}/mouvements/1/annuler"), json!({})).await.expect(201);
    assert_eq!(undone["valeur"], 200.0, "at its right price");
    assert!(checked(&plant).contains("ok   prix corrigés"), "{}", checked(&plant));
}

#[tokio::test]
async fn a_receipt_that_was_undone_after_some_of_it_was_used_is_put_right_with_what_came_of_it() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    let dear = moved(&plant, &path, json!({"type": "entree", "quantite": 10, "cout_unitaire": 1000})).await;
    let work = led_by_youssef(&plant).await;
    work_moves(&plant, &path, &work, "sortie", 5.0).await;
    let undo = format!("{path}/mouvements/{}/annuler", dear.id());
    plant.responsable().post(&undo, json!({})).await.expect(201);

    let cheap = plant.responsable().get(&format!("{path}/mouvements/1")).await["cout_unitaire"].clone();
    let cheap = cheap.as_f64().unwrap_or(10.0);
    correct(&plant, &path, dear.id(), cheap).await.expect(201);

    let left = plant.responsable().get(&path).await.expect(200);
    assert_eq!((&left["stock"], &left["valeur_stock"]), (&json!(5), &json!(5.0 * cheap)));
    assert_eq!(cost(&plant, &work).await, json!(5.0 * cheap));
    assert!(checked(&plant).contains("ok   prix corrigés"), "{}", checked(&plant));
    let told = plant.technicien().get(&format!("{path}/mouvements?type=revalorisation")).await.expect(200);
    assert_eq!((&told["items"][0]["motif"], &told["total"]), (&Value::Null, &json!(1)));
}

#[tokio::test]
async fn only_a_receipt_has_a_price_to_correct_and_a_correction_is_not_undone() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    let other = part(&plant, "S", 1).await;
    let issue = moved(&plant, &path, json!({"type": "sortie", "quantite": 1})).await;
    let mistaken = moved(&plant, &path, json!({"type": "entree", "quantite": 1, "cout_unitaire": 7})).await;
    let undo = |line: i64| format!("{path}/mouvements/{line}/annuler");
    let reversal = plant.responsable().post(&undo(mistaken.id()), json!({})).await.expect(201);
    let done = correct(&plant, &path, 1, 9.0).await.expect(201);
    let correction = done["mouvement"]["id"].as_i64().expect("an id");

    for (line, said) in [
        (issue.id(), "Seul le prix d’une entrée se corrige"),
        (reversal.id(), "Seul le prix d’une entrée se corrige"),
        (correction, "Seul le prix d’une entrée se corrige"),
    ] {
        let refused = correct(&plant, &path, line, 3.0).await.expect(409);
        assert_eq!(refused.code(), "correction_impossible");
        assert!(refused["detail"].as_str().expect("a sentence").starts_with(said), "{}", refused.body);
    }
    correct(&plant, &other, 1, 3.0).await.expect(404);
    correct(&plant, &path, 999, 3.0).await.expect(404);
    let refused = plant.responsable().post(&undo(correction), json!({})).await.expect(409);
    assert_eq!(refused.code(), "annulation_impossible");
    assert!(
        refused["detail"].as_str().expect("a sentence").contains("corrigez à nouveau le prix"),
        "{}",
        refused.body
    );
    let prix = format!("{path}/mouvements/1/prix");
    for (body, champ) in [
        (json!({"cout_unitaire": 9, "motif": "x"}), "cout_unitaire"),
        (json!({"cout_unitaire": -1, "motif": "x"}), "cout_unitaire"),
        (json!({"cout_unitaire": 1.00001, "motif": "x"}), "cout_unitaire"),
        (json!({"cout_unitaire": 1}), "motif"),
        (json!({"cout_unitaire": 1, "motif": "  "}), "motif"),
        (json!({"cout_unitaire": 1, "motif": "x".repeat(501)}), "motif"),
        (json!({"motif": "x"}), "cout_unitaire"),
    ] {
        let refused = plant.responsable().post(&prix, body).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], champ, "{}", refused.body);
    }
    let typed = json!({"type": "revalorisation", "quantite": 1});
    plant.responsable().post(&format!("{path}/mouvements"), typed).await.expect(422);
    assert_eq!(told(&plant, "mouvement.revalorisation"), "1");
}

#[tokio::test]
async fn a_price_that_makes_the_stock_worth_more_than_the_books_hold_is_refused_and_changes_nothing() {
    let plant = Plant::new();
    let path = part(&plant, "R", 0).await;
    let receipt = json!({"type": "entree", "quantite": 1e8, "cout_unitaire": 0});
    let line = moved(&plant, &path, receipt).await.id();

    let refused = correct(&plant, &path, line, 1e10).await.expect(422);

    assert_eq!(
        (&refused["errors"][0]["champ"], &refused["errors"][0]["code"]),
        (&json!("cout_unitaire"), &json!("trop_grand"))
    );
    assert_eq!(value(&plant, "select count(*) || ' ' || (select valeur from stocks) from mouvements"), "1 0");
    correct(&plant, &path, line, 99_999.0).await.expect(201);
}

#[tokio::test]
async fn those_who_run_the_plant_correct_prices_once_for_each_key() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    let prix = format!("{path}/mouvements/1/prix");
    let body = json!({"cout_unitaire": 9, "motif": "Mal saisi"});
    plant.technicien().post(&prix, body.clone()).await.expect(403);
    plant.client().post(&prix, body.clone()).await.expect(403);

    let key = [("idempotency-key", "prix-1")];
    let first = plant.admin().send("POST", &prix, &key, Some(body.clone())).await.expect(201);
    let again = plant.admin().send("POST", &prix, &key, Some(body)).await.expect(201);

    assert_eq!((&first.body, again.header("idempotent-replayed")), (&again.body, "true"));
    assert_eq!(value(&plant, "select count(*) from mouvements"), "2");
}
