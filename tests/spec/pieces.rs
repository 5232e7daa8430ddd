//! The storeroom: the catalogue, the ledger, what things are worth, what to order, and who sees what.

use serde_json::{Value, json};

use crate::interventions::{led_by_youssef, value};
use crate::plant::{Plant, Reply};

/// A part of which there are so many, bought at 10 apiece; its address.
pub async fn part(plant: &Plant, reference: &str, stock: i64) -> String {
    let new = json!({"reference": reference, "designation": format!("Pièce {reference}")});
    let path = format!("pieces/{}", plant.responsable().post("pieces/", new).await.expect(201).id());
    if stock > 0 {
        moved(plant, &path, json!({"type": "entree", "quantite": stock, "cout_unitaire": 10})).await;
    }
    path
}

/// The responsable's movement, which must pass.
pub async fn moved(plant: &Plant, path: &str, movement: Value) -> Reply {
    plant.responsable().post(&format!("{path}/mouvements"), movement).await.expect(201)
}

/// Stock, reserved, awaited, available.
pub async fn level(plant: &Plant, path: &str) -> [Value; 4] {
    let part = plant.responsable().get(path).await.expect(200);
    ["stock", "reserve", "attendue", "disponible"].map(|member| part[member].clone())
}

/// How often something was told.
pub fn told(plant: &Plant, action: &str) -> String {
    value(plant, &format!("select count(*) from journal where action = '{action}'"))
}

#[tokio::test]
async fn a_part_is_created_changed_and_deleted() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let supplier = responsable.post("fournisseurs/", json!({"nom": "Roulements du Sud"})).await.expect(201);
    let new = json!({
        "reference": "RLT-6308", "designation": "Roulement 6308", "seuil_min": 2, "prix_unitaire": 18.5,
        "emplacement": "A-03", "fournisseur_id": supplier.id(), "equipements": [2, 1],
    });

    let created = responsable.post("pieces/", new).await.expect(201);
    let path = format!("pieces/{}", created.id());
    let change = json!({"seuil_min": 2.5, "emplacement": null, "equipements": [1]});
    let changed = responsable.patch(&path, change).await.expect(200);
    responsable.delete(&path).await.expect(204);

    assert_eq!(created.header("location"), format!("/api/v1/{path}"));
    assert_eq!((created.header("etag"), changed.header("etag")), ("\"1\"", "\"2\""));
    assert_eq!((&created["unite"], &created["statut"]), (&json!("u"), &json!("actif")));
    assert_eq!((&created["prix_unitaire"], &created["equipements"]), (&json!(18.5), &json!([1, 2])));
    assert_eq!(created["fournisseur_nom"], "Roulements du Sud");
    assert_eq!((&created["stock"], &created["disponible"]), (&json!(0), &json!(0)));
    assert_eq!((&changed["seuil_min"], &changed["emplacement"]), (&json!(2.5), &Value::Null));
    assert_eq!(changed["equipements"], json!([1]));
    responsable.get(&path).await.expect(404);
    assert_eq!(
        value(&plant, "select group_concat(action) from journal"),
        "fournisseur.creation,piece.creation,piece.modification,piece.suppression"
    );
}

// D11
#[tokio::test]
async fn a_reference_is_given_once_whatever_its_case_and_accents() {
    let plant = Plant::new();
    part(&plant, "Épingle-1", 0).await;

    let second = json!({"reference": " EPINGLE-1", "designation": "Autre"});
    let refused = plant.responsable().post("pieces/", second).await.expect(409);

    assert_eq!((refused.code(), &refused["champ"]), ("doublon", &json!("reference")));
}

