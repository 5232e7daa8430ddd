//! What is sent to do harm: files that would run, names that lead elsewhere, forms that never end. Nothing is
//! outside the store, nothing stays half there, and what is taken in is served so that it cannot run.

use std::path::PathBuf;

use axum::body::{Body, Bytes};
use futures_util::stream;
use serde_json::json;

use super::samples::samples;
use super::{BOUNDARY, Form, add_to, files, post};
use crate::plant::Plant;

const LARGEST: usize = 25 * 1024 * 1024;

// U3, (g)
#[tokio::test]
async fn of_all_that_one_may_try_only_what_cannot_run_is_taken_in_and_as_what_it_is() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let everything = samples();
    assert!(everything.len() >= 60);

    for (name, bytes, expected) in everything {
        let reply = add_to(&responsable, ("equipement_id", 1), name, &bytes).await;

        let Some(kind) = expected else {
            let code = reply.expect(422)["errors"][0]["code"].as_str().unwrap_or_default().to_owned();
            assert!(["type_refuse", "fichier_vide"].contains(&code.as_str()), "{name}: {code}");
            continue;
        };
        assert_eq!(reply.expect(201)["type_mime"], kind, "{name}");
    }

    let kept = responsable.get("documents/?page_size=200").await.expect(200);
    for id in kept.ids() {
        let reply = responsable.get(&format!("documents/{id}/contenu?inline=1")).await.expect(200);
        let kind = reply.header("content-type").to_owned();
        let shows = kind.starts_with("image/") || kind == "application/pdf";
        assert!(reply.header("content-disposition").starts_with(if shows { "inline" } else { "attachment" }));
        assert!(!["html", "svg", "script", "+xml"].iter().any(|word| kind.contains(word)), "{kind}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("content-security-policy"), "default-src 'none'; sandbox");
    }
    let mut expected: Vec<_> =
        kept["items"].as_array().expect("items").iter().map(|item| &item["sha256"]).collect();
    expected.sort_by_key(|digest| digest.to_string());
    expected.dedup();
    assert_eq!(files(&plant).len(), expected.len(), "one file for each content, none elsewhere");
}

// (g)
#[tokio::test]
async fn no_name_reaches_the_disk_nor_breaks_the_headers() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let long = "é".repeat(300);

    for (given, kept) in [
        ("../../x.txt", Some("x.txt")),
        ("..\\\\..\\\\x.txt", Some("x.txt")),
        ("/etc/cron.d/x.txt", Some("x.txt")),
        ("C:\\\\Windows\\\\x.txt", Some("x.txt")),
        ("CON.txt", Some("_CON.txt")),
        ("%2e%2e%2fx.txt", Some("%2e%2e%2fx.txt")),
        ("..%c0%af..%c0%afx.txt", Some("..%c0%af..%c0%afx.txt")),
        ("photo\u{202e}gpj.txt", Some("photogpj.txt")),
        ("🔧.txt", Some("🔧.txt")),
        ("a\\\"b.txt", Some("a_b.txt")),
        ("....", None),
        ("", None),
    ] {
        let reply = Form::default().field("equipement_id", 1).file(given, b"un").send(&responsable).await;
        let Some(kept) = kept else {
            assert_eq!(reply.expect(422)["errors"][0]["code"], "nom_refuse", "{given:?}");
            continue;
        };
        let document = reply.expect(201);
        assert_eq!(document["nom_fichier"], kept, "{given:?}");
        let sent = responsable.get(&format!("documents/{}/contenu", document.id())).await.expect(200);
        let disposition = sent.header("content-disposition");
        assert!(
            disposition.starts_with("attachment; filename=\"") && disposition.contains("filename*=UTF-8''")
        );
    }
    let document =
        add_to(&responsable, ("equipement_id", 1), &format!("{long}.txt"), b"un").await.expect(201);
    assert!(
        document["nom_fichier"].as_str().is_some_and(|name| name.len() <= 255 && name.ends_with("é.txt"))
    );
    // Bytes that are no text, and a name that ends the header: the form itself is refused.
    for name in [&b"x\xff.txt"[..], b"x\0.txt", b"x\x7f.txt", b"x.txt\r\nContent-Type: text/html\r\n"] {
        let disposition = [b"form-data; name=\"file\"; filename=\"", name, b"\""].concat();
        let head =
            [b"--", BOUNDARY.as_bytes(), b"\r\nContent-Disposition: ", &disposition, b"\r\n\r\nun\r\n"]
                .concat();
        let body = [head, Form::default().field("equipement_id", 1).bytes()].concat();
        let status = responsable.send_raw(post(body, &[])).await.status.as_u16();
        assert!([400, 422].contains(&status), "{name:?}: {status}");
    }
    assert_eq!(files(&plant).len(), 1);
}

