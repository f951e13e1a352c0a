//! `bonafide bench`: the figures of `docs/benchmarks.md`.

mod deletion;
mod load;
mod process;
mod risk;
mod server;

use std::fmt::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use bonafide_context::{Clock, Date, Seeded, SystemClock};
use bonafide_eval::Spread;
use bonafide_eval::bench::{self, Material};
use bonafide_eval::engines::{Documents, Faces};
use bonafide_face::{Embedders, FaceEngine};
use bonafide_inference::{Models, Role, Tensor};
use bonafide_media::{Decoder, InProcess, Picture, encode_jpeg};
use bonafide_specimen::{Difficulty, Fonts, Holder, Kind, passport_photo, render, selfie};
use clap::Args;

use crate::failure::Failure;
use crate::input;
use crate::output::{Answer, BOLD, Global, paint};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Rounds after the warm-up; figures are medians over them.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Measure a server under load instead.
    #[arg(long)]
    server: bool,
    /// Measure what a server does with questions about risk, over TLS.
    #[arg(long, conflicts_with = "server")]
    risk: bool,
    /// With --server or --risk: seconds for each kind of load.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

/// Pages to read: name, width, height.
const PAGES: [(&str, u32, u32); 2] =
    [("passport 1250x880", 1250, 880), ("passport 11 MP", 3872, 2848)];

/// Roles and the input shape that each is timed at.
const NETWORKS: [(Role, [usize; 4]); 9] = [
    (Role::FaceDetector, [1, 3, 320, 320]),
    (Role::FaceEmbedder, [1, 3, 112, 112]),
    (Role::FaceEmbedderSecond, [1, 3, 112, 112]),
    (Role::FaceLiveness, [1, 3, 128, 128]),
    (Role::FaceMesh, [1, 3, 192, 192]),
    (Role::EyeState, [1, 1, 24, 24]),
    (Role::TextDetector, [1, 3, 448, 640]),
    (Role::TextRecognizerFast, [1, 3, 48, 640]),
    (Role::TextRecognizer, [1, 3, 48, 640]),
];

/// The day of the specimens, so that they never expire.
const DAY: (i32, u32, u32) = (2026, 11, 22);

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Answer, Failure> {
    if arguments.risk {
        return risk::run(arguments.seconds, global);
    }
    let models = input::models(global)?;
    let today =
        Date::new(DAY.0, DAY.1, DAY.2).map_err(|error| Failure::ours("bench_failed", error))?;
    if arguments.server {
        let pair = face_pair(&models, 640, 480)?;
        let alone = || pair_alone(&models, today, &pair, arguments.rounds);
        let page = passport(&models, today, &mut Seeded::new(20), (PAGES[0].1, PAGES[0].2))?;
        return server::run(&pair, &page, &global.models_folder(), arguments.seconds, &alone);
    }
    let tensors = tensors(&models);
    for (role, tensor) in &tensors {
        models.get(*role)?.run(tensor)?;
    }
    let loaded_rss_mb = bench::resident_mb();
    let material = Material { tensors, ..material(&models, today)? };
    let decoder: Arc<dyn Decoder> = Arc::new(InProcess::default());
    let runtime = models.engine();
    let faces = Faces {
        engine: FaceEngine::new(models.clone()),
        decoder: decoder.clone(),
        runtime: runtime.clone(),
    };
    let reader = input::document_reader(&models);
    let documents = Documents { reader, decoder, today, runtime };
    let bar = crate::progress::Bar::new();
    let mut figures =
        bench::run(&faces, &documents, &models, &material, arguments.rounds, &mut |p| bar.show(p))?;
    bar.clear();
    let first_embedder =
        Faces { engine: FaceEngine::with_embedders(models.clone(), Embedders::Sface), ..faces };
    let pair_alone = Material { face_pair: material.face_pair.clone(), ..Material::default() };
    figures.face_pair_first_embedder = bench::run(
        &first_embedder,
        &documents,
        &models,
        &pair_alone,
        arguments.rounds,
        &mut |_| (),
    )?
    .face_pair;
    figures.loaded_rss_mb = loaded_rss_mb;
    figures.start_to_answer_ms = start_to_answer(global, &material)?;

    let mut text = format!("{} {}\n", paint(BOLD, "engine"), figures.engine);
    let mut line = |name: &str, value: f64, unit: &str| {
        let _ = writeln!(text, "  {name:<44}{value:>9.2} {unit}");
    };
    if let Some(pair) = &figures.face_pair {
        line("face pair 1:1, two 1080p JPEGs", pair.total_ms.median, "ms CPU");
        line("  decode", pair.decode_ms.median, "ms CPU");
        line("  detect", pair.detect_ms.median, "ms CPU");
        line("  embed", pair.embed_ms.median, "ms CPU");
    }
    if let Some(pair) = &figures.face_pair_first_embedder {
        line("the same, first embedder alone", pair.total_ms.median, "ms CPU");
    }
    for page in &figures.pages {
        let name = if page.valid { page.name.clone() } else { format!("{} (not read)", page.name) };
        line(&name, page.cpu_s.median, "s CPU");
    }
    for model in &figures.models {
        line(&format!("{:?} {:?}", model.role, model.input), model.run_ms.median, "ms CPU");
    }
    if let Some(start) = &figures.start_to_answer_ms {
        line("process start to first answer (face compare)", start.median, "ms wall");
    }
    if let Some(memory) = figures.loaded_rss_mb {
        line("memory resident, all networks loaded", memory, "MB");
    }
    if let Some(memory) = figures.peak_rss_mb {
        line("most memory resident, all of the above", memory, "MB");
    }
    Answer::new(&figures, text)
}

