//! `bonafide eval reflect`.

use std::path::{Path, PathBuf};

use bonafide_eval::protocol::reflect::{self, Eyes, Plan, Verifier};
use bonafide_eval::{Progress, Workers, report};
use bonafide_face::{FaceEngine, Tracked, Tracker};
use bonafide_liveness::Settings;
use bonafide_media::{Decoder, InProcess, Picture, Point};
use bonafide_specimen::reflect::{Presented, Relief, Scan, Set};
use clap::{Args, ValueEnum};

use super::{about, finish};
use crate::failure::Failure;
use crate::input;
use crate::output::{Answer, Global};
use crate::progress::Bar;

#[derive(Args)]
pub(super) struct Arguments {
    /// Judge the recordings of a file (one JSON a line, may be gzipped) instead of simulating.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["sessions", "seed", "set", "species", "heads"],
    )]
    recordings: Option<PathBuf>,
    /// Recordings of each kind.
    #[arg(long, value_name = "N", default_value_t = 100)]
    sessions: u64,
    /// The same seed gives the same recordings.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Where rooms, screens, cameras and heads are drawn from.
    #[arg(long, value_enum, default_value_t = SetArgument::Main)]
    set: SetArgument,
    /// Only these kinds, separated by commas [default: bona_fide and every species].
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    species: Vec<Presented>,
    /// Render the heads of this folder (*.obj) in place of the written ones.
    #[arg(long, value_name = "DIR")]
    heads: Option<PathBuf>,
    /// Which table decides; the two that are not the product's hold one simulator against
    /// another.
    #[arg(long, value_enum, default_value_t = TableArgument::Current)]
    table: TableArgument,
    /// Also write a line of JSON for each recording to this file: what it was, the reason and
    /// every figure of the verdict.
    #[arg(long, value_name = "FILE")]
    records: Option<PathBuf>,
    /// Also write a page with figures and plots to this folder.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum SetArgument {
    Main,
    Heldout,
    Stress,
}

impl From<SetArgument> for Set {
    fn from(set: SetArgument) -> Self {
        match set {
            SetArgument::Main => Self::Main,
            SetArgument::Heldout => Self::Heldout,
            SetArgument::Stress => Self::Stress,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum TableArgument {
    /// The product's.
    Current,
    /// The method's as it was published.
    Published,
    /// That one without its lines on how the surface lies.
    Temporal,
}

impl From<TableArgument> for Settings {
    fn from(table: TableArgument) -> Self {
        match table {
            TableArgument::Current => Self::default(),
            TableArgument::Published => Self::published(),
            TableArgument::Temporal => Self::temporal(),
        }
    }
}

pub(super) fn run(arguments: &Arguments, global: &Global) -> Result<Answer, Failure> {
    let settings = arguments.table.into();
    let (workers, bar) = (Workers::all_cores(), Bar::new());
    let mut progress = |p: Progress| bar.show(p);
    let (figures, judged) = match &arguments.recordings {
        Some(file) => reflect::recordings(file, &settings, workers, &mut progress)?,
        None => {
            // Without weights the verdicts are the same: only the cost of finding the
            // face is not told.
            let faces = input::models(global).ok().map(FaceEngine::new);
            let camera = Camera { faces, decoder: InProcess::default() };
            let kinds = match arguments.species.as_slice() {
                [] => &Presented::ALL,
                some => some,
            };
            let heads = match &arguments.heads {
                Some(folder) => heads(folder, &camera)?,
                None => Vec::new(),
            };
            let plan = Plan {
                sessions: arguments.sessions,
                seed: arguments.seed,
                set: arguments.set.into(),
                kinds,
                heads: &heads,
            };
            reflect::simulated(&plan, &settings, &camera, workers, &mut progress)?
        }
    };
    bar.clear();
    if let Some(file) = &arguments.records {
        reflect::write_records(file, &judged)?;
    }
    let page =
        arguments.report.is_some().then(|| report::reflect(&figures, &about("eval reflect")));
    finish(Answer::new(&figures, String::new())?, arguments.report.as_deref(), page)
}

/// The heads of a folder and of its folders, by the names of their files.
fn heads(folder: &Path, camera: &Camera) -> Result<Vec<(String, Relief)>, Failure> {
    let unreadable = |path: &Path, error: std::io::Error| {
        Failure::caller("file_unreadable", format!("cannot read {}: {error}", path.display()))
    };
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))?;
        for entry in entries {
            let path = entry.map_err(|error| unreadable(&folder, error))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "obj") {
                files.push(path);
            }
        }
    }
    files.sort();
    if files.is_empty() {
        let message = format!("{} holds no *.obj file", folder.display());
        return Err(Failure::caller("no_heads", message));
    }
    let head = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, error))?;
        let relief = Scan::obj(&text).and_then(|scan| scan.relief(|front| camera.landmarks(front)));
        let relief = relief.map_err(|error| {
            Failure::caller("head_unusable", format!("{}: {error}", path.display()))
        })?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, relief))
    };
    files.iter().map(head).collect()
}

/// The product's own decoder and face detector.
struct Camera {
    faces: Option<FaceEngine>,
    decoder: InProcess,
}

impl Verifier for Camera {
    fn decoder(&self) -> &dyn Decoder {
        &self.decoder
    }

    fn eyes(&self) -> Option<Box<dyn Eyes + '_>> {
        Some(Box::new(Following(self.faces.as_ref()?.track().ok()?)))
    }
}

/// The product's own way through the frames of a recording.
struct Following(Tracker);

impl Eyes for Following {
    fn next(&mut self, frame: &Picture) -> Option<[Point; 5]> {
        match self.0.next(frame).ok()? {
            Tracked::Face(face) => Some(face.landmarks),
            Tracked::Nobody | Tracked::Several => None,
        }
    }
}

impl Camera {
    /// Where the face of a single picture is.
    fn landmarks(&self, picture: &Picture) -> Option<[Point; 5]> {
        Some(self.faces.as_ref()?.detect(picture).ok()?.first()?.landmarks)
    }
}
