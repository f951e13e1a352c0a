//! How fit a face is for comparison.

use bonafide_media::{Luma, Picture};
use serde::{Deserialize, Serialize};

use crate::Face;
use crate::align;
use crate::pose::{Pose, pose};

/// Measurements of one face, and what is wrong with it. Light and sharpness are
/// measured on the face as the embedders see it, upright and 112 pixels wide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Quality {
    /// Distance between the eyes in pixels of the picture.
    pub eye_distance: f32,
    /// Fine detail: mean absolute Laplacian over the contrast.
    pub sharpness: f32,
    /// Mean brightness of the face, 0 to 255.
    pub brightness: f32,
    /// Share of the face that is washed out (brightness 250 and more).
    pub overexposed: f32,
    /// Which way it looks; `null` if the landmarks coincide.
    pub pose: Option<Pose>,
    /// The detector's confidence at close look; it falls when parts of the face
    /// cannot be seen.
    pub detection: f32,
    /// Brightness of the lighter eye over that of the cheeks: low behind dark
    /// glasses.
    pub eyes: f32,
    /// Detail of the lower half of the face over that of the upper: low behind
    /// a smooth mask. A hand, a patterned scarf or one covered eye show in
    /// neither.
    pub lower_face: f32,
    /// What is wrong; empty for a good face.
    pub reasons: Vec<QualityReason>,
}

/// What may be wrong with a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QualityReason {
    /// Too few pixels between the eyes.
    TooSmall,
    /// No fine detail.
    Blurred,
    /// Too little light on the face.
    Dark,
    /// So much light that detail is lost.
    Overexposed,
    /// Not looking at the camera.
    Turned,
    /// Something covers part of the face.
    Occluded,
    /// Another face of like size is in the picture.
    SeveralFaces,
}

impl QualityReason {
    /// Every one of them.
    pub const ALL: [Self; 7] = [
        Self::TooSmall,
        Self::Blurred,
        Self::Dark,
        Self::Overexposed,
        Self::Turned,
        Self::Occluded,
        Self::SeveralFaces,
    ];

    /// The reason as scripts see it.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooSmall => "too_small",
            Self::Blurred => "blurred",
            Self::Dark => "dark",
            Self::Overexposed => "overexposed",
            Self::Turned => "turned",
            Self::Occluded => "occluded",
            Self::SeveralFaces => "several_faces",
        }
    }
}

impl Quality {
    /// Whether a comparison is worth its name. Reasons alone do not forbid one:
    /// a poor face costs genuine matches, it does not give false ones. Below
    /// these limits there is no face left to compare.
    pub fn is_usable(&self) -> bool {
        self.eye_distance >= USABLE_EYES && self.brightness >= USABLE_LIGHT && self.pose.is_some()
    }
}

// The limits on light, detail and covering keep clear of the middle 98 % of 45
// dev faces and fire on most of the same faces made worse. Small sample: FNMR of
// SFace at FMR 1e-4 on those 45 genuine pairs was 1 pair untouched, 2 with 16
// pixels between the eyes, 4 with 12, 21 with 6, 4 with a Gaussian blur of 2
// pixels of the aligned face, 4 at 15 % of the light. Masks and glasses were
// painted on. The limits on pose were set by judgement: `turned` is the reason
// that fires most on all dev faces (130 of 3,074).

/// Least distance between the eyes for any comparison, and for a good one.
const USABLE_EYES: f32 = 8.0;
const GOOD_EYES: f32 = 16.0;
/// Least mean brightness for any comparison, and for a good one.
const USABLE_LIGHT: f32 = 4.0;
const GOOD_LIGHT: f32 = 35.0;
/// Less fine detail than this is a blur.
const SHARP: f32 = 0.075;
/// A pixel this bright is washed out; so much of the face may be.
const WASHED_OUT: u8 = 250;
const MOST_WASHED_OUT: f32 = 0.2;
/// Degrees a face may turn.
const MOST_YAW: f32 = 40.0;
const MOST_PITCH: f32 = 35.0;
const MOST_ROLL: f32 = 45.0;
/// The detector is surer than this of an uncovered face.
const UNCOVERED: f32 = 0.8;
/// Eyes darker than this beside the cheeks lie behind dark glasses.
const OPEN_EYES: f32 = 0.3;
/// A lower half with less detail than this beside the upper is covered.
const OPEN_MOUTH: f32 = 0.3;

