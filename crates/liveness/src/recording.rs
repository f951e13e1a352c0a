//! What a camera saw while the screen showed its colours, as numbers.

use serde::{Deserialize, Serialize};

use crate::canonical::CELLS;

/// Mean linear light of the cells of a face, red, green and blue from 0 to 1: cell by
/// cell in the order of [`crate::canonical::cells`].
pub type Light = Box<[[f32; 3]; CELLS]>;

/// A recording, reduced to what the verifier looks at.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// The frames in the order of their times.
    pub frames: Vec<Frame>,
    /// What the screen showed, in order and without overlap, by the same clock.
    pub shown: Vec<Shown>,
    /// Whether the frames' times are the camera's own. Times of presentation come later
    /// by an unknown part of a tenth of a second: what they say of lag is weak.
    pub exact_times: bool,
}

/// One frame.
#[derive(Clone, Debug)]
pub struct Frame {
    /// When it was taken, in seconds.
    pub time_s: f64,
    /// What was seen.
    pub seen: Seen,
}

/// Whom a frame shows.
#[derive(Clone, Debug)]
pub enum Seen {
    /// One face.
    Face(Box<Sight>),
    /// No face.
    Nobody,
    /// More than one face of like size.
    Several,
}

/// A face in a frame.
#[derive(Clone, Debug)]
pub struct Sight {
    /// Light of its cells.
    pub light: Light,
    /// Mean linear light of what is behind and beside the head, where enough is seen.
    pub background: Option<[f32; 3]>,
    /// Share of the pixels that are not background and have a channel above 250.
    pub overexposed: f32,
    /// Distance between the eyes as a share of the frame's width.
    pub eye_distance: f32,
    /// Middle of the eyes in shares of the frame's width.
    pub centre: [f32; 2],
}

/// Something that stood on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// When it appeared, in seconds.
    pub start_s: f64,
    /// When something else took its place.
    pub end_s: f64,
    /// Linear light of the top half: red, green and blue from 0 to 1.
    pub top: [f64; 3],
    /// Linear light of the bottom half.
    pub bottom: [f64; 3],
    /// Whether it belongs to the secret sequence; a baseline does not.
    pub secret: bool,
}

impl Shown {
    /// Whether both halves show the same.
    pub fn is_full(&self) -> bool {
        self.top == self.bottom
    }
}
