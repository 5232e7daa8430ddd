//! Accounts, as administrators manage them and people change their own.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::plant::{PASSWORD, Plant, Reply};
use crate::sign_in::sign_in;

fn newcomer(username: &str) -> Value {
    json!({"username": username, "full_name": "Nadia Nouvelle", "email": format!("{username}@plant.test"),
        "role": "responsable", "password": PASSWORD})
}

fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

#[tokio::test]
async fn an_administrator_creates_changes_and_deactivates_an_account() {
    let plant = Plant::new();
    let admin = plant.admin();

    let created = admin.post("users/", newcomer("nadia")).await.expect(201);
    let path = format!("users/{}", created.id());
    let changed = admin.patch(&path, json!({"full_name": "Nadia N.", "langue": "en"})).await.expect(200);
    admin.delete(&path).await.expect(204);
    admin.delete(&path).await.expect(204);
    let gone = admin.get(&path).await.expect(200);
    let back = admin.send("PATCH", &format!("{path}/activate"), &[], None).await.expect(200);

    assert_eq!(created.header("location"), format!("/api/v1/{path}"));
    assert_eq!((created.header("etag"), changed.header("etag")), ("\"1\"", "\"2\""));
    assert_eq!((&created["langue"], &created["is_active"]), (&json!("fr"), &json!(true)));
    assert_eq!((&changed["full_name"], &changed["langue"]), (&json!("Nadia N."), &json!("en")));
    assert_eq!((&gone["is_active"], &back["is_active"]), (&json!(false), &json!(true)));
    sign_in(&plant, "nadia", PASSWORD).await.expect(200);
    assert_eq!(
        journal(&plant, created.id()),
        ["user.creation", "user.modification", "user.desactivation", "user.activation", "user.connexion"]
    );
}

fn journal(plant: &Plant, user: i64) -> Vec<String> {
    let database = plant.database();
    let mut statement = database
        .prepare("select action from journal where entite = 'user' and entite_id = ?1 order by id")
        .expect("a statement");
    let actions = statement.query_map([user], |row| row.get(0)).expect("rows");
    actions.collect::<Result<_, _>>().expect("texts")
}

// A4
#[tokio::test]
async fn accounts_are_the_administrators_business() {
    let plant = Plant::new();

    for name in ["responsable", "technicien", "client"] {
        let person = plant.person(name);
        for path in ["users", "users/1", "users/999"] {
            person.get(path).await.expect(403);
        }
        person.post("users/", newcomer("nadia")).await.expect(403);
        person.patch("users/1", json!({"role": "client"})).await.expect(403);
        person.delete("users/1").await.expect(403);
        person.send("PATCH", "users/1/activate", &[], None).await.expect(403);
        person.post("users/1/reset-password", json!({})).await.expect(403);
    }
    plant.nobody().get("users").await.expect(401);
    plant.nobody().post("users/", newcomer("nadia")).await.expect(401);

    assert_eq!(plant.admin().get("users").await["total"], 6);
}

#[tokio::test]
async fn the_list_is_filtered_sorted_and_searched() {
    let plant = Plant::new();
    let admin = plant.admin();
    admin.delete("users/6").await.expect(204);
    let ids = async |query: &str| admin.get(&format!("users?{query}")).await.expect(200).ids();

    assert_eq!(ids("role=technicien&role=client").await, [5, 6, 3, 4]);
    assert_eq!(ids("is_active=false").await, [6]);
    assert_eq!(ids("client_id=1").await, [5]);
    assert_eq!(ids("q=chaima").await, [5]);
    assert_eq!(ids("q=rif.test").await, [6]);
    assert_eq!(ids("tri=-full_name&page_size=2").await, [3, 6]);
    assert_eq!(ids("tri=-last_login").await.len(), 6);
    admin.get("users?mot_de_passe=1").await.expect(422);
}

// A10
#[tokio::test]
async fn names_and_addresses_are_unique_whatever_case_and_accents() {
    let plant = Plant::new();
    let admin = plant.admin();

    let twin = with(newcomer("Réspönsable"), "email", json!("nadia@plant.test"));
    let name = admin.post("users/", twin).await.expect(409);
    let address =
        admin.post("users/", with(newcomer("nadia"), "email", json!("ADMIN@plant.test"))).await.expect(409);
    let renamed = admin.patch("users/3", json!({"username": "ADMIN"})).await.expect(409);

    assert_eq!((name.code(), &name["champ"]), ("doublon", &json!("username")));
    assert_eq!((address.code(), &address["champ"]), ("doublon", &json!("email")));
    assert_eq!((renamed.code(), &renamed["champ"]), ("doublon", &json!("username")));
}

