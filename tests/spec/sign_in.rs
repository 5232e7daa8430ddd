//! Signing in: who gets in, who waits, and what the first start asks.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use erp_interventions::jobs;
use erp_interventions::kernel::server::PeerAddress;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::plant::{PASSWORD, Plant, Reply};

/// Signs in with a name and a password.
pub async fn sign_in(plant: &Plant, name: &str, password: &str) -> Reply {
    token(plant, &form(&[("username", name), ("password", password)]), &[]).await
}

/// Sends a body to the sign-in.
pub async fn token(plant: &Plant, body: &str, headers: &[(&str, &str)]) -> Reply {
    plant.nobody().send_raw(token_request(body, headers)).await
}

fn token_request(body: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request =
        Request::post("/api/v1/auth/token").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).expect("a request")
}

fn form(fields: &[(&str, &str)]) -> String {
    serde_html_form::to_string(fields).expect("a form")
}

/// What a problem says, but for the request's own id.
fn said(reply: &Reply) -> Value {
    let mut body = reply.body.clone();
    body.as_object_mut().expect("a problem").remove("request_id");
    body
}

#[tokio::test]
async fn a_person_signs_in_by_user_name_or_e_mail_whatever_case_and_accents() {
    let plant = Plant::new();

    for name in ["technicien", "TECHNICIEN", " Téchnicien ", "technicien@plant.test", "Technicien@Plant.test"]
    {
        let reply = sign_in(&plant, name, PASSWORD).await.expect(200);

        assert_eq!((&reply["token_type"], &reply["expires_in"]), (&json!("bearer"), &json!(600)));
        assert_eq!(reply.header("cache-control"), "no-store");
        let token = reply["access_token"].as_str().expect("a token");
        let me = plant.bearer(token).get("auth/me").await.expect(200);
        assert_eq!((&me["username"], &me["technicien_id"]), (&json!("technicien"), &json!(1)));
        assert_eq!(me["last_login"], "2031-01-15T08:00:00Z");
    }
    let entries: i64 = plant
        .database()
        .query_row(
            "select count(*) from journal where action = 'user.connexion' and entite_id = 3",
            [],
            |row| row.get(0),
        )
        .expect("a count");
    assert_eq!(entries, 5);
}

#[tokio::test]
async fn the_form_is_the_one_oauth_clients_and_the_documentation_page_send() {
    let plant = Plant::new();
    let swagger = [
        ("grant_type", "password"),
        ("username", "admin"),
        ("password", PASSWORD),
        ("scope", ""),
        ("client_id", ""),
        ("client_secret", ""),
    ];

    token(&plant, &form(&swagger), &[("authorization", "Basic Og==")]).await.expect(200);
    token(&plant, &form(&[("email", "admin@plant.test"), ("password", PASSWORD)]), &[]).await.expect(200);

    let other = form(&[("grant_type", "client_credentials"), ("username", "admin"), ("password", PASSWORD)]);
    let refused = token(&plant, &other, &[]).await.expect(422);
    assert_eq!(refused["errors"][0]["champ"], "grant_type");
    let missing = token(&plant, "username=admin", &[]).await.expect(422);
    assert_eq!(
        missing["errors"][0],
        json!({"champ": "password", "code": "champ_requis", "message": "est requis"})
    );
    plant.nobody().post("auth/token", json!({"username": "admin", "password": PASSWORD})).await.expect(415);
}

// A6
#[tokio::test]
async fn a_wrong_password_an_unknown_name_and_a_deactivated_account_look_the_same() {
    let plant = Plant::new();
    plant.admin().delete("users/3").await.expect(204);

    let wrong = sign_in(&plant, "responsable", "ce n'est pas cela").await.expect(401);
    let unknown = sign_in(&plant, "personne", PASSWORD).await.expect(401);
    let deactivated = sign_in(&plant, "technicien", PASSWORD).await.expect(401);

    assert_eq!(wrong.code(), "identifiants_invalides");
    assert_eq!(wrong.header("www-authenticate"), "Bearer");
    assert_eq!(said(&wrong), said(&unknown));
    assert_eq!(said(&wrong), said(&deactivated));
}

// A9
#[tokio::test]
async fn the_whole_password_counts() {
    let plant = Plant::new();
    let long = format!("{}fin", "é".repeat(125));
    plant.admin().post("users/3/reset-password", json!({"password": long})).await.expect(200);

    sign_in(&plant, "technicien", &format!("{}fin!", "é".repeat(125))).await.expect(401);
    sign_in(&plant, "technicien", &"é".repeat(125)).await.expect(401);
    sign_in(&plant, "technicien", &format!("{long} ")).await.expect(401);

    sign_in(&plant, "technicien", &long).await.expect(200);
}

