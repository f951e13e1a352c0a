//! `bonafide risk explain`.

use std::fmt::Write;
use std::io::Read;
use std::path::PathBuf;

use bonafide_context::Sensitive;
use bonafide_risk::{Assessment, Contribution, NoDns, NoSources, Request, Risk};
use clap::Args;
use serde::Serialize;

use crate::failure::Failure;
use crate::house::assessor;
use crate::output::{Answer, BOLD, DIM, Global, paint};

/// No request is longer, in bytes.
const LONGEST: u64 = 1 << 20;

#[derive(Args)]
pub(crate) struct Arguments {
    /// File with a request, as `POST /v1/risk/assess` takes it [default: standard input].
    /// An identifier on the command line would stay in the shell's history.
    #[arg(value_name = "FILE")]
    request: Option<PathBuf>,
}

/// An assessment, and what each of its reasons adds.
#[derive(Serialize)]
struct Explained {
    assessment: Assessment,
    contributions: Vec<Contribution>,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Answer, Failure> {
    let risk = assessor(&global.models_folder())?;
    let text = match &arguments.request {
        Some(path) => {
            let file = std::fs::File::open(path).map_err(|error| {
                let message = format!("cannot read {}: {error}", path.display());
                Failure::caller("file_unreadable", message)
            })?;
            read(file)
        }
        None => read(std::io::stdin().lock()),
    }?;
    explain(&risk, &text)
}

/// What is read lies in memory that overwrites itself.
fn read(from: impl Read) -> Result<Sensitive<Vec<u8>>, Failure> {
    let mut bytes = Vec::new();
    let read = from.take(LONGEST + 1).read_to_end(&mut bytes);
    let fits = bytes.len() as u64 <= LONGEST;
    let bytes = Sensitive::new(bytes);
    read.map_err(|error| Failure::caller("file_unreadable", format!("cannot read: {error}")))?;
    if fits { Ok(bytes) } else { Err(Failure::caller("too_long", "a request has 1 MB at most")) }
}

fn explain(risk: &Risk, text: &Sensitive<Vec<u8>>) -> Result<Answer, Failure> {
    // The words of the parser may show what it stumbled over, so only the place is told.
    let request: Request = serde_json::from_slice(text.expose()).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let form = r#"{"phone":{"number":"…"},"email":{"address":"…"},"device":{…}}"#;
        Failure::caller("request_unreadable", format!("{place}: write the request as {form}"))
    })?;
    let assessment = risk.assess(&request, &NoSources, &NoDns);
    drop(request);
    let contributions = risk.weights().contributions(&assessment.reasons);
    let text = table(&assessment, &contributions);
    Answer::new(&Explained { assessment, contributions }, text)
}

/// The sum, a reason a line, then what is not known and why.
fn table(assessment: &Assessment, contributions: &[Contribution]) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} {} ({}), coverage {:.2}",
        paint(BOLD, "score"),
        assessment.score,
        assessment.band,
        assessment.coverage
    );
    for Contribution { reason, points } in contributions {
        let _ = writeln!(text, "  {points:>+4}  {reason}");
    }
    let sum: i32 = contributions.iter().map(|of| i32::from(of.points)).sum();
    if sum != i32::from(assessment.score) {
        let _ = writeln!(
            text,
            "  the sum is {sum}; each kind counts 0 at least, the whole 100 at most"
        );
    }
    for null in &assessment.nulls {
        let _ =
            writeln!(text, "{}", paint(DIM, format!("  null  {}: {}", null.signal, null.reason)));
    }
    for (name, version) in &assessment.data_versions.0 {
        let version = version.as_deref().unwrap_or("not installed");
        let _ = writeln!(text, "{}", paint(DIM, format!("  data  {name}: {version}")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_risk::{Tables, Weights};

    fn explain_text(request: &str) -> Result<Answer, Failure> {
        let risk = Risk::new(Tables::default(), Weights::built_in().unwrap()).unwrap();
        explain(&risk, &Sensitive::new(request.as_bytes().to_vec()))
    }

    #[test]
    fn a_score_is_the_sum_of_what_is_shown() {
        let request =
            r#"{"phone":{"number":"+44 7700 900123"},"email":{"address":"qwerty+x@host.test"}}"#;
        let answer = explain_text(request).unwrap();
        let value: serde_json::Value = serde_json::from_str(&answer.json).unwrap();
        let points: i64 = value["contributions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|of| of["points"].as_i64().unwrap())
            .sum();
        assert_eq!(value["assessment"]["score"], points.clamp(0, 100));
        assert!(answer.text.contains("+60  email_reserved_domain"), "{}", answer.text);
        assert!(answer.text.contains("null  email.disposable: data_not_installed"));
        for identifier in ["900123", "qwerty+x", "host.test"] {
            assert!(!answer.text.contains(identifier) && !answer.json.contains(identifier));
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_without_being_shown() {
        for wrong in [r#"{"phone":"+447700900123"}"#, r#"{"+447700900123":1}"#, "+447700900123", ""]
        {
            let Err(failure) = explain_text(wrong) else { panic!("{wrong}") };
            assert_eq!(failure.code, "request_unreadable");
            assert!(!failure.message.contains("900123"), "{}", failure.message);
        }
    }
}
