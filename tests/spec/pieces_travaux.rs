//! Parts of an intervention: asked for, set aside, awaited, taken, brought back, released.

use erp_interventions::jobs;
use serde_json::{Value, json};

use crate::interventions::{go, led_by_youssef, value};
use crate::pieces::{level, moved, part, told};
use crate::plant::{Plant, Reply};

/// Asks for so much of a part.
async fn ask(plant: &Plant, work: &str, part: &str, quantite: i64) -> Reply {
    let id: i64 = part.trim_start_matches("pieces/").parse().expect("an id");
    let asked = json!({"piece_id": id, "quantite": quantite});
    plant.responsable().post(&format!("{work}/pieces"), asked).await
}

/// Takes so much of a part for an intervention.
async fn take(plant: &Plant, work: &str, part: &str, kind: &str, quantite: i64) -> Reply {
    let id: i64 = work.trim_start_matches("interventions/").parse().expect("an id");
    let movement = json!({"type": kind, "quantite": quantite, "intervention_id": id});
    plant.responsable().post(&format!("{part}/mouvements"), movement).await
}

/// What became of a demand: statut, set aside, awaited, used.
async fn demand(plant: &Plant, work: &str, place: usize) -> [Value; 4] {
    let list = plant.responsable().get(&format!("{work}/pieces")).await.expect(200);
    ["statut", "reservee", "attendue", "servie"].map(|member| list["items"][place][member].clone())
}

fn cost(plant: &Plant) -> String {
    value(plant, "select cout from intervention_couts_pieces where intervention_id = 1")
}

#[tokio::test]
async fn what_is_set_aside_is_there_but_nobody_else_s_to_take() {
    let plant = Plant::new();
    let part = part(&plant, "R", 10).await;
    let (first, second) = (led_by_youssef(&plant).await, led_by_youssef(&plant).await);

    let reserved = ask(&plant, &first, &part, 7).await.expect(201);
    let by_nobody = json!({"type": "sortie", "quantite": 4});
    let for_nobody = plant.responsable().post(&format!("{part}/mouvements"), by_nobody).await.expect(409);
    let for_another = take(&plant, &second, &part, "sortie", 4).await.expect(409);

    assert_eq!((&reserved["statut"], &reserved["reservee"]), (&json!("reservee"), &json!(7)));
    assert_eq!(reserved["reference"], "R");
    assert_eq!(level(&plant, &part).await, [json!(10), json!(7), json!(0), json!(3)]);
    for refused in [for_nobody, for_another] {
        assert_eq!((refused.code(), &refused["disponible"]), ("stock_insuffisant", &json!(3)));
        assert_eq!((&refused["stock"], &refused["reserve"]), (&json!(10), &json!(7)));
    }
    take(&plant, &second, &part, "sortie", 3).await.expect(201);
    take(&plant, &first, &part, "sortie", 7).await.expect(201);
    assert_eq!(level(&plant, &part).await, [json!(0), json!(0), json!(0), json!(0)]);
}

#[tokio::test]
async fn an_issue_uses_up_what_was_set_aside_before_what_is_free() {
    let plant = Plant::new();
    let part = part(&plant, "R", 10).await;
    let work = led_by_youssef(&plant).await;
    for quantite in [2, 3] {
        ask(&plant, &work, &part, quantite).await.expect(201);
    }

    take(&plant, &work, &part, "sortie", 4).await.expect(201);
    let after_four = [demand(&plant, &work, 0).await, demand(&plant, &work, 1).await];
    take(&plant, &work, &part, "sortie", 3).await.expect(201);

    assert_eq!(after_four[0], [json!("servie"), json!(0), json!(0), json!(2)]);
    assert_eq!(after_four[1], [json!("reservee"), json!(1), json!(0), json!(2)]);
    assert_eq!(demand(&plant, &work, 1).await, [json!("servie"), json!(0), json!(0), json!(3)]);
    assert_eq!(level(&plant, &part).await, [json!(3), json!(0), json!(0), json!(3)]);
}

