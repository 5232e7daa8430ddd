//! Leaving: what was theirs is named, goes to somebody else where they can take it and back to the pool where not, in
//! one transaction. What was done keeps its names.

use serde_json::{Value, json};

use crate::interventions::{go, leak, leak_with, led_by_youssef, value};
use crate::notifications::{read_all, tell, titles};
use crate::planning::planned;
use crate::plant::{PASSWORD, Person, Plant, Reply};
use crate::sign_in::sign_in;

pub const YOUSSEF: &str = "techniciens/1";
pub const CLAIRE: i64 = 2;

/// An intervention with a slot of this technicien on the morning of a day; its address.
pub async fn booked(plant: &Plant, technicien: i64, day: &str) -> String {
    let slot = json!({"technicien_id": technicien, "date_debut_prevue": format!("2031-01-{day}T09:00:00Z"),
        "date_fin_prevue": format!("2031-01-{day}T10:00:00Z")});
    let created = plant.responsable().post("interventions/", leak_with(slot)).await.expect(201);
    format!("interventions/{}", created.id())
}

pub async fn close(person: &Person<'_>, path: &str, to: Value) -> Reply {
    person.post(&format!("{path}/fermeture"), json!({"remis_a": to})).await
}

pub async fn read(plant: &Plant, path: &str) -> Reply {
    plant.responsable().get(path).await.expect(200)
}

/// The lines of an answer as (kind, name, where it went).
pub fn lines(remise: &Value) -> Vec<(String, String, String)> {
    let text = |line: &Value, member: &str| line[member].as_str().expect("a text").to_owned();
    let lines = remise["lignes"].as_array().expect("lines").iter();
    lines.map(|line| (text(line, "type"), text(line, "nom"), text(line, "destin"))).collect()
}

pub fn line(kind: &str, nom: &str, destin: &str) -> (String, String, String) {
    (kind.to_owned(), nom.to_owned(), destin.to_owned())
}

/// Who is booked now, each with the beginning of their slot.
fn slots(work: &Reply) -> Vec<(i64, String)> {
    let places = work["affectations"].as_array().expect("slots").iter();
    let live = places.filter(|place| place["liberee"] == false);
    live.map(|place| {
        (place["technicien_id"].as_i64().expect("an id"), place["debut"].as_str().expect("a time").to_owned())
    })
    .collect()
}

async fn last_remark(plant: &Plant, path: &str) -> String {
    let history = read(plant, &format!("{path}/historique")).await;
    let last = history["items"].as_array().and_then(|lines| lines.last().cloned()).expect("a line");
    last["remarque"].as_str().unwrap_or_default().to_owned()
}

/// A plan by meter, every 250 h of équipement 1, which names Youssef; its address.
pub async fn by_meter(plant: &Plant) -> String {
    let meter = json!({"equipement_id": 1, "nom": "Marche", "unite": "h"});
    let meter = plant.responsable().post("compteurs/", meter).await.expect(201).id();
    let plan = json!({"titre": "Vidange", "pas": 250, "depart": 0, "technicien_id": 1});
    let plan = plant.responsable().post(&format!("compteurs/{meter}/plans"), plan).await.expect(201).id();
    format!("compteurs/{meter}/plans/{plan}")
}

