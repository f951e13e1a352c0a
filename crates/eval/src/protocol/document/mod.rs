//! Reading documents: machine-readable zone, fields, and what was accepted.

mod truth;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use self::truth::{Truth, canonical, same_value};
use super::Miss;
use crate::input::{Manifest, Root, Sample, Table};
use crate::stats::{CharacterErrors, Proportion};
use crate::{CpuClock, EvalError, Progress, Spread, Workers};

/// What the protocol asks of a document reader.
pub trait Reader: Sync {
    /// Engine and networks, for the report.
    fn name(&self) -> String;

    /// What an image file says, given as its bytes.
    fn read(&self, file: &[u8]) -> Result<Transcript, Miss>;
}

/// What a reader made of an image.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    /// The lines of the machine-readable zone, as read; empty if there is none.
    pub lines: Vec<String>,
    /// Whether the reader vouches for them: every check digit holds.
    pub valid: bool,
    /// Field values by name, dates as `YYYY-MM-DD` or `YYMMDD`.
    pub fields: BTreeMap<String, String>,
    /// Why something could not be read.
    pub warnings: Vec<String>,
}

/// The figures of the protocol.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentFigures {
    /// What was measured.
    pub engine: String,
    /// Images, with and without a machine-readable zone.
    pub documents: usize,
    /// Images that have one.
    pub with_mrz: usize,
    /// Images whose lines were all read exactly.
    pub exact: u64,
    /// The same as a share of those with a zone, with its interval.
    pub exact_share: Proportion,
    /// Share of the fields of the machine-readable zone that are right.
    pub fields: BTreeMap<String, f64>,
    /// The same in counts, with intervals.
    pub field_counts: BTreeMap<String, Proportion>,
    /// Fields of the visual zone, on images with its truth: share right.
    pub viz_fields: BTreeMap<String, Proportion>,
    /// Values of the visual zone that came out at all.
    pub viz_present: Proportion,
    /// Values of the visual zone that are right.
    pub viz_right: Proportion,
    /// Images vouched for whose lines are wrong (trailing fillers aside), or
    /// that have no machine-readable zone at all.
    pub accepted_wrong: usize,
    /// Of the images read exactly: those whose validity was told right.
    pub validity_right: Proportion,
    /// Edits to the truth over its characters, over all lines of all zones; an
    /// image without an answer counts as all edits.
    pub cer: Option<f64>,
    /// Images read exactly, by format of the zone.
    pub by_type: BTreeMap<String, Proportion>,
    /// CPU seconds an image.
    pub cpu_s: Option<Spread>,
    /// Each image.
    pub by_image: Vec<ImageFigures>,
}

/// One image.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImageFigures {
    /// Its path relative to the root.
    pub image: String,
    /// What the table calls it: `mrz`, `viz`, `no_mrz`, `forged`.
    pub label: String,
    /// Format of its zone, if it has one.
    pub mrz_type: Option<String>,
    /// Whether all lines are right; null if it has no zone.
    pub exact: Option<bool>,
    /// Whether the reader vouches for the lines.
    pub valid: bool,
    /// Vouched for, but wrong.
    pub accepted_wrong: bool,
    /// Edits to the truth.
    pub edits: usize,
    /// The lines read, where they are not exact.
    pub read: Vec<String>,
    /// The true lines, where they were not read exactly.
    pub truth: Vec<String>,
    /// Fields of the zone that are wrong or missing.
    pub wrong_fields: Vec<String>,
    /// Fields of the visual zone that are wrong or missing.
    pub wrong_viz: Vec<String>,
    /// The reader's warnings, or why there is no answer.
    pub reasons: Vec<String>,
    /// CPU seconds.
    pub cpu_s: f64,
}

/// Runs the protocol over the rows of kind `document` of a manifest whose
/// `ground_truth` is the JSON that `Truth` describes.
pub fn run(
    reader: &impl Reader,
    manifest: &Path,
    root: &Path,
    workers: Workers,
    progress: &mut dyn FnMut(Progress),
) -> Result<DocumentFigures, EvalError> {
    let table = Table::open(manifest, &[&Manifest::COLUMNS[..], &["ground_truth"]].concat())?;
    let samples = Manifest::read(&table, &Root::open(root)?, "document")?.samples;
    let truths = samples.iter().map(Truth::of).collect::<Result<Vec<_>, _>>()?;
    let answers = workers.map(samples.len(), "documents", progress, |i| {
        let Some(sample) = samples.get(i) else { return Err(EvalError::Worker) };
        let bytes = sample.file.read()?;
        let cpu = CpuClock::thread();
        let answer = match reader.read(&bytes) {
            Err(Miss::Engine(reason)) => return Err(EvalError::Engine(reason)),
            Err(Miss::Sample(reason)) => {
                Transcript { warnings: vec![reason], ..Transcript::default() }
            }
            Ok(transcript) => transcript,
        };
        Ok((answer, cpu.elapsed().as_secs_f64()))
    })?;
    let mut tally = Tally::default();
    for ((sample, truth), answer) in samples.iter().zip(&truths).zip(answers) {
        let (answer, cpu_s) = answer?;
        tally.add(sample, truth, answer, cpu_s);
    }
    Ok(tally.figures(reader.name()))
}

