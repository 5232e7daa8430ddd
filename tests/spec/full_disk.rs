//! The disk gets full at any write of a first start, an upgrade, a restore or a backup: it says so, and once there is
//! room again the next start serves what was there, or what was brought.
//! `ROOMS=100 cargo test --test spec full_disk` for the long version.

use std::fs;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::killed_starts::of_schema;
use crate::plant::Plant;
use crate::server_process::{ServerProcess, printed, run, said};

/// Runs the command on a disk with so much room, then makes room and serves what is there. A server that
/// got ready is ended as a power cut would.
const WITH_LITTLE_ROOM: &str = r#"
    room=$1 out=$2 program=$3; shift 3
    mount -t tmpfs -o size=96m,mode=700 erp /mnt && mkdir -m 700 /mnt/erp && cp -a "$0/." /mnt/erp || exit 1
    free=$(df -k --output=avail /mnt | tail -n 1)
    fallocate -l $(( (free - room) * 1024 )) /mnt/ballast || exit 1
    "$program" "$@" --data-dir /mnt/erp > "$out/printed" 2> "$out/said" & command=$!
    while kill -0 $command 2> /dev/null && ! grep -qs 'http://' "$out/printed"; do sleep 0.02; done
    kill -9 $command 2> /dev/null; wait $command 2> /dev/null; echo $? > "$out/code"
    rm /mnt/ballast
    exec "$program" serve --data-dir /mnt/erp --listen 127.0.0.1:0
"#;

/// Free kilobytes from a page to what any of it needs, closer together where little is left.
fn rooms() -> Vec<u64> {
    let rooms = std::env::var("ROOMS").ok().and_then(|rooms| rooms.parse().ok()).unwrap_or(8);
    let step = |n: u64| 4.0 * (30_000.0_f64 / 4.0).powf(n as f64 / (rooms - 1) as f64);
    (0..rooms).map(|n| step(n).round() as u64).collect()
}

/// What came of a command on a small disk.
struct Outcome {
    server: ServerProcess,
    out: TempDir,
    room: u64,
}

impl Outcome {
    fn of(data: &Path, room: u64, arguments: &[&str]) -> Self {
        let out = tempfile::tempdir().expect("a folder");
        let mut unshare = Command::new("unshare");
        unshare
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", WITH_LITTLE_ROOM])
            .arg(data)
            .arg(room.to_string())
            .args([out.path(), Path::new(env!("CARGO_BIN_EXE_erp-interventions"))])
            .args(arguments);
        let server = ServerProcess::spawn(unshare, out.path().join("log"));
        Self { server, out, room }
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.out.path().join(name)).unwrap_or_default()
    }

    /// Whether the command did what it was for; if not, it said that room is missing, and ended in a way that has a
    /// supervisor try again.
    fn is_done(&self) -> bool {
        let is_done = self.file("printed").contains("http://") || self.file("code").trim() == "0";
        let said = self.file("printed") + &self.file("said");
        assert!(is_done || said.contains("place") || said.contains("plein"), "{} KiB: {said}", self.room);
        let code = self.file("code");
        assert!(is_done || code.trim() == "1", "{} KiB: {code}{said}", self.room);
        is_done
    }

    /// Serves, and all that an examination looks at is well; a copy of the data as they are then.
    fn assert_well(&self) -> TempDir {
        let (status, body) = self.server.request("GET", "/health/ready", "", "");
        assert_eq!(
            (status, body),
            (200, json!({"status": "ok"})),
            "{} KiB: {}",
            self.room,
            self.server.log()
        );
        let copy = tempfile::tempdir().expect("a folder");
        // SQLite does not open a path that leads through another process's root.
        let data = format!("/proc/{}/root/mnt/erp/.", self.server.pid());
        let copied = Command::new("cp").args(["-a", &data]).arg(copy.path()).status();
        assert!(copied.expect("cp runs").success(), "{} KiB", self.room);
        let check = run(copy.path(), &["check", "--all"]);
        assert!(check.status.success(), "{} KiB: {}{}", self.room, printed(&check), said(&check));
        copy
    }
}

