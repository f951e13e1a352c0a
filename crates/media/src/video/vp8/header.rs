//! What stands before the blocks of a frame (RFC 6386, 9 and 19.2).

use super::bools::Bools;
use super::tables::{CHROMA, MODES, TOKEN_UPDATES, TOKENS, WAY_UPDATES, WAYS};
use crate::video::VideoError;

/// Probabilities that a frame may hand on to the next.
#[derive(Clone)]
pub(super) struct Probabilities {
    pub(super) tokens: [[[[u8; 11]; 3]; 8]; 4],
    pub(super) modes: [u8; 4],
    pub(super) chroma: [u8; 3],
    pub(super) ways: [[u8; 19]; 2],
}

impl Default for Probabilities {
    fn default() -> Self {
        Self { tokens: TOKENS, modes: MODES, chroma: CHROMA, ways: WAYS }
    }
}

/// What holds until it is changed.
#[derive(Clone, Default)]
pub(super) struct Lasting {
    pub(super) probabilities: Probabilities,
    pub(super) segments: Segments,
    /// Whether levels of the filter differ by reference and mode, and by how much.
    pub(super) differs: bool,
    pub(super) by_reference: [i32; 4],
    pub(super) by_mode: [i32; 4],
    /// Whether motion to a reference counts the other way round.
    pub(super) mirrored: [bool; 4],
}

/// Parts of a frame with steps and levels of their own.
#[derive(Clone, Copy, Default)]
pub(super) struct Segments {
    pub(super) enabled: bool,
    pub(super) new_map: bool,
    pub(super) absolute: bool,
    pub(super) steps: [i32; 4],
    pub(super) levels: [i32; 4],
    pub(super) tree: [u8; 3],
}

/// What holds for one frame.
pub(super) struct FrameHead {
    pub(super) key: bool,
    pub(super) simple_filter: bool,
    pub(super) level: i32,
    pub(super) sharpness: i32,
    pub(super) partitions: usize,
    pub(super) step: i32,
    /// Of the first coefficients of brightness, of the second order (first, others), of
    /// colour (first, others).
    pub(super) step_deltas: [i32; 5],
    /// What becomes of the references; 0 is as it was, 1 the last frame, 2 the other of
    /// golden and alternative, 3 this frame.
    pub(super) golden: u8,
    pub(super) alternative: u8,
    pub(super) becomes_last: bool,
    /// The probabilities are this frame's alone: those before it come back.
    pub(super) before: Option<Probabilities>,
    /// The probability that a block has coefficients, where that is said.
    pub(super) skip: Option<u8>,
    pub(super) intra: u8,
    pub(super) last: u8,
    pub(super) not_alternative: u8,
}

/// The reference becomes this frame.
pub(super) const THIS: u8 = 3;

impl FrameHead {
    pub(super) fn read(
        bools: &mut Bools<'_>,
        key: bool,
        lasting: &mut Lasting,
    ) -> Result<Self, VideoError> {
        if key {
            *lasting = Lasting::default();
            // The kind of colours is always the same; clamping is done in any case.
            bools.number(2);
        }
        lasting.segments.read(bools);
        let simple_filter = bools.flag();
        let (level, sharpness) = (bools.number(6).into(), bools.number(3).into());
        lasting.differs = bools.flag();
        if lasting.differs && bools.flag() {
            for delta in lasting.by_reference.iter_mut().chain(&mut lasting.by_mode) {
                *delta = bools.signed_if_there(6).unwrap_or(*delta);
            }
        }
        let partitions = 1 << bools.number(2);
        let step = bools.number(7).into();
        let mut step_deltas = [0; 5];
        for delta in &mut step_deltas {
            *delta = bools.signed_if_there(4).unwrap_or(0);
        }
        let (mut golden, mut alternative) = (THIS, THIS);
        let keeps;
        let mut becomes_last = true;
        if key {
            keeps = bools.flag();
        } else {
            let (to_golden, to_alternative) = (bools.flag(), bools.flag());
            if !to_golden {
                golden = bools.number(2) % THIS;
            }
            if !to_alternative {
                alternative = bools.number(2) % THIS;
            }
            lasting.mirrored = [false, false, bools.flag(), bools.flag()];
            keeps = bools.flag();
            becomes_last = bools.flag();
        }
        let probabilities = &mut lasting.probabilities;
        let before = (!keeps).then(|| probabilities.clone());
        let tokens = probabilities.tokens.as_flattened_mut().as_flattened_mut().as_flattened_mut();
        let updates = TOKEN_UPDATES.as_flattened().as_flattened().as_flattened();
        for (token, update) in tokens.iter_mut().zip(updates) {
            if bools.bool(*update) {
                *token = bools.number(8);
            }
        }
        let skip = bools.flag().then(|| bools.number(8));
        let (mut intra, mut last, mut not_alternative) = (0, 0, 0);
        if !key {
            (intra, last, not_alternative) = (bools.number(8), bools.number(8), bools.number(8));
            if bools.flag() {
                probabilities.modes = [(); 4].map(|()| bools.number(8));
            }
            if bools.flag() {
                probabilities.chroma = [(); 3].map(|()| bools.number(8));
            }
            let ways = probabilities.ways.as_flattened_mut();
            for (way, update) in ways.iter_mut().zip(WAY_UPDATES.as_flattened()) {
                if bools.bool(*update) {
                    *way = match bools.number(7) {
                        0 => 1,
                        value => value << 1,
                    };
                }
            }
        }
        Ok(Self {
            key,
            simple_filter,
            level,
            sharpness,
            partitions,
            step,
            step_deltas,
            golden,
            alternative,
            becomes_last,
            before,
            skip,
            intra,
            last,
            not_alternative,
        })
    }
}

impl Segments {
    fn read(&mut self, bools: &mut Bools<'_>) {
        self.enabled = bools.flag();
        self.new_map = false;
        if !self.enabled {
            return;
        }
        self.new_map = bools.flag();
        if bools.flag() {
            self.absolute = bools.flag();
            self.steps = [(); 4].map(|()| bools.signed_if_there(7).unwrap_or(0));
            self.levels = [(); 4].map(|()| bools.signed_if_there(6).unwrap_or(0));
        }
        if self.new_map {
            self.tree = [(); 3].map(|()| if bools.flag() { bools.number(8) } else { 255 });
        }
    }

    /// A segment's value of what the frame has `whole` of.
    pub(super) fn of(&self, values: &[i32; 4], segment: u8, whole: i32) -> i32 {
        let own = values[usize::from(segment) % 4];
        match (self.enabled, self.absolute) {
            (false, _) => whole,
            (true, true) => own,
            (true, false) => whole + own,
        }
    }
}