#[tokio::test]
async fn what_a_part_refers_to_exists_and_what_is_no_quantity_is_said() {
    let plant = Plant::new();
    let responsable = plant.responsable();

    for (field, sent, champ) in [
        ("fournisseur_id", json!(9), "fournisseur_id"),
        ("equipements", json!([1, 99]), "equipements[1]"),
        ("seuil_min", json!(-1), "seuil_min"),
        ("seuil_min", json!(0.0001), "seuil_min"),
        ("quantite_reappro", json!(0), "quantite_reappro"),
        ("reference", json!("  "), "reference"),
        ("stock", json!(5), "stock"),
        ("statut", json!("retire"), "statut"),
    ] {
        let mut new = json!({"reference": "R", "designation": "D"});
        new[field] = sent;
        let refused = responsable.post("pieces/", new).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], champ);
    }
}

// D9, D10
#[tokio::test]
async fn a_part_that_moved_is_retired_not_deleted() {
    let plant = Plant::new();
    let path = part(&plant, "R", 1).await;
    let responsable = plant.responsable();

    let refused = responsable.delete(&path).await.expect(409);
    responsable.patch(&path, json!({"statut": "retire"})).await.expect(200);
    let late =
        responsable.post(&format!("{path}/mouvements"), json!({"type": "entree", "quantite": 1})).await;

    assert_eq!(refused.code(), "utilise");
    assert_eq!(late.expect(409).code(), "piece_retiree");
    moved(&plant, &path, json!({"type": "sortie", "quantite": 1})).await;
}

// The worked example of the weighted average: (10 × 10 + 10 × 20) / 20 = 15; then (15 × 15 + 5 × 30) / 20 = 18.75.
#[tokio::test]
async fn an_issue_is_frozen_at_the_weighted_average_of_its_day() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    moved(&plant, &path, json!({"type": "entree", "quantite": 10, "cout_unitaire": 20})).await;

    let issue = moved(&plant, &path, json!({"type": "sortie", "quantite": 5, "motif": "Atelier"})).await;
    moved(&plant, &path, json!({"type": "entree", "quantite": 5, "cout_unitaire": 30})).await;
    let back = moved(&plant, &path, json!({"type": "retour", "quantite": 2})).await;

    assert_eq!((&issue["quantite"], &issue["variation"]), (&json!(5), &json!(-5)));
    assert_eq!((&issue["cout_unitaire"], &issue["valeur"]), (&json!(15.0), &json!(75.0)));
    assert_eq!((&issue["auteur"], &issue["motif"]), (&json!("Rachid Responsable"), &json!("Atelier")));
    assert_eq!((&back["cout_unitaire"], &back["valeur"]), (&json!(15.0), &json!(30.0)), "as it went out");
    let part = plant.responsable().get(&path).await.expect(200);
    assert_eq!((&part["stock"], &part["valeur_stock"]), (&json!(22), &json!(405.0)));
    assert_eq!(part["cump"], json!(18.4091), "405 / 22 = 18.40909…");
    let ledger = plant.responsable().get(&format!("{path}/mouvements?tri=date")).await.expect(200);
    let first = &ledger["items"][2];
    assert_eq!((&first["cout_unitaire"], &first["valeur"]), (&json!(15.0), &json!(75.0)), "still");
    assert_eq!(ledger["total"], 5);
}

#[tokio::test]
async fn a_receipt_without_a_cost_is_worth_the_catalogue_s_price_and_litres_have_decimals() {
    let plant = Plant::new();
    let oil =
        json!({"reference": "HUILE-46", "designation": "Huile VG 46", "unite": "l", "prix_unitaire": 3.2});
    let path = format!("pieces/{}", plant.responsable().post("pieces/", oil).await.expect(201).id());

    moved(&plant, &path, json!({"type": "entree", "quantite": 20})).await;
    let issue = moved(&plant, &path, json!({"type": "sortie", "quantite": 0.333})).await;

    assert_eq!((&issue["variation"], &issue["valeur"]), (&json!(-0.333), &json!(1.07)));
    let part = plant.responsable().get(&path).await.expect(200);
    assert_eq!((&part["stock"], &part["valeur_stock"]), (&json!(19.667), &json!(62.93)));
}

