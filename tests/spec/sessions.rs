//! Sessions: how they go on, and everything that ends them.

use std::sync::Arc;
use std::time::Duration;

use erp_interventions::kernel::app::System;
use erp_interventions::users;
use serde_json::json;
use tokio::task::JoinSet;

use crate::plant::{PASSWORD, Person, Plant, Reply};
use crate::sign_in::{sign_in, token};

const HOUR: Duration = Duration::from_secs(3600);
const TECHNICIEN: &str = "username=technicien&password=une+phrase+de+passe";
const COOKIE_MODE: (&str, &str) = ("x-session", "cookie");

/// A technicien's new session: access token and refresh token.
async fn session(plant: &Plant) -> (String, String) {
    pair(&sign_in(plant, "technicien", PASSWORD).await.expect(200))
}

fn pair(reply: &Reply) -> (String, String) {
    let text = |member: &str| reply[member].as_str().expect("a token").to_owned();
    (text("access_token"), text("refresh_token"))
}

async fn refresh(plant: &Plant, token: &str) -> Reply {
    plant.nobody().post("auth/refresh", json!({"refresh_token": token})).await
}

fn count(plant: &Plant, sql: &str) -> i64 {
    plant.database().query_row(sql, [], |row| row.get(0)).expect("a count")
}

