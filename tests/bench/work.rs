//! What people do that takes memory: each thing through the API, and whether it was answered as it should.

use std::io::{Cursor, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::{scope, sleep};
use std::time::Duration;

use erp_interventions::kernel::clock::Clock;
use image::{ImageFormat, Rgb, RgbImage};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde_json::Value;

/// What came of it, in a few words; or what was not answered as it should.
pub type Outcome = Result<String, String>;

/// People at once: at their passwords, at the calendar, with a phone in hand.
const PASSWORDS: u64 = 50;
const CALENDARS: usize = 4;
const PHONES: u32 = 4;

/// Bytes of an answer that are kept; the rest is only counted, or the bench would measure itself.
const KEPT: usize = 256 * 1024;

const BOUNDARY: &str = "limite";

/// Somebody who asks the server one thing after another.
pub struct Caller {
    pub address: SocketAddr,
    pub bearer: String,
}

struct Answer {
    /// 0 when there was none.
    status: u16,
    bytes: usize,
    /// Its beginning, head included.
    text: String,
}

impl Answer {
    fn expect(self, status: u16) -> Result<Self, String> {
        if self.status == status {
            return Ok(self);
        }
        Err(format!("{}: {}", self.status, self.text.lines().last().unwrap_or_default()))
    }

    fn json(&self) -> Value {
        let body = self.text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        serde_json::from_str(body).unwrap_or_default()
    }

    fn mb(&self) -> f64 {
        self.bytes as f64 / 1e6
    }
}

impl Caller {
    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "", b"")
    }

    fn ask(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
        let mut answer = Answer { status: 0, bytes: 0, text: String::new() };
        let Ok(mut stream) = TcpStream::connect(self.address) else { return answer };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.bearer,
            body.len()
        );
        // A refusal may come before all of it is sent.
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        let (mut kept, mut block) = (Vec::new(), vec![0; 64 * 1024]);
        while let Ok(read @ 1..) = stream.read(&mut block) {
            answer.bytes += read;
            kept.extend_from_slice(&block[..read.min(KEPT - kept.len().min(KEPT))]);
        }
        answer.text = String::from_utf8_lossy(&kept).into_owned();
        answer.status = answer.text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        answer
    }
}

/// Signs in so many times, right and wrong by turns, fifty at once.
pub fn sign_ins(caller: &Caller, count: u64) -> Outcome {
    let mine = |first: u64| (first..count).step_by(PASSWORDS as usize);
    let told_to_wait = scope(|threads| {
        let all_of =
            move |first| mine(first).map(|number| sign_in(caller, number)).sum::<Result<u64, String>>();
        let one = |first| threads.spawn(move || all_of(first));
        let people: Vec<_> = (0..PASSWORDS).map(one).collect();
        people.into_iter().map(|one| one.join().expect("a person")).sum::<Result<u64, String>>()
    })?;
    Ok(format!("{told_to_wait} told to come back"))
}

/// How often they were told to come back.
fn sign_in(caller: &Caller, number: u64) -> Result<u64, String> {
    // Each wrong one has a name of its own: a name that is tried again waits, and costs nothing.
    let (form, expected) = match number % 4 {
        0 => ("username=technicien&password=Demo-2026!".to_owned(), 200),
        2 => ("username=client&password=Demo-2026!".to_owned(), 200),
        _ => (format!("username=inconnu{number}&password=une+autre+phrase"), 401),
    };
    for waits in 0.. {
        let answer =
            caller.ask("POST", "/api/v1/auth/token", "application/x-www-form-urlencoded", form.as_bytes());
        if answer.status != 503 {
            return answer.expect(expected).map(|_| waits);
        }
        sleep(Duration::from_millis(100));
    }
    unreachable!("there are more numbers than anybody waits")
}

/// Takes all interventions out.
pub fn export(caller: &Caller, format: &str) -> Outcome {
    let answer = caller.get(&format!("/api/v1/admin/exports/interventions?format={format}")).expect(200)?;
    Ok(format!("{:.1} MB", answer.mb()))
}

/// Looks at thirteen months of the calendar, on four screens at once.
pub fn calendar(caller: &Caller) -> Outcome {
    let today = Clock::system().now().in_zone(&TimeZone::UTC).date();
    let path = format!("/api/v1/planning/calendrier?du={today}&au={}", today + 397.days());
    let mb = scope(|threads| {
        let one = |_| threads.spawn(|| caller.get(&path).expect(200).map(|answer| answer.mb()));
        let screens: Vec<_> = (0..CALENDARS).map(one).collect();
        screens.into_iter().map(|one| one.join().expect("a screen")).sum::<Result<f64, String>>()
    })?;
    Ok(format!("{mb:.1} MB"))
}

/// Brings parts in.
pub fn import(caller: &Caller, rows: u64) -> Outcome {
    let mut table = "reference;designation;emplacement;stock\n".to_owned();
    for row in 0..rows {
        table.push_str(&format!("IMP-{row:06};Joint torique {row};Allée {};{}\n", row % 40, row % 7));
    }
    let answer =
        caller.ask("POST", "/api/v1/admin/imports/pieces", "text/csv", table.as_bytes()).expect(200)?;
    match answer.text.contains("\"reussi\":true") {
        true => Ok(format!("{:.1} MB", table.len() as f64 / 1e6)),
        false => Err(answer.text.chars().take(1000).collect()),
    }
}

/// Adds photos as phones make them, four at once, and asks for the thumbnail of each.
pub fn photos(caller: &Caller, count: u32) -> Outcome {
    let picture = &photo();
    scope(|threads| {
        let mine = |first: u32| (first..count).step_by(PHONES as usize);
        let one =
            |first| threads.spawn(move || mine(first).try_for_each(|number| add(caller, picture, number)));
        let phones: Vec<_> = (0..PHONES).map(one).collect();
        phones.into_iter().try_for_each(|one| one.join().expect("a phone"))
    })?;
    Ok(format!("{:.1} MB each", picture.len() as f64 / 1e6))
}

fn add(caller: &Caller, picture: &[u8], number: u32) -> Result<(), String> {
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"equipement_id\"\r\n\r\n1\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{number}.jpg\"\r\n\r\n"
    );
    // A comment of four bytes after the picture's start makes it another file.
    let (start, rest) = picture.split_at(2);
    let tail = format!("\r\n--{BOUNDARY}--\r\n");
    let number = number.to_be_bytes();
    let body = [head.as_bytes(), start, b"\xff\xfe\x00\x06", &number, rest, tail.as_bytes()].concat();
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let added = caller.ask("POST", "/api/v1/documents/", &kind, &body).expect(201)?;
    let id = &added.json()["id"];
    caller.get(&format!("/api/v1/documents/{id}/miniature")).expect(200).map(|_| ())
}

/// Twelve million pixels, as grainy as a photo.
fn photo() -> Vec<u8> {
    let mut random = 0x9e37_79b9_u32;
    let picture = RgbImage::from_fn(4000, 3000, |x, y| {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        let grain = (random % 24) as u8;
        Rgb([(x / 20) as u8 / 2 + grain, (y / 15) as u8 / 2 + grain, ((x + y) / 32) as u8 / 2 + grain])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).expect("a picture");
    bytes.into_inner()
}