#[tokio::test]
async fn what_is_not_there_is_awaited_and_reason_enough_to_wait() {
    let plant = Plant::new();
    let part = part(&plant, "R", 2).await;
    let work = led_by_youssef(&plant).await;
    go(&plant.technicien(), &work, "en_cours").await.expect(200);
    let wait = || json!({"statut": "attente_pieces"});
    let statut = format!("{work}/statut");

    let without_reason = plant.technicien().patch(&statut, wait()).await.expect(422);
    let asked =
        plant.technicien().post(&format!("{work}/pieces"), json!({"piece_id": 1, "quantite": 5})).await;
    let waiting = plant.technicien().patch(&statut, wait()).await.expect(200);

    assert_eq!(without_reason["errors"][0]["champ"], "remarque");
    let asked = asked.expect(201);
    assert_eq!(
        (&asked["statut"], &asked["reservee"], &asked["attendue"]),
        (&json!("attendue"), &json!(2), &json!(3))
    );
    assert_eq!(
        (&waiting["statut"], &waiting["pieces_disponibles"]),
        (&json!("attente_pieces"), &json!(false))
    );
    assert_eq!(level(&plant, &part).await, [json!(2), json!(2), json!(3), json!(0)]);
}

#[tokio::test]
async fn a_part_set_aside_is_no_reason_to_wait() {
    let plant = Plant::new();
    let part = part(&plant, "R", 2).await;
    let work = led_by_youssef(&plant).await;
    go(&plant.technicien(), &work, "en_cours").await.expect(200);
    ask(&plant, &work, &part, 2).await.expect(201);

    let refused =
        plant.technicien().patch(&format!("{work}/statut"), json!({"statut": "attente_pieces"})).await;

    refused.expect(422);
    assert_eq!(plant.technicien().get(&work).await["pieces_disponibles"], true);
}

#[tokio::test]
async fn what_arrives_goes_to_whoever_asked_first_and_they_are_told_once_all_is_there() {
    let plant = Plant::new();
    let (bearing, seal) = (part(&plant, "R", 0).await, part(&plant, "J", 0).await);
    let (first, second) = (led_by_youssef(&plant).await, led_by_youssef(&plant).await);
    ask(&plant, &first, &bearing, 4).await.expect(201);
    ask(&plant, &first, &seal, 1).await.expect(201);
    ask(&plant, &second, &bearing, 2).await.expect(201);
    let there = |work: &str| {
        let work = work.to_owned();
        let plant = &plant;
        async move { plant.responsable().get(&work).await["pieces_disponibles"].clone() }
    };

    moved(&plant, &bearing, json!({"type": "entree", "quantite": 5})).await;
    let after_bearings = (demand(&plant, &first, 0).await, demand(&plant, &second, 0).await);
    let told_after_bearings = told(&plant, "intervention.pieces_disponibles");
    moved(&plant, &seal, json!({"type": "entree", "quantite": 3})).await;

    assert_eq!(after_bearings.0, [json!("reservee"), json!(4), json!(0), json!(0)]);
    assert_eq!(after_bearings.1, [json!("attendue"), json!(1), json!(1), json!(0)]);
    assert_eq!(told_after_bearings, "0", "the first waits for the seal, the second for one more bearing");
    assert_eq!((there(&first).await, there(&second).await), (json!(true), json!(false)));
    assert_eq!(level(&plant, &seal).await, [json!(3), json!(1), json!(0), json!(2)]);
    let who = value(
        &plant,
        "select group_concat(entite_id) from journal where action = 'intervention.pieces_disponibles'",
    );
    assert_eq!(who, "1");
    let waiting = plant.responsable().get("interventions/?pieces_disponibles=false").await.expect(200);
    let served = plant.responsable().get("interventions/?pieces_disponibles=true").await.expect(200);
    assert_eq!((waiting.ids(), served.ids()), (vec![2], vec![1]));
}