// D11
#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_who_create_the_same_name_at_once_one_succeeds() {
    let plant = Arc::new(Plant::new());
    let mut attempts = JoinSet::new();

    for i in 0..16 {
        let plant = plant.clone();
        attempts.spawn(async move {
            let body = with(newcomer("nadia"), "email", json!(format!("nadia{i}@plant.test")));
            plant.admin().post("users/", body).await.status.as_u16()
        });
    }
    let mut statuses = attempts.join_all().await;

    statuses.sort_unstable();
    assert_eq!(statuses, [[201].as_slice(), &[409; 15]].concat());
}

#[tokio::test]
async fn a_client_belongs_to_one_organisation_and_nobody_else_to_any() {
    let plant = Plant::new();
    let admin = plant.admin();
    let client = with(newcomer("nadia"), "role", json!("client"));

    admin.post("users/", client.clone()).await.expect(422);
    admin.post("users/", with(client.clone(), "client_id", json!(99))).await.expect(422);
    admin.post("users/", with(newcomer("nadia"), "client_id", json!(1))).await.expect(422);
    admin.patch("users/5", json!({"client_id": null})).await.expect(422);
    admin.patch("users/2", json!({"role": "client"})).await.expect(422);
    let made = admin.post("users/", with(client, "client_id", json!(2))).await.expect(201);
    let promoted = admin.patch("users/5", json!({"role": "responsable"})).await.expect(200);

    assert_eq!(made["client_id"], 2);
    assert_eq!(promoted["client_id"], json!(null));
}

// A16
#[tokio::test]
async fn an_account_takes_only_what_its_form_names_and_in_its_form() {
    let plant = Plant::new();
    let admin = plant.admin();
    let refused = async |member: &str, value: Value, code: &str| {
        let reply = admin.post("users/", with(newcomer("nadia"), member, value)).await.expect(422);
        let error =
            reply["errors"].as_array().expect("errors").iter().find(|error| error["champ"] == *member);
        assert_eq!(error.map(|error| &error["code"]), Some(&json!(code)), "{member}: {}", reply.body);
    };

    for member in
        ["id", "is_active", "password_hash", "auth_version", "created_at", "technicien_id", "version"]
    {
        refused(member, json!(1), "champ_inconnu").await;
        admin.patch("users/3", json!({member: 1})).await.expect(422);
    }
    refused("username", json!("a"), "trop_court").await;
    refused("username", json!("a".repeat(51)), "trop_long").await;
    refused("username", json!("nadia@plant"), "format").await;
    refused("username", json!("nadia nouvelle"), "format").await;
    refused("full_name", json!("  "), "champ_requis").await;
    refused("email", json!("nadia"), "format").await;
    refused("role", json!("superadmin"), "valeur_invalide").await;
    refused("langue", json!("de"), "valeur_invalide").await;

    assert_eq!(admin.get("users").await["total"], 6, "nothing was created");
}

// A8
#[tokio::test]
async fn a_password_is_long_and_not_the_first_one_would_guess_and_no_more() {
    let plant = Plant::new();
    let admin = plant.admin();
    let attempt = async |password: &str, status: u16| {
        let body = with(newcomer("nadia.nouvelle"), "password", json!(password));
        admin.send("POST", "users/", &[("x-request-id", "essai")], Some(body)).await.expect(status)
    };

    for weak in
        ["onze signes", "password1234", "123456789012", "aaaaaaaaaaaaa", "Nadia.Nouvelle", "nadia nouvelle"]
    {
        let reply = attempt(weak, 422).await;
        assert_eq!(reply["errors"][0]["champ"], "password", "{weak}");
    }
    attempt(&"x y z ".repeat(22), 422).await;
    attempt("douze signes", 201).await;

    let long = "été 1 ".repeat(21);
    admin.post("users/3/reset-password", json!({"password": long})).await.expect(200);
    sign_in(&plant, "technicien", &long).await.expect(200);
}

