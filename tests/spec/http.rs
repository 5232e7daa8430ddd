//! The conventions that hold on every route.

use axum::body::Body;
use axum::http::{Request, header};
use futures_util::future::join_all;
use serde_json::json;

use crate::plant::Plant;

#[tokio::test]
async fn every_path_works_with_and_without_its_final_slash() {
    let plant = Plant::new();
    let responsable = plant.responsable();

    for path in
        ["/api/v1/sites", "/api/v1/sites/", "/api/v1/sites/1", "/api/v1/sites/1/", "/health/", "/docs/"]
    {
        responsable.get(path).await.expect(200);
    }
    assert_eq!(responsable.get("/api/v1/sites?page_size=1").await["page_size"], 1);
}

// A20
#[tokio::test]
async fn every_reply_carries_the_security_headers_errors_included() {
    let plant = Plant::new();
    let nobody = plant.nobody();
    let get = |path: &str| Request::get(path).body(Body::empty()).expect("a request");

    for (request, status) in [
        (get("/health"), 200),
        (get("/docs"), 200),
        (get("/nowhere"), 404),
        (get("/docs/assets/nothing.js"), 404),
        (get("/api/v1/sites/"), 401),
        (Request::delete("/health").body(Body::empty()).expect("a request"), 405),
    ] {
        let path = request.uri().path().to_owned();
        let reply = nobody.send_raw(request).await.expect(status);

        for name in [
            "content-security-policy",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "permissions-policy",
            "x-request-id",
        ] {
            assert!(!reply.header(name).is_empty(), "{path} lacks {name}");
        }
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(reply.headers.get("access-control-allow-origin").is_none(), "{path}: no CORS");
        if status >= 400 {
            assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
            assert_eq!(reply["request_id"], reply.header("x-request-id"), "{path}");
        }
    }
}

// A18
#[tokio::test]
async fn health_tells_an_outsider_nothing_but_that_it_is_well() {
    let plant = Plant::new();

    for path in ["/health", "/health/ready"] {
        assert_eq!(plant.nobody().get(path).await.expect(200).body, json!({"status": "ok"}), "{path}");
    }
}

#[tokio::test]
async fn a_problem_speaks_french_or_english_with_the_same_code() {
    let plant = Plant::new();

    let french = plant.admin().get("sites/999").await.expect(404);
    let english =
        plant.admin().send("GET", "sites/999", &[("accept-language", "en")], None).await.expect(404);

    assert_eq!((&french["detail"], &english["detail"]), (&json!("Introuvable."), &json!("Not found.")));
    assert_eq!((french.code(), english.code()), ("introuvable", "introuvable"));
    assert_eq!(french["status"], 404);
}

// A16
#[tokio::test]
async fn a_wrong_body_is_explained_field_by_field() {
    let plant = Plant::new();
    let responsable = plant.responsable();

    for (body, champ, code) in [
        (json!({"nom": "x"}), "code", "champ_requis"),
        (json!({"code": "X", "nom": "x", "couleur": "bleu"}), "couleur", "champ_inconnu"),
        (json!({"code": "X", "nom": "x", "version": 3}), "version", "champ_inconnu"),
        (json!({"code": "X", "nom": 3}), "nom", "valeur_invalide"),
        (json!({"code": "X", "nom": "  "}), "nom", "champ_requis"),
        (json!({"code": "X", "nom": "x".repeat(201)}), "nom", "trop_long"),
        (json!({"code": "X", "nom": "x", "fuseau": "Lune/Mer"}), "fuseau", "valeur_invalide"),
        (json!({"code": "X", "nom": "x", "client_id": 999}), "client_id", "introuvable"),
    ] {
        let refused = responsable.post("sites/", body.clone()).await.expect(422);
        assert_eq!(refused["errors"][0]["champ"], champ, "{body}");
        assert_eq!(refused["errors"][0]["code"], code, "{body}");
    }
}

#[tokio::test]
async fn a_refusal_never_speaks_of_what_the_server_is_written_in() {
    let plant = Plant::new();
    let admin = plant.admin();

    let replies = [
        ("page_size", admin.get("sites/?page_size=x").await, "un nombre entier est attendu"),
        ("is_active", admin.get("users/?is_active=x").await, "true ou false est attendu"),
        (
            "role",
            admin.get("users/?role=chef").await,
            "« chef » : choisissez parmi admin, responsable, technicien, client",
        ),
        ("intervention_id", admin.get("planning/suggestions").await, "est requis"),
        ("corps", admin.post("sites/", json!(5)).await, "un objet JSON est attendu"),
        ("nom", admin.post("sites/", json!({"code": "X", "nom": 5})).await, "un texte est attendu"),
    ];

    for (champ, reply, message) in replies {
        let error = &reply.expect(422)["errors"][0];
        assert_eq!((error["champ"].as_str(), error["message"].as_str()), (Some(champ), Some(message)));
    }
    let form = admin.post("auth/token", json!({"username": "admin"})).await.expect(415);
    assert!(
        form["detail"].as_str().is_some_and(|text| text.contains("x-www-form-urlencoded")),
        "{}",
        form.body
    );
}