#[tokio::test]
async fn with_nothing_open_a_sheet_closes_at_once_and_is_offered_no_more() {
    let plant = Plant::new();
    let done = led_by_youssef(&plant).await;
    go(&plant.technicien(), &done, "en_cours").await.expect(200);
    go(&plant.technicien(), &done, "termine").await.expect(200);

    let closed = plant.responsable().post(&format!("{YOUSSEF}/fermeture"), json!({})).await.expect(200);

    assert_eq!((&closed["fiche_fermee"], &closed["compte_ferme"]), (&json!(1), &json!(false)));
    assert_eq!((lines(&closed.body), &closed["remis_a"]), (vec![], &Value::Null));
    assert_eq!(read(&plant, YOUSSEF).await["ferme_le"], "2031-01-15T08:00:00Z");
    for path in ["techniciens/", "filters/techniciens"] {
        assert_eq!(read(&plant, path).await.ids(), [CLAIRE], "{path}");
        assert_eq!(read(&plant, &format!("{path}?avec_fermes=true")).await.ids(), [2, 1], "{path}");
    }
    let proposed = read(
        &plant,
        &format!("planning/suggestions?intervention_id={}", {
            plant.responsable().post("interventions/", leak()).await.expect(201).id()
        }),
    )
    .await;
    let proposed = proposed["items"].as_array().expect("a list").clone();
    assert!(!proposed.is_empty() && proposed.iter().all(|slot| slot["technicien_id"] == CLAIRE));
    assert_eq!(read(&plant, &format!("{YOUSSEF}/disponibilite")).await["libres"], json!([]));
    let past = read(&plant, &done).await;
    assert_eq!((&past["technicien_id"], &past["technicien_nom"]), (&json!(1), &json!("Youssef Technicien")));
    assert_eq!(value(&plant, "select count(*) from journal where action = 'technicien.fermeture'"), "1");
    let again = close(&plant.responsable(), YOUSSEF, Value::Null).await.expect(409);
    assert_eq!(again.code(), "deja_fermee");
}

#[tokio::test]
async fn what_is_open_is_named_and_nothing_closes_before_somebody_says_to_whom_it_goes() {
    let plant = Plant::new();
    let work = booked(&plant, 1, "16").await;
    let plan = planned(&plant, json!({"technicien_id": 1})).await;
    let meter = by_meter(&plant).await;
    plant.technicien().post(&format!("{work}/temps/demarrer"), json!({})).await.expect(201);
    plant.technicien().post("planning/calendrier/jeton", json!({})).await.expect(201);

    let theirs = read(&plant, &format!("{YOUSSEF}/a_remettre")).await;
    let sheet = plant.responsable().post(&format!("{YOUSSEF}/fermeture"), json!({})).await.expect(409);
    let account = plant.admin().delete("users/3").await.expect(409);
    let role = plant.admin().patch("users/3", json!({"role": "responsable"})).await.expect(409);

    let lots = theirs["lots"].as_array().expect("kinds");
    let kinds: Vec<_> = lots.iter().map(|lot| (&lot["type"], &lot["nombre"], &lot["a_remettre"])).collect();
    let (yes, no, one) = (json!(true), json!(false), json!(1));
    assert_eq!(
        kinds,
        [
            (&json!("interventions"), &one, &yes),
            (&json!("chronometre"), &one, &yes),
            (&json!("plans"), &one, &yes),
            (&json!("plans_compteur"), &one, &yes),
            (&json!("lien_calendrier"), &one, &no),
        ]
    );
    assert_eq!((&theirs["total"], &lots[0]["items"][0]["nom"]), (&json!(4), &json!("INT-2031-000001")));
    assert_eq!(lots[0]["items"][0]["creneaux"][0]["debut"], "2031-01-16T09:00:00Z");
    for refused in [&sheet, &account, &role] {
        assert_eq!(refused.code(), "a_remettre");
        assert_eq!(
            refused["detail"],
            "Youssef Technicien a encore : Interventions (1) : INT-2031-000001 ; Chronomètre (1) : \
             INT-2031-000001 ; Plans (1) : Graissage des roulements ; Plans sur compteur (1) : Vidange. \
             Dites à qui le remettre."
        );
        assert_eq!(
            refused["attaches"][2],
            json!({"type": "plans", "nombre": 1, "noms": ["Graissage des roulements"]})
        );
    }
    assert_eq!(read(&plant, &work).await["technicien_id"], 1);
    for path in [&plan, &meter] {
        assert_eq!(read(&plant, path).await["technicien_id"], 1);
    }
    plant.technicien().get("auth/me").await.expect(200);
}

#[tokio::test]
async fn more_than_twenty_of_a_kind_are_counted() {
    let plant = Plant::new();
    for _ in 0..23 {
        led_by_youssef(&plant).await;
    }

    let theirs = read(&plant, &format!("{YOUSSEF}/a_remettre")).await;

    let lot = &theirs["lots"][0];
    assert_eq!((&lot["nombre"], &lot["reste"]), (&json!(23), &json!(3)));
    assert_eq!(lot["items"].as_array().map(Vec::len), Some(20));
}

