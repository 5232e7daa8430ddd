//! Preventive plans: what they say, when they fall due and why, and what they would do.

use serde_json::{Value, json};

use crate::plant::{Person, Plant, Reply};

/// Monthly greasing of the pump of Casablanca, from the last of January.
pub fn greasing() -> Value {
    json!({
        "titre": "Graissage des roulements", "equipement_id": 1, "frequence": "mensuel", "date_debut": "2031-01-31"
    })
}

/// The same with further or other fields.
pub fn greasing_with(further: Value) -> Value {
    let mut body = greasing();
    for (field, value) in further.as_object().expect("an object") {
        body[field] = value.clone();
    }
    body
}

/// A plan that keeps to it; its address.
pub async fn planned(plant: &Plant, further: Value) -> String {
    let created = plant.responsable().post("planning/", greasing_with(further)).await.expect(201);
    format!("planning/{}", created.id())
}

/// The échéances of a plan as (k, date, statut), up to a day.
pub async fn echeances(plant: &Plant, path: &str, until: &str) -> Vec<(i64, String, String)> {
    let list = plant.responsable().get(&format!("{path}/echeances?jusqu_au={until}")).await.expect(200);
    let text = |item: &Value, field: &str| item[field].as_str().expect(field).to_owned();
    let items = list["items"].as_array().expect("a list");
    items
        .iter()
        .map(|item| (item["k"].as_i64().expect("a number"), text(item, "date"), text(item, "statut")))
        .collect()
}

/// The same, to compare with.
pub fn told(expected: &[(i64, &str, &str)]) -> Vec<(i64, String, String)> {
    expected.iter().map(|(k, date, statut)| (*k, (*date).to_owned(), (*statut).to_owned())).collect()
}

fn dates(reply: &Reply) -> Vec<&str> {
    let items = reply["echeances"].as_array().expect("a list");
    items.iter().map(|item| item["date"].as_str().expect("a date")).collect()
}

async fn in_english(person: &Person<'_>, path: &str) -> Reply {
    person.send("GET", path, &[("accept-language", "en")], None).await.expect(200)
}

#[tokio::test]
async fn a_new_plan_says_when_it_falls_due_next_and_why() {
    let plant = Plant::new();

    let created = plant.responsable().post("planning/", greasing()).await.expect(201);

    let path = format!("/api/v1/planning/{}", created.id());
    assert_eq!((created.header("location"), created.header("etag")), (path.as_str(), "\"1\""));
    assert_eq!((&created["prochaine_date"], &created["prochain_k"]), (&json!("2031-01-31"), &json!(0)));
    assert_eq!(created["explication"], "Début du plan, le 31/01/2031.");
    for (field, usual) in [
        ("statut", json!("actif")),
        ("intervalle", json!(1)),
        ("mode", json!("calendaire")),
        ("facteur_decalage", json!(0.0)),
        ("tolerance_jours", json!(0)),
        ("anticipation_jours", json!(0)),
        ("priorite", json!("normale")),
        ("rattrapage", json!("derniere")),
        ("cumul", json!(false)),
        ("report", json!({"feries": "aucun", "week_ends": "aucun"})),
        ("derniere_date", Value::Null),
        ("empechement", Value::Null),
    ] {
        assert_eq!(created[field], usual, "{field}");
    }
    let english = in_english(&plant.responsable(), &path).await;
    assert_eq!(english["explication"], "Beginning of the plan, 2031-01-31.");
    let journal = plant.admin().get("audit/?action=planning.creation").await.expect(200);
    assert_eq!(journal["items"][0]["apres"]["titre"], "Graissage des roulements");
}

