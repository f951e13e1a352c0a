//! Face comparison: labelled pairs, and all pairs of the same pictures.

mod jackknife;

use std::path::Path;

use serde::Serialize;

use self::jackknife::Tail;
use super::{ByRate, Miss};
use crate::input::{Pair, PairList, Root, Table};
use crate::stats::{Histogram, OperatingPoint, Proportion, Scores};
use crate::{CpuClock, EvalError, Progress, Spread, Workers};

/// What the protocol asks of a face engine.
pub trait Embedder: Sync {
    /// What is compared, e.g. an embedding.
    type Template: Send + Sync;

    /// Engine and networks, for the report.
    fn name(&self) -> String;

    /// The most prominent face of an image file, given as its bytes.
    fn template(&self, file: &[u8]) -> Result<Self::Template, Miss>;

    /// How alike two faces are, high is alike; `None` if that cannot be told.
    fn similarity(&self, a: &Self::Template, b: &Self::Template) -> Option<f32>;

    /// Whether the product would compare this face, rather than answer
    /// `unavailable` for its quality. Only counted: the protocol compares all.
    fn is_fit(&self, _template: &Self::Template) -> bool {
        true
    }
}

/// The figures of the protocol.
#[derive(Clone, Debug, Serialize)]
pub struct FaceFigures {
    /// What was measured.
    pub engine: String,
    /// Labelled pairs.
    pub pairs: usize,
    /// Distinct pictures in them.
    pub images: usize,
    /// Distinct people, if the table names them.
    pub people: Option<usize>,
    /// Pictures without a template: unreadable, or no face found.
    pub failed: usize,
    /// Pictures with a template that the product would refuse for its quality;
    /// they are compared here all the same.
    pub unfit: usize,
    /// Labelled pairs with a picture without a template. Each counts as an error.
    pub failed_pairs: usize,
    /// Share of labelled pairs told right at `threshold`.
    pub accuracy: Option<f64>,
    /// Labelled pairs told right, with the interval of the share.
    pub right: Option<Proportion>,
    /// The threshold at which most labelled pairs are told right.
    pub threshold: Option<f32>,
    /// The labelled pairs' error rate where FMR and FNMR are closest.
    pub eer: Option<f64>,
    /// FNMR of the labelled pairs at the threshold for each FMR, failures
    /// counted as non-matches.
    pub fnmr_at_fmr: ByRate<f64>,
    /// The same with thresholds, counts and intervals.
    pub points: ByRate<OperatingPoint>,
    /// All pairs of the distinct pictures, if the table names the people.
    pub all_pairs: Option<AllPairs>,
    /// CPU milliseconds from a picture's bytes to its template.
    pub cpu_ms: Option<Spread>,
    /// The pictures without a template.
    pub misses: Vec<MissedImage>,
    /// The labelled pairs told wrong at `threshold`, failed ones first, then by
    /// how far they lie on the wrong side; at most [`MOST_WRONG_PAIRS`].
    pub wrong_pairs: Vec<WrongPair>,
    /// Curves of the labelled pairs.
    #[serde(skip)]
    pub curves: Curves,
}

/// How many wrong pairs are listed.
pub const MOST_WRONG_PAIRS: usize = 100;

/// Figures over all pairs of the distinct pictures.
#[derive(Clone, Debug, Serialize)]
pub struct AllPairs {
    /// Pairs of one person.
    pub genuine: usize,
    /// Pairs of two people.
    pub impostor: usize,
    /// FNMR at the threshold for each FMR, failures counted as non-matches.
    pub fnmr_at_fmr: ByRate<f64>,
    /// The same with thresholds, counts and intervals. The intervals take the
    /// pairs as independent, which pairs that share a picture are not: the
    /// true ones are wider.
    pub points: ByRate<OperatingPoint>,
    /// Where the threshold for each FMR lies with 95 % confidence: a jackknife
    /// over ten groups of people, so it holds for other people, unlike the
    /// intervals in `points`. Only where the rate leaves an impostor pair over.
    pub threshold_intervals: ByRate<[f32; 2]>,
    /// The error rate where FMR and FNMR are closest.
    pub eer: Option<f64>,
    /// Their curves.
    #[serde(skip)]
    pub curves: Curves,
}

