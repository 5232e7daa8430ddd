//! The running server's parts, opened once and handed down. There are no globals.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;
use tokio::sync::watch;

use super::auth::{Actor, Budget, HiddenText, Passwords, Refusals, Secrets, Throttle, Tokens, Who};
use super::clock::{Clock, Instant};
use super::data_dir::{Lock, private_folder};
use super::db::{self, Db, Reader, StartError, Tools, Tx};
use super::error::Result;
use super::files::{FileLimits, Files};
use super::mail::{Mail, Smtp};
use super::metrics::Metrics;
use super::scheduler::{Scheduler, Timetable};
use super::streams::Streams;
use super::tls::Source;
use super::zones::Zones;

/// What the kernel must be told to open.
#[derive(Clone, Debug)]
pub struct Options {
    pub data_dir: PathBuf,
    /// Address under which people reach the server, for links and QR codes, without a final slash.
    pub public_url: String,
    /// Where the certificate comes from, when HTTPS is the server's own.
    pub tls: Option<Source>,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Sign-in attempts that one address may make at once, then one every two seconds.
    pub sign_in_burst: u32,
    /// Opens `/metrics` to scrapers that are not on this machine.
    pub metrics_token: Option<HiddenText>,
    /// How much of files the store takes.
    pub files: FileLimits,
    /// Where mail goes; without it none is sent.
    pub smtp: Option<Smtp>,
    /// What the server does by itself.
    pub timetable: Timetable,
}

/// One attempt every two seconds once the burst is spent.
pub const SIGN_IN_REFILL: Duration = Duration::from_secs(2);

/// Reads by secret links that one address may make at once, then one a second: a plant's phones come from one.
pub const LINK_BURST: u32 = 300;
pub const LINK_REFILL: Duration = Duration::from_secs(1);

/// Changes that one person may make at once who does not run the plant: a shift's work of a phone that was offline. Then
/// one every so often, which no hand reaches in a day and a logger of sixty meters a minute does: 86,400 rows, not a million an hour.
pub const CHANGES_BURST: u32 = 600;
pub const CHANGES_REFILL: Duration = Duration::from_secs(1);

/// Sign-ins of one person at once, for each leaves a session and entries in the journal; then one every so often. An
/// account that a whole shift shares stays far below.
pub const SIGN_INS_BURST: u32 = 300;
pub const SIGN_INS_REFILL: Duration = Duration::from_secs(20);

/// Handle to the running server; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

struct Parts {
    db: Db,
    files: Files,
    clock: Clock,
    tokens: Tokens,
    passwords: Passwords,
    sign_in_throttle: Throttle,
    mail: Mail,
    link_throttle: Throttle,
    changes: Budget,
    sign_ins: Budget,
    refusals: Refusals,
    metrics: Metrics,
    scheduler: Scheduler,
    started: Instant,
    options: Options,
    /// Set when the server begins to stop: no longer ready, still answering.
    stopping: watch::Sender<bool>,
    streams: Streams,
    /// Lets the first administrator in, once, while there is no account.
    setup_code: Mutex<Option<String>>,
}