#[tokio::test]
async fn a_return_a_count_and_a_reversal_serve_those_who_wait_as_well() {
    let plant = Plant::new();
    let part = part(&plant, "R", 6).await;
    let (first, second) = (led_by_youssef(&plant).await, led_by_youssef(&plant).await);
    take(&plant, &first, &part, "sortie", 4).await.expect(201);
    let mistaken = moved(&plant, &part, json!({"type": "sortie", "quantite": 2})).await;
    ask(&plant, &second, &part, 6).await.expect(201);

    take(&plant, &first, &part, "retour", 1).await.expect(201);
    let after_return = demand(&plant, &second, 0).await;
    moved(&plant, &part, json!({"type": "inventaire", "quantite": 3})).await;
    let after_count = demand(&plant, &second, 0).await;
    let undo = format!("{part}/mouvements/{}/annuler", mistaken.id());
    plant.responsable().post(&undo, json!({})).await.expect(201);

    assert_eq!(after_return[1..3], [json!(1), json!(5)]);
    assert_eq!(after_count[1..3], [json!(3), json!(3)]);
    assert_eq!(demand(&plant, &second, 0).await[1..3], [json!(5), json!(1)]);
}

#[tokio::test]
async fn whatever_ends_an_intervention_releases_its_parts_to_those_who_wait() {
    for end in ["termine", "annule", "suppression"] {
        let plant = Plant::new();
        let part = part(&plant, "R", 5).await;
        let (first, second) = (led_by_youssef(&plant).await, led_by_youssef(&plant).await);
        ask(&plant, &first, &part, 5).await.expect(201);
        ask(&plant, &second, &part, 3).await.expect(201);

        match end {
            "suppression" => drop(plant.responsable().delete(&first).await.expect(204)),
            "annule" => drop(go(&plant.responsable(), &first, end).await.expect(200)),
            _ => {
                go(&plant.responsable(), &first, "en_cours").await.expect(200);
                go(&plant.responsable(), &first, end).await.expect(200);
            }
        }
        let at_once = level(&plant, &part).await;
        jobs::catch_up(&plant.app).await.expect("the journal is followed");

        assert_eq!(at_once, [json!(5), json!(0), json!(3), json!(5)], "{end}");
        assert_eq!(demand(&plant, &second, 0).await[0], "reservee", "{end}");
        assert_eq!(level(&plant, &part).await, [json!(5), json!(3), json!(0), json!(2)], "{end}");
        assert_eq!(told(&plant, "intervention.pieces_disponibles"), "1");
    }
}

#[tokio::test]
async fn nobody_overtakes_those_who_wait_before_the_freed_parts_are_shared_out() {
    let plant = Plant::new();
    let part = part(&plant, "R", 5).await;
    let (first, second, third) =
        (led_by_youssef(&plant).await, led_by_youssef(&plant).await, led_by_youssef(&plant).await);
    ask(&plant, &first, &part, 5).await.expect(201);
    ask(&plant, &second, &part, 4).await.expect(201);
    go(&plant.responsable(), &first, "annule").await.expect(200);

    let late = ask(&plant, &third, &part, 2).await.expect(201);

    assert_eq!((&late["reservee"], &late["attendue"]), (&json!(1), &json!(1)));
    assert_eq!(demand(&plant, &second, 0).await[1], 4);
}

#[tokio::test]
async fn a_demand_that_is_given_up_goes_to_the_next() {
    let plant = Plant::new();
    let part = part(&plant, "R", 5).await;
    let (first, second) = (led_by_youssef(&plant).await, led_by_youssef(&plant).await);
    let demanded = ask(&plant, &first, &part, 5).await.expect(201);
    ask(&plant, &second, &part, 5).await.expect(201);
    let path = format!("{first}/pieces/{}", demanded.id());

    plant.responsable().delete(&path).await.expect(204);
    let again = plant.responsable().delete(&path).await.expect(409);

    assert_eq!(again.code(), "close");
    assert_eq!(demand(&plant, &first, 0).await[0], "liberee");
    assert_eq!(demand(&plant, &second, 0).await[..2], [json!("reservee"), json!(5)]);
    assert_eq!(plant.responsable().get(&first).await["pieces_disponibles"], Value::Null);
}

