//! `bonafide document read`.

use std::fmt::Write;
use std::path::PathBuf;

use bonafide_context::{Clock, Date, SystemClock};
use bonafide_document::{Outcome, Reading, Source};
use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::input;
use crate::output::{Answer, BAD, BOLD, DIM, GOOD, Global, WARN, code, paint};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Read an identity document from a photo or scan of it.
    Read {
        /// The front, or the data page.
        image: PathBuf,
        /// The back, where the document has one.
        #[arg(long, value_name = "IMG")]
        back: Option<PathBuf>,
        /// Judge expiry and centuries as of this day [default: today].
        #[arg(long, value_name = "YYYY-MM-DD")]
        today: Option<Date>,
    },
    /// List the documents that are read: fields, scripts, and on what each was measured.
    Types,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Answer, Failure> {
    let (image, back, today) = match &arguments.action {
        Action::Read { image, back, today } => (image, back, today),
        Action::Types => return types(),
    };
    let front = input::picture(image)?;
    let back = back.as_deref().map(input::picture).transpose()?;
    let today = today.unwrap_or_else(|| SystemClock::start().today());
    let reader = input::document_reader(&input::models(global)?);
    let reading = reader.read(&front, back.as_ref(), today)?;
    Answer::new(&reading, text(&reading))
}

fn types() -> Result<Answer, Failure> {
    let list = bonafide_verify::document_types::list()
        .map_err(|error| Failure::ours("types_unusable", error))?;
    let mut text = String::new();
    for info in &list.document_types {
        let measured = code(&info.measured).replace('_', " ");
        let _ = writeln!(text, "{}  {}", paint(BOLD, &info.id), info.title);
        let scripts: Vec<String> = info.scripts.iter().map(code).collect();
        let _ = writeln!(
            text,
            "  {}",
            paint(DIM, format!("{}; measured on: {measured}", scripts.join(", ")))
        );
        for side in &info.sides {
            let fields: Vec<&str> = side.fields.iter().map(|field| field.name.name()).collect();
            let _ = writeln!(text, "  {:<6}{}", code(&side.name), fields.join(", "));
        }
    }
    Answer::new(&list, text)
}

/// The reading for a person.
pub(crate) fn text(reading: &Reading) -> String {
    let mut text = String::new();
    let issuer = reading.issuer.as_deref().map_or(String::new(), |i| format!(" of {i}"));
    let _ = writeln!(
        text,
        "{}{issuer}  {}",
        paint(BOLD, code(&reading.kind).replace('_', " ")),
        paint(DIM, &reading.document_type.0)
    );
    for (name, field) in &reading.fields {
        let agreement = match (field.source, field.agrees) {
            (_, Some(false)) => paint(BAD, "zones differ"),
            (Source::Both, _) => paint(GOOD, "both zones agree"),
            (Source::Mrz, _) => paint(DIM, "machine-readable zone"),
            (Source::Rectified, _) => paint(DIM, "put right"),
            (Source::Viz, _) => paint(DIM, "visual zone"),
        };
        let label = name.name().replace('_', " ");
        let _ = writeln!(text, "  {label:<16}{}  {agreement}", field.value);
    }
    if let Some(mrz) = &reading.mrz {
        for line in &mrz.lines {
            let _ = writeln!(text, "  {}", paint(DIM, line));
        }
        let checks: Vec<String> = mrz
            .checks
            .iter()
            .map(|(name, holds)| {
                let mark = if *holds { paint(GOOD, "✓") } else { paint(BAD, "✗") };
                format!("{mark} {}", name.replace('_', " "))
            })
            .collect();
        let verdict = if mrz.valid { paint(GOOD, "valid") } else { paint(BAD, "read, not valid") };
        let _ = writeln!(text, "  {} {verdict}  {}", mrz.format, checks.join("  "));
    }
    for check in &reading.checks {
        let name = check.name.name().replace('_', " ");
        let _ = match check.outcome {
            Outcome::Agree => writeln!(text, "  {} {name}", paint(GOOD, "✓")),
            Outcome::Differ => writeln!(text, "  {} {name}", paint(BAD, "✗")),
            Outcome::Unavailable => Ok(()),
        };
    }
    for warning in &reading.warnings {
        let _ = writeln!(text, "  {} {}", paint(WARN, "!"), code(warning).replace('_', " "));
    }
    text
}
