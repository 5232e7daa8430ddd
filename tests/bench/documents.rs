//! What files cost: memory while they stream, and how fast they go.
//!
//! `cargo bench --bench documents [-- --megabytes 1000]`
//!
//! The server is watched from outside, every few milliseconds, while somebody sends it a body of a gigabyte (with
//! its length announced, and without) and files that it takes. The machine's own disk is measured beside it, for
//! an upload is not answered before its bytes are there.

#![expect(clippy::print_stdout, reason = "what a benchmark is for")]

#[expect(dead_code, reason = "the other benchmark's as well")]
mod server;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use server::Server;

const MB: usize = 1_000_000;

/// The largest file that is taken: 25 MiB.
const LARGEST: usize = 25 * 1024 * 1024;

/// Files sent and fetched one after another.
const FILES: usize = 12;

const BOUNDARY: &str = "limite";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let megabytes = arguments.iter().position(|argument| argument == "--megabytes");
    let huge =
        megabytes.and_then(|i| arguments.get(i + 1)).map_or(1000, |text| text.parse().expect("a number"))
            * MB;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let bearer = runtime.block_on(server.sign_in());
    let client = Client { address: server.address(), bearer };
    // The first of each costs what the server keeps for good: threads, buffers.
    client.send_file(LARGEST, 0, Length::Announced);
    client.fetch(40);

    println!("{:<44}{:>10}{:>12}{:>14}", "", "status", "sent MB", "RSS + MB");
    for (what, length) in
        [("announced", Length::Announced), ("in chunks, without its length", Length::Unknown)]
    {
        let ((status, sent), growth) = watched(&server, || client.send_file(huge, 0, length));
        println!("{:<44}{status:>10}{:>12}{growth:>14.1}", format!("{} MB, {what}", huge / MB), sent / MB);
    }
    let ((status, sent), growth) = watched(&server, || client.send_file(LARGEST, 1, Length::Announced));
    println!("{:<44}{status:>10}{:>12}{growth:>14.1}", "25 MiB, taken", sent / MB);

    let (elapsed, growth) = watched(&server, || {
        let started = Instant::now();
        for seed in 2..2 + FILES {
            assert_eq!(client.send_file(LARGEST, seed, Length::Announced).0, 201);
        }
        started.elapsed()
    });
    let rate = |bytes: usize, elapsed: Duration| bytes as f64 / MB as f64 / elapsed.as_secs_f64();
    println!(
        "\nupload, one after another : {:>7.0} MB/s, RSS + {growth:.1} MB",
        rate(FILES * LARGEST, elapsed)
    );
    println!("this disk, written, synced: {:>7.0} MB/s", rate(FILES * LARGEST, bare_writes(folder.path())));
    let (bytes, elapsed, growth) = {
        let ((bytes, elapsed), growth) = watched(&server, || {
            let started = Instant::now();
            let bytes = (0..FILES).map(|i| client.fetch(42 + i)).sum::<usize>();
            (bytes, started.elapsed())
        });
        (bytes, elapsed, growth)
    };
    println!("download, first time      : {:>7.0} MB/s, RSS + {growth:.1} MB", rate(bytes, elapsed));
    let started = Instant::now();
    let bytes = (0..FILES).map(|i| client.fetch(42 + i)).sum::<usize>();
    println!("download, again           : {:>7.0} MB/s", rate(bytes, started.elapsed()));
}

#[derive(Clone, Copy)]
enum Length {
    Announced,
    /// `Transfer-Encoding: chunked`.
    Unknown,
}

struct Client {
    address: SocketAddr,
    bearer: String,
}

impl Client {
    /// Sends a file of so many bytes; the status, and how many bytes went out before it was known.
    fn send_file(&self, bytes: usize, seed: usize, length: Length) -> (u16, usize) {
        let start = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"equipement_id\"\r\n\r\n1\r\n\
             --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{seed}.txt\"\r\n\r\n{seed:08}"
        );
        let end = format!("\r\n--{BOUNDARY}--\r\n");
        let framing = match length {
            Length::Announced => format!("Content-Length: {}", start.len() - 8 + bytes + end.len()),
            Length::Unknown => "Transfer-Encoding: chunked".to_owned(),
        };
        let mut stream = self.open(&format!(
            "POST /api/v1/documents/ HTTP/1.1\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n{framing}\r\n"
        ));
        let block = vec![b'x'; 64 * 1024];
        let mut sent = 0;
        let mut send = |part: &[u8]| {
            let framed = match length {
                Length::Announced => part.to_vec(),
                Length::Unknown => [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat(),
            };
            sent += part.len();
            stream.write_all(&framed).is_ok()
        };
        let mut goes_on = send(start.as_bytes());
        let mut left = bytes - 8;
        while goes_on && left > 0 {
            goes_on = send(&block[..left.min(block.len())]);
            left -= left.min(block.len());
        }
        if goes_on {
            send(end.as_bytes());
            if matches!(length, Length::Unknown) {
                let _ = stream.write_all(b"0\r\n\r\n");
            }
        }
        let answer = read(&mut stream);
        let status =
            String::from_utf8_lossy(&answer).split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.unwrap_or(0), sent)
    }

    /// Fetches a document; how many bytes came.
    fn fetch(&self, id: usize) -> usize {
        let mut stream = self.open(&format!("GET /api/v1/documents/{id}/contenu HTTP/1.1\r\n"));
        let answer = read(&mut stream);
        assert!(
            answer.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&answer[..answer.len().min(300)])
        );
        answer.len()
    }

    fn open(&self, head: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).expect("the server listens");
        let head = format!(
            "{head}Host: localhost\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
            self.bearer
        );
        stream.write_all(head.as_bytes()).expect("sent");
        stream
    }
}

/// What comes until the connection ends, however it ends.
fn read(stream: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

/// Does something, and tells by how many MB the server's memory grew at most meanwhile.
fn watched<T: Send>(server: &Server, work: impl FnOnce() -> T + Send) -> (T, f64) {
    let before = server.memory_mib();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut most = before;
            while !over.load(Ordering::Relaxed) {
                most = most.max(server.memory_mib());
                std::thread::sleep(Duration::from_millis(2));
            }
            most
        });
        let outcome = work();
        over.store(true, Ordering::Relaxed);
        let most = watcher.join().expect("the watcher");
        (outcome, (most - before) * 1.048_576)
    })
}

/// The same bytes written, synced and renamed without a server.
fn bare_writes(folder: &std::path::Path) -> Duration {
    let bytes = vec![b'x'; LARGEST];
    let started = Instant::now();
    for seed in 0..FILES {
        let (arriving, kept) = (folder.join("arriving"), folder.join(format!("kept-{seed}")));
        let mut file = std::fs::File::create(&arriving).expect("a file");
        bytes.chunks(64 * 1024).for_each(|chunk| file.write_all(chunk).expect("written"));
        file.sync_all().expect("synced");
        std::fs::rename(arriving, kept).expect("renamed");
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).expect("synced");
    }
    started.elapsed()
}
