//! A small plant for each test: a copy of one migrated database, a frozen clock, and people who act through
//! HTTP (the real router, without a socket).
//!
//! | organisation | site | équipement | its client user |
//! |---|---|---|---|
//! | 1 Atlas Conserves | 1 CASA, Africa/Casablanca | 1 CASA-POMPE-01 | `client` |
//! | 2 Rif Textile | 2 TANGER, Africa/Casablanca | 2 TANGER-METIER-01 | `client2` |
//!
//! Also: `admin`, `responsable`, and the techniciens `technicien` (1, Youssef) and `technicien2` (2, Claire),
//! who have no working hours and no compétence. Everybody's password is [`PASSWORD`].

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;
use erp_interventions::ids::{SessionId, UserId};
use erp_interventions::kernel::app::{App, Options};
use erp_interventions::kernel::auth::{Claims, Passwords};
use erp_interventions::kernel::clock::{Clock, Instant};
use erp_interventions::kernel::db::teach;
use erp_interventions::kernel::files::FileLimits;
use erp_interventions::kernel::mail::{Mailbox, Security, Smtp};
use erp_interventions::kernel::scheduler::Timetable;
use erp_interventions::{jobs, routes};
use http_body_util::BodyExt;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::declared;

pub const PASSWORD: &str = "une phrase de passe";

/// Wednesday, 08:00 in Casablanca, which keeps UTC.
pub const NOW: &str = "2031-01-15T08:00:00Z";

pub struct Plant {
    pub app: App,
    router: Router,
    now: Arc<AtomicI64>,
    folder: TempDir,
}

impl Plant {
    /// A plant as described above, at [`NOW`].
    pub fn new() -> Self {
        Self::on(copy_of_template())
    }

    /// A plant that sends its mail to a server of this machine.
    pub fn mailing_to(port: u16) -> Self {
        Self::with(copy_of_template(), |options| options.smtp = Some(smtp(port)))
    }

    /// A plant on a copy of a stopped plant's data, its backups left behind: one under way outlives who asked for it.
    pub fn copy_of(data: &Path) -> Self {
        Self::on(copy_of_data(data))
    }

    /// A plant that does by itself what `timetable` lists, new or on a copy of a stopped plant's data.
    pub fn that_does(timetable: Timetable, data: Option<&Path>) -> Self {
        let folder = data.map_or_else(copy_of_template, copy_of_data);
        Self::with(folder, |options| options.timetable = timetable)
    }

    /// Stops the server; what remains is its data.
    pub async fn stop(self) -> TempDir {
        self.app.close().await;
        self.folder
    }

    /// A server started for the first time: no people, no machines.
    pub fn empty() -> Self {
        Self::on(private_folder())
    }

    /// A plant whose store of files has other limits.
    pub fn with_files(files: FileLimits) -> Self {
        Self::with(copy_of_template(), |options| options.files = files)
    }

    /// A plant that people reach by this address.
    pub fn at(public_url: &str) -> Self {
        Self::with(copy_of_template(), |options| options.public_url = public_url.to_owned())
    }

    fn on(folder: TempDir) -> Self {
        Self::with(folder, |_| {})
    }

    /// A server with other options than the others'.
    fn with(folder: TempDir, change: impl FnOnce(&mut Options)) -> Self {
        let now = Arc::new(AtomicI64::new(instant(NOW).as_second()));
        let hand = now.clone();
        let clock = Clock::from_fn(move || Instant::from_second(hand.load(Ordering::Relaxed)));
        let mut options = options(folder.path());
        change(&mut options);
        let app = App::open(options, clock).expect("the plant opens");
        Self { router: routes::router(app.clone()), app, now, folder }
    }

    /// Stops the server and starts it again on the same data, at the same time of day.
    pub async fn restart(self) -> Self {
        let now = self.now.load(Ordering::Relaxed);
        let smtp = self.app.options().smtp.clone();
        self.app.close().await;
        let Self { folder, app, router, .. } = self;
        drop((app, router));
        let plant = Self::with(folder, |options| options.smtp = smtp);
        plant.now.store(now, Ordering::Relaxed);
        plant
    }

    /// Moves the clock forward.
    pub fn advance(&self, duration: Duration) {
        self.now.fetch_add(duration.as_secs() as i64, Ordering::Relaxed);
    }

    /// Sets the clock.
    pub fn set_time(&self, time: &str) {
        self.now.store(instant(time).as_second(), Ordering::Relaxed);
    }

    /// A second connection to the same database, to see what is really there, or to put it there.
    pub fn database(&self) -> Connection {
        let connection = Connection::open(self.data_dir().join("erp.sqlite3")).expect("the database opens");
        connection.pragma_update(None, "foreign_keys", true).expect("a pragma");
        // Who writes a text that is searched has to know how it is indexed.
        teach(&connection).expect("functions");
        connection
    }

    pub fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    /// A signed-in person, by user name.
    pub fn person(&self, username: &str) -> Person<'_> {
        let (user, session) = self
            .database()
            .query_row(
                "select u.id, s.id from users u join sessions s on s.user_id = u.id where u.username = ?1",
                [username],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .expect("one of the plant's people");
        let claims = Claims { user: UserId(user), session: SessionId(session) };
        Person { plant: self, token: Some(self.app.tokens().access(claims, self.app.now())) }
    }

