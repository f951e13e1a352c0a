//! Figures for Prometheus.
//!
//! A label is one of four, and its values are fixed when the program is built
//! ([`Labels`] holds nothing else): no tenant, no path, no address.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, text};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use rustix::time::{ClockId, clock_gettime};

use crate::logs;

/// Who knows the figures of the rooms below: queue, workers, journal.
pub trait Figures: Send + Sync {
    /// The figures as they are now. Must not block: it is called on a thread
    /// that speaks with clients.
    fn read(&self) -> Vec<Figure>;
}

/// One figure. It has no labels, so that it can say nothing of a person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Its name, without the prefix `bonafide_`: lower-case letters and `_`.
    pub name: &'static str,
    /// What it means, in one sentence.
    pub help: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// Its value.
    pub value: f64,
}

/// How a figure moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only up, from the start of the process.
    Counter,
    /// Up and down.
    Gauge,
}

/// The type under which [`Metrics::text`] is to be sent.
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the histogram of durations, in seconds.
const BOUNDS: [f64; 13] =
    [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The labels of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Labels {
    pub(crate) interface: &'static str,
    pub(crate) method: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) code: &'static str,
}

/// The label of a histogram: each value costs as many lines as it has bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfInterface {
    interface: &'static str,
}

/// The label of what was refused before it was a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Cause {
    code: &'static str,
}

/// What the door counts.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    seconds: Family<OfInterface, Histogram>,
    refused: Family<Cause, Counter>,
    pub(crate) in_flight: Gauge<f64, AtomicU64>,
    pub(crate) connections: Gauge<f64, AtomicU64>,
}

impl Metrics {
    pub(crate) fn new(figures: Arc<dyn Figures>) -> Self {
        let mut registry = Registry::with_prefix("bonafide");
        let requests = Family::<Labels, Counter>::default();
        let seconds =
            Family::<OfInterface, Histogram>::new_with_constructor(|| Histogram::new(BOUNDS));
        let refused = Family::<Cause, Counter>::default();
        let (in_flight, connections) = (Gauge::default(), Gauge::default());
        registry.register("requests", "Requests that were answered", requests.clone());
        registry.register("request_seconds", "Time from head to answer", seconds.clone());
        registry.register(
            "refused",
            "Connections and requests that the door refused or cut off",
            refused.clone(),
        );
        registry.register("in_flight", "Requests being worked on", in_flight.clone());
        registry.register("connections", "Connections that are open", connections.clone());
        registry.register_collector(Box::new(Others(figures)));
        Self { registry, requests, seconds, refused, in_flight, connections }
    }

    /// A request was answered.
    pub(crate) fn answered(&self, labels: Labels, seconds: f64) {
        self.requests.get_or_create(&labels).inc();
        self.seconds.get_or_create(&OfInterface { interface: labels.interface }).observe(seconds);
    }

    /// Something was refused or cut off at the door.
    pub(crate) fn refused(&self, code: &'static str) {
        self.refused.get_or_create(&Cause { code }).inc();
    }

    /// All figures in the OpenMetrics text form.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// The figures of others, read when they are asked for.
struct Others(Arc<dyn Figures>);

impl fmt::Debug for Others {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Others")
    }
}

impl Collector for Others {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let own = process().into_iter().chain(logs::figures());
        for figure in own.chain(self.0.read()) {
            let value = figure.value;
            match figure.kind {
                Kind::Counter => put(&mut encoder, &figure, &ConstCounter::new(value))?,
                Kind::Gauge => put(&mut encoder, &figure, &ConstGauge::new(value))?,
            }
        }
        Ok(())
    }
}

fn put(
    encoder: &mut DescriptorEncoder,
    figure: &Figure,
    metric: &impl EncodeMetric,
) -> fmt::Result {
    let of = encoder.encode_descriptor(figure.name, figure.help, None, metric.metric_type())?;
    metric.encode(of)
}

/// What the process uses.
fn process() -> Vec<Figure> {
    let cpu = clock_gettime(ClockId::ProcessCPUTime);
    let cpu = Figure {
        name: "process_cpu_seconds",
        help: "Processor time that the process has used",
        kind: Kind::Counter,
        value: cpu.tv_sec as f64 + cpu.tv_nsec as f64 / 1e9,
    };
    let memory = resident_bytes().map(|bytes| Figure {
        name: "process_resident_memory_bytes",
        help: "Memory that the process holds",
        kind: Kind::Gauge,
        value: bytes,
    });
    [Some(cpu), memory].into_iter().flatten().collect()
}

/// Resident memory, where the system tells.
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Queue;

    impl Figures for Queue {
        fn read(&self) -> Vec<Figure> {
            let figure = |name, kind, value| Figure { name, help: "For the test", kind, value };
            vec![
                figure("pool_queue", Kind::Gauge, 3.0),
                figure("worker_restarts", Kind::Counter, 2.0),
            ]
        }
    }

    fn sample() -> String {
        let metrics = Metrics::new(Arc::new(Queue));
        let labels =
            Labels { interface: "documents.read", method: "POST", outcome: "ok", code: "" };
        metrics.answered(labels, 0.03);
        metrics.refused("overloaded");
        metrics.text().unwrap()
    }

    /// The names of all labels in a text.
    fn labels_of(text: &str) -> Vec<&str> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let sets = lines.filter_map(|line| line.split_once('{')?.1.rsplit_once('}'));
        let pairs = sets.flat_map(|(set, _)| set.split("\","));
        pairs.filter_map(|pair| pair.split_once('=')).map(|(name, _)| name).collect()
    }

    #[test]
    fn d16_labels_are_from_a_closed_list() {
        let text = sample();
        let labels = labels_of(&text);
        assert!(labels.len() > 10, "{text}");
        for label in labels {
            // `le` is the bound of a histogram's bucket.
            assert!(
                ["interface", "outcome", "code", "method", "le"].contains(&label),
                "{label} in {text}"
            );
        }
    }

    #[test]
    fn all_figures_are_there() {
        let text = sample();
        for line in [
            "bonafide_requests_total{interface=\"documents.read\",method=\"POST\",outcome=\"ok\",code=\"\"} 1",
            "bonafide_request_seconds_bucket{le=\"0.05\",interface=\"documents.read\"} 1",
            "bonafide_refused_total{code=\"overloaded\"} 1",
            "bonafide_in_flight 0.0",
            "bonafide_connections 0.0",
            "bonafide_pool_queue 3.0",
            "bonafide_worker_restarts_total 2.0",
            "bonafide_process_cpu_seconds_total",
            "bonafide_process_resident_memory_bytes",
            "bonafide_log_fields_dropped_total",
            "# EOF",
        ] {
            assert!(text.lines().any(|l| l.starts_with(line)), "{line} in {text}");
        }
    }
}
