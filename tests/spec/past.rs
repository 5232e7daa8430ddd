//! The past stays where it was: whose it was when it was done, wherever machines and sites go afterwards.

use serde_json::{Value, json};

use crate::documents::{add_to, picture};
use crate::interventions::{go, leak_with, led_by_youssef, value};
use crate::plant::{Person, Plant};

/// Work on the pump that Youssef finished, asked for by the client, with a remark and a picture.
async fn finished_for_the_client(plant: &Plant) -> (String, String) {
    let drip = json!({"titre": "La pompe goutte", "equipement_id": 1});
    let demande = format!("demandes/{}", plant.client().post("demandes/", drip).await.expect(201).id());
    let (answer, whom) = (format!("{demande}/acceptation"), json!({"technicien_id": 1}));
    let accepted = plant.responsable().post(&answer, whom).await.expect(200);
    let id = accepted["intervention_id"].as_i64().expect("its work");
    let path = format!("interventions/{id}");
    plant.client().post(&format!("{path}/commentaires"), json!({"texte": "Merci"})).await.expect(201);
    add_to(&plant.technicien(), ("intervention_id", id), "joint.png", &picture(8, 8)).await.expect(201);
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    go(&plant.technicien(), &path, "termine").await.expect(200);
    (path, demande)
}

/// The ids that lists, facets and the search show of interventions, demandes and documents.
async fn seen(person: &Person<'_>) -> [Vec<i64>; 4] {
    let ids = async |path: &str| {
        let mut ids = person.get(path).await.expect(200).ids();
        ids.sort_unstable();
        ids
    };
    [
        ids("interventions/").await,
        ids("filters/interventions").await,
        ids("demandes/").await,
        ids("documents/").await,
    ]
}

/// Whether a thing and what hangs on it can be read: all of it, or none.
async fn reads(person: &Person<'_>, (path, demande): &(String, String)) -> bool {
    let mut statuses = Vec::new();
    let ways = ["", "/historique", "/commentaires"].map(|tail| format!("{path}{tail}"));
    for way in ways.iter().chain([demande, &"documents/1".to_owned(), &"documents/1/contenu".to_owned()]) {
        statuses.push(person.get(way).await.status.as_u16());
    }
    let same = statuses.iter().all(|status| *status == statuses[0]);
    assert!(same && [200, 404].contains(&statuses[0]), "{statuses:?}");
    statuses[0] == 200
}

const NOTHING: [Vec<i64>; 4] = [vec![], vec![], vec![], vec![]];

/// What takes the pump, and all that is done to it, to the other client.
const AWAY: [(&str, &str); 2] = [("equipements/1", "site_id"), ("sites/1", "client_id")];

// A14
#[tokio::test]
async fn a_machine_or_site_that_goes_to_another_client_leaves_its_past_behind() {
    for (path, field) in AWAY {
        let plant = Plant::new();
        let past = finished_for_the_client(&plant).await;
        let before = seen(&plant.client()).await;

        plant.responsable().patch(path, json!({field: 2})).await.expect(200);

        let (old, new) = (plant.client(), plant.person("client2"));
        assert_eq!(seen(&old).await, before, "{path}: the old client loses nothing");
        assert!(reads(&old, &past).await, "{path}");
        assert_eq!(seen(&new).await, NOTHING, "{path}: the new client gains nothing");
        assert!(!reads(&new, &past).await, "{path}");
        assert!(new.get("equipements/1/interventions").await.expect(200).ids().is_empty(), "{path}");
        let found = new.get("filters/recherche?q=goutte").await.expect(200);
        assert_eq!(found["items"], json!([]), "{path}");
        new.post(&format!("{}/commentaires", past.0), json!({"texte": "?"})).await.expect(404);
        old.post(&format!("{}/commentaires", past.0), json!({"texte": "Encore"})).await.expect(201);
        let told = plant.responsable().get(&past.0).await.expect(200);
        assert_eq!((&told["site_id"], &told["client_id"]), (&json!(1), &json!(1)), "{path}");
    }
}

// A14
#[tokio::test]
async fn what_is_open_goes_along_with_the_machine_or_site() {
    for (path, field) in AWAY {
        let plant = Plant::new();
        let open = led_by_youssef(&plant).await;
        let asked = json!({"titre": "Elle siffle", "equipement_id": 1});
        let asked = plant.client().post("demandes/", asked).await.expect(201).id();
        let refused = json!({"titre": "Elle vibre", "equipement_id": 1});
        let refused = plant.client().post("demandes/", refused).await.expect(201).id();
        let no = json!({"motif": "Déjà su"});
        plant.responsable().post(&format!("demandes/{refused}/refus"), no).await.expect(200);

        plant.responsable().patch(path, json!({field: 2})).await.expect(200);

        assert_eq!(seen(&plant.client()).await, [vec![], vec![], vec![refused], vec![]], "{path}");
        let new = plant.person("client2");
        assert_eq!(seen(&new).await, [vec![1], vec![1], vec![asked], vec![]], "{path}");
        // Finished there, it is theirs for good.
        go(&plant.technicien(), &open, "en_cours").await.expect(200);
        go(&plant.technicien(), &open, "termine").await.expect(200);
        plant.responsable().patch(path, json!({field: 1})).await.expect(200);
        assert_eq!(new.get(&open).await.expect(200)["client_id"], 2, "{path}");
        plant.client().get(&open).await.expect(404);
    }
}

