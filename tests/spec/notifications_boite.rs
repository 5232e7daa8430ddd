//! One's own inbox, what people choose, and what they write to one another.

use std::time::Duration;

use serde_json::{Value, json};

use crate::interventions::{go, led_by_youssef, value};
use crate::notifications::tell;
use crate::plant::{Person, Plant, Reply};

/// Writes to Youssef in the application; the reply.
async fn write(plant: &Plant, contenu: &str) -> Reply {
    let body = json!({"user_id": 3, "type": "information", "canal": "app", "contenu": contenu});
    plant.responsable().post("notifications/", body).await.expect(201)
}

async fn choose(person: &Person<'_>, types: Value) -> Reply {
    person.put("notifications/preferences", json!({"heure_resume": 7, "types": types})).await
}

#[tokio::test]
async fn an_inbox_is_read_newest_first_and_counts_what_is_unread() {
    let plant = Plant::new();
    for text in ["Un", "Deux", "Trois"] {
        write(&plant, text).await;
    }
    let youssef = plant.technicien();
    let newest = youssef.get("notifications/").await.expect(200);

    let read = youssef.patch(&format!("notifications/{}/lue", newest.ids()[0]), json!({})).await.expect(200);

    assert_eq!(newest["items"][0]["contenu"], "Trois");
    assert_eq!((&newest["total"], &newest["non_lues"]), (&json!(3), &json!(3)));
    assert_eq!((&read["lue"], &read["lue_le"]), (&json!(true), &json!("2031-01-15T08:00:00Z")));
    let unread = youssef.get("notifications/?lue=false").await.expect(200);
    assert_eq!((&unread["total"], &unread["non_lues"]), (&json!(2), &json!(2)));
    let all = youssef.post("notifications/tout-lire", json!({})).await.expect(200);
    assert_eq!(all["lues"], 2);
    assert_eq!(youssef.get("notifications/").await["non_lues"], 0);
    assert_eq!(plant.client().get("notifications/").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn an_inbox_is_narrowed_by_type_thing_time_and_words() {
    let plant = Plant::new();
    let path = led_by_youssef(&plant).await;
    tell(&plant).await;
    plant.advance(Duration::from_secs(86_400));
    write(&plant, "Réunion à l’échangeur").await;
    let youssef = plant.technicien();

    for (query, total) in [
        ("", 2),
        ("type=affectation", 1),
        ("type=affectation&type=information", 2),
        ("intervention_id=1", 1),
        ("intervention_id=2", 0),
        ("du=2031-01-16", 1),
        ("au=2031-01-15", 1),
        ("q=echang", 1),
        ("q=presse", 1),
        ("lue=true", 0),
    ] {
        let inbox = youssef.get(&format!("notifications/?{query}")).await.expect(200);
        assert_eq!(inbox["total"], total, "{query}");
    }
    assert_eq!(path, "interventions/1");
    let refused = youssef.get("notifications/?canal=app").await.expect(422);
    assert_eq!(refused["errors"][0]["champ"], "canal");
}

// D15
#[tokio::test]
async fn an_inbox_costs_at_most_six_statements_whatever_is_in_it() {
    let plant = Plant::new();
    for number in 0..60 {
        write(&plant, &format!("Message {number}")).await;
    }
    let youssef = plant.technicien();
    let before = plant.app.metrics().statements.get();

    let inbox =
        youssef.get("notifications/?page_size=50&du=2031-01-01&q=message&lue=false").await.expect(200);

    let spent = plant.app.metrics().statements.get() - before;
    assert_eq!(inbox.ids().len(), 50);
    assert!(spent <= 6, "{spent} statements");
}

// A14
#[tokio::test]
async fn somebody_else_s_message_is_not_there() {
    let plant = Plant::new();
    let id = write(&plant, "Pour Youssef").await.id();

    for person in ["admin", "responsable", "technicien2", "client"] {
        let person = plant.person(person);
        person.patch(&format!("notifications/{id}/lue"), json!({})).await.expect(404);
        person.delete(&format!("notifications/{id}")).await.expect(404);
    }

    assert_eq!(plant.technicien().get("notifications/").await["non_lues"], 1);
}

#[tokio::test]
async fn a_deleted_message_is_gone_from_the_inbox_and_its_delivery_stays_on_record() {
    let plant = Plant::new();
    let id = write(&plant, "À jeter").await.id();
    let youssef = plant.technicien();

    youssef.delete(&format!("notifications/{id}")).await.expect(204);

    assert_eq!(youssef.get("notifications/").await["total"], 0);
    youssef.delete(&format!("notifications/{id}")).await.expect(404);
    let sent = plant.responsable().get("notifications/envois").await.expect(200);
    assert_eq!((&sent["total"], &sent["items"][0]["statut"]), (&json!(1), &json!("envoye")));
    assert_eq!(
        value(&plant, "select action from journal order by id desc limit 1"),
        "notification.suppression"
    );
}

#[tokio::test]
async fn a_responsable_writes_to_somebody_by_the_channel_they_name() {
    let plant = Plant::new();
    led_by_youssef(&plant).await;
    let body = json!({
        "user_id": 3, "type": "information", "canal": "app", "contenu": "Passez à l’atelier.", "intervention_id": 1
    });

    let written = plant.responsable().post("notifications/", body).await.expect(201);

    for (member, expected) in [
        ("user_id", json!(3)),
        ("type", json!("information")),
        ("canal", json!("app")),
        ("titre", json!("INT-2031-000001 : Information de Rachid Responsable")),
        ("contenu", json!("Passez à l’atelier.")),
        ("lien", json!("/interventions/1")),
        ("lue", json!(false)),
    ] {
        assert_eq!(written[member], expected, "{member}");
    }
    let envoi = plant.responsable().get(written.header("location")).await.expect(200);
    assert_eq!((&envoi["notification_id"], &envoi["statut"]), (&written["id"], &json!("envoye")));
    let entry = "select acteur || ' ' || entite_id from journal where action = 'user.notification'";
    assert_eq!(value(&plant, entry), "responsable 3");
    tell(&plant).await;
    assert_eq!(plant.technicien().get("notifications/?type=information").await["total"], 1, "told once");
}

#[tokio::test]
async fn a_message_is_refused_to_whom_it_could_not_serve() {
    let plant = Plant::new();
    led_by_youssef(&plant).await;
    plant.admin().delete("users/6").await.expect(204);
    let body = |further: Value| {
        let mut body = json!({"user_id": 3, "type": "information", "canal": "app", "contenu": "Bonjour"});
        for (member, value) in further.as_object().expect("an object") {
            body[member] = value.clone();
        }
        body
    };

    for (further, champ, code) in [
        (json!({"user_id": 99}), "user_id", "introuvable"),
        (json!({"user_id": 6}), "user_id", "valeur_invalide"),
        (json!({"intervention_id": 99}), "intervention_id", "introuvable"),
        (json!({"user_id": 4, "intervention_id": 1}), "intervention_id", "non_visible"),
        (json!({"contenu": "  "}), "contenu", "champ_requis"),
        (json!({"contenu": "x".repeat(2001)}), "contenu", "trop_long"),
        (json!({"canal": "pigeon"}), "canal", "valeur_invalide"),
        (json!({"type": "ragot"}), "type", "valeur_invalide"),
        (json!({"lue": true}), "lue", "champ_inconnu"),
    ] {
        let refused = plant.responsable().post("notifications/", body(further.clone())).await.expect(422);
        let wrong = &refused["errors"][0];
        assert_eq!((&wrong["champ"], &wrong["code"]), (&json!(champ), &json!(code)), "{further}");
    }
    plant.technicien().post("notifications/", body(json!({}))).await.expect(403);
    assert_eq!(
        value(&plant, "select count(*) from notifications where type = 'information' and user_id = 3"),
        "0"
    );
}

#[tokio::test]
async fn one_message_is_sent_however_often_the_request_comes() {
    let plant = Plant::new();
    let body = json!({"user_id": 3, "type": "information", "canal": "email", "contenu": "Bonjour"});
    let send = async || {
        let key = [("idempotency-key", "n-1")];
        plant.responsable().send("POST", "notifications/", &key, Some(body.clone())).await.expect(201)
    };

    let (first, second) = (send().await, send().await);

    assert_eq!(first.body, second.body);
    assert_eq!(value(&plant, "select count(*) from envois"), "1");
    assert_eq!(plant.technicien().get("notifications/").await["total"], 0, "by e-mail only");
}

#[tokio::test]
async fn each_role_has_defaults_and_each_person_their_own_choice() {
    let plant = Plant::new();
    let of = |reply: &Reply, kind: &str| {
        let types = reply["types"].as_array().expect("a list");
        types.iter().find(|choice| choice["type"] == kind).expect("every type").clone()
    };
    let before = plant.technicien().get("notifications/preferences").await.expect(200);
    let manager = plant.responsable().get("notifications/preferences").await.expect(200);

    let chosen = json!([{"type": "affectation", "app": false, "email": "quotidien", "log": true}]);
    let after = choose(&plant.technicien(), chosen).await.expect(200);

    assert_eq!((&before["heure_resume"], before["types"].as_array().map(Vec::len)), (&json!(7), Some(9)));
    let immediate = json!({"type": "affectation", "app": true, "email": "immediat", "log": false});
    assert_eq!(of(&before, "affectation"), immediate);
    assert_eq!(of(&manager, "retard")["email"], "quotidien");
    assert_eq!(of(&after, "affectation")["app"], false);
    assert_eq!(of(&after, "rappel"), of(&before, "rappel"), "what is left out follows the role");
    assert_eq!(plant.technicien().get("notifications/preferences").await.body, after.body);
    let again = plant.technicien().put("notifications/preferences", after.body.clone()).await.expect(200);
    assert_eq!(again.body, after.body);
    assert_eq!(value(&plant, "select count(*) from journal where action = 'user.preferences'"), "2");
    for (body, champ) in [
        (json!({"heure_resume": 24, "types": []}), "heure_resume"),
        (
            json!({"heure_resume": 7, "types": [{"type": "ragot", "app": true, "email": "jamais"}]}),
            "types[0].type",
        ),
        (
            json!({"heure_resume": 7, "types": [{"type": "rappel", "app": true, "email": "souvent"}]}),
            "types[0].email",
        ),
        (
            json!({"heure_resume": 7, "types": [
                {"type": "rappel", "app": true, "email": "jamais"},
                {"type": "rappel", "app": false, "email": "jamais"},
            ]}),
            "types[1].type",
        ),
    ] {
        let refused = plant.technicien().put("notifications/preferences", body).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], champ);
    }
}