/// What the plots are drawn from.
#[derive(Clone, Debug, Default)]
pub struct Curves {
    /// Detection error trade-off, the strictest point first.
    pub det: Vec<OperatingPoint>,
    /// Scores of genuine pairs.
    pub genuine: Histogram,
    /// Scores of impostor pairs, in the same bins.
    pub impostor: Histogram,
}

/// A picture without a template.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MissedImage {
    /// Its path relative to the root.
    pub image: String,
    /// Why.
    pub reason: String,
}

/// A labelled pair that was told wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WrongPair {
    /// Path of the first picture relative to the root.
    pub img_a: String,
    /// Path of the second.
    pub img_b: String,
    /// Whether they show the same person.
    pub same: bool,
    /// Their similarity; null if a picture failed.
    pub similarity: Option<f32>,
}

/// The false match rates that labelled pairs are asked at.
const PAIR_RATES: [f64; 3] = [1e-2, 1e-3, 1e-4];
/// The false match rates that all pairs are asked at.
const ALL_PAIR_RATES: [f64; 3] = [1e-3, 1e-4, 1e-5];

/// Runs the protocol over a table `img_a,img_b,same[,id_a,id_b]` with files
/// under `root`. Every picture is turned into a template once.
pub fn run<E: Embedder>(
    embedder: &E,
    pairs: &Path,
    root: &Path,
    workers: Workers,
    progress: &mut dyn FnMut(Progress),
) -> Result<FaceFigures, EvalError> {
    let list = PairList::read(&Table::open(pairs, &PairList::COLUMNS)?, &Root::open(root)?)?;
    let embedded = workers.map(list.images.len(), "pictures", progress, |i| {
        let Some(image) = list.images.get(i) else { return Err(EvalError::Worker) };
        let bytes = image.read()?;
        let cpu = CpuClock::thread();
        let template = match embedder.template(&bytes) {
            Err(Miss::Engine(reason)) => return Err(EvalError::Engine(reason)),
            Err(Miss::Sample(reason)) => Err(reason),
            Ok(template) => Ok(template),
        };
        Ok((template, cpu.elapsed().as_secs_f64() * 1e3))
    })?;
    let mut templates = Vec::new();
    let mut cpu_ms = Vec::new();
    let mut misses = Vec::new();
    for (image, result) in list.images.iter().zip(embedded) {
        let (template, ms) = result?;
        if let Err(reason) = &template {
            misses.push(MissedImage { image: image.name.clone(), reason: reason.clone() });
        }
        templates.push(template.ok());
        cpu_ms.push(ms);
    }
    let similarity = |a: usize, b: usize| {
        let (a, b) = (templates.get(a)?.as_ref()?, templates.get(b)?.as_ref()?);
        embedder.similarity(a, b).filter(|s| !s.is_nan())
    };

    let scored: Vec<(Pair, Option<f32>)> =
        list.pairs.iter().map(|pair| (*pair, similarity(pair.a, pair.b))).collect();
    let of = |same| scored.iter().filter(move |(p, _)| p.same == same).map(|(_, score)| *score);
    let scores = Scores::new(of(true), of(false));
    let best = scores.best_accuracy();
    let points = ByRate::of(&PAIR_RATES, |rate| scores.at_fmr(rate));
    let all_pairs = match &list.people {
        Some(people) => Some(all_pairs(people, workers, progress, &similarity)?),
        None => None,
    };
    Ok(FaceFigures {
        engine: embedder.name(),
        pairs: list.pairs.len(),
        images: list.images.len(),
        people: list.people.as_ref().and_then(|p| p.iter().max()).map(|highest| highest + 1),
        failed: misses.len(),
        unfit: templates.iter().flatten().filter(|t| !embedder.is_fit(t)).count(),
        failed_pairs: scored.iter().filter(|(_, score)| score.is_none()).count(),
        accuracy: best.map_or(Some(0.0), |b| b.right.share()),
        right: best.map(|b| b.right),
        threshold: best.map(|b| b.threshold),
        eer: equal_error_rate(&scores),
        fnmr_at_fmr: fnmr(&points),
        points,
        all_pairs,
        cpu_ms: Spread::of(cpu_ms),
        misses,
        wrong_pairs: best.map_or_else(Vec::new, |b| wrong_pairs(&list, &scored, b.threshold)),
        curves: Curves::of(&scores),
    })
}

