//! The executable from its first start to its last write, and what it refuses to start on.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use crate::plant::Plant;
use crate::server_process::{ServerProcess, command, printed, run, run_with_password, said};

const PASSWORD: &str = "une phrase de passe";

const DEMO_PASSWORD: &str = erp_interventions::seed::DEMO_PASSWORD;

const CREATE_AMINA: &[&str] = &[
    "admin",
    "create-user",
    "amina",
    "--full-name",
    "Amina",
    "--email",
    "amina@usine.test",
    "--role",
    "admin",
];

/// A folder in which the data directory `donnees` does not exist yet.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("donnees")
    }

    fn database(&self) -> PathBuf {
        self.data().join("erp.sqlite3")
    }

    fn start(&self) -> ServerProcess {
        ServerProcess::start(&self.data(), &[])
    }

    /// One on which the server has run before.
    fn used() -> Self {
        let machine = Self::new();
        machine.start().stop();
        machine
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// Starts on `data_dir`, which must be refused at once with this exit code; returns the sentences.
#[track_caller]
fn refused(data_dir: &Path, code: i32) -> String {
    let started = Instant::now();
    let output = run(data_dir, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(code), "{}", said(&output));
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    assert_eq!(printed(&output), "");
    let said = said(&output);
    assert!(!said.contains("panicked") && !said.contains(".rs:"), "{said}");
    said
}

// A1
#[test]
fn the_first_start_makes_a_private_data_directory_and_answers() {
    let machine = Machine::new();

    let server = machine.start();

    assert_eq!((server.get("/health/ready"), server.get("/")), (200, 200));
    assert_eq!((mode(&machine.data()), mode(&machine.data().join("secrets"))), (0o700, 0o700));
    let keys: Vec<_> = fs::read_dir(machine.data().join("secrets")).expect("keys").flatten().collect();
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().all(|key| mode(&key.path()) == 0o600));
}

#[test]
fn the_log_of_a_service_is_one_json_object_per_line() {
    let machine = Machine::new();
    let server = machine.start();
    server.get("/health");

    let log = server.log();

    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let request = lines.iter().find(|line| line["message"] == "request").expect("the request's line");
    assert_eq!((&request["route"], &request["status"]), (&"/health".into(), &200.into()));
}

#[test]
fn b7_a_stop_lets_requests_finish_and_folds_the_log_into_the_database() {
    let machine = Machine::new();
    let mut server = machine.start();
    let slow = server.slow_request();

    server.signal("TERM");
    let status = slow.finish();
    let ended = server.wait();

    assert_eq!((status, ended.code()), (422, Some(0)), "answered, though it says nothing");
    let log = machine.data().join("erp.sqlite3-wal");
    assert_eq!(fs::metadata(log).map_or(0, |log| log.len()), 0);
}

#[test]
fn b7_a_second_signal_does_not_wait_for_anyone() {
    let machine = Machine::new();
    let mut server = machine.start();
    let _slow = server.slow_request();

    let asked = Instant::now();
    server.signal("TERM");
    server.wait_for_log("stopping");
    server.signal("TERM");
    let ended = server.wait();

    assert_eq!(ended.code(), Some(130));
    assert!(asked.elapsed() < Duration::from_secs(5), "less than the time requests under way are given");
}

// D7
#[test]
fn b6_a_second_server_on_the_same_data_is_refused_naming_the_first() {
    let machine = Machine::new();
    let server = machine.start();

    let said = refused(&machine.data(), 1);

    assert!(said.contains(&format!("(pid {})", server.pid())), "{said}");
    assert_eq!(server.get("/health/ready"), 200);
}

#[test]
fn b6_a_killed_server_leaves_nothing_in_the_way_of_the_next() {
    let machine = Machine::new();
    let mut killed = machine.start();
    killed.signal("KILL");
    killed.wait();

    let next = machine.start();

    assert_eq!(next.get("/health/ready"), 200);
}

// D1
#[test]
fn b2_a_data_directory_that_cannot_be_written_is_refused_by_name() {
    let machine = Machine::new();
    fs::write(machine.0.path().join("fichier"), "").expect("a file");
    let below_a_file = machine.0.path().join("fichier/donnees");

    let said = refused(&below_a_file, 78);

    assert!(said.contains(&below_a_file.display().to_string()), "{said}");
    assert!(said.contains("--data-dir"), "what to do: {said}");
}