    /// Somebody with this access token.
    pub fn bearer(&self, token: &str) -> Person<'_> {
        Person { plant: self, token: Some(token.to_owned()) }
    }

    /// Somebody who has not signed in.
    pub fn nobody(&self) -> Person<'_> {
        Person { plant: self, token: None }
    }

    pub fn admin(&self) -> Person<'_> {
        self.person("admin")
    }

    pub fn responsable(&self) -> Person<'_> {
        self.person("responsable")
    }

    pub fn technicien(&self) -> Person<'_> {
        self.person("technicien")
    }

    pub fn client(&self) -> Person<'_> {
        self.person("client")
    }
}

/// Someone at the API. The token is made anew by each [`Plant::person`] call, at the time of that call.
pub struct Person<'p> {
    plant: &'p Plant,
    token: Option<String>,
}

impl Person<'_> {
    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send("POST", path, &[], Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send("PATCH", path, &[], Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send("PUT", path, &[], Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, &[], None).await
    }

    /// Any request, with further headers; a path that does not begin with `/` is below `/api/v1/`.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(address(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(json) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(json.to_string())
            }
            None => Body::empty(),
        };
        self.send_raw(request.body(body).expect("a request")).await
    }

    /// A request as it is, signed by this person. A stream of events is not waited for.
    pub async fn send_raw(&self, request: Request<Body>) -> Reply {
        let (parts, body) = self.respond(request).await.into_parts();
        let is_stream =
            parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        let body = if is_stream { Body::empty() } else { body };
        let bytes = body.collect().await.expect("a whole body").to_bytes().to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Reply { status: parts.status, headers: parts.headers, body, bytes }
    }

    /// What is answered, its body yet to come.
    pub async fn respond(&self, mut request: Request<Body>) -> Response {
        if let Some(token) = &self.token {
            let bearer = format!("Bearer {token}").parse().expect("a header value");
            request.headers_mut().insert(header::AUTHORIZATION, bearer);
        }
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.plant.router.clone().oneshot(request).await.expect("the router never fails");
        declared::require(&method, &path, response.status());
        response
    }
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The body as JSON, null when it is not.
    pub body: Value,
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The reply, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    /// The id of the thing in the body.
    #[track_caller]
    pub fn id(&self) -> i64 {
        self.body["id"].as_i64().unwrap_or_else(|| panic!("no id in {}", self.body))
    }

    /// The stable code of a problem.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// The ids of a list's items, in order.
    pub fn ids(&self) -> Vec<i64> {
        let items = self.body["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        items.iter().filter_map(|item| item["id"].as_i64()).collect()
    }
}

impl std::ops::Index<&str> for Reply {
    type Output = Value;

    fn index(&self, member: &str) -> &Value {
        &self.body[member]
    }
}

fn address(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("/api/v1/{path}") }
}

fn instant(text: &str) -> Instant {
    serde_json::from_value(json!(text)).expect("an RFC 3339 instant")
}

fn options(data_dir: &Path) -> Options {
    Options {
        data_dir: data_dir.to_owned(),
        public_url: "http://127.0.0.1:8000".to_owned(),
        tls: None,
        trusted_proxies: Vec::new(),
        sign_in_burst: 1000,
        metrics_token: None,
        // However full the disk of this machine is.
        files: FileLimits { floor: Some(0), ..FileLimits::default() },
        smtp: None,
        timetable: jobs::TIMETABLE,
    }
}

/// A mail server of this machine that gets a second to answer.
pub fn smtp(port: u16) -> Smtp {
    Smtp {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        credentials: None,
        from: Mailbox::new("GMAO de l’usine", "gmao@usine.test"),
        ca_file: None,
        timeout: Duration::from_secs(1),
    }
}

fn copy_of_template() -> TempDir {
    static TEMPLATE: OnceLock<TempDir> = OnceLock::new();
    // A thread of its own: a test's runtime must not be blocked on.
    let template = TEMPLATE.get_or_init(|| std::thread::spawn(make_template).join().expect("the template"));
    copy_of_data(template.path())
}

fn make_template() -> TempDir {
    let folder = private_folder();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let hash = runtime.block_on(async {
        let app = App::open(options(folder.path()), Clock::system()).expect("the template opens");
        app.close().await;
        Passwords::new().hash(PASSWORD.to_owned()).await.expect("a hash")
    });
    let connection = Connection::open(folder.path().join("erp.sqlite3")).expect("the database opens");
    teach(&connection).expect("functions");
    let now = instant(NOW).as_second().to_string();
    let sql = include_str!("plant.sql").replace("$HASH", &hash).replace("$NOW", &now);
    connection.execute_batch(&sql).expect("the plant's people and machines");
    connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).expect("a checkpoint");
    folder
}

/// A folder that only its owner may enter, as a data directory should be.
fn private_folder() -> TempDir {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    tempfile::Builder::new().permissions(mode).tempdir().expect("a temporary folder")
}

fn copy_of_data(data: &Path) -> TempDir {
    let folder = private_folder();
    copy_folder(data, folder.path());
    folder
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    let mode = std::fs::metadata(from).expect("a folder").permissions();
    std::fs::set_permissions(to, mode).expect("the same mode");
    for entry in std::fs::read_dir(from).expect("a readable folder") {
        let entry = entry.expect("an entry");
        if entry.file_name() == "backups" {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).expect("a copy, its mode included");
        }
    }
}