#[tokio::test]
async fn nobody_takes_more_than_there_is_and_is_told_how_much_there_is() {
    let plant = Plant::new();
    let path = part(&plant, "R", 3).await;

    let too_much = json!({"type": "sortie", "quantite": 3.001});
    let refused = plant.responsable().post(&format!("{path}/mouvements"), too_much).await.expect(409);

    assert_eq!((refused.code(), &refused["disponible"]), ("stock_insuffisant", &json!(3)));
    assert!(refused["detail"].as_str().is_some_and(|text| text.contains("3 u")), "{}", refused["detail"]);
    moved(&plant, &path, json!({"type": "sortie", "quantite": 3})).await;
    let empty = plant.responsable().get(&path).await.expect(200);
    assert_eq!(
        (&empty["stock"], &empty["valeur_stock"], &empty["cump"]),
        (&json!(0), &json!(0.0), &json!(10.0))
    );
}

#[tokio::test]
async fn a_movement_says_only_what_belongs_to_it() {
    let plant = Plant::new();
    let path = part(&plant, "R", 3).await;

    for (movement, champ) in [
        (json!({"type": "sortie", "quantite": 0}), "quantite"),
        (json!({"type": "sortie", "quantite": -1}), "quantite"),
        (json!({"type": "don", "quantite": 1}), "type"),
        (json!({"type": "sortie", "quantite": 1, "cout_unitaire": 3}), "cout_unitaire"),
        (json!({"type": "entree", "quantite": 1, "intervention_id": 1}), "intervention_id"),
        (json!({"type": "sortie", "quantite": 1, "intervention_id": 99}), "intervention_id"),
        (json!({"type": "entree", "quantite": 1, "emplacement": "A"}), "emplacement"),
        (json!({"type": "transfert", "quantite": 3}), "emplacement"),
        (json!({"type": "entree", "quantite": 100_000_000, "cout_unitaire": 10_000_000_000_i64}), "quantite"),
    ] {
        let refused =
            plant.responsable().post(&format!("{path}/mouvements"), movement.clone()).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], champ, "{movement}");
    }
    assert_eq!(level(&plant, &path).await[0], 3);
}

#[tokio::test]
async fn a_mistake_is_undone_by_its_opposite_once() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    let mistaken = moved(&plant, &path, json!({"type": "entree", "quantite": 5, "cout_unitaire": 99})).await;
    let undo = format!("{path}/mouvements/{}/annuler", mistaken.id());

    let undone = plant.responsable().post(&undo, json!({"motif": "Mauvaise pièce"})).await.expect(201);
    let again = plant.responsable().post(&undo, json!({})).await.expect(409);
    let reversal = format!("{path}/mouvements/{}/annuler", undone.id());
    let of_the_reversal = plant.responsable().post(&reversal, json!({})).await.expect(409);

    assert_eq!((&undone["type"], &undone["variation"]), (&json!("entree"), &json!(-5)));
    assert_eq!((&undone["annule_id"], &undone["valeur"]), (&json!(mistaken.id()), &json!(495.0)));
    assert_eq!((again.code(), of_the_reversal.code()), ("deja_annule", "annulation_impossible"));
    let part = plant.responsable().get(&path).await.expect(200);
    assert_eq!(
        (&part["stock"], &part["valeur_stock"], &part["cump"]),
        (&json!(10), &json!(100.0), &json!(10.0))
    );
    let ledger = plant.responsable().get(&format!("{path}/mouvements")).await.expect(200);
    assert_eq!(ledger["items"][1]["annule_par_id"], undone.id());
}

#[tokio::test]
async fn what_has_gone_out_again_cannot_be_unreceived() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    moved(&plant, &path, json!({"type": "sortie", "quantite": 4})).await;

    let undo = format!("{path}/mouvements/1/annuler");
    let refused = plant.responsable().post(&undo, json!({})).await.expect(409);

    assert_eq!((refused.code(), &refused["disponible"]), ("stock_insuffisant", &json!(6)));
}

