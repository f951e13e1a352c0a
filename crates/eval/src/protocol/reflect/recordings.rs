//! Recordings that another simulator made: cells in place of frames, one JSON a line.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonafide_liveness::canonical::CELLS;
use bonafide_liveness::{Figures, Frame, Light, Recording, Seen, Settings, Shown, Sight};
use serde::{Deserialize, Serialize};

use super::figures::{Judged, ReflectFigures};
use super::verdict;
use crate::{EvalError, Progress, Workers};

/// How far the verifier's figures are from those that stand in the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Agreement {
    /// Figures compared.
    pub compared: u64,
    /// For each figure the median and the largest distance.
    pub distance: BTreeMap<&'static str, (f64, f64)>,
}

/// A line of the file.
#[derive(Deserialize)]
struct Line {
    kind: String,
    #[serde(default)]
    condition: Option<String>,
    #[serde(default)]
    lux: f64,
    #[serde(default)]
    skin: f64,
    time_s: Vec<f64>,
    flashes: Vec<Flash>,
    cells_u16: String,
    background_u16: Option<String>,
    #[serde(default)]
    expected: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Flash {
    start_s: f64,
    duration_s: f64,
    top: [f64; 3],
    bottom: [f64; 3],
}

/// Longest line: a recording of 400 frames has under 1 MB.
const LONGEST: u64 = 8 << 20;

/// Judges every recording of a file, which may be gzipped: the counts, and each recording
/// with its verdict.
///
/// # Errors
/// When the file cannot be read, or a line is no recording.
pub fn run(
    file: &Path,
    settings: &Settings,
    workers: Workers,
    progress: &mut dyn FnMut(Progress),
) -> Result<(ReflectFigures, Vec<Judged>), EvalError> {
    let lines = lines(file)?;
    let judged = workers.map(lines.len(), "recordings", progress, |at| {
        let text = lines.get(at).map_or("", String::as_str);
        judge(text, at as u64, settings)
    })?;
    let mut all = Vec::with_capacity(judged.len());
    let mut distances: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    for (at, judged) in judged.into_iter().enumerate() {
        let (judged, expected) =
            judged.map_err(|problem| EvalError::Row { line: at as u64 + 1, problem })?;
        for (name, found) in named(&judged.verdict.figures) {
            if let Some((found, wanted)) = found.zip(expected.get(name)) {
                distances.entry(name).or_default().push((found - wanted).abs());
            }
        }
        all.push(judged);
    }
    if all.is_empty() {
        return Err(EvalError::NoRows { wanted: "a recording" });
    }
    let mut figures = ReflectFigures::of("simulated recordings of a file: no people".into(), &all);
    figures.agreement = (!distances.is_empty()).then(|| agreement(distances));
    Ok((figures, all))
}

fn agreement(distances: BTreeMap<&'static str, Vec<f64>>) -> Agreement {
    let mut out = Agreement::default();
    for (name, mut values) in distances {
        values.sort_by(f64::total_cmp);
        out.compared += values.len() as u64;
        let median = values.get(values.len() / 2).copied().unwrap_or(0.0);
        out.distance.insert(name, (median, values.last().copied().unwrap_or(0.0)));
    }
    out
}

/// The verifier's figures under the names of the file.
fn named(f: &Figures) -> [(&'static str, Option<f64>); 12] {
    [
        ("lag_s", f.lag_s),
        ("r2_window", f.r2_window),
        ("decoded", f.decoded),
        ("sign_min", f.sign_min),
        ("noise", f.noise),
        ("b_y", f.b_y),
        ("b_z", f.b_z),
        ("t_y", f.t_y),
        ("t_z", f.t_z),
        ("a_u", f.a_u),
        ("s_ny", f.s_ny),
        ("background_ratio", f.background_ratio),
    ]
}

fn lines(file: &Path) -> Result<Vec<String>, EvalError> {
    let failed = |reason| EvalError::File { doing: "read", path: file.to_owned(), reason };
    let mut start = [0; 2];
    let mut source = File::open(file).map_err(failed)?;
    let read = source.read(&mut start).map_err(failed)?;
    let whole =
        std::io::Cursor::new(start.into_iter().take(read).collect::<Vec<_>>()).chain(source);
    let reader: Box<dyn Read> = if start == [0x1f, 0x8b] {
        Box::new(flate2::read::GzDecoder::new(whole))
    } else {
        Box::new(whole)
    };
    let mut reader = BufReader::new(reader);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        let bytes = (&mut reader).take(LONGEST).read_line(&mut line).map_err(failed)?;
        if bytes == 0 {
            return Ok(lines);
        }
        if !line.trim().is_empty() {
            lines.push(line);
        }
    }
}

fn judge(
    text: &str,
    number: u64,
    settings: &Settings,
) -> Result<(Judged, BTreeMap<String, f64>), String> {
    let line: Line =
        serde_json::from_str(text).map_err(|error| format!("no recording: {error}"))?;
    let recording = line.recording()?;
    let judged = Judged {
        verdict: verdict(&recording, settings, number),
        foreign: Vec::new(),
        kind: line.kind,
        number,
        lux: line.lux,
        skin: line.skin,
        condition: line.condition,
        head: "given".to_owned(),
    };
    Ok((judged, line.expected))
}

impl Line {
    fn recording(&self) -> Result<Recording, String> {
        let cells = values(&self.cells_u16, self.time_s.len() * CELLS * 3)?;
        let background = match &self.background_u16 {
            Some(text) => Some(values(text, self.time_s.len() * 3)?),
            None => None,
        };
        let frames = self.time_s.iter().enumerate().map(|(at, time_s)| {
            let mut light: Light = Box::new([[0.0; 3]; CELLS]);
            let of_frame = cells.iter().skip(at * CELLS * 3);
            light.iter_mut().flatten().zip(of_frame).for_each(|(to, from)| *to = *from);
            let behind = background.as_ref().and_then(|all| all.get(at * 3..at * 3 + 3));
            let sight = Sight {
                light,
                background: behind.and_then(|three| three.try_into().ok()),
                // The file tells neither: both count as good.
                overexposed: 0.0,
                eye_distance: 1.0,
                centre: [0.5; 2],
            };
            Frame { time_s: *time_s, seen: Seen::Face(Box::new(sight)) }
        });
        let shown = self.flashes.iter().map(|flash| Shown {
            start_s: flash.start_s,
            end_s: flash.start_s + flash.duration_s,
            top: flash.top,
            bottom: flash.bottom,
            secret: true,
        });
        Ok(Recording { frames: frames.collect(), shown: shown.collect(), exact_times: true })
    }
}

/// 16-bit numbers, little-endian, in base64: linear light from 0 to 1.
fn values(text: &str, wanted: usize) -> Result<Vec<f32>, String> {
    let bytes = STANDARD.decode(text).map_err(|_| "cells are no base64".to_owned())?;
    if bytes.len() != wanted * 2 {
        return Err(format!("{} bytes of cells, {} wanted", bytes.len(), wanted * 2));
    }
    let pairs = bytes.chunks_exact(2);
    Ok(pairs
        .map(|pair| match pair {
            [low, high] => f32::from(u16::from_le_bytes([*low, *high])) / 65_535.0,
            _ => 0.0,
        })
        .collect())
}
