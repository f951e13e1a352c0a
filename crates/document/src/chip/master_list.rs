//! The master list of country signing authorities (Doc 9303-12, section 8).

use std::fmt;
use std::ops::Range;

use asn1_rs::{Oid, oid};

use super::asn1::{Malformed, only};
use super::certificate::Certificate;
use super::cms::SignedData;
use super::signature::Outcome;

/// The authorities that are trusted to name document signers.
pub struct MasterList {
    pub(super) der: Vec<u8>,
    pub(super) authorities: Vec<Authority>,
    skipped: usize,
}

/// Where a certificate lies in the list, and what it is found by.
pub(super) struct Authority {
    pub(super) place: Range<usize>,
    key_id: Option<Vec<u8>>,
    subject: Range<usize>,
}

/// Why a file is no master list that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MasterListError {
    /// It has more bytes than any list.
    #[error("the master list is larger than {} MiB: it is none", MOST_BYTES >> 20)]
    TooLarge,
    /// It holds more certificates than there are authorities.
    #[error("the master list holds more than {MOST_AUTHORITIES} certificates: it is none")]
    TooMany,
    /// It is no CMS-signed list of certificates.
    #[error("the file is no ICAO master list: download it again, as .ml in DER")]
    Malformed,
    /// The signature over it does not hold.
    #[error("the signature of the master list does not hold: download it again")]
    Signature,
    /// Its signature is of a kind that is not known here.
    #[error("the master list is signed in a way that is not known here")]
    Unsupported,
    /// No authority in it vouches for whoever signed it.
    #[error("no authority of the master list vouches for its signer: download it again")]
    Signer,
}

impl From<Malformed> for MasterListError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// The largest list today has a few megabytes, and some six hundred certificates.
const MOST_BYTES: usize = 64 << 20;
const MOST_AUTHORITIES: usize = 20_000;

impl MasterList {
    /// Reads a list and checks that it is what its signer signed, and that an authority
    /// in it vouches for the signer.
    ///
    /// That shows it to be whole. That it is the right one is for whoever configures it
    /// to know: any state may publish one.
    pub fn read(der: Vec<u8>) -> Result<Self, MasterListError> {
        if der.len() > MOST_BYTES {
            return Err(MasterListError::TooLarge);
        }
        let list = Self::unproven(der)?;
        list.prove()?;
        Ok(list)
    }

    pub(super) fn unproven(der: Vec<u8>) -> Result<Self, MasterListError> {
        let mut authorities = Vec::new();
        let mut skipped = 0;
        {
            let signed = SignedData::read(&der)?;
            if !signed.is_a(&[CSCA_MASTER_LIST]) {
                return Err(MasterListError::Malformed);
            }
            let mut list = only(signed.content)?.inside();
            list.small()?;
            let mut certificates = list.set()?;
            while !certificates.is_empty() {
                if authorities.len() + skipped >= MOST_AUTHORITIES {
                    return Err(MasterListError::TooMany);
                }
                let raw = certificates.next()?.raw;
                // One state's odd certificate is no reason to do without the others.
                let Ok(certificate) = Certificate::read(raw) else {
                    skipped += 1;
                    continue;
                };
                if !certificate.is_authority {
                    skipped += 1;
                    continue;
                }
                let place = |part: &[u8]| {
                    let start = part.as_ptr() as usize - der.as_ptr() as usize;
                    start..start + part.len()
                };
                authorities.push(Authority {
                    place: place(raw),
                    subject: place(certificate.subject),
                    key_id: certificate.key_id,
                });
            }
        }
        Ok(Self { der, authorities, skipped })
    }

    fn prove(&self) -> Result<(), MasterListError> {
        let signed = SignedData::read(&self.der)?;
        let signer = signed.signer()?.ok_or(MasterListError::Malformed)?;
        match signed.signed_by(&signer)? {
            Outcome::Holds => {}
            Outcome::Fails => return Err(MasterListError::Signature),
            Outcome::Unsupported => return Err(MasterListError::Unsupported),
        }
        match self.vouches_for(&signer) {
            Vouched::Yes => Ok(()),
            Vouched::Unsupported => Err(MasterListError::Unsupported),
            Vouched::No | Vouched::NotThen => Err(MasterListError::Signer),
        }
    }

    /// Certificates of authorities that may sign.
    pub fn len(&self) -> usize {
        self.authorities.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.authorities.is_empty()
    }

    /// Certificates that could not be read, or are of no authority.
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// Whether an authority of the list signed this certificate.
    pub(super) fn vouches_for(&self, signer: &Certificate<'_>) -> Vouched {
        let named = |authority: &&Authority| match &signer.authority_id {
            Some(id) if authority.key_id.is_some() => authority.key_id.as_ref() == Some(id),
            _ => self.der.get(authority.subject.clone()) == Some(signer.issuer),
        };
        let mut best = Vouched::No;
        for authority in self.authorities.iter().filter(named).take(MOST_TRIED) {
            let Some(raw) = self.der.get(authority.place.clone()) else {
                continue;
            };
            let Ok(authority) = Certificate::read(raw) else {
                continue;
            };
            match signer.signed_by(&authority) {
                // The authority must have been one on the day it signed.
                Ok(Outcome::Holds) if authority.valid_at(signer.validity.0) => return Vouched::Yes,
                Ok(Outcome::Holds) => best = Vouched::NotThen,
                Ok(Outcome::Unsupported) if best == Vouched::No => best = Vouched::Unsupported,
                _ => {}
            }
        }
        best
    }
}

/// Certificates of one name or key that are tried; a state renews its own every few
/// years.
const MOST_TRIED: usize = 32;

/// Whether an authority stands behind a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vouched {
    Yes,
    /// One signed it, but was not valid when the certificate began.
    NotThen,
    /// One of that name is there, with a signature of unknown kind.
    Unsupported,
    No,
}

impl fmt::Debug for MasterList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterList({} authorities)", self.authorities.len())
    }
}

const CSCA_MASTER_LIST: Oid<'static> = oid!(2.23.136.1.1.2);
