//! What the log says: events in the life of personal data, without a person.
//!
//! A leaf is canonical JSON: one spelling for each value, no spaces, fields in
//! the order of the types here, unknown or repeated fields refused. JSON,
//! because an auditor can read a leaf with nothing of ours at hand; canonical,
//! because a leaf is known by its hash.
//!
//! ```text
//! {"v":1,"type":"deletion","when":1795331835,"cause":"expiry","policy":{…},…}
//! ```
//!
//! Nothing here can hold free text: names are [`Code`]s, which the server's own
//! tables define, and whom an event concerns is a salted [`Commitment`].

mod code;
mod commitment;
#[cfg(test)]
mod tests;

pub use code::Code;
pub use commitment::{Commitment, Opening, SubjectHash};

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Hash;

/// The version of the encoding.
pub const VERSION: u64 = 1;

/// The most bytes of a leaf.
pub const MAX_LEAF_BYTES: usize = 8 * 1024;

/// The most categories or purposes of one leaf.
pub const MAX_ITEMS: usize = 64;

/// An event. `when` is in whole seconds since 1970, UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Leaf {
    /// Personal data was destroyed.
    Deletion(Deletion),
    /// Consent was given, refused or withdrawn.
    Consent(Consent),
    /// A policy has a new version.
    PolicyVersion(PolicyVersion),
    /// A key was made, replaced or destroyed.
    Key(KeyEvent),
    /// Somebody has read sensitive data.
    SensitiveRead(SensitiveRead),
    /// Processing was restricted, a legal hold was placed, a purpose that keeps
    /// data longer was switched on, or the opposite.
    Restriction(Restriction),
}

/// Data of one subject was destroyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// When its keys were destroyed.
    pub when: u64,
    /// Why.
    pub cause: Cause,
    /// Under which policy.
    pub policy: PolicyRef,
    /// How much, by category.
    pub what: BTreeMap<Code, Amount>,
    /// Whose.
    pub commitment: Commitment,
}

/// Why data was destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Its time was over.
    Expiry,
    /// The subject or the customer asked for it.
    Request,
    /// Consent was withdrawn.
    Withdrawal,
    /// The subject turned out to be under age, without a guardian's consent.
    UnderAge,
}

/// A version of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRef {
    /// Its name.
    pub name: Code,
    /// Its version.
    pub version: u32,
}

/// How much data of a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Records and objects.
    pub items: u64,
    /// Their bytes at rest.
    pub bytes: u64,
}

/// An event of consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// When.
    pub when: u64,
    /// What happened.
    pub act: ConsentAct,
    /// To what.
    pub purposes: BTreeSet<Code>,
    /// The notice that was shown.
    pub notice: PolicyRef,
    /// In which language.
    pub language: Code,
    /// How: by the hosted flow, handed over by the customer, by warranty …
    pub how: Code,
    /// Whether a guardian acted for the subject.
    pub guardian: bool,
    /// Whose.
    pub commitment: Commitment,
}

/// What happened to consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentAct {
    /// It was given.
    Given,
    /// It was refused.
    Refused,
    /// It was taken back.
    Withdrawn,
}

/// A version of a policy, from its announcement on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// When it was announced.
    pub when: u64,
    /// Which.
    pub policy: PolicyRef,
    /// From when it holds.
    pub effective: u64,
    /// SHA-256 of its text.
    pub digest: Hash,
}

/// An event in a key's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEvent {
    /// When.
    pub when: u64,
    /// What happened.
    pub act: KeyAct,
    /// Of data of which category.
    pub category: Code,
    /// The hour in which the data it wraps expires, counted from 1970.
    pub hour: u64,
    /// What a key is called in the log, from its making to its destruction: a hash of
    /// its name in the key store. The key itself stands nowhere.
    pub key: Hash,
}

/// What happened to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyAct {
    /// It was made.
    Created,
    /// It was wrapped anew.
    Rotated,
    /// It was destroyed, and with it everything it wrapped.
    Destroyed,
}

/// Somebody has read sensitive data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SensitiveRead {
    /// When.
    pub when: u64,
    /// In which role: reviewer, operator, customer …
    pub role: Code,
    /// Data of which category.
    pub category: Code,
    /// What for.
    pub purpose: Code,
    /// How many records and objects.
    pub items: u64,
    /// Who read it. A commitment of its own: staff are persons too.
    pub reader: Commitment,
    /// Whose data.
    pub commitment: Commitment,
}

