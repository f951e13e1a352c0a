//! A load generator: requests at a rate, or as fast as so many connections go.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bonafide_context::{Clock, SystemClock};
use bonafide_outbound::{Client, Request};
use serde::Serialize;
use tokio::task::JoinSet;

/// How requests come.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pattern {
    /// So many connections, each with its next request as soon as it has an
    /// answer: what the server can do.
    Closed { connections: usize },
    /// One request every so often, whether the ones before it were answered or
    /// not: what users do. Latency counts from the moment a request was due.
    Open { per_second: f64 },
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Load {
    /// Requests that were answered, whatever the answer.
    pub(super) answered: u64,
    /// Requests without an answer: connection refused, broken, out of time.
    pub(super) broken: u64,
    /// How many answers had which status.
    pub(super) statuses: BTreeMap<u16, u64>,
    /// Answers of status 200 a second, over the time until the last answer.
    pub(super) ok_per_second: f64,
    /// Latency of answers of status 200, in milliseconds.
    pub(super) ok_ms: Latency,
    /// Latency of refusals (429, 503), in milliseconds.
    pub(super) refused_ms: Latency,
}

/// Quantiles of a set of latencies, in milliseconds; zeros for an empty set.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Latency {
    pub(super) n: usize,
    pub(super) median: f64,
    pub(super) p99: f64,
    pub(super) max: f64,
}

/// Sends copies of `request` for `duration` (or until `most` were sent) and
/// waits for every answer.
pub(super) async fn run(
    client: &Client,
    request: &Request,
    pattern: Pattern,
    duration: Duration,
    most: Option<u64>,
) -> Load {
    let over = Arc::new(AtomicBool::new(false));
    work(client, request, (pattern, duration, most), &over).await
}

/// The same until somebody says that it is over.
pub(super) async fn until(
    client: &Client,
    request: &Request,
    pattern: Pattern,
    over: &Arc<AtomicBool>,
) -> Load {
    work(client, request, (pattern, Duration::MAX, None), over).await
}

async fn work(
    client: &Client,
    request: &Request,
    (pattern, duration, most): (Pattern, Duration, Option<u64>),
    over: &Arc<AtomicBool>,
) -> Load {
    let clock = SystemClock::start();
    let sent = Arc::new(AtomicU64::new(0));
    let may_send = {
        let (sent, over) = (sent.clone(), over.clone());
        move || {
            let within = clock.elapsed() < duration && !over.load(Ordering::Relaxed);
            within && most.is_none_or(|most| sent.fetch_add(1, Ordering::Relaxed) < most)
        }
    };
    let mut tasks: JoinSet<Vec<Sample>> = JoinSet::new();
    match pattern {
        Pattern::Closed { connections } => {
            for _ in 0..connections {
                let (client, request, may_send) =
                    (client.clone(), request.clone(), may_send.clone());
                tasks.spawn(async move {
                    let mut samples = Vec::new();
                    while may_send() {
                        let due = clock.elapsed();
                        samples.push(sample(&client, request.clone(), clock, due).await);
                    }
                    samples
                });
            }
        }
        Pattern::Open { per_second } => {
            let gap = Duration::from_secs_f64(1.0 / per_second.max(0.001));
            let mut ticks = tokio::time::interval(gap);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
            let mut due = Duration::ZERO;
            while may_send() {
                ticks.tick().await;
                let (client, request) = (client.clone(), request.clone());
                tasks.spawn(async move { vec![sample(&client, request, clock, due).await] });
                due += gap;
            }
        }
    }
    let samples: Vec<Sample> = tasks.join_all().await.into_iter().flatten().collect();
    summary(&samples, clock.elapsed())
}

/// One request's fate.
struct Sample {
    status: Option<u16>,
    took: Duration,
}

async fn sample(client: &Client, request: Request, clock: SystemClock, due: Duration) -> Sample {
    let status = client.send(request).await.ok().map(|answer| answer.status);
    Sample { status, took: clock.elapsed().saturating_sub(due) }
}

fn summary(samples: &[Sample], took: Duration) -> Load {
    let mut statuses = BTreeMap::new();
    for status in samples.iter().filter_map(|sample| sample.status) {
        *statuses.entry(status).or_insert(0) += 1;
    }
    let latency = |wanted: &[u16]| {
        let of = samples.iter().filter(|s| s.status.is_some_and(|status| wanted.contains(&status)));
        Latency::of(of.map(|sample| sample.took.as_secs_f64() * 1e3).collect())
    };
    let answered = samples.iter().filter(|sample| sample.status.is_some()).count() as u64;
    Load {
        answered,
        broken: samples.len() as u64 - answered,
        ok_per_second: statuses.get(&200).copied().unwrap_or(0) as f64 / took.as_secs_f64(),
        statuses,
        ok_ms: latency(&[200]),
        refused_ms: latency(&[429, 503]),
    }
}

impl Latency {
    pub(super) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        // Nearest rank.
        let quantile = |q: f64| {
            let rank = (q * values.len() as f64).ceil() as usize;
            values.get(rank.max(1) - 1).copied().unwrap_or_default()
        };
        Self { n: values.len(), median: quantile(0.5), p99: quantile(0.99), max: quantile(1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_nearest_ranks() {
        let latency = Latency::of((1..=200).map(f64::from).collect());
        assert_eq!((latency.median, latency.p99, latency.max), (100.0, 198.0, 200.0));
        assert_eq!(Latency::of(Vec::new()).max, 0.0);
    }

    #[test]
    fn only_answers_of_200_count_as_throughput() {
        let sample = |status, ms| Sample { status, took: Duration::from_millis(ms) };
        let load = summary(
            &[sample(Some(200), 10), sample(Some(429), 1), sample(None, 5), sample(Some(200), 20)],
            Duration::from_secs(2),
        );
        assert_eq!((load.answered, load.broken), (3, 1));
        assert_eq!(load.ok_per_second, 1.0);
        assert_eq!((load.ok_ms.n, load.refused_ms.n), (2, 1));
        assert_eq!(load.statuses, BTreeMap::from([(200, 2), (429, 1)]));
    }
}
