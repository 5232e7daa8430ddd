//! Documents: what people attach, who reads it, how much of it.

mod attacks;
mod download;
mod keeping;
mod pictures;
mod samples;

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use erp_interventions::kernel::files::FileLimits;
use futures_util::future::join_all;
use image::{DynamicImage, ImageFormat, RgbImage};
use serde_json::json;

use crate::plant::{Person, Plant, Reply};

const BOUNDARY: &str = "----une-ligne-qui-n-est-pas-dedans";

/// A form under construction.
#[derive(Default)]
pub struct Form(Vec<u8>);

impl Form {
    pub fn field(self, name: &str, value: impl ToString) -> Self {
        self.part(&format!("form-data; name=\"{name}\""), value.to_string().as_bytes())
    }

    pub fn file(self, name: &str, bytes: &[u8]) -> Self {
        self.part(&format!("form-data; name=\"file\"; filename=\"{name}\""), bytes)
    }

    /// A part with this `Content-Disposition`.
    pub fn part(mut self, disposition: &str, content: &[u8]) -> Self {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n");
        self.0.extend([head.as_bytes(), content, b"\r\n"].concat());
        self
    }

    pub fn bytes(mut self) -> Vec<u8> {
        self.0.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.0
    }

    /// The form without its last boundary.
    pub fn unfinished(self) -> Vec<u8> {
        self.0
    }

    pub async fn send(self, person: &Person<'_>) -> Reply {
        person.send_raw(post(self.bytes(), &[])).await
    }
}

pub fn post(body: impl Into<Body>, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::post("/api/v1/documents/")
        .header("content-type", format!("multipart/form-data; boundary=\"{BOUNDARY}\""));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).expect("a request")
}

/// Adds a file to something.
pub async fn add_to(person: &Person<'_>, (field, id): (&str, i64), name: &str, bytes: &[u8]) -> Reply {
    Form::default().field(field, id).file(name, bytes).send(person).await
}

/// A PNG.
pub fn picture(width: u32, height: u32) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 90]));
    encoded(&DynamicImage::from(pixels), ImageFormat::Png)
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

/// Every file below the store, those still arriving included.
fn files(plant: &Plant) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![plant.data_dir().join("documents")];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { waiting.push(path) } else { found.push(path) }
        }
    }
    found
}

/// Where the file of a document is.
fn file_of(plant: &Plant, document: &Reply) -> PathBuf {
    let sha256 = document["sha256"].as_str().expect("a digest");
    plant.data_dir().join("documents").join(&sha256[..2]).join(&sha256[2..])
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).expect("it exists").permissions().mode() & 0o777
}

/// An intervention on the first équipement, booked for `technicien`.
async fn intervention(plant: &Plant) -> i64 {
    let new = json!({
        "titre": "Fuite", "type_intervention": "corrective", "equipement_id": 1, "technicien_id": 1,
    });
    plant.responsable().post("interventions/", new).await.expect(201).id()
}

#[tokio::test]
async fn a_photo_taken_at_the_machine_is_kept_and_read_back() {
    let plant = Plant::new();
    let (id, photo) = (intervention(&plant).await, picture(40, 30));

    let form = Form::default()
        .field("intervention_id", id)
        .field("description", "Vue de la plaque")
        .file("plaque.png", &photo);
    let added = form.send(&plant.technicien()).await.expect(201);

    let path = added.header("location").to_owned();
    assert_eq!(path, format!("/api/v1/documents/{}", added.id()));
    let read = plant.technicien().get(&path).await.expect(200);
    assert_eq!(read.body, added.body);
    for (field, value) in [
        ("intervention_id", json!(id)),
        ("equipement_id", json!(null)),
        ("planning_id", json!(null)),
        ("nom_fichier", json!("plaque.png")),
        ("type_mime", json!("image/png")),
        ("taille", json!(photo.len())),
        ("description", json!("Vue de la plaque")),
        ("ajoute_par_nom", json!("Youssef Technicien")),
        ("date_ajout", json!(crate::plant::NOW)),
        ("miniature", json!(true)),
    ] {
        assert_eq!(read[field], value, "{field}");
    }
    assert_eq!(plant.client().get(&format!("{path}/contenu")).await.expect(200).bytes, photo);
    let file = file_of(&plant, &added);
    assert_eq!(files(&plant), std::slice::from_ref(&file), "and nothing still arriving");
    assert_eq!((mode(&file), mode(file.parent().expect("a folder"))), (0o600, 0o700));
    let journal = plant.admin().get(&format!("audit/?entite=document&entite_id={}", added.id())).await;
    assert_eq!(journal.expect(200)["items"][0]["action"], "document.creation");
}

