//! The audit journal: what it tells, to whom, and that nobody rewrites it.

use serde_json::{Value, json};

use crate::plant::{Plant, Reply};

/// A plant where three things happened to site 1, with the ids 1 to 3.
async fn plant_with_a_past() -> Plant {
    let plant = Plant::new();
    for nom in ["Conserverie", "Sardinerie", "Usine"] {
        plant.responsable().patch("sites/1", json!({"nom": nom})).await.expect(200);
    }
    plant
}

/// What somebody does who has the database file and no scruples.
fn tamper(plant: &Plant, sql: &str) {
    let rules = "drop trigger journal_is_never_updated; drop trigger journal_is_never_deleted;";
    plant.database().execute_batch(&format!("{rules} {sql}")).expect("a crime");
}

async fn verification(plant: &Plant) -> Reply {
    plant.admin().get("audit/verification").await.expect(200)
}

#[tokio::test]
async fn the_journal_tells_who_changed_what_from_what_to_what() {
    let plant = Plant::new();
    let nom = json!({"nom": "Conserverie"});
    plant.responsable().send("PATCH", "sites/1", &[("x-request-id", "abc-1")], Some(nom)).await.expect(200);

    let list = plant.admin().get("audit").await.expect(200);

    let entry = &list["items"][0];
    for (member, value) in [
        ("acteur", json!("responsable")),
        ("user_id", json!(2)),
        ("date", json!("2031-01-15T08:00:00Z")),
        ("action", json!("site.modification")),
        ("entite", json!("site")),
        ("entite_id", json!(1)),
        ("request_id", json!("abc-1")),
    ] {
        assert_eq!(entry[member], value, "{member}");
    }
    assert_eq!(entry["avant"]["nom"], "Usine de Casablanca");
    assert_eq!(entry["apres"]["nom"], "Conserverie");
    let hash = entry["empreinte"].as_str().expect("a hash");
    assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
}

#[tokio::test]
async fn the_journal_is_read_newest_first_page_by_page() {
    let plant = plant_with_a_past().await;
    let admin = plant.admin();

    let first = admin.get("audit?page_size=2").await.expect(200);
    let cursor = first["next_cursor"].as_str().expect("more");
    let second = admin.get(&format!("audit?page_size=2&cursor={cursor}")).await.expect(200);

    assert_eq!((first.ids(), &first["total"]), (vec![3, 2], &json!(3)));
    assert_eq!((second.ids(), &second["next_cursor"]), (vec![1], &Value::Null));
}

#[tokio::test]
async fn the_journal_is_narrowed_by_actor_thing_request_and_time() {
    let plant = plant_with_a_past().await;
    plant.set_time("2031-01-16T08:00:00Z");
    let admin = plant.admin();
    let client = json!({"nom": "Nouveau"});
    let created = admin.send("POST", "clients/", &[("x-request-id", "r-9")], Some(client)).await.expect(201);

    for (query, ids) in [
        ("acteur=admin".to_owned(), vec![4]),
        ("user_id=2&entite=site".to_owned(), vec![3, 2, 1]),
        ("action=site.creation".to_owned(), vec![]),
        (format!("entite=client&entite_id={}", created.id()), vec![4]),
        ("request_id=r-9".to_owned(), vec![4]),
        ("q=CREATION".to_owned(), vec![4]),
        ("q=respons%20modif".to_owned(), vec![3, 2, 1]),
        ("du=2031-01-16".to_owned(), vec![4]),
        ("au=2031-01-15".to_owned(), vec![3, 2, 1]),
        ("du=2031-01-15T08:00:01Z&au=2031-01-16T08:00:00Z".to_owned(), vec![]),
    ] {
        assert_eq!(admin.get(&format!("audit?{query}")).await.expect(200).ids(), ids, "{query}");
    }
}