// A5
#[tokio::test]
async fn after_five_failures_a_name_waits_even_with_the_right_password_and_after_a_restart() {
    let mut plant = Plant::new();
    for _ in 0..5 {
        sign_in(&plant, "technicien", "faux mot de passe").await.expect(401);
    }

    let sixth = sign_in(&plant, "Technicien", PASSWORD).await.expect(429);

    assert_eq!((sixth.code(), sixth.header("retry-after")), ("trop_de_tentatives", "30"));
    sign_in(&plant, "responsable", PASSWORD).await.expect(200);
    plant = plant.restart().await;
    plant.advance(Duration::from_secs(29));
    assert_eq!(sign_in(&plant, "technicien", PASSWORD).await.expect(429).header("retry-after"), "1");
    plant.advance(Duration::from_secs(1));
    sign_in(&plant, "technicien", "faux mot de passe").await.expect(401);
    assert_eq!(sign_in(&plant, "technicien", PASSWORD).await.expect(429).header("retry-after"), "60");
    plant.advance(Duration::from_secs(60));
    sign_in(&plant, "technicien", PASSWORD).await.expect(200);
    // Success wipes the slate: five more attempts.
    for _ in 0..5 {
        sign_in(&plant, "technicien", "faux mot de passe").await.expect(401);
    }
    sign_in(&plant, "technicien", PASSWORD).await.expect(429);
}

// A5
#[tokio::test]
async fn a_name_that_is_nobodys_waits_just_the_same() {
    let plant = Plant::new();
    let mut known = Vec::new();
    let mut unknown = Vec::new();

    for _ in 0..6 {
        known.push(said(&sign_in(&plant, "technicien", "faux mot de passe").await));
        unknown.push(said(&sign_in(&plant, "personne", "faux mot de passe").await));
    }

    assert_eq!(known, unknown);
    assert_eq!((&known[4]["status"], &known[5]["status"]), (&json!(401), &json!(429)));
}

/// Signs in from an address, in cookie mode, with the cookies of a browser.
async fn sign_in_from(plant: &Plant, address: &str, name: &str, password: &str, cookies: &str) -> Reply {
    let body = form(&[("username", name), ("password", password)]);
    let mut request = token_request(&body, &[("x-session", "cookie"), ("cookie", cookies)]);
    let address: SocketAddr = address.parse().expect("an address");
    request.extensions_mut().insert(PeerAddress(address));
    plant.nobody().send_raw(request).await
}

/// The cookie by which a browser is known after this reply, without its attributes.
fn device_cookie(reply: &Reply) -> String {
    let cookies = reply.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("text"));
    let device = cookies.filter_map(|cookie| cookie.split(';').next()).find(|it| it.contains("erp_device_"));
    device.expect("a device's cookie").to_owned()
}

// A5
#[tokio::test]
async fn who_guesses_elsewhere_makes_nobody_wait_here() {
    let plant = Plant::new();
    for _ in 0..5 {
        sign_in_from(&plant, "[2001:db8:0:1::7]:4000", "technicien", "faux", "").await.expect(401);
    }

    let neighbour = sign_in_from(&plant, "[2001:db8:0:1::8]:4000", "technicien", PASSWORD, "").await;
    let here = sign_in_from(&plant, "[2001:db8:0:2::7]:4000", "technicien", PASSWORD, "").await;

    neighbour.expect(429);
    let here = here.expect(200);
    // Who came in here gives nobody more guesses there.
    sign_in_from(&plant, "[2001:db8:0:1::7]:4000", "technicien", PASSWORD, "").await.expect(429);
    let access = here["access_token"].as_str().expect("a token").to_owned();
    let change = json!({"current_password": PASSWORD, "new_password": "une autre phrase"});
    plant.bearer(&access).post("auth/change-password", change).await.expect(204);
}