#[tokio::test]
async fn a_plan_that_makes_no_sense_is_refused_field_by_field() {
    let plant = Plant::new();
    let responsable = plant.responsable();

    for (further, champ) in [
        (json!({"titre": " "}), "titre"),
        (json!({"equipement_id": 99}), "equipement_id"),
        (json!({"technicien_id": 99}), "technicien_id"),
        (json!({"intervalle": 0}), "intervalle"),
        (json!({"frequence": "souvent"}), "frequence"),
        (json!({"date_debut": "2031-02-30"}), "date_debut"),
        (json!({"date_debut": "9999-12-31"}), "date_debut"),
        (json!({"date_fin": "2031-01-30"}), "date_fin"),
        (json!({"facteur_decalage": 1.5}), "facteur_decalage"),
        (json!({"facteur_decalage": 0.125}), "facteur_decalage"),
        (json!({"mode": "calendaire", "facteur_decalage": 0.5}), "facteur_decalage"),
        (json!({"tolerance_jours": -1}), "tolerance_jours"),
        (json!({"heure_debut": "24:00"}), "heure_debut"),
        (json!({"report": {"feries": "avant", "week_ends": "apres"}}), "report"),
        (json!({"competences_requises": [{"competence_id": 9}]}), "competences_requises[0].competence_id"),
        (json!({"prochaine_date": "2031-02-01"}), "prochaine_date"),
        (json!({"statut": "suspendu"}), "statut"),
    ] {
        let created = responsable.post("planning/", greasing_with(further.clone())).await.expect(422);
        let previewed = responsable.post("planning/apercu", greasing_with(further)).await.expect(422);
        assert_eq!(
            (&created["errors"][0]["champ"], &previewed["errors"][0]["champ"]),
            (&json!(champ), &json!(champ))
        );
    }
}

#[tokio::test]
async fn mode_and_factor_say_the_same_thing() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let both = |reply: &Reply| (reply["mode"].clone(), reply["facteur_decalage"].clone());
    let path = planned(&plant, json!({"facteur_decalage": 0.5})).await;

    let given = responsable.get(&path).await.expect(200);
    let still = responsable.patch(&path, json!({"mode": "glissant"})).await.expect(200);
    let fixed = responsable.patch(&path, json!({"mode": "calendaire"})).await.expect(200);
    let sliding = responsable.patch(&path, json!({"mode": "glissant"})).await.expect(200);

    assert_eq!(both(&given), (json!("glissant"), json!(0.5)));
    assert_eq!(both(&still), (json!("glissant"), json!(0.5)));
    assert_eq!(both(&fixed), (json!("calendaire"), json!(0.0)));
    assert_eq!(both(&sliding), (json!("glissant"), json!(1.0)));
}

#[tokio::test]
async fn plans_are_listed_by_their_next_date_and_narrowed_by_each_filter() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    planned(&plant, json!({"date_debut": "2031-03-01", "technicien_id": 1})).await;
    planned(&plant, json!({"titre": "Thermographie", "equipement_id": 2, "frequence": "annuel"})).await;
    let paused = planned(&plant, json!({"date_debut": "2031-02-01"})).await;
    responsable.patch(&paused, json!({"statut": "suspendu"})).await.expect(200);

    for (query, expected) in [
        ("", vec![2, 3, 1]),
        ("tri=-titre", vec![2, 3, 1]),
        ("statut=suspendu", vec![3]),
        ("statut=actif&statut=suspendu", vec![2, 3, 1]),
        ("equipement_id=2", vec![2]),
        ("site_id=1", vec![3, 1]),
        ("technicien_id=1", vec![1]),
        ("frequence=annuel", vec![2]),
        ("du=2031-02-01", vec![3, 1]),
        ("au=2031-02-01", vec![2, 3]),
        ("q=therm%20metier", vec![2]),
        ("q=GRAISS", vec![3, 1]),
        ("q=ermographie", vec![]),
    ] {
        let list = responsable.get(&format!("planning/?{query}")).await.expect(200);
        assert_eq!(list.ids(), expected, "{query}");
    }
    responsable.get("planning/?client_id=1").await.expect(422);
    responsable.patch("planning/2", json!({"titre": "Relevé infrarouge"})).await.expect(200);
    assert_eq!(responsable.get("planning/?q=thermo").await.ids(), [0_i64; 0]);
    assert_eq!(responsable.get("planning/?q=releve").await.ids(), [2]);
}