#[tokio::test]
async fn what_an_intervention_took_costs_it_what_it_was_worth_then_less_what_came_back() {
    let plant = Plant::new();
    let part = part(&plant, "R", 10).await;
    let work = led_by_youssef(&plant).await;
    take(&plant, &work, &part, "sortie", 4).await.expect(201);
    moved(&plant, &part, json!({"type": "entree", "quantite": 6, "cout_unitaire": 40})).await;
    let dear = take(&plant, &work, &part, "sortie", 2).await.expect(201);
    let after_issues = cost(&plant);

    let back = take(&plant, &work, &part, "retour", 3).await.expect(201);
    let after_return = cost(&plant);
    let undo = |line: i64| format!("{part}/mouvements/{line}/annuler");
    let too_soon = plant.responsable().post(&undo(dear.id()), json!({})).await.expect(409);
    for line in [back.id(), dear.id()] {
        plant.responsable().post(&undo(line), json!({})).await.expect(201);
    }

    assert_eq!((&dear["cout_unitaire"], after_issues.as_str()), (&json!(25.0), "9000"));
    assert_eq!((&back["valeur"], after_return.as_str()), (&json!(45.0), "4500"), "half of what it took");
    assert_eq!(too_soon.code(), "annulation_impossible", "the return was worth some of it");
    assert_eq!(cost(&plant), "4000", "what was undone and its undoing count for nothing");
    let lines = plant.responsable().get(&format!("{work}/mouvements")).await.expect(200);
    assert_eq!(lines["total"], 5);
}

#[tokio::test]
async fn no_more_comes_back_than_was_taken() {
    let plant = Plant::new();
    let part = part(&plant, "R", 10).await;
    let work = led_by_youssef(&plant).await;
    take(&plant, &work, &part, "sortie", 4).await.expect(201);
    take(&plant, &work, &part, "retour", 3).await.expect(201);

    let refused = take(&plant, &work, &part, "retour", 2).await.expect(409);
    take(&plant, &work, &part, "retour", 1).await.expect(201);

    assert_eq!((refused.code(), &refused["sortie"]), ("retour_excessif", &json!(1)));
    assert_eq!(cost(&plant), "0");
    assert_eq!(plant.responsable().get(&part).await["valeur_stock"], 100.0);
}

// A15
#[tokio::test]
async fn a_technicien_asks_for_their_own_work_only() {
    let plant = Plant::new();
    part(&plant, "R", 10).await;
    let work = led_by_youssef(&plant).await;
    let path = format!("{work}/pieces");
    let asked = || json!({"piece_id": 1, "quantite": 1});

    let own = plant.technicien().post(&path, asked()).await.expect(201);
    plant.person("technicien2").post(&path, asked()).await.expect(404);
    plant.person("technicien2").get(&path).await.expect(404);
    plant.client().get(&path).await.expect(403);
    plant.client().post(&path, asked()).await.expect(403);
    plant.technicien().delete(&format!("{path}/{}", own.id())).await.expect(204);

    assert_eq!(own["auteur"], "Youssef Technicien");
}

