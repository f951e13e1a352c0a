//! `bonafide specimen`: fictitious documents for the demo, tests and evaluation.

use std::fs;
use std::path::{Path, PathBuf};

use bonafide_context::{Clock, Date, Seeded, SystemClock};
use bonafide_face::FaceEngine;
use bonafide_media::{Decoder, InProcess, Picture, encode_jpeg};
use bonafide_specimen::card::{LOOKS, Layouts, render_card};
use bonafide_specimen::{
    Difficulty, Fonts, Holder, Kind, SpecimenError, passport_photo, render, selfie,
};
use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::input;
use crate::output::{Answer, DIM, Global, paint};

/// A JPEG that shows no blocks and stays small.
const QUALITY: u8 = 88;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Folder to write document.jpg, selfie.jpg and truth.json to.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What to render: passport, id_card_front, id_card_back, large_card, visa_a, visa_b, french_card.
    #[arg(long, default_value = "passport", value_parser = kind)]
    kind: Kind,
    /// Card of a state to render instead, as `bonafide document types` names it.
    #[arg(long, value_name = "TYPE", conflicts_with = "kind")]
    document_type: Option<String>,
    /// Which side of the card: front or back.
    #[arg(long, default_value = "front", value_parser = ["front", "back"])]
    side: String,
    /// From a flat scan (0) and a phone photo (1) to beyond what may be read (3).
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    difficulty: u8,
    /// The same seed gives the same pictures.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Pixels of the document's picture, width x height.
    #[arg(long, default_value = "1600x1200", value_parser = size, value_name = "WxH")]
    size: (u32, u32),
    /// Photo to print as portrait and to make the selfie from [default: the
    /// sample photo of the models folder].
    #[arg(long, value_name = "IMG")]
    portrait: Option<PathBuf>,
    /// The day on which the document is valid [default: today].
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

fn kind(text: &str) -> Result<Kind, String> {
    Kind::ALL
        .into_iter()
        .find(|kind| kind.name() == text)
        .ok_or_else(|| format!("one of {}", Kind::ALL.map(Kind::name).join(", ")))
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let parsed = text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    parsed.ok_or_else(|| "write width x height, as in 1600x1200".to_owned())
}

impl From<SpecimenError> for Failure {
    fn from(error: SpecimenError) -> Self {
        match error {
            SpecimenError::Size | SpecimenError::Face => Self::caller("specimen_unusable", error),
            other => Self::ours("specimen_failed", other),
        }
    }
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Answer, Failure> {
    let models = input::models(global)?;
    let fonts = Fonts::new(models.asset("ocr-b.otf")?, models.asset("sans.ttf")?)?;
    let photo = match &arguments.portrait {
        Some(path) => input::picture(path)?,
        None => {
            InProcess::default()
                .decode(&models.asset("portrait.png")?)
                .map_err(|error| Failure::ours("models_unusable", error))?
                .picture
        }
    };
    let faces = FaceEngine::new(models.clone()).detect(&photo)?;
    let face = faces.first().map(|face| face.area).ok_or_else(|| {
        Failure::caller("no_face", "there is no face in the photo for the portrait")
    })?;
    let today = arguments.today.unwrap_or_else(|| SystemClock::start().today());
    let mut random = Seeded::new(arguments.seed);
    let difficulty = Difficulty::ALL
        .get(usize::from(arguments.difficulty))
        .copied()
        .unwrap_or(Difficulty::Phone);
    let (width, height) = arguments.size;
    let conditions = difficulty.conditions(width, height, &mut random);
    let portrait = passport_photo(&photo, face)?;
    let (picture, truth) = if let Some(name) = &arguments.document_type {
        let layouts = Layouts::built_in()?;
        let layout = layouts.of(name).ok_or_else(|| {
            let known: Vec<&str> = layouts.iter().map(|l| l.document_type.as_str()).collect();
            Failure::caller("unknown_type", format!("one of {}", known.join(", ")))
        })?;
        let side = layout.sides.iter().find(|side| side.name == arguments.side);
        let side = side
            .ok_or_else(|| Failure::caller("unknown_side", "this card has nothing on its back"))?;
        let fonts = fonts.with_han(models.asset("sans-han.otf")?)?;
        // One holder and one look on both sides.
        let mut holder = Seeded::new(arguments.seed);
        let holding = layout.holding(today, &mut holder);
        let look = arguments.seed % LOOKS;
        let card =
            render_card(layout, side, &holding, look, &portrait, &fonts, &conditions, &mut random)?;
        (card.picture, json!(card.truth))
    } else {
        let holder = Holder::generate(today, &mut random);
        let kind = arguments.kind;
        let specimen = render(kind, &holder, &portrait, &fonts, &conditions, &mut random)?;
        (specimen.picture, json!(specimen.truth))
    };
    let selfie = selfie(&photo, face, 720, &mut random)?;

    fs::create_dir_all(&arguments.out).map_err(|e| unwritable(&arguments.out, &e))?;
    let document = write(&arguments.out, "document.jpg", &jpeg(&picture)?)?;
    let selfie = write(&arguments.out, "selfie.jpg", &jpeg(&selfie)?)?;
    let truth_path = write(&arguments.out, "truth.json", truth.to_string().as_bytes())?;
    let text = format!(
        "{}\n{}\n{}\n{}",
        document.display(),
        selfie.display(),
        truth_path.display(),
        paint(
            DIM,
            "The document is fictitious. Its portrait and the selfie are made from one photograph,\n\
             so they are easier to match than two real pictures."
        )
    );
    Answer::new(&json!({ "document": document, "selfie": selfie, "truth": truth }), text)
}

fn jpeg(picture: &Picture) -> Result<Vec<u8>, Failure> {
    encode_jpeg(picture, QUALITY).map_err(|error| Failure::ours("specimen_failed", error))
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, Failure> {
    let path = folder.join(name);
    fs::write(&path, bytes).map_err(|error| unwritable(&path, &error))?;
    Ok(path)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::caller("file_unwritable", format!("cannot write {}: {error}", path.display()))
}
