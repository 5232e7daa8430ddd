//! The list of interventions: its filters, its order, its pages, and what it costs.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::interventions::{go, leak_with};
use crate::plant::{Person, Plant, Reply};

/// Creates an intervention with these further fields; its id.
async fn put(plant: &Plant, further: Value) -> i64 {
    plant.responsable().post("interventions/", leak_with(further)).await.expect(201).id()
}

/// The ids that a query finds, smallest first.
async fn found(person: &Person<'_>, query: &str) -> Vec<i64> {
    let list = person.get(&format!("interventions/?tri=date_creation&{query}")).await.expect(200);
    assert_eq!(list["total"], list.ids().len(), "{query}");
    list.ids()
}

/// Many interventions straight into the database: every statut, priority and machine, every few minutes.
fn put_many(plant: &Plant, count: i64) {
    let sql = "
        with recursive n (i) as (select 1 union all select i + 1 from n where i < ?1)
        insert into interventions (numero, titre, type_intervention, statut, equipement_id, technicien_id,
            date_creation, date_debut_reelle, date_fin_reelle, compte_rendu, declaree_le, updated_at)
        select printf('INT-2030-%06d', i), 'Travail ' || (i % 7), 'corrective',
            json_extract('[\"planifie\", \"en_cours\", \"termine\", \"annule\"]', printf('$[%d]', i % 4)),
            1 + i % 2, 1, 1900000000 + (i / 3) * 60, 1900000000, 1900000000 + i * 60, 'Fait', 0, 0
        from n";
    plant.database().execute(sql, [count]).expect("many interventions");
}

#[tokio::test]
async fn each_filter_keeps_what_it_names() {
    let plant = Plant::new();
    let urgent = put(&plant, json!({"priorite": "urgente", "technicien_id": 1})).await;
    let loom =
        put(&plant, json!({"equipement_id": 2, "type_intervention": "diagnostic", "technicien_id": 2})).await;
    let late = put(&plant, json!({"date_limite": "2031-01-15T07:59:59Z"})).await;
    let dated = put(&plant, json!({"date_debut_prevue": "2031-01-16T23:59:59Z"})).await;
    go(&plant.technicien(), &format!("interventions/{urgent}"), "en_cours").await.expect(200);
    go(&plant.technicien(), &format!("interventions/{urgent}"), "termine").await.expect(200);
    let responsable = plant.responsable();

    for (query, expected) in [
        ("", vec![urgent, loom, late, dated]),
        ("statut=termine", vec![urgent]),
        ("statut=termine&statut=planifie&priorite=urgente", vec![urgent]),
        ("type_intervention=diagnostic", vec![loom]),
        ("priorite=urgente&priorite=normale", vec![urgent, loom, late, dated]),
        ("technicien_id=1", vec![urgent]),
        ("equipement_id=2", vec![loom]),
        ("site_id=1&site_id=2", vec![urgent, loom, late, dated]),
        ("site_id=2", vec![loom]),
        ("client_id=1", vec![urgent, late, dated]),
        ("equipe=M%C3%A9canique", vec![urgent]),
        ("planning_id=1", vec![]),
        ("en_retard=true", vec![late]),
        ("en_retard=false", vec![urgent, loom, dated]),
        ("a_planifier=true", vec![loom, late]),
        ("a_planifier=false", vec![urgent, dated]),
        ("sans_technicien=true", vec![late, dated]),
        ("sans_technicien=false", vec![urgent, loom]),
        ("cree_du=2031-01-15&cree_au=2031-01-15", vec![urgent, loom, late, dated]),
        ("cree_du=2031-01-16", vec![]),
        ("cree_au=2031-01-14", vec![]),
        ("cree_du=2031-01-15T08:00:00Z", vec![urgent, loom, late, dated]),
        ("prevue_du=2031-01-16&prevue_au=2031-01-16", vec![dated]),
        ("prevue_au=2031-01-15", vec![]),
        ("limite_au=2031-01-15", vec![late]),
        ("limite_du=2031-01-16", vec![]),
        ("terminee_du=2031-01-15&terminee_au=2031-01-15", vec![urgent]),
        ("terminee_du=2031-01-16", vec![]),
    ] {
        assert_eq!(found(&responsable, query).await, expected, "{query}");
    }
    let unknown = responsable.get("interventions/?status=termine").await.expect(422);
    assert_eq!(unknown["errors"][0]["champ"], "status");
    responsable.get("interventions/?statut=fini").await.expect(422);
    responsable.get("interventions/?cree_du=hier").await.expect(422);
}