#[tokio::test]
async fn one_part_is_counted_by_itself_and_a_right_count_is_worth_a_line() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;

    let less = moved(&plant, &path, json!({"type": "inventaire", "quantite": 7})).await;
    let right = moved(&plant, &path, json!({"type": "inventaire", "quantite": 7})).await;
    let none = moved(&plant, &path, json!({"type": "inventaire", "quantite": 0})).await;
    let found = moved(&plant, &path, json!({"type": "inventaire", "quantite": 2})).await;

    let variations = [&less, &right, &none, &found].map(|reply| reply["variation"].clone());
    assert_eq!(variations, [json!(-3), json!(0), json!(-7), json!(2)]);
    assert_eq!((&less["valeur"], &found["valeur"]), (&json!(30.0), &json!(20.0)));
    assert_eq!(level(&plant, &path).await[0], 2);
}

#[tokio::test]
async fn a_transfer_moves_all_of_a_part_in_two_lines_that_cancel_out() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    plant.responsable().patch(&path, json!({"emplacement": "A-03"})).await.expect(200);
    let ledger = format!("{path}/mouvements");

    let some = json!({"type": "transfert", "quantite": 4, "emplacement": "B-01"});
    let refused = plant.responsable().post(&ledger, some).await.expect(409);
    let arrived =
        moved(&plant, &path, json!({"type": "transfert", "quantite": 10, "emplacement": "B-01"})).await;

    assert_eq!((refused.code(), &refused["stock"]), ("transfert_partiel", &json!(10)));
    assert_eq!((&arrived["variation"], &arrived["emplacement"]), (&json!(10), &json!("B-01")));
    let lines = plant.responsable().get(&format!("{ledger}?type=transfert")).await.expect(200);
    assert_eq!(
        (&lines["items"][0]["variation"], &lines["items"][0]["emplacement"]),
        (&json!(-10), &json!("A-03"))
    );
    let part = plant.responsable().get(&path).await.expect(200);
    assert_eq!(
        (&part["emplacement"], &part["stock"], &part["valeur_stock"]),
        (&json!("B-01"), &json!(10), &json!(100.0))
    );
    let undo = format!("{ledger}/{}/annuler", arrived.id());
    assert_eq!(plant.responsable().post(&undo, json!({})).await.expect(409).code(), "annulation_impossible");
}

// D9
#[tokio::test]
async fn the_database_itself_refuses_to_rewrite_the_ledger_or_to_write_the_stock() {
    let plant = Plant::new();
    part(&plant, "R", 10).await;
    part(&plant, "S", 0).await;
    let work = led_by_youssef(&plant).await;
    plant
        .responsable()
        .post(&format!("{work}/pieces"), json!({"piece_id": 1, "quantite": 4}))
        .await
        .expect(201);
    let database = plant.database();
    let line = "insert into mouvements (piece_id, type, quantite, cout_unitaire, valeur, date, auteur, annule_id) values";

    for sql in [
        "delete from mouvements",
        "update mouvements set quantite = 20000",
        "update mouvements set motif = 'autre'",
        "update stocks set stock = 20000 where piece_id = 1",
        "update stocks set valeur = 1 where piece_id = 1",
        "update stocks set stock = 20000, dernier_id = 2 where piece_id = 1",
        "update stocks set piece_id = 3 where piece_id = 2",
        "delete from pieces where id = 1",
        "insert into stocks (piece_id, stock) values (3, 5000)",
        // Below zero, and below what is reserved.
        &format!("{line} (1, 'sortie', -10001, 0, 0, 0, 'x', null)"),
        &format!("{line} (1, 'sortie', -6001, 0, 0, 0, 'x', null)"),
        // A receipt that takes, a reversal of another part's line, of the wrong quantity, of nothing.
        &format!("{line} (1, 'entree', -1000, 0, 0, 0, 'x', null)"),
        &format!("{line} (2, 'entree', -10000, 0, 0, 0, 'x', 1)"),
        &format!("{line} (1, 'entree', -1000, 0, 0, 0, 'x', 1)"),
        &format!("{line} (1, 'entree', -1000, 0, 0, 0, 'x', 99)"),
        "delete from reservations",
        "update reservations set demandee = 9000",
        "update stocks set reserve = 11000 where piece_id = 1",
        "update interventions set statut = 'termine' where id = 1; insert into reservations
             (intervention_id, piece_id, demandee, reservee, attendue, date, auteur) values (1, 1, 1, 1, 0, 0, 'x')",
    ] {
        database.execute_batch(sql).expect_err(sql);
    }

    let line = format!("{line} (1, 'sortie', -6000, 1000, -6000, 0, 'x', null)");
    database.execute_batch(&line).expect("a line that the rules allow");
    assert_eq!(level(&plant, "pieces/1").await, [json!(4), json!(4), json!(0), json!(0)]);
}

