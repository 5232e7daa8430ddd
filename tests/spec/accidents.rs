//! Accidents of the machine while the server runs: a full disk, a log nobody can write, a folder that vanishes.
//! Nothing that reads depends on a write.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::documents::add_to;
use crate::plant::{PASSWORD, Plant};
use crate::server_process::{ServerProcess, command, run};

/// A server whose data are on a small disk of their own, which goes with it.
struct SmallDisk {
    server: ServerProcess,
    token: String,
}

impl SmallDisk {
    /// Copies `data` to a new filesystem of 64 MB and serves from there.
    fn serve(data: &Path) -> Self {
        let script = "mount -t tmpfs -o size=64m,mode=700 erp /mnt && cp -a \"$0/.\" /mnt && \
                      exec \"$1\" serve --data-dir /mnt --listen 127.0.0.1:0";
        let mut unshare = Command::new("unshare");
        unshare
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
            .args([data, Path::new(env!("CARGO_BIN_EXE_erp-interventions"))]);
        let server = ServerProcess::spawn(unshare, data.with_extension("log"));
        let (status, token) = server.sign_in("responsable", PASSWORD);
        assert_eq!(status, 200, "{}", server.log());
        Self { server, token: token.expect("a token") }
    }

    fn path(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root/mnt/{name}", self.server.pid()))
    }

    /// Leaves not a byte on the disk.
    fn fill(&self) {
        let mut ballast = File::create(self.path("ballast")).expect("a file");
        let bytes = vec![1; 4096];
        while ballast.write_all(&bytes).is_ok() {}
    }

    fn as_user(&self, token: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        self.server.request(method, &format!("/api/v1/{path}"), &headers, &body.to_string())
    }

    fn report(&self, titre: &str) -> (u16, Value) {
        let body = json!({"titre": titre, "type_intervention": "corrective", "equipement_id": 1});
        self.as_user(&self.token, "POST", "interventions/", &body)
    }

    /// The status of each address of the API that can be read without knowing an id.
    fn read_everything(&self) -> Vec<(String, u16)> {
        let document = serde_json::to_value(erp_interventions::routes::document()).expect("JSON");
        let paths = document["paths"].as_object().expect("paths");
        let readable = paths.iter().filter(|(path, item)| item.get("get").is_some() && !path.contains('{'));
        readable.map(|(path, _)| (path.clone(), self.status(path))).collect()
    }

    /// Only the first line is read: some replies are files, and some never end.
    fn status(&self, path: &str) -> u16 {
        let mut stream = self.server.connect();
        let token = &self.token;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: erp\r\nAuthorization: Bearer {token}\r\n\r\n")
            .expect("sent");
        let mut line = [0; 12];
        stream.read_exact(&mut line).expect("an answer");
        std::str::from_utf8(&line[9..]).ok().and_then(|status| status.parse().ok()).expect("a status")
    }
}

// b1
#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_people_sign_in_and_read_and_are_told_and_it_ends_when_room_returns() {
    let plant = Plant::new();
    plant.set_time("2026-01-01T00:00:00Z");
    let data = plant.stop().await;
    let disk = SmallDisk::serve(data.path());
    let form = format!("username=technicien&password={}", PASSWORD.replace(' ', "+"));
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let sign_in = || disk.server.request("POST", "/api/v1/auth/token", kind, &form);
    let before = disk.read_everything();
    assert_eq!(disk.report("avant").0, 201);

    disk.fill();

    for attempt in 0..20 {
        let (status, problem) = disk.report("perdue");
        assert_eq!((status, &problem["code"]), (503, &json!("disque_plein")), "{attempt}");
    }
    let (status, mut session) = sign_in();
    assert_eq!(status, 200, "{session} {}", disk.server.log());
    for _ in 0..5 {
        let body = json!({"refresh_token": session["refresh_token"]});
        let (status, next) = disk.as_user("", "POST", "auth/refresh", &body);
        assert_eq!(status, 200, "{next}");
        session = next;
    }
    let technicien = session["access_token"].as_str().expect("a token");
    assert_eq!(disk.as_user(technicien, "GET", "admin/etat", &Value::Null).0, 403, "a refusal stays one");
    assert_eq!(disk.server.sign_in("technicien", "faux").0, 401);
    assert_eq!(disk.as_user(technicien, "POST", "auth/logout", &Value::Null).0, 204);
    assert_eq!(disk.read_everything(), before);
    let ready = disk.server.request("GET", "/health/ready", "", "");
    assert_eq!(ready, (200, json!({"status": "degrade"})));
    let (_, admin) = disk.server.sign_in("admin", PASSWORD);
    let etat = disk.as_user(&admin.expect("a token"), "GET", "admin/etat", &Value::Null).1;
    let codes = etat["anomalies"].as_array().expect("a list").iter().map(|one| one["code"].clone());
    assert_eq!(codes.filter(|code| code == "disque").count(), 1, "{etat}");

    std::fs::remove_file(disk.path("ballast")).expect("room");

    assert_eq!(disk.report("après").0, 201);
    assert_eq!(disk.server.request("GET", "/health/ready", "", "").1, json!({"status": "ok"}));
    assert_eq!(disk.path("reserve").metadata().expect("a reserve").len(), 16 * 1024 * 1024);
    let list = disk.as_user(&disk.token, "GET", "interventions/?q=perdue", &Value::Null).1;
    assert_eq!(list["total"], 0);
    let (status, _) = disk.server.stop();
    assert_eq!(status.code(), Some(0));
}