#[tokio::test]
async fn closing_an_account_hands_all_of_it_over_and_closes_the_sheet() {
    let plant = Plant::new();
    let work = booked(&plant, 1, "16").await;
    let led = led_by_youssef(&plant).await;
    let plan = planned(&plant, json!({"technicien_id": 1})).await;
    let meter = by_meter(&plant).await;
    let link = plant.technicien().post("planning/calendrier/jeton", json!({})).await.expect(201);
    let link = link["url"].as_str().expect("a link").replace("http://127.0.0.1:8000", "");
    let view = json!({"nom": "Pannes", "liste": "interventions", "parametres": {}, "partagee": true});
    let view = plant.technicien().post("filters/vues", view).await.expect(201).id();
    plant.technicien().post(&format!("{work}/temps/demarrer"), json!({})).await.expect(201);
    plant.advance(std::time::Duration::from_secs(1800));

    let closed = close(&plant.admin(), "users/3", json!(CLAIRE)).await.expect(200);

    assert_eq!((&closed["fiche_fermee"], &closed["compte_ferme"]), (&json!(1), &json!(true)));
    assert_eq!(closed["remis_a_nom"], "Claire Technicienne");
    assert_eq!(
        lines(&closed.body),
        [
            line("chronometre", "INT-2031-000001", "arrete"),
            line("interventions", "INT-2031-000001", "remis"),
            line("interventions", "INT-2031-000002", "remis"),
            line("plans", "Graissage des roulements", "remis"),
            line("plans_compteur", "Vidange", "remis"),
            line("lien_calendrier", "Youssef Technicien", "arrete"),
            line("vues", "Pannes", "remis"),
        ]
    );
    let moved = read(&plant, &work).await;
    assert_eq!(
        (&moved["technicien_id"], slots(&moved)),
        (&json!(CLAIRE), vec![(CLAIRE, "2031-01-16T09:00:00Z".into())])
    );
    assert_eq!(moved["date_debut_prevue"], "2031-01-16T09:00:00Z");
    assert_eq!(
        last_remark(&plant, &work).await,
        "Passation de Youssef Technicien : confiée à Claire Technicienne ; \
         Claire Technicienne, 16/01/2031 09:00 – 10:00"
    );
    assert_eq!(read(&plant, &led).await["technicien_id"], CLAIRE);
    for path in [&plan, &meter] {
        assert_eq!(read(&plant, path).await["technicien_id"], CLAIRE, "{path}");
    }
    let time = read(&plant, &format!("{work}/temps")).await;
    assert_eq!((&time["items"][0]["minutes"], &time["items"][0]["technicien_id"]), (&json!(30), &json!(1)));
    assert_eq!(time["items"][0]["en_cours"], false);
    plant.technicien().get("auth/me").await.expect(401);
    plant.nobody().get(&link).await.expect(404);
    assert_eq!(value(&plant, &format!("select user_id from vues where id = {view}")), "4");
    assert_eq!(
        value(
            &plant,
            "select group_concat(distinct action) from journal where action in ('user.desactivation', \
             'technicien.fermeture', 'temps.arret', 'intervention.affectation', 'planning.modification', \
             'plan_compteur.modification', 'user.lien_calendrier_revoque', 'vue.transmission')"
        )
        .split(',')
        .count(),
        8
    );
    let nothing = plant.admin().get("users/3/a_remettre").await.expect(200);
    assert_eq!((&nothing["total"], &nothing["technicien_id"]), (&json!(0), &Value::Null));
}

