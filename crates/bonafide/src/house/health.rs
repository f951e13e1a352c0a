//! How the house is, for `/health` and `/metrics`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bonafide_ledger::LogIndex;
use bonafide_media::worker::WorkerPool;
use bonafide_server::{Component, Figure, Figures, Health, Kind, State};
use bonafide_vault::{Objects, Overdue, Records};
use bonafide_verify::App;
use bonafide_verify::witnesses::{Alarm, Standing, Witnesses};

use super::House;

/// Looks at every store and at how far untrusted pictures are shut in.
pub(crate) struct Wellbeing {
    records: Arc<dyn Records>,
    keys: Arc<dyn Records>,
    objects: Arc<dyn Objects>,
    index: Arc<dyn LogIndex>,
    decoder: Arc<WorkerPool>,
    app: Arc<App>,
    /// Who signs the transparency log.
    witnesses: Arc<Witnesses>,
    /// What takes a query to find out, as of the last look at health.
    journalled: AtomicU64,
    /// The same of destructions.
    unlogged: AtomicU64,
    /// The same of deadlines: items overdue, by how many milliseconds, and bytes
    /// that wait to be removed.
    overdue: [AtomicU64; 3],
    /// The same of lines of the deletion journal.
    unjournalled: AtomicU64,
}

impl Wellbeing {
    /// Looks at each part.
    async fn check(&self) -> Vec<Component> {
        let (records, keys, objects, index, lag, unlogged, overdue, unjournalled) = tokio::join!(
            self.records.check(),
            self.keys.check(),
            self.objects.check(),
            self.index.check(),
            self.app.ledger().lag(),
            self.app.vault().unlogged(),
            self.app.vault().overdue(),
            self.app.vault().unjournalled(),
        );
        if let Ok(lag) = lag {
            self.journalled.store(lag.calls, Ordering::Relaxed);
        }
        if let Ok((events, _)) = unlogged {
            self.unlogged.store(events, Ordering::Relaxed);
        }
        if let Ok(lines) = unjournalled {
            self.unjournalled.store(lines, Ordering::Relaxed);
        }
        // What cannot be counted is no reason to be content.
        let mut in_time = false;
        if let Ok(overdue) = overdue {
            in_time = !overdue.is_alarming();
            let [items, lag, pending] = &self.overdue;
            items.store(overdue.items, Ordering::Relaxed);
            lag.store(overdue.lag_ms, Ordering::Relaxed);
            pending.store(overdue.pending, Ordering::Relaxed);
        }
        let checked = !self.app.vault().is_unchecked();
        let isolation = self.decoder.isolation();
        vec![
            needed("records", records.is_ok()),
            needed("keys", keys.is_ok()),
            needed("objects", objects.is_ok()),
            // What is overdue is unreadable, and has to go nevertheless.
            degraded("retention", in_time, "overdue"),
            degraded("restore", checked, "restore_unchecked"),
            witnessed(&self.witnesses.standing()),
            // Without it the journal keeps what is to be written.
            Component { needed: false, ..degraded("operation_log", index.is_ok(), "no_answer") },
            Component {
                needed: false,
                ..degraded("isolation", isolation.is_complete(), missing(&isolation.missing()))
            },
        ]
    }
}

/// Whether those who sign the log sign this one. Where there are none there is
/// nothing to be wrong with.
fn witnessed(standing: &Standing) -> Component {
    let code = match standing {
        Standing { alarm: Some(alarm), .. } => alarm.as_str(),
        Standing { silent: true, .. } => "no_answer",
        _ => "ok",
    };
    degraded("witnesses", code == "ok", code)
}

fn needed(name: &'static str, works: bool) -> Component {
    let (state, code) = if works { (State::Ok, "ok") } else { (State::Down, "no_answer") };
    Component { name, state, code, needed: true }
}

fn degraded(name: &'static str, works: bool, code: &'static str) -> Component {
    let (state, code) = if works { (State::Ok, "ok") } else { (State::Degraded, code) };
    Component { name, state, code, needed: false }
}