// A14
#[tokio::test]
async fn a_technicien_sees_parts_without_what_they_cost_and_a_client_sees_none() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    let technicien = plant.technicien();

    let part = technicien.get(&path).await.expect(200);
    let listed = technicien.get("pieces/").await.expect(200);
    let line = technicien.get(&format!("{path}/mouvements")).await.expect(200);
    let sorted = technicien.get("pieces/?tri=-valeur_stock").await.expect(422);

    for seen in [&part.body, &listed["items"][0]] {
        assert_eq!(seen["stock"], 10);
        assert!(["prix_unitaire", "valeur_stock", "cump"].iter().all(|cost| seen[cost].is_null()), "{seen}");
    }
    assert!(line["items"][0]["valeur"].is_null() && line["items"][0]["cout_unitaire"].is_null());
    assert_eq!(sorted["errors"][0]["champ"], "tri");
    technicien.get("pieces/a-commander").await.expect(403);
    technicien.get("inventaires/").await.expect(403);
    for hidden in ["pieces/", &path, "fournisseurs/", "filters/pieces", "pieces/a-commander"] {
        plant.client().get(hidden).await.expect(403);
    }
    let found = plant.client().get("filters/recherche?q=R").await.expect(200);
    assert!(found["items"].as_array().is_some_and(|items| items.iter().all(|item| item["type"] != "piece")));
}

#[tokio::test]
async fn a_technicien_takes_for_their_own_work_and_does_nothing_else() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    let work = led_by_youssef(&plant).await;
    let ledger = format!("{path}/mouvements");
    let (own, other) = (plant.technicien(), plant.person("technicien2"));
    let take = json!({"type": "sortie", "quantite": 1, "intervention_id": 1});

    let taken = own.post(&ledger, take.clone()).await.expect(201);
    let foreign = other.post(&ledger, take).await.expect(422);

    assert_eq!((&taken["intervention_id"], &taken["valeur"]), (&json!(1), &Value::Null));
    assert_eq!(foreign["errors"][0]["champ"], "intervention_id");
    for forbidden in [
        json!({"type": "sortie", "quantite": 1}),
        json!({"type": "entree", "quantite": 1}),
        json!({"type": "inventaire", "quantite": 1}),
    ] {
        own.post(&ledger, forbidden).await.expect(403);
    }
    own.post(&format!("{ledger}/1/annuler"), json!({})).await.expect(403);
    // Whose work a part went to is not for everyone.
    let seen = other.get(&ledger).await.expect(200);
    assert_eq!(
        (&seen["items"][0]["variation"], &seen["items"][0]["intervention_id"]),
        (&json!(-1), &Value::Null)
    );
    assert_eq!(seen["items"][0]["intervention_numero"], Value::Null);
    other.get(&format!("{work}/mouvements")).await.expect(404);
}

// c5
#[tokio::test]
async fn a_request_that_is_repeated_takes_once() {
    let plant = Plant::new();
    let path = format!("{}/mouvements", part(&plant, "R", 10).await);
    let take = || json!({"type": "sortie", "quantite": 2});
    let responsable = plant.responsable();
    let key = [("idempotency-key", "sortie-1")];

    let first = responsable.send("POST", &path, &key, Some(take())).await.expect(201);
    let second = responsable.send("POST", &path, &key, Some(take())).await.expect(201);

    assert_eq!((first.id(), second.header("idempotent-replayed")), (second.id(), "true"));
    assert_eq!(level(&plant, "pieces/1").await[0], 8);
}

