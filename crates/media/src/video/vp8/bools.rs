//! Bools with their probabilities (RFC 6386, 7). Past the end there are zeros.

use super::tables::Tree;

/// Reads bools.
pub(super) struct Bools<'a> {
    rest: &'a [u8],
    value: u64,
    /// Bits of `value` that are there beyond the eight in use.
    bits: i32,
    range: u32,
}

impl<'a> Bools<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, value: 0, bits: -8, range: 255 }
    }

    fn fill(&mut self) {
        while self.bits < 0 {
            // Several at a time: most bools take less than a bit.
            for _ in 0..4 {
                let (byte, rest) = self.rest.split_first().map_or((0, self.rest), |(b, r)| (*b, r));
                self.rest = rest;
                self.value = self.value << 8 | u64::from(byte);
                self.bits += 8;
            }
        }
    }

    /// A bool that is false with `probability` in 256.
    #[inline]
    pub(super) fn bool(&mut self, probability: u8) -> bool {
        if self.bits < 0 {
            self.fill();
        }
        let split = 1 + (((self.range - 1) * u32::from(probability)) >> 8);
        let large = u64::from(split) << self.bits;
        let set = self.value >= large;
        if set {
            self.value -= large;
            self.range -= split;
        } else {
            self.range = split;
        }
        let shift = self.range.leading_zeros() as i32 - 24;
        self.range <<= shift;
        self.bits -= shift;
        set
    }

    /// A bool that is as likely as not.
    pub(super) fn flag(&mut self) -> bool {
        self.bool(128)
    }

    /// A number of `count` bits, the highest first.
    pub(super) fn number(&mut self, count: u32) -> u8 {
        (0..count).fold(0, |sum, _| sum << 1 | u8::from(self.flag()))
    }

    /// A number of `count` bits and its sign, if it is there.
    pub(super) fn signed_if_there(&mut self, count: u32) -> Option<i32> {
        self.flag().then(|| {
            let value = i32::from(self.number(count));
            if self.flag() { -value } else { value }
        })
    }

    /// A leaf of a tree.
    pub(super) fn leaf(&mut self, tree: &Tree, probabilities: &[u8]) -> u8 {
        let mut at = 0;
        loop {
            let probability = probabilities.get(at / 2).copied().unwrap_or(128);
            let next = tree.get(at + usize::from(self.bool(probability))).copied().unwrap_or(0);
            if next <= 0 {
                return next.unsigned_abs();
            }
            at = usize::from(next.unsigned_abs());
        }
    }
}