#[tokio::test]
async fn what_the_other_has_no_time_for_goes_back_to_the_pool_and_the_answer_says_why() {
    let plant = Plant::new();
    let free = booked(&plant, 1, "16").await;
    let taken = booked(&plant, 1, "17").await;
    let hers = booked(&plant, CLAIRE, "17").await;
    let away = booked(&plant, 1, "20").await;
    let absent = json!({"debut": "2031-01-20", "fin": "2031-01-20"});
    plant.responsable().post("techniciens/2/absences", absent).await.expect(201);

    let closed = close(&plant.responsable(), YOUSSEF, json!(CLAIRE)).await.expect(200);

    assert_eq!(
        lines(&closed.body),
        [
            line("interventions", "INT-2031-000001", "remis"),
            line("interventions", "INT-2031-000002", "vivier"),
            line("interventions", "INT-2031-000004", "vivier"),
        ]
    );
    let why = "Claire Technicienne est déjà pris par INT-2031-000003 à ce moment-là.";
    assert_eq!(
        (&closed["lignes"][1]["motif"], &closed["lignes"][1]["creneaux"][0]["motif"]),
        (&json!(why), &json!(why))
    );
    assert_eq!(closed["lignes"][2]["motif"], "Claire Technicienne est absent à ce moment-là.");
    assert_eq!(read(&plant, &free).await["technicien_id"], CLAIRE);
    for path in [&taken, &away] {
        let pool = read(&plant, path).await;
        assert_eq!((&pool["technicien_id"], slots(&pool)), (&Value::Null, vec![]));
        assert_eq!((&pool["a_planifier"], &pool["date_debut_prevue"]), (&json!(true), &Value::Null));
    }
    assert_eq!(slots(&read(&plant, &hers).await), [(CLAIRE, "2031-01-17T09:00:00Z".to_owned())]);
    assert_eq!(
        last_remark(&plant, &taken).await,
        "Passation de Youssef Technicien : sans technicien ; créneau, 17/01/2031 09:00 – 10:00 : libéré \
         (Claire Technicienne est déjà pris par INT-2031-000003 à ce moment-là)"
    );
}

#[tokio::test]
async fn one_of_two_slots_that_the_other_can_take_makes_them_lead_and_the_rest_is_told() {
    let plant = Plant::new();
    booked(&plant, CLAIRE, "17").await;
    let path = booked(&plant, 1, "16").await;
    let slot = |day: &str| json!({"technicien_id": 1, "debut": format!("2031-01-{day}T09:00:00Z"), "fin": format!("2031-01-{day}T10:00:00Z")});
    let both = json!({"affectations": [slot("16"), slot("17")]});
    plant.responsable().put(&format!("{path}/affectations"), both).await.expect(200);

    let closed = close(&plant.responsable(), YOUSSEF, json!(CLAIRE)).await.expect(200);

    assert_eq!(closed["lignes"][0]["destin"], "en_partie");
    let told = closed["lignes"][0]["creneaux"].as_array().expect("slots").clone();
    assert_eq!(told.iter().map(|slot| slot["remis"] == true).collect::<Vec<_>>(), [true, false]);
    let work = read(&plant, &path).await;
    assert_eq!(
        (&work["technicien_id"], slots(&work)),
        (&json!(CLAIRE), vec![(CLAIRE, "2031-01-16T09:00:00Z".into())])
    );
    assert_eq!(work["date_fin_prevue"], "2031-01-16T10:00:00Z");
}

#[tokio::test]
async fn who_lacks_the_competence_or_is_not_at_work_gets_neither_the_work_nor_the_plan() {
    let plant = Plant::new();
    let skill =
        plant.responsable().post("techniciens/competences", json!({"nom": "B1V"})).await.expect(201).id();
    let needs = json!([{"competence_id": skill}]);
    plant.responsable().patch(YOUSSEF, json!({"competences_ids": [skill]})).await.expect(200);
    let skilled = leak_with(json!({"technicien_id": 1, "competences_requises": needs}));
    let skilled = format!(
        "interventions/{}",
        plant.responsable().post("interventions/", skilled).await.expect(201).id()
    );
    let plan = planned(&plant, json!({"technicien_id": 1, "competences_requises": needs})).await;
    let early = booked(&plant, 1, "16").await;
    let afternoons = json!({"horaire": {"jeudi": [["14:00", "18:00"]]}});
    plant.responsable().patch("techniciens/2", afternoons).await.expect(200);

    let closed = close(&plant.responsable(), YOUSSEF, json!(CLAIRE)).await.expect(200);

    let lacking = "Claire Technicienne ne peut pas le faire : « B1V » manque.";
    let line_of = |kind: &str, at: usize| {
        let lines = closed["lignes"].as_array().expect("lines").clone();
        lines.into_iter().filter(|line| line["type"] == *kind).nth(at).expect("a line")
    };
    assert_eq!(
        (&line_of("interventions", 0)["destin"], &line_of("interventions", 0)["motif"]),
        (&json!("vivier"), &json!(lacking))
    );
    assert_eq!(line_of("interventions", 1)["motif"], "Hors des heures de travail de Claire Technicienne.");
    assert_eq!(
        (&line_of("plans", 0)["destin"], &line_of("plans", 0)["motif"]),
        (&json!("vivier"), &json!(lacking))
    );
    for path in [&skilled, &early, &plan] {
        assert_eq!(read(&plant, path).await["technicien_id"], Value::Null, "{path}");
    }
}