/// Compares every picture with every later one.
fn all_pairs(
    people: &[usize],
    workers: Workers,
    progress: &mut dyn FnMut(Progress),
    similarity: &(impl Fn(usize, usize) -> Option<f32> + Sync),
) -> Result<AllPairs, EvalError> {
    let rows = workers.map(people.len(), "pairs", progress, |a| {
        let (mut genuine, mut impostor) = (Vec::new(), Vec::with_capacity(people.len() - a));
        for b in a + 1..people.len() {
            let kind = if people.get(a) == people.get(b) { &mut genuine } else { &mut impostor };
            kind.push(similarity(a, b).unwrap_or(f32::NEG_INFINITY));
        }
        (genuine, impostor)
    })?;
    let (mut genuine, mut impostor) = (Vec::new(), Vec::new());
    for (row_genuine, row_impostor) in rows {
        genuine.extend(row_genuine);
        impostor.extend(row_impostor);
    }
    let scores = Scores::from_raw(genuine, impostor);
    let points = ByRate::of(&ALL_PAIR_RATES, |rate| scores.at_fmr(rate));
    let tail = Tail::collect(people, &scores, workers, progress, similarity)?;
    Ok(AllPairs {
        genuine: scores.genuine().len(),
        impostor: scores.impostor().len(),
        fnmr_at_fmr: fnmr(&points),
        threshold_intervals: ByRate::of(&ALL_PAIR_RATES, |rate| {
            tail.threshold_interval(rate, points.get(rate)?.threshold)
        }),
        points,
        eer: equal_error_rate(&scores),
        curves: Curves::of(&scores),
    })
}

impl AllPairs {
    /// The rows of the calibration table for embedders of this name, as
    /// `crates/face/calibration.toml` has them.
    pub fn calibration(&self, embedders: &str) -> String {
        let mut rows = format!("[[engine]]\nembedders = {embedders:?}\nthreshold = [\n");
        for (rate, point) in &self.points.0 {
            let [low, high] =
                self.threshold_intervals.get(*rate).copied().unwrap_or([point.threshold; 2]);
            rows.push_str(&format!(
                "    {{ fmr = {rate:e}, similarity = {:.4}, interval = [{low:.3}, {high:.3}], \
                 fnmr = {:.4} }},\n",
                point.threshold,
                point.fnmr.share().unwrap_or(1.0)
            ));
        }
        rows + "]\n"
    }
}

impl Curves {
    /// 80 bins over the range of the scores, and 160 points of the DET curve.
    fn of(scores: &Scores) -> Self {
        let both = || scores.genuine().iter().chain(scores.impostor()).copied();
        let finite = || both().filter(|s| s.is_finite());
        let low = finite().reduce(f32::min).unwrap_or(0.0);
        let high = finite().reduce(f32::max).unwrap_or(1.0);
        Self {
            det: scores.det_curve(160),
            genuine: Histogram::of(scores.genuine(), low, high, 80),
            impostor: Histogram::of(scores.impostor(), low, high, 80),
        }
    }
}

fn fnmr(points: &ByRate<OperatingPoint>) -> ByRate<f64> {
    ByRate(points.0.iter().filter_map(|(rate, p)| Some((*rate, p.fnmr.share()?))).collect())
}

fn equal_error_rate(scores: &Scores) -> Option<f64> {
    let point = scores.equal_error_rate()?;
    Some(f64::midpoint(point.fmr.share()?, point.fnmr.share()?))
}