// D14
#[tokio::test]
async fn a_plan_that_changed_meanwhile_is_neither_changed_nor_deleted() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let path = planned(&plant, json!({})).await;
    let old = [("if-match", "\"1\"")];
    let renamed = json!({"titre": "Graissage"});

    let first = responsable.send("PATCH", &path, &old, Some(renamed.clone())).await.expect(200);
    responsable.send("PATCH", &path, &old, Some(renamed)).await.expect(412);
    responsable.send("DELETE", &path, &old, None).await.expect(412);

    assert_eq!(first.header("etag"), "\"2\"");
    responsable.send("DELETE", &path, &[("if-match", "\"2\"")], None).await.expect(204);
    responsable.get(&path).await.expect(404);
}

#[tokio::test]
async fn what_dates_count_from_changes_until_there_is_an_echeance_and_then_never() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let path = planned(&plant, json!({"date_debut": "2031-01-15"})).await;
    responsable.patch(&path, json!({"date_debut": "2031-01-14"})).await.expect(200);
    responsable.patch(&path, json!({"date_debut": "2031-01-15"})).await.expect(200);
    responsable.post(&format!("{path}/generer"), json!({})).await.expect(200);

    for change in [
        json!({"date_debut": "2031-01-14"}),
        json!({"frequence": "annuel"}),
        json!({"intervalle": 2}),
        json!({"equipement_id": 2}),
    ] {
        let refused = responsable.patch(&path, change).await.expect(409);
        assert_eq!(refused.code(), "deja_utilise");
    }
    responsable.patch(&path, json!({"date_debut": "2031-01-15", "intervalle": 1})).await.expect(200);
    let kept = responsable.delete(&path).await.expect(409);
    assert_eq!(kept.code(), "deja_utilise");
    assert!(kept["detail"].as_str().expect("a sentence").contains("Suspendez ce plan ou terminez-le"));
    let by_hand = plant.database().execute("update plannings set date_debut = '2031-01-14'", []);
    assert!(by_hand.expect_err("refused").to_string().contains("plannings_keep_their_anchor"));
}

#[tokio::test]
async fn a_suspended_plan_rests_and_an_ended_one_stays_ended() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let path = planned(&plant, json!({"date_debut": "2031-01-15"})).await;

    responsable.patch(&path, json!({"statut": "suspendu"})).await.expect(200);
    let resting = responsable.post(&format!("{path}/generer"), json!({})).await.expect(200);
    responsable.patch(&path, json!({"statut": "actif"})).await.expect(200);
    let resumed = responsable.post(&format!("{path}/generer"), json!({})).await.expect(200);
    let ended = responsable.patch(&path, json!({"statut": "termine"})).await.expect(200);

    assert_eq!((&resting["items"], &resting["empechement"]), (&json!([]), &json!("Le plan est suspendu.")));
    assert_eq!(resumed["items"][0]["k"], 0);
    assert_eq!(ended["empechement"], "Le plan est terminé.");
    assert_eq!((&ended["prochaine_date"], &ended["explication"]), (&Value::Null, &Value::Null));
    let revived = responsable.patch(&path, json!({"statut": "actif"})).await.expect(409);
    assert_eq!(revived.code(), "planning_termine");
    responsable.patch(&path, json!({"titre": "Ancien graissage"})).await.expect(200);
    assert_eq!(echeances(&plant, &path, "2032-01-01").await, told(&[(0, "2031-01-15", "generee")]));
}