#[tokio::test]
async fn parts_of_finished_work_follow_the_truth_until_it_is_validated() {
    let plant = Plant::new();
    let part = part(&plant, "R", 10).await;
    let work = led_by_youssef(&plant).await;
    let undo = |line: i64| format!("{part}/mouvements/{line}/annuler");
    for statut in ["en_cours", "termine"] {
        go(&plant.responsable(), &work, statut).await.expect(200);
    }

    let asked = ask(&plant, &work, &part, 1).await.expect(409);
    let taken = take(&plant, &work, &part, "sortie", 3).await.expect(201);
    take(&plant, &work, &part, "retour", 1).await.expect(201);
    let wrong = take(&plant, &work, &part, "sortie", 2).await.expect(201);
    plant.responsable().post(&undo(wrong.id()), json!({})).await.expect(201);
    let by_youssef = json!({"type": "sortie", "quantite": 1, "intervention_id": 1});
    let late = plant.technicien().post(&format!("{part}/mouvements"), by_youssef).await.expect(409);
    let counted = (level(&plant, &part).await[0].clone(), cost(&plant));
    plant.responsable().post(&format!("{work}/validation"), json!({})).await.expect(200);
    let frozen = [
        take(&plant, &work, &part, "sortie", 1).await,
        take(&plant, &work, &part, "retour", 1).await,
        plant.responsable().post(&undo(taken.id()), json!({})).await,
    ];

    assert_eq!((asked.code(), late.code()), ("lecture_seule", "lecture_seule"));
    assert_eq!(counted, (json!(8), "2000".to_owned()), "ten euros each");
    for reply in frozen {
        assert_eq!(reply.expect(409).code(), "validee");
    }
    assert_eq!(level(&plant, &part).await[0], 8);
}

#[tokio::test]
async fn cancelling_asks_what_becomes_of_the_parts_that_are_out() {
    let plant = Plant::new();
    let (bearing, seal) = (part(&plant, "R", 10).await, part(&plant, "J", 5).await);
    let work = led_by_youssef(&plant).await;
    take(&plant, &work, &bearing, "sortie", 3).await.expect(201);
    take(&plant, &work, &bearing, "retour", 1).await.expect(201);
    take(&plant, &work, &seal, "sortie", 2).await.expect(201);
    take(&plant, &work, &seal, "retour", 2).await.expect(201);

    let unsaid = go(&plant.responsable(), &work, "annule").await.expect(409);
    let statut = plant.responsable().get(&work).await["statut"].clone();
    let cancel = json!({"statut": "annule", "remarque": "Doublon", "pieces": "rendues"});
    let cancelled = plant.responsable().patch(&format!("{work}/statut"), cancel).await.expect(200);

    assert_eq!((unsaid.code(), &statut), ("pieces_sorties", &json!("planifie")));
    assert_eq!(unsaid["attaches"], json!([{"type": "pieces", "nombre": 1, "noms": ["Pièce R (2 u)"]}]));
    assert!(unsaid["detail"].as_str().expect("text").contains("Pièce R (2 u)"), "{}", unsaid.body);
    assert_eq!((&cancelled["statut"], &cancelled["cout_total"]), (&json!("annule"), &json!(0.0)));
    assert_eq!((level(&plant, &bearing).await[0].clone(), cost(&plant)), (json!(10), "0".to_owned()));
    let lines = plant.responsable().get(&format!("{work}/mouvements")).await.expect(200);
    assert_eq!((&lines["total"], &lines["items"][0]["type"]), (&json!(5), &json!("retour")));
}

#[tokio::test]
async fn parts_left_on_cancelled_work_come_back_or_are_put_right_later_and_no_more_go_out() {
    let plant = Plant::new();
    let part = part(&plant, "R", 10).await;
    let work = led_by_youssef(&plant).await;
    take(&plant, &work, &part, "sortie", 3).await.expect(201);
    let wrong = take(&plant, &work, &part, "sortie", 1).await.expect(201);
    let cancel = json!({"statut": "annule", "remarque": "Doublon", "pieces": "laissees"});
    plant.responsable().patch(&format!("{work}/statut"), cancel).await.expect(200);
    let left = (level(&plant, &part).await[0].clone(), cost(&plant));

    let more = take(&plant, &work, &part, "sortie", 1).await.expect(409);
    let undo = format!("{part}/mouvements/{}/annuler", wrong.id());
    plant.responsable().post(&undo, json!({})).await.expect(201);
    take(&plant, &work, &part, "retour", 2).await.expect(201);

    let brought = take(&plant, &work, &part, "retour", 1).await.expect(201);
    let out_again = format!("{part}/mouvements/{}/annuler", brought.id());
    let refused = plant.responsable().post(&out_again, json!({})).await.expect(409);
    assert_eq!(refused.code(), "lecture_seule", "to undo a return is to take out again");
    assert_eq!(left, (json!(6), "4000".to_owned()));
    assert_eq!(more.code(), "lecture_seule");
    assert_eq!((level(&plant, &part).await[0].clone(), cost(&plant)), (json!(10), "0".to_owned()));
}

