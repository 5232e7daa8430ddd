//! The ledger beneath corrected prices: what the database refuses, what `check` finds, and how far it reaches.

use serde_json::{Value, json};

use crate::interventions::led_by_youssef;
use crate::pieces::{moved, part};
use crate::pieces_prix::{checked, correct, ledger};
use crate::plant::Plant;

// The trigger and `unit_cost` agree, up to where a product would leave the integers.
#[tokio::test]
async fn the_average_that_the_database_keeps_is_exact_to_the_bounds_of_the_books() {
    let plant = Plant::new();
    let database = plant.database();
    let mut pairs = vec![
        (1, 0),
        (1, 1),
        (3, 2),
        (2000, 1),
        (1, 1_000_000_000_000_000),
        (7, 999_999_999_999_999),
        (999_999_999_999, 999_999_999_999_998),
        (1_000_000_000_000, 1_000_000_000_000_000),
        (1_000_000_000_000, 4_999_999),
        (1_000_000_000_000, 5_000_000),
    ];
    let mut seed = 42_u64;
    let mut random = |most: i64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 16) as i64 % most
    };
    for digits in 1..13 {
        let (stock, valeur) = (10_i64.pow(digits), 10_i64.pow(digits + 3));
        pairs.extend((0..20).map(|_| (random(stock) + 1, random(valeur))));
    }

    for (place, (quantite, valeur)) in pairs.into_iter().enumerate() {
        let id = place as i64 + 1;
        database
            .execute_batch(&format!(
                "insert into pieces (id, reference, reference_key, designation, created_at, updated_at)
                 values ({id}, 'R{id}', 'r{id}', 'D', 0, 0);
                 insert into mouvements (piece_id, type, quantite, cout_unitaire, valeur, date, auteur)
                 values ({id}, 'entree', {quantite}, 0, {valeur}, 0, 'x')"
            ))
            .expect("a line");
        let kept: i64 = database
            .query_row("select cump from stocks where piece_id = ?1", [id], |row| row.get(0))
            .expect("an integer");
        let exact = (i128::from(valeur) * 200_000 + i128::from(quantite)) / (2 * i128::from(quantite));
        assert_eq!(i128::from(kept), exact.min(100_000_000_000_000), "{valeur} / {quantite}");
    }
}

#[tokio::test]
async fn a_correction_values_as_many_lines_as_it_says_and_no_more() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10_000).await;
    let most = erp_interventions::pieces::limits::MAX_REJOUES;
    let lines = format!(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < {})
         insert into mouvements (piece_id, type, quantite, cout_unitaire, valeur, date, auteur)
         select 1, 'sortie', -1000, 100000, -1000, i, 'x' from n",
        most - 1
    );
    plant.database().execute_batch(&lines).expect("issues");

    let done = correct(&plant, &path, 1, 1.0).await.expect(201);
    moved(&plant, &path, json!({"type": "sortie", "quantite": 1})).await;
    let refused = correct(&plant, &path, 1, 2.0).await.expect(409);

    assert_eq!((&done["lignes"], &done["autres"]), (&json!(most), &json!(-9.0 * (most as f64 - 1.0))));
    assert_eq!(refused.code(), "correction_impossible");
    assert!(
        refused["detail"].as_str().expect("a sentence").contains("Plus de 10000 mouvements"),
        "{}",
        refused.body
    );
}

#[tokio::test]
async fn nobody_writes_a_correction_otherwise_and_check_finds_one_that_was_changed() {
    let plant = Plant::new();
    let path = part(&plant, "R", 10).await;
    moved(&plant, &path, json!({"type": "sortie", "quantite": 4})).await;
    correct(&plant, &path, 1, 5.0).await.expect(201);
    moved(&plant, &path, json!({"type": "sortie", "quantite": 1})).await;
    let database = plant.database();
    let line = "insert into mouvements (piece_id, type, quantite, cout_unitaire, valeur, date, auteur, motif,
                    corrige_id, annule_id) values";

    for sql in [
        "delete from revalorisation_lignes",
        "update revalorisation_lignes set valeur = 0",
        // Late; of what is no correction; of a line that came after; twice.
        "insert into revalorisation_lignes values (2, 3, 1, 1)",
        "insert into revalorisation_lignes values (1, 2, 1, 1)",
        "insert into revalorisation_lignes values (4, 3, 1, 1)",
        &format!("{line} (1, 'revalorisation', 0, 1, 1, 0, 'x', 'm', null, null)"),
        &format!("{line} (1, 'revalorisation', 0, 1, 1, 0, 'x', null, 1, null)"),
        &format!("{line} (1, 'revalorisation', 1000, 1, 1, 0, 'x', 'm', 1, null)"),
        &format!("{line} (1, 'revalorisation', 0, 1, 1, 0, 'x', 'm', 2, null)"),
        &format!("{line} (1, 'revalorisation', 0, 1, 1, 0, 'x', 'm', 3, null)"),
        &format!("{line} (1, 'revalorisation', 0, 1, 1, 0, 'x', 'm', 1, 3)"),
        &format!("{line} (1, 'sortie', -1000, 1, 1, 0, 'x', 'm', null, null)"),
        &format!("{line} (1, 'sortie', -1000, 1, -1, 0, 'x', 'm', 1, null)"),
    ] {
        database.execute_batch(sql).expect_err(sql);
    }
    assert!(checked(&plant).contains("ok   prix corrigés"), "{}", checked(&plant));

    // What the works pay, moved to the stock: every sum still holds.
    database
        .execute_batch(
            "drop trigger revalorisation_lignes_are_never_updated;
             update revalorisation_lignes set valeur = valeur - 100 where ligne_id = 1;
             update revalorisation_lignes set valeur = valeur + 100 where ligne_id = 2;",
        )
        .expect("a forgery");
    let report = checked(&plant);
    assert!(report.contains("R : le mouvement 1 ne vaut pas ce que les prix corrigés en font"), "{report}");
    assert!(report.contains("R : le mouvement 2 ne vaut pas ce que les prix corrigés en font"), "{report}");
    assert!(!report.contains("n’est pas la somme"), "{report}");
    database
        .execute_batch("update revalorisation_lignes set valeur = valeur + 1 where ligne_id = 2")
        .expect("another");
    let report = checked(&plant);
    assert!(
        report.contains("R : la correction de prix 3 n’est pas la somme de ce qu’elle change"),
        "{report}"
    );
}