/// The part of an aligned face that is face in every person: columns and rows.
const FACE_COLUMNS: std::ops::Range<u32> = 26..86;
const FACE_ROWS: std::ops::Range<u32> = 28..100;

/// Measures the face and names what is wrong with it.
pub(crate) fn measure(picture: &Picture, face: &Face) -> Quality {
    let light = match align::upright(picture, &face.landmarks) {
        Ok(upright) => Light::of(&upright.luma()),
        Err(_) => Light::default(),
    };
    let mut quality = Quality {
        eye_distance: face.eye_distance(),
        sharpness: light.sharpness,
        brightness: light.mean,
        overexposed: light.washed_out,
        pose: pose(&face.landmarks),
        detection: face.score,
        eyes: light.eyes,
        lower_face: light.lower_face,
        reasons: Vec::new(),
    };
    quality.reasons = reasons(&quality);
    quality
}

/// What is wrong, by the measurements.
fn reasons(quality: &Quality) -> Vec<QualityReason> {
    let turned = quality.pose.is_none_or(|pose| {
        pose.yaw.abs() > MOST_YAW || pose.pitch.abs() > MOST_PITCH || pose.roll.abs() > MOST_ROLL
    });
    let occluded = quality.detection < UNCOVERED
        || quality.eyes < OPEN_EYES
        || quality.lower_face < OPEN_MOUTH;
    [
        (quality.eye_distance < GOOD_EYES, QualityReason::TooSmall),
        (quality.sharpness < SHARP, QualityReason::Blurred),
        (quality.brightness < GOOD_LIGHT, QualityReason::Dark),
        (quality.overexposed > MOST_WASHED_OUT, QualityReason::Overexposed),
        (turned, QualityReason::Turned),
        (occluded, QualityReason::Occluded),
    ]
    .into_iter()
    .filter_map(|(wrong, reason)| wrong.then_some(reason))
    .collect()
}

/// Light and detail of an aligned face.
#[derive(Default)]
struct Light {
    mean: f32,
    sharpness: f32,
    washed_out: f32,
    eyes: f32,
    lower_face: f32,
}

/// Columns and rows of the template: each eye, each cheek, the upper and the
/// lower half of the face.
const EYES: [Area; 2] = [(34..43, 48..57), (70..79, 48..57)];
const CHEEKS: [Area; 2] = [(29..40, 71..82), (73..84, 71..82)];
const UPPER: Area = (30..82, 28..66);
const LOWER: Area = (30..82, 66..107);

type Area = (std::ops::Range<i64>, std::ops::Range<i64>);

/// Mean of `value` over an area.
fn mean(area: &Area, value: impl Fn(i64, i64) -> f32) -> f32 {
    let n = area.0.clone().count() * area.1.clone().count();
    let rows = area.1.clone();
    let sum: f32 =
        rows.flat_map(|y| area.0.clone().map(move |x| (x, y))).map(|(x, y)| value(x, y)).sum();
    sum / n.max(1) as f32
}

