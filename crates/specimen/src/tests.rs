//! Tests of whole specimens. They print with the fonts that `bonafide models
//! fetch` brings, and are skipped by name where those are missing.

use std::path::PathBuf;

use bonafide_context::{Date, Random, Seeded};
use bonafide_document::mrz;
use bonafide_media::{Picture, Point, Quad, QuarterTurn, Rect};
use proptest::prelude::*;

use crate::font::em_for_advance;
use crate::page::PITCH_MM;
use crate::{
    Attack, Conditions, Defect, Difficulty, Fonts, Holder, Kind, Specimen, SpecimenError,
    passport_photo, present, render, selfie,
};

const TODAY: (i32, u32, u32) = (2026, 11, 22);

/// The fonts, or `None` with a line that says what was skipped; with `models`
/// in `BONAFIDE_REQUIRE` missing fonts fail the test.
fn fonts(test: &str) -> Option<Fonts> {
    let folder: PathBuf = bonafide_inference::store::default_folder();
    let read = |name: &str| std::fs::read(folder.join(name)).ok();
    let Some((ocr_b, sans)) = read("ocr-b.otf").zip(read("sans.ttf")) else {
        let required = std::env::var("BONAFIDE_REQUIRE").unwrap_or_default();
        assert!(!required.split(',').any(|word| word == "models"), "{test} needs the fonts");
        eprintln!("skipped {test}: the fonts are not in {}", folder.display());
        return None;
    };
    Some(Fonts::new(ocr_b, sans).unwrap())
}

/// A portrait in one colour that nothing else on a page has.
fn marker() -> Picture {
    Picture::filled(70, 90, [255, 0, 255]).unwrap()
}

fn holder(seed: u64) -> Holder {
    let (year, month, day) = TODAY;
    Holder::generate(Date::new(year, month, day).unwrap(), &mut Seeded::new(seed))
}

fn shot(fonts: &Fonts, kind: Kind, conditions: &Conditions, seed: u64) -> Specimen {
    render(kind, &holder(seed), &marker(), fonts, conditions, &mut Seeded::new(seed)).unwrap()
}

fn is_marker(pixel: [u8; 3]) -> bool {
    pixel[0] > 120 && pixel[2] > 120 && pixel[1] < 60
}

/// Whether `p` lies within `quad`, `margin` pixels from its edges.
fn within(quad: &Quad, p: Point, margin: f32) -> bool {
    (0..4).all(|i| {
        let (a, b) = (quad.0[i], quad.0[(i + 1) % 4]);
        let cross = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
        cross / a.distance(b) >= -margin
    })
}

#[test]
fn a_seed_fixes_every_pixel() {
    let Some(fonts) = fonts("a_seed_fixes_every_pixel") else { return };
    let conditions = Difficulty::Hurried.conditions(320, 240, &mut Seeded::new(1));
    let first = shot(&fonts, Kind::Passport, &conditions, 4);
    let again = shot(&fonts, Kind::Passport, &conditions, 4);
    assert!(first.picture == again.picture && first.truth == again.truth);
    assert!(first.picture != shot(&fonts, Kind::Passport, &conditions, 5).picture);
}

#[test]
fn the_truth_says_where_the_portrait_lies() {
    let Some(fonts) = fonts("the_truth_says_where_the_portrait_lies") else { return };
    for turn in QuarterTurn::ALL {
        let conditions = Conditions {
            tilt_x: 14.0,
            tilt_y: -11.0,
            rotation: 9.0,
            fill: 0.8,
            turn,
            ..Conditions::flat(640, 480)
        };
        let Specimen { picture, truth } = shot(&fonts, Kind::IdCardFront, &conditions, 2);
        let portrait = truth.portrait.unwrap();
        let (mut marked, mut inside) = (0, 0);
        for y in 0..picture.height() {
            for x in 0..picture.width() {
                let p = Point::new(x as f32, y as f32);
                let found = is_marker(picture.pixel(x, y));
                marked += u32::from(found);
                inside += u32::from(within(&portrait, p, -1.5));
                assert!(!found || within(&portrait, p, 1.5), "{turn:?}: marker at {x}, {y}");
                assert!(found || !within(&portrait, p, -1.5), "{turn:?}: no marker at {x}, {y}");
            }
        }
        assert!(marked > 1_000 && inside > 1_000, "{marked} {inside}");
        assert!(portrait.0.iter().all(|p| within(&truth.quad, *p, 0.0)));
        assert_eq!(truth.turn_degrees, turn.degrees());
    }
}

