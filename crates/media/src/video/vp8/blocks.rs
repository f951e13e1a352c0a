//! How each block of a frame is predicted (RFC 6386, 8, 10, 11, 16 and 17).

use super::bools::Bools;
use super::header::{FrameHead, Lasting};
use super::tables::{
    BLOCK_MODE_TREE, BLOCK_MODES, CHROMA_TREE, KEY_BLOCK_MODES, KEY_CHROMA, KEY_MODE_TREE,
    KEY_MODES, MODE_TREE, MOTION, MOTION_TREE, PART, PART_TREE, SEGMENT_TREE, SPLIT, SPLIT_TREE,
    WAY_TREE,
};

/// Rows down and columns across, in eighths of a pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) down: i32,
    pub(super) across: i32,
}

/// How a block is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// From its neighbours, whole: 0 their mean, 1 from above, 2 from the left, 3 by the
    /// gradient.
    Whole(u8),
    /// From its neighbours, subblock by subblock.
    Parts,
    /// From another frame; whether it stands still.
    Moved {
        /// The mode says so: a way of nothing may also be a near one.
        still: bool,
    },
    /// From another frame, in parts.
    Split,
}

impl Default for Kind {
    fn default() -> Self {
        Self::Whole(0)
    }
}

impl Kind {
    /// Whether the first coefficients are coded apart, as a block of their own.
    pub(super) fn has_second(self) -> bool {
        !matches!(self, Self::Parts | Self::Split)
    }
}

/// A block of 16 by 16 pixels.
#[derive(Clone, Copy, Default)]
pub(super) struct Block {
    pub(super) kind: Kind,
    /// 0 this frame, 1 the last, 2 golden, 3 the alternative.
    pub(super) reference: u8,
    pub(super) modes: [u8; 16],
    pub(super) ways: [Way; 16],
    pub(super) chroma: u8,
    pub(super) segment: u8,
    /// Nothing is added to the prediction.
    pub(super) bare: bool,
}

impl Block {
    fn way(&self) -> Way {
        self.ways[15]
    }
}

/// Blocks of a frame, with a border above and to the left.
pub(super) struct Grid {
    pub(super) across: usize,
    pub(super) down: usize,
    blocks: Vec<Block>,
}

impl Grid {
    pub(super) fn new(across: usize, down: usize) -> Self {
        Self { across, down, blocks: vec![Block::default(); (across + 1) * (down + 1)] }
    }

    fn index(&self, x: usize, y: usize) -> usize {
        (y + 1) * (self.across + 1) + x + 1
    }

    pub(super) fn block(&self, x: usize, y: usize) -> &Block {
        &self.blocks[self.index(x, y)]
    }

    pub(super) fn block_mut(&mut self, x: usize, y: usize) -> &mut Block {
        let index = self.index(x, y);
        &mut self.blocks[index]
    }

    /// Reads how all blocks are predicted.
    pub(super) fn read(&mut self, bools: &mut Bools<'_>, head: &FrameHead, lasting: &Lasting) {
        for y in 0..self.down {
            for x in 0..self.across {
                let at = self.index(x, y);
                let above = at - self.across - 1;
                let around = [self.blocks[above], self.blocks[at - 1], self.blocks[above - 1]];
                let segments = &lasting.segments;
                let mut block = Block { segment: self.blocks[at].segment, ..Block::default() };
                if segments.new_map {
                    block.segment = bools.leaf(SEGMENT_TREE, &segments.tree);
                }
                block.bare = head.skip.is_some_and(|skip| bools.bool(skip));
                if head.key {
                    block.key(bools, &around);
                } else if bools.bool(head.intra) {
                    block.reference = 1;
                    if bools.bool(head.last) {
                        block.reference = 2 + u8::from(bools.bool(head.not_alternative));
                    }
                    let edges = Edges::of([x, y], [self.across, self.down]);
                    block.moved(bools, lasting, &around, &edges);
                } else {
                    block.inside(bools, lasting);
                }
                self.blocks[at] = block;
            }
        }
    }
}

impl Block {
    /// In a key frame.
    fn key(&mut self, bools: &mut Bools<'_>, [above, left, _]: &[Block; 3]) {
        match bools.leaf(KEY_MODE_TREE, &KEY_MODES) {
            4 => {
                self.kind = Kind::Parts;
                for n in 0..16 {
                    let up = if n < 4 { above.modes[n + 12] } else { self.modes[n - 4] };
                    let side = if n % 4 == 0 { left.modes[n + 3] } else { self.modes[n - 1] };
                    let probabilities = &KEY_BLOCK_MODES[usize::from(up)][usize::from(side)];
                    self.modes[n] = bools.leaf(BLOCK_MODE_TREE, probabilities);
                }
            }
            mode => self.whole(mode),
        }
        self.chroma = bools.leaf(CHROMA_TREE, &KEY_CHROMA);
    }

    /// From its neighbours, in another frame.
    fn inside(&mut self, bools: &mut Bools<'_>, lasting: &Lasting) {
        match bools.leaf(MODE_TREE, &lasting.probabilities.modes) {
            4 => {
                self.kind = Kind::Parts;
                self.modes = [(); 16].map(|()| bools.leaf(BLOCK_MODE_TREE, &BLOCK_MODES));
            }
            mode => self.whole(mode),
        }
        self.chroma = bools.leaf(CHROMA_TREE, &lasting.probabilities.chroma);
    }

    fn whole(&mut self, mode: u8) {
        self.kind = Kind::Whole(mode);
        // What its subblocks would have been, for those beside it: mean, above, left,
        // gradient.
        self.modes = [[0, 2, 3, 1][usize::from(mode) % 4]; 16];
    }