fn wrong_pairs(list: &PairList, scored: &[(Pair, Option<f32>)], threshold: f32) -> Vec<WrongPair> {
    let name = |i: usize| list.images.get(i).map(|f| f.name.clone()).unwrap_or_default();
    let mut wrong: Vec<WrongPair> = scored
        .iter()
        .filter(|(pair, score)| score.is_none_or(|s| (s >= threshold) != pair.same))
        .map(|(pair, score)| WrongPair {
            img_a: name(pair.a),
            img_b: name(pair.b),
            same: pair.same,
            similarity: *score,
        })
        .collect();
    let distance = |pair: &WrongPair| pair.similarity.map_or(f32::MAX, |s| (s - threshold).abs());
    wrong.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
    wrong.truncate(MOST_WRONG_PAIRS);
    wrong
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Reads a file as one number; two are alike as they are close.
    pub(crate) struct Numbers;

    impl Embedder for Numbers {
        type Template = f32;

        fn name(&self) -> String {
            "numbers".to_owned()
        }

        fn template(&self, file: &[u8]) -> Result<f32, Miss> {
            match std::str::from_utf8(file) {
                Ok("broken engine") => Err(Miss::Engine("weights missing".to_owned())),
                Ok(text) => text.parse().map_err(|_| Miss::Sample("no_face".to_owned())),
                Err(_) => Err(Miss::Sample("unreadable".to_owned())),
            }
        }

        fn similarity(&self, a: &f32, b: &f32) -> Option<f32> {
            Some(1.0 - (a - b).abs())
        }
    }

    /// Four pictures of two people and one without a face.
    pub(crate) fn figures(workers: usize) -> FaceFigures {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        for (name, text) in
            [("a1", "0.1"), ("a2", "0.15"), ("b1", "0.5"), ("b2", "0.9"), ("b3<i>", "x")]
        {
            write(name, text);
        }
        write(
            "pairs.csv",
            "img_a,img_b,same,id_a,id_b\n\
             a1,a2,1,a,a\nb1,b2,1,b,b\nb1,b3<i>,1,b,b\na1,b1,0,a,b\na2,b2,0,a,b\n",
        );
        let csv = folder.path().join("pairs.csv");
        run(&Numbers, &csv, folder.path(), Workers::new(workers), &mut |_| ()).unwrap()
    }

    #[test]
    fn figures_worked_out_by_hand() {
        let f = figures(2);
        assert_eq!((f.pairs, f.images, f.people), (5, 5, Some(2)));
        assert_eq!((f.failed, f.failed_pairs), (1, 1));
        // Genuine 0.95, 0.6, failed; impostor 0.6, 0.25. At 0.775: 0.95 and
        // both impostors are right of five.
        assert_eq!(f.accuracy, Some(0.6));
        assert_eq!(f.threshold, Some(0.775));
        assert_eq!(f.fnmr_at_fmr.get(1e-2), Some(&(2.0 / 3.0)));
        // Genuine: a1a2, b1b2, b1b3, b2b3; impostor: 2 · 3.
        let all = f.all_pairs.as_ref().unwrap();
        assert_eq!((all.genuine, all.impostor), (4, 6));
        assert_eq!(all.fnmr_at_fmr.get(1e-5), Some(&0.75));
        assert_eq!(f.wrong_pairs.len(), 2);
        assert_eq!(f.wrong_pairs[0].similarity, None);
        assert_eq!(f.misses[0].reason, "no_face");
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let json = |workers| {
            let mut value = serde_json::to_value(figures(workers)).unwrap();
            value["cpu_ms"] = serde_json::Value::Null;
            value
        };
        assert_eq!(json(1), json(4));
    }

    #[test]
    fn the_shape_of_the_answer() {
        let mut f = figures(1);
        f.cpu_ms = None;
        insta::assert_json_snapshot!("face_figures", f);
    }

    #[test]
    fn rows_of_the_calibration_table() {
        let rows = figures(1).all_pairs.unwrap().calibration("sface");
        assert!(rows.starts_with("[[engine]]\nembedders = \"sface\"\nthreshold = [\n"), "{rows}");
        assert!(
            rows.contains(
                "{ fmr = 1e-5, similarity = 0.6500, interval = [0.650, 0.650], fnmr = 0.7500 },"
            ),
            "{rows}"
        );
    }

    #[test]
    fn an_engine_that_does_not_work_stops_the_run() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "broken engine").unwrap();
        let csv = folder.path().join("pairs.csv");
        std::fs::write(&csv, "img_a,img_b,same\na,a,1\n").unwrap();
        let run = run(&Numbers, &csv, folder.path(), Workers::new(2), &mut |_| ());
        assert_eq!(run.unwrap_err().to_string(), "weights missing");
    }
}
