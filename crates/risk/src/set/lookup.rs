//! Asking a set.

use std::io::{ErrorKind, Read};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use bonafide_context::{Date, Sensitive};

use super::file::{HEADER, Header, SetError};
use super::key::{SetKey, tag};
use crate::registered::Kind;

/// How many of a hash's first bits choose its bucket.
const BUCKET_BITS: u32 = 16;
/// Hashes read at a time.
const BLOCK: usize = 1 << 13;

/// A set in memory: hashes in ascending order, and where each of 65,536 buckets of
/// them begins. Hashes are spread evenly, so that a bucket of a set of ten million
/// holds some 150 of them, and an answer looks at two or three lines of the cache.
pub struct IdentifierSet {
    kind: Kind,
    built: Date,
    hashes: Vec<u64>,
    begins: Vec<u32>,
}

impl std::fmt::Debug for IdentifierSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IdentifierSet({} of {})", self.hashes.len(), self.kind)
    }
}

impl IdentifierSet {
    /// Reads a file: the whole of it, or nothing. A file that is cut short, changed,
    /// made with another key or of another kind is refused.
    pub fn load(mut from: impl Read, key: &SetKey, kind: Kind) -> Result<Self, SetError> {
        let mut begin = [0; HEADER];
        take(&mut from, &mut begin).map_err(|error| match error {
            SetError::Broken => SetError::NotASet,
            other => other,
        })?;
        let header = Header::parse(&begin)?;
        let mut mark = [0; 32];
        take(&mut from, &mut mark)?;
        verify_slices_are_equal(&mark, &key.mark(&header)).map_err(|_| SetError::Foreign)?;
        if header.kind != kind {
            return Err(SetError::OtherKind { found: header.kind, wanted: kind });
        }
        let mut seal = key.sealing();
        seal.update(&begin);
        seal.update(&mark);
        let count = usize::try_from(header.count).map_err(|_| SetError::TooMany)?;
        // The header is the tenant's own, as its mark says, so the count may be believed.
        let mut hashes: Vec<u64> = Vec::with_capacity(count);
        let mut block = vec![0; BLOCK * 8];
        while hashes.len() < count {
            let bytes = (count - hashes.len()).min(BLOCK) * 8;
            let part = block.get_mut(..bytes).ok_or(SetError::Broken)?;
            take(&mut from, part)?;
            seal.update(part);
            let (words, _) = part.as_chunks::<8>();
            hashes.extend(words.iter().map(|word| u64::from_be_bytes(*word)));
        }
        let mut end = [0; 32];
        take(&mut from, &mut end)?;
        verify_slices_are_equal(&end, &tag(&seal.sign())).map_err(|_| SetError::Broken)?;
        let more = from.read(&mut [0])?;
        if more > 0 || !hashes.is_sorted_by(|a, b| a < b) {
            return Err(SetError::Broken);
        }
        let begins = begins(&hashes)?;
        Ok(Self { kind, built: header.built, hashes, begins })
    }

    /// Whether an identifier in its normal form is in the set. `key` is the tenant's:
    /// with another the answer is no.
    pub fn contains(&self, key: &SetKey, normal: &Sensitive<String>) -> bool {
        self.has(key.hash(self.kind, normal.expose()))
    }

    fn has(&self, hash: u64) -> bool {
        let bucket = bucket(hash);
        let edge = |at: usize| self.begins.get(at).map_or(self.hashes.len(), |at| *at as usize);
        let hashes = self.hashes.get(edge(bucket)..edge(bucket + 1)).unwrap_or_default();
        hashes.binary_search(&hash).is_ok()
    }

    /// What its identifiers are.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// When it was built.
    pub fn built(&self) -> Date {
        self.built
    }

    /// How many identifiers it holds.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Bytes of memory that it takes.
    pub fn bytes(&self) -> usize {
        self.hashes.capacity() * 8 + self.begins.capacity() * 4
    }
}

fn bucket(hash: u64) -> usize {
    (hash >> (u64::BITS - BUCKET_BITS)) as usize
}

/// Where each bucket begins.
fn begins(hashes: &[u64]) -> Result<Vec<u32>, SetError> {
    let mut begins = Vec::with_capacity(1 << BUCKET_BITS);
    for (at, hash) in hashes.iter().enumerate() {
        let at = u32::try_from(at).map_err(|_| SetError::TooMany)?;
        while begins.len() <= bucket(*hash) {
            begins.push(at);
        }
    }
    Ok(begins)
}

/// Fills a buffer; an end before it is full is a broken file.
fn take(from: &mut impl Read, buffer: &mut [u8]) -> Result<(), SetError> {
    from.read_exact(buffer).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => SetError::Broken,
        _ => SetError::Io(error),
    })
}