// D1
#[test]
fn b2_a_folder_in_the_place_of_the_database_is_refused_by_name() {
    let machine = Machine::new();
    fs::create_dir_all(machine.database()).expect("a folder");

    let said = refused(&machine.data(), 78);

    assert!(said.contains(&machine.database().display().to_string()), "{said}");
}

// D1
#[test]
fn b3_another_program_s_database_is_refused_and_left_as_it_was() {
    let machine = Machine::new();
    fs::create_dir(machine.data()).expect("a folder");
    let other = Connection::open(machine.database()).expect("a database");
    other.execute_batch("create table courses (pain text); pragma user_version = 2").expect("a table");
    drop(other);
    let before = fs::read(machine.database()).expect("the file");

    let said = refused(&machine.data(), 78);

    assert!(said.contains("n’est pas une base d’erp-interventions"), "{said}");
    assert!(!machine.data().join("backups").exists());
    let untouched = Connection::open(machine.database()).expect("a database");
    let id: i64 = untouched.pragma_query_value(None, "application_id", |row| row.get(0)).expect("an id");
    assert_eq!((id, fs::read(machine.database()).expect("the file").len()), (0, before.len()));
}

type Damage = fn(&mut Vec<u8>);

#[test]
fn b3_a_damaged_database_is_refused_and_never_repaired() {
    let damages: [(&str, Damage); 3] = [
        ("cut in the middle", |bytes| bytes.truncate(bytes.len() / 2)),
        ("header overwritten", |bytes| bytes[..16].fill(b'x')),
        ("a page overwritten", |bytes| bytes[4096..8192].fill(0xAA)),
    ];
    for (name, damage) in damages {
        let machine = Machine::used();
        let mut bytes = fs::read(machine.database()).expect("the file");
        damage(&mut bytes);
        fs::write(machine.database(), &bytes).expect("damage");

        let said = refused(&machine.data(), 78);

        assert!(said.contains("abîmée"), "{name}: {said}");
        assert!(said.contains(&machine.database().display().to_string()), "{name}: {said}");
        assert_eq!(fs::read(machine.database()).expect("the file"), bytes, "{name}: repaired in silence");
    }
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    let machine = Machine::used();
    let database = Connection::open(machine.database()).expect("a database");
    database.pragma_update(None, "user_version", 999).expect("a version");
    drop(database);

    let said = refused(&machine.data(), 78);

    assert!(
        said.contains("999") && said.contains("plus récente") && said.contains("newer version"),
        "{said}"
    );
}

#[test]
fn a_database_of_an_older_version_is_copied_before_it_is_upgraded() {
    let machine = Machine::used();
    let database = Connection::open(machine.database()).expect("a database");
    let version: i64 =
        database.pragma_query_value(None, "user_version", |row| row.get(0)).expect("a version");
    database.pragma_update(None, "user_version", version - 1).expect("an older version");
    drop(database);

    let server = machine.start();

    assert_eq!(server.get("/health/ready"), 200);
    let copy = machine.data().join(format!("backups/avant-migration-{}.sqlite3", version - 1));
    let copied = |database: &Path| -> (i64, i64) {
        let database = Connection::open(database).expect("a database");
        let tables = "select count(*) from sqlite_schema";
        (
            database.pragma_query_value(None, "user_version", |row| row.get(0)).expect("a version"),
            database.query_row(tables, [], |row| row.get(0)).expect("a count"),
        )
    };
    let (upgraded, tables) = copied(&machine.database());
    assert_eq!((upgraded, copied(&copy)), (version, (version - 1, tables)));
}

type Weaken = fn(&Path);

// A1
#[test]
fn a1_a_weak_short_or_shared_key_is_refused() {
    let weaken: [(&str, Weaken); 3] = [
        ("n’est pas aléatoire", |key| fs::write(key, [7; 32]).expect("a weak key")),
        ("8 octets", |key| fs::write(key, b"changeme").expect("a short key")),
        ("chmod 600", |key| {
            fs::set_permissions(key, fs::Permissions::from_mode(0o640)).expect("a shared key");
        }),
    ];
    for (sentence, weaken) in weaken {
        let machine = Machine::used();
        let key = machine.data().join("secrets/jwt-1");
        weaken(&key);

        let said = refused(&machine.data(), 78);

        assert!(said.contains(sentence) && said.contains(&key.display().to_string()), "{said}");
    }
}

