//! What the server writes of itself, line by line.

use std::sync::Arc;

use bonafide_context::Clock;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Traces;

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
pub struct Logs {}

impl Logs {
    /// Starts logging and, if there are `traces`, recording spans. Once in a
    /// process; when something else already listens to `tracing`, nothing is
    /// changed and this returns `None`.
    pub fn start(
        _settings: &LogSettings,
        _traces: Option<&Traces>,
        _clock: Arc<dyn Clock>,
    ) -> Option<Self> {
        todo!()
    }

    /// Another level from now on.
    pub fn set_level(&self, _level: LogLevel) {
        todo!()
    }
}

/// How many fields and lines were dropped.
pub(crate) fn figures() -> Vec<crate::Figure> {
    vec![crate::Figure {
        name: "log_fields_dropped",
        help: "x",
        kind: crate::Kind::Counter,
        value: 0.0,
    }]
}