/// Right ones among all, counted up.
#[derive(Clone, Copy, Default)]
struct Count {
    right: u64,
    of: u64,
}

impl Count {
    fn add(&mut self, right: bool) {
        self.right += u64::from(right);
        self.of += 1;
    }
}

impl From<Count> for Proportion {
    fn from(count: Count) -> Self {
        Self::new(count.right, count.of)
    }
}

#[derive(Default)]
struct Tally {
    exact: Count,
    validity: Count,
    fields: BTreeMap<String, Count>,
    viz: BTreeMap<String, Count>,
    viz_present: Count,
    by_type: BTreeMap<String, Count>,
    characters: CharacterErrors,
    images: Vec<ImageFigures>,
}

impl Tally {
    fn add(&mut self, sample: &Sample, truth: &Truth, answer: Transcript, cpu_s: f64) {
        let read: BTreeMap<&str, &str> =
            answer.fields.iter().map(|(n, v)| (canonical(n), v.as_str())).collect();
        let value = |field: &str| read.get(field).copied().unwrap_or_default();
        let exact = truth.has_mrz().then(|| answer.lines == truth.mrz);
        if let Some(exact) = exact {
            self.exact.add(exact);
            self.by_type.entry(truth.mrz_type.clone().unwrap_or_default()).or_default().add(exact);
        }
        if exact == Some(true)
            && let Some(holds) = truth.check_digits_valid
        {
            self.validity.add(answer.valid == holds);
        }
        // What a camera sees where no zone is may be anything: no edits then.
        let characters = match exact {
            Some(_) => CharacterErrors::between(&answer.lines, &truth.mrz),
            None => CharacterErrors::default(),
        };
        self.characters = self.characters.and(characters);
        let mut wrong_fields = Vec::new();
        for (field, expected) in truth.mrz_fields() {
            let right = same_value(field, value(field), expected);
            self.fields.entry(field.to_owned()).or_default().add(right);
            if !right {
                wrong_fields.push(field.to_owned());
            }
        }
        let mut wrong_viz = Vec::new();
        for (field, expected) in truth.viz_fields() {
            let right = same_value(field, value(field), expected);
            self.viz.entry(field.to_owned()).or_default().add(right);
            self.viz_present.add(!value(field).is_empty());
            if !right {
                wrong_viz.push(field.to_owned());
            }
        }
        let accepted_wrong = answer.valid && trimmed(&answer.lines) != trimmed(&truth.mrz);
        let shown = exact != Some(true);
        self.images.push(ImageFigures {
            image: sample.file.name.clone(),
            label: sample.label.clone(),
            mrz_type: truth.mrz_type.clone(),
            exact,
            valid: answer.valid,
            accepted_wrong,
            edits: characters.edits,
            read: if shown { answer.lines } else { Vec::new() },
            truth: if shown { truth.mrz.clone() } else { Vec::new() },
            wrong_fields,
            wrong_viz,
            reasons: answer.warnings,
            cpu_s,
        });
    }

    fn figures(self, engine: String) -> DocumentFigures {
        let proportions = |counts: BTreeMap<String, Count>| -> BTreeMap<String, Proportion> {
            counts.into_iter().map(|(name, count)| (name, count.into())).collect()
        };
        let field_counts = proportions(self.fields);
        let viz_fields = proportions(self.viz);
        let viz_right = viz_fields.values().fold(Proportion::default(), |sum, field| {
            Proportion::new(sum.count() + field.count(), sum.of() + field.of())
        });
        DocumentFigures {
            engine,
            documents: self.images.len(),
            with_mrz: self.images.iter().filter(|i| i.exact.is_some()).count(),
            exact: self.exact.right,
            exact_share: self.exact.into(),
            fields: field_counts
                .iter()
                .filter_map(|(name, p)| Some((name.clone(), p.share()?)))
                .collect(),
            field_counts,
            viz_fields,
            viz_present: self.viz_present.into(),
            viz_right,
            accepted_wrong: self.images.iter().filter(|i| i.accepted_wrong).count(),
            validity_right: self.validity.into(),
            cer: self.characters.rate(),
            by_type: proportions(self.by_type),
            cpu_s: Spread::of(self.images.iter().map(|i| i.cpu_s)),
            by_image: self.images,
        }
    }
}

