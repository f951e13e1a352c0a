//! Named checks: what two sources of a document say of each other.

use serde::{Deserialize, Serialize};

/// A check and its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Check {
    /// What was checked.
    pub name: CheckName,
    /// What came of it.
    pub outcome: Outcome,
    /// Why it is not `agree`; never there if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<CheckReason>,
}

impl Check {
    pub(crate) const fn agree(name: CheckName) -> Self {
        Self { name, outcome: Outcome::Agree, reason: None }
    }

    pub(crate) const fn differ(name: CheckName, reason: CheckReason) -> Self {
        Self { name, outcome: Outcome::Differ, reason: Some(reason) }
    }

    pub(crate) const fn unavailable(name: CheckName, reason: CheckReason) -> Self {
        Self { name, outcome: Outcome::Unavailable, reason: Some(reason) }
    }
}

/// What came of a check. Unknown is never agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Both sides were there and say the same.
    Agree,
    /// Both sides were there and contradict each other, or a proof does not hold.
    Differ,
    /// Something that the check needs was not there.
    Unavailable,
}

impl Outcome {
    /// The name used in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Differ => "differ",
            Self::Unavailable => "unavailable",
        }
    }
}

/// The checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheckName {
    /// The chip's security object is signed by the document signer that came with it.
    ChipSignature,
    /// A state of the master list vouches for the document signer.
    ChipSigner,
    /// Every file of the chip is the one that was signed.
    ChipFiles,
    /// The zone on the chip is the printed one.
    ChipMrz,
    /// The barcode says the number of the card.
    BarcodeNumber,
    /// The barcode says the name of the card.
    BarcodeName,
    /// The barcode says the date of birth of the card.
    BarcodeBirth,
    /// The barcode says the sex of the card.
    BarcodeSex,
    /// The barcode says the date of expiry of the card.
    BarcodeExpiry,
    /// Every check digit of the machine-readable zone holds.
    MrzDigits,
    /// Machine-readable and visual zone say the same.
    Zones,
    /// Front and back say the same.
    Sides,
    /// The number is one of its kind: its check digit holds, or dates and codes in
    /// it are in use.
    Number,
    /// The number says the printed date of birth.
    NumberBirth,
    /// The number says the printed sex.
    NumberSex,
    /// Birth, issue and expiry follow each other.
    Dates,
    /// The date of expiry has not passed.
    Expiry,
}

impl CheckName {
    /// The name used in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChipSignature => "chip_signature",
            Self::ChipSigner => "chip_signer",
            Self::ChipFiles => "chip_files",
            Self::ChipMrz => "chip_mrz",
            Self::BarcodeNumber => "barcode_number",
            Self::BarcodeName => "barcode_name",
            Self::BarcodeBirth => "barcode_birth",
            Self::BarcodeSex => "barcode_sex",
            Self::BarcodeExpiry => "barcode_expiry",
            Self::MrzDigits => "mrz_digits",
            Self::Zones => "zones",
            Self::Sides => "sides",
            Self::Number => "number",
            Self::NumberBirth => "number_birth",
            Self::NumberSex => "number_sex",
            Self::Dates => "dates",
            Self::Expiry => "expiry",
        }
    }
}

/// Why a check does not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheckReason {
    /// What the check needs was not handed in, or not read.
    Missing,
    /// It does not have the structure that it should have.
    Malformed,
    /// A signature does not hold.
    Signature,
    /// An algorithm, a curve or a form that is not known here.
    Unsupported,
    /// No master list, or no key, is configured.
    NotConfigured,
    /// No authority of the master list signed it.
    Unknown,
    /// The certificate was not valid when it should have been.
    NotValid,
    /// A file is not the one that was signed, or was not signed at all.
    Digest,
    /// The values are different.
    Value,
}

impl CheckReason {
    /// The name used in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Signature => "signature",
            Self::Unsupported => "unsupported",
            Self::NotConfigured => "not_configured",
            Self::Unknown => "unknown",
            Self::NotValid => "not_valid",
            Self::Digest => "digest",
            Self::Value => "value",
        }
    }
}
