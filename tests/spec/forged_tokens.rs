//! Forged access tokens: thousands are tried, none is accepted.

use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::plant::Plant;

const HEADER: &str = r#"{"typ":"JWT","alg":"HS256"}"#;

/// What an attacker may know of a plant: a good token, and, for the worst case, the key itself.
struct Forge {
    good: String,
    key: Vec<u8>,
    claims: Value,
}

impl Forge {
    async fn of(plant: &Plant) -> Self {
        let reply = crate::sign_in::sign_in(plant, "admin", crate::plant::PASSWORD).await.expect(200);
        let good = reply["access_token"].as_str().expect("a token").to_owned();
        let payload = good.split('.').nth(1).expect("a payload");
        let claims = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
        let key = std::fs::read(plant.data_dir().join("secrets/jwt-1")).expect("the key");
        Self { good, key, claims: serde_json::from_slice(&claims).expect("JSON") }
    }

    /// Signed with the true key, whatever it says.
    fn signed(&self, header: &str, payload: &str) -> String {
        self.signed_with(&self.key, header, payload)
    }

    fn signed_with(&self, key: &[u8], header: &str, payload: &str) -> String {
        let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key");
        mac.update(text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    /// The good claims but for one, signed with the true key.
    fn claiming(&self, member: &str, value: Option<Value>) -> String {
        let mut claims = self.claims.clone();
        match value {
            Some(value) => claims[member] = value,
            None => drop(claims.as_object_mut().expect("an object").remove(member)),
        }
        self.signed(HEADER, &claims.to_string())
    }
}

/// Tries every token; returns how many were refused.
async fn all_refused(plant: &Plant, tokens: impl IntoIterator<Item = String>) -> usize {
    let mut tried = 0;
    for token in tokens.into_iter().filter(|token| HeaderValue::from_str(token).is_ok()) {
        let status = plant.bearer(&token).get("auth/me").await.status.as_u16();
        assert_eq!(status, 401, "{token}");
        tried += 1;
    }
    tried
}

// A2
#[tokio::test]
async fn a_token_names_a_person_and_a_session_and_no_right() {
    let forge = Forge::of(&Plant::new()).await;

    let members: Vec<_> = forge.claims.as_object().expect("claims").keys().collect();

    assert_eq!(members, ["aud", "exp", "iat", "iss", "sid", "sub", "typ"]);
}

#[tokio::test]
async fn no_token_with_any_one_bit_changed_is_accepted() {
    let plant = Plant::new();
    let forge = Forge::of(&plant).await;
    plant.bearer(&forge.good).get("auth/me").await.expect(200);
    let bytes = forge.good.as_bytes();

    let flipped = (0..bytes.len()).flat_map(|place| {
        (0..7).filter_map(move |bit| {
            let mut forged = bytes.to_vec();
            forged[place] ^= 1 << bit;
            String::from_utf8(forged).ok()
        })
    });
    let replaced = (0..bytes.len()).flat_map(|place| {
        b"A_-0z.= ".iter().filter(move |sign| bytes[place] != **sign).filter_map(move |sign| {
            let mut forged = bytes.to_vec();
            forged[place] = *sign;
            String::from_utf8(forged).ok()
        })
    });
    let shortened = (1..bytes.len()).map(|length| forge.good[..length].to_owned());
    // A space at either end is not part of the token.
    let tried =
        all_refused(&plant, flipped.chain(replaced).chain(shortened).filter(|token| token.trim() == token))
            .await;

    assert!(tried >= 2000, "{tried}");
}

#[tokio::test]
async fn no_other_algorithm_and_no_key_of_the_tokens_own_choice_is_accepted() {
    let plant = Plant::new();
    let forge = Forge::of(&plant).await;
    let payload = forge.claims.to_string();
    let mut headers: Vec<String> =
        ["none", "None", "NONE", "nOnE", "", "HS384", "HS512", "hs256", "RS256", "ES256", "PS256", "EdDSA"]
            .iter()
            .map(|alg| json!({"typ": "JWT", "alg": alg}).to_string())
            .collect();
    headers.extend(
        [
            json!({"typ": "JWT"}),
            json!({"typ": "JWT", "alg": null}),
            json!({"typ": "JWT", "alg": ["HS256"]}),
            json!({"typ": "refresh", "alg": "HS256"}),
            json!({"typ": "JWT", "alg": "HS256", "kid": "../../dev/null"}),
            json!({"typ": "JWT", "alg": "HS256", "kid": "1' or '1'='1"}),
            json!({"typ": "JWT", "alg": "HS256", "jku": "http://evil.test/keys"}),
            json!({"typ": "JWT", "alg": "HS256", "x5u": "http://evil.test/cert"}),
            json!({"typ": "JWT", "alg": "HS256", "jwk": {"kty": "oct", "k": "AAAA"}}),
            json!({"typ": "JWT", "alg": "HS256", "crit": ["exp"]}),
        ]
        .map(|header| header.to_string()),
    );
    headers.push(r#"{"typ":"JWT","alg":"none","alg":"HS256"}"#.to_owned());

    let mut tokens = Vec::new();
    for header in &headers {
        let signed = forge.signed(header, &payload);
        let unsigned = signed.rsplit_once('.').expect("three parts").0;
        tokens.extend([signed.clone(), format!("{unsigned}."), unsigned.to_owned()]);
    }
    for key in [&b""[..], b"secret", &[0; 32], &[0xff; 32], forge.key[..31].into()] {
        tokens.push(forge.signed_with(key, HEADER, &payload));
    }
    let unsigned = forge.good.rsplit_once('.').expect("three parts").0;
    tokens.extend([
        format!("{unsigned}."),
        unsigned.to_owned(),
        format!("{}.", forge.good),
        format!("{0}.{0}", forge.good),
    ]);
    tokens.extend(["", ".", "..", "...", "null", "undefined", "Bearer"].map(str::to_owned));
    let tried = all_refused(&plant, tokens).await;

    assert!(tried > 70, "{tried}");
}

#[tokio::test]
async fn even_with_the_true_key_every_claim_must_be_there_and_right() {
    let plant = Plant::new();
    let forge = Forge::of(&plant).await;
    plant.bearer(&forge.claiming("typ", Some(json!("access")))).get("auth/me").await.expect(200);
    let now = plant.app.now().as_second();
    let wrong: &[(&str, &[Value])] = &[
        ("iss", &[json!("erp-interventions"), json!(""), json!(1), json!(null)]),
        ("aud", &[json!("autre"), json!(""), json!([]), json!(["erp-interventions"]), json!(null)]),
        ("sub", &[json!("2"), json!("0"), json!("-1"), json!("1 or 1=1"), json!(1), json!(null), json!("")]),
        ("sid", &[json!(1_000_000), json!("7"), json!(-7), json!(7.5), json!(null)]),
        ("typ", &[json!("refresh"), json!("ACCESS"), json!(""), json!(null), json!(["access"])]),
        ("iat", &[json!(now + 3600), json!("0"), json!(1.5), json!(null), json!(1e300)]),
        (
            "exp",
            &[
                json!(now - 31),
                json!(0),
                json!(-1),
                json!((now + 600).to_string()),
                json!(1e18),
                json!(now as f64 + 600.5),
                json!(null),
                json!(i64::MIN),
                json!(u64::MAX),
                json!({"$gt": 0}),
            ],
        ),
    ];

    let mut tokens = Vec::new();
    for (member, values) in wrong {
        tokens.push(forge.claiming(member, None));
        tokens.extend(values.iter().map(|value| forge.claiming(member, Some(value.clone()))));
    }
    tokens.extend(["role", "nbf", "jti"].map(|member| forge.claiming(member, Some(json!(0)))));
    let twice = forge.claims.to_string().replacen('{', r#"{"sub":"2","#, 1);
    tokens.extend(
        [&*twice, "", "null", "[]", "{}", "\"\"", "{", "\u{0}"].map(|payload| forge.signed(HEADER, payload)),
    );
    tokens.push(forge.claiming("sub", Some(json!("9".repeat(64 * 1024)))));
    let tried = all_refused(&plant, tokens).await;

    assert!(tried > 50, "{tried}");
}

#[tokio::test]
async fn a_token_of_another_installation_is_not_accepted() {
    let (here, elsewhere) = (Plant::new(), Plant::empty());
    let forge = Forge::of(&here).await;
    let key = std::fs::read(elsewhere.data_dir().join("secrets/jwt-1")).expect("the key");

    let foreign = forge.signed_with(&key, HEADER, &forge.claims.to_string());

    all_refused(&here, [foreign]).await;
    all_refused(&elsewhere, [forge.good]).await;
}
