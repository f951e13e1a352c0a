//! The text lines of a picture, put in reading order whichever way the picture
//! is turned.

use bonafide_inference::Model;
use bonafide_media::{Picture, Quad, QuarterTurn, resize};

use crate::DocumentError;
use crate::layout::{Frame, runs_vertically, turned_back, upside_down};
use crate::text::detect::detect;

/// Where the text of a picture is.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// The lines in reading order of their corners, in the pixels of the
    /// picture as it was given.
    pub(crate) lines: Vec<Quad>,
    /// The direction in which they are read.
    pub(crate) frame: Frame,
}

impl Page {
    /// Finds the text of `picture`, looking at it with its long side at
    /// `long_side` pixels. Whether the page stands on its head is not known
    /// yet: see [`Page::upside_down`].
    pub(crate) fn find(
        detector: &Model,
        picture: &Picture,
        long_side: u32,
    ) -> Result<Self, DocumentError> {
        let scale = long_side as f32 / picture.width().max(picture.height()) as f32;
        let side = |pixels: u32| ((pixels as f32 * scale).round() as u32).max(1);
        let work = resize(picture, side(picture.width()), side(picture.height()))?;
        let mut lines = quads(detector, &work, long_side)?;
        if runs_vertically(&lines) {
            // The detector is trained on level text: look again, turned.
            let turn = QuarterTurn::Right;
            let (w, h) = (work.width() as f32, work.height() as f32);
            lines = quads(detector, &work.turned(turn), long_side)?;
            for quad in &mut lines {
                quad.0 = quad.0.map(|p| turned_back(p, turn, w, h));
            }
        }
        let (fx, fy) = (
            picture.width() as f32 / work.width() as f32,
            picture.height() as f32 / work.height() as f32,
        );
        for corner in lines.iter_mut().flat_map(|quad| &mut quad.0) {
            corner.x = (corner.x + 0.5) * fx - 0.5;
            corner.y = (corner.y + 0.5) * fy - 0.5;
        }
        let frame = Frame::of(&lines);
        Ok(Self { lines, frame })
    }

    /// Median height of the lines in the pixels that the detector saw; infinite
    /// without lines, since then more pixels bring nothing.
    pub(crate) fn line_height(&self, long_side: u32, picture: &Picture) -> f32 {
        let scale = long_side as f32 / picture.width().max(picture.height()) as f32;
        let mut heights: Vec<f32> = self.lines.iter().map(|l| l.height() * scale).collect();
        heights.sort_by(f32::total_cmp);
        heights.get(heights.len() / 2).copied().unwrap_or(f32::INFINITY)
    }

    /// The same page, read the other way round.
    pub(crate) fn upside_down(&self) -> Self {
        Self {
            lines: self.lines.iter().map(upside_down).collect(),
            frame: Frame { angle: self.frame.angle + std::f32::consts::PI },
        }
    }
}

fn quads(detector: &Model, picture: &Picture, long_side: u32) -> Result<Vec<Quad>, DocumentError> {
    Ok(detect(detector, picture, long_side)?.into_iter().map(|found| found.quad).collect())
}