// D6
#[tokio::test]
async fn a_preview_shows_24_months_of_dates_and_why_and_saves_nothing() {
    let plant = Plant::new();

    let preview = plant.responsable().post("planning/apercu", greasing()).await.expect(200);

    assert_eq!(dates(&preview)[..3], ["2031-01-31", "2031-02-28", "2031-03-31"]);
    assert_eq!((dates(&preview).len(), dates(&preview).last()), (25, Some(&"2033-01-31")));
    assert_eq!(
        preview["echeances"][1],
        json!({"k": 1, "date": "2031-02-28",
            "explication": "Tous les mois depuis le 31/01/2031, 2ᵉ échéance ; ce mois n’a pas de jour 31 : 28/02/2031."})
    );
    assert_eq!(plant.responsable().get("planning/").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn a_preview_reaches_24_months_beyond_a_beginning_to_come_and_from_today_for_one_long_ago() {
    let plant = Plant::new();
    let from = async |debut: &str, frequence: &str| {
        let body = greasing_with(json!({"date_debut": debut, "frequence": frequence}));
        plant.responsable().post("planning/apercu", body).await.expect(200)
    };

    let to_come = from("2040-01-31", "mensuel").await;
    let begun = from("2030-06-01", "mensuel").await;
    let long_ago = from("1998-03-01", "trimestriel").await;
    let daily = from("2031-01-15", "journalier").await;

    assert_eq!((dates(&to_come)[1], dates(&to_come).len()), ("2040-02-29", 25));
    assert_eq!((&begun["echeances"][0]["k"], dates(&begun).last()), (&json!(0), Some(&"2033-01-01")));
    assert_eq!((dates(&long_ago)[0], &long_ago["echeances"][0]["k"]), ("2031-03-01", &json!(132)));
    assert_eq!(dates(&daily).len(), 732);
}

#[tokio::test]
async fn a_preview_sets_the_work_against_what_its_people_have_booked_and_can_do() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let hours = json!({"horaire": {"lundi": [["08:00", "12:00"]]}});
    responsable.patch("techniciens/1", hours).await.expect(200);
    let away = json!({"debut": "2031-02-10", "fin": "2031-02-10"});
    responsable.post("techniciens/1/absences", away).await.expect(201);
    let booked = json!({"titre": "Fuite", "type_intervention": "corrective", "equipement_id": 1, "technicien_id": 1,
        "date_debut_prevue": "2031-02-03T08:00:00Z", "duree_estimee_min": 90});
    responsable.post("interventions/", booked).await.expect(201);
    let path = planned(&plant, json!({"technicien_id": 1, "duree_estimee_min": 45})).await;

    let preview = responsable.get(&format!("planning/apercu?planning_id={}", &path[9..])).await.expect(200);
    let nobody = responsable.post("planning/apercu", greasing()).await.expect(200);

    let february = &preview["charge"][1];
    // Four Mondays, one of them away.
    let expected =
        json!({"mois": "2031-02", "minutes": 45, "techniciens": [1], "reserve_min": 90, "capacite_min": 720});
    assert_eq!(february, &expected);
    let plain = &nobody["charge"][1];
    assert_eq!((&plain["minutes"], &plain["techniciens"]), (&json!(60), &json!([])));
    assert_eq!(plain["capacite_min"], Value::Null);
    responsable.get("planning/apercu?planning_id=99").await.expect(404);
    responsable.get("planning/apercu").await.expect(422);
}

#[tokio::test]
async fn who_could_do_it_is_whoever_has_the_competences_when_nobody_is_named() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let b1v = responsable.post("techniciens/competences", json!({"nom": "B1V"})).await.expect(201).id();
    responsable.patch("techniciens/2", json!({"competences_ids": [b1v]})).await.expect(200);

    let body = greasing_with(json!({"competences_requises": [{"competence_id": b1v}]}));
    let preview = responsable.post("planning/apercu", body).await.expect(200);

    assert_eq!(preview["charge"][0]["techniciens"], json!([2]));
}

#[tokio::test]
async fn echeances_are_foreseen_as_far_as_asked_and_paged_when_wanted() {
    let plant = Plant::new();
    let path = planned(&plant, json!({"date_fin": "2032-01-30"})).await;
    let list = async |query: &str| plant.responsable().get(&format!("{path}/echeances?{query}")).await;

    let all = list("").await.expect(200);
    let page = list("page=2&page_size=5").await.expect(200);
    let near = list("jusqu_au=2031-03-31").await.expect(200);

    assert_eq!((&all["total"], &all["items"][11]["date"]), (&json!(12), &json!("2031-12-31")));
    let item = &all["items"][1];
    for (field, expected) in [
        ("k", json!(1)),
        ("date", json!("2031-02-28")),
        ("statut", json!("prevue")),
        ("intervention_id", Value::Null),
    ] {
        assert_eq!(item[field], expected, "{field}");
    }
    assert!(item["explication"].as_str().expect("a sentence").contains("pas de jour 31"));
    assert_eq!((&page["items"][0]["k"], &page["page"], &page["total"]), (&json!(5), &json!(2), &json!(12)));
    assert_eq!(near["total"], 3);
    for wrong in ["jusqu_au=2041-02-01", "page_size=201", "page=0", "tri=k"] {
        list(wrong).await.expect(422);
    }
    plant.responsable().get("planning/99/echeances").await.expect(404);
}