#[tokio::test]
async fn only_an_admin_reads_the_journal_and_a_refusal_is_in_it() {
    let plant = Plant::new();

    for username in ["responsable", "technicien", "client"] {
        plant.person(username).get("audit").await.expect(403);
        plant.person(username).get("audit/verification").await.expect(403);
    }

    let refusals = plant.admin().get("audit?action=acces.refuse&acteur=client").await.expect(200);
    assert_eq!(refusals["total"], 2);
    assert_eq!(refusals["items"][0]["apres"]["path"], "/api/v1/audit/verification");
}

#[tokio::test]
async fn an_untouched_journal_is_whole() {
    let plant = plant_with_a_past().await;

    let verdict = verification(&plant).await;

    assert_eq!(verdict.body, json!({"entrees": 3, "intacte": true, "premiere_rupture": null}));
}

#[tokio::test]
async fn a_journal_longer_than_one_read_is_checked_to_its_end() {
    let plant = plant_with_a_past().await;
    tamper(
        &plant,
        "with recursive n (i) as (select 4 union all select i + 1 from n where i < 45000)
         insert into journal (id, date, acteur, action, entite, empreinte) select i, 0, 'x', 'x', 'x', x'00' from n",
    );

    let verdict = verification(&plant).await;

    assert_eq!(verdict.body, json!({"entrees": 45000, "intacte": false, "premiere_rupture": 4}));
}

#[tokio::test]
async fn any_change_of_an_entry_is_found() {
    for (column, value) in [
        ("date", "date + 1"),
        ("user_id", "1"),
        ("acteur", "'admin'"),
        ("adresse", "'192.0.2.1'"),
        ("request_id", "null"),
        ("action", "'site.creation'"),
        ("entite", "'client'"),
        ("entite_id", "2"),
        ("avant", "null"),
        ("apres", "'{}'"),
        ("empreinte", "x'00'"),
    ] {
        let plant = plant_with_a_past().await;
        tamper(&plant, &format!("update journal set {column} = {value} where id = 2"));

        let verdict = verification(&plant).await;

        assert_eq!(verdict.body, json!({"entrees": 3, "intacte": false, "premiere_rupture": 2}), "{column}");
    }
}

#[tokio::test]
async fn an_entry_removed_from_the_middle_is_found() {
    let plant = plant_with_a_past().await;
    tamper(&plant, "delete from journal where id = 2");

    let verdict = verification(&plant).await;

    assert_eq!(verdict.body, json!({"entrees": 2, "intacte": false, "premiere_rupture": 2}));
}

#[tokio::test]
async fn a_removed_end_is_found_even_when_the_journal_goes_on() {
    let plant = plant_with_a_past().await;
    tamper(&plant, "delete from journal where id >= 2");

    let cut = verification(&plant).await;
    for nom in ["A", "B", "C"] {
        plant.responsable().patch("sites/1", json!({"nom": nom})).await.expect(200);
    }
    let grown = verification(&plant).await;

    assert_eq!(cut.body, json!({"entrees": 1, "intacte": false, "premiere_rupture": 2}));
    assert_eq!(grown.body, json!({"entrees": 4, "intacte": false, "premiere_rupture": 2}));
}

#[tokio::test]
async fn a_journal_emptied_altogether_is_found() {
    let plant = plant_with_a_past().await;
    tamper(&plant, "delete from journal");

    let verdict = verification(&plant).await;

    assert_eq!(verdict.body, json!({"entrees": 0, "intacte": false, "premiere_rupture": 1}));
}

// D9
#[tokio::test]
async fn the_database_itself_refuses_to_change_or_remove_an_entry() {
    let plant = plant_with_a_past().await;
    let database = plant.database();

    for sql in ["update journal set acteur = 'x' where id = 1", "delete from journal where id = 3"] {
        let refused = database.execute(sql, []).expect_err("the journal is append-only");
        assert!(refused.to_string().contains("journal_append_only"), "{refused}");
    }

    assert_eq!(verification(&plant).await["intacte"], true);
}
