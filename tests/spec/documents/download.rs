//! What is sent back, and how: whole, in part, not again, or not at all.

use std::os::unix::fs::symlink;
use std::process::Command;

use axum::http::Request;
use serde_json::json;

use super::{add_to, file_of, files, picture};
use crate::plant::{Person, Plant, Reply};

async fn get(person: &Person<'_>, path: &str, headers: &[(&str, &str)]) -> Reply {
    person.send("GET", path, headers, None).await
}

// U1
#[tokio::test]
async fn a_download_is_a_file_to_save_that_no_browser_runs_or_keeps() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    add_to(&responsable, ("equipement_id", 1), "Relevé « 3 ».txt", b"1234").await.expect(201);
    add_to(&responsable, ("equipement_id", 1), "photo.png", &picture(4, 4)).await.expect(201);

    let text = get(&responsable, "documents/1/contenu?inline=true", &[]).await.expect(200);
    let saved = get(&responsable, "documents/2/contenu", &[]).await.expect(200);
    let shown = get(&responsable, "documents/2/contenu?inline=1", &[]).await.expect(200);

    for reply in [&text, &saved, &shown] {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "private, no-store"),
            ("accept-ranges", "bytes"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(reply.header(name), value, "{name}");
        }
    }
    assert_eq!(
        text.header("content-disposition"),
        "attachment; filename=\"Relev_ _ 3 _.txt\"; filename*=UTF-8''Relev%C3%A9%20%C2%AB%203%20%C2%BB.txt"
    );
    assert_eq!((text.header("content-type"), text.header("content-length")), ("text/plain", "4"));
    assert!(saved.header("content-disposition").starts_with("attachment;"));
    assert!(shown.header("content-disposition").starts_with("inline;"));
    get(&responsable, "documents/1/contenu?inline=peut-être", &[]).await.expect(422);
}

#[tokio::test]
async fn a_part_is_sent_when_one_part_is_asked_for() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let document = add_to(&responsable, ("equipement_id", 1), "a.txt", b"0123456789").await.expect(201);
    let tag = format!("\"{}\"", document["sha256"].as_str().expect("a digest"));
    let ask = |headers: Vec<(&'static str, String)>| {
        let responsable = &responsable;
        async move {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            get(responsable, "documents/1/contenu", &headers).await
        }
    };
    let range = |range: &str| vec![("range", range.to_owned())];

    for (asked, part, bytes) in [
        ("bytes=0-3", "bytes 0-3/10", "0123"),
        ("bytes=4-", "bytes 4-9/10", "456789"),
        ("bytes=-2", "bytes 8-9/10", "89"),
        ("bytes=5-999", "bytes 5-9/10", "56789"),
    ] {
        let reply = ask(range(asked)).await.expect(206);
        assert_eq!((reply.header("content-range"), reply.bytes.as_slice()), (part, bytes.as_bytes()));
        assert_eq!(reply.header("content-length"), bytes.len().to_string());
        assert_eq!(reply.header("etag"), tag);
    }
    for asked in ["bytes=0-1,4-5", "bytes=0-0,0-0,0-0,0-0,0-0,0-0", "bytes=5-2", "octets=0-1", "bytes=x"] {
        assert_eq!(ask(range(asked)).await.expect(200).bytes, b"0123456789", "{asked}");
    }
    let many = format!("bytes={}", ["0-1"; 1000].join(","));
    assert_eq!(ask(range(&many)).await.expect(200).bytes, b"0123456789");
    for asked in ["bytes=10-", "bytes=10-20", "bytes=-0"] {
        let refused = ask(range(asked)).await.expect(416);
        assert_eq!(
            (refused.header("content-range"), refused.code()),
            ("bytes */10", "hors_limites"),
            "{asked}"
        );
    }
    let same = ask(vec![("range", "bytes=0-1".to_owned()), ("if-range", tag.clone())]).await;
    let other = ask(vec![("range", "bytes=0-1".to_owned()), ("if-range", "\"autre\"".to_owned())]).await;
    let dated = ask(vec![
        ("range", "bytes=0-1".to_owned()),
        ("if-range", "Wed, 15 Jan 2031 08:00:00 GMT".to_owned()),
    ])
    .await;
    same.expect(206);
    other.expect(200);
    dated.expect(200);
}

#[tokio::test]
async fn what_one_has_already_is_not_sent_again() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let document = add_to(&responsable, ("equipement_id", 1), "a.txt", b"0123456789").await.expect(201);
    let tag = format!("\"{}\"", document["sha256"].as_str().expect("a digest"));
    let weak = format!("W/{tag}, \"autre\"");

    for known in [tag.as_str(), weak.as_str(), "*"] {
        let headers = [("if-none-match", known), ("range", "bytes=0-1")];
        let reply = get(&responsable, "documents/1/contenu", &headers).await.expect(304);
        assert_eq!((reply.header("etag"), reply.bytes.len()), (tag.as_str(), 0), "{known}");
    }
    get(&responsable, "documents/1/contenu", &[("if-none-match", "\"autre\"")]).await.expect(200);
    let head =
        responsable.send("HEAD", "documents/1/contenu", &[("range", "bytes=0-1")], None).await.expect(200);
    assert_eq!((head.header("content-length"), head.bytes.len()), ("10", 0));
    // Somebody who may not see it learns nothing from a tag that they know.
    let other =
        get(&plant.person("client2"), "documents/1/contenu", &[("if-none-match", tag.as_str())]).await;
    other.expect(404);
}