#[tokio::test]
async fn a_pair_of_three_is_a_wrong_field_and_null_is_no_body() {
    let plant = Plant::new();
    let too_many = json!({"horaire": {"lundi": [["08:00", "12:00", "18:00"]]}});

    let refused = plant.responsable().patch("techniciens/1", too_many).await.expect(422);
    let reset = plant.admin().post("users/2/reset-password", json!(null)).await.expect(200);

    assert_eq!(refused["errors"][0]["code"], "valeur_invalide");
    assert!(refused["errors"][0]["champ"].as_str().is_some_and(|champ| champ.starts_with("horaire")));
    assert!(reset["password"].is_string(), "{}", reset.body);
}

#[tokio::test]
async fn an_unreadable_body_a_huge_one_and_another_format_are_told_apart() {
    let plant = Plant::new();
    let post = |kind: &str, body: String| {
        Request::post("/api/v1/sites/")
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .expect("a request")
    };
    let huge = json!({"code": "X", "nom": "x".repeat(300_000)}).to_string();
    let deep = format!("{{\"code\": {}", "[".repeat(10_000));

    for (kind, body, status) in [
        ("application/json", "{\"code\": ".to_owned(), 400),
        ("application/json", "[\"X\", \"x\"]".to_owned(), 422),
        ("application/json", deep, 422),
        ("application/json", "\u{0}".to_owned(), 400),
        ("application/json", huge, 413),
        ("text/plain", "{}".to_owned(), 415),
    ] {
        plant.responsable().send_raw(post(kind, body)).await.expect(status);
    }
}

// D15
#[tokio::test]
async fn a_list_refuses_parameters_it_does_not_know_and_pages_it_does_not_have() {
    let plant = Plant::new();
    let responsable = plant.responsable();

    for (query, champ) in [
        ("couleur=bleu", "couleur"),
        ("page_size=0", "page_size"),
        ("page_size=201", "page_size"),
        ("page=0", "page"),
        ("page=un", "page"),
        ("tri=couleur", "tri"),
        ("cursor=abc", "cursor"),
        ("client_id=un", "client_id"),
        ("client_id=", "client_id"),
        ("client_id=-5", "client_id"),
        ("page=1000001", "page"),
        ("q=%00", "q"),
        ("q=%ff", "q"),
    ] {
        let refused = responsable.get(&format!("sites/?{query}")).await.expect(422);
        assert!(
            refused["errors"][0]["champ"].as_str().is_some_and(|found| found.starts_with(champ)),
            "{query}: {}",
            refused.body
        );
    }
    assert_eq!(responsable.get("sites/?page=99999").await.expect(200).ids(), [0_i64; 0]);
}

#[tokio::test]
async fn a_cursor_walks_every_row_once_in_any_order() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    for i in 0..23 {
        let site = json!({"code": format!("S{i:02}"), "nom": format!("Atelier {}", i % 3)});
        responsable.post("sites/", site).await.expect(201);
    }

    for order in ["code", "-code", "nom,-code", "-nom,code", "-created_at"] {
        let mut walked = Vec::new();
        let mut query = format!("sites/?page_size=4&tri={order}");
        loop {
            let page = responsable.get(&query).await.expect(200);
            walked.extend(page.ids());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            query = format!("sites/?page_size=4&tri={order}&cursor={cursor}");
        }

        let whole = responsable.get(&format!("sites/?page_size=200&tri={order}")).await.expect(200).ids();
        assert_eq!(walked, whole, "{order}");
        assert_eq!(whole.len(), 25);
    }
}

#[tokio::test]
async fn the_same_idempotency_key_makes_one_thing_and_gives_one_answer() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let headers = [("idempotency-key", "0193-abc")];
    let site = json!({"code": "LYON", "nom": "Lyon"});

    let sends = (0..5).map(|_| responsable.send("POST", "sites/", &headers, Some(site.clone())));
    let replies = join_all(sends).await;
    let other =
        responsable.send("POST", "sites/", &headers, Some(json!({"code": "AUTRE", "nom": "Autre"}))).await;

    let replayed = replies.iter().filter(|reply| reply.header("idempotent-replayed") == "true").count();
    assert_eq!(replayed, 4);
    for reply in &replies {
        assert_eq!((reply.status.as_u16(), &reply.bytes), (201, &replies[0].bytes));
        assert_eq!(reply.header("location"), replies[0].header("location"));
    }
    assert_eq!(other.expect(422)["errors"][0]["code"], "cle_reutilisee");
    assert_eq!(responsable.get("sites/?q=lyon").await["total"], 1);
}

