//! The figures of `docs/benchmarks.md`: what one answer costs.
//!
//! Everything is CPU time of this process, the median over rounds. A round runs
//! each job once, so that a noisy spell of the machine hits all of them alike
//! and ratios within one run hold. The first round warms up and is not counted.

use bonafide_face::Fmr;
use bonafide_inference::{Models, Role, Tensor};
use serde::Serialize;

use crate::engines::{Documents, Faces};
use crate::protocol::document::Reader;
use crate::{CpuClock, EvalError, Progress, Spread};

/// What is timed: made by the caller from fixed seeds.
#[derive(Default)]
pub struct Material {
    /// Two JPEG files of one face each.
    pub face_pair: Option<[Vec<u8>; 2]>,
    /// Document pages as image files, by name.
    pub pages: Vec<(String, Vec<u8>)>,
    /// Inputs for single networks.
    pub tensors: Vec<(Role, Tensor)>,
}

/// What it cost.
#[derive(Clone, Debug, Serialize)]
pub struct BenchFigures {
    /// Runtime and version.
    pub engine: String,
    /// Counted rounds.
    pub rounds: usize,
    /// CPU milliseconds of a 1:1 comparison, file bytes to verdict.
    pub face_pair: Option<FacePairCost>,
    /// The same with the first embedder alone; filled in by the caller.
    pub face_pair_first_embedder: Option<FacePairCost>,
    /// Document pages.
    pub pages: Vec<PageCost>,
    /// Single networks.
    pub models: Vec<ModelCost>,
    /// Memory resident with every network loaded and run once, before any
    /// picture, in MB (10^6 bytes); filled in by the caller.
    pub loaded_rss_mb: Option<f64>,
    /// Most memory the process ever had resident, in MB (10^6 bytes).
    pub peak_rss_mb: Option<f64>,
    /// Milliseconds by the wall clock from process start to the first answer;
    /// measured and filled in by the caller, which can start a process.
    pub start_to_answer_ms: Option<Spread>,
}

/// CPU milliseconds of the stages of a comparison, both pictures together.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct FacePairCost {
    /// Bytes to pixels.
    pub decode_ms: Spread,
    /// Pixels to faces.
    pub detect_ms: Spread,
    /// Faces to vectors.
    pub embed_ms: Spread,
    /// Pictures to verdict, decoding included: what a caller pays.
    pub total_ms: Spread,
}

/// The cost of reading one page.
#[derive(Clone, Debug, Serialize)]
pub struct PageCost {
    /// Its name.
    pub name: String,
    /// CPU seconds, file bytes to answer.
    pub cpu_s: Spread,
    /// Whether its machine-readable zone came out valid: a fast failure is no
    /// figure.
    pub valid: bool,
}

/// The cost of running one network.
#[derive(Clone, Debug, Serialize)]
pub struct ModelCost {
    /// Whose network.
    pub role: Role,
    /// Shape of its input.
    pub input: Vec<usize>,
    /// CPU milliseconds a run.
    pub run_ms: Spread,
}

/// Runs every job `rounds` times after a warm-up.
pub fn run(
    faces: &Faces,
    documents: &Documents,
    models: &Models,
    material: &Material,
    rounds: usize,
    progress: &mut dyn FnMut(Progress),
) -> Result<BenchFigures, EvalError> {
    let rounds = rounds.max(1);
    let mut pair = Vec::new();
    let mut pages = vec![Vec::new(); material.pages.len()];
    let mut valid = vec![false; material.pages.len()];
    let mut runs = vec![Vec::new(); material.tensors.len()];
    for round in 0..=rounds {
        let counted = round > 0;
        if let Some(files) = &material.face_pair {
            let stages = face_pair(faces, files)?;
            pair.extend(counted.then_some(stages));
        }
        for (((_, file), times), valid) in material.pages.iter().zip(&mut pages).zip(&mut valid) {
            let cpu = CpuClock::process();
            let answer = documents.read(file).map_err(engine_error)?;
            times.extend(counted.then(|| cpu.elapsed().as_secs_f64()));
            *valid = answer.valid;
        }
        for ((role, tensor), times) in material.tensors.iter().zip(&mut runs) {
            let model = models.get(*role).map_err(engine_error)?;
            let cpu = CpuClock::process();
            model.run(tensor).map_err(engine_error)?;
            times.extend(counted.then(|| milliseconds(cpu)));
        }
        progress(Progress { doing: "rounds", done: round, of: rounds });
    }
    let pages = material.pages.iter().zip(pages).zip(valid);
    let runs = material.tensors.iter().zip(runs);
    Ok(BenchFigures {
        engine: models.engine(),
        rounds,
        face_pair: FacePairCost::of(&pair),
        face_pair_first_embedder: None,
        pages: pages
            .filter_map(|(((name, _), times), valid)| {
                Some(PageCost { name: name.clone(), cpu_s: Spread::of(times)?, valid })
            })
            .collect(),
        models: runs
            .filter_map(|((role, tensor), times)| {
                let input = tensor.shape.clone();
                Some(ModelCost { role: *role, input, run_ms: Spread::of(times)? })
            })
            .collect(),
        loaded_rss_mb: None,
        peak_rss_mb: peak_rss_mb(),
        start_to_answer_ms: None,
    })
}

