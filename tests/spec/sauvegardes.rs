//! Backups: all of it comes back, under load as well, and nothing that is not ours ever does.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::documents::{Form, picture};
use crate::plant::{PASSWORD, Plant};
use crate::server_process::{ServerProcess, printed, run, said};

/// A stopped plant with an intervention and a document.
async fn plant() -> TempDir {
    let plant = Plant::new();
    // Before the machine's own time, by which commands go.
    plant.set_time("2026-01-01T00:00:00Z");
    let body = json!({"titre": "À sauver", "equipement_id": 1, "type_intervention": "corrective"});
    let made = plant.responsable().post("interventions/", body).await.expect(201);
    let form = Form::default().field("intervention_id", &made["id"]).file("vue.png", &picture(40, 30));
    form.send(&plant.responsable()).await.expect(201);
    plant.stop().await
}

fn backup(data: &Path, file: &Path) {
    let output = run(data, &["backup", file.to_str().expect("a path")]);
    assert!(output.status.success(), "{}", said(&output));
}

fn restore(file: &Path, data: &Path) -> std::process::Output {
    run(data, &["restore", file.to_str().expect("a path")])
}

/// Every row of every table, but for what a restore settles on purpose.
fn rows(data: &Path) -> BTreeMap<String, Vec<String>> {
    let connection = Connection::open(data.join("erp.sqlite3")).expect("the database opens");
    let names = "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'
                 and name not in ('sessions', 'envois') and sql not like 'create virtual%'";
    let mut tables = connection.prepare(names).expect("tables");
    let tables: Vec<String> =
        tables.query_map([], |row| row.get(0)).expect("names").map(Result::unwrap).collect();
    tables
        .into_iter()
        .map(|table| {
            let mut all = connection.prepare(&format!("select * from \"{table}\"")).expect("rows");
            let width = all.column_count();
            let read = |row: &rusqlite::Row<'_>| {
                Ok((0..width)
                    .map(|at| format!("{:?}", row.get_ref(at).expect("a value")))
                    .collect::<String>())
            };
            let rows = all.query_map([], read).expect("rows").map(Result::unwrap).collect();
            (table, rows)
        })
        .collect()
}

fn documents(data: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let inside = path.strip_prefix(root).expect("inside").to_owned();
            if inside.starts_with("miniatures") || inside.starts_with("tmp") {
                continue;
            }
            if path.is_dir() {
                collect(root, &path, found)
            } else {
                found.insert(inside, fs::read(&path).expect("bytes")).map_or((), |_| ())
            }
        }
    }
    let mut found = BTreeMap::new();
    collect(&data.join("documents"), &data.join("documents"), &mut found);
    found
}

// U5
#[tokio::test]
async fn everything_comes_back_on_another_machine_and_the_data_is_as_it_was() {
    let data = plant().await;
    let elsewhere = tempfile::tempdir().expect("a folder");
    let file = elsewhere.path().join("hier.tar.zst");

    backup(data.path(), &file);
    let target = elsewhere.path().join("donnees");
    let output = restore(&file, &target);

    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(rows(&target), rows(data.path()));
    assert!(!documents(data.path()).is_empty());
    assert_eq!(documents(&target), documents(data.path()));
    let check = run(&target, &["check", "--all"]);
    assert!(check.status.success(), "{}{}", printed(&check), said(&check));
    assert!(!target.join("secrets").exists(), "no signing key is in a backup");
    let server = ServerProcess::start(&target, &[]);
    assert!(server.first_line.contains("http://"), "{}", server.first_line);
}

