//! The service as it is installed: what systemd thinks of its unit, what the server tells systemd, and the script.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::server_process::{command, printed, said};

fn install_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("install")
}

// 4.9
#[test]
fn systemd_finds_next_to_nothing_that_the_service_could_do_beyond_its_work() {
    let unit = install_folder().join("erp-interventions.service");
    let output = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager"])
        .arg(&unit)
        .output()
        .expect("systemd-analyze is installed (Debian: systemd)");

    let told = printed(&output);
    let verdict = told.lines().find(|line| line.contains("Overall exposure level")).expect("a verdict");
    let level: f64 = verdict.split_whitespace().find_map(|word| word.parse().ok()).expect("a number");
    assert!(level <= 1.5, "{verdict}\n{told}");
}

// 4.9, O1
#[test]
fn systemd_is_told_when_the_server_is_ready_alive_and_stopping() {
    let data = tempfile::tempdir().expect("a folder");
    let path = data.path().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("patience");
    let mut server = command(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(data.path().join("donnees"))
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "600000")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the executable runs");
    let wait_for = |text: &str| {
        let began = Instant::now();
        let mut buffer = [0; 512];
        while began.elapsed() < Duration::from_secs(20) {
            let count = socket.recv(&mut buffer).expect("a message");
            if String::from_utf8_lossy(&buffer[..count]).contains(text) {
                return;
            }
        }
        panic!("systemd was not told {text}");
    };

    wait_for("READY=1");
    wait_for("WATCHDOG=1");
    wait_for("WATCHDOG=1");
    let kill = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().expect("kill");
    assert!(kill.success());
    wait_for("STOPPING=1");
    assert!(server.wait().expect("it ends").success());
}

fn install(root: &Path, arguments: &[&str]) -> Output {
    Command::new("sh")
        .arg(install_folder().join("install.sh"))
        .arg("--root")
        .arg(root)
        .args(arguments)
        .output()
        .expect("sh")
}

#[test]
fn the_script_installs_upgrades_and_removes_and_may_be_run_again() {
    let root = tempfile::tempdir().expect("a folder");
    let executable = env!("CARGO_BIN_EXE_erp-interventions");
    let at = |path: &str| root.path().join(path);

    for _ in 0..2 {
        let output = install(root.path(), &[executable]);
        assert!(output.status.success(), "{}", said(&output));
    }
    assert_eq!(
        fs::read(at("usr/local/bin/erp-interventions")).expect("installed"),
        fs::read(executable).expect("built")
    );
    assert!(!at("usr/local/bin/erp-interventions.precedent").exists(), "the same again is no upgrade");
    assert!(at("etc/systemd/system/erp-interventions.service").exists());
    assert!(
        fs::read_to_string(at("usr/local/share/man/man1/erp-interventions.1"))
            .expect("a page")
            .contains("backup")
    );
    assert!(
        fs::read_to_string(at("usr/share/bash-completion/completions/erp-interventions"))
            .expect("completions")
            .contains("restore")
    );
    let mode = fs::metadata(at("var/lib/erp-interventions")).expect("the data").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);

    fs::write(at("etc/default/erp-interventions"), "ERP_LISTEN=0.0.0.0:80\n").expect("settings");
    fs::write(at("var/lib/erp-interventions/erp.sqlite3"), "data").expect("data");
    fs::write(at("usr/local/bin/erp-interventions"), "#!/bin/sh\necho ancien\n").expect("an older one");
    let upgraded = install(root.path(), &[executable]);
    assert!(upgraded.status.success(), "{}", said(&upgraded));
    assert_eq!(
        fs::read_to_string(at("usr/local/bin/erp-interventions.precedent")).expect("kept"),
        "#!/bin/sh\necho ancien\n"
    );
    assert_eq!(
        fs::read_to_string(at("etc/default/erp-interventions")).expect("settings"),
        "ERP_LISTEN=0.0.0.0:80\n"
    );

    let removed = install(root.path(), &["--uninstall"]);
    assert!(removed.status.success(), "{}", said(&removed));
    assert!(!at("usr/local/bin/erp-interventions").exists());
    assert!(!at("etc/systemd/system/erp-interventions.service").exists());
    assert_eq!(
        fs::read_to_string(at("var/lib/erp-interventions/erp.sqlite3")).expect("the data stays"),
        "data"
    );
}