// A5
#[tokio::test]
async fn guesses_from_everywhere_make_a_name_wait_but_not_on_the_person_s_own_devices() {
    let plant = Plant::new();
    let own =
        device_cookie(&sign_in_from(&plant, "192.0.2.1:1", "technicien", PASSWORD, "").await.expect(200));
    let other = device_cookie(&sign_in_from(&plant, "192.0.2.1:1", "client", PASSWORD, "").await.expect(200));
    for network in 0..10 {
        for _ in 0..5 {
            let address = format!("198.51.100.{network}:1");
            sign_in_from(&plant, &address, "technicien", "faux", "").await.expect(401);
            sign_in_from(&plant, &address, "personne", "faux", "").await.expect(401);
        }
    }
    let from =
        async |cookies: &str| sign_in_from(&plant, "203.0.113.1:1", "technicien", PASSWORD, cookies).await;

    let refused = from("").await.expect(429);
    assert_eq!(refused.header("retry-after"), "3600");
    let nobody = sign_in_from(&plant, "203.0.113.1:1", "personne", PASSWORD, "").await.expect(429);
    assert_eq!(said(&refused), said(&nobody));
    from(&format!("erp_device_3={}", other.split_once('=').expect("a pair").1)).await.expect(429);
    from(&format!("{other}; {own}")).await.expect(200);

    plant.advance(Duration::from_secs(3600));
    from("").await.expect(200);
}

#[tokio::test]
async fn a_known_device_has_five_guesses_of_its_own_and_is_forgotten_after_ninety_days() {
    let plant = Plant::new();
    let own =
        device_cookie(&sign_in_from(&plant, "192.0.2.1:1", "technicien", PASSWORD, "").await.expect(200));
    for _ in 0..5 {
        sign_in_from(&plant, "192.0.2.1:1", "technicien", "faux", &own).await.expect(401);
    }

    sign_in_from(&plant, "192.0.2.2:1", "technicien", PASSWORD, &own).await.expect(429);
    sign_in_from(&plant, "192.0.2.1:1", "technicien", PASSWORD, "").await.expect(200);

    plant.advance(Duration::from_secs(90 * 24 * 3600));
    for _ in 0..5 {
        sign_in_from(&plant, "192.0.2.1:1", "technicien", "faux", &own).await.expect(401);
    }
    sign_in_from(&plant, "192.0.2.1:1", "technicien", PASSWORD, "").await.expect(429);
}

#[tokio::test]
async fn failures_spread_over_the_day_make_nobody_wait() {
    let plant = Plant::new();

    for _ in 0..10 {
        sign_in(&plant, "technicien", "faux mot de passe").await.expect(401);
        plant.advance(Duration::from_secs(4 * 60));
    }

    sign_in(&plant, "technicien", PASSWORD).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_guesses_at_once_only_five_are_judged() {
    let plant = Arc::new(Plant::new());
    let mut guesses = JoinSet::new();

    for i in 0..20 {
        let plant = plant.clone();
        guesses.spawn(async move {
            sign_in(&plant, "technicien", &format!("essai numéro {i}")).await.status.as_u16()
        });
    }
    let statuses = guesses.join_all().await;

    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(401), count(429)), (5, 15), "{statuses:?}");
}

