//! Bits of a header, the highest of a byte first; past the end there are only
//! errors.

use super::VideoError;

/// Reads bits.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// One bit.
    pub(super) fn bit(&mut self) -> Result<bool, VideoError> {
        let byte = self.bytes.get(self.at / 8).ok_or(VideoError::Corrupt)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Ok(bit == 1)
    }

    /// A number of `count` bits, at most 32.
    pub(super) fn number(&mut self, count: u32) -> Result<u32, VideoError> {
        (0..count).try_fold(0_u32, |sum, _| Ok(sum << 1 | u32::from(self.bit()?)))
    }

    /// An unsigned Exp-Golomb number (H.264, 9.1).
    pub(super) fn golomb(&mut self) -> Result<u32, VideoError> {
        let mut zeros = 0;
        while !self.bit()? {
            zeros += 1;
            if zeros > 31 {
                return Err(VideoError::Corrupt);
            }
        }
        let rest = self.number(zeros)?;
        Ok((1_u32 << zeros) - 1 + rest)
    }

    /// Passes over a signed Exp-Golomb number, and gives it.
    pub(super) fn signed(&mut self) -> Result<i64, VideoError> {
        let code = i64::from(self.golomb()?);
        Ok(if code % 2 == 0 { -(code / 2) } else { (code + 1) / 2 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golomb_numbers_are_those_of_the_standard() {
        // 1, 010, 011, 00100, 00101: 0 to 4.
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        let read: Vec<u32> = (0..5).map(|_| bits.golomb().unwrap()).collect();
        assert_eq!(read, [0, 1, 2, 3, 4]);
        let mut bits = Bits::new(&[0b0100_1100, 0b1000_0000]);
        assert_eq!([bits.signed(), bits.signed(), bits.signed()], [Ok(1), Ok(-1), Ok(2)]);
        assert_eq!(Bits::new(&[0; 5]).golomb(), Err(VideoError::Corrupt));
        assert_eq!(Bits::new(&[]).bit(), Err(VideoError::Corrupt));
    }
}
