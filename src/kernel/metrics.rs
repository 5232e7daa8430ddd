//! Counters that `/metrics` shows in the Prometheus text format.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Instant;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

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
    /// Who was told that there is no place.
    pub refused: Refused,
    registry: Arc<Registry>,
}

/// What may be full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub enum Limit {
    Connections,
    Streams,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct LimitLabel {
    pub limit: Limit,
}

/// Refusals for lack of a place: all of them, and those of the last hour; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Refused {
    all: Family<LimitLabel, Counter>,
    /// By minute since the first, oldest first; as many entries as minutes are remembered, at most.
    recent: Arc<Mutex<VecDeque<(Limit, u64, u64)>>>,
}

impl Refused {
    /// For how long "recently" is.
    const MINUTES: u64 = 60;

    pub fn count(&self, limit: Limit) {
        self.all.get_or_create(&LimitLabel { limit }).inc();
        self.count_at(limit, minute());
    }

    /// How many there were in the last hour.
    pub fn in_the_last_hour(&self, limit: Limit) -> u64 {
        self.since(limit, minute().saturating_sub(Self::MINUTES))
    }

    fn count_at(&self, limit: Limit, minute: u64) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.retain(|(_, then, _)| then + Self::MINUTES > minute);
        match recent.iter_mut().find(|(of, then, _)| (*of, *then) == (limit, minute)) {
            Some((.., count)) => *count += 1,
            None => recent.push_back((limit, minute, 1)),
        }
    }

    fn since(&self, limit: Limit, minute: u64) -> u64 {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = recent.iter().filter(|(of, then, _)| *of == limit && *then >= minute);
        counted.map(|(.., count)| count).sum()
    }
}

/// Minutes of the process, whatever the wall clock says.
fn minute() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs() / 60
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
        let refused = Refused::default();
        registry.register("refused", "Connections and streams that found no place", refused.all.clone());
        registry.register("job_failed", "1 while a job's last run failed", job_failed.clone());
        Self {
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
            refused,
            registry: Arc::new(registry),
        }
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
    use super::{Limit, Refused};

    #[test]
    fn refusals_are_remembered_for_an_hour_and_no_longer() {
        let refused = Refused::default();
        for (limit, minute) in [(Limit::Connections, 0), (Limit::Connections, 0), (Limit::Streams, 30)] {
            refused.count_at(limit, minute);
        }
        assert_eq!((refused.since(Limit::Connections, 0), refused.since(Limit::Streams, 0)), (2, 1));

        refused.count_at(Limit::Connections, 61);
        assert_eq!((refused.since(Limit::Connections, 0), refused.since(Limit::Streams, 0)), (1, 1));
    }
}
