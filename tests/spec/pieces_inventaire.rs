//! Counting the shelves: only what differs is posted, whatever moves meanwhile.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::interventions::{led_by_youssef, value};
use crate::pieces::{level, moved, part, told};
use crate::plant::{Plant, Reply};

/// A count of parts 1 to `last`, opened; its address.
async fn opened(plant: &Plant, last: i64) -> String {
    let parts: Vec<i64> = (1..=last).collect();
    let count = plant.responsable().post("inventaires/", json!({"pieces": parts})).await.expect(201);
    format!("inventaires/{}", count.id())
}

async fn count(plant: &Plant, path: &str, counts: &[(i64, f64)]) -> Reply {
    let counts: Vec<Value> =
        counts.iter().map(|(piece, quantite)| json!({"piece_id": piece, "quantite": quantite})).collect();
    plant.responsable().put(&format!("{path}/comptages"), json!({"comptages": counts})).await
}

async fn close(plant: &Plant, path: &str) -> Reply {
    plant.responsable().post(&format!("{path}/cloture"), json!({})).await
}

#[tokio::test]
async fn only_what_differs_is_posted_at_what_it_is_worth() {
    let plant = Plant::new();
    for (reference, stock) in [("A", 10), ("B", 5), ("C", 4), ("D", 3)] {
        part(&plant, reference, stock).await;
    }
    let path = opened(&plant, 4).await;

    let counted = count(&plant, &path, &[(1, 8.0), (2, 5.0), (3, 6.5)]).await.expect(200);
    let closed = close(&plant, &path).await.expect(200);

    let line = |place: usize| {
        let line = &counted["lignes"][place];
        [&line["theorique"], &line["compte"], &line["ecart"], &line["valeur_ecart"]].map(Clone::clone)
    };
    assert_eq!(line(0), [json!(10), json!(8), json!(-2), json!(-20.0)]);
    assert_eq!(line(1), [json!(5), json!(5), json!(0), json!(0.0)]);
    assert_eq!(line(2), [json!(4), json!(6.5), json!(2.5), json!(25.0)]);
    assert_eq!(line(3), [json!(3), Value::Null, Value::Null, Value::Null]);
    assert_eq!(
        (&counted["nombre"], &counted["comptees"], &counted["differences"]),
        (&json!(4), &json!(3), &json!(2))
    );
    assert_eq!((&counted["valeur_ecarts"], &closed["valeur_ecarts"]), (&json!(5.0), &json!(5.0)));
    assert_eq!(closed["statut"], "cloture");
    let posted = value(
        &plant,
        "select group_concat(piece_id || ':' || quantite) from mouvements where inventaire_id = 1",
    );
    assert_eq!(posted, "1:-2000,3:2500");
    let stocks =
        [level(&plant, "pieces/1").await, level(&plant, "pieces/3").await, level(&plant, "pieces/4").await];
    assert_eq!(stocks.map(|[stock, ..]| stock), [json!(8), json!(6.5), json!(3)]);
    assert_eq!(told(&plant, "inventaire.cloture"), "1");
}

#[tokio::test]
async fn what_moves_between_counting_and_closing_is_no_difference() {
    let plant = Plant::new();
    let part = part(&plant, "A", 10).await;
    let path = opened(&plant, 1).await;
    moved(&plant, &part, json!({"type": "sortie", "quantite": 1})).await;
    count(&plant, &path, &[(1, 7.0)]).await.expect(200);
    moved(&plant, &part, json!({"type": "sortie", "quantite": 3})).await;
    moved(&plant, &part, json!({"type": "entree", "quantite": 20})).await;

    let closed = close(&plant, &path).await.expect(200);

    assert_eq!((&closed["lignes"][0]["theorique"], &closed["lignes"][0]["ecart"]), (&json!(9), &json!(-2)));
    assert_eq!(level(&plant, &part).await[0], 24, "7 counted, 3 gone since, 20 come");
}

#[tokio::test]
async fn a_part_counted_again_is_counted_anew() {
    let plant = Plant::new();
    let part = part(&plant, "A", 10).await;
    let path = opened(&plant, 1).await;
    count(&plant, &path, &[(1, 0.0)]).await.expect(200);
    moved(&plant, &part, json!({"type": "sortie", "quantite": 4})).await;

    let impossible = close(&plant, &path).await.expect(409);
    count(&plant, &path, &[(1, 5.0)]).await.expect(200);
    close(&plant, &path).await.expect(200);

    assert_eq!((impossible.code(), &impossible["references"]), ("a_recompter", &json!(["A"])));
    assert_eq!(level(&plant, &part).await[0], 5);
}

