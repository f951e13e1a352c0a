//! Presentation-attack detection on stills.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::{ByRate, Miss};
use crate::input::{Manifest, Root, Sample, Table};
use crate::stats::{Histogram, PadErrors, PadPoint, PadScores, PadTrial};
use crate::{CpuClock, EvalError, Progress, Spread, Workers};

/// What the protocol asks of an attack detector.
pub trait Detector: Sync {
    /// Engine and networks, for the report.
    fn name(&self) -> String;

    /// The score at or above which the detector calls a face live.
    fn threshold(&self) -> f32;

    /// How live the face in an image file is, high is live. A
    /// [`Miss::Sample`] is a non-response.
    fn score(&self, file: &[u8]) -> Result<f32, Miss>;
}

/// The figures of the protocol, at the detector's own threshold unless said
/// otherwise.
#[derive(Clone, Debug, Serialize)]
pub struct PadFigures {
    /// What was measured.
    pub engine: String,
    /// The detector's own threshold.
    pub threshold: f32,
    /// Share of bona fide presentations not called live, non-responses counted.
    pub bpcer: Option<f64>,
    /// Share of attacks called live, by species.
    pub apcer: BTreeMap<String, f64>,
    /// The bona fide presentations in full.
    pub bona_fide: PadErrors,
    /// The attacks in full, by species.
    pub attacks: BTreeMap<String, PadErrors>,
    /// Presentations without a score.
    pub nonresponse: u64,
    /// The same errors by where the pictures come from: the folder and the
    /// note of the table.
    pub by_source: BTreeMap<String, SourceFigures>,
    /// Errors at the highest threshold that refuses at most this share of the
    /// bona fide.
    pub at_bpcer: ByRate<PadPoint>,
    /// Errors at the lowest threshold that lets at most this share of any
    /// species pass.
    pub at_apcer: ByRate<PadPoint>,
    /// CPU milliseconds from a picture's bytes to its score.
    pub cpu_ms: Option<Spread>,
    /// Presentations told wrong or not at all.
    pub misses: Vec<PadMiss>,
    /// What the plot is drawn from.
    #[serde(skip)]
    pub histograms: PadHistograms,
}

/// Errors among the pictures of one source.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceFigures {
    /// Share of bona fide presentations not called live; null without any.
    pub bpcer: Option<f64>,
    /// Share of attacks called live, by species.
    pub apcer: BTreeMap<String, f64>,
    /// The bona fide presentations in full.
    pub bona_fide: PadErrors,
    /// The attacks in full, by species.
    pub attacks: BTreeMap<String, PadErrors>,
}

/// Scores of the presentations that got one, in the same bins from 0 to 1.
#[derive(Clone, Debug, Default)]
pub struct PadHistograms {
    /// Bona fide.
    pub bona_fide: Histogram,
    /// Each attack species.
    pub attacks: Vec<(String, Histogram)>,
}

/// A presentation told wrong or not at all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PadMiss {
    /// Its path relative to the root.
    pub image: String,
    /// The truth.
    pub label: String,
    /// Its score; null for a non-response.
    pub score: Option<f32>,
    /// Why there is none.
    pub reason: Option<String>,
}

/// The error rates that thresholds are asked for.
const TARGETS: [f64; 4] = [0.01, 0.02, 0.05, 0.1];

/// Runs the protocol over the rows of kind `pad` of a manifest; the label is
/// `live` or `spoof_` and the species, and `pair_or_group_id` who it is.
pub fn run(
    detector: &impl Detector,
    manifest: &Path,
    root: &Path,
    workers: Workers,
    progress: &mut dyn FnMut(Progress),
) -> Result<PadFigures, EvalError> {
    let table = Table::open(manifest, &Manifest::COLUMNS)?;
    let samples = Manifest::read(&table, &Root::open(root)?, "pad")?.samples;
    let species = samples.iter().map(species).collect::<Result<Vec<_>, _>>()?;
    let scored = workers.map(samples.len(), "pictures", progress, |i| {
        let Some(sample) = samples.get(i) else { return Err(EvalError::Worker) };
        let bytes = sample.file.read()?;
        let cpu = CpuClock::thread();
        let score = match detector.score(&bytes) {
            Err(Miss::Engine(reason)) => return Err(EvalError::Engine(reason)),
            Err(Miss::Sample(reason)) => Err(reason),
            Ok(score) if score.is_nan() => Err("no_number".to_owned()),
            Ok(score) => Ok(score),
        };
        Ok((score, cpu.elapsed().as_secs_f64() * 1e3))
    })?;

    let threshold = detector.threshold();
    let (mut trials, mut misses, mut cpu_ms) = (Vec::new(), Vec::new(), Vec::new());
    for ((sample, species), result) in samples.iter().zip(species).zip(scored) {
        let (score, ms) = result?;
        cpu_ms.push(ms);
        let called_live = score.as_ref().is_ok_and(|s| *s >= threshold);
        if called_live != species.is_none() || score.is_err() {
            misses.push(PadMiss {
                image: sample.file.name.clone(),
                label: sample.label.clone(),
                score: score.as_ref().ok().copied(),
                reason: score.as_ref().err().cloned(),
            });
        }
        let person = sample.group.clone();
        trials.push((source(sample), PadTrial { species, score: score.ok(), person }));
    }
    let mut sources: BTreeMap<String, Vec<PadTrial>> = BTreeMap::new();
    for (source, trial) in &trials {
        sources.entry(source.clone()).or_default().push(trial.clone());
    }
    let scores = PadScores::new(trials.into_iter().map(|(_, trial)| trial));
    let total = SourceFigures::of(&scores, threshold);
    let attack_nonresponses: u64 = total.attacks.values().map(|a| a.nonresponse).sum();
    Ok(PadFigures {
        engine: detector.name(),
        threshold,
        bpcer: total.bpcer,
        apcer: total.apcer,
        nonresponse: total.bona_fide.nonresponse + attack_nonresponses,
        bona_fide: total.bona_fide,
        attacks: total.attacks,
        by_source: sources
            .into_iter()
            .map(|(source, trials)| (source, SourceFigures::of(&PadScores::new(trials), threshold)))
            .collect(),
        at_bpcer: ByRate::of(&TARGETS, |target| scores.at_bpcer(target)),
        at_apcer: ByRate::of(&TARGETS, |target| scores.at_apcer(target)),
        cpu_ms: Spread::of(cpu_ms),
        misses,
        histograms: PadHistograms::of(&scores),
    })
}