#[tokio::test]
async fn the_fields_of_the_form_come_in_any_order() {
    let plant = Plant::new();
    let responsable = plant.responsable();

    for form in [
        Form::default().file("a.txt", b"un").field("description", "x").field("equipement_id", 1),
        Form::default().field("description", "x").field("equipement_id", 1).file("a.txt", b"un"),
        // Fields of a page that were left empty.
        Form::default()
            .field("intervention_id", "")
            .file("a.txt", b"un")
            .field("equipement_id", 1)
            .field("description", ""),
    ] {
        assert_eq!(form.send(&responsable).await.expect(201)["equipement_id"], 1);
    }
}

#[tokio::test]
async fn a_wrong_form_is_explained_field_by_field_and_leaves_nothing() {
    let plant = Plant::new();
    let elsewhere =
        json!({"titre": "Bruit", "type_intervention": "corrective", "equipement_id": 2, "technicien_id": 2});
    let foreign = plant.responsable().post("interventions/", elsewhere).await.expect(201).id();
    let technicien = plant.technicien();
    let file = || Form::default().file("a.txt", b"un");

    for (form, champ, code) in [
        (Form::default().field("equipement_id", 1), "file", "champ_requis"),
        (file(), "intervention_id", "champ_requis"),
        (file().field("equipement_id", 1).field("intervention_id", 1), "intervention_id", "doublon"),
        (file().field("equipement_id", 1).field("equipement_id", 1), "equipement_id", "doublon"),
        (file().file("b.txt", b"deux").field("equipement_id", 1), "file", "doublon"),
        (file().field("equipement_id", "un"), "equipement_id", "valeur_invalide"),
        (file().field("equipement_id", 0), "equipement_id", "valeur_invalide"),
        (file().field("equipement_id", 999), "equipement_id", "introuvable"),
        (file().field("intervention_id", 999), "intervention_id", "introuvable"),
        (file().field("intervention_id", foreign), "intervention_id", "introuvable"),
        (file().field("planning_id", 1), "planning_id", "introuvable"),
        (file().field("demande_id", 1), "demande_id", "introuvable"),
        (file().field("piece_id", 1), "piece_id", "introuvable"),
        (file().field("couleur", "bleu"), "couleur", "champ_inconnu"),
        (file().field("ajoute_par", 1), "ajoute_par", "champ_inconnu"),
        (file().field("description", "x".repeat(1001)).field("equipement_id", 1), "description", "trop_long"),
        (file().field("description", "x".repeat(5000)).field("equipement_id", 1), "description", "trop_long"),
        (Form::default().file("vide.txt", b"").field("equipement_id", 1), "file", "fichier_vide"),
        (Form::default().file("../", b"un").field("equipement_id", 1), "file", "nom_refuse"),
        (Form::default().field("file", "un").field("equipement_id", 1), "file", "nom_refuse"),
        (Form::default().file("a.png", b"un").field("equipement_id", 1), "file", "type_refuse"),
    ] {
        let refused = form.send(&technicien).await.expect(422);
        let error = &refused["errors"][0];
        assert_eq!((&error["champ"], &error["code"]), (&json!(champ), &json!(code)), "{}", refused.body);
    }

    assert_eq!(files(&plant), Vec::<PathBuf>::new());
    assert_eq!(technicien.get("documents/").await.expect(200)["total"], 0);
}