#[tokio::test]
async fn words_are_found_in_the_intervention_and_on_its_machine_whatever_their_accents() {
    let plant = Plant::new();
    let leak = put(&plant, json!({"description": "Goutte à goutte"})).await;
    let belt = put(&plant, json!({"titre": "Courroie détendue", "equipement_id": 2})).await;
    let responsable = plant.responsable();

    for (words, expected) in [
        ("presse", vec![leak]),
        ("DETENDUE", vec![belt]),
        ("metier+courr", vec![belt]),
        ("pompe+goutte", vec![leak]),
        ("pompe+courroie", vec![]),
        ("INT-2031-000002", vec![belt]),
        ("CASA-POMPE", vec![leak]),
        ("%22%27*%28", vec![leak, belt]),
    ] {
        assert_eq!(found(&responsable, &format!("q={words}")).await, expected, "{words}");
    }
    assert_eq!(
        found(&plant.client(), "q=courroie").await,
        Vec::<i64>::new(),
        "a client searches its own only"
    );
}

// A14
#[tokio::test]
async fn a_technicien_lists_what_they_lead_and_what_they_are_booked_on() {
    let plant = Plant::new();
    let led = put(&plant, json!({"technicien_id": 1})).await;
    let supported = put(&plant, json!({})).await;
    put(&plant, json!({"technicien_id": 2})).await;
    let slots = json!({"affectations": [
        {"technicien_id": 2, "debut": "2031-01-16T08:00:00Z", "fin": "2031-01-16T09:00:00Z"},
        {"technicien_id": 1, "debut": "2031-01-16T08:00:00Z", "fin": "2031-01-16T09:00:00Z"},
    ]});
    plant.responsable().put(&format!("interventions/{supported}/affectations"), slots).await.expect(200);

    let own = found(&plant.technicien(), "").await;
    let as_manager = found(&plant.responsable(), "technicien_id=1").await;

    assert_eq!(own, [led, supported]);
    assert_eq!(as_manager, [led], "the filter names the lead");
}

#[tokio::test]
async fn each_sort_key_orders_and_what_has_no_date_comes_last() {
    let plant = Plant::new();
    let low =
        put(&plant, json!({"titre": "Échange", "priorite": "basse", "date_limite": "2031-02-01T00:00:00Z"}))
            .await;
    let high = put(&plant, json!({"titre": "Zinguerie", "priorite": "haute", "equipement_id": 2})).await;
    let normal = put(&plant, json!({"titre": "Arbre", "date_limite": "2031-01-20T00:00:00Z"})).await;

    for (order, expected) in [
        ("priorite", [low, normal, high]),
        ("-priorite", [high, normal, low]),
        ("titre", [normal, low, high]),
        ("date_limite", [normal, low, high]),
        ("numero", [low, high, normal]),
        ("equipement_nom,numero", [high, low, normal]),
        ("statut,-numero", [normal, high, low]),
        ("-date_creation", [normal, high, low]),
        ("updated_at", [low, high, normal]),
        ("date_debut_prevue", [low, high, normal]),
        ("-date_fin_reelle", [normal, high, low]),
    ] {
        let list = plant.responsable().get(&format!("interventions/?tri={order}")).await.expect(200);
        assert_eq!(list.ids(), expected, "{order}");
    }
    plant.responsable().get("interventions/?tri=couleur").await.expect(422);
}

#[tokio::test]
async fn walking_by_cursor_visits_each_once_in_any_order() {
    let plant = Plant::new();
    put_many(&plant, 90);
    let responsable = plant.responsable();

    for order in ["-date_creation", "titre", "statut,-date_limite", "equipement_nom"] {
        let mut visited = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = format!("interventions/?tri={order}&page_size=20{cursor}");
            let list: Reply = responsable.get(&page).await.expect(200);
            assert_eq!(list["total"], 90);
            visited.extend(list.ids());
            match list["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let distinct: BTreeSet<_> = visited.iter().collect();
        assert_eq!((visited.len(), distinct.len()), (90, 90), "{order}");
    }
}

// D15
#[tokio::test]
async fn a_list_costs_at_most_six_statements_whatever_it_shows() {
    let plant = Plant::new();
    put_many(&plant, 300);

    for (person, query) in [
        ("responsable", "page_size=200"),
        ("responsable", "q=travail&site_id=1&cree_du=2030-01-01&en_retard=false&tri=equipement_nom"),
        ("technicien", "page_size=200"),
        ("client", "statut=termine&page_size=200"),
    ] {
        for path in ["interventions/", "filters/interventions"] {
            let person = plant.person(person);
            let before = plant.app.metrics().statements.get();
            let list = person.get(&format!("{path}?{query}")).await.expect(200);
            let spent = plant.app.metrics().statements.get() - before;

            assert!(!list.ids().is_empty(), "{query}");
            assert!(spent <= 6, "{spent} statements for {path}?{query}");
        }
    }
}