#[tokio::test]
async fn a_reader_who_asks_again_is_told_when_the_stock_has_moved() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    let etag = plant.responsable().get(&path).await.expect(200).header("etag").to_owned();
    let ask = || async { plant.responsable().send("GET", &path, &[("if-none-match", &etag)], None).await };

    let before = ask().await;
    moved(&plant, &path, json!({"type": "sortie", "quantite": 1})).await;
    let after = ask().await;

    before.expect(304);
    assert_eq!(after.expect(200)["stock"], 9);
}

#[tokio::test]
async fn one_alert_each_time_a_part_falls_below_its_threshold() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    plant.responsable().patch(&path, json!({"seuil_min": 5})).await.expect(200);
    let mut alerts = Vec::new();

    for movement in [
        json!({"type": "sortie", "quantite": 5}),
        json!({"type": "sortie", "quantite": 1}),
        json!({"type": "sortie", "quantite": 1}),
        json!({"type": "entree", "quantite": 2}),
        json!({"type": "sortie", "quantite": 4}),
    ] {
        moved(&plant, &path, movement).await;
        alerts.push(told(&plant, "piece.stock_bas"));
    }
    plant.responsable().patch(&path, json!({"seuil_min": 1})).await.expect(200);
    plant.responsable().patch(&path, json!({"seuil_min": 2})).await.expect(200);

    assert_eq!(alerts, ["0", "1", "1", "1", "2"]);
    assert_eq!(told(&plant, "piece.stock_bas"), "3", "the threshold may cross the stock as well");
    assert_eq!(plant.responsable().get(&path).await["sous_seuil"], true);
    let entry = value(&plant, "select apres from journal where action = 'piece.stock_bas' limit 1");
    assert!(entry.contains(r#""stock":4"#) && entry.contains(r#""seuil_min":5"#), "{entry}");
}

#[tokio::test]
async fn what_to_order_is_listed_by_supplier_in_whole_lots() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    for nom in ["Zeta", "Alpha"] {
        responsable.post("fournisseurs/", json!({"nom": nom, "delai_jours": 4})).await.expect(201);
    }
    for (reference, supplier, seuil, lot) in
        [("A", json!(1), 5, json!(10)), ("B", json!(2), 5, json!(null)), ("C", json!(null), 0, json!(null))]
    {
        let path = part(&plant, reference, 3).await;
        let change = json!({"fournisseur_id": supplier, "seuil_min": seuil, "quantite_reappro": lot, "prix_unitaire": 2});
        responsable.patch(&path, change).await.expect(200);
    }
    let work = led_by_youssef(&plant).await;
    let asked = json!({"piece_id": 3, "quantite": 7});
    responsable.post(&format!("{work}/pieces"), asked).await.expect(201);
    part(&plant, "D", 3).await;

    let all = responsable.get("pieces/a-commander").await.expect(200);
    let some = responsable.get("pieces/a-commander?fournisseur_id=1").await.expect(200);

    let lines = |group: usize| {
        let group = &all["groupes"][group];
        (
            group["fournisseur_nom"].clone(),
            group["lignes"][0]["reference"].clone(),
            group["lignes"][0]["quantite_proposee"].clone(),
        )
    };
    assert_eq!(lines(0), (json!("Alpha"), json!("B"), json!(2)));
    assert_eq!(lines(1), (json!("Zeta"), json!("A"), json!(10)));
    assert_eq!(lines(2), (Value::Null, json!("C"), json!(4)), "awaited, though it has no threshold");
    assert_eq!(all["groupes"].as_array().map(Vec::len), Some(3));
    assert_eq!((&all["montant"], &some["montant"]), (&json!(32.0), &json!(20.0)));
    assert_eq!(all["groupes"][1]["delai_jours"], 4);
}