#[tokio::test]
async fn the_latest_four_thousand_echeances_are_given_when_no_page_is_asked_for() {
    let plant = Plant::new();
    let path = planned(&plant, json!({"frequence": "journalier"})).await;
    let skip = json!({"motif": "Arrêt"});
    plant.responsable().post(&format!("{path}/echeances/0/sauter"), skip).await.expect(200);
    let copied = plant.database().execute(
        "with recursive n (k) as (select 1 union all select k + 1 from n where k < 4099)
         insert into echeances (planning_id, k, date, explication, decalage_applique, statut, motif, auteur,
             created_at, updated_at)
         select planning_id, n.k, date, explication, 0, statut, motif, auteur, 0, 0 from echeances, n",
        [],
    );
    assert_eq!(copied.expect("rows"), 4099);
    let list =
        async |query: &str| plant.responsable().get(&format!("{path}/echeances{query}")).await.expect(200);

    let all = list("").await;
    let items = all["items"].as_array().expect("a list");
    let numbers: Vec<_> = items.iter().filter_map(|item| item["k"].as_i64()).collect();
    assert_eq!((&all["total"], numbers), (&json!(4100), (100..4100).collect()));
    let first = list("?page=1&page_size=100").await;
    assert_eq!((&first["total"], &first["items"][99]["k"]), (&json!(4100), &json!(99)));
    assert_eq!(list("?statut=manquee").await["total"], 0);
}

#[tokio::test]
async fn a_skipped_echeance_is_passed_over_and_says_who_and_why() {
    let plant = Plant::new();
    let path = planned(&plant, json!({"date_debut": "2031-01-20"})).await;
    let skip = async |k: i64| {
        let body = json!({"motif": "Arrêt annuel"});
        plant.responsable().post(&format!("{path}/echeances/{k}/sauter"), body).await
    };

    let later = skip(2).await.expect(200);
    let next = skip(0).await.expect(200);

    assert_eq!((&later["statut"], &later["auteur"]), (&json!("sautee"), &json!("Rachid Responsable")));
    assert_eq!((&next["motif"], &next["date"]), (&json!("Arrêt annuel"), &json!("2031-01-20")));
    let plan = plant.responsable().get(&path).await.expect(200);
    assert_eq!((&plan["prochain_k"], &plan["prochaine_date"]), (&json!(1), &json!("2031-02-20")));
    assert_eq!(
        echeances(&plant, &path, "2031-04-20").await,
        told(&[
            (0, "2031-01-20", "sautee"),
            (1, "2031-02-20", "prevue"),
            (2, "2031-03-20", "sautee"),
            (3, "2031-04-20", "prevue"),
        ])
    );
    plant.set_time("2031-03-25T08:00:00Z");
    let made = plant.responsable().post(&format!("{path}/generer"), json!({})).await.expect(200);
    assert_eq!(made["items"][0]["k"], 1);
    let over = skip(1).await.expect(409);
    assert_eq!((over.code(), &over["statut"]), ("deja_passee", &json!("generee")));
    skip(2).await.expect(409);
    skip(500).await.expect(404);
    let blank = plant.responsable().post(&format!("{path}/echeances/3/sauter"), json!({"motif": " "})).await;
    blank.expect(422);
}