/// Moves two parts alike at random, one bought at wrong prices that are corrected on the way, and tells both ledgers.
async fn twins(seed: u64) -> (Plant, [String; 2]) {
    let plant = Plant::new();
    let twins = [part(&plant, "JUSTE", 0).await, part(&plant, "FAUX", 0).await];
    let works = [led_by_youssef(&plant).await, led_by_youssef(&plant).await];
    let mut state = seed;
    let mut random = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    // Lines are alike on both sides by their places; a correction has none.
    let mut places: Vec<[i64; 2]> = Vec::new();
    let mut wrong: Vec<(i64, f64)> = Vec::new();
    for _ in 0..45 {
        let quantite = (random(20_000) + 1) as f64 / 1000.0;
        let price = random(2_000_000) as f64 / 10_000.0;
        let work = &works[random(2) as usize];
        let id: i64 = work.trim_start_matches("interventions/").parse().expect("an id");
        let bodies = match random(12) {
            0..3 => [price, price * 10.0].map(|cost| {
                let cost = (cost * 10_000.0).round() / 10_000.0;
                json!({"type": "entree", "quantite": quantite, "cout_unitaire": cost})
            }),
            3..6 => [(); 2].map(|()| json!({"type": "sortie", "quantite": quantite, "intervention_id": id})),
            6 => [(); 2].map(|()| json!({"type": "sortie", "quantite": quantite})),
            7 => [(); 2]
                .map(|()| json!({"type": "retour", "quantite": quantite / 10.0, "intervention_id": id}))
                .map(rounded),
            8 => [(); 2].map(|()| json!({"type": "retour", "quantite": quantite})),
            9 => [(); 2].map(|()| json!({"type": "inventaire", "quantite": quantite})),
            10 => {
                let Some(lines) = places.get(random(places.len().max(1) as u64) as usize) else { continue };
                // Undone, it could be put right no more.
                if let Some(place) = wrong.iter().position(|(line, _)| *line == lines[1]) {
                    let (line, price) = wrong.remove(place);
                    correct(&plant, &twins[1], line, price).await.expect(201);
                }
                let undone = [0, 1].map(|side| format!("{}/mouvements/{}/annuler", twins[side], lines[side]));
                let first = plant.responsable().post(&undone[0], json!({})).await;
                let second = plant.responsable().post(&undone[1], json!({})).await;
                assert_eq!(first.status, second.status, "{}\n{}", first.body, second.body);
                if first.status == 201 {
                    places.push([first.id(), second.id()]);
                }
                continue;
            }
            _ => {
                if let Some((line, price)) = wrong.pop() {
                    correct(&plant, &twins[1], line, price + 1.0).await.expect(201);
                    correct(&plant, &twins[1], line, price).await.expect(201);
                }
                continue;
            }
        };
        let is_receipt = bodies[0]["type"] == "entree" && bodies[0] != bodies[1];
        let [first, second] = bodies;
        let first = plant.responsable().post(&format!("{}/mouvements", twins[0]), first).await;
        let second = plant.responsable().post(&format!("{}/mouvements", twins[1]), second).await;
        assert_eq!(first.status, second.status, "{}\n{}", first.body, second.body);
        if first.status == 201 {
            if is_receipt {
                wrong.push((second.id(), first["cout_unitaire"].as_f64().expect("a price")));
            }
            places.push([first.id(), second.id()]);
        }
    }
    for (line, price) in wrong {
        correct(&plant, &twins[1], line, price).await.expect(201);
    }
    (plant, twins)
}

fn rounded(mut body: Value) -> Value {
    let quantite = body["quantite"].as_f64().expect("a quantity");
    body["quantite"] = json!(((quantite * 1000.0).round() / 1000.0).max(0.001));
    body
}

#[tokio::test]
async fn whatever_moved_a_corrected_ledger_reads_as_if_it_had_been_typed_right() {
    for seed in [1, 7, 2031] {
        let (plant, twins) = twins(seed).await;

        let [right, wrong] = [ledger(&plant, &twins[0]).await, ledger(&plant, &twins[1]).await];
        let wrong: Vec<_> = wrong.into_iter().filter(|line| line["type"] != "revalorisation").collect();

        assert!(right.len() > 15, "{}", right.len());
        assert_eq!(right.len(), wrong.len());
        for (right, wrong) in right.iter().zip(&wrong) {
            for member in ["type", "variation", "cout_unitaire", "valeur"] {
                assert_eq!(right[member], wrong[member], "{seed}\n{right}\n{wrong}");
            }
        }
        let [right, wrong] = [
            plant.responsable().get(&twins[0]).await.expect(200),
            plant.responsable().get(&twins[1]).await.expect(200),
        ];
        for member in ["stock", "valeur_stock", "cump"] {
            assert_eq!(right[member], wrong[member], "{seed} {member}");
        }
        assert!(checked(&plant).contains("ok   prix corrigés"), "{}", checked(&plant));
    }
}
