//! Renders one specimen of each kind and difficulty into a folder, to look at:
//!
//! ```text
//! cargo run --release -p bonafide-specimen --example sheet -- \
//!     OUT_DIR OCR_B.otf SANS.ttf PHOTO [face_x,face_y,face_w,face_h] [width]
//! ```
//!
//! Beside each picture stands its ground truth as JSON, and from the photograph
//! a passport portrait, a selfie and two rendered attacks are made.

use std::error::Error;
use std::path::Path;

use bonafide_context::{Date, Seeded};
use bonafide_media::{Decoder, InProcess, Picture, Rect, encode_png};
use bonafide_specimen::{
    Attack, Difficulty, Fonts, Holder, Kind, passport_photo, present, render, selfie,
};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [out, ocr_b, sans, photo, rest @ ..] = args.as_slice() else {
        return Err("give a folder, the two fonts and a photograph".into());
    };
    let out = Path::new(out);
    std::fs::create_dir_all(out)?;
    let fonts = Fonts::new(std::fs::read(ocr_b)?, std::fs::read(sans)?)?;
    let photo = InProcess::default().decode(&std::fs::read(photo)?)?.picture;
    let face = face(rest.first(), &photo)?;
    let width: u32 = rest.get(1).map_or(Ok(1_600), |text| text.parse())?;
    let save = |name: &str, picture: &Picture| -> Result<(), Box<dyn Error>> {
        Ok(std::fs::write(out.join(format!("{name}.png")), encode_png(picture)?)?)
    };

    let portrait = passport_photo(&photo, face)?;
    save("portrait", &portrait)?;
    let selfie = selfie(&photo, face, 720, &mut Seeded::new(1))?;
    save("selfie", &selfie)?;
    save("attack_print", &present(&selfie, Attack::Print, &mut Seeded::new(2))?)?;
    save("attack_replay", &present(&selfie, Attack::Replay, &mut Seeded::new(3))?)?;

    let today = Date::new(2026, 11, 22)?;
    for (i, kind) in Kind::ALL.into_iter().enumerate() {
        for (level, difficulty) in Difficulty::ALL.into_iter().enumerate() {
            let mut random = Seeded::new(100 * i as u64 + level as u64);
            let holder = Holder::generate(today, &mut random);
            let conditions = difficulty.conditions(width, width * 3 / 4, &mut random);
            let specimen = render(kind, &holder, &portrait, &fonts, &conditions, &mut random)?;
            let name = format!("{}_{level}", kind.name());
            save(&name, &specimen.picture)?;
            let truth = serde_json::to_string_pretty(&specimen.truth)?;
            std::fs::write(out.join(format!("{name}.json")), truth)?;
        }
    }
    Ok(())
}

/// The face's box as given, or the middle of the photograph.
fn face(text: Option<&String>, photo: &Picture) -> Result<Rect, Box<dyn Error>> {
    let Some(text) = text else {
        let (w, h) = (photo.width() as f32, photo.height() as f32);
        return Ok(Rect::new(w * 0.3, h * 0.25, w * 0.4, h * 0.5));
    };
    let numbers = text.split(',').map(str::parse).collect::<Result<Vec<f32>, _>>()?;
    match numbers.as_slice() {
        [x, y, w, h] => Ok(Rect::new(*x, *y, *w, *h)),
        _ => Err("give the face as x,y,width,height".into()),
    }
}
