//! Damage in the write-ahead log, found before SQLite opens the database.
//!
//! SQLite recovers the log up to the last commit before the first frame that does not verify, and says nothing of what
//! stands behind it: after a kill that is the rest of a commit which nobody was told of, after damage it may be what
//! people were told is saved. This tells the two apart.
//!
//! The log is a header of 32 bytes and frames, one for each page that was written: 24 bytes and the page. A frame says
//! whether it ends a commit, has the header's salt, which changes each time the log begins anew, and a checksum that
//! goes on from that of the frame before it. Every commit of this product is synced before the next one writes its
//! first frame. So a frame that **continues a commit** is proof that this commit, and all that stands before it, was
//! on the disk once. The criterion, both in the log's present pass (same salt):
//!
//! - at or behind the first frame that does not verify stands a frame that ends a commit,
//! - and the frame after it continues its checksum.
//!
//! Then bytes that were on the disk are no longer what they were, and SQLite drops that commit and all later ones.
//! What a kill or a power cut leaves never looks so, in whatever order its sectors arrived: frames of one commit that
//! is not whole have nothing behind them that continues its end; frames of an earlier pass have another salt; those of
//! a transaction that was undone or refused continue what stood there before, and end no commit that another
//! continues. An end is believed if its frame verifies, or at least its 24 bytes are in one sector and thus of one
//! writing.
//!
//! A header that does not verify makes SQLite drop the whole log. It is synced before the first frame, so frames
//! behind it that continue a commit are the same proof, only that nobody knows which of them the database has already.
//!
//! # What this cannot tell
//! - Damage in the last commit alone: a power cut before its sync leaves the same. (Also in the 24 bytes that end the
//!   last but one, when the frame behind them is lost with them.)
//! - A log that was cut off between two commits, or emptied: what is left is whole.
//! - Writes of another program that does not sync each commit: a power cut can do to them what damage does.

mod keep;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

pub use keep::kept_logs;
pub(super) use keep::{keep_if_damaged, refuse_log_without_database};

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// Without the last bit, which says in which order the checksums read their words.
const MAGIC: u32 = 0x377f_0682;
/// What SQLite gives a database unless told otherwise, and ours are not.
const USUAL_PAGE: usize = 4096;
/// The least that a disk writes at once.
const SECTOR: u64 = 512;
/// Looks at a log that a running server may be writing, before it is believed to be only that.
const LOOKS: usize = 4;

/// What was once on the disk and is no longer what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The first frame that does not verify, from 1; 0 for the header.
    pub frame: u64,
    /// Whole commits behind it that certainly were on the disk and that SQLite drops: at least so many changes are
    /// missing. Zero if nobody can say: only what ends the commits is left, or the header is lost, and with it which of
    /// them the database has.
    pub commits: u64,
}

/// What a log holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Found {
    /// Commits that SQLite will recover.
    whole: u64,
    damage: Option<Damage>,
}

/// The file that SQLite keeps beside the database at `path` under the same name with this ending.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// The log of the database at `path`.
fn log_of(path: &Path) -> PathBuf {
    beside(path, "-wal")
}

/// A copy of a damaged log, and what is damaged in it.
pub type Kept = (PathBuf, Option<Damage>);

/// What is damaged in the log of the database at `path`, before it is opened or beside whoever has it open; and in the
/// copies that were kept of it, each with its name.
///
/// # Errors
/// A log is there and cannot be read.
pub fn damaged_logs(path: &Path) -> io::Result<(Option<Damage>, Vec<Kept>)> {
    let now = examine(path)?.damage;
    let kept = kept_logs(path).into_iter().map(|copy| Ok((copy.clone(), look(&copy, path)?.damage)));
    Ok((now, kept.collect::<io::Result<_>>()?))
}

/// The log of the database at `path`: nothing in it when it is not there.
fn examine(path: &Path) -> io::Result<Found> {
    look(&log_of(path), path)
}

/// Reads `log`, of the database at `path`. What looks like damage is looked at again: a server that writes meanwhile has
/// written it by then.
fn look(log: &Path, path: &Path) -> io::Result<Found> {
    let mut file = match File::open(log) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Found::default()),
        file => file?,
    };
    let usual = page_size(path).unwrap_or(USUAL_PAGE);
    let mut last = read(&mut file, usual)?;
    for _ in 1..LOOKS {
        if last.damage.is_none() {
            return Ok(last);
        }
        let now = read(&mut file, usual)?;
        if now.damage.map(|damage| damage.frame) == last.damage.map(|damage| damage.frame) {
            return Ok(now);
        }
        last = now;
    }
    Ok(Found { damage: None, ..last })
}

/// What the database's own header says.
fn page_size(path: &Path) -> Option<usize> {
    let mut head = [0; 18];
    File::open(path).ok()?.read_exact(&mut head).ok()?;
    let size = match u16::from_be_bytes([head[16], head[17]]) {
        1 => 65536,
        size => usize::from(size),
    };
    is_page(size).then_some(size)
}

fn is_page(size: usize) -> bool {
    size.is_power_of_two() && (512..=65536).contains(&size)
}