#[tokio::test]
async fn a_key_belongs_to_its_user_and_a_refusal_is_judged_again() {
    let plant = Plant::new();
    let site = |code: &str| Some(json!({"code": code, "nom": "x"}));

    let not_ascii =
        plant.responsable().send("POST", "sites/", &[("idempotency-key", "une clé")], site("A")).await;
    let key = [("idempotency-key", "cle-1")];
    plant.responsable().send("POST", "sites/", &key, site("CASA")).await.expect(409);
    plant.responsable().delete("sites/1").await.expect(409);
    let mine = plant.responsable().send("POST", "sites/", &key, site("NEUF")).await.expect(201);
    let theirs = plant.admin().send("POST", "sites/", &key, site("NEUF2")).await.expect(201);

    assert_ne!(mine.id(), theirs.id());
    not_ascii.expect(422);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let plant = Plant::new();
    let tag = plant.client().get("sites/1").await.expect(200).header("etag").to_owned();

    let same = plant.client().send("GET", "sites/1", &[("if-none-match", &tag)], None).await.expect(304);
    plant.responsable().patch("sites/1", json!({"nom": "Changé"})).await.expect(200);
    let changed = plant.client().send("GET", "sites/1", &[("if-none-match", &tag)], None).await.expect(200);

    assert!(same.bytes.is_empty());
    assert_eq!(changed["nom"], "Changé");
}

/// Packing 600 KB for each who asks would let anybody keep every core busy.
#[tokio::test]
async fn the_api_s_document_is_made_and_packed_once_and_not_sent_again() {
    let plant = Plant::new();
    let ask =
        async |headers: &[(&str, &str)]| plant.nobody().send("GET", "/openapi.json", headers, None).await;

    let packed = ask(&[("accept-encoding", "gzip, br")]).await.expect(200);
    let plain = ask(&[]).await.expect(200);
    let (tag, other) = (packed.header("etag").to_owned(), plain.header("etag").to_owned());

    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.bytes.len() * 4 < plain.bytes.len() && plain["openapi"].is_string());
    assert_ne!(tag, other);
    ask(&[("accept-encoding", "gzip"), ("if-none-match", &tag)]).await.expect(304);
    ask(&[("if-none-match", &other)]).await.expect(304);
    ask(&[("if-none-match", &tag)]).await.expect(200);
}

#[tokio::test]
async fn a_request_id_is_kept_when_plain_and_made_otherwise() {
    let plant = Plant::new();

    let kept = plant.nobody().send("GET", "/health", &[("x-request-id", "atelier-42")], None).await;
    let replaced = plant.nobody().send("GET", "/health", &[("x-request-id", "<script>")], None).await;

    assert_eq!(kept.header("x-request-id"), "atelier-42");
    assert!(!replaced.header("x-request-id").is_empty() && !replaced.header("x-request-id").contains('<'));
}

// A3
#[tokio::test]
async fn a_fault_in_the_user_lookup_lets_nobody_in() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    plant.database().execute_batch("alter table sessions rename to gone").expect("a broken database");

    let refused = responsable.get("sites/").await.expect(503);

    assert_eq!(refused.header("retry-after"), "1");
}

#[tokio::test]
async fn nobody_is_asked_for_a_body_before_they_have_signed_in() {
    let plant = Plant::new();
    let document = serde_json::to_value(erp_interventions::routes::document()).expect("JSON");
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let Some(content) = operation["requestBody"]["content"].as_object() else { continue };
            if operation["responses"].get("401").is_none() || path.starts_with("/api/v1/auth/") {
                continue;
            }
            let kind = content.keys().next().expect("a content type");
            // Nobody may ask for it: a request that did would fail here, not wait.
            let never = futures_util::stream::poll_fn(
                |_| -> std::task::Poll<Option<Result<Vec<u8>, std::io::Error>>> {
                    panic!("the body is read")
                },
            );
            let request = Request::builder()
                .method(method.to_uppercase().as_str())
                .uri(
                    path.split('{')
                        .enumerate()
                        .map(|(at, part)| {
                            if at == 0 {
                                part.to_owned()
                            } else {
                                format!("1{}", part.split_once('}').expect("a brace").1)
                            }
                        })
                        .collect::<String>(),
                )
                .header(header::CONTENT_TYPE, kind)
                .header("idempotency-key", "une-cle")
                .body(Body::from_stream(never))
                .expect("a request");
            let reply = plant.nobody().send_raw(request).await;
            assert_eq!(reply.status, 401, "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked > 50, "{asked} operations with a body");
}

#[tokio::test]
async fn a_key_tells_apart_what_differs_in_its_query_alone_and_takes_any_body_its_route_takes() {
    let plant = Plant::new();
    let import = async |query: &str, lines: usize| {
        let rows: String = (0..lines).map(|i| format!("P{i:06};Joint {i}\n")).collect();
        let request = Request::post(format!("/api/v1/admin/imports/pieces{query}"))
            .header(header::CONTENT_TYPE, "text/csv")
            .header("idempotency-key", "import-1")
            .body(Body::from(format!("reference;designation\n{rows}")))
            .expect("a request");
        plant.admin().send_raw(request).await
    };

    import("", 1).await.expect(200);
    assert_eq!(import("?fichier=autre.csv", 1).await.expect(422)["errors"][0]["code"], "cle_reutilisee");
    assert_ne!(import("?essai=true", 20_000).await.status, 413, "over 256 KiB");
}
