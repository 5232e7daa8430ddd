//! The limits of this machine, measured in the same run: HTTP without work, SQL without HTTP, a commit alone.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use rusqlite::Connection;

/// The page of the default list, as the API reads it.
pub const LIST: &str = "select i.*, e.nom, e.code, e.site_id, s.client_id, u.full_name
    from interventions i
    join equipements e on e.id = i.equipement_id
    join sites s on s.id = e.site_id
    left join techniciens t on t.id = i.technicien_id
    left join users u on u.id = t.user_id
    where i.supprimee_le is null
    order by i.date_creation desc, i.id desc limit 51";

/// A page of two filters.
pub const FILTER: &str = "select i.*, e.nom, e.code, e.site_id, s.client_id, u.full_name
    from interventions i
    join equipements e on e.id = i.equipement_id
    join sites s on s.id = e.site_id
    left join techniciens t on t.id = i.technicien_id
    left join users u on u.id = t.user_id
    where i.supprimee_le is null and i.statut = 'en_cours' and i.priorite = 'haute'
    order by i.date_creation desc, i.id desc limit 51";

/// One intervention with its slots.
pub const DETAIL: &str = "select i.*, e.nom, e.code, a.debut, a.fin
    from interventions i
    join equipements e on e.id = i.equipement_id
    left join affectations a on a.intervention_id = i.id
    where i.id = 4242";

/// As many threads as the server has readers.
const THREADS: usize = 4;

/// Runs `sql` on the database of a data directory from plain rusqlite; returns queries a second.
pub fn bare_query(data: &Path, sql: &'static str, seconds: u64) -> f64 {
    let end = Instant::now() + Duration::from_secs(seconds);
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let connection = Connection::open(data.join("erp.sqlite3")).expect("the database opens");
            std::thread::spawn(move || {
                let mut count = 0_u64;
                while Instant::now() < end {
                    let mut statement = connection.prepare_cached(sql).expect("a statement");
                    let columns = statement.column_count();
                    let mut rows = statement.query([]).expect("rows");
                    while let Some(row) = rows.next().expect("a row") {
                        for column in 0..columns {
                            std::hint::black_box(row.get_ref(column).expect("a value"));
                        }
                    }
                    count += 1;
                }
                count
            })
        })
        .collect();
    let total: u64 = threads.into_iter().map(|thread| thread.join().expect("a thread")).sum();
    total as f64 / seconds as f64
}

/// One row, one durable commit, and again: commits a second.
pub fn bare_commits(seconds: u64) -> f64 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let connection = Connection::open(folder.path().join("commits.sqlite3")).expect("a database");
    connection
        .execute_batch("pragma journal_mode=wal; pragma synchronous=full; create table t (x)")
        .expect("a table");
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut count = 0_u64;
    while Instant::now() < end {
        connection.execute("insert into t values (1)", []).expect("a commit");
        count += 1;
    }
    count as f64 / seconds as f64
}

/// An axum hello-world in a process of its own.
pub struct HelloWorld {
    process: Child,
    address: SocketAddr,
}

impl HelloWorld {
    pub fn start() -> Self {
        let this = std::env::current_exe().expect("our own path");
        let mut process =
            Command::new(this).arg("--hello-world").stdout(Stdio::piped()).spawn().expect("a process");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut line).expect("an address");
        Self { process, address: line.trim().parse().expect("an address") }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for HelloWorld {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the child process does.
pub fn hello_world() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("{}", listener.local_addr().expect("an address"));
        axum::serve(listener, Router::new().route("/", get(|| async { "Hello, world!" })))
            .await
            .expect("it serves");
    });
}