fn read(file: &mut File, usual: usize) -> io::Result<Found> {
    let mut head = [0; HEADER];
    file.seek(SeekFrom::Start(0))?;
    match file.read_exact(&mut head) {
        Err(cause) if cause.kind() == ErrorKind::UnexpectedEof => return Ok(Found::default()),
        read => read?,
    }
    let (magic, page) = (word(&head, 0), word(&head, 8) as usize);
    let order = Order { big: magic & 1 == 1 };
    let stored = Sum::at(&head, 24);
    if magic & !1 == MAGIC && is_page(page) && order.sum(Sum::default(), &head[..24]) == stored {
        let salt = head[16..24].try_into().ok();
        let (before, found) = (Before { stored, ..Before::default() }, Found::default());
        return Scan { order, page, salt, before, found, is_proven: false }.run(file);
    }
    // Nothing of it is to be believed, not even the order.
    for big in [false, true] {
        let broken = Found { whole: 0, damage: Some(Damage { frame: 0, commits: 0 }) };
        let (order, before) = (Order { big }, Before::default());
        let scan = Scan { order, page: usual, salt: None, before, found: broken, is_proven: false };
        file.seek(SeekFrom::Start(HEADER as u64))?;
        if scan.run(file)?.damage.is_some() {
            return Ok(broken);
        }
    }
    Ok(Found::default())
}

/// The order in which checksums read the words of a log.
#[derive(Clone, Copy)]
struct Order {
    big: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum(u32, u32);

impl Sum {
    /// As it stands in a header.
    fn at(bytes: &[u8], at: usize) -> Self {
        Self(word(bytes, at), word(bytes, at + 4))
    }
}

impl Order {
    /// The checksum of more bytes, eight at a time.
    fn sum(self, Sum(mut one, mut two): Sum, bytes: &[u8]) -> Sum {
        let word = |bytes: &[u8]| {
            let bytes = bytes.try_into().unwrap_or_default();
            if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
        };
        for pair in bytes.chunks_exact(8) {
            one = one.wrapping_add(word(&pair[..4])).wrapping_add(two);
            two = two.wrapping_add(word(&pair[4..])).wrapping_add(one);
        }
        Sum(one, two)
    }
}

/// Numbers in headers are big-endian whatever the order of the checksums.
fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// The frame before the one that is read.
#[derive(Default)]
struct Before {
    salt: [u8; 8],
    /// Whether it verifies after the frame before it.
    is_whole: bool,
    /// The checksum that it has, and whether it ends a commit then.
    stored: Sum,
    ends: bool,
    /// The checksum that it should have, and whether it ends a commit then: of the first that does not verify.
    due: Option<Sum>,
    ends_if_due: bool,
}

/// One walk through the frames.
struct Scan {
    order: Order,
    page: usize,
    /// Of this pass of the log; none if the header that says it is lost: then two frames in a row must agree.
    salt: Option<[u8; 8]>,
    before: Before,
    found: Found,
    /// Whether what does not verify was on the disk once.
    is_proven: bool,
}

impl Scan {
    /// Walks to the end. Damage is in the answer only when it is proven.
    fn run(mut self, file: &mut File) -> io::Result<Found> {
        let mut frames = BufReader::with_capacity(64 * 1024, file);
        let mut frame = vec![0; FRAME_HEADER + self.page];
        for number in 1_u64.. {
            match frames.read_exact(&mut frame) {
                Err(cause) if cause.kind() == ErrorKind::UnexpectedEof => break,
                read => read?,
            }
            self.step(number, &frame);
        }
        let Found { whole, damage } = self.found;
        Ok(Found { whole, damage: damage.filter(|_| self.is_proven) })
    }

    fn step(&mut self, number: u64, frame: &[u8]) {
        let (head, data) = frame.split_at(FRAME_HEADER);
        let (is_page, ends) = (word(head, 0) != 0, word(head, 4) != 0);
        let salt: [u8; 8] = head[8..16].try_into().unwrap_or_default();
        let is_ours = is_page && salt == self.salt.unwrap_or(self.before.salt);
        let stored = Sum::at(head, 16);
        let from = |sum| self.order.sum(self.order.sum(sum, &head[..8]), data);
        let due = from(self.before.stored);
        let follows = is_ours && due == stored;
        let follows_due = is_ours && self.before.due.is_some_and(|sum| from(sum) == stored);
        let first_wrong = match &mut self.found.damage {
            None if follows => {
                self.found.whole += u64::from(ends);
                false
            }
            damage @ None => {
                *damage = Some(Damage { frame: number, commits: 0 });
                true
            }
            Some(damage) => {
                let is_proven = (follows && self.before.ends) || (follows_due && self.before.ends_if_due);
                self.is_proven |= is_proven;
                damage.commits += u64::from(is_proven && (self.before.is_whole || follows_due));
                false
            }
        };
        let is_whole = follows || follows_due;
        let is_one_writing = is_whole || is_in_one_sector(number, frame.len());
        // Without the header's word for it a frame has the salt that it has, and the next must have the same.
        let is_ours = is_ours || (is_page && self.salt.is_none());
        self.before = Before {
            salt,
            is_whole,
            stored,
            ends: ends && is_ours && is_one_writing,
            due: first_wrong.then_some(due),
            ends_if_due: first_wrong && is_page && ends,
        };
    }
}

/// Whether the 24 bytes before a page cannot be half of one writing and half of another.
fn is_in_one_sector(number: u64, frame: usize) -> bool {
    let at = HEADER as u64 + (number - 1) * frame as u64;
    at / SECTOR == (at + FRAME_HEADER as u64 - 1) / SECTOR
}
