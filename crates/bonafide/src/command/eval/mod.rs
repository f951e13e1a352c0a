//! `bonafide eval face|pad|document|reflect|risk`.

mod document;
mod reflect;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bonafide_context::{Clock, SystemClock};
use bonafide_eval::engines::Faces;
use bonafide_eval::protocol::{face, pad, risk};
use bonafide_eval::report::{self, About};
use bonafide_eval::{EvalError, Progress, Workers};
use bonafide_face::{Embedders, FaceEngine};
use bonafide_media::InProcess;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::Value;

use crate::failure::Failure;
use crate::house::assessor;
use crate::input;
use crate::output::{Answer, Global};
use crate::progress::Bar;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    protocol: Protocol,
}

#[derive(Subcommand)]
enum Protocol {
    /// Face comparison over labelled pairs (ISO/IEC 19795-1).
    Face {
        /// Table `img_a,img_b,same`, optionally `id_a,id_b`: all pairs are formed by these.
        #[arg(long, value_name = "CSV")]
        pairs: PathBuf,
        /// Which embedders [default: both if the second is installed].
        #[arg(long, value_enum)]
        embedders: Option<EmbeddersArgument>,
        #[command(flatten)]
        common: Common,
    },
    /// Passive presentation-attack detection (ISO/IEC 30107-3).
    Pad {
        /// Manifest; rows of kind `pad`, label `live` or `spoof_…`.
        #[arg(long, value_name = "CSV")]
        manifest: PathBuf,
        #[command(flatten)]
        common: Common,
    },
    /// Reflective liveness on simulated recordings (in the terms of ISO/IEC 30107-3).
    Reflect(reflect::Arguments),
    /// Risk signals of phone numbers and e-mail addresses.
    Risk {
        /// Folder with phone_examples.csv, email_isemail.csv and disposable_domains.txt.
        #[arg(long, value_name = "DIR")]
        contact: PathBuf,
    },
    /// Document reading, on pictures of a manifest or on rendered specimens.
    Document(document::Arguments),
}

#[derive(Args)]
struct Common {
    /// Folder that the table's paths start from.
    #[arg(long, value_name = "DIR")]
    root: PathBuf,
    /// Also write a page with figures and plots to this folder.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum EmbeddersArgument {
    Sface,
    Fused,
}

impl From<EvalError> for Failure {
    fn from(error: EvalError) -> Self {
        match error {
            EvalError::File { .. } => Self::caller("file_unreadable", error),
            EvalError::Columns { .. } | EvalError::Row { .. } | EvalError::NoRows { .. } => {
                Self::caller("table_unusable", error)
            }
            _ => Self::ours("evaluation_failed", error),
        }
    }
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Answer, Failure> {
    let models = input::models(global)?;
    let runtime = models.engine();
    let decoder = Arc::new(InProcess::default());
    let workers = Workers::all_cores();
    let bar = Bar::new();
    let mut progress = |p: Progress| bar.show(p);
    let (answer, page, common) = match &arguments.protocol {
        Protocol::Face { pairs, embedders, common } => {
            let engine = match embedders {
                Some(EmbeddersArgument::Sface) => {
                    FaceEngine::with_embedders(models, Embedders::Sface)
                }
                Some(EmbeddersArgument::Fused) => {
                    FaceEngine::with_embedders(models, Embedders::Fused)
                }
                None => FaceEngine::new(models),
            };
            let faces = Faces { engine, decoder, runtime };
            let figures = face::run(&faces, pairs, &common.root, workers, &mut progress)?;
            let page = common.report.is_some().then(|| report::face(&figures, &about("face")));
            (Answer::new(&figures, String::new())?, page, common)
        }
        Protocol::Pad { manifest, common } => {
            let faces = Faces { engine: FaceEngine::new(models), decoder, runtime };
            let figures = pad::run(&faces, manifest, &common.root, workers, &mut progress)?;
            let page = common.report.is_some().then(|| report::pad(&figures, &about("pad")));
            (Answer::new(&figures, String::new())?, page, common)
        }
        Protocol::Document(arguments) => return document::run(arguments, global),
        Protocol::Reflect(arguments) => return reflect::run(arguments, global),
        Protocol::Risk { contact } => {
            let figures = risk::run(&assessor(&global.models_folder())?, contact)?;
            bar.clear();
            return finish(Answer::new(&figures, String::new())?, None, None);
        }
    };
    bar.clear();
    finish(answer, common.report.as_deref(), page)
}

/// Writes the page, if one is wanted, and the figures as text.
fn finish(
    mut answer: Answer,
    report: Option<&Path>,
    page: Option<String>,
) -> Result<Answer, Failure> {
    let written = match (report, page) {
        (Some(folder), Some(page)) => Some(report::write(folder, &page)?),
        _ => None,
    };
    answer.text = text(&answer.json, written.as_deref());
    Ok(answer)
}

/// The command as it was given, the version and the day.
fn about(protocol: &str) -> About {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let command = if given.is_empty() { protocol.to_owned() } else { given.join(" ") };
    About {
        command: format!("bonafide {command}"),
        date: SystemClock::start().today(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// The figures that are single values, one a line; lists stay in the JSON.
fn text(json: &str, report: Option<&Path>) -> String {
    let mut text = String::new();
    let figures = serde_json::from_str(json).unwrap_or(Value::Null);
    flatten(&mut text, "", &figures);
    if let Some(path) = report {
        let _ = writeln!(text, "report: {}", path.display());
    }
    text
}

fn flatten(text: &mut String, path: &str, value: &Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(text, &path, value);
            }
        }
        Value::Array(_) | Value::Null => {}
        value => {
            let _ = writeln!(text, "{path:<44} {value}");
        }
    }
}