/// The gravest of what the kernel lacks, as a code.
fn missing(parts: &[&'static str]) -> &'static str {
    match parts.first() {
        Some(&"seccomp") => "no_seccomp",
        Some(&"landlock") => "no_landlock",
        Some(&"rlimits") => "no_rlimits",
        Some(_) => "no_process_limits",
        None => "ok",
    }
}

impl Wellbeing {
    /// Nothing was looked at yet.
    pub(crate) fn new(
        house: &House,
        index: Arc<dyn LogIndex>,
        decoder: Arc<WorkerPool>,
        app: Arc<App>,
        witnesses: Arc<Witnesses>,
    ) -> Self {
        Self {
            records: house.stores.records.clone(),
            keys: house.stores.keys.clone(),
            objects: house.stores.objects.objects(),
            index,
            decoder,
            app,
            witnesses,
            journalled: AtomicU64::new(0),
            unlogged: AtomicU64::new(0),
            overdue: Default::default(),
            unjournalled: AtomicU64::new(0),
        }
    }

    /// What the houses of a server have in common.
    fn common(&self) -> Vec<Figure> {
        let load = self.app.pool().load();
        let workers = self.decoder.stats();
        vec![
            gauge("pool_admitted", "Jobs let in and not finished.", load.admitted as u64),
            gauge("pool_places", "Jobs that may be let in at a time.", load.places as u64),
            counter(
                "pool_refused_total",
                "Jobs refused because every place was taken.",
                load.refused,
            ),
            counter("pool_done_total", "Jobs done.", load.done),
            counter("pool_panicked_total", "Jobs that failed inside.", load.panicked),
            gauge("decoders_alive", "Processes that decode pictures.", workers.alive),
            counter("decoders_started_total", "Decoder processes started.", workers.started),
            counter(
                "decoders_crashed_total",
                "Decoder processes that died at work.",
                workers.crashed,
            ),
            counter(
                "decoders_timed_out_total",
                "Decoder processes killed for slowness.",
                workers.timed_out,
            ),
        ]
    }

    /// What each has for itself.
    fn own(&self) -> Vec<Figure> {
        let ledger = self.app.ledger().figures();
        let [overdue, lag, pending] = self.overdue.each_ref().map(|n| n.load(Ordering::Relaxed));
        let standing = self.witnesses.standing();
        let said = |alarm: Alarm| u64::from(standing.alarm == Some(alarm));
        vec![
            counter(
                "calls_abandoned_total",
                "Calls dropped without being closed.",
                ledger.abandoned,
            ),
            gauge("traces_waiting", "Traces of failed calls that wait to be written.", ledger.late),
            counter("traces_lost_total", "Traces that could not be kept.", ledger.lost),
            gauge(
                "journal_calls",
                "Calls whose steps are not in the operation log's index yet.",
                self.journalled.load(Ordering::Relaxed),
            ),
            gauge("retention_overdue", "Items that are due and not removed yet.", overdue),
            gauge(
                "retention_lag_ms",
                "How long ago the first item that is overdue became due.",
                lag,
            ),
            gauge(
                "retention_alarm",
                "Whether items are overdue for so long that somebody should look.",
                u64::from(lag >= Overdue::ALARM_MS),
            ),
            gauge(
                "removals_pending",
                "Objects whose rows are gone and whose bytes are not.",
                pending,
            ),
            gauge(
                "restore_unchecked",
                "Whether restored records wait to be checked, and personal data is not served.",
                u64::from(self.app.vault().is_unchecked()),
            ),
            gauge(
                "deletions_unjournalled",
                "Lines of the deletion journal that the key store does not have yet.",
                self.unjournalled.load(Ordering::Relaxed),
            ),
            gauge(
                "witnesses",
                "Witnesses that are to sign the transparency log.",
                standing.witnesses,
            ),
            gauge(
                "witnesses_behind",
                "Witnesses that have not signed its newest checkpoint.",
                standing.behind,
            ),
            gauge(
                "witness_alarm_rolled_back",
                "Whether a witness has seen a longer log than there is: somebody should look.",
                said(Alarm::RolledBack),
            ),
            gauge(
                "witness_alarm_split_view",
                "Whether a witness has seen another history of the log: somebody should look.",
                said(Alarm::SplitView),
            ),
            gauge(
                "deletions_unlogged",
                "Destructions of personal data that are not in the transparency log yet.",
                self.unlogged.load(Ordering::Relaxed),
            ),
        ]
    }
}

const fn gauge(name: &'static str, help: &'static str, value: u64) -> Figure {
    Figure { name, help, kind: Kind::Gauge, value: value as f64 }
}

const fn counter(name: &'static str, help: &'static str, value: u64) -> Figure {
    Figure { name, help, kind: Kind::Counter, value: value as f64 }
}

/// How all houses of a server are: the server is as well as the worst of them.
pub(crate) struct Wellbeings(pub(crate) Vec<Arc<Wellbeing>>);

/// Of these the greatest tells how the server is; others are counted together.
const GREATEST: [&str; 5] = [
    "retention_lag_ms",
    "retention_alarm",
    "restore_unchecked",
    "witness_alarm_rolled_back",
    "witness_alarm_split_view",
];

#[async_trait]
impl Health for Wellbeings {
    async fn check(&self) -> Vec<Component> {
        let looks = self.0.iter().map(|house| house.check());
        let mut worst: Vec<Component> = Vec::new();
        for component in futures_util::future::join_all(looks).await.into_iter().flatten() {
            match worst.iter_mut().find(|known| known.name == component.name) {
                Some(known) if component.state > known.state => *known = component,
                Some(_) => {}
                None => worst.push(component),
            }
        }
        worst
    }
}

impl Figures for Wellbeings {
    fn read(&self) -> Vec<Figure> {
        let mut all: Vec<Figure> = self.0.first().map(|one| one.common()).unwrap_or_default();
        for figure in self.0.iter().flat_map(|house| house.own()) {
            match all.iter_mut().find(|known| known.name == figure.name) {
                Some(known) if GREATEST.contains(&figure.name) => {
                    known.value = known.value.max(figure.value);
                }
                Some(known) => known.value += figure.value,
                None => all.push(figure),
            }
        }
        all
    }
}
