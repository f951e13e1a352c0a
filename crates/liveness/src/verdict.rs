//! What the verifier says, and on what grounds.

use serde::{Deserialize, Serialize};

/// Why a recording was judged as it was: the first test of the table that it meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The face left the picture, was too small, or another one came in.
    FaceLost,
    /// Too few frames, or too long without one.
    TooFewFrames,
    /// Too much of the face is white: the room is too dark for the screen.
    Overexposed,
    /// The light came back later than a screen and a camera take.
    TooLate,
    /// The light came back before it was shown.
    TooEarly,
    /// The face reflects no light of the screen.
    NoReflection,
    /// The face reflects other colours than were shown.
    WrongSequence,
    /// Too much noise to tell a face from a flat surface.
    Inconclusive,
    /// It reflects as something flat or bent, not as a face.
    FlatSurface,
    /// A face reflected the sequence.
    Accept,
}

/// What follows from a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Live.
    Accepted,
    /// Neither live nor an attack: ask again, with advice.
    NonResponse,
    /// An attack, or what cannot be told from one.
    Rejected,
}

impl Reason {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 10] = [
        Self::FaceLost,
        Self::TooFewFrames,
        Self::Overexposed,
        Self::TooLate,
        Self::NoReflection,
        Self::WrongSequence,
        Self::TooEarly,
        Self::Inconclusive,
        Self::FlatSurface,
        Self::Accept,
    ];

    /// What follows from it. Only `accept` is live; whatever is unknown is not.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Accept => Outcome::Accepted,
            Self::FaceLost
            | Self::TooFewFrames
            | Self::Overexposed
            | Self::NoReflection
            | Self::Inconclusive => Outcome::NonResponse,
            Self::TooLate | Self::TooEarly | Self::WrongSequence | Self::FlatSurface => {
                Outcome::Rejected
            }
        }
    }

    /// Its name in answers and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::FaceLost => "face_lost",
            Self::TooFewFrames => "too_few_frames",
            Self::Overexposed => "overexposed",
            Self::TooLate => "too_late",
            Self::TooEarly => "too_early",
            Self::NoReflection => "no_reflection",
            Self::WrongSequence => "wrong_sequence",
            Self::Inconclusive => "inconclusive",
            Self::FlatSurface => "flat_surface",
            Self::Accept => "accept",
        }
    }
}

/// The verdict on a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// Why.
    pub reason: Reason,
    /// What follows from it.
    pub outcome: Outcome,
    /// What was measured, for the audit record; not for the person who was filmed,
    /// who could learn from it what to mend.
    pub figures: Figures,
}

/// Everything the verifier computed on its way; null what it did not come to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Figures {
    /// Frames with one face.
    pub frames: u32,
    /// Frames without a face, or with several.
    pub frames_lost: u32,
    /// Frames with several faces.
    pub frames_with_several: u32,
    /// The longest time without a frame, in seconds.
    pub longest_gap_s: f64,
    /// Share of the flashes with fewer than four frames of steady light.
    pub thin_flashes: f64,
    /// The median distance between the eyes as a share of the frame's width.
    pub eye_distance: f64,
    /// The largest share of white pixels.
    pub overexposed: f64,
    /// Standard deviation of the face's chroma (log ratio) after slow drift is removed.
    pub a_u: Option<f64>,
    /// From the display to the frame, in seconds.
    pub lag_s: Option<f64>,
    /// Share of the chroma's variance that the sequence explains, at that lag.
    pub r2: Option<f64>,
    /// The same at the best lag from 0 to 0.25 s.
    pub r2_window: Option<f64>,
    /// Share of the full-screen colours that can be read back from the face.
    pub decoded: Option<f64>,
    /// The weakest of four responses that must be positive, over their mean.
    pub sign_min: Option<f64>,
    /// Share of sequences drawn at random that explain the chroma as well, the issued
    /// one counted among them.
    pub p_value: Option<f64>,
    /// How many of all legal sequences, or of those that were tried, explain it better.
    pub better_rivals: Option<u32>,
    /// Light of the screen over light of the room.
    pub rho: Option<f64>,
    /// Standard error of one cell's response.
    pub noise: Option<f64>,
    /// Slope of the response on the normals' upward part, and its t value.
    pub b_y: Option<f64>,
    /// See `b_y`.
    pub t_y: Option<f64>,
    /// Slope of the response on the normals' part towards the camera, and its t value.
    pub b_z: Option<f64>,
    /// See `b_z`.
    pub t_z: Option<f64>,
    /// `b_z - b_y`: about 1.2 for a face, 0 for paper.
    pub shape: Option<f64>,
    /// `t_z - t_y`: how sure that is.
    pub certainty: Option<f64>,
    /// The slope of the light itself instead of its logarithm, which flattens where the
    /// screen outshines the room, with the upward part counted twice (`b_z - 2 b_y`): about
    /// 3.5 for a face.
    pub light_shape: Option<f64>,
    /// How sure that is.
    pub light_certainty: Option<f64>,
    /// How much of the answer of a face to the light of a screen there is: 1 for the
    /// canonical face, 0 for paper, however it is bent.
    pub answer: Option<f64>,
    /// The same, beside what a nose folded out of paper answers.
    pub answer_beside_nose: Option<f64>,
    /// Share of the chroma's variance that is between the flashes and not within them:
    /// low where noise covers everything.
    pub steadiness: Option<f64>,
    /// How the difference between top and bottom light follows the upward normals.
    pub s_ny: Option<f64>,
    /// Response of the background over that of the face.
    pub background_ratio: Option<f64>,
    /// Whether the lag is evidence: the times of the frames are the camera's own.
    pub lag_is_evidence: bool,
}