// A16
#[tokio::test]
async fn people_change_their_own_profile_and_nothing_that_gives_them_more() {
    let plant = Plant::new();
    let technicien = plant.technicien();

    let changed = technicien
        .patch(
            "users/me",
            json!({"full_name": "Youssef B.", "email": "yb@plant.test", "langue": "ar",
                "current_password": PASSWORD}),
        )
        .await
        .expect(200);
    for more in
        [json!({"role": "admin"}), json!({"username": "chef"}), json!({"client_id": 1}), json!({"id": 1})]
    {
        technicien.patch("users/me", more).await.expect(422);
    }

    assert_eq!((changed.id(), &changed["langue"], &changed["role"]), (3, &json!("ar"), &json!("technicien")));
    assert_eq!(technicien.get("users/me").await.body, technicien.get("auth/me").await.body);
    assert_eq!(journal(&plant, 3), ["user.modification"]);
}

// A7
#[tokio::test]
async fn another_e_mail_address_of_one_s_own_asks_for_the_password() {
    let plant = Plant::new();
    let technicien = plant.technicien();
    let change = |password: &str| json!({"email": "yb@plant.test", "current_password": password});

    let without = technicien.patch("users/me", json!({"email": "yb@plant.test"})).await.expect(422);
    let wrong = technicien.patch("users/me", change("au hasard")).await.expect(422);
    technicien.patch("users/me", json!({"email": "technicien@plant.test", "langue": "en"})).await.expect(200);

    let refused = |reply: &Reply| (reply["errors"][0]["champ"].clone(), reply["errors"][0]["code"].clone());
    assert_eq!(refused(&without), (json!("current_password"), json!("mot_de_passe_requis")));
    assert_eq!(refused(&wrong), (json!("current_password"), json!("mot_de_passe_incorrect")));
    assert_eq!(technicien.get("users/me").await["email"], "technicien@plant.test");
    for _ in 0..4 {
        technicien.patch("users/me", change("au hasard")).await.expect(422);
    }
    technicien.patch("users/me", change(PASSWORD)).await.expect(429);
    plant.advance(Duration::from_secs(30));
    let key = [("idempotency-key", "une-adresse")];
    for _ in 0..2 {
        technicien.send("PATCH", "users/me", &key, Some(change(PASSWORD))).await.expect(200);
    }
    assert_eq!(journal(&plant, 3), ["user.modification", "user.modification"]);
}

// D14
#[tokio::test]
async fn a_change_based_on_an_older_version_changes_nothing() {
    let plant = Plant::new();
    let admin = plant.admin();
    admin.patch("users/3", json!({"langue": "en"})).await.expect(200);
    let stale = [("if-match", "\"1\"")];

    admin.send("PATCH", "users/3", &stale, Some(json!({"langue": "ar"}))).await.expect(412);
    admin.send("DELETE", "users/3", &stale, None).await.expect(412);

    let user = admin.get("users/3").await;
    assert_eq!((&user["langue"], &user["is_active"]), (&json!("en"), &json!(true)));
}

// A11
#[tokio::test]
async fn the_last_administrator_stays() {
    let plant = Plant::new();
    let admin = plant.admin();

    let deactivated = admin.delete("users/1").await.expect(409);
    let demoted = admin.patch("users/1", json!({"role": "responsable"})).await.expect(409);

    assert_eq!((deactivated.code(), demoted.code()), ("dernier_admin", "dernier_admin"));
    admin.patch("users/2", json!({"role": "admin"})).await.expect(200);
    admin.delete("users/1").await.expect(204);
}

// A11
#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_who_remove_each_other_at_once_leave_one() {
    for round in 0..10 {
        let plant = Plant::new();
        plant.admin().patch("users/2", json!({"role": "admin"})).await.expect(200);
        // The promotion ended the second one's sessions.
        let reply = sign_in(&plant, "responsable", PASSWORD).await.expect(200);
        let second = plant.bearer(reply["access_token"].as_str().expect("a token"));
        let first = plant.admin();

        let outcomes = if round % 2 == 0 {
            tokio::join!(first.delete("users/2"), second.delete("users/1"))
        } else {
            let demoted = json!({"role": "responsable"});
            tokio::join!(first.patch("users/2", demoted), second.delete("users/1"))
        };

        let admins: i64 = plant
            .database()
            .query_row("select count(*) from users where role = 'admin' and is_active", [], |row| row.get(0))
            .expect("a count");
        assert_eq!(admins, 1);
        let statuses = [outcomes.0.status.as_u16(), outcomes.1.status.as_u16()];
        assert!(statuses.iter().filter(|status| **status < 300).count() == 1, "{statuses:?}");
    }
}