// U5, d7
#[tokio::test]
async fn what_was_there_is_kept_settings_stay_and_nobody_stays_signed_in() {
    let data = plant().await;
    let file = data.path().with_extension("tar.zst");
    backup(data.path(), &file);
    // The plant's settings, its words in mails, its summer time.
    let of_the_machine = ["config.toml", "templates/fr/compte.objet.txt", "zoneinfo/Africa/Casablanca"];
    for name in of_the_machine {
        let path = data.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, "log_level = \"info\"\n").expect("written");
    }
    let open = "insert into sessions (user_id, auth_version, created_at, last_used_at, expires_at) values (1, 0, 1, 1, 9999999999)";
    Connection::open(data.path().join("erp.sqlite3")).expect("opens").execute(open, []).expect("a session");
    let second = data.path().with_extension("2.tar.zst");
    backup(data.path(), &second);

    let output = restore(&second, data.path());

    assert!(output.status.success(), "{}", said(&output));
    let before: Vec<_> = fs::read_dir(data.path().parent().expect("a parent"))
        .expect("a folder")
        .flatten()
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with(&*data.path().file_name().expect("a name").to_string_lossy())
                && name.contains("avant-restauration")
        })
        .collect();
    assert_eq!(before.len(), 1);
    assert!(before[0].path().join("erp.sqlite3").exists());
    for name in of_the_machine {
        assert!(data.path().join(name).exists(), "{name} stays");
    }
    let live = "select count(*) from sessions where ended_at is null";
    let connection = Connection::open(data.path().join("erp.sqlite3")).expect("opens");
    assert_eq!(connection.query_row(live, [], |row| row.get::<_, i64>(0)).expect("a count"), 0);
    fs::remove_dir_all(before[0].path()).expect("tidied");
    for file in [file, second] {
        fs::remove_file(file).expect("tidied");
    }
}

// d1
#[tokio::test(flavor = "multi_thread")]
async fn backups_under_load_hold_all_that_was_acknowledged_before_they_began() {
    let count: usize = std::env::var("BACKUPS").ok().and_then(|count| count.parse().ok()).unwrap_or(3);
    let plant = Plant::new();
    plant.set_time("2026-01-01T00:00:00Z");
    let data = plant.stop().await;
    let server = ServerProcess::start(data.path(), &[]);
    let token = server.sign_in("responsable", PASSWORD).1.expect("a token");
    let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
    let acknowledged = Mutex::new(Vec::<String>::new());
    let stop = AtomicBool::new(false);
    let elsewhere = tempfile::tempdir().expect("a folder");
    let mut backups = Vec::new();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (server, headers, acknowledged, stop) = (&server, &headers, &acknowledged, &stop);
            scope.spawn(move || {
                for n in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let titre = format!("charge {writer} {n}");
                    let body = json!({"titre": titre, "equipement_id": 1, "type_intervention": "corrective"});
                    if server.request("POST", "/api/v1/interventions/", headers, &body.to_string()).0 == 201 {
                        acknowledged.lock().expect("no panic").push(titre);
                    }
                }
            });
        }
        for n in 0..count {
            std::thread::sleep(Duration::from_millis(300));
            let before = acknowledged.lock().expect("no panic").clone();
            let file = elsewhere.path().join(format!("{n}.tar.zst"));
            backup(data.path(), &file);
            backups.push((file, before));
        }
        stop.store(true, Ordering::Relaxed);
    });
    drop(server);

    assert!(backups[0].1.len() > 10, "the load was a load: {}", backups[0].1.len());
    for (n, (file, before)) in backups.iter().enumerate() {
        let target = elsewhere.path().join(format!("donnees-{n}"));
        let output = restore(file, &target);
        assert!(output.status.success(), "{}", said(&output));
        let check = run(&target, &["check", "--all"]);
        assert!(check.status.success(), "{}", printed(&check));
        let connection = Connection::open(target.join("erp.sqlite3")).expect("opens");
        let mut titles = connection.prepare("select titre from interventions").expect("titles");
        let there: std::collections::HashSet<String> =
            titles.query_map([], |row| row.get(0)).expect("rows").map(Result::unwrap).collect();
        assert!(
            before.iter().all(|titre| there.contains(titre)),
            "backup {n} lacks what was acknowledged before it"
        );
    }
}

// d1, D7
#[tokio::test]
async fn a_restore_waits_for_no_server_and_replaces_no_file() {
    let data = plant().await;
    let file = data.path().with_extension("tar.zst");
    backup(data.path(), &file);
    let again = run(data.path(), &["backup", file.to_str().expect("a path")]);
    let server = ServerProcess::start(data.path(), &[]);

    let output = restore(&file, data.path());

    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("Un autre processus"), "{}", said(&output));
    assert_eq!(again.status.code(), Some(1), "a backup never replaces a file");
    drop(server);
    fs::remove_file(file).expect("tidied");
}