/// Ends a server on a small disk by a signal, fills the disk to the last byte, runs each command there and serves again;
/// what they said is in files named after them.
const ALL_ON_A_FULL_DISK: &str = r#"
    mount -t tmpfs -o size=64m,mode=700 erp /mnt && mkdir /mnt/erp && cp -a "$0/." /mnt/erp || exit 1
    "$1" serve --data-dir /mnt/erp --listen 127.0.0.1:0 > "$3/first" 2> "$3/first.log" & server=$!
    while [ ! -s "$3/first" ]; do sleep 0.05; done
    kill -"$4" $server; wait $server 2> /dev/null
    cat /dev/zero > /mnt/ballast 2> /dev/null
    run() { name=$1; shift; out=$1; shift; "$@" --data-dir /mnt/erp > "$out/$name" 2>&1; echo "code $?" >> "$out/$name"; }
    run check "$3" "$1" check --all
    run backup "$3" "$1" backup
    run restore "$3" "$1" restore "$2"
    run admin "$3" "$1" admin list-users
    ls -A /mnt /mnt/erp /mnt/erp/backups > "$3/left" 2> /dev/null
    exec "$1" serve --data-dir /mnt/erp --listen 127.0.0.1:0
"#;

// b1
#[tokio::test(flavor = "multi_thread")]
async fn ended_and_started_anew_on_a_full_disk_everything_works_or_says_why_and_loses_nothing() {
    for signal in ["KILL", "TERM"] {
        end_and_start_on_a_full_disk(signal).await;
    }
}