// (g)
#[tokio::test]
async fn the_same_bytes_sent_a_hundred_and_fifty_times_at_once_are_one_file() {
    let plant = Plant::new();
    let (id, notice) = (intervention(&plant).await, b"%PDF-1.4 notice".repeat(20_000));
    // A person waits for themself beyond 64 things at once.
    let people = [plant.technicien(), plant.responsable(), plant.admin()];

    let sent = (0..150).map(|i| {
        let to = if i % 2 == 0 { ("intervention_id", id) } else { ("equipement_id", 1) };
        add_to(&people[i % 3], to, "notice.pdf", &notice)
    });
    let replies = join_all(sent.collect::<Vec<_>>()).await;

    assert!(replies.iter().all(|reply| reply.status == 201));
    assert_eq!(files(&plant), [file_of(&plant, &replies[0])]);
    assert_eq!(people[1].get("documents/").await.expect(200)["total"], 150);
}

#[tokio::test]
async fn one_thing_has_a_hundred_documents_at_most() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    for i in 0..100 {
        add_to(&responsable, ("equipement_id", 1), "n.txt", format!("{i}").as_bytes()).await.expect(201);
    }

    let refused = add_to(&responsable, ("equipement_id", 1), "n.txt", b"de trop").await.expect(409);
    let elsewhere = add_to(&responsable, ("equipement_id", 2), "n.txt", b"de trop").await;
    responsable.delete("documents/1").await.expect(204);
    let after = add_to(&responsable, ("equipement_id", 1), "n.txt", b"de trop").await;

    assert_eq!((refused.code(), &refused["maximum"]), ("trop_de_documents", &json!(100)));
    elsewhere.expect(201);
    after.expect(201);
}

// (g)
#[tokio::test]
async fn one_person_adds_a_gigabyte_a_day_to_the_byte_and_deleting_gives_nothing_back() {
    let plant = Plant::new();
    let technicien = plant.technicien();
    let row = "insert into documents (equipement_id, nom_fichier, type_mime, taille, sha256, ajoute_par, date_ajout,
                   verifie_le, supprime_le)
               select 1, 'gros.zip', 'application/zip', ?1, ?2, 3, unixepoch(?3), 0, unixepoch(?3)";
    let sha256 = "ab".repeat(32);
    plant.database().execute(row, (999_999_996, sha256, crate::plant::NOW)).expect("a row");

    let over = add_to(&technicien, ("equipement_id", 1), "a.txt", b"12345").await.expect(409);
    let last = add_to(&technicien, ("equipement_id", 1), "a.txt", b"1234").await;
    let more = add_to(&technicien, ("equipement_id", 1), "a.txt", b"1").await.expect(409);
    let other = add_to(&plant.responsable(), ("equipement_id", 1), "a.txt", b"12345").await;
    plant.advance(Duration::from_secs(24 * 3600));
    let tomorrow = add_to(&plant.technicien(), ("equipement_id", 1), "a.txt", b"12345").await;

    last.expect(201);
    assert_eq!((over.code(), more.code()), ("quota_jour", "quota_jour"));
    assert_eq!((&over["ajoute"], &more["ajoute"]), (&json!(999_999_996), &json!(1_000_000_000)));
    other.expect(201);
    tomorrow.expect(201);
}