#[test]
fn the_printed_zone_parses_as_valid_unless_it_was_spoilt() {
    let Some(fonts) = fonts("the_printed_zone_parses_as_valid_unless_it_was_spoilt") else {
        return;
    };
    let (year, month, day) = TODAY;
    let today = Date::new(year, month, day).unwrap();
    for kind in Kind::ALL.into_iter().filter(|kind| kind.shows_mrz()) {
        let right = shot(&fonts, kind, &Conditions::flat(200, 150), 3).truth;
        let read = mrz::parse(&right.mrz, today).unwrap();
        assert!(read.valid() && right.check_digits_valid, "{kind:?}");
        assert_eq!(right.mrz_type, Some(kind.format().name()));
        let defect = Some(Defect::WrongCheckDigit);
        let conditions = Conditions { defect, ..Conditions::flat(200, 150) };
        let spoilt = shot(&fonts, kind, &conditions, 3).truth;
        assert!(!mrz::parse(&spoilt.mrz, today).unwrap().valid(), "{kind:?}");
        assert!(!spoilt.check_digits_valid);
    }
}

#[test]
fn defects_are_in_the_truth() {
    let Some(fonts) = fonts("defects_are_in_the_truth") else { return };
    let with = |defect| {
        let conditions = Conditions { defect, ..Conditions::flat(300, 420) };
        shot(&fonts, Kind::Passport, &conditions, 8).truth
    };
    let right = with(None);
    assert!(with(Some(Defect::NoMrz)).mrz.is_empty());
    assert_eq!(with(Some(Defect::NoMrz)).mrz_type, None);
    let forged = with(Some(Defect::ZonesDisagree));
    assert_eq!(forged.mrz, right.mrz);
    assert_ne!(forged.viz["surname"], right.viz["surname"]);
    assert_ne!(forged.viz["birth_date"], right.viz["birth_date"]);
    let two = with(Some(Defect::TwoDocuments));
    assert!(two.second.unwrap().bounds().y > two.quad.bounds().y + two.quad.bounds().h - 1.0);
}

#[test]
fn the_zone_is_printed_at_ten_characters_an_inch() {
    let Some(fonts) = fonts("the_zone_is_printed_at_ten_characters_an_inch") else { return };
    // Doc 9303-3: capital letters of OCR-B, size 1, are about 2.5 mm high.
    let em = em_for_advance(&fonts.ocr_b, PITCH_MM);
    assert!((3.2..3.8).contains(&em), "{em}");
    for kind in Kind::ALL.into_iter().filter(|kind| kind.shows_mrz()) {
        let (width, _) = kind.size_mm();
        assert!(kind.format().width() as f32 * PITCH_MM <= width - 4.0, "{kind:?}");
    }
    // Ink in the first line: the darkest rows of the lower quarter start at the
    // first cell and end at the last.
    let holder = Holder { personal_number: "ZE184226B".to_owned(), ..holder(1) };
    let flat = Conditions { fill: 1.0, ..Conditions::flat(1_250, 880) };
    let random = &mut Seeded::new(1);
    let Specimen { picture, .. } =
        render(Kind::Passport, &holder, &marker(), &fonts, &flat, random).unwrap();
    let dark = |x: u32| (770..810).any(|y| picture.pixel(x, y)[1] < 90);
    let first = (60..1_250).find(|x| dark(*x)).unwrap() as f32 / 10.0;
    let last = (0..1_190).rev().find(|x| dark(*x)).unwrap() as f32 / 10.0;
    let printed = last - first;
    let pitch = PITCH_MM * 44.0;
    assert!((pitch - 2.0..pitch).contains(&printed), "{printed} mm for 44 characters");
}

#[test]
fn every_condition_changes_the_picture() {
    let Some(fonts) = fonts("every_condition_changes_the_picture") else { return };
    let flat = Conditions::flat(160, 120);
    let plain = shot(&fonts, Kind::Passport, &flat, 6).picture;
    let glare = Some(crate::Glare { at: (0.5, 0.5), radius: 0.2, strength: 0.9 });
    let changes: [(&str, Conditions); 11] = [
        ("tilt_x", Conditions { tilt_x: 20.0, ..flat.clone() }),
        ("tilt_y", Conditions { tilt_y: 20.0, ..flat.clone() }),
        ("rotation", Conditions { rotation: 20.0, ..flat.clone() }),
        ("turn", Conditions { turn: QuarterTurn::Half, ..flat.clone() }),
        ("blur", Conditions { blur: 2.0, ..flat.clone() }),
        ("motion", Conditions { motion: (6.0, 30.0), ..flat.clone() }),
        ("noise", Conditions { noise: 9.0, ..flat.clone() }),
        ("light", Conditions { uneven_light: 0.5, ..flat.clone() }),
        ("shadow", Conditions { shadow: 0.5, ..flat.clone() }),
        ("glare", Conditions { glare, ..flat.clone() }),
        ("jpeg", Conditions { jpeg: Some(30), ..flat.clone() }),
    ];
    for (name, conditions) in changes {
        assert!(shot(&fonts, Kind::Passport, &conditions, 6).picture != plain, "{name}");
    }
}

