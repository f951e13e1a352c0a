//! Passive authentication, check by check.

use std::collections::BTreeMap;
use std::fmt;

use bonafide_context::Date;

use super::asn1::Malformed;
use super::certificate::Certificate;
use super::master_list::{MasterList, Vouched};
use super::signature::Outcome;
use super::sod::SecurityObject;
use super::{ChipPortrait, portrait, zone};
use crate::MrzReading;
use crate::check::{Check, CheckName, CheckReason};
use crate::mrz::Mrz;

/// The files of a chip, as a mobile reader hands them over.
#[derive(Clone, PartialEq, Eq)]
pub struct ChipData {
    sod: Vec<u8>,
    groups: BTreeMap<u8, Vec<u8>>,
}

/// Why files are not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChipError {
    /// A file has more bytes than a chip holds.
    #[error("a file of the chip has more than {} KiB: hand over the files as they were read", MOST_BYTES >> 10)]
    TooLarge,
    /// There are data groups 1 to 16.
    #[error("there is no such data group: they are numbered 1 to 16")]
    NoSuchGroup,
}

/// A chip holds some hundred kilobytes in all.
const MOST_BYTES: usize = 512 << 10;

/// What a chip says.
#[derive(Clone, Debug)]
pub struct ChipReading<'a> {
    /// Each check, always all of them, in a fixed order.
    pub checks: [Check; 4],
    /// The zone on the chip.
    pub zone: Option<Mrz>,
    /// The portrait on the chip, not decoded.
    pub portrait: Option<ChipPortrait<'a>>,
}

impl ChipData {
    /// From the file `EF.SOD` and the data groups by their numbers.
    pub fn new(sod: Vec<u8>, groups: BTreeMap<u8, Vec<u8>>) -> Result<Self, ChipError> {
        if groups.keys().any(|number| !(1..=16).contains(number)) {
            return Err(ChipError::NoSuchGroup);
        }
        if [&sod].into_iter().chain(groups.values()).any(|file| file.len() > MOST_BYTES) {
            return Err(ChipError::TooLarge);
        }
        Ok(Self { sod, groups })
    }

    /// Checks what was handed over: against the authorities of `trusted`, and against
    /// the zone that was read from the document.
    pub fn check(
        &self,
        trusted: Option<&MasterList>,
        printed: Option<&MrzReading>,
        today: Date,
    ) -> ChipReading<'_> {
        let object = SecurityObject::read(&self.sod);
        let signer = object.as_ref().ok().map(|object| object.signed.signer());
        let zone = self.groups.get(&1).and_then(|file| zone(file, today));
        ChipReading {
            checks: [
                signature(&object, &signer),
                vouched(&signer, trusted, today),
                self.files(&object),
                self.printed_zone(zone.as_ref(), printed),
            ],
            portrait: self.groups.get(&2).and_then(|file| portrait(file)),
            zone,
        }
    }

    fn files(&self, object: &Result<SecurityObject<'_>, Malformed>) -> Check {
        let name = CheckName::ChipFiles;
        let Ok(object) = object else {
            return Check::differ(name, CheckReason::Malformed);
        };
        if self.groups.is_empty() {
            return Check::unavailable(name, CheckReason::Missing);
        }
        let Some(hash) = object.hash else {
            return Check::unavailable(name, CheckReason::Unsupported);
        };
        let signed = |(number, file): (&u8, &Vec<u8>)| {
            object.digests.get(&u32::from(*number)).is_some_and(|known| *known == hash.digest(file))
        };
        if self.groups.iter().all(signed) {
            Check::agree(name)
        } else {
            Check::differ(name, CheckReason::Digest)
        }
    }

    fn printed_zone(&self, chip: Option<&Mrz>, printed: Option<&MrzReading>) -> Check {
        let name = CheckName::ChipMrz;
        let Some(printed) = printed else {
            return Check::unavailable(name, CheckReason::Missing);
        };
        match (self.groups.contains_key(&1), chip) {
            (false, _) => Check::unavailable(name, CheckReason::Missing),
            (true, None) => Check::differ(name, CheckReason::Malformed),
            (true, Some(chip)) if chip.lines == printed.lines => Check::agree(name),
            // A zone that was not read well enough to prove itself contradicts nobody.
            (true, Some(_)) if !printed.valid => Check::unavailable(name, CheckReason::NotValid),
            (true, Some(_)) => Check::differ(name, CheckReason::Value),
        }
    }
}

type Signer<'a> = Option<Result<Option<Certificate<'a>>, Malformed>>;

fn signature(object: &Result<SecurityObject<'_>, Malformed>, signer: &Signer<'_>) -> Check {
    let name = CheckName::ChipSignature;
    let (Ok(object), Some(Ok(signer))) = (object, signer) else {
        return Check::differ(name, CheckReason::Malformed);
    };
    let Some(signer) = signer else {
        return Check::unavailable(name, CheckReason::Missing);
    };
    if !signer.may_sign {
        return Check::differ(name, CheckReason::NotValid);
    }
    match object.signed.signed_by(signer) {
        Ok(Outcome::Holds) => Check::agree(name),
        Ok(Outcome::Fails) => Check::differ(name, CheckReason::Signature),
        Ok(Outcome::Unsupported) => Check::unavailable(name, CheckReason::Unsupported),
        Err(Malformed) => Check::differ(name, CheckReason::Malformed),
    }
}

fn vouched(signer: &Signer<'_>, trusted: Option<&MasterList>, today: Date) -> Check {
    let name = CheckName::ChipSigner;
    let Some(Ok(signer)) = signer else {
        return Check::differ(name, CheckReason::Malformed);
    };
    let Some(signer) = signer else {
        return Check::unavailable(name, CheckReason::Missing);
    };
    let Some(trusted) = trusted else {
        return Check::unavailable(name, CheckReason::NotConfigured);
    };
    match trusted.vouches_for(signer) {
        // A signer's certificate outlives the documents it signed.
        Vouched::Yes if valid_on(signer, today) => Check::agree(name),
        Vouched::Yes | Vouched::NotThen => Check::unavailable(name, CheckReason::NotValid),
        Vouched::Unsupported => Check::unavailable(name, CheckReason::Unsupported),
        Vouched::No => Check::unavailable(name, CheckReason::Unknown),
    }
}

fn valid_on(signer: &Certificate<'_>, today: Date) -> bool {
    let start = i64::from(today.days()) * SECONDS_OF_A_DAY;
    signer.validity.0 < start + SECONDS_OF_A_DAY && signer.validity.1 >= start
}

const SECONDS_OF_A_DAY: i64 = 86_400;

/// Files of a chip are personal.
impl fmt::Debug for ChipData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChipData").field("groups", &self.groups.keys()).finish_non_exhaustive()
    }
}
