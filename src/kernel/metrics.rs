//! Counters that `/metrics` shows in the Prometheus text format.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::{EncodeLabelSet, text};
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
    registry: Arc<Registry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Route {
    pub method: &'static str,
    /// The pattern, never the address: a label must not grow with the data.
    pub route: String,
    pub status: u16,
}

impl Metrics {
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("erp");
        let requests = Family::<Route, Counter>::default();
        let seconds = Histogram::new(exponential_buckets(0.000_25, 2.0, 16));
        let statements = Counter::<u64, AtomicU64>::default();
        let writes_waiting = Gauge::default();
        let writes_per_commit = Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0]);
        let clock_doubted = Gauge::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_seconds", "Time to answer a request", seconds.clone());
        registry.register("sql_statements", "SQL statements run", statements.clone());
        registry.register("writes_waiting", "Writes waiting for the writer thread", writes_waiting.clone());
        registry.register(
            "writes_per_commit",
            "Writes that shared one durable commit",
            writes_per_commit.clone(),
        );
        registry.register(
            "clock_doubted",
            "1 while the wall clock is doubted and dated jobs wait",
            clock_doubted.clone(),
        );
        Self {
            requests,
            seconds,
            statements,
            writes_waiting,
            writes_per_commit,
            clock_doubted,
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
