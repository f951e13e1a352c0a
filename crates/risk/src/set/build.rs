//! Making the file of a set.

use std::io::Write;

use bonafide_context::{Date, Sensitive};

use super::file::{Header, MOST, SetError};
use super::key::{SetKey, tag};
use crate::registered::Kind;

/// Collects hashes of identifiers; the identifiers themselves are not kept.
pub struct SetBuilder<'k> {
    key: &'k SetKey,
    kind: Kind,
    hashes: Vec<u64>,
}

impl<'k> SetBuilder<'k> {
    /// A set of identifiers of a kind.
    pub fn new(key: &'k SetKey, kind: Kind) -> Self {
        Self { key, kind, hashes: Vec::new() }
    }

    /// Takes in an identifier in its normal form (see [`crate::Risk::normal`]).
    pub fn add(&mut self, normal: &Sensitive<String>) {
        self.hashes.push(self.key.hash(self.kind, normal.expose()));
    }

    /// Writes the file and says how many different identifiers it holds. `built` is
    /// the day that answers name as the set's.
    pub fn write(mut self, built: Date, mut to: impl Write) -> Result<u64, SetError> {
        self.hashes.sort_unstable();
        self.hashes.dedup();
        let count = self.hashes.len() as u64;
        if count > MOST {
            return Err(SetError::TooMany);
        }
        let header = Header { kind: self.kind, built, count };
        let mut seal = self.key.sealing();
        let mut put = |bytes: &[u8]| {
            seal.update(bytes);
            to.write_all(bytes)
        };
        put(&header.bytes())?;
        put(&self.key.mark(&header))?;
        let mut block = Vec::with_capacity(1 << 16);
        for part in self.hashes.chunks(1 << 13) {
            block.clear();
            block.extend(part.iter().flat_map(|hash| hash.to_be_bytes()));
            put(&block)?;
        }
        to.write_all(&tag(&seal.sign()))?;
        to.flush()?;
        Ok(count)
    }
}