#[tokio::test]
async fn what_becomes_of_parts_is_said_when_cancelling_only() {
    let plant = Plant::new();
    let work = led_by_youssef(&plant).await;
    let said = |statut: &str| json!({"statut": statut, "remarque": "x", "pieces": "rendues"});

    let early = plant.responsable().patch(&format!("{work}/statut"), said("en_cours")).await.expect(422);
    plant.responsable().patch(&format!("{work}/statut"), said("annule")).await.expect(200);

    assert_eq!(early["errors"][0]["champ"], "pieces");
}

#[tokio::test]
async fn what_will_not_come_any_more_is_not_awaited() {
    let plant = Plant::new();
    let part = part(&plant, "R", 2).await;
    let work = led_by_youssef(&plant).await;
    let other = led_by_youssef(&plant).await;
    ask(&plant, &other, &part, 3).await.expect(201);

    let awaited = plant.responsable().patch(&part, json!({"statut": "retire"})).await.expect(409);
    go(&plant.responsable(), &other, "annule").await.expect(200);
    plant.responsable().patch(&part, json!({"statut": "retire"})).await.expect(200);
    let too_many = ask(&plant, &work, &part, 3).await.expect(409);
    ask(&plant, &work, &part, 2).await.expect(201);

    assert_eq!(awaited.code(), "attendue");
    assert_eq!((too_many.code(), &too_many["disponible"]), ("piece_retiree", &json!(2)));
}

/// The titles of somebody's inbox that are of one type.
async fn told_of(plant: &Plant, username: &str, kind: &str) -> Vec<Value> {
    let inbox = plant.person(username).get(&format!("notifications/?type={kind}")).await.expect(200);
    inbox["items"].as_array().expect("a list").iter().map(|item| item["titre"].clone()).collect()
}

#[tokio::test]
async fn whose_parts_have_arrived_is_told_and_whoever_orders_is_told_what_runs_low() {
    let plant = Plant::new();
    let part = part(&plant, "RLT-6308", 4).await;
    plant.responsable().patch(&part, json!({"seuil_min": 3})).await.expect(200);
    let work = led_by_youssef(&plant).await;
    plant
        .technicien()
        .post(&format!("{work}/pieces"), json!({"piece_id": 1, "quantite": 6}))
        .await
        .expect(201);
    moved(&plant, &part, json!({"type": "entree", "quantite": 2})).await;
    let taken = json!({"type": "sortie", "quantite": 6, "intervention_id": 1});

    plant.technicien().post(&format!("{part}/mouvements"), taken).await.expect(201);
    jobs::catch_up(&plant.app).await.expect("the journal is followed");

    let arrived = "INT-2031-000001 : les pièces attendues sont là";
    assert_eq!(told_of(&plant, "technicien", "pieces_disponibles").await, [arrived]);
    assert_eq!(
        told_of(&plant, "responsable", "pieces_disponibles").await,
        [""; 0],
        "who received them knows"
    );
    assert_eq!(told_of(&plant, "responsable", "stock_bas").await, ["RLT-6308 est sous son seuil"]);
    assert_eq!(told_of(&plant, "technicien", "stock_bas").await, [""; 0]);
    let inbox = plant.admin().get("notifications/?type=stock_bas").await.expect(200);
    assert_eq!(inbox["items"][0]["contenu"], "Pièce RLT-6308\nIl en reste 0 u, le seuil est de 3.");
    assert_eq!(inbox["items"][0]["lien"], "/pieces/1");
}
