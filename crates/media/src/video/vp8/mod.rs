//! VP8 (RFC 6386), version 0 of its bitstream: what browsers record.
//!
//! Written for files from strangers: no count or size in the stream reserves more
//! than the frame's own size, which is checked before, and a stream that ends early
//! reads as zeros.

mod blocks;
mod bools;
mod filter;
mod frame;
mod header;
mod inside;
mod motion;
mod residual;
mod tables;

use std::sync::Arc;

use super::VideoError;
use super::colour::Planes;
use super::header::vp8 as key_header;
use blocks::{Block, Grid, Kind};
use bools::Bools;
use frame::Frame;
use header::{FrameHead, Lasting, THIS};
use residual::{Edge, Residual, Steps};

/// A stream of VP8 being decoded.
#[derive(Default)]
pub(super) struct Vp8Decoder {
    width: u32,
    height: u32,
    lasting: Lasting,
    grid: Option<Grid>,
    last: Option<Arc<Frame>>,
    golden: Option<Arc<Frame>>,
    alternative: Option<Arc<Frame>>,
}

impl Vp8Decoder {
    /// Decodes a frame, whose size is within the limits if it is a key frame; `None`
    /// if it is not one to be shown.
    pub(super) fn next(&mut self, coded: &[u8]) -> Result<Option<Planes>, VideoError> {
        let [a, b, c, rest @ ..] = coded else { return Err(VideoError::Corrupt) };
        let tag = u32::from_le_bytes([*a, *b, *c, 0]);
        let (key, version, shown) = (tag & 1 == 0, tag >> 1 & 7, tag >> 4 & 1 == 1);
        if version != 0 {
            return Err(VideoError::UnsupportedFeature { feature: "another version of VP8" });
        }
        let rest = if key {
            let found = key_header(coded)?.ok_or(VideoError::Corrupt)?;
            self.resize(found.width, found.height);
            rest.get(7..).ok_or(VideoError::Corrupt)?
        } else {
            rest
        };
        let (first, rest) =
            rest.split_at_checked((tag >> 5) as usize).ok_or(VideoError::Corrupt)?;
        let mut grid = self.grid.take().ok_or(VideoError::Corrupt)?;
        let mut bools = Bools::new(first);
        let mut head = FrameHead::read(&mut bools, key, &mut self.lasting)?;
        grid.read(&mut bools, &head, &self.lasting);
        let mut parts = partitions(rest, head.partitions)?;
        let frame = self.reconstruct(&mut grid, &head, &mut parts);
        self.grid = Some(grid);
        let frame = frame?;
        if let Some(before) = head.before.take() {
            self.lasting.probabilities = before;
        }
        let planes = shown.then(|| self.planes(&frame));
        self.refer(&head, Arc::new(frame));
        Ok(planes)
    }

    fn resize(&mut self, width: u32, height: u32) {
        if (self.width, self.height) != (width, height) || self.grid.is_none() {
            (self.width, self.height) = (width, height);
            let blocks = |side: u32| (side as usize).div_ceil(16);
            self.grid = Some(Grid::new(blocks(width), blocks(height)));
        }
    }

    fn reference(&self, number: u8) -> Result<&Frame, VideoError> {
        let frame = match number {
            1 => &self.last,
            2 => &self.golden,
            _ => &self.alternative,
        };
        frame.as_deref().ok_or(VideoError::Corrupt)
    }

    fn reconstruct(
        &self,
        grid: &mut Grid,
        head: &FrameHead,
        parts: &mut [Bools<'_>],
    ) -> Result<Frame, VideoError> {
        let segments = &self.lasting.segments;
        let steps: [Steps; 4] = std::array::from_fn(|n| {
            let step = segments.of(&segments.steps, n as u8, head.step).clamp(0, 127);
            Steps::of(step, &head.step_deltas)
        });
        let mut frame = Frame::new(grid.across, grid.down);
        let mut above = vec![Edge::default(); grid.across];
        let (rows, across) = (parts.len(), grid.across);
        for y in 0..grid.down {
            let mut left = Edge::default();
            let bools = &mut parts[y % rows];
            for (x, above) in above.iter_mut().enumerate() {
                let block = grid.block_mut(x, y);
                let residual = self.residual(bools, block, &steps, above, &mut left);
                block.bare = residual.is_none();
                self.block(&mut frame, block, [x, y], across, residual.as_ref())?;
            }
        }
        filter::smooth(&mut frame, grid, head, &self.lasting);
        Ok(frame)
    }

    fn residual(
        &self,
        bools: &mut Bools<'_>,
        block: &Block,
        steps: &[Steps; 4],
        above: &mut Edge,
        left: &mut Edge,
    ) -> Option<Residual> {
        let has_second = block.kind.has_second();
        if block.bare {
            residual::clear(above, has_second);
            residual::clear(left, has_second);
            return None;
        }
        let steps = &steps[usize::from(block.segment) % 4];
        let tokens = &self.lasting.probabilities.tokens;
        Residual::read(bools, tokens, steps, has_second, above, left)
    }

    fn block(
        &self,
        frame: &mut Frame,
        block: &Block,
        at: [usize; 2],
        across: usize,
        residual: Option<&Residual>,
    ) -> Result<(), VideoError> {
        let (left, top) = (at[0] * 16, at[1] * 16);
        if let Kind::Moved { .. } | Kind::Split = block.kind {
            motion::predict(frame, self.reference(block.reference)?, block, at);
            if let Some(residual) = residual {
                inside::add_light(&mut frame.planes[0], left, top, residual);
            }
        } else {
            inside::light(&mut frame.planes[0], block, at, across, residual);
            inside::colour(&mut frame.planes[1], at, block.chroma);
            inside::colour(&mut frame.planes[2], at, block.chroma);
        }
        if let Some(residual) = residual {
            inside::add_colour(&mut frame.planes[1], left / 2, top / 2, 16, residual);
            inside::add_colour(&mut frame.planes[2], left / 2, top / 2, 20, residual);
        }
        Ok(())
    }

    /// Which frames the next ones refer to.
    fn refer(&mut self, head: &FrameHead, frame: Arc<Frame>) {
        let (last, golden, alternative) =
            (self.last.clone(), self.golden.clone(), self.alternative.clone());
        match head.golden {
            0 => {}
            1 => self.golden.clone_from(&last),
            THIS => self.golden = Some(frame.clone()),
            _ => self.golden.clone_from(&alternative),
        }
        match head.alternative {
            0 => {}
            1 => self.alternative = last,
            THIS => self.alternative = Some(frame.clone()),
            _ => self.alternative = golden,
        }
        if head.becomes_last {
            self.last = Some(frame);
        }
    }

    fn planes(&self, frame: &Frame) -> Planes {
        let planes = frame.planes.clone().map(|plane| (plane.bytes, plane.stride));
        Planes { width: self.width, height: self.height, planes }
    }
}

/// The partitions of tokens: their lengths, three bytes each but for the last, then
/// they themselves.
fn partitions(bytes: &[u8], count: usize) -> Result<Vec<Bools<'_>>, VideoError> {
    let (lengths, mut rest) = bytes.split_at_checked((count - 1) * 3).ok_or(VideoError::Corrupt)?;
    let mut parts = Vec::with_capacity(count);
    for length in lengths.as_chunks::<3>().0 {
        let [a, b, c] = *length;
        let length = u32::from_le_bytes([a, b, c, 0]) as usize;
        let (part, after) = rest.split_at_checked(length).ok_or(VideoError::Corrupt)?;
        parts.push(Bools::new(part));
        rest = after;
    }
    parts.push(Bools::new(rest));
    Ok(parts)
}
