//! What the server writes of itself, line by line.
//!
//! Nothing that came from outside can stand in a line. Three fences see to it:
//! a field must be on a closed list of names; its value must be a number, a
//! call id, or text that lies in the program itself ([`image`]); what a
//! dependency wants to say is cut to level, target and place in its source.

mod fence;
mod image;
mod line;
mod writer;

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bonafide_context::Clock;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::reload;

pub(crate) use fence::{Fact, Fence};
use line::Lines;
use writer::Writer;

use crate::{Figure, Kind, Traces};

/// What is logged, and in which form. Always to standard error, never anything
/// personal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// The least important lines that are still written.
    pub level: LogLevel,
    /// The form of a line.
    pub format: LogFormat,
}

/// How important a line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// Something does not work.
    Error,
    /// Something works less well than it should.
    Warn,
    /// What an operator wants to know.
    #[default]
    Info,
    /// Every request.
    Debug,
    /// Every step.
    Trace,
}

/// The form of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    #[default]
    Auto,
    /// One JSON object a line.
    Json,
    /// For people to read.
    Text,
}

/// The log of this process; what is still unwritten is written when it is
/// dropped.
pub struct Logs {
    filter: reload::Handle<Targets, Registry>,
    writer: Arc<Writer>,
}

impl Logs {
    /// Starts logging to standard error and, if there are `traces`, recording
    /// spans. Once in a process; when something else already listens to
    /// `tracing`, nothing is changed and this returns `None`.
    ///
    /// A panic is logged by its place alone: its message may quote what it
    /// failed on.
    pub fn start(
        settings: &LogSettings,
        traces: Option<&Traces>,
        clock: Arc<dyn Clock>,
    ) -> Option<Self> {
        Self::start_to(Box::new(io::stderr()), settings, traces, clock)
    }

    /// The same, with lines written to `out`.
    pub fn start_to(
        out: Box<dyn Write + Send>,
        settings: &LogSettings,
        traces: Option<&Traces>,
        clock: Arc<dyn Clock>,
    ) -> Option<Self> {
        let json = match settings.format {
            LogFormat::Auto => !io::stderr().is_terminal(),
            LogFormat::Json => true,
            LogFormat::Text => false,
        };
        let writer = Arc::new(Writer::start(out)?);
        let lines = Lines::new(json, clock, Arc::clone(&writer));
        let (filter, handle) = reload::Layer::new(targets(settings.level));
        let subscriber = Registry::default()
            .with(lines.with_filter(filter))
            .with(traces.map(|traces| traces.layer().with_filter(own(LevelFilter::INFO))));
        tracing::subscriber::set_global_default(subscriber).ok()?;
        std::panic::set_hook(Box::new(|panic| {
            let (file, line) = panic.location().map_or(("", 0), |at| (at.file(), at.line()));
            tracing::error!(name: "panic", file, line, "a panic: one call fails");
        }));
        Some(Self { filter: handle, writer })
    }

    /// Another level from now on.
    pub fn set_level(&self, level: LogLevel) {
        // Fails only when nothing logs any more.
        let _ = self.filter.reload(targets(level));
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        self.writer.flush();
    }
}

/// Whether a target is one of our own rooms.
pub(crate) fn is_own(target: &str) -> bool {
    target.starts_with(OWN)
}

/// How the targets of our own rooms begin.
const OWN: &str = "bonafide";

/// Our own rooms from `level` on, others from warnings on.
fn targets(level: LogLevel) -> Targets {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    own(level).with_default(level.min(LevelFilter::WARN))
}

fn own(level: LevelFilter) -> Targets {
    Targets::new().with_target(OWN, level)
}

/// Fields, or parts of them, that were kept out of lines and spans.
static FIELDS_DROPPED: AtomicU64 = AtomicU64::new(0);
/// Lines that were dropped because they came faster than they could be written.
static LINES_DROPPED: AtomicU64 = AtomicU64::new(0);

/// How much was dropped.
pub(crate) fn figures() -> Vec<Figure> {
    let count = |name, help, of: &AtomicU64| Figure {
        name,
        help,
        kind: Kind::Counter,
        value: of.load(Ordering::Relaxed) as f64,
    };
    vec![
        count("log_fields_dropped", "Fields that were kept out of the log", &FIELDS_DROPPED),
        count("log_lines_dropped", "Lines that came faster than they were written", &LINES_DROPPED),
    ]
}