// b1
#[tokio::test]
async fn below_the_floor_of_free_space_no_file_is_taken_and_everything_else_works() {
    let plant = Plant::with_files(FileLimits { floor: Some(u64::MAX), ..FileLimits::default() });
    let responsable = plant.responsable();

    let refused = add_to(&responsable, ("equipement_id", 1), "a.txt", b"un").await.expect(503);

    assert_eq!(refused.code(), "disque_plein");
    assert!(
        refused["detail"].as_str().is_some_and(|text| text.contains("presque plein")),
        "{}",
        refused.body
    );
    assert_eq!(files(&plant), Vec::<PathBuf>::new());
    responsable.post("sites/", json!({"code": "LYON", "nom": "Lyon"})).await.expect(201);
}

#[tokio::test]
async fn a_client_reads_what_is_attached_to_its_own_machines_and_work_and_nothing_else() {
    let plant = Plant::new();
    let (id, responsable) = (intervention(&plant).await, plant.responsable());
    let of_work = add_to(&responsable, ("intervention_id", id), "a.txt", b"travail").await.expect(201).id();
    let of_machine = add_to(&responsable, ("equipement_id", 1), "b.txt", b"machine").await.expect(201).id();
    let of_other = add_to(&responsable, ("equipement_id", 2), "c.txt", b"autre").await.expect(201).id();

    let client = plant.client();
    let seen = client.get("documents/?tri=date_ajout").await.expect(200);

    assert_eq!((seen.ids(), &seen["total"]), (vec![of_work, of_machine], &json!(2)));
    client.get(&format!("documents/{of_machine}/contenu")).await.expect(200);
    for path in ["", "/contenu", "/miniature"] {
        client.get(&format!("documents/{of_other}{path}")).await.expect(404);
    }
    add_to(&client, ("equipement_id", 1), "d.txt", b"x").await.expect(403);
    client.delete(&format!("documents/{of_machine}")).await.expect(403);
    assert_eq!(client.get("documents/?equipement_id=2").await.expect(200)["total"], 0);
    assert_eq!(
        client.get("filters/recherche?q=txt").await.expect(200)["items"].as_array().map(Vec::len),
        Some(2)
    );
}

#[tokio::test]
async fn a_technicien_reads_the_documents_of_every_machine_and_of_their_own_work() {
    let plant = Plant::new();
    let (id, responsable) = (intervention(&plant).await, plant.responsable());
    let of_work = add_to(&responsable, ("intervention_id", id), "a.txt", b"travail").await.expect(201).id();
    let of_machine = add_to(&responsable, ("equipement_id", 2), "b.txt", b"machine").await.expect(201).id();

    let theirs = plant.technicien().get("documents/?tri=date_ajout").await.expect(200).ids();
    let others = plant.person("technicien2").get("documents/").await.expect(200).ids();

    assert_eq!((theirs, others), (vec![of_work, of_machine], vec![of_machine]));
    plant.person("technicien2").get(&format!("documents/{of_work}/contenu")).await.expect(404);
    plant.person("technicien2").delete(&format!("documents/{of_work}")).await.expect(404);
}

#[tokio::test]
async fn the_documents_of_a_plan_are_for_those_who_run_the_plant() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let plan =
        json!({"titre": "Graissage", "equipement_id": 1, "frequence": "mensuel", "date_debut": "2031-02-01"});
    let plan = responsable.post("planning/", plan).await.expect(201).id();

    let added = add_to(&responsable, ("planning_id", plan), "gamme.txt", b"graisser").await.expect(201);
    let refused = add_to(&plant.technicien(), ("planning_id", plan), "a.txt", b"x").await.expect(422);

    assert_eq!((&added["planning_id"], &refused["errors"][0]["code"]), (&json!(plan), &json!("introuvable")));
    assert_eq!(responsable.get(&format!("documents/?planning_id={plan}")).await.ids(), [added.id()]);
    for person in [plant.technicien(), plant.client()] {
        person.get(&format!("documents/{}/contenu", added.id())).await.expect(404);
        assert_eq!(person.get("documents/").await["total"], 0);
    }
    responsable.delete(&format!("planning/{plan}")).await.expect(409);
}

