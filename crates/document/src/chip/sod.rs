//! The document security object (Doc 9303-10, 4.6.2): the digests of the chip's files,
//! signed.

use std::collections::BTreeMap;

use asn1_rs::{Class, Oid, oid};

use super::asn1::{Malformed, Value, Walk, only};
use super::cms::SignedData;
use super::hash::Hash;

/// A security object, read but not yet believed.
pub(super) struct SecurityObject<'a> {
    pub(super) signed: SignedData<'a>,
    /// `None` if the hash function is not known here.
    pub(super) hash: Option<Hash>,
    /// Digest of each data group, by its number.
    pub(super) digests: BTreeMap<u32, &'a [u8]>,
}

impl<'a> SecurityObject<'a> {
    /// From the file `EF.SOD`, with its tag 77 or, as some readers hand it over, without.
    pub(super) fn read(file: &'a [u8]) -> Result<Self, Malformed> {
        let outer = whole(file)?;
        let tagged = outer.class == Class::Application && outer.tag == 23;
        let signed = SignedData::read(if tagged { outer.content } else { outer.raw })?;
        if !signed.is_a(&[LDS_SECURITY_OBJECT, LDS_SECURITY_OBJECT_2004]) {
            return Err(Malformed);
        }
        let mut object = only(signed.content)?.inside();
        object.small()?;
        let hash = Hash::read(&mut object)?;
        let mut digests = BTreeMap::new();
        let mut groups = object.sequence()?;
        while !groups.is_empty() {
            let mut group = groups.sequence()?;
            // A group that is named twice could be two things at once.
            if digests.insert(group.small()?, group.octets()?).is_some() {
                return Err(Malformed);
            }
        }
        Ok(Self { signed, hash, digests })
    }
}

/// The value of a file. Readers read whole blocks: zeros behind it are none of it.
pub(super) fn whole(file: &[u8]) -> Result<Value<'_>, Malformed> {
    let mut walk = Walk(file);
    let value = walk.next()?;
    if walk.0.iter().all(|byte| *byte == 0) { Ok(value) } else { Err(Malformed) }
}

const LDS_SECURITY_OBJECT: Oid<'static> = oid!(2.23.136.1.1.1);
/// As chips of the first years write it.
const LDS_SECURITY_OBJECT_2004: Oid<'static> = oid!(1.3.27.1.1.1);