/// The lines without the fillers at their ends, which say nothing.
fn trimmed(lines: &[String]) -> Vec<&str> {
    lines.iter().map(|line| line.trim_end_matches('<')).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Reads a file as its own answer: `valid|line,line|field=value,…`.
    struct Script;

    impl Reader for Script {
        fn name(&self) -> String {
            "script".to_owned()
        }

        fn read(&self, file: &[u8]) -> Result<Transcript, Miss> {
            let text = String::from_utf8_lossy(file).into_owned();
            let mut parts = text.split('|');
            let mut part = || parts.next().unwrap_or_default();
            let (valid, lines, fields) = (part(), part(), part());
            if valid == "none" {
                return Err(Miss::Sample("no_document".to_owned()));
            }
            let list =
                |s: &str| s.split(',').filter(|l| !l.is_empty()).map(str::to_owned).collect();
            let pairs: Vec<String> = list(fields);
            Ok(Transcript {
                lines: list(lines),
                valid: valid == "valid",
                fields: pairs
                    .iter()
                    .filter_map(|f| f.split_once('='))
                    .map(|(n, v)| (n.to_owned(), v.to_owned()))
                    .collect(),
                warnings: Vec::new(),
            })
        }
    }

    fn row(path: &str, label: &str, truth: &str) -> String {
        format!("{path},document,{label},{path},\"{}\"\n", truth.replace('"', "\"\""))
    }

    fn run_on(files: &[(&str, &str)], rows: &str) -> Result<DocumentFigures, EvalError> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let csv = folder.path().join("manifest.csv");
        let header = "path,kind,label,pair_or_group_id,ground_truth\n";
        std::fs::write(&csv, format!("{header}{rows}")).unwrap();
        run(&Script, &csv, folder.path(), Workers::new(2), &mut |_| ())
    }

    pub(crate) fn figures() -> DocumentFigures {
        let truth = |valid: bool, number: &str| {
            format!(
                r#"{{"mrz_type":"TD1","mrz":["AB<<","{number}<"],"check_digits_valid":{valid},
                   "fields":{{"number":"{number}","birth_yymmdd":"740812","given":""}},"viz":{{}}}}"#
            )
        };
        let viz = r#"{"mrz_type":null,"mrz":[],"check_digits_valid":null,"fields":{},
            "viz":{"document_number":"12-3","name":"Ana Lí","birth_date":"20-11-1991"}}"#;
        let none = r#"{"mrz_type":null,"mrz":[],"check_digits_valid":null,"fields":{},"viz":{}}"#;
        let rows = [
            row("1", "mrz", &truth(true, "123")),
            row("2", "mrz", &truth(true, "O23")),
            row("3", "mrz", &truth(false, "777")),
            row("4", "mrz", &truth(true, "888")),
            row("5", "viz", viz),
            row("6", "no_mrz", none),
        ]
        .concat();
        let files = [
            ("1", "valid|AB<<,123<|document_number=123,birth_date=1974-08-12"),
            ("2", "valid|AB<<,023<|document_number=023,birth_date=1974-08-12"),
            ("3", "invalid|AB<<,777<|document_number=777,birth_date=1974-08-13,given_names=X"),
            ("4", "none"),
            ("5", "invalid||document_number=123,given_names=ANA LÍ"),
            ("6", "valid|ZZ|"),
        ];
        let mut figures = run_on(&files, &rows).unwrap();
        figures.cpu_s = Some(Spread { median: 0.25, p90: 0.5 });
        figures.by_image.iter_mut().for_each(|image| image.cpu_s = 0.25);
        figures
    }

    #[test]
    fn figures_worked_out_by_hand() {
        let f = figures();
        assert_eq!((f.documents, f.with_mrz, f.exact), (6, 4, 2));
        assert_eq!(f.fields["number"], 0.5);
        assert_eq!(f.fields["birth"], 0.5);
        // An empty truth is met by an empty or absent value.
        assert_eq!(f.fields["given"], 0.75);
        // 2 vouches for a wrong number, 6 for a zone that is not there.
        assert_eq!(f.accepted_wrong, 2);
        // One letter in 2, all of 4, and nothing for 6: 9 of 4 · 8.
        assert_eq!(f.cer, Some(9.0 / 32.0));
        assert_eq!(f.validity_right, Proportion::new(2, 2));
        assert_eq!(f.viz_present, Proportion::new(2, 3));
        assert_eq!(f.viz_right, Proportion::new(2, 3));
        assert_eq!(f.by_image[3].reasons, ["no_document"]);
        assert_eq!(f.by_image[4].wrong_viz, ["birth"]);
    }

    #[test]
    fn the_shape_of_the_answer() {
        insta::assert_json_snapshot!("document_figures", figures());
    }

    #[test]
    fn trailing_fillers_alone_are_no_wrong_field() {
        let truth = r#"{"mrz_type":"TD1","mrz":["AB<<"],"check_digits_valid":true}"#;
        let f = run_on(&[("1", "valid|AB<|")], &row("1", "mrz", truth)).unwrap();
        assert_eq!((f.exact, f.accepted_wrong), (0, 0));
    }

    #[test]
    fn a_truth_that_is_not_json_is_named_by_its_line() {
        let error = run_on(&[("1", "none")], &row("1", "mrz", "{")).unwrap_err();
        assert_eq!(error.to_string(), "line 2: the ground truth is not the JSON of a document");
    }
}