#[tokio::test]
async fn work_that_has_begun_goes_on_under_the_other_from_now_and_keeps_what_was_done() {
    let plant = Plant::new();
    let path = booked(&plant, 1, "15").await;
    plant.set_time("2031-01-15T09:00:00Z");
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    plant.set_time("2031-01-15T09:20:00Z");

    let closed = close(&plant.responsable(), YOUSSEF, json!(CLAIRE)).await.expect(200);

    assert_eq!(closed["lignes"][0]["destin"], "remis");
    let work = read(&plant, &path).await;
    assert_eq!((&work["statut"], &work["technicien_id"]), (&json!("en_cours"), &json!(CLAIRE)));
    assert_eq!(
        slots(&work),
        [(1, "2031-01-15T09:00:00Z".to_owned()), (CLAIRE, "2031-01-15T09:20:00Z".to_owned())]
    );
    assert_eq!(work["affectations"][0]["fin"], "2031-01-15T09:20:00Z");
    go(&plant.person("technicien2"), &path, "termine").await.expect(200);
}

#[tokio::test]
async fn begun_work_without_anybody_keeps_the_name_and_counts_as_without_a_technicien() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    let done = led_by_youssef(&plant).await;
    go(&plant.technicien(), &done, "en_cours").await.expect(200);
    go(&plant.technicien(), &done, "termine").await.expect(200);

    let closed = close(&plant.responsable(), YOUSSEF, Value::Null).await.expect(200);

    assert_eq!(lines(&closed.body), [line("interventions", "INT-2031-000001", "garde")]);
    assert_eq!(read(&plant, "interventions/?sans_technicien=true").await.ids(), [1]);
    assert_eq!(read(&plant, "interventions/?sans_technicien=false").await.ids(), [2]);
    plant.responsable().patch(&path, json!({"technicien_id": CLAIRE})).await.expect(200);
    assert_eq!(read(&plant, "interventions/?sans_technicien=true").await["total"], 0);
    go(&plant.person("technicien2"), &path, "termine").await.expect(200);
}

