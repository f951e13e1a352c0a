//! Reading a flatbuffer, with every position checked: a table of fields by number,
//! vectors of tables, numbers and bytes.
//!
//! The layout (little-endian throughout): a table begins with the signed distance back
//! to its list of field positions; a reference is an unsigned distance forward; a
//! vector begins with its length. Source: the format's own description,
//! <https://flatbuffers.dev/internals/>.

/// The bytes are no flatbuffer of the expected form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// A table of a flatbuffer.
#[derive(Clone, Copy)]
pub(super) struct Table<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Table<'b> {
    /// The table that a file begins with, if it carries this identifier.
    pub(super) fn root(bytes: &'b [u8], identifier: [u8; 4]) -> Result<Self, Malformed> {
        if bytes.get(4..8) != Some(identifier.as_slice()) {
            return Err(Malformed);
        }
        Self::behind(bytes, 0)
    }

    /// The table that the reference at `at` leads to.
    fn behind(bytes: &'b [u8], at: usize) -> Result<Self, Malformed> {
        Ok(Self { bytes, at: follow(bytes, at)? })
    }

    /// Where the field of this number lies; `None` if the file leaves it out.
    fn field(&self, number: usize) -> Result<Option<usize>, Malformed> {
        let back = i64::from(i32::from_le_bytes(array(self.bytes, self.at)?));
        let at = i64::try_from(self.at).map_err(|_| Malformed)?;
        let list = usize::try_from(at - back).map_err(|_| Malformed)?;
        let length = usize::from(u16::from_le_bytes(array(self.bytes, list)?));
        let entry = number.checked_mul(2).and_then(|n| n.checked_add(4)).ok_or(Malformed)?;
        if entry + 2 > length {
            return Ok(None);
        }
        let place = list.checked_add(entry).ok_or(Malformed)?;
        let offset = usize::from(u16::from_le_bytes(array(self.bytes, place)?));
        match offset {
            0 => Ok(None),
            _ => self.at.checked_add(offset).map(Some).ok_or(Malformed),
        }
    }

    /// A byte; 0 if it is left out.
    pub(super) fn byte(&self, number: usize) -> Result<u8, Malformed> {
        match self.field(number)? {
            Some(at) => array(self.bytes, at).map(|[byte]| byte),
            None => Ok(0),
        }
    }

    /// A number; `default` if it is left out.
    pub(super) fn int(&self, number: usize, default: i32) -> Result<i32, Malformed> {
        match self.field(number)? {
            Some(at) => Ok(i32::from_le_bytes(array(self.bytes, at)?)),
            None => Ok(default),
        }
    }

    /// A number that counts or points; 0 if it is left out.
    pub(super) fn index(&self, number: usize) -> Result<usize, Malformed> {
        usize::try_from(self.int(number, 0)?).map_err(|_| Malformed)
    }

    /// A table within; `None` if it is left out.
    pub(super) fn table(&self, number: usize) -> Result<Option<Self>, Malformed> {
        self.field(number)?.map(|at| Self::behind(self.bytes, at)).transpose()
    }

    /// Bytes; none if they are left out.
    pub(super) fn bytes(&self, number: usize) -> Result<&'b [u8], Malformed> {
        self.vector(number, 1)
    }

    /// Numbers; none if they are left out.
    pub(super) fn ints(&self, number: usize) -> Result<Vec<i32>, Malformed> {
        let bytes = self.vector(number, 4)?;
        Ok(bytes.chunks_exact(4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
    }

    /// Tables; none if they are left out.
    pub(super) fn tables(&self, number: usize) -> Result<Vec<Self>, Malformed> {
        let Some(at) = self.field(number)? else { return Ok(Vec::new()) };
        let first = follow(self.bytes, at)?.checked_add(4).ok_or(Malformed)?;
        let count = self.vector(number, 4)?.len() / 4;
        (0..count).map(|n| Self::behind(self.bytes, first + 4 * n)).collect()
    }

    /// The elements of a vector, `size` bytes each.
    fn vector(&self, number: usize, size: usize) -> Result<&'b [u8], Malformed> {
        let Some(at) = self.field(number)? else { return Ok(&[]) };
        let start = follow(self.bytes, at)?;
        let count = u32::from_le_bytes(array(self.bytes, start)?);
        let length = usize::try_from(count).ok().and_then(|n| n.checked_mul(size));
        let first = start.checked_add(4).ok_or(Malformed)?;
        let end = length.and_then(|length| first.checked_add(length)).ok_or(Malformed)?;
        self.bytes.get(first..end).ok_or(Malformed)
    }
}

/// Where the reference at `at` leads to.
fn follow(bytes: &[u8], at: usize) -> Result<usize, Malformed> {
    let distance = u32::from_le_bytes(array(bytes, at)?);
    let there = usize::try_from(distance).ok().and_then(|d| at.checked_add(d));
    there.filter(|there| *there < bytes.len()).ok_or(Malformed)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Malformed> {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().ok_or(Malformed)
}