#[tokio::test]
async fn parts_are_found_by_what_they_fit_where_they_are_and_what_is_missing() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    for (reference, stock, change) in [
        ("RLT-6308", 10, json!({"equipements": [1], "emplacement": "A-01", "seuil_min": 20})),
        ("JNT-35", 0, json!({"equipements": [2], "emplacement": "A-02", "designation": "Joint à lèvre"})),
        (
            "FLT-01",
            4,
            json!({"equipements": [1, 2], "emplacement": "A-02", "statut": "retire", "seuil_min": 9}),
        ),
    ] {
        let path = part(&plant, reference, stock).await;
        responsable.patch(&path, change).await.expect(200);
    }

    for (filter, ids) in [
        ("", vec![3, 2, 1]),
        ("equipement_id=1", vec![3, 1]),
        ("equipement_id=1&equipement_id=2", vec![3, 2, 1]),
        ("emplacement=A-02", vec![3, 2]),
        ("statut=retire", vec![3]),
        ("sous_seuil=true", vec![1]),
        ("en_rupture=true", vec![2]),
        ("q=levre", vec![2]),
        ("q=rlt", vec![1]),
        ("tri=-stock", vec![1, 3, 2]),
    ] {
        assert_eq!(responsable.get(&format!("pieces/?{filter}")).await.expect(200).ids(), ids, "{filter}");
    }
    let faceted = responsable.get("filters/pieces").await.expect(200);
    assert_eq!(
        faceted["facettes"]["emplacement"][0],
        json!({"valeur": "A-02", "libelle": "A-02", "nombre": 2})
    );
    assert_eq!(faceted["facettes"]["sous_seuil"][0]["nombre"], 1);
    assert_eq!(faceted["facettes"]["en_rupture"][0]["nombre"], 1);
    let found = plant.technicien().get("filters/recherche?q=6308").await.expect(200);
    assert_eq!(
        found["items"],
        json!([{"type": "piece", "id": 1, "libelle": "RLT-6308 Pièce RLT-6308", "detail": "A-01"}])
    );
    let words = plant.technicien().get("filters/valeurs").await.expect(200);
    assert_eq!(words["type_mouvement"][0], json!({"valeur": "entree", "libelle": "Entrée"}));
}

#[tokio::test]
async fn a_supplier_is_kept_as_long_as_parts_come_from_it() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let new = json!({"nom": "Alpha", "email": "ventes@alpha.test"});
    let path =
        format!("fournisseurs/{}", responsable.post("fournisseurs/", new.clone()).await.expect(201).id());
    let part = part(&plant, "R", 0).await;
    responsable.patch(&part, json!({"fournisseur_id": 1})).await.expect(200);

    let twice = responsable.post("fournisseurs/", json!({"nom": "ALPHA"})).await.expect(409);
    let in_use = responsable.delete(&path).await.expect(409);
    responsable.patch(&part, json!({"fournisseur_id": null})).await.expect(200);
    let seen = plant.technicien().get(&path).await.expect(200);
    let changed = responsable.patch(&path, json!({"delai_jours": 6})).await.expect(200);
    responsable.delete(&path).await.expect(204);

    assert_eq!((twice.code(), in_use.code()), ("doublon", "utilise"));
    assert_eq!((&seen["nom"], &seen["email"]), (&json!("Alpha"), &Value::Null));
    assert_eq!((&changed["delai_jours"], &changed["email"]), (&json!(6), &new["email"]));
}

#[tokio::test]
async fn the_unit_of_what_has_moved_does_not_change() {
    let plant = Plant::new();
    let (moved, still) = (part(&plant, "R", 1).await, part(&plant, "S", 0).await);
    let change = || json!({"unite": "kg"});

    let refused = plant.responsable().patch(&moved, change()).await.expect(409);
    let changed = plant.responsable().patch(&still, change()).await.expect(200);

    assert_eq!((refused.code(), &changed["unite"]), ("deja_mouvementee", &json!("kg")));
}