#[tokio::test]
async fn a_technicien_takes_back_their_own_within_a_day_and_the_plant_takes_back_any() {
    let plant = Plant::new();
    let mut added = Vec::new();
    for bytes in [&b"un"[..], b"deux", b"trois"] {
        added.push(add_to(&plant.technicien(), ("equipement_id", 1), "a.txt", bytes).await.expect(201).id());
    }
    let path = |i: usize| format!("documents/{}", added[i]);

    plant.person("technicien2").delete(&path(0)).await.expect(403);
    plant.advance(Duration::from_secs(24 * 3600 - 1));
    plant.technicien().delete(&path(0)).await.expect(204);
    plant.advance(Duration::from_secs(1));
    let late = plant.technicien().delete(&path(1)).await.expect(403);
    plant.responsable().delete(&path(1)).await.expect(204);
    plant.admin().delete(&path(2)).await.expect(204);

    assert!(late["detail"].as_str().is_some_and(|text| text.contains("24 heures")), "{}", late.body);
    for path in [path(0), path(1), format!("{}/contenu", path(2))] {
        plant.admin().get(&path).await.expect(404);
        plant.admin().delete(&format!("documents/{}", added[0])).await.expect(404);
    }
    let journal = plant.admin().get("audit/?action=document.suppression").await.expect(200);
    assert_eq!(journal["total"], 3);
    assert_eq!(plant.admin().get("documents/").await["total"], 0);
}

#[tokio::test]
async fn finished_work_still_takes_documents_and_hidden_work_hides_them() {
    let plant = Plant::new();
    let (responsable, done) = (plant.responsable(), intervention(&plant).await);
    let path = format!("interventions/{done}/statut");
    responsable.patch(&path, json!({"statut": "en_cours"})).await.expect(200);
    responsable.patch(&path, json!({"statut": "termine", "compte_rendu": "Fait"})).await.expect(200);
    let hidden = intervention(&plant).await;
    let there = add_to(&responsable, ("intervention_id", hidden), "a.txt", b"un").await.expect(201);

    add_to(&plant.technicien(), ("intervention_id", done), "rapport.txt", b"Fait").await.expect(201);
    let named = responsable.delete(&format!("interventions/{hidden}")).await.expect(409);
    assert_eq!((named.code(), &named["attaches"][0]["noms"]), ("attaches", &json!(["a.txt"])));
    responsable.delete(&format!("documents/{}", there["id"])).await.expect(204);
    responsable.delete(&format!("interventions/{hidden}")).await.expect(204);

    let left = responsable.get("documents/").await.expect(200);
    assert_eq!((&left["total"], &left["items"][0]["nom_fichier"]), (&json!(1), &json!("rapport.txt")));
    add_to(&responsable, ("intervention_id", hidden), "b.txt", b"deux").await.expect(422);
}

#[tokio::test]
async fn a_machine_with_documents_is_not_deleted() {
    let plant = Plant::new();
    add_to(&plant.responsable(), ("equipement_id", 2), "a.txt", b"un").await.expect(201);

    let refused = plant.responsable().delete("equipements/2").await.expect(409);

    assert!(
        refused["detail"].as_str().is_some_and(|text| text.contains("Documents (1) : a.txt")),
        "{}",
        refused.body
    );
}

