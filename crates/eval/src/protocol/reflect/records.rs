//! A line of JSON for each recording, so that the table can be searched anew without
//! filming again.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use bonafide_liveness::{Reason, Verdict};
use serde::Serialize;

use super::figures::Judged;
use crate::EvalError;

/// What is told of a recording.
#[derive(Serialize)]
struct Record<'a> {
    kind: &'a str,
    /// Its place among those of its kind: with the seed of the run it names the recording.
    number: u64,
    head: &'a str,
    lux: f64,
    /// From 0 (Fitzpatrick I) to 5 (VI).
    skin: f64,
    condition: Option<&'a str>,
    /// Reason, outcome and every figure.
    verdict: &'a Verdict,
    /// The reasons given where other sequences had been issued.
    foreign: Vec<Reason>,
}

/// Writes a line for each recording, kind by kind, each kind in the order of its numbers.
///
/// # Errors
/// When the file cannot be written.
pub fn write(file: &Path, judged: &[Judged]) -> Result<(), EvalError> {
    let failed = |reason| EvalError::File { doing: "write", path: file.to_owned(), reason };
    let mut out = BufWriter::new(File::create(file).map_err(failed)?);
    for one in judged {
        let record = Record {
            kind: &one.kind,
            number: one.number,
            head: &one.head,
            lux: one.lux,
            skin: one.skin,
            condition: one.condition.as_deref(),
            verdict: &one.verdict,
            foreign: one.foreign.iter().map(|verdict| verdict.reason).collect(),
        };
        serde_json::to_writer(&mut out, &record).map_err(|error| failed(error.into()))?;
        out.write_all(b"\n").map_err(failed)?;
    }
    out.flush().map_err(failed)
}

#[cfg(test)]
mod tests {
    use bonafide_liveness::Figures;

    use super::*;

    fn judged(number: u64) -> Judged {
        let verdict = |reason: Reason| {
            let figures = Figures { frames: 75, noise: Some(0.25), ..Figures::default() };
            Verdict { reason, outcome: reason.outcome(), figures }
        };
        Judged {
            kind: "mask_2d".to_owned(),
            number,
            lux: 120.5,
            skin: 3.0,
            condition: None,
            head: "written".to_owned(),
            verdict: verdict(Reason::Inconclusive),
            foreign: vec![verdict(Reason::WrongSequence)],
        }
    }

    #[test]
    fn a_recording_is_a_line_with_every_figure() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("records.jsonl");
        write(&file, &[judged(0), judged(1)]).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[1]["number"], 1);
        insta::assert_snapshot!(serde_json::to_string_pretty(&lines[0]).unwrap());
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(&folder.path().join("none/records.jsonl"), &[]).unwrap_err();
        assert!(error.to_string().contains("cannot write") && error.to_string().contains("none"));
    }
}
