//! Real logs, cut, flipped and torn at every kind of place.

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::kernel::db::reserve::Reserve;

/// What a disk holds of a database after a kill.
#[derive(Clone)]
struct Disk {
    database: Vec<u8>,
    log: Vec<u8>,
}

struct Frame {
    at: usize,
    /// Which commit it is of, from 1.
    commit: u64,
    ends: bool,
}

impl Disk {
    fn of(path: &Path) -> Self {
        Self { database: std::fs::read(path).unwrap(), log: std::fs::read(log_of(path)).unwrap() }
    }

    fn put(&self) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erp.sqlite3");
        std::fs::write(&path, &self.database).unwrap();
        std::fs::write(log_of(&path), &self.log).unwrap();
        (folder, path)
    }

    fn found(&self) -> Found {
        let (_folder, path) = self.put();
        examine(&path).unwrap()
    }

    /// The commits that SQLite itself recovers: each added a row, after so many that were in the database.
    fn recovered(&self, before: u64) -> u64 {
        let (_folder, path) = self.put();
        let count = "select count(*) from t";
        let rows: i64 = Connection::open(&path)
            .unwrap()
            .query_row(count, [], |row| row.get(0))
            .unwrap_or(before.cast_signed());
        rows.cast_unsigned() - before
    }

    /// Those of this pass of the log, by their own headers.
    fn frames(&self) -> Vec<Frame> {
        let size = word(&self.log, 8) as usize + FRAME_HEADER;
        let mut commit = 1;
        let mut frames = Vec::new();
        for at in (HEADER..=self.log.len() - size).step_by(size) {
            if self.log[at + 8..at + 16] != self.log[16..24] {
                break;
            }
            let ends = word(&self.log, at + 4) != 0;
            frames.push(Frame { at, commit, ends });
            commit += u64::from(ends);
        }
        frames
    }

    fn with(&self, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut disk = self.clone();
        change(&mut disk.log);
        disk
    }
}

/// Adds a row of so many bytes, as one commit.
fn add(connection: &Connection, bytes: usize) {
    connection.execute("insert into t (bytes) values (randomblob(?1))", [bytes as i64]).unwrap();
}

fn new() -> (TempDir, PathBuf, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("erp.sqlite3");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 0;
             create table t (id integer primary key, bytes blob); pragma wal_checkpoint(truncate)",
        )
        .unwrap();
    (folder, path, connection)
}

/// The rows of the commits of [`killed`]: of one page, and of several.
const ROWS: [usize; 7] = [100, 9000, 100, 100, 30_000, 5000, 20_000];

/// What a kill leaves after so many commits.
fn killed(rows: &[usize]) -> Disk {
    let (_folder, path, connection) = new();
    rows.iter().for_each(|bytes| add(&connection, *bytes));
    Disk::of(&path)
}

/// Numbers without a pattern, the same at each run.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 31)
}

#[test]
fn a_log_that_is_whole_is_and_what_is_recovered_is_what_sqlite_recovers() {
    let disk = killed(&ROWS);

    assert_eq!(disk.found(), Found { whole: ROWS.len() as u64, damage: None });
    assert_eq!(disk.recovered(0), ROWS.len() as u64);
    let nothing = Disk { database: disk.database.clone(), log: Vec::new() };
    assert_eq!(nothing.found(), Found::default());
}

#[test]
fn a_log_that_ends_anywhere_is_no_damage() {
    let disk = killed(&ROWS);
    let mut ends: Vec<usize> = vec![0, 1, 16, 24, 31, 32];
    for frame in disk.frames() {
        ends.extend([0, 1, 4, 8, 12, 16, 20, 23, 24, 25, 512, 4096, 4119].map(|more| frame.at + more));
    }

    for end in ends {
        let cut = disk.with(|log| log.truncate(end));
        let found = cut.found();
        assert_eq!(found.damage, None, "{end}");
        assert_eq!(found.whole, cut.recovered(0), "{end}");
    }
}