#[tokio::test]
async fn a_changed_holiday_moves_what_is_not_generated_and_only_that() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let moves =
        json!({"date_debut": "2031-01-15", "frequence": "hebdomadaire", "report": {"feries": "apres"}});
    let path = planned(&plant, moves).await;
    responsable.post(&format!("{path}/generer"), json!({})).await.expect(200);

    let feast = |date: &str| json!({"pays": "MA", "date": date, "nom": "Aïd"});
    responsable.post("planning/jours-feries", feast("2031-01-15")).await.expect(201);
    let added = responsable.post("planning/jours-feries", feast("2031-01-22")).await.expect(201);
    responsable.post("planning/jours-feries", feast("2031-01-22")).await.expect(409);
    let french = json!({"pays": "FR", "date": "2031-01-23", "nom": "Grève"});
    responsable.post("planning/jours-feries", french).await.expect(201);

    let moved = echeances(&plant, &path, "2031-01-31").await;
    assert_eq!(
        moved,
        told(&[(0, "2031-01-15", "generee"), (1, "2031-01-23", "prevue"), (2, "2031-01-29", "prevue")])
    );
    let plan = responsable.get(&path).await.expect(200);
    assert_eq!(plan["prochaine_date"], "2031-01-23");
    assert!(plan["explication"].as_str().expect("a sentence").contains("férié (Aïd)"), "{}", plan.body);
    let holiday = format!("planning/jours-feries/{}", added.id());
    responsable
        .send("PATCH", &holiday, &[("if-match", "\"9\"")], Some(json!({"nom": "Fête"})))
        .await
        .expect(412);
    responsable.patch(&holiday, json!({"date": "2031-01-29"})).await.expect(200);
    assert_eq!(responsable.get(&path).await["prochaine_date"], "2031-01-22");
    responsable.delete(&holiday).await.expect(204);
    responsable.get(&holiday).await.expect(404);
    assert_eq!(echeances(&plant, &path, "2031-01-29").await[2].1, "2031-01-29");
}

#[tokio::test]
async fn the_fixed_holidays_of_morocco_and_france_are_there_and_listed_by_year() {
    let plant = Plant::new();
    let list = async |query: &str| {
        plant.responsable().get(&format!("planning/jours-feries?page_size=200&{query}")).await.expect(200)
    };

    let (morocco, france, before) =
        (list("pays=MA&annee=2031").await, list("pays=FR").await, list("pays=MA&annee=2024").await);

    assert_eq!((&morocco["total"], &france["total"]), (&json!(11), &json!(8)));
    assert_eq!(before["total"], 10, "the Fête de l’unité is from 2025");
    assert_eq!(list("q=yennayer").await["items"][0]["date"], "2024-01-14");
}

#[tokio::test]
async fn a_site_keeps_the_holidays_of_its_country_and_its_plans_follow_it_when_it_moves() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let paris = json!({"code": "PARIS", "nom": "Atelier de Paris", "fuseau": "Europe/Paris"});
    assert_eq!(responsable.post("sites/", paris).await.expect(201)["pays"], "FR");
    assert_eq!(responsable.get("sites/1").await["pays"], "MA");
    responsable.patch("sites/1", json!({"pays": "maroc"})).await.expect(422);
    // The 14th of July is a holiday in France, not in Morocco.
    let path = planned(&plant, json!({"date_debut": "2031-07-14", "report": {"feries": "apres"}})).await;
    assert_eq!(responsable.get(&path).await["prochaine_date"], "2031-07-14");

    responsable.patch("sites/1", json!({"pays": "FR", "fuseau": "Europe/Paris"})).await.expect(200);
    erp_interventions::jobs::catch_up(&plant.app).await.expect("followed");

    let moved = responsable.get(&path).await.expect(200);
    assert_eq!(moved["prochaine_date"], "2031-07-15");
    let due: i64 = plant
        .database()
        .query_row("select a_generer_le from plannings", [], |row| row.get(0))
        .expect("an instant");
    assert_eq!(due, 1_941_832_800, "midnight in Paris");
}

#[tokio::test]
async fn plans_are_for_those_who_run_the_plant() {
    let plant = Plant::new();
    let path = planned(&plant, json!({"technicien_id": 1})).await;

    for name in ["technicien", "client"] {
        let person = plant.person(name);
        for read in ["planning/", path.as_str(), &format!("{path}/echeances"), "planning/jours-feries"] {
            person.get(read).await.expect(403);
        }
        person.post("planning/", greasing()).await.expect(403);
        person.post(&format!("{path}/generer"), json!({})).await.expect(403);
        let found = person.get("filters/recherche?q=graissage").await.expect(200);
        assert_eq!(found["items"], json!([]));
    }
    let found = plant.responsable().get("filters/recherche?q=graissage").await.expect(200);
    let expected = json!({"type": "planning", "id": 1, "libelle": "Graissage des roulements",
        "detail": "CASA-POMPE-01 Pompe de relevage"});
    assert_eq!(found["items"][0], expected);
}