#[test]
fn a_setting_nobody_knows_or_that_cannot_be_stops_the_start() {
    let machine = Machine::used();
    fs::write(machine.data().join("config.toml"), "conections = 10").expect("settings");

    let in_file = refused(&machine.data(), 2);
    fs::remove_file(machine.data().join("config.toml")).expect("settings");
    let wrong = command(["serve"])
        .arg("--data-dir")
        .arg(machine.data())
        .env("ERP_LISTEN", "partout")
        .output()
        .expect("the executable runs");

    assert!(in_file.contains("conections (config.toml) : réglage inconnu"), "{in_file}");
    assert!(in_file.contains("connections, connections_per_address"), "what is allowed: {in_file}");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(said(&wrong).contains("ERP_LISTEN : « partout » refusé, attendu : une adresse et un port"));
}

#[test]
fn the_settings_are_shown_with_where_they_come_from_and_without_secrets() {
    let machine = Machine::used();
    let token = "un-jeton-que-nul-ne-lit";
    fs::write(machine.data().join("config.toml"), format!("metrics_token = '{token}'")).expect("settings");

    let output = command(["config", "show", "--listen", "127.0.0.1:9000", "--data-dir"])
        .arg(machine.data())
        .env("ERP_CONNECTIONS", "99")
        .output()
        .expect("the executable runs");

    let table = printed(&output);
    let row = |name: &str| -> Vec<&str> {
        let line = table.lines().find(|line| line.split_whitespace().next() == Some(name));
        line.unwrap_or_else(|| panic!("no {name} in {table}")).split_whitespace().skip(1).collect()
    };
    assert_eq!(row("listen"), ["127.0.0.1:9000", "--listen"]);
    assert_eq!(row("connections"), ["99", "$ERP_CONNECTIONS"]);
    assert_eq!(row("metrics_token"), ["********", "config.toml"]);
    assert_eq!(row("sign_in_burst"), ["300", "default"]);
    assert!(!table.contains(token) && !said(&output).contains(token));
}

#[test]
fn what_a_command_line_user_expects_is_printed() {
    let print = |arguments: &[&str]| {
        let output = command(arguments).output().expect("the executable runs");
        assert!(output.status.success(), "{}", said(&output));
        printed(&output)
    };

    let document: Value = serde_json::from_str(&print(&["openapi"])).expect("JSON");

    assert!(document["paths"]["/api/v1/sites/"]["get"].is_object());
    assert!(print(&["completions", "bash"]).contains("--data-dir"));
    let manual = print(&["man"]);
    assert!(manual.contains(".TH erp-interventions 1") && manual.contains("\\-\\-demo\\-reseau"), "{manual}");
    assert!(print(&["--version"]).contains(env!("CARGO_PKG_VERSION")));
}

// A17
#[test]
fn a_demonstration_does_not_listen_to_the_network_by_accident() {
    let machine = Machine::new();

    let output = run(&machine.data(), &["serve", "--demo", "--listen", "0.0.0.0:0"]);

    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--demo-reseau"), "{}", said(&output));
    assert!(!machine.data().exists());
}

// A17
#[test]
fn a17_whoever_reads_the_first_start_s_link_makes_the_first_administrator_once() {
    let machine = Machine::new();
    let mut server = machine.start();
    let link = server.next_line();
    let code = link.trim().split_once("/setup?code=").expect("a link").1.to_owned();
    let set_up = |server: &ServerProcess, username: &str, code: &str| {
        let body = serde_json::json!({
            "code": code, "username": username, "full_name": "Amina", "email": format!("{username}@usine.test"),
            "password": PASSWORD,
        });
        let kind = "Content-Type: application/json\r\n";
        server.request("POST", "/api/v1/auth/setup", kind, &body.to_string()).0
    };

    let guessed = set_up(&server, "intrus", "0000");
    let made = set_up(&server, "amina", &code);
    let again = set_up(&server, "intrus", &code);
    let signed_in = server.sign_in("amina", PASSWORD).0;
    let log = server.log();
    server.stop();
    let (_, printed_next) = machine.start().stop();

    assert_eq!((made, signed_in), (201, 200));
    assert_eq!((guessed, again), (403, 404));
    assert!(!log.contains(&code), "the code is for the terminal only");
    assert_eq!(printed_next, "", "there is an account: no link any more");
}