#[tokio::test]
async fn who_is_on_the_technicians_list_leaves_it_with_the_role() {
    let plant = Plant::new();

    let raised = plant.admin().patch("users/3", json!({"role": "responsable"})).await.expect(200);

    assert_eq!((&raised["technicien_id"], &raised["fiche_fermee_id"]), (&json!(null), &json!(1)));
    plant.technicien().get("auth/me").await.expect(401);
}

#[tokio::test]
async fn an_administrator_gives_another_password_chosen_or_made() {
    let plant = Plant::new();
    let admin = plant.admin();
    for _ in 0..5 {
        sign_in(&plant, "technicien", "oublié, oublié").await.expect(401);
    }

    let chosen = admin.post("users/3/reset-password", json!({"password": "un mot choisi"})).await.expect(200);
    sign_in(&plant, "technicien", "un mot choisi").await.expect(200);
    let made = admin.send("POST", "users/3/reset-password", &[], None).await.expect(200);
    let other = admin.post("users/3/reset-password", json!({})).await.expect(200);

    assert_eq!(chosen.body, json!({}));
    let password = other["password"].as_str().expect("a password");
    assert_eq!(password.len(), 23);
    assert_ne!(made["password"], other["password"]);
    sign_in(&plant, "technicien", "un mot choisi").await.expect(401);
    sign_in(&plant, "technicien", password).await.expect(200);
    admin.post("users/3/reset-password", json!({"password": "court"})).await.expect(422);
    admin.post("users/99/reset-password", json!({})).await.expect(404);
}

#[tokio::test]
async fn a_repeated_creation_is_answered_again_and_its_key_gives_no_password_away() {
    let plant = Plant::new();
    let admin = plant.admin();
    let key = [("idempotency-key", "k1")];

    let first = admin.send("POST", "users/", &key, Some(newcomer("nadia"))).await.expect(201);
    let again = admin.send("POST", "users/", &key, Some(newcomer("nadia"))).await.expect(201);
    let made =
        admin.send("POST", "users/3/reset-password", &[("idempotency-key", "k2")], Some(json!({}))).await;

    assert_eq!((first.id(), again.header("idempotent-replayed")), (again.id(), "true"));
    let kept: Vec<u8> = plant
        .database()
        .query_row("select group_concat(body || hex(fingerprint)) from idempotency", [], |row| {
            row.get::<_, String>(0).map(String::into_bytes)
        })
        .expect("one answer");
    let kept = String::from_utf8_lossy(&kept).into_owned();
    assert!(!kept.contains(made["password"].as_str().expect("a password")), "{kept}");
    let body = newcomer("nadia").to_string();
    let guess = plain_sha256(&[b"POST\0/api/v1/users\0", body.as_bytes()].concat());
    assert!(!kept.contains(&guess), "a plain hash of the body can be guessed");
}

fn plain_sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02X}")).collect()
}

#[tokio::test]
async fn no_hash_and_no_password_is_ever_shown_or_journalled() {
    let plant = Plant::new();
    let admin = plant.admin();
    let mut shown = String::new();
    for reply in [
        admin.post("users/", newcomer("nadia")).await,
        admin.patch("users/3", json!({"langue": "en"})).await,
        admin.get("users").await,
        admin.get("users/1").await,
        admin.get("users/me").await,
        admin.get("auth/me").await,
        admin.get("auth/sessions").await,
        admin.post("users/3/reset-password", json!({"password": "un mot choisi"})).await,
        sign_in(&plant, "nadia", PASSWORD).await,
    ] {
        assert!(reply.status.is_success(), "{}", reply.body);
        shown += &String::from_utf8_lossy(&reply.bytes);
    }
    shown += &plant
        .database()
        .query_row(
            "select group_concat(coalesce(avant, '') || coalesce(apres, '')) from journal",
            [],
            |row| row.get::<_, String>(0),
        )
        .expect("a journal");

    for secret in ["argon2", "password_hash", PASSWORD, "un mot choisi"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}
