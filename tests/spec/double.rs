//! The second factor of a sign-in.

use std::time::Duration;

use serde_json::json;
use totp_rs::{Builder, Secret};

use crate::plant::{PASSWORD, Person, Plant, Reply};
use crate::server_process::{run, said};
use crate::sign_in::token;

const HALF_MINUTE: Duration = Duration::from_secs(30);

/// What an application shows now that was told `secret`.
fn code(plant: &Plant, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).expect("Base32");
    let totp = Builder::new().with_secret(secret).build_noncompliant();
    totp.generate(plant.app.now().as_second().unsigned_abs()).to_string()
}

/// Sets a second factor up; the secret and the recovery codes.
pub async fn set_up(plant: &Plant, person: &Person<'_>) -> (String, Vec<String>) {
    let told = person.post("auth/double", json!({"password": PASSWORD})).await.expect(200);
    let secret = told["secret"].as_str().expect("a secret").to_owned();
    let code = code(plant, &secret);
    let kept = person.post("auth/double/confirmer", json!({"totp": code})).await.expect(200);
    let codes = kept["codes_secours"].as_array().expect("codes").iter();
    plant.advance(HALF_MINUTE);
    (secret, codes.map(|code| code.as_str().expect("text").to_owned()).collect())
}

async fn sign_in(plant: &Plant, name: &str, totp: Option<&str>) -> Reply {
    let mut fields = vec![("username", name), ("password", PASSWORD)];
    fields.extend(totp.map(|totp| ("totp", totp)));
    token(plant, &serde_html_form::to_string(fields).expect("a form"), &[]).await
}

#[tokio::test]
async fn whoever_set_it_up_signs_in_with_a_code_and_each_code_is_good_once() {
    let plant = Plant::new();
    let (secret, _) = set_up(&plant, &plant.responsable()).await;
    let now = code(&plant, &secret);

    let without = sign_in(&plant, "responsable", None).await;
    let wrong = sign_in(&plant, "responsable", Some("000000")).await;
    let right = sign_in(&plant, "responsable", Some(&now)).await;
    let again = sign_in(&plant, "responsable", Some(&now)).await;
    plant.advance(HALF_MINUTE);
    let next = sign_in(&plant, "responsable", Some(&code(&plant, &secret))).await;

    assert_eq!(without.expect(401).code(), "totp_requis");
    assert_eq!(wrong.expect(401).code(), "totp_incorrect");
    assert_eq!(again.expect(401).code(), "totp_incorrect", "somebody looked over the shoulder");
    let me = plant.bearer(right.expect(200)["access_token"].as_str().expect("a token")).get("auth/me").await;
    assert_eq!(me.expect(200)["double_authentification"], true);
    next.expect(200);
}

#[tokio::test]
async fn nothing_changes_before_a_code_has_shown_that_the_application_knows_the_secret() {
    let plant = Plant::new();
    let refused = plant.responsable().post("auth/double", json!({"password": "pas le mien"})).await;
    let told = plant.responsable().post("auth/double", json!({"password": PASSWORD})).await.expect(200);

    let wrong = plant.responsable().post("auth/double/confirmer", json!({"totp": "123456"})).await;

    assert_eq!(refused.expect(422)["errors"][0]["code"], "mot_de_passe_incorrect");
    assert_eq!(wrong.expect(422)["errors"][0]["code"], "code_incorrect");
    sign_in(&plant, "responsable", None).await.expect(200);
    assert!(
        told["url"].as_str().expect("text").starts_with("otpauth://totp/Interventions:responsable?secret=")
    );
    assert!(told["qr_svg"].as_str().expect("a drawing").contains("<svg"));
    let status = plant.responsable().get("auth/double").await.expect(200);
    assert_eq!(
        status.body,
        json!({"active": false, "active_le": null, "codes_restants": 0, "exigee": false})
    );
}

#[tokio::test]
async fn a_recovery_code_stands_in_once_however_it_is_typed() {
    let plant = Plant::new();
    let (_, codes) = set_up(&plant, &plant.responsable()).await;
    let typed = codes[3].to_uppercase().replace('-', " ");

    let first = sign_in(&plant, "responsable", Some(&typed)).await;
    let second = sign_in(&plant, "responsable", Some(&codes[3])).await;

    assert_eq!(codes.len(), 10);
    first.expect(200);
    assert_eq!(second.expect(401).code(), "totp_incorrect");
    let status = plant.responsable().get("auth/double").await.expect(200);
    assert_eq!((&status["active"], &status["codes_restants"]), (&json!(true), &json!(9)));
}