#[test]
fn accounts_are_repaired_beside_a_running_server() {
    let machine = Machine::new();
    let server = machine.start();
    let admin = |arguments: &[&str]| run(&machine.data(), &[&["admin"], arguments].concat());

    let created = run_with_password(&machine.data(), CREATE_AMINA, PASSWORD);
    let (status, token) = server.sign_in("amina", PASSWORD);
    assert_eq!((created.status.code(), status), (Some(0), 200), "{}", said(&created));
    let me = format!("Authorization: Bearer {}\r\n", token.expect("a token"));
    let still_in = || server.request("GET", "/api/v1/auth/me", &me, "").0;
    assert_eq!(still_in(), 200);

    let revoked = admin(&["revoke-sessions", "amina"]);
    assert_eq!((revoked.status.code(), still_in()), (Some(0), 401), "{}", said(&revoked));

    let wrong: Vec<u16> = (0..6).map(|_| server.sign_in("amina", "pas celui-là").0).collect();
    let unlocked = admin(&["unlock", "amina@usine.test"]);
    assert_eq!((wrong[5], unlocked.status.code()), (429, Some(0)), "{wrong:?} {}", said(&unlocked));
    assert_eq!(server.sign_in("amina", PASSWORD).0, 200);

    let other = "une tout autre phrase";
    let reset = run_with_password(&machine.data(), &["admin", "reset-password", "amina"], other);
    assert_eq!(reset.status.code(), Some(0), "{}", said(&reset));
    assert_eq!((server.sign_in("amina", PASSWORD).0, server.sign_in("amina", other).0), (401, 200));

    let listed = printed(&admin(&["list-users"]));
    assert!(listed.contains("amina@usine.test") && !listed.contains("argon2"), "{listed}");
    let verified = run(&machine.data(), &["audit", "verify"]);
    assert_eq!(verified.status.code(), Some(0), "two processes wrote one chain: {}", said(&verified));
}

#[test]
fn an_account_repair_that_makes_no_sense_is_refused_in_words() {
    let machine = Machine::used();

    let weak = run_with_password(&machine.data(), CREATE_AMINA, "motdepasse123");
    let nobody = run(&machine.data(), &["admin", "unlock", "personne"]);
    let elsewhere = run(&machine.0.path().join("autre"), &["admin", "list-users"]);
    let argument = run(&machine.data(), &[CREATE_AMINA, &["--password", PASSWORD]].concat());

    assert_eq!((weak.status.code(), nobody.status.code()), (Some(1), Some(1)));
    assert!(said(&weak).starts_with("password : "), "{}", said(&weak));
    assert!(said(&nobody).contains("Personne ne s’appelle « personne »"), "{}", said(&nobody));
    assert_eq!(elsewhere.status.code(), Some(78), "{}", said(&elsewhere));
    assert!(!machine.0.path().join("autre").exists(), "a mistyped folder is not made");
    assert_eq!(argument.status.code(), Some(2), "a password is never an argument");
}

#[test]
fn a_demonstration_shows_its_accounts_and_each_can_sign_in() {
    let machine = Machine::new();

    let mut server = ServerProcess::start(&machine.data(), &["--demo"]);

    for username in ["admin", "responsable", "technicien", "client"] {
        let line = server.next_line();
        assert!(line.contains(&format!("{username}@demo.ma")) && line.contains(DEMO_PASSWORD), "{line}");
        assert_eq!(server.sign_in(username, DEMO_PASSWORD).0, 200, "{username}");
    }
    assert!(server.log().contains("this is a demonstration"), "{}", server.log());
    let examined = run(&machine.data(), &["check", "--all"]);
    assert_eq!(examined.status.code(), Some(0), "{}{}", printed(&examined), said(&examined));
}