#[tokio::test]
async fn a_file_is_sent_as_it_is_even_to_who_understands_compression() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let text = "répété ".repeat(10_000).into_bytes();
    add_to(&responsable, ("equipement_id", 1), "a.txt", &text).await.expect(201);

    for range in ["", "bytes=0-4999"] {
        let headers = [("accept-encoding", "gzip"), ("range", range)];
        let reply = get(&responsable, "documents/1/contenu", &headers).await;
        assert_eq!((reply.header("content-encoding"), reply.header("accept-ranges")), ("", "bytes"));
        assert_eq!(reply.header("content-length"), reply.bytes.len().to_string());
        assert!(text.starts_with(&reply.bytes));
    }
}

// b4
#[tokio::test]
async fn a_lost_or_damaged_file_is_said_for_that_document_alone_and_nothing_waits() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let mut documents = Vec::new();
    for name in ["lost", "cut", "flipped", "link", "folder", "pipe", "sound"] {
        let document = add_to(&responsable, ("equipement_id", 1), "a.txt", name.as_bytes()).await.expect(201);
        get(&responsable, &format!("documents/{}/contenu", document.id()), &[]).await.expect(200);
        documents.push((name, document));
    }
    for (name, document) in &documents {
        let file = file_of(&plant, document);
        match *name {
            "cut" => std::fs::write(&file, b"c").expect("written"),
            "flipped" => std::fs::write(&file, b"flopped").expect("written"),
            "sound" => continue,
            _ => std::fs::remove_file(&file).expect("removed"),
        }
        match *name {
            // To the very same bytes, elsewhere.
            "link" => {
                let elsewhere = plant.data_dir().join("ailleurs");
                std::fs::write(&elsewhere, b"link").expect("written");
                symlink(elsewhere, &file).expect("a link");
            }
            "folder" => std::fs::create_dir(&file).expect("a folder"),
            "pipe" => assert!(Command::new("mkfifo").arg(&file).status().expect("mkfifo runs").success()),
            _ => {}
        }
    }

    for (name, document) in &documents {
        let path = format!("documents/{}/contenu", document.id());
        let code = match *name {
            "sound" => {
                get(&responsable, &path, &[]).await.expect(200);
                continue;
            }
            "lost" => "fichier_perdu",
            _ => "fichier_altere",
        };
        let reply = get(&responsable, &path, &[]).await.expect(410);
        assert_eq!(
            (reply.code(), reply.header("content-type")),
            (code, "application/problem+json"),
            "{name}"
        );
        assert!(!String::from_utf8_lossy(&reply.bytes).contains("documents/"), "no path of the server");
    }
    // The same file handed in again heals what can be healed.
    add_to(&responsable, ("equipement_id", 1), "a.txt", b"flipped").await.expect(201);
    add_to(&responsable, ("equipement_id", 1), "a.txt", b"link").await.expect(201);
    for (_, document) in documents.iter().filter(|(name, _)| ["flipped", "link"].contains(name)) {
        get(&responsable, &format!("documents/{}/contenu", document.id()), &[]).await.expect(200);
    }
}

// U2
#[tokio::test]
async fn no_folder_and_no_path_is_ever_served() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let document = add_to(&responsable, ("equipement_id", 1), "a.txt", b"secret").await.expect(201);
    let file = file_of(&plant, &document);
    let inside = format!(
        "{}/{}",
        &document["sha256"].as_str().expect("a digest")[..2],
        file.file_name().expect("a name").display()
    );
    let mut tried = 0;

    let dots =
        ["..", "%2e%2e", "%2E.", ".%2e", "..%2f..", "%252e%252e", "..;", "..%00", "..%5c..", "%c0%ae%c0%ae"];
    let bases = [
        "/documents",
        "/api/v1/documents",
        "/api/v1/documents/1",
        "/api/v1/documents/1/contenu",
        "/docs",
        "/redoc",
        "",
    ];
    let targets = [inside.as_str(), "etc/passwd", "erp.sqlite3", "secrets/", "tmp/", "documents/"];
    for base in bases {
        for target in targets {
            for dots in dots {
                for path in [format!("{base}/{dots}/{target}"), format!("{base}/{target}{dots}")] {
                    let Ok(request) = Request::get(&path).body(Default::default()) else { continue };
                    let reply = responsable.send_raw(request).await;
                    assert!([400, 404].contains(&reply.status.as_u16()), "{path}: {}", reply.status);
                    assert!(
                        !reply.bytes.windows(6).any(|window| window == b"secret" || window == b"SQLite"),
                        "{path}"
                    );
                    tried += 1;
                }
            }
        }
    }
    for id in ["1/../2", "-1", "0", "1.0", "1e0", "..", "null", "١", "%31%00", "18446744073709551617"] {
        get(&responsable, &format!("documents/{id}/contenu"), &[]).await.expect(404);
    }
    assert!(tried >= 200, "{tried}");
    assert_eq!(files(&plant).len(), 1);
}

#[tokio::test]
async fn the_document_says_what_a_download_may_answer() {
    let document = serde_json::to_value(erp_interventions::routes::document()).expect("JSON");
    let replies = &document["paths"]["/api/v1/documents/{id}/contenu"]["get"]["responses"];

    for status in ["200", "206", "304", "404", "410", "416"] {
        assert!(replies[status].is_object(), "{status}");
    }
    let form =
        &document["paths"]["/api/v1/documents/"]["post"]["requestBody"]["content"]["multipart/form-data"];
    assert_eq!(form["schema"]["$ref"], json!("#/components/schemas/DocumentForm"));
}