#[test]
fn the_script_refuses_an_executable_that_does_not_run_and_changes_nothing() {
    let root = tempfile::tempdir().expect("a folder");
    let broken = root.path().join("casse");
    fs::write(&broken, "#!/bin/sh\nexit 1\n").expect("a file");
    fs::set_permissions(&broken, fs::Permissions::from_mode(0o755)).expect("executable");

    let output = install(root.path(), &[broken.to_str().expect("a path")]);

    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("ne démarre pas"), "{}", said(&output));
    assert!(!root.path().join("usr").exists());
}

#[test]
fn a_socket_that_systemd_listens_on_is_taken_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let mut server = Command::new("systemd-socket-activate")
        .args(["--listen", &free.to_string(), env!("CARGO_BIN_EXE_erp-interventions"), "serve", "--data-dir"])
        .arg(folder.path().join("data"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("systemd is installed");

    let answered = (0..400).find_map(|_| {
        std::thread::sleep(Duration::from_millis(25));
        let mut stream = std::net::TcpStream::connect(free).ok()?;
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    });
    let _ = server.kill();
    let _ = server.wait();

    assert!(answered.as_ref().is_some_and(|answer| answer.starts_with("HTTP/1.1 200")), "{answered:?}");
}

#[test]
fn the_package_holds_what_the_script_installs_and_asks_for_its_settings_once() {
    let folder = tempfile::tempdir().expect("a folder");

    let built = Command::new("sh")
        .arg(install_folder().join("debian/build.sh"))
        .args([env!("CARGO_BIN_EXE_erp-interventions"), folder.path().to_str().expect("a path")])
        .env("COMPRESSION", "none")
        .output()
        .expect("sh");

    assert!(built.status.success(), "{}", said(&built));
    let package = printed(&built).trim().to_owned();
    assert!(package.contains(&format!("/erp-interventions_{}_", env!("CARGO_PKG_VERSION"))), "{package}");
    let show = |what: &str| printed(&Command::new("dpkg-deb").args([what, &package]).output().expect("dpkg"));
    let inside = show("--contents");
    for path in [
        "./usr/bin/erp-interventions",
        "./lib/systemd/system/erp-interventions.service",
        "./lib/systemd/system/erp-interventions.socket",
        "./usr/share/man/man1/erp-interventions.1.gz",
        "./usr/share/bash-completion/completions/erp-interventions",
        "./etc/default/erp-interventions",
        "./usr/share/doc/erp-interventions/upgrade.md",
    ] {
        assert!(inside.lines().any(|line| line.ends_with(path)), "{path} is not in\n{inside}");
    }
    assert!(inside.lines().all(|line| line.contains(" root/root ")), "{inside}");
    assert!(show("--field").contains("Package: erp-interventions"));
    let control = folder.path().join("control");
    let unpack = Command::new("dpkg-deb").args(["--control", &package]).arg(&control).status().expect("dpkg");
    assert!(unpack.success());
    assert_eq!(
        fs::read_to_string(control.join("conffiles")).expect("a list"),
        "/etc/default/erp-interventions\n"
    );
    for script in ["preinst", "postinst", "prerm", "postrm"] {
        let checked = Command::new("sh").arg("-n").arg(control.join(script)).status().expect("sh");
        assert!(checked.success(), "{script}");
    }
    let data = Command::new("dpkg-deb")
        .args(["--extract", &package])
        .arg(folder.path().join("x"))
        .status()
        .expect("dpkg");
    assert!(data.success());
    let unit = fs::read_to_string(folder.path().join("x/lib/systemd/system/erp-interventions.service"))
        .expect("a unit");
    assert!(unit.contains("ExecStart=/usr/bin/erp-interventions serve"), "{unit}");
}