#[tokio::test]
async fn cancelled_work_stays_where_it_was_and_work_on_another_machine_goes_there() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let cancelled = format!(
        "interventions/{}",
        responsable.post("interventions/", leak_with(json!({}))).await.expect(201).id()
    );
    go(&responsable, &cancelled, "annule").await.expect(200);
    let planned = format!(
        "interventions/{}",
        responsable.post("interventions/", leak_with(json!({}))).await.expect(201).id()
    );

    let elsewhere = responsable.patch(&planned, json!({"equipement_id": 2})).await.expect(200);
    responsable.patch("equipements/1", json!({"site_id": 2})).await.expect(200);

    assert_eq!((&elsewhere["site_id"], &elsewhere["client_id"]), (&json!(2), &json!(2)));
    assert_eq!(responsable.get(&cancelled).await.expect(200)["site_id"], 1);
    let by_site = responsable.get("filters/interventions?site_id=1").await.expect(200);
    assert_eq!(by_site.ids(), [1]);
    let facet = json!([{"valeur": "1", "libelle": "Usine de Casablanca", "nombre": 1}]);
    assert_eq!(by_site["facettes"]["site_id"], facet);
    let rewrite = plant.database().execute("update interventions set client_id = 2 where id = 1", []);
    assert!(rewrite.is_err(), "the database says so last");
}

/// The hours of the slots of an intervention, and its planned ones and its limit.
async fn hours(plant: &Plant, path: &str) -> Value {
    let read = plant.responsable().get(path).await.expect(200);
    let slots: Vec<_> =
        read["affectations"].as_array().expect("slots").iter().map(|slot| &slot["debut"]).collect();
    json!([slots, read["date_debut_prevue"], read["date_limite"]])
}

#[tokio::test]
async fn what_is_planned_on_a_machine_keeps_its_wall_clock_in_another_zone() {
    let plant = Plant::new();
    // An hour ahead of Casablanca during Ramadan.
    plant.database().execute_batch("update sites set fuseau = 'Europe/Paris' where id = 2").expect("a zone");
    let booked = json!({"technicien_id": 1, "date_debut_prevue": "2031-01-20T08:00:00Z",
        "date_fin_prevue": "2031-01-20T09:00:00Z", "date_limite": "2031-01-21"});
    let next = json!({"technicien_id": 1, "date_debut_prevue": "2031-01-20T09:00:00Z",
        "date_fin_prevue": "2031-01-20T10:00:00Z"});
    let mut paths = Vec::new();
    for further in [booked, next] {
        let created = plant.responsable().post("interventions/", leak_with(further)).await.expect(201);
        paths.push(format!("interventions/{}", created.id()));
    }

    plant.responsable().patch("equipements/1", json!({"site_id": 2})).await.expect(200);

    let first = json!([["2031-01-20T07:00:00Z"], "2031-01-20T07:00:00Z", "2031-01-21T22:59:59Z"]);
    assert_eq!(hours(&plant, &paths[0]).await, first);
    let second = json!([["2031-01-20T08:00:00Z"], "2031-01-20T08:00:00Z", null]);
    assert_eq!(hours(&plant, &paths[1]).await, second, "one goes where the other was");
    let history =
        plant.responsable().get(&format!("{}/historique?page_size=200", paths[0])).await.expect(200);
    let last = history["items"].as_array().and_then(|items| items.last()).expect("a line");
    assert_eq!(last["remarque"], "Youssef Technicien, 20/01/2031 08:00 – 09:00");
}

#[tokio::test]
async fn a_move_that_would_put_somebody_in_two_places_is_refused_with_their_name() {
    let plant = Plant::new();
    plant.database().execute_batch("update sites set fuseau = 'Europe/Paris' where id = 2").expect("a zone");
    let at = |machine: i64, debut: &str, fin: &str| {
        leak_with(json!({"equipement_id": machine, "technicien_id": 1,
            "date_debut_prevue": debut, "date_fin_prevue": fin}))
    };
    let responsable = plant.responsable();
    let moved = at(1, "2031-01-20T08:00:00Z", "2031-01-20T09:00:00Z");
    responsable.post("interventions/", moved).await.expect(201);
    let there = at(2, "2031-01-20T07:00:00Z", "2031-01-20T07:30:00Z");
    responsable.post("interventions/", there).await.expect(201);

    let refused = responsable.patch("equipements/1", json!({"site_id": 2})).await.expect(409);

    assert_eq!(refused.code(), "chevauchement");
    let named = &refused["deplacements"][0];
    assert_eq!(
        (&named["technicien_nom"], &named["numero"]),
        (&json!("Youssef Technicien"), &json!("INT-2031-000001"))
    );
    assert_eq!(named["conflits"][0]["numero"], "INT-2031-000002");
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("Youssef")), "{}", refused.body);
    assert_eq!(value(&plant, "select site_id from equipements where id = 1"), "1", "nothing moved");
    assert_eq!(value(&plant, "select count(*) from affectations where liberee_le is null"), "2");
}