#[tokio::test]
async fn a_count_that_finds_less_than_is_set_aside_makes_the_newest_wait_again() {
    let plant = Plant::new();
    let part = part(&plant, "A", 10).await;
    let (first, second) = (led_by_youssef(&plant).await, led_by_youssef(&plant).await);
    for work in [&first, &second] {
        let asked = json!({"piece_id": 1, "quantite": 5});
        plant.responsable().post(&format!("{work}/pieces"), asked).await.expect(201);
    }
    let path = opened(&plant, 1).await;
    count(&plant, &path, &[(1, 7.0)]).await.expect(200);

    close(&plant, &path).await.expect(200);

    assert_eq!(level(&plant, &part).await, [json!(7), json!(7), json!(3), json!(0)]);
    let of = |work: &str| {
        let path = format!("{work}/pieces");
        let plant = &plant;
        async move { plant.responsable().get(&path).await["items"][0]["reservee"].clone() }
    };
    assert_eq!((of(&first).await, of(&second).await), (json!(5), json!(2)));
    assert_eq!(told(&plant, "reservation.reduction"), "1");
}

#[tokio::test]
async fn a_part_is_in_one_open_count_at_most() {
    let plant = Plant::new();
    for reference in ["A", "B"] {
        part(&plant, reference, 1).await;
    }
    let path = opened(&plant, 1).await;

    let second = plant.responsable().post("inventaires/", json!({"pieces": [1, 2]})).await.expect(409);
    plant.responsable().delete(&path).await.expect(204);
    plant.responsable().post("inventaires/", json!({"pieces": [1, 2]})).await.expect(201);

    assert_eq!((second.code(), &second["inventaire_id"]), ("deja_en_inventaire", &json!(1)));
    assert_eq!(second["references"], json!(["A"]));
    assert_eq!(plant.responsable().get(&path).await["statut"], "abandonne");
    plant.database().execute("update inventaire_lignes set ouverte = 1", []).expect_err("the index says no");
}

#[tokio::test]
async fn a_count_is_of_a_place_or_of_a_list_and_of_something() {
    let plant = Plant::new();
    for reference in ["A", "B", "C"] {
        let path = part(&plant, reference, 1).await;
        let place = if reference == "B" { "Z" } else { "M1" };
        plant.responsable().patch(&path, json!({"emplacement": place})).await.expect(200);
    }
    plant.responsable().patch("pieces/3", json!({"statut": "retire"})).await.expect(200);

    let opened = plant.responsable().post("inventaires/", json!({"emplacement": "M1"})).await.expect(201);

    assert_eq!(
        (&opened["libelle"], &opened["nombre"]),
        (&json!("M1"), &json!(1)),
        "retired parts are not counted"
    );
    assert_eq!(opened["ouvert_par"], "Rachid Responsable");
    for (wrong, champ) in [
        (json!({}), "emplacement"),
        (json!({"emplacement": "M1", "pieces": [1]}), "emplacement"),
        (json!({"emplacement": "Nulle part"}), "emplacement"),
        (json!({"pieces": []}), "pieces"),
        (json!({"pieces": [2, 99]}), "pieces[1]"),
    ] {
        let refused = plant.responsable().post("inventaires/", wrong).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], champ);
    }
}

#[tokio::test]
async fn a_closed_count_is_closed() {
    let plant = Plant::new();
    part(&plant, "A", 10).await;
    part(&plant, "B", 10).await;
    let path = opened(&plant, 1).await;
    let foreign = count(&plant, &path, &[(1, 3.0), (2, 3.0)]).await.expect(422);
    let twice = count(&plant, &path, &[(1, 3.0), (1, 4.0)]).await.expect(422);
    close(&plant, &path).await.expect(200);

    let refused = [
        close(&plant, &path).await,
        count(&plant, &path, &[(1, 3.0)]).await,
        plant.responsable().delete(&path).await,
    ];

    assert_eq!(foreign["errors"][0]["champ"], "comptages[1].piece_id");
    assert_eq!(twice["errors"][0]["code"], "doublon");
    for reply in refused {
        assert_eq!(reply.expect(409).code(), "clos");
    }
    assert_eq!(level(&plant, "pieces/1").await[0], 10, "what was refused was not counted");
}

// c2
#[tokio::test]
async fn issues_that_run_during_a_count_are_neither_lost_nor_counted_twice() {
    let plant = Plant::new();
    let part = part(&plant, "A", 100).await;
    let path = opened(&plant, 1).await;
    let responsable = plant.responsable();
    let ledger = format!("{part}/mouvements");
    let issue =
        || async { responsable.post(&ledger, json!({"type": "sortie", "quantite": 1})).await.expect(201) };
    // Three are missing on the shelf: whoever counts finds three less than the ledger says at that moment.
    let counting = async {
        loop {
            let says = level(&plant, &part).await[0].as_f64().expect("a number");
            let counted = count(&plant, &path, &[(1, says - 3.0)]).await.expect(200);
            if counted["lignes"][0]["ecart"] == -3 {
                return close(&plant, &path).await.expect(200);
            }
        }
    };

    let (_, closed) = tokio::join!(join_all((0..40).map(|_| issue())), counting);

    assert_eq!(closed["lignes"][0]["ecart"], -3);
    assert_eq!(level(&plant, &part).await[0], 100 - 40 - 3);
}