#[tokio::test]
async fn a_refresh_token_gives_the_next_tokens_and_a_lost_answer_is_given_again() {
    let plant = Plant::new();
    let (_, first) = session(&plant).await;
    plant.advance(Duration::from_secs(600));

    let reply = refresh(&plant, &first).await.expect(200);
    plant.advance(Duration::from_secs(10));
    let again = refresh(&plant, &first).await.expect(200);

    let (access, second) = pair(&reply);
    assert_ne!(first, second);
    assert_eq!(again["refresh_token"], second);
    plant.bearer(&access).get("auth/me").await.expect(200);
    refresh(&plant, &second).await.expect(200);
    assert_eq!(count(&plant, "select count(*) from refresh_tokens where used_at is null"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_tabs_that_refresh_at_once_get_one_and_the_same_successor() {
    let plant = Arc::new(Plant::new());
    let (_, first) = session(&plant).await;
    let mut tabs = JoinSet::new();

    for _ in 0..20 {
        let (plant, first) = (plant.clone(), first.clone());
        tabs.spawn(async move { pair(&refresh(&plant, &first).await.expect(200)).1 });
    }
    let mut successors = tabs.join_all().await;

    successors.dedup();
    assert_eq!(successors.len(), 1);
    assert_eq!(count(&plant, "select count(*) from refresh_tokens"), 2);
    assert_eq!(count(&plant, "select count(*) from refresh_tokens where used_at is null"), 1);
}

#[tokio::test]
async fn a_refresh_token_that_comes_back_later_ends_the_whole_session() {
    let plant = Plant::new();
    let (_, first) = session(&plant).await;
    let (access, second) = pair(&refresh(&plant, &first).await.expect(200));
    plant.advance(Duration::from_secs(11));

    refresh(&plant, &first).await.expect(401);

    plant.bearer(&access).get("auth/me").await.expect(401);
    refresh(&plant, &second).await.expect(401);
    refresh(&plant, &first).await.expect(401);
    assert_eq!(count(&plant, "select count(*) from journal where action = 'session.jeton_reutilise'"), 1);
    assert_eq!(count(&plant, "select count(*) from sessions where ended_why = 'jeton_reutilise'"), 1);
    // The other sessions of the same person go on.
    plant.technicien().get("auth/me").await.expect(200);
}

#[tokio::test]
async fn a_session_ends_when_idle_for_half_a_day_or_after_a_month() {
    let plant = Plant::new();
    let (_, idle) = session(&plant).await;
    plant.advance(12 * HOUR);
    refresh(&plant, &idle).await.expect(401);

    let (_, mut used) = session(&plant).await;
    for _ in 0..65 {
        plant.advance(11 * HOUR);
        used = pair(&refresh(&plant, &used).await.expect(200)).1;
    }
    plant.advance(5 * HOUR);

    refresh(&plant, &used).await.expect(401);
}

#[tokio::test]
async fn an_administrators_session_ends_after_half_a_day_even_in_use() {
    let plant = Plant::new();
    let (_, first) = pair(&sign_in(&plant, "admin", PASSWORD).await.expect(200));
    plant.advance(11 * HOUR);
    let (access, second) = pair(&refresh(&plant, &first).await.expect(200));
    plant.bearer(&access).get("auth/me").await.expect(200);
    plant.advance(HOUR);

    refresh(&plant, &second).await.expect(401);
}

#[tokio::test]
async fn an_access_token_lives_ten_minutes() {
    let plant = Plant::new();
    let (access, _) = session(&plant).await;

    plant.advance(Duration::from_secs(600));
    plant.bearer(&access).get("auth/me").await.expect(200); // clocks may differ by half a minute
    plant.advance(Duration::from_secs(30));

    plant.bearer(&access).get("auth/me").await.expect(401);
}

#[tokio::test]
async fn neither_token_stands_for_the_other() {
    let plant = Plant::new();
    let (access, first) = session(&plant).await;

    plant.bearer(&first).get("auth/me").await.expect(401);
    refresh(&plant, &access).await.expect(422);
    refresh(&plant, &access[..200]).await.expect(401);
    refresh(&plant, "").await.expect(401);
    plant.nobody().send("POST", "auth/refresh", &[], None).await.expect(401);

    plant.bearer(&access).get("auth/me").await.expect(200);
}

#[tokio::test]
async fn an_eleventh_session_ends_the_one_unused_longest() {
    let plant = Plant::new();
    let mut sessions = Vec::new();

    for _ in 0..11 {
        plant.advance(Duration::from_secs(1));
        sessions.push(session(&plant).await);
    }

    plant.bearer(&sessions[0].0).get("auth/me").await.expect(401);
    refresh(&plant, &sessions[0].1).await.expect(401);
    let list = plant.bearer(&sessions[1].0).get("auth/sessions").await.expect(200);
    assert_eq!(list["total"], 10);
}

#[tokio::test]
async fn people_see_their_own_sessions_and_end_them() {
    let plant = Plant::new();
    let (access, mine) = session(&plant).await;
    let (lost, lost_refresh) = session(&plant).await;
    let me = plant.bearer(&access);
    let list = me.get("auth/sessions").await.expect(200);
    let current: Vec<_> =
        list["items"].as_array().expect("items").iter().map(|item| &item["current"]).collect();
    assert_eq!((list.ids(), current), (vec![8, 7, 3], vec![&json!(false), &json!(true), &json!(false)]));

    me.get("auth/sessions/1").await.expect(404); // the administrator's
    me.delete("auth/sessions/1").await.expect(404);
    assert_eq!(me.get("auth/sessions/7").await.expect(200)["current"], true);
    me.delete("auth/sessions/8").await.expect(204);
    me.delete("auth/sessions/8").await.expect(404);

    plant.bearer(&lost).get("auth/me").await.expect(401);
    refresh(&plant, &lost_refresh).await.expect(401);
    plant.admin().get("auth/me").await.expect(200);
    me.delete("auth/sessions").await.expect(204);
    assert_eq!(me.get("auth/sessions").await.ids(), [7]);
    refresh(&plant, &mine).await.expect(200);
    assert_eq!(count(&plant, "select count(*) from journal where action = 'session.fin'"), 2);
}

#[tokio::test]
async fn after_signing_out_neither_token_is_good() {
    let plant = Plant::new();
    let (access, first) = session(&plant).await;

    let reply = plant.bearer(&access).send("POST", "auth/logout", &[], None).await.expect(204);

    plant.bearer(&access).get("auth/me").await.expect(401);
    refresh(&plant, &first).await.expect(401);
    assert!(reply.header("set-cookie").starts_with("erp_refresh=; Path=/api/v1/auth; Max-Age=0;"));
}

// A7
#[tokio::test]
async fn a_new_password_ends_every_other_session_at_once() {
    let plant = Plant::new();
    let (access, mine) = session(&plant).await;
    let (thief, thiefs) = session(&plant).await;
    let change = json!({"current_password": PASSWORD, "new_password": "une autre phrase"});

    plant.bearer(&access).post("auth/change-password", change).await.expect(204);

    plant.bearer(&thief).get("auth/me").await.expect(401);
    refresh(&plant, &thiefs).await.expect(401);
    plant.bearer(&access).get("auth/me").await.expect(200);
    refresh(&plant, &mine).await.expect(200);
    assert_eq!(plant.bearer(&access).get("auth/sessions").await["total"], 1);
    sign_in(&plant, "technicien", PASSWORD).await.expect(401);
    sign_in(&plant, "technicien", "une autre phrase").await.expect(200);
    assert_eq!(count(&plant, "select count(*) from journal where action = 'user.mot_de_passe'"), 1);
}

// A7
#[tokio::test]
async fn a_new_password_needs_the_current_one_which_cannot_be_guessed_either() {
    let plant = Plant::new();
    let technicien = plant.technicien();
    let change = |current: &str, new: &str| json!({"current_password": current, "new_password": new});

    let weak = technicien.post("auth/change-password", change(PASSWORD, "court")).await.expect(422);
    technicien.post("auth/change-password", json!({"new_password": "une autre phrase"})).await.expect(422);
    for _ in 0..5 {
        let wrong = technicien
            .post("auth/change-password", change("au hasard", "une autre phrase"))
            .await
            .expect(422);
        assert_eq!(wrong["errors"][0]["champ"], "current_password");
    }
    technicien.post("auth/change-password", change(PASSWORD, "une autre phrase")).await.expect(429);

    assert_eq!(weak["errors"][0]["champ"], "new_password");
    plant.advance(Duration::from_secs(30));
    sign_in(&plant, "technicien", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_repeated_change_of_password_is_answered_again() {
    let plant = Plant::new();
    let change = json!({"current_password": PASSWORD, "new_password": "une autre phrase"});
    let key = [("idempotency-key", "k1")];
    let technicien = plant.technicien();

    technicien.send("POST", "auth/change-password", &key, Some(change.clone())).await.expect(204);
    let again = technicien.send("POST", "auth/change-password", &key, Some(change)).await.expect(204);

    assert_eq!(again.header("idempotent-replayed"), "true");
}

// A2
#[tokio::test]
async fn what_an_administrator_changes_of_a_person_acts_at_their_next_request() {
    let plant = Plant::new();
    let admin = plant.admin();
    let live = async |name: &str| {
        let (access, refresh) = pair(&sign_in(&plant, name, PASSWORD).await.expect(200));
        plant.bearer(&access).get("auth/me").await.expect(200);
        (access, refresh)
    };
    let is_over = async |(access, token): &(String, String)| {
        plant.bearer(access).get("auth/me").await.expect(401);
        refresh(&plant, token).await.expect(401);
    };

    let promoted = live("responsable").await;
    admin.patch("users/2", json!({"role": "admin"})).await.expect(200);
    is_over(&promoted).await;
    let deactivated = live("client").await;
    admin.delete("users/5").await.expect(204);
    is_over(&deactivated).await;
    admin.send("PATCH", "users/5/activate", &[], None).await.expect(200);
    is_over(&deactivated).await;
    let reset = live("technicien").await;
    admin.post("users/3/reset-password", json!({})).await.expect(200);
    is_over(&reset).await;

    // A new name or address proves nothing less.
    let renamed = live("client2").await;
    admin.patch("users/6", json!({"full_name": "Rida", "email": "r@rif.test"})).await.expect(200);
    plant.bearer(&renamed.0).get("auth/me").await.expect(200);
}

#[tokio::test]
async fn the_interface_keeps_the_refresh_token_in_a_cookie_that_scripts_cannot_read() {
    let plant = Plant::new();

    let reply = token(&plant, TECHNICIEN, &[COOKIE_MODE]).await.expect(200);
    let cookie = reply.header("set-cookie").to_owned();
    let value = cookie.split(';').next().expect("a value").to_owned();
    let page = [
        COOKIE_MODE,
        ("cookie", &value),
        ("host", "erp:8000"),
        ("origin", "http://erp:8000"),
        ("sec-fetch-site", "same-origin"),
    ];
    let next = plant.nobody().send("POST", "auth/refresh", &page, None).await.expect(200);

    assert!(cookie.ends_with("; Path=/api/v1/auth; Max-Age=43200; HttpOnly; SameSite=Strict"), "{cookie}");
    assert!(reply.body.get("refresh_token").is_none() && next.body.get("refresh_token").is_none());
    assert!(!String::from_utf8_lossy(&next.bytes).contains(value.trim_start_matches("erp_refresh=")));
    assert_ne!(next.header("set-cookie"), cookie);
    plant.nobody().send("POST", "auth/refresh", &[COOKIE_MODE], None).await.expect(401);
    // Without the header the cookie counts for nothing: a form of elsewhere cannot set it.
    plant.nobody().send("POST", "auth/refresh", &[("cookie", &value)], None).await.expect(401);
}

#[tokio::test]
async fn by_https_the_cookie_is_one_that_nothing_in_clear_can_set() {
    let plant = Plant::at("https://gmao.plant.test");
    let reply = token(&plant, TECHNICIEN, &[COOKIE_MODE]).await.expect(200);
    let cookie = reply.header("set-cookie").to_owned();
    let value = cookie.split(';').next().expect("a value").to_owned();
    let before = value.replace("__Secure-", "");

    // Whoever was signed in before there was a certificate stays so; the new name counts first.
    let page = [COOKIE_MODE, ("cookie", before.as_str())];
    let next = plant.nobody().send("POST", "auth/refresh", &page, None).await.expect(200);
    let both = format!("erp_refresh=ancien; {value}");
    plant.nobody().send("POST", "auth/refresh", &[COOKIE_MODE, ("cookie", &both)], None).await.expect(200);
    let access = next["access_token"].as_str().expect("a token");
    let out = plant.bearer(access).send("POST", "auth/logout", &[COOKIE_MODE], None).await.expect(204);

    assert!(
        cookie.starts_with("__Secure-erp_refresh=") && cookie.ends_with("; SameSite=Strict; Secure"),
        "{cookie}"
    );
    assert!(next.header("set-cookie").starts_with("__Secure-erp_refresh="));
    let cleared: Vec<_> = out.headers.get_all("set-cookie").iter().collect();
    assert_eq!(
        cleared,
        [
            "__Secure-erp_refresh=; Path=/api/v1/auth; Max-Age=0; HttpOnly; SameSite=Strict; Secure",
            "erp_refresh=; Path=/api/v1/auth; Max-Age=0; HttpOnly; SameSite=Strict"
        ]
    );
}

#[tokio::test]
async fn a_page_of_another_site_cannot_use_the_cookie() {
    let plant = Plant::new();
    let reply = token(&plant, TECHNICIEN, &[COOKIE_MODE]).await.expect(200);
    let value = reply.header("set-cookie").split(';').next().expect("a value").to_owned();
    let attempt = async |headers: &[(&str, &str)]| {
        let common = [COOKIE_MODE, ("cookie", &value), ("host", "erp:8000")];
        plant.nobody().send("POST", "auth/refresh", &[&common, headers].concat(), None).await.status.as_u16()
    };

    for foreign in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.test"),
        ("origin", "http://erp:8000.evil.test"),
        ("origin", "http://erp"),
        ("origin", "ftp://erp:8000"),
        ("origin", "https://127.0.0.1:8000"),
        ("origin", "http:"),
        ("origin", "http://"),
        ("origin", "null"),
        ("origin", ""),
        ("origin", "h"),
    ] {
        assert_eq!(attempt(&[foreign]).await, 403, "{foreign:?}");
    }
    let page = person_with_cookie(&plant).await;
    page.send("POST", "auth/logout", &[COOKIE_MODE, ("sec-fetch-site", "cross-site")], None)
        .await
        .expect(403);

    assert_eq!(attempt(&[("origin", "http://127.0.0.1:8000")]).await, 200, "the address that people type");
    assert_eq!(attempt(&[("sec-fetch-site", "none")]).await, 200);
}

async fn person_with_cookie(plant: &Plant) -> Person<'_> {
    let reply = token(plant, TECHNICIEN, &[COOKIE_MODE]).await.expect(200);
    plant.bearer(reply["access_token"].as_str().expect("a token"))
}

#[tokio::test]
async fn the_clean_up_forgets_what_ended_a_month_ago_and_nothing_else() {
    let plant = Plant::new();
    let (access, _) = session(&plant).await;
    plant.bearer(&access).send("POST", "auth/logout", &[], None).await.expect(204);
    sign_in(&plant, "personne", "au hasard").await.expect(401);
    plant.advance(Duration::from_secs(30 * 24 * 3600 + 1));
    let (kept, _) = session(&plant).await;

    let gone = System::new(&plant.app, "nettoyage").write(users::purge).await.expect("a clean-up");

    // A session, and the failures of a name: here, and everywhere.
    assert_eq!(gone, 3);
    assert_eq!(count(&plant, "select count(*) from refresh_tokens"), 1);
    plant.bearer(&kept).get("auth/me").await.expect(200);
    plant.admin().get("auth/me").await.expect(200);
}

#[tokio::test]
async fn the_command_line_finds_unlocks_and_signs_people_out() {
    let plant = Plant::new();
    let machine = System::new(&plant.app, "ligne de commande");
    for _ in 0..5 {
        sign_in(&plant, "technicien", "au hasard").await.expect(401);
    }

    let found = machine.read(|db| users::find(db, "Technicien@plant.test")).await.expect("a user");
    let id = found.id;
    machine.write(move |tx| users::unlock(tx, id)).await.expect("unlocked");
    let (access, _) = session(&plant).await;
    machine.write(move |tx| users::revoke_sessions(tx, id, None)).await.expect("signed out");

    assert_eq!(found.username, "technicien");
    plant.bearer(&access).get("auth/me").await.expect(401);
    assert!(machine.read(users::has_users).await.expect("an answer"));
    assert_eq!(machine.read(users::all).await.expect("everybody").len(), 6);
    let by: String = plant
        .database()
        .query_row("select acteur from journal where action = 'user.deblocage'", [], |row| row.get(0))
        .expect("one entry");
    assert_eq!(by, "ligne de commande");
}

/// The newest session was renewed so often.
fn renewed(plant: &Plant, times: i64) {
    let sql = format!(
        "insert into refresh_tokens (hash, session_id, issued_at, used_at)
         with recursive n (i) as (select 1 union all select i + 1 from n where i < {times})
         select randomblob(32), (select max(id) from sessions), 1930000000 + i, 1930000000 + i from n"
    );
    plant.database().execute_batch(&sql).expect("used tokens");
}

#[tokio::test]
async fn an_ended_session_leaves_no_token_and_a_live_one_all_of_its_own() {
    let plant = Plant::new();
    let (access, _) = session(&plant).await;
    let (_, busy) = session(&plant).await;
    plant.bearer(&access).send("POST", "auth/logout", &[], None).await.expect(204);
    renewed(&plant, 1200);

    refresh(&plant, &busy).await.expect(200);
    System::new(&plant.app, "nettoyage").write(users::purge).await.expect("a clean-up");

    assert_eq!(count(&plant, "select count(*) from refresh_tokens"), 1202);
}

// O5
#[tokio::test]
async fn a_stolen_session_ends_when_its_owner_comes_back_however_often_the_thief_renewed_it() {
    let plant = Plant::new();
    let (_, owners) = session(&plant).await;
    let stolen = refresh(&plant, &owners).await.expect(200);
    let thiefs = stolen["refresh_token"].as_str().expect("a token").to_owned();
    renewed(&plant, 9_000);
    refresh(&plant, &thiefs).await.expect(200);
    System::new(&plant.app, "nettoyage").write(users::purge).await.expect("a clean-up");
    plant.advance(Duration::from_secs(60));

    refresh(&plant, &owners).await.expect(401);

    assert_eq!(count(&plant, "select count(*) from sessions where ended_why = 'jeton_reutilise'"), 1);
}

#[tokio::test]
async fn a_session_that_is_renewed_without_end_ends() {
    let plant = Plant::new();
    let (_, busy) = session(&plant).await;
    renewed(&plant, 10_000);

    refresh(&plant, &busy).await.expect(401);

    assert_eq!(count(&plant, "select count(*) from sessions where ended_why = 'trop_de_renouvellements'"), 1);
}

#[tokio::test]
async fn invented_names_are_forgotten_within_hours_and_the_latest_are_kept() {
    let plant = Plant::new();
    let invent = |many: i64, begun: &str| {
        let sql = format!(
            "insert into sign_in_failures (name_key, failures, first_at, last_at, blocked_until)
             with recursive n (i) as (select 1 union all select i + 1 from n where i < {many})
             select hex(randomblob(16)), 1, at - i % 60, at - i % 60, at - i % 60
             from n, (select unixepoch('{begun}') as at)"
        );
        plant.database().execute_batch(&sql).expect("failures");
    };
    invent(1000, "2031-01-15 06:00:00");
    invent(100_500, "2031-01-15 08:00:00");
    plant.set_time("2031-01-15T08:30:00Z");

    System::new(&plant.app, "nettoyage").write(users::purge).await.expect("a clean-up");

    assert_eq!(count(&plant, "select count(*) from sign_in_failures"), 100_000);
    assert_eq!(
        count(&plant, "select min(last_at) >= unixepoch('2031-01-15 07:59:00') from sign_in_failures"),
        1
    );
}
