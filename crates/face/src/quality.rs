//! How fit a face is for comparison.

use bonafide_media::{Luma, Picture};
use serde::Serialize;

use crate::Face;
use crate::align;
use crate::pose::{Pose, pose};

/// Measurements of one face, and what is wrong with it. Light and sharpness are
/// measured on the face as the embedders see it, upright and 112 pixels wide.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    /// What is wrong; empty for a good face.
    pub reasons: Vec<QualityReason>,
}

/// What may be wrong with a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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

/// Least distance between the eyes for any comparison, and for a good one.
const USABLE_EYES: f32 = 8.0;
const GOOD_EYES: f32 = 20.0;
/// Least mean brightness for any comparison, and for a good one.
const USABLE_LIGHT: f32 = 4.0;
const GOOD_LIGHT: f32 = 30.0;
/// Less fine detail than this is a blur.
const SHARP: f32 = 0.1;
/// A pixel this bright is washed out; so much of the face may be.
const WASHED_OUT: u8 = 250;
const MOST_WASHED_OUT: f32 = 0.15;
/// Degrees a face may turn.
const MOST_YAW: f32 = 40.0;
const MOST_PITCH: f32 = 35.0;
const MOST_ROLL: f32 = 45.0;
/// The detector is surer than this of an uncovered face.
const UNCOVERED: f32 = 0.85;

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
    [
        (quality.eye_distance < GOOD_EYES, QualityReason::TooSmall),
        (quality.sharpness < SHARP, QualityReason::Blurred),
        (quality.brightness < GOOD_LIGHT, QualityReason::Dark),
        (quality.overexposed > MOST_WASHED_OUT, QualityReason::Overexposed),
        (turned, QualityReason::Turned),
        (quality.detection < UNCOVERED, QualityReason::Occluded),
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
        let mean: f32 = sum / n;
        let contrast = (squares / n - mean * mean).max(0.0).sqrt();
        Self {
            mean,
            // A face without contrast has no detail either: the 4 keeps its
            // noise from counting as such.
            sharpness: detail / n / (contrast + 4.0),
            washed_out: washed_out / n,
        }
    }
}