#[test]
fn unusable_wishes_are_errors() {
    assert_eq!(Fonts::new(vec![], vec![1, 2, 3]).unwrap_err(), SpecimenError::Font);
    let photo = marker();
    let nowhere = Rect::new(500.0, 0.0, 20.0, 20.0);
    assert_eq!(passport_photo(&photo, nowhere).unwrap_err(), SpecimenError::Face);
    let nan = Rect::new(f32::NAN, 0.0, 20.0, 20.0);
    assert_eq!(selfie(&photo, nan, 200, &mut Seeded::new(1)).unwrap_err(), SpecimenError::Face);
    let tiny = Picture::filled(8, 8, [0; 3]).unwrap();
    let refused = present(&tiny, Attack::Print, &mut Seeded::new(1));
    assert_eq!(refused.unwrap_err(), SpecimenError::Size);
    let Some(fonts) = fonts("unusable_wishes_are_errors") else { return };
    let wish = |conditions: Conditions| {
        let random = &mut Seeded::new(1);
        render(Kind::VisaB, &holder(1), &photo, &fonts, &conditions, random).unwrap_err()
    };
    assert_eq!(wish(Conditions::flat(4, 400)), SpecimenError::Size);
    let edge_on = Conditions { tilt_x: 90.0, ..Conditions::flat(64, 64) };
    assert_eq!(wish(edge_on), SpecimenError::Conditions);
    let not_finite = Conditions { blur: f32::NAN, ..Conditions::flat(64, 64) };
    assert_eq!(wish(not_finite), SpecimenError::Conditions);
}

#[test]
fn a_selfie_and_its_presentations_differ_from_the_photograph() {
    let mut photo = Picture::filled(200, 240, [90, 120, 150]).unwrap();
    let mut random = Seeded::new(3);
    for y in 0..240 {
        for x in 0..200 {
            photo.set_pixel(x, y, [(random.u64() % 90) as u8 + 60, 110, 130]);
        }
    }
    let face = Rect::new(70.0, 70.0, 60.0, 80.0);
    let portrait = passport_photo(&photo, face).unwrap();
    assert!((portrait.width() as f32 / portrait.height() as f32 - 35.0 / 45.0).abs() < 0.02);
    let taken = selfie(&photo, face, 240, &mut Seeded::new(1)).unwrap();
    assert_eq!((taken.width(), taken.height()), (240, 320));
    assert!(taken == selfie(&photo, face, 240, &mut Seeded::new(1)).unwrap());
    let print = present(&taken, Attack::Print, &mut Seeded::new(1)).unwrap();
    let replay = present(&taken, Attack::Replay, &mut Seeded::new(1)).unwrap();
    assert!(print != taken && replay != taken && print != replay);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the sizes and numbers: an answer or an error, no panic.
    #[test]
    fn no_wish_panics(
        kind in prop::sample::select(Kind::ALL.to_vec()),
        (width, height) in (14u32..90, 14u32..90),
        (portrait_w, portrait_h) in (1u32..40, 1u32..40),
        angles in prop::array::uniform3(-100.0f32..100.0),
        (fill, blur, noise) in (-1.0f32..8.0, -1.0f32..20.0, -1.0f32..200.0),
        turn in prop::sample::select(QuarterTurn::ALL.to_vec()),
        seed in any::<u64>(),
    ) {
        let Some(fonts) = fonts("no_wish_panics") else { return Ok(()) };
        let [tilt_x, tilt_y, rotation] = angles;
        let conditions = Conditions {
            tilt_x, tilt_y, rotation, fill, blur, noise, turn,
            offset: (fill, -fill), motion: (blur * 4.0, rotation), uneven_light: noise, shadow: blur,
            jpeg: Some(seed as u8), ..Conditions::flat(width, height)
        };
        let portrait = Picture::filled(portrait_w, portrait_h, [9; 3]).unwrap();
        let random = &mut Seeded::new(seed);
        let _ = render(kind, &holder(seed), &portrait, &fonts, &conditions, random);
    }
}