impl App {
    /// Opens the data directory: time zones, keys, database, writer thread.
    ///
    /// # Errors
    /// [`StartError`] says what is broken and what to do.
    pub fn open(options: Options, clock: Clock) -> std::result::Result<Self, StartError> {
        let folder = |name: &str| private_folder(&options.data_dir.join(name));
        private_folder(&options.data_dir)?;
        let zones = Zones::open(&options.data_dir)?;
        for zone in zones.overridden() {
            tracing::info!(zone, "this time zone comes from the data directory, not from the executable");
        }
        let secrets = Secrets::open(&folder("secrets")?)?;
        let mail = Mail::open(&options, clock.clone())?;
        let metrics = Metrics::new();
        let files = Files::open(&options.data_dir, options.files)?;
        let refusals = Refusals::new();
        let tools = Tools::new(metrics.clone(), zones, refusals.clone());
        let db = Db::open(&options.data_dir.join(db::FILE_NAME), tools)?;
        let started = clock.now();
        let parts = Parts {
            db,
            files,
            clock,
            tokens: Tokens::new(secrets),
            passwords: Passwords::new(),
            sign_in_throttle: Throttle::new(options.sign_in_burst, SIGN_IN_REFILL),
            mail,
            link_throttle: Throttle::new(LINK_BURST, LINK_REFILL),
            changes: Budget::new(CHANGES_BURST, CHANGES_REFILL),
            sign_ins: Budget::new(SIGN_INS_BURST, SIGN_INS_REFILL),
            refusals,
            metrics,
            scheduler: Scheduler::new(options.timetable),
            started,
            options,
            stopping: watch::Sender::new(false),
            streams: Streams::new(),
            setup_code: Mutex::new(None),
        };
        Ok(Self(Arc::new(parts)))
    }

    pub fn now(&self) -> Instant {
        self.0.clock.now()
    }

    /// When the server started.
    pub fn started(&self) -> Instant {
        self.0.started
    }

    pub fn options(&self) -> &Options {
        &self.0.options
    }

    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Brings the gauges up to date that the kernel itself can fill.
    pub fn measure(&self) {
        self.metrics().readers_busy.set(self.0.db.readers_busy());
        self.metrics().resident_bytes.set(resident_bytes());
    }

    pub fn scheduler(&self) -> &Scheduler {
        &self.0.scheduler
    }

    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub fn sign_in_throttle(&self) -> &Throttle {
        &self.0.sign_in_throttle
    }

    pub fn mail(&self) -> &Mail {
        &self.0.mail
    }

    /// Which refusals the journal takes.
    pub fn refusals(&self) -> &Refusals {
        &self.0.refusals
    }

    /// The brake on what is opened by a secret link, without a session.
    pub fn link_throttle(&self) -> &Throttle {
        &self.0.link_throttle
    }

    /// What each person may change who does not run the plant.
    pub(in crate::kernel) fn changes(&self) -> &Budget {
        &self.0.changes
    }

    /// How often each person may sign in.
    pub fn sign_ins(&self) -> &Budget {
        &self.0.sign_ins
    }

    /// Makes the one-time set-up code; one made before no longer works.
    pub fn new_setup_code(&self) -> String {
        let code = Tokens::random();
        *self.setup_code() = Some(code.clone());
        code
    }

    /// Whether `code` is the set-up code.
    pub fn is_setup_code(&self, code: &str) -> bool {
        self.setup_code()
            .as_deref()
            .is_some_and(|ours| Tokens::fingerprint(ours) == Tokens::fingerprint(code))
    }

    /// Ends the set-up: its code works no more.
    pub fn spend_setup_code(&self) {
        *self.setup_code() = None;
    }

