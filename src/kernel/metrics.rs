//! Counters that `/metrics` shows in the Prometheus text format.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// How far back [`Metrics::refused_lately`] looks, in minutes.
const LATELY: u64 = 60;

/// The server's counters; cheap to clone, shared by all.
#[derive(Clone)]
pub struct Metrics {
    /// Requests answered, by route pattern, method and status.
    pub requests: Family<Route, Counter>,
    /// Seconds from a request's first byte to its answer.
    pub seconds: Histogram,
    /// SQL statements run.
    pub statements: Counter,
    /// Writes that wait for the writer thread.
    pub writes_waiting: Gauge,
    /// Writes that shared one durable commit.
    pub writes_per_commit: Histogram,
    /// 1 while the wall clock is doubted and the jobs that need it wait.
    pub clock_doubted: Gauge,
    /// Connections that read at this moment.
    pub readers_busy: Gauge,
    /// Bytes of memory that the process holds.
    pub resident_bytes: Gauge,
    /// When the server started, in seconds since 1970.
    pub started: Gauge,
    pub database_bytes: Gauge,
    pub wal_bytes: Gauge,
    pub documents_bytes: Gauge,
    /// What may be written before documents are refused; -1 where the system does not say.
    pub room_bytes: Gauge,
    pub mail_waiting: Gauge,
    pub mail_failed: Gauge,
    pub mail_oldest_seconds: Gauge,
    /// -1 when there is no backup.
    pub backup_age_seconds: Gauge,
    /// The day's beginning, in seconds since 1970; 0 without HTTPS of its own.
    pub certificate_end: Gauge,
    /// When the last run that did something began, in seconds since 1970.
    pub job_last_run: Family<JobLabel, Gauge>,
    /// 1 while a job's last run failed.
    pub job_failed: Family<JobLabel, Gauge>,
    /// Requests, connections and the like that a limit turned away, by its stable code.
    pub refused: Family<Reason, Counter>,
    /// Lines of the log that could not be written.
    pub log_lines_lost: Gauge,
    /// 1 while the disk is so full that only what is vital is written.
    pub disk_full: Gauge,
    lately: Arc<Mutex<BTreeMap<&'static str, Minutes>>>,
    since: Instant,
    registry: Arc<Registry>,
}

/// How many in each of the last minutes, the oldest first.
type Minutes = VecDeque<(u64, u64)>;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Reason {
    /// The limit's stable code.
    pub reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Route {
    pub method: &'static str,
    /// The pattern, never the address: a label must not grow with the data.
    pub route: String,
    pub status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct JobLabel {
    pub job: String,
}

impl Metrics {
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("erp");
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let writes_waiting = gauge("writes_waiting", "Writes waiting for the writer thread");
        let clock_doubted = gauge("clock_doubted", "1 while the wall clock is doubted and dated jobs wait");
        let readers_busy = gauge("readers_busy", "Connections that read at this moment");
        let resident_bytes = gauge("resident_memory_bytes", "Memory that the process holds");
        let started = gauge("start_time_seconds", "When the server started");
        let database_bytes = gauge("database_bytes", "Size of the database file");
        let wal_bytes = gauge("wal_bytes", "Size of the write-ahead log");
        let documents_bytes = gauge("documents_bytes", "Size of the documents");
        let room_bytes = gauge("disk_room_bytes", "Bytes that may be written before documents are refused");
        let mail_waiting = gauge("mail_waiting", "Mail waiting to be sent");
        let mail_failed = gauge("mail_failed", "Mail that was given up");
        let mail_oldest_seconds = gauge("mail_oldest_seconds", "Age of the mail that waits longest");
        let backup_age_seconds = gauge("backup_age_seconds", "Age of the newest backup, -1 without one");
        let certificate_end =
            gauge("certificate_end_seconds", "Last day of the server's certificate, 0 without one");
        let log_lines_lost = gauge("log_lines_lost", "Lines of the log that could not be written");
        let disk_full = gauge("disk_full", "1 while the disk is so full that work is refused");
        let refused = Family::<Reason, Counter>::default();
        let requests = Family::<Route, Counter>::default();
        let seconds = Histogram::new(exponential_buckets(0.000_25, 2.0, 16));
        let statements = Counter::<u64, AtomicU64>::default();
        let writes_per_commit = Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0]);
        let job_last_run = Family::<JobLabel, Gauge>::default();
        let job_failed = Family::<JobLabel, Gauge>::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_seconds", "Time to answer a request", seconds.clone());
        registry.register("sql_statements", "SQL statements run", statements.clone());
        registry.register(
            "writes_per_commit",
            "Writes that shared one durable commit",
            writes_per_commit.clone(),
        );
        registry.register("job_last_run_seconds", "When a job last did something", job_last_run.clone());
        registry.register("job_failed", "1 while a job's last run failed", job_failed.clone());
        registry.register("refused", "What a limit turned away", refused.clone());
        Self {
            refused,
            log_lines_lost,
            disk_full,
            lately: Arc::default(),
            since: Instant::now(),
            requests,
            seconds,
            statements,
            writes_waiting,
            writes_per_commit,
            clock_doubted,
            readers_busy,
            resident_bytes,
            started,
            database_bytes,
            wal_bytes,
            documents_bytes,
            room_bytes,
            mail_waiting,
            mail_failed,
            mail_oldest_seconds,
            backup_age_seconds,
            certificate_end,
            job_last_run,
            job_failed,
            registry: Arc::new(registry),
        }
    }

    /// Counts what a limit turned away; `reason` is the limit's stable code.
    pub fn refuse(&self, reason: &'static str) {
        self.refuse_at(reason, self.since.elapsed());
    }

    /// What each limit turned away in the last hour.
    pub fn refused_lately(&self) -> Vec<(&'static str, u64)> {
        self.refused_before(self.since.elapsed())
    }

    fn refuse_at(&self, reason: &'static str, age: Duration) {
        self.refused.get_or_create(&Reason { reason }).inc();
        let minute = age.as_secs() / 60;
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        let minutes = lately.entry(reason).or_default();
        match minutes.back_mut() {
            Some((last, count)) if *last == minute => *count += 1,
            _ => minutes.push_back((minute, 1)),
        }
        while minutes.front().is_some_and(|(first, _)| first + LATELY <= minute) {
            minutes.pop_front();
        }
    }

    fn refused_before(&self, age: Duration) -> Vec<(&'static str, u64)> {
        let minute = age.as_secs() / 60;
        let lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = |minutes: &Minutes| {
            minutes.iter().filter(|(at, _)| at + LATELY > minute).map(|(_, count)| count).sum()
        };
        lately.iter().map(|(reason, minutes)| (*reason, sum(minutes))).collect()
    }

    /// The Prometheus text format.
    pub fn render(&self) -> String {
        let mut page = String::new();
        if text::encode(&mut page, &self.registry).is_err() {
            let _ = page.write_str("# EOF\n");
        }
        page
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Metrics;

    #[test]
    fn what_was_refused_is_counted_for_an_hour() {
        let metrics = Metrics::new();

        for minutes in [0, 0, 30, 59] {
            metrics.refuse_at("surcharge", Duration::from_secs(minutes * 60));
        }

        let count = |minutes: u64| metrics.refused_before(Duration::from_secs(minutes * 60));
        assert_eq!(count(59), [("surcharge", 4)]);
        assert_eq!(count(60), [("surcharge", 2)]);
        assert_eq!(count(119), [("surcharge", 0)]);
        assert!(metrics.render().contains("erp_refused_total{reason=\"surcharge\"} 4"));
    }
}