    /// From another frame.
    fn moved(
        &mut self,
        bools: &mut Bools<'_>,
        lasting: &Lasting,
        around: &[Block; 3],
        edges: &Edges,
    ) {
        let Near { best, nearest, next, counts } = Near::of(self.reference, lasting, around, edges);
        let mut probabilities = [0; 4];
        for (n, probability) in probabilities.iter_mut().enumerate() {
            *probability = MOTION[counts[n].min(5)][n];
        }
        let ways = &lasting.probabilities.ways;
        let motion = bools.leaf(MOTION_TREE, &probabilities);
        let way = match motion {
            0 => Way::default(),
            1 => nearest,
            2 => next,
            3 => new_way(bools, ways, best),
            _ => {
                self.kind = Kind::Split;
                self.split(bools, ways, around, best);
                return;
            }
        };
        self.kind = Kind::Moved { still: motion == 0 };
        self.ways = [way; 16];
    }

    /// In parts that move each in its own way.
    fn split(
        &mut self,
        bools: &mut Bools<'_>,
        ways: &[[u8; 19]; 2],
        [above, left, _]: &[Block; 3],
        best: Way,
    ) {
        let split = bools.leaf(SPLIT_TREE, &SPLIT);
        let part = |n: usize| match split {
            0 => n,
            1 => n / 8 * 2 + n % 4 / 2,
            2 => n / 8,
            _ => n % 4 / 2,
        };
        let mut done = 0;
        for first in 0..16 {
            // The first subblock of each part stands for it.
            if part(first) != done {
                continue;
            }
            done += 1;
            let side = if first % 4 == 0 { left.ways[first + 3] } else { self.ways[first - 1] };
            let up = if first < 4 { above.ways[first + 12] } else { self.ways[first - 4] };
            let none = Way::default();
            let context = match (side == up, up == none, side == none) {
                (true, true, _) => 4,
                (true, false, _) => 3,
                (false, true, _) => 2,
                (false, false, true) => 1,
                (false, false, false) => 0,
            };
            let way = match bools.leaf(PART_TREE, &PART[context]) {
                0 => side,
                1 => up,
                2 => none,
                _ => new_way(bools, ways, best),
            };
            (first..16).filter(|n| part(*n) == part(first)).for_each(|n| self.ways[n] = way);
        }
    }
}

fn new_way(bools: &mut Bools<'_>, [down, across]: &[[u8; 19]; 2], from: Way) -> Way {
    let (down, across) = (component(bools, down), component(bools, across));
    Way { down: from.down + down, across: from.across + across }
}

/// A way down or across: quarters of a pixel in the stream, eighths here.
fn component(bools: &mut Bools<'_>, probabilities: &[u8; 19]) -> i32 {
    const BITS: usize = 10;
    let (short, long) = (&probabilities[2..9], &probabilities[9..]);
    let value = if bools.bool(probabilities[0]) {
        let mut value = 0;
        for bit in (0..3).chain((4..BITS).rev()) {
            value |= i32::from(bools.bool(long[bit])) << bit;
        }
        // Without a higher bit it would have been a short one.
        if value & 0xfff0 == 0 || bools.bool(long[3]) {
            value |= 8;
        }
        value
    } else {
        bools.leaf(WAY_TREE, short).into()
    };
    if value != 0 && bools.bool(probabilities[1]) { value * -2 } else { value * 2 }
}

/// How far a block may move: just out of the frame.
struct Edges {
    least: Way,
    most: Way,
}

impl Edges {
    fn of([x, y]: [usize; 2], [across, down]: [usize; 2]) -> Self {
        const BLOCK: i32 = 16 << 3;
        let beyond = |n: usize| (n as i32 + 1) * BLOCK;
        Self {
            least: Way { down: -beyond(y), across: -beyond(x) },
            most: Way { down: beyond(down - 1 - y), across: beyond(across - 1 - x) },
        }
    }

    fn clamp(&self, way: Way) -> Way {
        Way {
            down: way.down.clamp(self.least.down, self.most.down),
            across: way.across.clamp(self.least.across, self.most.across),
        }
    }
}

/// How the blocks around move.
struct Near {
    best: Way,
    nearest: Way,
    next: Way,
    counts: [usize; 4],
}

impl Near {
    fn of(reference: u8, lasting: &Lasting, around: &[Block; 3], edges: &Edges) -> Self {
        let mirrored = |reference: u8| lasting.mirrored[usize::from(reference) % 4];
        let (mut ways, mut counts, mut found) = ([Way::default(); 4], [0_usize; 4], 0);
        for (block, weight) in around.iter().zip([2, 2, 1]) {
            if block.reference == 0 {
                continue;
            }
            let mut way = block.way();
            if way == Way::default() {
                counts[0] += weight;
                continue;
            }
            if mirrored(block.reference) != mirrored(reference) {
                way = Way { down: -way.down, across: -way.across };
            }
            if found == 0 || way != ways[found] {
                found += 1;
                ways[found] = way;
            }
            counts[found] += weight;
        }
        // Three ways, of which the last is the first again.
        if counts[3] > 0 && ways[3] == ways[1] {
            counts[1] += 1;
        }
        let split = |n: usize| usize::from(around[n].kind == Kind::Split);
        counts[3] = (split(0) + split(1)) * 2 + split(2);
        if counts[2] > counts[1] {
            counts.swap(1, 2);
            ways.swap(1, 2);
        }
        if counts[1] >= counts[0] {
            ways[0] = ways[1];
        }
        let [best, nearest, next] = [0, 1, 2].map(|n| edges.clamp(ways[n]));
        Self { best, nearest, next, counts }
    }
}