#[test]
fn a_demonstration_and_real_data_are_never_taken_for_each_other() {
    let (real, demo) = (Machine::used(), Machine::new());
    run_with_password(&real.data(), CREATE_AMINA, PASSWORD);
    run(&demo.data(), &["seed", "--profile", "demo"]);

    let on_real = run(&real.data(), &["serve", "--demo", "--listen", "127.0.0.1:0"]);
    let not_said = ServerProcess::start(&demo.data(), &[]);
    let sown_twice = run(&real.data(), &["seed", "--profile", "demo"]);

    assert_eq!(on_real.status.code(), Some(2));
    assert!(said(&on_real).contains("d’autres données"), "{}", said(&on_real));
    not_said.wait_for_log("this is a demonstration");
    assert_eq!(sown_twice.status.code(), Some(1));
    assert!(!printed(&run(&real.data(), &["admin", "list-users"])).contains("demo.ma"));
}

#[test]
fn data_to_measure_with_is_sown_by_the_thousand_and_stays_on_this_machine() {
    let machine = Machine::new();

    let sown = run(&machine.data(), &["seed", "--profile", "volume", "--interventions", "1200"]);
    let on_network = run(&machine.data(), &["serve", "--listen", "0.0.0.0:0"]);
    let server = machine.start();
    let beside = run(&machine.data(), &["seed", "--profile", "volume"]);

    assert_eq!(sown.status.code(), Some(0), "{}", said(&sown));
    let database = Connection::open(machine.database()).expect("a database");
    let count = "select count(*) from interventions";
    let count: i64 = database.query_row(count, [], |row| row.get(0)).expect("a count");
    assert_eq!(count, 1200);
    assert_eq!(on_network.status.code(), Some(2), "everyone knows its passwords: {}", said(&on_network));
    assert_eq!(server.sign_in("responsable", DEMO_PASSWORD).0, 200);
    assert_eq!(beside.status.code(), Some(1), "not under a running server");
    assert!(said(&beside).contains(&format!("(pid {})", server.pid())), "{}", said(&beside));
}

#[test]
fn o1_an_address_that_is_taken_is_said() {
    let machine = Machine::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();

    let output = run(&machine.data(), &["serve", "--listen", &address]);

    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains(&address), "{}", said(&output));
}

#[tokio::test]
async fn an_examination_finds_nothing_wrong_with_a_plant_at_work() {
    let plant = Plant::new();
    plant.responsable().patch("sites/1", serde_json::json!({"nom": "Conserverie"})).await.expect(200);
    // The fixture is a plain copy; a server would have made these.
    for folder in [plant.data_dir(), &plant.data_dir().join("secrets")] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).expect("a private folder");
    }

    let examined = run(plant.data_dir(), &["check", "--all"]);
    let verified = run(plant.data_dir(), &["audit", "verify"]);

    // The plant lives in 2031, which is what an examination today must notice; nothing else.
    let wrong: Vec<String> =
        printed(&examined).lines().filter(|line| line.starts_with("ERREUR")).map(str::to_owned).collect();
    assert_eq!(wrong, ["ERREUR horloge / clock"], "{}{}", printed(&examined), said(&examined));
    assert_eq!((examined.status.code(), verified.status.code()), (Some(1), Some(0)));
    assert!(printed(&verified).starts_with("1 entrées"));
}

#[test]
fn an_examination_of_a_sound_directory_ends_well() {
    let machine = Machine::used();

    let examined = run(&machine.data(), &["check"]);

    assert_eq!(examined.status.code(), Some(0), "{}{}", printed(&examined), said(&examined));
}