/// An exception to the clocks, or its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// When.
    pub when: u64,
    /// What happened.
    pub act: RestrictionAct,
    /// On which ground.
    pub basis: Code,
    /// Whose data; of `kyc-record`, which tenant's.
    pub commitment: Commitment,
}

/// What happened to the clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RestrictionAct {
    /// Processing is restricted: frozen without deletion.
    Restricted,
    /// It is not any more.
    Unrestricted,
    /// A legal hold was placed.
    HoldPlaced,
    /// It was lifted.
    HoldLifted,
    /// The purpose `kyc-record` was switched on for a tenant.
    KycRecordOn,
    /// It was switched off.
    KycRecordOff,
}

impl Leaf {
    /// When it happened, in seconds since 1970.
    pub fn when(&self) -> u64 {
        match self {
            Self::Deletion(leaf) => leaf.when,
            Self::Consent(leaf) => leaf.when,
            Self::PolicyVersion(leaf) => leaf.when,
            Self::Key(leaf) => leaf.when,
            Self::SensitiveRead(leaf) => leaf.when,
            Self::Restriction(leaf) => leaf.when,
        }
    }

    /// Whom it concerns, if it is somebody.
    pub fn commitment(&self) -> Option<&Commitment> {
        match self {
            Self::Deletion(leaf) => Some(&leaf.commitment),
            Self::Consent(leaf) => Some(&leaf.commitment),
            Self::SensitiveRead(leaf) => Some(&leaf.commitment),
            Self::Restriction(leaf) => Some(&leaf.commitment),
            Self::PolicyVersion(_) | Self::Key(_) => None,
        }
    }

    /// The leaf's bytes.
    pub fn encode(&self) -> Result<Vec<u8>, LeafError> {
        self.check()?;
        let wire = Wire { v: VERSION, leaf: self };
        let bytes = serde_json::to_vec(&wire).map_err(|_| LeafError::Malformed)?;
        if bytes.len() > MAX_LEAF_BYTES { Err(LeafError::TooLarge) } else { Ok(bytes) }
    }

    /// Reads a leaf. Only the bytes that [`Leaf::encode`] would write are one.
    pub fn decode(bytes: &[u8]) -> Result<Self, LeafError> {
        if bytes.len() > MAX_LEAF_BYTES {
            return Err(LeafError::TooLarge);
        }
        let peek: Peek = serde_json::from_slice(bytes).map_err(|_| LeafError::Malformed)?;
        if peek.v != VERSION || !TYPES.contains(&peek.kind.as_str()) {
            return Err(LeafError::Unknown);
        }
        let leaf: Self = serde_json::from_slice(bytes).map_err(|_| LeafError::Malformed)?;
        if leaf.encode()? == bytes { Ok(leaf) } else { Err(LeafError::NotCanonical) }
    }

    fn check(&self) -> Result<(), LeafError> {
        let items = match self {
            Self::Deletion(leaf) => leaf.what.len(),
            Self::Consent(leaf) => leaf.purposes.len(),
            _ => 1,
        };
        if (1..=MAX_ITEMS).contains(&items) { Ok(()) } else { Err(LeafError::Items) }
    }
}

/// The names of [`Leaf`]'s variants, as they are written.
const TYPES: [&str; 6] =
    ["deletion", "consent", "policy-version", "key", "sensitive-read", "restriction"];

#[derive(Serialize)]
struct Wire<'l> {
    v: u64,
    #[serde(flatten)]
    leaf: &'l Leaf,
}

/// What every version says of itself.
#[derive(Deserialize)]
struct Peek {
    v: u64,
    #[serde(rename = "type")]
    kind: String,
}

/// Why bytes are not a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    /// Larger than [`MAX_LEAF_BYTES`].
    #[error("a leaf has at most {MAX_LEAF_BYTES} bytes")]
    TooLarge,
    /// Of a version or a type to come. It is in the log all the same, and who
    /// only checks that can pass over it.
    #[error("the leaf is of a version or type that this program does not know: use a newer one")]
    Unknown,
    /// Not a leaf.
    #[error("the leaf cannot be read: it is not as any version writes it")]
    Malformed,
    /// It says something, but not in the one way to say it.
    #[error("the leaf is not in canonical form: it was not written by this program")]
    NotCanonical,
    /// No categories or purposes, or too many.
    #[error("a leaf names 1 to {MAX_ITEMS} categories or purposes")]
    Items,
}