#[tokio::test]
async fn a_refused_sign_in_is_in_the_journal_without_the_password() {
    let plant = Plant::new();

    sign_in(&plant, "technicien", "secret mal tapé").await.expect(401);

    let (acteur, apres): (String, String) = plant
        .database()
        .query_row("select acteur, apres from journal where action = 'connexion.refus'", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("one entry");
    assert_eq!(acteur, "anonyme");
    assert_eq!(apres, r#"{"motif":"mot_de_passe","nom":"technicien"}"#);
}

#[tokio::test]
async fn a_sign_in_is_in_the_journal_as_the_person_s_who_signed_in() {
    let plant = Plant::new();

    sign_in(&plant, "technicien", PASSWORD).await.expect(200);

    let entry: (String, Option<i64>, i64) = plant
        .database()
        .query_row(
            "select acteur, user_id, entite_id from journal where action = 'user.connexion' order by id desc",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .expect("one entry");
    assert_eq!(entry, ("technicien".to_owned(), Some(entry.2), entry.2));
}

#[tokio::test]
async fn one_address_that_tries_name_after_name_is_slowed_down_whatever_it_forwards() {
    let plant = Plant::new();
    let attempt = async |address: &str, i: usize| {
        // A name that already waits costs no password computation.
        let forwarded = format!("10.1.{}.{}", i / 250, i % 250);
        let mut request =
            token_request("username=personne&password=faux", &[("x-forwarded-for", &forwarded)]);
        let address: SocketAddr = address.parse().expect("an address");
        request.extensions_mut().insert(PeerAddress(address));
        plant.nobody().send_raw(request).await
    };
    for i in 0..1000 {
        attempt("192.0.2.7:4000", i).await;
    }

    let refused = attempt("192.0.2.7:4001", 1000).await.expect(429);

    assert_eq!(refused.header("retry-after"), "2", "the address waits two seconds, the name thirty");
    // The neighbour is let try: neither the address nor the name's wait over there is theirs.
    attempt("192.0.2.8:4000", 1001).await.expect(401);
}

// A9
#[test]
fn no_sign_in_form_whatever_it_says_is_a_fault_of_the_server() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let plant = runtime.block_on(async { Plant::new() });
    let config = ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() };
    let forms = "\\PC{0,200}|[a-z=&%+0-9\u{0}]{0,300}|username=[^&]{0,50}&password=[^&]{0,50}";

    let outcome = TestRunner::new(config).run(&forms, |body| {
        let status = runtime.block_on(token(&plant, &body, &[])).status;
        prop_assert!(status.is_client_error(), "{status}");
        Ok(())
    });

    outcome.expect("refused, and no more than that");
    assert_eq!(runtime.block_on(sign_in(&plant, "technicien", &"é".repeat(9000))).status, 413);
}

// A17
#[tokio::test]
async fn the_first_administrator_is_let_in_once_by_the_code_of_the_first_start() {
    let plant = Plant::empty();
    let code = plant.app.new_setup_code();
    let admin = |code: &str, username: &str| {
        json!({"code": code, "username": username, "full_name": "Amina", "email": format!("{username}@x.test"),
            "password": PASSWORD})
    };

    plant.nobody().post("auth/setup", admin("au hasard", "intrus")).await.expect(403);
    plant.nobody().post("auth/setup", admin(&code, "a")).await.expect(422);
    let made = plant.nobody().post("auth/setup", admin(&code, "amina")).await.expect(201);
    plant.nobody().post("auth/setup", admin(&code, "second")).await.expect(404);

    assert_eq!((&made["role"], made.header("location")), (&json!("admin"), "/api/v1/users/1"));
    sign_in(&plant, "amina", PASSWORD).await.expect(200);
    assert!(!plant.app.is_setup_code(&code), "the code is spent");
    let refused: i64 = plant
        .database()
        .query_row("select count(*) from journal where action = 'connexion.refus'", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(refused, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_with_the_code_make_one_administrator() {
    let plant = Arc::new(Plant::empty());
    let code = plant.app.new_setup_code();
    let mut attempts = JoinSet::new();

    for i in 0..8 {
        let (plant, code) = (plant.clone(), code.clone());
        attempts.spawn(async move {
            let body = json!({"code": code, "username": format!("admin{i}"), "full_name": "Amina",
                "email": format!("admin{i}@x.test"), "password": PASSWORD});
            plant.nobody().post("auth/setup", body).await.status.as_u16()
        });
    }
    let mut statuses = attempts.join_all().await;

    statuses.sort_unstable();
    assert_eq!(statuses[0], 201);
    assert!(statuses[1..].iter().all(|status| [403, 404].contains(status)), "{statuses:?}");
}

#[tokio::test]
async fn without_a_code_nobody_sets_up_and_with_people_there_is_no_set_up() {
    let body = json!({"code": "", "username": "amina", "full_name": "Amina", "email": "a@x.test", "password": PASSWORD});

    Plant::empty().nobody().post("auth/setup", body.clone()).await.expect(403);
    Plant::new().nobody().post("auth/setup", body).await.expect(404);
}

#[tokio::test]
async fn invented_names_fill_no_journal_and_a_later_entry_tells_how_many_there_were() {
    let plant = Plant::new();

    for n in 0..13 {
        sign_in(&plant, &format!("invente{n}"), "au hasard").await.expect(401);
    }
    plant.advance(Duration::from_secs(60));
    sign_in(&plant, "personne", "au hasard").await.expect(401);

    let entries = plant.admin().get("audit/?action=connexion.refus&tri=-id").await.expect(200);
    assert_eq!(entries["total"], 11);
    assert_eq!(
        entries["items"][0]["apres"],
        json!({"autres": 3, "motif": "mot_de_passe", "nom": "personne"})
    );
}

#[tokio::test]
async fn what_was_refused_and_only_counted_is_written_when_the_server_stops() {
    let plant = Plant::new();
    for n in 0..12 {
        sign_in(&plant, &format!("invente{n}"), "au hasard").await.expect(401);
    }
    for _ in 0..15 {
        plant.client().get("users/").await.expect(403);
    }

    jobs::start(&plant.app).stop().await;

    let last = |action: &str| -> String {
        let sql = "select apres from journal where action = ? order by id desc limit 1";
        plant.database().query_row(sql, [action], |row| row.get(0)).expect("an entry")
    };
    assert_eq!(last("connexion.refus"), r#"{"motif":"plusieurs","nombre":2}"#);
    assert_eq!(last("acces.refuse"), r#"{"count":5,"right":"ManageUsers","user_id":5}"#);
}