#[test]
fn an_examination_names_what_is_wrong_in_the_books() {
    let plant = Plant::new();
    let database = plant.database();
    database.execute_batch(include_str!("broken_books.sql")).expect("what the schema would have refused");
    fs::set_permissions(plant.data_dir().join("secrets/jwt-1"), fs::Permissions::from_mode(0o644))
        .expect("a shared key");

    let examined = run(plant.data_dir(), &["check", "--all"]);

    let report = printed(&examined);
    for sentence in [
        "le technicien 1 est affecté au même moment à INT-2031-000001 et à INT-2031-000002",
        "le technicien 1 est affecté à INT-2031-000002 pendant son absence 1",
        "INT-2031-000003 est « annule », son historique finit par « planifie »",
        "la ligne 4 de « interventions » renvoie à une ligne absente de « equipements »",
        "la demande DEM-2031-000001 et l’intervention - ne se répondent pas",
        "la demande DEM-2031-000002 et l’intervention INT-2031-000002 ne se répondent pas",
        "2 chronomètres du technicien 1 tournent à la fois",
        "le temps 4 finit avant de commencer",
        "les temps 1 et 2 du technicien 2 se chevauchent",
        "les temps 1 et 3 du technicien 2 se chevauchent",
        "la réponse 1 de INT-2031-000001 n’est pas de la gamme et de la version de l’intervention",
        "le compteur 1 recule au relevé 2",
        "les seuils du plan par compteur 1 ne se suivent pas",
        "le plan 1 ne compte pas juste à l’échéance 1",
        "le plan 2 ne compte pas juste à l’échéance 1",
        "le plan 3 ne compte pas juste à l’échéance 0",
        "l’échéance 0 du plan 1 n’a pas l’intervention",
        "INT-2031-000003 vient du plan 4, qui n’a pas une échéance pour elle",
        "l’entrée 1 du journal a été annoncée plusieurs fois à l’utilisateur 3",
        "la notification 1 a plusieurs envois par « email »",
        "l’envoi 3 n’a plus sa notification ou son fait",
        "« notifications » n’a pas pu traiter l’entrée 1 du journal (panne)",
        "RLT-6308 : le stock dit 4.5 (40.00), ses mouvements font 4 (40.00)",
        "JNT-35 : ce qui est réservé ou attendu n’est pas la somme des demandes",
        "JNT-35 est gardée pour INT-2031-000003, qui est close",
        "jwt-1 est ouvert à d’autres que son propriétaire (mode 644)",
    ] {
        assert!(report.contains(sentence), "{sentence}\nis not in\n{report}{}", said(&examined));
    }
    assert!(!report.contains("le plan 4 ne compte"), "{report}");
    assert_eq!(examined.status.code(), Some(1));
}

#[tokio::test]
async fn an_entry_of_the_journal_that_was_changed_is_named() {
    let plant = Plant::new();
    for nom in ["Un", "Deux", "Trois"] {
        plant.responsable().patch("sites/1", serde_json::json!({"nom": nom})).await.expect(200);
    }
    let change = "drop trigger journal_is_never_updated; update journal set acteur = 'admin' where id = 2";
    plant.database().execute_batch(change).expect("a forgery");

    let verified = run(plant.data_dir(), &["audit", "verify"]);

    assert_eq!(verified.status.code(), Some(1));
    assert!(said(&verified).contains("rompue : l’entrée 2 "), "{}", said(&verified));
}

#[test]
#[cfg(unix)]
fn a_double_click_opens_the_set_up_in_the_browser_and_a_second_one_the_server_that_runs() {
    let machine = Machine::new();
    let folder = tempfile::tempdir().expect("a folder");
    let (browser, opened) = (folder.path().join("xdg-open"), folder.path().join("opened"));
    fs::write(&browser, format!("#!/bin/sh\necho \"$1\" > {0}.part\nmv {0}.part {0}\n", opened.display()))
        .expect("a script");
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).expect("executable");

    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    let address = format!("127.0.0.1:{port}");
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let double_click = || {
        let mut command = command([""; 0]);
        command.env("PATH", &path).env("ERP_LISTEN", &address).env("ERP_DATA_DIR", machine.data());
        command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the executable runs")
    };
    let asked_of_browser = || {
        let started = Instant::now();
        while !opened.exists() && started.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(10));
        }
        let asked = fs::read_to_string(&opened).expect("the browser was opened");
        fs::remove_file(&opened).expect("forgotten");
        asked.trim().to_owned()
    };

    let mut server = double_click();
    let mut lines = BufReader::new(server.stdout.take().expect("a pipe")).lines();
    let first = lines.next().expect("a line").expect("text");
    let second = lines.next().expect("a line").expect("text");
    let asked = asked_of_browser();
    let again = double_click().wait().expect("it ends");
    let asked_again = asked_of_browser();
    let _ = server.kill();
    let _ = server.wait();

    assert!(first.contains(&address), "{first}");
    assert!(second.ends_with(&asked) && asked.contains("/setup?code="), "{second} {asked}");
    assert!(again.success());
    assert_eq!(asked_again, format!("http://{address}"));
    // Nobody reads what it prints: it is in a file beside the data.
    let logs: Vec<_> = fs::read_dir(machine.data().join("logs")).expect("a folder").flatten().collect();
    assert_eq!(logs.len(), 1);
    assert!(fs::read_to_string(logs[0].path()).expect("a log").contains("\"message\":\"ready\""));
}
