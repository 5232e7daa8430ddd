//! How much memory a burst takes, and how much of it stays: the real executable, watched from outside.

use std::ops::Range;
use std::thread::{scope, sleep};
use std::time::Duration;

use crate::plant::{PASSWORD, Plant};
use crate::server_process::{ServerProcess, command};

/// KiB that 120 sign-ins may add to the most memory that was ever resident: two hashes at a time need 38 MiB.
const MOST_MORE: u64 = 100 * 1024;

/// KiB that the last 110 of them may add to what is kept: the first ten have what there is to have, the memory of
/// two turns, which is given back after ten quiet seconds.
const MOST_KEPT: u64 = 32 * 1024;

/// The first together, many one after another, and many at once.
const FIRST: Range<u64> = 0..10;
const IN_TURN: Range<u64> = 10..70;
const AT_ONCE: Range<u64> = 70..120;

// b8
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_and_twenty_sign_ins_right_and_wrong_take_the_memory_of_two() {
    let plant = Plant::new();
    plant.set_time("2026-01-01T00:00:00Z");
    let data = plant.stop().await;
    let mut serve = command(["serve", "--listen", "127.0.0.1:0", "--data-dir"]);
    // All of them sit at one address, and who finds the waiting room full comes again: the brake is not what is tested.
    serve.arg(data.path()).env("ERP_SIGN_IN_BURST", "100000");
    let server = ServerProcess::spawn(serve, data.path().with_extension("log"));
    let peak_before = peak(&server);

    let first = sign_in_at_once(&server, FIRST);
    let share_before = share(&server);
    let in_turn = IN_TURN.filter(|number| sign_in(&server, *number)).count();
    let at_once = sign_in_at_once(&server, AT_ONCE);

    assert_eq!((first, in_turn, at_once), (5, 30, 25), "{}", server.log());
    let (more, kept) = (peak(&server) - peak_before, share(&server).saturating_sub(share_before));
    assert!(more < MOST_MORE, "{more} KiB more at the peak");
    assert!(kept < MOST_KEPT, "{kept} KiB more afterwards");
    assert_eq!(server.stop().0.code(), Some(0));
}

/// As many people as there are numbers, each at their own desk: how many came in.
fn sign_in_at_once(server: &ServerProcess, numbers: Range<u64>) -> usize {
    scope(|threads| {
        let people: Vec<_> = numbers.map(|number| threads.spawn(move || sign_in(server, number))).collect();
        people.into_iter().filter_map(|one| one.join().expect("an answer").then_some(())).count()
    })
}

/// Signs somebody in with the right password, or nobody with a wrong one: whether it opened. Each wrong one has a
/// name of its own, for a name that is tried again waits, and costs nothing.
fn sign_in(server: &ServerProcess, number: u64) -> bool {
    let (username, password, expected) = match number % 4 {
        0 => ("technicien".to_owned(), PASSWORD, 200),
        2 => ("responsable".to_owned(), PASSWORD, 200),
        _ => (format!("inconnu{number}"), "une autre phrase", 401),
    };
    loop {
        match server.sign_in(&username, password).0 {
            // The waiting room is full: later, as every client does.
            503 => sleep(Duration::from_millis(100)),
            status => {
                assert_eq!(status, expected, "{username}: {}", server.log());
                return status == 200;
            }
        }
    }
}

/// KiB that were resident at the most since the start.
fn peak(server: &ServerProcess) -> u64 {
    figure(server, "status", "VmHWM:")
}

/// KiB now, of which pages shared with other processes count in part.
fn share(server: &ServerProcess) -> u64 {
    figure(server, "smaps_rollup", "Pss:")
}

fn figure(server: &ServerProcess, file: &str, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{}/{file}", server.pid())).expect("our own child");
    let value = text.lines().find_map(|line| line.strip_prefix(name)).and_then(|rest| {
        let kib = rest.trim().strip_suffix("kB")?;
        kib.trim().parse().ok()
    });
    value.unwrap_or_else(|| panic!("no {name} in {text}"))
}