/// The titles of the interventions, in order.
fn titles(data: &TempDir) -> Vec<String> {
    let database = database(data);
    let mut query = database.prepare("select titre from interventions order by id").expect("a query");
    let titles = query.query_map([], |row| row.get(0)).expect("titles");
    titles.collect::<Result<_, _>>().expect("titles")
}

fn database(data: &TempDir) -> Connection {
    Connection::open(data.path().join("erp.sqlite3")).expect("opens")
}

/// Both happened: with little room it was refused, with enough it was done.
fn assert_both(done: &[bool]) {
    assert!(done.contains(&false) && done.contains(&true), "{done:?}");
}

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

// A5
#[test]
fn a_first_start_without_room_says_so_and_starts_again() {
    let done = rooms().into_iter().map(|room| {
        let nothing = tempfile::tempdir().expect("a folder");

        let outcome = Outcome::of(nothing.path(), room, &SERVE);

        outcome.assert_well();
        outcome.is_done()
    });
    assert_both(&done.collect::<Vec<_>>());
}

// D4
#[test]
fn an_upgrade_without_room_is_done_or_not_begun() {
    let done = rooms().into_iter().enumerate().map(|(n, room)| {
        let old = tempfile::tempdir().expect("a folder");
        of_schema(old.path(), n as u64);

        let outcome = Outcome::of(old.path(), room, &SERVE);

        let data = outcome.assert_well();
        let clients = database(&data).query_row("select count(*) from clients", [], |row| row.get(0));
        assert_eq!(clients, Ok(1), "{room} KiB");
        outcome.is_done()
    });
    assert_both(&done.collect::<Vec<_>>());
}

// d2
#[tokio::test]
async fn a_restore_without_room_is_done_or_not_begun() {
    let (data, aside) = plant_with_a_backup().await;
    let file = aside.path().join("une.tar.zst");
    let changed = database(&data);
    erp_interventions::kernel::db::teach(&changed).expect("functions");
    changed.execute("update interventions set titre = 'Changée'", []).expect("changed");
    drop(changed);

    let done = rooms().into_iter().map(|room| {
        let outcome = Outcome::of(data.path(), room, &["restore", file.to_str().expect("a path")]);

        let data = outcome.assert_well();
        let is_done = outcome.is_done();
        assert_eq!(titles(&data), [if is_done { "Sauvegardée" } else { "Changée" }], "{room} KiB");
        is_done
    });
    assert_both(&done.collect::<Vec<_>>());
}

#[tokio::test]
async fn a_backup_without_room_is_whole_or_not_there() {
    let (data, _aside) = plant_with_a_backup().await;

    let done = rooms().into_iter().map(|room| {
        let outcome = Outcome::of(data.path(), room, &["backup"]);

        let data = outcome.assert_well();
        let is_done = outcome.is_done();
        let left: Vec<_> = fs::read_dir(data.path().join("backups"))
            .map(|all| all.flatten().map(|entry| entry.file_name()).collect())
            .unwrap_or_default();
        assert_eq!(left.len(), usize::from(is_done), "{room} KiB: {left:?}");
        is_done
    });
    assert_both(&done.collect::<Vec<_>>());
}

/// A stopped plant with one intervention, and a folder with its backup, `une.tar.zst`.
async fn plant_with_a_backup() -> (TempDir, TempDir) {
    let plant = Plant::new();
    plant.set_time("2026-01-01T00:00:00Z");
    let body = json!({"titre": "Sauvegardée", "equipement_id": 1, "type_intervention": "corrective"});
    plant.responsable().post("interventions/", body).await.expect(201);
    let (data, aside) = (plant.stop().await, tempfile::tempdir().expect("a folder"));
    let backup = run(data.path(), &["backup", aside.path().join("une.tar.zst").to_str().expect("a path")]);
    assert!(backup.status.success(), "{}", said(&backup));
    (data, aside)
}
