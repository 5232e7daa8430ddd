//! A password that somebody else gave: its owner chooses another before anything else.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::plant::{PASSWORD, Person, Plant};
use crate::server_process::{run_with_password, said};
use crate::sign_in::sign_in;

const GIVEN: &str = "un mot donné par l’admin";
const CHOSEN: &str = "un mot que je choisis";

async fn signed_in<'p>(plant: &'p Plant, name: &str, password: &str) -> Person<'p> {
    let reply = sign_in(plant, name, password).await.expect(200);
    plant.bearer(reply["access_token"].as_str().expect("a token"))
}

async fn is_given(person: &Person<'_>) -> Value {
    person.get("auth/me").await.expect(200)["mot_de_passe_provisoire"].clone()
}

/// What they are told who must choose a password first.
async fn refusal(person: &Person<'_>, method: &str, path: &str, body: Option<Value>) -> String {
    let refused = person.send(method, path, &[], body).await.expect(403);
    assert!(refused["detail"].as_str().expect("text").contains("choisissez d’abord le vôtre"));
    refused.code().to_owned()
}

#[tokio::test]
async fn whom_an_administrator_makes_an_account_chooses_a_password_before_anything_else() {
    let plant = Plant::new();
    let body = json!({"username": "nadia", "full_name": "Nadia N.", "email": "nadia@plant.test",
        "role": "responsable", "password": GIVEN});
    plant.admin().post("users/", body).await.expect(201);

    let nadia = signed_in(&plant, "nadia", GIVEN).await;

    assert_eq!(is_given(&nadia).await, true);
    let name = json!({"full_name": "Nadia"});
    for (method, path, body) in [
        ("GET", "interventions/", None),
        ("GET", "auth/sessions", None),
        ("GET", "filters/vues", None),
        ("PATCH", "users/me", Some(name.clone())),
        ("POST", "auth/double", Some(json!({"password": GIVEN}))),
    ] {
        assert_eq!(refusal(&nadia, method, path, body).await, "mot_de_passe_a_changer", "{path}");
    }
    let change = |new: &str| json!({"current_password": GIVEN, "new_password": new});
    let same = nadia.post("auth/change-password", change(GIVEN)).await.expect(422);
    assert_eq!(same["errors"][0]["code"], "mot_de_passe_inchange");
    nadia.post("auth/change-password", change(CHOSEN)).await.expect(204);
    assert_eq!(is_given(&nadia).await, false);
    nadia.get("interventions/").await.expect(200);
    nadia.patch("users/me", name).await.expect(200);
    assert_eq!(is_given(&signed_in(&plant, "nadia", CHOSEN).await).await, false);
}

#[tokio::test]
async fn so_does_whose_password_was_reset_and_signing_out_stays() {
    let plant = Plant::new();
    assert_eq!(is_given(&plant.technicien()).await, false);

    for body in [json!({"password": GIVEN}), json!({})] {
        let reply = plant.admin().post("users/3/reset-password", body).await.expect(200);
        let password = reply["password"].as_str().unwrap_or(GIVEN).to_owned();

        let technicien = signed_in(&plant, "technicien", &password).await;
        assert_eq!(refusal(&technicien, "GET", "interventions/", None).await, "mot_de_passe_a_changer");
        assert_eq!(technicien.get("users/me").await.expect(200)["mot_de_passe_provisoire"], true);
        technicien.post("auth/logout", json!({})).await.expect(204);
        technicien.get("auth/me").await.expect(401);
    }
}

#[tokio::test]
async fn a_password_comes_before_the_second_factor_that_is_owed_too() {
    let plant = Plant::new();
    plant.database().execute("update securite set double_exigee = 1", []).expect("a rule");
    plant
        .database()
        .execute("update users set mot_de_passe_provisoire = 1 where id = 2", [])
        .expect("a given password");
    let responsable = plant.responsable();

    assert_eq!(refusal(&responsable, "GET", "auth/double", None).await, "mot_de_passe_a_changer");
    let change = json!({"current_password": PASSWORD, "new_password": CHOSEN});
    responsable.post("auth/change-password", change).await.expect(204);

    assert_eq!(responsable.get("interventions/").await.expect(403).code(), "double_a_configurer");
    responsable.get("auth/double").await.expect(200);
}

#[tokio::test]
async fn nobody_resets_their_own_for_that_asks_for_no_password() {
    let plant = Plant::new();

    let refused = plant.admin().post("users/1/reset-password", json!({"password": GIVEN})).await;

    assert_eq!(refused.expect(409).code(), "le_votre");
    sign_in(&plant, "admin", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn an_administrator_s_own_e_mail_address_is_not_changed_without_their_password_either() {
    let plant = Plant::new();
    let admin = plant.admin();

    let refused = admin.patch("users/1", json!({"email": "ailleurs@plant.test"})).await.expect(422);
    admin.patch("users/1", json!({"email": "admin@plant.test", "langue": "en"})).await.expect(200);
    admin.patch("users/3", json!({"email": "ailleurs@plant.test"})).await.expect(200);

    let error = &refused["errors"][0];
    assert_eq!((&error["champ"], &error["code"]), (&json!("email"), &json!("mot_de_passe_requis")));
    assert!(error["message"].as_str().expect("text").contains("votre compte"), "{error}");
    let me = admin.get("users/1").await;
    assert_eq!((&me["email"], &me["langue"]), (&json!("admin@plant.test"), &json!("en")));
    let own = json!({"email": "ailleurs2@plant.test", "current_password": PASSWORD});
    admin.patch("users/me", own).await.expect(200);
}

#[test]
fn the_first_account_is_its_maker_s_own_and_what_the_command_line_gives_others_is_not() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("donnees");
    let make = |name: &str| {
        let email = format!("{name}@usine.test");
        let arguments =
            ["admin", "create-user", name, "--full-name", name, "--email", &email, "--role", "admin"];
        let made = run_with_password(&data, &arguments, PASSWORD);
        assert!(made.status.success(), "{}", said(&made));
    };
    let given = |name: &str| -> bool {
        let database = Connection::open(data.join("erp.sqlite3")).expect("the database opens");
        let sql = "select mot_de_passe_provisoire from users where username = ?1";
        database.query_row(sql, [name], |row| row.get(0)).expect("an account")
    };

    make("amina");
    make("brahim");
    assert_eq!((given("amina"), given("brahim")), (false, true));

    let reset = run_with_password(&data, &["admin", "reset-password", "amina"], GIVEN);
    assert!(reset.status.success(), "{}", said(&reset));
    assert!(given("amina"));
}
