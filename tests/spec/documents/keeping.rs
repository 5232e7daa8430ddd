//! What happens to files over time: swept, looked at, examined from outside.

use std::fs::File;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use erp_interventions::documents;
use erp_interventions::kernel::app::System;
use serde_json::json;

use super::{Form, add_to, file_of, files, picture};
use crate::plant::{NOW, Plant};
use crate::server_process::{ServerProcess, printed, run};

/// As if a file had been written so long ago, on the plant's clock.
fn age(path: &Path, hours: u64) {
    let now: u64 = serde_json::from_value::<erp_interventions::kernel::clock::Instant>(json!(NOW))
        .expect("an instant")
        .as_second()
        .unsigned_abs();
    let file = File::options().write(true).open(path).expect("a file");
    file.set_modified(UNIX_EPOCH + Duration::from_secs(now - hours * 3600)).expect("its time");
}

async fn sweep(plant: &Plant) {
    documents::sweep(System::new(&plant.app, "test")).await.expect("swept");
}

#[tokio::test]
async fn a_deleted_document_keeps_its_file_for_a_day_then_both_are_gone() {
    let plant = Plant::new();
    let photo = add_to(&plant.responsable(), ("equipement_id", 1), "a.png", &picture(4, 4)).await.expect(201);
    plant.responsable().get(&format!("documents/{}/miniature", photo.id())).await.expect(200);
    assert_eq!(files(&plant).len(), 2, "a picture and its thumbnail");
    plant.responsable().delete("documents/1").await.expect(204);

    plant.advance(Duration::from_secs(24 * 3600 - 1));
    sweep(&plant).await;
    let before = files(&plant).len();
    plant.advance(Duration::from_secs(1));
    sweep(&plant).await;

    assert_eq!((before, files(&plant).len()), (2, 0));
    let rows: i64 =
        plant.database().query_row("select count(*) from documents", [], |row| row.get(0)).expect("a count");
    assert_eq!(rows, 0);
    plant.responsable().delete("equipements/1").await.expect(204);
}

#[tokio::test]
async fn a_file_stays_while_one_document_of_two_refers_to_it() {
    let plant = Plant::new();
    for id in [1, 2] {
        add_to(&plant.responsable(), ("equipement_id", id), "a.txt", b"la notice").await.expect(201);
    }
    plant.responsable().delete("documents/1").await.expect(204);

    plant.advance(Duration::from_secs(48 * 3600));
    sweep(&plant).await;

    assert_eq!(files(&plant).len(), 1);
    plant.responsable().get("documents/2/contenu").await.expect(200);
}

// U4
#[tokio::test]
async fn a_file_that_never_got_its_document_is_swept_after_an_hour_and_not_before() {
    let plant = Plant::new();
    let young = add_to(&plant.responsable(), ("equipement_id", 1), "a.txt", b"jeune").await.expect(201);
    let old = add_to(&plant.responsable(), ("equipement_id", 1), "a.txt", b"vieux").await.expect(201);
    let kept = add_to(&plant.responsable(), ("equipement_id", 1), "a.txt", b"suivi").await.expect(201);
    let (young, old, kept) = (file_of(&plant, &young), file_of(&plant, &old), file_of(&plant, &kept));
    age(&young, 0);
    age(&old, 2);
    age(&kept, 2);
    plant
        .database()
        .execute_batch(
            "update documents set supprime_le = 0 where id < 3; delete from documents where id < 3",
        )
        .expect("as if they had never been committed");

    sweep(&plant).await;

    assert_eq!((young.exists(), old.exists(), kept.exists()), (true, false, true));
}