/// Median CPU time in milliseconds of comparing two pictures in this process,
/// without a server around it: what this machine can do at this moment.
fn pair_alone(
    models: &Arc<Models>,
    today: Date,
    pair: &[Vec<u8>; 2],
    rounds: usize,
) -> Result<f64, Failure> {
    let decoder: Arc<dyn Decoder> = Arc::new(InProcess::default());
    let runtime = models.engine();
    let engine = FaceEngine::new(models.clone());
    let faces = Faces { engine, decoder: decoder.clone(), runtime: runtime.clone() };
    let reader = input::document_reader(models);
    let documents = Documents { reader, decoder, today, runtime };
    let material = Material { face_pair: Some(pair.clone()), ..Material::default() };
    let figures = bench::run(&faces, &documents, models, &material, rounds, &mut |_| ())?;
    let pair = figures.face_pair.ok_or_else(|| Failure::ours("bench_failed", "no pair"))?;
    Ok(pair.total_ms.median)
}

/// The pictures that are timed, from fixed seeds.
fn material(models: &Arc<Models>, today: Date) -> Result<Material, Failure> {
    let mut random = Seeded::new(20);
    let mut pages = Vec::new();
    for (name, width, height) in PAGES {
        pages.push((name.to_owned(), passport(models, today, &mut random, (width, height))?));
    }
    Ok(Material { face_pair: Some(face_pair(models, 1920, 1080)?), pages, tensors: Vec::new() })
}

/// A JPEG file of somebody's passport, as a telephone takes it.
fn passport(
    models: &Arc<Models>,
    today: Date,
    random: &mut Seeded,
    (width, height): (u32, u32),
) -> Result<Vec<u8>, Failure> {
    let (photo, face) = sample_face(models)?;
    let fonts = Fonts::new(models.asset("ocr-b.otf")?, models.asset("sans.ttf")?)?;
    let conditions = Difficulty::Phone.conditions(width, height, random);
    let holder = Holder::generate(today, random);
    let portrait = passport_photo(&photo, face)?;
    let page = render(Kind::Passport, &holder, &portrait, &fonts, &conditions, random)?;
    encode_jpeg(&page.picture, 88).map_err(|error| Failure::ours("bench_failed", error))
}

/// Two JPEG files of the sample face at different conditions.
fn face_pair(models: &Arc<Models>, width: u32, height: u32) -> Result<[Vec<u8>; 2], Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::ours("bench_failed", error.to_string());
    let (photo, face) = sample_face(models)?;
    let mut random = Seeded::new(20);
    let mut portrait = || -> Result<Vec<u8>, Failure> {
        let tall = selfie(&photo, face, 1440, &mut random)?;
        let top = f64::from(tall.height() - 1080) / 2.0;
        let area = bonafide_media::Rect::new(0.0, top as f32, 1440.0, 1080.0);
        let cut = tall.crop(area).ok_or_else(|| failed(&"the selfie is too small"))?;
        let picture = bonafide_media::resize(&cut, width, height).map_err(|e| failed(&e))?;
        encode_jpeg(&picture, 88).map_err(|e| failed(&e))
    };
    Ok([portrait()?, portrait()?])
}

/// The sample photo, and where its face is.
fn sample_face(models: &Arc<Models>) -> Result<(Picture, bonafide_media::Rect), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::ours("bench_failed", error.to_string());
    let photo = InProcess::default()
        .decode(&models.asset("portrait.png")?)
        .map_err(|e| failed(&e))?
        .picture;
    let face = FaceEngine::new(models.clone())
        .detect(&photo)?
        .first()
        .map(|f| f.area)
        .ok_or_else(|| failed(&"the sample photo shows no face"))?;
    Ok((photo, face))
}

/// An input for each network that is installed.
fn tensors(models: &Models) -> Vec<(Role, Tensor)> {
    NETWORKS
        .into_iter()
        .filter(|(role, _)| models.has(*role))
        .map(|(role, shape)| {
            let count: usize = shape.iter().product();
            let data = (0..count).map(|i| (i as f32 * 0.37).sin() * 100.0 + 100.0).collect();
            (role, Tensor::new(&shape, data))
        })
        .collect()
}

/// Wall time of a whole process that compares the face pair.
fn start_to_answer(global: &Global, material: &Material) -> Result<Option<Spread>, Failure> {
    let Some([a, b]) = &material.face_pair else { return Ok(None) };
    let failed = |error: std::io::Error| Failure::ours("bench_failed", error);
    let folder = std::env::temp_dir().join(format!("bonafide-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let files = [folder.join("a.jpg"), folder.join("b.jpg")];
    let outcome = (|| {
        std::fs::write(&files[0], a)?;
        std::fs::write(&files[1], b)?;
        let program = std::env::current_exe()?;
        let clock = SystemClock::start();
        let mut times = Vec::new();
        for round in 0..6 {
            let before = clock.elapsed();
            let status = Command::new(&program)
                .args(["face", "compare"])
                .args(&files)
                .arg("--json")
                .arg("--models")
                .arg(global.models_folder())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .status()?;
            let took = clock.elapsed().saturating_sub(before);
            // The first one reads the files from disk.
            if round > 0 && status.success() {
                times.push(took.as_secs_f64() * 1e3);
            }
        }
        Ok(times)
    })();
    std::fs::remove_dir_all(&folder).map_err(failed)?;
    Ok(Spread::of(outcome.map_err(failed)?))
}