#[test]
fn a_flipped_bit_in_any_commit_but_the_last_is_damage_wherever_it_is() {
    let disk = killed(&ROWS);
    let last = ROWS.len() as u64;
    let mut missed = Vec::new();
    for (number, frame) in (1..).zip(disk.frames()) {
        for byte in (0..24).chain([24, 31, 500, 2000, 4119]) {
            let flipped = disk.with(|log| log[frame.at + byte] ^= 0x10);
            let Found { whole, damage } = flipped.found();
            assert_eq!(whole, frame.commit - 1, "{number} {byte}");
            if byte == 500 {
                assert_eq!(flipped.recovered(0), whole, "{number}");
            }
            // What makes an end of a frame that was none is told as well: no torn writing looks so.
            let is_made_an_end = !frame.ends && (4..8).contains(&byte);
            if frame.commit == last && !is_made_an_end {
                assert_eq!(damage, None, "{number} {byte}: a torn writing looks so");
            } else if let Some(damage) = damage {
                assert_eq!(damage.frame, number, "{byte}");
                let behind = last - frame.commit;
                assert!(
                    damage.commits <= behind && damage.commits + 1 >= behind,
                    "{number} {byte}: {damage:?}"
                );
            } else if !is_made_an_end {
                assert!(frame.ends && byte < 24 && frame.commit == last - 1, "{number} {byte}");
                missed.push((number, byte));
            }
        }
    }
    assert_eq!(missed, [], "of the last but one, only an end in two sectors could be");
}

#[test]
fn every_flipped_bit_of_the_header_is_damage() {
    let disk = killed(&ROWS);
    for byte in 0..HEADER {
        let flipped = disk.with(|log| log[byte] ^= 1);
        assert_eq!(flipped.recovered(0), 0, "{byte}");
        let damage = Some(Damage { frame: 0, commits: 0 });
        assert_eq!(flipped.found(), Found { whole: 0, damage }, "{byte}");
    }
    // One commit, and it may never have been synced.
    let only = killed(&ROWS[..1]).with(|log| log[20] ^= 1);
    assert_eq!(only.found(), Found::default());
}

#[test]
fn a_block_of_zeros_is_damage_unless_it_is_in_the_last_two_commits() {
    let disk = killed(&ROWS);
    let end = |commit| {
        disk.frames().iter().filter(|frame| frame.commit <= commit).map(|frame| frame.at + 4120).max()
    };
    let (safe, last) = (end(ROWS.len() as u64 - 2).unwrap(), end(ROWS.len() as u64 - 1).unwrap());
    for size in [512, 4096] {
        for at in (0..disk.log.len()).step_by(size) {
            let zeroed = disk.with(|log| {
                let end = (at + size).min(log.len());
                log[at..end].fill(0);
            });
            let damage = zeroed.found().damage;
            if zeroed.log == disk.log {
                assert_eq!(damage, None, "{size} at {at}: it was zeros");
            } else if at + size <= safe {
                assert!(damage.is_some(), "{size} at {at}");
            } else if at >= last {
                assert_eq!(damage, None, "{size} at {at}");
            }
        }
    }
}

/// A last commit of which any sectors arrived, over whatever stood there.
fn tear(before: &Disk, after: &Disk, sector: usize, state: &mut u64) -> Disk {
    after.with(|log| {
        let begin = before.frames().last().map_or(HEADER, |frame| frame.at + 4120);
        for at in (begin / sector * sector..log.len()).step_by(sector) {
            if random(state).is_multiple_of(2) {
                let (from, end) = (at.max(begin), (at + sector).min(log.len()));
                for (at, byte) in log.iter_mut().enumerate().take(end).skip(from) {
                    *byte = before.log.get(at).copied().unwrap_or(0);
                }
            }
        }
    })
}

#[test]
fn a_commit_of_which_any_sectors_arrived_is_no_damage_over_nothing_and_over_an_earlier_pass() {
    let (_folder, path, connection) = new();
    let mut state = 1;
    let mut torn = 0;
    for round in 0..40_usize {
        if round == 15 {
            // The log begins anew over what stands in it, and over what a transaction left that was undone.
            connection.query_row("pragma wal_checkpoint(restart)", [], |_| Ok(())).unwrap();
        }
        if round % 7 == 0 {
            connection.pragma_update(None, "cache_size", 4).unwrap();
            connection.execute_batch("begin").unwrap();
            (0..6).for_each(|_| add(&connection, 12_000));
            connection.execute_batch("rollback").unwrap();
        }
        let before = Disk::of(&path);
        add(&connection, [100, 40_000, 9000, 100, 5000][round % 5]);
        let after = Disk::of(&path);
        assert_eq!(after.found().damage, None, "{round}");
        if after.log[16..24] != before.log[16..24] {
            continue;
        }
        for sector in [512, 4096] {
            for _ in 0..2 {
                let disk = tear(&before, &after, sector, &mut state);
                let found = disk.found();
                assert_eq!(found.damage, None, "{round} {sector}");
                torn += usize::from(found != after.found());
            }
        }
    }
    assert!(torn > 40, "{torn}");
}