async fn end_and_start_on_a_full_disk(signal: &str) {
    let plant = Plant::new();
    plant.set_time("2026-01-01T00:00:00Z");
    let data = plant.stop().await;
    let aside = tempfile::tempdir().expect("a folder");
    let backup = aside.path().join("une.tar.zst");
    assert!(run(data.path(), &["backup", backup.to_str().expect("a path")]).status.success());

    let mut unshare = Command::new("unshare");
    unshare
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", ALL_ON_A_FULL_DISK])
        .args([data.path(), Path::new(env!("CARGO_BIN_EXE_erp-interventions")), &backup, aside.path()])
        .arg(signal);
    let server = ServerProcess::spawn(unshare, data.path().with_extension("log"));

    let said = |name: &str| std::fs::read_to_string(aside.path().join(name)).unwrap_or_default();
    // Whoever reads alone takes nothing from the reserve.
    assert!(said("check").ends_with("code 0\n") || said("check").contains("plein"), "{}", said("check"));
    assert!(said("admin").ends_with("code 0\n"), "{}", said("admin"));
    for refused in ["backup", "restore"] {
        let said = said(refused);
        assert!(said.contains("place") && !said.contains("code 0"), "{refused}: {said}");
    }
    assert!(!said("left").contains("tar.zst") && !said("left").contains("restauration"), "{}", said("left"));
    let (status, token) = server.sign_in("responsable", PASSWORD);
    assert_eq!(status, 200, "{}", server.log());
    let disk = SmallDisk { server, token: token.expect("a token") };
    let form = format!("username=technicien&password={}", PASSWORD.replace(' ', "+"));
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let (_, session) = disk.server.request("POST", "/api/v1/auth/token", kind, &form);
    let body = json!({"refresh_token": session["refresh_token"]});
    let (status, session) = disk.as_user("", "POST", "auth/refresh", &body);
    assert_eq!(status, 200, "{session}");
    let technicien = session["access_token"].as_str().expect("a token");
    assert_eq!(disk.as_user(technicien, "GET", "interventions/", &Value::Null).0, 200);
    assert_eq!(disk.as_user(technicien, "POST", "auth/logout", &Value::Null).0, 204);
    let (status, problem) = disk.report("perdue");
    assert_eq!((status, &problem["code"]), (503, &json!("disque_plein")));
    assert_eq!(disk.server.request("GET", "/health/ready", "", "").1, json!({"status": "degrade"}));

    std::fs::remove_file(disk.path("ballast")).expect("room");

    assert_eq!(disk.report("après").0, 201);
    assert_eq!(disk.server.stop().0.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_log_and_output_nobody_can_write_serves_and_says_so() {
    let plant = Plant::new();
    plant.set_time("2026-01-01T00:00:00Z");
    let data = plant.stop().await;
    let address = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
    let full = || Stdio::from(File::options().write(true).open("/dev/full").expect("a full device"));

    let mut child = command(["serve", "--listen", &address.to_string(), "--data-dir"])
        .arg(data.path())
        .stdout(full())
        .stderr(full())
        .spawn()
        .expect("the executable runs");

    let started = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert_eq!(child.try_wait().expect("our own child"), None, "it ended");
        assert!(started.elapsed() < Duration::from_secs(20), "it does not listen");
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: erp\r\nConnection: close\r\n\r\n").expect("sent");
    let mut page = String::new();
    stream.read_to_string(&mut page).expect("an answer");
    let lost = page.lines().find_map(|line| line.strip_prefix("erp_log_lines_lost "));
    let lost = lost.and_then(|count| count.parse::<u64>().ok());
    let ended = child.try_wait().expect("our own child");
    child.kill().and_then(|()| child.wait()).expect("our own child");
    assert!(lost > Some(0), "{page}");
    assert_eq!(ended, None);
}

#[tokio::test]
async fn while_the_documents_folder_is_gone_only_files_are_refused() {
    let plant = Plant::new();
    let responsable = plant.responsable();
    let kept = add_to(&responsable, ("equipement_id", 1), "notice.txt", b"Graisser.").await.expect(201);
    let (folder, aside) = (plant.data_dir().join("documents"), plant.data_dir().join("ailleurs"));
    let content = format!("documents/{}/contenu", kept.id());
    responsable.get(&content).await.expect(200);

    std::fs::rename(&folder, &aside).expect("moved");

    let refused = add_to(&responsable, ("equipement_id", 1), "plan.txt", b"Plan.").await.expect(503);
    assert_eq!(refused.code(), "documents_absents");
    assert_eq!(responsable.get(&content).await.expect(503).code(), "documents_absents");
    responsable.get("documents/?equipement_id=1").await.expect(200);
    assert_eq!(plant.nobody().get("/health/ready").await.expect(200).body, json!({"status": "degrade"}));
    let etat = plant.admin().get("admin/etat").await.expect(200);
    let codes: Vec<_> =
        etat["anomalies"].as_array().expect("a list").iter().map(|one| &one["code"]).collect();
    assert!(codes.contains(&&json!("documents")), "{codes:?}");
    std::fs::rename(&aside, &folder).expect("moved back");
    responsable.get(&content).await.expect(200);
    assert_eq!(plant.nobody().get("/health/ready").await.expect(200).body, json!({"status": "ok"}));
}

#[tokio::test]
async fn a_start_without_the_documents_that_are_known_says_so_and_stores_nothing_in_their_place() {
    let plant = Plant::new();
    add_to(&plant.responsable(), ("equipement_id", 1), "notice.txt", b"Graisser.").await.expect(201);
    let folder = plant.stop().await;
    let (documents, aside) = (folder.path().join("documents"), folder.path().join("ailleurs"));
    std::fs::rename(&documents, &aside).expect("not mounted");
    std::fs::create_dir(&documents).expect("where it is mounted");

    let server = ServerProcess::start(folder.path(), &[]);

    assert_eq!(server.request("GET", "/health/ready", "", "").1, json!({"status": "degrade"}));
    assert!(server.log().contains("documents"), "{}", server.log());
    assert!(
        !documents.join("arrivee").exists() && std::fs::read_dir(&documents).map_or(0, Iterator::count) == 0
    );
    let _ = std::fs::remove_dir(&documents);
    std::fs::rename(&aside, &documents).expect("mounted");
    assert_eq!(server.request("GET", "/health/ready", "", "").1, json!({"status": "ok"}));
    assert!(server.stop().0.success());
}
