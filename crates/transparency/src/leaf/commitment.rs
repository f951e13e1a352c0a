//! Whom a leaf concerns, for those who know already.

use std::fmt;

use aws_lc_rs::{constant_time, hmac};
use bonafide_context::Random;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::Hash;

/// What the commitment is made of besides: no other use of HMAC with the same
/// salt gives the same value.
const DOMAIN: &[u8] = b"bonafide/transparency/commitment/v1\0";

/// What the hash of an owner's id is made of besides.
const OWNER: &[u8] = b"bonafide/transparency/owner/v1\0";

/// The hash of whom an event concerns: the keyed hash of a person's reference, as
/// the vault makes it, or that of an id ([`SubjectHash::of_owner`]). Within the
/// log it never stands by itself.
#[derive(Clone, PartialEq, Eq)]
pub struct SubjectHash(Zeroizing<[u8; 32]>);

impl SubjectHash {
    /// Of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Of the id of a verification, a call or another thing that has data: what
    /// was drawn at random and names nobody, so that who holds it can make the
    /// hash himself and open a commitment with the salt. SHA-256 of a fixed text
    /// and the id.
    pub fn of_owner(id: &str) -> Self {
        let Hash(bytes) = Hash::sha256(&[OWNER, id.as_bytes()].concat());
        Self(Zeroizing::new(bytes))
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SubjectHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// `HMAC-SHA-256(salt, domain ‖ subject)`. Without the salt it says nothing: all
/// subjects are as likely, even to whoever can list them all. With it, the leaf
/// can be shown to concern one subject and no other.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Commitment(Hash);

impl Commitment {
    /// Its 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0.0
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What opens a commitment. It is personal data: it rests in the vault, apart
/// from the log, and when it is erased the leaf concerns nobody any more.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    salt: Zeroizing<[u8; 32]>,
    subject: SubjectHash,
}

impl Opening {
    /// Commits to a subject with a new salt.
    pub fn commit(subject: SubjectHash, random: &mut dyn Random) -> (Commitment, Self) {
        let mut salt = Zeroizing::new([0; 32]);
        random.fill(salt.as_mut_slice());
        let opening = Self { salt, subject };
        (opening.commitment(), opening)
    }

    /// Whether the commitment is this opening's.
    pub fn opens(&self, commitment: &Commitment) -> bool {
        let ours = self.commitment();
        constant_time::verify_slices_are_equal(ours.as_bytes(), commitment.as_bytes()).is_ok()
    }

    /// Opens to this subject with a salt that was written down.
    pub fn new(salt: [u8; 32], subject: SubjectHash) -> Self {
        Self { salt: Zeroizing::new(salt), subject }
    }

    /// The salt in 64 hexadecimal digits, for whoever may show whose a leaf is
    /// and can make the subject's hash himself.
    pub fn salt_hex(&self) -> String {
        Hash(*self.salt).to_hex()
    }

    /// Whom it opens to.
    pub fn subject(&self) -> &SubjectHash {
        &self.subject
    }

    /// For the vault: salt, then subject.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 64]> {
        let mut bytes = Zeroizing::new([0; 64]);
        let (salt, subject) = bytes.split_at_mut(32);
        salt.copy_from_slice(self.salt.as_slice());
        subject.copy_from_slice(self.subject.as_bytes());
        bytes
    }

    /// From [`Opening::to_bytes`].
    pub fn from_bytes(bytes: &[u8; 64]) -> Self {
        let (mut salt, mut subject) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
        let (first, second) = bytes.split_at(32);
        salt.copy_from_slice(first);
        subject.copy_from_slice(second);
        Self { salt, subject: SubjectHash(subject) }
    }

    fn commitment(&self) -> Commitment {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.salt.as_slice());
        let mut context = hmac::Context::with_key(&key);
        context.update(DOMAIN);
        context.update(self.subject.as_bytes());
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.sign().as_ref());
        Commitment(Hash(bytes))
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_context::Seeded;
    use proptest::prelude::*;

    fn both(salt: [u8; 32], subject: [u8; 32]) -> [u8; 64] {
        [salt, subject].concat().try_into().unwrap()
    }

    #[test]
    fn the_same_subject_is_another_commitment_each_time() {
        let mut random = Seeded::new(1);
        let subject = SubjectHash::new([7; 32]);
        let (first, opening) = Opening::commit(subject.clone(), &mut random);
        let (second, _) = Opening::commit(subject.clone(), &mut random);
        assert_ne!(first, second);
        assert!(opening.opens(&first));
        assert!(!opening.opens(&second));
        assert_eq!(opening.subject(), &subject);
        assert_eq!(format!("{opening:?} {subject:?}"), "*** ***");
    }

    /// Computed with another implementation of HMAC.
    #[test]
    fn a_commitment_is_what_the_documentation_says() {
        let opening = Opening::from_bytes(&both([1; 32], [2; 32]));
        assert_eq!(
            opening.commitment().0.to_hex(),
            "6360609adb339d6bd110cbfe63d1660ec079fd16f9ff1d51a35ab20707a26cb1"
        );
    }

    proptest! {
        #[test]
        fn an_opening_opens_its_own_commitment_only(
            salt: [u8; 32], subject: [u8; 32], at in 0usize..64, bit in 0u8..8,
        ) {
            let opening = Opening::from_bytes(&both(salt, subject));
            let commitment = opening.commitment();
            let mut bytes = opening.to_bytes();
            prop_assert!(Opening::from_bytes(&bytes).opens(&commitment));
            bytes[at] ^= 1 << bit;
            prop_assert!(!Opening::from_bytes(&bytes).opens(&commitment));
        }
    }
}