#[tokio::test]
async fn files_are_looked_at_once_a_week_and_damage_is_recorded_once() {
    let plant = Plant::new();
    let system = || System::new(&plant.app, "test");
    let sound = add_to(&plant.responsable(), ("equipement_id", 1), "a.txt", b"sain").await.expect(201);
    let damaged = add_to(&plant.responsable(), ("equipement_id", 1), "b.txt", b"atteint").await.expect(201);
    std::fs::write(file_of(&plant, &damaged), b"atteinu").expect("a flipped bit");
    let recorded = async || plant.admin().get("audit/?action=document.alteration").await.expect(200);

    documents::verify(system()).await.expect("looked at");
    let too_early = recorded().await;
    plant.advance(Duration::from_secs(7 * 24 * 3600 + 1));
    documents::verify(system()).await.expect("looked at");
    let first = recorded().await;
    plant.advance(Duration::from_secs(7 * 24 * 3600 + 1));
    documents::verify(system()).await.expect("looked at");

    assert_eq!(
        (&too_early["total"], &first["total"], &recorded().await["total"]),
        (&json!(0), &json!(1), &json!(1))
    );
    assert_eq!(first["items"][0]["entite_id"], damaged.id());
    let noted: Vec<(i64, Option<i64>)> = plant
        .database()
        .prepare("select id, altere_le from documents order by id")
        .and_then(|mut rows| rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .expect("rows");
    assert_eq!(noted[0], (sound.id(), None));
    assert!(noted[1].1.is_some());
}

// b4, I7
#[tokio::test]
async fn check_finds_what_is_lost_altered_in_the_wrong_place_or_open_to_others() {
    let plant = Plant::new();
    // What lies about is old by the clock of the machine, which `check` reads.
    plant.set_time("2026-01-01T00:00:00Z");
    let mut documents = Vec::new();
    for name in ["perdu", "coupé", "altéré", "lié", "sain", "orphelin"] {
        let text = name.as_bytes();
        documents.push(
            add_to(&plant.responsable(), ("equipement_id", 1), &format!("{name}.txt"), text)
                .await
                .expect(201),
        );
    }
    let [lost, cut, altered, linked, sound, orphan] =
        std::array::from_fn::<_, 6, _>(|i| file_of(&plant, &documents[i]));
    let store = plant.data_dir().join("documents");
    plant
        .database()
        .execute_batch(
            "update documents set supprime_le = 0 where id = 6; delete from documents where id = 6",
        )
        .expect("no row");
    let data = plant.stop().await;
    let healthy = run(data.path(), &["check", "--all"]);
    assert!(healthy.status.success(), "a young file without a document is nothing: {}", printed(&healthy));

    std::fs::remove_file(&lost).expect("removed");
    std::fs::write(&cut, b"c").expect("cut");
    std::fs::write(&altered, "altere\u{301}").expect("altered");
    std::fs::remove_file(&linked).expect("removed");
    symlink(&sound, &linked).expect("a link");
    std::fs::set_permissions(&sound, PermissionsExt::from_mode(0o644)).expect("a mode");
    std::fs::write(store.join("tmp").join("reste"), b"un envoi").expect("a leftover");
    std::fs::write(store.join("liste.html"), b"<p>").expect("a stray");
    std::fs::set_permissions(store.join("tmp"), PermissionsExt::from_mode(0o755)).expect("a mode");
    for path in [&orphan, &store.join("tmp").join("reste")] {
        let file = File::options().write(true).open(path).expect("a file");
        file.set_modified(UNIX_EPOCH + Duration::from_secs(1_700_000_000)).expect("its time");
    }
    let sick = run(data.path(), &["check", "--all"]);

    let said = printed(&sick);
    assert_eq!(sick.status.code(), Some(1), "{said}");
    let orphan = format!("{} n’appartient à aucun document", orphan.display());
    for sentence in [
        "le document 1 « perdu.txt » a perdu son fichier",
        "le document 2 « coupé.txt » a un fichier de 1 octets au lieu de 6",
        "le document 3 « altéré.txt » a un fichier",
        "le document 4 « lié.txt » a un lien ou un dossier pour fichier",
        orphan.as_str(),
        "liste.html n’a rien à faire là",
        "reste est le reste d’un envoi interrompu",
        "mode 644",
        "mode 755",
    ] {
        assert!(said.contains(sentence), "{sentence}\nis not in\n{said}");
    }
    assert!(!said.contains("le document 5"), "{said}");
}

// I7
#[tokio::test(flavor = "multi_thread")]
async fn a_start_removes_what_was_arriving_and_serves_what_had_arrived() {
    let plant = Plant::new();
    plant.set_time("2026-01-01T00:00:00Z");
    add_to(&plant.responsable(), ("equipement_id", 1), "a.txt", b"la notice").await.expect(201);
    let data = plant.stop().await;
    let arriving = data.path().join("documents/tmp");
    std::fs::write(arriving.join("reste"), b"un envoi").expect("a leftover");

    let server = ServerProcess::start(data.path(), &[]);
    let left = std::fs::read_dir(&arriving).expect("a folder").count();
    let (status, _) = server.stop();

    assert!(status.success());
    assert_eq!(left, 0);
    let check = run(data.path(), &["check", "--all"]);
    assert!(check.status.success(), "{}", printed(&check));
}

// U6
#[tokio::test]
async fn documents_are_read_after_a_restart() {
    let plant = Plant::new();
    Form::default()
        .field("equipement_id", 1)
        .file("a.txt", b"la notice")
        .send(&plant.responsable())
        .await
        .expect(201);

    let plant = plant.restart().await;

    assert_eq!(plant.client().get("documents/1/contenu").await.expect(200).bytes, b"la notice");
}