#[tokio::test]
async fn people_are_told_by_the_channels_that_they_chose_and_no_other() {
    let plant = Plant::new();
    let all = |app: bool, email: &str, log: bool| json!([{"type": "affectation", "app": app, "email": email, "log": log}]);
    let channels =
        "select group_concat(canal || ' ' || v.statut, ', ') from (select * from envois order by id) v
         join notifications n on n.id = v.notification_id where n.user_id = 3";

    for (choice, expected) in [
        (all(true, "jamais", false), "app envoye"),
        (all(false, "immediat", false), "email a_envoyer"),
        (all(true, "quotidien", true), "app envoye, email groupe, log a_envoyer"),
        (all(false, "jamais", false), ""),
    ] {
        let plant = Plant::new();
        choose(&plant.technicien(), choice).await.expect(200);

        led_by_youssef(&plant).await;
        tell(&plant).await;

        assert_eq!(value(&plant, channels), expected);
        let inbox = plant.technicien().get("notifications/").await.expect(200);
        assert_eq!(inbox["total"] == 1, expected.contains("app"), "{expected}");
    }
    // Another type keeps its own choice.
    choose(&plant.client(), json!([{"type": "cloture", "app": false, "email": "jamais"}])).await.expect(200);
    let path = led_by_youssef(&plant).await;
    go(&plant.technicien(), &path, "en_cours").await.expect(200);
    go(&plant.technicien(), &path, "termine").await.expect(200);
    tell(&plant).await;
    let inbox = plant.client().get("notifications/?tri=date").await.expect(200);
    let types: Vec<_> = inbox["items"].as_array().expect("a list").iter().map(|item| &item["type"]).collect();
    assert_eq!(types, ["information", "changement_statut"]);
}