// (g)
#[tokio::test]
async fn a_form_that_is_broken_endless_or_stuffed_is_refused_and_leaves_nothing() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let whole = || Form::default().field("equipement_id", 1).file("a.txt", b"un").bytes();
    let file = |disposition: &str, content: &[u8]| {
        Form::default().field("equipement_id", 1).part(disposition, content).bytes()
    };
    let head = |bytes: usize| {
        let padding = "x".repeat(bytes);
        file(&format!("form-data; name=\"file\"; filename=\"a.txt\"\r\nX-Long: {padding}"), b"un")
    };
    let many = (0..10_000).fold(Form::default(), |form, _| form.field("equipement_id", 1));
    let other =
        |boundary: &str| String::from_utf8(whole()).expect("text").replace(BOUNDARY, boundary).into_bytes();

    for (what, body, statuses) in [
        ("nothing at all", Vec::new(), [400, 400]),
        (
            "no last boundary",
            Form::default().field("equipement_id", 1).file("a.txt", b"un").unfinished(),
            [400, 400],
        ),
        ("cut within the file", whole()[..whole().len() - 60].to_vec(), [400, 400]),
        ("another boundary", other("autre"), [400, 400]),
        ("a boundary that begins like ours", other(&BOUNDARY[..BOUNDARY.len() - 3]), [400, 400]),
        ("a long preamble", [vec![b'x'; 1 << 20], whole()].concat(), [400, 400]),
        ("a head of 1 MB", head(1 << 20), [400, 400]),
        (
            "a head without end",
            b"--".iter().chain(BOUNDARY.as_bytes()).chain(&vec![b'x'; 1 << 20]).copied().collect(),
            [400, 400],
        ),
        ("10,000 parts", many.bytes(), [422, 422]),
        ("a part without a name", file("form-data", b"un"), [422, 422]),
        (
            "a part within a part",
            file("form-data; name=\"file\"; filename=\"a.txt\"; name=\"description\"", b"\0"),
            [422, 422],
        ),
        (
            "too many heads",
            file(&format!("form-data; name=\"file\"{}", "\r\nX: y".repeat(100)), b"un"),
            [400, 400],
        ),
    ] {
        let reply = responsable.send_raw(post(body, &[])).await;
        assert!(statuses.contains(&reply.status.as_u16()), "{what}: {} {}", reply.status, reply.body);
        assert_eq!(reply.header("content-type"), "application/problem+json", "{what}");
    }
    for kind in ["application/json", "multipart/mixed; boundary=x", "application/x-www-form-urlencoded"] {
        let mut request = post(whole(), &[]);
        request.headers_mut().insert("content-type", kind.parse().expect("a value"));
        responsable.send_raw(request).await.expect(415);
    }
    let mut without = post(whole(), &[]);
    without.headers_mut().insert("content-type", "multipart/form-data".parse().expect("a value"));
    responsable.send_raw(without).await.expect(400);
    responsable.send_raw(post(whole(), &[("content-encoding", "gzip")])).await.expect(415);

    assert_eq!(files(&plant), Vec::<PathBuf>::new());
}

// U3, (g)
#[tokio::test]
async fn the_limit_holds_to_the_byte_whether_the_length_is_announced_or_not() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let text =
        |bytes: usize| Form::default().field("equipement_id", 1).file("a.txt", &vec![b'x'; bytes]).bytes();
    let chunked = |body: Vec<u8>| {
        let chunks: Vec<_> = body
            .chunks(300_000)
            .map(|chunk| Ok::<_, std::io::Error>(Bytes::copy_from_slice(chunk)))
            .collect();
        Body::from_stream(stream::iter(chunks))
    };

    let exact = responsable.send_raw(post(text(LARGEST), &[])).await;
    let over = responsable.send_raw(post(text(LARGEST + 1), &[])).await.expect(413);
    let chunked_exact = responsable.send_raw(post(chunked(text(LARGEST)), &[])).await;
    let chunked_over = responsable.send_raw(post(chunked(text(LARGEST + 1)), &[])).await;
    let huge = responsable.send_raw(post(text(2 * LARGEST), &[])).await;
    let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 65_536])));
    let start = Bytes::from(format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n"
    ));
    let endless = Body::from_stream(futures_util::StreamExt::chain(stream::iter([Ok(start)]), endless));
    let endless = responsable.send_raw(post(endless, &[])).await;

    assert_eq!(exact.expect(201)["taille"], LARGEST);
    chunked_exact.expect(201);
    assert_eq!((over.code(), &over["detail"]), ("trop_grand", &json!("L’envoi dépasse 25 Mio.")));
    for refused in [chunked_over, huge, endless] {
        refused.expect(413);
    }
    assert_eq!(files(&plant).len(), 1);
}

// (g), U4
#[tokio::test]
async fn an_upload_that_breaks_off_at_any_point_leaves_nothing() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let whole = Form::default().field("equipement_id", 1).file("a.txt", &vec![b'x'; 500_000]).bytes();

    for tenth in 0..10 {
        let sent = Bytes::copy_from_slice(&whole[..whole.len() * tenth / 10]);
        let broken = stream::iter([Ok(sent), Err(std::io::Error::other("the phone left the building"))]);
        responsable.send_raw(post(Body::from_stream(broken), &[])).await.expect(400);
    }

    assert_eq!(files(&plant), Vec::<PathBuf>::new());
    assert_eq!(responsable.get("documents/").await["total"], 0);
}

// U4
#[tokio::test]
async fn a_sender_who_is_no_longer_there_leaves_nothing() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let start = Form::default().field("equipement_id", 1).file("a.txt", &vec![b'x'; 500_000]).unfinished();
    let silent = futures_util::StreamExt::chain(
        stream::iter([Ok::<_, std::io::Error>(Bytes::from(start))]),
        stream::pending(),
    );

    let mut sending = Box::pin(responsable.send_raw(post(Body::from_stream(silent), &[])));
    while files(&plant).is_empty() {
        // As far as it goes without its sender.
        futures_util::future::select(&mut sending, Box::pin(tokio::task::yield_now())).await;
    }
    drop(sending);

    while !files(&plant).is_empty() {
        // A write under way on another thread ends first.
        tokio::task::yield_now().await;
    }
}