// I9
#[tokio::test]
async fn a_phone_that_sends_a_photo_again_gets_the_first_answer_and_another_photo_is_refused() {
    let plant = Plant::new();
    let technicien = plant.technicien();
    let send = |name: &str, bytes: &[u8], description: &str| {
        let form =
            Form::default().field("equipement_id", 1).file(name, bytes).field("description", description);
        technicien.send_raw(post(form.bytes(), &[("idempotency-key", "photo-1")]))
    };

    let first = send("a.txt", b"un", "").await.expect(201);
    let again = send("a.txt", b"un", "").await.expect(201);
    let others =
        [send("a.txt", b"deux", "").await, send("b.txt", b"un", "").await, send("a.txt", b"un", "x").await];
    let parallel = join_all((0..8).map(|_| send("a.txt", b"un", ""))).await;

    assert_eq!((&again.body, again.header("idempotent-replayed")), (&first.body, "true"));
    assert_eq!(
        (first.header("location"), first.header("etag")),
        (again.header("location"), again.header("etag"))
    );
    for other in others {
        assert_eq!(other.expect(422)["errors"][0]["code"], "cle_reutilisee");
    }
    assert!(parallel.iter().all(|reply| reply.body == first.body));
    assert_eq!(technicien.get("documents/").await["total"], 1);
    assert_eq!(files(&plant).len(), 1, "what was refused left no file");
}

#[tokio::test]
async fn documents_are_found_by_what_they_are_attached_to_their_type_author_time_and_words() {
    let plant = Plant::new();
    let id = intervention(&plant).await;
    add_to(&plant.responsable(), ("equipement_id", 1), "Notice d’échangeur.pdf", b"%PDF-1.4 a")
        .await
        .expect(201);
    add_to(&plant.technicien(), ("intervention_id", id), "photo.png", &picture(2, 2)).await.expect(201);
    plant.advance(Duration::from_secs(2 * 24 * 3600));
    let form =
        Form::default().field("equipement_id", 2).file("a.txt", b"x").field("description", "Relevé du débit");
    form.send(&plant.responsable()).await.expect(201);
    let responsable = plant.responsable();

    for (query, ids) in [
        ("tri=date_ajout", vec![1, 2, 3]),
        ("", vec![3, 2, 1]),
        ("tri=nom_fichier", vec![3, 1, 2]),
        ("equipement_id=1&equipement_id=2", vec![3, 1]),
        (&format!("intervention_id={id}"), vec![2]),
        ("type_mime=image/png&type_mime=text/plain", vec![3, 2]),
        ("ajoute_par=3", vec![2]),
        ("du=2031-01-17", vec![3]),
        ("au=2031-01-15", vec![2, 1]),
        ("q=echang", vec![1]),
        ("q=debit", vec![3]),
        ("planning_id=1", vec![]),
    ] {
        assert_eq!(responsable.get(&format!("documents/?{query}")).await.expect(200).ids(), ids, "{query}");
    }
    responsable.get("documents/?type_mime=text/html").await.expect(422);
    let facets = responsable.get("filters/documents").await.expect(200);
    let pictures = json!({"valeur": "image/png", "libelle": "Image PNG", "nombre": 1});
    assert!(
        facets["facettes"]["type_mime"].as_array().is_some_and(|all| all.contains(&pictures)),
        "{}",
        facets.body
    );
    assert_eq!(facets["facettes"]["ajoute_par"][0]["libelle"], "Rachid Responsable");
    let found = responsable.get("filters/recherche?q=echangeur").await.expect(200);
    assert_eq!(found["items"][0]["type"], "document");
}

#[tokio::test]
async fn the_sheet_of_a_part_is_read_by_the_staff_and_by_no_client() {
    let plant = Plant::new();
    let part = json!({"reference": "JT-40", "designation": "Joint torique"});
    let piece = plant.responsable().post("pieces/", part).await.expect(201).id();

    let added =
        add_to(&plant.technicien(), ("piece_id", piece), "fiche.txt", b"40 x 3 NBR").await.expect(201);

    let path = format!("documents/{}", added.id());
    assert_eq!(added["piece_id"], piece);
    assert_eq!(plant.technicien().get(&format!("documents/?piece_id={piece}")).await.ids(), [added.id()]);
    plant.person("technicien2").get(&path).await.expect(200);
    plant.client().get(&path).await.expect(404);
    assert_eq!(plant.client().get("documents/").await["total"], 0);
    add_to(&plant.client(), ("piece_id", piece), "fiche.txt", b"40 x 3 NBR").await.expect(403);
}