#[test]
fn what_stands_behind_from_an_earlier_pass_or_an_undone_transaction_is_no_damage() {
    let (_folder, path, connection) = new();
    ROWS.iter().for_each(|bytes| add(&connection, *bytes));
    connection.query_row("pragma wal_checkpoint(restart)", [], |_| Ok(())).unwrap();
    let length = Disk::of(&path).log.len();
    add(&connection, 100);
    let disk = Disk::of(&path);
    assert_eq!((disk.log.len(), disk.found()), (length, Found { whole: 1, damage: None }), "an earlier pass");

    connection.pragma_update(None, "cache_size", 4).unwrap();
    connection.execute_batch("begin").unwrap();
    (0..20).for_each(|_| add(&connection, 12_000));
    connection.execute_batch("rollback").unwrap();
    assert!(Disk::of(&path).log.len() > length, "pages of it went to the log");
    add(&connection, 100);
    add(&connection, 100);
    assert_eq!(Disk::of(&path).found(), Found { whole: 3, damage: None }, "an undone transaction");
}

#[test]
fn a_log_of_a_machine_of_the_other_byte_order_is_read_as_well() {
    let disk = killed(&ROWS).with(|log| {
        let order = Order { big: word(log, 0) & 1 == 0 };
        log[3] ^= 1;
        let put = |log: &mut Vec<u8>, at: usize, Sum(one, two): Sum| {
            log[at..at + 4].copy_from_slice(&one.to_be_bytes());
            log[at + 4..at + 8].copy_from_slice(&two.to_be_bytes());
        };
        let mut sum = order.sum(Sum::default(), &log[..24]);
        put(log, 24, sum);
        for at in (HEADER..log.len()).step_by(4120) {
            sum = order.sum(order.sum(sum, &log[at..at + 8]), &log[at + 24..at + 4120]);
            put(log, at + 16, sum);
        }
    });

    assert_eq!(disk.recovered(0), ROWS.len() as u64, "SQLite takes it");
    assert_eq!(disk.found(), Found { whole: ROWS.len() as u64, damage: None });
    assert!(disk.with(|log| log[100] ^= 1).found().damage.is_some());
    assert!(disk.with(|log| log[0] ^= 1).found().damage.is_some());
}

#[test]
fn a_damaged_log_is_kept_once_under_a_name_of_its_own() {
    let damaged = killed(&ROWS).with(|log| log[HEADER + 100] ^= 1);
    let (folder, path) = damaged.put();
    let reserve = Reserve::beside(&path);

    for _ in 0..2 {
        assert!(keep_if_damaged(&path, &reserve).unwrap());
    }

    let copy = folder.path().join("erp.sqlite3-wal.abime-1");
    assert_eq!(kept_logs(&path), std::slice::from_ref(&copy));
    assert_eq!(std::fs::read(copy).unwrap(), damaged.log);
    std::fs::write(log_of(&path), killed(&ROWS).with(|log| log[HEADER + 100] ^= 1).log).unwrap();
    assert!(keep_if_damaged(&path, &reserve).unwrap());
    assert_eq!(kept_logs(&path).len(), 2, "another damage, another copy");
    let (now, kept) = damaged_logs(&path).unwrap();
    assert!(now.is_some() && kept.iter().all(|(_, damage)| damage.is_some_and(|damage| damage.commits > 3)));
}

#[test]
fn a_log_whose_database_is_gone_is_not_deleted() {
    let mut disk = killed(&ROWS);
    disk.database.clear();
    let (_folder, path) = disk.put();

    let refused = refuse_log_without_database(&path);

    assert!(refused.is_err());
    std::fs::remove_file(log_of(&path)).unwrap();
    assert!(refuse_log_without_database(&path).is_ok());
}