impl SourceFigures {
    fn of(scores: &PadScores, threshold: f32) -> Self {
        let short = scores.at(threshold);
        Self {
            bpcer: short.bpcer,
            apcer: short.apcer,
            bona_fide: scores.bpcer(threshold),
            attacks: scores.apcer(threshold),
        }
    }
}

impl PadHistograms {
    fn of(scores: &PadScores) -> Self {
        let histogram = |scores| Histogram::of(scores, 0.0, 1.0, 40);
        let attacks = scores.attack_scores().map(|(name, s)| (name.to_owned(), histogram(s)));
        Self { bona_fide: histogram(scores.bona_fide_scores()), attacks: attacks.collect() }
    }
}

/// The attack species of a label, `None` for `live`.
fn species(sample: &Sample) -> Result<Option<String>, EvalError> {
    match sample.label.as_str() {
        "live" => Ok(None),
        label if label.starts_with("spoof_") => Ok(Some(label.to_owned())),
        _ => Err(EvalError::Row {
            line: sample.line,
            problem: "the label of a pad row must be live or begin with spoof_".to_owned(),
        }),
    }
}

/// Where a picture comes from: its folder without the label's own, and its note.
fn source(sample: &Sample) -> String {
    let folders = sample.file.name.rsplit_once('/').map_or("", |(folders, _)| folders);
    let folders: Vec<&str> = folders.split('/').filter(|f| *f != sample.label).collect();
    let parts = [folders.join("/"), sample.note.clone()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    struct Numbers;

    impl Detector for Numbers {
        fn name(&self) -> String {
            "numbers".to_owned()
        }

        fn threshold(&self) -> f32 {
            0.5
        }

        fn score(&self, file: &[u8]) -> Result<f32, Miss> {
            let text = std::str::from_utf8(file).unwrap_or_default();
            text.parse().map_err(|_| Miss::Sample("no_face".to_owned()))
        }
    }

    const TABLE: &str = "path,kind,label,pair_or_group_id,note\n\
        x/live/1,pad,live,p,selfie\nx/live/2,pad,live,p,selfie\nx/live/3,pad,live,q,\n\
        x/spoof_print/1,pad,spoof_print,p,\nx/spoof_print/2,pad,spoof_print,q,\n\
        x/spoof_replay/1,pad,spoof_replay,q,\n";

    fn run_on(table: &str) -> Result<PadFigures, EvalError> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("live/1", "0.9"),
            ("live/2", "0.4"),
            ("live/3", "nothing"),
            ("spoof_print/1", "0.1"),
            ("spoof_print/2", "0.5"),
            ("spoof_replay/1", "NaN"),
        ] {
            let path = folder.path().join("x").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let csv = folder.path().join("manifest.csv");
        std::fs::write(&csv, table).unwrap();
        run(&Numbers, &csv, folder.path(), Workers::new(2), &mut |_| ())
    }

    pub(crate) fn figures() -> PadFigures {
        let mut figures = run_on(TABLE).unwrap();
        figures.cpu_ms = None;
        figures
    }

    #[test]
    fn figures_worked_out_by_hand() {
        let f = figures();
        assert_eq!(f.bpcer, Some(2.0 / 3.0));
        assert_eq!((f.apcer["spoof_print"], f.apcer["spoof_replay"]), (0.5, 0.0));
        assert_eq!((f.nonresponse, f.bona_fide.nonresponse), (2, 1));
        assert_eq!((f.bona_fide.people, f.attacks["spoof_print"].people), (2, 2));
        assert_eq!(f.by_source["x · selfie"].bpcer, Some(0.5));
        assert_eq!(f.by_source["x"].bpcer, Some(1.0));
        let missed: Vec<_> = f.misses.iter().map(|m| m.image.as_str()).collect();
        assert_eq!(missed, ["x/live/2", "x/live/3", "x/spoof_print/2", "x/spoof_replay/1"]);
    }

    #[test]
    fn the_shape_of_the_answer() {
        insta::assert_json_snapshot!("pad_figures", figures());
    }

    #[test]
    fn an_unknown_label_is_named_by_its_line() {
        let error = run_on("path,kind,label\nx/live/1,pad,live\nx/live/2,pad,mask\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 3: the label of a pad row must be live or begin with spoof_"
        );
    }
}
