//! What a command prints: one JSON object on standard output, or a text for a
//! person; everything else goes to standard error.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anstyle::AnsiColor;
pub(crate) use anstyle::Style;
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use crate::failure::{Failure, Fault};

/// What every command understands.
#[derive(Args)]
pub(crate) struct Global {
    /// Print one JSON object on standard output.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Folder of the model weights [default: BONAFIDE_MODELS, else
    /// bonafide/models in the user's cache folder].
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) models: Option<PathBuf>,
}

impl Global {
    pub(crate) fn models_folder(&self) -> PathBuf {
        self.models.clone().unwrap_or_else(bonafide_inference::store::default_folder)
    }
}

/// What a command found, in both forms.
pub(crate) struct Answer {
    /// One JSON object.
    pub(crate) json: String,
    pub(crate) text: String,
    /// Whether the job ran; if not the exit status is 1.
    pub(crate) done: bool,
}

impl Answer {
    /// `value` in the order and precision of its own fields, which a detour over
    /// a tree of values would lose.
    pub(crate) fn new(value: &impl Serialize, text: String) -> Result<Self, Failure> {
        let json = serde_json::to_string(value).map_err(|error| Failure::ours("no_json", error))?;
        Ok(Self { json, text, done: true })
    }
}

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();

/// `text` in `style`, for terminals that show it.
pub(crate) fn paint(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// The code of a reason, warning or kind, as the JSON spells it.
pub(crate) fn code(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(code)) => code,
        _ => String::new(),
    }
}

/// Prints the answer or the failure and says how the process ends.
pub(crate) fn finish(global: &Global, result: Result<Answer, Failure>) -> ExitCode {
    let mut out = anstream::stdout().lock();
    let (written, code) = match result {
        Ok(answer) if global.json => (writeln!(out, "{}", answer.json), u8::from(!answer.done)),
        Ok(answer) => (writeln!(out, "{}", answer.text.trim_end()), u8::from(!answer.done)),
        Err(failure) => {
            let code = if failure.fault == Fault::Caller { 2 } else { 1 };
            if global.json {
                (writeln!(out, "{}", json!({ "error": failure })), code)
            } else {
                let mut err = anstream::stderr().lock();
                (writeln!(err, "{} {}", paint(BAD, "error:"), failure.message), code)
            }
        }
    };
    // A reader that closed the pipe (`| head`) has what it wanted.
    match written {
        Ok(()) => ExitCode::from(code),
        Err(_) => ExitCode::from(code.max(1)),
    }
}

/// Prints what clap has to say: help and version as they are, a wrong usage in
/// the form that was asked for.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return if error.print().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    if std::env::args_os().any(|a| a == "--json") {
        let message = error.render().to_string();
        let first = message.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let failure = Failure::caller("usage", first);
        let mut out = anstream::stdout().lock();
        if writeln!(out, "{}", json!({ "error": failure })).is_err() {
            return ExitCode::FAILURE;
        }
    }
    if error.print().is_err() {
        return ExitCode::FAILURE;
    }
    ExitCode::from(2)
}