    /// Where a request really comes from, as far as trusted proxies say.
    pub fn client_address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        believed(&self.options().trusted_proxies, peer, headers)
    }

    /// Removes what was arriving when the server last ended, which only its successor may do.
    ///
    /// # Errors
    /// [`StartError`] says that the store cannot be written.
    pub fn forget_unfinished(&self, _: &Lock) -> std::result::Result<(), StartError> {
        self.0.files.forget_arriving()
    }

    /// Stores nothing where the documents should be and are not: their disk is not mounted, or the folder was moved. It
    /// is used again as soon as it is back.
    pub fn leave_documents_folder(&self, _: &Lock) {
        self.0.files.leave();
    }

    /// Keeps room on the disk so that people still get in when it is full.
    pub fn keep_reserve(&self, _: &Lock) {
        self.0.db.keep_reserve();
    }

    /// Whether the disk is so full that only what is vital is written.
    pub fn is_disk_full(&self) -> bool {
        self.0.db.is_disk_full()
    }

    /// Whether the one thread that writes still runs; if not, only a new start helps.
    pub fn has_writer(&self) -> bool {
        self.0.db.can_write()
    }

    /// The copies of logs of the database that were found damaged, until somebody has looked at them and moved them.
    pub fn damaged_logs(&self) -> Vec<PathBuf> {
        db::kept_logs(&self.options().data_dir.join(db::FILE_NAME))
    }

    /// Whether the folder of the documents is there and can be written.
    pub fn has_documents_folder(&self) -> bool {
        self.0.files.is_there()
    }

    /// Changes soon after something was written: a hint to look, for those who wait for news.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.0.db.commits()
    }

    /// From now on `/health/ready` says no, so that nobody sends new work here.
    pub fn announce_stop(&self) {
        self.0.stopping.send_replace(true);
    }

    pub fn is_stopping(&self) -> bool {
        *self.0.stopping.borrow()
    }

    /// Waits until the server begins to stop: what would go on for ever ends then.
    pub async fn stopping(&self) {
        let mut stopping = self.0.stopping.subscribe();
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }

    /// The replies that stay open.
    pub fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// Finishes waiting writes and folds the log into the database file.
    pub async fn close(&self) {
        self.0.db.close().await;
    }

    pub(in crate::kernel) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(in crate::kernel) fn files(&self) -> &Files {
        &self.0.files
    }

    fn setup_code(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.0.setup_code.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Memory that the process holds; 0 where the system has no `/proc`.
fn resident_bytes() -> i64 {
    const KB: i64 = 1024;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .map_or(0, |kilobytes: i64| kilobytes * KB)
}

/// The guard of what acts without a person: scheduler, command line. Named in the journal.
#[derive(Clone)]
pub struct System {
    app: App,
    name: &'static str,
    by_hand: bool,
}

impl System {
    pub fn new(app: &App, name: &'static str) -> Self {
        Self { app: app.clone(), name, by_hand: false }
    }

    /// The same, at somebody's wish.
    pub fn by_hand(self) -> Self {
        Self { by_hand: true, ..self }
    }

    /// Whether somebody asked for this now: what would wait to be tried again is tried.
    pub fn is_by_hand(&self) -> bool {
        self.by_hand
    }

    pub fn app(&self) -> &App {
        &self.app
    }

    pub fn files(&self) -> &Files {
        self.app.files()
    }

    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.db().read(self.who(), work).await
    }

    /// Reads what takes long, in one snapshot.
    pub async fn read_long<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.db().read_long(self.who(), work).await
    }

    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.db().write(self.who(), work).await
    }

    /// The same for what lets people in, keeps them out or tells of trouble, a few rows at a time: written also while the disk refuses everything else.
    pub async fn write_vital<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.db().write_vital(self.who(), work).await
    }

    fn who(&self) -> Arc<Who> {
        Arc::new(Who {
            actor: Actor::system(self.name),
            now: self.app.now(),
            address: None,
            request_id: None,
        })
    }
}

/// The last address that a trusted proxy did not add itself. A hop that is no address ends the walk, for what stands
/// before it may be anybody's word: the hop after it is believed.
fn believed(proxies: &[IpAddr], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let forwarded = headers.get_all("x-forwarded-for").iter().map(|value| value.to_str().unwrap_or("?"));
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
    let mut believed = peer;
    for hop in hops.into_iter().rev() {
        if !proxies.contains(&believed) {
            break;
        }
        let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
        believed = hop.to_canonical();
    }
    believed
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, IpAddr, believed};

    #[test]
    fn a_forwarded_hop_that_is_no_address_leaves_the_one_after_it_believed() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [address("10.0.0.1"), address("10.0.0.2")];
        for (peer, forwarded, client) in [
            ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
            ("10.0.0.1", "198.51.100.9, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
            ("10.0.0.1", "192.0.2.7, unknown", "10.0.0.1"),
            ("10.0.0.1", "192.0.2.7, unknown, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("192.0.2.8", "192.0.2.7", "192.0.2.8"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            assert_eq!(believed(&proxies, address(peer), &headers), address(client), "{forwarded}");
        }
    }
}