#[tokio::test]
async fn other_recovery_codes_replace_those_of_before_and_cost_a_code() {
    let plant = Plant::new();
    let (secret, before) = set_up(&plant, &plant.responsable()).await;

    let refused = plant.responsable().post("auth/double/codes", json!({"totp": "000000"})).await;
    let after = plant
        .responsable()
        .post("auth/double/codes", json!({"totp": code(&plant, &secret)}))
        .await
        .expect(200);

    assert_eq!(refused.expect(422)["errors"][0]["code"], "code_incorrect");
    assert_eq!(sign_in(&plant, "responsable", Some(&before[0])).await.expect(401).code(), "totp_incorrect");
    sign_in(&plant, "responsable", after["codes_secours"][0].as_str()).await.expect(200);
}

#[tokio::test]
async fn wrong_codes_make_a_name_wait_like_wrong_passwords() {
    let plant = Plant::new();
    let (secret, _) = set_up(&plant, &plant.responsable()).await;

    for _ in 0..5 {
        sign_in(&plant, "responsable", Some("000000")).await.expect(401);
    }

    sign_in(&plant, "responsable", Some(&code(&plant, &secret))).await.expect(429);
    let journal = plant.admin().get("audit/?action=connexion.refus").await.expect(200);
    assert_eq!((&journal["total"], &journal["items"][0]["apres"]["motif"]), (&json!(5), &json!("totp")));
}

#[tokio::test]
async fn setting_it_up_ends_the_other_sessions_and_no_secret_is_in_the_journal() {
    let plant = Plant::new();
    let other = sign_in(&plant, "responsable", None).await.expect(200);
    let other = other["access_token"].as_str().expect("a token").to_owned();

    let (secret, codes) = set_up(&plant, &plant.responsable()).await;

    plant.bearer(&other).get("auth/me").await.expect(401);
    plant.responsable().get("auth/me").await.expect(200);
    let journal = plant.admin().get("audit/?page_size=100").await.expect(200).body.to_string();
    assert!(journal.contains("user.double_activee"));
    assert!(!journal.contains(&secret) && codes.iter().all(|code| !journal.contains(code.as_str())));
}

#[tokio::test]
async fn it_is_taken_off_with_password_and_code_and_by_an_administrator_for_who_has_lost_it() {
    let plant = Plant::new();
    let (secret, _) = set_up(&plant, &plant.responsable()).await;
    let body = |password: &str| json!({"password": password, "totp": code(&plant, &secret)});
    plant.responsable().post("auth/double/retirer", body("pas le mien")).await.expect(422);
    plant.responsable().post("auth/double/retirer", body(PASSWORD)).await.expect(204);
    sign_in(&plant, "responsable", None).await.expect(200);

    set_up(&plant, &plant.responsable()).await;
    plant.responsable().delete("users/2/double").await.expect(403);
    plant.admin().delete("users/2/double").await.expect(204);

    sign_in(&plant, "responsable", None).await.expect(200);
    let own = plant.admin().delete("users/1/double").await;
    assert_eq!(own.expect(409).code(), "la_votre");
}

#[tokio::test]
async fn where_it_is_required_those_who_run_the_plant_can_do_nothing_else_before() {
    let plant = Plant::new();
    let too_soon = plant.admin().put("auth/double/exigence", json!({"exigee": true})).await;
    set_up(&plant, &plant.admin()).await;
    plant.responsable().put("auth/double/exigence", json!({"exigee": true})).await.expect(403);

    plant.admin().put("auth/double/exigence", json!({"exigee": true})).await.expect(200);

    assert_eq!(too_soon.expect(409).code(), "double_a_configurer");
    let refused = plant.responsable().get("interventions/").await.expect(403);
    assert!(
        refused["detail"].as_str().expect("text").contains("double authentification"),
        "{}",
        refused.body
    );
    assert_eq!(plant.responsable().get("auth/me").await.expect(200)["double_exigee"], true);
    plant.technicien().get("interventions/").await.expect(200);
    plant.admin().get("interventions/").await.expect(200);
    let (secret, _) = set_up(&plant, &plant.responsable()).await;
    plant.responsable().get("interventions/").await.expect(200);
    let body = json!({"password": PASSWORD, "totp": code(&plant, &secret)});
    let kept = plant.responsable().post("auth/double/retirer", body).await;
    assert_eq!(kept.expect(409).code(), "double_exigee");
}

#[tokio::test]
async fn the_command_line_lets_the_last_administrator_in_again() {
    let plant = Plant::new();
    set_up(&plant, &plant.admin()).await;
    sign_in(&plant, "admin", None).await.expect(401);
    let data = plant.stop().await;

    let output = run(data.path(), &["admin", "reset-two-factor", "admin"]);

    assert!(output.status.success(), "{}", said(&output));
    let plant = Plant::copy_of(data.path());
    sign_in(&plant, "admin", None).await.expect(200);
}
