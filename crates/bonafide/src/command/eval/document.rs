//! `bonafide eval document`.

use std::path::PathBuf;
use std::sync::Arc;

use bonafide_context::{Clock, Date, SystemClock};
use bonafide_eval::engines::Documents;
use bonafide_eval::protocol::cards::{self, Specimens};
use bonafide_eval::protocol::document;
use bonafide_eval::{Progress, Workers, report};
use bonafide_face::FaceEngine;
use bonafide_inference::Models;
use bonafide_media::{Decoder, InProcess, Picture};
use bonafide_specimen::card::Layouts;
use bonafide_specimen::{Difficulty, Fonts, passport_photo};
use clap::{Args, ValueEnum};

use super::{about, finish};
use crate::failure::Failure;
use crate::input;
use crate::output::{Answer, Global};
use crate::progress::Bar;

#[derive(Args)]
pub(super) struct Arguments {
    /// Manifest; rows of kind `document`, ground truth as JSON.
    #[arg(long, value_name = "CSV", required_unless_present = "specimens", requires = "root")]
    manifest: Option<PathBuf>,
    /// Folder that the table's paths start from.
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Also write a page with figures and plots to this folder.
    #[arg(long, value_name = "DIR", conflicts_with = "specimens")]
    report: Option<PathBuf>,
    /// Render specimens of this document type (or `all`) and read them instead.
    #[arg(long, value_name = "TYPE", conflicts_with_all = ["manifest", "root"])]
    specimens: Option<String>,
    /// Specimens of each side of each edition.
    #[arg(long, value_name = "N", default_value_t = 50, requires = "specimens")]
    n: u64,
    /// From a flat scan (0) and a phone photo (1) to beyond what may be read (3).
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3), requires = "specimens")]
    difficulty: u8,
    /// Which looks of the layouts: all, those kept out of tuning, or the others.
    #[arg(long, value_enum, default_value_t = Looks::All, requires = "specimens")]
    looks: Looks,
    /// The same seed gives the same specimens.
    #[arg(long, value_name = "S", default_value_t = 1, requires = "specimens")]
    seed: u64,
    /// Judge centuries as of this day [default: today].
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Looks {
    All,
    HeldOut,
    Tuned,
}

pub(super) fn run(arguments: &Arguments, global: &Global) -> Result<Answer, Failure> {
    let models = input::models(global)?;
    let today = arguments.today.unwrap_or_else(|| SystemClock::start().today());
    let (workers, bar) = (Workers::all_cores(), Bar::new());
    let mut progress = |p: Progress| bar.show(p);
    if let Some(name) = &arguments.specimens {
        let answer = specimens(name, arguments, &models, today, workers, &mut progress)?;
        bar.clear();
        return finish(answer, None, None);
    }
    let (Some(manifest), Some(root)) = (&arguments.manifest, &arguments.root) else {
        return Err(Failure::caller("no_manifest", "give --manifest and --root, or --specimens"));
    };
    let reader = input::document_reader(&models);
    let decoder = Arc::new(InProcess::default());
    let documents = Documents { reader, decoder, runtime: models.engine(), today };
    let figures = document::run(&documents, manifest, root, workers, &mut progress)?;
    bar.clear();
    let page = arguments.report.is_some().then(|| report::document(&figures, &about("document")));
    finish(Answer::new(&figures, String::new())?, arguments.report.as_deref(), page)
}

fn specimens(
    name: &str,
    arguments: &Arguments,
    models: &Arc<Models>,
    today: Date,
    workers: Workers,
    progress: &mut dyn FnMut(Progress),
) -> Result<Answer, Failure> {
    let layouts = Layouts::built_in()?;
    if name != "all" && layouts.of(name).is_none() {
        let known: Vec<&str> = layouts.iter().map(|l| l.document_type.as_str()).collect();
        let known = known.join(", ");
        return Err(Failure::caller("unknown_type", format!("one of all, {known}")));
    }
    let fonts = Fonts::new(models.asset("ocr-b.otf")?, models.asset("sans.ttf")?)?
        .with_han(models.asset("sans-han.otf")?)?;
    let portrait = portrait(models)?;
    let difficulty = Difficulty::ALL.get(usize::from(arguments.difficulty)).copied();
    let specimens = Specimens {
        layouts: &layouts,
        document_type: name,
        n: arguments.n,
        difficulty: difficulty.unwrap_or(Difficulty::Phone),
        held_out: match arguments.looks {
            Looks::All => None,
            Looks::HeldOut => Some(true),
            Looks::Tuned => Some(false),
        },
        size: (1_600, 1_200),
        seed: arguments.seed,
        portrait: &portrait,
        fonts: &fonts,
        today,
    };
    let reader = input::document_reader(models);
    let engine = format!("document reader on {}", models.engine());
    Answer::new(&cards::run(&reader, engine, &specimens, workers, progress)?, String::new())
}

/// The sample photograph of the models folder, as passports have it.
fn portrait(models: &Arc<Models>) -> Result<Picture, Failure> {
    let photo = InProcess::default()
        .decode(&models.asset("portrait.png")?)
        .map_err(|error| Failure::ours("models_unusable", error))?
        .picture;
    let faces = FaceEngine::new(models.clone()).detect(&photo)?;
    let face = faces.first().map(|face| face.area);
    let face = face.ok_or_else(|| Failure::caller("no_face", "the sample photo has no face"))?;
    Ok(passport_photo(&photo, face)?)
}