impl FacePairCost {
    /// From decode, detect, embed and total of each round.
    fn of(rounds: &[[f64; 4]]) -> Option<Self> {
        let column = |i: usize| Spread::of(rounds.iter().filter_map(|r| r.get(i).copied()));
        Some(Self {
            decode_ms: column(0)?,
            detect_ms: column(1)?,
            embed_ms: column(2)?,
            total_ms: column(3)?,
        })
    }
}

/// One comparison in stages, then one as the product makes it.
fn face_pair(faces: &Faces, files: &[Vec<u8>; 2]) -> Result<[f64; 4], EvalError> {
    let decode = |file: &Vec<u8>| {
        let decoded = faces.decoder.decode(file).map_err(engine_error)?;
        Ok::<_, EvalError>(decoded.picture)
    };
    let cpu = CpuClock::process();
    let pictures = [decode(&files[0])?, decode(&files[1])?];
    let decode_ms = milliseconds(cpu);
    let (mut detect_ms, mut embed_ms) = (0.0, 0.0);
    for picture in &pictures {
        let cpu = CpuClock::process();
        let found = faces.engine.detect(picture).map_err(engine_error)?;
        detect_ms += milliseconds(cpu);
        let face = found.first().ok_or_else(|| {
            EvalError::Engine("a picture of the face pair shows no face".to_owned())
        })?;
        let cpu = CpuClock::process();
        faces.engine.embed(picture, face).map_err(engine_error)?;
        embed_ms += milliseconds(cpu);
    }
    let cpu = CpuClock::process();
    let [a, b] = [decode(&files[0])?, decode(&files[1])?];
    faces.engine.compare(&a, &b, Fmr::default()).map_err(engine_error)?;
    Ok([decode_ms, detect_ms, embed_ms, milliseconds(cpu)])
}

/// The peak resident memory of this process as the kernel counts it; `None`
/// where `/proc` is not there.
pub fn peak_rss_mb() -> Option<f64> {
    megabytes("VmHWM:")
}

/// The resident memory of this process now.
pub fn resident_mb() -> Option<f64> {
    megabytes("VmRSS:")
}

fn megabytes(field: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    kilobytes(&status, field).map(|kib| kib * 1_024.0 / 1e6)
}

fn kilobytes(status: &str, field: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse().ok()
}

fn milliseconds(cpu: CpuClock) -> f64 {
    cpu.elapsed().as_secs_f64() * 1e3
}

fn engine_error(error: impl std::fmt::Display) -> EvalError {
    EvalError::Engine(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_figures_are_read_by_name() {
        let status = "Name:\tx\nVmPeak:\t  900 kB\nVmHWM:\t  2000 kB\n";
        assert_eq!(kilobytes(status, "VmHWM:"), Some(2_000.0));
        assert_eq!(kilobytes(status, "VmSwap:"), None);
        assert_eq!(kilobytes("VmHWM:\n", "VmHWM:"), None);
    }

    #[test]
    fn stages_are_medians_over_rounds() {
        let cost = FacePairCost::of(&[[1.0, 2.0, 3.0, 9.0], [3.0, 4.0, 5.0, 7.0], [2.0; 4]]);
        let cost = cost.unwrap();
        assert_eq!((cost.decode_ms.median, cost.total_ms.median), (2.0, 7.0));
        assert!(FacePairCost::of(&[]).is_none());
    }
}