impl Light {
    fn of(luma: &Luma) -> Self {
        let (mut sum, mut squares, mut detail, mut washed_out, mut n) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for y in FACE_ROWS.map(i64::from) {
            for x in FACE_COLUMNS.map(i64::from) {
                let at = |dx: i64, dy: i64| f32::from(luma.at(x + dx, y + dy));
                let value = at(0, 0);
                sum += value;
                squares += value * value;
                detail += (4.0 * value - at(-1, 0) - at(1, 0) - at(0, -1) - at(0, 1)).abs();
                washed_out += f32::from(u8::from(value >= f32::from(WASHED_OUT)));
                n += 1.0;
            }
        }
        let at = |x: i64, y: i64| f32::from(luma.at(x, y));
        let light = |area: &Area| mean(area, at);
        let steps = |area: &Area| mean(area, |x, y| (at(x, y + 1) - at(x, y)).abs());
        let mean: f32 = sum / n;
        let contrast = (squares / n - mean * mean).max(0.0).sqrt();
        Self {
            mean,
            // A face without contrast has no detail either: the 4 keeps its
            // noise from counting as such.
            sharpness: detail / n / (contrast + 4.0),
            washed_out: washed_out / n,
            eyes: light(&EYES[0]).max(light(&EYES[1]))
                / ((light(&CHEEKS[0]) + light(&CHEEKS[1])) / 2.0 + 1.0),
            // Half a grey value keeps a flat face from looking covered.
            lower_face: (steps(&LOWER) + 0.5) / (steps(&UPPER) + 0.5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_media::{Picture, Point, Rect};

    fn good() -> Quality {
        Quality {
            eye_distance: 60.0,
            sharpness: 0.2,
            brightness: 130.0,
            overexposed: 0.0,
            pose: Some(Pose::default()),
            detection: 0.92,
            eyes: 0.7,
            lower_face: 0.9,
            reasons: vec![],
        }
    }

    #[test]
    fn each_measurement_has_its_reason() {
        assert_eq!(reasons(&good()), []);
        let turned = Some(Pose { yaw: -50.0, ..Pose::default() });
        for (quality, reason) in [
            (Quality { eye_distance: 12.0, ..good() }, QualityReason::TooSmall),
            (Quality { sharpness: 0.05, ..good() }, QualityReason::Blurred),
            (Quality { brightness: 20.0, ..good() }, QualityReason::Dark),
            (Quality { overexposed: 0.4, ..good() }, QualityReason::Overexposed),
            (Quality { pose: turned, ..good() }, QualityReason::Turned),
            (Quality { pose: None, ..good() }, QualityReason::Turned),
            (Quality { detection: 0.6, ..good() }, QualityReason::Occluded),
            (Quality { eyes: 0.15, ..good() }, QualityReason::Occluded),
            (Quality { lower_face: 0.05, ..good() }, QualityReason::Occluded),
        ] {
            assert_eq!(reasons(&quality), [reason]);
        }
    }

    #[test]
    fn only_a_face_that_is_hardly_there_forbids_comparison() {
        assert!(good().is_usable());
        assert!(Quality { sharpness: 0.01, eye_distance: 10.0, ..good() }.is_usable());
        assert!(!Quality { eye_distance: 5.0, ..good() }.is_usable());
        assert!(!Quality { eye_distance: f32::NAN, ..good() }.is_usable());
        assert!(!Quality { brightness: 1.0, ..good() }.is_usable());
        assert!(!Quality { pose: None, ..good() }.is_usable());
    }

    #[test]
    fn a_black_picture_is_dark_and_a_white_one_overexposed() {
        let landmarks = [(38.0, 52.0), (74.0, 52.0), (56.0, 72.0), (42.0, 92.0), (71.0, 92.0)]
            .map(|(x, y)| Point::new(x, y));
        let face = Face { area: Rect::new(20.0, 20.0, 70.0, 90.0), landmarks, score: 0.9 };
        let of = |grey: u8| measure(&Picture::filled(112, 112, [grey; 3]).unwrap(), &face).reasons;
        assert!(of(0).contains(&QualityReason::Dark));
        assert!(of(255).contains(&QualityReason::Overexposed));
        assert!(of(120).contains(&QualityReason::Blurred));
    }
}