#[tokio::test]
async fn whoever_takes_over_and_those_who_run_the_plant_are_told() {
    let plant = Plant::new();
    booked(&plant, 1, "16").await;
    booked(&plant, 1, "17").await;
    booked(&plant, CLAIRE, "17").await;
    planned(&plant, json!({"technicien_id": 1})).await;
    read_all(&plant).await;

    close(&plant.admin(), YOUSSEF, json!(CLAIRE)).await.expect(200);
    tell(&plant).await;

    let hers = titles(&plant, "technicien2").await;
    assert!(hers.contains(&"Vous reprenez le travail de Youssef Technicien".to_owned()), "{hers:?}");
    assert!(hers.contains(&"INT-2031-000001 vous est affectée".to_owned()), "{hers:?}");
    let inbox = plant.responsable().get("notifications/?type=information&tri=-date").await.expect(200);
    let told = inbox["items"].as_array().expect("messages").iter();
    let told = told.clone().find(|one| one["titre"] == "La fiche de Youssef Technicien est fermée");
    let told = told.cloned().expect("a message");
    assert_eq!(
        told["contenu"],
        "Remis à Claire Technicienne : interventions (1), plans (1). Sans technicien, à confier : \
         interventions (1), plans (0)."
    );
    assert_eq!((&told["lien"], &told["type"]), (&json!("/techniciens/1"), &json!("information")));
    assert_eq!(
        value(
            &plant,
            "select count(*) from notifications where user_id in (3, 5, 6) and titre like '%Youssef%'"
        ),
        "0"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_close_at_once_one_decides_and_the_other_learns_it() {
    for _ in 0..5 {
        let plant = Plant::new();
        let path = booked(&plant, 1, "16").await;
        plant.admin().patch("users/2", json!({"role": "admin"})).await.expect(200);
        let reply = sign_in(&plant, "responsable", PASSWORD).await.expect(200);
        let second = plant.bearer(reply["access_token"].as_str().expect("a token"));
        let first = plant.admin();

        let (mine, theirs) =
            tokio::join!(close(&first, "users/3", json!(CLAIRE)), close(&second, "users/3", Value::Null));

        let mut statuses = [mine.status.as_u16(), theirs.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let (won, lost) = if mine.status.as_u16() == 200 { (&mine, &theirs) } else { (&theirs, &mine) };
        assert_eq!(lost.code(), "deja_ferme");
        assert_eq!(plant.admin().get(&path).await.expect(200)["technicien_id"], won["remis_a"]);
    }
}

#[tokio::test]
async fn nothing_goes_to_somebody_who_is_not_there_and_nothing_is_half_done() {
    let plant = Plant::new();
    let path = booked(&plant, 1, "16").await;
    let responsable = plant.responsable();

    let absent = close(&responsable, YOUSSEF, json!(99)).await.expect(422);
    let own = close(&responsable, YOUSSEF, json!(1)).await.expect(422);
    let word = close(&responsable, YOUSSEF, json!("Claire")).await.expect(422);
    close(&responsable, "techniciens/2", Value::Null).await.expect(200);
    let closed = close(&responsable, YOUSSEF, json!(CLAIRE)).await.expect(422);
    let stale = responsable
        .send(
            "POST",
            &format!("{YOUSSEF}/fermeture"),
            &[("if-match", "\"7\"")],
            Some(json!({"remis_a": null})),
        )
        .await;

    for refused in [&absent, &own, &word, &closed] {
        assert_eq!(refused["errors"][0]["champ"], "remis_a", "{}", refused.body);
    }
    assert_eq!(
        closed["errors"][0]["message"],
        "la fiche de Claire Technicienne est fermée : nommez quelqu’un d’autre"
    );
    stale.expect(412);
    assert_eq!(slots(&read(&plant, &path).await), [(1, "2031-01-16T09:00:00Z".to_owned())]);
    assert_eq!(read(&plant, YOUSSEF).await["ferme_le"], Value::Null);
}

#[tokio::test]
async fn a_repeated_closing_gets_its_answer_again() {
    let plant = Plant::new();
    booked(&plant, 1, "16").await;
    let key = [("idempotency-key", "depart-1")];
    let asked = || Some(json!({"remis_a": CLAIRE}));

    let first =
        plant.responsable().send("POST", &format!("{YOUSSEF}/fermeture"), &key, asked()).await.expect(200);
    let again =
        plant.responsable().send("POST", &format!("{YOUSSEF}/fermeture"), &key, asked()).await.expect(200);

    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn more_than_one_closing_can_hand_over_is_refused_with_what_to_do() {
    let plant = Plant::new();
    let many = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 1001)
        insert into interventions (numero, titre, type_intervention, equipement_id, technicien_id, date_creation,
            declaree_le, updated_at)
        select 'X-' || i, 'Fuite', 'corrective', 1, 1, 1926000000, 1926000000, 0 from n";
    plant.database().execute(many, []).expect("a thousand and one");

    let refused = close(&plant.responsable(), YOUSSEF, Value::Null).await.expect(409);

    assert_eq!(refused.code(), "trop_a_remettre");
    assert!(
        refused["detail"].as_str().expect("a text").starts_with("1001 choses à remettre"),
        "{}",
        refused.body
    );
}