/// A backup that somebody made by hand.
fn forge(path: &Path, entries: &[(&str, &[u8], tar::EntryType)], manifest: Option<&Value>) {
    let mut packed = zstd::Encoder::new(File::create(path).expect("a file"), 1).expect("an encoder");
    {
        let mut tar = tar::Builder::new(&mut packed);
        let mut add = |name: &str, bytes: &[u8], kind: tar::EntryType| {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            header.set_entry_type(kind);
            // As it is: the library would refuse to write such names.
            let field = &mut header.as_old_mut().name;
            field[..name.len()].copy_from_slice(name.as_bytes());
            if kind == tar::EntryType::Symlink {
                header.set_link_name("/etc/passwd").expect("a link");
            }
            header.set_cksum();
            tar.append(&header, bytes).expect("an entry");
        };
        if let Some(manifest) = manifest {
            add("manifest.json", manifest.to_string().as_bytes(), tar::EntryType::Regular);
        }
        for (name, bytes, kind) in entries {
            add(name, bytes, *kind);
        }
        tar.finish().expect("a tar");
    }
    packed.finish().expect("a frame");
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn announced(files: &[(&str, &[u8])], schema: i64) -> Value {
    let files: Vec<_> = files
        .iter()
        .map(|(nom, bytes)| json!({"nom": nom, "octets": bytes.len(), "sha256": sha256(bytes)}))
        .collect();
    json!({"format": 1, "version": "0.1.0", "schema": schema, "fait_le": "2026-01-01T00:00:00Z", "lignes": {}, "fichiers": files, "manquants": []})
}

// d3
#[tokio::test]
async fn nothing_hostile_is_unpacked_and_what_is_there_stays() {
    use tar::EntryType::{Link, Regular, Symlink};
    let data = plant().await;
    let before = (rows(data.path()), documents(data.path()));
    let folder = tempfile::tempdir().expect("a folder");
    let genuine = folder.path().join("vrai.tar.zst");
    backup(data.path(), &genuine);
    let db = fs::read(data.path().join("erp.sqlite3")).expect("a database");
    let db: &[u8] = &db;
    let evil: &[u8] = b"evil";
    let document = format!("documents/{}/{}", &sha256(evil)[..2], sha256(evil));
    let file = |name: &str| folder.path().join(name);

    forge(&file("vide"), &[], None);
    forge(&file("sans manifeste"), &[("db.sqlite", db, Regular)], None);
    forge(
        &file("nom qui monte"),
        &[("db.sqlite", db, Regular), ("../evil", evil, Regular)],
        Some(&announced(&[("db.sqlite", db), ("../evil", evil)], 18)),
    );
    forge(
        &file("nom absolu"),
        &[("db.sqlite", db, Regular), ("/tmp/evil", evil, Regular)],
        Some(&announced(&[("db.sqlite", db)], 18)),
    );
    forge(
        &file("non annoncé"),
        &[("db.sqlite", db, Regular), (&document, evil, Regular)],
        Some(&announced(&[("db.sqlite", db)], 18)),
    );
    forge(
        &file("deux fois"),
        &[("db.sqlite", db, Regular), ("db.sqlite", db, Regular)],
        Some(&announced(&[("db.sqlite", db)], 18)),
    );
    forge(
        &file("manque"),
        &[("db.sqlite", db, Regular)],
        Some(&announced(&[("db.sqlite", db), (&document, evil)], 18)),
    );
    forge(
        &file("altéré"),
        &[("db.sqlite", db, Regular), (&document, b"EVIL", Regular)],
        Some(&announced(&[("db.sqlite", db), (&document, evil)], 18)),
    );
    forge(
        &file("plus long"),
        &[("db.sqlite", db, Regular), (&document, b"evil and more", Regular)],
        Some(&announced(&[("db.sqlite", db), (&document, evil)], 18)),
    );
    forge(
        &file("lien"),
        &[("db.sqlite", db, Regular), (&document, b"", Symlink)],
        Some(&announced(&[("db.sqlite", db), (&document, b"")], 18)),
    );
    forge(&file("lien dur"), &[("db.sqlite", b"", Link)], Some(&announced(&[("db.sqlite", b"")], 18)));
    forge(
        &file("pas une base"),
        &[("db.sqlite", evil, Regular)],
        Some(&announced(&[("db.sqlite", evil)], 18)),
    );
    forge(&file("plus récente"), &[("db.sqlite", db, Regular)], Some(&announced(&[("db.sqlite", db)], 9999)));
    let mut odd = announced(&[("db.sqlite", db)], 18);
    odd["extra"] = json!(true);
    forge(&file("manifeste inconnu"), &[("db.sqlite", db, Regular)], Some(&odd));
    let cut = fs::read(&genuine).expect("a backup");
    fs::write(file("coupée"), &cut[..cut.len() / 2]).expect("a file");
    fs::write(file("du bruit"), [0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3, 4, 5, 6]).expect("a file");

    let mut tried = 0;
    for entry in
        fs::read_dir(folder.path()).expect("a folder").flatten().filter(|entry| entry.path() != genuine)
    {
        let output = restore(&entry.path(), data.path());
        assert_eq!(output.status.code(), Some(1), "{:?}: {}", entry.file_name(), said(&output));
        assert!(!said(&output).contains("panicked"), "{:?}: {}", entry.file_name(), said(&output));
        tried += 1;
    }
    assert_eq!(tried, 16);
    assert_eq!((rows(data.path()), documents(data.path())), before);
    let left: Vec<_> = fs::read_dir(data.path().parent().expect("a parent"))
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name().into_string().expect("utf-8"))
        .filter(|name| {
            name.starts_with(&*data.path().file_name().expect("a name").to_string_lossy())
                && name.contains("restauration")
        })
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

// d3
#[tokio::test]
async fn a_database_that_brings_code_of_its_own_is_refused() {
    let data = plant().await;
    let other = tempfile::tempdir().expect("a folder");
    let stranger = other.path().join("etranger");
    fs::create_dir(&stranger).expect("a folder");
    fs::copy(data.path().join("erp.sqlite3"), stranger.join("erp.sqlite3")).expect("a copy");
    let connection = Connection::open(stranger.join("erp.sqlite3")).expect("opens");
    connection
        .execute_batch("create trigger evil after insert on users begin delete from parametres; end")
        .unwrap_or(());
    connection.execute_batch("create view evil_too as select 1").expect("a view");
    drop(connection);
    let file = other.path().join("etranger.tar.zst");
    let made = run(&stranger, &["backup", file.to_str().expect("a path")]);
    assert!(file.exists(), "{}", said(&made));

    let output = restore(&file, data.path());

    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("evil_too"), "{}", said(&output));
}

// U5, d2
#[tokio::test]
async fn a_full_disk_or_a_kill_leaves_no_half_backup() {
    let data = plant().await;
    let folder = data.path().join("backups");
    let limited = |file: &Path| {
        let script = format!(
            "ulimit -f 64; trap '' XFSZ; exec '{}' backup '{}' --data-dir '{}'",
            env!("CARGO_BIN_EXE_erp-interventions"),
            file.display(),
            data.path().display()
        );
        std::process::Command::new("sh").args(["-c", &script]).output().expect("a shell")
    };
    backup(data.path(), &folder.join("erp-20260101T000000Z.tar.zst"));

    let output = limited(&folder.join("plein.tar.zst"));

    assert!(matches!(output.status.code(), Some(1 | 78)), "{}", said(&output));
    assert!(said(&output).contains("place"), "{}", said(&output));
    let names: Vec<_> =
        fs::read_dir(&folder).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(names, ["erp-20260101T000000Z.tar.zst"]);

    let mut file = File::create(folder.join("reste.tar.zst.partiel")).expect("what a kill left");
    file.write_all(b"half").expect("bytes");
    backup(data.path(), &folder.join("reste.tar.zst"));
    assert!(!folder.join("reste.tar.zst.partiel").exists());
}
